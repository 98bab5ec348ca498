from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, validate_slug
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from articles.characters import clean_text


class CleanTextMixin:
    """Cleans on the way into the database, so that no write path has to remember it."""

    def to_python(self, value):
        value = super().to_python(value)
        return clean_text(value) if isinstance(value, str) else value

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        return clean_text(value) if isinstance(value, str) else value


class LineField(CleanTextMixin, models.CharField):
    """One line of text."""


class ProseField(CleanTextMixin, models.TextField):
    """Several lines of text."""


class SlugField(models.SlugField):
    """Part of an address. A bad one would break every page that links there, so that
    it is refused on its way into the database too, past every form."""

    def get_db_prep_save(self, value, connection):
        if value:
            validate_slug(value)
        return super().get_db_prep_save(value, connection)


class MomentField(models.DateTimeField):
    """A time that is part of a key: cut to the milliseconds that a dump keeps."""

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        return value and value.replace(microsecond=value.microsecond // 1000 * 1000)


def in_calendar(time):
    """Every zone and database can hold it, and an address can name it."""
    if not 1900 <= time.year <= 2999:
        raise ValidationError(_("Choose a time between the years 1900 and 2999."))


def one_of(field, choices, name):
    """The choices of a field, in the database."""
    return models.CheckConstraint(
        condition=Q((f"{field}__in", [value for value, _label in choices])), name=name
    )


def not_empty(field, name):
    return models.CheckConstraint(
        condition=~Q((field, "")),
        name=name,
        violation_error_message=_("This must not be empty."),
    )


class LanguageField(models.CharField):
    """A language tag (BCP 47), such as en or ru-RU."""

    default_validators = [
        RegexValidator(
            r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$",
            _("Write a language tag such as en or ru-RU."),
        )
    ]


class AddressField(models.URLField):
    def formfield(self, **kwargs):
        return super().formfield(**{"assume_scheme": "https", **kwargs})


def address_constraint(field, name):
    """Readers follow these addresses: javascript: must not reach a page by any path."""
    return models.CheckConstraint(
        condition=Q((field, ""))
        | Q((f"{field}__startswith", "https://"))
        | Q((f"{field}__startswith", "http://")),
        name=name,
        violation_error_message=_("An address begins with https:// or http://."),
    )


def shown_by(model, relations, at):
    """The condition that a published row of one of these relations leads to the row."""
    condition = Q()
    for relation in relations:
        field = model._meta.get_field(relation)
        rows = field.related_model.objects.published(at)
        condition |= Q(Exists(rows.filter(**{field.field.name: OuterRef("pk")})))
    return condition
