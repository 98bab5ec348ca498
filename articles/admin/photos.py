from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from PIL import Image

from articles.admin.records import RecordAdmin, RefusableForm
from articles.models import Article, Photo


class PhotoForm(RefusableForm):
    def clean_image(self):
        """Decoded once in full: a file may begin well and be cut short."""
        image = self.cleaned_data["image"]
        if isinstance(image, UploadedFile):
            try:
                with Image.open(image) as picture:
                    picture.load()
            except Exception as error:
                broken = _("The picture is broken or cut short. Send the file again.")
                raise ValidationError(broken) from error
            image.seek(0)
        return image

    def clean(self):
        cleaned = super().clean()
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
        return cleaned


@admin.register(Photo)
class PhotoAdmin(RecordAdmin):
    form = PhotoForm
    prepopulated_fields = {"slug": ["caption"]}
    in_use_by = ["shown_in"]
    list_display = ["__str__", "credit", "taken_on", "has_image", "has_alt_text"]
    list_filter = ["taken_on"]
    search_fields = ["slug", "caption", "credit"]
    autocomplete_fields = ["photographer", "agency"]
    fieldsets = [
        (None, {"fields": ["image", "alt_text", "caption", "credit", "slug"]}),
        (
            _("Where it comes from"),
            {"fields": ["photographer", "agency", "taken_on"]},
        ),
        (_("Focal point"), {"fields": [("focal_x", "focal_y")]}),
    ]

    @admin.display(boolean=True, description=_("picture"))
    def has_image(self, photo):
        return bool(photo.image)

    @admin.display(boolean=True, description=_("alt text"))
    def has_alt_text(self, photo):
        return bool(photo.alt_text)
