from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from articles.admin import (  # noqa: F401
    addresses,
    articles,
    bylines,
    corrections,
    front_page,
    masthead,
    mentions,
    organisations,
    overrides,
    pages,
    people,
    photos,
    presence,
    quotes,
    revisions,
    sections,
    sources,
)

admin.site.site_header = _("Newsroom")
admin.site.site_title = _("Newsroom")
admin.site.index_title = _("Desk")
