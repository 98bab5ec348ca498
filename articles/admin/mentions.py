from django.contrib import admin

from articles.admin.records import ReadInStoryAdmin
from articles.models import Mention


@admin.register(Mention)
class MentionAdmin(ReadInStoryAdmin):
    list_display = ["__str__", "article", "embargo"]
    list_filter = ["listed_at"]
    list_select_related = ["person", "organisation", "article"]
    search_fields = ["person__name", "organisation__name", "article__headline"]
