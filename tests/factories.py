"""Rows for tests, without randomness. Stories are published and settled."""

from datetime import UTC, datetime
from itertools import count

from articles.models import Article, Organisation, Person, Photo, Quote, Section
from articles.publishing import settle

numbers = count(100)  # the marks of the first story are q1 to q6

DAY = datetime(2020, 5, 4, 12, 0, tzinfo=UTC)


def make_section(**fields):
    number = next(numbers)
    return Section.objects.create(
        **{"name": f"Section {number}", "slug": f"section-{number}"} | fields
    )


def make_organisation(**fields):
    number = next(numbers)
    return Organisation.objects.create(
        **{"name": f"Organisation {number}", "slug": f"organisation-{number}"} | fields
    )


def make_person(**fields):
    number = next(numbers)
    return Person.objects.create(
        **{"name": f"Person {number}", "slug": f"person-{number}"} | fields
    )


def make_photo(**fields):
    number = next(numbers)
    return Photo.objects.create(
        **{
            "slug": f"photo-{number}",
            "caption": f"Caption {number}",
            "credit": f"Credit {number}",
        }
        | fields
    )


def make_article(**fields):
    """A story that readers have, unless status or times say otherwise."""
    number = next(numbers)
    article = Article(
        **{
            "headline": f"Headline {number}",
            "slug": f"story-{number}",
            "body": f"<p>The story of number {number}.</p>",
            "status": Article.Status.PUBLISHED,
            "published_at": DAY,
        }
        | fields
    )
    if not article.section_id and "section" not in fields:
        article.section = Section.objects.first() or make_section()
    article.save()
    settle(article)
    return article


def make_quote(article, **fields):
    """A direct quote, its words added to the story as a paragraph of their own."""
    number = next(numbers)
    quote = Quote(
        **{"mark": f"q{number}", "words": f"We said so, number {number}."} | fields,
        article=article,
    )
    if not (quote.speaker_id or quote.organisation_id or quote.unnamed_source):
        quote.speaker = make_person()
    quote.save()
    element = "span" if quote.is_indirect() else "q"
    pieces = [
        f'"<{element} data-quote="{quote.mark}">{segment}</{element}>"'
        for segment in quote.segments()
    ]
    article.body += f"<p>{' and '.join(pieces)}, somebody said.</p>"
    article.save()
    settle(article)
    quote.refresh_from_db()
    return quote
