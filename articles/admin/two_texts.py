"""The page on which somebody chooses where two people changed the same place."""

from collections.abc import Iterable

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.text import Truncator, get_text_list
from django.utils.translation import gettext as _

from articles import body, drafts
from articles.admin.quote_cards import word_diff
from articles.admin.side_views import change_page
from articles.matching import diff
from articles.models import Article, Byline, Person, Quote, Revision
from articles.revisions import (
    ATTRIBUTION,
    BODY,
    GROUPS,
    Content,
    Place,
    content_of,
    decide,
    reconcile,
    value_at,
)
from articles.revisions.naming import Names
from articles.settling import settle
from articles.verbs import Refused, record

MODELS = {"fields": Article, "bylines": Byline, "quotes": Quote}
WORDS_OF_QUOTE = 6  # by which a label tells it from the others


class MergingTexts:
    """For the admin of stories."""

    def get_urls(self):
        return [
            path(
                "<int:pk>/merge/<int:number>/",
                self.admin_site.admin_view(self.merge_view),
                name="articles_article_merge",
            ),
            *super().get_urls(),
        ]

    def merge_view(self, request, pk, number):
        story = self.story_to_change(request, pk)
        try:
            with transaction.atomic():
                return self._merge(request, story, number)
        except Refused as refused:  # it names a record that is no more, or a slug taken
            for message in refused.messages:
                self.message_user(request, message, messages.ERROR)
        kept = _("Nothing was merged. Both texts are kept: see the history.")
        self.message_user(request, kept, messages.WARNING)
        return HttpResponseRedirect(change_page(story))

    def _merge(self, request, story, number):
        if request.method == "POST":
            story = Article.objects.select_for_update(of=["self"]).get(pk=story.pk)
        mine = get_object_or_404(story.revisions.exclude(kind="saved"), number=number)
        base, theirs = _other_sides(story, mine)
        merged = reconcile(base, mine.content, theirs.content)
        if request.method == "POST" and request.POST.get("theirs") == str(
            theirs.number
        ):
            taken = {
                p for p in merged.conflicts if request.POST.get(name_of(p)) == "theirs"
            }
            content = decide(merged, theirs.content, taken)
            note = _("Merged revisions %(mine)d and %(theirs)d")
            numbers = {"mine": mine.number, "theirs": theirs.number}
            saved = drafts.save_content(
                story,
                content,
                by=request.user,
                base=theirs.number,
                note=note % numbers,
                has_sources=story.sources.filter(came_with=mine.number).exists(),
            )
            Revision.objects.filter(pk=mine.pk).to_merge().update(
                merged_at=timezone.now()
            )
            self._bring_sources(story, mine, saved)
            record(story, request.user, note % numbers)
            self.message_user(
                request,
                _("Merged into revision %d.") % saved.number,
                messages.SUCCESS,
            )
            return HttpResponseRedirect(change_page(story))
        if request.method == "POST":
            text = _("Somebody has saved again meanwhile: look once more.")
            self.message_user(request, text, messages.WARNING)
        labels = Labels(mine.content, theirs.content)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Two texts of one place"),
            "is_nav_sidebar_enabled": False,
            "original": story,
            "article": story,
            "mine": mine,
            "theirs": theirs,
            "merged": labels.listed(merged.theirs),
            "conflicts": [
                labels.conflict(place, mine.content, theirs.content)
                for place in merged.conflicts
            ],
            "back": change_page(story),
        }
        template = "admin/articles/article/merge.html"
        return TemplateResponse(request, template, context).render()

    def _bring_sources(self, story, aside, saved):
        """Those that came with what was kept aside come with what it is merged into."""
        is_live = story.status == Article.Status.PUBLISHED
        brought = story.sources.filter(came_with=aside.number)
        if brought.update(came_with=saved.number if is_live else None):
            settle(story)


def _other_sides(story, mine):
    """What both began from, and what the others made of it."""
    if mine.kind == Revision.Kind.DRAFT:
        draft = drafts.draft_of(story)
        if draft is None or draft.revision != mine:
            raise Http404
        return draft.over.content, story.revisions.held()
    newest = Revision.objects.newest_number(story)
    return content_of(story, mine.base), story.revisions.get(number=newest)


class Labels:
    """Of places in these contents."""

    def __init__(self, *contents: Content):
        self.contents = contents
        self.names = Names(contents)

    def of(self, place: Place) -> str:
        if place.part == "fields":
            return str(_field_label(place.part, place.key))
        row = self._row(place)
        label = _row_label(place, row, self.names)
        return (
            f"{label}: {_field_label(place.part, place.field)}"
            if place.field
            else label
        )

    def listed(self, places: Iterable[Place]) -> str:
        return get_text_list([self.of(place) for place in places], _("and"))

    def conflict(self, place: Place, mine: Content, theirs: Content) -> dict[str, str]:
        ours, others = (
            self._in_words(place, value_at(place, content))
            for content in (mine, theirs)
        )
        return {
            "name": name_of(place),
            "label": self.of(place),
            "mine": ours,
            "theirs": others,
            "difference": word_diff(diff(ours, others)),
        }

    def _row(self, place):
        for content in self.contents:
            if row := content.get(place.part, {}).get(place.key):
                return row
        return None

    def _in_words(self, place, value) -> str:
        if value is None and not place.field and place.part != "fields":
            return _("Taken out of the story")
        if place == BODY:
            return body.plain_text(value or "")
        if place.field and place.field not in GROUPS or place.part == "fields":
            name = place.field or place.key
            return self._value(place.part, name, value) or _("Nothing")
        lines = [
            f"{_field_label(place.part, name)}: {self._value(place.part, name, one)}"
            for name, one in value.items()
            if one not in (None, "", [])
        ]
        return "\n".join(lines) or _("Nothing")

    def _value(self, part, name, value) -> str:
        return self.names.value(MODELS[part], name, value)


def name_of(place: Place) -> str:
    """Of the field of the page's form that chooses."""
    return "-".join(filter(None, place))


def _row_label(place, row, names) -> str:
    if place.part == "quotes":
        words = row and row.get("words") or place.key
        return _("quote “%s”") % Truncator(words).words(WORDS_OF_QUOTE)
    role, _space, slug = place.key.partition(" ")
    person = names.name(Person, row["person"]) if row else slug
    return _("byline of %s") % person


def _field_label(part, name):
    if name in GROUPS:
        return _("who says it") if name == ATTRIBUTION else _("what was said at first")
    return MODELS[part]._meta.get_field(name).verbose_name
