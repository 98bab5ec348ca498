"""The pages beside a story's form that look back: its history, two of its revisions
side by side, and going back to one of them."""

from bisect import bisect_left
from itertools import groupby

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles import restoring
from articles.admin.comparisons import bands_of
from articles.admin.drafting import CARRIED
from articles.admin.side_views import change_page
from articles.admin.story_list import state_carried_as
from articles.drafts import draft_of
from articles.models import Article, Revision
from articles.revisions import Place
from articles.revisions.comparing import changed_places, compare
from articles.revisions.naming import Names
from articles.verbs import Refused, Seen, state_key

MOST_TO_CHOOSE = 200  # revisions in the lists of the compare page


class Comparing:
    """For the admin of stories."""

    def get_urls(self):
        guarded = self.admin_site.admin_view
        return [
            path(
                "<int:pk>/compare/",
                guarded(self.compare_view),
                name="articles_article_compare",
            ),
            path(
                "<int:pk>/restore/<int:number>/",
                guarded(self.restore_view),
                name="articles_article_restore",
            ),
            *super().get_urls(),
        ]

    def history_view(self, request, object_id, extra_context=None):
        """The log, as Django shows it, and the revisions above it."""
        response = super().history_view(request, object_id, extra_context)
        story = getattr(response, "context_data", {}).get("object")
        if story:
            numbers = list(
                story.revisions.order_by("-number").values_list("number", flat=True)
            )
            page = Paginator(numbers, 25).get_page(request.GET.get("page"))
            response.context_data |= {
                "is_nav_sidebar_enabled": False,
                "may_change": self.has_change_permission(request, story),
                "compare_page": _page("compare", story),
                "newest": Revision.objects.newest_number(story),
                "held": _number_that_readers_have(story),
                "revisions": _revisions_of(story, page, numbers),
                "pages": page,
            }
        return response

    def compare_view(self, request, pk):
        story = get_object_or_404(Article, pk=pk)
        if not self.has_view_or_change_permission(request, story):
            raise PermissionDenied
        newest = Revision.objects.newest_number(story)
        numbers = [
            _number(request.GET, "from", _before(story, newest)),
            _number(request.GET, "to", newest),
        ]
        chosen = story.revisions.filter(number__in=numbers)
        chosen = chosen.select_related("saved_by", "publication")
        found = {revision.number: revision for revision in chosen}
        for number in numbers:
            if number not in found:
                text = _("There is no revision %s: never made, or thinned out since.")
                self.message_user(request, text % number, messages.WARNING)
                return HttpResponseRedirect(_history_page(story))
        was, now = (found[number] for number in numbers)
        may_restore = self.has_change_permission(request, story)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Compare revisions"),
            "is_nav_sidebar_enabled": False,
            "original": story,
            "article": story,
            "was": was,
            "now": now,
            "bands": bands_of(
                compare(was.content, now.content), Names([was.content, now.content])
            ),
            "choices": _choices(story, numbers),
            "back": change_page(story),
            "history_page": _history_page(story),
            "may_restore": may_restore and was.number != newest,
            "restore_page": _page("restore", story, was.number),
            "carried": CARRIED,
            "carried_state": (
                state_carried_as(story),
                state_key(story, draft_of(story)),
            ),
            "newest": newest,
            "next_number": _last_number(story) + 1,
            "is_live": story.status == Article.Status.PUBLISHED,
        }
        template = "admin/articles/article/compare.html"
        return TemplateResponse(request, template, context)

    def restore_view(self, request, pk, number):
        story = get_object_or_404(Article, pk=pk)
        if not self.has_change_permission(request, story):
            raise PermissionDenied
        seen = Seen(
            _number(request.POST, CARRIED, 0), request.POST.get(state_carried_as(story))
        )
        again = urlencode({"from": number, "to": Revision.objects.newest_number(story)})
        compare_page = f"{_page('compare', story)}?{again}"
        if request.method != "POST":
            return HttpResponseRedirect(compare_page)
        try:
            made = restoring.restore(story, number, by=request.user, revision=seen)
        except Refused as refused:
            for message in refused.messages:
                self.message_user(request, message, messages.ERROR)
            return HttpResponseRedirect(compare_page)
        said = _("Revision %(number)d is restored, as revision %(made)d.")
        if made.kind == Revision.Kind.DRAFT:
            said += " " + _("It is a draft: readers see it once it is published.")
        values = {"number": number, "made": made.number}
        self.message_user(request, said % values, messages.SUCCESS)
        return HttpResponseRedirect(change_page(story))


def _page(name, story, *arguments):
    return reverse(f"admin:articles_article_{name}", args=[story.pk, *arguments])


def _history_page(story):
    return _page("history", story)


def _number(parameters, name, default):
    number = parameters.get(name, "")
    return int(number[:9]) if number.isdecimal() else default


def _last_number(story):
    newest = story.revisions.newest_first().values_list("number", flat=True).first()
    return newest or 0


def _before(story, newest):
    """What readers have, or else the one before."""
    earlier = story.revisions.filter(number__lt=newest).newest_first()
    published = earlier.exclude(publication=None)
    number = published.values_list("number", flat=True).first()
    return number or earlier.values_list("number", flat=True).first() or newest


def _number_that_readers_have(story):
    if not Article.objects.published().filter(pk=story.pk).exists():
        return None
    saved = story.revisions.filter(kind=Revision.Kind.SAVED).newest_first()
    return saved.values_list("number", flat=True).first()


def _choices(story, numbers):
    """The newest revisions, and the two that are on the page."""
    light = story.revisions.light()
    newest = list(light.newest_first()[:MOST_TO_CHOOSE])
    missing = set(numbers) - {revision.number for revision in newest}
    return [*newest, *light.filter(number__in=missing).newest_first()]


def _revisions_of(story, page, numbers):
    """Those of the page, each with what it changed in the one it was written over, or
    if that is gone, in the nearest before."""
    shown = story.revisions.filter(number__in=list(page)).newest_first()
    shown = list(shown.select_related("saved_by", "publication__published_by"))
    kept = numbers[::-1]
    bases = {revision.number: _base_of(revision, kept) for revision in shown}
    contents = {revision.number: revision.content for revision in shown}
    others = set(bases.values()) - contents.keys() - {None}
    if others:
        rows = story.revisions.filter(number__in=others)
        contents |= dict(rows.values_list("number", "content"))
    for revision in shown:
        base = bases[revision.number]
        if base is None:
            revision.changed = _("the first")
        else:
            said = in_short(contents[base], revision.content)
            revision.changed = said or _("nothing since revision %d") % base
        yield revision


def _base_of(revision, kept):
    if revision.base in kept:
        return revision.base
    place = bisect_left(kept, revision.number)
    return kept[place - 1] if place else None


def in_short(was, now) -> str:
    """What differs, in one line: headline, body, 2 quotes and bylines; "" if nothing
    does."""
    said = []
    for part, places in groupby(changed_places(was, now), key=lambda p: p.part):
        places = list(places)
        if part == "fields":
            said += [_field_name(place) for place in places]
        elif part == "quotes":
            said.append(ngettext("%d quote", "%d quotes", len(places)) % len(places))
        else:
            said.append(_("bylines"))
    return get_text_list(said, _("and"))


def _field_name(place: Place) -> str:
    return str(Article._meta.get_field(place.key).verbose_name)
