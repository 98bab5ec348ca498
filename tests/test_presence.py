"""Who else has a story open, whether somebody saved it since, and who is signed in."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Presence, Revision
from articles.publishing import settle
from tests.conftest import make_user
from tests.factories import make_article
from tests.test_admin import change_page, form_data, messages

pytestmark = pytest.mark.django_db

NOON = datetime(2020, 5, 4, 12, 0, tzinfo=UTC)
SIGNED_IN = "/admin/articles/article/signed-in/"


class Clock:
    now = NOON

    def set(self, hour, minute=0, second=0):
        self.now = NOON.replace(hour=hour, minute=minute, second=second)


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(timezone, "now", lambda: clock.now)
    return clock


@pytest.fixture
def story(clock):
    return make_article(headline="A plan", status="draft", published_at=None)


def colleague(name="anna", **names):
    user = make_user(name, "Reporter")
    for field, value in names.items():
        setattr(user, field, value)
    user.save()
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def anna(db):
    return colleague(first_name="Anna", last_name="Petrova")


def address(story):
    return f"/admin/articles/article/{story.pk}/presence/"


def report(client, story, tab="a1", **more):
    number = Revision.objects.newest_number(story)
    return client.post(address(story), {"tab": tab, "_revision": number} | more)


def said(client, story, tab="a1", **more):
    return report(client, story, tab, **more).json()["said"]


def test_the_form_says_who_else_has_it_open_and_since_when(desk, anna, story, clock):
    clock.set(14, 5)
    assert said(anna, story) == []
    clock.set(14, 5, 30)
    sentence = "Anna Petrova has had this story open since 14:05."
    assert said(desk, story, "b2") == [sentence]
    assert sentence in desk.get(change_page(story)).content.decode()
    assert sentence not in anna.get(change_page(story)).content.decode()


def test_who_is_not_seen_for_a_minute_is_no_longer_there(desk, anna, story, clock):
    clock.set(14, 5)
    report(anna, story)
    clock.set(14, 6)
    assert said(desk, story, "b2") == []


def test_who_closes_the_form_is_gone_and_who_only_saved_was_there_all_along(
    desk, anna, story, clock
):
    clock.set(14, 5)
    report(anna, story)
    report(anna, story, leaves="yes")
    assert said(desk, story, "b2") == []
    clock.set(14, 8)
    report(anna, story)
    sentence = "Anna Petrova has had this story open since 14:05."
    assert said(desk, story, "b2") == [sentence]


def test_who_comes_back_after_a_while_has_it_open_anew(desk, anna, story, clock):
    clock.set(9)
    report(anna, story)
    clock.set(14, 5)
    report(anna, story)
    assert said(desk, story, "b2") == [
        "Anna Petrova has had this story open since 14:05."
    ]


def test_two_tabs_of_one_editor_are_told_apart_and_two_of_another_are_one(
    desk, anna, story, clock
):
    clock.set(14, 5)
    report(desk, story, "b1")
    report(anna, story, "a1")
    report(anna, story, "a2")
    assert said(desk, story, "b2") == [
        "Anna Petrova has had this story open since 14:05.",
        "You have this story open in another tab too, since 14:05.",
    ]


def test_another_story_is_another_matter(desk, anna, story):
    report(anna, make_article())
    assert said(desk, story, "b2") == []


def test_the_form_says_early_that_somebody_saved(desk, anna, story, clock):
    base = Revision.objects.newest_number(story)
    clock.set(14, 10)
    data = form_data(anna.get(change_page(story)), headline="Another plan")
    anna.post(change_page(story), data)
    assert said(desk, story, "b2", _revision=base) == [
        "Anna Petrova saved revision 2 at 14:10; your save will be merged with it."
    ]
    assert said(anna, story, "a2", _revision=base)[-1] == (
        "You saved revision 2 somewhere else at 14:10; your save here will be merged "
        "with it."
    )
    assert "saved revision" not in " ".join(said(desk, story, "b2"))
    story.refresh_from_db()
    story.headline = "A third plan"
    story.save()
    settle(story)
    assert said(desk, story, "b2", _revision=base)[-1] == (
        "Revision 3 was saved at 14:10; your save will be merged with it."
    )


def test_the_draft_of_a_live_story_is_the_newest(desk, anna, clock):
    story = make_article()
    clock.set(14, 10)
    anna.post(
        change_page(story), form_data(anna.get(change_page(story)), headline="New")
    )
    assert said(desk, story, "b2", _revision=1) == [
        "Anna Petrova saved revision 2 at 14:10; your save will be merged with it."
    ]


def test_a_name_that_holds_markup_is_shown_as_text(desk, story):
    eve = colleague("eve", first_name="<script>alert(1)</script>")
    report(eve, story)
    assert "<script>alert(1)</script>" in said(desk, story, "b2")[0]
    page = desk.get(change_page(story)).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; has had" in page
    assert "<script>alert(1)" not in page


def test_a_look_around_is_cheap_and_leaves_the_session_as_it_is(desk, anna, story):
    users = [colleague(f"reporter-{number}") for number in range(5)]
    for number, client in enumerate([anna, *users]):
        report(client, story, f"c{number}")
    report(desk, story)
    number = Revision.objects.newest_number(story)
    data = {"tab": "a1", "_revision": number}
    with CaptureQueriesContext(connection) as signed_in:
        desk.get(SIGNED_IN)
    with CaptureQueriesContext(connection) as looks:
        response = desk.post(address(story), data)
    assert len(response.json()["said"]) == 6
    permissions = 2
    assert len(looks) <= len(signed_in) + permissions + 4
    assert "sessionid" not in response.cookies


def test_old_rows_go_when_somebody_opens_a_story(desk, anna, clock):
    for number in range(3):
        report(anna, make_article(), f"a{number}")
    clock.now += timedelta(hours=1)
    report(desk, make_article(), "b1")
    assert [row.tab for row in Presence.objects.all()] == ["b1"]


def test_only_who_may_open_the_form_hears_of_it(client, story, django_user_model):
    assert report(client, story).status_code == 401
    guest = django_user_model.objects.create_user("guest", is_staff=True)
    client.force_login(guest)
    assert report(client, story).status_code == 403
    reader = django_user_model.objects.create_user("reader")
    client.force_login(reader)
    assert report(client, story).status_code == 401
    assert not Presence.objects.exists()


def test_a_look_around_is_a_post_with_a_token_and_a_key(desk, editor, story):
    assert desk.get(address(story)).status_code == 405
    assert report(desk, story, "<b>").status_code == 400
    assert report(desk, story, "").status_code == 400
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(editor)
    assert report(strict, story).status_code == 403


def test_a_story_that_is_gone_is_said_to_be(desk, story):
    pk, number = story.pk, "1"
    seen = {"post": "yes", f"revision-{pk}": number}
    desk.post(f"/admin/articles/article/{pk}/delete/", seen)
    data = {"tab": "a1", "_revision": number}
    response = desk.post(f"/admin/articles/article/{pk}/presence/", data)
    assert response.status_code == 404
    assert "no longer there" in response.json()["said"][0]


def test_a_form_that_lies_open_does_not_keep_a_story_from_being_deleted(
    desk, anna, story
):
    report(anna, story)
    seen = {"post": "yes", f"revision-{story.pk}": "1"}
    page = desk.post(f"/admin/articles/article/{story.pk}/delete/", seen, follow=True)
    assert "deleted successfully" in messages(page)[0]


def test_the_desk_tells_who_is_signed_in_only_themselves(desk, editor, client):
    answer = desk.get(SIGNED_IN)
    assert answer.json()["user"] == editor.pk
    assert answer.json()["token"]
    assert "no-store" in answer["Cache-Control"]
    assert Client().get(SIGNED_IN).json()["user"] is None
    reader = Client()
    editor.is_staff = False
    editor.save()
    reader.force_login(editor)
    assert reader.get(SIGNED_IN).json() | {"token": ""} == {
        "user": None,
        "name": "",
        "token": "",
    }


# The word that a save has made a copy needless

COPY = "0123456789abcdef" * 2


def typed(response, name):
    return response.context["adminform"].form[name].value()


def told(response):
    return f"saved-{COPY}" in response.cookies


def test_the_browser_is_told_of_a_save_that_succeeded_and_of_no_other(desk, story):
    data = form_data(desk.get(change_page(story)), headline="New", _copy=COPY)
    assert told(desk.post(change_page(story), data))
    assert not told(desk.post(change_page(story), data | {"headline": ""}))
    assert not told(desk.post(change_page(story), data | {"_copy": "a; b=c"}))
    assert not told(Client().post(change_page(story), data))
    assert not told(desk.post("/admin/articles/article/999999/change/", data))
    page = "/admin/articles/article/add/"
    data = form_data(desk.get(page), headline="Another", _copy=COPY)
    assert told(desk.post(page, data))


@pytest.mark.parametrize("status", ["draft", "published"])
def test_a_copy_that_is_put_back_fills_in_the_form_and_saves_nothing(
    desk, anna, status, clock
):
    story = make_article(headline="A plan", status=status)
    data = form_data(desk.get(change_page(story)), headline="Mine", _copy=COPY)
    data["_revision"] = base = Revision.objects.newest_number(story)
    theirs = form_data(anna.get(change_page(story)), standfirst="Theirs.")
    anna.post(change_page(story), theirs)
    newest = Revision.objects.newest_number(story)
    response = desk.post(change_page(story), data | {"_put_back": "yes"})
    page = response.content.decode()
    assert response.status_code == 200
    assert not told(response)
    assert typed(response, "headline") == "Mine"
    assert f'name="_revision" value="{base}"' in page
    assert "data-is-unsaved" in page
    assert "errornote" not in page
    assert Revision.objects.newest_number(story) == newest > base


def test_a_new_story_is_put_back_too(desk):
    page = "/admin/articles/article/add/"
    data = form_data(desk.get(page), headline="Mine", _put_back="yes")
    assert typed(desk.post(page, data), "headline") == "Mine"
    assert not Revision.objects.exists()


def test_signing_in_and_a_wrong_token_say_where_the_text_is(story, editor):
    client = Client(enforce_csrf_checks=True)
    page = client.get(change_page(story), follow=True).content.decode()
    assert "your text is still in this browser" in page
    page = client.get("/admin/", follow=True).content.decode()
    assert "your text is still in this browser" not in page
    client.force_login(editor)
    response = client.post(change_page(story), {"headline": "Mine"})
    assert response.status_code == 403
    assert "press Back" in response.content.decode()
