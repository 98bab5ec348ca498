"""Pictures as somebody might upload them, made in memory and without randomness."""

import struct
import zlib
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import ExifTags, Image, ImageCms, ImageDraw

GPS = {1: "N", 2: (63.0, 25.0, 49.0), 3: "E", 4: (10.0, 23.0, 42.0)}
SECRETS = [b"Secret Camera", b"Secret-0042", b"Secret place", b"Secret note"]


def drawn(size=(400, 300), mode="RGB", left="red", right="blue"):
    """Its left half in one colour, its right half in another."""
    picture = Image.new("RGB", size, right)
    ImageDraw.Draw(picture).rectangle((0, 0, size[0] // 2 - 1, size[1]), left)
    return picture.convert(mode)


def file_of(picture, form="JPEG", **options):
    written = BytesIO()
    picture.save(written, form, **options)
    return written.getvalue()


def upload(content, name="picture.jpg", kind="image/jpeg"):
    return SimpleUploadedFile(name, content, kind)


def jpeg_of_scans(number):
    """Its last scan over and over: each decodes the whole picture."""
    content = file_of(drawn((1600, 1600)), progressive=True)
    last, end = content.rindex(b"\xff\xda"), content.rindex(b"\xff\xd9")
    return content[:end] + content[last:end] * number + content[end:]


def tiff_of_tile(side):
    """Of 64 by 64 pixels, in one tile with sides so long."""
    entries = [
        (256, 64),
        (257, 64),
        (258, 8),
        (259, 8),
        (262, 1),
        (277, 1),
        (322, side),
        (323, side),
        (324, 8),
        (325, 8),
    ]
    packed = b"".join(struct.pack("<HHII", tag, 4, 1, n) for tag, n in entries)
    directory = struct.pack("<H", len(entries)) + packed + struct.pack("<I", 0)
    return b"II*\0" + struct.pack("<I", 16) + zlib.compress(b"")[:8] + directory


def camera_exif(orientation=1, **texts):
    """What a camera and an agency write into a file."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = "Secret Camera"
    for name, text in texts.items():
        exif[getattr(ExifTags.Base, name)] = text
    exif.get_ifd(ExifTags.IFD.Exif).update(
        {
            ExifTags.Base.DateTimeOriginal: "2016:02:08 11:30:00",
            ExifTags.Base.BodySerialNumber: "Secret-0042",
        }
    )
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(GPS)
    return exif


def iptc(**texts):
    """The part of a JPEG that holds what agencies write, to be put behind its start."""
    numbers = {"caption": 120, "credit": 110, "byline": 80, "created": 55, "city": 90}
    rows = b"\x1c\x01\x5a\x00\x03\x1b%G"
    for name, text in texts.items():
        value = text.encode()
        rows += b"\x1c\x02" + bytes([numbers[name]]) + struct.pack(">H", len(value))
        rows += value
    block = b"8BIM\x04\x04\x00\x00" + struct.pack(">I", len(rows)) + rows
    block = b"Photoshop 3.0\x00" + block + b"\x00" * (len(rows) % 2)
    return b"\xff\xed" + struct.pack(">H", len(block) + 2) + block


def with_iptc(jpeg, **texts):
    return jpeg[:2] + iptc(**texts) + jpeg[2:]


XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description
 xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
 photoshop:Credit="Halden Wire" photoshop:DateCreated="2016-02-08"><dc:description>
 <rdf:Alt><rdf:li xml:lang="x-default">The harbour at dawn</rdf:li></rdf:Alt>
 </dc:description></rdf:Description></rdf:RDF></x:xmpmeta>"""


def png_of_size(width, height):
    """Says that it is so large, and compresses to little: one grey line, repeated."""

    def chunk(kind, data):
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    packed = zlib.compressobj(9)
    line = b"\0" + b"\x80" * ((width + 7) // 8)
    rows = b"".join(packed.compress(line) for _ in range(height)) + packed.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    parts = [chunk(b"IHDR", head), chunk(b"IDAT", rows), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def animated(form, frames=3, size=(40, 30)):
    pictures = [
        Image.new("RGB", size, (number * 7 % 256, number * 31 % 256, 90))
        for number in range(frames)
    ]
    return file_of(pictures[0], form, save_all=True, append_images=pictures[1:])


def sixteen_bit_grey():
    row = struct.pack("<H", 0x8000) * 200 + struct.pack("<H", 0xFFFF) * 200
    return file_of(Image.frombytes("I;16", (400, 300), row * 300), "PNG")


def lab_profile():
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()


def swapped_profile():
    """A space whose red is sRGB's green and whose green is its red, so that colours
    which were not converted are seen to be others."""
    profile = bytearray(
        ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    )
    count = struct.unpack(">I", profile[128:132])[0]
    rows = {}
    for number in range(count):
        start = 132 + 12 * number
        rows[bytes(profile[start : start + 4])] = start
    red, green = rows[b"rXYZ"], rows[b"gXYZ"]
    was = profile[red + 4 : red + 12], profile[green + 4 : green + 12]
    profile[red + 4 : red + 12], profile[green + 4 : green + 12] = was[1], was[0]
    return bytes(profile)
