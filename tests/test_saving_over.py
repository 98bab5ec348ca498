"""A form that was opened before somebody else saved, and what its buttons do then."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles import publishing
from tests.factories import make_article
from tests.test_admin import change_page, form_data, messages
from tests.test_drafts import save

pytestmark = pytest.mark.django_db


def opened(client, article, **changes):
    """What a browser would send back of the form as it was opened."""
    page = client.get(change_page(article))
    data = form_data(page, **changes)
    return data | {"_revision": page.context["revision_number"]}


# Publish


def test_changes_that_are_published_are_said_to_be_once(desk):
    story = make_article(headline="One")
    mine = opened(desk, story, headline="Mine", _publish="yes")
    response = desk.post(change_page(story), mine, follow=True)
    assert messages(response) == ["Published the changes: Mine"]
    story.refresh_from_db()
    assert story.headline == "Mine"


def test_changes_of_a_story_still_to_come_are_not_said_to_be_published(desk):
    tomorrow = timezone.now() + timedelta(days=1)
    story = make_article(published_at=tomorrow)
    mine = opened(desk, story, headline="Mine", _publish="yes")
    response = desk.post(change_page(story), mine, follow=True)
    assert messages(response) == [
        "The changes are in the story, which readers do not have now: Mine"
    ]
    story.refresh_from_db()
    assert (story.headline, story.published_at) == ("Mine", tomorrow)


def test_a_story_taken_back_with_changes_pending_is_published_with_them(desk, editor):
    story = make_article(headline="What readers had")
    save(story, by=editor, headline="Pending")
    publishing.unpublish(story, by=editor)
    mine = opened(desk, story, _publish="yes")
    response = desk.post(change_page(story), mine, follow=True)
    story.refresh_from_db()
    assert (story.status, story.headline) == ("published", "Pending")
    assert messages(response)[-1] == "Published: Pending"


@pytest.mark.parametrize("fields", [{}, {"status": "draft", "published_at": None}])
def test_a_save_that_meets_another_is_published_only_once_it_was_looked_at(
    desk, reporter, fields
):
    story = make_article(headline="One", **fields)
    mine = opened(desk, story, headline="Mine", _publish="yes")
    save(story, by=reporter, standfirst="Read by nobody yet")
    response = desk.post(change_page(story), mine, follow=True)
    said = messages(response)
    assert "Somebody else had saved meanwhile: standfirst" in said[0]
    assert "Not published" in said[-1]
    assert not any(message.startswith("Published") for message in said)
    story.refresh_from_db()
    assert story.status == fields.get("status", "published")
    assert story.standfirst == ("Read by nobody yet" if fields else "")
    form = opened(desk, story)
    assert (form["headline"], form["standfirst"]) == ("Mine", "Read by nobody yet")
    desk.post(change_page(story), form | {"_publish": "yes"})
    story.refresh_from_db()
    assert (story.status, story.headline) == ("published", "Mine")
    assert story.standfirst == "Read by nobody yet"
