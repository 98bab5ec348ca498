"""Who may have said it, and what the story calls them there: read out of the text
around a passage, as proposals that an editor confirms."""

import re

from articles import matching

MOST_WORDS_IN_NAME = 5
MOST_WORDS_IN_ROLE = 10
REACH = 400  # characters on either side of the passage

PARTICLES = "al bin da de del der di du el ibn la le van von".split()
NAME_WORD = rf"(?:[^\W\d_a-z][\w’'.-]*|(?:{'|'.join(PARTICLES)})\b)"
NAME_RUN = re.compile(rf"{NAME_WORD}(?:[ \u00a0]{NAME_WORD})*")

CUES = (
    "added announced argued believes claimed declared emphasised emphasized explained "
    "insisted noted recalled remarked replied said says stated stressed thinks told "
    "warned wrote"
).split()
CUE = rf"(?:{'|'.join(CUES)}|pointed\sout)\b"
BREAK = re.compile(r"[,;:.!?()\"“”„«»]\s|[,;:!?()\"“”„«»]|\s[–—-]\s")
# What a role before a name cannot begin with or run over.
NOT_A_ROLE = {*CUES, *"according and as but by that to when while".split()}
INITIALS = r"(?:[^\W\d_]\.){2,}"  # U.S.
APPOSITION = re.compile(
    r"(?:,\s|\s(?P<bracket>\())"
    r"(?!(?:who|which|whose|where|and|but|after|before|when|\w+ing)\b)"
    rf"(?!{CUE})([^\W\d_](?:{INITIALS}|[^,.;:\"“”«»()]){{2,90}}?)"
    r"(?(bracket)\)|(?:[,.;]\s|[,.;]?$))"
)
SUBJECT = re.compile(
    rf"(?:^|[,.;:\"“”»]\s+)((?:[Tt]he|[Aa]n?)\s(?:[\w’'-]+\s){{1,6}}?){CUE}"
)


def names_in(text: str) -> list[str]:
    """All that may be a name: runs of capitalised words and the parts of such runs, up
    to MOST_WORDS_IN_NAME words, in the order of the text and the longest first."""
    found = {}
    for run in NAME_RUN.finditer(text):
        words = run[0].split()
        for start in range(len(words)):
            for end in range(min(len(words), start + MOST_WORDS_IN_NAME), start, -1):
                name = " ".join(words[start:end])
                found[re.sub(r"(?:[’']s?|\.)$", "", name)] = None
    return list(found)


def role_beside(names: list[str], before: str, after: str) -> str:
    """What the text calls the speaker where it names them nearest to the passage that
    stands between `before` and `after`; where it names them not at all, what it calls
    the one who speaks there (the Russian diplomat). Empty if it says neither."""
    before, after = before[-REACH:], after[:REACH]
    places = [
        (distance, text, start, end)
        for text, is_before in ((before, True), (after, False))
        for name in sorted(names, key=len, reverse=True)
        for start, end in matching.find_all(name, text)
        for distance in [len(text) - end if is_before else start]
    ]
    for _distance, text, start, end in sorted(places, key=lambda p: (p[0], -p[3])):
        return _in_apposition(text[end:]) or _before_name(text[:start])
    subjects = [*SUBJECT.finditer(before), *SUBJECT.finditer(after)]
    last = subjects[-1:] if SUBJECT.search(before) else subjects[:1]
    return last[0][1].strip() if last else ""


def _in_apposition(text):
    found = APPOSITION.match(text)
    return found[2].strip() if found else ""


def _before_name(text):
    *earlier, last = BREAK.split(text)
    if not last.strip() and earlier:  # said the mayor of Oslo, Ann Doe
        words = _after_last_cue(earlier[-1].split(), or_else=[])
    else:
        words = _after_last_cue(last.split(), or_else=last.split())
    return " ".join(words) if len(words) <= MOST_WORDS_IN_ROLE else ""


def _after_last_cue(words, or_else):
    for place in range(len(words) - 1, -1, -1):
        is_part = words[place] == "to" and place and words[place - 1] != "according"
        if words[place].lower() in NOT_A_ROLE and not is_part:
            return words[place + 1 :]
    return or_else
