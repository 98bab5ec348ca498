from django import forms
from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from articles import accents
from articles.admin.one_of_a_kind import OneOfAKindAdmin, RowAdmin, RowInline
from articles.admin.records import RefusableForm
from articles.models import Masthead, NavigationLink


class MastheadForm(RefusableForm):
    class Meta:
        # Pictures of other formats are refused by what is in them, not by their name.
        pictures = {"accept": "image/png,image/webp,image/jpeg,image/avif"}
        widgets = {
            "logo": admin.widgets.AdminFileWidget(pictures),
            "dark_logo": admin.widgets.AdminFileWidget(pictures),
            "accent": forms.TextInput({"size": 9, "placeholder": accents.DEFAULT}),
        }


# characters: the row fits a window of 1280 px
SIZES = {"address": 20, "label": 14}


class NavigationInline(RowInline):
    model = NavigationLink
    autocomplete_fields = ["topic"]
    fields = ["order", "section", "topic", "address", "label"]
    ordering = ["order", "pk"]
    max_num = 20

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if size := SIZES.get(db_field.name):
            kwargs["widget"] = forms.TextInput({"size": size})
        return super().formfield_for_dbfield(db_field, request, **kwargs)


@admin.register(Masthead)
class MastheadAdmin(OneOfAKindAdmin):
    form = MastheadForm
    inlines = [NavigationInline]
    readonly_fields = ["shades"]
    fieldsets = [
        (None, {"fields": ["name", "tagline", "contact_address"]}),
        (_("Look"), {"fields": ["logo", "dark_logo", "accent", "shades"]}),
        (
            _("Navigation"),
            {
                "fields": [],
                "description": _(
                    "The links below, the lowest order first. Without any, it lists "
                    "the sections that have a story, and the quotes. A section or "
                    "topic shows once it has one."
                ),
            },
        ),
    ]

    @admin.display(description=_("how it looks"))
    def shades(self, masthead):
        """Drawn, for the desk's policy lets no style in."""
        try:
            light, dark = accents.palette(masthead.accent or accents.DEFAULT)
        except ValueError:
            return ""
        sides = [
            (0, accents.LIGHT[0], accents.LIGHT_INK, light, _("on light pages")),
            (160, accents.DARK[0], accents.DARK_INK, dark, _("on dark pages")),
        ]
        return format_html(
            '<svg width="316" height="112" role="img" aria-label="{}">{}</svg>',
            _("A quote in this colour, on light and on dark pages"),
            format_html_join("", SIDE, (_drawn(*side) for side in sides)),
        )


SIDE = (
    '<g transform="translate({x} 0)" font-size="15">'
    '<rect width="156" height="112" fill="{paper}"/>'
    '<rect x="16" y="16" width="3" height="52" fill="{voice}"/>'
    '<text x="30" y="36" font-size="17" fill="{ink}">'
    '<tspan fill="{voice}">“</tspan>{words}<tspan fill="{voice}">”</tspan></text>'
    '<text x="30" y="62" fill="{ink}">'
    '<tspan fill="{voice}" font-weight="700">= </tspan>{ratio} : 1</text>'
    '<rect x="16" y="80" width="64" height="16" fill="{wash}"/>'
    '<rect x="96" y="87" width="44" height="2" fill="{line}"/>'
    "<title>{side}</title></g>"
)


def _drawn(x, paper, ink, shades, side):
    return {
        "x": x,
        "paper": paper,
        "ink": ink,
        "words": _("We said so."),
        "ratio": f"{accents.contrast(shades.voice, paper):.1f}",
        "side": side,
        **shades._asdict(),
    }


@admin.register(NavigationLink)
class NavigationLinkAdmin(RowAdmin):
    list_display = ["label", "section", "topic", "address"]
    list_select_related = ["section", "topic"]
    search_fields = ["label", "section__name", "topic__name", "address"]
