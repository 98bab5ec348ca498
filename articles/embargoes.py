"""How long a story is held back from its readers, and how long they have it. All of it
holds in the query: see Article.objects.published()."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.models import Article
from articles.settling import settle
from articles.times import in_words
from articles.verbs import Seen, record, refused, take

Status = Article.Status


@transaction.atomic
def set_embargo(
    article: Article,
    *,
    until: datetime,
    reason: str,
    by,
    revision: int | Seen | None = None,
) -> Article:
    """No reader sees the story before that time, whoever publishes it. One that is
    scheduled for an earlier time goes out when the embargo lifts."""
    story = _take(article, by, revision)
    refuse_unless_open(story)
    now = timezone.now()
    if Article.objects.gone_out(now).filter(pk=story.pk).exists():
        raise refused(
            _(
                "Readers have had this story: it is too late for an embargo. Take it "
                "back to draft first."
            ),
            "embargoed_until",
        )
    if aware(until) <= now:
        raise refused(
            _("%(time)s has passed: an embargo lifts at a time that is still to come.")
            % {"time": in_words(until)},
            "embargoed_until",
        )
    if story.is_embargoed(now) and until < story.embargoed_until:
        raise refused(
            _(
                "The embargo holds until %(time)s. To lift it earlier is to break it, "
                "which needs the permission and a reason."
            )
            % {"time": in_words(story.embargoed_until)},
            "embargoed_until",
        )
    _refuse_after_end(story, until)
    story.embargoed_until = until
    story.embargo_reason = _reason(
        reason, _("Say what the embargo is for: every page of the story shows it.")
    )
    if story.status == Status.PUBLISHED:
        story.published_at = max(story.published_at, until)
    said = _("Embargoed until %(time)s: %(reason)s")
    return _finish(article, story, by, said, time=until, reason=story.embargo_reason)


@transaction.atomic
def break_embargo(
    article: Article,
    *,
    reason: str,
    by,
    until: datetime | None = None,
    revision: int | Seen | None = None,
) -> Article:
    """Lifts an embargo that holds: now, or at an earlier time than was agreed. The
    reason is for the log. What only the embargo kept from readers, they have then."""
    story = take(article, by, "break_embargo", revision)
    refuse_unless_open(story)
    now = timezone.now()
    if not story.is_embargoed(now):
        raise refused(_("No embargo holds: there is none to break."))
    if until is not None and not now < aware(until) < story.embargoed_until:
        raise refused(
            _("Choose a time between now and %(time)s, when the embargo lifts.")
            % {"time": in_words(story.embargoed_until)}
        )
    reason = _reason(
        reason, _("Give the reason for breaking the embargo: it is kept in the log.")
    )
    was, story.embargoed_until = story.embargoed_until, until
    if until is None:
        story.embargo_reason = ""
    if story.status == Status.PUBLISHED:
        story.published_at = max(story.published_at, until or now)
    said = _("Broke the embargo until %(time)s: %(reason)s")
    return _finish(article, story, by, said, time=was, reason=reason)


@transaction.atomic
def set_expiry(
    article: Article, *, at: datetime | None, by, revision: int | Seen | None = None
) -> Article:
    """Readers have the story until that time; None is without an end."""
    story = _take(article, by, revision)
    refuse_unless_open(story)
    if at is None:
        was, story.expires_at = story.expires_at, None
        if was is None:
            raise refused(_("No end is set: readers have the story until you say so."))
        return _finish(article, story, by, _("Expires no more."))
    if aware(at) <= timezone.now():
        raise refused(
            _(
                "%(time)s has passed. Choose a time that is still to come; to take the "
                "story from its readers now, take it back to draft."
            )
            % {"time": in_words(at)},
            "expires_at",
        )
    begins = [story.embargoed_until]
    if story.status == Status.PUBLISHED:
        begins.append(story.published_at)
    if any(time and at <= time for time in begins):
        raise refused(
            _("Readers have the story from %(time)s: choose a later end, or none.")
            % {"time": in_words(max(filter(None, begins)))},
            "expires_at",
        )
    story.expires_at = at
    return _finish(article, story, by, _("Readers have it until %(time)s."), time=at)


def refuse_embargoed(story: Article, at: datetime, message: str) -> None:
    """`message` says until when the embargo holds (%(time)s), and what to do."""
    if story.is_embargoed(at):
        time = in_words(story.embargoed_until)
        raise refused(message % {"time": time}, "embargoed_until")


def refuse_past(at: datetime) -> None:
    if aware(at) <= timezone.now():
        message = _(
            "%(time)s has passed: choose a time that is still to come, or publish now."
        )
        raise refused(message % {"time": in_words(at)})


def refuse_unless_open(story: Article) -> None:
    if story.status == Status.KILLED:
        raise refused(_("The story was killed. Write it anew under another slug."))
    if story.status == Status.SPIKED:
        raise refused(_("The story is spiked: take it back to draft first."))


def aware(time: datetime) -> datetime:
    if timezone.is_naive(time):
        raise ValueError("A verb takes aware times")
    return time


def _take(article, by, revision) -> Article:
    """Who may write a draft sets its times; of a live story, who may publish it."""
    story = take(article, by, "change_article", revision)
    is_live = story.status == Status.PUBLISHED
    if is_live and by is not None and not by.has_perm("articles.publish_article"):
        raise PermissionDenied(_("You do not have the permission to do this."))
    return story


def _reason(text, missing) -> str:
    reason = " ".join(text.split())
    longest = Article._meta.get_field("embargo_reason").max_length
    if not reason:
        raise refused(missing, "embargo_reason")
    if len(reason) > longest:
        raise refused(_("Say it in %d characters.") % longest, "embargo_reason")
    return reason


def _refuse_after_end(story, until):
    if story.expires_at and story.expires_at <= until:
        raise refused(
            _(
                "The story expires at %(time)s, before the embargo would lift: choose "
                "a later end first, or none."
            )
            % {"time": in_words(story.expires_at)},
            "embargoed_until",
        )


def _finish(article, story, by, said, time=None, **values) -> Article:
    story.save()
    settle(story, by=by)
    record(story, by, said % {**values, "time": time and in_words(time)})
    article.refresh_from_db()
    return article
