"""A form that was opened before somebody else saved, and what its buttons do then."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles import live_changes, publishing
from articles.models import Revision
from articles.settling import settle
from tests.factories import make_article, make_person, make_quote
from tests.test_admin import add_quote, change_page, form_data, messages
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


# Rows that somebody else took out, or put another person into


def with_two_rows(**fields):
    story = make_article(**fields)
    make_quote(story, mark="q1", words="We left")
    story.bylines.create(person=make_person(slug="bea"), role="by")
    settle(story)
    return story


def newest(story):
    return story.revisions.get(number=Revision.objects.newest_number(story))


def without_rows(client, story):
    """Somebody takes the quote and the byline out of the story."""
    theirs = opened(client, story, body="<p>Nobody spoke.</p>")
    theirs |= {"quotes-0-DELETE": "on", "bylines-0-DELETE": "on"}
    assert client.post(change_page(story), theirs).status_code == 302


@pytest.mark.parametrize("fields", [{}, {"status": "draft", "published_at": None}])
def test_a_form_opened_before_rows_were_taken_out_saves_what_it_changed(desk, fields):
    story = with_two_rows(**fields)
    mine = opened(desk, story, headline="Mine")
    without_rows(desk, story)
    response = desk.post(change_page(story), mine, follow=True)
    assert response.status_code == 200
    assert any("Somebody else had saved" in said for said in messages(response))
    content = newest(story).content
    assert content["fields"]["headline"] == "Mine"
    assert (content["quotes"], content["bylines"]) == ({}, {})


@pytest.mark.parametrize("fields", [{}, {"status": "draft", "published_at": None}])
def test_a_row_that_was_taken_out_and_changed_is_kept_to_choose(desk, fields):
    story = with_two_rows(**fields)
    mine = opened(desk, story, **{"quotes-0-role": "the driver"})
    without_rows(desk, story)
    response = desk.post(change_page(story), mine, follow=True)
    page = response.content.decode()
    assert "the driver" in page
    aside = story.revisions.get(kind="aside")
    assert aside.content["quotes"]["q1"]["role"] == "the driver"
    choice = {"theirs": Revision.objects.newest_number(story), "quotes-q1": "mine"}
    desk.post(response.redirect_chain[-1][0], choice)
    assert newest(story).content["quotes"]["q1"]["role"] == "the driver"


@pytest.mark.parametrize("fields", [{}, {"status": "draft", "published_at": None}])
def test_a_byline_that_names_another_person_since_is_still_its_row(desk, fields):
    story = with_two_rows(**fields)
    mine = opened(desk, story, headline="Mine")
    theirs = opened(desk, story, **{"bylines-0-person": make_person(slug="cy").pk})
    desk.post(change_page(story), theirs)
    again = opened(desk, story, standfirst="Ours.")
    assert desk.post(change_page(story), mine).status_code == 302
    assert desk.post(change_page(story), again).status_code == 302
    content = newest(story).content
    assert list(content["bylines"]) == ["by cy"]
    assert content["fields"]["headline"] == "Mine"
    assert content["fields"]["standfirst"] == "Ours."


def test_a_quote_of_a_draft_keeps_its_row_until_readers_have_it(desk, editor):
    story = with_two_rows()
    data = opened(desk, story, body=f"{story.body}<p>“We did,” Ann said.</p>")
    data = add_quote(data, words="We did", unnamed_source="a driver")
    desk.post(change_page(story), data)
    keys = [quote_keys(desk, story) for _look in range(2)]
    live_changes.publish_changes(story, by=editor)
    assert keys[0] == keys[1] == {str(quote.pk) for quote in story.quotes.all()}


def quote_keys(client, story):
    data = opened(client, story)
    return {data[f"quotes-{n}-id"] for n in range(int(data["quotes-TOTAL_FORMS"]))}


# What the form began from is no more


def test_a_form_that_began_from_a_thinned_revision_is_looked_at_before_it_counts(
    desk, reporter
):
    story = make_article(status="draft", published_at=None, headline="One")
    save(story, by=reporter, headline="Two")
    mine = opened(desk, story, standfirst="Mine.")
    save(story, by=reporter, headline="Three")
    save(story, by=reporter, headline="One")
    story.revisions.filter(number=mine["_revision"]).delete()
    response = desk.post(change_page(story), mine, follow=True)
    story.refresh_from_db()
    assert (story.headline, story.standfirst) == ("One", "")
    aside = story.revisions.to_merge().get()
    assert aside.content["fields"]["standfirst"] == "Mine."
    assert response.redirect_chain[-1][0].endswith(f"/merge/{aside.number}/")
