"""What the admins of several records share."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models
from django.shortcuts import redirect
from django.utils.text import get_text_list
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.admin.meanwhile import (
    MeanwhileForm,
    MeanwhileFormSet,
    MeanwhileRowForm,
)
from articles.characters import clean_text
from articles.models import Article
from articles.publishing import Problem, settle_for
from articles.settling import is_shown_live, stories_showing
from articles.times import in_words


class TakenBack(Exception):
    """Raised once a form is saved, so that its transaction takes it all back."""

    def __init__(self, problems):
        self.problems = problems


class RefusableForm(MeanwhileForm):
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


class PlainLists:
    """A chooser asks the desk as one types, and without scripts it has nothing to
    offer: with `plain` in the address it is a list of all there is. Those of `by_key`
    are too many to list, and go by their keys."""

    by_key = ()

    def get_autocomplete_fields(self, request):
        if "plain" in request.GET:
            return []
        return super().get_autocomplete_fields(request)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if "plain" in request.GET and db_field.name in self.by_key:
            relation = db_field.remote_field
            widget = admin.widgets.ForeignKeyRawIdWidget(relation, self.admin_site)
            kwargs["widget"] = widget
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


def may_see_stories(request):
    """All of them, as their form and their list ask it."""
    user = request.user
    return any(user.has_perm(f"articles.{act}_article") for act in ("view", "change"))


class DeskAdmin(PlainLists, admin.ModelAdmin):
    form = RefusableForm
    formfield_overrides = DATE_AND_TIME
    show_full_result_count = False
    list_per_page = 50

    def changelist_view(self, request, extra_context=None):
        # PostgreSQL takes no NUL in any comparison.
        if any("\0" in value for value in request.GET.values()):
            return redirect(request.path)
        return super().changelist_view(request, extra_context)

    def view_on_site(self, record):
        """By its own address: Django would ask its table of sites for the host."""
        has_page = hasattr(record, "get_absolute_url")
        return record.get_absolute_url() if has_page else None

    def get_search_results(self, request, queryset, search_term):
        return super().get_search_results(request, queryset, clean_text(search_term))

    def in_use(self, objs):
        """Lines on what holds them, beside what Django finds."""
        return []

    def get_deleted_objects(self, objs, request):
        """What hangs on a record tells of stories, also of those under embargo."""
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        protected = [*protected, *self.in_use(objs)]
        if may_see_stories(request):
            stories = Article.objects.filter(pk__in=stories_showing(objs).values("pk"))
            for record in objs:
                stories |= Article.objects.leading_to(record)
            request.stories_told_of = stories.order_by("pk")
        else:
            deleted = [line for line in deleted if isinstance(line, str)]
            protected = protected and [_("Stories that you may not see")]
        return deleted, counts, lacking, protected

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

    def get_object(self, request, object_id, from_field=None):
        """Held for the rest of a save: what another one or a merge has written since
        would come back as it was."""
        record = super().get_object(request, object_id, from_field)
        if record and request.method == "POST" and connection.in_atomic_block:
            held = self.model.objects.select_for_update(of=["self"], no_key=True)
            record = held.filter(pk=record.pk).first()
        return record

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        parts = [form, *formsets]
        if merged := [said for part in parts for said in getattr(part, "merged", ())]:
            message = _("%(who)s had changed meanwhile, and it is kept: %(what)s.")
            who = form.who(unknown=_("Somebody else"))
            what = get_text_list([str(said) for said in merged], gettext("and"))
            values = {"who": who, "what": what}
            self.message_user(request, message % values, messages.WARNING)
        if any(part.has_changed() for part in parts):
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

    def in_use(self, objs):
        return [
            f"{row._meta.verbose_name}: {row}"
            for record in objs
            for relation in self.in_use_by
            for row in getattr(record, relation).all()[:20]
        ]

    def get_deleted_objects(self, objs, request):
        """Says where a record is in use before it says what one may not delete."""
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        return deleted, counts, set() if protected else lacking, protected


class RowsOfRecord(admin.TabularInline):
    """Rows that two people may have open in the form of one record."""

    form = MeanwhileRowForm
    formset = MeanwhileFormSet
    extra = 0


class RowsByHand(PlainLists):
    """Rows of a story's form. A script adds empty ones; where none runs, a button that
    is named `_row` saves and asks for one. Their choosers let add a record that is
    missing; to change one there is its own page."""

    extra = 0

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(field.widget, admin.widgets.RelatedFieldWidgetWrapper):
            field.widget.can_change_related = False
            field.widget.can_delete_related = False
            field.widget.can_view_related = False
        return field

    def get_extra(self, request, obj=None, **kwargs):
        return int(request.GET.get("row") == self.model._meta.model_name)


class ReadInStoryAdmin(DeskAdmin):
    """Rows that are written in the form of their story, and listed here: for those who
    may see their stories."""

    def has_view_permission(self, request, obj=None):
        return super().has_view_permission(request, obj) and may_see_stories(request)

    @admin.display(description=_("embargo"))
    def embargo(self, row):
        if not row.article.is_embargoed():
            return ""
        return _("embargoed until %s") % in_words(row.article.embargoed_until)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
