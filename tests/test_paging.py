from base64 import urlsafe_b64encode
from datetime import timedelta
from urllib.parse import parse_qsl

import pytest

from articles.models import Article, Organisation, Person, Quote
from articles.paging import paginate
from tests.factories import (
    DAY,
    make_article,
    make_organisation,
    make_person,
    make_quote,
)

pytestmark = pytest.mark.django_db


def walk(rows, way, parameters, size):
    """The pages that one gets by following the links, and the query of the last."""
    pages = [paginate(rows, parameters, size=size)]
    while link := getattr(pages[-1], way):
        parameters = dict(parse_qsl(link))
        pages.append(paginate(rows, parameters, size=size))
        assert len(pages) < 100, "the links lead in a circle"
    return [list(page) for page in pages], parameters


def stories(number):
    """Some share a time, some are a microsecond apart."""
    for index in range(number):
        make_article(published_at=DAY + timedelta(microseconds=index // 3))
    return Article.objects.published().newest_first()


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 8])
@pytest.mark.parametrize("number", [0, 1, 7])
def test_following_older_gives_every_row_once_and_newer_leads_back(number, size):
    rows = stories(number)

    pages, last = walk(rows, "older", {}, size)

    assert [row for page in pages for row in page] == list(rows)
    assert all(len(page) == size for page in pages[:-1])
    back, _ = walk(rows, "newer", last, size)
    seen = [row for page in reversed(back) for row in page]
    assert seen == list(rows)


def test_an_ordering_may_mix_directions():
    for _ in range(3):
        article = make_article()
        for _ in range(3):
            make_quote(article)
    rows = Quote.objects.listed().newest_first()
    assert len({quote.listed_at for quote in rows}) == 1

    pages, last = walk(rows, "older", {}, 2)

    assert [row for page in pages for row in page] == list(rows)
    back, _ = walk(rows, "newer", last, 2)
    assert [row for page in reversed(back) for row in page] == list(rows)


def test_names_in_any_script_make_a_link():
    for name in ["Ωμέγα", "Ángel", "Angel", "Жук", "أحمد", "😀"] * 2:
        make_person(name=name, sort_name=name)
    rows = Person.objects.order_by("sort_name", "pk")

    pages, _ = walk(rows, "older", {}, 1)

    assert [row for page in pages for row in page] == list(rows)


def test_a_story_published_meanwhile_moves_no_row_to_another_page():
    rows = stories(6)
    first = paginate(rows, {}, size=3)
    expected = list(rows)[3:]
    make_article(published_at=DAY + timedelta(days=1))

    second = paginate(rows.all(), dict(parse_qsl(first.older)), size=3)

    assert list(second) == expected


def test_two_lists_of_one_page_are_paged_apart():
    for _ in range(4):
        make_organisation()
    rows = Organisation.objects.order_by("name", "pk")
    link = dict(parse_qsl(paginate(rows, {}, size=2, name="bodies").older))

    assert list(paginate(rows, link, size=2, name="bodies")) == list(rows)[2:]
    assert list(paginate(rows, link, size=2)) == list(rows)[:2]


def cursor(text):
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize("way", ["older", "newer"])
@pytest.mark.parametrize(
    "nonsense",
    [
        "x",
        "é",
        "\x00",
        "=====",
        "A" * 100_000,
        cursor("not json"),
        cursor("[" * 1500),
        cursor("null"),
        cursor("{}"),
        cursor("[]"),
        cursor('["2020-05-04T12:00:00+00:00"]'),
        cursor('["2020-05-04T12:00:00+00:00", 1, 1]'),
        cursor('["2020-05-04T12:00:00", 1]'),
        cursor('["2020-05-04", 1]'),
        cursor('["0001-01-01T00:00:00+23:59", 1]'),
        cursor('["9999-12-31T23:59:59-23:59", 1]'),
        cursor('["\\u0000", 1]'),
        cursor("[null, 1]"),
        cursor("[1, 1]"),
        cursor('[["a"], {"b": 1}]'),
        cursor('["2020-05-04T12:00:00+00:00", 1e400]'),
        cursor('["2020-05-04T12:00:00+00:00", NaN]'),
        cursor('["2020-05-04T12:00:00+00:00", true]'),
        cursor('["2020-05-04T12:00:00+00:00", "\\ud800"]'),
        cursor(f'["2020-05-04T12:00:00+00:00", {10**30}]'),
        cursor(f'["2020-05-04T12:00:00+00:00", {-(10**30)}]'),
    ],
)
def test_a_cursor_that_nobody_got_from_us_gives_the_first_page(way, nonsense):
    rows = stories(3)

    page = paginate(rows, {way: nonsense}, size=2)

    assert list(page) == list(rows)[:2]
    assert page.older
    assert not page.newer


@pytest.mark.parametrize("text", ['["\\u0000", 1]', '["\\ud800", 1]', '["", 1]'])
def test_a_cursor_of_odd_names_is_no_error(text):
    make_person()
    people = Person.objects.order_by("sort_name", "pk")
    assert len(paginate(people, {"older": cursor(text)})) <= 1


def test_a_page_costs_one_query_wherever_it_stands(django_assert_num_queries):
    rows = stories(9)
    first = paginate(rows, {}, size=3)
    second = paginate(rows, dict(parse_qsl(first.older)), size=3)
    for link in ("", first.older, second.older, second.newer):
        with django_assert_num_queries(1) as captured:
            paginate(rows, dict(parse_qsl(link)), size=3)
        assert "OFFSET" not in captured.captured_queries[0]["sql"]
        assert "LIMIT 4" in captured.captured_queries[0]["sql"]
