"""The copies of pictures that readers get: made off the request, cut around the point
that matters, and gone when they are out of date."""

import subprocess

import pytest
from django.core.management import call_command
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from articles import body, darkroom
from articles.models import Article, Photo
from articles.models.photos import PATIENCE
from articles.pictures.renditions import box_around, wanted
from tests.factories import make_article, make_photo
from tests.pictures import drawn, file_of, upload
from tests.test_admin import form_data

pytestmark = pytest.mark.django_db

LARGE = (2400, 1600)


def make_pictured(size=(700, 500), **fields):
    return make_photo(
        image=upload(file_of(drawn(size))), alt_text="Red and blue", **fields
    )


@pytest.fixture
def make_copies(django_capture_on_commit_callbacks):
    def make(**options):
        with django_capture_on_commit_callbacks(execute=True):
            call_command("make_renditions", **options)

    return make


@pytest.fixture
def keep(django_capture_on_commit_callbacks):
    """Does it, and what follows once it holds."""

    def do(act, *args):
        with django_capture_on_commit_callbacks(execute=True):
            return act(*args)

    return do


def copies_in(media):
    return sorted(f"photos/{path.name}" for path in media.rglob("*.*"))


def test_readers_get_one_copy_at_once_and_all_when_they_are_made(media, make_copies):
    photo = make_pictured(LARGE, slug="inside")
    story = make_article(body='<figure data-photo="inside"></figure>')
    [only] = photo.files()
    assert (only.format, only.width, only.height) == ("jpeg", 1280, 853)
    assert f'<img src="{only.url}" srcset="{only.url} 1280w"' in story.body_html
    assert "<source" not in story.body_html
    make_copies()
    photo.refresh_from_db()
    story.refresh_from_db()
    widths = {"avif": [320, 640, 960, 1280, 1920], "jpeg": [640, 1280, 1920]}
    for form, made in widths.items():
        assert [one.width for one in photo.files() if one.format == form] == made
    assert '<picture><source type="image/avif" srcset="/media/' in story.body_html
    assert only.url not in story.body_html
    assert all(one.url in story.body_html for one in photo.files())
    assert copies_in(media) == photo.names()


def test_no_copy_is_wider_than_the_upload(media, make_copies):
    photo = make_pictured((500, 400))
    make_copies()
    photo.refresh_from_db()
    assert {one["width"] for one in photo.renditions} == {320, 400, 500}
    for row in photo.renditions:
        with Image.open(media / row["name"]) as copy:
            assert copy.size == (row["width"], row["height"])


def test_the_first_picture_of_a_page_comes_first_and_others_when_they_are_near(
    client, media, make_copies
):
    make_pictured(slug="inside")
    story = make_article(
        lead_photo=make_pictured(), body='<figure data-photo="inside"></figure>'
    )
    make_copies()
    page = client.get(story.get_absolute_url()).content.decode()
    lead, inside = page.split("<figure")[1:3]
    assert 'fetchpriority="high"' in lead
    assert "lazy" not in lead
    assert 'loading="lazy"' in inside
    assert "fetchpriority" not in inside
    for figure in (lead, inside):
        assert figure.count("srcset=") == figure.count("sizes=") == 2
        assert 'width="700" height="500"' in figure
        assert '<span class="credit">© Credit' in figure


@pytest.mark.parametrize(
    ("focal", "size", "ratio", "box"),
    [
        ((50, 50), (300, 100), (1, 1), (100, 0, 200, 100)),
        ((0, 50), (300, 100), (1, 1), (0, 0, 100, 100)),
        ((100, 0), (300, 100), (1, 1), (200, 0, 300, 100)),
        ((40, 90), (300, 100), (1, 1), (70, 0, 170, 100)),
        ((50, 10), (100, 300), (1, 1), (0, 0, 100, 100)),
        ((50, 50), (160, 90), (16, 9), (0, 0, 160, 90)),
        ((50, 100), (160, 160), (16, 9), (0, 70, 160, 160)),
        ((50, 50), (1, 9), (16, 9), (0, 4.21875, 1, 4.78125)),
    ],
)
def test_a_crop_is_as_near_to_the_point_as_the_edges_let_it(focal, size, ratio, box):
    assert box_around(focal, size, ratio) == box


@pytest.mark.parametrize("size", [(1, 1), (1, 9000), (9000, 1), (319, 2), (6000, 4000)])
def test_something_is_made_of_a_picture_of_any_shape(size):
    kinds = wanted(size)
    assert len(set(kinds)) == len(kinds) <= 19
    assert all(1 <= kind.width <= size[0] and kind.height >= 1 for kind in kinds)


def test_another_point_makes_other_files_and_the_old_ones_go(media, make_copies, keep):
    photo = make_pictured((1600, 400), focal_x=0)
    make_copies()
    photo.refresh_from_db()
    before = photo.names()
    with Image.open(media / photo.files("1x1")[0].name) as copy:
        assert copy.getpixel((200, 200))[0] > 200
    photo.focal_x = 100
    keep(photo.save)
    assert copies_in(media) == before, "readers keep the old ones until then"
    make_copies()
    photo.refresh_from_db()
    assert not set(photo.names()) & set(before)
    assert copies_in(media) == photo.names()
    with Image.open(media / photo.files("1x1")[0].name) as copy:
        assert copy.getpixel((200, 200))[2] > 200


def test_another_credit_is_written_into_new_files(media, make_copies):
    photo = make_pictured(credit="Wrong agency")
    make_copies()
    photo.credit = "Right agency"
    photo.save()
    make_copies()
    contents = [path.read_bytes() for path in media.rglob("*.*")]
    assert all(b"Right agency" in content for content in contents)
    assert not any(b"Wrong agency" in content for content in contents)


def test_other_words_make_no_other_files(media, make_copies):
    photo = make_pictured()
    make_copies()
    photo.refresh_from_db()
    before = photo.names()
    photo.caption = "Other words"
    photo.save()
    make_copies()
    photo.refresh_from_db()
    assert photo.names() == before


def test_a_picture_that_is_replaced_or_deleted_leaves_no_file(media, make_copies, keep):
    photo = make_pictured()
    make_copies()
    photo.refresh_from_db()
    before = photo.names()
    photo.image = upload(file_of(drawn(left="green")))
    keep(photo.save)
    assert copies_in(media) == photo.names()
    assert not set(before) & set(photo.names())
    originals = media.parent / "originals"
    assert [path.name for path in originals.iterdir()] == [photo.image.name]
    make_copies()
    photo.refresh_from_db()
    keep(photo.delete)
    assert copies_in(media) == list(originals.iterdir()) == []
    make_pictured()
    keep(Photo.objects.all().delete)
    assert copies_in(media) == list(originals.iterdir()) == []


def test_a_picture_that_is_taken_out_is_no_longer_there(media, keep):
    photo = make_pictured()
    photo.image = ""
    keep(photo.save)
    assert copies_in(media) == photo.files() == []
    assert "Photograph to come" in body.picture(photo, "lead")


def test_made_twice_is_made_once(media, make_copies, capsys):
    photo = make_pictured()
    make_copies()
    assert f"{photo.slug}: made" in capsys.readouterr().out
    photo.refresh_from_db()
    make_copies()
    assert capsys.readouterr().out == ""
    assert copies_in(media) == photo.names()
    make_copies(again=True)
    assert f"{photo.slug}: made" in capsys.readouterr().out


def test_two_at_once_do_not_make_the_same(media, monkeypatch, keep):
    """The second starts while the first is at work, and finds nothing to do."""
    photo = make_pictured()
    seen = []

    def at_work(*args, **kwargs):
        if not seen:
            seen.append(list(darkroom.make_due()))
        return made(*args, **kwargs)

    made = darkroom.renditions.made
    monkeypatch.setattr(darkroom.renditions, "made", at_work)
    assert keep(list, darkroom.make_due()) == [(photo, "")]
    assert seen == [[]]


def test_one_that_died_is_followed_by_another(media, make_copies):
    photo = make_pictured()
    later = timezone.now() + PATIENCE
    Photo.objects.update(renditions_due_at=later)
    assert not Photo.objects.due().exists()
    assert Photo.objects.due(at=later).get() == photo


def test_a_change_meanwhile_wins(media, monkeypatch, make_copies):
    photo = make_pictured(credit="Before")

    def meddling(*args, **kwargs):
        changed = Photo.objects.get()
        if changed.credit == "Before":
            changed.credit = "After"
            changed.save()
        return made(*args, **kwargs)

    made = darkroom.renditions.made
    monkeypatch.setattr(darkroom.renditions, "made", meddling)
    make_copies()
    photo.refresh_from_db()
    assert copies_in(media) == photo.names()
    contents = [path.read_bytes() for path in media.rglob("*.*")]
    assert all(b"After" in content for content in contents)


def test_an_upload_that_is_gone_is_reported_and_readers_keep_what_they_have(
    media, make_copies, capsys
):
    photo = make_pictured()
    (media.parent / "originals" / photo.image.name).unlink()
    other = make_pictured()
    make_copies()
    said = capsys.readouterr()
    assert f"{photo.slug}: " in said.err
    assert f"{other.slug}: made" in said.out
    assert copies_in(media) == sorted(
        photo.names() + Photo.objects.get(pk=other.pk).names()
    )
    make_copies()
    assert capsys.readouterr().err == ""


def test_what_a_fixture_brings_is_made_too(media, make_copies):
    photo = make_pictured()
    Photo.objects.update(rendition="", renditions=[], renditions_due_at=None)
    make_copies()
    photo.refresh_from_db()
    assert photo.rendition.name in photo.names()
    assert len(photo.names()) > 5


def test_a_portrait_is_cut_around_what_matters_and_waits_for_no_scrolling(
    media, make_copies
):
    photo = make_pictured(focal_x=10)
    make_copies()
    photo.refresh_from_db()
    shown = body.picture(photo, "portrait")
    assert 'class="cut-4x5" fetchpriority="high"' in shown
    assert "lazy" not in shown
    with Image.open(media / photo.files("4x5")[0].name) as copy:
        assert copy.width / copy.height == pytest.approx(0.8, abs=0.01)


def test_the_form_says_how_far_it_has_come(desk, media, make_copies):
    photo = make_pictured()
    change = f"/admin/articles/photo/{photo.pk}/change/"
    copies = f"/admin/articles/photo/{photo.pk}/copies/"
    Photo.objects.update(renditions_made=3)
    for address in (change, copies):
        assert "3 of 16 copies for readers made" in desk.get(address).content.decode()
    make_copies()
    for address in (change, copies):
        page = desk.get(address).content.decode()
        assert "All 16 copies for readers are made." in page
        assert "In lists, 16 × 9" in page
    assert desk.get("/admin/articles/photo/0/copies/").status_code == 404


def test_who_may_not_see_the_form_is_not_told(client, media):
    photo = make_pictured()
    answer = client.get(f"/admin/articles/photo/{photo.pk}/copies/")
    assert answer.status_code == 302


@pytest.mark.parametrize(("by_worker", "count"), [(False, 1), (True, 0)])
def test_saving_starts_the_making_once_it_holds(
    desk, media, settings, monkeypatch, keep, by_worker, count
):
    settings.RENDITIONS_BY_WORKER = by_worker
    started = []
    monkeypatch.setattr(subprocess, "Popen", lambda *args, **kw: started.append(args))
    photo = make_pictured()
    address = f"/admin/articles/photo/{photo.pk}/change/"
    data = form_data(desk.get(address), focal_x="10")
    desk.post(address, data)
    assert not started
    assert keep(desk.post, address, data | {"focal_x": "20"}).status_code == 302
    assert len(started) == count
    photo.refresh_from_db()
    assert photo.renditions_due_at <= timezone.now()


def test_two_that_are_at_work_are_not_joined_by_a_third(
    media, settings, monkeypatch, keep
):
    settings.RENDITIONS_BY_WORKER = False
    monkeypatch.setattr(subprocess, "Popen", lambda *args, **kw: pytest.fail("started"))
    for _number in range(2):
        make_pictured()
    Photo.objects.update(renditions_due_at=timezone.now() + PATIENCE)
    make_pictured()
    keep(darkroom.start)


def test_pictures_in_a_list_cost_no_query(media, make_copies):
    for _number in range(5):
        make_article(lead_photo=make_pictured((40, 30)))
    make_copies()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        cards = [
            body.picture(article.lead_photo, "card")
            for article in Article.objects.listed().for_cards()
        ]
    assert len(cards) == 5
    assert len(queries) == 1
    assert all('class="cut-16x9" loading="lazy"' in card for card in cards)


def test_a_list_shows_the_crop_as_soon_as_there_is_one(media, make_copies):
    photo = make_pictured((700, 700))
    assert 'width="700" height="700" class="cut-16x9"' in body.picture(photo, "card")
    make_copies()
    photo.refresh_from_db()
    card = body.picture(photo, "card")
    assert 'width="700" height="394" class="cut-16x9"' in card
    figure = render_to_string("articles/_picture.html", {"photo": photo})
    assert card in figure
    assert f"© {photo.credit}" in figure
    assert [one.width for one in photo.files("16x9")] == [320, 640, 640, 700, 700]
    assert [one.height for one in photo.files("card")] == [368]
