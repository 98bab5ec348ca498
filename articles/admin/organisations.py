from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from articles.admin.merging import MergingAdmin
from articles.admin.records import RowsOfRecord, ShownAdmin
from articles.models import Organisation, OrganisationName


class OrganisationNameInline(RowsOfRecord):
    model = OrganisationName


@admin.register(Organisation)
class OrganisationAdmin(MergingAdmin):
    list_display = ["name", "short_name", "kind", "parent"]
    list_filter = ["kind"]
    list_select_related = ["parent"]
    search_fields = ["name", "short_name", "other_names__name"]
    autocomplete_fields = ["parent"]
    fields = [
        "name",
        "short_name",
        "slug",
        "kind",
        "parent",
        "background",
        "website",
        "wikidata_id",
    ]
    inlines = [OrganisationNameInline]
    used_in = {
        "quotes": _("quotes"),
        "mentions": _("stories that name it"),
        "supplied_articles": _("stories it supplied"),
        "positions": _("posts"),
    }


@admin.register(OrganisationName)
class OrganisationNameAdmin(ShownAdmin):
    list_display = ["name", "owner", "language"]
    list_filter = ["language"]
    list_select_related = ["owner"]
    search_fields = ["name", "owner__name"]
    autocomplete_fields = ["owner"]
