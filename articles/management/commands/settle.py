from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError

from articles.models import Article
from articles.settling import settle


class Command(BaseCommand):
    help = "Makes what follows from the words of stories true again."

    def add_arguments(self, parser):
        parser.add_argument("--all", action="store_true", help="every story")
        parser.add_argument("slugs", nargs="*", help="the slugs of some")

    def handle(self, *, all, slugs, **options):
        stories = (
            Article.objects.all() if all else Article.objects.filter(slug__in=slugs)
        )
        for number, pk in enumerate(stories.values_list("pk", flat=True).iterator(), 1):
            try:
                settle(Article(pk=pk))
            except ValidationError as error:
                raise CommandError(" ".join(error.messages)) from error
            self.stderr.write(f"\r{number} settled", ending="")
