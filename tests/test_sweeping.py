"""Files that no row names go, once nobody can still be about to name them."""

import os
import time
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command

from articles.models import Masthead, Photo
from articles.models.photos import originals
from tests.pictures import drawn, file_of, upload
from tests.test_renditions import make_pictured

pytestmark = pytest.mark.django_db

DAY = 24 * 60 * 60
LEFT = "0123456789abcdef" * 2


def left(name, storage=default_storage, age=DAY + 60):
    """A file that nothing names, written so many seconds ago."""
    path = storage.path(storage.save(name, ContentFile(b"left")))
    grow_old(path, age)
    return path


def grow_old(path, age=DAY + 60):
    os.utime(path, (time.time() - age,) * 2)


def swept(**options):
    said = StringIO()
    call_command("sweep_pictures", stdout=said, **options)
    return said.getvalue().splitlines()


@pytest.fixture
def in_use(media):
    """Every file that a row names, all of them old."""
    photo = make_pictured(slug="kept")
    call_command("make_renditions", stdout=StringIO())
    masthead = Masthead(
        logo=upload(file_of(drawn(), "PNG")), dark_logo=upload(file_of(drawn(), "PNG"))
    )
    masthead.save()
    photo = Photo.objects.get(pk=photo.pk)
    paths = [
        *(default_storage.path(name) for name in photo.names()),
        photo.image.path,
        masthead.logo.path,
        masthead.dark_logo.path,
    ]
    assert len(paths) > 6
    for path in paths:
        grow_old(path)
    return paths


def test_what_a_row_names_stays(in_use):
    # The first copy is no row's any more, and goes when the transaction holds.
    swept()
    assert all(Path(path).exists() for path in in_use)
    assert swept() == ["0 are gone"]


def test_what_nothing_names_goes_and_the_command_says_what(in_use):
    swept()
    paths = [
        left(f"photos/{LEFT}.avif"),
        left(f"logos/{LEFT}.webp"),
        left(LEFT, originals()),
    ]
    assert swept(dry_run=True) == [*paths, "3 would go"]
    assert all(Path(path).exists() for path in paths)
    assert swept() == [*paths, "3 are gone"]
    assert not any(Path(path).exists() for path in paths)
    assert all(Path(path).exists() for path in in_use)


def test_a_replaced_logo_goes(media):
    masthead = Masthead(logo=upload(file_of(drawn(), "PNG")))
    masthead.save()
    old = masthead.logo.path
    masthead.logo = upload(file_of(drawn(left="green"), "PNG"))
    masthead.save()
    grow_old(old)
    grow_old(masthead.logo.path)
    assert swept() == [old, "1 are gone"]


def test_what_is_younger_than_a_day_may_be_named_yet(media):
    paths = [
        left(f"photos/{LEFT}.jpg", age=DAY - 60),
        left(LEFT, originals(), age=0),
    ]
    assert swept() == ["0 are gone"]
    assert all(Path(path).exists() for path in paths)


def test_what_others_put_there_stays(media):
    paths = [
        left("photos/README.txt"),
        left("statement.pdf"),
        left("backup.tar", originals()),
    ]
    assert swept() == ["0 are gone"]
    assert all(Path(path).exists() for path in paths)


def test_a_site_without_a_picture_has_nothing_to_sweep(media):
    assert swept() == ["0 are gone"]
