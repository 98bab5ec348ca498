"""HTML from anywhere into blocks."""

import re
from collections.abc import Iterable
from dataclasses import replace
from html.parser import HTMLParser

import nh3

from articles.body.trimming import trim
from articles.body.vocabulary import (
    ATTRIBUTES,
    CONTAINERS,
    DROPPED_WITH_CONTENT,
    INLINES,
    LEAVES,
    LISTS,
    MARKS,
    SLUG,
    SYNONYMS,
    VOCABULARY,
    Block,
    Inline,
    Run,
    nested,
)
from articles.characters import clean_text

SPACE = re.compile("[ \t\n\f\x85\u2028\u2029]+")


class Parser(HTMLParser):
    """Reads well-formed HTML into blocks. Nothing here recurses, and what stands inside
    a thousand elements costs no more than what stands inside two."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self.runs: list[Run] = []
        self.leaf = "p"
        self.containers: list[tuple[str, int]] = []
        self.count = 0
        self.inlines: tuple[Inline, ...] = ()
        self.before: list[tuple[Inline, ...]] = []

    def handle_starttag(self, tag, attrs):
        tag = SYNONYMS.get(tag, tag)
        if tag in INLINES:
            self.before.append(self.inlines)
            inline = inline_for(tag, _cleaned(attrs))
            if inline and self._may_hold(inline):
                self.inlines = nested((*self.inlines, inline))
        elif tag == "br":
            self.runs.append(Run("\n", self.inlines))
        else:
            self.end_leaf()
            if tag in CONTAINERS:
                self._open_container(tag)
            elif tag == "figure":
                slug = _cleaned(attrs).get("data-photo", "")
                if re.fullmatch(SLUG, slug):
                    self.blocks.append(Block("figure", photo=slug))
            elif tag in LEAVES:
                self.leaf = tag

    def handle_endtag(self, tag):
        tag = SYNONYMS.get(tag, tag)
        if tag in INLINES:
            self.inlines = self.before.pop()
        elif tag != "br":
            self.end_leaf()
            if tag in CONTAINERS:
                self.containers.pop()

    def handle_data(self, data):
        # Again, for what was written as a character reference.
        self.runs.append(Run(SPACE.sub(" ", clean_text(data)), self.inlines))

    def end_leaf(self):
        runs, self.runs = tidy(self.runs), []
        container = self.containers[-1] if self.containers else None
        tag = self.leaf
        if container and container[0] in LISTS:
            tag = "li"
        elif tag == "li":
            tag = "p"
        if any(run.text.strip() for run in runs):
            self.blocks.append(Block(tag, runs, container))
        self.leaf = "p"

    def _open_container(self, tag):
        outer = self.containers[-1] if self.containers else None
        if outer and (outer[0] == tag or {outer[0], tag} <= LISTS):
            self.containers.append(outer)
        else:
            self.count += 1
            self.containers.append((tag, self.count))

    def _may_hold(self, inline):
        held = {i.tag for i in self.inlines}
        same = any(i[1:] == inline[1:] and i.attribute for i in self.inlines)
        return (
            inline.tag not in held
            and not same
            and not (inline.tag == "span" and "q" in held)
        )


def parse(html: str) -> list[Block]:
    parser = Parser()
    parser.feed(
        nh3.clean(
            trim(clean_text(html)),
            tags=VOCABULARY | SYNONYMS.keys(),
            clean_content_tags=DROPPED_WITH_CONTENT,
            attributes=ATTRIBUTES,
            url_schemes={"http", "https", "mailto"},
            link_rel=None,
        )
    )
    parser.close()
    parser.end_leaf()
    return parser.blocks


def _cleaned(attrs) -> dict[str, str]:
    return {name: clean_text(value or "") for name, value in attrs}


def inline_for(tag, attributes) -> Inline | None:
    for mark in MARKS.values():
        value = attributes.get(mark.attribute, "")
        if mark.element == tag and re.fullmatch(mark.pattern, value):
            return Inline(tag, mark.attribute, value)
    if tag == "a" and (href := attributes.get("href", "").strip()):
        return Inline("a", "href", href)
    return Inline(tag) if tag in ("strong", "em") else None


def tidy(runs: Iterable[Run]) -> list[Run]:
    """Without space at the ends or twice in a row, and neighbours in the same elements
    made one, so that a letter and its accent may meet."""
    tidied: list[Run] = []
    last = "\n"
    for run in runs:
        text = run.text
        if last in " \n":
            text = text.lstrip(" ")
        if not text:
            continue
        if text == "\n" and tidied:
            tidied[-1] = replace(tidied[-1], text=tidied[-1].text.rstrip(" "))
        last = text[-1]
        if tidied and tidied[-1].inlines == run.inlines:
            text = tidied.pop().text + text
        tidied.append(Run(text, run.inlines))
    while tidied and not tidied[-1].text.rstrip(" \n"):
        tidied.pop()
    if tidied:
        tidied[-1] = replace(tidied[-1], text=tidied[-1].text.rstrip(" \n"))
    while tidied and not tidied[0].text.lstrip(" \n"):
        tidied.pop(0)
    if tidied:
        tidied[0] = replace(tidied[0], text=tidied[0].text.lstrip(" \n"))
    return [replace(run, text=clean_text(run.text)) for run in tidied if run.text]
