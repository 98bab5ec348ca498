"""The words of a text as the index has them, the same on every database: letters
without case and diacritics, reduced to their stems.

Pure text: nothing here knows a database.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import snowballstemmer

LONGEST = 60  # characters of a word that tell it from others
# What Unicode takes for letters of their own, and people type without.
LETTERS = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "ı": "i",
        "ł": "l",
        "þ": "th",
        "ё": "е",
        "ґ": "г",
    }
)
# Scripts that part no words: each letter counts as one.
UNPARTED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
)
# Signs above and below letters, and the blocks of scripts that cannot do without.
MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    "\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0dff"
)
APOSTROPHES = "'\u2019\u02bc\u02b9"
LETTER = rf"(?:[^\W_{UNPARTED}]|[{MARKS}])"
WORD = re.compile(rf"[{UNPARTED}]|{LETTER}+(?:[{APOSTROPHES}]{LETTER}+)*")
# What French and Italian write in one with the word that is meant.
ELIDED = re.compile(r"^(?:[cdjlmnst]|qu|un|all|dall|dell|nell|sull)'(?=.)")
STEMMERS = {
    "latin": snowballstemmer.stemmer("english"),
    "cyrillic": snowballstemmer.stemmer("russian"),
}


class Word(NamedTuple):
    """A word of a text, and its place there: start and end, end exclusive."""

    stem: str
    start: int
    end: int


def words(text: str) -> Iterator[Word]:
    for found in WORD.finditer(text):
        if known := stem(found[0]):
            yield Word(known, *found.span())


def stems(text: str) -> list[str]:
    return [word.stem for word in words(text)]


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Of one word, as somebody wrote it; empty if nothing of it counts."""
    plain = ELIDED.sub("", folded(word))
    if not plain.replace("'", ""):
        return ""
    match _script(plain):
        case "other":
            known = plain
        case script:
            known = STEMMERS[script].stemWord(plain)
    return known.replace("'", "")[:LONGEST]


def folded(text: str) -> str:
    """Without case, diacritics and the shapes of apostrophes."""
    for apostrophe in APOSTROPHES[1:]:
        text = text.replace(apostrophe, "'")
    text = unicodedata.normalize("NFKC", text).casefold().translate(LETTERS)
    return "".join(kept for char in text for kept in _plain(char))


def _plain(char) -> str:
    """The Russian short i is a letter, though it is written with a sign."""
    if char in "й'":
        return char
    parts = unicodedata.normalize("NFKD", char)
    return "".join(part for part in parts if part.isalnum())


def _script(word):
    first = word[0]
    if first.isascii() and first.isalpha() and word.isascii():
        return "latin"
    return "cyrillic" if "\u0430" <= first <= "\u044f" else "other"
