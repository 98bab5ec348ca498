import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models.articles import Article, OfArticleQuerySet
from articles.models.people import Person


class BylineQuerySet(OfArticleQuerySet):
    def get_by_natural_key(self, article, person, role):
        return self.get(
            article=Article.objects.get_by_natural_key(article),
            person__slug=person,
            role=role,
        )


class Byline(models.Model):
    class Role(models.TextChoices):
        BY = "by", _("By")
        PHOTOS = "photos", _("Photos by")
        REPORTING = "reporting", _("Additional reporting by")
        TRANSLATION = "translation", _("Translated by")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    article = models.ForeignKey(
        Article, models.CASCADE, verbose_name=_("article"), related_name="bylines"
    )
    person = models.ForeignKey(
        Person, models.PROTECT, verbose_name=_("person"), related_name="bylines"
    )
    role = models.CharField(
        _("role"), max_length=20, choices=Role.choices, default=Role.BY
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = BylineQuerySet.as_manager()

    class Meta:
        verbose_name = _("byline")
        verbose_name_plural = _("bylines")
        ordering = ["article", "order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "person", "role"],
                name="byline_stands_once",
                violation_error_message=_("This person has this byline already."),
            )
        ]

    def __str__(self):
        return f"{self.get_role_display()} {self.person}"

    def natural_key(self):
        return (*self.article.natural_key(), *self.person.natural_key(), self.role)

    natural_key.dependencies = ["articles.article", "articles.person"]
