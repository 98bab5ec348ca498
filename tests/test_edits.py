"""A thousand edits to a published story, each of one kind: of words inside a mark, of
words outside, or of typography alone."""

import re
from random import Random

import pytest

from articles import body
from articles.quote_checks import checks_of

pytestmark = pytest.mark.django_db

LETTERS = "abcdefghijklmnopqrstuvwxyz"
TYPOGRAPHY = {
    '"': "“”„«»",
    "'": "‘’‚",
    "’": "'‘",
    "-": "‐‑–—",
    " ": "\u00a0\u2009\u202f",
}


def texts(html):
    """The stretches of text, with where they begin and whether a quote's mark holds
    them."""
    inside, at = 0, 0
    for part in re.split(r"(<[^>]+>)", html):
        if re.match(r"<(q|span)\b", part):
            inside += 1
        elif re.match(r"</(q|span)>", part):
            inside -= 1
        elif not part.startswith("<") and part.strip():
            yield at, part, bool(inside)
        at += len(part)


def words_of(html, is_inside):
    return [
        (at + match.start(), match[0])
        for at, text, inside in texts(html)
        if inside == is_inside
        for match in re.finditer(r"\w+", text)
    ]


def edit_words(html, hand, is_inside):
    at, word = hand.choice(words_of(html, is_inside))
    place = hand.randrange(len(word))
    letter = hand.choice([c for c in LETTERS if c != word[place].lower()])
    changed = hand.choice(
        [
            word[:place] + letter + word[place + 1 :],
            word[:place] + letter + word[place:],
            word[:place] + word[place + 1 :] or "zz",
            f"{word} not",
            f"{letter}{letter}{letter} {word}",
        ]
    )
    return html[:at] + changed + html[at + len(word) :]


def edit_typography(html, hand):
    places = [
        (at + offset, character)
        for at, text, _inside in texts(html)
        for offset, character in enumerate(text)
        if character in TYPOGRAPHY
    ]
    for at, character in hand.sample(places, 5):
        html = html[:at] + hand.choice(TYPOGRAPHY[character]) + html[at + 1 :]
    at, word = hand.choice(words_of(html, True))
    return html[:at] + word[:1] + "\u00ad" + word[1:] + html[at + len(word) :]


@pytest.mark.parametrize(
    ("edit", "is_reported", "count"),
    [
        (lambda html, hand: edit_words(html, hand, True), True, 500),
        (lambda html, hand: edit_words(html, hand, False), False, 250),
        (edit_typography, False, 250),
    ],
    ids=["words inside a mark", "words outside", "typography"],
)
def test_only_changed_words_inside_a_mark_are_reported(tass, edit, is_reported, count):
    hand = Random(20160208)
    quotes = list(tass.quotes.prefetch_related("overrides"))
    for _ in range(count):
        edited = edit(tass.body, hand)
        reading = body.read(body.sanitise(edited))
        found = [c.quote.mark for c in checks_of(tass, reading, quotes) if c.is_open]
        assert bool(found) == is_reported, edited
