"""A quote that an earlier story had, chosen and used again."""

import json
from datetime import UTC, date, datetime
from time import perf_counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles import matching
from articles.models import Quote
from tests.factories import (
    make_article,
    make_organisation,
    make_person,
    make_quote,
)
from tests.test_admin import add_quote, change_page, form_data
from tests.test_pages import read, text_of

pytestmark = pytest.mark.django_db

WORDS = "We have counted the drivers twice"
DRAFT = {"status": "draft", "published_at": None}
SEARCH = {"app_label": "articles", "model_name": "quote", "field_name": "repeats"}
OTHER = "The timetable needs eighty"


def story_of(day, **fields):
    return make_article(published_at=datetime(2020, 5, day, 12, tzinfo=UTC), **fields)


def offered(desk, term="", story=None, address="/admin/articles/quote/earlier/"):
    """What the chooser in a story's form offers."""
    origin = f"http://testserver{change_page(story)}" if story else ""
    answer = desk.get(address, SEARCH | {"term": term}, headers={"referer": origin})
    assert answer.status_code == 200
    return [row["text"] for row in json.loads(answer.content)["results"]]


def save_repeat(desk, story, first, **fields):
    data = form_data(desk.get(change_page(story)))
    data = add_quote(data, repeats=str(first.pk), **fields)
    return desk.post(change_page(story), data)


@pytest.mark.parametrize(
    "address", ["/admin/articles/quote/earlier/", "/admin/autocomplete/"]
)
def test_only_first_uses_that_readers_have_are_offered_newest_first(desk, address):
    older = make_quote(story_of(1), words=WORDS)
    newer = make_quote(story_of(3), words="Nobody asked us")
    make_quote(story_of(4), words=WORDS, repeats=older)
    for fields in (DRAFT, {"status": "killed"}, {"expires_at": datetime.now(UTC)}):
        make_quote(make_article(**fields), words="Readers do not have this")
    for left in ("dropped_at", "withdrawn_at"):
        quote = make_quote(make_article(), words="It left its story")
        Quote.objects.filter(pk=quote.pk).update(**{left: datetime.now(UTC)})
    retracted = make_quote(make_article(), words="All of it was wrong").article
    retracted.corrections.create(kind="retraction", text="All of it.")
    found = offered(desk, address=address)
    assert [str(newer) in found[0], str(older) in found[1]] == [True, True]
    assert len(found) == 2


def test_the_quotes_of_the_story_itself_are_not_offered(desk):
    here, there = make_quote(story_of(1)), make_quote(story_of(2))
    assert len(offered(desk)) == 2
    (found,) = offered(desk, story=here.article)
    assert str(there) in found


@pytest.mark.parametrize("referer", ["http://[", "/admin/", "x" * 5000, "/\0"])
def test_a_strange_address_that_asks_is_no_error(desk, referer):
    make_quote(make_article())
    answer = desk.get(
        "/admin/articles/quote/earlier/", SEARCH, headers={"referer": referer}
    )
    assert len(json.loads(answer.content)["results"]) == 1


def test_each_offer_names_the_speaker_the_words_the_story_and_the_day(desk):
    make_quote(
        make_article(headline="A count"),
        words=WORDS,
        speaker=make_person(name="Tomas Verhael"),
        said_on=date(2020, 5, 2),
    )
    assert offered(desk) == [f"Tomas Verhael: “{WORDS}” A count, 2 May 2020"]


@pytest.mark.parametrize(
    "term",
    [
        "drivers",
        "twice COUNTED",
        "verhael counted",
        "union drivers",
        "Верхаэль",
        "верхаэль counted",
        "they're forty-one",
        "they’re “forty–one”",
        "they're forty‑one ...",
    ],
)
def test_words_and_names_are_found_in_any_order_however_typed(desk, term):
    speaker = make_person(name="Tomas Verhael")
    speaker.other_names.create(name="Томас Верхаэль")
    speaker.other_names.create(name="Verhael, Tomas")
    union = make_organisation(name="Ellery Rail Staff Union")
    make_quote(
        make_article(),
        words=f"{WORDS}, and they’re forty-one",
        speaker=speaker,
        organisation=union,
    )
    make_quote(make_article(), words="Nothing of the kind")
    (found,) = offered(desk, term)
    assert WORDS in found


@pytest.mark.parametrize("term", ["drivers nobody", "x " * 2000, "%", "\0", "'\";--"])
def test_a_search_that_fits_nothing_or_is_strange_is_no_error(desk, term):
    make_quote(make_article(), words=WORDS)
    assert len(offered(desk, term)) == (0 if any(map(str.isalnum, term)) else 1)


def test_offers_cost_as_many_queries_however_many_and_read_no_body(desk):
    make_quote(make_article(), words=WORDS)
    offered(desk, "drivers")

    def cost():
        with CaptureQueriesContext(connection) as queries:
            offered(desk, "drivers")
        assert not any('"body"' in query["sql"] for query in queries)
        return len(queries)

    few = cost()
    for _ in range(7):
        make_quote(make_article(), words=WORDS, speaker=make_person())
    assert cost() == few


def test_a_reader_gets_no_offers(client):
    answer = client.get("/admin/articles/quote/earlier/", SEARCH)
    assert answer.status_code == 302


def test_the_field_in_the_form_asks_there_and_shows_what_is_chosen_in_full(desk):
    first = make_quote(story_of(1, headline="A count"), words=WORDS)
    story = make_article(**DRAFT)
    make_quote(story, words=WORDS, repeats=first)
    html = desk.get(change_page(story)).content.decode()
    assert 'data-ajax--url="/admin/articles/quote/earlier/"' in html
    assert f"{first.speaker}: “{WORDS}” A count, 1 May 2020" in html


def test_a_repeat_takes_what_the_first_quote_knows_but_its_printed_role(desk):
    chair = make_person()
    post = chair.positions.create(title="Chair", ended_on=date(2020, 5, 31))
    knows = {
        "kind": "partial",
        "words": WORDS,
        "speaker": chair,
        "organisation": make_organisation(),
        "position": post,
        "said_on": date(2020, 5, 2),
        "occasion": "interview",
        "original_words": "Мы дважды пересчитали машинистов",
        "original_language": "ru",
        "translator": "Pia Renholm",
    }
    first = make_quote(story_of(2), role="The tired chair", **knows)
    story = make_article(
        **DRAFT, body=f"<p>As they told us, “{WORDS}.” So it goes.</p>"
    )
    assert save_repeat(desk, story, first).status_code == 302
    repeat = story.quotes.get()
    assert {name: getattr(repeat, name) for name in knows} == knows
    assert (repeat.role, repeat.repeats) == ("", first)
    story.refresh_from_db()
    assert f'“<q data-quote="{repeat.mark}">{WORDS}</q>.”' in story.body
    assert repeat.body_check == "matches"


def test_an_unnamed_source_is_taken_too(desk):
    first = make_quote(story_of(1), words=WORDS, unnamed_source="a diplomat")
    story = make_article(**DRAFT, body=f"<p>“{WORDS}.”</p>")
    save_repeat(desk, story, first)
    assert story.quotes.get().unnamed_source == "a diplomat"


def test_what_was_typed_stays_and_another_speaker_brings_nothing_of_the_first(desk):
    chair, other = make_person(), make_person()
    first = make_quote(
        story_of(1),
        words=WORDS,
        speaker=chair,
        organisation=make_organisation(),
        occasion="interview",
        translator="Pia Renholm",
    )
    story = make_article(**DRAFT, body=f"<p>“{WORDS}.”</p>")
    typed = {"speaker": other.pk, "role": "The chair", "occasion": "broadcast"}
    save_repeat(desk, story, first, **typed)
    repeat = story.quotes.get()
    assert (repeat.speaker, repeat.organisation) == (other, None)
    assert (repeat.role, repeat.occasion) == ("The chair", "broadcast")
    assert repeat.translator == "Pia Renholm"


@pytest.mark.parametrize(
    "excerpt", ["counted the drivers twice", "We have counted … twice"]
)
def test_an_excerpt_that_was_typed_is_marked_where_it_stands(desk, excerpt):
    first = make_quote(
        story_of(1),
        words=WORDS,
        original_words="Мы дважды пересчитали машинистов",
        original_language="ru",
    )
    story = make_article(**DRAFT, body=f"<p>They say “{excerpt}”, no less.</p>")
    save_repeat(desk, story, first, words=excerpt, kind="partial")
    repeat = story.quotes.get()
    story.refresh_from_db()
    assert f'“<q data-quote="{repeat.mark}">{excerpt}</q>”' in story.body
    assert (repeat.words, repeat.kind) == (excerpt, "partial")
    assert (repeat.speaker, repeat.original_language) == (first.speaker, "ru")
    assert repeat.original_words == ""  # those of all the words, not of these
    html = desk.get(change_page(story)).content.decode()
    assert "matches the quote it repeats" in html


def test_words_are_still_asked_for_where_nothing_is_repeated(desk):
    story = make_article(**DRAFT)
    data = form_data(desk.get(change_page(story)))
    data = add_quote(data, unnamed_source="a diplomat")
    html = desk.post(change_page(story), data).content.decode()
    assert "This field is required." in html
    assert not Quote.objects.exists()


def test_a_saved_quote_does_not_lose_its_words_to_the_one_it_repeats(desk):
    first = make_quote(story_of(1), words=WORDS)
    story = make_article(**DRAFT)
    make_quote(story, words=OTHER)
    data = form_data(desk.get(change_page(story)))
    data |= {"quotes-0-repeats": str(first.pk), "quotes-0-words": ""}
    assert (
        "This field is required."
        in desk.post(change_page(story), data).content.decode()
    )
    assert story.quotes.get().words == OTHER


def test_a_repeat_of_a_repeat_leads_to_the_first(desk):
    first = make_quote(story_of(1), words=WORDS)
    second = make_quote(story_of(2), words=WORDS, repeats=first)
    story = make_article(**DRAFT, body=f"<p>“{WORDS}.”</p>")
    save_repeat(desk, story, second)
    assert story.quotes.get().repeats == first


def test_what_readers_do_not_have_and_the_story_itself_cannot_be_repeated(desk):
    story = make_article(**DRAFT, body=f"<p>“{WORDS}.”</p>")
    unseen = make_quote(make_article(**DRAFT), words=WORDS)
    live = make_article(body=f"<p>“{WORDS}.”</p>")
    own = make_quote(live, words=OTHER)
    for first, where in [(unseen, story), (own, live)]:
        html = save_repeat(desk, where, first).content.decode()
        assert "Choose a quote that readers have in another story." in html
        assert not where.quotes.exclude(pk=own.pk).exists()


def test_a_repeat_whose_first_use_has_gone_can_still_be_saved(desk):
    first = make_quote(story_of(1), words=WORDS)
    story = make_article(**DRAFT)
    make_quote(story, words=WORDS, repeats=first)
    first.article.status = "killed"
    first.article.save()
    data = form_data(desk.get(change_page(story)), headline="Later")
    assert desk.post(change_page(story), data).status_code == 302
    assert story.quotes.get().repeats == first


def test_the_page_of_a_quote_lists_every_story_that_used_it_oldest_first(client):
    first = make_quote(story_of(1, headline="Use one"), words=WORDS)
    uses = {4: "Use four", 2: "Use two", 3: "Use three"}
    repeats = {
        day: make_quote(story_of(day, headline=headline), words=WORDS, repeats=first)
        for day, headline in uses.items()
    }
    draft = make_article(**DRAFT, headline="Use unseen")
    unseen = make_quote(draft, words=WORDS, repeats=first)
    withdrawn = make_quote(
        story_of(5, headline="Use withdrawn"), words=WORDS, repeats=first
    )
    Quote.objects.filter(pk=withdrawn.pk).update(withdrawn_at=datetime.now(UTC))
    text = text_of(read(client, first.get_absolute_url()))
    order = [text.index(f"Use {name}") for name in ("one", "two", "three", "four")]
    assert order == sorted(order)
    assert "Use unseen" not in text
    assert "Use withdrawn" not in text
    for repeat in repeats.values():
        answer = client.get(repeat.get_absolute_url())
        assert answer.headers["Location"] == first.get_absolute_url()
    read(client, unseen.get_absolute_url(), status=404)


PLAN = [
    "The council met on Monday.",
    "“We have counted all drivers twice, and it took a week,” the chair said.",
    "Nobody else had anything to say.",
]


@pytest.mark.parametrize(
    ("words", "near"),
    [
        (WORDS, (2, "We have counted all drivers twice")),
        ("Nobody had anything", (3, "Nobody else had anything")),
        (f"The council met\n{WORDS}", (2, "We have counted all drivers twice")),
        ("We have counted all drivers", (2, "We have counted all drivers")),
        ("Ein ganz anderer Satz", None),
        ("…", None),
        ("", None),
        (
            "Monday. “We have counted all drivers once",
            (2, "“We have counted all drivers"),
        ),
    ],
)
def test_the_nearest_passage_is_named_by_its_paragraph(words, near):
    found = matching.Paragraphs(PLAN).nearest(words)
    assert (found and (found.paragraph, found.passage[: len(near[1])])) == near


def test_a_story_without_a_word_has_nothing_near():
    for texts in ([], [""], ["", ""]):
        assert matching.Paragraphs(texts).nearest(WORDS) is None


def test_the_row_of_words_that_stand_nowhere_shows_the_nearest_passage(desk):
    first = make_quote(story_of(1), words=WORDS)
    body = "".join(f"<p>{text}</p>" for text in PLAN)
    story = make_article(**DRAFT, body=body)
    save_repeat(desk, story, first)
    text = text_of(desk.get(change_page(story)).content.decode())
    assert "stands nowhere in the story" in text
    assert "Nearest is paragraph 2: “We have counted all drivers twice" in text


def test_publishing_refuses_such_words_and_names_the_nearest_passage(desk):
    first = make_quote(story_of(1), words=WORDS)
    body = "".join(f"<p>{text}</p>" for text in PLAN)
    story = make_article(body=body + "<p>100% of it.</p>")
    save_repeat(desk, story, first, _publish="yes")
    text = text_of(desk.get(change_page(story)).content.decode())
    assert "Nearest is paragraph 2, “We have counted all drivers twice" in text
    assert not story.quotes.exists()
    save_repeat(desk, story, first, words="99% of it", _publish="yes")
    text = text_of(desk.get(change_page(story)).content.decode())
    assert "“100% of it" in text
    assert not story.quotes.exists()


@pytest.mark.parametrize(
    ("words", "texts"),
    [
        ("a " * 10_000, ["a " * 500_000]),
        ("a\n" * 10_000, ["b a " * 250_000]),
        (WORDS, ["We have counted"] * 60_000),
        ("drivers " * 2000, [f"drivers {n}" for n in range(60_000)]),
    ],
)
def test_looking_for_the_nearest_passage_takes_no_long_time(words, texts):
    story = matching.Paragraphs(texts)
    began = perf_counter()
    story.nearest(words)
    assert perf_counter() - began < 20  # seconds; about one on a quiet machine
