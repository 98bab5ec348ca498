import uuid
from io import BytesIO
from pathlib import PurePath

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from articles.models.fields import (
    LineField,
    ProseField,
    SlugField,
    shown_by,
)
from articles.models.organisations import Organisation
from articles.models.people import Person

WIDEST = 1600  # px


def originals():
    return storages["originals"]


def random_name(photo, filename):
    return f"{uuid.uuid4().hex}{PurePath(filename).suffix.lower()[:8]}"


def rendition_name(photo, filename):
    return f"photos/{uuid.uuid4().hex}.webp"


class PhotoQuerySet(models.QuerySet):
    def get_by_natural_key(self, slug):
        return self.get(slug=slug)

    def published(self, at=None):
        return self.filter(shown_by(self.model, ["lead_of", "shown_in"], at))


class Photo(models.Model):
    slug = SlugField(
        _("slug"),
        max_length=100,
        unique=True,
        help_text=_("A short name to find it by. Readers never see it."),
    )
    image = models.ImageField(
        _("picture"),
        upload_to=random_name,
        storage=originals,
        blank=True,
        help_text=_(
            "May be missing until it arrives. Readers get a copy without the "
            "camera's metadata; the upload itself is never shown."
        ),
    )
    rendition = models.ImageField(
        upload_to=rendition_name,
        width_field="width",
        height_field="height",
        editable=False,
        blank=True,
    )
    width = models.PositiveIntegerField(editable=False, null=True)
    height = models.PositiveIntegerField(editable=False, null=True)
    caption = ProseField(_("caption"), blank=True)
    alt_text = LineField(
        _("alt text"),
        max_length=500,
        blank=True,
        help_text=_(
            "What somebody who cannot see the picture should be told. A story with "
            "the picture cannot be published without it."
        ),
    )
    credit = LineField(
        _("credit line"),
        max_length=200,
        blank=True,
        help_text=_("As it is printed, such as ITAR-TASS / Valery Sharifulin."),
    )
    photographer = models.ForeignKey(
        Person,
        models.PROTECT,
        verbose_name=_("photographer"),
        related_name="photos",
        null=True,
        blank=True,
    )
    agency = models.ForeignKey(
        Organisation,
        models.PROTECT,
        verbose_name=_("agency"),
        related_name="photos",
        null=True,
        blank=True,
    )
    taken_on = models.DateField(_("taken on"), null=True, blank=True)
    focal_x = models.PositiveSmallIntegerField(
        _("focal point, from the left"),
        default=50,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text=_("Per cent. Crops keep this point in the picture."),
    )
    focal_y = models.PositiveSmallIntegerField(
        _("focal point, from the top"),
        default=50,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )

    objects = PhotoQuerySet.as_manager()

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(focal_x__lte=100, focal_y__lte=100),
                name="photo_focal_point_is_in_the_picture",
            )
        ]

    def __str__(self):
        return self.caption[:80] or self.slug

    def save(self, *args, **kwargs):
        if self.image and not self.image._committed:
            self.rendition = ContentFile(self._for_readers(), name="rendition")
        elif not self.image:
            self.rendition = ""
        super().save(*args, **kwargs)

    def natural_key(self):
        return (self.slug,)

    def _for_readers(self):
        """The upload turned upright, no wider than WIDEST, without any metadata."""
        with Image.open(self.image) as upload:
            picture = ImageOps.exif_transpose(upload).convert("RGB")
        picture.thumbnail((WIDEST, WIDEST * 2))
        picture.info.clear()
        written = BytesIO()
        picture.save(written, "WEBP", quality=80)
        self.image.seek(0)
        return written.getvalue()
