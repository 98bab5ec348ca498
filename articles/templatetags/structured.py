from django import template
from django.utils.html import format_html

from articles import body, structured_data
from articles.characters import json_without_markup
from articles.templatetags.masthead import masthead_of

register = template.Library()


@register.simple_tag(takes_context=True)
def structured(context, kind):
    """What machines read of a page of that kind. It is data: no policy has to let it
    run."""
    pages = {page.url for page in context.get("site_pages", [])}
    site = structured_data.Site(masthead_of(context), pages)
    data = structured_data.of_page(kind, context, site)
    if data is None:
        return ""
    element = '<script type="application/ld+json">{}</script>'
    return format_html(element, body.trust(json_without_markup(data)))
