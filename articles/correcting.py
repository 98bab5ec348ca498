"""Correcting what readers have read, so that every page that shows it says so."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from articles import body, matching
from articles.freshness.lists import note_story
from articles.models import Article, Correction, Organisation, Person, Quote
from articles.publishing import problems_before_publishing
from articles.settling import settle
from articles.verbs import Refused, record, refused, take

Kind = Correction.Kind
Placement = Correction.Placement


@transaction.atomic
def correct(
    article: Article,
    *,
    by,
    text: str,
    kind: str = Kind.CORRECTION,
    placement: str = Placement.BOTTOM,
    was: str = "",
    now: str = "",
    revision: int | None = None,
) -> Correction:
    """A note on a story that readers have: what was wrong, and what is right. The text
    itself is changed in the form. A retraction takes the story out of every list."""
    story = _take_public(article, by, revision)
    return _note(story, by, text, kind, placement, was=was, now=now)


@transaction.atomic
def correct_quote(
    quote: Quote,
    *,
    by,
    text: str,
    words: str | None = None,
    speaker: Person | Organisation | str | None = None,
    role: str | None = None,
    kind: str = Kind.CORRECTION,
    placement: str = Placement.BOTTOM,
    revision: int | None = None,
) -> Correction:
    """Puts right the words, the speaker or the role of a quote that readers have, in
    the record and in the body of its own story together. The right speaker may be an
    unnamed source, as printed; the post and role of the wrong one go. Stories that
    repeat the quote keep their words and show the correction."""
    story = _take_public(quote.article, by, revision)
    quote = story.quotes.get(pk=quote.pk)
    if quote.withdrawn_at:
        raise refused(_("The quote was withdrawn: there is nothing to correct."))
    if kind == Kind.RETRACTION:
        raise refused(_("To retract a quote is to withdraw it: choose that."))
    was, now = [], []
    words = words and matching.without_marks(words.replace("\r\n", "\n")).strip()
    if words is not None and words.split() != quote.words.split():
        restored = body.restore_words(story.body, quote.mark, words)
        if restored is None:
            raise refused(
                _(
                    "The story carries the quote in another number of parts: write the "
                    "right words one part a line, as the story splits them."
                )
            )
        was.append(quote.words)
        story.body, quote.words = restored, words
        now.append(words)
    if speaker and speaker != _said_by(quote):
        was.append(str(quote.speaker_name()))
        quote.speaker = speaker if isinstance(speaker, Person) else None
        quote.organisation = speaker if isinstance(speaker, Organisation) else None
        quote.unnamed_source = speaker if isinstance(speaker, str) else ""
        quote.position = None
        now.append(str(quote.speaker_name()))
        role = role or ""
    if role is not None and role != quote.role:
        was.append(quote.role)
        quote.role = role
        now.append(role)
    if not was and kind == Kind.CORRECTION:
        raise refused(_("Change the words, the speaker or the role, and say what was."))
    quote.save()
    return _note(
        story,
        by,
        text,
        kind,
        placement,
        quote=quote,
        was="\n".join(filter(None, was)),
        now="\n".join(filter(None, now)),
    )


@transaction.atomic
def withdraw_quote(
    quote: Quote,
    *,
    by,
    text: str,
    placement: str = Placement.BOTTOM,
    revision: int | None = None,
) -> Correction:
    """The quote should not have been printed: it keeps its address, says so and why,
    and leaves lists and counts. The story's text is changed in the form."""
    story = _take_public(quote.article, by, revision)
    quote = story.quotes.get(pk=quote.pk)
    if quote.withdrawn_at:
        raise refused(_("The quote is withdrawn already."))
    quote.withdrawn_at = timezone.now()
    quote.save()
    return _note(story, by, text, Kind.RETRACTION, placement, quote=quote)


def _said_by(quote) -> Person | Organisation | str | None:
    return quote.unnamed_source or quote.speaker or quote.organisation


def _take_public(article, by, revision) -> Article:
    """`revision` is what readers had when somebody saw that it was wrong."""
    story = take(article, by, "correct_article")
    if revision is not None and revision != story.revisions.held().number:
        raise refused(
            _("What readers have has changed since you opened the page. Look again.")
        )
    if not Article.objects.published().filter(pk=story.pk).exists():
        raise refused(
            _("Readers do not have this story: change it, there is nothing to correct.")
        )
    return story


def _note(story, by, text, kind, placement, **details) -> Correction:
    if not text.strip():
        raise refused(_("Say in a sentence what was wrong."))
    story.updated_at = timezone.now()
    story.save()
    settle(story, by=by, note=text.strip()[:300], is_substantial=True)
    if problems := problems_before_publishing(story):
        raise Refused(*problems)
    correction = Correction.objects.create(
        article=story,
        kind=kind,
        text=text.strip(),
        placement=placement,
        published_at=story.updated_at,
        **details,
    )
    note_story(story)
    record(story, by, f"{correction.get_kind_display()}: {correction.text}")
    return correction
