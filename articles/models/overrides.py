import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models.fields import MomentField, ProseField
from articles.models.quotes import Quote


class QuoteOverrideManager(models.Manager):
    def get_by_natural_key(self, article, mark, overridden_at):
        return self.get(
            quote=Quote.objects.get_by_natural_key(article, mark),
            overridden_at=overridden_at,
        )


class QuoteOverride(models.Model):
    """Somebody let a quote go out whose recorded words are not those of the story. It
    holds for exactly this pair of texts. Readers never see it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    quote = models.ForeignKey(
        Quote, models.CASCADE, verbose_name=_("quote"), related_name="overrides"
    )
    recorded = ProseField(_("recorded words"))
    marked = ProseField(_("words in the story"), blank=True)
    reason = ProseField(_("reason"))
    overridden_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("overridden by"),
        related_name="+",
        null=True,
        blank=True,
    )
    overridden_at = MomentField(_("overridden at"), default=timezone.now)

    objects = QuoteOverrideManager()

    class Meta:
        verbose_name = _("override of a quote check")
        verbose_name_plural = _("overrides of quote checks")
        ordering = ["-overridden_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["quote", "overridden_at"], name="override_has_a_time_of_its_own"
            ),
            models.CheckConstraint(
                condition=~models.Q(reason=""),
                name="override_has_a_reason",
                violation_error_message=_("Give the reason for the override."),
            ),
        ]

    def __str__(self):
        return f"{self.quote}: {self.reason[:80]}"

    def natural_key(self):
        return (*self.quote.natural_key(), self.overridden_at)

    natural_key.dependencies = ["articles.quote"]
