"""What the page of results shows."""

from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from django.db.models import F, Prefetch
from django.utils.translation import gettext_lazy as _

from articles import body
from articles.models import (
    Article,
    Correction,
    Organisation,
    Person,
    Position,
    Quote,
    SearchEntry,
    Section,
)
from articles.searching.asking import SAID_ABOUT, Asked
from articles.searching.finding import MOST_COUNTED, find, named
from articles.searching.snippets import Piece, marked, snippet
from articles.searching.words import folded, stems

Kind = SearchEntry.Kind
LABELS = {
    Kind.STORY: _("Stories"),
    Kind.QUOTE: _("Quotes"),
    Kind.PERSON: _("People"),
    Kind.ORGANISATION: _("Organisations"),
}
AT_FIRST = {Kind.STORY: 10, Kind.QUOTE: 5, Kind.PERSON: 5, Kind.ORGANISATION: 5}
NOTHING = dict.fromkeys(Kind.values, 0)
ON_A_PAGE = 20
MOST_ALIKE = 5
COMPARED = 200  # names that begin like one that was not found


@dataclass(frozen=True)
class Hit:
    thing: Any
    title: list[Piece]
    text: list[Piece]


@dataclass(frozen=True)
class Part:
    """The results of one kind; `after` leads to more of them."""

    kind: str
    label: str
    hits: list[Hit]
    count: int
    query: str  # that asks for this kind alone
    after: str = ""

    @property
    def is_counted(self) -> bool:
        return self.count <= MOST_COUNTED

    @property
    def most(self) -> int:
        return MOST_COUNTED


@dataclass(frozen=True)
class Results:
    asked: Asked
    parts: list[Part]
    speaker: Person | None = None  # who is meant by "what … said about …"
    alike: list[Person | Organisation] = field(default_factory=list)
    fewer: list[tuple[str, str]] = field(default_factory=list)  # words, query

    @property
    def shown(self) -> list[Part]:
        return [part for part in self.parts if part.hits]

    @property
    def count(self) -> int:
        return sum(part.count for part in self.parts)

    @property
    def is_counted(self) -> bool:
        return all(part.is_counted for part in self.parts)


def search(asked: Asked, after: str = "") -> Results:
    asked, speaker = _who_said(asked)
    sizes = AT_FIRST
    if asked.kind:
        sizes = {kind: ON_A_PAGE if kind == asked.kind else 0 for kind in Kind.values}
    found = find(asked, sizes, after if asked.kind else "")
    parts = [_part(asked, kind, found[kind]) for kind in Kind.values]
    if not asked.terms or any(part.count for part in parts):
        return Results(asked, parts, speaker)
    return Results(asked, parts, speaker, _alike(asked), list(_fewer(asked)))


def sections() -> list[Section]:
    return list(Section.objects.published().order_by("name"))


def _who_said(asked) -> tuple[Asked, Person | None]:
    """ "What the minister said about fish" asks for quotes of one speaker."""
    found = SAID_ABOUT.match(asked.text)
    if not found:
        return asked, None
    keys = find(Asked(found["who"]), {Kind.PERSON: 1})[Kind.PERSON].keys
    if not keys:
        return asked, None
    (person,) = _in_order(keys, Person.objects.all())
    text = found["what"].rstrip("? ")
    return asked.but(text=text, kind=Kind.QUOTE, speaker=person.slug), person


def _part(asked, kind, found) -> Part:
    hits = HITS[kind](found.keys, asked.terms) if found.keys else []
    query = asked.but(kind=kind).query()
    return Part(kind, LABELS[kind], hits, found.count, query, found.after)


def _in_order(keys, rows) -> list:
    """The rows that these entries stand for."""
    found = rows.filter(found_as__in=keys).annotate(entry=F("found_as"))
    things = {thing.entry: thing for thing in found}
    return [things[key] for key in keys if key in things]


def _stories(keys, terms):
    shown = Article.objects.select_related("section", "source", "lead_photo")
    for story in _in_order(keys, shown.defer("body_html")):
        text = body.plain_text(story.body) or story.standfirst
        yield Hit(story, marked(story.headline, terms), snippet(text, terms))


def _quotes(keys, terms):
    quotes = _in_order(keys, Quote.objects.for_lists())
    for quote in Correction.objects.published().show_on(quotes):
        quote.sought = [marked(segment, terms) for segment in quote.segments()]
        yield Hit(quote, [], [])


def _people(keys, terms):
    posts = Prefetch("positions", Position.objects.for_pages(), to_attr="posts")
    people = Person.objects.prefetch_related(posts)
    for person in _in_order(keys, people):
        post = str(person.posts[0]) if person.posts else ""
        yield Hit(person, marked(person.name, terms), marked(post, terms))


def _organisations(keys, terms):
    for one in _in_order(keys, Organisation.objects.all()):
        about = one.background or one.get_kind_display()
        yield Hit(one, marked(one.name, terms), snippet(about, terms))


HITS = {
    Kind.STORY: lambda *found: list(_stories(*found)),
    Kind.QUOTE: lambda *found: list(_quotes(*found)),
    Kind.PERSON: lambda *found: list(_people(*found)),
    Kind.ORGANISATION: lambda *found: list(_organisations(*found)),
}


# What helps when nothing was found


def _fewer(asked):
    """Each of the words by itself, where there were several."""
    said = asked.text.replace('"', " ").split()
    if len(said) < 2:
        return
    for word in dict.fromkeys(said[:8]):
        alone = asked.but(text=word, kind="", **dict.fromkeys(asked.narrowed))
        if any(part.count for part in find(alone, NOTHING).values()):
            yield word, alone.query()


def _alike(asked) -> list[Person | Organisation]:
    """Whose name is written much like what was sought."""
    beginnings = sorted({stem[:2] for term in asked.terms for stem in term})
    sought = " ".join(sorted(stems(asked.text)))
    found = []
    for kind, rows in ((Kind.PERSON, Person), (Kind.ORGANISATION, Organisation)):
        keys = [entry.pk for entry in named(beginnings, kind)[:COMPARED]]
        records = rows.objects.prefetch_related("other_names")
        for record in _in_order(keys, records):
            found.append((_likeness(sought, record), record))
    best = sorted(found, key=lambda pair: -pair[0])[:MOST_ALIKE]
    return [record for likeness, record in best if likeness >= 0.7]


def _likeness(sought, record) -> float:
    """Of the name, or of the part of it that is most alike."""
    names = {name for whole in record.all_names() for name in (whole, *whole.split())}
    return max(
        SequenceMatcher(None, folded(sought), folded(name)).ratio() for name in names
    )
