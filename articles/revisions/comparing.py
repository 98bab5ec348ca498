"""Two revisions side by side, still with keys for records; `naming` has their names."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from articles import body, matching
from articles.matching import Change
from articles.revisions.content import Content, complete
from articles.revisions.reconciling import PARTS, Place

TEXTS = (
    "headline standfirst slug slugline dateline dateline_place dateline_source "
    "desk_note"
).split()
ALIKE = 0.4  # of the words of two paragraphs: less, and they are two
PAIRS = 2500  # paragraphs of one side times those of the other


class ParagraphChange(NamedTuple):
    """One paragraph in both; numbers count from 1, over those that hold text. `kind`
    is same, changed, added or removed."""

    kind: str
    was: body.Paragraph | None
    now: body.Paragraph | None
    was_number: int | None
    now_number: int | None

    @property
    def changes(self) -> list[Change]:
        return matching.diff(*(side.text if side else "" for side in self[1:3]))


@dataclass(frozen=True)
class QuoteInStory:
    """A quote as one revision has it: its number in the body, if its words are marked
    there, and what stands inside its marks."""

    mark: str
    row: dict[str, Any]
    number: int | None
    passage: str | None

    @property
    def speaker(self) -> tuple:
        names = ("speaker", "organisation", "unnamed_source")
        return tuple(str(self.row[name] or "") for name in names)

    @property
    def differs(self) -> bool:
        """Whether the story says something else than was recorded."""
        check = matching.check_against_body(
            self.row["words"], matching.segments(self.passage or "")
        )
        return check.outcome != matching.Outcome.MATCHES


class QuoteChange(NamedTuple):
    """`fields` are those of the record that changed, `is_reworded` says that the words
    in the story did though those of the record did not."""

    kind: str
    was: QuoteInStory | None
    now: QuoteInStory | None
    fields: list[str]
    is_reworded: bool

    @property
    def changes(self) -> list[Change]:
        sides = [
            ""
            if q is None
            else (q.passage or "")
            if self.is_reworded
            else q.row["words"]
            for q in (self.was, self.now)
        ]
        return matching.diff(*sides)


@dataclass(frozen=True)
class Comparison:
    was: Content
    now: Content
    fields: list[str]  # that changed, but for the body
    same_fields: list[str]
    paragraphs: list[ParagraphChange]
    quotes: list[QuoteChange]
    bylines: list[tuple[str, Any]] = field(default_factory=list)
    mentions: list[tuple[str, Any]] = field(default_factory=list)

    def count(self, part: Iterable) -> Counter:
        return Counter(change.kind for change in part)


def compare(was: Content, now: Content) -> Comparison:
    was, now = complete(was), complete(now)
    names = [name for name in now["fields"] if name != "body"]
    changed = [name for name in names if was["fields"][name] != now["fields"][name]]
    return Comparison(
        was,
        now,
        changed,
        [name for name in names if name not in changed],
        compare_bodies(was["fields"]["body"], now["fields"]["body"]),
        compare_quotes(was, now),
        _came_and_went(_bylines(was), _bylines(now)),
        _came_and_went(was["mentions"], now["mentions"]),
    )


def changed_places(was: Content, now: Content) -> list[Place]:
    """Where the two differ, without looking at words."""
    was, now = complete(was), complete(now)
    return [
        Place(part, key)
        for part in PARTS
        for key in dict.fromkeys([*was[part], *now[part]])
        if was[part].get(key) != now[part].get(key)
    ]


def _bylines(content) -> list:
    rows = sorted(content["bylines"].values(), key=lambda row: row["order"])
    return [(row["role"], row["person"]) for row in rows]


def _came_and_went(was, now) -> list[tuple[str, Any]]:
    """What both have, what went and what came; in another order, all of it did both."""
    if sorted(was) == sorted(now) and was != now:
        return [*(("removed", one) for one in was), *(("added", one) for one in now)]
    return [
        *(("same" if one in now else "removed", one) for one in was),
        *(("added", one) for one in now if one not in was),
    ]


# The body


def compare_bodies(was: str, now: str) -> list[ParagraphChange]:
    old, new = body.paragraphs(was), body.paragraphs(now)
    old_numbers, new_numbers = _numbers(old), _numbers(new)
    return [
        ParagraphChange(
            _kind(old, new, i, j),
            None if i is None else old[i],
            None if j is None else new[j],
            None if i is None else old_numbers[i],
            None if j is None else new_numbers[j],
        )
        for i, j in _aligned(old, new)
    ]


def _numbers(paragraphs) -> list[int | None]:
    numbers, last = [], 0
    for paragraph in paragraphs:
        last += paragraph.tag != "figure"
        numbers.append(None if paragraph.tag == "figure" else last)
    return numbers


def _kind(old, new, i, j):
    if i is None:
        return "added"
    if j is None:
        return "removed"
    return "same" if old[i] == new[j] else "changed"


def _aligned(old, new):
    """Pairs of places, None where there is no counterpart."""
    # The junk of SequenceMatcher keeps a body of a thousand equal lines linear.
    is_long = len(old) * len(new) > PAIRS * 100
    matcher = SequenceMatcher(None, old, new, autojunk=is_long)
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        if kind == "equal":
            yield from zip(range(i1, i2), range(j1, j2), strict=True)
        else:
            for i, j in _paired(old[i1:i2], new[j1:j2]):
                yield None if i is None else i1 + i, None if j is None else j1 + j


def _paired(old, new):
    """The paragraphs of a stretch that was rewritten, each with the one most like it,
    in order."""
    words = [[_words(paragraph) for paragraph in side] for side in (old, new)]
    if len(old) * len(new) > PAIRS:
        beside = enumerate(zip(*words, strict=False))
        pairs = [(n, n) for n, (a, b) in beside if _likeness(a, b) >= ALIKE]
    else:
        pairs = _best_pairs(*words)
    i = j = 0
    for pair_i, pair_j in [*pairs, (len(old), len(new))]:
        yield from ((before, None) for before in range(i, pair_i))
        yield from ((None, before) for before in range(j, pair_j))
        if pair_i < len(old):
            yield pair_i, pair_j
        i, j = pair_i + 1, pair_j + 1


def _best_pairs(old, new) -> list[tuple[int, int]]:
    """The pairs, in order, that are together most alike."""
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            likeness = _likeness(old[i], new[j])
            pair = likeness + best[i + 1][j + 1] if likeness >= ALIKE else 0
            best[i][j] = max(pair, best[i + 1][j], best[i][j + 1])
    pairs, i, j = [], 0, 0
    while i < len(old) and j < len(new):
        if best[i][j] == best[i + 1][j]:
            i += 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            pairs.append((i, j))
            i, j = i + 1, j + 1
    return pairs


def _words(paragraph: body.Paragraph) -> Counter:
    return Counter(matching.fold(paragraph.text).lower().split())


def _likeness(a: Counter, b: Counter) -> float:
    return 2 * (a & b).total() / max(a.total() + b.total(), 1)


# The quotes


def compare_quotes(was: Content, now: Content) -> list[QuoteChange]:
    """By speaker, in the order in which the story comes to them."""
    old, new = _quotes_of(was), _quotes_of(now)
    changes = [_quote_change(old.get(m), new.get(m)) for m in {**new, **old}]
    speakers = {}
    for change in changes:
        speakers.setdefault((change.now or change.was).speaker, len(speakers))
    return sorted(changes, key=lambda c: speakers[(c.now or c.was).speaker])


def _quotes_of(content) -> dict[str, QuoteInStory]:
    passages = body.read(content["fields"]["body"]).passages
    marked = [mark for mark in passages if mark in content["quotes"]]
    rest = [mark for mark in content["quotes"] if mark not in passages]
    return {
        mark: QuoteInStory(
            mark,
            content["quotes"][mark],
            marked.index(mark) + 1 if mark in passages else None,
            "\n".join(passages[mark].segments) if mark in passages else None,
        )
        for mark in [*marked, *rest]
    }


def _quote_change(was, now) -> QuoteChange:
    if was is None or now is None:
        return QuoteChange("removed" if was else "added", was, now, [], False)
    fields = [name for name in now.row if was.row[name] != now.row[name]]
    is_reworded = "words" not in fields and was.passage != now.passage
    kind = "changed" if fields or is_reworded else "same"
    return QuoteChange(kind, was, now, fields, is_reworded)
