"""A real browser for the tests: headless Chromium, driven from the keyboard."""

import os
import shutil

import pytest
from django.db import connections
from django.test import Client

# The first has no window to draw, and asks a third less of the machine.
NAMES = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"]
NAMES += ["chrome"]

# Positions in the text as the editor counts them.
FIND = """(words) => {
  const { doc } = document.querySelector(".ProseMirror").editor.state;
  let found = null;
  doc.descendants((block, position) => {
    if (!block.isTextblock) return true;
    const text = block.textBetween(0, block.content.size, undefined, () => "\\n");
    const at = text.indexOf(words);
    if (at >= 0) found ??= [position + 1 + at, position + 1 + at + words.length];
    return false;
  });
  return found;
}"""
SETTLED = """() => new Promise(done => requestAnimationFrame(
  () => requestAnimationFrame(() => setTimeout(done))))"""
CARET = 'document.querySelector(".ProseMirror").editor.state.selection.head'


@pytest.fixture(scope="module")
def chromium(django_db_setup):
    """Skipped where there is no browser, but never by the checks that CI runs."""
    # The browser's events come from a loop in this thread; the database does not.
    was = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        message = "No Chromium on this machine: the tests in a browser need one."
        (pytest.fail if os.environ.get("CI") else pytest.skip)(message)
    from playwright.sync_api import sync_playwright

    contents = connections["default"]._test_serialized_contents
    with sync_playwright() as playwright:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        # While a loop runs in this thread it has connections of its own, which are to
        # know as well what the migrations put into the database.
        connections["default"]._test_serialized_contents = contents
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox"]
        )
        yield browser
        browser.close()
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE")
    if was:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = was


class Desk:
    """An editor's browser, which keeps every complaint of a page and of its policy."""

    def __init__(self, browser, server, user, *, reports=False, **context):
        """Unless it `reports` who is there, nothing of it reaches the server once a
        test is over."""
        self.server = server
        self.context = browser.new_context(**{"base_url": server.url} | context)
        self.context.grant_permissions(["clipboard-read", "clipboard-write"])
        client = Client()
        client.force_login(user)
        cookie = client.cookies["sessionid"]
        self.context.add_cookies(
            [{"name": "sessionid", "value": cookie.value, "url": server.url}]
        )
        if not reports:
            self.context.route(
                "**/presence/", lambda route: route.fulfill(json={"said": []})
            )
        self.page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.complaints = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._listen)
        self.page.on("dialog", self._note_dialog)

    def _listen(self, message):
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _note_dialog(self, dialog):
        if dialog.type != "beforeunload":
            self.complaints.append(f"A script spoke: {dialog.message}")
        dialog.accept()

    def open(self, address):
        self.page.goto(address)
        if self.page.locator("[data-writing-surface]").count():
            self.page.wait_for_selector(".prose-menubar")

    # The text, from the keyboard

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text):
        self.page.keyboard.type(text)

    def paste(self, text, html=""):
        """Into the text, as the clipboard of another program would have it."""
        page = self.page.locator(".ProseMirror")
        page.focus()
        page.evaluate(
            """(page, [text, html]) => {
              const clipboardData = new DataTransfer();
              clipboardData.setData("text/plain", text);
              if (html) clipboardData.setData("text/html", html);
              const how = { clipboardData, bubbles: true, cancelable: true };
              page.dispatchEvent(new ClipboardEvent("paste", how));
            }""",
            [text, html],
        )
        self.until("document.querySelector('.ProseMirror').textContent.length > 0")

    def until(self, expression):
        """The policy forbids the way in which Playwright would wait for it."""
        for _ in range(600):
            if self.page.evaluate(expression):
                return
            self.page.wait_for_timeout(25)
        raise AssertionError(f"Not within 15 seconds: {expression}")

    def place(self, words):
        return self.page.evaluate(FIND, words)

    def go_to(self, place, *, selecting=False):
        for _ in range(500):
            caret = self.page.evaluate(CARET)
            if caret == place:
                self.page.evaluate(SETTLED)  # the editor has heard of it
                self.page.wait_for_timeout(30)
                if self.page.evaluate(CARET) == place:
                    return
                continue
            key = "ArrowRight" if place > caret else "ArrowLeft"
            steps = abs(place - caret)
            if steps > 40:  # by words, which have some letters each
                key, steps = f"Control+{key}", steps // 12
            for _ in range(min(steps, 40)):
                self.press(f"Shift+{key}" if selecting else key)
        raise AssertionError(f"The caret does not reach {place}.")

    def caret_in(self, words):
        self.go_to(self.place(words)[0] + 2)

    def select(self, words):
        start, end = self.place(words)
        self.go_to(start)
        self.go_to(end, selecting=True)

    def body(self):
        return self.page.input_value("#id_body")

    def answer(self, *keys):
        """Waits for what the dialog proposes, answers, and is back in the text."""
        dialog = self.page.locator("dialog.chooser")
        dialog.wait_for()
        self.until(
            """document.querySelector("dialog.chooser input").value !== ""
            || document.querySelector("dialog.chooser [role=option]") !== null"""
        )
        self.press(*(keys or ["Enter"]))
        dialog.wait_for(state="detached")

    def rows(self):
        return self.page.locator("#quotes-group .inline-related:not(.empty-form)")

    def save(self, button="_continue"):
        with self.page.expect_navigation():
            self.page.locator(f".submit-row [name={button}]").click()

    def said(self):
        return self.page.locator(".surface-status").inner_text()


class Reader:
    """A reader's browser: no page may complain, set a cookie, ask another host for
    anything, or be wider than the window."""

    def __init__(self, browser, server, *, width, **context):
        self.server = server
        self.context = browser.new_context(
            base_url=server.url, viewport={"width": width, "height": 900}, **context
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.complaints = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._listen)
        self.page.on("request", self._note_request)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.page.goto("about:blank")
        cookies = self.context.cookies()
        self.context.close()
        if error[0] is None:
            assert self.complaints == []
            assert cookies == []

    def _listen(self, message):
        if "404 (Not Found)" not in message.text:  # of a page that is asked for
            self.complaints.append(message.text)

    def _note_request(self, request):
        if not request.url.startswith((self.server.url, "about:")):
            self.complaints.append(f"Another host: {request.url}")

    def open(self, address):
        self.page.goto(address)
        self.looks_right()

    def follow(self, name):
        """The first link of that name."""
        self.page.get_by_role("link", name=name, exact=True).first.click()
        self.page.wait_for_load_state()
        self.looks_right()

    def looks_right(self):
        wide = "document.documentElement.scrollWidth - innerWidth"
        if (over := self.page.evaluate(wide)) > 0:
            self.complaints.append(f"{self.page.url} is {over} px too wide")
