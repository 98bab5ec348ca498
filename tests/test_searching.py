"""Finding by words: the same table of cases on every database."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import publishing
from articles.correcting import correct_quote, withdraw_quote
from articles.models import Article, Quote, SearchEntry
from articles.searching.asking import Asked
from articles.searching.snippets import snippet
from articles.searching.words import stems
from articles.settling import settle, settle_for
from tests.factories import (
    make_article,
    make_organisation,
    make_person,
    make_quote,
    make_section,
)
from tests.test_pages import OF_THE_SITE

pytestmark = pytest.mark.django_db


def story(slug, day, headline, body="", **fields):
    return make_article(
        slug=slug,
        headline=headline,
        body=f"<p>{body}</p>",
        published_at=datetime(2024, 5, day, 9, 0, tzinfo=UTC),
        **fields,
    )


@pytest.fixture
def archive(db):
    sea = make_section(name="Sea", slug="sea")
    land = make_section(name="Land", slug="land")
    grushko = make_person(name="Alexander Grushko", slug="grushko")
    grushko.other_names.create(name="Александр Грушко")
    muller = make_person(name="Jörg Müller-Łódź", slug="muller")
    nobody = make_person(name="Maria Hidden", slug="hidden", is_public=False)
    nato = make_organisation(
        name="North Atlantic Treaty Organization", short_name="NATO", slug="nato"
    )
    council = make_organisation(
        name="Russia-NATO Council",
        slug="council",
        background="A mechanism for consultation and dialogue.",
    )
    council.other_names.create(name="NRC")
    both = (
        f'<a data-person="{muller.slug}">Müller</a> met '
        f'<a data-organisation="{nato.slug}">NATO</a> and the '
        f'<a data-organisation="{council.slug}">council</a>.'
    )
    harbours = story(
        "harbours", 1, "Harbours reopen", f"Ferries sail again. {both}", section=sea
    )
    quote = make_quote(
        harbours, mark="h1", words="We counted the ferries twice.", speaker=grushko
    )
    make_quote(
        harbours, mark="h2", kind="indirect", words="the tide was high", speaker=muller
    )
    dialogue = story(
        "dialogue",
        2,
        "A dialogue on fish",
        "The harbour is quiet. L’été à Besançon costs 1,500 euros.",
        section=land,
        standfirst="The e-mail of the state of the union",
    )
    make_quote(dialogue, mark="d1", words="No dialogue without fish.", speaker=nobody)
    make_quote(dialogue, mark="d2", words="Fish first.", organisation=nato)
    make_quote(
        dialogue, mark="d3", words="We counted the ferries twice.", repeats=quote
    )
    story(
        "russian", 3, "Переговоры о рыбе", "Министры говорили о диалоге.", language="ru"
    )
    story("chinese", 4, "中国政府的政策", "渔业政策很重要。", language="zh")
    story("greek", 5, "Ο ΔΙΆΛΟΓΟΣ", "Η θάλασσα.", language="el")
    story("arabic", 6, "مُحَمَّد في البحر", "قال الوزير.", language="ar")
    story("fishing", 7, "Fishing rights", "Dialogues end; a harbour master resigns.")
    story("draft", 8, "Dialogue in secret", "zebra", status="draft")
    story("later", 9, "Dialogue to come", "zebra").delete()
    tomorrow = timezone.now() + timedelta(days=1)
    make_article(
        headline="Dialogue tomorrow", published_at=tomorrow, body="<p>zebra</p>"
    )
    story("embargoed", 10, "Dialogue held", "zebra", embargoed_until=tomorrow)
    expired = timezone.now() - timedelta(minutes=1)
    story("expired", 11, "Dialogue past", "zebra", expires_at=expired)


# What is asked, and which stories, quotes, people and organisations are found. Where
# the order is part of the case, it is a list.
CASES = [
    # words, in any form and any case
    ("harbour", {"harbours", "dialogue", "fishing"}, set(), set(), set()),
    ("harbours", ["harbours", "fishing", "dialogue"], set(), set(), set()),
    ("HARBOUR", {"harbours", "dialogue", "fishing"}, set(), set(), set()),
    ("dialogue", ["dialogue", "fishing"], {"d1"}, set(), {"council"}),
    ("dialogues", ["dialogue", "fishing"], {"d1"}, set(), {"council"}),
    ("ferry", {"harbours", "dialogue"}, {"h1"}, set(), set()),
    ("fish", ["fishing", "dialogue"], {"d1", "d2"}, set(), set()),
    ("fishing", ["fishing", "dialogue"], {"d1", "d2"}, set(), set()),
    ("quiet harbour", {"dialogue"}, set(), set(), set()),
    ("harbour quiet", {"dialogue"}, set(), set(), set()),
    ("harbour zebra", set(), set(), set(), set()),
    ("tide", {"harbours"}, {"h2"}, set(), set()),
    ("consultation", set(), set(), set(), {"council"}),
    ("first", {"dialogue"}, {"d2"}, set(), set()),
    # phrases
    ('"harbour is quiet"', {"dialogue"}, set(), set(), set()),
    ('"quiet harbour"', set(), set(), set(), set()),
    ("“state of the union”", {"dialogue"}, set(), set(), set()),
    ("«state of the union»", {"dialogue"}, set(), set(), set()),
    ('"union of the state"', set(), set(), set(), set()),
    ('"counted the ferries" twice', {"harbours", "dialogue"}, {"h1"}, set(), set()),
    ('"harbour" quiet', {"dialogue"}, set(), set(), set()),
    ('"fish The harbour"', set(), set(), set(), set()),  # not over two texts
    (
        '"unclosed harbour',
        {"dialogue", "harbours", "fishing"} & set(),
        set(),
        set(),
        set(),
    ),
    ('"harbour', {"dialogue", "harbours", "fishing"}, set(), set(), set()),
    # in one piece
    ("e-mail", {"dialogue"}, set(), set(), set()),
    ("mail-e", set(), set(), set(), set()),
    ("1,500", {"dialogue"}, set(), set(), set()),
    ("500,1", set(), set(), set(), set()),
    # diacritics and letters of their own
    ("besancon", {"dialogue"}, set(), set(), set()),
    ("Besançon", {"dialogue"}, set(), set(), set()),
    ("été", {"dialogue"}, set(), set(), set()),
    ("l'ete", {"dialogue"}, set(), set(), set()),
    ("muller", {"harbours"}, {"h2"}, {"muller"}, set()),
    ("Müller", {"harbours"}, {"h2"}, {"muller"}, set()),
    ("MULLER LODZ", set(), {"h2"}, {"muller"}, set()),
    ("jorg", set(), {"h2"}, {"muller"}, set()),
    # names
    ("grushko", set(), {"h1"}, {"grushko"}, set()),
    ("Alexander Grushko", set(), {"h1"}, {"grushko"}, set()),
    ("Грушко", set(), {"h1"}, {"grushko"}, set()),
    ("грушко александр", set(), {"h1"}, {"grushko"}, set()),
    ("Hidden", set(), set(), set(), set()),  # no page, and no name in our index
    ("NATO", {"harbours"}, {"d2"}, set(), ["nato", "council"]),
    ("nato", {"harbours"}, {"d2"}, set(), ["nato", "council"]),
    ("North Atlantic Treaty Organisation", set(), set(), set(), set()),
    ("North Atlantic Treaty Organization", set(), {"d2"}, set(), ["nato"]),
    ("NRC", set(), set(), set(), ["council"]),
    ("Russia-NATO Council", set(), set(), set(), ["council"]),
    ("NATO-Russia", set(), set(), set(), set()),
    ("council", {"harbours"}, set(), set(), {"council"}),
    # other scripts
    ("рыба", {"russian"}, set(), set(), set()),
    ("ПЕРЕГОВОРЫ", {"russian"}, set(), set(), set()),
    ("министр", {"russian"}, set(), set(), set()),
    ("диалог", {"russian"}, set(), set(), set()),
    ("政府", {"chinese"}, set(), set(), set()),
    ("府政", set(), set(), set(), set()),
    ("政策", ["chinese"], set(), set(), set()),
    ("διάλογος", {"greek"}, set(), set(), set()),
    ("ΘΑΛΑΣΣΑ", {"greek"}, set(), set(), set()),
    ("محمد", {"arabic"}, set(), set(), set()),
    ("مُحَمَّد", {"arabic"}, set(), set(), set()),
    # nothing that readers may not have
    ("zebra", set(), set(), set(), set()),
    ("secret", set(), set(), set(), set()),
    ("tomorrow", set(), set(), set(), set()),
    # nothing asked
    ("", set(), set(), set(), set()),
    ("   ", set(), set(), set(), set()),
    ("?!", set(), set(), set(), set()),
]


def found(client, text, **more):
    return client.get("/search/", {"q": text, **more}).context["results"]


def names(results, kind):
    def name(thing):
        return thing.mark if isinstance(thing, Quote) else thing.slug

    return [
        name(hit.thing)
        for part in results.parts
        if part.kind == kind
        for hit in part.hits
    ]


def test_what_is_found(client, archive):
    """In one archive: what differs is named by what was asked and by kind."""
    wrong = {}
    for text, *expected in CASES:
        results = found(client, text)
        for part, wanted in zip(results.parts, expected, strict=True):
            listed = names(results, part.kind)
            got = listed if isinstance(wanted, list) else set(listed)
            if got != wanted or part.count != len(listed) != len(wanted):
                wrong[text, part.kind] = listed
    assert wrong == {}
    assert len(CASES) >= 60


# What narrows a search, and what of the words below it leaves.
NARROWED = [
    ({"section": "sea"}, ["harbours"], ["h1", "h2"]),
    ({"section": "land"}, ["dialogue", "fishing"], ["d1", "d2"]),
    ({"speaker": "grushko"}, ["harbours"], ["h1"]),
    ({"speaker": "hidden"}, [], []),
    ({"organisation": "nato"}, ["harbours", "dialogue"], ["d2"]),
    ({"said_as": "indirect"}, ["harbours"], ["h2"]),
    ({"from": "2024-05-02"}, ["dialogue", "fishing"], ["d1", "d2"]),
    ({"to": "2024-05-01"}, ["harbours"], ["h1", "h2"]),
    ({"from": "2024-05-01", "to": "2024-05-02"}, ["harbours", "dialogue"], None),
    (
        {"from": "yesterday", "section": "'; --"},
        ["harbours", "dialogue", "fishing"],
        None,
    ),
]
WORDS_OF = {"h1": "ferries", "h2": "tide", "d1": "dialogue", "d2": "first"}


def test_what_narrows_a_search(client, archive):
    for narrowed, stories, quotes in NARROWED:
        by_harbour = found(client, "harbour", **narrowed)
        assert set(names(by_harbour, "story")) == set(stories), narrowed
        for mark, words in WORDS_OF.items() if quotes is not None else ():
            is_found = mark in names(found(client, words, **narrowed), "quote")
            assert is_found == (mark in quotes), (narrowed, mark)


def test_a_question_is_understood_and_helped_where_nothing_is_found(client, archive):
    results = found(client, "What Grushko said about ferries?")
    assert results.speaker.slug == "grushko"
    assert names(results, "quote") == ["h1"]
    assert names(found(client, "what Müller said about ferries"), "quote") == []
    results = found(client, "Grushkow")
    assert [record.slug for record in results.alike] == ["grushko"]
    results = found(client, "harbour zebra")
    assert [word for word, _query in results.fewer] == ["harbour"]
    page = client.get("/search/", {"q": "harbour zebra"}).content.decode()
    assert "Nothing was found" in page
    assert 'content="noindex"' in page


HOSTILE = [
    '"',
    "'",
    "\0",
    "a\0b",
    "*",
    "harbour*",
    "^harbour",
    "harbour NOT fish",
    "NEAR(a b)",
    "a:b",
    "{a b} : c",
    "col:val -x +y",
    "(((",
    ")))",
    "' OR 1=1 --",
    "'; DROP TABLE articles_article; --",
    "<script>alert(1)</script>",
    "%s %(x)s {}",
    "\\",
    "& | ! <->",
    "🙂🙂",
    "\ud83d",
    "a" * 10_000,
    "a " * 5_000,
    '"' * 10_000,
    "“" * 3_000 + "a",
    "\u0301" * 500,
    "\u202e\u200b\ufeff",
    "what  said about ",
    "what (((( said about ))))",
    "ﷺ" * 300,
]


def test_a_hostile_query_is_answered(client, archive):
    for text in HOSTILE:
        text = text.encode("utf-8", "replace").decode()
        for more in ({}, {"kind": "story", "order": "'", "from": text[:50]}):
            response = client.get("/search/", {"q": text, **more})
            assert response.status_code == 200
            assert "<script>alert" not in response.content.decode()
    for after in ("9.x", "1.-1", "99.9", "0." + "9" * 30, "\0", "1.1.1"):
        ask = {"q": "harbour", "kind": "story", "after": after}
        assert client.get("/search/", ask).status_code == 200


def test_pages_of_results_show_each_once(client):
    for number in range(45):
        title = "Harbour" if number % 3 == 0 else "Ferry"
        make_article(headline=f"{title} {number}", body="<p>harbour</p>")
    ask, seen, titled = {"q": "harbour", "kind": "story"}, [], []
    while True:
        response = client.get("/search/", ask)
        part = response.context["results"].parts[0]
        seen += [hit.thing.pk for hit in part.hits]
        titled += [hit.thing.headline.startswith("Harbour") for hit in part.hits]
        if not part.after:
            break
        ask["after"] = part.after
    assert len(seen) == len(set(seen)) == 45
    assert titled == sorted(titled, reverse=True)


def test_many_are_not_counted_out(client):
    section = make_section()
    for number in range(102):
        make_article(headline=f"Harbour {number}", section=section)
    page = client.get("/search/", {"q": "harbour"})
    assert not page.context["results"].is_counted
    assert "over 100" in page.content.decode()


def test_the_index_follows_every_verb(client, editor):
    article = make_article(status="draft", published_at=None, headline="Zebra one")
    quote = make_quote(article, words="Zebras are striped.")

    def shown():
        results = found(client, "zebra")
        return len(names(results, "story")), len(names(results, "quote"))

    assert shown() == (0, 0)
    publishing.publish(article, by=editor)
    assert shown() == (1, 1)
    right = "Zebras are spotted."
    correct_quote(quote, by=editor, text="Wrong.", words=right)
    assert names(found(client, "spotted"), "quote") == [quote.mark]
    assert names(found(client, "striped"), "quote") == []
    withdraw_quote(quote, by=editor, text="Nobody said it.")
    assert shown() == (1, 0)
    publishing.unpublish(article, by=editor)
    assert shown() == (0, 0)
    publishing.publish(article, by=editor)
    assert shown()[0] == 1
    publishing.kill(article, by=editor, reason="Wrong")
    assert shown() == (0, 0)
    assert not SearchEntry.objects.filter(story=article).exists()


def test_a_person_is_found_by_a_new_name_at_once(client, archive):
    person = Quote.objects.get(mark="h1").speaker
    name = person.other_names.create(name="Zorro")
    settle_for([name])
    assert names(found(client, "zorro"), "person") == ["grushko"]
    assert names(found(client, "zorro"), "quote") == ["h1"]


def test_the_newest_first_if_asked_for_and_a_story_moves_in_time(client, archive):
    listed = names(found(client, "harbour", order="newest"), "story")
    assert listed == ["fishing", "dialogue", "harbours"]
    article = Article.objects.get(slug="harbours")
    article.published_at = datetime(2024, 6, 1, tzinfo=UTC)
    article.save()
    settle(article)
    listed = names(found(client, "harbour", order="newest"), "story")
    assert listed == ["harbours", "fishing", "dialogue"]


def test_a_rebuilt_index_finds_the_same(client, archive):
    def all_found():
        results = [found(client, text) for text, *_expected in CASES[::9]]
        kinds = ("story", "quote", "person", "organisation")
        return [[names(result, kind) for kind in kinds] for result in results]

    before = all_found()
    SearchEntry.objects.all().delete()
    assert all_found() != before
    call_command("rebuild_search", stderr=StringIO())
    assert all_found() == before


def test_a_search_costs_the_same_in_a_larger_archive(client, archive):
    client.get("/people/")  # what every page prints of the site
    with CaptureQueriesContext(connection) as few:
        client.get("/search/", {"q": "dialogue"})
    for number in range(30):
        make_quote(make_article(headline=f"Dialogue {number}"), words="Dialogues, all.")
    client.get("/people/")
    with CaptureQueriesContext(connection) as many:
        client.get("/search/", {"q": "dialogue"})
    assert len(many) == len(few) <= 7 + OF_THE_SITE


def test_hits_are_marked_and_the_rest_is_text_also_in_the_form(client, archive):
    make_article(headline="Harbour & <b>bold</b>", body="<p>x</p>")
    page = client.get("/search/", {"q": "harbours"}).content.decode()
    assert '<mark class="found">Harbour</mark> &amp; &lt;b&gt;bold' in page
    page = client.get("/search/", {"q": 'a "b" <c>', "section": "sea"}).content.decode()
    assert 'value="a &quot;b&quot; &lt;c&gt;"' in page
    assert '<option value="sea" selected>' in page
    assert Asked.read({"q": "x", "section": "sea"}).query() == "q=x&section=sea"


def test_a_snippet_stands_where_most_of_the_terms_do():
    text = "harbour " + "nothing " * 60 + "the quiet harbour " + "much " * 60
    pieces = snippet(text, [("harbour",), ("quiet",)])
    assert [text for text, is_sought in pieces if is_sought] == ["quiet", "harbour"]
    assert pieces[0] == ("… ", False)
    assert "".join(text for text, _sought in snippet("Short.", [("x",)])) == "Short."


def test_stems_have_no_signs():
    text = "NATO’s e-mail, L’été; Łódź: ﬁne Гру́шко синий 中国 don't _x_"
    assert stems(text) == ("nato e mail ete lodz fine грушк син 中 国 dont x".split())
