"""What the admins of several records share."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from articles.characters import clean_text
from articles.publishing import Problem, settle_for
from articles.settling import is_shown_live, stories_showing


class TakenBack(Exception):
    """Raised once a form is saved, so that its transaction takes it all back."""

    def __init__(self, problems):
        self.problems = problems


class RefusableForm(forms.ModelForm):
    """A form that can be shown again, with all that was typed, for problems that only
    saving it brought to light."""

    refused = ()

    def clean(self):
        cleaned = super().clean()
        for problem in self.refused:
            field = problem.field if problem.field in self.fields else None
            self.add_error(field, problem.message)
        return cleaned


class NamedDateTime(admin.widgets.AdminSplitDateTime):
    """Each of its two fields has a name for a screen reader."""

    def __init__(self, attrs=None):
        super().__init__(attrs)
        for widget, name in zip(self.widgets, [_("Date"), _("Time")], strict=True):
            widget.attrs["aria-label"] = name


DATE_AND_TIME = {
    models.DateTimeField: {
        "form_class": forms.SplitDateTimeField,
        "widget": NamedDateTime,
    }
}


class DeskAdmin(admin.ModelAdmin):
    form = RefusableForm
    formfield_overrides = DATE_AND_TIME
    show_full_result_count = False
    list_per_page = 50

    def changelist_view(self, request, extra_context=None):
        # PostgreSQL takes no NUL in any comparison.
        if any("\0" in value for value in request.GET.values()):
            return redirect(request.path)
        return super().changelist_view(request, extra_context)

    def get_search_results(self, request, queryset, search_term):
        return super().get_search_results(request, queryset, clean_text(search_term))

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        form.refused = getattr(request, "refused_problems", ())
        return form

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except TakenBack as back:
            request.refused_problems = back.problems
        except ValidationError as error:
            request.refused_problems = [Problem("", text) for text in error.messages]
        except IntegrityError:
            message = _(
                "Two rows say the same thing, here or in what somebody else has just "
                "saved. Take one out, or tell them apart, and save again."
            )
            request.refused_problems = [Problem("", message)]
        return super().changeform_view(request, object_id, form_url, extra_context)


class ShownAdmin(DeskAdmin):
    """What stories show. Where a published one does, only those who may publish change
    it: readers would see it at once. The stories are settled when it changes."""

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and _may_touch(request, obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and _may_touch(request, obj)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if any(part.has_changed() for part in [form, *formsets]):
            settle_for([form.instance])

    def delete_model(self, request, obj):
        self.delete_queryset(request, self.model.objects.filter(pk=obj.pk))

    def delete_queryset(self, request, queryset):
        # Once they are gone they lead to no story.
        stories = list(stories_showing(queryset))
        queryset.delete()
        settle_for(stories)


def _may_touch(request, obj):
    may_publish = request.user.has_perm("articles.publish_article")
    return may_publish or obj is None or not is_shown_live(obj)


class RecordAdmin(ShownAdmin):
    """A record with a slug, which it keeps once saved. `in_use_by` names relations that
    hold it as fast as a foreign key does."""

    prepopulated_fields = {"slug": ["name"]}
    in_use_by = ()

    def get_readonly_fields(self, request, obj=None):
        fixed = ["slug"] if obj else []
        return [*super().get_readonly_fields(request, obj), *fixed]

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else super().get_prepopulated_fields(request, obj)

    def get_deleted_objects(self, objs, request):
        """Says where a record is in use before it says what one may not delete."""
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        protected = [
            *protected,
            *(
                f"{row._meta.verbose_name}: {row}"
                for record in objs
                for relation in self.in_use_by
                for row in getattr(record, relation).all()[:20]
            ),
        ]
        return deleted, counts, set() if protected else lacking, protected


class ReadInStoryAdmin(DeskAdmin):
    """Rows that are written in the form of their story, and listed here."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
