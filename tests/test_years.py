"""Somebody with more quotes than a page holds: the years lead into them."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.correcting import withdraw_quote
from articles.models import Article, Position, Quote
from tests.factories import make_article, make_organisation, make_person, make_quote

pytestmark = pytest.mark.django_db

YEAR = re.compile(r'<a href="\?([\w-]*year=(\d+))#[^"]*"[^>]*>\d+</a> \((\d+)\)')


def said_in(year, number, **fields):
    """That many quotes, a story each."""
    quotes = []
    for day in range(number):
        at = datetime(year, 3, 1, 12, tzinfo=UTC) + timedelta(days=day)
        quotes.append(make_quote(make_article(published_at=at), **fields))
    return quotes


def read(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def years(html):
    return {int(year): int(number) for _, year, number in YEAR.findall(html)}


def words_on(html):
    return re.findall(r"</span>(We said so, number \d+)", html)


@pytest.fixture
def person():
    return make_person(name="Ada Marsh", slug="ada-marsh")


def test_a_person_of_twenty_quotes_has_no_years(client, person):
    said_in(2019, 10, speaker=person)
    said_in(2020, 10, speaker=person)
    assert years(read(client, "/people/ada-marsh/")) == {}


def test_a_person_of_more_has_the_years_with_counts_the_newest_first(client, person):
    said_in(2018, 2, speaker=person)
    said_in(2020, 22, speaker=person)
    html = read(client, "/people/ada-marsh/")
    assert list(years(html).items()) == [(2020, 22), (2018, 2)]
    assert len(words_on(html)) == 20


def test_a_year_leads_to_its_quotes_and_their_older_pages_stay_in_it(client, person):
    early = said_in(2018, 2, speaker=person)
    said_in(2020, 22, speaker=person)
    page = "/people/ada-marsh/?year=2018"
    html = read(client, page)
    assert words_on(html) == [quote.words.rstrip(".") for quote in reversed(early)]
    assert 'href="?year=2018#words" aria-current="true"' in html
    assert f'rel="canonical" href="http://127.0.0.1:8000{page}"' in html
    html = read(client, "/people/ada-marsh/?year=2020")
    older = re.search(r'href="\?(year=2020&amp;older=[^"]+)"', html)[1]
    html = read(client, f"/people/ada-marsh/?{older.replace('&amp;', '&')}")
    assert len(words_on(html)) == 2
    assert years(html) == {2020: 22, 2018: 2}
    assert 'href="?year=2020&amp;newer=' in html


@pytest.mark.parametrize("year", ["2019", "x", "0", "99999", "\x00", "٢٠١٨"])
def test_a_year_without_quotes_is_ignored(client, person, year):
    said_in(2018, 1, speaker=person)
    said_in(2020, 20, speaker=person)
    html = client.get("/people/ada-marsh/", {"year": year}).content.decode()
    assert len(words_on(html)) == 20
    assert "aria-current" not in html


def test_quotes_that_readers_do_not_find_are_not_counted(client, person):
    said_in(2018, 3, speaker=person)
    first = said_in(2020, 20, speaker=person)[0]
    now = timezone.now()
    hidden = said_in(2018, 7, speaker=person)
    for quote, state in zip(
        hidden,
        [
            {"status": "draft", "published_at": None},
            {"status": "killed"},
            {"status": "spiked"},
            {"embargoed_until": now + timedelta(days=1)},
            {"expires_at": now},
        ],
        strict=False,
    ):
        Article.objects.filter(pk=quote.article_id).update(**state)
    Quote.objects.filter(pk=hidden[5].pk).update(dropped_at=now)
    withdraw_quote(hidden[6], by=None, text="Somebody else said it.")
    again = said_in(2021, 1, speaker=person)[0]
    Quote.objects.filter(pk=again.pk).update(repeats=first)
    assert years(read(client, "/people/ada-marsh/")) == {2020: 20, 2018: 3}
    only_there = said_in(2015, 1, speaker=person)[0]
    assert 2015 in years(read(client, "/people/ada-marsh/"))
    Article.objects.filter(pk=only_there.article_id).update(status="killed")
    html = read(client, "/people/ada-marsh/?year=2015")
    assert 2015 not in years(html)
    assert only_there.words not in html


def test_a_year_is_that_of_the_site(client, person, settings):
    said_in(2020, 20, speaker=person)
    new_year = datetime(2018, 12, 31, 23, 30, tzinfo=UTC)
    make_quote(make_article(published_at=new_year), speaker=person)
    settings.TIME_ZONE = "Europe/Moscow"
    timezone.get_default_timezone.cache_clear()
    try:
        assert years(read(client, "/people/ada-marsh/")) == {2020: 20, 2019: 1}
        assert len(words_on(read(client, "/people/ada-marsh/?year=2019"))) == 1
    finally:
        settings.TIME_ZONE = "UTC"
        timezone.get_default_timezone.cache_clear()


def test_an_organisation_has_the_years_of_each_of_its_lists(client, person):
    mill = make_organisation(name="Mill", slug="mill")
    post = Position.objects.create(person=person, title="Miller", organisation=mill)
    said_in(2018, 1, speaker=person, position=post)
    said_in(2020, 20, organisation=mill)
    for quote in [*said_in(2017, 1), *said_in(2020, 20)]:
        quote.organisations.add(mill)
    html = read(client, "/organisations/mill/")
    assert "?speaking-year=2018#speaking" in html
    assert "?about-year=2017#about" in html
    html = read(client, "/organisations/mill/?speaking-year=2018")
    assert len(words_on(html)) == 21  # one for it, and the first page of those about it


def test_years_cost_the_same_queries_for_many_quotes_of_many_years(client, person):
    def queries(address):
        read(client, "/people/")  # what every page prints of the site
        with CaptureQueriesContext(connection) as captured:
            read(client, address)
        return len(captured)

    said_in(2019, 12, speaker=person)
    said_in(2020, 12, speaker=person)
    addresses = ["/people/ada-marsh/", "/people/ada-marsh/?year=2020"]
    few = [queries(address) for address in addresses]
    for year in range(2010, 2019):
        said_in(year, 3, speaker=person)
    said_in(2020, 10, speaker=person)
    assert [queries(address) for address in addresses] == few


def test_the_years_of_a_person_are_counted_along_the_index_of_speakers(person):
    if connection.vendor != "sqlite":
        pytest.skip("how SQLite plans it")
    quotes = Quote.objects.listed().filter(speaker=person)
    period = datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC)
    for rows in (quotes, quotes.printed_within(*period)):
        plan = rows.newest_first().explain()
        assert "quote_newest_by_speaker (speaker_id=?" in plan
