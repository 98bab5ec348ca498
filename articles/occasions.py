"""When and where a quote was said, and who put it into our language, in one plain line.

Each phrase is whole, so that a translator can order it as the language asks.
"""

from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import get_language_info, pgettext_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from articles.models import Quote

Occasion = Quote.Occasion

SAID_AT = {
    "": "",
    Occasion.PRESS_CONFERENCE: lazy("said at a press conference"),
    Occasion.INTERVIEW: lazy("said in an interview"),
    Occasion.STATEMENT: lazy("said in a statement"),
    Occasion.BROADCAST: lazy("said in a broadcast"),
    Occasion.SOCIAL_POST: lazy("said in a social post"),
    Occasion.OTHER_OUTLET: lazy("reported by another outlet"),
}
SAID_ON = {
    "": lazy("said on {day}"),
    Occasion.PRESS_CONFERENCE: lazy("said on {day} at a press conference"),
    Occasion.INTERVIEW: lazy("said on {day} in an interview"),
    Occasion.STATEMENT: lazy("said on {day} in a statement"),
    Occasion.BROADCAST: lazy("said on {day} in a broadcast"),
    Occasion.SOCIAL_POST: lazy("said on {day} in a social post"),
    Occasion.OTHER_OUTLET: lazy("said on {day}, as reported by another outlet"),
}
# For the ledger, in which the day stands before it.
OCCASIONS = {
    Occasion.PRESS_CONFERENCE: pgettext_lazy("occasion", "at a press conference"),
    Occasion.INTERVIEW: pgettext_lazy("occasion", "in an interview"),
    Occasion.STATEMENT: pgettext_lazy("occasion", "in a statement"),
    Occasion.BROADCAST: pgettext_lazy("occasion", "in a broadcast"),
    Occasion.SOCIAL_POST: pgettext_lazy("occasion", "in a social post"),
    Occasion.OTHER_OUTLET: pgettext_lazy("occasion", "reported by another outlet"),
}


def plain_line(quote, day_above=None):
    """What is known of it, "" if nothing is. A day that the page prints just above is
    nothing to say by itself."""
    said, translated = _said(quote), _translated(quote)
    if said and translated:
        return format_html(_("{said}; {translated}"), said=said, translated=translated)
    if not quote.occasion and quote.said_on == day_above:
        said = ""
    return said or translated


def language_name(tag):
    """In the page's language where Django knows it, else the tag."""
    try:
        return get_language_info(tag.lower())["name_translated"]
    except KeyError:
        return tag


def _said(quote):
    if not quote.said_on:
        return SAID_AT[quote.occasion]
    day = format_html(
        '<time datetime="{}">{}</time>',
        quote.said_on.isoformat(),
        date_format(quote.said_on, "j F Y"),
    )
    return format_html(SAID_ON[quote.occasion], day=day)


def _translated(quote):
    language = ""
    if _base(quote.original_language) != _base(quote.article.language):
        language = language_name(quote.original_language)
    translator = quote.translator and format_html("<bdi>{}</bdi>", quote.translator)
    if language and translator:
        phrase = _("translated from {language} by {translator}")
    elif language:
        phrase = _("translated from {language}")
    elif translator:
        phrase = _("translated by {translator}")
    else:
        return ""
    return format_html(phrase, language=language, translator=translator)


def _base(tag):
    return tag.split("-")[0].lower()
