"""What readers are told of a story that changed after they had it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise, zip_longest

from articles.matching import Change, diff
from articles.models import Article, Correction, Publication, Revision
from articles.revisions.comparing import Comparison, compare
from articles.revisions.naming import Names

WITH_IT = timedelta(minutes=1)  # a correction is noted as its words go out


@dataclass(frozen=True)
class Part:
    """One text before and after: what it is, or whose words it holds, and the language
    of both is the story's."""

    kind: str  # headline, standfirst, paragraph, quote
    changes: list[Change]
    speaker: str = ""
    number: int | None = None

    @property
    def was(self) -> list[Change]:
        return [change for change in self.changes if change.kind != "added"]

    @property
    def now(self) -> list[Change]:
        return [change for change in self.changes if change.kind != "removed"]


@dataclass
class Telling:
    """Of one change: when, why, the notes of correction made with it, and, once they
    were looked up, the texts that differ."""

    at: datetime
    note: str = ""
    corrections: list[Correction] = field(default_factory=list)
    between: tuple[int, int] | None = None  # keys of two revisions
    parts: list[Part] = field(default_factory=list)


def seen(article: Article) -> list[Publication]:
    """What readers have had, in order, of a story that they have now. A version that
    was replaced before its time came was never theirs."""
    begins = _beginning(article)
    made = list(article.publications.order_by("pk"))
    return [
        publication
        for publication, after in zip_longest(made, made[1:])
        if after is None or after.published_at > max(publication.published_at, begins)
    ]


def _beginning(article) -> datetime:
    return article.first_published_at or max(
        filter(None, [article.published_at, article.embargoed_until])
    )


def tellings(article: Article, corrections: Iterable[Correction]) -> list[Telling]:
    """The changes that an editor marked as substantial, and all corrections made since
    readers have the story: a quote that it repeats may have been corrected before. The
    newest first."""
    told = [
        Telling(now.published_at, now.note, between=(was.revision_id, now.revision_id))
        for was, now in pairwise(seen(article))
        if now.is_substantial
    ]
    changes = list(told)
    begins = _beginning(article)
    for correction in corrections:
        if correction.published_at < begins:
            continue
        with_it = (
            change
            for change in changes
            if correction.article_id == article.pk
            and timedelta() <= change.at - correction.published_at < WITH_IT
        )
        if change := next(with_it, None):
            change.corrections.append(correction)
            change.note = ""  # which says the same
        else:
            told.append(Telling(correction.published_at, corrections=[correction]))
    return sorted(told, key=lambda telling: telling.at, reverse=True)


def look_up(article: Article, told: Iterable[Telling]) -> None:
    """Fills in the texts that differ."""
    told = [telling for telling in told if telling.between]
    keys = {key for telling in told for key in telling.between}
    revisions = Revision.objects.in_bulk(keys)
    names = Names(revision.content for revision in revisions.values())
    withdrawn = article.quotes.exclude(withdrawn_at=None)
    unsaid = set(withdrawn.values_list("mark", flat=True))
    for telling in told:
        was, now = (revisions[key].content for key in telling.between)
        telling.parts = list(_parts(compare(was, now), names, unsaid))


def _parts(compared: Comparison, names: Names, unsaid: set[str]) -> Iterator[Part]:
    was, now = compared.was["fields"], compared.now["fields"]
    for name in ("headline", "standfirst"):
        yield from _if_it_differs(Part(name, diff(was[name], now[name])))
    for change in compared.paragraphs:
        if change.kind != "same":
            number = change.now_number or change.was_number
            yield from _if_it_differs(Part("paragraph", change.changes, number=number))
    for change in compared.quotes:
        if change.kind != "same" and (change.now or change.was).mark not in unsaid:
            sides = [side and names.quote(side.row) for side in change[1:3]]
            speakers = [str(side.speaker_name()) for side in sides if side]
            if speakers[0] == speakers[-1]:
                speaker, changes = speakers[0], change.changes
            else:
                speaker = ""
                changes = diff(*(f"{q.speaker_name()}: {q.words}" for q in sides))
            yield from _if_it_differs(Part("quote", changes, speaker=speaker))


def _if_it_differs(part: Part) -> Iterator[Part]:
    """Typography is no change of substance."""
    if any(change.kind != "same" for change in part.changes):
        yield part
