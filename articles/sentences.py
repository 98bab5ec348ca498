"""The sentence around a passage, for pages that show a quote away from its story."""

import re
from bisect import bisect_left, bisect_right

# A full stop after one of these, or after an initial, does not end a sentence.
ABBREVIATIONS = (
    "Mr Mrs Ms Dr Prof St Gen Col Maj Capt Lt Sgt Adm Gov Sen Rep Hon Rev No vs etc "
    "Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec"
).split()
NO_END = "".join(rf"(?<! \b{word}\. )" for word in ABBREVIATIONS)

END = re.compile(
    rf"""
    (?<! \b[^\W\d_]\. )          # an initial, as in U.S. or J. Smith
    {NO_END}
    (?<= [.!?…] )
    ["'”’»]*                     # the quote may end with the sentence
    \s+
    (?= ["'“‘«„(\[]* [^\Wa-z_] ) # and the next begins with a capital or a figure
    """,
    re.VERBOSE,
)

FARTHEST = 600  # characters that are shown on either side of a passage


def starts(text: str) -> list[int]:
    """The offsets at which the sentences of the text begin, and last the text's end."""
    return [0, *(match.end() for match in END.finditer(text)), len(text)]


def around(text: str, start: int, end: int, begins: list[int]) -> str:
    """The sentence of the text, or the sentences, in which text[start:end] stands, cut
    at a word where it goes on farther than FARTHEST. `begins` are the starts() of the
    text."""
    first = begins[max(bisect_right(begins, start) - 1, 0)]
    last = begins[min(bisect_left(begins, end), len(begins) - 1)]
    before, after = text[first:start].lstrip(), text[end:last].rstrip()
    if len(before) > FARTHEST:
        before = before[-FARTHEST:]
        before = "…" + (before.split(None, 1)[1:] or [before])[0]
    if len(after) > FARTHEST:
        after = after[:FARTHEST]
        after = (after.rsplit(None, 1)[:1] or [after])[0] + "…"
    return f"{before}{text[start:end]}{after}".strip()
