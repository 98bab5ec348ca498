"""The two checks of a quote: against the story's body and against its source texts."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from articles.matching.differences import Change, diff
from articles.matching.finding import STRICT, Policy, find_words, nearest
from articles.matching.text import Comparable, Span, comparable, essence, segments


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


def _changed(check: Check) -> int:
    return sum(len(change.text) for change in check.changes if change.kind != "same")
