from django import forms
from django.contrib import admin

from articles.admin.records import DATE_AND_TIME, ReadInStoryAdmin, RowsByHand
from articles.admin.story_rows import StoryRows
from articles.models import SourceText


class SourceTextForm(forms.ModelForm):
    class Meta:
        model = SourceText
        fields = ["kind", "publisher", "address", "received_at", "text"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if text := self.fields.get("text"):
            text.strip = False
            text.disabled = not self.instance._state.adding

    def clean_text(self):
        # Browsers send every line feed of a text area as two characters.
        text = self.cleaned_data["text"]
        return text if self.fields["text"].disabled else text.replace("\r\n", "\n")


class SourceTextRows(StoryRows):
    needs = "text"  # which a saved row does not send


class SourceTextInline(RowsByHand, admin.StackedInline):
    model = SourceText
    formset = SourceTextRows
    form = SourceTextForm
    formfield_overrides = DATE_AND_TIME
    fields = [("kind", "publisher"), ("address", "received_at"), "text"]


@admin.register(SourceText)
class SourceTextAdmin(ReadInStoryAdmin):
    list_display = ["__str__", "article", "embargo", "received_at"]
    list_filter = ["kind", "received_at"]
    list_select_related = ["article"]
    search_fields = ["publisher", "article__headline"]
    readonly_fields = ["sha256"]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("text", "article__body")
