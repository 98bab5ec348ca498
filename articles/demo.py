"""A site on your own machine: its first story, and somebody to edit it."""

import secrets
import socket

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command

from articles.models import Article

EDITOR = "editor"


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def load_first_story() -> Article | None:
    """Into a site without any story. Returns the story if readers have it."""
    if not Article.objects.exists():
        call_command("loaddata", "tass", verbosity=0)
    return Article.objects.published().filter(slug="nato-dialogue").first()


def how_to_sign_in() -> str:
    """As an editor, who is made where there is none; nobody else knows the password."""
    users = get_user_model().objects
    if users.filter(username=EDITOR).exists():
        renew = f"DEBUG=on .venv/bin/python manage.py changepassword {EDITOR}"
        return f"as {EDITOR}, with the password you have. A new one: {renew}"
    password = secrets.token_urlsafe(9)
    editor = users.create_user(EDITOR, password=password, is_staff=True)
    editor.groups.add(Group.objects.get(name="Editor"))
    return f"as {EDITOR} with the password {password}"
