"""Where a story comes nearest to words that it does not have."""

from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from articles.matching.finding import find, nearest
from articles.matching.text import Comparable, segments

RESEMBLES = 0.4  # of the words, for a passage to be worth showing
MOST_TRIED = 20  # segments


class Near(NamedTuple):
    """A passage, and the number of its paragraph, counted from 1."""

    paragraph: int
    passage: str


class Paragraphs:
    """Those of one story, read for comparison when that is first asked for."""

    def __init__(self, texts: Sequence[str]):
        self.texts = texts

    @cached_property
    def joined(self) -> Comparable:
        return Comparable("\n".join(self.texts))

    @cached_property
    def starts(self) -> list[int]:
        return [0, *accumulate(len(text) + 1 for text in self.texts)]

    def nearest(self, words: str) -> Near | None:
        """The passage nearest to the first segment that stands nowhere; if all of them
        stand here, the one where the first does. None if nothing resembles it."""
        wanted = segments(words)[:MOST_TRIED]
        missing = (one for one in wanted if find(one, self.joined) is None)
        segment = next(missing, wanted[0] if wanted else "")
        span = nearest(segment, self.joined, RESEMBLES)
        return span and self._longest_part(*span)

    def _longest_part(self, start: int, end: int) -> Near:
        """Of a passage that runs over the end of a paragraph, what stands in one."""
        parts = []
        first = bisect_right(self.starts, start) - 1
        for number in range(first, len(self.texts)):
            begin = self.starts[number]
            if begin >= end:
                break
            text = self.texts[number][max(start - begin, 0) : end - begin]
            parts.append(Near(number + 1, text.strip()))
        return max(parts, key=lambda part: len(part.passage))
