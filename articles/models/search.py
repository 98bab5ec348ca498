from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from articles.models.articles import Article
from articles.models.dumps import NoRows
from articles.models.organisations import Organisation
from articles.models.people import Person
from articles.models.quotes import Quote


class SearchEntryQuerySet(models.QuerySet):
    """published() are those of what a list may show readers now."""

    def published(self, kind, at=None):
        match kind:
            case SearchEntry.Kind.STORY:
                shown = Article.objects.listed(at)
            case SearchEntry.Kind.QUOTE:
                shown = Quote.objects.listed(at)
            case SearchEntry.Kind.PERSON:
                shown = Person.objects.published(at)
            case SearchEntry.Kind.ORGANISATION:
                shown = Organisation.objects.published(at)
        return self.filter(Exists(shown.filter(pk=OuterRef(kind))), kind=kind)


class SearchEntry(models.Model):
    """One thing that readers can find. Its key grows with the time of publication, so
    that the newest are found first without sorting; its words stand in a table of the
    database's own kind under the same key: see articles.searching.index. Whether
    readers may find it now is asked when they search."""

    class Kind(models.TextChoices):
        STORY = "story", _("Story")
        QUOTE = "quote", _("Quote")
        PERSON = "person", _("Person")
        ORGANISATION = "organisation", _("Organisation")

    id = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    digest = models.CharField(max_length=32)  # of the texts that its words are from
    story = models.OneToOneField(
        Article, models.CASCADE, related_name="found_as", null=True
    )
    quote = models.OneToOneField(
        Quote, models.CASCADE, related_name="found_as", null=True
    )
    person = models.OneToOneField(
        Person, models.CASCADE, related_name="found_as", null=True
    )
    organisation = models.OneToOneField(
        Organisation, models.CASCADE, related_name="found_as", null=True
    )

    objects = SearchEntryQuerySet.as_manager()
    of_dumps = NoRows()

    class Meta:
        default_manager_name = "of_dumps"
        verbose_name = _("entry of the search index")
        verbose_name_plural = _("entries of the search index")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(story__isnull=False)
                ^ Q(quote__isnull=False)
                ^ Q(person__isnull=False)
                ^ Q(organisation__isnull=False),
                name="search_entry_is_of_one_thing",
            )
        ]

    def __str__(self):
        return str(self.thing())

    def thing(self):
        return getattr(self, self.kind)

    def thing_key(self):
        return getattr(self, f"{self.kind}_id")
