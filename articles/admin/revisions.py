from django.contrib import admin

from articles.admin.records import ReadInStoryAdmin
from articles.models import Draft, PreviewLink, Publication, Revision


@admin.register(Revision)
class RevisionAdmin(ReadInStoryAdmin):
    list_display = [
        "__str__",
        "article",
        "embargo",
        "kind",
        "saved_by",
        "saved_at",
        "note",
    ]
    list_filter = ["kind", "saved_at"]
    list_select_related = ["article", "saved_by"]
    search_fields = ["article__headline", "note"]

    def get_queryset(self, request):
        listed = super().get_queryset(request)
        if request.resolver_match.url_name.endswith("_changelist"):
            listed = listed.defer("content", "article__body", "article__body_html")
        return listed


class OfRevisionAdmin(ReadInStoryAdmin):
    """Rows that lead to a revision, listed without the story that it holds."""

    def get_queryset(self, request):
        return (
            super()
            .get_queryset(request)
            .defer("revision__content", "article__body", "article__body_html")
        )


@admin.register(Publication)
class PublicationAdmin(OfRevisionAdmin):
    list_display = [
        "__str__",
        "article",
        "embargo",
        "published_at",
        "published_by",
        "is_substantial",
        "note",
    ]
    list_filter = ["is_substantial", "published_at"]
    list_select_related = ["article", "revision", "published_by"]
    search_fields = ["article__headline", "note"]


@admin.register(Draft)
class DraftAdmin(OfRevisionAdmin):
    list_display = ["__str__", "article", "embargo", "began_at", "due_at", "due_by"]
    list_filter = ["due_at"]
    list_select_related = ["article", "revision", "due_by"]
    search_fields = ["article__headline", "note"]


@admin.register(PreviewLink)
class PreviewLinkAdmin(OfRevisionAdmin):
    fields = [
        "article",
        "revision",
        "made_for",
        "made_by",
        "made_at",
        "expires_at",
        "revoked_at",
    ]
    list_display = [
        "__str__",
        "article",
        "embargo",
        "made_by",
        "made_at",
        "expires_at",
        "revoked_at",
    ]
    list_filter = ["expires_at", "revoked_at"]
    list_select_related = ["article", "revision", "made_by"]
    search_fields = ["article__headline", "made_for"]
