"""The verbs that move a story between the desk and its readers.

Each checks that `by` may do it (None is the system), refuses with sentences that say
what to do, changes the story, settles it and records the act in the admin's log, all in
one transaction.
"""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from articles import body
from articles.models import Article, Organisation, Person, Photo, Quote, QuoteOverride
from articles.quote_checks import checks_of
from articles.settling import settle, settle_for
from articles.times import in_words
from articles.verbs import Problem, Refused, record, refused, take

__all__ = [
    "Problem",
    "Refused",
    "kill",
    "override_quote_check",
    "problems_before_publishing",
    "problems_with_live_change",
    "publish",
    "schedule",
    "settle",
    "settle_for",
    "spike",
    "unpublish",
]

Status = Article.Status


def problems_before_publishing(article: Article) -> list[Problem]:
    """What stands between the saved story and its readers."""
    problems = []
    if not article.section_id:
        problems.append(Problem("section", _("Choose a section.")))
    if not article.slug:
        problems.append(Problem("slug", _("Give the story a slug for its address.")))
    if article.expires_at and article.expires_at <= timezone.now():
        problems.append(
            Problem("expires_at", _("The story has expired: clear or move the time."))
        )
    problems += _problems_of_photos(article)
    problems += _problems_of_bylines(article)
    problems += _problems_of_quotes(article)
    return problems


def problems_with_live_change(article: Article, *, by) -> list[Problem]:
    """What speaks against saving a change to a live story, which readers would see at
    once. None if the story is not live."""
    if not Article.objects.live().filter(pk=article.pk).exists():
        return []
    if by is not None and not by.has_perm("articles.publish_article"):
        return [
            Problem(
                "",
                _(
                    "This story is published, so only somebody who may publish can "
                    "change it. Your text is still here: copy it, and pass it on."
                ),
            )
        ]
    return problems_before_publishing(article)


@transaction.atomic
def publish(article: Article, *, by) -> Article:
    """Readers have the story from now on."""
    story = take(article, by, "publish_article")
    now = timezone.now()
    _refuse_unless_open(story)
    if Article.objects.published(now).filter(pk=story.pk).exists():
        raise refused(_("Readers have this story already."))
    if story.embargoed_until and story.embargoed_until > now:
        raise refused(
            _("The story is under embargo until %(time)s: schedule it for then.")
            % {"time": in_words(story.embargoed_until)},
            field="embargoed_until",
        )
    _refuse_problems(story)
    if not story.published_at or story.published_at > now:
        story.published_at = now
    story.first_published_at = story.first_published_at or story.published_at
    return _finish(article, story, Status.PUBLISHED, by, _("Published."))


@transaction.atomic
def schedule(article: Article, *, at: datetime, by) -> Article:
    """Readers have the story from that time on."""
    story = take(article, by, "publish_article")
    _refuse_unless_open(story)
    if timezone.is_naive(at):
        raise ValueError("schedule() takes an aware time")
    now = timezone.now()
    if at <= now:
        raise refused(_("Choose a time that is still to come, or publish now."))
    if Article.objects.gone_out(now).filter(pk=story.pk).exists():
        raise refused(_("Readers have this story already: unpublish it first."))
    if story.embargoed_until and at < story.embargoed_until:
        raise refused(
            _("The embargo lifts at %(time)s: choose that time or a later one.")
            % {"time": in_words(story.embargoed_until)},
            field="embargoed_until",
        )
    if story.expires_at and at >= story.expires_at:
        raise refused(
            _("The story expires at %(time)s, before it would be published.")
            % {"time": in_words(story.expires_at)},
            field="expires_at",
        )
    _refuse_problems(story)
    story.published_at = at
    message = _("Scheduled for %(time)s.") % {"time": in_words(at)}
    return _finish(article, story, Status.PUBLISHED, by, message)


@transaction.atomic
def unpublish(article: Article, *, by) -> Article:
    """Back to draft. Where readers have had the story, its address says that it is
    gone."""
    story = take(article, by, "publish_article")
    if story.status not in (Status.PUBLISHED, Status.SPIKED):
        raise refused(_("Only a published or a spiked story goes back to draft."))
    _note_what_readers_had(story)
    return _finish(article, story, Status.DRAFT, by, _("Taken back to draft."))


@transaction.atomic
def spike(article: Article, *, by) -> Article:
    """The story will not be published. Only before readers have it."""
    story = take(article, by, "publish_article")
    _refuse_unless_open(story)
    if Article.objects.ever_public().filter(pk=story.pk).exists():
        raise refused(_("Readers have had this story: unpublish or kill it instead."))
    _note_what_readers_had(story)
    return _finish(article, story, Status.SPIKED, by, _("Spiked."))


@transaction.atomic
def kill(article: Article, *, by, reason: str) -> Article:
    """Takes a story from its readers for good. The reason is for the log only."""
    story = take(article, by, "kill_article")
    if story.status == Status.KILLED:
        raise refused(_("The story is killed already."))
    if not reason.strip():
        raise refused(_("Give the reason for the kill: it is kept in the log."))
    if not Article.objects.ever_public().filter(pk=story.pk).exists():
        raise refused(_("Readers never had this story: spike it instead."))
    _note_what_readers_had(story)
    message = _("Killed: %(reason)s") % {"reason": reason.strip()}
    return _finish(article, story, Status.KILLED, by, message)


@transaction.atomic
def override_quote_check(quote: Quote, *, by, reason: str) -> QuoteOverride:
    """Lets the recorded words and those of the story stand as they are now, though they
    differ. Any later change of either opens the check again."""
    story = take(quote.article, by, "override_quote_check")
    if not reason.strip():
        raise refused(_("Give the reason for letting the quote stand."), "quotes")
    checks = next(
        checks_of(story, body.read(story.body), story.quotes.filter(pk=quote.pk))
    )
    if not checks.is_open:
        raise refused(_("Nothing is open at this quote."), "quotes")
    override = QuoteOverride.objects.create(
        quote=checks.quote,
        recorded=checks.quote.words,
        marked=checks.marked,
        reason=reason.strip(),
        overridden_by=by,
    )
    message = _("Let quote %(mark)s stand: %(reason)s")
    record(story, by, message % {"mark": quote.mark, "reason": override.reason})
    return override


def _finish(article, story, status, by, message) -> Article:
    story.status = status
    story.save()
    settle(story)
    record(story, by, message)
    article.refresh_from_db()
    return article


def _refuse_unless_open(story):
    if story.status == Status.KILLED:
        raise refused(_("The story was killed. Write it anew under another slug."))
    if story.status == Status.SPIKED:
        raise refused(_("The story is spiked: take it back to draft first."))


def _refuse_problems(story):
    if problems := problems_before_publishing(story):
        raise Refused(*problems)


def _note_what_readers_had(story):
    """A story that never reached readers keeps no time; one that did keeps its own, and
    with it its address."""
    if not Article.objects.ever_public().filter(pk=story.pk).exists():
        story.published_at = None
    elif not story.first_published_at:
        story.first_published_at = max(
            filter(None, [story.published_at, story.embargoed_until])
        )


def _problems_of_photos(article):
    problems = []
    shown = Photo.objects.filter(pk=article.lead_photo_id) | Photo.objects.filter(
        slug__in=body.read(article.body).photos
    )
    for photo in shown.distinct():
        if photo.image and not photo.alt_text:
            message = _("Write the alt text of the photo “%s”.") % photo.slug
            problems.append(Problem("lead_photo", message))
        if not photo.credit:
            message = _("Write the credit line of the photo “%s”.") % photo.slug
            problems.append(Problem("lead_photo", message))
    return problems


def _problems_of_bylines(article):
    return [
        Problem(
            "bylines",
            _(
                "%s is a private person, whose name we do not print: switch their page "
                "on, or take them out of the bylines."
            )
            % byline.person,
        )
        for byline in article.bylines.select_related("person")
        if not byline.person.is_public
    ]


def _problems_of_quotes(article):
    reading = body.read(article.body)
    marks = set(article.quotes.carried().values_list("mark", flat=True))
    problems = []

    def add(field, message, **values):
        problems.append(Problem(field, message % values))

    for mark in reading.passages.keys() - marks:
        add(
            "body",
            _("The mark %(mark)s has no quote: add one or remove the mark."),
            mark=mark,
        )
    for model, slugs, name in [
        (Person, reading.people, _("person")),
        (Organisation, reading.organisations, _("organisation")),
        (Photo, reading.photos, _("photo")),
    ]:
        known = model.objects.in_bulk(slugs, field_name="slug")
        for slug in slugs:
            if slug not in known:
                add(
                    "body",
                    _("The body leads to the %(kind)s “%(slug)s”, and there is none."),
                    kind=name,
                    slug=slug,
                )
    for checks in checks_of(article, reading):
        if not checks.is_exempt:
            for message in _problems_of_quote(checks):
                add("quotes", message, mark=checks.quote.mark)
    return problems


def _problems_of_quote(checks) -> Iterator[str]:
    quote, passage = checks.quote, checks.passage
    is_reported = quote.is_indirect()
    reported = body.MARKS["reported"].element
    if checks.is_open and passage is None:
        yield _(
            "Quote %(mark)s stands nowhere in the body: mark its words there, or "
            "delete the quote."
        )
    elif checks.is_open and is_reported:
        yield _(
            "The passage that reports %(mark)s has changed: confirm what it says now, "
            "or restore it."
        )
    elif checks.is_open:
        yield _(
            "The words of quote %(mark)s differ from those in the body: take the "
            "story's words, or restore the recorded words."
        )
    elif passage and (passage.element == reported) != is_reported:
        yield _(
            "Quote %(mark)s is marked in the body as one kind and recorded as another: "
            "use <q> for words, <span> for what is reported."
        )
    if settings.QUOTES_OFF_SOURCE_BLOCK and checks.is_off_source:
        yield _(
            "The words of quote %(mark)s are not those of the source copy: correct "
            "them, or add the text they come from."
        )
    has_speaker = quote.speaker_id or quote.organisation_id or quote.unnamed_source
    if not is_reported and not has_speaker:
        yield _("Say who speaks in quote %(mark)s, or describe the unnamed source.")
