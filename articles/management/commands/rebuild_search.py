from django.core.management import BaseCommand
from django.db import transaction

from articles.searching import index


class Command(BaseCommand):
    help = "Writes the index of the search anew."

    @transaction.atomic
    def handle(self, **options):
        for done in index.everything():
            self.stderr.write(f"\r{done} indexed", ending="")
