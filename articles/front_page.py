"""The front page put together: what editors pinned, then the newest, no story twice."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import F, Q

from articles import voices
from articles.models import Article, Band, Pin, Quote, Section
from articles.models.front_page import MOST_PINS
from articles.paging import Page, paginate

STORIES = 20  # beside those of the sections' bands
TOP = 6  # the lead and five beside it
OF_A_SECTION = 4
QUOTES_LOOKED_AT = 24

Kind = Band.Kind


@dataclass
class ShownBand:
    kind: str
    section: Section | None = None
    articles: list[Article] = field(default_factory=list)
    quotes: list[Quote] = field(default_factory=list)


@dataclass
class Front:
    """The quotes have no corrections yet. `page` is the part of the list of all stories
    that stands here: its links lead on from there. What is pinned stands in that list
    at its own time, too."""

    lead: Article | None
    seconds: list[Article]
    bands: list[ShownBand]
    page: Page


def put_together(bands: list[Band], *, has_pins: bool = True) -> Front:
    bands = bands or [Band(kind=Kind.QUOTES), Band(kind=Kind.MORE)]
    has_more = any(band.kind == Kind.MORE for band in bands)
    stories = Article.objects.listed().for_cards().select_related("lead_photo")
    pinned = _pinned(stories) if has_pins else []
    newest = stories.exclude(pk__in=[story.pk for story in pinned]).newest_first()
    # One place at least is the newest's: the links to older stories begin after it.
    free = max((STORIES if has_more else TOP) - len(pinned), 1)
    page = paginate(newest, {}, size=free)
    rows = _in_order(pinned, page.rows)
    # Without a band for them, none may be left over: the next page begins after them.
    top = rows[:TOP] if has_more else rows
    of_sections = _of_sections([band.section for band in bands if band.section], top)
    stand_there = {story.pk for stories in of_sections.values() for story in stories}
    more = [story for story in rows[len(top) :] if story.pk not in stand_there]
    shown = [
        ShownBand(
            band.kind,
            band.section,
            more if band.kind == Kind.MORE else of_sections.get(band.section_id, []),
            _quotes() if band.kind == Kind.QUOTES else [],
        )
        for band in bands
    ]
    return Front(
        top[0] if top else None,
        _opinion_last(top[1:], pinned),
        [band for band in shown if band.articles or band.quotes],
        page,
    )


def _pinned(stories):
    """Each with the `place` that an editor gave it."""
    pinned = stories.filter(pin__in=Pin.objects.standing().order_by())
    pinned = pinned.annotate(place=F("pin__place"))
    return list(pinned.order_by("place", "pin__order", "pin__pk")[:MOST_PINS])


def _in_order(pinned, newest):
    has_lead = bool(pinned) and pinned[0].place == Pin.Place.LEAD
    leads = [] if has_lead else newest[:1]
    return [*leads, *pinned, *newest[len(leads) :]]


def _opinion_last(seconds, pinned):
    """Where no editor has said otherwise."""
    opinion = Article.Kind.OPINION
    return sorted(seconds, key=lambda one: one.kind == opinion and one not in pinned)


def _of_sections(sections: Iterable[Section], above) -> dict[int, list[Article]]:
    """The newest stories of each section that do not stand above: one query, that reads
    the end of an index for each."""
    wanted = Q()
    for section in sections:
        newest = section.articles.listed().exclude(pk__in=[story.pk for story in above])
        wanted |= Q(pk__in=newest.newest_first().values("pk")[:OF_A_SECTION])
    found = {}
    if wanted:
        rows = Article.objects.listed().filter(wanted).for_cards().newest_first()
        for story in rows:
            found.setdefault(story.section_id, []).append(story)
    return found


def _quotes():
    quotes = Quote.objects.listed().for_lists().newest_first()[:QUOTES_LOOKED_AT]
    return voices.in_their_words(quotes)
