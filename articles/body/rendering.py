"""The body as readers get it."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from html import escape
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from articles import matching
from articles.body.marks import Passage, passages_in, with_inline
from articles.body.parsing import parse
from articles.body.pictures import picture
from articles.body.vocabulary import QUOTATION_MARKS, Block, Inline, Run, nested
from articles.body.writing import Writer

SPACES_IN_MARKS = " \u00a0\u202f"


@dataclass
class QuoteShown:
    """What a page shows at a quote. number is None where a story has but one."""

    number: int | None
    speaker: str
    post: str
    address: str


@dataclass
class Records:
    """The records that a body's marks may lead to: quotes by mark, the others by slug.
    A person whom no page may link is left out."""

    quotes: Mapping[str, QuoteShown] = field(default_factory=dict)
    people: Mapping[str, Any] = field(default_factory=dict)
    organisations: Mapping[str, Any] = field(default_factory=dict)
    photos: Mapping[str, Any] = field(default_factory=dict)
    dateline: str = ""


def render(html: str, records: Records) -> str:
    """The body for readers. Quotes become <span class="quote"> with the mark as their
    id, then the quote's number; the first mention of each record links to its page; a
    mark without a record leaves its words."""
    blocks = parse(html)
    passages = [p for p in passages_in(blocks) if p.mark in records.quotes]
    links = _first_mentions(blocks, records)
    backgrounds = _backgrounds(blocks, records)
    for number, block in enumerate(blocks):
        block.runs = [
            replace(run, inlines=_shown_inlines(run, (number, index), links, records))
            for index, run in enumerate(block.runs)
        ]
    first = next((block for block in blocks if block.tag == "p"), None)
    has_dateline = first and _wrap_dateline(first, records.dateline)
    _dress(passages, blocks, records)
    if first and records.dateline and not has_dateline:
        first.runs = [
            Run(records.dateline, (Inline("dateline"),)),
            Run(" "),
            *first.runs,
        ]
    return Page(records, backgrounds).write(blocks)


class Page(Writer):
    """Writes blocks as readers get them."""

    def __init__(self, records: Records, backgrounds: Mapping[int, Any]):
        self.records = records
        self.backgrounds = backgrounds
        self.ids: set[str] = set()

    def block(self, block: Block) -> str:
        if block.tag == "figure":
            photo = self.records.photos.get(block.photo)
            return _figure(photo) if photo else ""
        if organisation := self.backgrounds.get(id(block)):
            return _background(organisation, super().block(block))
        return super().block(block)

    def start(self, inline: Inline) -> str:
        if inline.attribute == "data-quote":
            kind = "quote" if inline.tag == "q" else "quote reported"
            if inline.value in self.ids:
                return f'<span class="{kind}">'
            self.ids.add(inline.value)
            return f'<span class="{kind}" id="{inline.value}">'
        if inline.tag in ("dateline", "quotation-mark"):
            return f'<span class="{inline.tag}">'
        if inline.attribute == "data-person":
            address = self.records.people[inline.value].get_absolute_url()
            return f'<a class="person" href="{escape(address)}">'
        if inline.attribute == "data-organisation":
            address = self.records.organisations[inline.value].get_absolute_url()
            return f'<a class="organisation" href="{escape(address)}">'
        if inline.tag == "a" and re.match(r"(?i)https?:|//", inline.value):
            return f'<a href="{escape(inline.value)}" rel="external noopener">'
        return super().start(inline)

    def end(self, inline: Inline) -> str:
        return (
            "</a>"
            if inline.tag == "a"
            else (super().end(inline) if inline.tag in ("strong", "em") else "</span>")
        )


def _figure(photo) -> str:
    return (
        f'<figure class="photo">{picture(photo, "text")}'
        f"<figcaption>{escape(photo.caption)} "
        f'<span class="credit">© {escape(photo.credit)}</span></figcaption></figure>'
    )


def _backgrounds(blocks, records) -> dict[int, Any]:
    """The paragraphs that say what an organisation is, word for word as its record
    does: which organisation, by the identity of the block."""
    said = {
        _folded(organisation.background): organisation
        for organisation in records.organisations.values()
        if organisation.background
    }
    return {
        id(block): said[text]
        for block in blocks
        if block.tag == "p" and not block.container
        if said and (text := _folded(block.text)) in said
    }


def _folded(text) -> str:
    return " ".join(matching.fold(text).split())


def _background(organisation, paragraph) -> str:
    address = escape(organisation.get_absolute_url())
    link = f'<a href="{address}"><bdi>{escape(organisation.name)}</bdi></a>'
    label = escape(_("Background: %s")) % link
    return (
        f'<div class="aside-background"><p class="label">{label}</p>\n{paragraph}</div>'
    )


def _first_mentions(blocks, records) -> set[tuple[int, int]]:
    """Which runs link: for each record those of the first mention outside a quote, or
    else of the first."""
    mentions: dict[Inline, list[tuple[list[Inline], list[tuple[int, int]]]]] = {}
    for number, block in enumerate(blocks):
        for index, run in enumerate(block.runs):
            quotes = [i for i in run.inlines if i.attribute == "data-quote"]
            for inline in run.inlines:
                if not _record_of(inline, records):
                    continue
                found = mentions.setdefault(inline, [])
                around, places = found[-1] if found else ([], [])
                if places and around == quotes and places[-1] == (number, index - 1):
                    places.append((number, index))
                else:
                    found.append((quotes, [(number, index)]))
    return {
        place
        for found in mentions.values()
        for place in min(found, key=lambda mention: bool(mention[0]))[1]
    }


def _record_of(inline, records):
    if inline.attribute == "data-person":
        return records.people.get(inline.value)
    if inline.attribute == "data-organisation":
        return records.organisations.get(inline.value)
    return None


def _shown_inlines(run, place, links, records) -> tuple[Inline, ...]:
    def is_shown(inline):
        if inline.attribute == "data-quote":
            return inline.value in records.quotes
        if inline.attribute in ("data-person", "data-organisation"):
            return place in links and _record_of(inline, records)
        return True

    return tuple(inline for inline in run.inlines if is_shown(inline))


def _dress(passages: list[Passage], blocks: list[Block], records: Records):
    """Wraps the quotation marks beside the words, puts the margin note where a quote
    begins and its number where it ends."""
    wrapped: dict[int, set[int]] = defaultdict(set)
    inserted: dict[int, dict[int, str]] = defaultdict(lambda: defaultdict(str))
    texts = [block.text for block in blocks]
    for passage in passages:
        shown = records.quotes[passage.mark]
        first, last = passage.pieces[0], passage.pieces[-1]
        for piece in passage.pieces:
            text = texts[piece.block]
            start, end = piece.start, piece.end
            if passage.element == "q":
                opening, closing = _quotation_marks(text, start, end)
                wrapped[piece.block] |= {opening, closing} - {None}
                start = start if opening is None else opening
                end = end if closing is None else closing + 1
            while end < min(len(text), piece.end + 8) and _stands_before(text, end):
                end += 1
            if piece is first:
                inserted[piece.block][start] += _margin_note(passage, shown)
            if piece is last and shown.number is not None:
                inserted[piece.block][end] += _number(passage, shown)
    for number in inserted.keys() | wrapped.keys():
        block = blocks[number]
        block.runs = _dressed(block.runs, wrapped[number], inserted[number])


def _quotation_marks(text, start, end) -> tuple[int | None, int | None]:
    """Where the marks around text[start:end] stand: guillemets may keep a space, and
    the carrying sentence's comma may stand inside the marks."""
    before, after = start - 1, end
    while before >= 0 and text[before] in SPACES_IN_MARKS:
        before -= 1
    if text[after : after + 1] in (",", ".", "?", "!"):
        after += 1
    while after < len(text) and text[after] in SPACES_IN_MARKS:
        after += 1
    return (
        before if before >= 0 and text[before] in QUOTATION_MARKS else None,
        after if after < len(text) and text[after] in QUOTATION_MARKS else None,
    )


def _stands_before(text, offset) -> bool:
    """Whether a number stands behind this character: a stop, or a mark that closes."""
    return text[offset] in ",.;:?!" or (
        text[offset] in QUOTATION_MARKS and not text[offset + 1 : offset + 2].isalnum()
    )


def _dressed(runs: list[Run], wrapped: set[int], inserted: Mapping[int, str]):
    """The runs with the characters at some offsets wrapped as quotation marks and with
    HTML put in at others, inside the elements that both its neighbours stand in."""
    cuts = wrapped | {offset + 1 for offset in wrapped} | inserted.keys()
    dressed, at = [], 0
    for run in runs:
        inner = sorted(c for c in range(at + 1, at + len(run.text)) if c in cuts)
        edges = [at, *inner, at + len(run.text)]
        for start, end in pairwise(edges):
            inlines = run.inlines
            if start in wrapped:
                inlines = nested((*inlines, Inline("quotation-mark")))
            if start in inserted:
                outer = _shared(dressed[-1].inlines if dressed else (), inlines)
                dressed.append(Run("", outer, inserted[start]))
            dressed.append(Run(run.text[start - at : end - at], inlines))
        at += len(run.text)
    if at in inserted:
        dressed.append(Run("", (), inserted[at]))
    return dressed


def _shared(one, other) -> tuple[Inline, ...]:
    """Without a link, for what is put in is one, and a link cannot hold another."""
    shared = []
    for a, b in zip(one, other, strict=False):
        if a != b or a.tag == "a":
            break
        shared.append(a)
    return tuple(shared)


def _number(passage, shown) -> str:
    """The number is printed by the stylesheet: a reader who copies the sentence gets
    the sentence."""
    label = escape(_("Quote %(number)d, %(speaker)s") % vars(shown))
    return (
        f'<a class="quote-number" href="#said-{passage.mark}" '
        f'data-number="{shown.number}" aria-label="{label}"></a>'
    )


def _margin_note(passage, shown) -> str:
    """Who speaks, beside the line where the quote begins. It leads to the speaker's
    page, and says nothing that the list of quotes does not, so that it is kept from
    those who listen to the page or walk it by keyboard."""
    kind = "margin-note" if passage.element == "q" else "margin-note reported"
    number = "" if shown.number is None else f'data-number="{shown.number}" '
    link = f'href="{escape(shown.address)}" tabindex="-1" ' if shown.address else ""
    return (
        f'<a class="{kind}" {link}{number}data-speaker="{escape(str(shown.speaker))}" '
        f'data-post="{escape(str(shown.post))}" aria-hidden="true"></a>'
    )


def _wrap_dateline(block, dateline) -> bool:
    """Whether the block begins with the dateline."""
    if not dateline or not matching.fold(block.text).startswith(
        matching.fold(dateline)
    ):
        return False
    block.runs = with_inline(block.runs, 0, len(dateline), Inline("dateline"))
    return True
