import uuid
from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models.fields import (
    LineField,
    ProseField,
    SlugField,
    shown_by,
)
from articles.models.organisations import Organisation
from articles.models.people import Person
from articles.models.tagged import Tagged
from articles.pictures import renditions, uploads

# Whoever makes the renditions of a photo has it for so long after each of them.
PATIENCE = timedelta(minutes=5)
MADE = "rendition width height renditions renditions_made renditions_due_at".split()


def originals():
    return storages["originals"]


def random_name(photo, filename):
    return uuid.uuid4().hex


def rendition_name(photo, filename):
    return f"photos/{uuid.uuid4().hex}.{renditions.SUFFIXES['jpeg']}"


class Rendition(NamedTuple):
    """A file that readers get. The names of the fields are those of its row."""

    crop: str
    format: str
    width: int
    height: int
    name: str

    @property
    def url(self):
        return default_storage.url(self.name)


class PhotoQuerySet(models.QuerySet):
    def get_by_natural_key(self, slug):
        return self.get(slug=slug)

    def published(self, at=None):
        return self.filter(shown_by(self.model, ["lead_of", "shown_in"], at))

    def due(self, at=None):
        """Those whose renditions are to be made, and that nobody is making. What a
        fixture or raw SQL brought has none and says nothing of when."""
        said_nothing = Q(renditions_due_at=None, renditions=[])
        is_due = Q(renditions_due_at__lte=at or timezone.now()) | said_nothing
        return self.exclude(image="").filter(is_due).order_by("pk")

    def being_made(self, at=None):
        return self.filter(renditions_due_at__gt=at or timezone.now())

    def make_again(self):
        """Their renditions, for instance after an upgrade that makes others."""
        now = timezone.now()
        self.exclude(image="").update(renditions_due_at=now, renditions_made=0)

    def delete(self):
        photos = list(self)
        deleted = super().delete()
        for photo in photos:
            photo.forget_files(photo.names())
            photo.forget_files([photo.image.name], originals())
        return deleted

    delete.alters_data = True
    delete.queryset_only = True


class Photo(Tagged):
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
            "May be missing until it arrives. Readers get copies without the "
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
    renditions = models.JSONField(default=list, editable=False, blank=True)
    renditions_made = models.PositiveSmallIntegerField(default=0, editable=False)
    # From when on somebody may make them; none where all are made.
    renditions_due_at = models.DateTimeField(null=True, editable=False)
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
        indexes = [
            models.Index(fields=["renditions_due_at"], name="photo_renditions_due")
        ]

    def __str__(self):
        return self.caption[:80] or self.slug

    @transaction.atomic
    def save(self, *args, **kwargs):
        """Copies that were made since this row was read stay as they are."""
        saved = Photo.objects.select_for_update()
        was = saved.filter(pk=self.pk).first() if self.pk else None
        had = was.image.name if was else ""
        if was:
            made = Photo.objects.values(*MADE).get(pk=self.pk)
            self.__dict__.update(made)
        if self.image and (not self.image._committed or self.image.name != had):
            self._take_in()
        elif not self.image:
            self.rendition, self.renditions, self.renditions_due_at = "", [], None
        elif was and self._shows() != was._shows():
            self.renditions_due_at, self.renditions_made = timezone.now(), 0
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], *MADE}
        super().save(*args, **kwargs)
        if had and had != self.image.name:
            self.forget_files(was.names())
            self.forget_files([had], originals())

    def delete(self, *args, **kwargs):
        was = Photo.objects.get(pk=self.pk)
        deleted = super().delete(*args, **kwargs)
        self.forget_files(was.names())
        self.forget_files([was.image.name], originals())
        return deleted

    def natural_key(self):
        return (self.slug,)

    def keep_picture(self):
        """Of a row that says what is to be seen and brings no picture, as a fixture's
        does, the one that the saved row has."""
        if self.image or not self.alt_text:
            return
        if saved := Photo.objects.filter(pk=self.pk).first():
            for field in self._meta.fields:
                if isinstance(field, models.FileField) or not field.editable:
                    setattr(self, field.attname, getattr(saved, field.attname))

    def files(self, crop=""):
        """Those that readers get of that crop, the narrowest first; of the whole
        picture while there is none."""
        rows = [row for row in self.renditions if row["crop"] == crop]
        rows = rows or [row for row in self.renditions if not row["crop"]]
        if rows:
            return sorted((Rendition(**row) for row in rows), key=lambda one: one.width)
        if not self.rendition:
            return []
        size = (self.width, self.height)
        return [Rendition("", "jpeg", *size, self.rendition.name)]

    def jpegs(self, crop=""):
        """Those of them that every reader and every machine can show."""
        return [file for file in self.files(crop) if file.format == "jpeg"]

    def names(self):
        """Of all the files that readers get."""
        first = [self.rendition.name] if self.rendition else []
        return sorted({*first, *(row["name"] for row in self.renditions)})

    @staticmethod
    def forget_files(names, storage=default_storage):
        """Once what leads to them is gone for good."""
        for name in filter(None, names):
            transaction.on_commit(lambda name=name: storage.delete(name), robust=True)

    def _shows(self):
        """What the files say or show besides the picture."""
        return (self.credit, self.focal_x, self.focal_y)

    def _take_in(self):
        """Makes the one copy that readers get until the others are made."""
        is_stored = self.image._committed
        upload = uploads.opened(self.image, megapixels=settings.PHOTO_MEGAPIXELS)
        kind = renditions.first_of(uploads.upright_size(upload))
        picture = uploads.developed(upload, width=kind.width)
        content = renditions.made(picture, kind, focal=(50, 50), credit=self.credit)
        named = ContentFile(
            content, name="rendition"
        )  # it reads the size of a named one
        self.rendition.save(named.name, named, save=False)
        row = Rendition(*kind, self.rendition.name)._asdict()
        self.renditions, self.renditions_made = [row], 0
        self.renditions_due_at = timezone.now()
        if is_stored:
            self.image.close()
        else:
            self.image.seek(0)
