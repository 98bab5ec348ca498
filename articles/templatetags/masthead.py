"""What a newsroom makes of its site at the desk. Where no page has brought it, as on an
error page without a request, the site is as it comes."""

from urllib.parse import quote

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from articles.models import Masthead
from articles.site import whole
from newsroom.csp import allow_style

register = template.Library()


def masthead_of(context):
    return context.get("masthead") or Masthead()


@register.simple_tag(takes_context=True)
def site_name(context):
    return masthead_of(context).shown_name()


@register.simple_tag(takes_context=True)
def accent(context):
    """The colour of a voice, where it is not the one that the stylesheet has."""
    request, style = context.get("request"), masthead_of(context).stylesheet()
    if not (request and style):
        return ""
    allow_style(request, style)
    return format_html("<style>{}</style>", style)


@register.simple_tag(takes_context=True)
def navigation(context):
    """The words and the address of each link: those that the desk has set, else the
    sections that readers meet, and the quotes."""
    sections = list(context.get("sections", []))
    if links := context.get("links_set"):
        shown = [one for one in links if not one.section or one.section in sections]
        return [(one.shown_label(), one.get_absolute_url()) for one in shown]
    return [
        *((section.name, section.get_absolute_url()) for section in sections),
        (_("In their words"), reverse("quote_list")),
    ]


@register.simple_tag(takes_context=True)
def parts_of_the_site(context, links):
    """The navigation, then what every site has beside it, each address once."""
    always = [
        (_("Search"), reverse("search")),
        (_("In their words"), reverse("quote_list")),
        (_("People"), reverse("person_list")),
        (_("Organisations"), reverse("organisation_list")),
        (_("Corrections"), reverse("correction_list")),
    ]
    pages = {page.url for page in context.get("site_pages", [])}
    parts = {}
    for label, address in [*links, *always]:
        if address not in pages:
            parts.setdefault(address, label)
    return [(label, address) for address, label in parts.items()]


@register.simple_tag(takes_context=True)
def report_address(context, words, name, address):
    """Where a reader tells us of a mistake on the page at that address: a letter that
    says which page, or the contact page; nowhere if there is neither."""
    to = masthead_of(context).contact_address
    if to:
        subject, page = quote(f"{words}: {name}"), whole(address)
        return f"mailto:{quote(to, safe='@')}?subject={subject}&body={quote(page)}"
    contact = reverse("contact")
    pages = {page.url for page in context.get("site_pages", [])}
    return contact if contact in pages else ""
