from django.contrib import admin

from articles.admin.records import ReadInStoryAdmin
from articles.models import Correction, Quote


class CorrectionInline(admin.StackedInline):
    model = Correction
    extra = 0
    fields = [
        ("kind", "placement", "published_at"),
        "quote",
        "text",
        ("was", "now"),
    ]
    classes = ["collapse"]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "quote":
            article = request.resolver_match.kwargs.get("object_id")
            kwargs["queryset"] = (
                Quote.objects.filter(article=article)
                if article
                else Quote.objects.none()
            )
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_add_permission(self, request, obj=None):
        return request.user.has_perm("articles.correct_article")

    has_change_permission = has_add_permission

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Correction)
class CorrectionAdmin(ReadInStoryAdmin):
    list_display = ["__str__", "article", "published_at", "placement"]
    list_filter = ["kind", "published_at"]
    list_select_related = ["article"]
    search_fields = ["text", "was", "now", "article__headline"]
