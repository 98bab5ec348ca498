"""What a picture's metadata says about it, for an editor to check; and the one thing
that is written into what readers get: whose picture it is."""

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple
from xml.etree import ElementTree

from PIL import ExifTags, Image, IptcImagePlugin

MOST_XMP = 500_000  # bytes
DC = "{http://purl.org/dc/elements/1.1/}"
PHOTOSHOP = "{http://ns.adobe.com/photoshop/1.0/}"
# How each standard names what we ask for.
IPTC = {
    "caption": (2, 120),
    "credit": (2, 110),
    "author": (2, 80),
    "rights": (2, 116),
    "day": (2, 55),
}
XMP = {
    "caption": f"{DC}description",
    "credit": f"{PHOTOSHOP}Credit",
    "author": f"{DC}creator",
    "rights": f"{DC}rights",
    "day": f"{PHOTOSHOP}DateCreated",
}
EXIF = {
    "caption": ExifTags.Base.ImageDescription,
    "author": ExifTags.Base.Artist,
    "rights": ExifTags.Base.Copyright,
}


class Proposals(NamedTuple):
    caption: str = ""
    credit: str = ""
    taken_on: date | None = None


def proposals(picture: Image.Image) -> Proposals:
    """Caption, credit line and day: from IPTC before XMP before Exif, which cameras
    write themselves."""
    said: dict[str, str] = {}
    for read in (_iptc, _xmp, _exif):
        try:
            found = {name: text.strip(" \t\r\n\0") for name, text in read(picture)}
        except Exception:  # metadata that nobody can read says nothing
            continue
        said = {name: text for name, text in found.items() if text} | said
    return Proposals(
        said.get("caption", "")[:2000], _credit(said)[:200], _day(said.get("day", ""))
    )


def credited(credit: str) -> Image.Exif:
    """Exif with the credit and nothing else."""
    exif = Image.Exif()
    if credit:
        exif[ExifTags.Base.Artist] = credit.encode()
        exif[ExifTags.Base.Copyright] = f"© {credit}".encode()
    return exif


def _iptc(picture) -> Iterator[tuple[str, str]]:
    info = IptcImagePlugin.getiptcinfo(picture) or {}
    for name, key in IPTC.items():
        value = info.get(key, b"")
        yield name, _text(value[0] if isinstance(value, list) else value)


def _xmp(picture) -> Iterator[tuple[str, str]]:
    packet = picture.info.get("xmp") or b""
    if isinstance(packet, str):
        packet = packet.encode()
    packet = packet.strip(b" \t\r\n\0")
    if not packet or len(packet) > MOST_XMP or b"<!" in packet:  # no entities
        return
    tree = ElementTree.fromstring(packet)
    for name, key in XMP.items():
        for element in tree.iter():
            if element.tag == key:
                yield name, " ".join("".join(element.itertext()).split())
            elif key in element.attrib:
                yield name, element.attrib[key]


def _exif(picture) -> Iterator[tuple[str, str]]:
    exif = picture.getexif()
    for name, tag in EXIF.items():
        yield name, _text(exif.get(tag, ""))
    camera = exif.get_ifd(ExifTags.IFD.Exif)
    yield "day", _text(camera.get(ExifTags.Base.DateTimeOriginal, ""))


def _text(value) -> str:
    """Pillow reads Exif as Latin-1, and IPTC is bytes: what is UTF-8 is that."""
    try:
        raw = value if isinstance(value, bytes) else str(value).encode("latin-1")
    except UnicodeEncodeError:
        return str(value)
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _credit(said) -> str:
    """As it is printed: the agency, then the photographer."""
    author = said.get("author", "")
    rights = re.sub(r"^(©|\(c\)|copyright)\s*", "", said.get("rights", ""), flags=re.I)
    agency = said.get("credit", "") or rights
    if author and author.casefold() not in agency.casefold():
        return f"{agency} / {author}" if agency else author
    return agency


def _day(text) -> date | None:
    found = re.match(r"(\d{4})[-:]?(\d\d)[-:]?(\d\d)", text)
    if not found:
        return None
    try:
        day = date(*map(int, found.groups()))
    except ValueError:
        return None
    return day if date(1826, 1, 1) <= day <= date.today() else None
