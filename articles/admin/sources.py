import json

from django import forms
from django.contrib import admin

from articles.admin.meanwhile import MeanwhileForm, read
from articles.admin.records import DATE_AND_TIME, ReadInStoryAdmin, RowsByHand
from articles.admin.story_rows import StoryRows
from articles.models import SourceText


class SourceTextForm(MeanwhileForm):
    """Its particulars stand in no revision: the row carries what it showed of them."""

    as_shown = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = SourceText
        fields = ["kind", "publisher", "address", "received_at", "text"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            self.initial["as_shown"] = json.dumps(self.digests())
        self.fields["as_shown"].has_changed = lambda initial, data: False
        if text := self.fields.get("text"):
            text.strip = False
            text.disabled = not self.instance._state.adding

    def held_against(self):
        return super().held_against() - {"text", "as_shown"}

    def carried(self):
        return read(self.data.get(self.add_prefix("as_shown"), ""))

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
    fields = [("kind", "publisher"), ("address", "received_at"), "text", "as_shown"]


@admin.register(SourceText)
class SourceTextAdmin(ReadInStoryAdmin):
    list_display = ["__str__", "article", "embargo", "received_at"]
    list_filter = ["kind", "received_at"]
    list_select_related = ["article"]
    search_fields = ["publisher", "article__headline"]
    readonly_fields = ["sha256"]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("text", "article__body")
