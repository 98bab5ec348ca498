"""What is taken for a picture. A file is what its content says, whatever its name."""

import warnings
from io import BytesIO
from typing import BinaryIO

from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps

FORMATS = ["JPEG", "PNG", "WEBP", "AVIF", "TIFF"]
LONGEST_SIDE = 30_000  # px; a JPEG has at most 65,535
MOST_SCANS = 100  # of a progressive JPEG, which programs write in about ten
START_OF_SCAN = b"\xff\xda"
TILE_SIZE_TAGS = (322, 323)
SRGB = ImageCms.createProfile("sRGB")
TURNED = range(5, 9)  # the orientations of Exif that stand on their side
SIDEWAYS_TAG = 0x0112
OTHERS = {  # what editors send instead, by a piece of its beginning
    b"GIF8": "GIF",
    b"%PDF": "PDF",
    b"ftyphei": "HEIC",
    b"ftypmif1": "HEIC",
    b"<svg": "SVG",
    b"8BPS": "Photoshop",
}


class NotTaken(ValueError):
    """Why a file is not taken, in a sentence that says what to do."""


def opened(file: BinaryIO, *, megapixels: int) -> Image.Image:
    """The picture, of which only the beginning has been read so far."""
    file.seek(0)
    beginning = file.read(512)
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of our own limit, and of broken Exif
            picture = Image.open(file, formats=FORMATS)
        # Of a photo in several sizes in one JPEG (MPO) the first is the photo.
        is_one = picture.format == "MPO" or not getattr(picture, "is_animated", False)
    except Image.DecompressionBombError as error:
        raise NotTaken(_too_large(megapixels)) from error
    except Exception as error:
        raise NotTaken(_no_picture(beginning)) from error
    if max(picture.width * picture.height, _tile(picture)) > megapixels * 1_000_000:
        raise NotTaken(_too_large(megapixels))
    refuse_many_scans(file)
    if max(picture.size) > LONGEST_SIDE:
        message = _("A side of the picture is over %(most)d pixels long: crop it.")
        raise NotTaken(message % {"most": LONGEST_SIDE})
    if not is_one:
        raise NotTaken(
            _(
                "The file holds several pictures, an animation or pages. Save the one "
                "that you want by itself, as JPEG or PNG."
            )
        )
    if picture.mode == "F" or picture.mode.startswith("I;32"):
        message = _("The picture has 32 bits a channel: save it with 8, as JPEG.")
        raise NotTaken(message)
    return picture


def refuse_many_scans(file: BinaryIO) -> None:
    """Each scan of a JPEG decodes the whole picture anew, and takes a few bytes."""
    file.seek(0)
    content = file.read()
    file.seek(0)
    if content[:2] == b"\xff\xd8" and content.count(START_OF_SCAN) > MOST_SCANS:
        message = _(
            "This JPEG holds its picture in over %(most)d passes, as no program writes "
            "it. Open it, and save it anew."
        )
        raise NotTaken(message % {"most": MOST_SCANS})


def _tile(picture) -> int:
    """The pixels of a TIFF's tile, which is decoded whole whatever of it is shown."""
    tags = getattr(picture, "tag_v2", {})
    width, height = (tags.get(tag, 0) for tag in TILE_SIZE_TAGS)
    return width * height if isinstance(width, int) and isinstance(height, int) else 0


def developed(
    picture: Image.Image, *, width: int, shortest_side: int = 0
) -> Image.Image:
    """The whole of an opened picture: upright, in sRGB with 8 bits a channel, on white
    where it was see-through, without metadata. Reduced to what a copy of that width,
    or with that shortest side, needs."""
    profile = picture.info.get("icc_profile")
    turned = is_turned(picture)
    size = _enough(upright_size(picture), width, shortest_side)
    picture.draft(None, size[::-1] if turned else size)
    try:
        picture.load()
        picture = with_eight_bits(_turned_upright(picture))
        picture = _on_white(picture)
        if picture.size != size:
            picture = picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3)
        picture = _in_srgb(picture, profile)
    except Exception as error:
        broken = _("The picture is broken or cut short. Send the file again.")
        raise NotTaken(broken) from error
    picture.info.clear()
    return picture


def upright_size(picture: Image.Image) -> tuple[int, int]:
    return picture.size[::-1] if is_turned(picture) else picture.size


def is_turned(picture: Image.Image) -> bool:
    try:
        return picture.getexif().get(SIDEWAYS_TAG) in TURNED
    except Exception:  # Exif that nobody can read turns nothing
        return False


def _enough(size, width, shortest_side):
    scale = min(1, max(width / size[0], shortest_side / min(size)))
    return tuple(max(1, round(side * scale)) for side in size)


def _turned_upright(picture):
    try:
        return ImageOps.exif_transpose(picture)
    except Exception:
        picture.info.pop("exif", None)
        return picture


def with_eight_bits(picture):
    """Pillow takes what is over 255 in sixteen for white."""
    if picture.mode.startswith("I"):
        return picture.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    return picture


def _on_white(picture):
    if picture.mode in ("P", "PA", "LA", "La", "RGBa") or "transparency" in (
        picture.info
    ):
        picture = picture.convert("RGBA")
    if picture.mode == "RGBA":
        paper = Image.new("RGB", picture.size, "white")
        paper.paste(picture, mask=picture)
        return paper
    return picture.convert("L") if picture.mode == "1" else picture


def _in_srgb(picture, profile):
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            return ImageCms.profileToProfile(picture, source, SRGB, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            pass  # a profile that is broken, or not of this kind of picture
    return picture.convert("RGB")


def _too_large(megapixels):
    message = _("The picture has over %(most)d megapixels. Send it in a smaller size.")
    return message % {"most": megapixels}


def _no_picture(beginning):
    kind = next((name for sign, name in OTHERS.items() if sign in beginning), "")
    if kind:
        message = _(
            "This is a %(kind)s file, which readers cannot be sent. Save it as JPEG, "
            "PNG, WebP, AVIF or TIFF and upload that."
        )
        return message % {"kind": kind}
    return _(
        "This file is no picture, or it is broken. Send it again as JPEG, PNG, WebP, "
        "AVIF or TIFF."
    )
