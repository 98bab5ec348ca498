"""How the site stands at this moment, in one query of ends of indexes."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from articles.models.freshness import NOT_YET_SEEN

NEXT = [  # what time alone does to a page: the table, the column, and of which rows
    ("articles_article", "published_at", "status = 'published' AND"),
    ("articles_article", "embargoed_until", "status = 'published' AND"),
    ("articles_article", "expires_at", "status = 'published' AND"),
    ("articles_correction", "published_at", ""),
    ("articles_pin", "until", ""),
]

LAST = [
    "SELECT MAX(edition) FROM articles_touch WHERE tag IN ('site', 'front')",
    "SELECT MAX(touched_at) FROM articles_touch",
    "SELECT expires_at FROM articles_article WHERE status = 'published'"
    " AND expires_at <= %s ORDER BY expires_at DESC LIMIT 1",
    "SELECT until FROM articles_pin WHERE until <= %s ORDER BY until DESC LIMIT 1",
]


@dataclass(frozen=True)
class SiteState:
    """Editions from `edition` on are not in what is read from now on. `until` is when
    time alone changes a page, at the latest at the end of the local day, with which
    people leave posts. `changed_at` is when something last changed anywhere, and in
    `furniture_edition` what every page prints of the site."""

    edition: int
    until: datetime
    changed_at: datetime | None
    furniture_edition: int


def site_state(now: datetime) -> SiteState:
    columns = [NOT_YET_SEEN[connection.vendor], *LAST]
    columns += [
        f"SELECT {column} FROM {table} WHERE {rows} {column} > %s"
        f" ORDER BY {column} LIMIT 1"
        for table, column, rows in NEXT
    ]
    time = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        statement = "SELECT " + ", ".join(f"({column})" for column in columns)
        cursor.execute(statement, [time] * (2 + len(NEXT)))
        edition, furniture_edition, *times = cursor.fetchone()
    touched, expired, unpinned, *coming = map(_aware, times)
    return SiteState(
        edition,
        min([_end_of_day(now), *filter(None, coming)]),
        max(filter(None, [touched, expired, unpinned]), default=None),
        furniture_edition or 0,
    )


def _aware(value) -> datetime | None:
    """SQLite gives a time as a text, in UTC."""
    if isinstance(value, str):
        value = parse_datetime(value)
    if value is None or value.tzinfo:
        return value
    return value.replace(tzinfo=UTC)


def _end_of_day(now):
    day = timezone.localdate(now) + timedelta(days=1)
    return datetime.combine(day, datetime.min.time(), timezone.get_current_timezone())
