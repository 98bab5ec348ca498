"""What other sites show of ours: the card beside a link, and a quote in a frame. Like
pages, both are the same for everybody."""

from csp.decorators import csp_replace
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from articles import cards
from articles.freshness.answers import for_everybody
from articles.models import Article, Correction, Masthead, Quote
from articles.views import corrected, gone_or_404
from newsroom.csp import FRAMED


def is_retracted(article):
    retractions = Correction.objects.retractions(timezone.now())
    return retractions.filter(article=article).exists()


def card_of_story(article, masthead):
    quotes, gone = article.quotes.carried(), is_retracted(article)
    return cards.of_story(article, quotes, masthead, is_retracted=gone)


def card_of_quote(quote, masthead):
    gone = is_retracted(quote.article)
    return cards.of_quote(quote, masthead, is_retracted=gone)


@require_safe
@for_everybody()
def article_card(request, year, month, day, slug, digest):
    article = Article.objects.published().for_page().filter(slug=slug).first()
    if article is None:
        return gone_or_404(request, Article.objects.gone().filter(slug=slug))
    return answer(request, card_of_story(article, Masthead.objects.shown()))


@require_safe
@for_everybody()
def quote_card(request, pk, digest):
    quote = Quote.objects.published().for_page().filter(pk=pk).first()
    if quote is None:
        return gone_or_404(request, Article.objects.gone().filter(quotes=pk))
    return answer(request, card_of_quote(quote.first_use(), Masthead.objects.shown()))


def answer(request, card):
    """A former card leads to the present one, but not for good: what it said may be
    said again."""
    if request.path != card.get_absolute_url():
        return redirect(card)
    return HttpResponse(cards.drawn(card), "image/jpeg")


@require_safe
@xframe_options_exempt
@csp_replace(FRAMED)
@for_everybody()
def quote_embed(request, pk):
    """One that is gone says so in the frame as well."""
    quote = Quote.objects.published().for_page().filter(pk=pk).first()
    if quote is None:
        if not Article.objects.gone().filter(quotes=pk).exists():
            raise Http404("Readers have no such quote.")
        return render(request, "articles/quote_embed.html", status=410)
    first = quote.first_use()
    if first != quote:
        return redirect(first.get_embed_url())
    corrected([quote])
    notice = cards.notice_of(quote, is_retracted=is_retracted(quote.article))
    context = {"quote": quote, "notice": notice}
    return render(request, "articles/quote_embed.html", context)
