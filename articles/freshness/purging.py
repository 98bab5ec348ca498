"""Telling the caches in front of the site which pages to drop.

What could not be told is told again, with the next change or by `publish_due`."""

import json
import logging
from collections.abc import Iterable
from datetime import timedelta
from threading import Timer
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from django.conf import settings
from django.db.models import Max
from django.utils import timezone

from articles.models import Touch

logger = logging.getLogger(__name__)

SITE = "site"  # every page bears it
TIMEOUT = 3  # seconds; an editor may be waiting
MOST_AT_ONCE = 30  # tags of one request, as content delivery networks have it
TOO_MANY = 1000  # then all pages are dropped
AGAIN = 0.5  # seconds
FORGOTTEN = timedelta(days=2)  # no page is kept for so long


def purge_touched() -> None:
    """Whatever was touched and not told yet. A page that was being made meanwhile may
    reach a cache only now: it is told once more in a moment."""
    if settings.HTTP_CACHES:
        waiting = list(Touch.objects.filter(is_purged=False).order_by("pk"))
        tags = sorted({touch.tag for touch in waiting})
        tags = tags if len(tags) <= TOO_MANY else [SITE]
        if tags and _told_everywhere(tags):
            Timer(AGAIN, _told_everywhere, [tags]).start()
            keys = [touch.pk for touch in waiting]
            Touch.objects.filter(pk__in=keys).update(is_purged=True)
    old = Touch.objects.filter(touched_at__lt=timezone.now() - FORGOTTEN)
    # The last edition stays, so that no later one takes its number.
    last = Touch.objects.aggregate(last=Max("edition"))["last"]
    old.exclude(edition=last).delete()


def _told_everywhere(tags) -> bool:
    told = True
    for address in settings.HTTP_CACHES:
        try:
            _tell(urlsplit(address), tags)
        except OSError:
            logger.error("The cache %s drops no pages.", address, exc_info=True)
            told = False
    return told


def _tell(cache, tags):
    for start in range(0, len(tags), MOST_AT_ONCE):
        request = REQUESTS[cache.scheme](cache, tags[start : start + MOST_AT_ONCE])
        with urlopen(request, timeout=TIMEOUT) as response:
            response.read()


def _to_varnish(cache, tags: Iterable[str]) -> Request:
    headers = {"Surrogate-Key": " ".join(tags)}
    return Request(f"http://{cache.netloc}/", headers=headers, method="PURGE")


def _to_fastly(cache, tags) -> Request:
    headers = {
        "Surrogate-Key": " ".join(tags),
        "Fastly-Key": settings.HTTP_CACHE_TOKEN,
        "Accept": "application/json",
    }
    address = f"https://api.fastly.com/service/{cache.netloc}/purge"
    return Request(address, headers=headers, method="POST")


def _to_cloudflare(cache, tags) -> Request:
    headers = {
        "Authorization": f"Bearer {settings.HTTP_CACHE_TOKEN}",
        "Content-Type": "application/json",
    }
    address = f"https://api.cloudflare.com/client/v4/zones/{cache.netloc}/purge_cache"
    data = json.dumps({"tags": list(tags)}).encode()
    return Request(address, data, headers, method="POST")


REQUESTS = {
    "varnish": _to_varnish,
    "fastly": _to_fastly,
    "cloudflare": _to_cloudflare,
}
