"""The lists that a story and its quotes stand in. What no longer stands where it was
last told to stand, or stands there otherwise, changes the pages of that list."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256

from django.db import models
from django.utils import timezone

from articles.freshness.touching import SITE, touch
from articles.models import (
    Article,
    Correction,
    Listing,
    Mention,
    Organisation,
    Person,
    Position,
    Section,
    Topic,
)

END_OF_TIME = datetime(9999, 12, 31, tzinfo=UTC)
STORIES, QUOTES = "stories", "quotes"


def list_of(record: models.Model) -> str:
    """The tag of the list that the page of the record shows."""
    return f"list-{record.page_tag()}"


def stories_of(year: int) -> str:
    return f"{STORIES}-{year}"


def note_story(article: Article) -> None:
    """Touches what a settled story changes: its own pages, and the lists in which it or
    a quote of it stands otherwise than before."""
    repeating = Article.objects.filter(
        models.Q(quotes__repeats__article=article)
        | models.Q(quotes__repeated_by__article=article)
    )
    for other in repeating.exclude(pk=article.pk).distinct():
        _note_lists(other)
    was_or_is_public = _note_lists(article)
    if was_or_is_public or Article.objects.ever_public().filter(pk=article.pk).exists():
        touch(article.page_tag())


def _note_lists(article) -> bool:
    """Whether it stands, or stood, in any list."""
    lists = _lists_of(article)
    listing = Listing.objects.filter(article=article).first()
    had = listing.lists if listing else {}
    if lists != had:
        Listing.objects.update_or_create(article=article, defaults={"lists": lists})
        changed = {tag for tag in lists | had if lists.get(tag) != had.get(tag)}
        come_or_gone = lists.keys() ^ had.keys()
        touch(*changed, *_met_first_or_last(article, come_or_gone))
    return bool(lists or had)


def _lists_of(article) -> dict[str, str]:
    """What stands in each list, time aside: a cache knows when time changes a page."""
    stands = defaultdict(list)
    retracted = Correction.objects.retractions(END_OF_TIME).filter(article=article)
    if not Article.objects.live().filter(pk=article.pk).exists() or retracted.exists():
        return {}
    story = Article.objects.select_related("lead_photo").get(pk=article.pk)
    times = (story.published_at, story.embargoed_until, story.expires_at)
    for tag in _of_story(story):
        stands[tag].append(f"story {times}")
    quotes = story.quotes.filter(dropped_at=None, withdrawn_at=None)
    quotes = quotes.select_related("position", "repeats")
    for quote in quotes.prefetch_related("organisations"):
        first = quote.repeats
        how = (quote.pk, first and (first.pk, first.withdrawn_at), times)
        for tag in _of_quote(quote):
            stands[tag].append(f"quote {how}")
    return {tag: _digest(rows) for tag, rows in stands.items()}


def _digest(rows) -> str:
    return sha256("\n".join(sorted(set(rows))).encode()).hexdigest()[:16]


def _of_story(story) -> set[str]:
    mentions = story.mentions.values_list("person", "organisation")
    people = {person for person, _organisation in mentions}
    people.update(story.bylines.values_list("person", flat=True))
    people.update(story.photos.values_list("photographer", flat=True))
    if story.lead_photo:
        people.add(story.lead_photo.photographer_id)
    organisations = {organisation for _person, organisation in mentions}
    organisations.add(story.source_id)
    topics = story.topics.values_list("pk", flat=True)
    year = timezone.localtime(story.published_at).year
    return {
        *(STORIES, stories_of(year)),
        *_tags(Section, [story.section_id]),
        *_tags(Topic, topics),
        *_tags(Person, people),
        *_tags(Organisation, organisations),
    }


def _of_quote(quote) -> set[str]:
    organisations = {one.pk for one in quote.organisations.all()}
    organisations |= {quote.organisation_id}
    if quote.position:
        organisations.add(quote.position.organisation_id)
    # The page of what it repeats shows where else it stands.
    first = {f"story-{quote.repeats.article_id}"} if quote.repeats else set()
    return {
        QUOTES,
        *first,
        *_tags(Person, [quote.speaker_id]),
        *_tags(Organisation, organisations),
        *({f"post-{quote.position_id}"} if quote.position_id else ()),
    }


def _tags(model, keys: Iterable[int | None]) -> set[str]:
    return {list_of(model(pk=key)) for key in keys if key}


def _met_first_or_last(article, tags) -> set[str]:
    """What a record's first story, or the end of its last, changes beside its own
    page: readers meet it, or no longer."""
    keys = defaultdict(set)
    for tag in tags:
        kind, _dash, key = tag.removeprefix("list-").rpartition("-")
        keys[kind].add(key)
    changed = set()
    others = Article.objects.listed().exclude(pk=article.pk)
    for kind, relation in (("section", "section"), ("topic", "topics")):
        for key in keys[kind]:
            if not others.filter(**{relation: key}).exists():
                changed.add(SITE)
    if keys["person"]:
        changed.add("people")
    if keys["organisation"]:
        changed.add("organisations")
        changed |= _holders(keys["organisation"], article)
    posts = Position.objects.filter(pk__in=keys["post"])
    return changed | {post.page_tag() for post in posts}


def _holders(organisations, article) -> set[str]:
    """Who has posts in organisations that no other story names: a page lists a post
    once readers may meet where it was."""
    elsewhere = Mention.objects.filter(listed_at__isnull=False).exclude(article=article)
    new = [
        key for key in organisations if not elsewhere.filter(organisation=key).exists()
    ]
    posts = Position.objects.filter(organisation__in=new)
    return {post.page_tag() for post in posts}
