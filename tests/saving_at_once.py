"""Several processes write one story at the same time, at the desk's own pages: they
save on forms that are out of date, merge, publish, take back, restore. One after
another is killed in the middle of a save. Prints what became of it all; exits with 1 if

- a word that somebody was told is saved stands in no revision, or one whose save was
  killed stands in one;
- a save was refused without a reason, or its text did not come back;
- the rows of the story are not what was published last, or a reader saw something else
  than one publication;
- a revision's number is missing or stands twice;
- anything answered with an error, or too little happened to prove anything.

    DEBUG=on DATABASE_URL=… python -m tests.saving_at_once --processes 8 --seconds 60

makes its tables in that database, which must hold no story.
"""

import argparse
import json
import os
import re
import signal
import sys
import time
import warnings
from collections import Counter
from itertools import count, cycle
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth.models import Group, User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from articles.drafts import draft_of, shown_as_draft  # noqa: E402
from articles.models import Person  # noqa: E402
from articles.revisions import rehearsal, snapshot  # noqa: E402
from articles.settling import settle  # noqa: E402
from tests.colleagues import MOMENTS, Colleague, stop_before  # noqa: E402
from tests.factories import make_article, make_person, make_quote  # noqa: E402
from tests.test_admin import change_page  # noqa: E402

PARAGRAPHS = 5
PAUSE = 1  # second, in which others publish, before the next one comes who is killed


def prepare(processes):
    warnings.filterwarnings("ignore", message="No directory at")
    call_command("migrate", verbosity=0)
    setup_test_environment()
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.DEBUG = False  # which would keep every statement
    for slot in range(processes):
        user = User.objects.create_user(f"editor{slot}", is_staff=True)
        user.groups.add(Group.objects.get(name="Editor"))
        for number in range(4):
            make_person(slug=f"writer-{slot}-{number}")
    lines = [f"<p>Paragraph {number} of it.</p>" for number in range(PARAGRAPHS)]
    story = make_article(slug="talks", body="\n".join(lines))
    for mark in ("q1", "q2"):
        make_quote(story, mark=mark, words=f"We agreed on {mark}")
    return story


def work(story, slot, name, over, path, moment):
    with Path(path).open("a") as notes:
        colleague = Colleague(story, slot, name, notes)
        if moment:
            stop_before(moment, f"{path}.stopped")
            colleague.publishes_always = True
        colleague.work(over.exists)


ENOUGH = {  # in a minute of eight
    "save saved": 30,
    "save aside": 4,
    "merges": 8,
    "refusals with their reason": 8,
    "killed in mid-save": 4,
    "publications": 4,
}
EVER = ["save saved", "killed in mid-save", "publications"]  # however short it is


class Run:
    """The processes, and those of them that were killed: the name, and when."""

    def __init__(self, story, folder):
        self.story, self.folder = story, Path(folder)
        self.over = self.folder / "over"
        self.at_first = story.publications.count()
        self.killed, self.died = {}, []

    def begin(self, slot, name, moment=None):
        path = str(self.folder / name)
        process = get_context("fork").Process(
            target=work, args=(self.story, slot, name, self.over, path, moment)
        )
        process.start()
        return process

    def go(self, processes, seconds):
        """The first is killed in mid-save, and the next in its place, and so on. Goes
        on where too little has happened yet, but not for ever."""
        began = time.monotonic()
        names, moments = (f"w0g{n}" for n in count()), cycle(MOMENTS)
        others = [
            self.begin(slot, f"w{slot}g0") for slot in range(1, max(processes, 2))
        ]
        victim = None
        while victim or not self.over.exists():
            if victim is None:
                time.sleep(PAUSE)
                name, moment = next(names), next(moments)
                victim = self.begin(0, name, moment)
                stopped = self.folder / f"{name}.stopped"
            is_stopped = stopped.exists()
            if is_stopped:
                os.kill(victim.pid, signal.SIGKILL)
                self.killed[name] = moment
            if is_stopped or not victim.is_alive():
                victim.join()
                expected = -signal.SIGKILL if is_stopped else 0
                self.died += [name] * (victim.exitcode != expected)
                victim = None
            else:
                time.sleep(0.01)
            took = time.monotonic() - began
            if took > 5 * seconds or (
                took > seconds and not any(self.lacks(processes, seconds))
            ):
                self.over.touch()
        for process in others:
            process.join()
            self.died += [process.name] * (process.exitcode != 0)

    def notes(self):
        for path in sorted(self.folder.glob("w*g*[0-9]")):
            for line in path.read_text().splitlines(keepends=True):
                if line.endswith("\n"):  # all of it is written
                    yield path.name, json.loads(line)

    def figures(self):
        """How often each thing happened, and how often each reason was given."""
        counts, why = Counter(), Counter()
        for _name, note in self.notes():
            said, text = note["said"], note.get("why", "")
            if said == "asked":
                continue
            counts[f"{note['act']} {said}"] += 1
            counts["merges"] += "Merged into revision" in text
            counts["merges"] += "Somebody else had saved meanwhile" in text
            counts["publications"] += "Published" in text
            is_held_up = "Not published" in text or "differ from those" in text
            if said in ("refused", "once more", "aside") or is_held_up:
                counts["refusals with their reason"] += bool(text or said == "aside")
                told = text.rpartition("Saved as a draft")[2]
                why[f"{note['act']} {said}: {re.sub(r'[0-9]+', '*', told)[:140]}"] += 1
        counts["killed in mid-save"] = len(self.killed)
        return counts, why

    def lacks(self, processes, seconds):
        """What happened too seldom to prove anything."""
        counts, _why = self.figures()
        share = processes / 8 * seconds / 60
        for name, in_a_minute in ENOUGH.items():
            least = max(int(in_a_minute * share), int(name in EVER))
            if counts[name] < least:
                yield f"Too little to prove anything: {name} {counts[name]} of {least}"


def losses(run, story):
    """What went wrong, as sentences."""
    revisions = list(story.revisions.order_by("number").select_related("saved_by"))
    kept = " ".join(json.dumps(revision.content) for revision in revisions)
    kept = set(re.findall(r"w\d+g\d+x\d+", kept))
    people = dict(Person.objects.values_list("pk", "slug"))
    published = {
        tuple(p.revision.content["fields"][n] for n in ("headline", "standfirst"))
        + (p.revision.content["fields"]["body"],)
        for p in story.publications.select_related("revision")
    }
    open_saves = {}
    for name, note in run.notes():
        act, said, token = note["act"], note["said"], note.get("token", "")
        open_saves[name] = token if said == "asked" else ""
        mine = [
            r.content["bylines"]
            for r in revisions
            if r.saved_by and r.saved_by.username == f"editor{name[1:].split('g')[0]}"
        ]
        if said in ("failed", "lost"):
            yield f"{name} {act} {said}: {note['why']}"
        elif said in ("refused", "once more") and not note["why"]:
            yield f"{name} {act} {token} was refused and not told why"
        elif said in ("saved", "aside") and token and token not in kept:
            yield f"{token} was {said} and stands in no revision"
        elif said == "seen" and tuple(note["seen"]) not in published:
            yield f"A reader saw what was never published: {note['seen']}"
        elif "byline" in note:
            role, person = note["byline"]
            if not any(f"{role} {people[person]}" in rows for rows in mine):
                yield f"The byline {role} {people[person]} stands in no revision"
        elif "without" in note:
            role, person = note["without"]
            if not any(f"{role} {people[person]}" not in rows for rows in mine):
                yield f"No revision is without the byline {role} {people[person]}"
    for name in run.killed:
        if open_saves[name] in kept:
            yield f"{open_saves[name]} was killed in mid-save and stands in a revision"
    yield from (f"{name} ended by itself" for name in run.died)
    numbers = [revision.number for revision in revisions]
    if numbers != list(range(1, len(numbers) + 1)):
        yield f"The numbers of the revisions: {numbers}"
    pressed = run.figures()[0]["publications"]
    if (made := story.publications.count() - run.at_first) > pressed:
        yield f"{made} publications, and the button worked {pressed} times"
    yield from half_published(story)


def half_published(story):
    story.refresh_from_db()
    held = story.revisions.held()
    if snapshot(story) != held.content:
        yield "The rows of the story are not those of its last revision"
    last = story.publications.newest_first().first()
    if story.status == "published" and last.revision != held:
        yield "The rows of the story are not those that were published last"
    before = story.body_html
    with rehearsal():
        settle(story)
        if (story.body_html, story.revisions.held()) != (before, held):
            yield "What readers get is not what the rows say"
    story.refresh_from_db()
    if story.status == "published":
        page = Client().get(story.get_absolute_url())
        if story.headline not in page.content.decode():
            yield "The page of the story does not show it"
    if draft := draft_of(story):
        with shown_as_draft(story):
            if snapshot(story) != draft.revision.content:
                yield "The draft is not what its revision says"
    client = Client()
    client.force_login(User.objects.get(username="editor0"))
    if client.get(change_page(story)).status_code != 200:
        yield "The form does not open"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args()
    story = prepare(options.processes)
    with TemporaryDirectory() as folder:
        run = Run(story, folder)
        connections.close_all()
        run.go(options.processes, options.seconds)
        wrong = [*losses(run, story), *run.lacks(options.processes, options.seconds)]
        counts, why = run.figures()
    counts["revisions"] = story.revisions.count()
    lines = [*wrong, *(f"{n:4} {what}" for what, n in sorted(counts.items()))]
    lines += [f"{n:4} times: {said}" for said, n in why.most_common(20)]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
