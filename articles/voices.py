"""Quotes as pages show them: grouped by speaker, chosen for the front page, and in the
sentence around them."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles import matching
from articles.models import Article, Person, Quote

# The marks that a page prints around words of a language; others get the English ones.
ENGLISH = ("“", "”")
GUILLEMETS = ("«", "»")
LOW_HIGH = ("„", "“")
LOW_RIGHT = ("„", "”")
QUOTATION_MARKS = {
    **dict.fromkeys("ar be el es fa fr hy it kk pt ru uk".split(), GUILLEMETS),
    **dict.fromkeys("bg cs de et is lt lv mk sk sl".split(), LOW_HIGH),
    **dict.fromkeys("hr hu pl ro sr".split(), LOW_RIGHT),
    **dict.fromkeys("fi sv".split(), ("”", "”")),
    **dict.fromkeys("ja zh".split(), ("「", "」")),
}


LONGEST_IN_STRIP = 300  # characters


@dataclass
class Voice:
    """A speaker in a story, and what they say there. `page` is the record to link to,
    or None."""

    name: str
    page: object
    post: str
    first: Quote
    quotes: list[Quote] = field(default_factory=list)


def quotation_marks(language: str) -> tuple[str, str]:
    return QUOTATION_MARKS.get(language.split("-")[0].lower(), ENGLISH)


def who_said_what(quotes: Iterable[Quote]) -> list[Voice]:
    """The quotes by speaker, in order of appearance. Each quote is given its number in
    the story: that of its mark in the body, or None where a story has but one."""
    quotes = list(quotes)
    marked = [quote for quote in quotes if quote.paragraph is not None]
    for quote in quotes:
        quote.number = None
    for number, quote in enumerate(marked, 1):
        quote.number = number if len(marked) > 1 else None
    voices = {}
    for quote in quotes:
        voice = voices.setdefault(
            _speaker(quote),
            Voice(quote.speaker_name(), quote.speaker_page(), "", quote),
        )
        voice.post = voice.post or quote.post_on_the_day()
        voice.quotes.append(quote)
    return list(voices.values())


@dataclass
class Named:
    """A person in a story, the post they had that day, and how often they speak."""

    person: Person
    post: str
    quotes: int


def people_in(article: Article, mentions, quotes: Iterable[Quote]) -> list[Named]:
    """The people whom a story may name beside its text, in its order; each mention's
    person has brought its `posts`."""
    said = {}
    for quote in quotes:
        if not quote.withdrawn_at:
            said.setdefault(quote.speaker_id, []).append(quote)
    day = timezone.localdate(article.published_at or timezone.now())
    named = []
    for person in [m.person for m in mentions if m.person and m.person.is_public]:
        own = said.get(person.pk, [])
        printed = [post for quote in own if (post := quote.post_on_the_day())]
        held = [str(post) for post in person.posts if post.is_held_on(day)]
        named.append(Named(person, next(iter(printed + held), ""), len(own)))
    return named


def in_their_words(quotes: Iterable[Quote], most: int = 3) -> list[Quote]:
    """A strip for the front page: short quotes, whole ones before partial ones, one a
    speaker, and at most one that is only reported."""
    ranks = [Quote.Kind.DIRECT, Quote.Kind.PARTIAL, Quote.Kind.INDIRECT]
    chosen, speakers, has_reported = [], set(), False
    short = [quote for quote in quotes if len(quote.words) <= LONGEST_IN_STRIP]
    for quote in sorted(short, key=lambda quote: ranks.index(quote.kind)):
        speaker = _speaker(quote)
        if speaker in speakers or (quote.is_indirect() and has_reported):
            continue
        chosen.append(quote)
        speakers.add(speaker)
        has_reported = has_reported or quote.is_indirect()
    return chosen[:most]


def counted(quotes: list[Quote]) -> str:
    """How much is said in a story, and by how many; "" where nobody speaks."""
    if not quotes:
        return ""
    speakers = len({_speaker(quote) for quote in quotes})
    said = ngettext("%d quote", "%d quotes", len(quotes)) % len(quotes)
    by = ngettext("%d speaker", "%d speakers", speakers) % speakers
    return _("%(quotes)s, %(speakers)s") % {"quotes": said, "speakers": by}


def set_apart(quotes: Iterable[Quote]) -> Quote | None:
    """The one to show of a story: a whole quote before a part, none that is long."""
    return next(iter(in_their_words(quotes, most=1)), None)


def with_marks(text: str, quotes: Iterable[Quote]) -> list[tuple[str, bool]]:
    """A text such as a standfirst, cut around the quotation marks that stand beside
    words of these quotes; the flag says which pieces are marks."""
    places = set()
    for quote in quotes:
        if quote.is_indirect():
            continue
        for segment in quote.segments():
            for start, end in matching.find_all(segment, text):
                while text[end : end + 1] in tuple(",.?!"):
                    end += 1
                places |= {start - 1, end}
    every_mark = matching.DOUBLE_MARKS + matching.SINGLE_MARKS
    pieces, at = [], 0
    for place in sorted(places - {-1, len(text)}):
        if text[place] in every_mark:
            pieces += [(text[at:place], False), (text[place], True)]
            at = place + 1
    pieces.append((text[at:], False))
    return [(piece, is_mark) for piece, is_mark in pieces if piece]


def _speaker(quote):
    organisation = None if quote.speaker_id else quote.organisation_id
    return (quote.speaker_id, organisation, quote.unnamed_source)


def in_its_sentence(quote: Quote) -> list[tuple[str, bool]]:
    """The sentence around a quote, cut where its words begin and end; the flag says
    which pieces are its words."""
    pieces, at = [], 0
    for segment in quote.segments():
        spans = matching.find_all(segment, quote.sentence)
        start, end = next((s for s in spans if s[0] >= at), (at, at))
        if quote.sentence[end : end + 1] == "." == segment.rstrip()[-1:]:
            end += 1
        pieces += [(quote.sentence[at:start], False), (quote.sentence[start:end], True)]
        at = end
    pieces.append((quote.sentence[at:], False))
    return [(text, is_said) for text, is_said in pieces if text]
