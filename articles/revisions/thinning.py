"""Leaving out old saved drafts that nothing stands on."""

from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from articles.models import Article, Revision

AT_ONCE = 500


class Thinned(NamedTuple):
    article: Article
    count: int


def thin(*, older_than: timedelta, is_rehearsed: bool = False) -> Iterator[Thinned]:
    """Deletes, story by story, the revisions that were saved longer ago and that
    nothing stands on; says of how many each story was thinned. The log is left alone:
    whoever follows it to one of them is told."""
    before = timezone.now() - older_than
    stories = Revision.objects.filter(saved_at__lt=before).order_by("article_id")
    for key in stories.values_list("article_id", flat=True).distinct().iterator():
        with transaction.atomic():
            story = Article.objects.select_for_update(of=["self"]).get(pk=key)
            count = _thin(story, before, is_rehearsed)
        if count:
            yield Thinned(story, count)


def _thin(story, before, is_rehearsed) -> int:
    old = Revision.objects.spare(story).filter(saved_at__lt=before)
    keys = list(old.values_list("pk", flat=True))
    if not is_rehearsed:
        for at in range(0, len(keys), AT_ONCE):
            spare = Revision.objects.filter(pk__in=keys[at : at + AT_ONCE])
            spare.only("pk").delete()
    return len(keys)
