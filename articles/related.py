"""What to read after a story: others on the same people and organisations."""

from collections import Counter
from collections.abc import Sequence

from articles.models import Article, Mention

MOST_RECORDS = 8  # of a story, in its order
LAST_STORIES = 12  # of each record
MOST_RELATED = 4
FEWEST = 3


def related_to(article: Article, mentions: Sequence[Mention]) -> list[Article]:
    """The stories that share most of the `mentions`, the newest of equals first; where
    they are few, the newest of the section beside them. It reads the end of one index
    for each record, and so takes no longer in a large archive."""
    listed = Article.objects.listed().exclude(pk=article.pk).for_cards()
    shared = _shared(article, mentions[:MOST_RECORDS])
    related = sorted(
        listed.filter(pk__in=list(shared)),
        key=lambda story: (shared[story.pk], story.published_at, story.pk),
        reverse=True,
    )[:MOST_RELATED]
    if len(related) < FEWEST and article.section_id:
        beside = listed.filter(section=article.section_id).newest_first()
        beside = beside.exclude(pk__in=[story.pk for story in related])
        related += beside[: FEWEST - len(related)]
    return related


def _shared(article, mentions) -> Counter:
    """How many of the records each story names, of the last stories of each record."""
    parts = []
    for mention in mentions:
        record = {"person": mention.person_id, "organisation": mention.organisation_id}
        rows = Mention.objects.filter(**record, listed_at__isnull=False)
        last = rows.exclude(article=article).order_by("-listed_at", "-article_id")
        # SQLite takes no limit in a part of a union, but in a query inside the part.
        part = Mention.objects.filter(pk__in=last.values("pk")[:LAST_STORIES])
        parts.append(part.order_by().values_list("article", flat=True))
    if not parts:
        return Counter()
    first, *others = parts
    return Counter(first.union(*others, all=True) if others else first)
