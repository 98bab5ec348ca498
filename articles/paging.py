"""Pages of a long list, by key: a link says after which row the next page begins, so
that page 500 costs what page 1 does, and a new story does not push a row from one page
to the next while somebody reads on."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, Q, QuerySet

LONGEST_CURSOR = 2000  # characters; a name of 200 letters fits in any script


@dataclass(frozen=True)
class Page:
    """`newer` and `older` are query strings for the pages before and after, or "";
    `here` is that of this page. "Newer" means nearer to the list's first row, whatever
    the list is ordered by."""

    rows: list
    newer: str = ""
    older: str = ""
    here: str = ""

    def __iter__(self):
        return iter(self.rows)

    def __len__(self):
        return len(self.rows)


def paginate(
    rows: QuerySet,
    parameters: Mapping[str, str],
    *,
    size: int = 20,
    name: str = "",
    kept: Mapping[str, Any] = MappingProxyType({}),
) -> Page:
    """The page that the parameters of the address ask for; the first if they ask for
    none, for nonsense, or for one without rows. The rows are ordered by columns of
    their own that are never null, the last of them unique. Two lists on one page need
    two names. What is `kept` narrows the list, and stands in every link of it."""
    prefix = f"{name}-" if name else ""
    for way in ("older", "newer"):
        cursor = parameters.get(prefix + way, "")
        key = _read_cursor(cursor, rows) if cursor else None
        if key:
            page = _fetch(rows, size, prefix, kept, way, key)
            if page.rows:
                here = urlencode({**kept, prefix + way: cursor})
                return Page(page.rows, page.newer, page.older, here)
    return _fetch(rows, size, prefix, kept)


def _fetch(rows, size, prefix, kept, way="older", key: Sequence | None = None) -> Page:
    ordering = _ordering(rows)
    backwards = way == "newer"
    if key:
        rows = rows.filter(_beyond(ordering, key, backwards))
    found = list((rows.reverse() if backwards else rows)[: size + 1])
    has_more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    if not found:
        return Page([])

    def link(way, row):
        values = [getattr(row, column) for column, _ in ordering]
        return urlencode({**kept, prefix + way: _cursor(values)})

    return Page(
        found,
        newer=link("newer", found[0]) if key and (has_more or not backwards) else "",
        older=link("older", found[-1]) if has_more or backwards else "",
        here=urlencode(kept),
    )


def _ordering(rows) -> list[tuple[str, bool]]:
    """The columns, and whether each descends."""
    names = rows.query.order_by or rows.model._meta.ordering
    return [(name.lstrip("-"), name.startswith("-")) for name in names]


def _beyond(ordering, key, backwards) -> Q:
    """The rows after the key, or before it. The first column alone already bounds the
    range, so that the database walks an index instead of trying an OR on each row."""
    (column, descends), *others = ordering
    value, *values = key
    comparison = "lt" if descends != backwards else "gt"
    if not others:
        return Q((f"{column}__{comparison}", value))
    return Q((f"{column}__{comparison}e", value)) & (
        Q((f"{column}__{comparison}", value))
        | Q((column, value)) & _beyond(others, values, backwards)
    )


def _cursor(values: Sequence[Any]) -> str:
    # The encoder of Django cuts a time to milliseconds: rows would be shown twice.
    written = [v.isoformat() if isinstance(v, datetime) else v for v in values]
    text = json.dumps(written, cls=DjangoJSONEncoder, ensure_ascii=False)
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_cursor(cursor: str, rows) -> list | None:
    """The values of a key, or None if nobody could have got this cursor from us."""
    if len(cursor) > LONGEST_CURSOR:
        return None
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        values = json.loads(urlsafe_b64decode(padded))
        columns = [column for column, _ in _ordering(rows)]
        return [
            _clean(rows.model, column, value)
            for column, value in zip(columns, values, strict=True)
        ]
    except (ValueError, TypeError, OverflowError, RecursionError, ValidationError):
        return None


def _clean(model: type[Model], column: str, value):
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise ValueError(value)
    field = model._meta.pk if column == "pk" else model._meta.get_field(column)
    if field.is_relation:
        field = field.target_field
    value = field.to_python(value)
    field.run_validators(value)
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(value)
        value = value.astimezone(UTC)
    return value
