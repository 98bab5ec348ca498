"""Where words stand in a text."""

import re
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher

from articles.matching.text import (
    WORD,
    Comparable,
    Span,
    comparable,
    essence,
    joins_the_letter_before,
    segments,
)

# Scripts that put no space between words: there, words may begin and end anywhere.
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
LETTER = re.compile(rf"[^\W_{UNSPACED}]")
INSIDE = re.compile(rf"[^\W_{UNSPACED}]*+")
OMISSION = r"\[\ ?…\ ?\]|\(\ ?…\ ?\)|…"
ADDITION = r"\[[^\[\]…]{1,200}\]"
LONGEST_OMISSION = 1000  # characters that a marked ellipsis may stand for
LONGEST_REPLACEMENT = 100  # characters that [brackets] may stand for
FALSE_STARTS = 1000  # of words with gaps; after so many they are taken as not found
# Characters compared at false starts, after which words are taken as not found. Only
# words that overlap themselves again and again come to it.
MOST_WORK = 30_000_000
# An apostrophe after one of these parts two words, as in qu'il and dell'arte; but not
# before one of the endings, which belong to the word before.
ELISIONS = frozenset(
    "c d j l m n qu s t jusqu lorsqu puisqu quoiqu "
    "agl all anch coll com cos dall degl dell dov gl negl nell nessun quell quest sull "
    "tutt un v".split()
)
LONGEST_ELISION = max(map(len, ELISIONS))
ENDING = re.compile(r"(?i)(?:t|s|m|re|ve|ll|d)(?![^\W_])")
LONGEST_WORD = 100  # characters around a passage that are taken with it
NEAR_ENOUGH = 0.6  # of the words, for a passage to count as these words, changed


@dataclass(frozen=True)
class Policy:
    """What the house lets stand between a quote and its source."""

    may_leave_out: bool = False  # … and […] for words left out
    may_put_in: bool = False  # [brackets] for words put in or replaced


STRICT = Policy()


def find(segment: str, text: str | Comparable, policy: Policy = STRICT) -> Span | None:
    """Where the segment first stands in the text, as whole words."""
    return _find(essence(segment), comparable(text), policy, 0)


def find_all(segment: str, text: str | Comparable) -> list[Span]:
    """Every place where the segment stands in the text, up to FALSE_STARTS of them."""
    text, wanted = comparable(text), essence(segment)
    places, start = [], 0
    while wanted and len(places) < FALSE_STARTS:
        place = _find_part(wanted, text, start, len(text.text))
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
    text = comparable(text)
    found, after = [], 0
    firsts: dict[str, Span | None] = {}
    for segment in segments(words):
        wanted = essence(segment)
        span = _find(wanted, text, policy, after)
        if span is None:
            if wanted not in firsts:
                firsts[wanted] = _find(wanted, text, policy, 0)
            span = firsts[wanted]
        if span is None:
            return None
        found.append(span)
        while after < len(text.text) and text.starts[after] < span.end:
            after += 1
    return found or None


def nearest(
    segment: str, text: str | Comparable, enough: float = NEAR_ENOUGH
) -> Span | None:
    """The passage that shares most words with the segment, in their order, or None if
    none shares enough of them, which is a part of 1. Costs no more than the two lengths
    together."""
    text = comparable(text)
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
    if sum(block.size for block in blocks) < enough * len(wanted):
        return None
    missing_before = blocks[0].a
    missing_after = len(wanted) - blocks[-1].a - blocks[-1].size
    start = max(0, blocks[0].b - missing_before)
    end = min(len(window), blocks[-1].b + blocks[-1].size + missing_after)
    begin, stop = window[start].start(), window[end - 1].end()
    # Whole words, so that the diff shows what "violent" differs in from "non-violent".
    for _ in range(LONGEST_WORD):
        begin -= _is_inside_a_word(text, begin)
        stop += _is_inside_a_word(text, stop, is_end=True)
    return text.span(begin, stop)


def _find(wanted: str, text: Comparable, policy: Policy, start: int) -> Span | None:
    if not wanted:
        return None
    place = _find_part(wanted, text, start, len(text.text))
    if place is None:
        place = _find_with_gaps(wanted, text, policy, start)
    return place and text.span(*place)


def _find_part(part, text, start, end, bound_before=True, bound_after=True):
    work = 0
    while work < MOST_WORK:
        start = text.text.find(part, start, end)
        if start < 0:
            return None
        stop = start + len(part)
        if bound_before and _is_inside_a_word(text, start):
            inside = INSIDE.match(text.text, start + 1, end)
            start = max(start + 1, inside.end() - 1)
        elif bound_after and _is_inside_a_word(text, stop, is_end=True):
            start += 1
        else:
            return start, stop
        if bound_before and bound_after:
            work += len(part) + 100
        else:
            work += MOST_WORK // FALSE_STARTS
    return None


def _is_inside_a_word(text: Comparable, at, *, is_end=False):
    """Whether letters stand on both sides of the place, or an apostrophe or a hyphen
    within a word does, or a point or comma within a figure. Words may end before a
    hyphen and a capital, as at Russia-NATO."""
    compared = text.text
    if not 0 < at < len(compared):
        return False
    before, after = compared[at - 1], compared[at]
    joint, place = "", at
    if after in "'.,-":
        joint, after = after, compared[at + 1 : at + 2]
    elif before in "'.,-":
        joint, before, place = (
            before,
            compared[at - 2 : at - 1] if at > 1 else "",
            at - 1,
        )
    if joint and joint in ".,":
        return before.isdigit() and after.isdigit()
    if joint == "-":
        if before.isdigit() or after.isdigit() or not text.has_hyphen(place):
            return False
        if is_end and after.isupper():
            return False
    if joint == "'" and place < at and _is_elided(compared, place):
        return False
    return _is_of_a_word(before) and _is_of_a_word(after)


def _is_elided(text, apostrophe):
    """Whether the letters before the apostrophe are a word of their own."""
    start = max(apostrophe - LONGEST_ELISION - 1, 0)
    letters = re.search(r"[^\W_]*$", text[start:apostrophe])[0].lower()
    return letters in ELISIONS and not ENDING.match(text, apostrophe + 1)


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
        place = _find_part(
            first, text, start, len(text.text), bound_before, bound_after
        )
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
