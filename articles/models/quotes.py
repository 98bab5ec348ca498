import re
import uuid

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import ExtractYear
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles import body
from articles.matching import Outcome
from articles.models.articles import Article, OfArticleQuerySet
from articles.models.fields import LanguageField, LineField, ProseField
from articles.models.organisations import Organisation
from articles.models.people import Person, Position
from articles.models.sources import SourceText
from articles.models.tagged import TaggedAs

MOST_WORDS_SOUGHT = 10


class QuoteQuerySet(OfArticleQuerySet):
    """published() are the quotes that readers may open: one that was dropped or
    withdrawn keeps its address. listed() are those that a list shows."""

    def get_by_natural_key(self, article, mark):
        return self.get(article=Article.objects.get_by_natural_key(article), mark=mark)

    def standing(self, at=None):
        """Neither dropped nor withdrawn, of a story that is not retracted."""
        stories = Article.objects.listed(at).filter(pk=OuterRef("article"))
        return self.filter(Exists(stories), dropped_at=None, withdrawn_at=None)

    def listed(self, at=None):
        """Standing, and each once, at its earliest visible use. What repeats a quote
        that was withdrawn is in no list either: the words are the same."""
        earlier = Quote.objects.standing(at).filter(
            Q(pk=OuterRef("repeats"))
            | Q(repeats=OuterRef("repeats"), listed_at__lt=OuterRef("listed_at"))
            | Q(
                repeats=OuterRef("repeats"),
                listed_at=OuterRef("listed_at"),
                pk__lt=OuterRef("pk"),
            )
        )
        is_first = Q(repeats=None) | Q(repeats__withdrawn_at=None) & ~Exists(earlier)
        return self.standing(at).filter(is_first)

    def that_do_not_hold(self):
        """Whose words were not those of the body when the story was last settled."""
        return self.filter(dropped_at=None, withdrawn_at=None).exclude(
            body_check=Outcome.MATCHES
        )

    def open(self):
        """Waiting for somebody to settle them, when the story was last settled."""
        return self.filter(is_open=True)

    def carried(self):
        """Those that their story still carries, withdrawn or not."""
        return self.filter(dropped_at=None)

    def speaking_for(self, organisation):
        """Said by the organisation, or by somebody in a post of it that pages name."""
        in_a_post = Q(position__organisation=organisation)
        return self.filter(
            Q(organisation=organisation)
            | in_a_post & (Q(speaker=None) | Q(speaker__is_public=True))
        )

    def about(self, organisation):
        """What others said of it."""
        own = Quote.objects.speaking_for(organisation).values("pk")
        return self.filter(organisations=organisation).exclude(pk__in=own)

    def uses_of(self, quote):
        """The quote, what it repeats and all that repeat the same."""
        first = quote.repeats_id or quote.pk
        return self.filter(Q(pk=first) | Q(repeats=first))

    def printed_within(self, start, end):
        """By the time that lists go by; `end` is exclusive."""
        return self.filter(listed_at__gte=start, listed_at__lt=end)

    def counted_by_year(self):
        """How many each local year has, the newest first."""
        years = self.annotate(year=ExtractYear("listed_at")).values("year")
        counts = years.annotate(number=Count("pk")).order_by("-year")
        return dict(counts.values_list("year", "number"))

    def that_may_be_repeated(self, at=None):
        """What another story may repeat: first uses that readers can see."""
        return self.standing(at).filter(repeats=None)

    def search(self, text):
        """Every word of the text, in any order, stands in what was said or in a name of
        who said it. What is no letter or figure only parts words, so that it does not
        matter how an apostrophe or a dash is typed."""
        found = self
        for word in re.findall(r"\w+", text)[:MOST_WORDS_SOUGHT]:
            # SQLite does not know the capitals of other alphabets.
            cases = {word, word.lower(), word.capitalize()}
            has_word = Q()
            for case in {word} if word.isascii() else cases:
                has_word |= (
                    Q(words__icontains=case)
                    | Q(unnamed_source__icontains=case)
                    | Q(speaker__in=Person.objects.search(case))
                    | Q(organisation__in=Organisation.objects.search(case))
                )
            found = found.filter(has_word)
        return found

    def for_choice(self):
        """What a chooser at the desk prints of a quote."""
        return self.select_related("article", "speaker", "organisation").defer(
            "article__body", "article__body_html"
        )

    def newest_first(self):
        return self.order_by("-listed_at", "-article_id", "order", "pk")

    def for_lists(self):
        """What a list prints of a quote and of the story it stands in, but for its
        corrections: see Correction.objects.show_on()."""
        return self.select_related(
            "article", "speaker", "organisation", "position__organisation", "repeats"
        ).defer("article__body", "article__body_html")

    def for_page(self):
        return (
            self.for_lists()
            .select_related("matched_source", "article__section")
            .defer("article__body", "article__body_html", "matched_source__text")
        )


class Quote(TaggedAs):
    class Kind(models.TextChoices):
        DIRECT = "direct", _("Direct quote")
        PARTIAL = "partial", _("Partial quote")
        INDIRECT = "indirect", _("Reported, not word for word")

    class Occasion(models.TextChoices):
        PRESS_CONFERENCE = "press_conference", _("press conference")
        INTERVIEW = "interview", _("interview")
        STATEMENT = "statement", _("statement")
        BROADCAST = "broadcast", _("broadcast")
        SOCIAL_POST = "social_post", _("social post")
        OTHER_OUTLET = "other_outlet", _("via another outlet")

    OUTCOMES = [
        (Outcome.MATCHES, _("matches")),
        (Outcome.DIFFERS, _("differs")),
        (Outcome.NOT_FOUND, _("not found")),
        (Outcome.NO_TEXT, _("no text to compare with")),
    ]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    article = models.ForeignKey(
        Article, models.CASCADE, verbose_name=_("article"), related_name="quotes"
    )
    mark = models.CharField(
        _("mark"),
        max_length=16,
        default=body.new_mark,
        validators=[
            RegexValidator(
                body.MARK_ID,
                _("A mark is the letter q and up to 15 small letters or digits."),
            )
        ],
        help_text=_("The data-quote of the words in the body."),
    )
    kind = models.CharField(
        _("kind"), max_length=10, choices=Kind.choices, default=Kind.DIRECT
    )
    words = ProseField(
        _("words"),
        max_length=20_000,
        help_text=_(
            "What stands between the quotation marks, without them. One line for each "
            "part of a split quote."
        ),
    )
    speaker = models.ForeignKey(
        Person,
        models.PROTECT,
        verbose_name=_("speaker"),
        related_name="quotes",
        null=True,
        blank=True,
    )
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        verbose_name=_("speaking organisation"),
        related_name="quotes",
        null=True,
        blank=True,
        help_text=_("When an organisation speaks, or the person speaks in its name."),
    )
    unnamed_source = LineField(
        _("unnamed source"),
        max_length=200,
        blank=True,
        help_text=_(
            "As printed: a diplomat familiar with the talks. There is no place here "
            "for the name, so that it cannot leak from here."
        ),
    )
    position = models.ForeignKey(
        Position,
        models.PROTECT,
        verbose_name=_("post on the day"),
        related_name="quotes",
        null=True,
        blank=True,
    )
    role = LineField(
        _("role as printed"),
        max_length=200,
        blank=True,
        help_text=_("As this story printed it. It stays when the post changes."),
    )
    said_on = models.DateField(
        _("said on"), null=True, blank=True, help_text=_("If the story gives the day.")
    )
    occasion = models.CharField(
        _("occasion"), max_length=20, choices=Occasion.choices, blank=True
    )
    original_words = ProseField(
        _("original words"),
        max_length=20_000,
        blank=True,
        help_text=_("If the words were said in another language."),
    )
    original_language = LanguageField(_("original language"), max_length=35, blank=True)
    translator = LineField(_("translator"), max_length=200, blank=True)
    repeats = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name=_("repeats"),
        related_name="repeated_by",
        null=True,
        blank=True,
        help_text=_("The first quote of these words, if an earlier story had them."),
    )
    dropped_at = models.DateTimeField(
        _("dropped at"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("The story no longer carries the quote."),
    )
    withdrawn_at = models.DateTimeField(
        _("withdrawn at"), null=True, blank=True, editable=False
    )

    # What settle() reads out of the story.
    order = models.PositiveIntegerField(default=0, editable=False)
    paragraph = models.PositiveIntegerField(null=True, editable=False)
    sentence = ProseField(editable=False, blank=True)
    body_check = models.CharField(
        max_length=10, choices=OUTCOMES, editable=False, blank=True
    )
    source_check = models.CharField(
        max_length=10, choices=OUTCOMES, editable=False, blank=True
    )
    matched_source = models.ForeignKey(
        SourceText,
        models.SET_NULL,
        related_name="matched_quotes",
        null=True,
        editable=False,
    )
    is_open = models.BooleanField(
        _("waits for a decision"), default=False, editable=False, serialize=False
    )
    listed_at = models.DateTimeField(null=True, editable=False)
    people = models.ManyToManyField(
        Person, verbose_name=_("people named"), related_name="named_in", editable=False
    )
    organisations = models.ManyToManyField(
        Organisation,
        verbose_name=_("organisations named"),
        related_name="named_in",
        editable=False,
    )

    objects = QuoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("quote")
        verbose_name_plural = _("quotes")
        ordering = ["article", "order", "pk"]
        indexes = [
            models.Index(
                fields=["-listed_at", "-article", "order", "id"], name="quote_newest"
            ),
            models.Index(
                fields=["speaker", "-listed_at", "-article", "order", "id"],
                name="quote_newest_by_speaker",
            ),
            models.Index(
                fields=["organisation", "-listed_at", "-article", "order", "id"],
                name="quote_newest_by_organisation",
            ),
            models.Index(
                fields=["article"], name="quote_open", condition=Q(is_open=True)
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "mark"],
                name="quote_has_a_mark_of_its_own",
                violation_error_message=_("Another quote of this story has this mark."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["direct", "partial", "indirect"]),
                name="quote_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(unnamed_source="") | Q(speaker=None, organisation=None),
                name="quote_speaker_is_named_or_not",
                violation_error_message=_(
                    "Either name who speaks or describe an unnamed source, not both."
                ),
            ),
            models.CheckConstraint(
                condition=Q(original_words="") | ~Q(original_language=""),
                name="quote_original_has_a_language",
                violation_error_message=_("Give the language of the original words."),
            ),
            models.CheckConstraint(
                condition=~Q(repeats=F("pk")),
                name="quote_does_not_repeat_itself",
                violation_error_message=_("A quote cannot repeat itself."),
            ),
        ]

    def __str__(self):
        words = " ".join(self.words.split())
        return words if len(words) <= 80 else f"{words[:79].rstrip()}…"

    def save(self, *args, **kwargs):
        if self.repeats and self.repeats.repeats_id:
            self.repeats_id = self.repeats.repeats_id
        super().save(*args, **kwargs)
        if self.repeats_id:
            self.repeated_by.update(repeats=self.repeats_id)

    def get_absolute_url(self):
        return reverse("quote_detail", args=[self.pk])

    def get_embed_url(self):
        return reverse("quote_embed", args=[self.pk])

    def clean(self):
        if self.position and self.position.person_id != self.speaker_id:
            another = _("This is another person’s post: choose one of the speaker’s.")
            raise ValidationError({"position": another})

    def natural_key(self):
        return (*self.article.natural_key(), self.mark)

    natural_key.dependencies = [
        "articles.article",
        "articles.person",
        "articles.position",
        "articles.organisation",
        "articles.sourcetext",
    ]

    def get_place_url(self):
        return f"{self.article.get_absolute_url()}#{self.mark}"

    def first_use(self):
        """What a quote repeats stands first in every list, and there its page is. Of
        one that stands in no list, itself."""
        if not self.repeats_id or not self.stands():
            return self
        return Quote.objects.listed().uses_of(self).first() or self

    def stands(self):
        return not (self.dropped_at or self.withdrawn_at)

    def segments(self):
        return [line for line in self.words.splitlines() if line.strip()]

    def is_indirect(self):
        return self.kind == self.Kind.INDIRECT

    def is_split(self):
        return len(self.segments()) > 1

    def day(self):
        """The day to list it under: when it was said, or else when it was printed; of
        a draft, that of its dateline, or today."""
        story = self.article
        if not story.published_at:
            return self.said_on or story.dateline_date or timezone.localdate()
        return self.said_on or timezone.localdate(story.published_at)

    def post_on_the_day(self):
        """As printed, or else as recorded, but for a private person's."""
        if self.role or not self.position or not self._names_its_speaker():
            return self.role
        return str(self.position)

    def _names_its_speaker(self):
        return self.speaker is None or self.speaker.is_public

    def speaker_name(self):
        """Who said it, as our pages may print it: a private person goes by the role."""
        if self.unnamed_source:
            return self.unnamed_source
        if self.speaker:
            if self.speaker.is_public:
                return self.speaker.name
            return self.role or _("a private person")
        return str(self.organisation or "")

    def speaker_page(self):
        """The record with a page, or None."""
        if self.speaker:
            return self.speaker if self.speaker.is_public else None
        return self.organisation
