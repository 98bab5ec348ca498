import hashlib
import uuid

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models.articles import Article
from articles.models.fields import AddressField, LineField, address_constraint


class SourceTextQuerySet(models.QuerySet):
    def in_use(self):
        """Not those that came with the pending changes of a live story: what readers
        are told of a quote is told by the others."""
        return self.filter(came_with=None)

    def pending(self):
        return self.exclude(came_with=None)

    def get_by_natural_key(self, article, sha256):
        return self.get(
            article=Article.objects.get_by_natural_key(article), sha256=sha256
        )


class SourceText(models.Model):
    """The text that a story was made from. Readers never see more of it than the words
    of a quote that stand in it."""

    class Kind(models.TextChoices):
        WIRE_COPY = "wire_copy", _("Wire copy")
        TRANSCRIPT = "transcript", _("Transcript")
        STATEMENT = "statement", _("Statement")
        RECORDING_NOTES = "recording_notes", _("Recording notes")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    article = models.ForeignKey(
        Article, models.CASCADE, verbose_name=_("article"), related_name="sources"
    )
    kind = models.CharField(
        _("kind"), max_length=20, choices=Kind.choices, default=Kind.WIRE_COPY
    )
    publisher = LineField(_("publisher"), max_length=200, blank=True)
    address = AddressField(
        _("address"),
        max_length=500,
        blank=True,
        help_text=_("Where the source can be read, if it is public. Readers see it."),
    )
    received_at = models.DateTimeField(_("received at"), null=True, blank=True)
    text = models.TextField(
        _("text"),
        max_length=2_000_000,
        help_text=_(
            "Kept as it came and never changed: the quotes are held against it. "
            "Readers do not see it."
        ),
    )
    sha256 = models.CharField(max_length=64, editable=False)
    came_with = models.PositiveIntegerField(
        _("came with revision"),
        null=True,
        editable=False,
        help_text=_("The number of that draft, until readers have what it says."),
    )

    objects = SourceTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("source text")
        verbose_name_plural = _("source texts")
        ordering = ["article", "received_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "sha256"],
                name="source_text_stands_once",
                violation_error_message=_("The story has this source text already."),
            ),
            address_constraint("address", "source_address_is_an_address"),
        ]

    def __str__(self):
        return ", ".join(filter(None, [self.get_kind_display(), self.publisher]))

    def save(self, *args, **kwargs):
        self.clean()
        super().save(*args, **kwargs)

    def clean(self):
        self.sha256 = self.digest()
        if self.is_changed():
            raise ValidationError(
                {
                    "text": _(
                        "A source text is kept as it came. Add the other as a new one."
                    )
                }
            )

    def natural_key(self):
        return (*self.article.natural_key(), self.sha256)

    natural_key.dependencies = ["articles.article"]

    def digest(self):
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()

    def is_changed(self):
        if self._state.adding:
            return False
        kept = SourceText.objects.filter(pk=self.pk).exclude(sha256=self.sha256)
        return kept.exists()
