"""The admins of tables with one row: the form stands where the list would."""

from django.contrib import admin
from django.forms import BaseInlineFormSet
from django.utils.text import capfirst

from articles.admin.records import DeskAdmin


class OneOfAKindAdmin(DeskAdmin):
    """`search_fields` names something only because every list has a search."""

    search_fields = ["id"]
    change_form_template = "admin/articles/one_of_a_kind.html"

    def changelist_view(self, request, extra_context=None):
        kept = self.model.objects.first()
        one_button = {
            "title": capfirst(self.opts.verbose_name_plural),
            "subtitle": None,
            "show_save_and_add_another": False,
            "show_save_and_continue": False,
        }
        return self.changeform_view(
            request,
            str(kept.pk) if kept else None,
            extra_context={**one_button, **(extra_context or {})},
        )

    def has_add_permission(self, request):
        return super().has_add_permission(request) and not self.model.objects.exists()

    def has_delete_permission(self, request, obj=None):
        return False


class NamedRows(BaseInlineFormSet):
    """Each field has a name for a screen reader, which in a table no label gives it."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        of_row = "" if form.instance._state.adding else f", {form.instance}"
        for field in form.fields.values():
            widget = getattr(field.widget, "widget", field.widget)
            if not widget.is_hidden:
                widget.attrs["aria-label"] = f"{capfirst(field.label)}{of_row}"


class RowInline(admin.TabularInline):
    """Rows of the one. An empty one is offered, for those who run no script."""

    formset = NamedRows
    extra = 1
    view_on_site = False

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(field.widget, admin.widgets.RelatedFieldWidgetWrapper):
            field.widget.can_add_related = field.widget.can_change_related = False
            field.widget.can_delete_related = field.widget.can_view_related = False
        return field


class RowAdmin(DeskAdmin):
    """The same rows as the admin keeps them, for its log and its choosers; nobody is
    led here, and nothing but deleting goes on."""

    def has_module_permission(self, request):
        return False

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False
