from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models.articles import Article, OfArticleQuerySet
from articles.models.fields import LineField, ProseField


class RevisionQuerySet(models.QuerySet):
    def get_by_natural_key(self, article, number):
        return self.get(
            article=Article.objects.get_by_natural_key(article), number=number
        )

    def newest_first(self):
        return self.order_by("-number")

    def held(self):
        """The one that the rows of the story hold, or None."""
        return self.filter(kind=Revision.Kind.SAVED).newest_first().first()

    def to_merge(self):
        return self.filter(kind=Revision.Kind.ASIDE, merged_at=None)

    def newest_number(self, article):
        """Of the revision that the story's form shows: the draft's, if there is one. 0
        if the story was never settled."""
        draft = Draft.objects.filter(article=article).select_related("revision").first()
        newest = draft.revision if draft else self.filter(article=article).held()
        return newest.number if newest else 0

    def spare(self, article):
        """Of the story, those that nothing needs: neither the first nor what its form
        shows or its rows hold, nor published, scheduled, waiting to be merged or what
        such a one began from, nor held by anything else that leads to a revision."""
        own = self.filter(article=article)
        needed = {
            own.aggregate(first=models.Min("number"))["first"],
            own.newest_number(article),
            *own.to_merge().values_list("number", flat=True),
            *own.to_merge().values_list("base", flat=True),
        }
        if held := own.held():
            needed.add(held.number)
        relations = self.model._meta.get_fields(include_hidden=True)
        for relation in (r for r in relations if r.auto_created and not r.concrete):
            rows = relation.related_model.objects.filter(
                **{f"{relation.field.name}__article": article}
            )
            needed.update(rows.values_list(f"{relation.field.name}__number", flat=True))
        return own.exclude(number__in=needed)

    def light(self):
        """Without what they hold, which is a story each."""
        return self.select_related("saved_by", "publication").defer("content")


class Revision(models.Model):
    """A story as somebody saved it: its fields, bylines, quotes and mentions, in the
    shape that `articles.revisions` writes and reads. What it holds is never edited."""

    class Kind(models.TextChoices):
        SAVED = "saved", _("Saved")
        DRAFT = "draft", _("Draft of a live story")
        ASIDE = "aside", _("Kept aside: somebody else had saved meanwhile")

    article = models.ForeignKey(
        Article, models.CASCADE, verbose_name=_("article"), related_name="revisions"
    )
    number = models.PositiveIntegerField(_("number"))
    kind = models.CharField(
        _("kind"), max_length=10, choices=Kind.choices, default=Kind.SAVED
    )
    base = models.PositiveIntegerField(
        _("began from"),
        default=0,
        help_text=_("The number of the revision that it was written over."),
    )
    schema = models.PositiveSmallIntegerField(_("schema"))
    content = models.JSONField(_("content"))
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("saved by"),
        related_name="+",
        null=True,
        blank=True,
    )
    saved_at = models.DateTimeField(_("saved at"))
    note = LineField(_("reason"), max_length=300, blank=True)
    merged_at = models.DateTimeField(
        _("merged at"),
        null=True,
        blank=True,
        help_text=_("When somebody chose what becomes of one that was kept aside."),
    )

    objects = RevisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ["article", "number"]
        indexes = [
            models.Index(fields=["saved_by", "-id"], name="revision_newest_by_saver"),
            models.Index(
                fields=["article"],
                name="revision_to_merge",
                condition=models.Q(kind="aside", merged_at=None),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "number"], name="revision_has_a_number_of_its_own"
            )
        ]

    def __str__(self):
        return _("Revision %d") % self.number

    def natural_key(self):
        return (*self.article.natural_key(), self.number)

    natural_key.dependencies = ["articles.article"]


class DraftQuerySet(models.QuerySet):
    def get_by_natural_key(self, article):
        return self.get(article=Article.objects.get_by_natural_key(article))

    def due(self, at):
        return self.filter(due_at__lte=at).order_by("due_at", "pk")

    def due_after(self, at):
        return self.filter(due_at__gt=at).order_by("due_at", "pk")

    def without_time(self):
        return self.filter(due_at=None).order_by("began_at", "pk")

    def with_open_quotes(self):
        return self.filter(open_quotes__gt=0)


class Draft(models.Model):
    """What the desk has made of a live story since readers got it; they see nothing of
    it. A part of it may take the story's place by itself: the revision that somebody
    set a time for, whatever was saved since."""

    article = models.OneToOneField(
        Article, models.CASCADE, verbose_name=_("article"), related_name="draft"
    )
    revision = models.ForeignKey(
        Revision, models.RESTRICT, verbose_name=_("revision"), related_name="+"
    )
    over = models.ForeignKey(
        Revision,
        models.RESTRICT,
        verbose_name=_("written over"),
        related_name="+",
        help_text=_("What readers had when all of it was last known to fit."),
    )
    began_at = models.DateTimeField(_("pending since"))
    due_revision = models.ForeignKey(
        Revision,
        models.RESTRICT,
        verbose_name=_("revision due"),
        related_name="+",
        null=True,
        blank=True,
    )
    due_over = models.ForeignKey(
        Revision,
        models.RESTRICT,
        verbose_name=_("revision due was written over"),
        related_name="+",
        null=True,
        blank=True,
    )
    due_at = models.DateTimeField(_("due at"), null=True, blank=True)
    due_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("scheduled by"),
        related_name="+",
        null=True,
        blank=True,
    )
    is_substantial = models.BooleanField(_("readers are told"), default=False)
    note = LineField(_("what changed"), max_length=300, blank=True)
    refusal = ProseField(
        _("why it is overdue"),
        blank=True,
        help_text=_("What stood in the way when its time had come."),
    )
    open_quotes = models.PositiveIntegerField(
        _("quotes waiting for a decision"), default=0, editable=False, serialize=False
    )

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft of a live story")
        verbose_name_plural = _("drafts of live stories")
        ordering = ["began_at", "pk"]
        indexes = [
            models.Index(fields=["due_at", "id"], name="draft_by_due_time"),
            models.Index(fields=["began_at", "id"], name="draft_oldest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(due_at=None, due_revision=None)
                | models.Q(due_at__isnull=False, due_revision__isnull=False),
                name="draft_is_due_with_a_revision",
            )
        ]

    def __str__(self):
        return str(self.revision)

    def is_overdue(self):
        return self.due_at is not None and self.due_at <= timezone.now()

    def take_time_off(self):
        self.due_revision = self.due_over = self.due_at = self.due_by = None
        self.refusal = ""

    def natural_key(self):
        return self.article.natural_key()

    natural_key.dependencies = ["articles.article", "articles.revision"]


class PublicationQuerySet(OfArticleQuerySet):
    def get_by_natural_key(self, article, number):
        return self.get(revision=Revision.objects.get_by_natural_key(article, number))

    def newest_first(self):
        return self.order_by("-published_at", "-pk")


class Publication(models.Model):
    """A revision became what readers have, or will have at that time. Readers are told
    of those that changed something of substance."""

    article = models.ForeignKey(
        Article, models.CASCADE, verbose_name=_("article"), related_name="publications"
    )
    revision = models.OneToOneField(
        Revision,
        models.RESTRICT,
        verbose_name=_("revision"),
        related_name="publication",
    )
    published_at = models.DateTimeField(_("published at"))
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("published by"),
        related_name="+",
        null=True,
        blank=True,
    )
    is_substantial = models.BooleanField(_("readers are told"), default=False)
    note = LineField(_("what changed"), max_length=300, blank=True)

    objects = PublicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        ordering = ["article", "published_at", "pk"]

    def __str__(self):
        return str(self.revision)

    def natural_key(self):
        return self.revision.natural_key()

    natural_key.dependencies = ["articles.revision"]
