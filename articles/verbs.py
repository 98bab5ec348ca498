"""What every verb does: check who asks, lock the story, refuse in sentences, record."""

from hashlib import sha256
from typing import NamedTuple

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.utils.translation import gettext as _

from articles.models import Article, Draft, Revision
from articles.times import at_the_desk, in_words

SYSTEM = "system"


class Problem(NamedTuple):
    """Why a story cannot be published, and what to do. `field` is one of the form's
    fields or inlines (quotes, bylines); `mark` says which quote, if it is one."""

    field: str
    message: str
    mark: str = ""


class Refused(ValidationError):
    """A verb that does not go through. `problems` says why; nothing was changed."""

    def __init__(self, *problems: Problem):
        super().__init__([problem.message for problem in problems])
        self.problems = problems


class Seen(NamedTuple):
    """What somebody saw of a story when they asked for a verb: the number of its newest
    revision, and the `state_key()`. None is what the page did not say."""

    revision: int | None = None
    state: str | None = None


def state_key(article: Article, draft: Draft | None) -> str:
    """Another one once a verb has moved the story or set a time of it."""
    moved_by_verbs = (
        article.status,
        article.published_at,
        article.embargoed_until,
        article.embargo_reason,
        article.expires_at,
        article.updated_at,
        draft and draft.due_at,
        draft and draft.due_revision_id,
    )
    said = " ".join(
        value.isoformat() if hasattr(value, "isoformat") else repr(value)
        for value in moved_by_verbs
    )
    return sha256(said.encode()).hexdigest()[:16]


def refused(message: str, field: str = "") -> Refused:
    return Refused(Problem(field, message))


def take(
    article: Article, by, permission: str, revision: int | Seen | None = None
) -> Article:
    """The saved row, locked until the transaction ends. `by` None is the system;
    `revision` is what whoever asks has seen: anything but the newest is refused."""
    if by is not None and not by.has_perm(f"articles.{permission}"):
        raise PermissionDenied(_("You do not have the permission to do this."))
    story = Article.objects.select_for_update(of=["self"]).get(pk=article.pk)
    seen = revision if isinstance(revision, Seen) else Seen(revision)
    if seen.revision is not None:
        newest = Revision.objects.newest_number(story)
        if seen.revision != newest:
            raise _out_of_date(story, seen.revision, newest)
    if seen.state is not None:
        draft = Draft.objects.filter(article=story).first()
        if seen.state != state_key(story, draft):
            raise _moved(story, draft)
    return story


def _moved(story, draft) -> Refused:
    message = _(
        "Somebody has set its state or its times since you opened the page. It is now: "
        "%(state)s. Look at it and try again."
    )
    said = story.state()
    if draft and draft.due_at:
        said += _("; its changes are due at %s") % in_words(draft.due_at)
    return refused(message % {"state": said})


def _out_of_date(story, seen, newest) -> Refused:
    if newest < seen:
        return refused(
            _(
                "Its pending changes were dropped since you opened the page: look at "
                "it and try again."
            )
        )
    save = story.revisions.select_related("saved_by").get(number=newest)
    message = _(
        "%(who)s saved this story at %(time)s, since you opened the page: look at it "
        "and try again."
    )
    return refused(
        message % {"who": name_of(save.saved_by), "time": at_the_desk(save.saved_at)}
    )


def record(row: models.Model, by, message: str, flag: int = CHANGE) -> None:
    """In the admin's log."""
    LogEntry.objects.log_actions(
        (by or system_user()).pk, [row], flag, message, single_object=True
    )


def name_of(user) -> str:
    """As colleagues read it; None is the system."""
    if user is None or user.get_username() == SYSTEM:
        return _("the system")
    return user.get_full_name() or user.get_username()


def system_user():
    """Whom the log names when nobody was at the keyboard. Nobody can sign in as it."""
    user, is_new = get_user_model().objects.get_or_create(
        username=SYSTEM, defaults={"is_active": False}
    )
    if is_new:
        user.set_unusable_password()
        user.save()
    return user
