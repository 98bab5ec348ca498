import secrets
import socket

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import BaseCommand, CommandError, call_command

from articles.models import Article


class Command(BaseCommand):
    help = "The first story and somebody to edit it, for a site on your own machine."

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *, port, **options):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                raise CommandError(
                    f"Port {port} is taken. Choose another: make run PORT={port + 1}"
                ) from error
        if not Article.objects.exists():
            call_command("loaddata", "tass", verbosity=0)
        site = f"http://127.0.0.1:{port}"
        if settings.DEBUG:
            self.make_editor(site)
        for story in Article.objects.published().filter(slug="nato-dialogue"):
            self.stdout.write(f"The story is at {site}{story.get_absolute_url()}")

    def make_editor(self, site):
        users = get_user_model().objects
        if users.filter(username="editor").exists():
            self.stdout.write(
                f"Sign in at {site}/admin/ as editor. A new password: "
                ".venv/bin/python manage.py changepassword editor (with DEBUG=on)"
            )
            return
        password = secrets.token_urlsafe(9)
        editor = users.create_user("editor", password=password, is_staff=True)
        editor.groups.add(Group.objects.get(name="Editor"))
        self.stdout.write(
            f"Sign in at {site}/admin/ as editor with the password {password}"
        )
