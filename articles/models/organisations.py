import uuid

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from articles.models.fields import (
    AddressField,
    LanguageField,
    LineField,
    ProseField,
    SlugField,
    address_constraint,
    not_empty,
    shown_by,
)
from articles.models.records import Addressed, AddressedQuerySet
from articles.models.tagged import TaggedAs

WIKIDATA_HELP = _("The Q number of the record, such as Q7184. Leave empty if unsure.")


class OrganisationQuerySet(AddressedQuerySet):
    def published(self, at=None):
        """Those that a published story names, comes from or quotes, or one of whose
        posts its speakers held."""
        shown = shown_by(
            self.model, ["mentions", "quotes", "supplied_articles", "positions"], at
        )
        return self.filter(shown)

    def search(self, text):
        """By any of its names."""
        return self.filter(
            Q(name__icontains=text)
            | Q(short_name__icontains=text)
            | Q(
                pk__in=OrganisationName.objects.filter(name__icontains=text).values(
                    "owner"
                )
            )
        )


class Organisation(Addressed):
    class Kind(models.TextChoices):
        STATE = "state", _("State")
        ALLIANCE = "alliance", _("Alliance")
        INTERNATIONAL = "international", _("International body")
        GOVERNMENT = "government", _("Government body")
        AGENCY = "agency", _("News agency")
        COMPANY = "company", _("Company")
        PARTY = "party", _("Political party")
        ASSOCIATION = "association", _("Association or union")
        OTHER = "other", _("Other")

    name = LineField(_("name"), max_length=200)
    short_name = LineField(
        _("short name"), max_length=60, blank=True, help_text=_("Such as NATO.")
    )
    slug = SlugField(
        _("slug"),
        max_length=100,
        unique=True,
        help_text=_("The last part of the page's address. It stays once saved."),
    )
    kind = models.CharField(
        _("kind"), max_length=20, choices=Kind.choices, default=Kind.OTHER
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name=_("part of"),
        related_name="bodies",
        null=True,
        blank=True,
    )
    background = ProseField(
        _("background"),
        blank=True,
        help_text=_("A paragraph for readers who meet it for the first time."),
    )
    website = AddressField(_("website"), blank=True)
    wikidata_id = models.CharField(
        _("Wikidata"), max_length=20, blank=True, help_text=WIKIDATA_HELP
    )

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["name", "pk"]
        indexes = [models.Index(fields=["name", "id"], name="organisation_by_name")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(parent=models.F("pk")),
                name="organisation_is_not_part_of_itself",
                violation_error_message=_("An organisation cannot be part of itself."),
            ),
            address_constraint("website", "organisation_website_is_an_address"),
            not_empty("name", "organisation_has_a_name"),
            not_empty("slug", "organisation_has_a_slug"),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("organisation_detail", args=[self.slug])

    def all_names(self):
        """Every name it goes by, the longest first."""
        names = {self.name, self.short_name, *(n.name for n in self.other_names.all())}
        return sorted(names - {""}, key=lambda name: (-len(name), name))


class OrganisationNameManager(models.Manager):
    def get_by_natural_key(self, slug, name):
        return self.get(owner__slug=slug, name=name)


class OrganisationName(TaggedAs):
    tagged_as = ("owner", "organisation")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        Organisation,
        models.CASCADE,
        verbose_name=_("organisation"),
        related_name="other_names",
    )
    name = LineField(
        _("name"),
        max_length=200,
        help_text=_("Another name, an abbreviation, or its name in another language."),
    )
    language = LanguageField(
        _("language"), max_length=35, blank=True, help_text=_("A tag such as ru.")
    )

    objects = OrganisationNameManager()

    class Meta:
        verbose_name = _("other name of an organisation")
        verbose_name_plural = _("other names of organisations")
        ordering = ["owner", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"],
                name="organisation_has_a_name_once",
                violation_error_message=_("The organisation has this name already."),
            )
        ]

    def __str__(self):
        return self.name

    def natural_key(self):
        return (*self.owner.natural_key(), self.name)

    natural_key.dependencies = ["articles.organisation"]
