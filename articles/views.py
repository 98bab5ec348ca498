"""What readers see. None of these looks at who asks: every page is the same for
everybody, so that a cache may keep it, but for previews."""

from dataclasses import replace
from functools import wraps

from django.conf import settings
from django.contrib.flatpages.models import FlatPage
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Prefetch
from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.views import defaults
from django.views.decorators.http import require_safe

from articles import archives, body, changes, front_page, voices
from articles.freshness.answers import for_everybody
from articles.freshness.lists import QUOTES, STORIES, list_of, stories_of
from articles.freshness.touching import ANY, FRONT
from articles.furniture import furniture_for
from articles.models import (
    Article,
    Byline,
    Correction,
    Masthead,
    Organisation,
    Person,
    Position,
    PreviewLink,
    Quote,
    Section,
    Topic,
)
from articles.models.tagged import depends_on
from articles.paging import paginate
from articles.previews import (
    as_readers_have_it,
    as_readers_would_have_it,
    sections_with,
)
from articles.reading_time import minutes_to_read
from articles.related import related_to
from articles.searching import results
from articles.searching.asking import BEST, NEWEST, Asked
from articles.site import whole
from articles.verbs import Refused
from articles.years import by_year


def latest(articles, request, **paging):
    return paginate(articles.for_cards().newest_first(), request.GET, **paging)


@require_safe
@for_everybody(STORIES, QUOTES, FRONT)
def front(request):
    if request.GET.keys() & {"older", "newer"}:
        page = latest(Article.objects.listed(), request)
        if page.here:
            return render(request, "articles/article_list.html", {"articles": page})
    furniture = furniture_for(request)
    front = front_page.put_together(furniture.bands, has_pins=furniture.has_pins)
    lead = front.lead
    said_there = list(lead.quotes.standing().for_lists()) if lead else []
    corrected([*said_there, *(quote for band in front.bands for quote in band.quotes)])
    context = {
        "articles": front.page,
        "lead": lead,
        "standfirst": voices.with_marks(lead.standfirst, said_there) if lead else [],
        "quotes_in_lead": voices.counted(said_there),
        "said_in_lead": voices.set_apart(said_there),
        "seconds": front.seconds,
        "bands": front.bands,
    }
    return render(request, "articles/front.html", context)


@require_safe
@for_everybody()
def article_detail(request, year, month, day, slug):
    """An old or wrong date in the address leads to the right one."""
    stories = Article.objects.published().for_page()
    article = stories.filter(slug=slug).first()
    if article is None:
        return gone_or_404(request, Article.objects.gone().filter(slug=slug))
    if request.path != article.get_absolute_url():
        return redirect(article, permanent=True)
    told = as_readers_have_it(article)
    changed = []
    if settings.READERS_SEE_CHANGES and (article.updated_at or told.corrections):
        changed = changes.tellings(article, told.corrections)
    context = story(told, changed[0].at if changed else None)
    return render(request, "articles/article_detail.html", context)


def previewed(request, article, revision, shown):
    """The page that readers would have of it, and that none of them is to find."""
    told = as_readers_would_have_it(article, revision)
    context = {**story(told), "sections": sections_with(told), "preview": shown}
    return render(request, "articles/article_detail.html", context)


def unlisted(view):
    """No cache keeps what it answers, no search engine lists it, and no page that is
    linked there learns its address."""

    @wraps(view)
    def answer(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        add_never_cache_headers(response)
        response["X-Robots-Tag"] = "noindex"
        response["Referrer-Policy"] = "no-referrer"
        return response

    return answer


@require_safe
@for_everybody()
def article_changes(request, year, month, day, slug):
    """What readers are told of the story since they first had it."""
    if not settings.READERS_SEE_CHANGES:
        raise Http404("This site does not show what changed.")
    article = Article.objects.published().filter(slug=slug).first()
    if article is None:
        return gone_or_404(request, Article.objects.gone().filter(slug=slug))
    if request.path != article.get_changes_url():
        return redirect(article.get_changes_url(), permanent=True)
    corrections = list(Correction.objects.for_page(article))
    told = changes.tellings(article, corrections)
    page = Paginator(told, 20).get_page(request.GET.get("page"))
    changes.look_up(article, page)
    context = {
        "article": article,
        "page": page,
        "retraction": any(c.is_retraction() for c in corrections),
    }
    return render(request, "articles/article_changes.html", context)


@require_safe
@unlisted
def article_preview(request, token):
    """One revision, for whoever was given its link. Whatever is wrong with it, the
    answer is the same."""
    link = PreviewLink.objects.of_token(token)
    if link:
        try:
            shown = {"link": link, "is_public": link.is_what_readers_have()}
            return previewed(request, link.article, link.revision, shown)
        except Refused:  # it names a record that is no more
            pass
    return render(request, "articles/preview_ended.html", status=404)


def gone_or_404(request, gone):
    if gone.exists():
        return render(request, "410.html", status=410)
    raise Http404("Readers have no such page.")


def moved_or_404(request, records, slug):
    """A former address leads to what took its place, and there to the same part of a
    list."""
    record = get_object_or_404(records, former_addresses__slug=slug)
    parts = [record.get_absolute_url(), request.GET.urlencode()]
    return HttpResponsePermanentRedirect("?".join(filter(None, parts)))


def story(told, last_changed_at=None):
    """What an article's page prints."""
    corrections = told.corrections
    return {
        "article": told.article,
        "standfirst": voices.with_marks(told.article.standfirst, told.quotes),
        "bylines": [byline for byline in told.bylines if byline.person.is_public],
        "voices": voices.who_said_what(told.quotes),
        "people": voices.people_in(told.article, told.mentions, told.quotes),
        "organisations": [m.organisation for m in told.mentions if m.organisation],
        "topics": told.topics,
        "minutes": minutes_to_read(told.article.body_html, told.article.language),
        "related": related_to(told.article, told.mentions),
        "last_changed_at": last_changed_at,
        "retraction": next((c for c in corrections if c.is_retraction()), None),
        "corrections": [c for c in corrections if not c.is_retraction()],
    }


@require_safe
@for_everybody()
def archive_year(request, year):
    return archive(request, year)


@require_safe
@for_everybody()
def archive_month(request, year, month):
    return archive(request, year, month)


@require_safe
@for_everybody()
def archive_day(request, year, month, day):
    return archive(request, year, month, day)


def archive(request, *date):
    try:
        period = archives.Period(*date)
    except ValueError as error:
        raise Http404("No such date.") from error
    stories = Article.objects.listed()
    articles = stories.within(period.start(), period.end())
    page = latest(articles, request)
    if not page:
        raise Http404("No story of that time.")
    address = period.get_absolute_url()
    if request.path != address:
        return redirect(address, permanent=True)
    earlier = period.around(stories.last_before(period.start()))
    later = period.around(stories.first_from(period.end()))
    if earlier and later:
        years = range(earlier.year, later.year + 1)
        depends_on(*(stories_of(year) for year in years))
    else:
        depends_on(STORIES)
    context = {
        "articles": page,
        "period": period,
        "parts": period.parts_with(articles),
        "earlier": earlier,
        "later": later,
    }
    return render(request, "articles/archive.html", context)


@require_safe
@for_everybody()
def section_detail(request, slug):
    section = get_object_or_404(Section.objects.published(), slug=slug)
    depends_on(list_of(section))
    articles = latest(section.articles.listed(), request)
    context = {"section": section, "articles": articles, "is_section": True}
    return render(request, "articles/section_detail.html", context)


@require_safe
@for_everybody()
def topic_detail(request, slug):
    topic = get_object_or_404(Topic.objects.published(), slug=slug)
    depends_on(list_of(topic))
    articles = latest(topic.articles.listed(), request)
    context = {"topic": topic, "articles": articles}
    return render(request, "articles/topic_detail.html", context)


@require_safe
@for_everybody("people")
def person_list(request):
    people = Person.objects.published().order_by("sort_name", "pk")
    posts = Prefetch("positions", Position.objects.for_pages(), to_attr="posts")
    page = paginate(people.prefetch_related(posts), request.GET, size=50)
    return render(request, "articles/person_list.html", {"people": page})


@require_safe
@for_everybody()
def person_detail(request, slug):
    published = Person.objects.published().select_related("portrait")
    bylines = Byline.objects.published().filter(person=OuterRef("pk"))
    people = published.annotate(is_reporter=Exists(bylines))
    people = people.prefetch_related("other_names")
    person = people.filter(slug=slug).first()
    if person is None:
        return moved_or_404(request, published, slug)
    depends_on(list_of(person))
    stories = Article.objects.listed()
    quotes = Quote.objects.listed().filter(speaker=person)
    context = {
        "person": person,
        "posts": list(person.positions.for_pages()),
        **in_lists_by_year(quotes, request, "quotes"),
        "articles": latest(stories.naming(person), request, name="stories", size=10),
        "work": latest(stories.credited_to(person), request, name="work", size=10),
    }
    context["beside"] = quoted_beside(person, context["quotes"])
    is_bare = not (person.biography or context["posts"] or context["quotes"])
    return render(
        request, "articles/person_detail.html", {**context, "is_bare": is_bare}
    )


def quoted_beside(person, quotes):
    """Who else speaks in the stories of these quotes."""
    stories = {quote.article_id for quote in quotes}
    there = Quote.objects.standing().filter(article__in=stories)
    others = Person.objects.published().filter(pk__in=there.values("speaker"))
    posts = Prefetch("positions", Position.objects.for_pages(), to_attr="posts")
    others = others.exclude(pk=person.pk).order_by("sort_name", "pk")
    return others.prefetch_related(posts)[:8]


@require_safe
@for_everybody("organisations")
def organisation_list(request):
    organisations = Organisation.objects.published().order_by("name", "pk")
    page = paginate(organisations, request.GET, size=50)
    return render(request, "articles/organisation_list.html", {"organisations": page})


@require_safe
@for_everybody()
def organisation_detail(request, slug):
    published = Organisation.objects.published()
    organisations = published.prefetch_related(
        "other_names", Prefetch("parent", published)
    )
    organisation = organisations.filter(slug=slug).first()
    if organisation is None:
        return moved_or_404(request, published, slug)
    depends_on(list_of(organisation))
    posts = Position.objects.shown().filter(organisation=organisation)
    holders = Person.objects.published().filter(pk__in=posts.values("person"))
    holders = holders.prefetch_related(Prefetch("positions", posts, to_attr="posts"))
    bodies = published.filter(parent=organisation).order_by("name", "pk")
    quotes = Quote.objects.listed()
    stories = Article.objects.listed().of_organisation(organisation)
    context = {
        "organisation": organisation,
        "other_names": [
            other
            for other in organisation.other_names.all()
            if other.name != organisation.short_name
        ],
        "bodies": paginate(bodies, request.GET, name="bodies"),
        "people": paginate(
            holders.order_by("sort_name", "pk"), request.GET, name="people"
        ),
        **in_lists_by_year(quotes.speaking_for(organisation), request, "speaking"),
        **in_lists_by_year(quotes.about(organisation), request, "about"),
        "articles": latest(stories, request, name="stories", size=10),
    }
    told = [context[name] for name in ("bodies", "people", "speaking", "about")]
    context["is_bare"] = not (organisation.background or any(told))
    return render(request, "articles/organisation_detail.html", context)


@require_safe
@for_everybody(ANY)
def search(request):
    asked = Asked.read(request.GET)
    found = results.search(asked, request.GET.get("after", ""))
    asked = found.asked
    other = NEWEST if asked.order == BEST else BEST
    more = next((part.after for part in found.parts if part.after), "")
    context = {
        "asked": asked,
        "results": found,
        "everything": asked.but(kind="").query(),
        "other_order": asked.but(order=other).query(),
        "wide": replace(asked, narrowed={}).query(),
        "more": asked.query(after=more),
        "sections_of_search": results.sections(),
        "kinds_of_quotes": Quote.Kind.choices,
    }
    return render(request, "articles/search.html", context)


@require_safe
@for_everybody(QUOTES)
def quote_list(request):
    quotes = in_lists(Quote.objects.listed(), request)
    return render(request, "articles/quote_list.html", {"quotes": quotes})


@require_safe
@for_everybody()
def quote_detail(request, pk):
    quote = Quote.objects.published().for_page().filter(pk=pk).first()
    if quote is None:
        gone = Article.objects.gone().filter(quotes=pk)
        return gone_or_404(request, gone)
    first = quote.first_use()
    if first != quote:
        return redirect(first)
    corrections = list(Correction.objects.for_page(quote.article))
    corrected([quote])
    uses = Quote.objects.standing().uses_of(quote).for_lists()
    context = {
        "quote": quote,
        "uses": paginate(uses.order_by("listed_at", "pk"), request.GET),
        "retraction": next((c for c in corrections if c.is_retraction()), None),
    }
    return render(request, "articles/quote_detail.html", context)


def in_lists(quotes, request):
    page = paginate(quotes.for_lists().newest_first(), request.GET)
    corrected(page.rows)
    return page


def in_lists_by_year(quotes, request, name):
    """The page of the list, and as <name>_years where its years lead."""
    prefix = "" if name == "quotes" else name
    page, years = by_year(quotes, request.GET, name=prefix)
    corrected(page.rows)
    return {name: page, f"{name}_years": years}


def corrected(quotes):
    return Correction.objects.published().show_on(quotes)


@require_safe
@for_everybody()
def robots(request):
    """What search engines are not to visit, and where they find the rest. Previews tell
    them by themselves."""
    lines = ["User-agent: *", f"Disallow: {reverse('admin:index')}"]
    for sitemap in ("sitemap", "news_sitemap"):
        lines.append(f"Sitemap: {whole(reverse(sitemap))}")
    return HttpResponse("\n".join(lines) + "\n", "text/plain")


@require_safe
@for_everybody("corrections")
def correction_list(request):
    """All of them, those of withdrawn quotes and retracted stories too."""
    corrections = Correction.objects.published().for_list().newest_first()
    page = paginate(corrections, request.GET)
    context = {"corrections": page}
    return render(request, "articles/correction_list.html", context)


@require_safe
@for_everybody()
def page(request, slug=""):
    """What the newsroom says of itself. It is sanitised here again: the table is not
    ours, and a row may have come by another way than the form."""
    flatpage = FlatPage.objects.filter(url=request.path_info).first()
    if flatpage is None:
        raise Http404("Readers have no such page.")
    text = body.trust(body.render(flatpage.content, body.Records()))
    context = {"flatpage": flatpage, "text": text, "summary": body.plain_text(text)}
    return render(request, "flatpages/default.html", context)


def broken(request):
    """As the site looks, if the database still says how: no more is asked of it."""
    context = {"sections": [], "site_pages": []}
    try:
        context["masthead"] = Masthead.objects.shown()
        return render(request, "500.html", context, status=500)
    except Exception:  # the page that says so must not break as well
        return defaults.server_error(request)
