"""Every address of the site and of the desk, as each who may ask for it, while stories
in every state are there."""

import re
from collections import defaultdict
from itertools import product
from random import Random

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import URLResolver

from tests.conftest import make_user
from tests.test_visibility import (
    HIDDEN,
    STATES,
    every_address,
    stories,  # noqa: F401
)

pytestmark = pytest.mark.django_db

ANSWERS = (200, 301, 302, 400, 401, 403, 404, 405, 410)
MOST_ALIKE = 40


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def stranger():
    return Client()


def subscriber():
    """Has an account, and no business at the desk."""
    return signed_in(User.objects.create_user("subscriber"))


def topics_desk():
    """Is staff, and may see topics only."""
    user = User.objects.create_user("topics", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_topic"))
    return signed_in(user)


def reporter():
    return signed_in(make_user("a reporter", "Reporter"))


def editor():
    return signed_in(make_user("an editor", "Editor"))


def desk_routes(patterns, prefix="", model=None):
    """Each route of the admin, with the model of its rows."""
    models = apps.get_app_config("articles").get_models()
    by_name = {m._meta.model_name: m for m in models}
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            name = route.rstrip("/").rpartition("/")[2]
            yield from desk_routes(pattern.url_patterns, route, by_name.get(name))
        elif "(?P" not in route:  # what is left leads to an application or nowhere
            yield route, model


def desk_addresses():
    """Each route with every value that its parameters can take here. A parameter with
    a name that is not known here fails the test: add its values."""
    known = {"number": ["1"], "content_type_id": ["1"]}
    for route, model in desk_routes(admin.site.get_urls()):
        names = re.findall(r"<(?:\w+:)?(\w+)>", route)
        rows = model.objects.values_list("pk", flat=True)[:8] if model else []
        keys = [str(key) for key in rows]
        pools = [
            (keys or ["1"]) if name in ("object_id", "pk", "id") else known[name]
            for name in names
        ]
        for chosen in product(*pools):
            address = route
            for value in chosen:
                address = re.sub(r"<(?:\w+:)?\w+>", value, address, count=1)
            yield "/admin/" + address
    yield "/admin/articles/"


def some_of_each_shape(addresses):
    shapes = defaultdict(list)
    for address in addresses:
        shapes[re.sub(r"[^/]*[-\d][^/]*", "*", address)].append(address)
    for alike in shapes.values():
        yield from Random(0).sample(alike, min(len(alike), MOST_ALIKE))


@pytest.mark.parametrize("who", [reporter, editor], ids=lambda who: who.__name__)
def test_a_page_for_readers_shows_no_more_to(stories, who):  # noqa: F811
    client = who()
    own = [story.get_absolute_url() for story in stories.values() if story.published_at]
    for address in [*own, *some_of_each_shape(every_address())]:
        response = client.get(address)
        assert response.status_code in ANSWERS, address
        assert HIDDEN not in response.content.decode(), address
        for name in STATES:
            assert f"-{name}/" not in response.get("Location", ""), address


@pytest.mark.parametrize(
    "who", [stranger, subscriber, topics_desk], ids=lambda who: who.__name__
)
def test_no_page_of_the_desk_tells_of_a_story_to(stories, who):  # noqa: F811
    client = who()
    asked = 0
    for address in desk_addresses():
        for ask in (client.get, client.post):
            response = ask(address)
            assert response.status_code in ANSWERS, address
            shown = response.content.decode() + response.get("Location", "")
            # Topics are what the one desk may see.
            assert HIDDEN not in shown.replace(f"{HIDDEN} topic", ""), address
            asked += 1
    assert asked > 300


@pytest.mark.parametrize("who", [reporter, editor], ids=lambda who: who.__name__)
def test_no_page_of_the_desk_fails_in_any_state_of_a_story(stories, who):  # noqa: F811
    client = who()
    for address in desk_addresses():
        assert client.get(address).status_code in ANSWERS, address
