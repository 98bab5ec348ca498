"""What goes to the sanitiser: the tags that count, no more than it can take.

An HTML parser opens unclosed bold again in every paragraph that follows, and looks
through all open elements at most tags: a few kilobytes of tags can cost it gigabytes.
So the tags are read here first, in one walk, and written down plainly: those of the
vocabulary, with the attributes they may have, nested no deeper than DEEPEST. Nothing
here makes HTML safe; the sanitiser does.
"""

import re

from articles.body.vocabulary import (
    ATTRIBUTES,
    BLOCKS_ELSEWHERE,
    DROPPED_WITH_CONTENT,
    INLINES,
    SYNONYMS,
    VOCABULARY,
)

DEEPEST = 100  # elements in one another

# As browsers read them. Each part takes all it can and gives nothing back.
VALUE = r""" "[^"]*+" | '[^']*+' | [^\ \t\n>"'][^\ \t\n>]*+ """
ATTRIBUTE = rf"""
    [\ \t\n/]*+ ([^\ \t\n/>][^\ \t\n/>=]*+)
    (?: [\ \t\n]*+ = [\ \t\n]*+ ({VALUE})?+ )?+
"""
ATTRIBUTES_OF_A_TAG = re.compile(ATTRIBUTE, re.VERBOSE)
TAG = re.compile(
    rf"<(/?) ([a-zA-Z][^\ \t\n/>]*+) ((?:{ATTRIBUTE})*+) [\ \t\n/]*+ >", re.VERBOSE
)
MARKUP = re.compile("<(?=[a-zA-Z/!?])")
COMMENT = re.compile("<!--(?:-?>|.*?(?:--!?>))", re.DOTALL)
BOGUS_COMMENT = re.compile("<(?:[!?]|/(?![a-zA-Z]))[^>]*+>")
RAW = {"iframe", "noscript", "script", "style", "title"}  # no tags in these

ELSEWHERE = {**SYNONYMS, **dict.fromkeys(BLOCKS_ELSEWHERE, "div"), "hr": "hr"}
HEADINGS = {"h2", "h3"}
FORMATTING = {"strong", "em"}


def trim(html: str) -> str:
    """The HTML without what the sanitiser would drop or could not take."""
    trimmer = Trimmer()
    at = 0
    skipped, level = "", 0
    while start := MARKUP.search(html, at):
        if not skipped:
            trimmer.text(html[at : start.start()])
        at = start.start()
        form = COMMENT if html.startswith("<!--", at) else BOGUS_COMMENT
        tag = TAG.match(html, at)
        found = tag or form.match(html, at)
        if not found and not html[at + 1].isalpha():
            return trimmer.html()  # what is not closed takes the rest with it
        if not found:
            # No tag, but what somebody typed. A quotation mark that is never closed
            # or a last ">" that never comes lets this happen a few times at most.
            rest = html[at:] if html.find(">", at) < 0 else "<"
            if not skipped:
                trimmer.text(rest)
            at += len(rest)
            continue
        at = found.end()
        if not tag:
            continue
        end, name = tag[1], tag[2].lower()
        if skipped:
            if name == skipped:
                level += -1 if end else 1
                skipped = skipped if level else ""
        elif end:
            trimmer.end(ELSEWHERE.get(name, name))
        elif name in RAW:
            close = re.compile(rf"(?i)</{name}(?=[ \t\n/>])").search(html, at)
            if not close:
                return trimmer.html()
            at = close.start()
        elif name in DROPPED_WITH_CONTENT:
            if not (name in ("svg", "math") and tag[0].endswith("/>")):
                skipped, level = name, 1
        else:
            trimmer.start(ELSEWHERE.get(name, name), tag[3])
    if not skipped:
        trimmer.text(html[at:])
    return trimmer.html()


class Trimmer:
    """Writes tags, and knows about which elements they leave open."""

    def __init__(self):
        self.parts: list[str] = []
        self.open: list[str] = []
        self.levels = dict.fromkeys(FORMATTING, 0)

    def html(self) -> str:
        return "".join(self.parts)

    def text(self, text: str):
        self.parts.append(text.replace("<", "&lt;"))

    def start(self, name: str, attributes: str):
        if name not in VOCABULARY and name not in ("div", "hr"):
            return
        if name == "br":
            self.parts.append("<br>")
            return
        is_inline = name in INLINES
        if not is_inline:
            if name == "li":
                self._close_item()
            self._close("p")
            if name in HEADINGS and self.open and self.open[-1] in HEADINGS:
                self.open.pop()
        if name == "hr":
            self.parts.append("<hr>")
            return
        if self.levels.get(name):
            self.levels[name] += 1  # bold in bold
            return
        if len(self.open) >= DEEPEST:
            if is_inline:
                return
            name, attributes = "p", ""
        if name in FORMATTING:
            self.levels[name] = 1
        self.open.append(name)
        self.parts.append(f"<{name}{_kept(name, attributes)}>")

    def end(self, name: str):
        if name not in VOCABULARY and name != "div" or name == "br":
            return
        if name in FORMATTING:
            was = self.levels[name]
            self.levels[name] = max(was - 1, 0)
            if was != 1:
                return
        self.parts.append(f"</{name}>")
        if name in INLINES:
            for at in range(len(self.open) - 1, -1, -1):
                if self.open[at] == name:
                    del self.open[at:]
                if at >= len(self.open) or self.open[at] not in INLINES:
                    return
        elif name in HEADINGS:
            self._close(*HEADINGS)
        elif name == "li":
            self._close("li", within=("ul", "ol"))
        else:
            self._close(name)

    def _close(self, *names, within=()):
        """Closes the innermost such element and all in it, if one is open."""
        for at in range(len(self.open) - 1, -1, -1):
            if self.open[at] in names:
                del self.open[at:]
                return
            if self.open[at] in within:
                return

    def _close_item(self):
        for at in range(len(self.open) - 1, -1, -1):
            if self.open[at] == "li":
                del self.open[at:]
                return
            if self.open[at] not in (*INLINES, "p", "div"):
                return


def _kept(name: str, attributes: str) -> str:
    kept = {}
    if allowed := ATTRIBUTES.get(name):
        for key, value in ATTRIBUTES_OF_A_TAG.findall(attributes):
            if key.lower() in allowed:
                kept.setdefault(key.lower(), value)
    return "".join(f' {key}="{_quoted(value)}"' for key, value in kept.items())


def _quoted(value: str) -> str:
    if value[:1] in ("'", '"'):
        value = value[1:-1]
    for character, reference in (('"', "&quot;"), ("<", "&lt;"), (">", "&gt;")):
        value = value.replace(character, reference)
    return value
