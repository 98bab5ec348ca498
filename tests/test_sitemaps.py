"""Sitemaps, read by a parser of XML and held against what their schemas demand."""

from datetime import datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import sitemaps
from articles.correcting import correct, withdraw_quote
from articles.models import Article, Masthead, Organisation, Person
from articles.publishing import kill
from tests.factories import make_article, make_person, make_photo, make_quote
from tests.pictures import drawn, file_of, upload
from tests.test_visibility import HIDDEN, STATES, stories  # noqa: F401

pytestmark = pytest.mark.django_db

SITE = "https://news.example"
NOW = timezone.now()
SPACES = {
    "": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "image": "http://www.google.com/schemas/sitemap-image/1.1",
    "news": "http://www.google.com/schemas/sitemap-news/0.9",
}
# What may stand in an element, in the order of the schemas.
PARTS = {
    "sitemapindex": ["sitemap"],
    "sitemap": ["loc", "lastmod"],
    "urlset": ["url"],
    "url": ["loc", "lastmod", "image:image", "news:news"],
    "image:image": ["image:loc"],
    "news:news": ["news:publication", "news:publication_date", "news:title"],
    "news:publication": ["news:name", "news:language"],
}


@pytest.fixture(autouse=True)
def _at_home(settings):
    settings.SITE_ADDRESS = SITE


def name_of(element):
    space, _, name = element.tag[1:].partition("}")
    prefix = next(prefix for prefix, known in SPACES.items() if known == space)
    return f"{prefix}:{name}" if prefix else name


def check(element):
    """Every part is known and in its order, and every text is one that it may be."""
    parts = [name_of(part) for part in element]
    known = PARTS.get(name_of(element), [])
    assert parts == sorted(parts, key=known.index)
    if name_of(element) in ("url", "sitemap", "image:image"):
        assert parts.count(known[0]) == 1
    if name_of(element).startswith("news:") and known:
        assert parts == known
    if name_of(element).endswith("loc"):
        assert element.text.startswith(f"{SITE}/")
        assert len(element.text) < 2048
    if name_of(element) in ("lastmod", "news:publication_date"):
        assert datetime.fromisoformat(element.text).tzinfo
    for part in element:
        check(part)


def read(address):
    response = Client().get(address.removeprefix(SITE))
    assert response.status_code == 200, address
    assert response["Content-Type"] == "application/xml; charset=utf-8"
    assert not response.cookies
    root = ElementTree.fromstring(response.content)
    check(root)
    return root


def locations(root, tag="url"):
    return [one.text for one in root.iterfind(f"{tag}/loc", SPACES)]


def everything():
    """Every address that the sitemaps list."""
    pages = locations(read("/sitemap.xml"), "sitemap")
    return [address for page in pages for address in locations(read(page))]


def test_sitemaps_lead_to_every_story_person_organisation_and_quote(tass):
    listed = everything()
    assert len(listed) == len(set(listed))
    records = [*Person.objects.all(), *Organisation.objects.all()]
    for record in records:
        address = record.get_absolute_url()
        html = Client().get(address).content.decode()
        assert (SITE + address in listed) != ('content="noindex"' in html), address
    assert SITE + tass.get_absolute_url() in listed
    assert f"{SITE}/organisations/nato/" in listed
    assert {SITE + quote.get_absolute_url() for quote in tass.quotes.all()} <= {*listed}


def test_no_page_in_a_sitemap_asks_not_to_be_listed(stories):  # noqa: F811
    make_article(body=f'<p><a data-person="{make_person().slug}">A name</a>.</p>')
    listed = everything()
    assert len(listed) == 8
    for address in listed:
        response = Client().get(address.removeprefix(SITE))
        html = response.content.decode()
        assert response.status_code == 200, address
        assert 'content="noindex"' not in html, address
        assert f'<link rel="canonical" href="{address}">' in html


def test_a_person_of_whom_there_is_but_a_name_is_left_out(tass):
    person = make_person(slug="nothing-but-a-name")
    make_article(body='<p><a data-person="nothing-but-a-name">Somebody</a>.</p>')
    address = SITE + person.get_absolute_url()
    assert Client().get(person.get_absolute_url()).status_code == 200
    assert address not in everything()
    Person.objects.filter(pk=person.pk).update(biography="A baker.")
    assert address in everything()


def test_sitemaps_tell_of_nothing_that_readers_may_not_have(stories):  # noqa: F811
    addresses = locations(read("/sitemap.xml"), "sitemap")
    for address in ["/sitemap.xml", "/news-sitemap.xml", *addresses]:
        text = Client().get(address.removeprefix(SITE)).content.decode()
        assert HIDDEN not in text
        assert not [name for name in STATES if f"-{name}" in text], address
        assert "/people/private/" not in text
    listed = everything()
    assert SITE + stories["public"].get_absolute_url() in listed


def test_what_is_retracted_withdrawn_or_killed_leaves_the_sitemaps(tass):
    quote = tass.quotes.get(mark="q3")
    assert SITE + quote.get_absolute_url() in everything()
    withdraw_quote(quote, by=None, text="He did not say so.")
    assert SITE + quote.get_absolute_url() not in everything()
    other = make_article(published_at=NOW - timedelta(hours=1))
    assert SITE + other.get_absolute_url() in everything()
    correct(other, by=None, text="None of it holds.", kind="retraction")
    assert SITE + other.get_absolute_url() not in everything()
    assert locations(read("/news-sitemap.xml")) == []
    kill(tass, by=None, reason="It was invented.")
    assert everything() == []


def test_what_stands_on_a_page_stays_there_when_a_story_comes(tass, monkeypatch):
    kind = sitemaps.Kind(sitemaps.stories, sitemaps.of_story, size=2)
    monkeypatch.setitem(sitemaps.KINDS, "stories", kind)
    first = make_article()
    for _number in range(6):
        make_article()

    def pages():
        found = locations(read("/sitemap.xml"), "sitemap")
        return {page: locations(read(page)) for page in found if "stories" in page}

    before = pages()
    make_article(published_at=NOW - timedelta(days=9999))
    after = pages()
    *whole, _last = before
    assert {page: after[page] for page in whole} == {p: before[p] for p in whole}
    Article.objects.filter(pk__gt=first.pk, pk__lt=first.pk + 5).delete()
    assert 0 < len(pages()) < len(after)


@pytest.mark.parametrize("number", ["9", "99999999999999999999", "9" * 5000])
def test_there_is_no_page_beyond_the_last(client, tass, number):
    for kind in sitemaps.KINDS:
        assert client.get(f"/sitemaps/{kind}-{number}.xml").status_code == 404


def lastmod_of(address):
    for page in locations(read("/sitemap.xml"), "sitemap"):
        for url in read(page).iterfind("url", SPACES):
            if url.find("loc", SPACES).text == SITE + address:
                return datetime.fromisoformat(url.find("lastmod", SPACES).text)
    raise AssertionError(address)


def test_lastmod_is_when_it_last_changed(tass):
    address = tass.get_absolute_url()
    assert lastmod_of(address) == tass.published_at
    assert lastmod_of("/organisations/nato/") == tass.published_at
    Article.objects.update(embargoed_until=NOW.replace(microsecond=0))
    assert lastmod_of(address) == NOW.replace(microsecond=0)
    correct(tass, by=None, text="It was Monday.")
    assert timezone.now() - lastmod_of(address) < timedelta(minutes=1)
    newer = make_article(body='<p><a data-organisation="nato">NATO</a> met.</p>')
    assert lastmod_of("/organisations/nato/") == newer.published_at


def test_pictures_are_those_that_readers_get(media):
    lead, beside = (
        make_photo(image=upload(file_of(drawn())), alt_text="A harbour", slug=slug)
        for slug in ("lead", "beside")
    )
    body = '<p>Text.</p><figure data-photo="beside"></figure>'
    make_article(lead_photo=lead, body=body)
    (page, *_) = locations(read("/sitemap.xml"), "sitemap")
    images = read(page).iterfind("url/image:image/image:loc", SPACES)
    expected = {SITE + photo.rendition.url for photo in (lead, beside)}
    assert {image.text for image in images} == expected


def test_the_news_of_two_days_are_in_a_sitemap_of_their_own(db):
    Masthead.objects.create(name="The Post & Herald")
    day = timedelta(days=1)
    make_article(published_at=NOW - 2.1 * day)
    older = make_article(
        published_at=NOW - 1.9 * day, language="ru-RU", headline="Q & <A>"
    )
    newer = make_article(published_at=NOW - day, language="zh-TW")
    make_article(published_at=NOW + day)
    make_article(published_at=NOW - day, embargoed_until=NOW + day)
    root = read("/news-sitemap.xml")
    assert locations(root) == [SITE + one.get_absolute_url() for one in (newer, older)]
    told = [
        [part.text for part in one.iter() if not len(part)]
        for one in root.iterfind("url/news:news", SPACES)
    ]
    assert told[1] == [
        "The Post & Herald",
        "ru",
        older.published_at.isoformat(timespec="seconds"),
        "Q & <A>",
    ]
    assert told[0][1] == "zh-tw"


def test_a_sitemap_costs_the_same_however_much_is_in_it(tass):
    def said(address):
        with CaptureQueriesContext(connection) as captured:
            assert Client().get(address).status_code == 200
        return [query["sql"] for query in captured.captured_queries]

    pages = locations(read("/sitemap.xml"), "sitemap")
    addresses = ["/sitemap.xml", "/news-sitemap.xml"]
    addresses += [page.removeprefix(SITE) for page in pages]
    few = {address: len(said(address)) for address in addresses}
    for _number in range(9):
        story = make_article(
            published_at=NOW, section=tass.section, lead_photo=make_photo()
        )
        make_quote(story, organisation=Organisation.objects.get(slug="nato"))
    for address in addresses:
        queries = said(address)
        assert len(queries) == few[address], address
        for query in queries:
            assert "COUNT(" not in query.upper()
            assert "OFFSET" not in query.upper()
    assert few["/sitemap.xml"] == 1 + 3 * len(sitemaps.KINDS)
    assert max(few[page.removeprefix(SITE)] for page in pages) <= 3
