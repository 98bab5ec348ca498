from django import forms
from django.contrib import admin
from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.admin.one_of_a_kind import OneOfAKindAdmin, RowAdmin, RowInline
from articles.models import Article, Band, FrontPage, Pin
from articles.models.front_page import MOST_BANDS, MOST_PINS


class ForCurators:
    """Who may publish decides what stands in front."""

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("articles.publish_article")

    def has_add_permission(self, request, *args):
        return self.has_view_permission(request)

    def has_change_permission(self, request, obj=None):
        return self.has_view_permission(request)

    def has_delete_permission(self, request, obj=None):
        return self.has_view_permission(request)


# One field, with a calendar of the browser's own: the row stays one line high.
UNTIL = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class PinInline(ForCurators, RowInline):
    model = Pin
    autocomplete_fields = ["article"]
    formfield_overrides = {models.DateTimeField: {"widget": UNTIL}}
    fields = ["article", "place", "order", "until", "shows"]
    readonly_fields = ["shows"]
    max_num = MOST_PINS

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("article")

    @admin.display(description=_("readers see it"))
    def shows(self, pin):
        if not pin.article_id:
            return ""
        if Pin.objects.standing().filter(pk=pin.pk).exists():
            return _("Yes")
        if Article.objects.listed().filter(pk=pin.article_id).exists():
            return _("No: its time is over")
        return _("No: %s") % pin.article.state()


class BandInline(ForCurators, RowInline):
    model = Band
    fields = ["order", "kind", "section"]
    max_num = MOST_BANDS
    extra = 1


@admin.register(FrontPage)
class FrontPageAdmin(ForCurators, OneOfAKindAdmin):
    inlines = [PinInline, BandInline]
    fieldsets = [
        (
            None,
            {
                "fields": [],
                "description": _(
                    "The lead, then the seconds, then the newest. A pinned "
                    "story that readers no longer have falls out by itself. Without "
                    "bands of your own, the quotes follow, then more news."
                ),
            },
        )
    ]

    def has_delete_permission(self, request, obj=None):
        return False

    def has_add_permission(self, request):
        return super().has_view_permission(request) and not FrontPage.objects.exists()

    def view_on_site(self, front_page):
        return "/"


@admin.register(Pin)
class PinAdmin(ForCurators, RowAdmin):
    list_display = ["article", "place", "order", "until"]
    list_select_related = ["article"]
    search_fields = ["article__headline"]

    def has_add_permission(self, request):
        return False


@admin.register(Band)
class BandAdmin(ForCurators, RowAdmin):
    list_display = ["kind", "section", "order"]
    list_select_related = ["section"]
    search_fields = ["section__name"]

    def has_add_permission(self, request):
        return False
