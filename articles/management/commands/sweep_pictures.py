from django.core.management import BaseCommand

from articles.sweeping import sweep


class Command(BaseCommand):
    help = "Deletes files of pictures, older than a day, that nothing names any more."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="only say which")

    def handle(self, *, dry_run, **options):
        total = 0
        for path in sweep(is_rehearsed=dry_run):
            self.stdout.write(path)
            total += 1
        self.stdout.write(f"{total} would go" if dry_run else f"{total} are gone")
