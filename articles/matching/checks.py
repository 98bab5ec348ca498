"""The two checks of a quote: against the story's body and against its source texts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from articles.matching.differences import Change, diff
from articles.matching.finding import STRICT, Policy, find_words, nearest
from articles.matching.text import (
    Comparable,
    Span,
    comparable,
    essence,
    segments,
)

PARAGRAPH = "¶"  # in a diff, where one side goes on in another part


class Outcome(StrEnum):
    MATCHES = "matches"
    DIFFERS = "differs"
    NOT_FOUND = "not_found"
    NO_TEXT = "no_text"


@dataclass(frozen=True)
class Check:
    """An outcome; where it is MATCHES against a source, which one and where; where it
    is DIFFERS, the diff from the recorded words to those found."""

    outcome: Outcome
    source: int | None = None
    spans: tuple[Span, ...] = ()
    changes: tuple[Change, ...] = ()


def check_against_body(words: str, marked: Sequence[str]) -> Check:
    """The recorded words against the segments inside the marks of the story."""
    if not any(segment.strip() for segment in marked):
        return Check(Outcome.NOT_FOUND)
    recorded = segments(words)
    if [essence(line) for line in recorded] == [essence(line) for line in marked]:
        return Check(Outcome.MATCHES)
    parted = "\n" if len(recorded) == len(marked) else f" {PARAGRAPH} "
    changes = diff(parted.join(recorded), parted.join(marked))
    return Check(Outcome.DIFFERS, changes=tuple(changes))


def check_against_sources(
    words: str, sources: Sequence[str | Comparable], policy: Policy = STRICT
) -> Check:
    """The recorded words against the source texts: the first that holds them all, else
    the passage that is nearest to them."""
    if not sources:
        return Check(Outcome.NO_TEXT)
    texts = [comparable(source) for source in sources]
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


SENTENCE_BEGINS = re.compile(r"(?:^|\n|[.!?…][\"”’»)]?\s)\s*$")
SENTENCE_ENDS = re.compile(r"[.!?…]|[\"”’»)]?\s*(?:\n|$)")


def check_against_first(words: str, first: str, *, is_part: bool) -> Check:
    """The words of a quote that returns against those of the first: all of them, whole
    sentences of them, or an excerpt that says so. `is_part` is one whose own sentence
    does; else an ellipsis stands wherever words of a sentence are left out, at either
    end too."""
    whole = "\n".join(segments(first))
    check = check_against_sources(words, [whole], Policy(may_leave_out=True))
    if is_part or check.outcome != Outcome.MATCHES:
        return check
    said = segments(words)
    for segment, (start, end) in zip(said, check.spans, strict=True):
        text = essence(segment)
        begins = text.startswith("…") or SENTENCE_BEGINS.search(whole[:start])
        has_stop = text.endswith("…") or whole[end - 1] in ".!?…"
        ends = has_stop or SENTENCE_ENDS.match(whole, end)
        if not (begins and ends):
            changes = tuple(diff(words, whole))
            return Check(Outcome.DIFFERS, 0, check.spans, changes)
    return check


def _changed(check: Check) -> int:
    return sum(len(change.text) for change in check.changes if change.kind != "same")
