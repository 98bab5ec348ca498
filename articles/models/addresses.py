import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from articles.models.fields import SlugField
from articles.models.organisations import Organisation
from articles.models.people import Person


class FormerAddressQuerySet(models.QuerySet):
    def get_by_natural_key(self, kind, slug):
        return self.get(**{"slug": slug, f"{kind}__isnull": False})

    def lead(self, slug, record):
        """Whoever follows that slug of a record of its kind comes to the record."""
        kind = record._meta.model_name
        self.update_or_create(
            **{"slug": slug, f"{kind}__isnull": False}, defaults={kind: record}
        )


class FormerAddress(models.Model):
    """A slug that a record had, or that one had which was merged into it. Addresses,
    marks in bodies and fixtures that name the slug lead to the record. Each kind of
    record that can have one has a column, named as the model; one of them is filled."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = SlugField(_("former slug"), max_length=150)
    person = models.ForeignKey(
        Person,
        models.CASCADE,
        verbose_name=_("person"),
        related_name="former_addresses",
        null=True,
        blank=True,
    )
    organisation = models.ForeignKey(
        Organisation,
        models.CASCADE,
        verbose_name=_("organisation"),
        related_name="former_addresses",
        null=True,
        blank=True,
    )

    objects = FormerAddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("former address")
        verbose_name_plural = _("former addresses")
        ordering = ["slug", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(person=None, organisation__isnull=False)
                | Q(person__isnull=False, organisation=None),
                name="former_address_leads_to_one",
            ),
            models.UniqueConstraint(
                fields=["slug"],
                condition=Q(person__isnull=False),
                name="former_address_of_person_leads_once",
            ),
            models.UniqueConstraint(
                fields=["slug"],
                condition=Q(organisation__isnull=False),
                name="former_address_of_organisation_leads_once",
            ),
        ]

    def __str__(self):
        return self.slug

    def record(self):
        return self.person or self.organisation

    def natural_key(self):
        return (self.record()._meta.model_name, self.slug)

    natural_key.dependencies = ["articles.person", "articles.organisation"]
