"""A reader's day in a real browser, on a phone and at a desk."""

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from threading import Thread
from urllib.parse import urlsplit

import pytest
from django.test import Client

from articles.correcting import correct, correct_quote
from articles.models import Article
from tests.browsing import Reader
from tests.factories import make_article, make_person, make_photo, make_quote
from tests.test_writing_surface import problems_found

pytestmark = [pytest.mark.django_db(transaction=True, serialized_rollback=True)]

PHONE, DESK = 390, 1280
OVERFLOW = "document.documentElement.scrollWidth - innerWidth"
SHIFT = """() => new Promise((resolve) => {
  let shift = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) shift += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve(shift), 300);
})"""


@pytest.fixture
def site(tass):
    """The first story, and enough beside it for every page to show all it can."""
    person = make_person(name="Oduya Marsh", slug="oduya-marsh", biography="A chair.")
    for number in range(8):
        body = (
            '<p><a data-organisation="nato">NATO</a> and '
            '<a data-person="alexander-grushko">Grushko</a> met.</p>'
        )
        story = make_article(
            headline=f"Envoys meet again, {number}", section=tass.section, body=body
        )
        make_quote(story, speaker=person, words=f"We met {number} times.", role="chair")
    story.lead_photo = make_photo()
    story.save()
    correct(story, by=None, text="It was May.", was="April", now="May")
    quote = story.quotes.get()
    correct_quote(quote, by=None, words="We met nine times.", text="Nine, not eight.")
    return tass


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_a_day_from_the_front_page_to_the_archive(chromium, live_server, site, width):
    with Reader(chromium, live_server, width=width) as reader:
        page = reader.page
        reader.open("/")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.hash") == "#main"
        reader.open(site.get_absolute_url())
        assert page.locator("h1").inner_text().replace("\xa0", " ") == site.headline
        reader.follow("Alexander Grushko")
        assert page.locator("h1").inner_text() == "Alexander Grushko"
        page.get_by_text("In its sentence").first.click()
        assert page.locator("details[open] mark").first.is_visible()
        reader.follow("page of this quote")
        assert "What we know about this quote" in page.content()
        page.get_by_text("Read it in place").click()
        reader.looks_right()
        assert urlsplit(page.url).path == site.get_absolute_url()
        reader.follow("Russia-NATO Council")
        assert page.locator("h1").inner_text() == "Russia-NATO Council"
        reader.open("/")
        page.locator(".archive-link a").click()
        assert urlsplit(page.url).path == "/2020/"
        reader.follow("2016")
        reader.follow("February")
        page.get_by_role("link", name=site.headline).click()
        assert page.locator("h1").inner_text().replace("\xa0", " ") == site.headline


def kinds_of_page(site):
    story = Article.objects.exclude(lead_photo=None).exclude(pk=site.pk).get()
    quote = story.quotes.get()
    return {
        "front": "/",
        "section": site.section.get_absolute_url(),
        "story": site.get_absolute_url(),
        "corrected story": story.get_absolute_url(),
        "what changed": story.get_changes_url(),
        "person": quote.speaker.get_absolute_url(),
        "organisation": "/organisations/nato/",
        "quote": quote.get_absolute_url(),
        "framed quote": quote.get_embed_url(),
        "people": "/people/",
        "organisations": "/organisations/",
        "quotes": "/quotes/",
        "corrections": "/corrections/",
        "archive": "/2020/",
        "search": "/search/?q=nato",
        "search in vain": "/search/?q=natoo",
        "nothing": "/nothing/",
    }


def test_programs_find_the_feeds_of_a_page_and_read_its_data(
    chromium, live_server, site
):
    """A policy that lets no script run lets data stand."""
    with Reader(chromium, live_server, width=DESK) as reader:
        kinds = kinds_of_page(site)
        for kind in ("front", "section", "person", "organisation", "quotes"):
            reader.open(kinds[kind])
            links = reader.page.locator("link[rel=alternate]").all()
            assert len(links) == 3, kind
            for link in links:
                answer = reader.context.request.get(link.get_attribute("href"))
                found = answer.headers["content-type"]
                assert answer.ok
                assert found.startswith(link.get_attribute("type")), kind
        for kind in ("front", "section", "story", "person", "organisation", "quote"):
            reader.open(kinds[kind])
            data = reader.page.evaluate(
                """() => JSON.parse(
                  document.querySelector('[type="application/ld+json"]').textContent
                )"""
            )
            assert data["@context"] == "https://schema.org", kind


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_every_kind_of_page_holds(chromium, live_server, site, width, scheme):
    from axe_playwright_python.sync_playwright import Axe

    with Reader(chromium, live_server, width=width, color_scheme=scheme) as reader:
        for kind, address in kinds_of_page(site).items():
            reader.open(address)
            assert problems_found(Axe(), reader.page) == [], kind
            assert reader.page.evaluate(SHIFT) == 0, kind


def test_large_text_on_a_small_screen_loses_nothing(chromium, live_server, site):
    """As at 400 % zoom, and with the lines that WCAG's text spacing makes longer."""
    spacing = "* { line-height: 1.5 !important; letter-spacing: .12em !important;"
    spacing += " word-spacing: .16em !important }"
    with Reader(chromium, live_server, width=320) as reader:
        for address in kinds_of_page(site).values():
            reader.open(address)
            reader.page.evaluate(
                """(css) => {
                  const sheet = new CSSStyleSheet();
                  sheet.replaceSync(css);
                  document.adoptedStyleSheets.push(sheet);
                }""",
                spacing,
            )
            assert reader.page.evaluate(OVERFLOW) <= 0, address


FRAME = """(address) => {
  const frame = document.createElement("iframe");
  frame.src = address;
  return new Promise((resolve) => {
    frame.onload = resolve;
    document.body.append(frame);
  });
}"""


@pytest.fixture
def another_site(tmp_path):
    """An empty page on another port, which is another origin."""
    html = '<!doctype html><title>Another</title><link rel="icon" href="data:,">'
    (tmp_path / "index.html").write_text(html)
    handler = partial(QuietHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/index.html"
        server.shutdown()
        thread.join()


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *what):
        pass


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_another_site_shows_a_quote_in_the_frame_that_we_give(
    chromium, live_server, another_site, site, settings, scheme
):
    settings.SITE_ADDRESS = live_server.url
    quotes = [*site.quotes.all()[:3], corrected_quote(site)]
    for quote, width in product(quotes, (600, 320)):
        asked = {"url": live_server.url + quote.get_absolute_url(), "maxwidth": width}
        told = Client().get("/oembed", asked).json()
        context = chromium.new_context(color_scheme=scheme)
        page, complaints = context.new_page(), []
        page.on("console", lambda message, to=complaints: to.append(message.text))
        page.on("pageerror", lambda error, to=complaints: to.append(str(error)))
        page.goto(another_site)
        page.evaluate("(html) => { document.body.innerHTML = html }", told["html"])
        frame = page.frame_locator("iframe")
        frame.locator("figure").wait_for()
        assert quote.segments()[0] in frame.locator("blockquote").inner_text()
        size = frame.locator("html").evaluate(
            "(page) => [page.scrollWidth, page.scrollHeight, page.clientHeight]"
        )
        assert size[0] <= width
        assert size[1] <= size[2], (width, quote)  # nothing to scroll
        with context.expect_page() as opened:
            frame.get_by_role("link", name="page of this quote").click()
        opened.value.wait_for_load_state()
        assert urlsplit(opened.value.url).path == quote.get_absolute_url()
        assert opened.value.evaluate("window.opener") is None
        assert complaints == []
        context.close()


def corrected_quote(site):
    story = Article.objects.exclude(lead_photo=None).exclude(pk=site.pk).get()
    return story.quotes.get()


def test_no_other_page_of_ours_can_be_framed(chromium, live_server, another_site, site):
    context = chromium.new_context()
    page, complaints = context.new_page(), []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(another_site)
    kinds = kinds_of_page(site)
    kinds.pop("framed quote")
    for kind, address in kinds.items():
        complaints.clear()
        page.evaluate(FRAME, live_server.url + address)
        assert any("frame-ancestors" in said for said in complaints), kind
    context.close()
