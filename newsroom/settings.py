"""Every setting that differs between two sites is read from the environment, or from
a file named .env beside manage.py; .env.example describes them all."""

import mimetypes
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import environ
from django.core.exceptions import ImproperlyConfigured

from newsroom import csp

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.read_env(BASE_DIR / ".env")


def read(name, convert, expected, default=env.NOTSET):
    """The variable's value, converted. An error names the variable and what it
    expects, but not what it holds: that may be a password."""
    value = env.str(name, default=default)
    try:
        return convert(value)
    except Exception as error:
        raise ImproperlyConfigured(
            f"The environment variable {name} is malformed: expected {expected}."
        ) from error


def flag(value):
    word = value.strip().lower()
    if word not in ("on", "true", "yes", "1", "off", "false", "no", "0", ""):
        raise ValueError(value)
    return word in ("on", "true", "yes", "1")


def nonempty(value):
    if not value:
        raise ValueError("empty")
    return value


def whole_number(value):
    if int(value) < 0:
        raise ValueError(value)
    return int(value)


def megapixels(value):
    """Beyond 178 Pillow itself opens no file."""
    if not 1 <= int(value) <= 178:
        raise ValueError(value)
    return int(value)


def megabytes(value):
    if int(value) < 1:
        raise ValueError(value)
    return int(value)


def names(value):
    return nonempty([name.strip() for name in value.split(",") if name.strip()])


def caches(value):
    """Of those that the site tells what to drop."""
    addresses = [address.strip() for address in value.split(",") if address.strip()]
    for address in addresses:
        parts = urlsplit(address)
        if parts.scheme not in ("varnish", "fastly", "cloudflare") or not parts.netloc:
            raise ValueError(address)
    return addresses


def text(value):
    return nonempty(value.strip())


def address(value):
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
        raise ValueError(value)
    return value.rstrip("/")


def database(value):
    config = env.db_url_config(value)
    if not config["NAME"]:
        raise ValueError(value)
    config.setdefault("OPTIONS", {}).update(DATABASE_OPTIONS[config["ENGINE"]])
    return {**config, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}


# Four writers and eight readers for 20 seconds: no "database is locked" with these,
# over a hundred with SQLite's defaults. SQLite has no queue: where eight saved one
# story on a busy machine, two waited longer than 20 seconds for their turn.
DATABASE_OPTIONS = {
    "django.db.backends.sqlite3": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 60,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
            "PRAGMA mmap_size=134217728; PRAGMA temp_store=MEMORY;"
        ),
    },
    "django.db.backends.postgresql": {},
}

DEBUG = read("DEBUG", flag, "on or off", "off")
SECRET_KEY = read(
    "SECRET_KEY",
    text,
    "a long random text, known to nobody",
    "only-good-enough-for-a-site-in-debug" if DEBUG else env.NOTSET,
)
ALLOWED_HOSTS = read(
    "ALLOWED_HOSTS",
    names,
    "the site's host names, separated by commas",
    "localhost,127.0.0.1" if DEBUG else env.NOTSET,
)
SITE_NAME = read("SITE_NAME", text, "the name of the site", "Newsroom")
SITE_ADDRESS = read(
    "SITE_ADDRESS",
    address,
    "an address such as https://news.example",
    "http://127.0.0.1:8000" if DEBUG else f"https://{ALLOWED_HOSTS[0].lstrip('.*')}",
)
DATABASES = {
    "default": read(
        "DATABASE_URL",
        database,
        "sqlite:///file.sqlite3 or postgres://user:password@host:5432/name",
        f"sqlite:///{BASE_DIR / 'newsroom.sqlite3'}",
    )
}
CACHES = {
    "default": read(
        "CACHE_URL",
        env.cache_url_config,
        "locmemcache:// or rediscache://host:6379/0",
        "locmemcache://",
    )
}
# What stands in front of the site, keeps its pages and drops those it is told to.
HTTP_CACHES = read(
    "HTTP_CACHES",
    caches,
    "varnish://host:port, fastly://service or cloudflare://zone, separated by commas",
    "",
)
HTTP_CACHE_TOKEN = read("HTTP_CACHE_TOKEN", str, "the token of a network", "")
# The longest that they, or Redis, keep a page without asking for it again.
SHARED_CACHE_SECONDS = read("SHARED_CACHE_SECONDS", whole_number, "seconds", "600")
TIME_ZONE = read(
    "TIME_ZONE", lambda name: ZoneInfo(name).key, "a name such as Europe/Moscow", "UTC"
)
LANGUAGE_CODE = read("LANGUAGE_CODE", text, "a language tag such as en-gb", "en-gb")
MEDIA_ROOT = read("MEDIA_ROOT", Path, "a folder", str(BASE_DIR / "media"))
ORIGINALS_ROOT = read("ORIGINALS_ROOT", Path, "a folder", str(BASE_DIR / "originals"))
CARDS_ROOT = read("CARDS_ROOT", Path, "a folder", str(BASE_DIR / "cards"))

INSTALLED_APPS = [
    "articles",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sites",
    "django.contrib.flatpages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "django_prose_editor",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "articles.freshness.answers.not_kept",
    "articles.freshness.answers.Compression",
    "newsroom.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "newsroom.urls"
WSGI_APPLICATION = "newsroom.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "articles.context_processors.site",
            ],
        },
    }
]
# For flatpages, which need the table: SITE_ADDRESS says where the site lives.
SITE_ID = 1
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}Validator"}
    for name in (
        "UserAttributeSimilarity",
        "MinimumLength",
        "CommonPassword",
        "NumericPassword",
    )
]

USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "media/"
mimetypes.add_type("image/avif", ".avif")  # before 3.13 Python does not know it
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # What was uploaded, with all that its metadata says: no address leads here.
    "originals": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": ORIGINALS_ROOT, "base_url": None},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG

# A form over a limit would be a bare 400 and its text lost. These stand well above
# a story of the longest body with hundreds of quotes; the form says what is too much.
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 50_000

CONTENT_SECURITY_POLICY = {"DIRECTIVES": csp.READERS}
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SECURE_SSL_REDIRECT = not DEBUG
SESSION_COOKIE_SECURE = not DEBUG
CSRF_COOKIE_SECURE = not DEBUG
SECURE_HSTS_SECONDS = 0 if DEBUG else read("HSTS_SECONDS", int, "seconds", "31536000")
SECURE_HSTS_INCLUDE_SUBDOMAINS = read("HSTS_SUBDOMAINS", flag, "on or off", "off")
SECURE_HSTS_PRELOAD = SECURE_HSTS_INCLUDE_SUBDOMAINS
if read("BEHIND_TLS_PROXY", flag, "on or off", "off"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Does a story's page lead to what changed in it since readers had it?
READERS_SEE_CHANGES = read("READERS_SEE_CHANGES", flag, "on or off", "on")

# How long a link may show a story to somebody without an account.
PREVIEW_LINK_HOURS = read(
    "PREVIEW_LINK_HOURS", whole_number, "hours, 0 for no links", "168"
)

# The largest upload of a picture. A megapixel takes up to 10 MB of memory to open.
PHOTO_MEGABYTES = read("PHOTO_MEGABYTES", megabytes, "megabytes, at least 1", "40")
PHOTO_MEGAPIXELS = read("PHOTO_MEGAPIXELS", megapixels, "from 1 to 178", "64")
# Does `make_renditions --watch` run all the time? Else each upload starts it once.
RENDITIONS_BY_WORKER = read("RENDITIONS_BY_WORKER", flag, "on or off", "off")

# May … stand for words left out of a quote, and [brackets] for words put in?
QUOTES_MAY_LEAVE_OUT_WORDS = read("QUOTES_MAY_LEAVE_OUT_WORDS", flag, "on or off", "on")
QUOTES_MAY_PUT_IN_WORDS = read("QUOTES_MAY_PUT_IN_WORDS", flag, "on or off", "on")
# Is a quote that the source texts do not have a problem, or only a warning?
QUOTES_OFF_SOURCE_BLOCK = read("QUOTES_OFF_SOURCE_BLOCK", flag, "on or off", "off")
