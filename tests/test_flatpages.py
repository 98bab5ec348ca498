"""What a newsroom says of itself: about, contact, standards, corrections, privacy."""

import re

import pytest
from django.contrib.flatpages.models import FlatPage
from django.test import Client
from django.urls import reverse

from tests.test_admin import form_data
from tests.test_pages import Outline, read

pytestmark = pytest.mark.django_db

PAGES = {
    "/about/": "About us",
    "/contact/": "Contact",
    "/standards/": "Standards",
    "/corrections-policy/": "Corrections policy",
    "/privacy/": "Privacy",
}


def form_of(url):
    page = FlatPage.objects.get(url=url)
    return reverse("admin:flatpages_flatpage_change", args=[page.pk])


@pytest.mark.parametrize("address", PAGES)
def test_a_new_site_has_the_page_and_says_whose_it_is_to_write(
    client, settings, address
):
    settings.SITE_ADDRESS = "https://news.example"
    response = client.get(address)
    html = response.content.decode()
    outline = Outline(html)
    assert response.status_code == 200
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    assert outline.headings == [1]
    assert f"<title>{PAGES[address]} · Newsroom</title>" in html
    assert f'<link rel="canonical" href="https://news.example{address}">' in html
    assert "This page is the newsroom’s to write" in outline.text
    assert '<meta name="description" content="This page' in html


@pytest.mark.parametrize("address", ["/", "/people/", "/quotes/", "/nothing-here/"])
def test_the_foot_of_every_page_leads_to_all_of_them_and_to_corrections(
    client, address
):
    html = client.get(address).content.decode()
    foot = html[html.index("<footer") :]
    for page in [*PAGES, "/corrections/"]:
        assert foot.count(f'href="{page}"') == 1, page


def test_the_foot_says_which_of_them_one_reads(client):
    assert 'href="/about/" aria-current="page"' in read(client, "/about/")


@pytest.mark.parametrize(
    "address",
    [
        "/abouts/",
        "/pages/",
        "/pages/none/",
        "/pages/about/",
        "/contact/us/",
        "/masthead/",
    ],
)
def test_no_other_address_is_a_page(client, address):
    FlatPage.objects.create(url="/masthead/", title="Has no route")
    read(client, address, status=404)


def test_an_editor_writes_a_page_and_it_is_sanitised_like_a_body(desk):
    address = form_of("/about/")
    bad = (
        "<h2>Owners</h2><p onclick='x'>We own <b>it</b>."
        "<script>alert(1)</script><style>p{}</style></p>"
        "<a href='javascript:x'>j</a><img src=x onerror=alert(1)>"
        '<p><q data-quote="q1">Words</q> <a href="https://a.example">out</a></p>'
    )
    data = form_data(desk.get(address), content=bad, title="About <script>us</script>")
    assert desk.post(address, data).status_code == 302
    kept = FlatPage.objects.get(url="/about/").content
    assert "script" not in kept
    assert "<h2>Owners</h2>\n<p>We own <strong>it</strong>.</p>" in kept
    html = read(Client(), "/about/")
    body = html[html.index('<div class="body"') :].split("</div>")[0]
    assert "<strong>it</strong>" in body
    assert "<q" not in body
    assert 'href="https://a.example" rel="external noopener"' in body
    assert "About &lt;script&gt;us" in html
    Outline(html)


def test_what_came_past_the_form_is_sanitised_for_readers(client):
    bad = "<p onclick='x'>Hi<script>alert(1)</script><a href='javascript:x'>j</a></p>"
    FlatPage.objects.update(content=bad, title="<script>alert(1)</script>")
    for address in PAGES:
        html = read(client, address)
        assert "<p>Hij</p>" in html
        assert "<script" not in html
        assert "onclick" not in html


def test_a_page_of_ones_own_has_an_address_that_it_keeps(desk):
    add = reverse("admin:flatpages_flatpage_add")
    data = form_data(desk.get(add), title="Advertising", content="<p>Rates</p>")
    assert desk.post(add, data | {"url": "/people/"}).status_code == 200
    assert desk.post(add, data | {"url": "/about/"}).status_code == 200
    assert desk.post(add, data | {"url": "/pages/rates/"}).status_code == 302
    assert desk.post(add, data | {"url": "/pages/rates/"}).status_code == 200
    assert "Rates" in read(Client(), "/pages/rates/")
    assert 'href="/pages/rates/"' in read(Client(), "/")
    address = form_of("/pages/rates/")
    html = read(desk, address)
    assert 'name="url"' not in html
    assert 'href="/pages/rates/" class="viewsitelink"' in html
    assert desk.post(address, form_data(desk.get(address))).status_code == 302
    delete = address.replace("change", "delete")
    assert desk.post(delete, {"post": "yes"}).status_code == 302
    read(Client(), "/pages/rates/", status=404)


def test_the_sites_own_pages_are_not_deleted(desk):
    delete = form_of("/privacy/").replace("change", "delete")
    assert desk.post(delete, {"post": "yes"}).status_code == 403
    read(Client(), "/privacy/")


def test_a_reporter_does_not_write_them(client, reporter):
    client.force_login(reporter)
    assert client.get(form_of("/about/")).status_code == 403


def test_nothing_at_the_desk_hides_a_page_or_opens_comments(desk):
    html = read(desk, form_of("/about/"))
    fields = set(re.findall(r'name="(\w+)"', html))
    assert not {"sites", "registration_required", "enable_comments"} & fields
    assert "template_name" not in fields
    assert desk.get("/admin/sites/site/").status_code == 404
