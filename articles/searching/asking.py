"""What a reader may ask of the search: words, phrases in quotation marks, and what
narrows them. Whatever else is typed asks for nothing and breaks nothing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from urllib.parse import urlencode

from articles.models import Quote, SearchEntry
from articles.searching.words import Word, words

LONGEST = 300  # characters that are read of what was typed
MOST_TERMS = 20
QUOTED = re.compile('["“”„«»‟](.+?)["“”„«»‟]')
SAID_ABOUT = re.compile(
    r"^\s*what\s+(?P<who>.+?)\s+(?:said|says|say)\s+(?:about|on|of)\s+(?P<what>.+)$",
    re.IGNORECASE,
)
NARROWED = ("section", "speaker", "organisation", "from", "to", "said_as")
BEST, NEWEST = "best", "newest"

Term = tuple[str, ...]  # stems that stand one after another


@dataclass(frozen=True)
class Asked:
    """`narrowed` holds the parameters of the address that narrow the search, by name;
    only those that say something."""

    text: str = ""
    kind: str = ""  # of entries, or all
    order: str = BEST
    narrowed: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, parameters: Mapping[str, str]) -> "Asked":
        text = " ".join(parameters.get("q", "").replace("\0", " ").split())[:LONGEST]
        kind = parameters.get("kind", "")
        narrowed = {name: parameters.get(name, "")[:100] for name in NARROWED}
        return cls(
            text,
            kind if kind in SearchEntry.Kind.values else "",
            NEWEST if parameters.get("order") == NEWEST else BEST,
            {name: value for name, value in narrowed.items() if _says(name, value)},
        )

    @property
    def terms(self) -> list[Term]:
        return terms_of(self.text)

    def day(self, name: str) -> date | None:
        return _day(self.narrowed.get(name, ""))

    def but(self, **changes) -> "Asked":
        """The same with something else; a narrowing that is None is taken off."""
        narrowed = self.narrowed | {
            name: changes.pop(name) for name in NARROWED if name in changes
        }
        kept = {name: value for name, value in narrowed.items() if value}
        return replace(self, narrowed=kept, **changes)

    def query(self, **more) -> str:
        """The query string that asks for this."""
        order = "" if self.order == BEST else self.order
        asked = {"q": self.text, "kind": self.kind, "order": order}
        asked |= self.narrowed | more
        return urlencode({name: value for name, value in asked.items() if value})


def terms_of(text: str) -> list[Term]:
    """Phrases in quotation marks, and words; what is typed in one piece, with a hyphen
    or in a script without spaces, is a phrase too."""
    terms = [
        tuple(word.stem for word in words(phrase)) for phrase in QUOTED.findall(text)
    ]
    rest = QUOTED.sub(" ", text)
    terms += _in_one_piece(rest, list(words(rest)))
    return list(dict.fromkeys(term for term in terms if term))[:MOST_TERMS]


def _in_one_piece(text: str, found: list[Word]) -> list[Term]:
    pieces: list[list[str]] = []
    end = None
    for word in found:
        between = text[end : word.start] if end is not None else " "
        if pieces and not re.search(r"\s", between):
            pieces[-1].append(word.stem)
        else:
            pieces.append([word.stem])
        end = word.end
    return [tuple(piece) for piece in pieces]


def _says(name, value):
    if name in ("from", "to"):
        return _day(value) is not None
    if name == "said_as":
        return value in Quote.Kind.values
    return re.fullmatch(r"[\w-]+", value) is not None


def _day(value) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
