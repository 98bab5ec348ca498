"""What the admins of several records share."""

from django.contrib import admin

from articles.publishing import settle_for


class LeanChangeList(admin.ModelAdmin):
    show_full_result_count = False
    list_per_page = 50


class RecordAdmin(LeanChangeList):
    """A record that stories show: once saved it keeps its slug, and the stories that
    show it are settled when it changes."""

    prepopulated_fields = {"slug": ["name"]}

    def get_readonly_fields(self, request, obj=None):
        fixed = ["slug"] if obj else []
        return [*super().get_readonly_fields(request, obj), *fixed]

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else super().get_prepopulated_fields(request, obj)

    def get_deleted_objects(self, objs, request):
        """Says where a record is in use before it says what one may not delete."""
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        return deleted, counts, set() if protected else lacking, protected

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if change and any(part.has_changed() for part in [form, *formsets]):
            settle_for([form.instance])


class ReadInStoryAdmin(LeanChangeList):
    """Rows that are written in the form of their story, and listed here."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
