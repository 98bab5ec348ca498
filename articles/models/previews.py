import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from articles.models.articles import Article
from articles.models.fields import LineField, not_empty
from articles.models.revisions import Revision


class PreviewLinkQuerySet(models.QuerySet):
    def open(self, at=None):
        """Those that show something at that time. None shows a story that readers are
        not to have: spiked, killed, expired, or while its embargo holds."""
        at = at or timezone.now()
        to_come = [Article.Status.DRAFT, Article.Status.PUBLISHED]
        return self.filter(
            Q(article__expires_at=None) | Q(article__expires_at__gt=at),
            revoked_at=None,
            expires_at__gt=at,
            article__status__in=to_come,
        ).exclude(article__in=Article.objects.embargoed(at))

    def of_token(self, token):
        """The open link of that address, or None."""
        links = self.open().select_related("article", "revision")
        return links.filter(digest=digest_of(token)).first()

    def newest_first(self):
        return self.order_by("-made_at", "pk")

    def for_lists(self):
        return self.select_related("revision", "made_by").defer("revision__content")


class PreviewLink(models.Model):
    """Shows one revision to whoever has its address, until it ends. The address is not
    kept, only what it is known by: nobody can read it out of the database."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    article = models.ForeignKey(
        Article, models.CASCADE, verbose_name=_("article"), related_name="preview_links"
    )
    # Whoever was shown a revision may be asked about it: it stays as long as the link.
    revision = models.ForeignKey(
        Revision,
        models.RESTRICT,
        verbose_name=_("revision"),
        related_name="preview_links",
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    made_for = LineField(
        _("for whom"),
        max_length=200,
        help_text=_("Whom you send it to. It stands in the log and in the list below."),
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("made by"),
        related_name="+",
        null=True,
        blank=True,
    )
    made_at = models.DateTimeField(_("made at"))
    expires_at = models.DateTimeField(_("ends at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    objects = PreviewLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("preview link")
        verbose_name_plural = _("preview links")
        ordering = ["-made_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("made_at")),
                name="preview_link_ends_after_it_is_made",
            ),
            not_empty("made_for", "preview_link_is_for_somebody"),
        ]

    def __str__(self):
        return _("%(revision)s for %(whom)s") % {
            "revision": self.revision,
            "whom": self.made_for,
        }

    def is_what_readers_have(self):
        is_public = Article.objects.published().filter(pk=self.article_id).exists()
        return is_public and self.revision == self.article.revisions.held()


def digest_of(token):
    """Keyed with the site's secret: a row that somebody wrote past us opens nothing."""
    return salted_hmac("articles.PreviewLink", token, algorithm="sha256").hexdigest()
