import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models.articles import Article

OUT_OF_DATE = timedelta(seconds=60)
FORGOTTEN = timedelta(minutes=10)  # who comes back after that opens it anew
MOST_FORGOTTEN = 200  # at once


class PresenceQuerySet(models.QuerySet):
    """Short single statements, each by itself: a look around never holds up a save."""

    def open(self, at):
        seen = self.filter(seen_at__gt=at - OUT_OF_DATE)
        return seen.select_related("user").order_by("opened_at", "pk")

    def see(self, article, user, tab, at):
        mine = self.filter(article=article, user=user, tab=tab)
        if mine.filter(seen_at__gt=at - FORGOTTEN).update(seen_at=at):
            return
        old = self.filter(seen_at__lte=at - FORGOTTEN).order_by("seen_at", "pk")
        self.filter(pk__in=old.values("pk")[:MOST_FORGOTTEN]).delete()
        row = self.model(article=article, user=user, tab=tab, opened_at=at, seen_at=at)
        self.bulk_create(
            [row],
            update_conflicts=True,
            unique_fields=["article", "user", "tab"],
            update_fields=["opened_at", "seen_at"],
        )

    def leave(self, article, user, tab, at):
        """The row stays a while: who only saved is back at once, and has had the story
        open all along."""
        mine = self.filter(article=article, user=user, tab=tab)
        mine.filter(seen_at__gt=at - OUT_OF_DATE).update(seen_at=at - OUT_OF_DATE)


class Presence(models.Model):
    """Somebody has the form of a story open. No lock: it goes out of date by itself."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    article = models.ForeignKey(
        Article, models.CASCADE, verbose_name=_("article"), related_name="presences"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        verbose_name=_("user"),
        related_name="+",
    )
    tab = models.CharField(
        _("tab"), max_length=32, help_text=_("Made up by the browser for each tab.")
    )
    opened_at = models.DateTimeField(_("open since"))
    seen_at = models.DateTimeField(_("last seen"))

    objects = PresenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("open form")
        verbose_name_plural = _("open forms")
        ordering = ["-seen_at", "pk"]
        default_permissions = ["view"]
        indexes = [models.Index(fields=["seen_at", "id"], name="presence_by_time")]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "user", "tab"],
                name="presence_is_one_row_for_each_tab",
                violation_error_message=_("This tab is known already."),
            )
        ]

    def __str__(self):
        return self.user.get_full_name() or self.user.get_username()
