from django.conf import settings
from django.core.management import BaseCommand, CommandError

from articles import demo


class Command(BaseCommand):
    help = "Stories and somebody to edit them, for a site on your own machine."

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *, port, **options):
        if not demo.is_free(port):
            taken = f"Port {port} is taken. Choose another: make run PORT={port + 1}"
            raise CommandError(taken)
        story, site = demo.load_stories(), f"http://127.0.0.1:{port}"
        if settings.DEBUG:
            self.stdout.write(f"Sign in at {site}/admin/ {demo.how_to_sign_in()}")
        if story:
            self.stdout.write(f"The story is at {site}{story.get_absolute_url()}")
