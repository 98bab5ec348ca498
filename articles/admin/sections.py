from django.contrib import admin

from articles.admin.records import RecordAdmin
from articles.models import Section, Topic


@admin.register(Section, Topic)
class PlacingAdmin(RecordAdmin):
    list_display = ["name", "slug"]
    search_fields = ["name"]
    in_use_by = ["articles"]
