"""Makes the copies of photos that readers get, off the request.

The photo's row is the queue: `renditions_due_at` says from when on its copies may be
made. Whoever makes them moves that time ahead after each file, so that nobody else does
the same, and so that somebody else takes over if they die. Readers keep the old copies
until all new ones are there.
"""

import logging
import subprocess
import sys
from collections.abc import Iterator
from time import sleep

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import close_old_connections, transaction
from django.utils import timezone

from articles.models import Photo
from articles.models.photos import PATIENCE, Rendition, random_name
from articles.pictures import renditions, uploads
from articles.settling import settle, stories_showing

# Processes that uploads start. One may have died with its photo, so that it is not one.
MOST_AT_ONCE = 2

logger = logging.getLogger(__name__)


class TakenOver(Exception):
    """The photo changed meanwhile, or somebody else makes its copies."""


def start() -> None:
    """Once this transaction holds. Unless a worker waits for photos anyway, a process
    of its own makes what is due; those that are at work already find it."""
    if not settings.RENDITIONS_BY_WORKER:
        transaction.on_commit(_start_process, robust=True)


def make_due() -> Iterator[tuple[Photo, str]]:
    """The copies of all photos that await them. With each photo, why it was refused."""
    refused = set()
    while photo := Photo.objects.due().exclude(pk__in=refused).first():
        try:
            _make(photo)
        except TakenOver:
            continue
        except (uploads.NotTaken, FileNotFoundError) as error:
            Photo.objects.filter(pk=photo.pk).update(renditions_due_at=None)
            refused.add(photo.pk)
            yield photo, str(error)
        except OSError as error:  # tried again after a while
            yield photo, str(error)
        else:
            yield photo, ""


def keep_making() -> Iterator[tuple[Photo, str]]:
    """The same, and without end."""
    while True:
        yield from make_due()
        close_old_connections()
        sleep(2)


def how_many(photo: Photo) -> int:
    """Copies there will be; none of an upload that cannot be read any more."""
    try:
        with photo.image.open() as original:
            return len(renditions.wanted(uploads.upright_size(_opened(original))))
    except (uploads.NotTaken, OSError, ValueError):
        return 0


def _make(photo):
    _hold(photo)
    made = []
    try:
        with photo.image.open() as original:
            upload = _opened(original)
            kinds = renditions.wanted(uploads.upright_size(upload))
            picture = uploads.developed(upload, **renditions.ENOUGH)
        focal = (photo.focal_x, photo.focal_y)
        for kind in kinds:
            content = renditions.made(picture, kind, focal=focal, credit=photo.credit)
            name = f"photos/{random_name(photo, '')}.{renditions.SUFFIXES[kind.format]}"
            name = default_storage.save(name, ContentFile(content))
            made.append(Rendition(*kind, name))
            _hold(photo, renditions_made=len(made))
        _show(photo, made)
    except BaseException:
        for rendition in made:
            default_storage.delete(rendition.name)
        raise


def _opened(original):
    return uploads.opened(original, megapixels=settings.PHOTO_MEGAPIXELS)


def _hold(photo, **values):
    """Ours for a while longer, if it is still as we knew it."""
    now = timezone.now()
    due = Photo.objects.filter(pk=photo.pk, renditions_due_at=photo.renditions_due_at)
    if not due.update(renditions_due_at=now + PATIENCE, **values):
        raise TakenOver
    photo.renditions_due_at = now + PATIENCE


@transaction.atomic
def _show(photo, made):
    first = made[0]
    _hold(
        photo,
        rendition=first.name,
        width=first.width,
        height=first.height,
        renditions=[rendition._asdict() for rendition in made],
    )
    Photo.objects.filter(pk=photo.pk).update(renditions_due_at=None)
    photo.forget_files(photo.names())
    for story in stories_showing([photo]):
        try:
            with transaction.atomic():
                settle(story)
        except ValidationError as error:
            logger.warning("%s: %s", story, " ".join(error.messages))


def _start_process():
    is_room = Photo.objects.being_made().count() < MOST_AT_ONCE
    if is_room and Photo.objects.due().exists():
        subprocess.Popen(
            [sys.executable, settings.BASE_DIR / "manage.py", "make_renditions"],
            cwd=settings.BASE_DIR,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
