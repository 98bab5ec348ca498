"""The records that a content names by their natural keys, each looked up once."""

from typing import Any, NamedTuple

from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.utils.translation import gettext as _

from articles.models import Article, Byline, Person, Position, Quote, Topic
from articles.revisions.content import (
    BYLINE,
    FIELDS,
    KEYS,
    POSITIONS,
    QUOTE,
    Content,
    of_new_row,
    plain,
)
from articles.verbs import Problem, Refused

NAMES = {Article: {*FIELDS}, Byline: {*BYLINE}, Quote: {*QUOTE}}


class Values(NamedTuple):
    """What content says, by the names of fields, records looked up."""

    fields: dict[str, Any]
    topics: list[Topic]
    bylines: dict[str, dict[str, Any]]  # by role and slug
    quotes: dict[str, dict[str, Any]]  # by mark


def values_of(content: Content) -> Values:
    """Content that names a record that is no more is Refused."""
    known = _Known(content)
    fields = known.values(Article, FIELDS, content.get("fields", {}))
    values = Values(
        fields=fields,
        topics=fields.pop("topics"),
        bylines={
            name: known.values(Byline, BYLINE, row)
            for name, row in content.get("bylines", {}).items()
        },
        quotes={
            mark: known.values(Quote, QUOTE, row)
            for mark, row in content.get("quotes", {}).items()
        },
    )
    if missing := dict.fromkeys(known.missing):
        raise Refused(*(Problem("", message) for message in missing))
    return values


def present(content: Content) -> Content:
    """The same, its records named as they are now: some may have been merged or put
    right since. What is no more stays as it is."""
    known = _Known(content)
    bylines = {}
    for row in content.get("bylines", {}).values():
        row = known.named_now(Byline, row)
        bylines.setdefault(f"{row['role']} {row['person'][0]}", row)
    return content | {
        "fields": known.named_now(Article, content.get("fields", {})),
        "bylines": bylines,
        "quotes": {
            mark: known.named_now(Quote, row)
            for mark, row in content.get("quotes", {}).items()
        },
    }


class _Known:
    """Looks each record up once, and keeps what is said of those that are no more."""

    def __init__(self, content):
        posts = content.get(KEYS, {}).get(POSITIONS, [])
        self.positions = {tuple(said): key for said, key in posts}
        self.records = {}
        self.missing = []

    def values(self, model, names, row) -> dict[str, Any]:
        """The values of a row by name."""
        return {
            name: self._value(model._meta.get_field(name), row[name])
            if name in row
            else of_new_row(model, name)
            for name in names
        }

    def named_now(self, model, row) -> dict[str, Any]:
        """The row with the present natural keys of what it leads to."""
        named = dict(row)
        for name in NAMES[model] & row.keys():
            field, value = model._meta.get_field(name), row[name]
            if field.many_to_many:
                value = sorted(self._key_now(field, key) for key in value)
            elif field.is_relation and value:
                value = self._key_now(field, value)
            named[name] = value
        return named

    def _key_now(self, field, key) -> list:
        record = self._record(field, key)
        return plain(record.natural_key()) if record else key

    def _value(self, field, value):
        if field.many_to_many:
            found = [self._record(field, key) for key in value]
            return [record for record in found if record]
        if field.is_relation:
            return value and self._record(field, value)
        return field.to_python(value)

    def _record(self, field, key):
        model: type[models.Model] = field.related_model
        place = (model, *key)
        if place not in self.records:
            found = _find(model, key)
            if found is None and model is Position:
                found = _find_position(key, self.positions.get(tuple(key)))
            self.records[place] = found
        if self.records[place] is None:
            self.missing.append(
                _("The %(kind)s “%(key)s”, which this revision names, is no more.")
                % {
                    "kind": model._meta.verbose_name,
                    "key": " ".join(str(part) for part in key if part),
                }
            )
        return self.records[place]


def _find_position(said, key):
    """One whose title or first day was put right since: by its key, or as the only post
    of that person that has the one or the other still."""
    if key:
        return Position.objects.filter(pk=key).first()
    slug, title, started_on = said
    person = _find(Person, [slug])
    for told in ({"title": title}, {"started_on": started_on}):
        posts = Position.objects.filter(person=person, **told)[:2] if person else []
        if len(posts) == 1:
            return posts[0]
    return None


def _find(model, key):
    try:
        if model is Position:
            slug, title, started_on = key
            person = Person.objects.get_by_natural_key(slug)
            return Position.objects.get_by_natural_key(person.slug, title, started_on)
        return model._default_manager.get_by_natural_key(*key)
    except ObjectDoesNotExist:
        return None
