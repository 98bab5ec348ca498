"""The page between a list of records and their merging."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from articles import merging
from articles.admin.records import RecordAdmin

MOST = 20  # a list of all people, ticked by mistake, is not one person


class MergeForm(forms.Form):
    into = forms.ModelChoiceField(
        label=_("Which record stays?"),
        queryset=None,
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the record that stays.")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        widget=admin.widgets.AdminTextareaWidget(attrs={"rows": 2}),
        help_text=_("If it is not plain. Kept in the history of the record."),
    )

    def __init__(self, *args, records, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["into"].queryset = records


class MergingAdmin(RecordAdmin):
    """`used_in` has the relations that say how much a record is used, and their names;
    the record used most is offered to stay."""

    actions = ["merge"]
    used_in = {}

    def has_merge_permission(self, request):
        may_change = self.has_change_permission(request)
        return may_change and self.has_delete_permission(request)

    @admin.action(description=_("Merge duplicates…"), permissions=["merge"])
    def merge(self, request, queryset):
        records = self._with_uses(queryset)
        if not 2 <= len(records) <= MOST:
            message = _(
                "Tick the records of one and the same: two or more, at most %d."
            )
            return self.message_user(request, message % MOST, messages.ERROR)
        most_used = max(
            records, key=lambda record: (sum(self._uses(record)), -record.pk)
        )
        form = MergeForm(
            request.POST if "confirmed" in request.POST else None,
            records=records,
            initial={"into": most_used.pk},
        )
        if form.is_valid():
            try:
                return self._merge(request, records, **form.cleaned_data)
            except ValidationError as error:
                form.add_error(None, error)
            except PermissionDenied as error:
                form.add_error(None, str(error))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Merge duplicates"),
            "form": form,
            "choices": [self._choice(radio) for radio in form["into"]],
            "back": reverse(f"admin:articles_{self.opts.model_name}_changelist"),
        }
        return TemplateResponse(request, "admin/articles/merge.html", context)

    def _merge(self, request, records, into, reason):
        names = [f"“{record}”" for record in records if record != into]
        merging.merge(records, into=into, by=request.user, reason=reason)
        page = reverse(f"admin:articles_{self.opts.model_name}_change", args=[into.pk])
        said = format_html(
            _('Merged into <a href="{}">{}</a>: {}'), page, into, ", ".join(names)
        )
        self.message_user(request, said, messages.SUCCESS)

    def _with_uses(self, queryset):
        for name in self.used_in:
            relation = self.model._meta.get_field(name).field
            rows = relation.model.objects.filter(**{relation.name: OuterRef("pk")})
            counted = rows.order_by().values(relation.name).annotate(n=Count("pk"))
            uses = Coalesce(Subquery(counted.values("n")), 0)
            queryset = queryset.annotate(**{f"in_{name}": uses})
        return queryset.prefetch_related("other_names")

    def _uses(self, record):
        return [getattr(record, f"in_{name}") for name in self.used_in]

    def _choice(self, radio):
        record = radio.data["value"].instance
        return {
            "radio": radio,
            "record": record,
            "names": [name for name in record.all_names() if name != record.name],
            "uses": list(zip(self.used_in.values(), self._uses(record), strict=True)),
        }
