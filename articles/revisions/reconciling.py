"""Two people wrote over the same revision: what each changed, put together."""

from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from articles.revisions.content import KEYS, OVERRIDES, POSITIONS, Content
from articles.revisions.lookup import present


class Place(NamedTuple):
    """A field of the story; a row of its bylines or quotes, or one field of it."""

    part: str  # fields, bylines, quotes
    key: str  # the field's name, or the row's key
    field: str = ""


@dataclass
class Reconciled:
    """`content` holds ours where both changed a place. `conflicts` are such places;
    `mine` and `theirs` are the places that one side alone changed."""

    content: Content
    conflicts: list[Place] = field(default_factory=list)
    mine: list[Place] = field(default_factory=list)
    theirs: list[Place] = field(default_factory=list)


PARTS = ("fields", "bylines", "quotes")
BODY = Place("fields", "body")
# Who says a quote is one thing: the post and the role are those of that speaker.
ATTRIBUTION = "attribution"
ORIGINAL = "original"
SPEAKER = ("speaker", "organisation", "unnamed_source")
SAID_BY = (*SPEAKER, "position", "role")
# And what was said in another language: no words without the language.
IN_ANOTHER_LANGUAGE = ("original_words", "original_language", "translator")
GROUPS = {ATTRIBUTION: SAID_BY, ORIGINAL: IN_ANOTHER_LANGUAGE}


def reconcile(base: Content, mine: Content, theirs: Content) -> Reconciled:
    """What `mine` and `theirs` each made of `base`, in one. What both made alike is no
    conflict, and records that were merged or put right since are the same."""
    base, mine, theirs = map(present, (base, mine, theirs))
    merged = Reconciled({part: {} for part in PARTS} | {"mentions": []})
    merged.content["mentions"] = mine.get("mentions", [])
    merged.content[KEYS] = _all_keys(mine, theirs)
    if let_stand := _all_overrides(mine, theirs):
        merged.content[OVERRIDES] = let_stand
    for part in PARTS:
        sides = [content.get(part, {}) for content in (base, mine, theirs)]
        keys = dict.fromkeys(key for side in sides for key in side)
        for key in keys:
            was, ours, others = (side.get(key) for side in sides)
            if part != "fields" and was and ours and others:
                value = _reconcile_row(Place(part, key), was, ours, others, merged)
            else:
                value = _choose(Place(part, key), was, ours, others, merged)
            if value is not None or part == "fields":
                merged.content[part][key] = value
    return merged


def _all_keys(mine, theirs):
    ours, others = (content.get(KEYS, {}) for content in (mine, theirs))
    keys = {part: others.get(part, {}) | ours.get(part, {}) for part in PARTS[1:]}
    posts = [*others.get(POSITIONS, []), *ours.get(POSITIONS, [])]
    return {**keys, POSITIONS: posts}


def _all_overrides(mine, theirs):
    merged = {mark: list(rows) for mark, rows in theirs.get(OVERRIDES, {}).items()}
    for mark, rows in mine.get(OVERRIDES, {}).items():
        others = merged.setdefault(mark, [])
        others += [row for row in rows if row not in others]
    return merged


def _reconcile_row(place, was, ours, others, merged) -> dict[str, Any]:
    """Field by field, for each side has the row."""
    sides = [was, ours, others]
    groups = [ORIGINAL]
    if any(row.get(name) != was.get(name) for row in sides for name in SPEAKER):
        groups.append(ATTRIBUTION)
    sides = [_grouped(row, groups) for row in sides]
    row = {}
    for name in dict.fromkeys(name for side in sides for name in side):
        values = (side.get(name) for side in sides)
        _put(row, name, _choose(place._replace(field=name), *values, merged))
    return row


def _grouped(row, groups) -> dict[str, Any]:
    """The fields, those of each of the groups as one."""
    taken = {name for group in groups for name in GROUPS[group]}
    told = {name: value for name, value in row.items() if name not in taken}
    for group in groups:
        values = {name: row[name] for name in GROUPS[group] if name in row}
        told |= {group: values} if values else {}
    return told


def _put(row, name, value):
    row.update(value if name in GROUPS else {name: value})


def _choose(place, was, ours, others, merged) -> Any:
    if ours == others:
        return ours
    if ours == was:
        merged.theirs.append(place)
        return others
    if others == was:
        merged.mine.append(place)
        return ours
    if place == BODY and (together := merge_lines(was, ours, others)) is not None:
        merged.mine.append(place)
        merged.theirs.append(place)
        return together
    merged.conflicts.append(place)
    return ours


def merge_lines(base: str, mine: str, theirs: str) -> str | None:
    """Both sides' changes to a body, which has one block a line. None where both
    changed the same block, or blocks that touch."""
    lines = base.split("\n")
    changes = sorted(
        (start, end, text)
        for side in (mine.split("\n"), theirs.split("\n"))
        for start, end, text in _changes(lines, side)
    )
    merged, at = [], 0
    for number, (start, end, text) in enumerate(changes):
        before = changes[number - 1] if number else None
        if before == (start, end, text):
            continue
        if before and start <= before[1]:
            return None
        merged += [*lines[at:start], *text]
        at = end
    return "\n".join([*merged, *lines[at:]])


def _changes(base, side):
    codes = SequenceMatcher(None, base, side, autojunk=False).get_opcodes()
    for tag, start, end, first, last in codes:
        if tag != "equal":
            yield start, end, side[first:last]


def decide(merged: Reconciled, theirs: Content, taken: set[Place]) -> Content:
    """The content, with theirs at the places of a conflict where theirs was taken."""
    theirs = present(theirs)
    content = {
        part: dict(rows) if isinstance(rows, dict) else rows
        for part, rows in merged.content.items()
    }
    for place in set(merged.conflicts) & taken:
        rows, value = content[place.part], value_at(place, theirs)
        if place.field:
            rows[place.key] = dict(rows[place.key])
            _put(rows[place.key], place.field, value)
        elif value is None and place.part != "fields":
            rows.pop(place.key, None)
        else:
            rows[place.key] = value
    return content


def value_at(place: Place, content: Content) -> Any:
    """None where there is no such row."""
    value = content.get(place.part, {}).get(place.key)
    if value is None or not place.field:
        return value
    return {**value, **_grouped(value, GROUPS)}[place.field]
