from django.contrib import admin
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from articles.admin.records import RecordAdmin, RefusableForm
from articles.models import Article, Photo


class PhotoForm(RefusableForm):
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
