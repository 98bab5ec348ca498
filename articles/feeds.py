"""What readers take home: the newest of each list as RSS, Atom and JSON Feed, whole and
in the same words as the pages. A list's feeds stand under the address of its page.

They are written by django.utils.feedgenerator. The view of django.contrib.syndication
asks the table of sites where we live; here SITE_ADDRESS says it."""

from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles import body, feed_formats
from articles.freshness.answers import for_everybody
from articles.freshness.lists import QUOTES, STORIES, list_of
from articles.models import (
    Article,
    Correction,
    Masthead,
    Organisation,
    Person,
    Quote,
    Section,
    Topic,
)
from articles.models.tagged import depends_on
from articles.site import language_tag, whole
from articles.templatetags.printing import cut_at_word, quoted

MOST_ENTRIES = 50
LONGEST_TITLE = 200  # characters
FORMATS = {
    "rss.xml": feed_formats.Rss,
    "atom.xml": feed_formats.Atom,
    "feed.json": feed_formats.Json,
}


@dataclass(frozen=True)
class Picture:
    """The file of a photo that feeds lead to."""

    url: str
    mime_type: str
    length: str  # in bytes, as the generators of Django want it
    width: int
    height: int
    alt_text: str
    caption: str
    credit: str


@dataclass
class Entry:
    """The names of the fields are those that the generators of Django know."""

    title: str
    link: str
    unique_id: str
    pubdate: datetime
    updateddate: datetime
    description: str
    content: str
    language: str
    authors: list[tuple[str, str]] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)
    picture: Picture | None = None


# What stands in a feed


def of_stories(articles) -> list[Entry]:
    newest = articles.for_feeds().newest_first()[:MOST_ENTRIES]
    return [_story(one) for one in Correction.objects.published().show_under(newest)]


def _story(article):
    address = whole(article.get_absolute_url())
    html = render_to_string("articles/_feed_story.html", {"article": article})
    corrected = [correction.published_at for correction in article.corrections_shown]
    credited = [b.person for b in article.bylines.all() if b.person.is_public]
    authors = [(one.name, whole(one.get_absolute_url())) for one in credited]
    if not authors and article.source:
        authors = [(article.source.name, whole(article.source.get_absolute_url()))]
    placed = [article.section, *article.topics.all()]
    return Entry(
        title=article.headline,
        link=address,
        unique_id=article.reference.urn,
        pubdate=article.published_at,
        updateddate=max([article.current_since(), *corrected]),
        description=article.standfirst,
        content=body.for_feeds(html, address),
        language=language_tag(article.language),
        authors=list(dict.fromkeys(authors)),
        categories=[one.name for one in placed if one],
        picture=_picture(article.lead_photo),
    )


def _picture(photo):
    """The widest that every reader can show, if it is there yet."""
    files = photo.jpegs() if photo else []
    if not files:
        return None
    try:
        length = default_storage.size(files[-1].name)
    except OSError:
        return None
    file = files[-1]
    said = (photo.alt_text, photo.caption, photo.credit)
    size = (str(length), file.width, file.height)
    return Picture(whole(file.url), "image/jpeg", *size, *said)


def of_quotes(quotes) -> list[Entry]:
    newest = quotes.for_lists().newest_first()[:MOST_ENTRIES]
    return [_quote(one) for one in Correction.objects.published().show_on(newest)]


def _quote(quote):
    address, story = whole(quote.get_absolute_url()), quote.article
    speaker, words = quote.speaker_name(), quoted(quote)
    html = render_to_string("articles/_feed_quote.html", {"quote": quote})
    corrected = [correction.published_at for correction in quote.corrections_shown]
    return Entry(
        title=cut_at_word(f"{speaker}: {words}", LONGEST_TITLE),
        link=address,
        unique_id=quote.pk.urn,
        pubdate=story.published_at,
        updateddate=max([story.current_since(), *corrected]),
        description=_("In: %s") % story.headline,
        content=body.for_feeds(html, address),
        language=language_tag(story.language),
    )


def of_corrections(corrections) -> list[Entry]:
    newest = corrections.for_list().newest_first()[:MOST_ENTRIES]
    return [_correction(one) for one in newest]


def _correction(correction):
    story = correction.article
    address = f"{whole(story.get_absolute_url())}#correction-{correction.pk}"
    shown = {"correction": correction, "shows_place": True}
    html = render_to_string("articles/_correction.html", shown)
    values = {"kind": correction.get_kind_display(), "headline": story.headline}
    out = [time for time in (story.published_at, story.embargoed_until) if time]
    return Entry(
        title=_("%(kind)s: %(headline)s") % values,
        link=address,
        unique_id=correction.pk.urn,
        pubdate=correction.published_at,
        updateddate=max([correction.published_at, *out]),
        description=correction.text,
        content=body.for_feeds(html, address),
        language=language_tag(story.language),
    )


# The addresses


def answer(file, page, title, description, entries):
    """The feed in the format that the name of the file says, of the list on the page
    at that address. What has no title is of the whole site."""
    masthead = Masthead.objects.shown()
    site = masthead.shown_name()
    description = description or masthead.shown_tagline()
    feed = FORMATS[file](
        title=f"{site}: {title}" if title else site,
        link=whole(page),
        description=description,
        subtitle=description,
        language=language_tag(settings.LANGUAGE_CODE),
        author_name=site,
        author_link=whole(reverse("front")),
        feed_url=whole(page) + file,
    )
    for entry in entries:
        feed.add_item(**vars(entry))
    response = HttpResponse(content_type=feed.content_type)
    feed.write(response, "utf-8")
    return response


@require_safe
@for_everybody(STORIES)
def front(request, file):
    entries = of_stories(Article.objects.listed())
    return answer(file, reverse("front"), "", "", entries)


@require_safe
@for_everybody()
def section(request, file, slug):
    return placed(Section.objects.published(), file, slug)


@require_safe
@for_everybody()
def topic(request, file, slug):
    return placed(Topic.objects.published(), file, slug)


def placed(places, file, slug):
    place = get_object_or_404(places, slug=slug)
    depends_on(list_of(place))
    about = _("All stories on %s, the newest first.") % place.name
    entries = of_stories(place.articles.listed())
    return answer(file, place.get_absolute_url(), place.name, about, entries)


@require_safe
@for_everybody()
def person(request, file, slug):
    """The stories that name them, and those with their work."""
    return of_record(Person.objects.published(), file, slug, _stories_of_person)


def _stories_of_person(person):
    stories = Article.objects.listed()
    return stories.naming(person) | stories.credited_to(person)


@require_safe
@for_everybody()
def organisation(request, file, slug):
    stories = Article.objects.listed().of_organisation
    return of_record(Organisation.objects.published(), file, slug, stories)


def of_record(records, file, slug, stories_of):
    record = records.filter(slug=slug).first()
    if record is None:
        record = get_object_or_404(records, former_addresses__slug=slug)
        return HttpResponsePermanentRedirect(record.get_absolute_url() + file)
    depends_on(list_of(record))
    about = _("The stories on %s, the newest first.") % record.name
    entries = of_stories(stories_of(record))
    return answer(file, record.get_absolute_url(), record.name, about, entries)


@require_safe
@for_everybody(QUOTES)
def quotes(request, file):
    about = _("Who said what, in which words and in which story, the newest first.")
    entries = of_quotes(Quote.objects.listed())
    return answer(file, reverse("quote_list"), _("In their words"), about, entries)


@require_safe
@for_everybody("corrections")
def corrections(request, file):
    about = _("What we got wrong, what is right, and where it stood, the newest first.")
    entries = of_corrections(Correction.objects.published())
    return answer(file, reverse("correction_list"), _("Corrections"), about, entries)
