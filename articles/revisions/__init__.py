"""What a story was at each save: written at the end of settle(), read by drafts, the
history, comparing, restoring and merging."""

from articles.revisions.applying import apply, key_of
from articles.revisions.content import (
    OVERRIDES,
    SCHEMA,
    Content,
    complete,
    overrides_of,
    says_the_same,
    snapshot,
)
from articles.revisions.lookup import values_of
from articles.revisions.reconciling import (
    ATTRIBUTION,
    BODY,
    GROUPS,
    Place,
    Reconciled,
    decide,
    merge_lines,
    reconcile,
    value_at,
)
from articles.revisions.writing import (
    content_of,
    keep,
    note_save,
    rehearsal,
)

__all__ = [
    "ATTRIBUTION",
    "BODY",
    "GROUPS",
    "OVERRIDES",
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
    "overrides_of",
    "reconcile",
    "rehearsal",
    "says_the_same",
    "snapshot",
    "value_at",
    "values_of",
]
