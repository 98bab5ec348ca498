from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from articles.admin.records import ShownAdmin
from articles.models import FormerAddress


@admin.register(FormerAddress)
class FormerAddressAdmin(ShownAdmin):
    """Merging writes them. Deleting one frees its slug."""

    list_display = ["slug", "leads_to"]
    list_select_related = ["person", "organisation"]
    search_fields = ["slug", "person__name", "organisation__name"]

    @admin.display(description=_("leads to"))
    def leads_to(self, address):
        return address.record()

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False
