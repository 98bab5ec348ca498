from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.translation import get_language, get_language_info

from articles import voices

register = template.Library()
RIGHT_TO_LEFT = set("ar ckb dv fa he ps sd ug ur yi".split())


# Tags, so that a page that is rendered without a context has them too.
@register.simple_tag
def site_name():
    return settings.SITE_NAME


@register.simple_tag
def site_address():
    return settings.SITE_ADDRESS


@register.simple_tag
def language_of(text_language):
    """The attributes of an element in that language; none if it is the page's own."""
    language = text_language.split("-")[0].lower()
    if language == (get_language() or "").split("-")[0]:
        return ""
    direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
    return format_html(' lang="{}" dir="{}"', text_language, direction)


@register.filter(expects_localtime=True)
def machine_time(time):
    """For a datetime attribute, which takes no microseconds."""
    return time.isoformat(timespec="seconds")


@register.filter
def language_name(tag):
    """In the page's language where Django knows it, else the tag."""
    try:
        return get_language_info(tag.lower())["name_translated"]
    except KeyError:
        return tag


@register.filter
def opening_mark(language):
    return voices.quotation_marks(language)[0]


@register.filter
def closing_mark(language):
    return voices.quotation_marks(language)[1]


@register.filter
def in_its_sentence(quote):
    return voices.in_its_sentence(quote)


@register.filter
def says_more(quote):
    """Whether its sentence holds anything but its words and their marks."""
    around = "".join(text for text, is_said in in_its_sentence(quote) if not is_said)
    return any(character.isalnum() for character in around)
