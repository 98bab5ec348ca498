"""What the desk looks at first: what needs a decision, what goes out and when, what is
being written, and how the quotes stand. A table has ten rows and counts to a hundred,
so that what it costs does not grow with the archive."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles.matching import Outcome
from articles.models import Article, Draft, Quote, Revision
from articles.models.desk import desk_rows, desk_stories
from articles.times import at_the_desk
from articles.verbs import name_of

ROWS = 10
MOST_COUNTED = 100


class Row(NamedTuple):
    """A story in a table: what of it, why, when and by whom. `aside` is the number of
    the text to merge, if that is what to do."""

    article: Article
    what: str
    when: str
    who: str = ""
    why: str = ""
    aside: int | None = None


class More(NamedTuple):
    """What a table has no room for, and the query of the list that shows it."""

    said: str
    query: str


class Table(NamedTuple):
    rows: list[Row]
    more: list[More]


class Kind(NamedTuple):
    """Why stories stand in a table: what there is of each by its key, the most urgent
    first, the query of the list of them all, and how to say how many they are."""

    found: dict
    row: callable
    query: str
    said: callable

    def more(self, shown: Iterable[int]) -> More | None:
        if self.found.keys() <= set(shown):
            return None
        count = str(min(len(self.found), MOST_COUNTED))
        if len(self.found) > MOST_COUNTED:
            count = _("more than %s") % count
        return More(self.said(count), self.query)


def decisions(now: datetime) -> Table:
    """Changes that did not go out; texts that wait to be merged; quotes that do not
    hold in what readers have or will have, or that repeat one that was corrected;
    changes that wait to be published."""
    overdue = Draft.objects.due(now).values_list("article", flat=True)
    asides = Revision.objects.to_merge().order_by("article", "pk").light()
    unsettled = desk_stories().live().with_open_quotes().order_by("-pk")
    repeating = desk_stories().live().with_corrected_repeats().order_by("-pk")
    waiting = Draft.objects.without_time().values_list("article", flat=True)
    return _table(
        Kind(
            _counted(overdue),
            _overdue,
            "changes=overdue",
            lambda n: _("All with overdue changes: %s") % n,
        ),
        Kind(
            {revision.article_id: revision for revision in _some(asides)},
            _to_merge,
            "changes=aside",
            lambda n: _("All with a text to merge: %s") % n,
        ),
        Kind(
            _counted(unsettled.values_list("pk", flat=True)),
            _unsettled,
            "quotes=open",
            lambda n: _("All with open quotes: %s") % n,
        ),
        Kind(
            _counted(repeating.values_list("pk", flat=True)),
            _repeating,
            "quotes=corrected",
            lambda n: _("All that repeat a corrected quote: %s") % n,
        ),
        Kind(
            _counted(waiting),
            _waiting,
            "changes=pending",
            lambda n: _("All with changes pending: %s") % n,
        ),
    )


def going_out(now: datetime) -> Table:
    """Stories and changes that are scheduled, and embargoes that lift; the next one
    first."""
    scheduled = desk_stories().going_out(now).values_list("pk", "published_at")
    held = desk_stories().held_by_embargo(now).values_list("pk", "embargoed_until")
    changes = Draft.objects.due_after(now).values_list("article", "due_at")
    return _table(
        Kind(
            dict(_some(scheduled)),
            _scheduled,
            "state=scheduled",
            lambda n: _("All scheduled stories: %s") % n,
        ),
        Kind(
            dict(_some(held)),
            _embargoed,
            "state=embargoed",
            lambda n: _("All under embargo: %s") % n,
        ),
        Kind(
            dict(_some(changes)),
            _changing,
            "changes=scheduled",
            lambda n: _("All scheduled changes: %s") % n,
        ),
        by_time=True,
    )


def being_written(saves: list[tuple]) -> Table:
    """Drafts, the last saved first; those that nobody saved of late come after."""
    drafts = desk_stories().being_written()
    newest = _some(drafts.order_by("-pk").values_list("pk", flat=True))
    saved = dict.fromkeys(story for story, _saved_at in saves)
    known = set(drafts.filter(pk__in=saved).values_list("pk", flat=True))
    keys = dict.fromkeys([*(key for key in saved if key in known), *newest])
    said = _("All drafts: %s")
    return _table(Kind(keys, _written, "state=draft", lambda n: said % n))


def quotes_today(saves: list[tuple], now: datetime) -> str:
    """One line on the quotes of the stories that were saved today, as they stood when
    each was last settled. Of a live story it is what readers have."""
    today = timezone.localdate(now)
    stories = {s for s, saved_at in saves if timezone.localdate(saved_at) == today}
    counts, count_open = Counter(), 0
    quotes = Quote.objects.carried().filter(article__in=stories, withdrawn_at=None)
    kinds = quotes.order_by().values_list("kind", "source_check", "is_open")
    for kind, outcome, is_open, count in kinds.annotate(count=Count("pk")):
        is_reported = kind == Quote.Kind.INDIRECT
        counts["reported" if is_reported else outcome] += count
        count_open += count * is_open
    if not counts:
        return _("The stories saved today have none.")
    said = {
        Outcome.MATCHES: _("%d match the source copy"),
        Outcome.DIFFERS: _("%d differ from it"),
        Outcome.NOT_FOUND: _("%d are not in it"),
        Outcome.NO_TEXT: _("%d have no source text"),
        "reported": _("%d are reported, not word for word"),
    }
    parts = [words % counts[key] for key, words in said.items() if counts[key]]
    return _("%(all)d in the stories saved today: %(parts)s. %(open)s") % {
        "all": counts.total(),
        "parts": get_text_list(parts, _("and")),
        "open": ngettext("%d is open.", "%d are open.", count_open) % count_open
        if count_open
        else _("None is open."),
    }


def _table(*kinds: Kind, by_time: bool = False) -> Table:
    """Each story once, for the first of the kinds that it is of."""
    first_of = {}
    for kind in kinds:
        for key in kind.found:
            first_of.setdefault(key, kind)
    keys = list(first_of)
    if by_time:
        keys.sort(key=lambda key: (first_of[key].found[key], key))
    stories = desk_rows(keys[:ROWS])
    rows = [
        first_of[story.pk].row(story, first_of[story.pk].found[story.pk])
        for story in stories
    ]
    shown = keys[:ROWS]
    return Table(rows, list(filter(None, (kind.more(shown) for kind in kinds))))


def _some(rows):
    return list(rows[: MOST_COUNTED + 1])


def _counted(keys):
    return dict.fromkeys(_some(keys))


def _overdue(story, _found):
    draft = story.changes
    nobody_tried = _("Nothing has tried to publish them: run publish_due every minute.")
    return Row(
        story,
        _("Changes did not go out"),
        at_the_desk(draft.due_at),
        name_of(draft.due_by),
        draft.refusal or nobody_tried,
    )


def _to_merge(story, revision):
    who, when = name_of(revision.saved_by), at_the_desk(revision.saved_at)
    why = _("Somebody else had saved the same places.")
    return Row(story, _("Text kept aside"), when, who, why, revision.number)


def _unsettled(story, _found):
    draft = story.changes
    said = open_quotes(story)
    if draft and draft.open_quotes:
        return Row(story, said, at_the_desk(draft.began_at), _saver(draft.revision))
    return Row(story, said, _saved_at(story), _saver(story.saved))


def _repeating(story, _found):
    why = _("The quote it repeats was corrected or withdrawn since.")
    said = _("≠ differs from the quote it repeats")
    return Row(story, said, _saved_at(story), _saver(story.saved), why)


def _waiting(story, _found):
    draft = story.changes
    since = at_the_desk(draft.began_at)
    return Row(story, _("Changes pending"), since, _saver(draft.revision))


def _scheduled(story, at):
    return Row(story, f"{timezone.localtime(at):%H:%M}", from_now(at))


def _embargoed(story, at):
    is_draft = story.status == Article.Status.DRAFT
    why = _("The embargo lifts; the story is a draft still.") if is_draft else ""
    return Row(story, f"{timezone.localtime(at):%H:%M}", from_now(at), why=why)


def _changing(story, at):
    why = _("A change to a live story.")
    return Row(story, f"{timezone.localtime(at):%H:%M}", from_now(at), why=why)


def _written(story, _found):
    return Row(story, _("Draft"), _saved_at(story), _saver(story.saved))


def _saved_at(story):
    return at_the_desk(story.saved.saved_at) if story.saved else ""


def _saver(revision):
    return name_of(revision.saved_by) if revision else ""


def open_quotes(story: Article) -> str:
    """How many quotes wait for a decision, in what the desk has of the story."""
    draft = story.changes
    count = draft.open_quotes if draft and draft.open_quotes else story.quotes_open
    if not count:
        return ""
    return ngettext("≠ %d quote open", "≠ %d quotes open", count) % count


def quotes_in_words(story: Article) -> str:
    count = story.quotes_carried
    if not count:
        return _("No quotes yet.")
    said = ngettext("%d quote.", "%d quotes.", count) % count
    return f"{said} {open_quotes(story)}".strip()


def from_now(time: datetime) -> str:
    """How far off, or on which day."""
    local, now = timezone.localtime(time), timezone.localtime()
    minutes = round((time - now).total_seconds() / 60)
    if minutes < 60:
        return ngettext("in %d minute", "in %d minutes", minutes) % minutes
    days = (local.date() - now.date()).days
    if days < 2:
        return _("tomorrow") if days else _("today")
    return date_format(local, "l j F" if local.year == now.year else "j F Y")


def heading(now: datetime) -> str:
    """Monday 8 February, 14:24 MSK."""
    local = timezone.localtime(now)
    return f"{date_format(local, 'l j F')}, {local:%H:%M} {local.tzname()}"
