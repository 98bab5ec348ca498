from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from articles.admin.records import ReadInStoryAdmin
from articles.correcting import correct, correct_quote, withdraw_quote
from articles.models import Correction, Organisation, Person, Quote

SPEAKERS = ["speaker", "organisation", "unnamed_source"]
ROLES = ["role", "has_no_role"]


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
    organisation = forms.ModelChoiceField(
        label=_("Or the right organisation"),
        queryset=Organisation.objects.all(),
        required=False,
        widget=admin.widgets.AutocompleteSelect(
            Quote._meta.get_field("organisation"), admin.site
        ),
    )
    unnamed_source = forms.CharField(
        label=_("Or an unnamed source"), required=False, max_length=200
    )
    role = forms.CharField(
        label=_("Right role"),
        required=False,
        max_length=200,
        help_text=_("As it should have been printed. Another speaker begins without."),
    )
    has_no_role = forms.BooleanField(
        label=_("The role was wrong, and there is none"), required=False
    )
    was = forms.CharField(
        label=_("Was"), required=False, help_text=_("In the story, if not a quote.")
    )
    now = forms.CharField(label=_("Now"), required=False)
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, *, article):
        held = article.revisions.held()
        self.seen = held and held.number
        super().__init__(data, initial={"revision": self.seen})
        self.article = article
        self.fields["quote"].queryset = article.quotes.carried()

    def clean(self):
        cleaned = super().clean()
        quote = cleaned.get("quote")
        right = [name for name in (*SPEAKERS, "words", *ROLES) if cleaned.get(name)]
        withdraws = cleaned.get("withdraws")
        if not quote and (right or withdraws):
            self.add_error("quote", _("Choose the quote that this puts right."))
        if withdraws and right:
            self.add_error(right[0], _("A quote that is withdrawn has no right words."))
        if len(set(right) & {*SPEAKERS}) > 1:
            self.add_error("speaker", _("Name one right speaker."))
        if len(set(right) & {*ROLES}) > 1:
            self.add_error("role", _("Write the right role, or say there is none."))
        return cleaned

    def look_again(self):
        """What it shows is now what readers have."""
        self.data = {**self.data.dict(), "revision": self.seen}

    def save(self, *, by):
        """Raises what the verbs raise."""
        said = self.cleaned_data
        seen = said["revision"]
        note = {name: said[name] for name in ("text", "kind", "placement")}
        if not said["quote"]:
            details = {"was": said["was"], "now": said["now"]}
            return correct(self.article, by=by, revision=seen, **note, **details)
        if said["withdraws"]:
            del note["kind"]
            return withdraw_quote(said["quote"], by=by, revision=seen, **note)
        right = {
            "words": said["words"] or None,
            "speaker": next((said[name] for name in SPEAKERS if said[name]), None),
            "role": "" if said["has_no_role"] else said["role"] or None,
        }
        return correct_quote(said["quote"], by=by, revision=seen, **note, **right)


class CorrectionInline(admin.StackedInline):
    model = Correction
    extra = 0
    fields = [("kind", "placement", "published_at"), "quote", "text", ("was", "now")]

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Correction)
class CorrectionAdmin(ReadInStoryAdmin):
    list_display = ["__str__", "article", "embargo", "published_at", "placement"]
    list_filter = ["kind", "published_at"]
    list_select_related = ["article"]
    search_fields = ["text", "was", "now", "article__headline"]
