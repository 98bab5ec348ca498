"""A form that was opened before somebody else saved, and what its buttons do then."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from articles import drafts, live_changes, publishing
from articles.merging import merge
from articles.models import Person, Position, Revision
from articles.restoring import restore
from articles.settling import settle
from tests.factories import make_article, make_person, make_quote
from tests.test_admin import add_quote, change_page, form_data, messages
from tests.test_drafts import save

pytestmark = pytest.mark.django_db

DAY = date(2016, 1, 1)


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


# Rows that were put back, posts that were put right, slugs that another story took


@pytest.mark.parametrize("fields", [{}, {"status": "draft", "published_at": None}])
def test_a_form_finds_rows_again_that_were_taken_out_and_put_back(desk, fields):
    story = with_two_rows(**fields)
    mine = opened(desk, story, headline="Mine")
    body = story.body
    without_rows(desk, story)
    theirs = opened(desk, story)
    if fields:  # readers of a live one have had the quote, which keeps its mark
        theirs = add_quote(theirs, mark="q1", words="We left", unnamed_source="one")
        theirs["body"] = body
    theirs |= {
        "bylines-TOTAL_FORMS": "1",
        "bylines-0-person": Person.objects.get(slug="bea").pk,
        "bylines-0-role": "by",
        "bylines-0-order": "0",
    }
    assert desk.post(change_page(story), theirs).status_code == 302
    assert desk.post(change_page(story), mine).status_code == 302
    content = newest(story).content
    assert content["fields"]["headline"] == "Mine"
    assert list(content["quotes"]) == (["q1"] if fields else [])
    assert list(content["bylines"]) == ["by bea"]


@pytest.mark.parametrize("fields", [{}, {"status": "draft", "published_at": None}])
def test_a_form_from_a_thinned_revision_keeps_the_quote_added_in_it(
    desk, reporter, fields
):
    story = make_article(headline="One", **fields)
    data = opened(desk, story, body=f"{story.body}<p>“We did,” Ann said.</p>")
    data = add_quote(data, words="We did", unnamed_source="a driver")
    desk.post(change_page(story), data)
    mine = opened(desk, story, standfirst="Mine.")
    save(story, by=reporter, headline="Three")
    story.revisions.filter(number=mine["_revision"]).delete()
    assert desk.post(change_page(story), mine).status_code == 302
    aside = story.revisions.to_merge().get()
    assert aside.content["fields"]["standfirst"] == "Mine."
    assert len(aside.content["quotes"]) == 1


def test_a_source_text_that_somebody_deleted_does_not_hold_up_an_old_form(desk):
    story = make_article(status="draft", published_at=None)
    story.sources.create(text="As it came.")
    mine = opened(desk, story, headline="Mine")
    mine.pop("sources-0-text", None)
    story.sources.all().delete()
    assert desk.post(change_page(story), mine).status_code == 302
    assert newest(story).content["fields"]["headline"] == "Mine"


@pytest.mark.parametrize("change", [{"title": "the minister"}, {"started_on": DAY}])
@pytest.mark.parametrize("has_keys", [True, False])
def test_a_post_that_was_put_right_is_still_the_post(desk, editor, change, has_keys):
    person = make_person()
    post = person.positions.create(title="a minister")
    story = make_article(headline="One")
    make_quote(story, mark="q1", words="We left", speaker=person, position=post)
    mine = opened(desk, story, headline="Mine")
    save(story, by=editor, standfirst="Theirs.")
    if not has_keys:
        for revision in story.revisions.all():
            revision.content.pop("keys")
            revision.save()
    Position.objects.filter(pk=post.pk).update(**change)
    settle(story)
    assert desk.get(change_page(story)).context["original"]
    assert desk.post(change_page(story), mine).status_code == 302
    restore(story, 1, by=editor)
    live_changes.publish_changes(story, by=editor)
    assert story.quotes.get().position == post


def test_a_draft_whose_slug_another_story_took_opens_and_is_refused(desk, editor):
    tomorrow = timezone.now() + timedelta(days=1)
    story = make_article(slug="first", published_at=tomorrow)
    desk.post(change_page(story), opened(desk, story, slug="second", headline="Mine"))
    make_article(slug="second")
    with pytest.raises(publishing.Refused, match="may have taken the slug"):
        live_changes.publish_changes(story, by=editor)
    page = desk.get(change_page(story))
    assert b"Mine" in page.content
    data = opened(desk, story, standfirst="Again.")
    assert desk.post(change_page(story), data).status_code == 302
    assert newest(story).content["fields"]["standfirst"] == "Again."


def test_an_old_form_with_a_slug_that_another_story_took_is_kept_and_said(desk):
    story = make_article(slug="first", status="draft", published_at=None)
    mine = opened(desk, story, headline="Typed at length")
    desk.post(change_page(story), opened(desk, story, slug="second"))
    make_article(slug="first")
    page = desk.post(change_page(story), mine)
    assert page.status_code == 200
    assert "Typed at length" in page.content.decode()
    assert page.context["errors"]


def test_a_draft_with_two_bylines_of_people_who_are_one_now_opens(desk, editor):
    one, two = make_person(slug="one"), make_person(slug="two")
    story = make_article()
    content = newest(story).content
    bylines = {
        f"by {slug}": {"person": [slug], "role": "by", "order": order}
        for order, slug in enumerate(("one", "two"))
    }
    mine = {**content, "bylines": bylines}
    drafts.save_over(story, mine, base=newest(story).number, by=editor)
    merge([two], into=one, by=editor)
    assert desk.get(change_page(story)).status_code == 200
    live_changes.publish_changes(story, by=editor)
    assert [byline.person for byline in story.bylines.all()] == [one]


def test_words_in_another_language_and_their_language_are_one_thing(desk):
    story = make_article(status="draft", published_at=None)
    make_quote(story, mark="q1", words="We left", original_language="fr")
    mine = opened(desk, story, **{"quotes-0-original_language": ""})
    theirs = opened(desk, story, **{"quotes-0-original_words": "Nous"})
    desk.post(change_page(story), theirs)
    page = desk.post(change_page(story), mine, follow=True)
    (conflict,) = page.context["conflicts"]
    assert conflict["name"] == "quotes-q1-original"
    assert "Nous" in conflict["theirs"]
