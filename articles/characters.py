import re
import unicodedata

# Control characters, the two that turn the direction of all text after them, and half
# characters that no database can store.
UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202d\u202e\ufffe\uffff\ud800-\udfff]"
)


def clean_text(text: str) -> str:
    """The text as we keep it: NFC, with lines ended by a line feed, and no character
    that a page or a database cannot carry."""
    text = UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return unicodedata.normalize("NFC", text)
