"""What a reader's page says to caches, and the cache of pages itself.

A browser keeps a page and asks each time whether it still holds. A cache in front of
the site may keep it without asking only where it is told what to drop; and pages are
kept here only in Redis, which all processes of the site share."""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache as once
from functools import wraps
from hashlib import sha256

import django
from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import http_date, parse_etags, parse_http_date_safe
from django.utils.text import compress_string
from redis.exceptions import RedisError

from articles.freshness.state import SiteState, site_state
from articles.freshness.touching import ANY, SITE
from articles.models import Touch
from articles.models.tagged import Reading, depends_on, reading

logger = logging.getLogger(__name__)

MOST_TAGS = 300  # beyond, the page is made anew with whatever changes
WORTH_COMPRESSING = 200  # bytes
ACCEPTS_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))")
ETAG = re.compile(
    r"(?P<page>[0-9a-f]{12})-(?P<content>[0-9a-f]{16})"
    r"-(?P<edition>[0-9a-f]{1,16})-(?P<until>[0-9a-f]{1,10})(-gzip)?"
)
# With them a page looks otherwise.
SETTINGS = (
    "SITE_NAME SITE_ADDRESS TIME_ZONE LANGUAGE_CODE READERS_SEE_CHANGES MEDIA_URL"
).split()


@dataclass(frozen=True)
class Kept:
    """A page as it was made. Since `changed_at` nothing that it shows has changed, nor
    anything else on the site that was touched."""

    content: bytes
    headers: dict[str, str]
    allowed_styles: list[str] | None
    etag: str
    tags: frozenset[str]
    edition: int
    until: datetime
    changed_at: datetime | None
    compressed: bytes = b""

    def is_worth_compressing(self):
        is_text = not self.headers["Content-Type"].startswith("image/")
        return is_text and len(self.content) >= WORTH_COMPRESSING


def for_everybody(*lists: str) -> Callable:
    """A view that answers every reader alike. Its page bears the tags of these lists,
    of all that is read for it, and of what it depends_on() besides."""

    def decorate(view):
        @wraps(view)
        def answer(request, *args, **kwargs):
            now = timezone.now()
            if kept := _kept(request, now):
                return _serve(request, kept, now)
            state = request.site_state = site_state(now)
            if etag := _still_good(request, state, now):
                return _not_modified(etag, state.until, now)
            with reading() as page:
                depends_on(SITE, *lists)
                response = view(request, *args, **kwargs)
            if response.status_code != 200:
                return response
            kept = _made(request, response, page, state)
            _keep(request, kept, now)
            if settings.HTTP_CACHES and kept.tags & Touch.objects.since(state.edition):
                kept = replace(kept, until=now)  # a cache may have been told already
            return _serve(request, kept, now)

        return answer

    return decorate


def not_kept(get_response: Callable) -> Callable:
    """No cache keeps what says nothing of caches: a page that is not there may be there
    in a second."""

    def answer(request):
        response = get_response(request)
        response.headers.setdefault("Cache-Control", "no-cache")
        return response

    return answer


class Compression(GZipMiddleware):
    """Of all that is not compressed here already, or not worth it."""

    def process_response(self, request, response):
        if response.has_header("Surrogate-Key"):
            return response
        return super().process_response(request, response)


# A page that is made


def _made(request, response, page: Reading, state: SiteState) -> Kept:
    tags = frozenset(page.tags - {""})
    digest = sha256(response.content).hexdigest()[:16]
    until = int(state.until.timestamp())
    times = list(filter(None, [page.newest, state.changed_at]))
    return Kept(
        response.content,
        dict(response.headers),
        getattr(request, "allowed_styles", None),
        f"{_key(request)}-{digest}-{state.edition:x}-{until:x}",
        tags if len(tags) <= MOST_TAGS else frozenset([SITE, ANY]),
        state.edition,
        state.until,
        max(times, default=None),
    )


def _serve(request, kept: Kept, now) -> HttpResponse:
    """Whole, or that it is the one which the reader has."""
    has = _that_is(request, kept, now)
    if has is not None:
        return _not_modified(has, kept.until, now, kept)
    content, etag = kept.content, kept.etag
    accepted = ACCEPTS_GZIP.search(request.headers.get("Accept-Encoding", ""))
    is_compressed = bool(accepted) and kept.is_worth_compressing()
    if is_compressed:
        content, etag = kept.compressed or compress_string(content), f"{etag}-gzip"
    response = HttpResponse(content, headers=kept.headers)
    if is_compressed:
        response.headers["Content-Encoding"] = "gzip"
    request.allowed_styles = kept.allowed_styles
    return _with_headers(response, etag, kept.until, now, kept)


def _that_is(request, kept: Kept, now) -> str | None:
    """How the reader calls the page, if they have it as it is."""
    if asked := request.headers.get("If-None-Match"):
        same = kept.etag.split("-")[:2]
        for etag in _etags(asked):
            if etag == "*" or etag.split("-")[:2] == same:
                return kept.etag if etag == "*" else etag
        return None
    since = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
    if since and kept.changed_at and since >= int(kept.changed_at.timestamp()):
        return kept.etag
    return None


def _still_good(request, state: SiteState, now) -> str:
    """How the reader calls a page that was made since anything changed on the site."""
    if settings.DEBUG:  # where templates change too
        return ""
    for etag in _etags(request.headers.get("If-None-Match", "")):
        if not (named := ETAG.fullmatch(etag)) or named["page"] != _key(request):
            continue
        edition, until = int(named["edition"], 16), int(named["until"], 16)
        is_known = edition <= state.edition and now.timestamp() < until
        if is_known and not Touch.objects.filter(edition__gte=edition).exists():
            return etag
    return ""


def _etags(header) -> list[str]:
    return [etag.removeprefix("W/").strip('"') for etag in parse_etags(header)]


def _not_modified(etag, until, now, kept=None) -> HttpResponse:
    return _with_headers(HttpResponse(status=304), etag, until, now, kept)


def _with_headers(response, etag, until, now, kept: Kept | None) -> HttpResponse:
    seconds = _seconds(until, now) if settings.HTTP_CACHES else 0
    response.headers["Cache-Control"] = (
        f"public, max-age=0, must-revalidate, s-maxage={seconds}"
    )
    response.headers["ETag"] = f'"{etag}"'
    patch_vary_headers(response, ["Accept-Encoding"])
    if kept:
        tags = sorted(kept.tags)
        response.headers["Surrogate-Key"] = " ".join(tags)
        response.headers["Cache-Tag"] = ",".join(tags)
        # A page that changed in this second may change in it again.
        if kept.changed_at and kept.changed_at < now - timedelta(seconds=1):
            changed = http_date(kept.changed_at.timestamp())
            response.headers["Last-Modified"] = changed
    return response


def _seconds(until, now) -> int:
    return min(settings.SHARED_CACHE_SECONDS, int((until - now).total_seconds()))


def _key(request) -> str:
    """Another one for each address, and for each release and setting of the site."""
    names = [release(), request.get_full_path()]
    names += [str(getattr(settings, name)) for name in SETTINGS]
    return sha256("\n".join(names).encode()).hexdigest()[:12]


@once
def release() -> str:
    """A digest of the code, the templates and the style sheets."""
    digest = sha256(django.__version__.encode())
    for folder in ("articles", "newsroom", "templates", "static"):
        for file in sorted((settings.BASE_DIR / folder).rglob("*")):
            if file.is_file() and file.suffix != ".pyc":
                digest.update(f"{file.name}\n".encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()


# The cache of pages


def _keeps_pages() -> bool:
    return "redis" in settings.CACHES["default"]["BACKEND"].lower()


def _kept(request, now) -> Kept | None:
    if request.GET or not _keeps_pages():
        return None
    try:
        kept = cache.get(f"page:{_key(request)}")
    except RedisError:
        logger.warning("The cache of pages does not answer.", exc_info=True)
        return None
    if kept is None or kept.until <= now:
        return None
    return None if kept.tags & Touch.objects.since(kept.edition) else kept


def _keep(request, kept: Kept, now):
    """A page that no query narrows: whoever makes up queries fills no memory."""
    seconds = _seconds(kept.until, now)
    if request.GET or not _keeps_pages() or seconds <= 0:
        return
    if kept.is_worth_compressing():
        kept = replace(kept, compressed=compress_string(kept.content))
    try:
        cache.set(f"page:{_key(request)}", kept, seconds)
    except RedisError:
        logger.warning("The cache of pages does not answer.", exc_info=True)
