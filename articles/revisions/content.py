"""A story as plain data, and plain data as a story.

The data has this shape, which SCHEMA numbers; records go by their natural keys, so that
a slug that somebody had before leads to them still:

    {"fields": {"headline": "…", "section": ["all-news"], "topics": [["nato"]], …},
     "bylines": {"by slug": {"person": ["slug"], "role": "by", "order": 0}},
     "quotes": {"q1": {"kind": "direct", "words": "…", "speaker": ["slug"], …}},
     "mentions": [["person", "slug"], ["organisation", "slug"]],
     "keys": {"bylines": {"by slug": "uuid"}, "quotes": {"q1": "uuid"},
              "positions": [[["slug", "title", "2016-01-01"], "uuid"]]},
     "overrides": {"q2": [{"recorded": "…", "marked": "…", "reason": "…", …}]}}

The keys say nothing about the story, only which rows said it: a form that somebody
still has open finds its rows again, and a post whose title or first day was put right
since is still that post. The overrides are those of quotes that have no row
yet, being only in a draft. Both may be missing.

Data of an older schema is read as far as it goes: what it does not hold has the value
of a new row, and what no field takes any more is passed over.
"""

from typing import Any, NamedTuple
from uuid import UUID, uuid4, uuid5

from django.contrib.auth import get_user_model
from django.core.exceptions import ObjectDoesNotExist
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.models import (
    Article,
    Byline,
    Person,
    Position,
    Quote,
    QuoteOverride,
    Topic,
)
from articles.verbs import Problem, Refused, refused

SCHEMA = 1
KEYS = "keys"
OVERRIDES = "overrides"
POSITIONS = "positions"
FIELDS = (
    "headline standfirst slug slugline language kind section topics dateline "
    "dateline_place dateline_date dateline_source source lead_photo body desk_note"
).split()
BYLINE = "person role order".split()
QUOTE = (
    "kind words speaker organisation unnamed_source position role said_on "
    "occasion original_words original_language translator repeats"
).split()
NAMES = {Article: {*FIELDS}, Byline: {*BYLINE}, Quote: {*QUOTE}}

Content = dict[str, Any]


def snapshot(article: Article) -> Content:
    """The saved story. A quote that it has dropped is not part of it."""
    story = Article.objects.select_related("section", "source", "lead_photo").get(
        pk=article.pk
    )
    carried = story.quotes.carried().select_related(
        "speaker", "organisation", "position__person", "repeats__article"
    )
    quotes = {row.mark: row for row in carried}
    bylines = {
        f"{row.role} {row.person.slug}": row
        for row in story.bylines.select_related("person")
    }
    mentions = story.mentions.select_related("person", "organisation")
    return {
        "fields": _values(story, FIELDS),
        "bylines": {name: _values(row, BYLINE) for name, row in bylines.items()},
        "quotes": {mark: _values(row, QUOTE) for mark, row in quotes.items()},
        "mentions": [
            ["person", m.person.slug]
            if m.person
            else ["organisation", m.organisation.slug]
            for m in mentions
        ],
        KEYS: {
            "bylines": _keys(bylines),
            "quotes": _keys(quotes),
            POSITIONS: _keys_of_positions(quotes.values()),
        },
    }


def says_the_same(one: Content, other: Content) -> bool:
    """Whichever rows say it."""
    parts = (one.keys() | other.keys()) - {KEYS, OVERRIDES}
    return all(one.get(part) == other.get(part) for part in parts)


def complete(content: Content) -> Content:
    """The content as this schema has it: what it does not hold has the value of a new
    row, and what no field takes is left out."""
    return {
        "fields": _completed(Article, FIELDS, content.get("fields", {})),
        "bylines": {
            key: _completed(Byline, BYLINE, row)
            for key, row in content.get("bylines", {}).items()
        },
        "quotes": {
            mark: _completed(Quote, QUOTE, row)
            for mark, row in content.get("quotes", {}).items()
        },
        "mentions": content.get("mentions", []),
        **{part: content[part] for part in (KEYS, OVERRIDES) if part in content},
    }


def _completed(model, names, row):
    return {
        name: row[name] if name in row else _of_new_row(model, name) for name in names
    }


def present(content: Content) -> Content:
    """The same, its records named as they are now: some may have been merged or put
    right since. What is no more stays as it is."""
    known = _Known(content.get(KEYS, {}).get(POSITIONS, []))
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


class Values(NamedTuple):
    """What content says, by the names of fields, records looked up."""

    fields: dict[str, Any]
    topics: list[Topic]
    bylines: dict[str, dict[str, Any]]  # by role and slug
    quotes: dict[str, dict[str, Any]]  # by mark


def values_of(content: Content) -> Values:
    """Content that names a record that is no more is Refused."""
    known = _Known(content.get(KEYS, {}).get(POSITIONS, []))
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


def apply(article: Article, content: Content, *, is_rehearsal: bool = False) -> None:
    """Makes the saved rows say what the content says; the caller settles. A record that
    it names and that is no more is Refused, and so is what cannot stand beside what is
    saved elsewhere; nothing is changed then. Where it is only to be looked at, a slug
    that another story has taken since is passed over."""
    values = values_of(content)
    try:
        with transaction.atomic():
            _apply(article, content, values, is_rehearsal)
    except IntegrityError as error:
        raise refused(
            _(
                "The changes meet what is saved already: another story may have taken "
                "the slug. Open the story, put that right and save."
            )
        ) from error


def _apply(article, content, values, is_rehearsal):
    story = Article.objects.select_for_update(of=["self"]).get(pk=article.pk)
    slug = values.fields["slug"]
    if is_rehearsal and slug and slug != story.slug:
        others = Article.objects.exclude(pk=story.pk)
        if others.filter(slug=slug).exists():
            values.fields["slug"] = story.slug
    for name, value in values.fields.items():
        setattr(story, name, value)
    story.save()
    story.topics.set(values.topics)
    _apply_bylines(story, content, values.bylines)
    _apply_quotes(story, content, values.quotes)


def _apply_bylines(story, content, bylines):
    """A row is known by whom it names, or else by its key: it may name another person
    than it did."""
    once = {(row["person"], row["role"]): name for name, row in bylines.items()}
    bylines = {name: bylines[name] for name in once.values()}  # of people merged since
    rows = {(row.person, row.role): row for row in story.bylines.all()}
    told = {
        name: rows.pop((values["person"], values["role"]), None)
        for name, values in bylines.items()
    }
    left = {row.pk: row for row in rows.values()}
    for name, row in told.items():
        told[name] = row or left.pop(key_of(story, content, "bylines", name), None)
    story.bylines.filter(pk__in=left).delete()
    keys = _free_keys(story, content, "bylines", _without_row(told))
    for name, row in told.items():
        _save(row or Byline(pk=keys[name], article=story), bylines[name])


def _apply_quotes(story, content, quotes):
    _let_go(story.quotes.carried().exclude(mark__in=quotes), story)
    rows = {row.mark: row for row in story.quotes.filter(mark__in=quotes)}
    told = {mark: rows.get(mark) for mark in quotes}
    keys = _free_keys(story, content, "quotes", _without_row(told))
    for mark, row in told.items():
        quote = row or Quote(pk=keys[mark], article=story, mark=mark)
        _save(quote, {**quotes[mark], "dropped_at": None})
        for let_stand in content.get(OVERRIDES, {}).get(mark, []):
            _let_stand(quote, let_stand)


def _let_stand(quote, values):
    user = get_user_model().objects.filter(pk=values["overridden_by"]).first()
    at = QuoteOverride._meta.get_field("overridden_at").to_python(
        values["overridden_at"]
    )
    defaults = {**values, "overridden_by": user, "overridden_at": at}
    quote.overrides.get_or_create(overridden_at=at, defaults=defaults)


def overrides_of(article: Article, *, but: set[str]) -> Content:
    """A part of a content, for it to carry: what was let stand at quotes with other
    marks than those. Empty if there is none."""
    rows = QuoteOverride.objects.filter(quote__in=article.quotes.carried())
    told = {}
    for row in rows.exclude(quote__mark__in=but).select_related("quote"):
        told.setdefault(row.quote.mark, []).append(
            {
                **_values(row, ["recorded", "marked", "reason", "overridden_at"]),
                "overridden_by": row.overridden_by_id,
            }
        )
    return {OVERRIDES: told} if told else {}


def _without_row(told) -> list[str]:
    return [name for name, row in told.items() if row is None]


def _save(row, values):
    changed = row._state.adding or any(
        getattr(row, name) != value for name, value in values.items()
    )
    for name, value in values.items():
        setattr(row, name, value)
    if changed:
        row.save()


def key_of(story: Article, content: Content, part: str, name: str) -> UUID:
    """Of the row that says this part of the content, or will: the same at each look."""
    kept = content.get(KEYS, {}).get(part, {}).get(name)
    return UUID(kept) if kept else uuid5(story.reference, name)


def _free_keys(story, content, part, names) -> dict[str, UUID]:
    """For rows to be made: other ones may have got their keys since."""
    keys = {name: key_of(story, content, part, name) for name in names}
    rows = getattr(story, part).model._base_manager
    taken = set(rows.filter(pk__in=keys.values()).values_list("pk", flat=True))
    return {name: uuid4() if key in taken else key for name, key in keys.items()}


def _let_go(quotes, story):
    """Readers may have met a quote of a story that was public, and another story may
    repeat it: it is dropped, not deleted."""
    was_public = Article.objects.ever_public().filter(pk=story.pk).exists()
    in_use = quotes if was_public else quotes.exclude(repeated_by=None)
    kept = list(in_use.values_list("pk", flat=True))
    story.quotes.filter(pk__in=kept).update(dropped_at=timezone.now())
    quotes.exclude(pk__in=kept).delete()


def _keys_of_positions(quotes) -> list:
    posts = {quote.position for quote in quotes if quote.position}
    return sorted([_plain(post.natural_key()), str(post.pk)] for post in posts)


def _keys(rows) -> dict[str, str]:
    return {name: str(row.pk) for name, row in rows.items()}


def _values(row, names) -> dict[str, Any]:
    return {name: _value(row, name) for name in names}


def _value(row, name):
    field = row._meta.get_field(name)
    if field.many_to_many:
        return sorted(list(other.natural_key()) for other in getattr(row, name).all())
    value = getattr(row, name)
    if field.is_relation:
        return value and _plain(value.natural_key())
    return (
        value if isinstance(value, (str, int, bool, type(None))) else _plain([value])[0]
    )


def _plain(values) -> list:
    encode = DjangoJSONEncoder().default
    plain = (str, int, bool, type(None))
    return [value if isinstance(value, plain) else encode(value) for value in values]


class _Known:
    """Looks each record up once, and keeps what is said of those that are no more."""

    def __init__(self, positions):
        self.positions = {tuple(said): key for said, key in positions}
        self.records = {}
        self.missing = []

    def values(self, model, names, row) -> dict[str, Any]:
        """The values of a row by name."""
        return {
            name: self._value(model._meta.get_field(name), row[name])
            if name in row
            else _of_new_row(model, name)
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
        return _plain(record.natural_key()) if record else key

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


def _of_new_row(model, name):
    field = model._meta.get_field(name)
    return [] if field.many_to_many else field.get_default()


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
