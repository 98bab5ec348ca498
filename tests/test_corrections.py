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
from tests.test_pages import OF_THE_SITE
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
    assert {page for page in before if not page.startswith("/sitemaps/")} <= after


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


def test_the_post_and_role_of_a_wrong_speaker_go_with_the_name(quote):
    Quote.objects.filter(pk=quote.pk).update(
        role="chair of the council", organisation=make_organisation()
    )
    bob = make_person(name="Bob Roe")
    correct_quote(quote, by=None, speaker=bob, text="It was Bob.")
    quote.refresh_from_db()
    assert (quote.speaker, quote.role) == (bob, "")
    assert (quote.position, quote.organisation) == (None, None)
    assert Correction.objects.get().was == "Oduya Marsh\nchair of the council"


@pytest.mark.parametrize("kind", ["organisation", "unnamed_source"])
def test_the_desk_corrects_a_speaker_to(quote, desk, kind):
    union = make_organisation(name="The Union")
    right = union.pk if kind == "organisation" else "somebody at the harbour"
    desk.post(
        f"/admin/articles/article/{quote.article_id}/correct/",
        {
            "quote": quote.pk,
            "kind": "correction",
            "placement": "bottom",
            "text": "It was another.",
            kind: right,
        },
    )
    quote.refresh_from_db()
    assert quote.speaker is None
    said_by = quote.organisation.pk if kind == "organisation" else quote.unnamed_source
    assert said_by == right


def test_the_desk_corrects_a_role_to_none(quote, desk):
    Quote.objects.filter(pk=quote.pk).update(role="mayor")
    note = {"kind": "correction", "placement": "bottom", "text": "No mayor."}
    note |= {"quote": quote.pk, "has_no_role": "on"}
    desk.post(f"/admin/articles/article/{quote.article_id}/correct/", note)
    quote.refresh_from_db()
    assert quote.role == ""
    assert (Correction.objects.get().was, Correction.objects.get().now) == ("mayor", "")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"kind": "retraction"}, "withdraw it"),
        ({"withdraws": "on", "words": "Others"}, "no right words"),
        ({"role": "mayor", "has_no_role": "on"}, "or say there is none"),
        ({"unnamed_source": "a baker", "speaker": "speaker"}, "Name one"),
    ],
)
def test_the_desk_refuses_a_correction_that_contradicts_itself(
    quote, desk, fields, said
):
    if "speaker" in fields:
        fields = fields | {"speaker": make_person().pk}
    note = {"kind": "correction", "placement": "bottom", "text": "So."}
    page = desk.post(
        f"/admin/articles/article/{quote.article_id}/correct/",
        note | {"quote": quote.pk} | fields,
    )
    assert said in page.content.decode()
    assert not Correction.objects.exists()


def test_right_words_are_recorded_without_their_quotation_marks(quote):
    correct_quote(quote, by=None, words=f"“{NOW}”\r\n", text="Reversed.")
    quote.refresh_from_db()
    assert quote.words == NOW
    assert "““" not in Article.objects.get(pk=quote.article_id).body


def test_what_repeats_a_withdrawn_quote_leaves_the_lists_too(quote, client):
    repeat = Quote.objects.get(repeats=quote)
    withdraw_quote(quote, by=None, text="Somebody else said it.")
    shown, told = pages_with(client, WAS), pages_with(client, "Somebody else said it.")
    assert shown <= told
    assert "/quotes/" not in shown
    assert {repeat.get_absolute_url(), repeat.article.get_absolute_url()} <= told


def test_a_correction_of_a_repeat_shows_with_the_first_quote_too(quote, client):
    repeat = Quote.objects.get(repeats=quote)
    correct_quote(repeat, by=None, words=NOW, text="Our own slip.")
    told = pages_with(client, "Our own slip.")
    assert quote.get_absolute_url() in told
    assert {"/", "/quotes/", quote.speaker.get_absolute_url()} <= told
    page = client.get(quote.get_absolute_url()).content.decode()
    assert f'In <a href="{repeat.article.get_absolute_url()}">Once more</a>.' in page


def test_a_corrected_quote_of_a_retracted_story_is_corrected_where_it_returns(
    quote, client
):
    correct_quote(quote, by=None, words=NOW, text="The figures were reversed.")
    correct(quote.article, by=None, kind="retraction", text="It was invented.")
    told = pages_with(client, "The figures were reversed.")
    assert pages_with(client, WAS) <= told


def test_a_repeat_of_another_speaker_is_an_open_difference(quote):
    correct_quote(quote, by=None, speaker=make_person(), text="It was another.")
    said = StringIO()
    with pytest.raises(CommandError):
        call_command("check_quotes", stdout=said)
    assert "names another speaker than the quote it repeats" in said.getvalue()


@pytest.mark.parametrize("act", ["corrected", "withdrawn"])
def test_the_desk_lists_stories_that_repeat_a_quote_that_was(quote, desk, act):
    assert "repeat" not in desk.get("/admin/").content.decode()
    if act == "corrected":
        correct_quote(quote, by=None, words=NOW, text="Reversed.")
    else:
        withdraw_quote(quote, by=None, text="Never said.")
    page = desk.get("/admin/").content.decode()
    assert "differs from the quote it repeats" in page
    assert "Once more" in page
    listed = desk.get("/admin/articles/article/?quotes=corrected").content.decode()
    assert "Once more" in listed
    assert listed.count('name="_selected_action"') == 1


def test_a_withdrawn_quote_is_not_counted_beside_its_story(client):
    person = make_person(name="Ann", slug="ann")
    story = make_article(body='<p><a data-person="ann">Ann</a> spoke.</p>')
    quote = make_quote(story, speaker=person)
    make_quote(story, speaker=person)
    story.sources.create(text="Nothing of that.")
    withdraw_quote(quote, by=None, text="No.")
    page = client.get(story.get_absolute_url()).content.decode()
    assert "1 quote here" in page
    page = client.get(quote.get_absolute_url()).content.decode()
    assert "Not found in it" not in page


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
        client.get("/people/")  # what every page prints of the site
        with CaptureQueriesContext(connection) as queries:
            client.get("/corrections/")
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 3 + OF_THE_SITE
