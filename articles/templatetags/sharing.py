"""What a page's head says to the sites that link to it."""

from typing import NamedTuple
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.translation import to_locale

from articles import cards, drawing
from articles.frames import framed
from articles.site import whole
from articles.structured_data import last_changed
from articles.templatetags.masthead import masthead_of

register = template.Library()
register.simple_tag(last_changed)


class Shown(NamedTuple):
    address: str
    width: int
    height: int
    alt: str


@register.simple_tag(takes_context=True)
def card_of_story(context):
    quotes = [quote for voice in context["voices"] for quote in voice.quotes]
    retracted = bool(context["retraction"])
    return _shown(
        cards.of_story(
            context["article"], quotes, masthead_of(context), is_retracted=retracted
        )
    )


@register.simple_tag(takes_context=True)
def card_of_quote(context):
    retracted = bool(context["retraction"])
    masthead = masthead_of(context)
    return _shown(cards.of_quote(context["quote"], masthead, is_retracted=retracted))


@register.simple_tag
def card_of_photo(photo):
    """Its crop of that shape, or until that is made the whole."""
    files = photo.jpegs("card") if photo else []
    if not files:
        return None
    file = files[-1]
    return Shown(whole(file.url), file.width, file.height, photo.alt_text)


@register.filter
def locale(language):
    """With a country, which Open Graph asks for: of a bare language that the site has
    as well, the site's."""
    home = settings.LANGUAGE_CODE
    is_home = home.split("-")[0].lower() == language.lower()
    return to_locale(home if is_home else language)


@register.filter
def authors(bylines):
    return [byline.person for byline in bylines if byline.role == byline.Role.BY]


@register.simple_tag
def oembed_address(record, form):
    asked = {"url": whole(record.get_absolute_url()), "format": form}
    return f"{settings.SITE_ADDRESS}{reverse('oembed')}?{urlencode(asked)}"


@register.simple_tag
def frame_of(quote):
    return framed(quote).html()


def _shown(card):
    return Shown(whole(card.get_absolute_url()), *drawing.SIZE, card.alt)
