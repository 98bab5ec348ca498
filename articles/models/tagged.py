"""What is read from the database for one page. Each record tells its tag, so that a
page cannot show one and forget that it has to be made anew when that one changes."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime

from django.db import models


@dataclass
class Reading:
    """`newest` is when one of the records last changed that say so."""

    tags: set[str] = field(default_factory=set)
    newest: datetime | None = None


_now: ContextVar[Reading | None] = ContextVar("reading", default=None)


@contextmanager
def reading() -> Iterator[Reading]:
    token = _now.set(Reading())
    try:
        yield _now.get()
    finally:
        _now.reset(token)


def depends_on(*tags: str) -> None:
    """The page that is being made shows what bears these tags."""
    if page := _now.get():
        page.tags.update(tags)


class Tagged(models.Model):
    """A record whose pages are made anew when it changes. page_tag() asks no database,
    and is "" where a row was read without what it needs."""

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db, field_names, values):
        row = super().from_db(db, field_names, values)
        if page := _now.get():
            page.tags.add(row.page_tag())
            if time := row.changed_at():
                page.newest = max(page.newest or time, time)
        return row

    def page_tag(self) -> str:
        return f"{self._meta.model_name}-{self.pk}"

    def changed_at(self) -> datetime | None:
        return None


class TaggedAs(Tagged):
    """A record that shows under another's tag, to which a foreign key leads."""

    tagged_as = ("article", "story")

    class Meta:
        abstract = True

    def page_tag(self) -> str:
        relation, kind = self.tagged_as
        key = self.__dict__.get(f"{relation}_id")
        return f"{kind}-{key}" if key else ""
