import re

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.translation import get_language

from articles import body, occasions, times, voices
from articles.templatetags.masthead import site_name

register = template.Library()
SPACED_DASH = re.compile(" ([-–—]) ")
RIGHT_TO_LEFT = set("ar ckb dv fa he ps sd ug ur yi".split())


def is_right_to_left(language):
    return language.split("-")[0].lower() in RIGHT_TO_LEFT


register.simple_tag(site_name, takes_context=True)


# A tag, so that a page that is rendered without a context has it too.
@register.simple_tag
def site_address():
    return settings.SITE_ADDRESS


@register.simple_tag
def language_of(text_language):
    """The attributes of an element in that language; none if it is the page's own."""
    language = text_language.split("-")[0].lower()
    if language == (get_language() or "").split("-")[0]:
        return ""
    direction = "rtl" if is_right_to_left(language) else "ltr"
    return format_html(' lang="{}" dir="{}"', text_language, direction)


@register.simple_tag
def picture(photo, place):
    return body.trust(body.picture(photo, place))


@register.filter(expects_localtime=True)
def machine_time(time):
    """For a datetime attribute, which takes no microseconds."""
    return time.isoformat(timespec="seconds")


@register.filter
def news_language(tag):
    """As news sitemaps have it: a bare language, but for the two kinds of Chinese."""
    tag = tag.lower()
    return tag if tag in ("zh-cn", "zh-tw") else tag.split("-")[0]


@register.filter
def bound(headline):
    """A dash between words never begins a line."""
    return SPACED_DASH.sub("\N{NO-BREAK SPACE}\\1 ", headline)


register.filter(times.in_words)
register.simple_tag(occasions.plain_line)
register.filter(occasions.language_name)


@register.filter
def occasion_in_words(quote):
    return occasions.OCCASIONS[quote.occasion]


@register.simple_tag
def quoted(quote, most=None):
    """Its words in the marks of their language, each part in its own; reported ones in
    none. Where that is longer than `most`, cut at a word, and the marks closed."""
    language = quote.article.language
    opening, closing = (
        ("", "") if quote.is_indirect() else voices.quotation_marks(language)
    )
    said = " ".join(f"{opening}{words}{closing}" for words in quote.segments())
    if most is None or len(said) <= most:
        return said
    cut = cut_at_word(said, most - len(closing))
    return cut if cut.endswith(f"{closing} …") else cut + closing


@register.filter
def cut_at_word(text, most):
    """One line of at most that many characters, whole words, with … where it is cut."""
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    return text[: most - 1].rsplit(" ", 1)[0].rstrip(",;:– ")[: most - 2] + " …"


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
