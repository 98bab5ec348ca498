"""The front page as editors arrange it."""

import re
from datetime import timedelta
from itertools import product

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import publishing
from articles.models import Article, Band, Correction, FrontPage, Pin, Section
from articles.removing_demo import remove_demo
from tests.factories import DAY, make_article, make_quote, make_section
from tests.test_admin import act, form_data, messages
from tests.test_fixture import dump
from tests.test_pages import Outline, read, text_of

pytestmark = pytest.mark.django_db

FORM = "/admin/articles/frontpage/"


def make_stories(number, **fields):
    """The newest last."""
    return [
        make_article(
            headline=f"Story {index:02}",
            published_at=DAY + timedelta(hours=index),
            **fields,
        )
        for index in range(number)
    ]


def headlines(html):
    return re.findall(r"<h[23][^>]*><a[^>]*>(.*?)</a></h[23]>", html)


def front(client=None):
    return headlines(read(client or Client(), "/"))


def pin(article, **fields):
    page, _is_new = FrontPage.objects.get_or_create()
    return page.pins.create(article=article, **fields)


def set_bands(*bands):
    page, _is_new = FrontPage.objects.get_or_create()
    for order, fields in enumerate(bands):
        page.bands.create(order=order, **fields)


def all_pages(client):
    """The headlines of the front page, and of each page that one reads on to."""
    html = read(client, "/")
    pages = [headlines(html)]
    while older := re.search(r'href="(\?older=[^"]*)"', html):
        html = read(client, f"/{older[1].replace('&amp;', '&')}")
        pages.append(headlines(html))
        assert len(pages) < 20
    return pages


def in_the_archive(number):
    return [f"Story {index:02}" for index in reversed(range(number))]


# Pins


def test_without_an_editor_the_newest_leads(client):
    make_stories(4)
    assert front() == ["Story 03", "Story 02", "Story 01", "Story 00"]


def test_opinion_stands_last_beside_the_lead_unless_it_is_pinned_there(client):
    stories = make_stories(8)
    for story in (stories[5], stories[6]):
        Article.objects.filter(pk=story.pk).update(kind=Article.Kind.OPINION)
    news = ["Story 07", "Story 04", "Story 03", "Story 02"]
    assert front(client)[:6] == [*news, "Story 06", "Story 05"]
    pin(stories[5], place=Pin.Place.SECOND)
    pinned = ["Story 07", "Story 05", "Story 04", "Story 03", "Story 02", "Story 06"]
    assert front(client)[:6] == pinned


def test_a_pinned_lead_leads_and_pinned_stories_follow_in_their_order(client):
    stories = make_stories(6)
    pin(stories[0], place=Pin.Place.LEAD)
    pin(stories[2], order=2)
    pin(stories[1], order=1)
    order = ["00", "01", "02", "05", "04", "03"]
    assert front() == [f"Story {number}" for number in order]
    assert '<article class="lead">' in read(client, "/")
    lead = read(client, "/").split('<article class="lead">')[1].split("</article>")[0]
    assert "Story 00" in lead


def test_stories_pinned_beside_the_lead_leave_the_lead_to_the_newest():
    stories = make_stories(4)
    pin(stories[0])
    assert front() == ["Story 03", "Story 00", "Story 02", "Story 01"]


@pytest.mark.parametrize(
    "change",
    [
        {"status": "draft"},
        {"status": "killed"},
        {"embargoed_until": timezone.now() + timedelta(days=1)},
        {"expires_at": DAY + timedelta(days=1)},
        {"published_at": timezone.now() + timedelta(days=1)},
    ],
)
def test_a_story_that_readers_have_no_more_falls_out_by_itself(change):
    stories = make_stories(3)
    pin(stories[0], place=Pin.Place.LEAD)
    Article.objects.filter(pk=stories[0].pk).update(**change)
    assert front() == ["Story 02", "Story 01"]


def test_a_retracted_story_falls_out_too():
    stories = make_stories(3)
    pin(stories[0], place=Pin.Place.LEAD)
    Correction.objects.create(article=stories[0], kind="retraction", text="Untrue.")
    assert front() == ["Story 02", "Story 01"]


def test_a_pin_holds_until_its_time():
    stories = make_stories(3)
    pinned = pin(
        stories[0], place=Pin.Place.LEAD, until=timezone.now() + timedelta(hours=1)
    )
    assert front()[0] == "Story 00"
    Pin.objects.filter(pk=pinned.pk).update(until=timezone.now())
    assert front() == ["Story 02", "Story 01", "Story 00"]


def test_an_empty_site_and_one_with_only_pinned_stories_have_a_front_page(client):
    FrontPage.objects.create()
    assert "No story has been published yet" in read(client, "/")
    for story in make_stories(2):
        pin(story)
    assert sorted(front()) == ["Story 00", "Story 01"]


PINS = [[], [0], [0, 1, 2], [29, 28, 27], range(5, 17)]
BANDS = [[], ["quotes"], ["more"], ["more", "section"], ["section"]]


def test_reading_on_no_story_is_lost_and_none_stands_twice_on_a_page(client):
    section = make_section(name="World", slug="world")
    stories = make_stories(30, section=section)
    for pins, bands in product(PINS, BANDS):
        Pin.objects.all().delete()
        Band.objects.all().delete()
        for number in pins:
            pin(stories[number], order=number)
        of = {"section": section}
        set_bands(*({"kind": k, "section": of.get(k)} for k in bands))
        first, *others = all_pages(client)
        assert len(first) == len(set(first)), (pins, bands)
        listed = [headline for page in others for headline in page]
        assert listed == sorted(set(listed), reverse=True), (pins, bands)
        everything = sorted({*first, *listed}, reverse=True)
        assert everything == in_the_archive(30), (pins, bands)
        assert {f"Story {number:02}" for number in pins} <= set(first), (pins, bands)
    # The archive has each in its own place, wherever it is pinned.
    assert headlines(read(client, "/2020/")) == in_the_archive(30)[:20]


def test_newer_stories_from_an_older_page_are_all_there(client):
    stories = make_stories(45)
    pin(stories[40], place=Pin.Place.LEAD)
    html = read(client, "/")
    for way in ("older", "older", "newer", "newer"):
        link = re.search(rf'href="\?({way}=[^"]*)"', html)
        html = read(client, f"/?{link[1]}")
    assert "Story 40" in headlines(html)


# Bands


def bands_of(html):
    return re.findall(r'<section class="band" aria-labelledby="([^"]*)"', html)


@pytest.fixture
def paper(db):
    """Two sections with stories, and a quote."""
    world, home = (make_section(name=n, slug=n.lower()) for n in ("World", "Home"))
    for number, section in enumerate([world, home] * 8):
        make_article(
            headline=f"{section} {number:02}",
            section=section,
            published_at=DAY + timedelta(hours=number),
        )
    make_quote(make_article(section=world, headline="Quoted", published_at=DAY))
    return world, home


def test_bands_stand_in_the_order_that_an_editor_gave_them(client, paper):
    world, home = paper
    assert bands_of(read(client, "/")) == ["in-their-words", "more"]
    set_bands(
        {"kind": "section", "section": home},
        {"kind": "quotes"},
        {"kind": "section", "section": world},
    )
    html = read(client, "/")
    assert bands_of(html) == ["section-home", "in-their-words", "section-world"]
    assert 'href="/sections/home/"' in html
    Outline(html)


def test_a_band_of_a_section_has_its_newest_that_stand_nowhere_above(client, paper):
    world, _home = paper
    set_bands({"kind": "section", "section": world}, {"kind": "more"})
    html = read(client, "/")
    start = html.index('aria-labelledby="section-world"')
    band = headlines(html[start : html.index('aria-labelledby="more"')])
    assert band == ["World 08", "World 06", "World 04", "World 02"]
    shown = headlines(html)
    assert len(shown) == len(set(shown))


def test_a_band_of_a_section_without_a_story_is_not_there(client, paper):
    hidden = make_section(name="Zxqv section", slug="zxqv")
    make_article(section=hidden, status="draft", published_at=None)
    set_bands({"kind": "section", "section": hidden}, {"kind": "more"})
    html = read(client, "/")
    assert bands_of(html) == ["more"]
    assert "zxqv" not in html.lower()


def test_the_front_page_costs_the_same_however_it_is_arranged(client, paper):
    world, home = paper

    def cost():
        read(client, "/people/")  # what every page prints of the site
        with CaptureQueriesContext(connection) as captured:
            read(client, "/")
        return len(captured)

    plain = cost()
    stories = list(Article.objects.all())
    pin(stories[0], place=Pin.Place.LEAD)
    set_bands({"kind": "quotes"}, {"kind": "section", "section": home})
    few = cost()
    for story in stories[1:9]:
        pin(story)
    for section in [world, *(make_section() for _number in range(4))]:
        make_article(section=section)
        FrontPage.objects.get().bands.create(kind="section", section=section, order=9)
    assert cost() == few == plain + 2


# At the desk


def test_an_editor_arranges_it_on_one_page(desk, paper):
    world, _home = paper
    story = Article.objects.get(headline="World 02")
    data = form_data(desk.get(FORM)) | {
        "pins-0-article": story.pk,
        "pins-0-place": "1",
        "bands-0-kind": "section",
        "bands-0-section": world.pk,
    }
    assert desk.post(FORM, data).status_code == 302
    html = read(Client(), "/")
    assert headlines(html)[0] == "World 02"
    assert bands_of(html) == ["section-world"]
    response = desk.get(FORM)
    assert "World 02" in response.content.decode()
    assert desk.post(FORM, form_data(response)).status_code == 302
    data = form_data(response) | {"pins-0-DELETE": "on", "bands-0-DELETE": "on"}
    assert desk.post(FORM, data).status_code == 302
    assert bands_of(read(Client(), "/")) == ["in-their-words", "more"]


def test_each_field_of_a_row_has_a_name_for_a_screen_reader(desk):
    [story] = make_stories(1)
    pin(story)
    html = read(desk, FORM)
    for name in ("Story", "Place", "Order", "Until", "Delete"):
        assert f'aria-label="{name}, Story 00"' in html
    assert 'aria-label="Section"' in html


def test_the_form_says_which_pins_readers_do_not_see(desk):
    live, draft, old = make_stories(3)
    pin(live)
    pin(old, until=timezone.now() - timedelta(hours=1))
    pin(draft)
    Article.objects.filter(pk=draft.pk).update(status="draft")
    said = text_of(read(desk, FORM))
    assert "No: Draft" in said
    assert "No: its time is over" in said


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"bands-0-kind": "section", "bands-0-order": "1"}, "names its section"),
        ({"bands-0-kind": "quotes", "bands-0-section": "1"}, "Leave this empty"),
    ],
)
def test_a_band_that_does_not_fit_is_refused(desk, row, said):
    section = make_section()
    row = {name: section.pk if value == "1" else value for name, value in row.items()}
    row |= {"bands-0-order": "1"}
    html = desk.post(FORM, form_data(desk.get(FORM)) | row).content.decode()
    assert said in html
    assert not FrontPage.objects.exists()


def test_the_same_story_or_band_twice_is_refused(desk):
    [story] = make_stories(1)
    pin(story)
    set_bands({"kind": "quotes"})
    data = form_data(desk.get(FORM))
    twice = data | {"pins-1-article": story.pk}
    assert "pinned already" in desk.post(FORM, twice).content.decode()
    twice = data | {"bands-1-kind": "quotes"}
    assert "This band stands here already" in desk.post(FORM, twice).content.decode()


def test_pinning_from_the_list_puts_stories_on_the_front_page(desk):
    stories = make_stories(9)
    act(desk, "pin", stories[1])
    said = messages(act(desk, "pin", stories[0]))
    assert said == ["Pinned to the front page: Story 00"]
    assert front()[:4] == ["Story 08", "Story 01", "Story 00", "Story 07"]
    assert "Pinned “Story 00”." in str(LogEntry.objects.first().get_change_message())
    said = messages(act(desk, "pin", stories[0]))
    assert "pinned already" in said[0]


def test_a_draft_is_not_pinned_and_a_scheduled_story_waits(desk, editor):
    [draft] = make_stories(1, status="draft", slug="a-draft")
    assert "publish or schedule it" in messages(act(desk, "pin", draft))[0]
    publishing.schedule(draft, by=editor, at=timezone.now() + timedelta(hours=1))
    act(desk, "pin", draft)
    assert Pin.objects.get().article == draft
    assert front() == []


def test_a_reporter_curates_nothing(client, reporter):
    [story] = make_stories(1)
    client.force_login(reporter)
    assert client.get(FORM).status_code == 403
    assert client.post(FORM, {}).status_code == 403
    act(client, "pin", story)
    assert not Pin.objects.exists()


def test_a_pinned_draft_can_be_deleted_by_who_may_publish(desk):
    draft = make_article(status="draft", published_at=None)
    pin(draft)
    address = f"/admin/articles/article/{draft.pk}/delete/"
    seen = {"post": "yes", f"revision-{draft.pk}": "1"}
    assert desk.post(address, seen).status_code == 302
    assert not Pin.objects.exists()


def test_removing_the_demo_takes_nothing_from_a_site_that_never_had_it(tass):
    Section.objects.create(name="Science", slug="science")
    page = FrontPage.objects.create()
    page.pins.create(article=tass, place=Pin.Place.SECOND, order=5)
    was = dump()
    assert remove_demo() == (0, 0, [])
    assert dump() == was
