"""Writing revisions down."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from articles.models import Article, Publication, Revision
from articles.revisions.content import SCHEMA, Content, says_the_same, snapshot


def note_save(
    article: Article, *, by=None, note: str = "", is_substantial: bool = False
) -> None:
    """The end of every save: a revision if the story says something else than the last
    one that its rows held, and its publication if readers have the story or will."""
    content = snapshot(article)
    held = article.revisions.held()
    if held is None or not says_the_same(held.content, content):
        held = keep(article, content, Revision.Kind.SAVED, by=by, note=note)
    if article.status == Article.Status.PUBLISHED:
        now = timezone.now()
        Publication.objects.get_or_create(
            revision=held,
            defaults={
                "article": article,
                "published_at": max(article.published_at, now)
                if article.publications.exists()
                else article.published_at,
                "published_by": by,
                "is_substantial": is_substantial,
                "note": note,
            },
        )


def keep(
    article: Article,
    content: Content,
    kind: str,
    *,
    by,
    base: int | None = None,
    note: str = "",
) -> Revision:
    """A revision with the next number, written over `base`, by default the one before.
    The caller holds the story's lock."""
    last = article.revisions.aggregate(last=Max("number"))["last"] or 0
    return Revision.objects.create(
        article=article,
        number=last + 1,
        kind=kind,
        base=last if base is None else base,
        schema=SCHEMA,
        content=content,
        saved_by=by,
        saved_at=timezone.now(),
        note=note,
    )


def content_of(article: Article, number: int) -> Content:
    """What the revision holds; 0 is what the rows hold."""
    return article.revisions.get(number=number).content if number else snapshot(article)


@contextmanager
def rehearsal() -> Iterator[None]:
    """What is done to the database inside is undone at its end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
