from django.core.management.base import BaseCommand, CommandError

from articles.freshness.purging import purge_touched
from articles.live_changes import publish_due


class Command(BaseCommand):
    help = (
        "Publishes the changes to live stories whose time has come, and tells caches "
        "again what they were not told."
    )

    def handle(self, **options):
        purge_touched()
        refused = []
        for article, refusal in publish_due():
            if refusal:
                refused.append(f"{article}: {' '.join(refusal.messages)}")
            else:
                self.stdout.write(str(article))
        if refused:
            raise CommandError("\n".join(refused))
