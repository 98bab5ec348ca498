"""The vocabulary of a body, and a body as this package holds it in memory."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from articles import matching

LONGEST = 1_000_000  # characters of HTML
SLUG = r"[-\w]{1,100}"
MARK_ID = r"^q[a-z0-9]{1,15}$"


class Mark(NamedTuple):
    """An element of the body that leads to a record; its attribute says to which."""

    element: str
    attribute: str
    pattern: str


MARKS = {
    "quote": Mark("q", "data-quote", MARK_ID),
    "reported": Mark("span", "data-quote", MARK_ID),
    "person": Mark("a", "data-person", rf"^{SLUG}$"),
    "organisation": Mark("a", "data-organisation", rf"^{SLUG}$"),
    "photo": Mark("figure", "data-photo", rf"^{SLUG}$"),
}

# Inline elements, the outermost first. Only readers get those around the dateline and
# around a quotation mark.
NESTING = ["dateline", "span", "q", "a", "strong", "em", "quotation-mark"]
INLINES = NESTING[1:-1]
LEAVES = {"p", "h2", "h3", "li"}
CONTAINERS = {"blockquote", "ul", "ol"}
LISTS = {"ul", "ol"}
VOCABULARY = {*INLINES, *LEAVES, *CONTAINERS, "figure", "br"}
# What stands for an element of the vocabulary in text from elsewhere.
BLOCKS_ELSEWHERE = (
    "address article aside caption center dd details div dl dt fieldset figcaption "
    "footer form header hr legend main nav pre section summary table tbody td tfoot th "
    "thead tr"
).split()
SYNONYMS = {
    **dict.fromkeys(BLOCKS_ELSEWHERE, "p"),
    **{"b": "strong", "i": "em", "h1": "h2", "h4": "h3", "h5": "h3", "h6": "h3"},
}
DROPPED_WITH_CONTENT = set(
    "script style template iframe object noscript svg math title".split()
)
ATTRIBUTES = {"a": {"href"}}
for _mark in MARKS.values():
    ATTRIBUTES.setdefault(_mark.element, set()).add(_mark.attribute)

QUOTATION_MARKS = set(matching.DOUBLE_MARKS + matching.SINGLE_MARKS)


class Inline(NamedTuple):
    tag: str
    attribute: str = ""
    value: str = ""


@dataclass(frozen=True)
class Run:
    """Text and the inline elements it stands in, outermost first. A line feed is a
    <br>. Only render() makes runs with `html`, which is written as it is."""

    text: str
    inlines: tuple[Inline, ...] = ()
    html: str = ""


@dataclass
class Block:
    tag: str
    runs: list[Run] = field(default_factory=list)
    container: tuple[str, int] | None = None  # its tag, and which one it is
    photo: str = ""

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


def nested(inlines: Iterable[Inline]) -> tuple[Inline, ...]:
    return tuple(sorted(inlines, key=lambda inline: NESTING.index(inline.tag)))
