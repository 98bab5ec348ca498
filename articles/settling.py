"""settle(): what follows from the words of a story, made true again.

Every path that writes a story ends here: the form, the verbs, a command, a fixture.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from articles import body, matching
from articles.freshness.lists import note_story
from articles.models import (
    Article,
    FormerAddress,
    Mention,
    Organisation,
    OrganisationName,
    Person,
    PersonName,
    Photo,
    Position,
    Quote,
    Section,
    SourceText,
    Topic,
)
from articles.quote_checks import checks_of
from articles.revisions import note_save
from articles.searching.index import index_records, index_story


@transaction.atomic
def settle(
    article: Article, *, by=None, note: str = "", is_substantial: bool = False
) -> None:
    """Sanitises the body, reads its marks, checks each quote against the body and the
    source texts, writes down whom the story and its quotes name, renders the page, and
    keeps a revision of what changed, saved by whom (None is the system) and why. Works
    on the saved row, writes only what changed, and brings `article` up to date. A
    body that is too long or a source text that was altered is a ValidationError."""
    story = Article.objects.select_for_update(of=["self"]).get(pk=article.pk)
    _refuse_altered_sources(story)
    was = (story.body, story.body_html)
    told = tell(
        story,
        story.quotes.select_related(
            "speaker", "organisation", "position__organisation"
        ),
    )
    if was != (story.body, story.body_html):
        Article.objects.filter(pk=story.pk).update(
            body=story.body, body_html=story.body_html
        )
    photos = Photo.objects.in_bulk(told.reading.photos, field_name="slug")
    story.photos.set(photos.values())
    _note_first_publication(story)
    _write_mentions(story, told.named)
    _write_quotes(told)
    note_save(story, by=by, note=note, is_substantial=is_substantial)
    index_story(story, told.named)
    note_story(story)
    article.body, article.body_html = story.body, story.body_html
    article.first_published_at = story.first_published_at


class Told(NamedTuple):
    """What the words of a story come to. `named` are the records that its marks lead
    to or that speak, in the order in which it comes to them, each with the names that
    stand for it there."""

    reading: body.Reading
    quotes: list[Quote]  # in the order in which the story comes to them
    changed: list[Quote]  # those that stand or hold otherwise than they did
    named: dict[Person | Organisation, set[str]]


def tell(
    story: Article, quotes: Iterable[Quote], sources: Iterable[SourceText] | None = None
) -> Told:
    """Sanitises and renders the body of the story, and says of each quote where it
    stands and how it holds. Writes nothing but into the rows it was given."""
    story.body = body.sanitise(story.body)
    reading = body.read(story.body)
    if moved := _moved(reading):
        story.body = body.sanitise(body.readdress(story.body, moved))
        reading = body.read(story.body)
    places = {mark: order for order, mark in enumerate(reading.passages, 1)}
    quotes = sorted(
        quotes,
        key=lambda quote: (places.get(quote.mark, len(places) + 1), quote.mark),
    )
    with translation.override(settings.LANGUAGE_CODE):
        story.body_html = body.render(story.body, _records(story, reading, quotes))
    changed = _read_quotes(story, reading, quotes, sources)
    return Told(reading, quotes, changed, _named(reading, quotes))


def settle_for(records: Iterable[models.Model]) -> None:
    """Settles the stories that the records belong to or show on."""
    records = list(records)
    index_records(_found_by_name(records))
    for article in stories_showing(records):
        settle(article)


def _found_by_name(records) -> Iterator[Person | Organisation]:
    for record in records:
        match record:
            case Person() | Organisation():
                yield record
            case PersonName() | OrganisationName():
                yield record.owner


def stories_showing(records: Iterable[models.Model]) -> models.QuerySet:
    shown = Q(pk=None)
    for record in records:
        match record:
            case Article():
                shown |= Q(pk=record.pk)
            case models.Model(article_id=article):
                shown |= Q(pk=article)
            case _:
                shown |= _shows(record)
    return Article.objects.filter(shown).distinct().order_by("pk")


def is_shown_live(record: models.Model) -> bool:
    """Whether a change to the record shows on a published story."""
    shown = _shows(record)
    return Article.objects.live().filter(shown).exists()


def _shows(record) -> Q:
    match record:
        case Person():
            return Q(mentions__person=record)
        case Organisation():
            return Q(mentions__organisation=record) | Q(
                quotes__position__organisation=record
            )
        case Position():
            return Q(quotes__position=record)
        case PersonName() | OrganisationName():
            return _shows(record.owner)
        case FormerAddress():
            return _shows(record.record())
        case Photo():
            return Q(photos=record) | Q(lead_photo=record)
        case Section():
            return Q(section=record)
        case Topic():
            return Q(topics=record)
    return Q(pk=None)


def _moved(reading) -> dict[tuple[str, str], str]:
    """The slugs to take now, by attribute and former slug."""
    return {
        (attribute, former): slug
        for model, slugs, attribute in [
            (Person, reading.people, "data-person"),
            (Organisation, reading.organisations, "data-organisation"),
        ]
        for former, slug in model.objects.present_slugs(slugs).items()
    }


def _records(story, reading, quotes) -> body.Records:
    people = Person.objects.in_bulk(reading.people, field_name="slug")
    by_mark = {quote.mark: quote for quote in quotes if not quote.dropped_at}
    marked = [by_mark[mark] for mark in reading.passages if mark in by_mark]
    return body.Records(
        quotes={
            quote.mark: body.QuoteShown(
                number=number if len(marked) > 1 else None,
                speaker=str(quote.speaker_name()),
                post=_post(quote),
                address=page.get_absolute_url()
                if (page := quote.speaker_page())
                else "",
            )
            for number, quote in enumerate(marked, 1)
        },
        people={slug: person for slug, person in people.items() if person.is_public},
        organisations=Organisation.objects.in_bulk(
            reading.organisations, field_name="slug"
        ),
        photos=Photo.objects.in_bulk(reading.photos, field_name="slug"),
        dateline=story.dateline,
    )


def _post(quote) -> str:
    kinds = {Quote.Kind.PARTIAL: _("partial quote"), Quote.Kind.INDIRECT: _("reported")}
    return ", ".join(filter(None, [quote.post_on_the_day(), kinds.get(quote.kind)]))


def _named(reading, quotes) -> dict[Person | Organisation, set[str]]:
    people = Person.objects.prefetch_related("other_names").in_bulk(
        reading.people, field_name="slug"
    )
    organisations = Organisation.objects.prefetch_related("other_names").in_bulk(
        reading.organisations, field_name="slug"
    )
    named = {}
    for records, slugs, attribute in [
        (people, reading.people, "data-person"),
        (organisations, reading.organisations, "data-organisation"),
    ]:
        for slug in slugs:
            if record := records.get(slug):
                marked = reading.names[attribute, slug]
                named[record] = {*record.all_names(), *marked}
    for quote in quotes:
        for speaker in (quote.speaker, quote.organisation):
            if speaker and not quote.dropped_at:
                named.setdefault(speaker, {speaker.name})
    return named


def _write_mentions(story, named):
    listed_at = story.published_at if story.status == Article.Status.PUBLISHED else None
    kept = {(m.person_id, m.organisation_id): m for m in story.mentions.all()}
    for order, record in enumerate(named):
        field = "person" if isinstance(record, Person) else "organisation"
        key = (record.pk, None) if field == "person" else (None, record.pk)
        mention = kept.pop(key, None) or Mention(article=story, **{field: record})
        is_new = mention._state.adding
        if is_new or (mention.order, mention.listed_at) != (order, listed_at):
            mention.order, mention.listed_at = order, listed_at
            mention.save()
    story.mentions.filter(pk__in=[mention.pk for mention in kept.values()]).delete()


READ_FROM_STORY = [
    "order",
    "paragraph",
    "sentence",
    "body_check",
    "source_check",
    "is_open",
    "matched_source_id",
    "listed_at",
]


def _note_first_publication(story):
    """Time alone may have brought a scheduled story to its readers. From then on it has
    been public, whatever is set later."""
    has_gone_out = Article.objects.gone_out().filter(pk=story.pk)
    if story.first_published_at is None and has_gone_out.exists():
        times = [story.published_at, story.embargoed_until]
        story.first_published_at = max(time for time in times if time)
        Article.objects.filter(pk=story.pk).update(
            first_published_at=story.first_published_at
        )


def _refuse_altered_sources(story):
    for source in story.sources.all():
        if source.digest() != source.sha256:
            raise ValidationError(
                _(
                    "The source text “%(source)s” of “%(story)s” is not the one that "
                    "its sha256 was taken of. Restore it, or add it as a new one."
                ),
                params={"source": source, "story": story},
            )


def _read_quotes(story, reading, quotes, sources) -> list[Quote]:
    listed_at = story.published_at if story.status == Article.Status.PUBLISHED else None
    changed = []
    for order, checks in enumerate(checks_of(story, reading, quotes, sources), 1):
        quote, passage = checks.quote, checks.passage
        was = [getattr(quote, name) for name in READ_FROM_STORY]
        quote.order = order
        quote.paragraph = passage and passage.paragraph
        quote.sentence = passage.sentence if passage else quote.sentence
        quote.listed_at = listed_at
        quote.body_check = checks.against_body.outcome.value
        quote.source_check = checks.against_sources.outcome.value
        quote.is_open = checks.is_open
        quote.matched_source_id = checks.source and checks.source.pk
        if was != [getattr(quote, name) for name in READ_FROM_STORY]:
            changed.append(quote)
    return changed


def _write_quotes(told):
    for quote in told.changed:
        quote.save(update_fields=READ_FROM_STORY)
    names = _Names(told.named)
    for quote in told.quotes:
        about = names.found_in(f"{quote.sentence}\n{quote.words}")
        about -= {quote.speaker, quote.organisation}
        quote.people.set(r for r in about if isinstance(r, Person))
        quote.organisations.set(r for r in about if isinstance(r, Organisation))


class _Names:
    """Finds the records that a text names. Of two names in one place the longer counts:
    the Russia-NATO Council is not NATO."""

    def __init__(self, named):
        self.records = {
            matching.fold(name): record
            for record, names in named.items()
            for name in names
        }
        longest_first = sorted(self.records, key=lambda name: (-len(name), name))
        choices = "|".join(map(re.escape, longest_first))
        self.pattern = re.compile(rf"(?<!\w)(?:{choices})(?!\w)") if choices else None

    def found_in(self, text):
        if self.pattern is None:
            return set()
        return {
            self.records[name] for name in self.pattern.findall(matching.fold(text))
        }
