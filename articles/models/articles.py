from uuid import UUID, uuid4

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles import body
from articles.models.fields import (
    LanguageField,
    LineField,
    ProseField,
    SlugField,
    in_calendar,
)
from articles.models.organisations import Organisation
from articles.models.photos import Photo
from articles.models.sections import Section, Topic
from articles.models.tagged import Tagged
from articles.times import in_words

LEADING_TO = {
    "person": [
        "mentions__person",
        "bylines__person",
        "quotes__speaker",
        "quotes__people",
        "quotes__position__person",
        "lead_photo__photographer",
        "photos__photographer",
    ],
    "organisation": [
        "mentions__organisation",
        "source",
        "quotes__organisation",
        "quotes__organisations",
        "quotes__position__organisation",
        "lead_photo__agency",
        "photos__agency",
    ],
}


class ArticleQuerySet(models.QuerySet):
    def get_by_natural_key(self, key):
        """A story without a slug goes by its reference."""
        try:
            return self.get(reference=UUID(key))
        except (ValueError, self.model.DoesNotExist):
            return self.exclude(slug="").get(slug=key)

    def published(self, at=None):
        """The stories that readers may read at that time, by default now. Every page,
        list, count and feed leans on this one rule."""
        at = at or timezone.now()
        return self.gone_out(at).filter(Q(expires_at=None) | Q(expires_at__gt=at))

    def listed(self, at=None):
        """Published, and not retracted: a retracted story keeps its address only."""
        corrections = self.model._meta.get_field("corrections").related_model.objects
        retractions = corrections.retractions(at or timezone.now())
        return self.published(at).exclude(
            Exists(retractions.filter(article=OuterRef("pk")))
        )

    def gone_out(self, at=None):
        """Published stories whose time has come, and perhaps passed."""
        at = at or timezone.now()
        return self.filter(
            Q(embargoed_until=None) | Q(embargoed_until__lte=at),
            status=Article.Status.PUBLISHED,
            published_at__lte=at,
        )

    def ever_public(self, at=None):
        """Stories that readers could read at some time until then."""
        at = at or timezone.now()
        return self.gone_out(at) | self.filter(first_published_at__lte=at)

    def gone(self, at=None):
        """Stories that readers had and have no more: killed, unpublished, expired."""
        return self.ever_public(at).exclude(pk__in=self.published(at).values("pk"))

    def live(self):
        """Published, whether their time has come or is to come: a change to one of
        them reaches readers without any further step."""
        return self.filter(status=Article.Status.PUBLISHED)

    def embargoed(self, at=None):
        return self.filter(embargoed_until__gt=at or timezone.now())

    def visible_to(self, user):
        if user.is_active and user.is_staff and user.has_perm("articles.view_article"):
            return self
        return self.published()

    def newest_first(self):
        return self.order_by("-published_at", "-pk")

    def within(self, start, end):
        return self.filter(published_at__gte=start, published_at__lt=end)

    def before(self, time):
        return self.filter(published_at__lt=time)

    def last_before(self, time):
        """When the last story before that time was published, or None."""
        times = self.filter(published_at__lt=time).newest_first()
        return times.values_list("published_at", flat=True).first()

    def first_from(self, time):
        times = self.filter(published_at__gte=time).order_by("published_at", "pk")
        return times.values_list("published_at", flat=True).first()

    def naming(self, record):
        """Stories that name this person or organisation."""
        return self.filter(pk__in=record.mentions.values("article"))

    def credited_to(self, person):
        """Stories that carry the person's byline or pictures."""
        pictured = Article.photos.through.objects.filter(photo__photographer=person)
        return self.filter(
            Q(pk__in=person.bylines.values("article"))
            | Q(lead_photo__in=person.photos.values("pk"))
            | Q(pk__in=pictured.values("article"))
        )

    def of_organisation(self, organisation):
        """Stories that name it or that it supplied."""
        return self.filter(
            Q(pk__in=organisation.mentions.values("article")) | Q(source=organisation)
        )

    def leading_to(self, record):
        """Stories that stand in any relation to a person or an organisation, shown or
        not: what its deletion may touch. Of other records, none."""
        paths = LEADING_TO.get(record._meta.model_name, ())
        leading = [self.model.objects.filter(**{path: record}) for path in paths]
        found = Q(pk=None)
        for stories in leading:
            found |= Q(pk__in=stories.order_by().values("pk"))
        return self.filter(found)

    def for_page(self):
        return self.select_related("section", "source", "lead_photo")

    def for_feeds(self):
        """What a feed carries of a story, but for its corrections: see
        Correction.objects.show_under()."""
        bylines = self.model._meta.get_field("bylines").related_model.objects
        named = bylines.select_related("person").order_by("order", "pk")
        return (
            self.for_page()
            .defer("body")
            .prefetch_related(models.Prefetch("bylines", named), "topics")
        )

    def for_cards(self):
        """What a list prints of a story, and no body."""
        shown = self.select_related("section", "source", "lead_photo")
        return shown.defer("body", "body_html")


class OfArticleQuerySet(models.QuerySet):
    """Rows that belong to an article: readers see them when they see it."""

    def published(self, at=None):
        stories = Article.objects.published(at).filter(pk=OuterRef("article"))
        return self.filter(Exists(stories))


class Article(Tagged):
    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        SPIKED = "spiked", _("Spiked")
        KILLED = "killed", _("Killed")

    class Kind(models.TextChoices):
        NEWS = "news", _("News")
        ANALYSIS = "analysis", _("Analysis")
        OPINION = "opinion", _("Opinion")
        INTERVIEW = "interview", _("Interview")
        FACT_CHECK = "fact_check", _("Fact check")

    headline = LineField(_("headline"), max_length=250)
    standfirst = ProseField(
        _("standfirst"),
        max_length=2000,
        blank=True,
        help_text=_("The sentence or two under the headline."),
    )
    slug = SlugField(
        _("slug"),
        max_length=150,
        blank=True,
        help_text=_(
            "The last part of the story's address. Needed to publish; it stays once "
            "readers have had the story."
        ),
    )
    reference = models.UUIDField(default=uuid4, unique=True, editable=False)
    slugline = LineField(
        _("slugline"),
        max_length=100,
        blank=True,
        help_text=_("The working title. Only the desk sees it."),
    )
    language = LanguageField(
        _("language"),
        max_length=35,
        default="en",
        help_text=_("A tag such as en or ru-RU."),
    )
    kind = models.CharField(
        _("kind of piece"), max_length=20, choices=Kind.choices, default=Kind.NEWS
    )
    section = models.ForeignKey(
        Section,
        models.PROTECT,
        verbose_name=_("section"),
        related_name="articles",
        null=True,
        blank=True,
    )
    topics = models.ManyToManyField(
        Topic, verbose_name=_("topics"), related_name="articles", blank=True
    )
    dateline = LineField(
        _("dateline"),
        max_length=200,
        blank=True,
        help_text=_(
            "As printed, such as MOSCOW, February 8. /TASS/. If the body does not "
            "begin with it, it is printed before the first paragraph."
        ),
    )
    dateline_place = LineField(_("place"), max_length=100, blank=True)
    dateline_date = models.DateField(_("date in the dateline"), null=True, blank=True)
    dateline_source = LineField(_("source in the dateline"), max_length=100, blank=True)
    source = models.ForeignKey(
        Organisation,
        models.PROTECT,
        verbose_name=_("source"),
        related_name="supplied_articles",
        null=True,
        blank=True,
        help_text=_("The agency or publisher whose story this is, if not our own."),
    )
    lead_photo = models.ForeignKey(
        Photo,
        models.PROTECT,
        verbose_name=_("lead photo"),
        related_name="lead_of",
        null=True,
        blank=True,
    )
    body = ProseField(
        _("body"),
        blank=True,
        max_length=body.LONGEST,
        help_text=_(
            "HTML: p, h2, h3, blockquote, ul, ol, li, strong, em, a, br. Words that "
            "somebody said stand in &lt;q data-quote=q1&gt;, what is reported in "
            "&lt;span data-quote=q2&gt;; the quotation marks stand outside. A name "
            "stands in &lt;a data-person=slug&gt; or &lt;a data-organisation=slug&gt;, "
            "a picture is &lt;figure data-photo=slug&gt;."
        ),
    )
    photos = models.ManyToManyField(Photo, related_name="shown_in", editable=False)
    body_html = models.TextField(editable=False, blank=True)
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=Status.choices,
        default=Status.DRAFT,
        editable=False,
    )
    published_at = models.DateTimeField(
        _("published at"), null=True, blank=True, editable=False
    )
    first_published_at = models.DateTimeField(
        _("first published at"), null=True, blank=True, editable=False
    )
    embargoed_until = models.DateTimeField(
        _("embargoed until"),
        null=True,
        blank=True,
        editable=False,
        validators=[in_calendar],
        help_text=_("No reader sees the story before this time, whatever else is set."),
    )
    embargo_reason = LineField(
        _("reason for the embargo"), max_length=300, blank=True, editable=False
    )
    expires_at = models.DateTimeField(
        _("expires at"),
        null=True,
        blank=True,
        editable=False,
        validators=[in_calendar],
        help_text=_("Readers have the story until this time. Usually empty."),
    )
    updated_at = models.DateTimeField(
        _("updated at"), null=True, blank=True, editable=False
    )
    desk_note = ProseField(
        _("desk note"), blank=True, help_text=_("For colleagues. Never published.")
    )

    objects = ArticleQuerySet.as_manager()

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ["-published_at", "-pk"]
        indexes = [
            models.Index(
                fields=["status", "-published_at", "-id"], name="article_newest"
            ),
            models.Index(
                fields=["section", "status", "-published_at", "-id"],
                name="article_newest_in_section",
            ),
            models.Index(
                fields=["source", "status", "-published_at", "-id"],
                name="article_newest_from_source",
            ),
            models.Index(fields=["status", "-id"], name="article_by_status"),
            models.Index(
                fields=["section", "status", "-id"], name="article_by_section"
            ),
            models.Index(fields=["kind", "-id"], name="article_by_kind"),
            models.Index(fields=["-published_at", "-id"], name="article_by_time"),
            models.Index(
                fields=["status", "embargoed_until", "id"],
                name="article_by_embargo",
                condition=Q(embargoed_until__isnull=False),
            ),
            models.Index(
                fields=["status", "-expires_at", "-id"],
                name="article_by_expiry",
                condition=Q(expires_at__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["slug"],
                condition=~Q(slug=""),
                name="article_slug_is_unique",
                violation_error_message=_(
                    "Another story has this slug. Add a word that tells them apart."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(headline=""),
                name="article_has_a_headline",
                violation_error_message=_("A story needs a headline."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "published", "spiked", "killed"]),
                name="article_status_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(status="published") | Q(published_at__isnull=False),
                name="article_published_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("published_at")),
                name="article_expires_after_publication",
                violation_error_message=_(
                    "The story would expire before it is published."
                ),
            ),
        ]
        permissions = [
            ("publish_article", _("Can publish, schedule and unpublish")),
            ("kill_article", _("Can kill a published story")),
            ("correct_article", _("Can correct a published story")),
            ("override_quote_check", _("Can publish a quote that does not hold")),
            ("break_embargo", _("Can lift an embargo before its time")),
        ]

    def __str__(self):
        return self.headline

    def save(self, *args, **kwargs):
        self.body = body.sanitise(self.body)
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        """The address for readers; without a date or a slug there is none yet, and
        this is where the desk sees the story."""
        if not (self.published_at and self.slug):
            return reverse("admin:articles_article_preview", args=[self.pk])
        day = timezone.localtime(self.published_at)
        return reverse("article_detail", args=[day.year, day.month, day.day, self.slug])

    def is_embargoed(self, at=None):
        at = at or timezone.now()
        return self.embargoed_until is not None and self.embargoed_until > at

    def page_tag(self):
        return f"story-{self.pk}"

    def changed_at(self):
        names = ("published_at", "embargoed_until", "updated_at")
        times = (self.__dict__.get(name) for name in names)
        return max((time for time in times if time), default=None)

    def current_since(self):
        """Since when readers have it as it is: it went out, its embargo ended, or it
        was corrected or changed in substance."""
        times = (self.published_at, self.embargoed_until, self.updated_at)
        return max(time for time in times if time)

    def get_changes_url(self):
        """Where readers are told what changed since they had it."""
        day = timezone.localtime(self.published_at)
        return reverse(
            "article_changes", args=[day.year, day.month, day.day, self.slug]
        )

    def natural_key(self):
        return (self.slug or str(self.reference),)

    natural_key.dependencies = [
        "articles.section",
        "articles.topic",
        "articles.organisation",
        "articles.photo",
    ]

    def state(self):
        """The status and its times, in words for the desk."""
        if self.status == self.Status.PUBLISHED:
            return self._state_of_live()
        if self.is_embargoed():
            values = {"status": self.get_status_display()}
            values["time"] = in_words(self.embargoed_until)
            return _("%(status)s, embargoed until %(time)s") % values
        return self.get_status_display()

    def _state_of_live(self):
        now, end = timezone.now(), self.expires_at
        if end and end <= now:
            return _("Expired at %s") % in_words(end)
        if self.is_embargoed(now):
            said = _("Embargoed until %s") % in_words(self.embargoed_until)
        elif self.published_at > now:
            said = _("Scheduled for %s") % in_words(self.published_at)
        else:
            said = _("Live since %s") % in_words(self.published_at)
        if end:
            said = _("%(said)s, until %(end)s") % {"said": said, "end": in_words(end)}
        return said

    def body_for_page(self):
        return body.trust(self.body_html)
