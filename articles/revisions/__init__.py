"""What a story was at each save: written at the end of settle(), read by drafts, the
history, comparing, restoring and merging."""

from articles.revisions.content import (
    SCHEMA,
    Content,
    apply,
    complete,
    key_of,
    snapshot,
    values_of,
)
from articles.revisions.reconciling import (
    Place,
    Reconciled,
    decide,
    merge_lines,
    reconcile,
)
from articles.revisions.writing import (
    content_of,
    keep,
    note_save,
    rehearsal,
)

__all__ = [
    "SCHEMA",
    "Content",
    "Place",
    "Reconciled",
    "apply",
    "complete",
    "content_of",
    "decide",
    "keep",
    "key_of",
    "merge_lines",
    "note_save",
    "reconcile",
    "rehearsal",
    "snapshot",
    "values_of",
]
