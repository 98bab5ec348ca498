import re
import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import DatabaseError, InterfaceError, models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from articles import accents, logos
from articles.models.fields import LineField
from articles.models.sections import Section, Topic

THE_ONE = 1


def logo_name(masthead, filename):
    return f"logos/{uuid.uuid4().hex}.webp"


class OneOfAKind(models.Model):
    """A table of one row, which may be missing."""

    id = models.PositiveSmallIntegerField(
        primary_key=True, default=THE_ONE, editable=False
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(id=THE_ONE), name="%(class)s_is_the_only_one"
            )
        ]


class MastheadQuerySet(models.QuerySet):
    def shown(self):
        """The one that pages show. Where there is none, or no database to ask, it is
        what the settings say."""
        try:
            return self.first() or self.model()
        except (DatabaseError, InterfaceError):
            return self.model()


class Masthead(OneOfAKind):
    """What the newsroom calls its site, and how that looks. What is empty is as it
    comes: see the functions at the end."""

    name = LineField(
        _("name of the site"),
        max_length=60,
        blank=True,
        help_text=_("As readers know it. Empty: the SITE_NAME of the settings."),
    )
    tagline = LineField(
        _("tagline"),
        max_length=120,
        blank=True,
        help_text=_("One line under the name on the front page."),
    )
    logo = models.FileField(
        _("logo"),
        upload_to=logo_name,
        blank=True,
        help_text=_(
            "Stands in place of the name. PNG, WebP, JPEG or AVIF, about 1200 pixels "
            "wide, the ground transparent."
        ),
    )
    logo_width = models.PositiveIntegerField(editable=False, null=True)
    logo_height = models.PositiveIntegerField(editable=False, null=True)
    dark_logo = models.FileField(
        _("logo for dark pages"),
        upload_to=logo_name,
        blank=True,
        help_text=_(
            "The same in light colours, for readers whose screen is dark. Empty: the "
            "logo stands on a light ground there."
        ),
    )
    dark_logo_width = models.PositiveIntegerField(editable=False, null=True)
    dark_logo_height = models.PositiveIntegerField(editable=False, null=True)
    accent = models.CharField(
        _("colour of a voice"),
        max_length=7,
        blank=True,
        help_text=_(
            "The one colour of the pages: the marks, the rule and the number of a "
            "quote. Such as #1f43c0. Its shades for dark pages follow from it. Empty: "
            "ultramarine."
        ),
    )
    contact_address = models.EmailField(
        _("address for readers"),
        blank=True,
        help_text=_(
            "“Report a mistake” writes to it, and the contact page shows it. Empty: "
            "“Report a mistake” leads to the contact page."
        ),
    )

    objects = MastheadQuerySet.as_manager()

    class Meta(OneOfAKind.Meta):
        verbose_name = _("site")
        verbose_name_plural = _("name, look and navigation")

    def __str__(self):
        return self.shown_name()

    def save(self, *args, **kwargs):
        for field in ("logo", "dark_logo"):
            width = height = None
            if self._is_new(field):
                drawn = logos.redrawn(getattr(self, field).file)
                setattr(self, field, drawn)
                width, height = drawn.width, drawn.height
            elif getattr(self, field):
                continue
            setattr(self, f"{field}_width", width)
            setattr(self, f"{field}_height", height)
        super().save(*args, **kwargs)

    def clean(self):
        errors = {}
        for field in ("logo", "dark_logo"):
            if self._is_new(field):
                try:
                    logos.redrawn(getattr(self, field).file)
                except ValidationError as error:
                    errors[field] = error
        if self.accent:
            try:
                self.accent = accents.normal(self.accent)
                accents.palette(self.accent)
            except accents.Unreadable as refusal:
                errors["accent"] = _too_pale(refusal)
            except ValueError:
                errors["accent"] = _("Write the colour as # and six digits: #1f43c0.")
        if self.dark_logo and not self.logo:
            errors.setdefault("logo", _("There is one for dark pages only. Add this."))
        if errors:
            raise ValidationError(errors)

    def _is_new(self, field):
        file = getattr(self, field)
        return bool(file) and not file._committed

    # What pages show of it

    def shown_name(self):
        return self.name or settings.SITE_NAME

    def shown_tagline(self):
        return self.tagline or _("Who said what, and in which words")

    def voice(self):
        """On light pages."""
        try:
            return accents.palette(self.accent or accents.DEFAULT).light.voice
        except ValueError:  # one that no form would have let through
            return accents.DEFAULT

    def stylesheet(self):
        """Empty for the colour that the site comes with, and for one that no form would
        have let through."""
        try:
            if self.accent and accents.normal(self.accent) != accents.DEFAULT:
                return accents.stylesheet(self.accent)
        except ValueError:
            pass
        return ""


def _too_pale(refusal):
    message = _(
        "This colour has a contrast of %(ratio)s to 1 to the page; words in it need "
        "%(needed)s to 1. Choose a darker one: %(nearest)s is the nearest of its hue."
    )
    return ValidationError(
        message,
        params={
            "ratio": int(refusal.ratio * 10) / 10,
            "needed": accents.NEEDED,
            "nearest": refusal.nearest,
        },
    )


# A backslash, or a second slash, would lead to another site than the link seems to.
ADDRESS = re.compile(r"\A(https?://[^\s\\/]|/(?![/\\]))[^\s\\]*\Z")


class NavigationLinkQuerySet(models.QuerySet):
    def in_order(self):
        """Without topics that readers do not meet. Sections they do not meet are left
        out by the page, which knows them."""
        met = Q(topic=None) | Q(topic__in=Topic.objects.published())
        rows = self.filter(met).select_related("section", "topic")
        return rows.order_by("order", "pk")


class NavigationLink(models.Model):
    """One place in the navigation. Where there is none, it lists the sections that
    readers meet."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    masthead = models.ForeignKey(
        Masthead, models.CASCADE, related_name="links", default=THE_ONE
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    section = models.ForeignKey(
        Section,
        models.PROTECT,
        verbose_name=_("section"),
        related_name="navigation_links",
        null=True,
        blank=True,
    )
    topic = models.ForeignKey(
        Topic,
        models.PROTECT,
        verbose_name=_("topic"),
        related_name="navigation_links",
        null=True,
        blank=True,
    )
    address = models.CharField(
        _("page or address"),
        max_length=500,
        blank=True,
        validators=[
            RegexValidator(
                ADDRESS,
                _(
                    "Write a page of this site, such as /about/ or /quotes/, or an "
                    "address that begins with https://."
                ),
            )
        ],
        help_text=_("Such as /about/, /quotes/ or https://…"),
    )
    label = LineField(
        _("words"),
        max_length=40,
        blank=True,
        help_text=_("Empty: the name of the section or topic."),
    )

    objects = NavigationLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link in the navigation")
        verbose_name_plural = _("links")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(section__isnull=False, topic=None, address="")
                | Q(section=None, topic__isnull=False, address="")
                | Q(section=None, topic=None) & ~Q(address=""),
                name="navigationlink_leads_to_one",
                violation_error_message=_(
                    "Choose one: a section, a topic, or a page or address."
                ),
            ),
            models.CheckConstraint(
                condition=Q(address="")
                | Q(address__startswith="https://")
                | Q(address__startswith="http://")
                | Q(address__startswith="/")
                & ~Q(address__startswith="//")
                & ~Q(address__startswith="/\\"),
                name="navigationlink_address_is_one",
                violation_error_message=_(
                    "An address begins with https://, or with / for a page of this "
                    "site."
                ),
            ),
        ]

    def __str__(self):
        return self.shown_label()

    def get_absolute_url(self):
        place = self.section or self.topic
        return place.get_absolute_url() if place else self.address

    def clean(self):
        if self.address and not self.label:
            raise ValidationError({"label": _("Write what the link says.")})
        # A typed address would show before readers meet the section.
        if self.address.startswith(("/sections/", "/topics/")):
            message = _("Choose the section or topic: its link waits for a story.")
            raise ValidationError({"address": message})

    def shown_label(self):
        return self.label or str(self.section or self.topic or self.address)
