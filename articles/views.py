"""What readers see. None of these looks at who asks, but article_preview: every other
page is the same for everybody, so that a cache may keep it."""

from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from articles import archives, voices
from articles.models import (
    Article,
    Correction,
    Organisation,
    Person,
    Position,
    Quote,
    Section,
    Topic,
)
from articles.paging import paginate


def latest(articles, request, **paging):
    return paginate(articles.for_cards().newest_first(), request.GET, **paging)


@require_safe
def front(request):
    stories = Article.objects.listed().select_related("lead_photo")
    page = latest(stories, request)
    if page.here:
        return render(request, "articles/article_list.html", {"articles": page})
    quotes = Quote.objects.listed().for_lists().newest_first()[:24]
    lead = page.rows[0] if page else None
    said_there = lead.quotes.carried() if lead else []
    context = {
        "articles": page,
        "lead": lead,
        "standfirst": voices.with_marks(lead.standfirst, said_there) if lead else [],
        "seconds": page.rows[1:6],
        "more": page.rows[6:],
        "quotes": voices.in_their_words(quotes),
    }
    return render(request, "articles/front.html", context)


@require_safe
def article_detail(request, year, month, day, slug):
    """An old or wrong date in the address leads to the right one."""
    stories = Article.objects.published().for_page()
    article = stories.filter(slug=slug).first()
    if article is None:
        return gone_or_404(request, Article.objects.gone().filter(slug=slug))
    if request.path != article.get_absolute_url():
        return redirect(article, permanent=True)
    return render(request, "articles/article_detail.html", story(article))


@require_safe
@never_cache
def article_preview(request, pk):
    """Any story, for those who may see it in the admin; for others there is none."""
    unseen = Http404("No story to preview.")
    if not request.user.is_staff:
        raise unseen
    stories = Article.objects.visible_to(request.user).for_page()
    article = stories.filter(pk=pk).first()
    if article is None:
        raise unseen
    is_public = Article.objects.published().filter(pk=pk).exists()
    context = {**story(article), "is_preview": True, "is_public": is_public}
    return render(request, "articles/article_detail.html", context)


def gone_or_404(request, gone):
    if gone.exists():
        return render(request, "410.html", status=410)
    raise Http404("Readers have no such page.")


def story(article):
    """What an article's page prints beside the article."""
    mentions = article.mentions.select_related("person", "organisation")
    mentions = mentions.prefetch_related(
        Prefetch("person__positions", Position.objects.for_pages(), to_attr="posts")
    )
    quotes = list(article.quotes.carried().for_lists().order_by("order", "pk"))
    corrections = list(Correction.objects.for_page(article))
    bylines = article.bylines.select_related("person").order_by("order", "pk")
    return {
        "article": article,
        "standfirst": voices.with_marks(article.standfirst, quotes),
        "bylines": [byline for byline in bylines if byline.person.is_public],
        "voices": voices.who_said_what(quotes),
        "people": voices.people_in(article, mentions, quotes),
        "organisations": [m.organisation for m in mentions if m.organisation],
        "topics": Topic.objects.published().filter(articles=article),
        "retraction": next((c for c in corrections if c.is_retraction()), None),
        "corrections": [c for c in corrections if not c.is_retraction()],
    }


@require_safe
def archive_year(request, year):
    return archive(request, year)


@require_safe
def archive_month(request, year, month):
    return archive(request, year, month)


@require_safe
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
    context = {
        "articles": page,
        "period": period,
        "parts": period.parts_with(articles),
        "earlier": period.around(stories.last_before(period.start())),
        "later": period.around(stories.first_from(period.end())),
    }
    return render(request, "articles/archive.html", context)


@require_safe
def section_detail(request, slug):
    section = get_object_or_404(Section.objects.published(), slug=slug)
    articles = latest(section.articles.listed(), request)
    context = {"section": section, "articles": articles, "is_section": True}
    return render(request, "articles/section_detail.html", context)


@require_safe
def topic_detail(request, slug):
    topic = get_object_or_404(Topic.objects.published(), slug=slug)
    articles = latest(topic.articles.listed(), request)
    context = {"topic": topic, "articles": articles}
    return render(request, "articles/topic_detail.html", context)


@require_safe
def person_list(request):
    people = Person.objects.published().order_by("sort_name", "pk")
    posts = Prefetch("positions", Position.objects.for_pages(), to_attr="posts")
    page = paginate(people.prefetch_related(posts), request.GET, size=50)
    return render(request, "articles/person_list.html", {"people": page})


@require_safe
def person_detail(request, slug):
    people = Person.objects.published().select_related("portrait")
    person = get_object_or_404(people.prefetch_related("other_names"), slug=slug)
    stories = Article.objects.listed()
    quotes = Quote.objects.listed().filter(speaker=person)
    context = {
        "person": person,
        "posts": list(person.positions.for_pages()),
        "quotes": in_lists(quotes, request),
        "articles": latest(stories.naming(person), request, name="stories", size=10),
        "work": latest(stories.credited_to(person), request, name="work", size=10),
    }
    is_bare = not (person.biography or context["posts"] or context["quotes"])
    return render(
        request, "articles/person_detail.html", {**context, "is_bare": is_bare}
    )


@require_safe
def organisation_list(request):
    organisations = Organisation.objects.published().order_by("name", "pk")
    page = paginate(organisations, request.GET, size=50)
    return render(request, "articles/organisation_list.html", {"organisations": page})


@require_safe
def organisation_detail(request, slug):
    published = Organisation.objects.published()
    organisations = published.prefetch_related(
        "other_names", Prefetch("parent", published)
    )
    organisation = get_object_or_404(organisations, slug=slug)
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
        "speaking": in_lists(quotes.speaking_for(organisation), request, "speaking"),
        "about": in_lists(quotes.about(organisation), request, "about"),
        "articles": latest(stories, request, name="stories", size=10),
    }
    told = [context[name] for name in ("bodies", "people", "speaking", "about")]
    context["is_bare"] = not (organisation.background or any(told))
    return render(request, "articles/organisation_detail.html", context)


@require_safe
def quote_list(request):
    quotes = in_lists(Quote.objects.listed(), request)
    return render(request, "articles/quote_list.html", {"quotes": quotes})


@require_safe
def quote_detail(request, pk):
    """What a quote repeats stands first in every list, and there its page is."""
    quote = Quote.objects.published().for_page().filter(pk=pk).first()
    if quote is None:
        gone = Article.objects.gone().filter(quotes=pk)
        return gone_or_404(request, gone)
    if quote.repeats_id and not (quote.dropped_at or quote.withdrawn_at):
        first = Quote.objects.listed().uses_of(quote).first()
        if first and first != quote:
            return redirect(first)
    corrections = list(Correction.objects.for_page(quote.article))
    uses = Quote.objects.standing().uses_of(quote).for_lists()
    context = {
        "quote": quote,
        "uses": paginate(uses.order_by("listed_at", "pk"), request.GET),
        "retraction": next((c for c in corrections if c.is_retraction()), None),
    }
    return render(request, "articles/quote_detail.html", context)


def in_lists(quotes, request, name=""):
    return paginate(quotes.for_lists().newest_first(), request.GET, name=name)


@require_safe
def correction_list(request):
    """All of them, those of withdrawn quotes and retracted stories too."""
    corrections = Correction.objects.published().for_list().newest_first()
    page = paginate(corrections, request.GET)
    context = {"corrections": page}
    return render(request, "articles/correction_list.html", context)
