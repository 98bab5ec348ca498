"""What was changed for readers, written down with the change itself."""

from collections.abc import Iterator

from django.contrib.flatpages.models import FlatPage
from django.db import models, transaction
from django.db.models.signals import post_delete, post_save, pre_delete

from articles.freshness.purging import SITE, purge_touched
from articles.models import (
    Article,
    Band,
    Correction,
    FormerAddress,
    FrontPage,
    Listing,
    Masthead,
    NavigationLink,
    Organisation,
    OrganisationName,
    Person,
    PersonName,
    Photo,
    Pin,
    Position,
    Quote,
    Section,
    Topic,
    Touch,
)
from articles.models.freshness import WritingEdition

ANY = "any"  # touched with whatever is: for pages of more than tags can tell
FRONT = "front"


def touch(*tags: str) -> None:
    """Pages that bear one of these tags are to be made anew."""
    rows = [Touch(tag=tag, edition=WritingEdition()) for tag in sorted({*tags, ANY})]
    Touch.objects.bulk_create(rows)
    transaction.on_commit(purge_touched, robust=True)


def tags_of(record: models.Model) -> Iterator[str]:
    """Of the pages that a change to the record itself changes. What follows for lists
    is touched where a story is settled."""
    match record:
        case Article():
            if record.first_published_at or record.status == Article.Status.PUBLISHED:
                yield record.page_tag()
        case Masthead() | NavigationLink() | FlatPage() | Section():
            yield SITE
        case Topic():
            yield from (record.page_tag(), SITE)
        case Photo():
            yield record.page_tag()
        case Person():
            yield from (record.page_tag(), "people")
        case Organisation():
            yield from (record.page_tag(), "organisations")
        case PersonName() | OrganisationName():
            yield record.page_tag()
        case Position():
            yield record.page_tag()
            if record.organisation_id:
                yield f"organisation-{record.organisation_id}"
        case FormerAddress():
            yield record.record().page_tag()
        case FrontPage() | Band() | Pin():
            yield FRONT
        case Correction():
            yield from ("corrections", *_stories_with(record))


def _stories_with(correction) -> Iterator[str]:
    """All uses of the words tell of it."""
    yield correction.page_tag()
    if correction.quote_id:
        uses = Quote.objects.uses_of(correction.quote)
        for article in uses.values_list("article", flat=True):
            yield f"story-{article}"


def watch() -> None:
    """From now on."""
    for model in (
        *(Article, Masthead, NavigationLink, FlatPage, Section, Topic, Photo),
        *(Person, PersonName, Position, Organisation, OrganisationName),
        *(FormerAddress, FrontPage, Band, Pin, Correction),
    ):
        post_save.connect(_saved, sender=model)
        post_delete.connect(_saved, sender=model)
    pre_delete.connect(_story_goes, sender=Article)


def _saved(instance, **details):
    if tags := list(tags_of(instance)):
        touch(*tags)


def _story_goes(instance, **details):
    listing = Listing.objects.filter(article=instance).first()
    touch(instance.page_tag(), *(listing.lists if listing else ()))
