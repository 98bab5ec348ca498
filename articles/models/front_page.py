import uuid

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models.articles import Article
from articles.models.fields import in_calendar, one_of
from articles.models.masthead import THE_ONE, OneOfAKind
from articles.models.sections import Section

MOST_PINS = 12
MOST_BANDS = 12


class Place(models.IntegerChoices):
    LEAD = 1, _("Lead")
    SECOND = 2, _("Second")


class Kind(models.TextChoices):
    QUOTES = "quotes", _("In their words")
    MORE = "more", _("More news")
    SECTION = "section", _("A section")


class FrontPage(OneOfAKind):
    """What an editor arranged on it: its pins and its bands. What nobody arranged is
    the newest first."""

    class Meta(OneOfAKind.Meta):
        verbose_name = _("front page")
        verbose_name_plural = _("front page")

    def __str__(self):
        return str(_("Front page"))


class PinQuerySet(models.QuerySet):
    def standing(self, at=None):
        """Those that count at that time, the lead before the others. What readers do
        not have in their lists falls out."""
        at = at or timezone.now()
        pins = self.filter(
            Q(until=None) | Q(until__gt=at), article__in=Article.objects.listed(at)
        )
        return pins.order_by("place", "order", "pk")


class Pin(models.Model):
    """A story that an editor keeps on the front page."""

    Place = Place

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    front_page = models.ForeignKey(
        FrontPage, models.CASCADE, related_name="pins", default=THE_ONE
    )
    article = models.OneToOneField(
        Article,
        models.CASCADE,
        verbose_name=_("story"),
        related_name="pin",
        error_messages={"unique": _("This story is pinned already.")},
    )
    place = models.PositiveSmallIntegerField(
        _("place"), choices=Place.choices, default=Place.SECOND
    )
    order = models.PositiveSmallIntegerField(
        _("order"), default=0, help_text=_("The lowest comes first.")
    )
    until = models.DateTimeField(
        _("until"),
        null=True,
        blank=True,
        validators=[in_calendar],
        help_text=_("Empty: until you take it out."),
    )

    objects = PinQuerySet.as_manager()

    class Meta:
        verbose_name = _("pinned story")
        verbose_name_plural = _("pinned stories")
        ordering = ["place", "order", "pk"]
        constraints = [one_of("place", Place.choices, "pin_place_is_known")]

    def __str__(self):
        return str(self.article)


class BandQuerySet(models.QuerySet):
    def in_order(self):
        return self.select_related("section").order_by("order", "pk")


class Band(models.Model):
    """One band of the front page, below the lead. Where there is none: the quotes, then
    more news."""

    Kind = Kind

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    front_page = models.ForeignKey(
        FrontPage, models.CASCADE, related_name="bands", default=THE_ONE
    )
    order = models.PositiveSmallIntegerField(
        _("order"), default=0, help_text=_("The lowest comes first.")
    )
    kind = models.CharField(
        _("band"), max_length=10, choices=Kind.choices, default=Kind.SECTION
    )
    section = models.ForeignKey(
        Section,
        models.PROTECT,
        verbose_name=_("section"),
        related_name="bands",
        null=True,
        blank=True,
    )

    objects = BandQuerySet.as_manager()

    class Meta:
        verbose_name = _("band")
        verbose_name_plural = _("bands, below the lead")
        ordering = ["order", "pk"]
        constraints = [
            one_of("kind", Kind.choices, "band_kind_is_known"),
            models.CheckConstraint(
                condition=Q(kind="section", section__isnull=False)
                | ~Q(kind="section") & Q(section=None),
                name="band_names_a_section",
                violation_error_message=_(
                    "A section’s band names its section, and only that one does."
                ),
            ),
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(section=None),
                name="band_stands_once",
                violation_error_message=_("This band stands here already."),
            ),
            models.UniqueConstraint(
                fields=["section"],
                name="band_of_a_section_stands_once",
                violation_error_message=_("This section has a band already."),
            ),
        ]

    def __str__(self):
        return str(self.section or self.get_kind_display())

    def clean(self):
        if self.section and self.kind != self.Kind.SECTION:
            raise ValidationError(
                {"section": _("Leave this empty, or choose “A section” as the band.")}
            )
