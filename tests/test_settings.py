import os
import subprocess
import sys

import pytest
from django.conf import settings

EXAMPLE = dict(
    line.split("=", 1)
    for line in (settings.BASE_DIR / ".env.example").read_text().splitlines()
    if line and not line.startswith("#")
)


def manage(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
    )


def test_the_example_describes_a_site_with_nothing_left_to_say_before_it_goes_live():
    checked = manage("check", "--deploy", "--fail-level", "WARNING", **EXAMPLE)
    assert checked.returncode == 0, checked.stderr
    assert "no issues" in checked.stdout


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS"])
def test_a_missing_variable_names_itself(name):
    environment = {key: value for key, value in EXAMPLE.items() if key != name}
    checked = manage("check", **environment)
    assert checked.returncode != 0
    assert name in checked.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "perhaps"),
        ("SECRET_KEY", ""),
        ("ALLOWED_HOSTS", " , "),
        ("DATABASE_URL", "newsroom"),
        ("DATABASE_URL", "mysql://root:secret@127.0.0.1/newsroom"),
        ("DATABASE_URL", "postgres://root:secret@127.0.0.1:port/newsroom"),
        ("CACHE_URL", "nowhere://127.0.0.1"),
        ("TIME_ZONE", "Moscow/Nowhere"),
        ("SITE_ADDRESS", "news.example"),
        ("SITE_NAME", " "),
        ("LANGUAGE_CODE", ""),
        ("HSTS_SECONDS", "a year"),
        ("HSTS_SUBDOMAINS", "some"),
        ("BEHIND_TLS_PROXY", "perhaps"),
        ("PHOTO_MEGABYTES", "0"),
        ("PHOTO_MEGAPIXELS", "500"),
        ("RENDITIONS_BY_WORKER", "perhaps"),
    ],
)
def test_a_malformed_variable_names_itself_and_keeps_its_value_to_itself(name, value):
    checked = manage("check", **EXAMPLE | {name: value})
    assert checked.returncode != 0
    last = checked.stderr.splitlines()[-1]
    assert name in last
    assert "expected" in last
    assert "secret" not in last


def test_a_forgotten_setting_does_not_open_the_site():
    shown = manage(
        "shell",
        "-v0",
        "-c",
        "from django.conf import settings as s; print(s.DEBUG, s.SECURE_SSL_REDIRECT, "
        "s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0)",
        SECRET_KEY="x" * 60,
        ALLOWED_HOSTS="news.example",
    )
    assert shown.stdout.split() == ["False", "True", "True", "True", "True"]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/nothing-here/", "/admin/login/"])
def test_every_answer_carries_the_policy_and_the_security_headers(client, address):
    headers = client.get(address).headers
    policy = dict(
        part.strip().split(" ", 1)
        for part in headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert ("script-src" in policy) == address.startswith("/admin/")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_the_lock_names_no_host_and_pins_by_hash():
    lock = (settings.BASE_DIR / "requirements.lock").read_text()
    assert "://" not in lock
    assert lock.count("--hash=sha256:") > 50
