"""What every page prints of the site: its name and look, its navigation, the pages at
its foot, and how the front page is arranged.

A process keeps it, and asks each time whether it still stands: with each request comes
the edition of the site in which any of it was last touched, so that no process shows
what another has changed since."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.flatpages.models import FlatPage
from django.http import HttpRequest
from django.utils import timezone

from articles.freshness.state import SiteState, site_state
from articles.models import Band, Masthead, NavigationLink, Pin, Section
from articles.models.front_page import MOST_BANDS


@dataclass(frozen=True)
class Furniture:
    """Nobody changes these rows: threads share them."""

    edition: int
    until: datetime
    masthead: Masthead
    links: list[NavigationLink]
    sections: list[Section]  # that readers meet
    pages: list[FlatPage]
    bands: list[Band]
    has_pins: bool


class _Kept:
    furniture: Furniture | None = None


def furniture_for(request: HttpRequest) -> Furniture:
    """The same for all that one answer prints."""
    if not hasattr(request, "furniture"):
        now = timezone.now()
        state = getattr(request, "site_state", None) or site_state(now)
        kept = _Kept.furniture  # which another thread may replace
        if kept is None or not _stands(kept, state, now):
            kept = _Kept.furniture = _fetched(state)
        request.furniture = kept
    return request.furniture


def _stands(kept: Furniture, state: SiteState, now) -> bool:
    is_untouched = state.furniture_edition < kept.edition <= state.edition
    return is_untouched and now < kept.until


def forget_furniture() -> None:
    """For tests, whose databases go back to what they were."""
    _Kept.furniture = None


def _fetched(state) -> Furniture:
    masthead = Masthead.objects.shown()
    return Furniture(
        state.edition,
        state.until,
        masthead,
        [] if masthead._state.adding else list(NavigationLink.objects.in_order()),
        list(Section.objects.published()),
        list(FlatPage.objects.only("url", "title").order_by("pk")),
        list(Band.objects.in_order()[:MOST_BANDS]),
        Pin.objects.exists(),
    )
