from django.core.management.base import BaseCommand

from articles.freshness.purging import SITE
from articles.freshness.touching import touch


class Command(BaseCommand):
    help = "Has every page made anew, and tells caches to drop all: after an upgrade."

    def handle(self, **options):
        touch(SITE)
