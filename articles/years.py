"""A long list of quotes, by the years of the stories that printed them."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from articles.archives import Period
from articles.models.quotes import QuoteQuerySet
from articles.paging import Page, paginate

SIZE = 20


@dataclass(frozen=True)
class Year:
    year: int
    quotes: int
    query: str
    is_here: bool


def by_year(
    quotes: QuoteQuerySet, parameters: Mapping[str, str], *, name: str = ""
) -> tuple[Page, list[Year]]:
    """The page that the address asks for, and the years of a list that is longer than
    one page and one year; then the page may be of one of them."""
    key = f"{name}-year" if name else "year"
    counts = quotes.counted_by_year()
    if len(counts) < 2 or sum(counts.values()) <= SIZE:
        return _page(quotes, parameters, name), []
    asked = parameters.get(key, "")
    chosen = next((year for year in counts if str(year) == asked), None)
    kept = {}
    if chosen:
        kept, period = {key: chosen}, Period(chosen)
        quotes = quotes.printed_within(period.start(), period.end())
    years = [
        Year(year, number, f"{key}={year}", year == chosen)
        for year, number in counts.items()
    ]
    return _page(quotes, parameters, name, kept), years


def _page(quotes, parameters, name, kept=MappingProxyType({})):
    rows = quotes.for_lists().newest_first()
    return paginate(rows, parameters, size=SIZE, name=name, kept=kept)
