"""A picture as readers get it: the same HTML in a body and in a template."""

from html import escape
from typing import Any, NamedTuple

from django.utils.translation import gettext as _


class Place(NamedTuple):
    """Where a picture stands on a page. `sizes` is how wide it is there, for browsers;
    what the window shows at once is not lazy."""

    sizes: str
    crop: str = ""
    is_first: bool = False


PLACES = {
    "text": Place("(min-width: 686px) 646px, calc(100vw - 40px)"),
    "lead": Place("(min-width: 686px) 646px, calc(100vw - 40px)", is_first=True),
    "front": Place(
        "(min-width: 1240px) 779px, (min-width: 960px) calc(66vw - 48px), "
        "calc(100vw - 40px)",
        is_first=True,
    ),
    "card": Place(
        "(min-width: 1264px) 576px, (min-width: 720px) calc(50vw - 56px), "
        "calc(100vw - 40px)",
        crop="16x9",
    ),
    "section": Place(
        "(min-width: 960px) 646px, calc(100vw - 40px)", crop="16x9", is_first=True
    ),
    "portrait": Place("220px", crop="4x5", is_first=True),
}


def picture(photo: Any, place: str) -> str:
    """AVIF for browsers that know it and JPEG for the others, each in the widths that
    there are. The size is given, so that nothing moves when it arrives."""
    at = PLACES[place]
    files = photo.files(at.crop)
    fallback = [file for file in files if file.format == "jpeg"]
    if not fallback:
        return f'<p class="to-come">{escape(_("Photograph to come"))}</p>'
    when = (
        ' fetchpriority="high"' if at.is_first else ' loading="lazy" decoding="async"'
    )
    shape = f' class="cut-{at.crop}"' if at.crop else ""
    largest = files[-1]
    image = (
        f'<img src="{escape(_middle(fallback).url)}"{_choice(fallback, at)}'
        f' alt="{escape(photo.alt_text)}" width="{largest.width}"'
        f' height="{largest.height}"{shape}{when}>'
    )
    modern = [file for file in files if file.format == "avif"]
    if not modern:
        return image
    source = f'<source type="image/avif"{_choice(modern, at)}>'
    return f"<picture>{source}{image}</picture>"


def _choice(files, at):
    widths = ", ".join(f"{file.url} {file.width}w" for file in files)
    return f' srcset="{escape(widths)}" sizes="{at.sizes}"'


def _middle(files):
    """For browsers that choose no width, and for whoever copies the address."""
    return next((file for file in files if file.width >= 960), files[-1])
