"""A site on your own machine: stories to read, and somebody to edit them."""

import secrets
import socket
from pathlib import Path

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.files import File
from django.core.management import call_command
from django.db import transaction

from articles import darkroom
from articles.models import Article, Band, FrontPage, Photo, Pin, Section
from articles.settling import settle_for

EDITOR = "editor"
FIRST_STORY = "nato-dialogue"
BANDS = ["harbour", "science"]  # sections with one on the front page
FIXTURES = Path(__file__).with_name("fixtures")
PICTURES = FIXTURES / "demo"  # drawings, each named by the slug of its photo


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def load_stories() -> Article | None:
    """The first story and an invented newspaper around it, into a site without any
    story. Returns the first story if readers have it."""
    if not Article.objects.exists():
        with transaction.atomic():
            call_command("loaddata", "tass", "demo", verbosity=0)
            give_pictures()
            arrange_front_page()
    return first_story()


def first_story() -> Article | None:
    return Article.objects.published().filter(slug=FIRST_STORY).first()


def arrange_front_page() -> None:
    """The first story is older than the demo around it, and leads all the same."""
    page, _is_new = FrontPage.objects.get_or_create()
    Pin.objects.create(front_page=page, article=first_story(), place=Pin.Place.LEAD)
    bands = [Band(kind=Band.Kind.QUOTES)]
    for slug in BANDS:
        bands.append(Band(section=Section.objects.get(slug=slug)))
    bands.append(Band(kind=Band.Kind.MORE))
    for order, band in enumerate(bands):
        band.front_page, band.order = page, order
        band.save()


def give_pictures() -> None:
    """To the photos of the demo that have none, as an upload would."""
    drawings = {path.stem: path for path in PICTURES.iterdir()}
    photos = Photo.objects.filter(slug__in=drawings, image="")
    for photo in photos:
        drawing = drawings[photo.slug]
        with drawing.open("rb") as opened:
            photo.image = File(opened, name=drawing.name)
            photo.save()
    settle_for(photos)
    darkroom.start()


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
