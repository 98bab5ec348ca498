"""The colour of a voice, for both themes, out of one that an editor chose. Hue and
lightness are OKLCH's, contrast is that of WCAG 2."""

import re
from functools import lru_cache
from math import atan2, cos, hypot, sin
from typing import NamedTuple

DEFAULT = "#1f43c0"
NEEDED = 4.5
# The grounds that a voice stands on: the page, and what is set apart on it.
LIGHT = ("#fcfcfa", "#f2f2ee")
DARK = ("#121315", "#1b1d20")
LIGHT_INK, DARK_INK = "#17181a", "#ecebe6"


class Shades(NamedTuple):
    voice: str
    line: str
    wash: str


class Palette(NamedTuple):
    light: Shades
    dark: Shades


class Unreadable(ValueError):
    """`ratio` is the contrast that the colour has at worst, `nearest` one of its hue
    that has enough."""

    def __init__(self, ratio: float, nearest: str):
        super().__init__(f"{ratio:.1f}:1")
        self.ratio, self.nearest = ratio, nearest


def contrast(one: str, other: str) -> float:
    """From 1, the same, to 21, black on white."""
    darker, lighter = sorted([_luminance(_rgb(one)), _luminance(_rgb(other))])
    return (lighter + 0.05) / (darker + 0.05)


def normal(text: str) -> str:
    """As #rrggbb in lower case; a text that is no such colour is a ValueError."""
    text = text.strip().lower()
    if short := re.fullmatch("#?([0-9a-f])([0-9a-f])([0-9a-f])", text):
        return "#" + "".join(digit * 2 for digit in short.groups())
    if full := re.fullmatch("#?([0-9a-f]{6})", text):
        return f"#{full[1]}"
    raise ValueError(text)


@lru_cache(maxsize=32)
def palette(accent: str) -> Palette:
    """The accent itself is the voice on light pages; all else keeps its hue and takes
    the contrast that the default's has. An accent that cannot be read on light pages
    is Unreadable."""
    accent = normal(accent)
    _lightness, chroma, hue = _lch(_rgb(accent))
    worst = min(contrast(accent, ground) for ground in LIGHT)
    if worst < NEEDED:
        # The darker ground asks for more.
        raise Unreadable(worst, _tone(hue, chroma, LIGHT[1], NEEDED))
    return Palette(
        Shades(
            accent,
            _tone(hue, chroma * 0.6, LIGHT[0], 3.5),
            _tone(hue, min(chroma, 0.02), LIGHT_INK, 15.2),
        ),
        Shades(
            _tone(hue, min(chroma, 0.09), DARK[0], 10.3),
            _tone(hue, chroma * 0.6, DARK[0], 4.3),
            _tone(hue, min(chroma, 0.06), DARK_INK, 12.2),
        ),
    )


def stylesheet(accent: str) -> str:
    """What turns the pages' voice into the accent. On paper it stays black."""
    light, dark = palette(accent)
    return (
        f"@media screen{{{_root(light)}}}"
        f"@media screen and (prefers-color-scheme:dark){{{_root(dark)}}}"
    )


def _root(shades):
    return (
        f":root{{--voice:{shades.voice};--voice-line:{shades.line};"
        f"--voice-wash:{shades.wash}}}"
    )


def _tone(hue, chroma, ground, ratio) -> str:
    """The colour of that hue that has just the ratio to the ground: lighter than a dark
    one, darker than a light one."""
    is_dark = _luminance(_rgb(ground)) < 0.18
    near, far = _lch(_rgb(ground))[0], float(is_dark)
    for _step in range(24):
        middle = (near + far) / 2
        if contrast(_colour(middle, chroma, hue), ground) < ratio:
            near = middle
        else:
            far = middle
    return _colour(far, chroma, hue)


def _colour(lightness, chroma, hue) -> str:
    """With as much of the chroma as a screen can show."""
    least, most = 0.0, chroma
    rgb = _from_lch(lightness, most, hue)
    if not _is_shown(rgb):
        for _step in range(12):
            middle = (least + most) / 2
            if _is_shown(_from_lch(lightness, middle, hue)):
                least = middle
            else:
                most = middle
        rgb = _from_lch(lightness, least, hue)
    return "#" + "".join(f"{round(255 * min(max(c, 0), 1)):02x}" for c in rgb)


def _is_shown(rgb):
    return all(-0.0005 <= channel <= 1.0005 for channel in rgb)


def _rgb(colour):
    return [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]


def _linear(channel):
    if channel <= 0.04045:
        return channel / 12.92
    return ((channel + 0.055) / 1.055) ** 2.4


def _encoded(channel):
    if channel <= 0.0031308:
        return channel * 12.92
    return 1.055 * channel ** (1 / 2.4) - 0.055


def _luminance(rgb):
    red, green, blue = map(_linear, rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


# The matrices are those that Björn Ottosson gives for Oklab.


def _lch(rgb):
    r, g, b = map(_linear, rgb)
    x = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    y = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    z = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    lightness = 0.2104542553 * x + 0.7936177850 * y - 0.0040720468 * z
    along = 1.9779984951 * x - 2.4285922050 * y + 0.4505937099 * z
    across = 0.0259040371 * x + 0.7827717662 * y - 0.8086757660 * z
    return lightness, hypot(along, across), atan2(across, along)


def _from_lch(lightness, chroma, hue):
    along, across = chroma * cos(hue), chroma * sin(hue)
    x = (lightness + 0.3963377774 * along + 0.2158037573 * across) ** 3
    y = (lightness - 0.1055613458 * along - 0.0638541728 * across) ** 3
    z = (lightness - 0.0894841775 * along - 1.2914855480 * across) ** 3
    return (
        _encoded(4.0767416621 * x - 3.3077115913 * y + 0.2309699292 * z),
        _encoded(-1.2684380046 * x + 2.6097574011 * y - 0.3413193965 * z),
        _encoded(-0.0041960863 * x - 0.7034186147 * y + 1.7076147010 * z),
    )
