from django.core.management import BaseCommand

from articles.darkroom import keep_making, make_due
from articles.models import Photo


class Command(BaseCommand):
    help = "Makes the copies that readers get of the photos that await them."

    def add_arguments(self, parser):
        parser.add_argument("--again", action="store_true", help="of all photos")
        parser.add_argument("--watch", action="store_true", help="and of all to come")

    def handle(self, *, again, watch, **options):
        if again:
            Photo.objects.make_again()
        for photo, refusal in keep_making() if watch else make_due():
            said = f"{photo.slug}: {refusal or 'made'}"
            (self.stderr if refusal else self.stdout).write(said)
