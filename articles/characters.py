import json
import re
import unicodedata

# Control characters, the two that turn the direction of all text after them, and half
# characters that no database can store.
UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202d\u202e\ufffe\uffff\ud800-\udfff]"
)

# Accents over one letter: no language needs thirty (nor does Unicode's Stream-Safe Text
# Format), and to put a run of them in order takes the square of its length.
MOST_ACCENTS = 30
LONG_RUN = re.compile(rf"[^\w\s\0-\u02ff]{{{MOST_ACCENTS + 1},}}")

# As json_script of Django has it.
MARKUP = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def clean_text(text: str) -> str:
    """The text as we keep it: NFC, with lines ended by a line feed, no character that a
    page or a database cannot carry, and no more than MOST_ACCENTS on one letter."""
    text = UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = unicodedata.normalize("NFC", LONG_RUN.sub(_with_fewer_accents, text))
    return LONG_RUN.sub(_with_fewer_accents, text)  # NFC takes some letters apart


def json_without_markup(data) -> str:
    """For an element of a page, which no text can end then; and for a file, which
    nobody can take for a page."""
    return json.dumps(data, ensure_ascii=False).translate(MARKUP)


def _with_fewer_accents(run: re.Match) -> str:
    kept, accents = [], 0
    for character in run[0]:
        accents = accents + 1 if unicodedata.combining(character) else 0
        if accents <= MOST_ACCENTS:
            kept.append(character)
    return "".join(kept)
