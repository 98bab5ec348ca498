"""What other sites show of ours: a quote in a frame, and what oEmbed tells of it."""

import json
from html.parser import HTMLParser
from urllib.parse import quote as quoted
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from django.test import Client

from articles.correcting import correct, correct_quote, withdraw_quote
from articles.models import Masthead
from tests.factories import make_article, make_person, make_quote
from tests.test_visibility import (
    HIDDEN,
    STATES,
    WAS_PUBLIC,
    stories,  # noqa: F401
)

pytestmark = pytest.mark.django_db

SITE = "https://news.example"


@pytest.fixture(autouse=True)
def _at_home(settings):
    settings.SITE_ADDRESS = SITE


@pytest.fixture
def quote(db):
    chair = make_person(name="Oduya Marsh")
    story = make_article(headline="The harbour <stays> & stays")
    return make_quote(story, words="We never met.", speaker=chair, role="the chair")


class Elements(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.found, self.text = [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data

    def of(self, tag):
        return [attributes for name, attributes in self.found if name == tag]


def asked(url, **parameters):
    return Client().get(f"/oembed?{urlencode({'url': url} | parameters)}")


def told(url, **parameters):
    response = asked(url, **parameters)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    return json.loads(response.content)


def address_of(record):
    return SITE + record.get_absolute_url()


# The frame


def embed(quote):
    response = Client().get(quote.get_embed_url())
    assert response.status_code == 200
    return Elements(response.content.decode())


def policy_of(response):
    parts = response["Content-Security-Policy"].split(";")
    return dict(part.strip().split(" ", 1) for part in parts)


def test_a_frame_has_the_words_who_said_them_when_and_where(quote):
    page = embed(quote)
    links = {of["href"] for of in page.of("a")}
    assert "“We never met.”" in page.text
    assert {"Oduya Marsh", "the chair", "Newsroom"} <= set(
        map(str.strip, page.text.splitlines())
    )
    assert "Quote, 4 May 2020" in page.text
    assert "In The harbour <stays> & stays" in page.text
    assert {
        quote.speaker.get_absolute_url(),
        quote.get_place_url(),
        quote.get_absolute_url(),
        "/",
    } <= links
    assert page.of("base") == [{"target": "_blank"}]
    assert not page.of("script")
    assert {"name": "robots", "content": "noindex"} in page.of("meta")
    assert {"rel": "canonical", "href": address_of(quote)} in page.of("link")


def test_every_site_may_frame_a_quote_and_nothing_else_of_ours(quote):
    response = Client().get(quote.get_embed_url())
    policy = policy_of(response)
    assert policy.pop("frame-ancestors") == "*"
    assert policy.pop("style-src") == policy.pop("font-src") == "'self'"
    assert set(policy.values()) == {"'none'"}
    assert "X-Frame-Options" not in response
    for record in (quote, quote.article, quote.speaker):
        response = Client().get(record.get_absolute_url())
        assert policy_of(response)["frame-ancestors"] == "'none'"
        assert response["X-Frame-Options"] == "DENY"


def test_a_frame_has_the_colour_of_the_site(quote):
    Masthead.objects.create(accent="#7a1f2b")
    response = Client().get(quote.get_embed_url())
    assert "--voice:#7a1f2b" in response.content.decode()
    assert policy_of(response)["style-src"].startswith("'self' 'sha256-")
    assert policy_of(response)["frame-ancestors"] == "*"


def test_reported_words_have_no_marks_in_a_frame():
    page = embed(make_quote(make_article(), words="Never.", kind="indirect"))
    assert "“" not in page.text
    assert "reported, not word for word" in page.text


def test_a_correction_shows_in_the_frame(quote, editor):
    correct_quote(quote, by=editor, words="We met once.", text="They did meet.")
    page = embed(quote)
    assert "“We met once.”" in page.text
    assert "They did meet." in page.text
    assert "Was: “We never met.”" in page.text


def test_a_withdrawn_quote_says_so_in_the_frame_and_why(quote, editor):
    withdraw_quote(quote, by=editor, text="It was somebody else.")
    page = embed(quote)
    assert "This quote was withdrawn." in page.text
    assert "It was somebody else." in page.text
    assert "met" not in page.text
    assert quote.get_absolute_url() in {of["href"] for of in page.of("a")}


def test_a_quote_of_a_retracted_story_says_so_in_the_frame(quote, editor):
    correct(quote.article, by=editor, kind="retraction", text="All of it was wrong.")
    page = embed(quote)
    assert "The story that carried these words is retracted." in page.text
    assert "met" not in page.text


def test_a_repeated_quote_is_framed_at_its_first_use(quote):
    again = make_quote(
        make_article(), words=quote.words, speaker=quote.speaker, repeats=quote
    )
    response = Client().get(again.get_embed_url())
    assert response.status_code == 302
    assert response["Location"] == quote.get_embed_url()


@pytest.mark.parametrize("state", STATES)
def test_no_frame_shows_a_quote_of_a_story_that_is(stories, state):  # noqa: F811
    for quote in stories[state].quotes.all():
        response = Client().get(quote.get_embed_url())
        assert HIDDEN not in response.content.decode()
        if state in WAS_PUBLIC:  # and the frame that showed it says so
            assert response.status_code == 410
            assert b"taken down" in response.content
            assert policy_of(response)["frame-ancestors"] == "*"
        else:
            assert response.status_code == 404


def test_the_page_of_a_quote_gives_the_code_of_its_frame(quote, editor):
    html = Client().get(quote.get_absolute_url()).content.decode()
    (code,) = Elements(html.split("<code>")[1].split("</code>")[0]).text.splitlines()
    (frame,) = Elements(code).of("iframe")
    assert frame["src"] == SITE + quote.get_embed_url()
    assert frame["title"] == "Quote: Oduya Marsh, 4 May 2020"
    withdraw_quote(quote, by=editor, text="It was somebody else.")
    assert "iframe" not in Client().get(quote.get_absolute_url()).content.decode()


# oEmbed


def test_a_quote_is_told_as_a_frame(quote):
    said = told(address_of(quote))
    assert (said["version"], said["type"]) == ("1.0", "rich")
    assert (said["provider_name"], said["provider_url"]) == ("Newsroom", f"{SITE}/")
    assert said["title"] == "Quote: Oduya Marsh, 4 May 2020"
    assert said["author_name"] == "Oduya Marsh"
    assert said["author_url"] == address_of(quote.speaker)
    (frame,) = Elements(said["html"]).of("iframe")
    assert frame["src"] == SITE + quote.get_embed_url()
    assert (int(frame["width"]), int(frame["height"])) == (
        said["width"],
        said["height"],
    )
    assert Client().get(said["thumbnail_url"].removeprefix(SITE)).status_code == 200


def test_a_story_is_told_as_a_link_with_its_card(quote):
    story = quote.article
    said = told(address_of(story))
    assert (said["type"], said["title"]) == ("link", story.headline)
    assert "html" not in said
    assert (said["thumbnail_width"], said["thumbnail_height"]) == (1200, 630)
    html = Client().get(story.get_absolute_url()).content.decode()
    assert f'og:image" content="{said["thumbnail_url"]}"' in html


def test_xml_says_the_same_as_json(quote):
    for record in (quote, quote.article):
        response = asked(address_of(record), format="xml")
        assert response["Content-Type"] == "text/xml; charset=utf-8"
        root = ElementTree.fromstring(response.content)
        assert root.tag == "oembed"
        said = {name: str(value) for name, value in told(address_of(record)).items()}
        assert {element.tag: element.text for element in root} == said


def test_programs_discover_it_on_the_page(quote):
    for record in (quote, quote.article):
        html = Client().get(record.get_absolute_url()).content.decode()
        found = {of.get("type"): of["href"] for of in Elements(html).of("link")}
        for kind in ("application/json+oembed", "text/xml+oembed"):
            response = Client().get(found[kind].removeprefix(SITE))
            assert response.status_code == 200
            assert response["Content-Type"].split(";")[0] == kind.replace("+oembed", "")


@pytest.mark.parametrize(("width", "height"), [(320, 120), (90, 50), (1, 1), (400, "")])
def test_nothing_is_larger_than_was_asked_for(quote, width, height):
    said = told(address_of(quote), maxwidth=width, maxheight=height)
    assert said["width"] <= width
    assert not height or said["height"] <= height
    assert "thumbnail_url" not in said


@pytest.mark.parametrize("limit", ["", "0", "-5", "wide", "1e3", "9" * 5000, "٣٠٠"])
def test_nonsense_limits_nothing(quote, limit):
    assert told(address_of(quote), maxwidth=limit, maxheight=limit) == told(
        address_of(quote)
    )


@pytest.mark.parametrize("form", ["yaml", "", "JSON", "xml\0"])
def test_other_formats_are_not_written(quote, form):
    assert asked(address_of(quote), format=form).status_code == 501


def test_former_and_other_addresses_lead_to_the_same(quote):
    again = make_quote(
        make_article(), words=quote.words, speaker=quote.speaker, repeats=quote
    )
    same = told(address_of(quote))
    for address in (
        address_of(again),
        address_of(quote).removesuffix("/"),
        address_of(quote).replace("https:", "http:"),
        f"{address_of(quote)}?utm_source=x#said",
        SITE + quote.get_embed_url(),
    ):
        assert told(address) == same
    story = quote.article
    wrong_day = address_of(story).replace("/2020/05/04/", "/2019/1/1/")
    assert told(wrong_day) == told(address_of(story))


@pytest.mark.parametrize("state", STATES)
def test_oembed_does_not_know_a_story_that_is(stories, state):  # noqa: F811
    story = stories[state]
    day = f"{SITE}/2026/01/01/{story.slug}/"
    for address in (day, *map(address_of, [story, *story.quotes.all()])):
        response = asked(address)
        assert response.status_code == 404
        assert HIDDEN not in response.content.decode()


def test_a_quote_that_does_not_stand_is_told_without_a_name(quote, editor):
    withdraw_quote(quote, by=editor, text="It was somebody else.")
    said = told(address_of(quote))
    assert said["title"] == "This quote was withdrawn."
    assert "Marsh" not in json.dumps(said)


@pytest.mark.parametrize("kind", ["private", "unnamed"])
def test_who_is_not_named_on_our_pages_is_not_named_elsewhere(kind):
    who = {"unnamed_source": "a diplomat"}
    if kind == "private":
        hidden = make_person(name=f"{HIDDEN} Name", is_public=False)
        who = {"speaker": hidden, "role": "a baker"}
    quote = make_quote(make_article(), **who)
    said = told(address_of(quote))
    assert said["author_name"] in ("a diplomat", "a baker")
    assert "author_url" not in said
    assert HIDDEN not in json.dumps(said) + embed(quote).text


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/",
        "https://",
        "http://[",
        "https://[::1",
        "https://news.example",
        "https://news.example/",
        "https://news.example/search/?q=x",
        "https://news.example/admin/",
        "https://news.example/quotes/not-a-uuid/",
        "https://news.example/quotes/00000000-0000-0000-0000-000000000000/",
        "https://news.example/9999/99/99/x/",
        "https://news.example/2020/01/01/%00/",
        "https://news.example/%ff%fe/",
        "https://news.example:99999/",
        "https://user@news.example/",
        "https://news.example.evil.example/",
        "https://evil.example/quotes/",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://news.example/" + "a" * 100_000,
        "https://news.example/\ud800".encode("utf-8", "surrogatepass"),
        "<script>alert(1)</script>",
    ],
)
def test_every_other_address_is_not_found(url):
    response = Client().get(f"/oembed?url={quoted(url)}")
    assert response.status_code == 404
    assert "<script" not in response.content.decode()
