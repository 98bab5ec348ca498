"""Texts as comparisons see them."""

import re
import unicodedata
from array import array
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from articles.characters import LONG_RUN, MOST_ACCENTS

DOUBLE_MARKS = '"“”„‟«»〝〞＂'
SINGLE_MARKS = "'‘’‚‛‹›ʼ＇"
DASHES = "-‐‑‒–—―−﹘－"
HYPHENS = "-‐‑－"  # of the dashes, those that make one word of two
SPACES = " \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
SPACES += "\u200a\u202f\u205f\u3000"
UNSEEN = "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
FOLD = str.maketrans(
    dict.fromkeys(DOUBLE_MARKS, '"')
    | dict.fromkeys(SINGLE_MARKS, "'")
    | dict.fromkeys(DASHES, "-")
    | dict.fromkeys(SPACES, " ")
)
# What is not taken letter for letter, in folded text. No two neighbouring parts can
# match the same characters, so a long run cannot be tried in many ways.
APART = re.compile(
    rf"""
    (?P<ellipsis> … | \. [\s{UNSEEN}]* \. [\s{UNSEEN}]* \. )
  | (?P<space>    \s [\s{UNSEEN}]* \s | [^\S\ ] )
  | (?P<unseen>   [{UNSEEN}]+ )
    """,
    re.VERBOSE,
)
WORD = re.compile(r"[^\W_]+")


class Span(NamedTuple):
    start: int
    end: int


def fold(text: str) -> str:
    """The text with typography levelled, of the same length."""
    return text.translate(FOLD)


class Comparable:
    """A text as comparisons see it. `text[i]` was read from `starts[i]` to `ends[i]`
    of the original."""

    def __init__(self, original: str):
        self.original = original
        self.starts = array("L")
        self.ends = array("L")
        parts = []
        for piece, start, end in self._pieces(fold(original)):
            parts.append(piece)
            if len(piece) == end - start:
                self.starts.extend(range(start, end))
                self.ends.extend(range(start + 1, end + 1))
            else:
                self.starts.extend([start] * len(piece))
                self.ends.extend([end] * len(piece))
        self.text = "".join(parts)

    @cached_property
    def words(self) -> list[re.Match]:
        return list(WORD.finditer(self.text))

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """Which of the words a word is, in small letters."""
        places = defaultdict(list)
        for index, match in enumerate(self.words):
            places[match[0].lower()].append(index)
        return dict(places)

    def has_hyphen(self, at: int) -> bool:
        """Whether text[at] is a hyphen and no other dash."""
        return self.text[at] == "-" and self.original[self.starts[at]] in HYPHENS

    @classmethod
    def _pieces(cls, folded: str) -> Iterator[tuple[str, int, int]]:
        at = 0
        for match in APART.finditer(folded):
            yield from cls._composed(folded[at : match.start()], at)
            if match.lastgroup == "ellipsis":
                yield "…", *match.span()
            elif match.lastgroup == "space":
                yield " ", *match.span()
            at = match.end()
        yield from cls._composed(folded[at:], at)

    @staticmethod
    def _composed(text: str, at: int) -> Iterator[tuple[str, int, int]]:
        if not LONG_RUN.search(text) and unicodedata.is_normalized("NFC", text):
            yield text, at, at + len(text)
            return
        start = 0
        for end in range(1, len(text) + 1):
            if (
                end == len(text)
                or not joins_the_letter_before(text[end])
                or end - start > MOST_ACCENTS
            ):
                letter = unicodedata.normalize("NFC", text[start:end])
                yield letter, at + start, at + end
                start = end

    def span(self, start: int, end: int) -> Span:
        """Where text[start:end] stands in the original."""
        return Span(self.starts[start], self.ends[end - 1])


def joins_the_letter_before(character: str) -> bool:
    is_jamo = "\u1160" <= character <= "\u11ff"
    return is_jamo or unicodedata.category(character).startswith("M")


def comparable(text: str | Comparable) -> Comparable:
    return text if isinstance(text, Comparable) else Comparable(text)


def segments(words: str) -> list[str]:
    """The segments of a quote's words, which are kept one a line."""
    return [line for line in words.split("\n") if line.strip()]


PAIRS = {
    "“": "”",
    "„": "“”",
    "«": "»",
    "»": "«",
    "”": "”",
    '"': '"',
    "‘": "’",
    "‹": "›",
}


def without_marks(words: str) -> str:
    """The words without the quotation marks that enclose a segment, and the comma of
    the sentence that carried it."""
    return "\n".join(_without_marks(line) for line in words.split("\n"))


def _without_marks(segment):
    text = segment.strip()
    closers = PAIRS.get(text[:1])
    core = text.rstrip(" ,")
    if not closers or len(core) < 2 or core[-1] not in closers:
        return segment
    inner = core[1:-1]
    if any(mark in inner for mark in {text[0], *closers} - {"’"}):
        return segment
    return inner.strip().removesuffix(",")


def essence(segment: str) -> str:
    """What of a segment a check compares: neither the space around it nor a final full
    stop or comma, which the carrying sentence may own."""
    text = Comparable(segment).text.strip()
    return text[:-1].rstrip() if text.endswith((".", ",")) else text
