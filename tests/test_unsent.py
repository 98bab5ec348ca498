"""What was sent when the session had just ended."""

import html
import re

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from articles.publishing import settle
from tests.factories import make_article
from tests.test_admin import messages

pytestmark = pytest.mark.django_db

TEXT = "Two careful sentences. All of it."


def address(article):
    return f"/admin/articles/article/{article.pk}/correct/"


def written(client, article, **changes):
    """What a browser sends of the form for a correction, with that text."""
    page = client.get(address(article)).content.decode()
    fields = re.findall(r'name="(_writer|revision)" value="([^"]+)"', page)
    said = {"kind": "correction", "placement": "bottom", "text": TEXT}
    return dict(fields) | said | changes


def sent_after_the_session_ended(client, article, **changes):
    data = written(client, article, **changes)
    Session.objects.all().delete()
    answer = client.post(address(article), data)
    assert answer.status_code == 302
    return answer["Location"]


def sign_in(client, name, where):
    return client.post(where, {"username": name, "password": "for a test"}, follow=True)


def test_a_correction_stands_in_its_form_again_and_is_sent_once_more(desk, editor):
    story = make_article()
    where = sent_after_the_session_ended(desk, story, was="Then <b>")
    page = sign_in(desk, editor.username, where)
    assert page.redirect_chain[-1][0] == address(story)
    assert "nothing was sent" in messages(page)[0]
    form = page.context["form"]
    assert (form["text"].value(), form["was"].value()) == (TEXT, "Then <b>")
    assert "Then <b>" not in page.content.decode()
    assert not story.corrections.exists()
    desk.post(address(story), form.data.dict())
    assert story.corrections.get().text == TEXT
    assert TEXT not in desk.get(address(story)).context["form"].as_p()


def test_it_is_held_against_what_its_writer_saw(desk, editor, reporter):
    story = make_article()
    data = written(desk, story)
    where = sent_after_the_session_ended(desk, story)
    story.headline = "Another"
    story.save()
    settle(story, by=reporter)
    page = sign_in(desk, editor.username, where)
    assert page.context["form"]["revision"].value() == data["revision"]
    page = desk.post(address(story), page.context["form"].data.dict())
    assert "since you opened the page" in html.unescape(page.content.decode())
    assert not story.corrections.exists()


def test_nobody_else_is_shown_it(desk, editor, reporter):
    story = make_article()
    reporter.groups.set(editor.groups.all())
    where = sent_after_the_session_ended(desk, story)
    page = sign_in(desk, reporter.username, where)
    assert page.redirect_chain[-1][0] == address(story)
    assert TEXT not in page.content.decode()
    sign_in(desk, editor.username, "/admin/login/")
    assert TEXT not in desk.get(address(story)).content.decode()


def test_a_stranger_has_no_more_kept_than_a_correction_takes():
    story, client = make_article(), Client()
    client.post(address(story), {"text": "x" * 60_000})
    assert "unsent" not in client.session
    client = Client(enforce_csrf_checks=True)
    assert client.post(address(story), {"text": TEXT}).status_code == 403
    assert "unsent" not in client.session


def test_nobody_is_shown_what_a_stranger_sent_in_their_name(editor):
    story, client = make_article(), Client()
    where = client.post(address(story), {"text": TEXT, "_writer": editor.pk})[
        "Location"
    ]
    page = sign_in(client, editor.username, where)
    assert page.redirect_chain[-1][0] == address(story)
    assert TEXT not in page.content.decode()


def test_what_was_sent_of_two_stories_is_kept_of_each(desk, editor):
    stories = [make_article(), make_article()]
    sent = [written(desk, s, text=f"{TEXT} Of {s.pk}.") for s in stories]
    Session.objects.all().delete()
    for story, data in zip(stories, sent, strict=True):
        where = desk.post(address(story), data)["Location"]
    sign_in(desk, editor.username, where)
    for story in stories:
        form = desk.get(address(story)).context["form"]
        assert form["text"].value() == f"{TEXT} Of {story.pk}."
