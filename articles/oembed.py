"""Tells other sites how to show a story or a quote of ours, as oembed.com has it in its
version 1.0: a quote in a frame, a story as a link with its card."""

import re
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.urls import Resolver404, resolve, reverse
from django.views.decorators.http import require_safe

from articles import cards, drawing
from articles.embedding import card_of_quote, card_of_story, is_retracted
from articles.frames import framed
from articles.freshness.answers import for_everybody
from articles.models import Article, Masthead, Quote
from articles.site import whole
from articles.views import corrected


@require_safe
@for_everybody()
def oembed(request):
    """404 for every address that is no story and no quote which readers have."""
    form = request.GET.get("format", "json")
    if form not in ("json", "xml"):
        return HttpResponse("json or xml", "text/plain", status=501)
    most = (pixels(request.GET.get(name, "")) for name in ("maxwidth", "maxheight"))
    told = told_of(request.GET.get("url", ""), *most)
    if form == "json":
        return JsonResponse(told)
    root = ElementTree.Element("oembed")
    for name, value in told.items():
        ElementTree.SubElement(root, name).text = str(value)
    text = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return HttpResponse(text, "text/xml; charset=utf-8")


def pixels(text):
    """Nonsense limits nothing."""
    return int(text) if re.fullmatch("[1-9][0-9]{0,4}", text) else None


def told_of(address, most_wide, most_high):
    page, masthead = page_at(address), Masthead.objects.shown()
    told = {
        "version": "1.0",
        "provider_name": masthead.shown_name(),
        "provider_url": whole(reverse("front")),
    }
    if isinstance(page, Quote):
        told |= of_quote(page, most_wide, most_high)
        card = card_of_quote(page, masthead)
    else:
        told |= {"type": "link", "title": page.headline}
        card = card_of_story(page, masthead)
    width, height = drawing.SIZE
    if width <= (most_wide or width) and height <= (most_high or height):
        told["thumbnail_url"] = whole(card.get_absolute_url())
        told |= {"thumbnail_width": width, "thumbnail_height": height}
    return told


def page_at(address):
    """The story or the quote that readers are led to by this address of the site."""
    found, match = None, route_of(address)
    if match.view_name in ("quote_detail", "quote_embed"):
        quotes = Quote.objects.published().for_page()
        quote = quotes.filter(pk=match.kwargs["pk"]).first()
        found = quote and quote.first_use()
    elif match.view_name == "article_detail":
        stories = Article.objects.published().for_page()
        found = stories.filter(slug=match.kwargs["slug"]).first()
    if found is None:
        raise Http404("No story and no quote that readers have.")
    return found


def route_of(address):
    try:
        asked, home = urlsplit(address), urlsplit(settings.SITE_ADDRESS)
        if asked.scheme in ("http", "https") and asked.netloc == home.netloc:
            return resolve(unquote(asked.path).rstrip("/") + "/")
    except (ValueError, Resolver404):
        pass
    raise Http404("No page of this site.")


def of_quote(quote, most_wide, most_high):
    corrected([quote])
    notice = cards.notice_of(quote, is_retracted=is_retracted(quote.article))
    frame = framed(quote, most_wide, most_high, notice=notice)
    told = {
        "type": "rich",
        "title": frame.title,
        "html": frame.html(),
        "width": frame.width,
        "height": frame.height,
    }
    if not notice:
        told["author_name"] = str(quote.speaker_name())
        if page := quote.speaker_page():
            told["author_url"] = whole(page.get_absolute_url())
    return told
