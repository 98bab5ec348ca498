import uuid
from datetime import datetime, time, timedelta

from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models.fields import (
    LanguageField,
    LineField,
    ProseField,
    SlugField,
    not_empty,
    shown_by,
)
from articles.models.organisations import WIKIDATA_HELP, Organisation
from articles.models.records import Addressed, AddressedQuerySet
from articles.models.tagged import TaggedAs


class PersonQuerySet(AddressedQuerySet):
    def published(self, at=None):
        """Those with a page whom a published story names, quotes or credits."""
        shown = shown_by(self.model, ["mentions", "quotes", "bylines", "photos"], at)
        return self.filter(shown, is_public=True)

    def search(self, text):
        """By any of their names."""
        return self.filter(
            Q(name__icontains=text)
            | Q(sort_name__icontains=text)
            | Q(other_names__name__icontains=text)
        ).distinct()


class Person(Addressed):
    name = LineField(_("name"), max_length=200)
    sort_name = LineField(
        _("sort name"),
        max_length=200,
        blank=True,
        help_text=_("As an index lists it: Grushko, Alexander. Left empty, the name."),
    )
    slug = SlugField(
        _("slug"),
        max_length=100,
        unique=True,
        help_text=_("The last part of the page's address. It stays once saved."),
    )
    biography = ProseField(_("biography"), blank=True)
    portrait = models.ForeignKey(
        "articles.Photo",
        models.PROTECT,
        verbose_name=_("portrait"),
        related_name="portrait_of",
        null=True,
        blank=True,
    )
    wikidata_id = models.CharField(
        _("Wikidata"), max_length=20, blank=True, help_text=WIKIDATA_HELP
    )
    is_public = models.BooleanField(
        _("has a page"),
        default=True,
        help_text=_(
            "Switch off for a private person: no page, no link, and no name on our "
            "pages but where a story itself prints it."
        ),
    )

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["sort_name", "pk"]
        indexes = [models.Index(fields=["sort_name", "id"], name="person_by_name")]
        constraints = [
            not_empty("name", "person_has_a_name"),
            not_empty("slug", "person_has_a_slug"),
        ]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.sort_name = self.sort_name or self.name
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("person_detail", args=[self.slug])

    def all_names(self):
        """Every name they go by, the longest first."""
        names = {self.name, *(n.name for n in self.other_names.all())}
        return sorted(names, key=lambda name: (-len(name), name))


class PersonNameManager(models.Manager):
    def get_by_natural_key(self, slug, name):
        return self.get(owner__slug=slug, name=name)


class PersonName(TaggedAs):
    tagged_as = ("owner", "person")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        Person, models.CASCADE, verbose_name=_("person"), related_name="other_names"
    )
    name = LineField(
        _("name"),
        max_length=200,
        help_text=_("Another spelling, a former name, or the name in another script."),
    )
    language = LanguageField(
        _("language"), max_length=35, blank=True, help_text=_("A tag such as ru.")
    )

    objects = PersonNameManager()

    class Meta:
        verbose_name = _("other name of a person")
        verbose_name_plural = _("other names of people")
        ordering = ["owner", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"],
                name="person_has_a_name_once",
                violation_error_message=_("The person has this name already."),
            )
        ]

    def __str__(self):
        return self.name

    def natural_key(self):
        return (*self.owner.natural_key(), self.name)

    natural_key.dependencies = ["articles.person"]


class PositionQuerySet(models.QuerySet):
    def get_by_natural_key(self, slug, title, started_on):
        person = Person.objects.get_by_natural_key(slug)
        return self.get(person=person, title=title, started_on=started_on)

    def published(self, at=None):
        """Those in which a published story quotes their holder, unless in private."""
        return self.filter(shown_by(self.model, ["quotes"], at), person__is_public=True)

    def shown(self, at=None, met=None):
        """What pages list: published, or of no quote at all and in an organisation that
        readers may meet, or that is among those `met`. A post that an unpublished story
        brings with it waits for that story."""
        # Not Q(quotes=None): its join would give a post once for each of its quotes.
        quotes = self.model._meta.get_field("quotes").related_model.objects
        is_quoted = Exists(quotes.filter(position=OuterRef("pk")))
        known = Organisation.objects.published(at)
        known = known if met is None else known | met
        is_known = Q(organisation=None) | Exists(
            known.filter(pk=OuterRef("organisation"))
        )
        return self.filter(
            shown_by(self.model, ["quotes"], at) | (~is_quoted & is_known)
        )

    def for_pages(self, met=None):
        """Shown, and of the organisations served only those that readers may meet, or
        that are among those `met`."""
        organisations = Organisation.objects.published()
        if met is not None:
            organisations |= met
        shown = self.shown(met=met)
        return shown.prefetch_related(Prefetch("organisation", organisations))

    def covering(self, date):
        """The posts held on that date. A post without a start or an end counts as held:
        dates are often unknown. The last begun comes first."""
        return self.filter(
            Q(started_on=None) | Q(started_on__lte=date),
            Q(ended_on=None) | Q(ended_on__gte=date),
        ).order_by(F("started_on").desc(nulls_last=True), "title", "pk")

    def held_on(self, person, date):
        return self.covering(date).filter(person=person)


class Position(TaggedAs):
    tagged_as = ("person", "person")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(
        Person, models.CASCADE, verbose_name=_("person"), related_name="positions"
    )
    title = LineField(
        _("title"), max_length=200, help_text=_("Such as Secretary General.")
    )
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        verbose_name=_("organisation served"),
        related_name="positions",
        null=True,
        blank=True,
    )
    started_on = models.DateField(
        _("from"), null=True, blank=True, help_text=_("Leave empty if not known.")
    )
    ended_on = models.DateField(
        _("until"),
        null=True,
        blank=True,
        help_text=_("The last day. Leave empty if not known, or if the post is held."),
    )

    objects = PositionQuerySet.as_manager()

    class Meta:
        verbose_name = _("position")
        verbose_name_plural = _("positions")
        ordering = ["person", F("started_on").desc(nulls_last=True), "title", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "title", "started_on"],
                name="position_begins_once",
                violation_error_message=_("The person has this post already."),
            ),
            models.UniqueConstraint(
                fields=["person", "title"],
                condition=Q(started_on=None),
                name="position_without_start_stands_once",
                violation_error_message=_(
                    "The person has this post already, without a date. Add dates to it."
                ),
            ),
            models.CheckConstraint(
                condition=Q(ended_on__gte=F("started_on")),
                name="position_ends_after_it_begins",
                violation_error_message=_("A post cannot end before it begins."),
            ),
        ]

    def __str__(self):
        if self.organisation:
            return f"{self.title}, {self.organisation}"
        return self.title

    def natural_key(self):
        return (*self.person.natural_key(), self.title, self.started_on)

    natural_key.dependencies = ["articles.person", "articles.organisation"]

    def changed_at(self):
        """The midnight with which the post last began or was left."""
        began, ended = (self.__dict__.get(name) for name in ("started_on", "ended_on"))
        today = timezone.localdate()
        past = [day for day in [began] if day and day <= today]
        if ended and ended < today:
            past.append(ended + timedelta(days=1))
        if not past:
            return None
        zone = timezone.get_current_timezone()
        return datetime.combine(max(past), time.min, zone)

    def is_held_on(self, date):
        """As PositionQuerySet.covering() has it."""
        has_begun = self.started_on is None or self.started_on <= date
        return has_begun and (self.ended_on is None or self.ended_on >= date)
