"""Drafts of live stories: what the desk makes of a story that readers have, which they
see nothing of until it is published. The rows are what readers see; a draft is a
revision beside them."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import NamedTuple

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from articles.models import Article, Draft, Revision
from articles.revisions import (
    OVERRIDES,
    Content,
    Reconciled,
    apply,
    content_of,
    keep,
    overrides_of,
    reconcile,
    rehearsal,
    says_the_same,
    snapshot,
)
from articles.settling import settle
from articles.verbs import Seen, record, refused, take

Kind = Revision.Kind


class Saving(NamedTuple):
    """What became of a save. A revision kept aside met another save, which `merged`
    says where; `merged` is None if nobody else had saved meanwhile."""

    revision: Revision
    merged: Reconciled | None

    @property
    def is_aside(self) -> bool:
        return self.revision.kind == Kind.ASIDE


def draft_of(article: Article) -> Draft | None:
    drafts = Draft.objects.select_related("revision", "over", "due_revision")
    return drafts.filter(article=article).first()


@contextmanager
def shown_as(article: Article, content: Content, number: int) -> Iterator[None]:
    """Inside, the rows say what the content of the revision with that number says, and
    whatever is built and rendered shows it; at the end all of that is undone. Content
    that names a record that is no more is Refused."""
    with rehearsal():
        apply(article, content, is_rehearsal=True)
        take_sources(article, number)
        settle(article)
        yield


def sources_up_to(article: Article, revision: int) -> QuerySet:
    """Those that came with the pending changes, as far as that revision of them."""
    draft = Draft.objects.filter(article=article).first()
    if draft is None:
        return article.sources.none()
    numbers = article.revisions.filter(
        kind=Kind.DRAFT, saved_at__gte=draft.began_at, number__lte=revision
    )
    return article.sources.filter(came_with__in=numbers.values("number"))


def take_sources(article: Article, revision: int) -> None:
    """Those that came with the pending changes up to that revision are the story's; the
    caller settles."""
    keys = list(sources_up_to(article, revision).values_list("pk", flat=True))
    article.sources.filter(pk__in=keys).update(came_with=None)


def as_draft(article: Article, rows: set[str]) -> Content:
    """What the rehearsed rows say, `rows` being the marks of the quotes that are saved:
    what was let stand at others has no row to hold it yet."""
    return snapshot(article) | overrides_of(article, but=rows)


def marks_of(article: Article) -> set[str]:
    return set(article.quotes.values_list("mark", flat=True))


def shown_as_draft(article: Article):
    """The story with its pending changes, or as it is if it has none."""
    draft = draft_of(article)
    if draft is None:
        return nullcontext()
    return shown_as(article, draft.revision.content, draft.revision.number)


@transaction.atomic
def save_over(
    article: Article,
    mine: Content,
    *,
    base: int,
    by,
    note: str = "",
    is_to_be_looked_at: bool = False,
    has_sources: bool = False,
) -> Saving:
    """Saves what somebody made of revision `base`. Where others have saved meanwhile,
    both are merged; where both changed the same place, or if it `is_to_be_looked_at`,
    this one is kept aside, to be merged by hand, and nothing else changes. What
    `has_sources` comes with source texts that are to be saved after it."""
    story = Article.objects.select_for_update(of=["self"]).get(pk=article.pk)
    newest = Revision.objects.newest_number(story)
    merged = None
    if base != newest or is_to_be_looked_at:
        theirs = content_of(story, newest)
        merged = reconcile(content_of(story, base), mine, theirs)
        if merged.conflicts or is_to_be_looked_at:
            aside = keep(story, mine, Kind.ASIDE, by=by, base=base, note=note)
            return Saving(aside, merged)
        mine = merged.content
    saved = save_content(
        story, mine, by=by, base=newest, note=note, has_sources=has_sources
    )
    return Saving(saved, merged)


@transaction.atomic
def save_content(
    article: Article,
    content: Content,
    *,
    by,
    base: int,
    note: str = "",
    has_sources: bool = False,
) -> Revision:
    """Makes the content the newest of the story, written over revision `base`: of a
    live story as a draft, which readers do not see, of another one in its rows."""
    story = Article.objects.select_for_update(of=["self"]).get(pk=article.pk)
    if story.status != Article.Status.PUBLISHED:
        apply(story, content)
        settle(story, by=by, note=note)
        Draft.objects.filter(article=story).delete()
        return story.revisions.held()
    settle(story)
    marks = marks_of(story)
    with shown_as(story, content, base):
        content = as_draft(story, marks)
        open_quotes = story.quotes.open().count()
    Draft.objects.filter(article=story).update(open_quotes=open_quotes)
    held, draft = story.revisions.held(), draft_of(story)
    newest = draft.revision if draft else held
    if newest and not has_sources and _says_all(newest.content, content):
        if draft and base == held.number:  # chosen, and nothing else changed
            Draft.objects.filter(pk=draft.pk).update(over=held)
        return newest
    revision = keep(story, content, Kind.DRAFT, by=by, base=base, note=note)
    if draft is None:
        Draft.objects.create(
            article=story,
            revision=revision,
            over=held,
            began_at=revision.saved_at,
            open_quotes=open_quotes,
        )
    else:
        draft.revision = revision
        if base == held.number:  # merged with what readers have
            draft.over = held
        draft.save()
    return revision


def _says_all(was, now) -> bool:
    return says_the_same(was, now) and was.get(OVERRIDES) == now.get(OVERRIDES)


def has_live_moved(draft: Draft) -> bool:
    """Whether readers have something newer than what the draft was written over."""
    return draft.article.revisions.held() != draft.over


def content_to_publish(draft: Draft, revision: Revision, over: Revision) -> Content:
    """The revision, which was written over that other one, merged with what has changed
    meanwhile in what readers have. Refused where both changed the same place."""
    held = draft.article.revisions.held()
    if held == over:
        return revision.content
    merged = reconcile(over.content, revision.content, held.content)
    if merged.conflicts:
        raise refused(
            _(
                "What readers have has changed since this draft began, at a place that "
                "the draft changes too. Open the story and choose there."
            )
        )
    return merged.content


@transaction.atomic
def discard(article: Article, *, by, revision: int | Seen | None = None) -> None:
    """The pending changes are dropped. They stay in the history, but for the source
    texts that came with them."""
    story = take(article, by, "change_article", revision)
    draft = draft_of(story)
    if draft is None:
        raise refused(_("There are no pending changes."))
    number = draft.revision.number
    sources = list(sources_up_to(story, number))
    draft.delete()
    said = [_("Discarded the draft, revision %d.") % number]
    said += [_("Deleted its source text: %s.") % source for source in sources]
    story.sources.filter(pk__in=[source.pk for source in sources]).delete()
    record(story, by, " ".join(said))
