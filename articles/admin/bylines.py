from django.contrib import admin

from articles.admin.records import ReadInStoryAdmin, RowsByHand
from articles.admin.story_rows import StoryRows
from articles.models import Byline


class BylineRows(StoryRows):
    says = ("person", "role")


class BylineInline(RowsByHand, admin.StackedInline):
    model = Byline
    formset = BylineRows
    autocomplete_fields = ["person"]
    fields = [("role", "person", "order")]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("person")


@admin.register(Byline)
class BylineAdmin(ReadInStoryAdmin):
    list_display = ["person", "role", "article", "embargo"]
    list_filter = ["role"]
    list_select_related = ["person", "article"]
    search_fields = ["person__name", "article__headline"]
