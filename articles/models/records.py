from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models.tagged import Tagged


class AddressedQuerySet(models.QuerySet):
    """Records with a slug of their own. One that was merged into another is found, by
    the slug that it had, in that other."""

    def get_by_natural_key(self, slug):
        try:
            return self.get(slug=slug)
        except self.model.DoesNotExist:
            return self.get(former_addresses__slug=slug)

    def present_slugs(self, slugs):
        """For each of the slugs that no record has any more, the one to take now."""
        former = self.filter(former_addresses__slug__in=slugs)
        present = dict(former.values_list("former_addresses__slug", "slug"))
        for slug in self.filter(slug__in=present).values_list("slug", flat=True):
            del present[slug]
        return present


class Addressed(Tagged):
    class Meta:
        abstract = True

    def natural_key(self):
        return (self.slug,)

    def clean(self):
        if not self._state.adding:
            return
        records = type(self).objects
        if taken := records.filter(former_addresses__slug=self.slug).first():
            message = _(
                "This was the address of what is now “%(record)s”, and still leads "
                "there. Choose another slug."
            )
            raise ValidationError(
                {"slug": ValidationError(message, params={"record": taken})}
            )

    def is_merged(self):
        """Whether another record has taken the place of the one with this slug."""
        return bool(type(self).objects.present_slugs([self.slug]))
