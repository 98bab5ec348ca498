import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command

from articles.models import Article


@pytest.fixture(autouse=True)
def _pinned(settings):
    """The environment may hold another site's settings."""
    settings.TIME_ZONE = "UTC"
    settings.LANGUAGE_CODE = "en-gb"


@pytest.fixture
def tass(db):
    """The first story, as its fixture holds it."""
    call_command("loaddata", "tass", verbosity=0)
    return Article.objects.get(slug="nato-dialogue")


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
