from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from articles.admin.records import ReadInStoryAdmin
from articles.correcting import correct, correct_quote, withdraw_quote
from articles.models import Correction, Person, Quote


class CorrectionForm(forms.Form):
    """What readers are told, and what is put right with it."""

    quote = forms.ModelChoiceField(
        label=_("Quote"),
        queryset=Quote.objects.none(),
        required=False,
        empty_label=_("None: the story itself"),
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=Correction.Kind.choices,
        help_text=_("A retraction of the story takes it out of every list."),
    )
    text = forms.CharField(
        label=_("What was wrong"),
        widget=admin.widgets.AdminTextareaWidget(attrs={"rows": 3}),
        help_text=_("A sentence for readers. Routine copy-edits need no notice."),
    )
    placement = forms.ChoiceField(
        label=_("Placement"),
        choices=Correction.Placement.choices,
        initial=Correction.Placement.BOTTOM,
    )
    withdraws = forms.BooleanField(
        label=_("Withdraw the quote"),
        required=False,
        help_text=_("It keeps its address, says that it was withdrawn, leaves lists."),
    )
    words = forms.CharField(
        label=_("Right words"),
        required=False,
        widget=admin.widgets.AdminTextareaWidget(attrs={"rows": 3}),
        help_text=_("Of the quote, one line for each part. Empty if they were right."),
    )
    speaker = forms.ModelChoiceField(
        label=_("Right speaker"),
        queryset=Person.objects.all(),
        required=False,
        widget=admin.widgets.AutocompleteSelect(
            Quote._meta.get_field("speaker"), admin.site
        ),
    )
    role = forms.CharField(label=_("Right role"), required=False, max_length=200)
    was = forms.CharField(
        label=_("Was"), required=False, help_text=_("In the story, if not a quote.")
    )
    now = forms.CharField(label=_("Now"), required=False)

    def __init__(self, *args, article, **kwargs):
        super().__init__(*args, **kwargs)
        self.article = article
        self.fields["quote"].queryset = article.quotes.carried()

    def clean(self):
        cleaned = super().clean()
        quote = cleaned.get("quote")
        of_quotes = ("withdraws", "words", "speaker", "role")
        if not quote and any(cleaned.get(name) for name in of_quotes):
            self.add_error("quote", _("Choose the quote that this puts right."))
        return cleaned

    def save(self, *, by):
        """Raises what the verbs raise."""
        said = self.cleaned_data
        note = {name: said[name] for name in ("text", "kind", "placement")}
        if not said["quote"]:
            details = {"was": said["was"], "now": said["now"]}
            return correct(self.article, by=by, **note, **details)
        if said["withdraws"]:
            return withdraw_quote(said["quote"], by=by, text=said["text"])
        right = {name: said[name] or None for name in ("words", "speaker", "role")}
        return correct_quote(said["quote"], by=by, **note, **right)


class CorrectionInline(admin.StackedInline):
    model = Correction
    extra = 0
    fields = [("kind", "placement", "published_at"), "quote", "text", ("was", "now")]
    classes = ["collapse"]

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Correction)
class CorrectionAdmin(ReadInStoryAdmin):
    list_display = ["__str__", "article", "published_at", "placement"]
    list_filter = ["kind", "published_at"]
    list_select_related = ["article"]
    search_fields = ["text", "was", "now", "article__headline"]
