"""The form of a photo in a real browser."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command

from articles.models import Photo
from tests.browsing import Desk
from tests.pictures import drawn, file_of
from tests.test_previews_in_browser import OVERFLOW
from tests.test_writing_surface import problems_found

pytestmark = [pytest.mark.django_db(transaction=True, serialized_rollback=True)]

ADD = "/admin/articles/photo/add/"


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_a_picture_is_shown_before_it_is_sent_and_a_click_says_what_matters(
    chromium, live_server, editor, media, width, scheme
):
    viewport = {"width": width, "height": 900}
    desk = Desk(chromium, live_server, editor, viewport=viewport, color_scheme=scheme)
    page = desk.page

    def holds():
        assert page.evaluate(OVERFLOW) <= 0
        assert desk.complaints == []  # before axe, which adds styles of its own
        assert problems_found(Axe(), page) == []
        desk.complaints.clear()

    desk.open(ADD)
    holds()
    picture = {"name": "x.jpg", "mimeType": "image/jpeg"}
    content = file_of(drawn((1200, 900)))
    page.set_input_files("#id_image", picture | {"buffer": content})
    shown = page.locator(".photo-frame canvas")
    shown.wait_for()
    box = shown.bounding_box()
    position = {"x": box["width"] * 0.75, "y": box["height"] * 0.2}
    shown.click(position=position)
    assert page.input_value("#id_focal_x") == "75"
    assert page.input_value("#id_focal_y") == "20"
    page.fill("#id_focal_y", "30")
    assert page.locator(".focal-point").get_attribute("style").endswith("top: 30%;")
    page.fill("#id_credit", "Halden Wire")
    holds()
    desk.save()
    photo = Photo.objects.get()
    assert (photo.focal_x, photo.focal_y) == (75, 30)
    page.get_by_text("0 of 17 copies for readers made").wait_for()
    page.fill("#id_caption", "Typed meanwhile")
    call_command("make_renditions", verbosity=0)
    page.get_by_text("All 17 copies for readers are made").wait_for()
    assert page.input_value("#id_caption") == "Typed meanwhile"
    holds()
    desk.context.close()
