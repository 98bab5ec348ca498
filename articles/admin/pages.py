"""About, contact, standards, privacy, corrections policy: Django's flat pages, written
and sanitised as a body is."""

from django import forms
from django.contrib import admin
from django.contrib.flatpages.admin import FlatPageAdmin  # noqa: F401
from django.contrib.flatpages.models import FlatPage
from django.contrib.sites.admin import SiteAdmin  # noqa: F401
from django.contrib.sites.models import Site
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from articles import body
from articles.admin.records import DeskAdmin, RefusableForm
from articles.characters import clean_text

OWN_ADDRESS = RegexValidator(
    r"^/pages/[-a-z0-9_]{1,80}/\Z",
    _("The address of a page of your own is such as /pages/advertising/."),
)


class PageForm(RefusableForm):
    url = forms.CharField(
        label=_("Address"),
        max_length=100,
        validators=[OWN_ADDRESS],
        widget=admin.widgets.AdminTextInputWidget,
        help_text=_("Such as /pages/advertising/. It stays once saved."),
    )
    content = forms.CharField(
        label=_("Text"),
        required=False,
        widget=admin.widgets.AdminTextareaWidget(attrs={"rows": 24}),
        help_text=_(
            "HTML: p, h2, h3, blockquote, ul, ol, li, strong, em, a, br. Anything else "
            "leaves its words only."
        ),
    )

    def clean_title(self):
        return clean_text(self.cleaned_data["title"])

    def clean_content(self):
        return body.sanitise(self.cleaned_data["content"])

    def clean_url(self):
        url = self.cleaned_data["url"]
        if FlatPage.objects.filter(url=url).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("Another page has this address. Choose another."))
        return url


# Their own admins, which were registered by the imports above.
admin.site.unregister(FlatPage)
# Nothing here reads it: SITE_ADDRESS says where the site lives.
admin.site.unregister(Site)


@admin.register(FlatPage)
class PageAdmin(DeskAdmin):
    form = PageForm
    fields = ["title", "content", "url"]
    list_display = ["title", "url"]
    search_fields = ["title", "url"]
    ordering = ["pk"]

    def get_readonly_fields(self, request, obj=None):
        return ["url"] if obj else []

    def has_delete_permission(self, request, obj=None):
        """The site's own pages are led to from everywhere."""
        is_own = obj is not None and obj.url.startswith("/pages/")
        return super().has_delete_permission(request, obj) and is_own

    def get_actions(self, request):
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def view_on_site(self, page):
        return page.url
