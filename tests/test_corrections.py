from io import StringIO

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from articles import publishing
from articles.correcting import correct, correct_quote, withdraw_quote
from articles.models import Article, Correction, Quote
from tests.factories import make_article, make_organisation, make_person, make_quote
from tests.test_visibility import walk

pytestmark = pytest.mark.django_db

WAS = "The dredging will cost 41 million."
NOW = "The dredging will cost 14 million."


@pytest.fixture
def quote(db):
    council = make_organisation(name="Harbour Council", slug="council")
    chair = make_person(name="Oduya Marsh", slug="marsh")
    post = chair.positions.create(title="Chair", organisation=council)
    quote = make_quote(make_article(), words=WAS, speaker=chair, position=post)
    later = make_article(headline="Once more")
    make_quote(later, words=WAS, speaker=chair, repeats=quote)
    make_quote(later, words="No comment", organisation=council)
    return quote


def pages_with(client, text):
    return {
        address
        for address, (response, page) in walk(client).items()
        if text in page and response.status_code == 200
    }


def test_a_correction_of_words_changes_record_and_story_together(quote, editor):
    correct_quote(quote, by=editor, words=NOW, text="The figures were reversed.")
    quote.refresh_from_db()
    story = Article.objects.get(pk=quote.article_id)
    assert (quote.words, quote.body_check) == (NOW, "matches")
    assert NOW in story.body_html
    assert story.updated_at
    correction = Correction.objects.get()
    assert (correction.was, correction.now) == (WAS, NOW)


def test_a_correction_shows_wherever_the_quote_shows(quote, client):
    before = pages_with(client, quote.get_absolute_url())
    correct_quote(quote, by=None, words=NOW, text="The figures were reversed.")
    after = pages_with(client, "The figures were reversed.")
    repeating = Article.objects.get(headline="Once more")
    expected = {
        quote.article.get_absolute_url(),
        repeating.get_absolute_url(),
        quote.get_absolute_url(),
        quote.speaker.get_absolute_url(),
        "/organisations/council/",
        "/quotes/",
        "/corrections/",
        "/",
    }
    assert expected <= after
    assert before <= after


def test_a_story_that_repeats_the_quote_keeps_its_words_and_is_not_blocked(quote):
    correct_quote(quote, by=None, words=NOW, text="The figures were reversed.")
    repeating = Article.objects.get(headline="Once more")
    assert WAS in repeating.body_html
    assert publishing.problems_before_publishing(repeating) == []
    said = StringIO()
    with pytest.raises(CommandError):
        call_command("check_quotes", stdout=said)
    place = repeating.get_absolute_url()
    assert f"{place}#{repeating.quotes.get(repeats=quote).mark}" in said.getvalue()
    assert "differs from the quote it repeats" in said.getvalue()


def test_a_correction_of_the_speaker_takes_the_post_with_it(quote):
    other = make_person(name="Edda Kestrel")
    correct_quote(quote, by=None, speaker=other, role="keeper", text="It was another.")
    quote.refresh_from_db()
    assert (quote.speaker, quote.position, quote.role) == (other, None, "keeper")
    correction = Correction.objects.get()
    assert correction.was == "Oduya Marsh"
    assert correction.now == "Edda Kestrel\nkeeper"


def test_a_private_speaker_is_not_named_by_the_correction(quote):
    other = make_person(name="A Baker", is_public=False)
    correct_quote(quote, by=None, speaker=other, role="a baker", text="It was another.")
    assert "A Baker" not in Correction.objects.get().now


@pytest.mark.parametrize("words", ["One part\nand another", ""])
def test_words_that_the_story_cannot_carry_are_refused_whole(quote, words):
    with pytest.raises(publishing.Refused, match="another number of parts"):
        correct_quote(quote, by=None, words=words, text="Wrong.")
    quote.refresh_from_db()
    assert quote.words == WAS
    assert not Correction.objects.exists()


def test_a_correction_goes_through_the_same_checks_as_publishing(quote):
    Article.objects.filter(pk=quote.article_id).update(section=None)
    with pytest.raises(publishing.Refused, match="section"):
        correct_quote(quote, by=None, words=NOW, text="Wrong.")
    quote.refresh_from_db()
    assert quote.words == WAS


def test_a_withdrawn_quote_keeps_its_address_says_why_and_leaves_the_lists(
    quote, client
):
    withdraw_quote(quote, by=None, text="Somebody else said it.")
    Quote.objects.filter(repeats=quote).delete()
    page = client.get(quote.get_absolute_url()).content.decode()
    assert "Withdrawn" in page
    assert "Somebody else said it." in page
    for address in ["/", "/quotes/", quote.speaker.get_absolute_url()]:
        assert WAS not in client.get(address).content.decode()
    assert "Somebody else said it." in client.get("/corrections/").content.decode()
    with pytest.raises(publishing.Refused):
        withdraw_quote(quote, by=None, text="Again.")
    with pytest.raises(publishing.Refused):
        correct_quote(quote, by=None, words=NOW, text="Again.")


def test_a_withdrawn_quote_is_exempt_from_both_checks(quote, settings):
    settings.QUOTES_OFF_SOURCE_BLOCK = True
    withdraw_quote(quote, by=None, text="Somebody else said it.")
    quote.article.sources.create(text="Nothing of the kind")
    Quote.objects.filter(pk=quote.pk).update(words="Something else")
    story = Article.objects.get(pk=quote.article_id)
    publishing.settle(story)
    assert publishing.problems_before_publishing(story) == []


@pytest.mark.parametrize(
    "act",
    [
        lambda quote, by: correct(quote.article, by=by, text="Wrong."),
        lambda quote, by: correct_quote(quote, by=by, words=NOW, text="Wrong."),
        lambda quote, by: withdraw_quote(quote, by=by, text="Wrong."),
    ],
)
def test_corrections_need_the_permission_a_sentence_and_readers(quote, reporter, act):
    with pytest.raises(PermissionDenied):
        act(quote, reporter)
    publishing.unpublish(quote.article, by=None)
    with pytest.raises(publishing.Refused, match="Readers do not have this story"):
        act(quote, None)
    assert not Correction.objects.exists()


def test_a_correction_without_a_sentence_is_refused(quote):
    with pytest.raises(publishing.Refused, match="sentence"):
        correct_quote(quote, by=None, words=NOW, text=" ")
    quote.refresh_from_db()
    assert quote.words == WAS


def test_a_retracted_story_keeps_its_address_and_stands_in_the_corrections(
    quote, client
):
    correct(quote.article, by=None, kind="retraction", text="It was invented.")
    page = client.get(quote.article.get_absolute_url()).content.decode()
    assert "It was invented." in page
    assert quote.article.headline not in client.get("/").content.decode()
    assert "It was invented." in client.get("/corrections/").content.decode()


def test_the_desk_corrects_a_quote_on_one_page(quote, desk):
    address = f"/admin/articles/article/{quote.article_id}/correct/"
    data = {
        "quote": quote.pk,
        "kind": "correction",
        "placement": "top",
        "text": "The figures were reversed.",
        "words": NOW,
    }
    assert desk.get(address).status_code == 200
    refused = desk.post(address, data | {"words": ""}).content.decode()
    assert "Change the words" in refused
    assert "The figures were reversed." in refused
    unchosen = desk.post(address, data | {"quote": ""}).content.decode()
    assert "Choose the quote" in unchosen
    assert desk.post(address, data).status_code == 302
    quote.refresh_from_db()
    assert quote.words == NOW
    assert Correction.objects.get().placement == "top"


def test_the_desk_corrects_a_story_and_withdraws_a_quote_on_the_same_page(quote, desk):
    address = f"/admin/articles/article/{quote.article_id}/correct/"
    note = {"kind": "clarification", "placement": "bottom", "text": "It was May."}
    desk.post(address, note | {"was": "April", "now": "May"})
    assert Correction.objects.get().was == "April"
    desk.post(address, note | {"quote": quote.pk, "withdraws": "on"})
    quote.refresh_from_db()
    assert quote.withdrawn_at


def test_a_reporter_is_not_offered_the_page(quote, client, reporter):
    client.force_login(reporter)
    address = f"/admin/articles/article/{quote.article_id}/correct/"
    assert client.get(address).status_code == 403


def test_script_in_a_correction_is_text(quote, client):
    script = "<script>alert(1)</script>"
    correct(quote.article, by=None, text=script, was=script, now=script)
    for address in [quote.article.get_absolute_url(), "/corrections/"]:
        page = client.get(address).content.decode()
        assert script not in page
        assert escape(script) in page


def test_the_list_of_corrections_costs_the_same_for_many(quote, client):
    costs = []
    for _ in range(2):
        for _ in range(9):
            correct(quote.article, by=None, text="Wrong.", kind="clarification")
        with CaptureQueriesContext(connection) as queries:
            client.get("/corrections/")
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 6
