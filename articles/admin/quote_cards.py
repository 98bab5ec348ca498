"""What the form shows of a quote before anybody opens its fields: who said what, how
both checks came out, and what to press where they did not."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum, auto

from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, ngettext_lazy

from articles import body
from articles.matching import Outcome
from articles.models import Article, Quote
from articles.quote_checks import QuoteChecks, checks_of

STORY = {
    Outcome.MATCHES: ("=", _("matches the story")),
    Outcome.DIFFERS: ("≠", _("differs from the story")),
    Outcome.NOT_FOUND: ("?", _("stands nowhere in the story")),
}
SOURCE = {
    Outcome.MATCHES: ("=", _("matches the source copy")),
    Outcome.DIFFERS: ("≠", _("differs from the source copy")),
    Outcome.NOT_FOUND: ("?", _("not found in the source copy")),
    Outcome.NO_TEXT: ("", _("no source copy to hold it against")),
}
BOTH = {
    Outcome.MATCHES: ("=", _("matches the story and the source copy")),
    Outcome.NO_TEXT: ("=", _("matches the story; there is no source copy")),
}
FIRST = {
    Outcome.MATCHES: ("=", _("matches the quote it repeats")),
    Outcome.DIFFERS: ("≠", _("differs from the quote it repeats")),
    Outcome.NOT_FOUND: ("≠", _("has other words than the quote it repeats")),
}
REPORTED = {
    Outcome.MATCHES: ("~", _("reported, passage in place")),
    Outcome.DIFFERS: ("≠", _("reported, and the passage has changed")),
    Outcome.NOT_FOUND: ("?", _("reported, and the passage is missing")),
}
NEAREST = _("Nearest is paragraph %(paragraph)d: “%(passage)s”")
AROUND = 80  # characters of the source copy on either side of the words


class Trouble(IntEnum):
    """What a quote is counted under when it does not simply hold: the worst of it."""

    DIFFERS = auto()
    MISSING = auto()
    OFF_SOURCE = auto()
    NOT_IN_SOURCE = auto()
    OFF_FIRST = auto()
    OFF_POST = auto()
    LET_STAND = auto()


COUNTED = {
    Trouble.DIFFERS: ngettext_lazy("%d differs", "%d differ"),
    Trouble.MISSING: ngettext_lazy("%d not in the story", "%d not in the story"),
    Trouble.OFF_SOURCE: ngettext_lazy(
        "%d differs from the source copy", "%d differ from the source copy"
    ),
    Trouble.NOT_IN_SOURCE: ngettext_lazy(
        "%d not in the source copy", "%d not in the source copy"
    ),
    Trouble.OFF_FIRST: ngettext_lazy(
        "%d differs from the quote it repeats", "%d differ from the quotes they repeat"
    ),
    Trouble.OFF_POST: ngettext_lazy(
        "%d names a post not held that day", "%d name posts not held that day"
    ),
    Trouble.LET_STAND: ngettext_lazy("%d let stand", "%d let stand"),
}


@dataclass(frozen=True)
class QuoteCard:
    """A saved quote, its number if the story carries it, and its checks."""

    number: int | None
    checks: QuoteChecks

    @property
    def quote(self) -> Quote:
        return self.checks.quote

    @property
    def trouble(self) -> Trouble | None:
        checks, quote = self.checks, self.quote
        if checks.is_exempt:
            return None
        if checks.is_open:
            is_missing = checks.against_body.outcome == Outcome.NOT_FOUND
            return Trouble.MISSING if is_missing else Trouble.DIFFERS
        if checks.is_off_source:
            is_missing = checks.against_sources.outcome == Outcome.NOT_FOUND
            return Trouble.NOT_IN_SOURCE if is_missing else Trouble.OFF_SOURCE
        first = checks.against_first
        if first and first.outcome != Outcome.MATCHES or checks.has_another_speaker:
            return Trouble.OFF_FIRST
        if quote.position and not quote.position.is_held_on(quote.day()):
            return Trouble.OFF_POST
        return Trouble.LET_STAND if checks.override else None

    @property
    def state(self) -> str:
        if self.quote.dropped_at:
            return "dropped"
        if self.checks.is_open:
            return "open"
        return "warns" if self.trouble else "holds"

    @property
    def rank(self) -> int:
        """Trouble stands first, and what the story no longer carries last."""
        return ["open", "warns", "holds", "dropped"].index(self.state)

    @property
    def in_short(self) -> str:
        """As a sentence about the form names it: quote 3 differs from the story."""
        outcome = self.checks.against_body.outcome
        _sign, words = STORY.get(outcome, ("", ""))
        return _("quote %(number)s %(does)s") % {
            "number": self.number or self.quote.mark,
            "does": words,
        }

    @property
    def story_lines(self) -> list:
        """How it stands to the story, or why it is held against nothing."""
        return list(_story_lines(self.checks))

    @property
    def buttons(self):
        can_be_settled = self.checks.is_open and self.checks.passage
        return _buttons(self.checks) if can_be_settled else ""

    @property
    def other_lines(self) -> list:
        """How it stands to the source copy, the quote it repeats and its post."""
        return [] if self.checks.is_exempt else list(_other_lines(self.checks))

    @property
    def found_in(self) -> tuple[str, str, str] | None:
        """In the source copy: what stands before the words, they, what follows."""
        found = self.checks.against_sources
        if found.outcome != Outcome.MATCHES or self.quote.is_indirect():
            return None
        text, (start, end) = self.checks.source.text, found.spans[0]
        before = text[max(start - AROUND, 0) : start].partition(" ")[2]
        after = text[end : end + AROUND].rpartition(" ")[0]
        return before, text[start:end], after


def cards_of(article: Article, quotes: Iterable[Quote]) -> dict:
    """By the quotes' keys."""
    quotes = list(quotes)
    if not quotes:
        return {}
    reading = body.read(article.body)
    carried = {quote.mark for quote in quotes if not quote.dropped_at}
    marks = [mark for mark in reading.passages if mark in carried]
    numbers = {mark: number for number, mark in enumerate(marks, 1)}
    return {
        checks.quote.pk: QuoteCard(numbers.get(checks.quote.mark), checks)
        for checks in checks_of(article, reading, quotes)
    }


def count(cards: Iterable[QuoteCard]) -> tuple[str, str]:
    """How many hold, and what is the matter with the others; either may be empty."""
    found = Counter(card.trouble for card in cards if not card.quote.dropped_at)
    holding = found.pop(None, 0)
    return (
        ngettext("%d holds", "%d hold", holding) % holding if holding else "",
        ", ".join(COUNTED[trouble] % found[trouble] for trouble in sorted(found)),
    )


def check_line(labels, outcome):
    sign, words = labels.get(outcome, ("", _("checked when the story is saved")))
    holds = outcome in (Outcome.MATCHES, Outcome.NO_TEXT, "")
    return format_html(
        '<p class="check {}"><b>{}</b> {}</p>',
        "holds" if holds else "off",
        sign,
        words,
    )


def word_diff(changes):
    tags = {"same": "span", "removed": "del", "added": "ins"}
    return format_html(
        '<p class="word-diff">{}</p>',
        format_html_join(
            "", "<{0}>{1}</{0}>", ((tags[kind], text) for kind, text in changes)
        ),
    )


def _holds_in_both(checks) -> bool:
    return (
        checks.against_body.outcome == Outcome.MATCHES
        and checks.against_sources.outcome in BOTH
        and not checks.quote.is_indirect()
    )


def _story_lines(checks) -> Iterator:
    quote = checks.quote
    if quote.dropped_at:
        yield _note(_("Dropped: readers have seen it; the story carries it no more."))
    elif quote.withdrawn_at:
        yield _note(_("Withdrawn: readers see why. It is held against nothing."))
    elif _holds_in_both(checks):
        yield check_line(BOTH, checks.against_sources.outcome)
    else:
        labels = REPORTED if quote.is_indirect() else STORY
        yield check_line(labels, checks.against_body.outcome)
        if checks.against_body.outcome == Outcome.DIFFERS:
            yield word_diff(checks.against_body.changes)
        if near := checks.nearest:
            yield _note(NEAREST % near._asdict())
        if override := checks.override:
            yield _note(
                _("Let stand by %(who)s: %(reason)s")
                % {"who": override.overridden_by, "reason": override.reason}
            )


def _other_lines(checks) -> Iterator:
    quote = checks.quote
    if not (quote.is_indirect() or _holds_in_both(checks)):
        yield check_line(SOURCE, checks.against_sources.outcome)
        if checks.against_sources.outcome == Outcome.DIFFERS:
            yield word_diff(checks.against_sources.changes)
            yield _note(checks.source)
    if first := checks.against_first:
        yield check_line(FIRST, first.outcome)
        if first.outcome == Outcome.DIFFERS:
            yield word_diff(first.changes)
        if checks.has_another_speaker:
            words = _("The quote it repeats is said by %s.")
            words %= quote.repeats.speaker_name()
            yield format_html('<p class="check off"><b>≠</b> {}</p>', words)
    if quote.position and not quote.position.is_held_on(quote.day()):
        words = _("By its dates, the post was not held on that day.")
        yield format_html('<p class="check off"><b>?</b> {}</p>', words)


def _note(text):
    return format_html('<p class="note">{}</p>', text)


def _buttons(checks):
    """Two ways to make the words the same, each naming what it keeps."""
    changes = checks.against_body.changes
    story, recorded = (
        Truncator(" … ".join(c.text for c in changes if c.kind == kind)).chars(40)
        for kind in ("added", "removed")
    )
    take = (
        _("Confirm the passage")
        if checks.quote.is_indirect()
        else (_("Take the story’s words"))
    )
    return format_html_join(
        "",
        '<button type="submit" name="{}" value="{}">{}{}</button> ',
        (
            (name, checks.quote.mark, label, f": “{words}”" if words.strip() else "")
            for name, label, words in (
                ("_take", take, story),
                ("_restore", _("Restore the recorded words"), recorded),
            )
        ),
    )
