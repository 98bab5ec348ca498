"""What becomes of a file that somebody uploads as a picture: the hostile, the broken
and the unusual."""

import re
from datetime import date
from io import BytesIO

import pytest
from django.contrib.auth.models import Permission
from PIL import ExifTags, Image

from articles.darkroom import make_due
from articles.models import Photo
from tests import pictures
from tests.factories import make_photo
from tests.pictures import camera_exif, drawn, file_of, upload, with_iptc
from tests.test_admin import form_data

pytestmark = pytest.mark.django_db

ADD = "/admin/articles/photo/add/"
TYPED = {"caption": "Typed", "credit": "Typed agency", "slug": "typed", "alt_text": "x"}
PLAIN = file_of(drawn())
SCRIPT = b"<?php system($_GET['x']); ?><script>alert(1)</script>PK\x03\x04payload"


def send(desk, content, name="picture.jpg", **typed):
    data = form_data(desk.get(ADD), **(TYPED | typed))
    data["image"] = upload(content, name)
    return desk.post(ADD, data)


@pytest.fixture
def make_copies(django_capture_on_commit_callbacks):
    def make():
        with django_capture_on_commit_callbacks(execute=True):
            return [said for _photo, said in make_due()]

    return make


def sent_copies(media):
    """Every file that the web server has for readers."""
    return [path for path in media.rglob("*") if path.is_file()]


REFUSED = {
    "a bomb of 2500 megapixels": (
        lambda: pictures.png_of_size(50_000, 50_000),
        "over 64 megapixels",
    ),
    "a bomb of one tile": (
        lambda: pictures.tiff_of_tile(16_000),
        "over 64 megapixels",
    ),
    "a bomb of scans": (
        lambda: pictures.jpeg_of_scans(150),
        "in over 100 passes",
    ),
    "200 megapixels": (
        lambda: pictures.png_of_size(20_000, 10_000),
        "over 64 megapixels",
    ),
    "80 megapixels": (
        lambda: pictures.png_of_size(10_000, 8_000),
        "over 64 megapixels",
    ),
    "a strip": (lambda: pictures.png_of_size(40_000, 2), "crop it"),
    "svg": (
        lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
        "This is a SVG file",
    ),
    "svg behind a declaration": (
        lambda: b"<?xml version='1.0'?><!-- x --><svg><script>1</script></svg>",
        "This is a SVG file",
    ),
    "a script with the name of a picture": (lambda: SCRIPT, "This file is no picture"),
    "a page": (lambda: b"<!doctype html><p>Hello", "This file is no picture"),
    "a pdf": (lambda: b"%PDF-1.7\n%", "This is a PDF file"),
    "heic": (lambda: b"\0\0\0\x18ftypheic\0\0\0\0", "This is a HEIC file"),
    "cut short": (lambda: PLAIN[: len(PLAIN) // 2], "broken or cut short"),
    "only its beginning": (lambda: PLAIN[:30], "This file is no picture"),
    "a png without an end": (
        lambda: file_of(drawn(), "PNG")[:200],
        "broken or cut short",
    ),
    "animated gif": (lambda: pictures.animated("GIF"), "This is a GIF file"),
    "animated png": (lambda: pictures.animated("PNG"), "an animation or pages"),
    "animated webp": (lambda: pictures.animated("WEBP"), "an animation or pages"),
    "animated webp of many frames": (
        lambda: pictures.animated("WEBP", frames=600),
        "an animation or pages",
    ),
    "animated avif": (lambda: pictures.animated("AVIF"), "an animation or pages"),
    "a tiff of pages": (lambda: pictures.animated("TIFF"), "an animation or pages"),
    "32 bits": (lambda: file_of(drawn(mode="F"), "TIFF"), "32 bits"),
    "nothing": (lambda: b"", "The submitted file is empty"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_with_a_sentence_and_nothing_typed_is_lost(desk, media, name):
    make, said = REFUSED[name]
    response = send(desk, make())
    assert said in response.content.decode()
    form = response.context["adminform"].form
    assert {name: form[name].value() for name in TYPED} == TYPED
    assert not Photo.objects.exists()
    assert not sent_copies(media)


@pytest.mark.parametrize(
    ("setting", "content", "said"),
    [
        ("PHOTO_MEGABYTES", PLAIN + b"\0" * 1024 * 1024, "over 1 megabytes"),
        ("PHOTO_MEGAPIXELS", file_of(drawn((1200, 1000))), "over 1 megapixels"),
    ],
)
def test_a_newsroom_sets_its_own_limits(desk, media, settings, setting, content, said):
    setattr(settings, setting, 1)
    assert said in send(desk, content).content.decode()


TAKEN = {
    "jpeg": lambda: PLAIN,
    "png": lambda: file_of(drawn(), "PNG"),
    "webp": lambda: file_of(drawn(), "WEBP"),
    "avif": lambda: file_of(drawn(), "AVIF"),
    "tiff": lambda: file_of(drawn(), "TIFF"),
    "cmyk": lambda: file_of(drawn(mode="CMYK")),
    "grey": lambda: file_of(drawn(mode="L", left="black", right="white")),
    "sixteen bits": pictures.sixteen_bit_grey,
    "one bit": lambda: file_of(drawn(mode="1", left="black", right="white"), "PNG"),
    "a palette": lambda: file_of(drawn(mode="P"), "PNG"),
    "see-through": lambda: file_of(
        Image.new("RGBA", (400, 300), (255, 0, 0, 0)), "PNG"
    ),
    "turned by exif": lambda: file_of(
        drawn((300, 400)).rotate(90, expand=True), exif=camera_exif(6)
    ),
    "with gps": lambda: file_of(drawn(), exif=camera_exif()),
    "with a broken profile": lambda: file_of(drawn(), icc_profile=b"not a profile"),
    "with another kind's profile": lambda: file_of(
        drawn(), icc_profile=pictures.lab_profile()
    ),
    "with broken exif": lambda: file_of(drawn(), exif=b"Exif\0\0MM\0*\xff\xff\xff\xff"),
    "a polyglot with a script and an archive": lambda: PLAIN + SCRIPT,
    "a polyglot png": lambda: file_of(drawn(), "PNG") + SCRIPT,
    "a polyglot with a script in its comment": lambda: file_of(drawn(), comment=SCRIPT),
    "with the name of a script": lambda: PLAIN,
    "a line across": lambda: file_of(drawn((400, 1)), "PNG"),
    "a line down": lambda: file_of(drawn((2, 9000)), "PNG"),
    "one dot": lambda: file_of(Image.new("RGB", (1, 1)), "PNG"),
}


@pytest.mark.parametrize("name", TAKEN)
def test_it_is_taken_and_readers_get_a_new_file_of_it(desk, media, make_copies, name):
    file_name = "picture.php" if "name of a script" in name else "picture.jpg"
    response = send(desk, TAKEN[name](), file_name)
    assert response.status_code == 302, response.context["errors"]
    assert make_copies() == [""]
    copies = sent_copies(media)
    assert len(copies) == len(Photo.objects.get().renditions) >= 6
    for path in copies:
        assert re.fullmatch(r"[0-9a-f]{32}\.(jpg|avif)", path.name)
        content = path.read_bytes()
        assert not any(piece in content for piece in (b"php", b"alert", b"PK\x03\x04"))
        with Image.open(BytesIO(content)) as copy:
            assert copy.format == {".jpg": "JPEG", ".avif": "AVIF"}[path.suffix]
            assert copy.mode == "RGB"
            assert copy.width <= 400


def colours(photo):
    """Left and right in the copy that readers get."""
    with Image.open(photo.rendition.path) as copy:
        middle = copy.height // 2
        return [copy.getpixel((x, middle)) for x in (9, copy.width - 9)]


@pytest.mark.parametrize(
    ("name", "left", "right"),
    [
        ("jpeg", (254, 0, 0), (0, 0, 254)),
        ("cmyk", (254, 0, 0), (0, 0, 254)),
        ("sixteen bits", (128, 128, 128), (255, 255, 255)),
        ("one bit", (0, 0, 0), (255, 255, 255)),
        ("palette", (254, 0, 0), (0, 0, 254)),
        ("see-through", (255, 255, 255), (255, 255, 255)),
        ("another kind's", (254, 0, 0), (0, 0, 254)),
    ],
)
def test_its_colours_stay(desk, media, name, left, right):
    kind = next(kind for kind in TAKEN if name in kind)
    send(desk, TAKEN[kind]())
    seen = colours(Photo.objects.get())
    for was, now in zip((left, right), seen, strict=True):
        assert all(abs(a - b) < 9 for a, b in zip(was, now, strict=True)), seen


def test_colours_of_another_space_are_those_that_it_means(desk, media):
    """(0, 255, 0) of a space whose green lies elsewhere is not sRGB's."""
    profile = pictures.swapped_profile()
    send(desk, file_of(drawn(), icc_profile=profile))
    left, right = colours(Photo.objects.get())
    assert left[1] > 200 > 60 > left[0]


def test_a_picture_that_lies_on_its_side_is_put_upright(desk, media):
    turned = drawn((300, 400), left="red", right="blue").rotate(90, expand=True)
    send(desk, file_of(turned, exif=camera_exif(6)))
    photo = Photo.objects.get()
    size = Photo.objects.values_list("width", "height").get(pk=photo.pk)
    assert size == (300, 400)  # in the row: else each look at it reads the file
    left, right = colours(photo)
    assert left[0] > 200
    assert right[2] > 200


def test_readers_get_no_metadata_but_the_credit(desk, media, make_copies):
    exif = camera_exif(ImageDescription="Secret note", Artist="Somebody else")
    content = file_of(
        drawn((1500, 1000)),
        exif=exif,
        xmp=pictures.XMP.replace("Halden Wire", "Secret note").encode(),
        comment=b"Secret note",
        icc_profile=pictures.swapped_profile(),
    )
    content = with_iptc(content, caption="Secret note", city="Secret place")
    assert all(secret in content for secret in pictures.SECRETS)
    send(desk, content, credit="ITAR-TASS / Жанна")
    copies = [path.read_bytes() for path in sent_copies(media)]
    assert len(copies) == 1
    make_copies()
    copies += [path.read_bytes() for path in sent_copies(media)]
    assert len(copies) > 15
    for content in copies:
        assert not any(secret in content for secret in pictures.SECRETS)
        assert b"adobe" not in content.lower()
        with Image.open(BytesIO(content)) as copy:
            said = dict(copy.getexif())
            assert said.keys() == {ExifTags.Base.Artist, ExifTags.Base.Copyright}
            assert not copy.getexif().get_ifd(ExifTags.IFD.GPSInfo)
            assert "ITAR-TASS / Жанна".encode() in content
            named = {"exif", "jfif", "jfif_version", "jfif_unit", "jfif_density"}
            assert copy.info.keys() <= named | {"dpi", "progressive", "progression"}


@pytest.mark.parametrize(
    ("content", "caption", "credit"),
    [
        (
            with_iptc(
                PLAIN,
                caption="Гавань на рассвете",
                credit="Halden Wire",
                byline="Ann Roe",
                created="20160208",
            ),
            "Гавань на рассвете",
            "Halden Wire / Ann Roe",
        ),
        (
            file_of(
                drawn(),
                exif=camera_exif(
                    ImageDescription="The harbour", Copyright="(c) Halden Wire"
                ),
            ),
            "The harbour",
            "Halden Wire",
        ),
        (
            file_of(drawn(), xmp=pictures.XMP.encode()),
            "The harbour at dawn",
            "Halden Wire",
        ),
        (
            file_of(drawn(), "PNG", exif=camera_exif(Artist="Ann Roe")),
            "",
            "Ann Roe",
        ),
    ],
    ids=["iptc", "exif", "xmp", "png"],
)
def test_what_the_file_says_is_proposed_where_the_editor_says_nothing(
    desk, media, content, caption, credit
):
    response = send(desk, content, **dict.fromkeys(TYPED, ""))
    photo = Photo.objects.get()
    assert (photo.caption, photo.credit) == (caption, credit)
    assert photo.taken_on == date(2016, 2, 8)
    assert photo.slug
    page = desk.get(response.url).content.decode()
    assert "Read from the picture, for you to check: " in page
    assert "taken on" in page.lower()


def test_what_the_editor_typed_stands(desk, media):
    content = with_iptc(PLAIN, caption="Of the file", credit="Of the file")
    send(desk, content)
    photo = Photo.objects.get()
    assert (photo.caption, photo.credit) == ("Typed", "Typed agency")


def test_metadata_made_to_do_harm_is_text_or_nothing(desk, media):
    entities = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
    content = file_of(drawn(), xmp=entities.encode())
    content = with_iptc(
        content, caption="<script>alert(1)</script>", created="99999999"
    )
    send(desk, content, caption="", slug="")
    photo = Photo.objects.get()
    assert photo.caption == "<script>alert(1)</script>"
    assert photo.taken_on is None
    page = desk.get(f"/admin/articles/photo/{photo.pk}/change/").content.decode()
    assert "<script>alert" not in page


def test_two_pictures_without_a_caption_have_slugs_of_their_own(desk, media):
    for _number in range(3):
        send(desk, PLAIN, slug="", caption="")
    slugs = Photo.objects.order_by("pk").values_list("slug", flat=True)
    assert list(slugs) == ["photo", "photo-2", "photo-3"]


def test_no_address_leads_to_the_upload(desk, client, media):
    send(desk, PLAIN)
    photo = Photo.objects.get()
    name = photo.image.name
    assert re.fullmatch(r"[0-9a-f]{32}", name)
    assert (media.parent / "originals" / name).exists()
    change = desk.get(f"/admin/articles/photo/{photo.pk}/change/").content.decode()
    assert name not in change
    assert photo.rendition.url in change
    assert client.get(f"/media/{name}").status_code == 404


def test_who_may_only_look_gets_no_address_of_the_upload(client, media, reporter):
    photo = make_photo()
    photo.image.save("x.jpg", upload(PLAIN))
    reporter.groups.clear()
    reporter.user_permissions.add(Permission.objects.get(codename="view_photo"))
    client.force_login(reporter)
    page = client.get(f"/admin/articles/photo/{photo.pk}/change/").content.decode()
    assert photo.image.name not in page
    assert photo.rendition.url in page
