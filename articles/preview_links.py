"""Showing a revision to somebody who has no account."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.models import Article, PreviewLink, Revision
from articles.models.previews import digest_of
from articles.times import in_words
from articles.verbs import record, refused, take


@transaction.atomic
def make_preview_link(
    article: Article, *, by, number: int, lasts: timedelta, made_for: str
) -> tuple[PreviewLink, str]:
    """The link to that revision, and its token, which is not kept."""
    story = take(article, by, "change_article")
    made_for = made_for.strip()
    if not made_for:
        raise refused(_("Say whom the link is for."), "made_for")
    if lasts > longest():
        raise refused(_("A link may not last that long here. Choose less."), "lasts")
    revision = Revision.objects.filter(article=story, number=number).first()
    if revision is None:
        raise refused(_("There is no such revision: save the story first."))
    _refuse_unless_shown(story)
    token, now = secrets.token_urlsafe(32), timezone.now()
    link = PreviewLink.objects.create(
        article=story,
        revision=revision,
        digest=digest_of(token),
        made_for=made_for,
        made_by=by,
        made_at=now,
        expires_at=now + lasts,
    )
    message = _(
        "Made a preview link to revision %(number)d for %(whom)s, until %(end)s."
    )
    values = {"number": number, "whom": made_for, "end": in_words(link.expires_at)}
    record(story, by, message % values)
    return link, token


@transaction.atomic
def revoke_preview_link(link: PreviewLink, *, by) -> PreviewLink:
    """The link shows nothing from now on. Ended ones are left as they are."""
    story = take(link.article, by, "change_article")
    link = PreviewLink.objects.get(pk=link.pk)
    if link.revoked_at is None and link.expires_at > timezone.now():
        link.revoked_at = timezone.now()
        link.save()
        message = _("Revoked the preview link to revision %(number)d for %(whom)s.")
        values = {"number": link.revision.number, "whom": link.made_for}
        record(story, by, message % values)
    return link


def longest() -> timedelta:
    return timedelta(hours=settings.PREVIEW_LINK_HOURS)


def _refuse_unless_shown(story):
    now = timezone.now()
    if Article.objects.embargoed(now).filter(pk=story.pk).exists():
        raise refused(
            _("The story is under embargo until %s, and no link shows it before then.")
            % in_words(story.embargoed_until)
        )
    if story.status in (Article.Status.SPIKED, Article.Status.KILLED):
        raise refused(_("No link shows a story that is spiked or killed."))
    if story.expires_at and story.expires_at <= now:
        raise refused(
            _("The story has expired, and no link shows it: clear or move the time.")
        )
