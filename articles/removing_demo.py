"""The demo out again, and nothing else.

A story that was ever public has no delete, only kill: those of the demo are the one
exception, since nothing in them ever happened.
"""

import json
from collections.abc import Iterable
from typing import NamedTuple

from django.db import models, transaction

from articles.demo import FIRST_STORY, FIXTURES
from articles.models import (
    Article,
    Band,
    Correction,
    Draft,
    FrontPage,
    Organisation,
    Person,
    Photo,
    Pin,
    Quote,
    Section,
    Topic,
)
from articles.revisions.naming import Names

RECORDS = [Photo, Person, Organisation, Topic, Section]


class Removal(NamedTuple):
    stories: int
    records: int
    kept: list[models.Model]  # what others use by now


@transaction.atomic
def remove_demo() -> Removal:
    """Every story of the demo's fixture goes, edited or not, with its quotes, sources,
    corrections and revisions; then each person, organisation, photo, topic and section
    of it that nothing else needs, and what the front page shows of it. A story stays if
    another one repeats a quote of it."""
    rows = json.loads((FIXTURES / "demo.json").read_text())
    references = _listed(rows, Article, "reference")
    stories = Article.objects.filter(reference__in=references)
    if not stories:
        return Removal(0, 0, [])
    going = _not_repeated_elsewhere(stories)
    kept = list(stories.exclude(pk__in=going))
    _delete_stories(going)
    records = [
        record
        for model in RECORDS
        for record in model.objects.filter(slug__in=_listed(rows, model, "slug"))
    ]
    _rearrange_front_page(_listed(rows, Section, "slug"))
    in_use = _delete_unused(records)
    return Removal(len(going), len(records) - len(in_use), kept + in_use)


def _rearrange_front_page(sections):
    """As it was, unless an editor has arranged it since. A section with stories of
    one's own keeps its band."""
    as_set = {"place": Pin.Place.LEAD, "order": 0, "until": None}
    Pin.objects.filter(article__slug=FIRST_STORY, **as_set).delete()
    Band.objects.filter(section__slug__in=sections, section__articles=None).delete()
    left = Band.objects.in_order().values_list("kind", flat=True)
    if not Pin.objects.exists() and list(left) in ([], ["quotes", "more"]):
        FrontPage.objects.all().delete()


def _listed(rows, model, name) -> list[str]:
    label = model._meta.label_lower
    return [row["fields"][name] for row in rows if row["model"] == label]


def _not_repeated_elsewhere(stories) -> set[int]:
    going = set(stories.values_list("pk", flat=True))
    elsewhere = Quote.objects.filter(repeats__article__in=stories)
    led = set(elsewhere.values_list("article", "repeats__article"))
    while repeated := {first for user, first in led if user not in going} & going:
        going -= repeated
    return going


def _delete_stories(keys):
    Correction.objects.filter(article__in=keys).delete()
    Quote.objects.filter(article__in=keys).update(repeats=None)
    Article.objects.filter(pk__in=keys).delete()


def _delete_unused(records: Iterable[models.Model]) -> list[models.Model]:
    """Deletes until what is left is used, and returns that."""
    drafts = Draft.objects.select_related("revision", "due_revision")
    revisions = [r for d in drafts for r in (d.revision, d.due_revision) if r]
    drafted = Names(revision.content for revision in revisions)
    left = [r for r in records if not drafted.record(type(r), [r.slug])]
    in_drafts = [r for r in records if r not in left]
    while unused := [record for record in left if not _is_used(record)]:
        for record in unused:
            record.delete()
        left = [record for record in left if record not in unused]
    return in_drafts + left


def _is_used(record) -> bool:
    """By a row that would not go with it, as its names and its posts do."""
    for relation in record._meta.get_fields(include_hidden=True):
        if not relation.auto_created or relation.concrete:
            continue
        rows = relation.related_model._base_manager.filter(
            **{relation.field.name: record}
        )
        if relation.on_delete is models.CASCADE:
            if any(map(_is_used, rows)):
                return True
        elif rows.exists():
            return True
    return False
