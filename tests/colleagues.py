"""Those who save one story at the same time in `tests.saving_at_once`: as much of an
editor at the desk as a proof needs."""

import json
import random
import re
import time
import traceback
from collections import deque
from importlib import import_module
from pathlib import Path

from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.core.signals import got_request_exception
from django.db import connection
from django.test import Client

from articles import body
from articles.models import Byline, Person
from tests.test_admin import CHANGE_LIST, change_page, form_data

FIELDS = ["headline", "standfirst"]
MOST_BYLINES = 6
# Where somebody may be killed, always in the transaction of a save: before the
# function of the module is called.
MOMENTS = {
    "a draft is written": ("articles.admin.drafting", "record"),
    "the rows say it and the page does not": ("articles.live_changes", "settle"),
    "a publication is not in the log": ("articles.live_changes", "record"),
}


class Page:
    """The form as it was opened, which may be out of date when it is sent."""

    def __init__(self, response):
        shown = response.context
        self.data = form_data(response) | dict([shown["carried_state"]])
        self.data["_revision"] = str(shown["revision_number"])
        self.asides = [address for _aside, address in shown["asides"]]
        self.live_moved = shown["live_moved_page"]

    def rows(self, prefix, **fields):
        """The numbers of the rows with these values."""
        for number in range(int(self.data[f"{prefix}-TOTAL_FORMS"])):
            row = {n: self.data.get(f"{prefix}-{number}-{n}") for n in fields}
            if row == fields:
                yield number


class Colleague:
    """Notes each thing done: what was asked, what came of it and why."""

    def __init__(self, story, slot, name, notes):
        self.story, self.name, self.notes = story, name, notes
        self.client = Client(raise_request_exception=False)
        self.client.force_login(User.objects.get(username=f"editor{slot}"))
        self.people = list(Person.objects.filter(slug__startswith=f"writer-{slot}-"))
        self.random = random.Random(name)
        self.old = deque(maxlen=4)
        self.count = 0
        self.failed = ""
        self.publishes_always = False
        got_request_exception.connect(self._failed)

    def _failed(self, **_signal):
        self.failed = traceback.format_exc()[-1500:]

    def note(self, act, said, **more):
        print(json.dumps({"act": act, "said": said, **more}), file=self.notes)
        self.notes.flush()

    # One request

    def get(self, address):
        page = self.client.get(address)
        if page.status_code not in (200, 302, 404, 410):
            self.note("look", "failed", why=f"{page.status_code} {self.failed}")
        return page

    def open(self):
        answer = self.get(change_page(self.story))
        if answer.status_code != 200:
            return None
        page = Page(answer)
        self.old.append(page)
        return page

    def send(self, act, address, data, token=""):
        """What came of it, and what the desk said."""
        self.note(act, "asked", token=token)
        answer = self.client.post(address, data)
        messages = list(get_messages(answer.wsgi_request))
        told = [str(message) for message in messages]
        self.client.cookies.pop("messages", None)
        where = answer.headers.get("Location", "")
        if answer.status_code == 302:
            said = "aside" if "/merge/" in where else "saved"
            if act != "save" and any(m.level_tag == "error" for m in messages):
                said = "refused"
        elif answer.status_code == 200 and act == "save":
            said = "refused"
            told = re.findall(r"<li>(.*?)</li>", str(answer.context["errors"]))
            if token and token not in answer.content.decode():
                said = "lost"
        elif answer.status_code == 200 and act == "merge":
            said = "once more"
        else:
            said, told = "failed", [f"{answer.status_code} {self.failed}"]
        self.note(act, said, token=token, why=" / ".join(told))
        return said, told, where

    # What somebody does

    def work(self, is_over):
        while not is_over():
            began = time.monotonic()
            chance = self.random.random()
            if self.publishes_always or chance < 0.8:
                self.write()
            elif chance < 0.92:
                self.press_on_old_page()
            else:
                self.read()
            if not self.publishes_always:
                # Longer where the desk is slow: if all only wait in line, nobody
                # publishes.
                pause = self.random.uniform(0, 4) * (time.monotonic() - began)
                until = time.monotonic() + pause
                while time.monotonic() < until and not is_over():
                    time.sleep(0.05)

    def write(self):
        page = None
        if self.old and not self.publishes_always and self.random.random() < 0.4:
            page = self.random.choice(self.old)
        page = page or self.open()
        if page is None:
            return
        self.count += 1
        token = f"{self.name}x{self.count}"
        data = dict(page.data)
        is_first = self.count == 1
        if is_first or self.publishes_always or self.random.random() < 0.5:
            data["_publish"] = "yes"
        places = [self.field, self.paragraph, self.quote, self.byline, self.headless]
        weights = [4, 4, 2, 0 if self.publishes_always else 2, 0.4]
        [place] = self.random.choices(places, weights)
        more = place(page, data, token) or {}
        if "byline" in more or "without" in more:
            token = ""
        said, told, where = self.send("save", change_page(self.story), data, token)
        if more and said in ("saved", "aside"):
            self.note("byline", said, **more)
        if said == "aside" and self.random.random() < 0.8:
            self.merge(where)
        elif said == "saved" and "_publish" in data and not published(told):
            self.publish()

    def field(self, page, data, token):
        data[self.random.choice(FIELDS)] = f"Of {token}"

    def headless(self, page, data, token):
        """A form that no desk takes."""
        data |= {"headline": "", "standfirst": f"Of {token}"}

    def paragraph(self, page, data, token):
        lines = data["body"].split("\n")
        plain = [n for n, line in enumerate(lines) if "data-quote" not in line]
        lines[self.random.choice(plain)] = f"<p>They came to {token} again.</p>"
        data["body"] = "\n".join(lines)

    def quote(self, page, data, token):
        """Its words, in the record and between the marks."""
        mark, words = self.random.choice(["q1", "q2"]), f"We agreed on {token}"
        text = body.restore_words(data["body"], mark, words)
        for row in page.rows("quotes", mark=mark):
            data[f"quotes-{row}-words"] = words
        data["body"] = text or data["body"]

    def byline(self, page, data, token):
        total = int(data["bylines-TOTAL_FORMS"])
        if total >= MOST_BYLINES or (total and self.random.random() < 0.3):
            row = self.random.randrange(total)
            data[f"bylines-{row}-DELETE"] = "on"
            person, role = (data[f"bylines-{row}-{n}"] for n in ("person", "role"))
            return {"without": [role, int(person)]}
        person = self.random.choice(self.people)
        role = self.random.choice(Byline.Role.values)
        row = {"person": str(person.pk), "role": role, "order": "0", "id": ""}
        data |= {f"bylines-{total}-{name}": value for name, value in row.items()}
        data["bylines-TOTAL_FORMS"] = str(total + 1)
        return {"byline": [role, person.pk]}

    def publish(self):
        """Does what the desk says is in the way, and presses the button again."""
        for _attempt in range(6):
            page = self.open()
            if page is None:
                return
            address = change_page(self.story)
            if page.live_moved:
                self.merge(page.live_moved)
                continue
            said, told, where = self.send(
                "save", address, page.data | {"_publish": "yes"}
            )
            if said == "aside":
                self.merge(where)
            if published(told):
                return
            for mark in set(re.findall(r"words of quote (\w+) differ", str(told))):
                if page := self.open():
                    self.send("save", address, page.data | {"_take": mark})

    def merge(self, address):
        """Chooses between both texts, of the whole or place by place."""
        page = self.get(address)
        if page.status_code != 200:
            return
        side = self.random.choice(["mine", "theirs", None])
        data = {"theirs": page.context["theirs"].number}
        for conflict in page.context["conflicts"]:
            chosen = side or self.random.choice(["mine", "theirs"])
            data[conflict["name"]] = chosen
        self.send("merge", address, data)

    def press_on_old_page(self):
        page = self.random.choice(self.old) if self.old else self.open()
        if page is None:
            return
        if page.asides and self.random.random() < 0.4:
            self.merge(self.random.choice(page.asides))
            return
        if self.random.random() < 0.3:
            page = self.open() or page
        key, number = self.story.pk, page.data["_revision"]
        state = {n: v for n, v in page.data.items() if n.startswith("state-")}
        verb = self.random.choices(["unpublish", "discard", "restore"], [2, 1, 3])[0]
        address, data = f"/admin/articles/article/{key}/", {"_revision": number}
        if verb == "unpublish":
            address = CHANGE_LIST
            data = {"action": verb, "_selected_action": [key], **state}
            data[f"revision-{key}"] = number
        elif verb == "restore":
            address += f"restore/{self.random.randint(1, int(number))}/"
        else:
            address += "discard/"
        self.send(verb, address, data)

    def read(self):
        """What readers have at this moment."""
        page = self.get(f"/2020/05/04/{self.story.slug}/")
        if page.status_code == 200:
            story = page.context["article"]
            seen = [story.headline, story.standfirst, story.body]
            self.note("read", "seen", seen=seen)


def published(told):
    return any(message.startswith("Published") for message in told)


def stop_before(moment, path):
    """In this process: waits there to be killed, and says in the file that it does."""
    module, name = MOMENTS[moment]
    module = import_module(module)
    function = getattr(module, name)

    def wait(*args, **kwargs):
        if connection.in_atomic_block:
            Path(path).write_text(moment)
            time.sleep(60)
            raise AssertionError("Nobody came to kill this process")
        return function(*args, **kwargs)

    setattr(module, name, wait)
