import uuid
from collections import defaultdict

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models.articles import Article, OfArticleQuerySet
from articles.models.fields import MomentField, ProseField, in_calendar
from articles.models.quotes import Quote
from articles.models.tagged import TaggedAs


class CorrectionQuerySet(OfArticleQuerySet):
    def get_by_natural_key(self, article, published_at):
        return self.get(
            article=Article.objects.get_by_natural_key(article),
            published_at=published_at,
        )

    def told(self, at=None):
        """Those whose time has come, whether readers have their story or not."""
        return self.filter(published_at__lte=at or timezone.now())

    def published(self, at=None):
        return super().published(at).told(at)

    def for_page(self, article):
        """Those of the story, and of the quotes that it repeats."""
        repeated = Quote.objects.filter(repeated_by__article=article)
        shown = Q(article=article) | Q(quote__in=repeated)
        return self.published().filter(shown).select_related("article", "quote")

    def show_under(self, articles):
        """Gives each of the stories its `corrections_shown`, the oldest first: those
        that for_page() has. Returns the stories."""
        articles = list(articles)
        repeated = Quote.objects.filter(article__in=articles).exclude(repeats=None)
        repeating = defaultdict(set)
        for article, quote in repeated.values_list("article", "repeats"):
            repeating[quote].add(article)
        shown = defaultdict(list)
        is_shown = Q(article__in=articles) | Q(quote__in=list(repeating))
        found = self.filter(is_shown).select_related("article", "quote")
        found = found.defer("article__body", "article__body_html")
        for correction in found.order_by("published_at", "pk"):
            repeats = repeating.get(correction.quote_id, ())
            for story in {correction.article_id, *repeats}:
                shown[story].append(correction)
        for article in articles:
            article.corrections_shown = shown[article.pk]
        return articles

    def show_on(self, quotes):
        """Gives each of the quotes its `corrections_shown`, the oldest first: those of
        all uses of its words, in its story and elsewhere. Returns the quotes."""
        quotes = list(quotes)
        if quotes:
            self._show_on(quotes, self.filter(self._of_uses(quotes)))
        return quotes

    def show_in(self, article, quotes):
        """The same for the quotes of a story, in one query with those that for_page()
        has, which it returns."""
        is_shown = Q(article=article)
        if quotes:
            is_shown |= self._of_uses(quotes)
        found = self._show_on(quotes, self.filter(is_shown))
        repeated = {quote.repeats_id for quote in quotes} - {None}
        return [
            correction
            for correction in found
            if correction.article_id == article.pk or correction.quote_id in repeated
        ]

    def _of_uses(self, quotes):
        first = {quote.repeats_id or quote.pk for quote in quotes}
        uses = Quote.objects.filter(Q(pk__in=first) | Q(repeats__in=first))
        return Q(quote__in=uses.values("pk"))

    def _show_on(self, quotes, found):
        shown = defaultdict(list)
        found = found.select_related("article", "quote")
        found = found.defer("article__body", "article__body_html")
        found = list(found.order_by("published_at", "pk"))
        for correction in found:
            if quote := correction.quote:
                shown[quote.repeats_id or quote.pk].append(correction)
        for quote in quotes:
            quote.corrections_shown = shown[quote.repeats_id or quote.pk]
        return found

    def newest_first(self):
        return self.order_by("-published_at", "-pk")

    def for_list(self):
        return self.select_related(
            "article", "quote__speaker", "quote__organisation"
        ).defer("article__body", "article__body_html")

    def retractions(self, at):
        """Of whole stories."""
        return self.filter(
            kind=Correction.Kind.RETRACTION, quote=None, published_at__lte=at
        )


class Correction(TaggedAs):
    class Kind(models.TextChoices):
        CORRECTION = "correction", _("Correction")
        CLARIFICATION = "clarification", _("Clarification")
        UPDATE = "update", _("Update")
        APOLOGY = "apology", _("Apology")
        RETRACTION = "retraction", _("Retraction")

    class Placement(models.TextChoices):
        TOP = "top", _("Above the text")
        BOTTOM = "bottom", _("Below the text")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    article = models.ForeignKey(
        Article, models.PROTECT, verbose_name=_("article"), related_name="corrections"
    )
    quote = models.ForeignKey(
        Quote,
        models.PROTECT,
        verbose_name=_("quote"),
        related_name="corrections",
        null=True,
        blank=True,
        help_text=_("If one quote is corrected."),
    )
    kind = models.CharField(
        _("kind"), max_length=15, choices=Kind.choices, default=Kind.CORRECTION
    )
    text = ProseField(_("text"), help_text=_("What was wrong, in a sentence."))
    was = ProseField(_("was"), blank=True, help_text=_("The words as printed."))
    now = ProseField(_("now"), blank=True, help_text=_("The words that are right."))
    published_at = MomentField(
        _("published at"), default=timezone.now, validators=[in_calendar]
    )
    placement = models.CharField(
        _("placement"),
        max_length=10,
        choices=Placement.choices,
        default=Placement.BOTTOM,
    )

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ["-published_at", "-pk"]
        indexes = [
            models.Index(fields=["-published_at", "-id"], name="correction_newest"),
            models.Index(
                fields=["quote", "published_at"],
                name="correction_retracts",
                condition=Q(kind="retraction"),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "published_at"],
                name="correction_has_a_time_of_its_own",
                violation_error_message=_(
                    "The story has a correction of this very time already."
                ),
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.text[:80]}"

    def changed_at(self):
        return self.__dict__.get("published_at")

    def is_retraction(self):
        """Of the whole story."""
        return self.kind == self.Kind.RETRACTION and self.quote_id is None

    def clean(self):
        if self.quote_id and self.quote.article_id != self.article_id:
            raise ValidationError({"quote": _("This quote stands in another story.")})

    def natural_key(self):
        return (*self.article.natural_key(), self.published_at)

    natural_key.dependencies = ["articles.article", "articles.quote"]
