"""Where the site lives, for all that is read away from it."""

from django.conf import settings
from django.utils.translation import to_locale


def whole(address: str) -> str:
    """That of a file may be whole already."""
    return address if "://" in address else settings.SITE_ADDRESS + address


def language_tag(language: str) -> str:
    """As in BCP 47: en-GB."""
    return to_locale(language).replace("_", "-")
