"""Draws the card of a story or a quote: black on paper, and the colour of a voice only
where somebody speaks."""

from io import BytesIO
from typing import NamedTuple

from django.core.files.storage import default_storage
from PIL import Image, ImageDraw

from articles import accents
from articles.pictures.renditions import box_around
from articles.templatetags.printing import is_right_to_left
from articles.typesetting import (
    CAN_SHAPE,
    REGULAR,
    SEMIBOLD,
    Setting,
    fitted,
    one_line,
    printable,
    split_at,
    width_of,
)

SIZE = WIDTH, HEIGHT = 1200, 630
HOW = {"format": "JPEG", "quality": 90, "subsampling": 0, "optimize": True}

PAPER, INK = accents.LIGHT[0], accents.LIGHT_INK
INK_2, INK_3 = "#43464b", "#5f6369"  # as the stylesheet has them

MARGIN = 72
MEASURE = WIDTH - 2 * MARGIN
FOOT = 524  # where the rule over the site's name is
RULE = 4
TEXT = (56, FOOT - 40)  # from where to where there is room for words
LEAST_PHOTO = 250
LOGO = (480, 56)


class Drawing(NamedTuple):
    """All that is drawn: nothing else may change the picture."""

    site: str
    logo: str  # a file's name, or ""
    voice: str
    language: str
    headline: str = ""
    photo: tuple = ()  # a file's name and its focal point in per cent
    credit: str = ""
    counted: str = ""
    words: str = ""
    marks: tuple = ()
    is_reported: bool = False
    speaker: str = ""
    post: str = ""
    notice: str = ""


class Sheet:
    """Places count from the side where a line of its language begins."""

    def __init__(self, language: str):
        self.picture = Image.new("RGB", SIZE, PAPER)
        self.draw = ImageDraw.Draw(self.picture)
        self.is_mirrored = is_right_to_left(language)
        self.direction = "rtl" if self.is_mirrored else "ltr"

    def write(self, x, baseline, text, font, colour=INK, *, at_end=False, **how):
        """`x` is where the text begins, or if it stands `at_end` where it ends. It runs
        as its own letters do, unless a `direction` is given."""
        place = WIDTH - x if self.is_mirrored else x
        anchor = "ls" if self.is_mirrored == at_end else "rs"
        self.draw.text((place, baseline), text, colour, font, anchor, **how)

    def write_in_line(self, x, baseline, text, font, colour=INK):
        """A piece of a text in the card's language."""
        how = {"direction": self.direction} if CAN_SHAPE else {}
        self.write(x, baseline, text, font, colour, **how)

    def bar(self, x, y, width, height, colour=INK):
        left = WIDTH - x - width if self.is_mirrored else x
        self.draw.rectangle((left, y, left + width - 1, y + height - 1), colour)

    def dots(self, x, y, size, height, colour):
        for top in range(round(y), round(y + height), 2 * size):
            self.bar(x, top, size, size, colour)

    def paste(self, x, y, picture):
        left = WIDTH - x - picture.width if self.is_mirrored else x
        self.picture.paste(picture, (left, y), picture)

    def write_lines(self, x, top, setting: Setting):
        for number, line in enumerate(setting.lines):
            at = top + setting.baseline(number)
            self.write_in_line(x, at, line, setting.font)

    def file(self) -> bytes:
        written = BytesIO()
        self.picture.save(written, **HOW)
        return written.getvalue()


def drawn(card: Drawing) -> bytes:
    """As JPEG. What the font has no letters for is left out: of words then stands who
    said them, of a headline whose story it is."""
    sheet = Sheet(card.language)
    words, photo = printable(card.words), _photo(card)
    headline = printable(card.headline or card.notice or card.speaker)
    site = printable(card.site)
    if words:
        _write_quote(sheet, card, words)
    elif photo:
        _write_under_photo(sheet, card, headline, photo)
    elif headline:
        _write_headline(sheet, headline)
    else:
        _write_headline(sheet, site)
        site = ""
    _write_foot(sheet, card, site)
    return sheet.file()


def _write_headline(sheet, headline):
    top, bottom = TEXT
    sizes = range(120, 40, -4)
    setting = fitted(headline, SEMIBOLD, sizes, (MEASURE, bottom - top), 1.1)
    sheet.write_lines(MARGIN, top + (bottom - top - setting.height) / 2, setting)


def _write_under_photo(sheet, card, headline, photo):
    most = FOOT - 24 - 40 - LEAST_PHOTO
    setting = fitted(headline, SEMIBOLD, range(60, 34, -2), (MEASURE, most), 1.12)
    top = FOOT - (24 + setting.height if headline else 4)
    height = round(top) - 40
    box = box_around(photo.focal, photo.picture.size, (WIDTH, height))
    shown = photo.picture.resize((WIDTH, height), Image.Resampling.LANCZOS, box)
    sheet.picture.paste(shown, (0, 0))
    if credit := printable(card.credit):
        font, line = one_line(f"© {credit}", REGULAR, 20, MEASURE)
        sheet.write(WIDTH - MARGIN, height + 29, line, font, INK_3, at_end=True)
    sheet.write_lines(MARGIN, top, setting)


def _write_quote(sheet, card, words):
    """The words beside their rule, the opening mark hung outside the edge."""
    under = [
        (text, weight, size, colour)
        for text, weight, size, colour in (
            (printable(card.speaker), SEMIBOLD, 36, INK),
            (printable(card.post), REGULAR, 28, INK_2),
        )
        if text
    ]
    top, bottom = TEXT
    caption = sum(round(size * 1.35) for _, _, size, _ in under) + 20
    x = MARGIN + 52
    room = (WIDTH - MARGIN - x, bottom - top - caption)
    setting = fitted(words, REGULAR, range(76, 32, -2), room, 1.22)
    y = top + (bottom - top - setting.height - caption) / 2
    rule = sheet.dots if card.is_reported else sheet.bar
    rule(MARGIN, y + 4, 6, setting.height + caption, card.voice)
    for number, line in enumerate(setting.lines):
        at, baseline = x, y + setting.baseline(number)
        pieces = split_at(line, () if card.is_reported else card.marks)
        if number == 0 and len(pieces) > 1 and pieces[0] in card.marks:
            at -= width_of(pieces[0], setting.font)
        for piece in pieces:
            colour = card.voice if piece in card.marks else INK
            sheet.write_in_line(at, baseline, piece, setting.font, colour)
            at += width_of(piece, setting.font)
    y += setting.height + 20
    for text, weight, size, colour in under:
        font, line = one_line(text, weight, size, room[0])
        y += round(size * 1.35)
        sheet.write(x, y - size * 0.3, line, font, colour)


def _write_foot(sheet, card, site):
    sheet.bar(MARGIN, FOOT, MEASURE, RULE)
    middle, room = FOOT + 56, MEASURE
    if counted := printable(card.counted):
        font, line = one_line(counted, REGULAR, 28, MEASURE // 2)
        width = width_of(line, font)
        sheet.write(WIDTH - MARGIN, middle + 10, line, font, INK_2, at_end=True)
        sheet.bar(WIDTH - MARGIN - round(width) - 22, middle - 17, 6, 36, card.voice)
        room -= round(width) + 62
    if logo := _logo(card):
        logo.thumbnail((min(room, LOGO[0]), LOGO[1]))
        sheet.paste(MARGIN, middle - logo.height // 2, logo)
    elif site:
        setting = fitted(site, SEMIBOLD, range(42, 22, -2), (room, 46), 1.1)
        baseline = middle + setting.font.size * 0.33
        sheet.write(MARGIN, baseline, setting.lines[0], setting.font)


class _Photo(NamedTuple):
    picture: Image.Image
    focal: tuple[int, int]


def _photo(card):
    """Its files may be replaced while it is drawn: the next card has the new ones."""
    if not card.photo:
        return None
    name, *focal = card.photo
    picture = _opened(name)
    return picture and _Photo(picture.convert("RGB"), tuple(focal))


def _logo(card):
    picture = _opened(card.logo) if card.logo else None
    return picture and picture.convert("RGBA")


def _opened(name):
    try:
        with default_storage.open(name) as file:
            picture = Image.open(file)
            picture.load()
            return picture
    except OSError:
        return None
