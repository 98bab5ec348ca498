import json
from copy import deepcopy
from urllib.parse import urlsplit

from django import forms
from django.contrib import admin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.urls import Resolver404, path, resolve
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles import body, matching
from articles.admin.quote_cards import cards_of, count
from articles.admin.records import ReadInStoryAdmin, RowsByHand
from articles.admin.story_rows import StoryRows
from articles.characters import clean_text
from articles.models import Quote
from articles.models.fields import ProseField


def as_choice(quote):
    """Enough to tell it from another one."""
    return _("%(speaker)s: “%(words)s” %(story)s, %(day)s") % {
        "speaker": quote.speaker or quote.organisation or quote.unnamed_source,
        "words": quote,
        "story": quote.article,
        "day": date_format(quote.day(), "j F Y"),
    }


# What a repeat shares with the first quote, whatever its own story says around it.
SPEAKER = ["speaker", "organisation", "unnamed_source", "position"]
SAID_THEN = ["said_on", "occasion"]


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
        if repeats := self.fields.get("repeats"):
            repeats.queryset = Quote.objects.for_choice()
            repeats.label_from_instance = as_choice
            repeats.widget.widget.url_name = "%s:articles_quote_earlier"
            self.fields["words"].required = not (
                self.instance._state.adding
                and self.data.get(self.add_prefix("repeats"))
            )

    def clean_mark(self):
        return self.cleaned_data["mark"] or body.new_mark()

    def clean_words(self):
        return matching.without_marks(self.cleaned_data["words"])

    def clean_repeats(self):
        chosen = self.cleaned_data["repeats"]
        if chosen is None or "repeats" not in self.changed_data:
            return chosen
        first = Quote.objects.that_may_be_repeated().filter(
            pk=chosen.repeats_id or chosen.pk
        )
        first = first.exclude(article=self.instance.article_id).first()
        if first is None:
            raise forms.ValidationError(
                _("Choose a quote that readers have in another story.")
            )
        return first

    def clean(self):
        cleaned = super().clean()
        first = cleaned.get("repeats")
        if first and self.instance._state.adding:
            self._take_from(first, cleaned)
        return cleaned

    def _take_from(self, first, cleaned):
        """What the first quote knows, and this row does not say. Not the role: that is
        what each story printed."""
        taken = [*SAID_THEN, "original_language", "translator"]
        if not cleaned.get("words"):
            taken += ["words", "original_words"]
            cleaned["kind"] = first.kind
        said_by = {name: cleaned[name] for name in SPEAKER if cleaned.get(name)}
        if all(getattr(first, name) == who for name, who in said_by.items()):
            taken += SPEAKER
        for name in taken:
            cleaned[name] = cleaned.get(name) or getattr(first, name)


class QuoteFormSet(StoryRows):
    """In the form trouble stands first, then the order of the story."""

    says = ("mark",)

    @cached_property
    def quotes(self):
        quotes = list(super().get_queryset())
        for quote in quotes:
            quote.article = self.instance
        return quotes

    @cached_property
    def cards(self):
        return cards_of(self.instance, self.quotes)

    @cached_property
    def quotes_in_order(self):
        return sorted(self.quotes, key=lambda quote: self.cards[quote.pk].rank)

    def get_queryset(self):
        return self.quotes if self.is_bound else self.quotes_in_order

    def deal_cards(self):
        """To each form of a saved quote, once all is read that somebody typed."""
        for form in self.initial_forms:
            form.card = self.cards.get(form.instance.pk)

    def for_script(self):
        """What Django's inlines.js is told."""
        options = {
            "prefix": self.prefix,
            "addText": gettext("Add by hand"),
            "deleteText": gettext("Remove"),
        }
        return json.dumps({"name": f"#{self.prefix}", "options": options})

    def carried_count(self):
        return sum(quote.dropped_at is None for quote in self.quotes)

    def hold_and_do_not(self):
        return count(self.cards.values())


class QuoteInline(RowsByHand, admin.StackedInline):
    model = Quote
    form = QuoteForm
    formset = QuoteFormSet
    template = "admin/articles/article/quotes.html"
    fk_name = "article"
    formfield_overrides = {
        ProseField: {"widget": admin.widgets.AdminTextareaWidget(attrs={"rows": 3})}
    }
    autocomplete_fields = ["speaker", "organisation", "position", "repeats"]
    by_key = ["position", "repeats"]
    fieldsets = [
        (
            None,
            {
                "fields": [
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

    def get_queryset(self, request):
        return (
            super()
            .get_queryset(request)
            .select_related("speaker", "organisation", "position", "repeats")
            .prefetch_related("overrides__overridden_by")
        )

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


@admin.register(Quote)
class QuoteAdmin(ReadInStoryAdmin):
    list_display = [
        "__str__",
        "kind",
        "speaker",
        "role",
        "article",
        "embargo",
        "body_check",
        "source_check",
    ]
    list_filter = ["is_open", "kind", "body_check", "source_check", "occasion"]
    list_select_related = ["speaker", "article"]
    search_fields = ["words", "speaker__name", "unnamed_source", "article__headline"]
    readonly_fields = ["body_check", "source_check", "sentence", "listed_at"]
    autocomplete_fields = ["speaker"]

    def get_queryset(self, request):
        return (
            super().get_queryset(request).defer("article__body", "article__body_html")
        )

    def get_urls(self):
        view = self.admin_site.admin_view(
            EarlierQuotes.as_view(admin_site=self.admin_site)
        )
        return [
            path("earlier/", view, name="articles_quote_earlier"),
            *super().get_urls(),
        ]

    def get_search_results(self, request, queryset, search_term):
        if request.GET.get("field_name") != "repeats":
            return super().get_search_results(request, queryset, search_term)
        quotes = queryset.that_may_be_repeated().exclude(
            article=_story_in_form(request)
        )
        return quotes.for_choice().search(clean_text(search_term)).newest_first(), False


class EarlierQuotes(AutocompleteJsonView):
    """The search behind the field "repeats"."""

    def serialize_result(self, obj, to_field_name):
        return {"id": str(getattr(obj, to_field_name)), "text": as_choice(obj)}


def _story_in_form(request):
    """The id of the story whose form asks, as far as the browser tells, or None."""
    try:
        asking = resolve(urlsplit(request.headers.get("Referer", "")).path)
    except (Resolver404, ValueError):
        return None
    is_form = asking.view_name == "admin:articles_article_change"
    number = asking.kwargs["object_id"] if is_form else ""
    return int(number) if number.isdecimal() else None
