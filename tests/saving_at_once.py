"""Several processes save one story at the same time, through its form, and one of them
is killed in the middle. Prints what became of the saves; exits with 1 if a word that
somebody was told is saved stands in no revision, if anything answered with an error, or
if a refused save was not told why.

    DEBUG=on DATABASE_URL=… python -m tests.saving_at_once --processes 8 --seconds 60

makes its tables in that database, which must be empty.
"""

import argparse
import json
import os
import random
import signal
import sys
import time
from collections import Counter
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")

PLACES = ["headline", "standfirst", "slugline", "desk_note", "body", "change_note"]


def save_for(seconds, worker, told):
    """Writes a line for each save into `told`: the word, what came of it, and why."""
    import django

    django.setup()
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.test import Client
    from django.test.utils import setup_test_environment

    from articles.models import Article
    from tests.test_admin import change_page, form_data

    setup_test_environment()
    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(username=f"editor{worker}"))
    chance = random.Random(worker)
    story = Article.objects.get()
    until = time.monotonic() + seconds
    with Path(told).open("a") as lines:
        number = 0
        while time.monotonic() < until:
            number += 1
            word = f"w{worker}x{number}"
            page = client.get(change_page(story))
            if page.status_code != 200:
                print(json.dumps([word, f"GET {page.status_code}", ""]), file=lines)
                continue
            data = form_data(page)
            data["_revision"] = page.context["revision_number"]
            place = chance.choice(PLACES[:-1])
            if place == "body":
                paragraphs = data["body"].split("\n")
                at = chance.randrange(len(paragraphs))
                paragraphs[at] = paragraphs[at].replace("</p>", f" {word}</p>")
                data["body"] = "\n".join(paragraphs)
            else:
                data[place] = f"{data[place][-60:]} {word}"
            if chance.random() < 0.2:
                data["_publish"] = "yes"
            answer = client.post(change_page(story), data)
            where = answer.headers.get("Location", "")
            said = "saved" if answer.status_code == 302 else str(answer.status_code)
            if "/merge/" in where:
                said = "aside"
            why = "" if said != "200" else str(answer.context["errors"])
            print(json.dumps([word, said, why]), file=lines, flush=True)


def prepare(processes):
    import django

    django.setup()
    from django.contrib.auth.models import Group, User
    from django.core.management import call_command

    from articles.models import Article

    call_command("migrate", verbosity=0)
    call_command("loaddata", "tass", verbosity=0)
    for worker in range(processes):
        user = User.objects.create_user(f"editor{worker}", is_staff=True)
        user.groups.add(Group.objects.get(name="Editor"))
    return Article.objects.get()


def losses(told, story):
    """What went wrong, as sentences, and how many saves came out how."""
    from articles.models import Draft
    from articles.revisions import snapshot

    results = [json.loads(line) for path in told for line in path.open()]
    counts = Counter(said for _word, said, _why in results)
    contents = story.revisions.values_list("content", "note")
    kept = " ".join(f"{json.dumps(content)} {note}" for content, note in contents)
    kept = f" {kept.replace('<', ' <')} ".replace('"', " ")
    wrong = []
    for word, said, why in results:
        if said in ("saved", "aside") and f" {word} " not in kept:
            wrong.append(f"{word} was {said} and stands in no revision")
        elif said == "200" and not why:
            wrong.append(f"{word} was refused and not told why")
        elif said not in ("saved", "aside", "200"):
            wrong.append(f"{word}: {said}")
    if snapshot(story) != story.revisions.held().content:
        wrong.append("The rows of the story are not those of its last revision")
    for draft in Draft.objects.all():
        if draft.revision.article_id != story.pk:
            wrong.append("A draft holds another story's revision")
    return wrong, counts


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args()
    story = prepare(options.processes)
    from django.db import connections

    connections.close_all()
    spawn = get_context("spawn")
    with TemporaryDirectory() as folder:
        told = [Path(folder, f"{worker}.txt") for worker in range(options.processes)]
        for path in told:
            path.touch()
        workers = [
            spawn.Process(target=save_for, args=(options.seconds, n, str(path)))
            for n, path in enumerate(told)
        ]
        for process in workers:
            process.start()
        time.sleep(max(options.seconds * 0.7, 3))
        os.kill(workers[-1].pid, signal.SIGKILL)
        for process in workers:
            process.join()
        wrong, counts = losses(told, story)
    for sentence in wrong:
        sys.stdout.write(f"{sentence}\n")
    sys.stdout.write(f"{dict(counts)}\n")
    failed = [w.exitcode for w in workers[:-1] if w.exitcode]
    sys.exit(bool(wrong or failed or not counts["saved"]))


if __name__ == "__main__":
    main()
