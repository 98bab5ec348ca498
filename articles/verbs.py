"""What every verb does: check who asks, lock the story, refuse in sentences, record."""

from typing import NamedTuple

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from articles.models import Article


class Problem(NamedTuple):
    """Why a story cannot be published, and what to do. `field` is one of the form's
    fields or inlines (quotes, bylines)."""

    field: str
    message: str


class Refused(ValidationError):
    """A verb that does not go through. `problems` says why; nothing was changed."""

    def __init__(self, *problems: Problem):
        super().__init__([problem.message for problem in problems])
        self.problems = problems


def refused(message: str, field: str = "") -> Refused:
    return Refused(Problem(field, message))


def take(article: Article, by, permission: str) -> Article:
    """The saved row, locked until the transaction ends. `by` None is the system."""
    if by is not None and not by.has_perm(f"articles.{permission}"):
        raise PermissionDenied(_("You do not have the permission to do this."))
    return Article.objects.select_for_update(of=["self"]).get(pk=article.pk)


def record(story: Article, by, message: str) -> None:
    """In the admin's log."""
    LogEntry.objects.log_actions(
        (by or system_user()).pk, [story], CHANGE, message, single_object=True
    )


def system_user():
    """Whom the log names when nobody was at the keyboard. Nobody can sign in as it."""
    user, is_new = get_user_model().objects.get_or_create(
        username="system", defaults={"is_active": False}
    )
    if is_new:
        user.set_unusable_password()
        user.save()
    return user
