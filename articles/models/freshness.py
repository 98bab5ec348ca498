"""What readers see was changed, and so which pages are to be made anew."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models.articles import Article
from articles.models.dumps import NoRows


class WritingEdition(models.Func):
    """The edition of the site that this transaction makes."""

    output_field = models.BigIntegerField()

    def as_sql(self, compiler, connection):
        return f"({NEXT_ON_SQLITE})", []

    def as_postgresql(self, compiler, connection):
        return "(pg_current_xact_id()::text::bigint)", []


# The editions from this one on are not in what is read now. SQLite has one writer at a
# time; on PostgreSQL it is the oldest of the transactions that still run.
NEXT_ON_SQLITE = "SELECT COALESCE(MAX(edition), 0) + 1 FROM articles_touch"
NOT_YET_SEEN = {
    "sqlite": NEXT_ON_SQLITE,
    "postgresql": "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint",
}


class TouchQuerySet(models.QuerySet):
    def since(self, edition: int) -> set[str]:
        """The tags of what was touched since the site stood so."""
        rows = self.filter(edition__gte=edition)
        return set(rows.values_list("tag", flat=True))


class Touch(models.Model):
    """Something that readers see was changed: pages that bear its tag, and were begun
    before this edition was there to be read, are stale."""

    tag = models.CharField(max_length=80)
    edition = models.BigIntegerField()
    touched_at = models.DateTimeField(default=timezone.now)
    is_purged = models.BooleanField(default=False)

    objects = TouchQuerySet.as_manager()
    of_dumps = NoRows()

    class Meta:
        default_manager_name = "of_dumps"
        verbose_name = _("touch")
        verbose_name_plural = _("touches")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["edition"], name="touch_by_edition"),
            models.Index(fields=["tag", "edition"], name="touch_by_tag"),
            models.Index(fields=["touched_at"], name="touch_by_time"),
            models.Index(
                fields=["id"],
                name="touch_to_purge",
                condition=models.Q(is_purged=False),
            ),
        ]

    def __str__(self):
        return self.tag


class Listing(models.Model):
    """The lists that a story and its quotes stand in, as was last told: for each tag of
    a list a digest of what stands there."""

    article = models.OneToOneField(
        Article, models.CASCADE, primary_key=True, related_name="listing"
    )
    lists = models.JSONField(default=dict)

    objects = models.Manager()
    of_dumps = NoRows()

    class Meta:
        default_manager_name = "of_dumps"
        verbose_name = _("listing")
        verbose_name_plural = _("listings")

    def __str__(self):
        return str(self.article)
