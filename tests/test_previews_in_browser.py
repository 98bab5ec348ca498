"""Previews in a real browser: from the form to somebody without an account."""

import pytest

from articles import drafts
from articles.models import PreviewLink
from articles.revisions import snapshot
from tests.browsing import Desk
from tests.test_admin import change_page
from tests.test_writing_surface import problems_found

pytestmark = [pytest.mark.django_db(transaction=True, serialized_rollback=True)]

OVERFLOW = "document.documentElement.scrollWidth - innerWidth"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_pending_changes_are_shown_to_somebody_without_an_account(
    chromium, live_server, tass, editor, settings, width, scheme
):
    from axe_playwright_python.sync_playwright import Axe

    settings.SITE_ADDRESS = live_server.url
    content = snapshot(tass)
    content["fields"] |= {"headline": "Pending, for now"}
    drafts.save_content(tass, content, by=editor, base=1)
    viewport = {"width": width, "height": 900}
    desk = Desk(chromium, live_server, editor, viewport=viewport, color_scheme=scheme)
    page = desk.page

    def holds(shown):
        assert shown.evaluate(OVERFLOW) <= 0
        assert problems_found(Axe(), shown) == []

    desk.open(change_page(tass))
    with desk.context.expect_page() as opened:
        page.locator("a.preview:visible").click()
    preview = opened.value
    preview.get_by_role("heading", name="Pending, for now").wait_for()
    holds(preview)
    preview.get_by_role("link", name="Links for people without an account").click()
    preview.get_by_label("For whom").fill("Counsel")
    preview.get_by_role("button", name="Make the link").click()
    address = preview.get_by_label("Address to send").input_value()
    preview.get_by_role("button", name="Copy").click()
    preview.get_by_role("button", name="Copied").wait_for()
    assert preview.evaluate("navigator.clipboard.readText()") == address
    holds(preview)

    stranger = chromium.new_context(viewport=viewport, color_scheme=scheme)
    guest = stranger.new_page()
    guest.goto(address)
    guest.get_by_role("heading", name="Pending, for now").wait_for()
    holds(guest)
    assert stranger.cookies() == []
    preview.get_by_role("button", name="Revoke the link for Counsel").click()
    preview.get_by_text("Revoked").wait_for()
    assert PreviewLink.objects.get().revoked_at
    assert guest.reload().status == 404
    guest.goto(f"{live_server.url}{tass.get_absolute_url()}")
    assert "Pending" not in guest.content()
    stranger.close()
    desk.context.close()
    assert desk.complaints == []
