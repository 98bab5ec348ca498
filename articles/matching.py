"""Do these words stand in that text? Pure text: no Django, no HTML.

Two texts are compared after folding typography and nothing else. The fold puts one
character for one, so an offset in the folded text is an offset in the original. On top
of it, a Comparable takes a run of white space as one space, the three ways to write an
ellipsis as one, composed and decomposed letters as one, and leaves out characters that
nobody sees; it remembers where each of its characters came from.

Offsets and lengths are code points; the end of a span is exclusive.
"""

import re
import unicodedata
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

DOUBLE_MARKS = '"“”„‟«»〝〞＂'
SINGLE_MARKS = "'‘’‚‛‹›ʼ＇"
DASHES = "-‐‑‒–—―−﹘－"
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

# Scripts that put no space between words: there, words may begin and end anywhere.
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
LETTER = re.compile(rf"[^\W_{UNSPACED}]")
TOKEN = re.compile(r"\s+|[^\W_]+(?:['-][^\W_]+)*|.", re.DOTALL)
WORD = re.compile(r"[^\W_]+")

OMISSION = r"\[\ ?…\ ?\]|\(\ ?…\ ?\)|…"
ADDITION = r"\[[^\[\]…]{1,200}\]"
LONGEST_OMISSION = 1000  # characters that a marked ellipsis may stand for
LONGEST_REPLACEMENT = 100  # characters that [brackets] may stand for
FALSE_STARTS = 1000  # after so many the words are taken as not found
DIFF_TOKENS = 250_000  # tokens of one side times tokens of the other
NEAR_ENOUGH = 0.6  # of the words, for a passage to count as these words, changed


class Outcome(StrEnum):
    MATCHES = "matches"
    DIFFERS = "differs"
    NOT_FOUND = "not_found"
    NO_TEXT = "no_text"


class Span(NamedTuple):
    start: int
    end: int


class Change(NamedTuple):
    """A stretch of a word diff: kind is "same", "removed" or "added"."""

    kind: str
    text: str


@dataclass(frozen=True)
class Policy:
    """What the house lets stand between a quote and its source."""

    may_leave_out: bool = False  # … and […] for words left out
    may_put_in: bool = False  # [brackets] for words put in or replaced


@dataclass(frozen=True)
class Check:
    """An outcome; where it is MATCHES against a source, which one and where; where it
    is DIFFERS, the diff from the recorded words to those found."""

    outcome: Outcome
    source: int | None = None
    spans: tuple[Span, ...] = ()
    changes: tuple[Change, ...] = ()


STRICT = Policy()


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
        if unicodedata.is_normalized("NFC", text):
            yield text, at, at + len(text)
            return
        start = 0
        for end in range(1, len(text) + 1):
            if end == len(text) or not joins_the_letter_before(text[end]):
                letter = unicodedata.normalize("NFC", text[start:end])
                yield letter, at + start, at + end
                start = end

    def span(self, start: int, end: int) -> Span:
        """Where text[start:end] stands in the original."""
        return Span(self.starts[start], self.ends[end - 1])


def joins_the_letter_before(character: str) -> bool:
    is_jamo = "\u1160" <= character <= "\u11ff"
    return is_jamo or unicodedata.category(character).startswith("M")


def segments(words: str) -> list[str]:
    """The segments of a quote's words, which are kept one a line."""
    return [line for line in words.splitlines() if line.strip()]


def essence(segment: str) -> str:
    """What of a segment a check compares: neither the space around it nor a final full
    stop or comma, which the carrying sentence may own."""
    text = Comparable(segment).text.strip()
    return text[:-1].rstrip() if text.endswith((".", ",")) else text


def find(segment: str, text: str | Comparable, policy: Policy = STRICT) -> Span | None:
    """Where the segment first stands in the text, as whole words."""
    return _find(essence(segment), _comparable(text), policy, 0)


def find_all(segment: str, text: str | Comparable) -> list[Span]:
    """Every place where the segment stands in the text, up to FALSE_STARTS of them."""
    text, wanted = _comparable(text), essence(segment)
    places, start = [], 0
    while wanted and len(places) < FALSE_STARTS:
        place = _find_part(wanted, text.text, start, len(text.text))
        if place is None:
            break
        places.append(text.span(*place))
        start = place[1]
    return places


def find_words(
    words: str, text: str | Comparable, policy: Policy = STRICT
) -> list[Span] | None:
    """Where each segment of the words stands in the text, or None if one does not. A
    segment is looked for after the one before it, then anywhere."""
    text = _comparable(text)
    found, after = [], 0
    for segment in segments(words):
        wanted = essence(segment)
        span = _find(wanted, text, policy, after) or _find(wanted, text, policy, 0)
        if span is None:
            return None
        found.append(span)
        while after < len(text.text) and text.starts[after] < span.end:
            after += 1
    return found or None


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


def check_against_body(words: str, marked: Sequence[str]) -> Check:
    """The recorded words against the segments inside the marks of the story."""
    if not any(segment.strip() for segment in marked):
        return Check(Outcome.NOT_FOUND)
    recorded = segments(words)
    if [essence(line) for line in recorded] == [essence(line) for line in marked]:
        return Check(Outcome.MATCHES)
    return Check(
        Outcome.DIFFERS, changes=tuple(diff("\n".join(recorded), "\n".join(marked)))
    )


def check_against_sources(
    words: str, sources: Sequence[str | Comparable], policy: Policy = STRICT
) -> Check:
    """The recorded words against the source texts: the first that holds them all, else
    the passage that is nearest to them."""
    if not sources:
        return Check(Outcome.NO_TEXT)
    texts = [_comparable(source) for source in sources]
    for number, text in enumerate(texts):
        if spans := find_words(words, text, policy):
            return Check(Outcome.MATCHES, number, tuple(spans))
    differing = []
    for number, text in enumerate(texts):
        passages = [nearest(segment, text) for segment in segments(words)]
        if passages and None not in passages:
            found = "\n".join(text.original[p.start : p.end] for p in passages)
            changes = tuple(diff(words, found))
            differing.append(Check(Outcome.DIFFERS, number, tuple(passages), changes))
    return min(differing, key=_changed, default=Check(Outcome.NOT_FOUND))


def nearest(segment: str, text: str | Comparable) -> Span | None:
    """The passage that shares most words with the segment, in their order, or None if
    none shares enough of them. Costs no more than the two lengths together."""
    text = _comparable(text)
    wanted = [match[0].lower() for match in WORD.finditer(essence(segment))][:500]
    if not wanted:
        return None
    words = text.words
    # Each word votes for where the segment would begin; a rare word counts for more.
    votes = Counter()
    for index, word in enumerate(wanted):
        places = text.places.get(word, ())
        for place in places[:200]:
            votes[place - index] += 1 / len(places)
    if not votes:
        return None
    begin = max(votes, key=lambda offset: (votes[offset], -offset))
    slack = 3 + len(wanted) // 3
    first = max(0, begin - slack)
    window = words[first : max(0, begin) + len(wanted) + slack]
    matcher = SequenceMatcher(None, wanted, [m[0].lower() for m in window], False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size]
    if sum(block.size for block in blocks) < NEAR_ENOUGH * len(wanted):
        return None
    missing_before = blocks[0].a
    missing_after = len(wanted) - blocks[-1].a - blocks[-1].size
    start = max(0, blocks[0].b - missing_before)
    end = min(len(window), blocks[-1].b + blocks[-1].size + missing_after)
    return text.span(window[start].start(), window[end - 1].end())


def _changed(check: Check) -> int:
    return sum(len(change.text) for change in check.changes if change.kind != "same")


def _comparable(text: str | Comparable) -> Comparable:
    return text if isinstance(text, Comparable) else Comparable(text)


def _find(wanted: str, text: Comparable, policy: Policy, start: int) -> Span | None:
    if not wanted:
        return None
    place = _find_part(wanted, text.text, start, len(text.text))
    if place is None:
        place = _find_with_gaps(wanted, text.text, policy, start)
    return place and text.span(*place)


def _find_part(part, text, start, end, bound_before=True, bound_after=True):
    for _ in range(FALSE_STARTS):
        start = text.find(part, start, end)
        if start < 0:
            return None
        stop = start + len(part)
        if not (bound_before and _is_inside_a_word(text, start)) and not (
            bound_after and _is_inside_a_word(text, stop)
        ):
            return start, stop
        start += 1
    return None


def _is_inside_a_word(text, at):
    """Whether letters stand on both sides of the place, or an apostrophe within a
    word does, or a point or comma within a figure."""
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    joint = ""
    if after in "'.,":
        joint, after = after, text[at + 1 : at + 2]
    elif before in "'.,":
        joint, before = before, text[at - 2 : at - 1]
    if joint and joint in ".,":
        return before.isdigit() and after.isdigit()
    return _is_of_a_word(before) and _is_of_a_word(after)


def _is_of_a_word(character):
    """Whether it is a letter or a figure, or a vowel or accent written over one."""
    return bool(LETTER.fullmatch(character)) or (
        character != "" and joins_the_letter_before(character)
    )


def _find_with_gaps(wanted, text, policy, start):
    """The parts of the words between what the house lets stand for other words, in
    their order and near each other."""
    gaps = [OMISSION] * policy.may_leave_out + [ADDITION] * policy.may_put_in
    if not gaps:
        return None
    pieces = re.split(rf"(\ ?(?:{'|'.join(gaps)})\ ?)", wanted)
    parts = []  # text, how far from the part before, bound before, bound after
    gap = 0
    for index in range(0, len(pieces), 2):
        before = pieces[index - 1] if index else ""
        after = pieces[index + 1] if index + 1 < len(pieces) else ""
        gap += LONGEST_OMISSION if "…" in before else LONGEST_REPLACEMENT
        if pieces[index]:
            # "[T]he" stands for "the": a bracket that touches may cut a word.
            touches = before.endswith("]"), after.startswith("[")
            parts.append((pieces[index], gap, not touches[0], not touches[1]))
            gap = 0
    if len(pieces) == 1 or not any(WORD.search(part) for part, *_ in parts):
        return None
    tries = 10 * FALSE_STARTS + len(parts)
    for _ in range(FALSE_STARTS):
        first, _gap, bound_before, bound_after = parts[0]
        place = _find_part(first, text, start, len(text), bound_before, bound_after)
        if place is None:
            return None
        begin, end = place
        for part, far, bound_before, bound_after in parts[1:]:
            limit = end + far + len(part)
            place = _find_part(part, text, end, limit, bound_before, bound_after)
            tries -= 1
            if tries < 0:
                return None
            if place is None:
                break
            end = place[1]
        else:
            return begin, end
        start = begin + 1
    return None


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
