import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from articles.models.articles import Article, OfArticleQuerySet
from articles.models.organisations import Organisation
from articles.models.people import Person


class MentionQuerySet(OfArticleQuerySet):
    def get_by_natural_key(self, article, person, organisation):
        return self.get(
            article=Article.objects.get_by_natural_key(article),
            person__slug=person,
            organisation__slug=organisation,
        )


class Mention(models.Model):
    """A story names a person or an organisation. settle() writes these from the marks
    in the body."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    article = models.ForeignKey(
        Article, models.CASCADE, verbose_name=_("article"), related_name="mentions"
    )
    person = models.ForeignKey(
        Person,
        models.PROTECT,
        verbose_name=_("person"),
        related_name="mentions",
        null=True,
        blank=True,
    )
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        verbose_name=_("organisation"),
        related_name="mentions",
        null=True,
        blank=True,
    )
    order = models.PositiveIntegerField(_("order"), default=0)
    listed_at = models.DateTimeField(null=True, editable=False)

    objects = MentionQuerySet.as_manager()

    class Meta:
        verbose_name = _("mention")
        verbose_name_plural = _("mentions")
        ordering = ["article", "order", "pk"]
        indexes = [
            models.Index(
                fields=["person", "-listed_at", "-article"], name="mention_of_person"
            ),
            models.Index(
                fields=["organisation", "-listed_at", "-article"],
                name="mention_of_organisation",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(person=None, organisation__isnull=False)
                | Q(person__isnull=False, organisation=None),
                name="mention_names_one",
                violation_error_message=_(
                    "Name a person or an organisation, only one."
                ),
            ),
            models.UniqueConstraint(
                fields=["article", "person"], name="mention_of_person_stands_once"
            ),
            models.UniqueConstraint(
                fields=["article", "organisation"],
                name="mention_of_organisation_stands_once",
            ),
        ]

    def __str__(self):
        return str(self.person or self.organisation)

    def natural_key(self):
        return (
            *self.article.natural_key(),
            self.person and self.person.slug,
            self.organisation and self.organisation.slug,
        )

    natural_key.dependencies = [
        "articles.article",
        "articles.person",
        "articles.organisation",
    ]
