"""How long a story takes, and what to read after it."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.publishing import settle
from articles.reading_time import minutes_to_read
from tests.factories import (
    DAY,
    make_article,
    make_organisation,
    make_person,
    make_section,
)


@pytest.mark.parametrize(
    ("words", "language", "minutes"),
    [
        ("", "en", 1),
        ("word " * 228, "en", 1),
        ("word " * 229, "en-GB", 2),
        ("слово " * 230, "ru", 2),
        ("it’s " * 228, "en", 1),
        ("字" * 256, "zh-Hans", 2),
        ("word " * 20_000, "en", 88),
    ],
)
def test_a_story_says_how_long_it_takes_to_read(words, language, minutes):
    html = f'<p><a class="person" href="/a-b-c/" data-x="1 2 3">{words}</a></p>'
    assert minutes_to_read(html, language) == minutes


def naming(*records, **fields):
    marks = "".join(
        f'<a data-{record._meta.model_name}="{record.slug}">{record.name}</a> '
        for record in records
    )
    return make_article(body=f"<p>About {marks}</p>", **fields)


def more_on_this(client, story):
    html = client.get(story.get_absolute_url()).content.decode()
    found = re.search(r'<section class="band related".*?</section>', html, re.S)
    return re.findall(r"<h3><a[^>]*>(.*?)</a>", found[0]) if found else []


def test_a_story_leads_to_those_on_the_same_people_and_organisations(client, db):
    person, organisation = make_person(), make_organisation()
    story = naming(person, organisation)
    other = make_section(name="Elsewhere")
    later = DAY + timedelta(days=1)
    naming(person, headline="One in common", section=other, published_at=later)
    naming(person, organisation, headline="Both in common", section=other)
    naming(organisation, headline="Another", section=other)
    make_article(headline="Nothing in common", section=other)
    expected = ["Both in common", "One in common", "Another"]
    assert more_on_this(client, story) == expected


def test_where_few_are_related_the_newest_of_the_section_stand_beside_them(client, db):
    person, section = make_person(), make_section()
    story = naming(person, section=section)
    naming(person, headline="In common", section=make_section())
    for number in range(4):
        at = DAY + timedelta(hours=number)
        make_article(headline=f"Beside {number}", section=section, published_at=at)
    expected = ["In common", "Beside 3", "Beside 2"]
    assert more_on_this(client, story) == expected


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "draft", "published_at": None},
        {"embargoed_until": DAY + timedelta(days=100_000)},
        {"expires_at": DAY + timedelta(days=1)},
        {"status": "killed"},
    ],
    ids=["draft", "embargoed", "expired", "killed"],
)
def test_no_story_leads_to_one_that_is(client, db, fields):
    person = make_person()
    story = naming(person)
    naming(person, headline="Unseen", **fields)
    assert "Unseen" not in client.get(story.get_absolute_url()).content.decode()


def test_what_is_related_costs_as_much_for_many_stories_as_for_one(client, db):
    people = [make_person() for _number in range(10)]
    story = naming(*people)
    naming(*people)
    client.get(story.get_absolute_url())
    with CaptureQueriesContext(connection) as few:
        client.get(story.get_absolute_url())
    for _number in range(20):
        naming(*people)
    with CaptureQueriesContext(connection) as many:
        assert len(more_on_this(client, story)) == 4
    assert len(many) <= len(few)


def test_the_paragraph_on_the_council_stands_apart_as_background(client, tass):
    html = client.get(tass.get_absolute_url()).content.decode()
    assert html.count('class="aside-background"') == 1
    council = tass.mentions.get(organisation__slug="russia-nato-council").organisation
    council.background = "Changed."
    council.save()
    settle(tass)
    html = client.get(tass.get_absolute_url()).content.decode()
    assert "aside-background" not in html
