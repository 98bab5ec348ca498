"""The picture that other sites show beside a link to a story or a quote. What it says
is made of what its page has fetched; its address holds the digest of that, so that the
networks, which keep pictures for good, ask anew when it says something else."""

import json
import os
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

from django.conf import settings
from django.utils.translation import gettext as _

from articles import drawing, voices
from articles.models import Article, Masthead, Quote
from articles.templatetags.printing import bound, quoted

LONGEST_WORDS = 200  # characters, with their marks
DRAWN_LIKE_THIS = 1  # another number wherever the same card is drawn otherwise


class Card(NamedTuple):
    record: Article | Quote
    drawing: drawing.Drawing
    alt: str

    def digest(self) -> str:
        said = json.dumps([DRAWN_LIKE_THIS, *self.drawing])
        return sha256(said.encode()).hexdigest()[:32]

    def get_absolute_url(self) -> str:
        return f"{self.record.get_absolute_url()}card-{self.digest()}.jpg"


def of_story(
    article: Article, quotes: list[Quote], masthead: Masthead, *, is_retracted: bool
) -> Card:
    """`quotes` are those that it carries."""
    if is_retracted:
        return _notice(article, _("This story is retracted."), masthead)
    photo = _pictured(article.lead_photo)
    seen = article.lead_photo.alt_text if photo else ""
    said = [quote for quote in quotes if quote.stands()]
    drawn = drawing.Drawing(
        **_site(masthead),
        headline=bound(article.headline),
        language=article.language,
        photo=photo,
        credit=article.lead_photo.credit if photo else "",
        counted=voices.counted(said),
    )
    return Card(article, drawn, ". ".join(filter(None, [article.headline, seen])))


def of_quote(quote: Quote, masthead: Masthead, *, is_retracted: bool) -> Card:
    """Away from its page nobody repeats words that do not stand any more."""
    if notice := notice_of(quote, is_retracted=is_retracted):
        return _notice(quote, notice, masthead)
    words, speaker = quoted(quote, LONGEST_WORDS), str(quote.speaker_name())
    post = quote.post_on_the_day()
    drawn = drawing.Drawing(
        **_site(masthead),
        words=words,
        marks=voices.quotation_marks(quote.article.language),
        is_reported=quote.is_indirect(),
        language=quote.article.language,
        speaker=speaker,
        post=post if post != speaker else "",
    )
    return Card(quote, drawn, f"{words} {speaker}")


def notice_of(quote: Quote, *, is_retracted: bool) -> str:
    """What is said in place of words that do not stand any more."""
    if quote.withdrawn_at:
        return _("This quote was withdrawn.")
    if is_retracted:
        return _("The story that carried these words is retracted.")
    if quote.dropped_at:
        return _("The story no longer carries this quote.")
    return ""


def drawn(card: Card) -> bytes:
    """Kept once it was asked for; under its name there is never a part of it."""
    kept = folder() / file_name(card)
    try:
        return kept.read_bytes()
    except FileNotFoundError:
        pass
    content = drawing.drawn(card.drawing)
    kept.parent.mkdir(parents=True, exist_ok=True)
    part = kept.with_name(uuid4().hex)
    part.write_bytes(content)
    os.replace(part, kept)
    return content


def file_name(card: Card) -> str:
    return f"{card.digest()}.jpg"


def folder() -> Path:
    return Path(settings.CARDS_ROOT)


def _site(masthead):
    return {
        "site": masthead.shown_name(),
        "logo": masthead.logo.name or "",
        "voice": masthead.voice(),
    }


def _notice(record, notice, masthead):
    drawn = drawing.Drawing(
        **_site(masthead), notice=notice, language=settings.LANGUAGE_CODE
    )
    return Card(record, drawn, notice)


def _pictured(photo):
    """The largest whole file of it, and its focal point."""
    files = [file for file in photo.jpegs() if not file.crop] if photo else []
    return (files[-1].name, photo.focal_x, photo.focal_y) if files else ()
