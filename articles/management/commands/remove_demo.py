from django.core.management import BaseCommand

from articles.removing_demo import remove_demo


class Command(BaseCommand):
    help = (
        "Deletes the invented stories of the demo, edited or not, though readers had "
        "them: any other story that was public is killed instead. What else came with "
        "them goes too, unless a story of your own uses it."
    )

    def handle(self, **options):
        stories, records, kept = remove_demo()
        self.stdout.write(f"Removed: {stories} stories, {records} other records.")
        for record in kept:
            kind = record._meta.verbose_name
            self.stdout.write(f"Stays, for something else uses it: {kind} “{record}”")
