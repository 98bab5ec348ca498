"""An archive of any size, to try the site at size: invented, and the same each time.

Its stories have words as languages do, a few of them often and most of them rarely;
COMMON stands in every third story, RARE in one of ten thousand. Written in bulk, past
the verbs: what settle() would write is written here, but for revisions.
"""

from bisect import bisect
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice
from random import Random

from django.db import transaction

from articles import body
from articles.models import (
    Article,
    Mention,
    Organisation,
    Person,
    Position,
    Quote,
    Section,
)
from articles.searching import index

COMMON, RARE = "harbourmaster", "zymurgy"
AT_ONCE = 500  # stories, in one transaction
SLUG = "sample"  # begins the slug of everything that is made here
FIRST = datetime(1990, 1, 1, 6, 0, tzinfo=UTC)
BETWEEN = timedelta(minutes=150)
SECTIONS = ["North", "South", "East", "West", "Money", "Letters", "Games", "Weather"]
POSTS = ["Minister", "Chair", "Spokesman", "Director", "Envoy", "Mayor"]
BEGINNINGS = "ba de fo gri ha jo ka le mo na or pe qua ri so te ul vi wo za".split()
ENDINGS = "n ld rsk st m ne ck ton ra ve ling dar".split()


class Words:
    """Of an invented language: the first is the most frequent, as in all languages."""

    def __init__(self, number: int = 6000):
        rng = Random(SLUG)
        made = {}
        while len(made) < number:
            parts = rng.choices(BEGINNINGS, k=rng.choice((1, 2, 2, 3)))
            made["".join(parts) + rng.choice(ENDINGS)] = None
        self.words = list(made)
        self.weights = list(accumulate(1 / (rank + 3) for rank in range(number)))

    def some(self, rng: Random, number: int) -> list[str]:
        top = self.weights[-1]
        return [
            self.words[bisect(self.weights, rng.random() * top)] for _ in range(number)
        ]

    def sentence(self, rng: Random, shortest=6, longest=22) -> str:
        words = self.some(rng, rng.randint(shortest, longest))
        return " ".join(words).capitalize()


def make(number: int) -> Iterator[int]:
    """So many stories, and a person and an organisation for every fifty; says after
    each step how many there are. Goes on where an earlier one ended."""
    words = Words()
    sections = [
        Section.objects.get_or_create(slug=f"{SLUG}-{n.lower()}", defaults={"name": n})[
            0
        ]
        for n in SECTIONS
    ]
    people, organisations = _names(words, max(number // 50, 10))
    done = Article.objects.filter(slug__startswith=f"{SLUG}-story-").count()
    numbers = iter(range(done, number))
    while chunk := list(islice(numbers, AT_ONCE)):
        with transaction.atomic():
            _write(chunk, words, sections, people, organisations)
        yield chunk[-1] + 1


def _names(words, number):
    rng = Random(f"{SLUG} names")
    names = [" ".join(words.some(rng, 2)).title() for _ in range(2 * number)]
    organisations = [
        Organisation(name=f"{name} Council", slug=f"{SLUG}-organisation-{n}")
        for n, name in enumerate(names[:number])
    ]
    people = [
        Person(name=name, sort_name=name, slug=f"{SLUG}-person-{n}")
        for n, name in enumerate(names[number:])
    ]
    for rows in (organisations, people):
        type(rows[0]).objects.bulk_create(rows, 1000, ignore_conflicts=True)
    organisations, people = (
        list(_rows(model)[:number]) for model in (Organisation, Person)
    )
    served = zip(people, organisations, strict=True)
    held = set(Position.objects.values_list("person", flat=True))
    Position.objects.bulk_create(
        [
            Position(person=person, organisation=one, title=POSTS[n % len(POSTS)])
            for n, (person, one) in enumerate(served)
            if person.pk not in held
        ],
        1000,
    )
    posts = Position.objects.filter(person__in=people).select_related("organisation")
    posts = {post.person_id: post for post in posts}
    for person in people:
        person.post = posts[person.pk]
    index.index_records([*organisations, *people])
    return people, organisations


def _rows(model):
    rows = model.objects.filter(slug__startswith=f"{SLUG}-").order_by("pk")
    return rows.prefetch_related("other_names")


def _write(numbers, words, sections, people, organisations):
    stories, quotes, mentions = [], [], []
    for number in numbers:
        rng = Random(f"{SLUG} {number}")
        story = Article(
            headline=words.sentence(rng, 5, 9),
            standfirst=words.sentence(rng, 10, 16) + ".",
            slug=f"{SLUG}-story-{number}",
            section=rng.choice(sections),
            status=Article.Status.PUBLISHED,
            published_at=FIRST + number * BETWEEN,
            first_published_at=FIRST + number * BETWEEN,
        )
        speakers = [_one(rng, people) for _ in range(3)]
        about = _one(rng, organisations)
        said = [words.sentence(rng) for _speaker in speakers]
        story.body = _body(rng, number, words, speakers, said, about)
        _render(story, speakers, about)
        stories.append(story)
        quotes += [
            _quote(story, order, text, speaker)
            for order, (text, speaker) in enumerate(zip(said, speakers, strict=True), 1)
        ]
        named = dict.fromkeys([*speakers, about])
        mentions += [
            Mention(
                article=story,
                order=order,
                listed_at=story.published_at,
                **{"organisation" if one is about else "person": one},
            )
            for order, one in enumerate(named)
        ]
    Article.objects.bulk_create(stories)
    Quote.objects.bulk_create(quotes, 1000)
    Mention.objects.bulk_create(mentions, 1000)
    index.add_stories(stories, quotes)


def _one(rng, rows):
    """A few are named often, as in the news."""
    return rows[int(len(rows) * rng.random() ** 3)]


def _body(rng, number, words, speakers, said, about) -> str:
    paragraphs = [
        f"{words.sentence(rng)}. "
        f'<a data-organisation="{about.slug}">{about.name}</a> {words.sentence(rng)}.'
    ]
    for order, (speaker, text) in enumerate(zip(speakers, said, strict=True), 1):
        paragraphs += [
            f'“<q data-quote="q{order}">{text}</q>,” said '
            f'<a data-person="{speaker.slug}">{speaker.name}</a>.',
            " ".join(f"{words.sentence(rng)}." for _ in range(rng.randint(2, 5))),
        ]
    if number % 3 == 0:
        paragraphs.append(f"The {COMMON} {words.sentence(rng).lower()}.")
    if number % 10_000 == 77:
        paragraphs.append(f"They spoke of {RARE}.")
    return "\n".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)


def _render(story, speakers, about):
    shown = {
        f"q{order}": body.QuoteShown(
            order, speaker.name, str(speaker.post), speaker.get_absolute_url()
        )
        for order, speaker in enumerate(speakers, 1)
    }
    story.body_html = body.render(
        story.body,
        body.Records(
            quotes=shown,
            people={speaker.slug: speaker for speaker in speakers},
            organisations={about.slug: about},
        ),
    )


def _quote(story, order, text, speaker):
    return Quote(
        article=story,
        mark=f"q{order}",
        words=text,
        speaker=speaker,
        position=speaker.post,
        order=order,
        paragraph=2 * order,
        sentence=f"“{text},” said {speaker.name}.",
        body_check="matches",
        source_check="no_text",
        listed_at=story.published_at,
    )
