from django.core.exceptions import ValidationError
from django.core.management.commands import loaddata

from articles.models import Article, Photo
from articles.models.records import Addressed
from articles.publishing import refuse_open_quotes
from articles.settling import settle_for


class Command(loaddata.Command):
    """Django's, which saves past every save(): settles what it loaded before its
    transaction commits. It brings back no record that was merged into another, and
    publishes no story new to the site with a quote that does not hold."""

    def loaddata(self, fixture_labels):
        self.loaded, self.new = [], []
        try:
            super().loaddata(fixture_labels)
            settle_for(self.loaded)
            refuse_open_quotes(self.new)
        except ValidationError as error:
            raise loaddata.CommandError(" ".join(error.messages)) from error

    def save_obj(self, obj):
        if isinstance(obj.object, Addressed) and obj.object.is_merged():
            return False
        self.loaded.append(obj.object)
        if isinstance(obj.object, Article) and obj.object.pk is None:
            self.new.append(obj.object)
        if isinstance(obj.object, Photo):
            obj.object.keep_picture()
        return super().save_obj(obj)
