"""Files of pictures that no row names: left by a process that was killed before its
transaction held, or by a logo that another has replaced. And cards that say what no
page says any more."""

import re
from collections.abc import Iterator
from datetime import timedelta

from django.core.files.storage import FileSystemStorage, Storage, default_storage
from django.utils import timezone

from articles import cards
from articles.models import Article, Correction, Masthead, Photo, Quote
from articles.models.photos import originals

# Longer than any upload or maker of copies takes to say in a row what it has written.
IN_USE = timedelta(days=1)
# What is named otherwise was not put there by us.
OURS = re.compile(r"[0-9a-f]{32}(\.\w+)?")


def sweep(*, is_rehearsed: bool = False) -> Iterator[str]:
    """Deletes them. Of each that goes, or would go, where it is."""
    # The files first: a row that is written meanwhile then keeps its own.
    for storage, place, named in [
        (default_storage, "photos", _copies),
        (default_storage, "logos", _logos),
        (originals(), "", _uploads),
        (FileSystemStorage(cards.folder()), "", _cards),
    ]:
        names = list(_old_files(storage, place))
        kept = named() if names else set()
        for name in names:
            if name not in kept:
                yield storage.path(name)
                if not is_rehearsed:
                    storage.delete(name)


def _old_files(storage: Storage, place: str) -> Iterator[str]:
    try:
        _, files = storage.listdir(place)
    except FileNotFoundError:  # nothing was ever put there
        return
    for file in sorted(filter(OURS.fullmatch, files)):
        name = f"{place}/{file}" if place else file
        try:
            if storage.get_modified_time(name) < timezone.now() - IN_USE:
                yield name
        except FileNotFoundError:  # gone since
            continue


def _copies() -> set[str]:
    photos = Photo.objects.only("rendition", "renditions")
    return {name for photo in photos.iterator() for name in photo.names()}


def _logos() -> set[str]:
    rows = Masthead.objects.values_list("logo", "dark_logo")
    return {name for logos in rows for name in logos}


def _uploads() -> set[str]:
    return set(Photo.objects.values_list("image", flat=True))


def _cards() -> set[str]:
    masthead = Masthead.objects.shown()
    retractions = Correction.objects.retractions(timezone.now())
    retracted = set(retractions.values_list("article", flat=True))
    stories = Article.objects.published().for_cards().prefetch_related("quotes")
    quotes = Quote.objects.published().for_lists()
    named = set()
    for story in stories.iterator(chunk_size=500):
        said, gone = story.quotes.all(), story.pk in retracted
        card = cards.of_story(story, said, masthead, is_retracted=gone)
        named.add(cards.file_name(card))
    for quote in quotes.iterator(chunk_size=500):
        gone = quote.article_id in retracted
        card = cards.of_quote(quote, masthead, is_retracted=gone)
        named.add(cards.file_name(card))
    return named
