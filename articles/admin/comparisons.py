"""A comparison of two revisions in words, band by band, as its page prints it."""

from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from articles.matching import Change, diff
from articles.models import Article, Photo, Quote
from articles.revisions.comparing import TEXTS, Comparison
from articles.revisions.naming import Names


@dataclass
class Row:
    """Two texts of one thing, and what stands above each; `details` are what else
    changed: its name, was and now."""

    changes: list[Change]
    was_label: str = ""
    now_label: str = ""
    has_was: bool = True
    has_now: bool = True
    details: list[tuple[str, str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    looks: str = "text"

    @property
    def was(self):
        return [change for change in self.changes if change.kind != "added"]

    @property
    def now(self):
        return [change for change in self.changes if change.kind != "removed"]


class Fold(NamedTuple):
    """Rows that are the same in both."""

    title: str
    rows: list[Row]


@dataclass
class Band:
    name: str
    title: str
    says: str
    parts: list  # of rows and folds


def bands_of(compared: Comparison, names: Names) -> list[Band]:
    changed = [name for name in compared.fields if name in ("headline", "standfirst")]
    others = [name for name in compared.fields if name not in changed]
    bands = [_of_field(compared, name, names) for name in changed]
    bands += [_of_body(compared, names), _of_quotes(compared, names)]
    bands += [_of_field(compared, name, names) for name in others]
    bands += _of_lists(compared, names)
    return [*bands, _of_the_rest(compared)]


def _field_name(name, model=Article):
    said = str(model._meta.get_field(name).verbose_name)
    return said[:1].upper() + said[1:]


def _of_field(compared, name, names):
    was, now = compared.was["fields"][name], compared.now["fields"][name]
    if name in TEXTS:
        changes = diff(was, now)
    else:
        changes = _whole(*(names.value(Article, name, value) for value in (was, now)))
    row = Row(changes, looks=name)
    if not any(change.kind != "same" for change in changes):
        row.notes.append(_("Only its typography changed."))
    return Band(f"field-{name}", _field_name(name), _("changed"), [row])


def _whole(was, now):
    changes = [Change("removed", was), Change("added", now)]
    return [change for change in changes if change.text]


# The body


def _of_body(compared, names):
    parts, count = [], compared.count(compared.paragraphs)
    for is_same, group in groupby(compared.paragraphs, lambda c: c.kind == "same"):
        group = list(group)
        rows = [_of_paragraph(change, compared, names) for change in group]
        parts += [Fold(_unchanged(group), rows)] if is_same else rows
    changed = ngettext(
        "%d paragraph changed", "%d paragraphs changed", count["changed"]
    )
    return Band("body", _field_name("body"), _count(count, changed), parts)


def _count(count, changed):
    said = [
        changed % count["changed"],
        _("%d added") % count["added"],
        _("%d removed") % count["removed"],
        _("%d unchanged") % count["same"],
    ]
    kinds = ("changed", "added", "removed", "same")
    told = [text for kind, text in zip(kinds, said, strict=True) if count[kind]]
    return ", ".join(told) or _("empty in both")


def _unchanged(group):
    numbers = [change.now_number for change in group if change.now_number]
    if not numbers:
        return _("A photo, unchanged.")
    if len(numbers) == 1:
        return _("Paragraph %d unchanged.") % numbers[0]
    first, last = numbers[0], numbers[-1]
    if len(numbers) == 2:
        said = _("Paragraphs %(first)d and %(last)d unchanged.")
    else:
        said = _("Paragraphs %(first)d to %(last)d unchanged.")
    return said % {"first": first, "last": last}


def _of_paragraph(change, compared, names):
    was, now = change.was, change.now
    photos = [
        names.name(Photo, [side.photo]) if side and side.tag == "figure" else ""
        for side in (was, now)
    ]
    changes = _whole(*photos) if any(photos) else change.changes
    if change.kind == "same":
        changes = [Change("same", photos[1] or now.text)]
    row = Row(
        changes,
        _paragraph_label(
            was, change.was_number, change.kind == "removed" and _("removed")
        ),
        _paragraph_label(now, change.now_number, change.kind == "added" and _("added")),
        has_was=was is not None,
        has_now=now is not None,
    )
    if change.kind == "changed":
        row.notes = list(_of_markup(was, now, compared, names))
        if not row.notes and not any(c.kind != "same" for c in changes):
            row.notes = [_("Only its typography changed.")]
    return row


ELEMENTS = {
    "p": gettext_lazy("a paragraph"),
    "h2": gettext_lazy("a heading"),
    "h3": gettext_lazy("a smaller heading"),
    "li": gettext_lazy("an item of a list"),
}
EMPHASIS = {"strong": gettext_lazy("bold"), "em": gettext_lazy("italic")}


def _paragraph_label(paragraph, number, more):
    if paragraph is None:
        return _("Nothing here")
    label = _("Photo") if paragraph.tag == "figure" else _("Paragraph %d") % number
    return f"{label}, {more}" if more else label


def _of_markup(was, now, compared, names):
    """What a paragraph's marks say otherwise than before."""
    if (was.tag, was.container) != (now.tag, now.container):
        yield _("Was %(was)s, is now %(now)s.") % {
            "was": _kind_of(was),
            "now": _kind_of(now),
        }
    sides = [{mark[:3]: mark for mark in side.marked} for side in (was, now)]
    for key in sides[0].keys() | sides[1].keys():
        if key not in sides[1]:
            yield _("No longer marked as %s.") % _mark_name(key, compared.was, names)
        elif key not in sides[0]:
            yield _("Now marked as %s.") % _mark_name(key, compared.now, names)
        elif sides[0][key].text != sides[1][key].text and key[1] == "data-quote":
            yield _("Touches %s.") % _mark_name(key, compared.now, names)


def _kind_of(paragraph):
    if paragraph.container == "blockquote":
        return _("set apart")
    return ELEMENTS.get(paragraph.tag, paragraph.tag)


def _mark_name(key, content, names):
    tag, attribute, value = key
    if attribute == "data-quote":
        row = content["quotes"].get(value)
        speaker = names.speaker(row) if row else _("nobody: it has no record")
        if tag == "q":
            return _("a quote of %s") % speaker
        return _("what is reported of %s") % speaker
    if attribute in ("data-person", "data-organisation"):
        return names.mention(attribute.removeprefix("data-"), value)
    if attribute == "href":
        return _("a link to %s") % value
    return EMPHASIS.get(tag, tag)


# The quotes


def _of_quotes(compared, names):
    count = compared.count(compared.quotes)
    shown = [change for change in compared.quotes if change.kind != "same"]
    parts = [_of_quote(change, names) for change in shown]
    if same := [change for change in compared.quotes if change.kind == "same"]:
        title = ngettext("%d quote unchanged.", "%d quotes unchanged.", len(same))
        rows = [_of_quote(change, names) for change in same]
        parts.append(Fold(title % len(same), rows))
    return Band("quotes", _("Quotes"), _count(count, _("%d changed")), parts)


def _of_quote(change, names):
    row = Row(
        change.changes,
        _quote_label(change.was, change.kind == "removed" and _("removed"), names),
        _quote_label(change.now, change.kind == "added" and _("added"), names),
        has_was=change.was is not None,
        has_now=change.now is not None,
        looks="quote",
    )
    if change.kind == "same":
        row.changes = [Change("same", change.now.row["words"])]
    for name in change.fields:
        if name != "words":
            sides = (change.was.row[name], change.now.row[name])
            said = [_value(names, name, value) for value in sides]
            row.details.append((_field_name(name, Quote), *said))
    differs = change.now and change.kind != "same" and change.now.differs
    if change.is_reworded and differs:
        row.notes.append(_("Recorded words kept; the story’s words, here, differ."))
    elif change.is_reworded:
        row.notes.append(_("Recorded words kept; the story’s words, here, changed."))
    elif differs:
        row.notes.append(_("The story’s words differ from these."))
    return row


def _value(names, name, value):
    if name in ("words", "unnamed_source", "role", "translator", "original_words"):
        return value
    return names.value(Quote, name, value)


def _quote_label(quote, more, names):
    if quote is None:
        return _("Nothing here")
    said = [names.speaker(quote.row)]
    if quote.number:
        said.append(_("quote %d") % quote.number)
    else:
        said.append(_("marked nowhere in the story"))
    return ", ".join([*said, more] if more else said)


# The rest


def _of_lists(compared, names):
    for name, title, rows, said in [
        ("bylines", _("Bylines"), compared.bylines, names.byline),
        (
            "mentions",
            _("People and organisations named"),
            compared.mentions,
            names.mention,
        ),
    ]:
        if any(kind != "same" for kind, _key in rows):
            changes = []
            for kind, key in rows:
                apart = [Change("same", "; ")] if changes else []
                changes += [*apart, Change(kind, said(*key))]
            row = Row(changes, looks="list")
            yield Band(name, title, _("changed"), [row])


def _of_the_rest(compared):
    same = [_field_name(name).lower() for name in compared.same_fields]
    for said, rows in [
        (_("bylines"), compared.bylines),
        (_("names"), compared.mentions),
    ]:
        if all(kind == "same" for kind, _key in rows):
            same.append(said)
    says = _("unchanged: %s") % get_text_list(same, _("and")) if same else ""
    return Band("rest", _("Everything else"), says, [])
