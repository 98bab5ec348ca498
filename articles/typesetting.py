"""Sets a text into a box of pixels: the largest size at which it fits, in lines of
about the same length."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from PIL import ImageFont, features

FONTS = settings.BASE_DIR / "static" / "fonts"
REGULAR, SEMIBOLD = "record-card-regular.woff2", "record-card-semibold.woff2"
# Without libfribidi on the machine letters are neither joined nor turned.
CAN_SHAPE = features.check("raqm")
RIGHT_TO_LEFT = ("R", "AL")  # classes of characters
NO_CHARACTER = "\uffff"
ELLIPSIS = "…"


class Setting(NamedTuple):
    lines: list[str]
    font: ImageFont.FreeTypeFont
    leading: float

    @property
    def height(self) -> float:
        return len(self.lines) * self.leading

    def baseline(self, number: int) -> float:
        """Of that line, below the top of the first."""
        ascent, descent = self.font.getmetrics()
        over = (self.leading - ascent - descent) / 2
        return number * self.leading + over + ascent


def printable(text: str) -> str:
    """The text on one line, without signs such as emoji that the font does not have;
    "" if it lacks a letter, or cannot set one."""
    kept = []
    for character in text:
        if _is_printable(character):
            kept.append(character)
        elif unicodedata.category(character)[0] == "Z":
            kept.append(" ")
        elif unicodedata.category(character)[0] not in "SC":
            return ""
    return re.sub("[ \\t\\n]+", " ", "".join(kept)).strip()


def fitted(
    text: str, weight: str, sizes: Iterable[int], box: tuple[int, int], leading: float
) -> Setting:
    """In the first of the sizes, which fall, that fits; in the last one cut short.
    `leading` is in parts of the size, of a script that needs no more."""
    width, height = box
    if any(unicodedata.bidirectional(one) == "AL" for one in text):
        leading += 0.4
    for size in sizes:
        font = opened(weight, size)
        lines = _broken(text, font, width)
        most = max(1, int(height / (size * leading)))
        if len(lines) <= most and all(width_of(one, font) <= width for one in lines):
            break
    else:
        lines = _broken(_in_parts(text, font, width), font, width)
    if len(lines) > most:
        lines = lines[:most]
        lines[-1] = _cut(f"{lines[-1]} {ELLIPSIS}", font, width)
    else:
        lines = _balanced(lines, font, width)
    return Setting(lines, font, size * leading)


def one_line(text: str, weight: str, size: int, width: float):
    """The font, and as much of the text as the width holds."""
    font = opened(weight, size)
    return font, text if width_of(text, font) <= width else _cut(text, font, width)


def split_at(line: str, marks: Iterable[str]) -> list[str]:
    """Its pieces, each of the marks one by itself."""
    if not marks:
        return [line]
    found = re.split(f"([{re.escape(''.join(marks))}])", line)
    return [piece for piece in found if piece]


def width_of(text: str, font) -> float:
    return font.getlength(text)


def opened(weight: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS / weight, size)


def _broken(text, font, width):
    """Into lines, at spaces; a word that is wider than a line has one to itself."""
    lines = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, font) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _balanced(lines, font, width):
    """In as many lines, of which the longest is as short as can be."""
    text, least, most = " ".join(lines), width / 2, width
    for _step in range(8):
        middle = (least + most) / 2
        tried = _broken(text, font, middle)
        fits = all(width_of(line, font) <= middle for line in tried)
        if fits and len(tried) == len(lines):
            lines, most = tried, middle
        else:
            least = middle
    return lines


def _in_parts(text, font, width):
    """With a space in each word that is wider than a line."""
    words = []
    for word in text.split(" "):
        while width_of(word, font) > width:
            whole = len(_held(word, font, width))
            words.append(word[:whole])
            word = word[whole:]
        words.append(word)
    return " ".join(words)


def _cut(text, font, width):
    return _held(text.removesuffix(ELLIPSIS), font, width, ELLIPSIS).rstrip() + ELLIPSIS


def _held(text, font, width, after=""):
    """As much of its beginning, but at least a character, as fits with what comes
    `after`."""
    least, most = 1, len(text)
    while least < most:
        middle = (least + most + 1) // 2
        if width_of(text[:middle] + after, font) <= width:
            least = middle
        else:
            most = middle - 1
    return text[:least]


def _is_printable(character):
    if unicodedata.bidirectional(character) in RIGHT_TO_LEFT and not CAN_SHAPE:
        return False
    return _has(character)


@lru_cache(maxsize=4096)
def _has(character):
    """Of a character that it lacks, a font draws the same as of what is none."""
    font = opened(REGULAR, 40)
    return bytes(font.getmask(character)) != bytes(font.getmask(NO_CHARACTER))
