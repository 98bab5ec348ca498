"""A newsroom's logo: what is uploaded is decoded and drawn anew, so that nothing but
its pixels reaches readers."""

import warnings
from io import BytesIO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from articles.pictures.uploads import NotTaken, refuse_many_scans, with_eight_bits

FORMATS = ["PNG", "WEBP", "JPEG", "AVIF"]
MOST_BYTES = 4 * 1024 * 1024
MOST_PIXELS = 16_000_000
LARGEST = (1280, 320)  # px: sharp on a dense screen at the size that pages show


def redrawn(upload: File) -> ContentFile:
    """As WebP, with `width` and `height`. A file that is no still picture of the
    FORMATS, whatever its name says, is a ValidationError."""
    if upload.size > MOST_BYTES:
        raise ValidationError(
            _("The file is larger than 4 MB. Save the logo smaller, and send it again.")
        )
    try:
        refuse_many_scans(upload)
    except NotTaken as error:
        raise ValidationError(str(error)) from error
    try:
        picture = _decoded(upload)
    except ValidationError:
        raise
    except Exception as error:  # Pillow raises what its decoders do
        raise ValidationError(
            _(
                "This is no PNG, WebP, JPEG or AVIF picture, or it is broken. A logo "
                "drawn as SVG: export it as PNG first, about 1200 pixels wide."
            )
        ) from error
    picture.thumbnail(LARGEST)
    picture.info.clear()
    written = BytesIO()
    picture.save(written, "WEBP", lossless=True)
    drawn = ContentFile(written.getvalue(), name="logo.webp")
    drawn.width, drawn.height = picture.size
    return drawn


def _decoded(upload) -> Image.Image:
    with warnings.catch_warnings():
        # Its own warning comes at a larger size than is refused here.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        opened = Image.open(upload, formats=FORMATS)
    with opened as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise ValidationError(
                _("The picture is larger than 16 million pixels. Save it smaller.")
            )
        if getattr(picture, "is_animated", False):
            raise ValidationError(_("The picture moves. Send one that stands still."))
        return with_eight_bits(ImageOps.exif_transpose(picture)).convert("RGBA")
