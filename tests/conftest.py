import gc
import sqlite3
from contextlib import closing
from shutil import copyfile

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.db import connection
from psycopg import connect

from articles.furniture import forget_furniture
from articles.models import Article, Photo
from tests.browsing import chromium  # noqa: F401

# A page makes many objects that live as long as it: to look at them less saves a tenth.
gc.set_threshold(200_000, 20, 20)


def pytest_collection_modifyitems(items):
    for item in items:
        if "chromium" in item.fixturenames:
            item.add_marker("browser")
            # A browser that goes away leaves a thread of the server its connection.
            item.add_marker(
                pytest.mark.filterwarnings(
                    "ignore::pytest.PytestUnraisableExceptionWarning"
                )
            )


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix, tmp_path_factory
):
    """On SQLite a file, as sites have: a database in memory knows no waiting, and
    fails where a browser still reads."""
    if connection.vendor == "sqlite":
        path = tmp_path_factory.mktemp("database") / "tests.sqlite3"
        connection.settings_dict["TEST"]["NAME"] = str(path)


@pytest.fixture(autouse=True)
def _pinned(settings, tmp_path):
    """The environment may hold other settings, and slow hashes are for attackers."""
    settings.CARDS_ROOT = tmp_path / "cards"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.TIME_ZONE = "UTC"
    settings.LANGUAGE_CODE = "en-gb"
    settings.RENDITIONS_BY_WORKER = True
    forget_furniture()
    # Each client would begin by reading through all static files.
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture
def tass(db):
    """The first story, as its fixture holds it."""
    call_command("loaddata", "tass", verbosity=0)
    return Article.objects.get(slug="nato-dialogue")


@pytest.fixture
def media(settings, tmp_path, monkeypatch):
    """Where the copies for readers are; the uploads lie beside it."""
    settings.MEDIA_ROOT = tmp_path / "media"
    storage = Photo._meta.get_field("image").storage
    for name in ("base_location", "location"):
        monkeypatch.setattr(storage, name, str(tmp_path / "originals"))
    return tmp_path / "media"


def make_user(name, group):
    user = User.objects.create_user(name, password="for a test", is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    return user


@pytest.fixture
def editor(db):
    return make_user("editor", "Editor")


@pytest.fixture
def reporter(db):
    return make_user("reporter", "Reporter")


@pytest.fixture
def desk(client, editor):
    """A client signed in as an editor."""
    client.force_login(editor)
    return client


@pytest.fixture
def empty_database(tmp_path, django_db_setup):
    """Its address. Beside the tests' own, which other processes cannot share."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path / 'stories.sqlite3'}"
        return
    own = connection.settings_dict
    name = f"{own['NAME']}_at_once"
    who = f"{own['USER']}:{own['PASSWORD']}@{own['HOST']}:{own['PORT'] or 5432}"
    with connect(f"postgres://{who}/postgres", autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}"')
        server.execute(f'CREATE DATABASE "{name}"')
        yield f"postgres://{who}/{name}"
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session", autouse=True)
def as_migrated(django_db_setup, django_db_blocker, tmp_path_factory):
    """On SQLite a copy of the database as the migrations left it, taken before a test
    that flushes can empty it."""
    if connection.vendor != "sqlite":
        return None
    path = tmp_path_factory.mktemp("migrated") / "as-migrated.sqlite3"
    with django_db_blocker.unblock(), closing(sqlite3.connect(path)) as copy:
        connection.ensure_connection()
        connection.connection.backup(copy)
        connection.close()
    return path


@pytest.fixture
def database_of_its_own(empty_database, as_migrated):
    """Its address; on SQLite with all tables, which takes seconds to make."""
    if as_migrated:
        copyfile(as_migrated, empty_database.removeprefix("sqlite:///"))
    return empty_database
