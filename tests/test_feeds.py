"""Feeds, as a reader's program takes them: by well-kept parsers."""

import json
import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from time import strptime

import feedparser
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.correcting import correct, correct_quote, withdraw_quote
from articles.models import Article, Correction, Masthead, Topic, Touch
from articles.publishing import kill
from tests.factories import (
    make_article,
    make_organisation,
    make_person,
    make_photo,
    make_quote,
)
from tests.pictures import drawn, file_of, upload
from tests.test_changes import publish_changes
from tests.test_visibility import HIDDEN, STATES, stories  # noqa: F401

pytestmark = pytest.mark.django_db

SITE = "https://news.example"
FILES = ["rss.xml", "atom.xml", "feed.json"]
XML = FILES[:2]
TYPES = {
    "rss.xml": "application/rss+xml; charset=utf-8",
    "atom.xml": "application/atom+xml; charset=utf-8",
    "feed.json": "application/feed+json; charset=utf-8",
}
NOW = timezone.now()


@pytest.fixture(autouse=True)
def _at_home(settings):
    settings.SITE_ADDRESS = SITE


def lists_of(story):
    """The address of each list that a story stands in, and what it says."""
    return [
        "/",
        story.section.get_absolute_url(),
        *(topic.get_absolute_url() for topic in story.topics.all()),
        *(quote.speaker.get_absolute_url() for quote in story.quotes.filter(mark="q1")),
        story.source.get_absolute_url(),
        "/quotes/",
        "/corrections/",
    ]


@pytest.fixture
def lists(tass):
    """Every kind of list, each with something in it."""
    tass.topics.add(Topic.objects.create(name="Dialogue", slug="dialogue"))
    correct(tass, by=None, text="It was Monday.", was="Tuesday", now="Monday")
    return lists_of(tass)


def parse(response):
    parsed = feedparser.parse(
        response.content, response_headers={"content-type": response["Content-Type"]}
    )
    assert not parsed.bozo, parsed.get("bozo_exception")
    return parsed


def checked_json(response):
    """Held against the rules of JSON Feed 1.1."""
    feed = json.loads(response.content)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"]
    kinds = {
        **dict.fromkeys(
            "title description home_page_url feed_url language".split(), str
        ),
        **dict.fromkeys("authors items".split(), list),
        **dict.fromkeys("id url title content_html summary image".split(), str),
        **dict.fromkeys("date_published date_modified".split(), str),
        **dict.fromkeys("tags attachments".split(), list),
        **dict.fromkeys("name mime_type".split(), str),
        "version": str,
        "size_in_bytes": int,
    }

    def check(one):
        for name, value in one.items():
            assert isinstance(value, kinds[name]), name
            assert value, f"{name} is left out where it is empty"
            if name.endswith("url") or name == "image":
                assert value.startswith("https://"), value
            for part in value if isinstance(value, list) else []:
                if isinstance(part, dict):
                    check(part)

    check(feed)
    for item in feed["items"]:
        assert {"id", "url", "content_html"} <= set(item)
        for name in ("date_published", "date_modified"):
            assert datetime.fromisoformat(item[name]).tzinfo
    keys = [item["id"] for item in feed["items"]]
    assert len(keys) == len(set(keys))
    return feed


def entries_of(client, page):
    """The same entries in each of the three formats: key, title, address."""
    found = []
    for file in FILES:
        response = client.get(page + file)
        assert response.status_code == 200, page
        if file == "feed.json":
            items = checked_json(response)["items"]
            found.append([(one["id"], one["title"], one["url"]) for one in items])
        else:
            entries = parse(response).entries
            found.append([(one.id, one.title, one.link) for one in entries])
    assert found[0] == found[1] == found[2], page
    return found[0]


class Links(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.addresses, self.tags, self.attributes = [], [], set()
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses += [value for name, value in attrs if name in ("href", "src")]


def test_every_list_has_its_feeds_in_three_formats(client, lists):
    for page in lists:
        assert entries_of(client, page), page
        for file in FILES:
            assert client.get(page + file)["Content-Type"] == TYPES[file]


def test_a_page_leads_to_its_feeds(client, lists):
    for page in lists:
        html = client.get(page).content.decode()
        links = re.findall(
            r'<link rel="alternate" type="(.*?)" title=".+?" href="(.*?)">', html
        )
        found = {address: kind for kind, address in links}
        assert set(found) == {page + file for file in FILES}
        for address, kind in found.items():
            assert client.get(address)["Content-Type"].startswith(kind)


@pytest.mark.parametrize("file", XML)
def test_a_feed_says_whose_it_is_where_and_in_which_language(client, lists, file):
    Masthead.objects.create(name="The Halden Post")
    for page in lists:
        feed = parse(client.get(page + file)).feed
        assert feed.title.startswith("The Halden Post")
        assert feed.subtitle
        assert feed.language == "en-GB"
        links = {link.rel: link.href for link in feed.links}
        assert links["self"] == f"{SITE}{page}{file}"
        assert links["alternate"] == f"{SITE}{page}"


@pytest.mark.parametrize("file", FILES)
def test_a_feed_carries_the_whole_story_with_whole_addresses(client, tass, file):
    response = client.get(f"/{file}")
    if file == "feed.json":
        html = checked_json(response)["items"][0]["content_html"]
    else:
        html = parse(response).entries[0].content[-1].value
    text = " ".join(re.sub("<[^>]+>", "", html).split())
    assert "shooting itself in the foot" in text
    assert "Moscow had never denied work in this format" in text
    assert "to-come" not in html
    links = Links(html)
    assert f"{SITE}/people/alexander-grushko/" in links.addresses
    assert all(address.startswith("https://") for address in links.addresses)
    assert links.attributes <= {"href", "src", "alt", "width", "height", "datetime"}
    assert not {"span", "picture", "source"} & set(links.tags)


@pytest.mark.parametrize("file", FILES)
def test_the_key_of_a_story_stays_when_its_address_changes(client, tass, file):
    def keys():
        return [key for key, _title, _address in entries_of(client, "/")]

    assert keys() == [tass.reference.urn]
    Article.objects.update(slug="another-slug")
    assert keys() == [tass.reference.urn]


def times_of(client, page="/"):
    """When the first entry was published and updated, alike in each format."""
    item = checked_json(client.get(page + "feed.json"))["items"][0]
    told = [
        datetime.fromisoformat(item[f"date_{w}"]) for w in ("published", "modified")
    ]
    for file in XML:
        entry = parse(client.get(page + file)).entries[0]
        for time, at in zip(
            told, (entry.published_parsed, entry.updated_parsed), strict=True
        ):
            assert at[:6] == time.utctimetuple()[:6], file
    return told


def test_updated_moves_on_a_correction_and_published_stays(client, tass):
    published, updated = times_of(client)
    assert published == updated == tass.published_at
    correct(tass, by=None, text="It was Monday.")
    published, updated = times_of(client)
    assert published == tass.published_at
    assert abs(updated - timezone.now()) < timedelta(minutes=1)
    for file in FILES:
        assert "It was Monday." in client.get(f"/{file}").content.decode()


def test_and_in_a_story_that_repeats_the_corrected_quote(client, tass):
    quote = tass.quotes.get(mark="q3")
    other = make_article(published_at=NOW - timedelta(days=1))
    make_quote(other, words=quote.words, speaker=quote.speaker, repeats=quote)
    words = quote.words.replace("endangers", "damages")
    correct_quote(quote, by=None, words=words, text="The word was another.")
    entry = parse(client.get("/atom.xml")).entries[0]
    assert entry.id == other.reference.urn
    assert "The word was another." in entry.content[0].value
    _published, updated = times_of(client)
    assert abs(updated - timezone.now()) < timedelta(minutes=1)


def test_updated_moves_on_a_change_that_readers_are_told_of_and_on_no_other(
    client, tass, editor
):
    publish_changes(tass, editor, is_substantial=False, headline="Tightened")
    assert times_of(client) == [tass.published_at] * 2
    publish_changes(tass, editor, headline="Another")
    published, updated = times_of(client)
    assert published == tass.published_at
    assert updated == tass.updated_at


@pytest.mark.parametrize("file", FILES)
def test_authors_are_those_of_the_bylines_who_are_public(client, tass, file):
    for name, is_public in [
        ("Ann Doe", True),
        ("Zxqv Private", False),
        ("Bo Ek", True),
    ]:
        person = make_person(name=name, slug=name[:2].lower(), is_public=is_public)
        tass.bylines.create(person=person, order=len(name))
    response = client.get(f"/{file}")
    assert "Zxqv" not in response.content.decode()
    if file == "feed.json":
        authors = checked_json(response)["items"][0]["authors"]
        assert authors[0] == {"name": "Bo Ek", "url": f"{SITE}/people/bo/"}
        names = [author["name"] for author in authors]
    else:
        names = [author.name for author in parse(response).entries[0].authors]
    assert names == ["Bo Ek", "Ann Doe"]


def test_a_story_without_a_byline_is_of_its_source(client, tass):
    entry = parse(client.get("/atom.xml")).entries[0]
    assert [author.name for author in entry.authors] == [tass.source.name]


def test_a_picture_comes_as_readers_get_it_with_its_credit(client, media):
    photo = make_photo(
        image=upload(file_of(drawn((900, 600)))), alt_text="A harbour", credit="Ann Doe"
    )
    make_article(lead_photo=photo)
    address = SITE + photo.rendition.url
    length = str(photo.rendition.size)
    for file in XML:
        entry = parse(client.get(f"/{file}")).entries[0]
        (enclosure,) = entry.enclosures
        assert (enclosure.href, enclosure.type) == (address, "image/jpeg")
        assert enclosure.length == length
        assert entry.media_content[0]["url"] == address
        assert entry.media_credit[0]["content"] == "Ann Doe"
        html = entry.content[-1].value
        assert address in Links(html).addresses
        assert "© Ann Doe" in html
    (item,) = checked_json(client.get("/feed.json"))["items"]
    assert item["image"] == address
    assert item["attachments"][0]["title"] == f"{photo.caption} © Ann Doe"
    for file in FILES:
        assert photo.image.name not in client.get(f"/{file}").content.decode()


def test_a_picture_whose_file_is_gone_breaks_no_feed(client, media):
    photo = make_photo(image=upload(file_of(drawn())), alt_text="A harbour")
    make_article(lead_photo=photo)
    photo.rendition.storage.delete(photo.rendition.name)
    for file in XML:
        assert not parse(client.get(f"/{file}")).entries[0].enclosures


def test_a_feed_has_the_fifty_newest(client, db):
    made = [
        make_article(published_at=NOW - timedelta(days=number)) for number in range(55)
    ]
    keys = [key for key, _title, _address in entries_of(client, "/")]
    assert keys == [story.reference.urn for story in made[:50]]


def test_a_feed_costs_the_same_however_much_is_in_it(client, tass, lists):
    def cost(address):
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        said = " ".join(query["sql"] for query in captured.captured_queries)
        assert "session" not in said
        assert "django_site" not in said
        return len(captured)

    few = {page: cost(f"{page}atom.xml") for page in lists}
    for number in range(12):
        other = make_article(
            section=tass.section,
            source=tass.source,
            lead_photo=make_photo(),
            body='<p><a data-person="alexander-grushko">Grushko</a> spoke.</p>',
        )
        other.topics.set(tass.topics.all())
        other.bylines.create(person=make_person())
        quote = tass.quotes.get(mark="q1")
        make_quote(other, speaker=quote.speaker, repeats=quote, kind="indirect")
        make_quote(other)
        correct(other, by=None, text=f"Correction {number}.")
    assert {page: cost(f"{page}atom.xml") for page in lists} == few
    assert max(few.values()) <= 8


@pytest.mark.parametrize("file", FILES)
def test_a_feed_that_has_not_changed_is_not_sent_again(client, tass, file):
    Touch.objects.update(touched_at=datetime(2016, 2, 1, tzinfo=UTC))
    first = client.get(f"/{file}")
    assert strptime(first["Last-Modified"], "%a, %d %b %Y %H:%M:%S GMT")[:3] == (
        2016,
        2,
        8,
    )
    assert not first.cookies
    assert "Cookie" not in first.get("Vary", "")
    by_tag = client.get(f"/{file}", headers={"if-none-match": first["ETag"]})
    since = {"if-modified-since": first["Last-Modified"]}
    by_time = client.get(f"/{file}", headers=since)
    for again in (by_tag, by_time):
        assert (again.status_code, again.content) == (304, b"")
    correct(tass, by=None, text="It was Monday.")
    assert client.get(f"/{file}", headers=since).status_code == 200
    tag = {"if-none-match": first["ETag"]}
    assert client.get(f"/{file}", headers=tag).status_code == 200


@pytest.mark.parametrize("file", FILES)
def test_an_embargo_that_ends_is_news_to_who_asks_for_news(client, tass, file):
    Touch.objects.update(touched_at=datetime(2016, 2, 1, tzinfo=UTC))
    first = client.get(f"/{file}")
    ended = timezone.now() - timedelta(minutes=1)
    make_article(
        published_at=tass.published_at - timedelta(days=9), embargoed_until=ended
    )
    since = {"if-modified-since": first["Last-Modified"]}
    assert client.get(f"/{file}", headers=since).status_code == 200


@pytest.mark.parametrize("file", FILES)
def test_an_empty_feed_is_one_too_and_stays_the_same(client, db, file):
    first = client.get(f"/{file}")
    if file == "feed.json":
        assert checked_json_of_nothing(first)
    else:
        assert parse(first).entries == []
    again = client.get(f"/{file}", headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304


def checked_json_of_nothing(response):
    return json.loads(response.content)["items"] == []


def test_a_killed_and_a_retracted_story_leave_every_feed(client, lists, tass):
    correct(tass, by=None, text="None of it holds.", kind="retraction")
    for page in lists[:-1]:
        for file in FILES:
            response = client.get(page + file)
            assert tass.headline not in response.content.decode()
    kill(tass, by=None, reason="It was invented.")
    for page in lists:
        for file in FILES:
            assert tass.headline not in client.get(page + file).content.decode()


def test_a_withdrawn_quote_leaves_its_feed(client, tass):
    quote = tass.quotes.get(mark="q3")
    assert quote.pk.urn in [key for key, *_ in entries_of(client, "/quotes/")]
    withdraw_quote(quote, by=None, text="He did not say so.")
    assert quote.pk.urn not in [key for key, *_ in entries_of(client, "/quotes/")]
    for page in ("/quotes/", "/corrections/"):
        for file in FILES:
            assert quote.words[:30] not in client.get(page + file).content.decode()


def test_no_feed_tells_of_what_readers_may_not_have(stories):  # noqa: F811
    for state, story in stories.items():
        pages = [*lists_of(story)[:4], "/organisations/union-" + state + "/"]
        pages += ["/", "/quotes/", "/corrections/", "/people/private/"]
        for page in pages:
            for file in FILES:
                response = Client().get(page + file)
                assert response.status_code in (200, 404), page
                text = response.content.decode()
                assert HIDDEN not in text, (page, file)
                assert not [name for name in STATES if f"-{name}/" in text]
    shown = Client().get("/atom.xml").content.decode()
    for text in ("Visible headline", "Visible author", "Visible correction"):
        assert text in shown
    assert "a baker: " in Client().get("/quotes/atom.xml").content.decode()


@pytest.mark.parametrize("file", FILES)
def test_a_former_address_leads_to_the_feed_in_one_hop(client, tass, file):
    organisation = make_organisation(name="Union", slug="union")
    make_article(source=organisation)
    organisation.former_addresses.create(slug="league")
    response = client.get(f"/organisations/league/{file}")
    assert response.status_code == 301
    assert response["Location"] == f"/organisations/union/{file}"
    assert client.get(f"/organisations/nothing/{file}").status_code == 404


HOSTILE = "<script>alert(1)</script> & ]]> “AT&T” <b>x</b>"


def test_what_looks_like_html_stays_text(client, db):
    story = make_article(headline=HOSTILE, standfirst=HOSTILE)
    Correction.objects.create(article=story, text=HOSTILE)
    make_quote(story, unnamed_source="a <b>source</b>", words="We & they <i>said</i>")
    for page in ("/", "/quotes/", "/corrections/"):
        for file in XML:
            (entry,) = parse(client.get(page + file)).entries
            assert "script" not in Links(entry.content[-1].value).tags
        (item,) = checked_json(client.get(page + "feed.json"))["items"]
        assert "script" not in Links(item["content_html"]).tags
    assert item["title"] == f"Correction: {HOSTILE}"
    entry = parse(client.get("/atom.xml")).entries[0]
    assert (entry.title_detail.type, entry.title) == ("text/plain", HOSTILE)


def test_words_in_another_language_say_so(client, db):
    make_article(headline="سلام", language="ar", body="<p>سلام</p>")
    entry = parse(client.get("/atom.xml")).entries[0]
    assert entry.content[0].language == "ar"
    assert 'dir="rtl"' in entry.content[0].value
    (item,) = checked_json(client.get("/feed.json"))["items"]
    assert item["language"] == "ar"
