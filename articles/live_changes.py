"""The verbs for what the desk has made of a live story since readers got it: its draft
takes the place of what they have, now or at a time."""

from collections.abc import Iterator
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.drafts import content_to_publish, draft_of, take_sources
from articles.embargoes import refuse_embargoed, refuse_past, refuse_unless_open
from articles.models import Article, Draft
from articles.publishing import refuse_problems
from articles.revisions import apply, rehearsal, says_the_same
from articles.settling import settle
from articles.times import in_words
from articles.verbs import Refused, Seen, record, refused, take


@transaction.atomic
def publish_changes(
    article: Article,
    *,
    by,
    revision: int | Seen | None = None,
    is_substantial: bool = False,
    note: str = "",
) -> Article:
    """The pending changes of a live story take the place of what readers have. Of a
    change of substance readers are told, with the note."""
    story = take(article, by, "publish_article", revision)
    draft = _pending(story)
    _apply_draft(draft, draft.revision, draft.over, by, is_substantial, note)
    article.refresh_from_db()
    return article


@transaction.atomic
def schedule_changes(
    article: Article,
    *,
    at: datetime,
    by,
    revision: int | Seen | None = None,
    is_substantial: bool = False,
    note: str = "",
) -> Draft:
    """What is pending now takes its place at that time, by publish_due(). What is saved
    after this waits: it was not part of what somebody decided on."""
    story = take(article, by, "publish_article", revision)
    draft = _pending(story)
    refuse_past(at)
    refuse_embargoed(
        story,
        at,
        _("The embargo lifts at %(time)s: choose that time or a later one."),
    )
    if story.expires_at and at >= story.expires_at:
        raise refused(
            _("The story expires at %(time)s, before it would be changed.")
            % {"time": in_words(story.expires_at)}
        )
    with rehearsal():
        _apply_draft(draft, draft.revision, draft.over, by, is_substantial, note, at)
    draft = draft_of(story)
    draft.due_revision, draft.due_over = draft.revision, draft.over
    draft.due_at, draft.due_by, draft.refusal = at, by, ""
    draft.is_substantial, draft.note = is_substantial, note
    draft.save()
    message = _("Revision %(number)d is to take its place at %(time)s.")
    record(story, by, message % {"number": draft.revision.number, "time": in_words(at)})
    return draft


@transaction.atomic
def unschedule_changes(
    article: Article, *, by, revision: int | Seen | None = None
) -> Draft:
    """The pending changes stay, and wait for somebody to publish them. Also of a story
    that readers have no more: the time would be overdue for good."""
    story = take(article, by, "publish_article", revision)
    draft = draft_of(story)
    if draft is None or draft.due_at is None:
        raise refused(_("No time is set for the pending changes."))
    draft.take_time_off()
    draft.save()
    record(story, by, _("The pending changes have no time any more."))
    return draft


def publish_due(at: datetime | None = None) -> Iterator[tuple[Article, Refused | None]]:
    """Publishes the changes whose time has come: each story, and what stood in the way.
    May run at any time, twice at once too. What was refused is kept whole, with the
    reason, and tried again."""
    at = at or timezone.now()
    for key in list(Draft.objects.due(at).values_list("article", flat=True)):
        refusal = None
        try:
            story = _publish_one(key, at)
        except Article.DoesNotExist:
            continue
        except ValidationError as error:
            refusal = refused(" ".join(error.messages))
            story = _note_refusal(key, at, refusal)
        if story:
            yield story, refusal


@transaction.atomic
def _publish_one(key, at) -> Article | None:
    """None if another run was faster."""
    story = take(Article(pk=key), None, "")
    draft = Draft.objects.due(at).filter(article=story).first()
    if draft is None:
        return None
    _pending(story)
    _apply_draft(
        draft,
        draft.due_revision,
        draft.due_over or draft.over,
        draft.due_by,
        draft.is_substantial,
        draft.note,
    )
    story.refresh_from_db()
    return story


def _note_refusal(key, at, refusal) -> Article | None:
    said = " ".join(refusal.messages)
    due = Draft.objects.due(at).filter(article=key)
    due.exclude(refusal=said).update(refusal=said)
    return Article.objects.filter(draft__in=due).first()


def _pending(story) -> Draft:
    draft = draft_of(story)
    if draft is None:
        raise refused(_("There are no pending changes."))
    refuse_unless_open(story)
    if story.status != Article.Status.PUBLISHED:
        raise refused(_("Readers do not have this story: publish it as a whole."))
    return draft


def _apply_draft(draft, revision, over, by, is_substantial, note, at=None):
    story = Article.objects.get(pk=draft.article_id)
    refuse_embargoed(
        story,
        at or timezone.now(),
        _(
            "The story is under embargo until %(time)s, and its changes with it: give "
            "them that time, or take the story back to draft and change it there."
        ),
    )
    content = content_to_publish(draft, revision, over)
    apply(story, content)
    take_sources(story, revision.number)
    story.refresh_from_db()
    if is_substantial:
        story.updated_at = timezone.now()
        story.save()
    settle(story, by=by, note=note, is_substantial=is_substantial)
    refuse_problems(story)
    held = story.revisions.held()
    if revision == draft.revision:
        draft.delete()
    else:  # what was saved later was written over this, and not over a correction
        is_taken_whole = says_the_same(held.content, revision.content)
        draft.over = held if is_taken_whole else revision
        draft.take_time_off()
        draft.save()
    record(story, by, _("Published the changes of revision %d.") % revision.number)
