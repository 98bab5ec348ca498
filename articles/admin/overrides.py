from django.contrib import admin

from articles.admin.records import ReadInStoryAdmin
from articles.models import QuoteOverride


@admin.register(QuoteOverride)
class QuoteOverrideAdmin(ReadInStoryAdmin):
    list_display = ["__str__", "overridden_by", "overridden_at"]
    list_filter = ["overridden_at"]
    list_select_related = ["quote", "overridden_by"]
    search_fields = ["reason", "recorded", "quote__article__headline"]
