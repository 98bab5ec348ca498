from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from articles.admin.merging import MergingAdmin
from articles.admin.records import RefusableForm, RowsOfRecord, ShownAdmin
from articles.models import Article, Person, PersonName, Position


class PersonForm(RefusableForm):
    def clean_is_public(self):
        is_public = self.cleaned_data["is_public"]
        signed = Article.objects.live().filter(bylines__person=self.instance.pk)
        if not is_public and self.instance.pk and signed.exists():
            raise forms.ValidationError(
                _("A published story carries this person's byline: take it out first.")
            )
        return is_public


class PersonNameInline(RowsOfRecord):
    model = PersonName


class PositionInline(RowsOfRecord):
    model = Position
    autocomplete_fields = ["organisation"]


@admin.register(Person)
class PersonAdmin(MergingAdmin):
    form = PersonForm
    list_display = ["name", "sort_name", "is_public"]
    list_filter = ["is_public"]
    search_fields = ["name", "sort_name", "other_names__name"]
    autocomplete_fields = ["portrait"]
    fields = [
        "name",
        "sort_name",
        "slug",
        "is_public",
        "biography",
        "portrait",
        "wikidata_id",
    ]
    inlines = [PositionInline, PersonNameInline]
    used_in = {
        "quotes": _("quotes"),
        "mentions": _("stories that name them"),
        "bylines": _("bylines"),
        "photos": _("photos"),
    }


@admin.register(PersonName)
class PersonNameAdmin(ShownAdmin):
    list_display = ["name", "owner", "language"]
    list_filter = ["language"]
    list_select_related = ["owner"]
    search_fields = ["name", "owner__name"]
    autocomplete_fields = ["owner"]


@admin.register(Position)
class PositionAdmin(ShownAdmin):
    list_display = ["title", "person", "organisation", "started_on", "ended_on"]
    list_filter = ["started_on"]
    list_select_related = ["person", "organisation"]
    search_fields = ["title", "person__name", "organisation__name"]
    autocomplete_fields = ["person", "organisation"]
