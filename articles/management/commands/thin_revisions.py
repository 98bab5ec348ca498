from datetime import timedelta

from django.core.management import BaseCommand, CommandError

from articles.revisions.thinning import thin


class Command(BaseCommand):
    help = "Deletes old saved drafts; never what readers had, or what is still in use."

    def add_arguments(self, parser):
        days = {"type": int, "default": 180, "metavar": "DAYS"}
        parser.add_argument("--older-than", **days, help="by default 180")
        parser.add_argument("--dry-run", action="store_true", help="only say which")

    def handle(self, *, older_than, dry_run, **options):
        if older_than < 1:  # a form that is open holds on to what it began from
            raise CommandError("Give at least 1 day.")
        total = 0
        for thinned in thin(older_than=timedelta(older_than), is_rehearsed=dry_run):
            self.stdout.write(f"{thinned.count} of “{thinned.article}”")
            total += thinned.count
        self.stdout.write(f"{total} would go" if dry_run else f"{total} are gone")
