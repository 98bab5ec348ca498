"""Reading the marks of a body, and setting them."""

import re
import secrets
import string
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import accumulate, pairwise
from typing import NamedTuple

from articles import matching, sentences
from articles.body.parsing import parse
from articles.body.vocabulary import MARKS, QUOTATION_MARKS, Block, Inline, Run, nested
from articles.body.writing import write

# An opening mark stands after a space or the like, a closing one after its words.
A_MARK = "[" + "".join(sorted(QUOTATION_MARKS)) + "]"
OPENED = re.compile(rf"(?:^|[\s(\[{re.escape(matching.DASHES)}]|{A_MARK}){A_MARK}\s?$")


class Piece(NamedTuple):
    """An unbroken stretch of one mark in one block, in offsets of the block's text."""

    block: int
    start: int
    end: int


@dataclass
class Passage:
    """All that carries one quote's mark."""

    mark: str
    element: str
    segments: list[str] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    paragraph: int = 0  # counted from 1, over all blocks that hold text
    sentence: str = ""


@dataclass
class Reading:
    """What a body says, in the order it says it. People, organisations and photos are
    slugs; names are the words that stand in each mention's mark, by its attribute and
    slug."""

    paragraphs: list[str] = field(default_factory=list)
    passages: dict[str, Passage] = field(default_factory=dict)
    people: list[str] = field(default_factory=list)
    organisations: list[str] = field(default_factory=list)
    photos: list[str] = field(default_factory=list)
    names: dict[tuple[str, str], set[str]] = field(default_factory=dict)


def new_mark() -> str:
    """A mark that meets no other one, wherever its passage is pasted."""
    letters = string.ascii_lowercase + string.digits
    return "q" + "".join(secrets.choice(letters) for _ in range(5))


def read(html: str) -> Reading:
    """What a sanitised body says, and about which records."""
    blocks = parse(html)
    texts = [block.text for block in blocks]
    paragraphs = list(accumulate(int(block.tag != "figure") for block in blocks))
    names = defaultdict(set)
    for block in blocks:
        for run in block.runs:
            for inline in run.inlines:
                if inline.attribute in ("data-person", "data-organisation"):
                    names[inline[1:]].add(run.text.strip())
    begins: dict[int, list[int]] = {}
    passages = passages_in(blocks)
    for passage in passages:
        passage.paragraph = paragraphs[passage.pieces[0].block]
        around = {}
        for number, start, end in passage.pieces:
            text = texts[number]
            if number not in begins:
                begins[number] = sentences.starts(text)
            passage.segments.append(text[start:end].replace("\n", " "))
            around[sentences.around(text, start, end, begins[number])] = None
        passage.sentence = " ".join(around)
    return Reading(
        paragraphs=[b.text for b in blocks if b.tag != "figure"],
        passages={passage.mark: passage for passage in passages},
        people=[slug for kind, slug in names if kind == "data-person"],
        organisations=[slug for kind, slug in names if kind == "data-organisation"],
        photos=list(dict.fromkeys(b.photo for b in blocks if b.tag == "figure")),
        names=dict(names),
    )


def plain_text(html: str) -> str:
    """The words of a body, paragraphs parted by an empty line."""
    return "\n\n".join(read(html).paragraphs)


def set_mark(
    html: str, words: str, mark: str, *, is_reported: bool = False
) -> str | None:
    """The body with the mark set around the words, one segment a line: around those
    between quotation marks if there are such, else around the first; a segment after
    the one before it, if it stands there. None if a segment does not stand in one block
    outside any other quote."""
    blocks = parse(html)
    tag = MARKS["reported" if is_reported else "quote"].element
    place = Piece(0, 0, 0)
    for segment in matching.segments(words):
        place = _place_for(segment, blocks, is_reported, place)
        if place is None:
            return None
        block = blocks[place.block]
        block.runs = with_inline(
            block.runs, place.start, place.end, Inline(tag, "data-quote", mark)
        )
    return write(blocks)


def change_kind(html: str, mark: str, *, is_reported: bool) -> str:
    """The body with the mark's element as such a quote has it."""
    tag = MARKS["reported" if is_reported else "quote"].element
    blocks = parse(html)
    for block in blocks:
        block.runs = [
            replace(
                run,
                inlines=nested(
                    inline._replace(tag=tag)
                    if inline[1:] == ("data-quote", mark)
                    else inline
                    for inline in run.inlines
                ),
            )
            for run in block.runs
        ]
    return write(blocks)


def remove_mark(html: str, mark: str) -> str:
    """The body without the mark; its words stay."""
    blocks = parse(html)
    for block in blocks:
        block.runs = [
            replace(
                run,
                inlines=tuple(i for i in run.inlines if i[1:] != ("data-quote", mark)),
            )
            for run in block.runs
        ]
    return write(blocks)


def readdress(html: str, slugs: Mapping[tuple[str, str], str]) -> str:
    """The body with other slugs in its mentions: `slugs` has the new one by attribute
    and old one."""
    blocks = parse(html)
    for block in blocks:
        block.runs = [
            replace(
                run,
                inlines=tuple(
                    i._replace(value=slugs.get(i[1:], i.value)) for i in run.inlines
                ),
            )
            for run in block.runs
        ]
    return write(blocks)


def restore_words(html: str, mark: str, words: str) -> str | None:
    """The body with the words, one segment a line, in place of what the mark holds now.
    What did not change keeps its emphasis and its mentions. None if the mark holds
    another number of segments than there are words for."""
    blocks = parse(html)
    segments = matching.segments(words)
    passage = _passage_of(mark, blocks)
    while passage and len(passage.pieces) > len(segments):
        if not _join_parted(passage.pieces, blocks):
            return None
        passage = _passage_of(mark, blocks)
    if passage is None or len(passage.pieces) != len(segments):
        return None
    # From the last piece to the first, so that the offsets of the others stay true.
    for piece, segment in reversed(list(zip(passage.pieces, segments, strict=True))):
        block = blocks[piece.block]
        length = len(block.text)
        block.runs = [
            *cut(block.runs, 0, piece.start),
            *_rewritten(cut(block.runs, piece.start, piece.end), segment.strip(), mark),
            *cut(block.runs, piece.end, length),
        ]
    return write(blocks)


def _passage_of(mark, blocks) -> Passage | None:
    return next((p for p in passages_in(blocks) if p.mark == mark), None)


def _join_parted(pieces, blocks) -> bool:
    """Makes one paragraph again of two that part two pieces with nothing between."""
    for one, other in pairwise(pieces):
        first, second = blocks[one.block], blocks[other.block]
        is_parted = (
            other.block == one.block + 1
            and first.text[one.end :].strip() == ""
            and second.text[: other.start].strip() == ""
            and (first.tag, first.container) == (second.tag, second.container)
        )
        if is_parted:
            inside = cut(first.runs, one.end - 1, one.end)[0].inlines
            first.runs = [
                *cut(first.runs, 0, one.end),
                Run(" ", tuple(i for i in inside if i.attribute == "data-quote")),
                *cut(second.runs, other.start, len(second.text)),
            ]
            del blocks[other.block]
            return True
    return False


def _rewritten(runs, words, mark) -> list[Run]:
    text = "".join(run.text for run in runs)
    kept = tuple(i for i in runs[0].inlines if i.value == mark)
    changes = matching.diff(text, words)
    if "".join(c.text for c in changes if c.kind != "added") != text:
        return [Run(words, kept)]
    written, at = [], 0
    for kind, changed in changes:
        if kind == "added":
            written.append(Run(changed, kept))
        else:
            if kind == "same":
                written += cut(runs, at, at + len(changed))
            at += len(changed)
    return written


def passages_in(blocks: list[Block]) -> list[Passage]:
    """In the order in which they begin."""
    passages: dict[str, Passage] = {}
    for number, block in enumerate(blocks):
        at = 0
        for run in block.runs:
            for inline in run.inlines:
                if inline.attribute != "data-quote":
                    continue
                passage = passages.get(inline.value)
                last = passage and passage.pieces[-1]
                end = at + len(run.text)
                if last and (last.block, last.end) == (number, at):
                    passage.pieces[-1] = last._replace(end=end)
                elif run.text.strip():
                    passage = passage or Passage(inline.value, inline.tag)
                    passage.pieces.append(Piece(number, at, end))
                    passages[inline.value] = passage
            at += len(run.text)
    return list(passages.values())


def _place_for(segment, blocks, is_reported, before) -> Piece | None:
    """Those after the piece `before` count first, then those between quotation marks,
    then those that stand first."""
    places = []
    for number, block in enumerate(blocks):
        text = block.text
        marked = _marked(block.runs)
        for start, end in matching.find_all(segment, text):
            if text[end : end + 1] == "." and segment.rstrip().endswith("."):
                end += 1
            if 1 in marked[start:end]:
                continue
            place = Piece(number, start, end)
            is_opened = OPENED.search(text[max(start - 4, 0) : start])
            is_earlier = (number, start) < (before.block, before.end)
            places.append((is_earlier, not (is_reported or is_opened), place))
    return min(places)[-1] if places else None


def _marked(runs) -> bytes:
    """For each character of the runs, whether it stands in a quote."""
    return b"".join(
        bytes([any(i.attribute == "data-quote" for i in run.inlines)]) * len(run.text)
        for run in runs
    )


def cut(runs, start, end) -> list[Run]:
    """The runs of text[start:end], those at its ends cut."""
    cut, at = [], 0
    for run in runs:
        first, last = max(start - at, 0), min(end - at, len(run.text))
        if first < last:
            cut.append(replace(run, text=run.text[first:last]))
        at += len(run.text)
    return cut


def with_inline(runs, start, end, inline) -> list[Run]:
    """The runs with text[start:end] put into the element."""
    length = sum(len(run.text) for run in runs)
    inside = [
        replace(run, inlines=nested((*run.inlines, inline)))
        for run in cut(runs, start, end)
    ]
    return [*cut(runs, 0, start), *inside, *cut(runs, end, length)]
