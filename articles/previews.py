"""A revision as readers would have it, if it were published now. It is put together in
memory: looking at a page holds no lock and writes nothing."""

from dataclasses import dataclass

from django.db.models import Prefetch, prefetch_related_objects
from django.utils import timezone

from articles.drafts import sources_up_to
from articles.models import (
    Article,
    Byline,
    Correction,
    Mention,
    Organisation,
    Person,
    Position,
    Quote,
    Revision,
    Section,
    Topic,
)
from articles.revisions import key_of, snapshot, values_of
from articles.settling import tell


@dataclass
class Telling:
    """A story and all that its page prints beside it. The people have brought
    their `posts`, but for those of a draft's bylines; the quotes have their
    `corrections_shown`."""

    article: Article
    quotes: list[Quote]
    mentions: list[Mention]
    bylines: list[Byline]
    topics: list[Topic]
    corrections: list[Correction]


def as_readers_have_it(article: Article) -> Telling:
    mentions = list(article.mentions.select_related("person", "organisation"))
    bylines = article.bylines.select_related("person").order_by("order", "pk")
    people = [row.person for row in [*mentions, *bylines] if row.person]
    posts = Prefetch("positions", Position.objects.for_pages(), to_attr="posts")
    prefetch_related_objects(people, posts)
    quotes = list(article.quotes.carried().for_page().order_by("order", "pk"))
    corrections = Correction.objects.published().show_in(article, quotes)
    topics = Topic.objects.published().filter(articles=article)
    return Telling(article, quotes, mentions, list(bylines), list(topics), corrections)


def as_readers_would_have_it(
    article: Article, revision: Revision | None = None
) -> Telling:
    """The story as that revision has it, or as its rows do. One that names a record
    that is no more is Refused."""
    content = revision.content if revision else snapshot(article)
    values = values_of(content)
    story = _story(article, values.fields)
    quotes = _quotes(story, content, values.quotes)
    sources = story.sources.in_use()
    if revision:
        sources |= story.sources.filter(
            pk__in=sources_up_to(article, revision.number).values("pk")
        )
    told = tell(story, quotes, sources)
    corrections = _corrections(story, quotes)
    is_retracted = any(c.is_retraction() for c in corrections)
    return Telling(
        story,
        sorted(told.quotes, key=lambda quote: (quote.order, quote.pk)),
        _mentions(story, told),
        _bylines(story, content, values.bylines),
        list(placed(Topic, [] if is_retracted else values.topics, values.topics)),
        corrections,
    )


def placed(model, brought, among=None):
    """The sections or topics that readers meet once those `brought` have the story."""
    met = model.objects.published() | model.objects.filter(
        pk__in=[one.pk for one in brought]
    )
    return met if among is None else met.filter(pk__in=[one.pk for one in among])


def sections_with(telling: Telling):
    """What the navigation lists once readers have the story."""
    is_retracted = any(c.is_retraction() for c in telling.corrections)
    section = telling.article.section
    return placed(Section, [section] if section and not is_retracted else [])


def _story(article, fields):
    """As publishing leaves its times."""
    story = Article.objects.get(pk=article.pk)
    for name, value in fields.items():
        setattr(story, name, value)
    if story.status != Article.Status.PUBLISHED:
        now = timezone.now()
        story.published_at = min(story.published_at or now, now)
        story.first_published_at = story.first_published_at or story.published_at
    return story


def _quotes(story, content, rows):
    existing = {quote.mark: quote for quote in story.quotes.filter(mark__in=rows)}
    quotes = []
    for mark, values in rows.items():
        key = key_of(story, content, "quotes", mark)
        quote = existing.get(mark) or Quote(pk=key, mark=mark)
        for name, value in {**values, "article": story, "dropped_at": None}.items():
            setattr(quote, name, value)
        quotes.append(quote)
    own = Correction.objects.told().filter(article=story)
    return (own | Correction.objects.published()).show_on(quotes)


def _corrections(story, quotes):
    repeated = [q.repeats.repeats_id or q.repeats_id for q in quotes if q.repeats]
    own = Correction.objects.told().filter(article=story)
    others = Correction.objects.published().filter(quote__in=repeated)
    corrections = list((own | others).select_related("article", "quote"))
    for correction in corrections:
        if correction.article_id == story.pk:
            correction.article = story
    return corrections


def _mentions(story, told):
    people = [one for one in told.named if isinstance(one, Person)]
    brought = [one.pk for one in told.named if isinstance(one, Organisation)]
    brought += [q.position.organisation_id for q in told.quotes if q.position]
    met = Organisation.objects.filter(pk__in=[story.source_id, *brought])
    posts = Position.objects.for_pages(met)
    prefetch_related_objects(people, Prefetch("positions", posts, to_attr="posts"))
    return [
        Mention(
            article=story,
            person=one if isinstance(one, Person) else None,
            organisation=one if isinstance(one, Organisation) else None,
            order=order,
        )
        for order, one in enumerate(told.named)
    ]


def _bylines(story, content, rows):
    existing = {(b.person_id, b.role): b.pk for b in story.bylines.all()}
    bylines = []
    for name, values in rows.items():
        key = existing.get((values["person"].pk, values["role"]))
        key = key or key_of(story, content, "bylines", name)
        bylines.append(Byline(pk=key, article=story, **values))
    return sorted(bylines, key=lambda byline: (byline.order, byline.pk))
