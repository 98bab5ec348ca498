"""Two editors at one story in two browsers, and readers in a third: no word of either
is lost, and readers have only what was published."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from articles import drafts, live_changes
from articles.models import Draft
from tests.browsing import Desk, Reader
from tests.conftest import make_user
from tests.factories import make_article
from tests.test_admin import change_page
from tests.test_writing_surface import problems_found

pytestmark = [pytest.mark.django_db(transaction=True, serialized_rollback=True)]

OVERFLOW = "document.documentElement.scrollWidth - innerWidth"
BODY = (
    "<p>The harbour is shut.</p>\n<p>Ships wait outside.</p>\n<p>It opens in May.</p>"
)


@pytest.fixture
def story(transactional_db):
    return make_article(headline="The harbour is shut", body=BODY)


@pytest.fixture
def open_desk(chromium, live_server):
    desks = []

    def open_one(name, **context):
        desks.append(Desk(chromium, live_server, make_user(name, "Editor"), **context))
        return desks[-1]

    yield open_one
    for desk in desks:
        desk.page.goto("about:blank")
        desk.context.close()


def axe_finds_nothing(desk):
    """It adds styles of its own, of which the browser complains."""
    from axe_playwright_python.sync_playwright import Axe

    assert desk.complaints == []
    assert desk.page.evaluate(OVERFLOW) <= 0
    assert problems_found(Axe(), desk.page) == []
    desk.complaints.clear()


def write(desk, place, words, **fields):
    """Types the words into the paragraph that says the others, and fills the fields."""
    desk.page.locator(".ProseMirror").focus()
    desk.caret_in(place)
    desk.type(f" {words} ")
    desk.until(f"document.querySelector('#id_body').value.includes({words!r})")
    for name, value in fields.items():
        desk.page.fill(f"[name={name}]", value)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_two_editors_who_changed_the_same_places_choose_and_lose_no_word(
    open_desk, story, scheme, width
):
    look = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
    anna, ben = open_desk("anna", **look), open_desk("ben", **look)
    for desk in (anna, ben):
        desk.open(change_page(story))
    fold = "document.querySelector('#id_slugline').closest('details').open = true"
    ben.page.evaluate(fold)
    write(anna, "Ships wait", "zannawords", headline="Zannahead", standfirst="Zannast.")
    write(ben, "Ships wait", "zbenwords", headline="Zbenhead", slugline="zbenslug")
    anna.save()
    assert anna.page.get_by_text("Saved as a draft").is_visible()
    ben.save()

    assert "/merge/" in ben.page.url
    shown = ben.page.locator("form.merge").inner_text()
    for words in ("Zannahead", "Zbenhead", "zannawords", "zbenwords"):
        assert words in shown
    assert "standfirst" in ben.page.locator("#content").inner_text()
    axe_finds_nothing(ben)
    ben.page.get_by_role("link", name="Back to the story").click()
    ben.page.wait_for_selector(".prose-menubar")
    assert ben.page.locator("#story-state").get_by_text("Changes pending").is_visible()
    assert ben.page.input_value("[name=headline]") == "Zannahead"
    axe_finds_nothing(ben)
    ben.page.get_by_role("link", name="Choose what the story says").click()
    for place, name in [("Headline", "anna"), ("Body", "ben")]:
        ben.page.get_by_role("group", name=place).get_by_label(name).check()
    with ben.page.expect_navigation():
        ben.page.get_by_role("button", name="Merge as chosen").click()

    made = drafts.draft_of(story).revision.content["fields"]
    assert (made["headline"], made["standfirst"]) == ("Zannahead", "Zannast.")
    assert made["slugline"] == "zbenslug"
    assert "zbenwords" in made["body"]
    assert "zannawords" not in made["body"]
    kept = json.dumps(list(story.revisions.values_list("content", flat=True)))
    for words in "Zannahead Zannast. zannawords Zbenhead zbenslug zbenwords".split():
        assert words in kept
    assert not story.revisions.to_merge().exists()
    story.refresh_from_db()
    assert (story.headline, story.body) == ("The harbour is shut", BODY)

    ben.page.wait_for_selector(".prose-menubar")
    assert ben.page.input_value("[name=headline]") == "Zannahead"
    axe_finds_nothing(ben)
    ben.save("_publish")
    story.refresh_from_db()
    assert (story.headline, story.slugline) == ("Zannahead", "zbenslug")
    assert "zbenwords" in story.body
    assert not Draft.objects.exists()


def test_readers_see_only_the_published_words_at_each_step_of_a_draft(
    chromium, live_server, open_desk, story, settings
):
    settings.SITE_ADDRESS = live_server.url
    desk = open_desk("anna", viewport={"width": 1280, "height": 900})
    page = desk.page
    with Reader(chromium, live_server, width=1280) as reader:

        def readers_have(words, *, not_yet):
            for address in (story.get_absolute_url(), "/"):
                reader.open(address)
                html = reader.page.content()
                assert f"{words}head" in html
                for other in not_yet:
                    assert other not in html
            reader.open(story.get_absolute_url())
            heading = reader.page.get_by_role("heading", level=1)
            assert heading.inner_text() == f"{words}head"
            assert f"{words}text" in reader.page.locator("main").inner_text()

        desk.open(change_page(story))
        write(desk, "Ships wait", "zfirsttext", headline="zfirsthead")
        desk.save("_publish")
        readers_have("zfirst", not_yet=["zsecond", "zthird"])
        not_yet = ["zsecond", "zthird"]

        # saved
        desk.page.wait_for_selector(".prose-menubar")
        write(desk, "It opens", "zsecondtext", headline="zsecondhead")
        desk.save()
        readers_have("zfirst", not_yet=not_yet)

        # previewed
        with desk.context.expect_page() as opened:
            page.locator("a.preview:visible").click()
        preview = opened.value
        preview.get_by_role("heading", name="zsecondhead").wait_for()
        assert "zsecondtext" in preview.locator("main").inner_text()
        assert "readers do not see this" in preview.content()
        preview.close()
        readers_have("zfirst", not_yet=not_yet)

        # compared
        page.get_by_role("link", name="See what they change").click()
        page.get_by_role("heading", name="Headline").first.wait_for()
        assert "zfirsthead" in page.locator("del").all_inner_texts()
        inserted = " ".join(page.locator("ins").all_inner_texts())
        assert "zsecondhead" in inserted
        assert "zsecondtext" in inserted
        readers_have("zfirst", not_yet=not_yet)

        # scheduled
        desk.open(change_page(story))
        desk.save("_times")
        due = (timezone.now() + timedelta(hours=2)).replace(second=0, microsecond=0)
        page.fill("[name=changes-at_0]", f"{due:%Y-%m-%d}")
        page.fill("[name=changes-at_1]", f"{due:%H:%M}")
        button = page.get_by_role("button", name="Schedule the changes for")
        button.wait_for()
        assert f"{due:%H:%M} UTC" in button.inner_text()
        with page.expect_navigation():
            button.click()
        assert Draft.objects.get().due_at == due
        readers_have("zfirst", not_yet=not_yet)

        # what is saved after that waits
        desk.open(change_page(story))
        write(desk, "The harbour", "zthirdtext", headline="zthirdhead")
        desk.save()
        readers_have("zfirst", not_yet=not_yet)
        assert list(live_changes.publish_due(at=due - timedelta(seconds=1))) == []
        readers_have("zfirst", not_yet=not_yet)

        # published, at its time and then by hand
        assert list(live_changes.publish_due(at=due)) == [(story, None)]
        readers_have("zsecond", not_yet=["zthird", "zfirsthead"])
        desk.open(change_page(story))
        assert page.input_value("[name=headline]") == "zthirdhead"
        desk.save("_publish")
        readers_have("zthird", not_yet=["zsecondhead"])
    assert not Draft.objects.exists()
    assert desk.complaints == []
