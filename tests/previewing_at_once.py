"""Looks at a preview, by its link, while somebody else is in the middle of a save;
exits with 1 if that has to wait. Makes its tables in an empty database.

    DEBUG=on DATABASE_URL=… python -m tests.previewing_at_once
"""

import os
import sys
import threading
from datetime import timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")


def main():
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection, transaction
    from django.test import Client

    from articles.models import Article
    from articles.preview_links import make_preview_link

    settings.ALLOWED_HOSTS = ["testserver"]
    call_command("migrate", verbosity=0)
    call_command("loaddata", "tass", verbosity=0)
    story = Article.objects.get()
    _link, token = make_preview_link(
        story, by=None, number=1, lasts=timedelta(hours=1), made_for="somebody"
    )
    answers = []

    def look():
        answers.append(Client().get(f"/preview/{token}/"))
        connection.close()

    reader = threading.Thread(target=look, daemon=True)
    with transaction.atomic():
        Article.objects.select_for_update().get()
        Article.objects.update(headline="Not saved yet")
        reader.start()
        reader.join(timeout=15)
    page = answers[0].content.decode() if answers else "It waited."
    sys.exit(0 if story.headline in page else page[:2000])


if __name__ == "__main__":
    main()
