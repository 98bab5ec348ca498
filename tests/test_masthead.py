"""What a newsroom makes of its site without touching code."""

import re
from base64 import b64encode
from hashlib import sha256
from io import BytesIO
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.sites.models import Site
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from PIL import Image

from articles import accents
from articles.models import Masthead, NavigationLink, Topic
from tests.factories import (
    make_article,
    make_organisation,
    make_person,
    make_quote,
    make_section,
)
from tests.test_admin import form_data
from tests.test_pages import OF_THE_SITE, Outline, everywhere, read

pytestmark = pytest.mark.django_db

FORM = "/admin/articles/masthead/"
NAME = "The Plain Record"


def save(desk, **fields):
    """What the form answers to these fields: None, or its messages."""
    response = desk.post(FORM, form_data(desk.get(FORM), **fields))
    if response.status_code == 302:
        return None
    found = response.context["errors"]
    return " ".join(str(message) for messages in found for message in messages)


def set_links(*links):
    masthead, _is_new = Masthead.objects.get_or_create()
    for order, fields in enumerate(links):
        masthead.links.create(order=order, **fields)


def navigation(client, address="/people/"):
    html = read(client, address)
    nav = html[html.index('<nav class="sections"') :].split("</nav>")[0]
    return re.findall(r'href="([^"]*)"[^>]*><bdi>(.*?)</bdi>', nav)


# The name


def test_a_site_that_nobody_named_has_the_name_of_the_settings(client, settings):
    settings.SITE_NAME = "Of the settings"
    html = read(client, "/")
    assert '<h1 class="nameplate">Of the settings' in html
    assert "Who said what, and in which words" in html
    assert "<style" not in html
    assert not Masthead.objects.exists()


def test_the_name_from_the_desk_stands_on_every_page_and_at_the_desk(desk, tass):
    assert save(desk, name=NAME, tagline="Words, kept") is None
    for address in dict.fromkeys(everywhere()):
        html = read(Client(), address)
        assert re.search(rf"<title>.*{NAME}</title>", html), address
    assert "Words, kept" in read(Client(), "/")
    assert NAME in read(Client(), "/nothing-here/", status=404)
    assert NAME in read(desk, "/admin/")
    assert NAME in read(Client(), "/admin/login/")


def test_a_page_that_breaks_has_the_name_too(client, monkeypatch):
    Masthead.objects.create(name=NAME)
    client.raise_request_exception = False
    monkeypatch.setattr("articles.views.paginate", lambda *args, **more: 1 / 0)
    assert NAME in read(client, "/people/", status=500)


def test_without_a_database_a_page_that_breaks_still_says_so(client, monkeypatch):
    def away(*args, **more):
        raise DatabaseError("away")

    client.raise_request_exception = False
    monkeypatch.setattr("django.db.backends.utils.CursorWrapper.execute", away)
    html = client.get("/people/").content.decode()
    assert "Something broke on our side" in html
    assert "css/newsroom.css" in html


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_what_another_process_saves_shows_at_once(client):
    def elsewhere(name):
        Masthead.objects.update_or_create(defaults={"name": name})
        connection.close()

    for name in ("First name", "Second name"):
        thread = Thread(target=elsewhere, args=[name])
        thread.start()
        thread.join()
        assert f'<h1 class="nameplate">{name}' in read(client, "/")


def test_there_is_one_masthead_and_no_second():
    Masthead.objects.create(name=NAME)
    with pytest.raises(IntegrityError), transaction.atomic():
        Masthead.objects.create(pk=2, name="Another")


def test_a_reporter_does_not_change_it(client, reporter):
    client.force_login(reporter)
    assert client.get(FORM).status_code == 403
    assert client.post(FORM, {"name": "Mine"}).status_code == 403
    assert not Masthead.objects.exists()


def test_script_in_every_field_is_text(client, tass):
    bad = "<script>alert(1)</script>\"'&"
    Masthead.objects.create(name=bad, tagline=bad, accent="</styl", contact_address="")
    set_links({"address": "/quotes/", "label": bad[:40]})
    for address in [*dict.fromkeys(everywhere()), "/about/"]:
        html = read(client, address)
        assert "<script>" not in html
        assert "<style" not in html
        assert escape(bad) in html
        Outline(html)


# The colour


def test_a_colour_reaches_pages_by_a_style_that_their_policy_names(client, tass):
    Masthead.objects.create(accent="#a8201a")
    for address in ["/", tass.get_absolute_url(), "/people/", "/about/"]:
        response = client.get(address)
        html = response.content.decode()
        [style] = re.findall("<style>(.*?)</style>", html)
        assert html.index("newsroom.css") < html.index("<style>")
        digest = b64encode(sha256(style.encode()).digest()).decode()
        policy = response["Content-Security-Policy"]
        assert f"style-src 'self' 'sha256-{digest}'" in policy
        assert "unsafe" not in policy
        assert "nonce" not in policy
        again = Client().get(address)
        assert (again.content, again.headers) == (response.content, response.headers)


def test_the_colour_that_the_site_comes_with_needs_no_style(client):
    Masthead.objects.create(accent=accents.DEFAULT)
    response = client.get("/")
    assert "<style" not in response.content.decode()
    assert "sha256" not in response["Content-Security-Policy"]


def test_a_preview_at_the_desk_has_the_colour(desk, tass):
    Masthead.objects.create(accent="#a8201a")
    response = desk.get(f"/admin/articles/article/{tass.pk}/preview/")
    assert "<style>" in response.content.decode()
    assert "sha256-" in response["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("#ff0000", "contrast of 3.5 to 1"),
        ("#ff0000", "#df0000 is the nearest"),
        ("#ffee00", "contrast of 1.0 to 1"),
        ("red", "Write the colour as #"),
        ("#12345", "Write the colour as #"),
    ],
)
def test_a_colour_that_cannot_be_read_is_refused_with_what_to_do(desk, typed, said):
    assert said in save(desk, accent=typed)
    assert not Masthead.objects.exists()


def test_a_pale_colour_that_came_past_the_form_is_left_out(client):
    Masthead.objects.create(accent="#ffee00")
    assert "<style" not in read(client, "/")


def test_the_form_draws_the_colour_for_both_themes(desk):
    assert save(desk, accent="A8201A") is None
    assert Masthead.objects.get().accent == "#a8201a"
    html = read(desk, FORM)
    assert 'fill="#a8201a"' in html
    assert "on dark pages" in html


# The logo


def picture(kind="PNG", size=(400, 100), mode="RGBA", **options):
    written = BytesIO()
    Image.new(mode, size, "navy").save(written, kind, **options)
    return written.getvalue()


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "JPEG", "AVIF"])
def test_a_logo_stands_in_place_of_the_name(desk, media, kind):
    exif = Image.Exif()
    exif[0x010E] = "Secret of the camera"
    data = picture(kind, mode="RGB", exif=exif, size=(2000, 500))
    assert save(desk, name=NAME, logo=SimpleUploadedFile("our name.png", data)) is None
    masthead = Masthead.objects.get()
    assert (masthead.logo_width, masthead.logo_height) == (1280, 320)
    assert re.fullmatch(r"logos/[0-9a-f]{32}\.webp", masthead.logo.name)
    served = (media / masthead.logo.name).read_bytes()
    assert b"Secret" not in served
    with Image.open(BytesIO(served)) as drawn:
        assert (drawn.format, drawn.size) == ("WEBP", (1280, 320))
    for address in ["/", "/people/"]:
        html = read(Client(), address)
        [image] = re.findall("<img[^>]*>", html)
        assert f'src="{masthead.logo.url}" alt="{NAME}"' in image
        assert 'width="1280" height="320"' in image


def test_a_logo_for_dark_pages_is_shown_on_them(desk, media):
    light, dark = (SimpleUploadedFile(f"{n}.png", picture()) for n in "ab")
    assert save(desk, logo=light, dark_logo=dark) is None
    html = read(Client(), "/")
    assert 'media="(prefers-color-scheme: dark)"' in html
    assert "on-light" not in html
    assert save(desk, tagline="Unchanged otherwise") is None
    assert Masthead.objects.get().logo_width == 400
    assert save(desk, **{"dark_logo-clear": "on"}) is None
    assert "on-light" in read(Client(), "/")
    assert save(desk, **{"logo-clear": "on"}) is None
    assert "<img" not in read(Client(), "/")


def animated():
    frames = [Image.new("RGB", (40, 20), colour) for colour in ("red", "blue")]
    written = BytesIO()
    frames[0].save(written, "WEBP", save_all=True, append_images=frames[1:])
    return written.getvalue()


REFUSED = {
    "a drawing with script": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
    "a page": (b"<!doctype html><script>alert(1)</script>", "no PNG"),
    "a GIF": (picture("GIF", mode="RGB"), "no PNG"),
    "cut short": (picture(size=(500, 500))[:-200], "broken"),
    "moving": (animated(), "moves"),
    "of too many pixels": (picture(size=(5000, 4000), mode="1"), "16 million"),
    "too large": (b"\x89PNG" + b"0" * (4 * 1024 * 1024), "4 MB"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_logo_is_refused_that_is(desk, media, name):
    data, said = REFUSED[name]
    assert said in save(desk, logo=SimpleUploadedFile("logo.png", data))
    assert not Masthead.objects.exists()
    assert [*media.iterdir()] == []


# The navigation


def test_the_navigation_lists_the_sections_until_somebody_sets_it(client):
    make_article(section=make_section(name="World", slug="world"))
    make_section(name="Empty", slug="empty")
    listed = [("/sections/world/", "World"), ("/quotes/", "In their words")]
    assert navigation(client) == listed
    Masthead.objects.create(name=NAME)
    assert navigation(client) == listed


def test_the_navigation_has_what_the_desk_set_in_its_order(client):
    world, home = (make_section(name=name, slug=name) for name in ("world", "home"))
    topic = Topic.objects.create(name="Water", slug="water")
    make_article(section=world).topics.add(topic)
    make_article(section=home)
    set_links(
        {"topic": topic},
        {"section": world, "label": "Abroad"},
        {"address": "/about/", "label": "Who we are"},
        {"address": "https://archive.example/a?b=1&c=2", "label": "Archive"},
    )
    assert navigation(client) == [
        ("/topics/water/", "Water"),
        ("/sections/world/", "Abroad"),
        ("/about/", "Who we are"),
        ("https://archive.example/a?b=1&amp;c=2", "Archive"),
    ]
    html = read(client, "/sections/world/")
    assert '/sections/world/" aria-current="page"' in html


def test_a_link_waits_until_readers_meet_its_section_or_topic(client, desk):
    section = make_section(name="Zxqv section", slug="waiting")
    topic = Topic.objects.create(name="Zxqv topic", slug="waiting")
    set_links(
        {"section": section},
        {"topic": topic, "label": "Zxqv label"},
        {"address": "/people/", "label": "People"},
    )
    draft = make_article(section=section, status="draft", published_at=None)
    draft.topics.add(topic)
    assert navigation(Client()) == [("/people/", "People")]
    # The preview has it, as readers would once the story is out.
    preview = read(desk, f"/admin/articles/article/{draft.pk}/preview/")
    assert "/sections/waiting/" in preview
    make_article(section=section).topics.add(topic)
    assert "Zxqv section" in str(navigation(Client()))
    assert "Zxqv label" in str(navigation(Client()))


def test_links_are_set_in_the_form(desk):
    section = make_section(name="World", slug="world")
    make_article(section=section)
    said = save(
        desk,
        **{
            "links-0-section": section.pk,
            "links-0-label": "Abroad",
            "links-0-order": "2",
        },
    )
    assert said is None
    assert navigation(Client()) == [("/sections/world/", "Abroad")]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"label": "Nowhere"}, "Choose one"),
        ({"address": "/about/"}, "Write what the link says"),
        ({"address": "javascript:alert(1)", "label": "x"}, "Write a page of this site"),
        ({"address": "//evil.example/", "label": "x"}, "Write a page of this site"),
        ({"address": "/\\evil.example/", "label": "x"}, "Write a page of this site"),
        ({"address": "/sections/x/", "label": "x"}, "Choose the section or topic"),
        ({"address": "about", "label": "x"}, "Write a page of this site"),
    ],
)
def test_a_link_that_leads_nowhere_is_refused(desk, row, said):
    fields = {f"links-0-{name}": value for name, value in row.items()}
    assert said in save(desk, **fields)
    assert not NavigationLink.objects.exists()


def test_no_path_puts_a_script_into_the_navigation():
    Masthead.objects.create()
    for address in ["javascript:alert(1)", "//evil.example", "/\\evil.example", ""]:
        with pytest.raises(IntegrityError), transaction.atomic():
            NavigationLink.objects.create(address=address, label="x")


def test_the_masthead_costs_the_same_with_one_link_or_with_many(
    client, django_assert_num_queries
):
    sections = [make_section() for _number in range(9)]
    for section in sections:
        make_article(section=section)
    for few in (sections[:1], sections[1:]):
        set_links(*({"section": section} for section in few))
        # The state of the site, and the people; and what was set, where it changed.
        with django_assert_num_queries(8):
            client.get("/people/")
        with django_assert_num_queries(2 + OF_THE_SITE):
            client.get("/people/")


def test_a_section_in_the_navigation_is_not_deleted(desk):
    section = make_section(name="World")
    set_links({"section": section})
    address = reverse("admin:articles_section_delete", args=[section.pk])
    assert "protected" in read(desk, address).lower()


# Telling us of a mistake


def reports(html):
    return re.findall(r'<p class="report"><a href="([^"]*)">([^<]*)<', html)


@pytest.fixture
def told(db):
    """An address of each kind of page that has the link, and what it says there."""
    person = make_person(name="Åsa “Ace” O'Neill & co")
    article = make_article(headline="50% of “this” & that?", source=make_organisation())
    quote = make_quote(article, speaker=person)
    mistake, removal = "Report a mistake", "Ask for correction or removal"
    return {
        article: (mistake, article.headline),
        quote: (mistake, person.name),
        person: (removal, person.name),
        article.source: (removal, article.source.name),
    }


def test_a_letter_about_a_page_says_which(client, told, settings):
    settings.SITE_ADDRESS = "https://news.example"
    Masthead.objects.create(contact_address="desk+site@news.example")
    for record, (words, name) in told.items():
        address = record.get_absolute_url()
        [(link, shown)] = reports(read(client, address))
        assert shown == words
        letter = urlsplit(link.replace("&amp;", "&"))
        assert letter.scheme == "mailto"
        assert letter.path == "desk%2Bsite@news.example"
        fields = parse_qs(letter.query)
        assert fields["subject"] == [f"{words}: {name}"]
        assert fields["body"] == [f"https://news.example{address}"]
        assert "+" not in letter.query


def test_without_an_address_for_readers_it_leads_to_the_contact_page(client, told):
    for record in told:
        [(link, _words)] = reports(read(client, record.get_absolute_url()))
        assert link == "/contact/"


def test_the_contact_page_has_the_address(client):
    Masthead.objects.create(contact_address="desk@news.example")
    assert 'href="mailto:desk@news.example"' in read(client, "/contact/")
    assert "mailto:" not in read(client, "/about/")


def test_view_on_site_leads_to_our_own_address(desk, tass):
    """Whatever host Django's table of sites has."""
    Site.objects.update(domain="elsewhere.example")
    Site.objects.clear_cache()
    person = tass.quotes.first().speaker
    html = read(desk, reverse("admin:articles_person_change", args=[person.pk]))
    assert f'<a href="{person.get_absolute_url()}" class="viewsitelink">' in html
    assert "/admin/r/" not in html
