"""Where the words stand that somebody sought, for readers to see."""

from collections.abc import Iterable

from articles.searching.asking import Term
from articles.searching.words import words

Piece = tuple[str, bool]  # a text, and whether it was sought

BEFORE, LENGTH = 60, 200  # characters around the first of them, and in all


def marked(text: str, terms: Iterable[Term]) -> list[Piece]:
    """The whole text."""
    return _pieces(text, _spans(text, terms), 0, len(text))


def snippet(text: str, terms: Iterable[Term]) -> list[Piece]:
    """A part of the text with as many of the terms as may be, or its beginning."""
    text = " ".join(text.split())
    spans = _spans(text, terms)
    start = _best_start(spans)
    start = 0 if start <= BEFORE else text.rfind(" ", 0, start - BEFORE + 20) + 1
    end = len(text)
    if start + LENGTH < end:
        end = max(text.rfind(" ", start, start + LENGTH), start + 1)
    pieces = _pieces(text, spans, start, end)
    return [
        *([("… ", False)] if start else []),
        *pieces,
        *([(" …", False)] if end < len(text) else []),
    ]


def _spans(text, terms) -> list[tuple[int, int, int]]:
    """Start, end, and which of the terms."""
    found = list(words(text))
    stems = [word.stem for word in found]
    first: dict[str, list[int]] = {}
    for number, term in enumerate(terms):
        first.setdefault(term[0], []).append(number)
    terms = list(terms)
    spans = []
    for at, stem in enumerate(stems):
        for number in first.get(stem, ()):
            term = terms[number]
            if tuple(stems[at : at + len(term)]) == term:
                spans.append((found[at].start, found[at + len(term) - 1].end, number))
    return spans


def _best_start(spans) -> int:
    """Of the stretch with the most different terms; the first of equals."""
    best, most = 0, 0
    last = 0
    for first, (start, _end, _number) in enumerate(spans):
        last = max(last, first)
        while last < len(spans) and spans[last][1] <= start + LENGTH - BEFORE:
            last += 1
        count = len({number for _s, _e, number in spans[first:last]})
        if count > most:
            best, most = start, count
    return best


def _pieces(text, spans, start, end) -> list[Piece]:
    pieces, at = [], start
    for first, last, _number in spans:
        if first < at or last > end:
            continue
        if first > at:
            pieces.append((text[at:first], False))
        pieces.append((text[first:last], True))
        at = last
    if at < end:
        pieces.append((text[at:end], False))
    return pieces
