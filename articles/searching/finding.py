"""Finding what readers may read. The newest come first without sorting, so that a word
in every third story costs what a rare one does; of the best matches those come first
that are called by the words."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from articles.models import Mention, Quote, SearchEntry
from articles.searching.asking import BEST, Asked, Term
from articles.searching.index import BEGIN, END, KIND_WORDS, TABLE

Kind = SearchEntry.Kind
MOST_COUNTED = 100
EVERYWHERE = "abc"
CALLED = "a"
EXACT = "exact"
COUNTED = -1  # in the place of the number of a tier
TIERS = {
    Kind.STORY: [CALLED, EVERYWHERE],
    Kind.QUOTE: [CALLED, EVERYWHERE],
    Kind.PERSON: [EXACT, CALLED, EVERYWHERE],
    Kind.ORGANISATION: [EXACT, CALLED, EVERYWHERE],
}


@dataclass(frozen=True)
class Found:
    """The keys of entries, the best first. `count` goes up to one more than
    MOST_COUNTED; `after` says where the next page begins, or is empty."""

    keys: list[int] = field(default_factory=list)
    count: int = 0
    after: str = ""


def find(asked: Asked, sizes: dict[str, int], after: str = "") -> dict[str, Found]:
    """For each of the kinds so many entries: of a size of 0 only their number. All of
    it is one question to the database."""
    found = {kind: Found() for kind in sizes}
    if not asked.terms:
        return found
    first, key = _place(after)
    tiers = {
        kind: TIERS[kind] if asked.order == BEST else [EVERYWHERE] for kind in sizes
    }
    parts = {}
    for kind, size in sizes.items():
        every = _narrowed(asked, kind, _matching(asked.terms, kind, [EVERYWHERE], 0))
        parts[kind, COUNTED] = every[: MOST_COUNTED + 1]
        for number in range(first, len(tiers[kind])) if size else ():
            entries = _matching(asked.terms, kind, tiers[kind], number)
            entries = _narrowed(asked, kind, entries)
            if number == first and key is not None:
                entries = entries.filter(pk__lt=key)
            parts[kind, number] = entries[: size + 1]
    rows = _rows(parts)
    for kind, size in sizes.items():
        places = sorted((number, -key) for number, key in rows[kind] if number >= 0)
        more = len(places) > size > 0
        places = places[:size]
        keys = [-key for _number, key in places]
        count = sum(value for number, value in rows[kind] if number == COUNTED)
        ahead = f"{places[-1][0]}.{keys[-1]}" if more else ""
        found[kind] = Found(keys, count, ahead)
    return found


def _rows(parts) -> dict[str, list[tuple[int, int]]]:
    """Of each kind pairs of a tier and a key, or of COUNTED and a number."""
    rows = {kind: [] for kind, _number in parts}
    statements, values = [], []
    for number, ((_kind, tier), entries) in enumerate(parts.items()):
        try:
            statement, given = entries.values(entry=F("pk")).query.sql_with_params()
        except EmptyResultSet:
            continue
        what = "COUNT(*)" if tier == COUNTED else "entry"
        statements.append(f"SELECT {number}, {what} FROM ({statement}) AS part{number}")
        values += given
    if not statements:
        return rows
    places = list(parts)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(statements), values)
        for number, value in cursor.fetchall():
            kind, tier = places[number]
            rows[kind].append((tier, value))
    return rows


def named(prefixes: list[str], kind: str) -> models.QuerySet:
    """Entries that are called by a word with one of those beginnings."""
    return _where(kind, _any_prefix(prefixes, kind))


def _place(after) -> tuple[int, int | None]:
    number, _dot, key = after.partition(".")
    is_place = number.isdecimal() and key.isdecimal() and len(after) <= 24
    return (int(number), int(key)) if is_place else (0, None)


def _matching(terms, kind, tiers, number):
    """In that tier and in none before."""
    sought = _tier(terms, tiers[number])
    for tier in tiers[:number]:
        sought = _without(sought, _tier(terms, tier))
    return _where(kind, _and(_phrase((KIND_WORDS[kind],), "d"), sought))


def _where(kind, expression):
    condition = f"{TABLE} MATCH %s"
    if connection.vendor == "postgresql":
        condition = f"{TABLE}.vector @@ %s::tsquery"
    return (
        SearchEntry.objects.published(kind)
        .extra(
            tables=[TABLE],
            where=[f"{TABLE}.rowid = articles_searchentry.id", condition],
            params=[expression],
        )
        .extra(order_by=[f"-{TABLE}.rowid"])
    )


def _narrowed(asked, kind, entries):
    wanted = asked.narrowed
    if not wanted:
        return entries
    if kind in (Kind.PERSON, Kind.ORGANISATION):
        return entries.none()
    if kind == Kind.STORY:
        return _narrow_stories(asked, entries)
    conditions = Q()
    if section := wanted.get("section"):
        conditions &= Q(quote__article__section__slug=section)
    if speaker := wanted.get("speaker"):
        conditions &= Q(quote__speaker__slug=speaker, quote__speaker__is_public=True)
    if organisation := wanted.get("organisation"):
        conditions &= Q(quote__organisation__slug=organisation) | Q(
            quote__position__organisation__slug=organisation
        )
    if said_as := wanted.get("said_as"):
        conditions &= Q(quote__kind=said_as)
    return entries.filter(conditions, *_days(asked, "quote__listed_at"))


def _narrow_stories(asked, entries):
    wanted = asked.narrowed
    conditions = Q()
    if section := wanted.get("section"):
        conditions &= Q(story__section__slug=section)
    if organisation := wanted.get("organisation"):
        named = Mention.objects.filter(organisation__slug=organisation)
        conditions &= Exists(named.filter(article=OuterRef("story")))
    said = {}
    if speaker := wanted.get("speaker"):
        said |= {"speaker__slug": speaker, "speaker__is_public": True}
    if said_as := wanted.get("said_as"):
        said["kind"] = said_as
    if said:
        quotes = Quote.objects.standing().filter(article=OuterRef("story"), **said)
        conditions &= Exists(quotes)
    return entries.filter(conditions, *_days(asked, "story__published_at"))


def _days(asked, column) -> Iterator[Q]:
    """Both days are among those sought."""
    if first := asked.day("from"):
        yield Q((f"{column}__gte", _begin(first)))
    if last := asked.day("to"):
        yield Q((f"{column}__lt", _begin(last) + timedelta(days=1)))


def _begin(day):
    return timezone.make_aware(datetime.combine(day, time()))


# What is sought, as each database writes it. Stems are letters and figures alone, so
# none of them ends the quotation marks around it.


def _tier(terms, tier) -> str:
    if tier == EXACT:
        name = tuple(stem for term in terms for stem in term)
        return _phrase((BEGIN, *name, END), CALLED)
    return _and(*(_phrase(term, tier) for term in terms))


def _phrase(term: Term, columns: str) -> str:
    if connection.vendor == "postgresql":
        return "(" + " <-> ".join(f"'{stem}':{columns}" for stem in term) + ")"
    return f'{{{" ".join(columns)}}} : "{" ".join(term)}"'


def _and(*expressions: str) -> str:
    joint = " & " if connection.vendor == "postgresql" else " AND "
    return "(" + joint.join(expressions) + ")"


def _without(sought: str, other: str) -> str:
    joint = " & !" if connection.vendor == "postgresql" else " NOT "
    return f"({sought}{joint}{other})"


def _any_prefix(prefixes, kind) -> str:
    if connection.vendor == "postgresql":
        any_of = " | ".join(f"'{prefix}':*{CALLED}" for prefix in prefixes)
    else:
        any_of = " OR ".join(f'{{{CALLED}}} : "{prefix}" *' for prefix in prefixes)
    return _and(_phrase((KIND_WORDS[kind],), "d"), f"({any_of})")
