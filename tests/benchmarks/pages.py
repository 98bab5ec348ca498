"""What each page costs, in a small archive and in a large one.

    DEBUG=on .venv/bin/python -m tests.benchmarks.pages small=sqlite:///1k.sqlite3 \
        large=sqlite:///100k.sqlite3

Each database holds what `manage.py make_archive` made. The cost is the processor time
of a request, uncached, in the server and in the database, as a ratio to a view of the
same size that does nothing, taken in turn with it in the same run. Growth is the one
ratio to the other.
"""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from statistics import median

ROUNDS = 15
AT_ONCE = 4  # requests of one measurement
GOALS = {  # at most so many times the bare view
    "story": 8,
    "front": 10,
    "section": 10,
    "archive": 10,
    "quotes": 10,
    "person": 10,
    "organisation": 10,
    "search, a rare word": 12,
    "search, a word in every third story": 60,
}


def pages():
    from articles.models import Article, Organisation, Person, Section
    from articles.sample_archive import COMMON, RARE, SLUG

    story = Article.objects.get(slug=f"{SLUG}-story-77")
    person = Person.objects.filter(slug__startswith=SLUG).order_by("pk").first()
    about = Organisation.objects.filter(slug__startswith=SLUG).order_by("pk").first()
    section = Section.objects.filter(slug__startswith=SLUG).first()
    return {
        "front": "/",
        "story": story.get_absolute_url(),
        "section": section.get_absolute_url(),
        "archive": "/1990/",
        "quotes": "/quotes/",
        "person": person.get_absolute_url(),
        "organisation": about.get_absolute_url(),
        "search, a rare word": f"/search/?q={RARE}",
        "search, a word in every third story": f"/search/?q={COMMON}",
    }


def processor_time() -> float:
    """Of this process and of its server process in PostgreSQL, in seconds."""
    from django.db import connection

    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = usage.ru_utime + usage.ru_stime
    if connection.vendor == "postgresql":
        pid = connection.connection.info.backend_pid
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        used += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return used


def measure() -> dict[str, float]:
    """The ratio of each page of the database that the environment names."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "newsroom.settings"
    django.setup()
    from django.conf import settings
    from django.db import connection
    from django.test import Client

    settings.ALLOWED_HOSTS = ["testserver"]
    settings.DEBUG = False
    settings.ROOT_URLCONF = "tests.benchmarks.urls"
    client = Client()
    connection.ensure_connection()

    def cost(address, times):
        before = processor_time()
        for _time in range(times):
            response = client.get(address)
            assert response.status_code == 200, address
        return processor_time() - before

    ratios = {}
    for name, address in pages().items():
        size = len(client.get(address).content)
        bare = f"/bare/{size}/"
        cost(address, 2)
        taken, nothing = [], []
        for _round in range(ROUNDS):
            taken.append(cost(address, AT_ONCE) / AT_ONCE)
            nothing.append(cost(bare, 10 * AT_ONCE) / (10 * AT_ONCE))
        ratios[name] = median(taken) / median(nothing)
    return ratios


def main(arguments):
    found = {}
    for argument in arguments:
        size, _equals, address = argument.partition("=")
        out = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.pages", "--measure"],
            env={**os.environ, "DATABASE_URL": address},
            capture_output=True,
            text=True,
            check=True,
        )
        found[size] = json.loads(out.stdout)
    small, large = found.values()
    print(f"{'':<40}{''.join(f'{size:>10}' for size in found)}    growth  goal")  # noqa: T201
    for name, goal in GOALS.items():
        row = f"{small[name]:10.1f}{large[name]:10.1f}{large[name] / small[name]:10.2f}"
        print(f"{name:<40}{row}{goal:>6}")  # noqa: T201


if __name__ == "__main__":
    if sys.argv[1:] == ["--measure"]:
        print(json.dumps(measure()))  # noqa: T201
    else:
        main(sys.argv[1:])
