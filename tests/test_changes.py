"""What readers are told of a story that changed after they had it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import live_changes, publishing
from articles.correcting import correct, correct_quote, withdraw_quote
from articles.models import Article, Publication
from articles.publishing import settle
from tests.factories import make_article, make_person, make_quote
from tests.test_drafts import save

pytestmark = pytest.mark.django_db

SECRET = "Zxqvhidden"


def changes_page(article):
    return f"{article.get_absolute_url()}changes/"


def read(client, article):
    response = client.get(changes_page(article))
    assert response.status_code == 200
    return response.content.decode()


def publish_changes(article, editor, is_substantial=True, note="", **fields):
    save(article, by=editor, **fields)
    live_changes.publish_changes(
        article, by=editor, is_substantial=is_substantial, note=note
    )
    article.refresh_from_db()


def test_readers_are_told_what_an_editor_marked_as_substantial(client, tass, editor):
    body = tass.body.replace("Currently, dialogue", "For now, dialogue")
    headline = tass.headline.replace("shooting", "shoots")
    publish_changes(
        tass, editor, note="A headline put right", headline=headline, body=body
    )
    story = client.get(tass.get_absolute_url()).content.decode()
    assert "Changed since, last on" in story
    assert f'href="{changes_page(tass)}"' in story
    page = read(client, tass)
    assert "A headline put right" in page
    assert "<del>shooting</del>" in page
    assert "<ins>shoots</ins>" in page
    assert "<ins>For now</ins>" in page
    assert 'content="noindex"' in page


def test_words_and_speakers_of_quotes_are_told(client, tass, editor):
    quote = tass.quotes.get(mark="q3")
    right = quote.words.replace("endangers", "threatens")
    correct_quote(quote, by=editor, text="A word was wrong.", words=right)
    page = read(client, tass)
    assert "Quote of Alexander Grushko" in page
    assert "<ins>threatens</ins>" in page
    assert page.count("A word was wrong.") == 1


def test_a_correction_is_told_though_the_story_did_not_change(client, tass, editor):
    correct(tass, by=editor, text="The day was wrong.", was="Monday", now="Tuesday")
    assert "The day was wrong." in read(client, tass)
    assert changes_page(tass) in client.get(tass.get_absolute_url()).content.decode()


def test_a_repeat_of_a_quote_corrected_before_has_not_changed_since(client, editor):
    first = make_quote(make_article(), words="We counted them twice.")
    correct_quote(first, by=editor, text="A word was wrong.", words="We counted twice.")
    story = make_article(published_at=timezone.now())
    make_quote(story, words="We counted twice.", speaker=first.speaker, repeats=first)
    page = client.get(story.get_absolute_url()).content.decode()
    assert "A word was wrong." in page
    assert "Changed since" not in page


def test_routine_edits_are_not_told(client, tass, editor):
    publish_changes(tass, editor, is_substantial=False, headline="Tightened")
    publish_changes(tass, editor, headline="Loosened")
    page = read(client, tass)
    assert "<ins>Tightened</ins>" not in page
    assert "<ins>Loosened</ins>" in page


def test_a_story_that_did_not_change_says_so_and_is_not_linked(client, tass):
    story = client.get(tass.get_absolute_url()).content.decode()
    assert "changes/" not in story
    assert "Nothing of substance has changed" in read(client, tass)


def test_what_the_desk_keeps_to_itself_stays_there(client, tass, editor):
    save(tass, by=editor, headline=f"{SECRET} draft")
    publish_changes(
        tass,
        editor,
        headline="Another",
        desk_note=f"{SECRET} note",
        slugline=f"{SECRET} slugline",
    )
    save(tass, by=editor, headline=f"{SECRET} again")
    assert SECRET not in read(client, tass)


def test_versions_that_readers_never_had_are_not_told(client, editor):
    later = timezone.now() + timedelta(hours=1)
    story = make_article(published_at=later, headline=f"{SECRET} plan")
    publish_changes(story, editor, headline="As planned", note=SECRET)
    past = timezone.now() - timedelta(hours=1)
    Article.objects.update(published_at=past)
    Publication.objects.update(published_at=past)
    story.refresh_from_db()
    settle(story)
    assert SECRET not in read(client, story)
    publish_changes(story, editor, headline="As changed")
    page = read(client, story)
    assert SECRET not in page
    assert "<ins>changed</ins>" in page


def test_a_version_taken_back_before_its_time_is_not_told(client, editor):
    story = make_article(headline="At first")
    publishing.unpublish(story, by=editor)
    story.headline = SECRET
    story.save()
    settle(story)
    later = timezone.now() + timedelta(hours=1)
    publishing.schedule(story, at=later, by=editor)
    publish_changes(story, editor, standfirst=SECRET)
    publishing.unpublish(story, by=editor)
    story.refresh_from_db()
    story.headline, story.standfirst = "In the end", ""
    story.save()
    settle(story)
    publishing.publish(story, by=editor)
    story.refresh_from_db()
    assert SECRET not in read(client, story)
    publish_changes(story, editor, headline="After the end")
    assert SECRET not in read(client, story)


def test_a_private_person_goes_by_the_role(client, editor):
    story = make_article()
    private = make_person(name=SECRET, is_public=False)
    quote = make_quote(story, words="we bake", speaker=private, role="a baker")
    correct_quote(quote, by=editor, text="We misheard.", words="we take")
    page = read(client, story)
    assert "Quote of a baker" in page
    assert SECRET not in page


def test_the_words_of_a_withdrawn_quote_are_not_set_out_again(client, tass, editor):
    quote = tass.quotes.get(mark="q3")
    right = quote.words.replace("endangers", "threatens")
    correct_quote(quote, by=editor, text="A word was wrong.", words=right)
    withdraw_quote(quote, by=editor, text="He never said it.")
    page = read(client, tass)
    assert "He never said it." in page
    assert "Quote of" not in page


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"status": "draft", "first_published_at": None}, 404),
        ({"status": "killed"}, 410),
        ({"expires_at": timezone.now() - timedelta(hours=1)}, 410),
        ({"published_at": timezone.now() + timedelta(days=1)}, 404),
    ],
)
def test_the_page_is_gone_with_its_story(client, tass, editor, fields, status):
    address = changes_page(tass)
    if status == 404:
        fields = {"first_published_at": None, **fields}
    Article.objects.update(**fields)
    assert client.get(address).status_code == status


def test_a_retracted_story_says_so_there_too(client, tass, editor):
    correct(tass, by=editor, text="All of it was wrong.", kind="retraction")
    page = read(client, tass)
    assert "This story is retracted." in page
    assert "All of it was wrong." in page


def test_a_site_may_keep_its_changes_to_itself(client, tass, editor, settings):
    settings.READERS_SEE_CHANGES = False
    publish_changes(tass, editor, headline="Another")
    assert "Changed since" not in client.get(tass.get_absolute_url()).content.decode()
    assert client.get(changes_page(tass)).status_code == 404


def test_a_wrong_day_in_the_address_leads_to_the_right_one(client, tass):
    response = client.get("/2016/02/09/nato-dialogue/changes/")
    assert (response.status_code, response["Location"]) == (301, changes_page(tass))


def test_markup_in_what_changed_is_text(client, editor):
    story = make_article()
    headline = "<script>alert(1)</script>"
    publish_changes(story, editor, headline=headline, note=headline)
    assert "<script" not in read(client, story)


def test_many_changes_cost_as_many_queries_as_one_and_are_paged(client, editor):
    story = make_article(headline="Version 0")
    publish_changes(story, editor, headline="Version 1")
    client.get("/people/")  # what every page prints of the site
    with CaptureQueriesContext(connection) as few:
        response = client.get(changes_page(story))
    assert "Cookie" not in response.get("Vary", "")
    assert not response.cookies
    for number in range(2, 26):
        publish_changes(story, editor, headline=f"Version {number}")
    client.get("/people/")
    with CaptureQueriesContext(connection) as many:
        page = client.get(changes_page(story)).content.decode()
    assert len(many) == len(few) < 15
    assert page.count('class="telling"') == 20
    assert 'href="?page=2"' in page
    assert client.get(f"{changes_page(story)}?page=2").status_code == 200
