"""The body of a story: the only place that parses, sanitises, marks and renders it.

A body is HTML in a small vocabulary. Inside this package it is a list of blocks; a
block is a list of runs of text, and each run knows the elements it stands in. Elements
nest in one order, so there is one way to write a body down, however it was typed.
"""

from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from articles.body.feeding import for_feeds
from articles.body.marks import (
    Passage,
    Reading,
    change_kind,
    new_mark,
    plain_text,
    read,
    readdress,
    remove_mark,
    restore_words,
    set_mark,
)
from articles.body.paragraphs import Marked, Paragraph, paragraphs
from articles.body.parsing import parse
from articles.body.pictures import picture
from articles.body.rendering import QuoteShown, Records, render
from articles.body.vocabulary import LONGEST, MARK_ID, MARKS
from articles.body.writing import write

__all__ = [
    "LONGEST",
    "MARKS",
    "MARK_ID",
    "Marked",
    "Paragraph",
    "Passage",
    "QuoteShown",
    "Reading",
    "Records",
    "change_kind",
    "for_feeds",
    "new_mark",
    "paragraphs",
    "picture",
    "plain_text",
    "read",
    "readdress",
    "remove_mark",
    "render",
    "restore_words",
    "sanitise",
    "set_mark",
    "trust",
]


def sanitise(html: str) -> str:
    """The body as it may be stored: the vocabulary, written in one way. Elements
    outside it leave their text; scripts and styles leave nothing; a mark without a
    well-formed id leaves its words. Sanitising twice changes nothing. A body longer
    than LONGEST is a ValidationError."""
    _refuse_if_too_long(html)
    clean = write(parse(html))
    _refuse_if_too_long(clean)
    return clean


def trust(rendered: str) -> SafeString:
    """What render() returned, for a template to print as it is."""
    return mark_safe(rendered)


def _refuse_if_too_long(html):
    if len(html) > LONGEST:
        raise ValidationError(
            _(
                "The body has %(length)d characters of HTML; a story may have "
                "%(longest)d. Divide it into several stories."
            ),
            params={"length": len(html), "longest": LONGEST},
        )
