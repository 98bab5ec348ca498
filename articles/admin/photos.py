from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminFileWidget
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import path
from django.utils.text import get_text_list, slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles import darkroom
from articles.admin.records import RecordAdmin, RefusableForm
from articles.characters import clean_text
from articles.models import Article, Photo
from articles.pictures import metadata, uploads

ACCEPTED = ", ".join(f"image/{form.lower()}" for form in uploads.FORMATS)


class ShownCopy:
    """What the form leads to in place of the upload, which has no address."""

    def __init__(self, photo):
        self.url = photo.rendition.url

    def __str__(self):
        return gettext("the picture that readers get")


class PictureInput(AdminFileWidget):
    def __init__(self, attrs=None):
        # Told which, a telephone sends JPEG for its own kind.
        super().__init__({"accept": ACCEPTED, **(attrs or {})})

    def is_initial(self, value):
        photo = getattr(value, "instance", None)
        return bool(value and photo and photo.rendition)

    def format_value(self, value):
        return ShownCopy(value.instance) if self.is_initial(value) else None


class PhotoForm(RefusableForm):
    # Not Django's field for images, which goes by the name of the file as well.
    image = forms.FileField(
        label=_("Picture"),
        help_text=Photo._meta.get_field("image").help_text,
        widget=PictureInput,
        required=False,
    )
    proposals = metadata.Proposals()
    read_from_picture = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False
            self.fields["slug"].help_text = _(
                "A short name to find it by. Left empty, one is made of the caption. "
                "Readers never see it."
            )

    def clean_image(self):
        """Decoded once in full: a file may begin well and be cut short."""
        image = self.cleaned_data["image"]
        if isinstance(image, UploadedFile):
            if image.size > settings.PHOTO_MEGABYTES * 1024 * 1024:
                too_large = _(
                    "The file has over %(most)d megabytes. Send the picture as JPEG, "
                    "or in a smaller size."
                )
                raise ValidationError(
                    too_large, params={"most": settings.PHOTO_MEGABYTES}
                )
            try:
                picture = uploads.opened(image, megapixels=settings.PHOTO_MEGAPIXELS)
                self.proposals = metadata.proposals(picture)
                uploads.developed(picture, width=1)
            except uploads.NotTaken as error:
                raise ValidationError(str(error)) from error
            image.seek(0)
        return image

    def clean(self):
        cleaned = super().clean()
        self._take_proposals(cleaned)
        if "slug" in self.fields and not cleaned.get("slug"):
            cleaned["slug"] = _free_slug(cleaned.get("caption", ""))
        self._refuse_what_readers_would_miss(cleaned)
        return cleaned

    def _take_proposals(self, cleaned):
        """What the metadata says, where the editor says nothing."""
        taken = []
        for name, value in self.proposals._asdict().items():
            if name not in self.fields or name in self.errors or cleaned.get(name):
                continue
            value = clean_text(value) if isinstance(value, str) else value
            if value:
                cleaned[name] = value
                taken.append(str(self.fields[name].label))
        self.read_from_picture = taken

    def _refuse_what_readers_would_miss(self, cleaned):
        photo = self.instance
        shown = Q(lead_photo=photo.pk) | Q(photos=photo.pk)
        if photo.pk and Article.objects.live().filter(shown).exists():
            if not cleaned.get("credit"):
                self.add_error(
                    "credit", _("A published story shows it: it needs this.")
                )
            has_image = cleaned.get("image")
            if has_image and not cleaned.get("alt_text"):
                self.add_error(
                    "alt_text", _("A published story shows it: it needs this.")
                )


@admin.register(Photo)
class PhotoAdmin(RecordAdmin):
    form = PhotoForm
    prepopulated_fields = {"slug": ["caption"]}
    in_use_by = ["shown_in"]
    list_display = ["__str__", "credit", "taken_on", "has_image", "has_alt_text"]
    list_filter = ["taken_on"]
    search_fields = ["slug", "caption", "credit"]
    autocomplete_fields = ["photographer", "agency"]
    readonly_fields = ["preview"]
    fieldsets = [
        (None, {"fields": ["image", "preview", ("focal_x", "focal_y")]}),
        (_("What it shows"), {"fields": ["alt_text", "caption", "credit", "slug"]}),
        (
            _("Where it comes from"),
            {"fields": ["photographer", "agency", "taken_on"]},
        ),
    ]

    def get_urls(self):
        return [
            path(
                "<int:pk>/copies/",
                self.admin_site.admin_view(self.copies_view),
                name="articles_photo_copies",
            ),
            *super().get_urls(),
        ]

    def get_fieldsets(self, request, obj=None):
        """Who may not change it gets no link to the upload either."""
        if self.has_change_permission(request, obj) or obj is None:
            return self.fieldsets
        first, *others = self.fieldsets
        return [(first[0], {"fields": ["preview", ("focal_x", "focal_y")]}), *others]

    def copies_view(self, request, pk):
        """How far the copies that readers get have come, for the script that asks."""
        photo = get_object_or_404(self.get_queryset(request), pk=pk)
        return render(request, "admin/articles/photo/_copies.html", copies(photo))

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if form.read_from_picture:
            message = _("Read from the picture, for you to check: %s.")
            said = get_text_list(form.read_from_picture, gettext("and"))
            self.message_user(request, message % said, messages.WARNING)
        darkroom.start()

    @admin.display(description=_("preview"))
    def preview(self, photo):
        """As it is saved, also where the form was refused with another upload."""
        saved = Photo.objects.filter(pk=photo.pk).first() or Photo()
        return render_to_string("admin/articles/photo/preview.html", copies(saved))

    @admin.display(boolean=True, description=_("picture"))
    def has_image(self, photo):
        return bool(photo.image)

    @admin.display(boolean=True, description=_("alt text"))
    def has_alt_text(self, photo):
        return bool(photo.alt_text)


def copies(photo):
    """What the form shows of a photo."""
    context = {"photo": photo}
    if photo.image:
        is_waiting = photo.renditions_due_at is not None or not photo.renditions
        context |= {
            "wanted": darkroom.how_many(photo) if is_waiting else 0,
            "crops": [
                (label, photo.files(crop)[-1])
                for crop, label in CROPS.items()
                if not is_waiting
            ],
        }
    return context


CROPS = {
    "16x9": _("In lists, 16 × 9"),
    "4x3": _("4 × 3"),
    "1x1": _("1 × 1"),
    "4x5": _("Portraits, 4 × 5"),
    "card": _("Shared, 1200 × 630"),
}


def _free_slug(caption):
    base = slugify(caption)[:80].strip("-") or "photo"
    taken = Photo.objects.filter(slug__startswith=base).values_list("slug", flat=True)
    taken = set(taken)
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return next(slug for slug in (base, *numbered) if slug not in taken)
