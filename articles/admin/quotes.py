from django import forms
from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from articles import body, matching
from articles.admin.records import ReadInStoryAdmin
from articles.matching import Outcome
from articles.models import Quote
from articles.models.fields import ProseField
from articles.settling import house_policy

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
                ],
                "classes": ["collapse"],
            },
        ),
    ]

    @admin.display(description=_("checks"))
    def checks(self, quote):
        if quote._state.adding:
            return _(
                "Write the words as they stand in the body: saving finds and marks "
                "them there."
            )
        if quote.dropped_at:
            return _("Dropped: readers have seen it, and the story carries it no more.")
        lines = [
            check_line(REPORTED if quote.is_indirect() else STORY, quote.body_check),
            check_line(SOURCE, quote.source_check),
        ]
        if quote.body_check == Outcome.DIFFERS:
            passage = body.read(quote.article.body).passages[quote.mark]
            found = matching.check_against_body(quote.words, passage.segments)
            lines.append(word_diff(found.changes))
        if quote.source_check == Outcome.DIFFERS:
            texts = [source.text for source in quote.article.sources.all()]
            found = matching.check_against_sources(quote.words, texts, house_policy())
            lines.append(word_diff(found.changes))
        return format_html_join("", "{}", ((line,) for line in lines))


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
