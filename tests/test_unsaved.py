"""What is typed and not saved, in a real browser: after a crash, without a connection,
and when the session has ended."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from articles.models import Article, Revision
from articles.publishing import settle
from tests.browsing import Desk
from tests.conftest import make_user
from tests.factories import (
    make_article,
    make_organisation,
    make_person,
    make_photo,
    make_quote,
)
from tests.test_drafts import save
from tests.test_writing_surface import problems_found

pytestmark = [pytest.mark.django_db(transaction=True, serialized_rollback=True)]

ADD = "/admin/articles/article/add/"
KEPT = """Object.entries(localStorage)
  .filter(([key]) => key.startsWith("newsroom:unsaved:"))"""


@pytest.fixture
def open_desk(chromium, live_server):
    desks = []

    def open_one(user, **context):
        desks.append(Desk(chromium, live_server, user, **context))
        return desks[-1]

    yield open_one
    for desk in desks:
        desk.page.goto("about:blank")
        desk.context.close()


@pytest.fixture
def editor(transactional_db):
    return make_user("editor", "Editor")


@pytest.fixture
def desk(open_desk, editor):
    return open_desk(editor)


@pytest.fixture
def story(transactional_db):
    body = "<p>Drivers are few.</p><p>“We have counted them,” she said.</p>"
    return make_article(
        headline="Drivers", body=body, status="draft", published_at=None
    )


def change(story):
    return f"/admin/articles/article/{story.pk}/change/"


def wait_for_copy(desk, words):
    desk.until(f"JSON.stringify({KEPT}).includes({words!r})")


def crash(desk):
    """The page is gone, without a word to it."""
    page = desk.context.new_page()
    page.set_default_timeout(15_000)
    desk.page.close(run_before_unload=False)
    desk.page = page
    page.on("dialog", desk._note_dialog)


def banner(desk):
    return desk.page.locator("section.unsaved")


def put_back(desk):
    with desk.page.expect_navigation():
        banner(desk).get_by_role("button", name="Put it back").click()
    desk.page.wait_for_selector(".prose-menubar")


def sign_out_on_the_server():
    Session.objects.all().delete()


def sign_in(desk, name="editor", password="for a test"):
    dialog = desk.page.locator("dialog.signing-in")
    dialog.get_by_label("User name").fill(name)
    dialog.get_by_label("Password").fill(password)
    dialog.get_by_role("button", name="Sign in", exact=True).click()


# After a crash


def test_what_a_crash_took_is_offered_put_back_and_saved(desk, story):
    ann = make_person(name="Ann Doe")
    desk.open(change(story))
    desk.page.fill("[name=headline]", "Drivers are few")
    desk.page.locator(".ProseMirror").focus()
    desk.caret_in("Drivers are few")
    desk.type("Ten of them. ")
    desk.caret_in("We have counted")
    desk.press("Alt+q")
    desk.page.locator("dialog.chooser input").first.fill("Ann Doe")
    desk.page.locator("[role=option]", has_text="Ann Doe").first.wait_for()
    desk.press("Enter")
    desk.until("document.querySelector('.chooser [role=option]') === null")
    desk.answer("Enter")
    desk.page.locator("#quotes-group .add-row a").click()
    desk.page.fill("[name=quotes-1-words]", "are few")
    desk.page.evaluate(
        "for (const part of document.querySelectorAll('#quotes-1 details')) "
        "part.open = true"
    )
    desk.page.fill("[name=quotes-1-unnamed_source]", "a driver")
    typed = desk.body()
    wait_for_copy(desk, "a driver")
    crash(desk)

    desk.open(change(story))
    banner(desk).wait_for()
    said = banner(desk).inner_text()
    assert "that was not saved" in said
    assert "Headline, Body, Quotes" in said
    assert desk.page.input_value("[name=headline]") == "Drivers"
    put_back(desk)
    assert not banner(desk).is_visible()
    assert desk.page.input_value("[name=headline]") == "Drivers are few"
    assert desk.body() == typed
    assert desk.page.get_by_text("not saved yet").is_visible()
    assert desk.rows().count() == 2
    assert not Revision.objects.filter(number=2).exists()
    desk.save()

    story.refresh_from_db()
    assert story.headline == "Drivers are few"
    assert "Ten of them. " in story.body
    assert {(q.words, q.speaker, q.unnamed_source) for q in story.quotes.all()} == {
        ("We have counted them", ann, ""),
        ("are few", None, "a driver"),
    }
    assert desk.page.evaluate(KEPT) == []
    desk.open(change(story))
    assert not banner(desk).is_visible()


def test_a_new_story_is_offered_back_and_a_copy_that_is_thrown_away_is_gone(desk):
    desk.open(ADD)
    desk.page.fill("[name=headline]", "From the square")
    wait_for_copy(desk, "From the square")
    crash(desk)
    desk.open(ADD)
    banner(desk).get_by_role("button", name="Throw it away").click()
    banner(desk).wait_for(state="hidden")
    assert desk.page.evaluate(KEPT) == []
    desk.page.fill("[name=headline]", "From the harbour")
    wait_for_copy(desk, "harbour")
    crash(desk)
    desk.open(ADD)
    put_back(desk)
    desk.save()
    assert Article.objects.get().headline == "From the harbour"
    assert desk.page.evaluate(KEPT) == []


def test_what_others_saved_since_is_merged_and_never_overwritten(desk, story, reporter):
    desk.open(change(story))
    desk.page.fill("[name=headline]", "Mine")
    wait_for_copy(desk, "Mine")
    crash(desk)
    story.standfirst = "Theirs."
    story.save()
    settle(story, by=reporter)
    desk.open(change(story))
    assert "Somebody has saved the story since" in banner(desk).inner_text()
    put_back(desk)
    assert desk.page.input_value("[name=standfirst]") == ""
    desk.save()
    story.refresh_from_db()
    assert (story.headline, story.standfirst) == ("Mine", "Theirs.")


def test_what_was_typed_before_putting_back_is_offered_in_its_turn(desk, story):
    desk.open(change(story))
    desk.page.fill("[name=headline]", "First")
    wait_for_copy(desk, "First")
    crash(desk)
    desk.open(change(story))
    banner(desk).wait_for()
    desk.page.fill("[name=standfirst]", "Second")
    put_back(desk)
    assert desk.page.input_value("[name=headline]") == "First"
    assert "Standfirst" in banner(desk).inner_text()


def test_a_copy_survives_a_form_that_was_refused_and_no_tab_takes_anothers(desk, story):
    desk.open(change(story))
    desk.page.fill("[name=standfirst]", "Typed with care")
    desk.page.fill("[name=headline]", "")
    desk.save()
    assert desk.page.locator(".errornote").is_visible()
    wait_for_copy(desk, "Typed with care")
    first, desk.page = desk.page, desk.context.new_page()
    desk.open(change(story))
    desk.page.wait_for_timeout(300)
    assert not banner(desk).is_visible()
    first.close()
    desk.open(change(story))
    banner(desk).wait_for()


def test_nothing_secret_is_kept_and_after_a_week_nothing_at_all(desk, story):
    desk.open(change(story))
    desk.page.fill("[name=headline]", "Mine")
    wait_for_copy(desk, "Mine")
    [[key, copy]] = desk.page.evaluate(KEPT)
    token = desk.page.input_value("#article_form [name=csrfmiddlewaretoken]")
    cookies = {cookie["value"] for cookie in desk.context.cookies()}
    assert all(secret not in key + copy for secret in {token, *cookies})
    assert "csrf" not in copy
    crash(desk)
    week = 7 * 24 * 60 * 60 * 1000 + 1000
    desk.open("/admin/")
    desk.page.evaluate(
        """([key, week]) => {
          const copy = JSON.parse(localStorage.getItem(key));
          copy.at -= week;
          localStorage.setItem(key, JSON.stringify(copy));
        }""",
        [key, week],
    )
    desk.open(change(story))
    desk.until(f"{KEPT}.length === 0")
    assert not banner(desk).is_visible()


def test_where_the_browser_keeps_nothing_the_form_works(desk, story):
    desk.context.add_init_script(
        """Storage.prototype.setItem = (key) => {
          if (key.startsWith("newsroom")) throw new DOMException("full");
        };"""
    )
    desk.open(change(story))
    desk.page.fill("[name=headline]", "Mine")
    desk.save()
    story.refresh_from_db()
    assert story.headline == "Mine"
    assert desk.complaints == []


def test_a_page_with_unsaved_text_is_not_left_without_a_question(desk, story):
    asked = []
    desk.page.on("dialog", lambda dialog: asked.append(dialog.type))
    desk.open(change(story))
    desk.open("/admin/")
    assert asked == []
    desk.open(change(story))
    desk.page.locator("[name=headline]").press_sequentially("x")
    desk.open("/admin/")
    assert asked == ["beforeunload"]


# Whose copies they are


def test_somebody_else_at_the_same_machine_is_not_offered_my_text(
    desk, story, reporter, live_server
):
    desk.open(change(story))
    desk.page.fill("[name=headline]", "Mine")
    wait_for_copy(desk, "Mine")
    crash(desk)
    sign_as(desk, reporter, live_server)
    desk.open(change(story))
    desk.page.wait_for_timeout(300)
    assert not banner(desk).is_visible()
    assert "Mine" not in desk.page.content()


def sign_as(desk, user, server):
    client = Client()
    client.force_login(user)
    value = client.cookies["sessionid"].value
    desk.context.add_cookies([{"name": "sessionid", "value": value, "url": server.url}])


def test_signing_out_asks_and_takes_the_copies_along(desk, story):
    desk.open(change(story))
    desk.page.fill("[name=headline]", "Mine")
    wait_for_copy(desk, "Mine")
    crash(desk)
    desk.open("/admin/")
    with desk.page.expect_navigation():
        desk.page.locator("#logout-form button").click()
    [complaint] = desk.complaints
    assert "text of yours that was not saved" in complaint
    assert desk.page.evaluate(KEPT) == []


# The session has ended


def test_a_session_that_ended_is_mended_beside_the_form_and_the_save_goes_on(
    desk, story
):
    desk.open(change(story))
    desk.page.fill("[name=headline]", "Mine")
    sign_out_on_the_server()
    desk.page.locator(".submit-row [name=_save]").click()
    dialog = desk.page.locator("dialog.signing-in")
    dialog.wait_for()
    assert "nothing of it is lost" in dialog.inner_text()
    sign_in(desk, password="not this")
    dialog.locator("[role=alert]", has_text="not accepted").wait_for()
    with desk.page.expect_navigation(url="**/admin/articles/article/"):
        sign_in(desk)
    story.refresh_from_db()
    assert story.headline == "Mine"
    assert desk.page.evaluate(KEPT) == []


def test_another_account_is_told_so_and_the_text_stays(desk, story, reporter):
    desk.open(change(story))
    desk.page.fill("[name=headline]", "Mine")
    sign_out_on_the_server()
    desk.page.locator(".submit-row [name=_continue]").click()
    sign_in(desk, name="reporter")
    dialog = desk.page.locator("dialog.signing-in")
    dialog.get_by_text("signed in as reporter now").wait_for()
    dialog.get_by_role("button", name="Back to the text").click()
    assert desk.page.input_value("[name=headline]") == "Mine"
    story.refresh_from_db()
    assert story.headline == "Drivers"
    desk.page.locator(".submit-row [name=_continue]").click()
    dialog.get_by_text("signed in as reporter now").wait_for()
    with desk.page.expect_navigation():
        sign_in(desk)
    story.refresh_from_db()
    assert story.headline == "Mine"


def test_signing_in_in_another_window_mends_it_too(desk, story, editor, live_server):
    desk.open(change(story))
    desk.page.fill("[name=headline]", "Mine")
    sign_out_on_the_server()
    desk.page.locator(".submit-row [name=_continue]").click()
    dialog = desk.page.locator("dialog.signing-in")
    with desk.context.expect_page() as opened:
        dialog.get_by_role("link", name="another window").click()
    window = opened.value
    window.fill("[name=username]", "editor")
    window.fill("[name=password]", "for a test")
    window.get_by_role("button", name="Log in").click()
    window.wait_for_selector("#logout-form")
    with desk.page.expect_navigation():
        dialog.get_by_role("button", name="Try again").click()
    story.refresh_from_db()
    assert story.headline == "Mine"


def test_without_a_connection_the_text_stays_and_is_saved_once_it_is_back(desk, story):
    desk.open(change(story))
    desk.page.fill("[name=headline]", "Mine")
    desk.context.set_offline(True)
    desk.page.locator(".submit-row [name=_continue]").click()
    dialog = desk.page.locator("dialog.signing-in")
    dialog.get_by_text("The desk does not answer").wait_for()
    dialog.get_by_role("button", name="Try again").click()
    desk.page.wait_for_timeout(200)
    assert dialog.is_visible()
    wait_for_copy(desk, "Mine")
    desk.context.set_offline(False)
    with desk.page.expect_navigation():
        dialog.get_by_role("button", name="Try again").click()
    story.refresh_from_db()
    assert story.headline == "Mine"


def test_a_correction_survives_a_session_that_ended(desk):
    story = make_article()
    desk.open(f"/admin/articles/article/{story.pk}/correct/")
    desk.page.fill("[name=text]", "Two careful sentences. All of it.")
    sign_out_on_the_server()
    desk.page.locator(".submit-row input").click()
    with desk.page.expect_navigation(url=f"**{change(story)}"):
        sign_in(desk)
    assert story.corrections.get().text == "Two careful sentences. All of it."
    assert desk.complaints == []


def test_a_correction_survives_a_session_that_ends_in_mid_send(desk):
    """The desk was asked, and forgot before the form came."""
    story = make_article()
    desk.open(f"/admin/articles/article/{story.pk}/correct/")
    desk.page.fill("[name=text]", "Two careful sentences. All of it.")

    def answer_then_forget(route):
        answer = route.fetch()
        sign_out_on_the_server()
        route.fulfill(response=answer)

    desk.page.route("**/signed-in/", answer_then_forget)
    desk.page.locator(".submit-row input").click()
    desk.page.wait_for_selector("#login-form")
    desk.page.unroute("**/signed-in/")
    desk.page.fill("[name=username]", "editor")
    desk.page.fill("[name=password]", "for a test")
    desk.page.get_by_role("button", name="Log in").click()
    written = desk.page.locator("[name=text]")
    written.wait_for()
    assert written.input_value() == "Two careful sentences. All of it."
    assert "nothing was sent" in desk.page.locator(".messagelist").inner_text()
    with desk.page.expect_navigation(url=f"**{change(story)}"):
        desk.page.locator(".submit-row input").click()
    assert story.corrections.get().text == "Two careful sentences. All of it."


def test_the_times_of_a_story_survive_a_session_that_ended(desk, story):
    desk.open(f"/admin/articles/article/{story.pk}/times/")
    form = desk.page.locator("form.time-form", has_text="Embargoed until")
    form.locator("[type=date]").fill("2999-01-01")
    form.locator("[type=time]").fill("06:00")
    form.locator("textarea").fill("Agreed with the ministry")
    form.get_by_role("button", name="Embargo until 06:00").wait_for()
    sign_out_on_the_server()
    form.locator("button").click()
    with desk.page.expect_navigation():
        sign_in(desk)
    story.refresh_from_db()
    assert story.embargo_reason == "Agreed with the ministry"
    assert desk.complaints == []


@pytest.mark.parametrize("make", [make_person, make_organisation, make_photo])
def test_the_form_of_a_record_survives_a_session_that_ended(desk, make):
    record = make()
    kind = record._meta.model_name
    name = {"person": "biography", "organisation": "background"}.get(kind, "caption")
    desk.open(f"/admin/articles/{kind}/{record.pk}/change/")
    desk.page.fill(f"[name={name}]", "Long work")
    sign_out_on_the_server()
    desk.page.locator(".submit-row [name=_save]").click()
    with desk.page.expect_navigation(url=f"**/admin/articles/{kind}/"):
        sign_in(desk)
    record.refresh_from_db()
    assert getattr(record, name) == "Long work"
    assert desk.complaints == []


def test_a_session_that_ends_in_mid_send_leaves_the_text_to_be_put_back(desk, story):
    """The desk was asked, and forgot before the form came."""
    desk.open(change(story))
    desk.page.fill("[name=headline]", "Mine")

    def forget_then_answer(route):
        answer = route.fetch()
        sign_out_on_the_server()
        route.fulfill(response=answer)

    desk.page.route("**/signed-in/", forget_then_answer)
    desk.page.locator(".submit-row [name=_continue]").click()
    desk.page.wait_for_selector("#login-form")
    assert "text is still in this browser" in desk.page.locator("#content").inner_text()
    desk.page.unroute("**/signed-in/")
    desk.page.fill("[name=username]", "editor")
    desk.page.fill("[name=password]", "for a test")
    desk.page.get_by_role("button", name="Log in").click()
    put_back(desk)
    desk.save()
    story.refresh_from_db()
    assert story.headline == "Mine"


def test_without_scripts_going_back_after_signing_in_finds_the_text(
    open_desk, editor, story
):
    desk = open_desk(editor, java_script_enabled=False)
    desk.page.goto(change(story))
    desk.page.fill("[name=headline]", "Mine")
    sign_out_on_the_server()
    desk.page.locator(".submit-row [name=_continue]").click()
    desk.page.fill("[name=username]", "editor")
    desk.page.fill("[name=password]", "for a test")
    desk.page.get_by_role("button", name="Log in").click()
    desk.page.wait_for_selector("#article_form")
    for _ in range(2):
        if desk.page.locator("[name=headline]").count() == 0 or (
            desk.page.input_value("[name=headline]") != "Mine"
        ):
            desk.page.go_back()
    assert desk.page.input_value("[name=headline]") == "Mine"
    desk.page.locator(".submit-row [name=_continue]").click()
    desk.page.wait_for_selector("#article_form")
    story.refresh_from_db()
    assert story.headline == "Mine"


# Two at one story


def test_two_editors_see_each_other_and_what_the_other_saved(
    open_desk, editor, reporter, story
):
    reporter.first_name, reporter.last_name = "<script>alert(1)", "Petrova</script>"
    reporter.save()
    anna = open_desk(reporter, reports=True)
    anna.open(change(story))
    desk = open_desk(editor, reports=True)
    desk.open(change(story))
    name = "<script>alert(1) Petrova</script>"
    shown = desk.page.locator(".presence")
    shown.get_by_text(f"{name} has had this story open since").wait_for()
    anna.page.fill("[name=standfirst]", "Theirs.")
    anna.save()
    desk.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    shown.get_by_text(f"{name} saved revision 2").wait_for()
    anna.page.goto("about:blank")
    for _ in range(100):
        desk.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        desk.page.wait_for_timeout(100)
        if "has had" not in shown.inner_text():
            break
    assert "has had" not in shown.inner_text()
    assert desk.complaints == []


def test_who_was_signed_out_meanwhile_is_told_quietly(open_desk, editor, story):
    desk = open_desk(editor, reports=True)
    desk.open(change(story))
    sign_out_on_the_server()
    desk.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    desk.page.get_by_text("What you write is kept in this browser").wait_for()
    desk.page.get_by_role("button", name="Sign in and go on").click()
    sign_in(desk)
    desk.page.locator(".signed-out p").wait_for(state="detached")
    desk.page.fill("[name=headline]", "Mine")
    desk.save()
    story.refresh_from_db()
    assert story.headline == "Mine"


# For everybody


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_in_banner_and_dialog(
    open_desk, editor, reporter, story, width, scheme
):
    from axe_playwright_python.sync_playwright import Axe

    make_quote(story)
    desk = open_desk(
        editor, viewport={"width": width, "height": 900}, color_scheme=scheme
    )
    desk.open(change(story))
    desk.page.fill("[name=headline]", "Mine")
    wait_for_copy(desk, "Mine")
    crash(desk)
    desk.open(change(story))
    banner(desk).wait_for()
    overflow = "document.documentElement.scrollWidth - innerWidth"
    assert problems_found(Axe(), desk.page) == []
    assert desk.page.evaluate(overflow) <= 0
    sign_out_on_the_server()
    desk.page.locator(".submit-row [name=_continue]").click()
    desk.page.locator("dialog.signing-in").wait_for()
    assert problems_found(Axe(), desk.page) == []
    assert desk.page.evaluate(overflow) <= 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_where_changes_are_pending_and_where_two_texts_are_merged(
    open_desk, editor, reporter, width, scheme
):
    from axe_playwright_python.sync_playwright import Axe

    story = make_article(headline="Readers’")
    base = save(story, by=editor, headline="Pending", base=1).revision.number
    save(story, by=editor, headline="Theirs", base=base)
    aside = save(story, by=reporter, headline="Mine", base=base).revision
    desk = open_desk(
        editor, viewport={"width": width, "height": 900}, color_scheme=scheme
    )
    for address, says in (
        (change(story), "Choose what the story says"),
        (f"/admin/articles/article/{story.pk}/merge/{aside.number}/", "Theirs"),
    ):
        desk.open(address)
        assert says in desk.page.content()
        assert problems_found(Axe(), desk.page) == []
