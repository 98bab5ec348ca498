"""The stories as the desk asks for them."""

from django.db.models import Count, Exists, F, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from articles.models.articles import Article, ArticleQuerySet
from articles.models.corrections import Correction
from articles.models.quotes import Quote
from articles.models.revisions import Draft, Revision

SAVES_LOOKED_AT = 500
STORIES_SEARCHED = 10_000
MOST_FOUND = 1001
MOST_WORDS_SOUGHT = 10

Status = Article.Status


class DeskQuerySet(ArticleQuerySet):
    """Each of these walks an index that is as long as what it finds, however large the
    archive is; `at` is now, unless a caller says otherwise."""

    def in_state(self, state, at=None):
        """In the words of Article.state(), and retracted."""
        at = at or timezone.now()
        match state:
            case "scheduled":
                held = Q(embargoed_until__gt=at)
                return self.live().filter(published_at__gt=at).exclude(held)
            case "embargoed":
                return self.live().embargoed(at)
            case "expired":
                held = Q(embargoed_until__gt=at)
                return self.live().filter(expires_at__lte=at).exclude(held)
            case "live":
                return self.listed(at)
            case "retracted":
                told = Correction.objects.retractions(at).filter(
                    article__status=Status.PUBLISHED
                )
                return self.filter(pk__in=told.values("article"))
        return self.filter(status=state)

    def going_out(self, at=None):
        """Scheduled, the next one first; without those that an embargo holds longer."""
        held_longer = Q(embargoed_until__gt=F("published_at"))
        scheduled = self.live().filter(published_at__gt=at or timezone.now())
        # `exclude` would take those without an embargo out as well.
        return scheduled.filter(Q(embargoed_until=None) | ~held_longer).order_by(
            "published_at", "pk"
        )

    def held_by_embargo(self, at=None):
        """Being written, or going out when the embargo lifts; the next one first."""
        waits = Q(status=Status.DRAFT) | Q(published_at__lt=F("embargoed_until"))
        decided = self.filter(status__in=[Status.DRAFT, Status.PUBLISHED])
        return decided.embargoed(at).filter(waits).order_by("embargoed_until", "pk")

    def being_written(self):
        return self.filter(status=Status.DRAFT)

    def with_changes(self, drafts=None):
        """Live, with pending changes: those of these drafts, by default any."""
        drafts = Draft.objects.all() if drafts is None else drafts
        return self.filter(pk__in=drafts.values("article"))

    def with_texts_to_merge(self):
        return self.filter(pk__in=Revision.objects.to_merge().values("article"))

    def with_open_quotes(self):
        """In what their rows say, or in their pending changes."""
        recorded = Quote.objects.open().order_by().values("article")
        pending = Draft.objects.with_open_quotes().order_by().values("article")
        return self.filter(pk__in=recorded.union(pending))

    def with_corrected_repeats(self):
        """Those that keep other words, or another speaker, than the quote that they
        repeat has since it was corrected or withdrawn."""
        corrected = Correction.objects.exclude(quote=None).order_by().values("quote")
        repeats = Quote.objects.filter(
            ~Q(words=F("repeats__words"))
            | ~Q(speaker=F("repeats__speaker"))
            | Q(repeats__withdrawn_at__isnull=False),
            repeats__in=corrected,
            dropped_at=None,
            withdrawn_at=None,
        )
        return self.filter(pk__in=repeats.order_by().values("article"))

    def saved_by(self, user):
        """The stories among somebody's newest saves."""
        saves = Revision.objects.filter(saved_by=user).order_by("-pk")
        return self.filter(pk__in=saves[:SAVES_LOOKED_AT].values("article"))

    def search(self, text):
        """Every word of the text, in any order, in the headline, slugline or slug of
        one of the newest stories; or the whole slug or address of any story. No more
        are found than anybody leafs through."""
        slug = text.rstrip("/").rpartition("/")[2]
        named = Article.objects.exclude(slug="").filter(slug=slug)
        newest = Article.objects.aggregate(newest=Max("pk"))["newest"] or 0
        found = self.filter(pk__gt=newest - STORIES_SEARCHED)
        for word in text.split()[:MOST_WORDS_SOUGHT]:
            has_word = Q()
            # SQLite does not know the capitals of other alphabets.
            cases = {word, word.lower(), word.capitalize()}
            for case in {word} if word.isascii() else sorted(cases):
                has_word |= (
                    Q(headline__icontains=case)
                    | Q(slugline__icontains=case)
                    | Q(slug__icontains=case)
                )
            found = found.filter(has_word)
        keys = found.order_by("-pk").values_list("pk", flat=True)[:MOST_FOUND]
        return self.filter(pk__in=[*keys, *named.values_list("pk", flat=True)])

    def for_desk(self):
        """With what a row at the desk prints of a story: some lookups a row, so for the
        rows of one page only."""
        revisions = Revision.objects.filter(article=OuterRef("pk")).newest_first()
        retractions = Correction.objects.retractions(timezone.now())
        quotes = Quote.objects.filter(article=OuterRef("pk"))
        return (
            self.select_related("section", "draft__revision__saved_by", "draft__due_by")
            .defer("body", "body_html", "standfirst", "draft__revision__content")
            .annotate(
                held_number=Subquery(
                    revisions.filter(kind=Revision.Kind.SAVED).values("number")[:1]
                ),
                last_save=Subquery(
                    revisions.exclude(kind=Revision.Kind.ASIDE).values("pk")[:1]
                ),
                is_retracted=Exists(retractions.filter(article=OuterRef("pk"))),
                has_text_to_merge=Exists(revisions.to_merge()),
                quotes_carried=_count(quotes.carried()),
                quotes_open=_count(quotes.open()),
            )
        )


def _count(rows):
    counted = rows.order_by().values("article").annotate(count=Count("pk"))
    return Coalesce(Subquery(counted.values("count")), 0)


def desk_stories() -> DeskQuerySet:
    return DeskQuerySet(Article)


def desk_rows(keys: list[int]) -> list[Article]:
    """Those stories in that order, each with its last save as `saved` and its
    draft, or None, as `changes`."""
    found = desk_stories().for_desk().in_bulk(keys)
    saves = (
        Revision.objects.select_related("saved_by")
        .defer("content")
        .in_bulk([story.last_save for story in found.values()])
    )
    for story in found.values():
        story.saved = saves.get(story.last_save)
        story.changes = getattr(story, "draft", None)
    return [found[key] for key in keys if key in found]


def newest_saves() -> list[tuple]:
    """The story and the time of each of the newest saves, the newest first."""
    rows = Revision.objects.order_by("-pk").values_list("article", "saved_at")
    return list(rows[:SAVES_LOOKED_AT])
