"""A word diff that does not mark a change of typography."""

import re
from difflib import SequenceMatcher
from typing import NamedTuple

from articles.matching.text import Comparable

TOKEN = re.compile(r"\s+|[^\W_]+(?:['-][^\W_]+)*|.", re.DOTALL)
DIFF_TOKENS = 250_000  # tokens of one side times tokens of the other


class Change(NamedTuple):
    """A stretch of a word diff: kind is "same", "removed" or "added"."""

    kind: str
    text: str


def diff(was: str, now: str) -> list[Change]:
    """A word diff that does not mark a change of typography. The texts of "same" and
    "added" make up `now`, those of "same" and "removed" `was`, but for typography."""
    old, new = Comparable(was.strip()), Comparable(now.strip())
    a, b = _tokens(old), _tokens(new)
    changes: list[Change] = []

    def add(kind, side, tokens):
        if tokens:
            span = side.span(tokens[0].start(), tokens[-1].end())
            text = side.original[span.start : span.end]
            if changes and changes[-1].kind == kind:
                text = changes.pop().text + text
            changes.append(Change(kind, text))

    for kind, i1, i2, j1, j2 in _opcodes([m[0] for m in a], [m[0] for m in b]):
        if kind == "equal":
            add("same", new, b[j1:j2])
        else:
            add("removed", old, a[i1:i2])
            add("added", new, b[j1:j2])
    return changes


def _tokens(side: Comparable) -> list[re.Match]:
    return list(TOKEN.finditer(side.text))


def _opcodes(a, b):
    """SequenceMatcher's; past DIFF_TOKENS only the common ends are kept apart."""
    head = 0
    while head < min(len(a), len(b)) and a[head] == b[head]:
        head += 1
    tail = 0
    while tail < min(len(a), len(b)) - head and a[-1 - tail] == b[-1 - tail]:
        tail += 1
    yield "equal", 0, head, 0, head
    middle_a, middle_b = a[head : len(a) - tail], b[head : len(b) - tail]
    if len(middle_a) * len(middle_b) > DIFF_TOKENS:
        yield "replace", head, len(a) - tail, head, len(b) - tail
    else:
        matcher = SequenceMatcher(None, middle_a, middle_b, False)
        for kind, i1, i2, j1, j2 in matcher.get_opcodes():
            yield kind, i1 + head, i2 + head, j1 + head, j2 + head
    yield "equal", len(a) - tail, len(a), len(b) - tail, len(b)
