"""Where search engines find every page that they may list, and what went out in the
last two days.

A page of a sitemap is a range of keys, so that what stands on it never moves to another
one when a story comes or goes, and its last page costs what its first does."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from articles.freshness.answers import for_everybody
from articles.freshness.lists import STORIES
from articles.freshness.touching import ANY
from articles.models import (
    Article,
    Masthead,
    Mention,
    Organisation,
    Person,
    Position,
    Quote,
)
from articles.site import whole

NEWS_FOR = timedelta(hours=48)
MOST_NEWS = 1000
LAST_KEY = 2**63 - 1


@dataclass(frozen=True)
class Address:
    location: str
    changed_at: datetime | None
    images: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kind:
    """What one kind of sitemap lists, and how many values of the key each of its pages
    covers."""

    rows: Callable[[], QuerySet]
    address: Callable[..., Address]
    key: str = "pk"
    size: int = 1000


# What is listed: nothing of which the page says that it is not to be


def stories():
    shown = Article.objects.listed().select_related("lead_photo")
    return shown.prefetch_related("photos").defer("body", "body_html")


def people():
    """Those of whom there is more than a name."""
    posts = Position.objects.shown().filter(person=OuterRef("pk"))
    quotes = Quote.objects.listed().filter(speaker=OuterRef("pk"))
    more = ~Q(biography="") | Exists(posts) | Exists(quotes)
    return with_last_story(Person.objects.published().filter(more), "person")


def organisations():
    published, quotes = Organisation.objects.published(), Quote.objects.listed()
    posts = Position.objects.shown().filter(organisation=OuterRef("pk"))
    more = (
        ~Q(background="")
        | Exists(published.filter(parent=OuterRef("pk")))
        | Exists(posts.filter(person__in=Person.objects.published()))
        | Exists(quotes.speaking_for(OuterRef("pk")))
        | Exists(quotes.filter(organisations=OuterRef("pk")))
    )
    return with_last_story(published.filter(more), "organisation")


def with_last_story(records, name):
    """Each with when the newest story that names it came."""
    now = timezone.now()
    naming = Mention.objects.published(now).filter(**{name: OuterRef("pk")})
    newest = naming.filter(listed_at__lte=now).order_by("-listed_at", "-article_id")
    return records.annotate(named_at=Subquery(newest.values("listed_at")[:1]))


def quotes():
    return Quote.objects.listed().for_lists()


def of_story(story):
    photos = {photo for photo in [story.lead_photo, *story.photos.all()] if photo}
    widest = [files[-1] for photo in photos if (files := photo.jpegs())]
    images = tuple(sorted(whole(file.url) for file in widest))
    return Address(whole(story.get_absolute_url()), story.current_since(), images)


def of_record(record):
    return Address(whole(record.get_absolute_url()), record.named_at)


def of_quote(quote):
    return Address(whole(quote.get_absolute_url()), quote.article.current_since())


KINDS = {
    "stories": Kind(stories, of_story),
    "people": Kind(people, of_record),
    "organisations": Kind(organisations, of_record),
    # Their own keys are in no order. A sitemap may hold 50,000 addresses.
    "quotes": Kind(quotes, of_quote, key="article_id", size=250),
}


def pages_of(kind: Kind) -> Iterator[int]:
    """The numbers of the pages that hold anything. The database looks for one row of
    each, and so reads about as many rows as there are pages."""
    rows = kind.rows().order_by(kind.key)
    first = rows.values_list(kind.key, flat=True).first()
    if first is None:
        return
    last = rows.reverse().values_list(kind.key, flat=True).first()
    held, values = on_page(kind, "pages.number")
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE pages(number) AS (SELECT %s UNION ALL"
            " SELECT number + 1 FROM pages WHERE number < %s)"
            f" SELECT number FROM pages WHERE EXISTS ({held}) ORDER BY number",
            [first // kind.size, last // kind.size, *values],
        )
        yield from (number for (number,) in cursor.fetchall())


def on_page(kind, number):
    """One row on the page of that number, an expression of the statement around it."""

    def edge(expression):
        return RawSQL(expression, [], output_field=BigIntegerField())

    start, end = f"{number} * {kind.size}", f"({number} + 1) * {kind.size}"
    rows = kind.rows().order_by().prefetch_related(None).select_related(None)
    rows = rows.filter(
        **{f"{kind.key}__gte": edge(start), f"{kind.key}__lt": edge(end)}
    )
    return rows.values("pk")[:1].query.sql_with_params()


# The addresses


@require_safe
@for_everybody(ANY)
def index(request):
    locations = [
        whole(reverse(f"{name}_sitemap", args=[number]))
        for name, kind in KINDS.items()
        for number in pages_of(kind)
    ]
    return answer(request, "sitemap_index", {"locations": locations})


@require_safe
@for_everybody(ANY)
def page(request, kind, number):
    kind = KINDS[kind]
    if (number + 1) * kind.size > LAST_KEY:
        raise Http404("No key is so large.")
    within = {
        f"{kind.key}__gte": number * kind.size,
        f"{kind.key}__lt": (number + 1) * kind.size,
    }
    rows = kind.rows().filter(**within).order_by(kind.key, "pk")
    addresses = [kind.address(row) for row in rows]
    if not addresses:
        raise Http404("There is no such page of the sitemap.")
    return answer(request, "sitemap", {"addresses": addresses})


@require_safe
@for_everybody(STORIES)
def news(request):
    now = timezone.now()
    rows = Article.objects.listed(now).within(now - NEWS_FOR, now)
    articles = rows.defer("body", "body_html").newest_first()[:MOST_NEWS]
    context = {
        "articles": articles,
        "name": Masthead.objects.shown().shown_name(),
        "site_address": settings.SITE_ADDRESS,
    }
    return answer(request, "news_sitemap", context)


def answer(request, template, context):
    kind = "application/xml; charset=utf-8"
    return render(request, f"sitemaps/{template}.xml", context, kind)
