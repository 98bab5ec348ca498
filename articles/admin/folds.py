"""The parts of a story's form that lie folded under it, each stating what it holds."""

from dataclasses import dataclass

from django.template.defaultfilters import truncatechars
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from articles.models import Byline, Correction, SourceText
from articles.times import in_words


@dataclass(frozen=True)
class Fold:
    """Either fields of the story, or rows that belong to it, or a page of its own."""

    name: str
    title: str
    says: str
    is_open: bool
    fieldset: object = None
    rows: object = None
    page: str = ""


def says_sources(story, sources):
    if not sources:
        return _("none yet; the quotes are held against it")
    count = ngettext("%d text", "%d texts", len(sources)) % len(sources)
    return f"{count}: {'; '.join(_source(source) for source in sources)}"


def _source(source):
    if not source.received_at:
        return str(source)
    day = date_format(source.received_at, "DATE_FORMAT")
    return _("%(source)s, received %(day)s") % {"source": source, "day": day}


def says_photo(story):
    photo = story.lead_photo
    if not photo:
        return _("none")
    lacking = [
        label
        for value, label in (
            (photo.caption, _("caption")),
            (photo.credit, _("credit")),
            (photo.alt_text or not photo.image, _("alt text")),
        )
        if not value
    ]
    file = _("1") if photo.image else _("1, no file yet")
    if lacking:
        return _("%(file)s; missing: %(what)s") % {
            "file": file,
            "what": ", ".join(lacking),
        }
    return _("%s; caption and credit ready") % file


def says_bylines(story, bylines):
    return "; ".join(str(byline) for byline in bylines) or _("none")


def says_dateline(story):
    return story.dateline or _("none but what the body begins with")


def says_placing(story):
    topics = story.topics.count() if story.pk else 0
    if not story.slug:
        address = _("no slug yet, needed to publish")
    elif story.published_at:
        address = story.get_absolute_url()
    else:
        address = f"…/{story.slug}/"
    return "; ".join(
        [
            str(story.get_kind_display()),
            ngettext("%d topic", "%d topics", topics) % topics,
            address,
        ]
    )


def says_time(story):
    until, end = story.embargoed_until, story.expires_at
    return ", ".join(
        [
            _("embargo until %s") % in_words(until) if until else _("no embargo"),
            _("readers have it until %s") % in_words(end) if end else _("no end"),
        ]
    )


def says_change(story):
    return _("a reason is kept with the version; readers are told of what matters")


def says_corrections(story, corrections):
    if not corrections:
        return _("none")
    count = len(corrections)
    day = date_format(max(c.published_at for c in corrections), "DATE_FORMAT")
    said = ngettext("%(count)d, of %(day)s", "%(count)d, the last of %(day)s", count)
    return said % {"count": count, "day": day}


def says_desk(story):
    note = truncatechars(" ".join(story.desk_note.split()), 60)
    said = ", ".join(filter(None, [story.slugline, note]))
    return _("%s; only the desk sees it") % (said or _("empty"))


# Name, title, what it says, and the fields or the model of the rows that it holds, or
# the page where it is changed.
FOLDS = [
    ("source-copy", gettext_lazy("Source copy"), says_sources, SourceText),
    ("photo", gettext_lazy("Photo"), says_photo, ["lead_photo"]),
    ("bylines", gettext_lazy("Bylines"), says_bylines, Byline),
    (
        "dateline",
        gettext_lazy("Dateline as printed"),
        says_dateline,
        ["dateline", "dateline_source"],
    ),
    (
        "placing",
        gettext_lazy("Placing and address"),
        says_placing,
        ["topics", "kind", "slug", "language"],
    ),
    (
        "time",
        gettext_lazy("Times"),
        says_time,
        "articles_article_times",
    ),
    (
        "change",
        gettext_lazy("What changed"),
        says_change,
        ["change_note", "tells_readers"],
    ),
    ("corrections", gettext_lazy("Corrections"), says_corrections, Correction),
    ("desk", gettext_lazy("Desk note"), says_desk, ["slugline", "desk_note"]),
]
FIELDSETS = [
    (title, {"fields": held})
    for _name, title, _says, held in FOLDS
    if isinstance(held, list)
]


def folds_of(story, adminform, inlines):
    """One that holds an error is open."""
    fieldsets = {fieldset.name: fieldset for fieldset in adminform}
    rows_of = {rows.formset.model: rows for rows in inlines}
    for name, title, says, held in FOLDS:
        if isinstance(held, list):
            fieldset = fieldsets[title]
            is_open = any(field in adminform.errors for field in held)
            yield Fold(name, title, says(story), is_open, fieldset=fieldset)
        elif isinstance(held, str):
            page = story.pk and reverse(f"admin:{held}", args=[story.pk])
            yield Fold(name, title, says(story), False, page=page or "")
        elif rows := rows_of.get(held):
            kept = [form.instance for form in rows.formset.initial_forms]
            is_open = rows.formset.total_error_count() or rows.formset.extra_forms
            yield Fold(name, title, says(story, kept), bool(is_open), rows=rows)
