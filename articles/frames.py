"""A quote in a frame of another site: the element that shows it there."""

from math import ceil
from typing import NamedTuple

from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _

from articles.models import Quote
from articles.site import whole

WIDTH = 600  # px, where nobody has asked for less
ROOM_FOR_WORDS_OF_OURS = " " * 30  # dates, and how the words were checked


class Frame(NamedTuple):
    quote: Quote
    title: str
    width: int
    height: int

    def html(self):
        return format_html(
            '<iframe src="{}" title="{}" width="{}" height="{}" loading="lazy" '
            'style="border:0;max-width:100%"></iframe>',
            whole(self.quote.get_embed_url()),
            self.title,
            self.width,
            self.height,
        )


def framed(quote, most_wide=None, most_high=None, *, notice=""):
    """Of a quote with its `corrections_shown`; `notice` is what the frame says in place
    of words that do not stand. No script can make it as high as its words: it has about
    what they need, too much rather than too little, and scrolls."""
    width = min(WIDTH, most_wide or WIDTH)
    in_words, beside = max(8, (width - 80) // 12), max(8, (width - 70) // 8)
    small = [quote.speaker_name(), quote.post_on_the_day(), quote.original_words]
    small += [ROOM_FOR_WORDS_OF_OURS, ROOM_FOR_WORDS_OF_OURS + quote.article.headline]
    for one in quote.corrections_shown:
        where = one.article.headline if one.article_id != quote.article_id else ""
        told = f"{one.was} {one.now} {one.text} {where}"
        small.append(2 * ROOM_FOR_WORDS_OF_OURS + told)
    lines = 1 + sum(ceil(len(str(text)) / beside) for text in small)
    height = 140 + 33 * ceil(len(quote.words) / in_words) + 24 * lines
    return Frame(
        quote, notice or _title(quote), width, min(height, most_high or height)
    )


def _title(quote):
    day = date_format(quote.day(), "j F Y")
    values = {"speaker": quote.speaker_name(), "day": day}
    return _("Quote: %(speaker)s, %(day)s") % values
