"""A body as a list of paragraphs, for comparing two of them."""

from dataclasses import dataclass
from typing import NamedTuple

from articles.body.parsing import parse
from articles.body.vocabulary import Block


class Marked(NamedTuple):
    """Text inside one inline element: its tag, and what its attribute says."""

    tag: str
    attribute: str
    value: str
    text: str


@dataclass(frozen=True)
class Paragraph:
    """A block of a body. A photo in the text is one without text."""

    tag: str
    container: str
    text: str
    photo: str
    marked: tuple[Marked, ...] = ()


def paragraphs(html: str) -> list[Paragraph]:
    return [
        Paragraph(
            block.tag,
            block.container[0] if block.container else "",
            block.text,
            block.photo,
            tuple(_marked(block)),
        )
        for block in parse(html)
    ]


def _marked(block: Block) -> list[Marked]:
    """In the order in which they begin; runs that touch inside one element are one."""
    found, still_open = [], {}
    for run in block.runs:
        open_before, still_open = still_open, {}
        for inline in run.inlines:
            place = open_before.get(inline)
            if place is None:
                place = len(found)
                found.append(Marked(*inline, ""))
            text = found[place].text + run.text
            found[place] = found[place]._replace(text=text)
            still_open[inline] = place
    return found
