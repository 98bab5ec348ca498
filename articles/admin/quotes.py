from copy import deepcopy

from django import forms
from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from articles import body
from articles.admin.records import ReadInStoryAdmin
from articles.matching import Outcome
from articles.models import Quote
from articles.models.fields import ProseField
from articles.quote_checks import checks_of

STORY = {
    Outcome.MATCHES: ("=", _("matches the story")),
    Outcome.DIFFERS: ("≠", _("differs from the story")),
    Outcome.NOT_FOUND: ("?", _("stands nowhere in the story")),
}
SOURCE = {
    Outcome.MATCHES: ("=", _("matches the source copy")),
    Outcome.DIFFERS: ("≠", _("differs from the source copy")),
    Outcome.NOT_FOUND: ("?", _("not found in the source copy")),
    Outcome.NO_TEXT: ("", _("no source copy to hold it against")),
}
FIRST = {
    Outcome.MATCHES: ("=", _("matches the quote it repeats")),
    Outcome.DIFFERS: ("≠", _("differs from the quote it repeats")),
    Outcome.NOT_FOUND: ("≠", _("has other words than the quote it repeats")),
}
REPORTED = {
    Outcome.MATCHES: ("~", _("reported, passage in place")),
    Outcome.DIFFERS: ("≠", _("reported, and the passage has changed")),
    Outcome.NOT_FOUND: ("?", _("reported, and the passage is missing")),
}


def check_line(labels, outcome):
    sign, words = labels.get(outcome, ("", _("checked when the story is saved")))
    holds = outcome in (Outcome.MATCHES, Outcome.NO_TEXT, "")
    return format_html(
        '<span class="check {}"><b>{}</b> {}</span>',
        "holds" if holds else "open",
        sign,
        words,
    )


def word_diff(changes):
    tags = {"same": "span", "removed": "del", "added": "ins"}
    return format_html(
        '<p class="word-diff">{}</p>',
        format_html_join(
            "", "<{0}>{1}</{0}>", ((tags[kind], text) for kind, text in changes)
        ),
    )


class QuoteForm(forms.ModelForm):
    lets_stand = forms.CharField(
        label=_("Let it stand, because"),
        required=False,
        widget=admin.widgets.AdminTextareaWidget(attrs={"rows": 2}),
        help_text=_(
            "If the recorded words must go out though the story has others. The reason "
            "is kept; any later change of the words opens the check again."
        ),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if mark := self.fields.get("mark"):
            mark.required = False
            mark.show_hidden_initial = False
            if self.instance._state.adding:
                self.initial["mark"] = ""

    def clean_mark(self):
        return self.cleaned_data["mark"] or body.new_mark()


class QuoteInline(admin.StackedInline):
    model = Quote
    form = QuoteForm
    fk_name = "article"
    extra = 0
    formfield_overrides = {
        ProseField: {"widget": admin.widgets.AdminTextareaWidget(attrs={"rows": 3})}
    }
    autocomplete_fields = ["speaker", "organisation", "position", "repeats"]
    readonly_fields = ["checks"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "checks",
                    "words",
                    ("speaker", "role"),
                    ("kind", "mark"),
                ]
            },
        ),
        (
            _("More: unnamed source, post, organisation, day, original words"),
            {
                "fields": [
                    "unnamed_source",
                    ("position", "organisation"),
                    ("said_on", "occasion"),
                    "original_words",
                    ("original_language", "translator"),
                    "repeats",
                    "lets_stand",
                ],
                "classes": ["collapse"],
            },
        ),
    ]

    def get_formset(self, request, obj=None, **kwargs):
        """A quote in use elsewhere is not deleted but dropped: nothing to refuse."""
        formset = super().get_formset(request, obj, **kwargs)
        if hasattr(formset.form, "hand_clean_DELETE"):
            formset.form.hand_clean_DELETE = lambda form: None
        return formset

    def get_fieldsets(self, request, obj=None):
        fieldsets = deepcopy(super().get_fieldsets(request, obj))
        if not request.user.has_perm("articles.override_quote_check"):
            fieldsets[-1][1]["fields"].remove("lets_stand")
        return fieldsets

    @admin.display(description=_("checks"))
    def checks(self, quote):
        if quote._state.adding:
            return _(
                "Write the words as they stand in the body: saving finds and marks "
                "them there."
            )
        if quote.dropped_at:
            return _("Dropped: readers have seen it, and the story carries it no more.")
        found = _checks_in_form(quote)
        return format_html_join("", "{}", ((line,) for line in _lines(found)))


def _checks_in_form(quote):
    """The checks of the whole story, made once for a page of the form."""
    story = quote.article
    if not hasattr(story, "checks_by_quote"):
        reading = body.read(story.body)
        story.checks_by_quote = {c.quote.pk: c for c in checks_of(story, reading)}
    return story.checks_by_quote[quote.pk]


def _lines(checks):
    quote = checks.quote
    labels = REPORTED if quote.is_indirect() else STORY
    yield check_line(labels, checks.against_body.outcome)
    if checks.against_body.outcome == Outcome.DIFFERS:
        yield word_diff(checks.against_body.changes)
    if checks.is_overridden:
        override = quote.overrides.all()[0]
        yield format_html(
            "<p>{}</p>",
            _("Let stand by %(who)s: %(reason)s")
            % {"who": override.overridden_by, "reason": override.reason},
        )
    elif checks.is_open and checks.passage:
        yield _buttons(checks)
    yield check_line(SOURCE, checks.against_sources.outcome)
    if checks.source:
        yield format_html("<p>{}</p>", checks.source)
    if checks.against_sources.outcome == Outcome.DIFFERS:
        yield word_diff(checks.against_sources.changes)
    if first := checks.against_first:
        yield check_line(FIRST, first.outcome)
        if first.outcome == Outcome.DIFFERS:
            yield word_diff(first.changes)
    if quote.position and not quote.position.is_held_on(quote.day()):
        yield format_html(
            '<span class="check open">{}</span>',
            _("By its dates, the post was not held on that day."),
        )


def _buttons(checks):
    """Two ways to make the words the same, each naming what it keeps."""
    changes = checks.against_body.changes
    story, recorded = (
        Truncator(" … ".join(c.text for c in changes if c.kind == kind)).chars(40)
        for kind in ("added", "removed")
    )
    take = (
        _("Confirm the passage")
        if checks.quote.is_indirect()
        else (_("Take the story’s words"))
    )
    return format_html_join(
        "",
        '<button type="submit" name="{}" value="{}">{}{}</button> ',
        (
            (name, checks.quote.mark, label, f": “{words}”" if words.strip() else "")
            for name, label, words in (
                ("_take", take, story),
                ("_restore", _("Restore the recorded words"), recorded),
            )
        ),
    )


@admin.register(Quote)
class QuoteAdmin(ReadInStoryAdmin):
    list_display = [
        "__str__",
        "kind",
        "speaker",
        "role",
        "article",
        "body_check",
        "source_check",
    ]
    list_filter = ["kind", "body_check", "source_check", "occasion"]
    list_select_related = ["speaker", "article"]
    search_fields = ["words", "speaker__name", "unnamed_source", "article__headline"]
    readonly_fields = ["body_check", "source_check", "sentence", "listed_at"]
    autocomplete_fields = ["speaker"]

    def get_queryset(self, request):
        return (
            super().get_queryset(request).defer("article__body", "article__body_html")
        )
