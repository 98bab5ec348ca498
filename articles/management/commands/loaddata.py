from django.core.exceptions import ValidationError
from django.core.management import CommandError
from django.core.management.commands import loaddata

from articles.settling import settle_for


class Command(loaddata.Command):
    """Django's, which saves past every save(): what it loaded is settled before its
    transaction commits."""

    def loaddata(self, fixture_labels):
        self.loaded = []
        try:
            super().loaddata(fixture_labels)
            settle_for(self.loaded)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error

    def save_obj(self, obj):
        self.loaded.append(obj.object)
        return super().save_obj(obj)
