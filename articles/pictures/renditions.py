"""What is made of a picture for readers: which files, and what each shows."""

from io import BytesIO
from typing import NamedTuple

from PIL import Image

from articles.pictures.metadata import credited

# JPEG is for the few browsers that do not know AVIF.
WIDTHS = {"avif": [320, 640, 960, 1280, 1920], "jpeg": [640, 1280, 1920]}
FIRST_WIDTH = 1280  # of the one that is made while the upload is waited for
# 16x9 is for lists, 4x5 for portraits; the search engines want 16x9, 4x3 and 1x1 beside
# a story, and what people share wants the card.
CROPS = {
    "16x9": (16, 9),
    "4x3": (4, 3),
    "1x1": (1, 1),
    "4x5": (4, 5),
    "card": (1200, 630),
}
CROP_WIDTH = 1200
CROP_WIDTHS = {  # of those that pages show; the others have one width
    "16x9": {"avif": [320, 640, 960], "jpeg": [640, CROP_WIDTH]},
    "4x5": {"avif": [320, 640], "jpeg": [640]},
}
# An upload is reduced to this before anything is cut from it.
ENOUGH = {"width": WIDTHS["avif"][-1], "shortest_side": CROP_WIDTH}
HOW = {
    "avif": {"format": "AVIF", "quality": 60, "speed": 6},
    "jpeg": {"format": "JPEG", "quality": 80, "progressive": True, "optimize": True},
}
SUFFIXES = {"avif": "avif", "jpeg": "jpg"}


class Kind(NamedTuple):
    crop: str  # "" is the whole picture
    format: str
    width: int
    height: int


def first_of(size: tuple[int, int]) -> Kind:
    width = min(size[0], FIRST_WIDTH)
    return Kind("", "jpeg", width, _height(size, width))


def wanted(size: tuple[int, int]) -> list[Kind]:
    """All that is made of an upright picture of that size, none wider than it is. The
    first of them is made at once."""
    whole = [
        Kind("", form, width, _height(size, width))
        for form, widths in WIDTHS.items()
        for width in _steps(widths, size[0])
    ]
    cut = []
    for crop, ratio in CROPS.items():
        widest = min(size[0], size[1] * ratio[0] // ratio[1]) or 1
        for form, steps in CROP_WIDTHS.get(crop, {"jpeg": [CROP_WIDTH]}).items():
            widths = _steps(steps, widest)
            cut += [Kind(crop, form, w, _height(ratio, w)) for w in widths]
    first = first_of(size)
    return [first, *(kind for kind in whole if kind != first), *cut]


def made(
    picture: Image.Image, kind: Kind, *, focal: tuple[int, int], credit: str
) -> bytes:
    """The file, which carries no metadata but the credit. `focal` is in per cent."""
    box = None
    if kind.crop:
        box = box_around(focal, picture.size, CROPS[kind.crop])
    shown = picture.resize(
        (kind.width, kind.height), Image.Resampling.LANCZOS, box, reducing_gap=3
    )
    written = BytesIO()
    shown.save(written, exif=credited(credit), **HOW[kind.format])
    return written.getvalue()


def box_around(
    focal: tuple[int, int], size: tuple[int, int], ratio: tuple[int, int]
) -> tuple[float, float, float, float]:
    """The largest part of that shape, as near to the focal point as the edges let it
    be: left, top, right, bottom."""
    width = min(size[0], size[1] * ratio[0] / ratio[1])
    height = width * ratio[1] / ratio[0]
    left = min(max(size[0] * focal[0] / 100 - width / 2, 0), size[0] - width)
    top = min(max(size[1] * focal[1] / 100 - height / 2, 0), size[1] - height)
    return left, top, min(left + width, size[0]), min(top + height, size[1])


def _steps(widths, widest):
    narrower = [width for width in widths[:-1] if width < widest]
    return [*narrower, min(widest, widths[-1])]


def _height(size, width):
    return max(1, round(width * size[1] / size[0]))
