from django.db import models
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from articles.models.fields import LineField, SlugField
from articles.models.tagged import Tagged


class PlacingQuerySet(models.QuerySet):
    """Sections and topics: readers see those that hold a published story."""

    def get_by_natural_key(self, slug):
        return self.get(slug=slug)

    def published(self, at=None):
        relation = self.model._meta.get_field("articles")
        stories = relation.related_model.objects.listed(at)
        return self.filter(
            Exists(stories.filter(**{relation.field.name: OuterRef("pk")}))
        )


class Placing(Tagged):
    name = LineField(_("name"), max_length=100, unique=True)
    slug = SlugField(
        _("slug"),
        max_length=100,
        unique=True,
        help_text=_("The last part of the page's address. It stays once saved."),
    )

    objects = PlacingQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["name", "pk"]

    def __str__(self):
        return self.name

    def natural_key(self):
        return (self.slug,)


class Section(Placing):
    class Meta(Placing.Meta):
        verbose_name = _("section")
        verbose_name_plural = _("sections")

    def get_absolute_url(self):
        return reverse("section_detail", args=[self.slug])


class Topic(Placing):
    class Meta(Placing.Meta):
        verbose_name = _("topic")
        verbose_name_plural = _("topics")

    def get_absolute_url(self):
        return reverse("topic_detail", args=[self.slug])
