from django.core.management.base import BaseCommand, CommandError

from articles.live_changes import publish_due


class Command(BaseCommand):
    help = "Publishes the changes to live stories whose time has come."

    def handle(self, **options):
        refused = []
        for article, refusal in publish_due():
            if refusal:
                refused.append(f"{article}: {' '.join(refusal.messages)}")
            else:
                self.stdout.write(str(article))
        if refused:
            raise CommandError("\n".join(refused))
