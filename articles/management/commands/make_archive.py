from django.core.management import BaseCommand

from articles import sample_archive


class Command(BaseCommand):
    help = "Fills the site with invented stories, to try it at size."

    def add_arguments(self, parser):
        parser.add_argument("number", type=int, help="how many stories in all")

    def handle(self, *, number, **options):
        for done in sample_archive.make(number):
            bar = "#" * (40 * done // number)
            self.stderr.write(f"\r[{bar:<40}] {done} of {number}", ending="")
        self.stderr.write("")
