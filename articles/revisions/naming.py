"""What the keys of a revision lead to: the names of records, a few queries for all."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from articles import body
from articles.models import (
    Byline,
    Organisation,
    Person,
    Photo,
    Quote,
    Section,
    Topic,
)
from articles.occasions import language_name
from articles.revisions.content import Content, complete

SLUGS = {
    "section": Section,
    "topics": Topic,
    "source": Organisation,
    "lead_photo": Photo,
    "speaker": Person,
    "organisation": Organisation,
    "person": Person,
}


class Names:
    """Of the records that some contents name."""

    def __init__(self, contents: Iterable[Content]):
        self._wanted = defaultdict(set)
        self._repeated = set()
        for content in map(complete, contents):
            self._want(content)
        self._records = {
            model: _by_slug(model, slugs) for model, slugs in self._wanted.items()
        }
        self._first_quotes = _quotes(self._repeated) if self._repeated else {}

    def _want(self, content):
        quotes, bylines = content["quotes"].values(), content["bylines"].values()
        for row in [content["fields"], *quotes, *bylines]:
            for name, model in SLUGS.items():
                value = row.get(name) or []
                slugs = [key[0] for key in value] if name == "topics" else value
                self._wanted[model].update(slugs)
            if row.get("repeats"):
                self._repeated.add(tuple(row["repeats"]))
        self._wanted[Photo].update(body.read(content["fields"]["body"]).photos)
        for kind, slug in content["mentions"]:
            self._wanted[SLUGS[kind]].add(slug)

    def record(self, model: type[models.Model], key) -> models.Model | None:
        return key and self._records.get(model, {}).get(key[0])

    def name(self, model: type[models.Model], key) -> str:
        record = self.record(model, key)
        if record is None:
            return _("“%s”, which is no more") % key[0]
        return record.caption or record.slug if model is Photo else str(record)

    def value(self, model: type[models.Model], name: str, value: Any) -> str:
        """Of a field of a story, a byline or a quote, in words; "" if it is empty."""
        if value in (None, "", []):
            return ""
        if name == "topics":
            return ", ".join(self.name(Topic, key) for key in value)
        if name in SLUGS:
            return self.name(SLUGS[name], value)
        if name == "repeats":
            return self._first_quote(value)
        if name == "position":
            return value[1]
        field = model._meta.get_field(name)
        if isinstance(field, models.BooleanField):
            return _("yes") if value else _("no")
        if isinstance(field, models.DateField):
            return date_format(date.fromisoformat(value), "j F Y")
        if name in ("language", "original_language"):
            return language_name(value)
        return str(dict(field.flatchoices).get(value, value))

    def speaker(self, row: dict) -> str:
        """Who says a quote, for the desk."""
        if row["speaker"]:
            return self.name(Person, row["speaker"])
        if row["organisation"]:
            return self.name(Organisation, row["organisation"])
        if row["unnamed_source"]:
            return _("Unnamed: %s") % row["unnamed_source"]
        return _("Nobody named")

    def quote(self, row: dict) -> Quote:
        """One that stands in no table, to be asked what readers may know of it."""
        return Quote(
            kind=row["kind"],
            words=row["words"],
            speaker=self.record(Person, row["speaker"]),
            organisation=self.record(Organisation, row["organisation"]),
            unnamed_source=row["unnamed_source"],
            role=row["role"],
        )

    def byline(self, role: str, key) -> str:
        said = dict(Byline.Role.choices).get(role, role)
        return f"{said} {self.name(Person, key)}"

    def mention(self, kind: str, slug: str) -> str:
        return self.name(SLUGS[kind], [slug])

    def _first_quote(self, key):
        quote = self._first_quotes.get(tuple(key))
        if quote is None:
            return _("a quote that is no more")
        return f"“{quote}” {quote.article}"


def _by_slug(model, slugs) -> dict[str, models.Model]:
    if not slugs:
        return {}
    found = model.objects.in_bulk(slugs, field_name="slug")
    former = slugs - found.keys()
    if former and hasattr(model.objects, "present_slugs"):
        present = model.objects.present_slugs(former)
        records = model.objects.in_bulk(set(present.values()), field_name="slug")
        found |= {was: records[now] for was, now in present.items() if now in records}
    return found


def _quotes(keys) -> dict[tuple, Quote]:
    wanted = Q(pk=None)
    for story, mark in keys:
        wanted |= Q(article__slug=story, mark=mark)
    quotes = Quote.objects.filter(wanted).select_related("article")
    quotes = quotes.defer("article__body", "article__body_html")
    return {(quote.article.slug, quote.mark): quote for quote in quotes}
