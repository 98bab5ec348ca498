"""Do these words stand in that text? Pure text: no Django, no HTML.

Two texts are compared after folding typography and nothing else. The fold puts one
character for one, so an offset in the folded text is an offset in the original. On top
of it, a Comparable takes a run of white space as one space, the three ways to write an
ellipsis as one, composed and decomposed letters as one, and leaves out characters that
nobody sees; it remembers where each of its characters came from.

Offsets and lengths are code points; the end of a span is exclusive.
"""

from articles.matching.checks import (
    Check,
    Outcome,
    check_against_body,
    check_against_first,
    check_against_sources,
)
from articles.matching.differences import Change, diff
from articles.matching.finding import (
    STRICT,
    Policy,
    find,
    find_all,
    find_words,
    nearest,
)
from articles.matching.nearness import Near, Paragraphs
from articles.matching.quotations import quotations
from articles.matching.text import (
    DASHES,
    DOUBLE_MARKS,
    SINGLE_MARKS,
    SPACES,
    UNSEEN,
    Comparable,
    Span,
    essence,
    fold,
    segments,
    without_marks,
)

__all__ = [
    "DASHES",
    "DOUBLE_MARKS",
    "SINGLE_MARKS",
    "SPACES",
    "STRICT",
    "UNSEEN",
    "Change",
    "Check",
    "Comparable",
    "Near",
    "Outcome",
    "Paragraphs",
    "Policy",
    "Span",
    "check_against_body",
    "check_against_first",
    "check_against_sources",
    "diff",
    "essence",
    "find",
    "find_all",
    "find_words",
    "fold",
    "nearest",
    "quotations",
    "segments",
    "without_marks",
]
