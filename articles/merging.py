"""Making one record of several that turn out to be the same person or organisation."""

from collections.abc import Iterable, Iterator
from operator import attrgetter

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import UniqueConstraint
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from articles.models import (
    Article,
    Byline,
    FormerAddress,
    Organisation,
    Person,
    Position,
)
from articles.searching.index import leave_out
from articles.settling import settle, stories_showing
from articles.verbs import Problem, Refused, record, refused

MOST_SAID = 20  # contradictions, in one refusal


@transaction.atomic
def merge(
    records: Iterable[Person | Organisation],
    *,
    into: Person | Organisation,
    by,
    reason: str = "",
) -> Person | Organisation:
    """All that leads to the records leads to `into` from now on: quotes, posts,
    bylines, mentions, names, pictures, addresses. What is empty there is filled in from
    them; what it has stays, and the log keeps the others'. Refuses where they
    contradict each other. What a story printed beside a quote stays as printed."""
    kept, doubles = _take(records, into, by)
    stories = list(_stories_of([kept, *doubles]))
    if problems := list(_contradictions([kept, *doubles])):
        raise Refused(*(Problem("", message) for message in problems[:MOST_SAID]))
    said = [_merge_one(double, kept) for double in doubles]
    _settle(stories)
    record(kept, by, " ".join(filter(None, [*said, reason.strip()])))
    into.refresh_from_db()
    return into


def _take(records, into, by):
    """The saved rows, locked until the transaction ends."""
    model = type(into)
    if any(type(record) is not model for record in records):
        raise refused(
            _("A person and an organisation are two: choose records of one kind.")
        )
    keys = {record.pk for record in [into, *records]}
    if len(keys) < 2:
        raise refused(_("Choose at least two records to make one of them."))
    rows = model.objects.filter(pk__in=keys).order_by("pk")
    # First as the form of a record holds it, then the stories, as every verb does; only
    # then so that nobody can lead another row to a record. No two wait for each other.
    stories = _stories_of(list(rows.select_for_update(no_key=True)))
    _refuse_unless_allowed(model, stories, by)
    list(stories.select_for_update(of=["self"]))
    taken = rows.select_for_update().in_bulk()
    if taken.keys() != keys:
        raise refused(
            _("Somebody has merged or deleted one of them just now. Choose anew.")
        )
    kept = taken.pop(into.pk)
    return kept, list(taken.values())


def _refuse_unless_allowed(model, stories, by):
    if by is None:
        return
    name = model._meta.model_name
    needed = [f"articles.change_{name}", f"articles.delete_{name}"]
    if not by.has_perms(needed):
        raise PermissionDenied(_("You do not have the permission to do this."))
    shown = stories.live().first()
    if shown and not by.has_perm("articles.publish_article"):
        raise PermissionDenied(
            _(
                "The published story “%(story)s” shows one of them, so only somebody "
                "who may publish can merge them. Ask an editor."
            )
            % {"story": shown}
        )


def _stories_of(records) -> models.QuerySet:
    """Those that show one of the records, or are credited to one."""
    keys = set(stories_showing(records).values_list("pk", flat=True))
    for shown in records:
        match shown:
            case Person():
                credited = Article.objects.credited_to(shown)
            case Organisation():
                credited = Article.objects.of_organisation(shown)
        keys.update(credited.values_list("pk", flat=True))
    return Article.objects.filter(pk__in=keys).order_by("pk")


def _settle(stories):
    for story in stories:
        try:
            settle(story)
        except ValidationError as error:
            problem = f"“{story}”: {' '.join(error.messages)}"
            raise refused(problem) from error


# What speaks against it


def _contradictions(records) -> Iterator[str]:
    numbered = [record for record in records if record.wikidata_id]
    for other in numbered[1:]:
        if other.wikidata_id != numbered[0].wikidata_id:
            yield _(
                "At Wikidata, “%(one)s” is %(number)s and “%(other)s” is "
                "%(other_number)s: they are two. If one number is wrong, correct it "
                "first."
            ) % {
                "one": numbered[0],
                "number": numbered[0].wikidata_id,
                "other": other,
                "other_number": other.wikidata_id,
            }
    if isinstance(records[0], Person):
        yield from _of_pages(records)
        yield from _of_bylines(records)
        yield from _of_posts(records)
    else:
        yield from _wholes_and_parts(records)


def _of_pages(people) -> Iterator[str]:
    private = [person for person in people if not person.is_public]
    if 0 < len(private) < len(people):
        yield _(
            "“%(private)s” (%(slug)s) is a private person, whose name we do not print, "
            "and not all of the others are. If they are one, give each of them a page, "
            "or none."
        ) % {"private": private[0], "slug": private[0].slug}


def _of_bylines(people) -> Iterator[str]:
    first = {}
    bylines = Byline.objects.filter(person__in=people)
    for byline in bylines.select_related("article", "person"):
        other = first.setdefault((byline.article_id, byline.role), byline)
        if other is not byline:
            yield _(
                "“%(one)s” and “%(other)s” both stand in the byline of “%(story)s” "
                "(%(role)s): take one of them out there first."
            ) % {
                "one": other.person,
                "other": byline.person,
                "story": byline.article,
                "role": byline.get_role_display(),
            }


def _of_posts(people) -> Iterator[str]:
    first = {}
    posts = Position.objects.filter(person__in=people)
    for post in posts.select_related("person", "organisation"):
        other = first.setdefault((post.title, post.started_on), post)
        told = (other.organisation_id, other.ended_on)
        if told != (post.organisation_id, post.ended_on):
            yield _(
                "“%(one)s” held the post “%(post)s”, and “%(other)s” the post "
                "“%(other_post)s”: make the organisation and the last day the same "
                "first."
            ) % {
                "one": other.person,
                "post": _with_dates(other),
                "other": post.person,
                "other_post": _with_dates(post),
            }


def _wholes_and_parts(organisations) -> Iterator[str]:
    by_key = {organisation.pk: organisation for organisation in organisations}
    for part in organisations:
        for whole in _above(part):
            if whole in by_key:
                yield _(
                    "“%(part)s” is part of “%(whole)s”: they are two. If that is "
                    "wrong, correct it first."
                ) % {"part": part, "whole": by_key[whole]}


def _above(organisation) -> list[int]:
    above = []
    while (organisation := organisation.parent) and organisation.pk not in above:
        above.append(organisation.pk)
    return above


def _with_dates(post) -> str:
    first, last = (
        date_format(day, "SHORT_DATE_FORMAT") if day else "…"
        for day in (post.started_on, post.ended_on)
    )
    return f"{post}, {first} – {last}"


# Moving


def _merge_one(double, kept) -> str:
    """What the log says of it."""
    names = double.all_names()
    said = _("Merged “%(name)s” (%(slug)s).") % {
        "name": double.name,
        "slug": double.slug,
    }
    FormerAddress.objects.lead(double.slug, kept)
    kind = ContentType.objects.get_for_model(kept)
    log = LogEntry.objects.filter(content_type=kind)
    log.filter(object_id=str(double.pk)).update(object_id=str(kept.pk))
    # settle() writes the mentions, in their order.
    double.mentions.all().delete()
    leave_out(double)
    own_names = [kept.name, getattr(kept, "short_name", "")]
    double.other_names.filter(name__in=own_names).delete()
    left = _absorb(double, kept)
    for name in sorted(set(names) - set(kept.all_names())):
        kept.other_names.create(name=name)
    if left:
        said += " " + _("Not taken over: %s.") % "; ".join(left)
    return said


def _absorb(double, kept, but="") -> list[str]:
    """Leads to the one row what leads to the other, and deletes that. Returns the
    values that the row has no place for. `but` is a field to leave as it is."""
    left = list(_fill(double, kept, but))
    kept.save()
    for relation in type(kept)._meta.get_fields(include_hidden=True):
        # The rows of a many-to-many table lead here too, by a hidden relation.
        if relation.one_to_many or relation.one_to_one and relation.auto_created:
            left += _move(relation.field, double, kept)
    double.delete()
    return left


# Their values have a place elsewhere: among the other names and the former addresses.
PLACED_ELSEWHERE = {"name", "short_name", "slug"}


def _fill(double, kept, but) -> Iterator[str]:
    for field in kept._meta.concrete_fields:
        if field.primary_key or field.name == but:
            continue
        ours, theirs = map(field.value_from_object, (kept, double))
        empty = field.get_default()
        # A sort name that nobody wrote is the name.
        if theirs in (empty, ours, getattr(double, "name", None)):
            continue
        if ours == empty:
            setattr(kept, field.attname, theirs)
        elif field.name not in PLACED_ELSEWHERE:
            yield f"{field.verbose_name}: {getattr(double, field.name)}"


def _move(field, double, kept) -> list[str]:
    """A row that is the same as one there, by what makes rows unique, is absorbed."""
    left = []
    rows = field.model._base_manager.all()
    if beside := _unique_beside(field):
        key = attrgetter(*beside)
        twins = {key(row): row for row in rows.filter(**{field.name: kept})}
        for row in rows.filter(**{field.name: double}):
            if twin := twins.get(key(row)):
                left += _absorb(row, twin, but=field.name)
    rows.filter(**{field.name: double}).update(**{field.name: kept})
    return left


def _unique_beside(field) -> list[str]:
    """The attributes that with this foreign key make a row unique."""
    options = field.model._meta
    keys = [
        *options.unique_together,
        *(c.fields for c in options.constraints if isinstance(c, UniqueConstraint)),
    ]
    key = next((key for key in keys if field.name in key), [field.name])
    return [options.get_field(name).attname for name in key if name != field.name]
