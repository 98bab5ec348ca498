from django.contrib import admin

from articles.admin.records import ReadInStoryAdmin
from articles.models import Byline


class BylineInline(admin.TabularInline):
    model = Byline
    extra = 0
    autocomplete_fields = ["person"]


@admin.register(Byline)
class BylineAdmin(ReadInStoryAdmin):
    list_display = ["person", "role", "article"]
    list_filter = ["role"]
    list_select_related = ["person", "article"]
    search_fields = ["person__name", "article__headline"]
