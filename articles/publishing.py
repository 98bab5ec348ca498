"""The verbs that move a story between the desk and its readers.

Each checks that `by` may do it (None is the system), refuses with sentences that say
what to do, changes the story, settles it and records the act in the admin's log, all in
one transaction.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from articles import body
from articles.drafts import draft_of
from articles.embargoes import (
    aware,
    refuse_embargoed,
    refuse_past,
    refuse_unless_open,
)
from articles.models import (
    Article,
    Organisation,
    Person,
    Photo,
    Quote,
    QuoteOverride,
)
from articles.quote_checks import checks_of
from articles.settling import settle, settle_for
from articles.taking_back import take_in_pending
from articles.times import in_words
from articles.verbs import Problem, Refused, Seen, record, refused, take

__all__ = [
    "Problem",
    "Refused",
    "kill",
    "note_override",
    "override_quote_check",
    "problems_before_publishing",
    "publish",
    "refuse_problems",
    "schedule",
    "settle",
    "settle_for",
    "spike",
    "unpublish",
]

Status = Article.Status
AS_SET = object()  # the end of publication that the story has already, if any


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


@transaction.atomic
def publish(
    article: Article,
    *,
    by,
    until: datetime | None | object = AS_SET,
    revision: int | Seen | None = None,
) -> Article:
    """Readers have the story from now on, and until that time if there is one."""
    story = take(article, by, "publish_article", revision)
    now = timezone.now()
    refuse_unless_open(story)
    _refuse_pending(story)
    if Article.objects.published(now).filter(pk=story.pk).exists():
        raise refused(_("Readers have this story already."))
    refuse_embargoed(
        story,
        now,
        _(
            "The story is under embargo until %(time)s: schedule it for then. To "
            "publish before that is to break the embargo, under Times."
        ),
    )
    _set_end(story, now, until)
    refuse_problems(story)
    if not story.published_at or story.published_at > now:
        story.published_at = now
    story.first_published_at = story.first_published_at or story.published_at
    said = _("Published until %(time)s.") if story.expires_at else _("Published.")
    if story.expires_at:
        said %= {"time": in_words(story.expires_at)}
    return _finish(article, story, Status.PUBLISHED, by, said)


@transaction.atomic
def schedule(
    article: Article,
    *,
    at: datetime,
    by,
    until: datetime | None | object = AS_SET,
    revision: int | Seen | None = None,
) -> Article:
    """Readers have the story from that time on, and until the other if there is one."""
    story = take(article, by, "publish_article", revision)
    refuse_unless_open(story)
    _refuse_pending(story)
    now = timezone.now()
    refuse_past(at)
    if Article.objects.gone_out(now).filter(pk=story.pk).exists():
        raise refused(_("Readers have this story already: unpublish it first."))
    refuse_embargoed(
        story,
        at,
        _(
            "The embargo lifts at %(time)s: choose that time or a later one. To go out "
            "before that is to break the embargo, under Times."
        ),
    )
    _set_end(story, at, until)
    refuse_problems(story)
    story.published_at = at
    said = _("Scheduled for %(time)s.") % {"time": in_words(at)}
    if story.expires_at:
        said += " " + _("Readers have it until %s.") % in_words(story.expires_at)
    return _finish(article, story, Status.PUBLISHED, by, said)


def _refuse_pending(story):
    """The form of a story that is not live shows what is pending, not its rows."""
    if story.status == Status.DRAFT and draft_of(story):
        raise refused(
            _("Changes from when readers had it are pending: open the story and save.")
        )


def _set_end(story, begins, until):
    if until is not AS_SET:
        story.expires_at = until and aware(until)
    if story.expires_at and story.expires_at <= begins:
        if until is AS_SET and story.expires_at <= timezone.now():
            return  # one of the story's problems, which are told together
        raise refused(
            _(
                "The story expires at %(time)s, before it would be published: choose a "
                "later end, or none."
            )
            % {"time": in_words(story.expires_at)},
            field="expires_at",
        )


@transaction.atomic
def unpublish(article: Article, *, by, revision: int | Seen | None = None) -> Article:
    """Back to draft, with what was pending. Where readers have had the story, its
    address says that it is gone."""
    story = take(article, by, "publish_article", revision)
    if story.status not in (Status.PUBLISHED, Status.SPIKED):
        raise refused(_("Only a published or a spiked story goes back to draft."))
    _note_what_readers_had(story)
    story.status = Status.DRAFT
    story.save()
    said = f"{_('Taken back to draft.')} {take_in_pending(story, by=by)}".strip()
    return _finish(article, story, Status.DRAFT, by, said)


@transaction.atomic
def spike(article: Article, *, by, revision: int | Seen | None = None) -> Article:
    """The story will not be published. Only before readers have it."""
    story = take(article, by, "publish_article", revision)
    refuse_unless_open(story)
    if Article.objects.ever_public().filter(pk=story.pk).exists():
        raise refused(_("Readers have had this story: unpublish or kill it instead."))
    _note_what_readers_had(story)
    return _finish(article, story, Status.SPIKED, by, _("Spiked."))


@transaction.atomic
def kill(
    article: Article, *, by, reason: str, revision: int | Seen | None = None
) -> Article:
    """Takes a story from its readers for good. The reason is for the log only."""
    story = take(article, by, "kill_article", revision)
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
    Quote.objects.filter(pk=quote.pk).update(is_open=False)
    note_override(story, override, by=by)
    return override


def note_override(article: Article, override: QuoteOverride, *, by) -> None:
    message = _("Let quote %(mark)s stand: %(reason)s")
    values = {"mark": override.quote.mark, "reason": override.reason}
    record(article, by, message % values)


def refuse_open_quotes(articles: Iterable[Article]) -> None:
    """Of those that are live: their words are not those that the story says."""
    for article in Article.objects.live().filter(pk__in=[a.pk for a in articles]):
        reading = body.read(article.body)
        open_marks = [c.quote.mark for c in checks_of(article, reading) if c.is_open]
        if open_marks:
            message = _(
                "“%(story)s” cannot be published: what quotes %(marks)s record is not "
                "what the story says. Load it as a draft, or put that right."
            )
            values = {"story": article, "marks": ", ".join(open_marks)}
            raise refused(message % values, field="quotes")


def _finish(article, story, status, by, message) -> Article:
    story.status = status
    story.save()
    settle(story, by=by)
    record(story, by, message)
    article.refresh_from_db()
    return article


def refuse_problems(story):
    if problems := problems_before_publishing(story):
        raise Refused(*problems)


def _note_what_readers_had(story):
    """A story that never reached readers keeps no time; one that did keeps its own, and
    with it its address. A version that was still to come is not one they had."""
    story.publications.filter(published_at__gt=timezone.now()).delete()
    if not Article.objects.ever_public().filter(pk=story.pk).exists():
        story.published_at = None
        story.publications.all().delete()
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
        mark = values.get("mark", "")
        problems.append(Problem(field, message % values, mark))

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
            near = checks.nearest._asdict() if checks.nearest else {}
            for message in _problems_of_quote(checks):
                add("quotes", message, mark=checks.quote.mark, **near)
    return problems


def _problems_of_quote(checks) -> Iterator[str]:
    quote, passage = checks.quote, checks.passage
    is_reported = quote.is_indirect()
    reported = body.MARKS["reported"].element
    if checks.is_open and checks.nearest:
        yield _(
            "Quote %(mark)s stands nowhere in the body. Nearest is paragraph "
            "%(paragraph)d, “%(passage)s”: make the words the same and save, mark them "
            "there, or delete the quote."
        )
    elif checks.is_open and passage is None:
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
