"""Making the rows of a story say what a content says."""

from uuid import UUID, uuid4, uuid5

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.models import Article, Byline, Quote, QuoteOverride
from articles.revisions.content import KEYS, OVERRIDES, Content
from articles.revisions.lookup import values_of
from articles.verbs import refused


def apply(article: Article, content: Content, *, is_rehearsal: bool = False) -> None:
    """Makes the saved rows say what the content says; the caller settles. A record that
    it names and that is no more is Refused, and so is what cannot stand beside what is
    saved elsewhere; nothing is changed then. Where it is only to be looked at, a slug
    that another story has taken since is passed over."""
    values = values_of(content)
    try:
        with transaction.atomic():
            _apply(article, content, values, is_rehearsal)
    except IntegrityError as error:
        raise refused(
            _(
                "The changes meet what is saved already: another story may have taken "
                "the slug. Open the story, put that right and save."
            )
        ) from error


def _apply(article, content, values, is_rehearsal):
    story = Article.objects.select_for_update(of=["self"]).get(pk=article.pk)
    slug = values.fields["slug"]
    if is_rehearsal and slug and slug != story.slug:
        others = Article.objects.exclude(pk=story.pk)
        if others.filter(slug=slug).exists():
            values.fields["slug"] = story.slug
    for name, value in values.fields.items():
        setattr(story, name, value)
    story.save()
    story.topics.set(values.topics)
    _apply_bylines(story, content, values.bylines)
    _apply_quotes(story, content, values.quotes)


def _apply_bylines(story, content, bylines):
    """A row is known by whom it names, or else by its key: it may name another person
    than it did."""
    once = {(row["person"], row["role"]): name for name, row in bylines.items()}
    bylines = {name: bylines[name] for name in once.values()}  # of people merged since
    rows = {(row.person, row.role): row for row in story.bylines.all()}
    told = {
        name: rows.pop((values["person"], values["role"]), None)
        for name, values in bylines.items()
    }
    left = {row.pk: row for row in rows.values()}
    for name, row in told.items():
        told[name] = row or left.pop(key_of(story, content, "bylines", name), None)
    story.bylines.filter(pk__in=left).delete()
    keys = _free_keys(story, content, "bylines", _without_row(told))
    for name, row in told.items():
        _save(row or Byline(pk=keys[name], article=story), bylines[name])


def _apply_quotes(story, content, quotes):
    _let_go(story.quotes.carried().exclude(mark__in=quotes), story)
    rows = {row.mark: row for row in story.quotes.filter(mark__in=quotes)}
    told = {mark: rows.get(mark) for mark in quotes}
    keys = _free_keys(story, content, "quotes", _without_row(told))
    for mark, row in told.items():
        quote = row or Quote(pk=keys[mark], article=story, mark=mark)
        _save(quote, {**quotes[mark], "dropped_at": None})
        for let_stand in content.get(OVERRIDES, {}).get(mark, []):
            _let_stand(quote, let_stand)


def _let_stand(quote, values):
    user = get_user_model().objects.filter(pk=values["overridden_by"]).first()
    at = QuoteOverride._meta.get_field("overridden_at").to_python(
        values["overridden_at"]
    )
    defaults = {**values, "overridden_by": user, "overridden_at": at}
    quote.overrides.get_or_create(overridden_at=at, defaults=defaults)


def _without_row(told) -> list[str]:
    return [name for name, row in told.items() if row is None]


def _save(row, values):
    changed = row._state.adding or any(
        getattr(row, name) != value for name, value in values.items()
    )
    for name, value in values.items():
        setattr(row, name, value)
    if changed:
        row.save()


def key_of(story: Article, content: Content, part: str, name: str) -> UUID:
    """Of the row that says this part of the content, or will: the same at each look."""
    kept = content.get(KEYS, {}).get(part, {}).get(name)
    return UUID(kept) if kept else uuid5(story.reference, name)


def _free_keys(story, content, part, names) -> dict[str, UUID]:
    """For rows to be made: other ones may have got their keys since."""
    keys = {name: key_of(story, content, part, name) for name in names}
    rows = getattr(story, part).model._base_manager
    taken = set(rows.filter(pk__in=keys.values()).values_list("pk", flat=True))
    return {name: uuid4() if key in taken else key for name, key in keys.items()}


def _let_go(quotes, story):
    """Readers may have met a quote of a story that was public, and another story may
    repeat it: it is dropped, not deleted."""
    was_public = Article.objects.ever_public().filter(pk=story.pk).exists()
    in_use = quotes if was_public else quotes.exclude(repeated_by=None)
    kept = list(in_use.values_list("pk", flat=True))
    story.quotes.filter(pk__in=kept).update(dropped_at=timezone.now())
    quotes.exclude(pk__in=kept).delete()
