from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.db import router
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = _("Newsroom")

    def ready(self):
        from articles.freshness import touching  # it needs the models

        post_migrate.connect(keep_site, sender=self)
        touching.watch()


def keep_site(using, apps, **details):
    """The row of Django's table of sites says what the settings do: nobody edits it,
    and no page of ours reads it, but parts of Django do."""
    try:
        site = apps.get_model("sites", "Site")
    except LookupError:
        return
    if router.allow_migrate_model(using, site):
        address = urlsplit(settings.SITE_ADDRESS).netloc[:100]
        site.objects.using(using).update_or_create(
            pk=settings.SITE_ID,
            defaults={"domain": address, "name": settings.SITE_NAME[:50]},
        )
