"""Now, at a time, until a time, and not before one."""

import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from articles import drafts, embargoes, live_changes, publishing
from articles.correcting import correct_quote
from articles.models import Article, Draft, Presence, Publication, Quote, Revision
from articles.publishing import Refused, settle
from articles.times import in_words
from tests.factories import make_article, make_quote, make_section
from tests.test_admin import act, change_page, form_data, messages
from tests.test_drafts import save
from tests.test_pages import OF_THE_SITE

pytestmark = pytest.mark.django_db

DRAFT = {"status": "draft", "published_at": None}
ADD = "/admin/articles/article/add/"


def later(hours=1):
    return timezone.now() + timedelta(hours=hours)


def times_page(article):
    return f"/admin/articles/article/{article.pk}/times/"


def chosen(do, said=None, **fields):
    """What a browser sends of one form of the page; a time is given as "day hour"."""
    data = {"do": do}
    for name, value in fields.items():
        if isinstance(value, datetime):
            local = timezone.localtime(value)
            value = f"{local:%Y-%m-%d} {local:%H:%M:%S.%f}"
        if name in ("at", "until"):
            day, _, clock = value.partition(" ")
            data |= {f"{do}-{name}_0": day, f"{do}-{name}_1": clock}
        else:
            data[name if name == "_revision" else f"{do}-{name}"] = value
    return data | ({f"{do}-said": said} if said is not None else {})


def button_of(page, do):
    form = page.content.decode().split(f'name="do" value="{do}"')[1]
    button = re.search(r"<button[^>]*>(.*?)</button>", form, re.S)[1]
    said = re.search(rf'name="{do}-said" value="(.*?)"', form)[1]
    return button, said


def send(client, article, do, **fields):
    """Chooses, and presses the button of the next page that says it."""
    page = client.post(times_page(article), chosen(do, **fields), follow=True)
    if do in page.context["forms"] and not page.context["forms"][do].errors:
        said = button_of(page, do)[1]
        page = client.post(times_page(article), chosen(do, said, **fields), follow=True)
    article.refresh_from_db()
    return page


def public(article, at=None):
    return Article.objects.published(at).filter(pk=article.pk).exists()


# The embargo


def test_an_embargo_keeps_its_reason_and_holds_whoever_publishes(editor):
    story = make_article(**DRAFT)
    until = later(5)
    embargoes.set_embargo(
        story, until=until, reason="Not  before she speaks", by=editor
    )
    assert story.embargo_reason == "Not before she speaks"
    assert story.state() == f"Draft, embargoed until {in_words(until)}"
    assert "Not before she speaks" in LogEntry.objects.get().get_change_message()
    with pytest.raises(Refused, match="under embargo until .* UTC on .*schedule it"):
        publishing.publish(story, by=editor)
    with pytest.raises(Refused, match="The embargo lifts at .* UTC on"):
        publishing.schedule(story, at=later(4), by=editor)
    publishing.schedule(story, at=until, by=editor)
    assert not public(story, until - timedelta(seconds=1))
    assert public(story, until)


@pytest.mark.parametrize("reason", ["", "  "])
def test_an_embargo_and_its_breach_need_a_reason(reason):
    story = make_article(**DRAFT)
    with pytest.raises(Refused, match="Say what the embargo is for"):
        embargoes.set_embargo(story, until=later(), reason=reason, by=None)
    embargoes.set_embargo(story, until=later(), reason="Why", by=None)
    with pytest.raises(Refused, match="Give the reason for breaking"):
        embargoes.break_embargo(story, reason=reason, by=None)
    with pytest.raises(Refused, match="in 300 characters"):
        embargoes.set_embargo(story, until=later(2), reason="x" * 301, by=None)


def test_a_reporter_sets_an_embargo_on_a_draft_and_does_not_break_it(reporter):
    story = make_article(**DRAFT)
    embargoes.set_embargo(story, until=later(5), reason="Theirs", by=reporter)
    embargoes.set_embargo(story, until=later(6), reason="Theirs", by=reporter)
    with pytest.raises(Refused, match="to break it"):
        embargoes.set_embargo(story, until=later(4), reason="Theirs", by=reporter)
    with pytest.raises(PermissionDenied):
        embargoes.break_embargo(story, reason="I want to", by=reporter)
    story.refresh_from_db()
    assert story.is_embargoed(later(5))


@pytest.mark.parametrize("fields", [{}, {"published_at": later(2)}])
def test_a_reporter_sets_no_time_of_a_live_story(reporter, fields):
    story = make_article(**fields)
    with pytest.raises(PermissionDenied):
        embargoes.set_embargo(story, until=later(3), reason="Theirs", by=reporter)
    with pytest.raises(PermissionDenied):
        embargoes.set_expiry(story, at=later(3), by=reporter)


@pytest.mark.parametrize(
    "fields",
    [{}, {"expires_at": timezone.now() - timedelta(hours=1)}],
    ids=["live", "expired"],
)
def test_it_is_too_late_for_an_embargo_once_readers_have_had_the_story(fields):
    story = make_article(**fields)
    with pytest.raises(Refused, match="too late for an embargo. Take it back"):
        embargoes.set_embargo(story, until=later(), reason="Late", by=None)
    publishing.unpublish(story, by=None)
    if not fields:
        embargoes.set_embargo(story, until=later(), reason="Late", by=None)


def test_an_embargo_that_comes_late_moves_the_time_of_a_scheduled_story(editor):
    story = make_article(**DRAFT)
    publishing.schedule(story, at=later(1), by=editor)
    until = later(3)
    embargoes.set_embargo(story, until=until, reason="New terms", by=editor)
    assert story.published_at == until
    assert not public(story, later(2))
    assert public(story, until)


def test_breaking_an_embargo_stands_in_the_log_and_publishes_nothing(editor):
    story = make_article(**DRAFT)
    embargoes.set_embargo(story, until=later(5), reason="Theirs", by=None)
    embargoes.break_embargo(story, reason="A rival has it", by=editor)
    entry = LogEntry.objects.order_by("pk").last()
    assert entry.user == editor
    assert "Broke the embargo until" in entry.get_change_message()
    assert "A rival has it" in entry.get_change_message()
    assert (story.embargoed_until, story.embargo_reason) == (None, "")
    assert not public(story, later(99))
    publishing.publish(story, by=editor)
    with pytest.raises(Refused, match="none to break"):
        embargoes.break_embargo(story, reason="Again", by=editor)


def test_an_embargo_is_brought_forward_with_a_reason(editor):
    story = make_article(**DRAFT)
    embargoes.set_embargo(story, until=later(5), reason="Theirs", by=None)
    for until in (later(6), later(-1)):
        with pytest.raises(Refused, match="Choose a time between now and"):
            embargoes.break_embargo(story, until=until, reason="Agreed", by=editor)
    embargoes.break_embargo(story, until=later(2), reason="Agreed", by=editor)
    assert story.is_embargoed(later(1))
    assert not story.is_embargoed(later(3))


def test_what_only_the_embargo_held_goes_out_when_it_is_broken_and_says_that_time():
    story = make_article(embargoed_until=later(5))
    assert not public(story)
    before = timezone.now()
    embargoes.break_embargo(story, reason="Agreed", by=None)
    assert public(story)
    assert before <= story.published_at == story.first_published_at


@pytest.mark.parametrize("status", ["killed", "spiked"])
def test_a_story_that_is_given_up_has_no_times_to_set(status):
    story = make_article(status=status)
    for act_on in (
        lambda: embargoes.set_embargo(story, until=later(), reason="x", by=None),
        lambda: embargoes.break_embargo(story, reason="x", by=None),
        lambda: embargoes.set_expiry(story, at=later(), by=None),
    ):
        with pytest.raises(Refused, match=status):
            act_on()


def test_a_verb_that_sets_a_time_is_refused_from_a_page_that_is_out_of_date():
    story = make_article(**DRAFT)
    seen = Revision.objects.newest_number(story)
    story.headline = "Changed since"
    story.save()
    settle(story)
    for act_on in (
        lambda: embargoes.set_embargo(
            story, until=later(), reason="x", by=None, revision=seen
        ),
        lambda: embargoes.set_expiry(story, at=later(), by=None, revision=seen),
    ):
        with pytest.raises(Refused, match="since you opened the page"):
            act_on()


# Until a time


def test_a_story_has_readers_until_its_end(editor):
    story = make_article()
    end = later(2)
    embargoes.set_expiry(story, at=end, by=editor)
    assert story.state().endswith(f", until {in_words(end)}")
    assert public(story, end - timedelta(seconds=1))
    assert not public(story, end)
    embargoes.set_expiry(story, at=None, by=editor)
    assert public(story, end)
    with pytest.raises(Refused, match="No end is set"):
        embargoes.set_expiry(story, at=None, by=editor)


def test_readers_of_an_expired_story_are_told_that_it_is_gone(client):
    story = make_article()
    address = story.get_absolute_url()
    assert client.get(address).status_code == 200
    Article.objects.update(expires_at=timezone.now())
    assert client.get(address).status_code == 410


@pytest.mark.parametrize("fields", [DRAFT, {"published_at": later(9)}, {}])
def test_an_end_that_has_passed_or_stands_before_the_beginning_is_refused(fields):
    story = make_article(**fields)
    with pytest.raises(Refused, match="has passed"):
        embargoes.set_expiry(story, at=later(-1), by=None)
    if story.published_at and story.published_at > timezone.now():
        with pytest.raises(Refused, match="Readers have the story from"):
            embargoes.set_expiry(story, at=later(8), by=None)
    embargo = make_article(**DRAFT, embargoed_until=later(5))
    with pytest.raises(Refused, match="Readers have the story from"):
        embargoes.set_expiry(embargo, at=later(4), by=None)


def test_an_embargo_after_the_end_is_refused():
    story = make_article(**DRAFT, expires_at=later(3))
    with pytest.raises(Refused, match="The story expires at"):
        embargoes.set_embargo(story, until=later(3), reason="x", by=None)


def test_a_story_is_published_until_a_time_in_one_step():
    story = make_article(**DRAFT)
    with pytest.raises(Refused, match="expires at"):
        publishing.publish(story, until=later(-1), by=None)
    publishing.publish(story, until=later(2), by=None)
    assert public(story)
    assert not public(story, later(2))
    other = make_article(**DRAFT, expires_at=later(1))
    publishing.schedule(other, at=later(2), until=None, by=None)
    assert public(other, later(99))


# The page


def test_the_button_says_what_will_happen_and_then_it_happens(desk, settings):
    settings.TIME_ZONE = "Europe/Moscow"
    story = make_article(**DRAFT)
    page = desk.get(times_page(story))
    assert button_of(page, "publish")[0] == "Publish now"
    choice = {"at": "2999-03-14 06:00"}
    page = desk.post(times_page(story), chosen("publish", "- -", **choice))
    story.refresh_from_db()
    assert story.status == "draft"
    button, said = button_of(page, "publish")
    assert button == "Schedule for 06:00 MSK on 14 Mar 2999"
    page = desk.post(times_page(story), chosen("publish", said, **choice), follow=True)
    assert messages(page) == ["Scheduled for 06:00 MSK on 14 Mar 2999"]
    story.refresh_from_db()
    assert story.published_at == datetime(2999, 3, 14, 3, 0, tzinfo=UTC)


def test_publish_now_takes_one_press(desk):
    story = make_article(**DRAFT)
    said = button_of(desk.get(times_page(story)), "publish")[1]
    data = chosen("publish", said, at="", until="")
    desk.post(times_page(story), data)
    assert public(story)


def test_what_a_button_says_is_told_while_the_time_is_chosen(desk, settings):
    settings.TIME_ZONE = "Europe/Moscow"
    story = make_article(**DRAFT)
    year = timezone.localdate().year
    choice = chosen("publish", at=f"{year}-12-31 23:59", until="2999-01-01 00:00")
    said = desk.get(f"{times_page(story)}says/", choice).json()
    assert said["button"] == (
        "Schedule for 23:59 MSK on 31 December, until 00:00 MSK on 1 Jan 2999"
    )
    desk.post(times_page(story), {**choice, "publish-said": said["key"]})
    story.refresh_from_db()
    assert story.status == "published"


@pytest.mark.parametrize(
    ("clock", "sentence"),
    [
        ("2998-03-25 02:30", "There is no 02:30 on 25 Mar 2998: the clocks go forward"),
        ("2998-10-28 02:30", "02:30 comes twice on 28 Oct 2998, in CEST and once more"),
    ],
)
def test_a_time_that_the_clocks_do_not_show_once_is_refused(
    desk, settings, clock, sentence
):
    settings.TIME_ZONE = "Europe/Berlin"
    story = make_article(**DRAFT)
    choice = chosen("publish", "anything", at=clock, until="")
    page = desk.post(times_page(story), choice).content.decode()
    assert sentence in page
    said = desk.get(f"{times_page(story)}says/", choice).json()
    assert sentence in said["problem"]
    page = act(
        desk,
        "schedule",
        story,
        confirmed="yes",
        at_0=clock.split()[0],
        at_1=clock.split()[1],
    )
    assert sentence in page.content.decode()
    assert Article.objects.get().status == "draft"


@pytest.mark.parametrize("year", ["0001", "9999", "1899", "3000"])
def test_times_beyond_the_calendar_are_refused_with_a_sentence(desk, settings, year):
    settings.TIME_ZONE = "America/New_York"
    story = make_article(**DRAFT)
    clock = f"{year}-12-31 23:59:59"
    for do in ("publish", "embargo"):
        page = desk.post(
            times_page(story), chosen(do, "x", at=clock, until=clock, reason="x")
        )
        assert page.status_code == 200
        assert "between the years 1900 and 2999" in page.content.decode()
    asked = {"at_0": f"{year}-12-31", "at_1": "23:59"}
    assert act(desk, "schedule", story, confirmed="yes", **asked).status_code == 200
    assert Article.objects.get().status == "draft"


@pytest.mark.parametrize("do", ["publish", "embargo"])
def test_a_time_that_has_passed_is_refused_with_a_sentence(desk, do):
    story = make_article(**DRAFT)
    page = send(desk, story, do, at="2020-01-01 10:00", until="2020-01-01 10:00")
    page = send(
        desk,
        story,
        do,
        **({"at": "2020-01-01 10:00"} if do == "publish" else {}),
        **({"until": "2020-01-01 10:00", "reason": "x"} if do == "embargo" else {}),
    )
    assert "10:00 UTC on 1 Jan 2020 has passed" in page.content.decode()


def test_the_desk_sets_moves_and_breaks_an_embargo_on_one_page(desk, reporter):
    story = make_article(**DRAFT)
    until = later(5).replace(microsecond=0)
    send(desk, story, "embargo", until=until, reason="Theirs")
    assert story.embargoed_until == until
    page = desk.get(times_page(story))
    assert button_of(page, "publish")[0] == f"Schedule for {in_words(until)}"
    page = send(desk, story, "embargo", until=later(4), reason="Theirs")
    assert "which needs the permission" in page.content.decode()
    other = Client()
    other.force_login(reporter)
    page = other.get(times_page(story)).content.decode()
    assert "You may not break an embargo" in page
    assert 'value="break"' not in page
    page = send(other, story, "break", until="", reason="I want to")
    assert "or you may not" in messages(page)[0]
    send(desk, story, "break", until="", reason="Agreed with the ministry")
    assert story.embargoed_until is None


def test_a_form_of_the_page_is_refused_when_somebody_saved_meanwhile(desk):
    story = make_article(**DRAFT)
    page = desk.get(times_page(story))
    seen, said = page.context["revision_number"], button_of(page, "publish")[1]
    story.headline = "Changed since"
    story.save()
    settle(story)
    data = chosen("publish", said, at="", until="", _revision=seen)
    page = desk.post(times_page(story), data)
    assert "since you opened the page" in page.content.decode()
    assert not public(story)
    data["_revision"] = page.context["revision_number"]
    desk.post(times_page(story), data)
    assert public(story)


def test_a_verb_of_the_list_is_refused_when_somebody_saved_meanwhile(desk):
    story = make_article()
    page = act(desk, "kill", story).content.decode()
    seen = re.search(rf'name="revision-{story.pk}" value="(\d+)"', page)[1]
    story.headline = "Changed since"
    story.save()
    settle(story)
    asked = {"confirmed": "yes", "reason": "Libel", f"revision-{story.pk}": seen}
    said = messages(act(desk, "kill", story, **asked))
    assert "since you opened the page" in said[0]
    assert public(story)


def hidden_fields(page):
    """Those that say what the page showed of its story."""
    html = page.content.decode()
    return dict(re.findall(r'name="((?:revision|state)-\d+)" value="(\w+)"', html))


MOVED = "set its state or its times since you opened the page. It is now: "


@pytest.mark.parametrize("action", ["publish", "spike", "unpublish", "pin"])
def test_a_row_of_the_list_is_refused_when_somebody_set_a_time_meanwhile(desk, action):
    story = make_article(**DRAFT)
    seen = hidden_fields(desk.get("/admin/articles/article/"))
    at = later(24)
    publishing.schedule(story, at=at, by=None)
    said = messages(act(desk, action, story, **seen))
    assert f"{MOVED}Scheduled for {in_words(at)}" in said[0]
    story.refresh_from_db()
    assert (story.status, story.published_at) == ("published", at)
    seen = hidden_fields(desk.get("/admin/articles/article/"))
    assert MOVED not in messages(act(desk, action, story, **seen))[0]


def test_a_verb_that_asks_first_is_refused_when_a_time_was_set_meanwhile(desk):
    story = make_article()
    seen = hidden_fields(desk.get("/admin/articles/article/"))
    seen = hidden_fields(act(desk, "kill", story, **seen))
    embargoes.set_expiry(story, at=later(), by=None)
    asked = {"confirmed": "yes", "reason": "Libel"}
    assert MOVED in messages(act(desk, "kill", story, **asked, **seen))[0]
    assert public(story)


def test_a_time_set_meanwhile_is_not_replaced_from_the_page_of_times(desk):
    story = make_article(**DRAFT)
    page = desk.get(times_page(story))
    seen = hidden_fields(page)
    first = later(24)
    publishing.schedule(story, at=first, by=None)
    data = {**chosen("publish", "- -", at="", until=""), **seen}
    page = desk.post(times_page(story), data)
    assert f"{MOVED}Scheduled for {in_words(first)}" in page.content.decode()
    story.refresh_from_db()
    assert story.published_at == first
    data |= hidden_fields(page)
    desk.post(times_page(story), data)
    assert public(story)


def test_a_time_set_meanwhile_for_pending_changes_holds(desk, editor):
    story = make_article()
    save(story, by=editor, headline="At noon")
    page = desk.get(times_page(story))
    data = {**chosen("changes", "-", at=""), **hidden_fields(page)}
    at = later(24)
    live_changes.schedule_changes(story, at=at, by=editor)
    page = desk.post(times_page(story), data).content.decode()
    assert f"its changes are due at {in_words(at)}" in page
    assert drafts.draft_of(story).due_at == at


def test_the_form_saves_and_does_not_publish_when_a_time_was_set_meanwhile(desk):
    story = make_article(**DRAFT)
    page = desk.get(change_page(story))
    data = form_data(page, headline="Mine", _publish="yes") | hidden_fields(page)
    publishing.schedule(story, at=later(24), by=None)
    page = desk.post(change_page(story), data, follow=True)
    assert MOVED in " ".join(messages(page))
    assert "Mine" in page.content.decode()
    assert not public(story)
    assert not Article.objects.published(later(48)).filter(headline="Mine").exists()


def test_a_story_that_somebody_saved_meanwhile_is_not_deleted(desk, reporter):
    story = make_article(**DRAFT)
    address = f"/admin/articles/article/{story.pk}/delete/"
    seen = {"post": "yes"} | hidden_fields(desk.get(address))
    save(story, by=reporter, standfirst="A day's work")
    for asked in (seen, {"post": "yes"}):
        page = desk.post(address, asked, follow=True)
        assert "saved this story at" in messages(page)[0]
        assert story.revisions.count() == 2
    seen |= hidden_fields(page)
    embargoes.set_embargo(story, until=later(), reason="Theirs", by=None)
    page = desk.post(address, seen, follow=True)
    assert MOVED in messages(page)[0]
    desk.post(address, seen | hidden_fields(page))
    assert not Article.objects.exists()


def test_no_form_of_a_story_sets_its_times(desk):
    story = make_article(**DRAFT)
    fields = desk.get(change_page(story)).context["adminform"].form.fields.keys()
    assert not fields & {"embargoed_until", "embargo_reason", "expires_at"}


def test_a_new_story_gets_its_embargo_right_after_its_first_save(desk):
    section = make_section()
    data = form_data(desk.get(ADD), headline="New", section=section.pk, _times="yes")
    page = desk.post(ADD, data, follow=True)
    story = Article.objects.get()
    assert page.redirect_chain[-1][0] == times_page(story)
    assert 'value="embargo"' in page.content.decode()


@pytest.mark.parametrize("fields", [DRAFT, {}])
def test_a_save_leads_on_to_the_times(desk, fields):
    story = make_article(**fields)
    data = form_data(desk.get(change_page(story)), headline="Other", _times="yes")
    assert desk.post(change_page(story), data).headers["Location"] == times_page(story)
    number = Revision.objects.newest_number(story)
    content = story.revisions.get(number=number).content
    assert content["fields"]["headline"] == "Other"


def test_whoever_may_not_change_stories_sets_no_times(client, django_user_model):
    story = make_article(**DRAFT)
    client.force_login(django_user_model.objects.create_user("nobody", is_staff=True))
    assert client.get(times_page(story)).status_code == 403
    assert client.get(f"{times_page(story)}says/?do=publish").status_code == 403


# The banner


@pytest.fixture
def held(editor):
    story = make_article(**DRAFT, section=make_section())
    make_quote(story)
    embargoes.set_embargo(story, until=later(5), reason="Not before & she", by=None)
    return story


def test_every_page_of_the_desk_that_shows_the_story_says_until_when_and_why(
    desk, held
):
    story = f"/admin/articles/article/{held.pk}"
    quote = held.quotes.get()
    for address in (
        f"{story}/change/",
        f"{story}/history/",
        f"{story}/delete/",
        f"{story}/times/",
        f"{story}/correct/",
        f"/admin/articles/quote/{quote.pk}/change/",
        f"/admin/articles/revision/{held.revisions.first().pk}/change/",
    ):
        page = desk.get(address).content.decode()
        assert page.count('<p class="embargo">') == 1, address
        assert f"Embargoed until {in_words(held.embargoed_until)}:" in page, address
        assert escape("Not before & she") in page, address
    for verb in ("schedule", "kill"):
        page = act(desk, verb, held).content.decode()
        assert page.count('<p class="embargo">') == 1
        assert escape("Not before & she") in page


def test_the_preview_at_the_desk_says_it_and_so_does_the_deletion_of_what_it_shows(
    desk, held
):
    page = desk.get(f"/admin/articles/article/{held.pk}/preview/").content.decode()
    assert f"Embargoed until {in_words(held.embargoed_until)}" in page
    assert escape("Not before & she") in page
    for record in (held.section, held.quotes.get().speaker):
        kind = record._meta.model_name
        address = f"/admin/articles/{kind}/{record.pk}/delete/"
        page = desk.get(address).content.decode()
        assert page.count('<p class="embargo">') == 1, address
        assert escape("Not before & she") in page, address


def test_the_page_on_which_two_texts_are_merged_says_it_too(desk, held, editor):
    save(held, headline="Theirs", base=1)
    aside = save(held, headline="Mine", base=1).revision
    address = f"/admin/articles/article/{held.pk}/merge/{aside.number}/"
    assert escape("Not before & she") in desk.get(address).content.decode()


def test_an_embargo_that_has_lifted_is_no_banner(desk, held):
    Article.objects.update(embargoed_until=timezone.now())
    for address in (change_page(held), times_page(held)):
        assert '<p class="embargo">' not in desk.get(address).content.decode()


def test_lists_of_the_desk_mark_what_is_under_embargo(
    desk, editor, held, django_assert_max_num_queries
):
    Presence.objects.see(held, editor, "abc", timezone.now())
    for name in ("article", "quote", "revision", "presence"):
        address = f"/admin/articles/{name}/"
        desk.get(address)
        with django_assert_max_num_queries(12 + OF_THE_SITE):
            page = desk.get(address).content.decode()
        assert f"embargoed until {in_words(held.embargoed_until)}" in page, name


# Changes at a time


@pytest.fixture
def due(tass, editor):
    """Changes whose time came a minute ago."""
    save(tass, by=editor, headline="At noon")
    later = timezone.now() + timedelta(hours=1)
    live_changes.schedule_changes(tass, at=later, by=editor)
    Draft.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    return tass


def test_changes_take_their_place_at_their_time_and_once(due):
    call_command("publish_due")
    due.refresh_from_db()
    assert due.headline == "At noon"
    assert not Draft.objects.exists()
    before = Revision.objects.count(), Publication.objects.count()
    call_command("publish_due")
    assert (Revision.objects.count(), Publication.objects.count()) == before


def test_a_draft_saved_after_a_time_was_set_waits_for_somebody(due, editor):
    """Only what was decided on goes out; the newer draft stays pending."""
    save(due, by=editor, headline="At noon, and more", standfirst="New.")
    call_command("publish_due")
    due.refresh_from_db()
    assert due.headline == "At noon"
    draft = drafts.draft_of(due)
    assert draft.due_at is None
    assert draft.revision.content["fields"]["headline"] == "At noon, and more"
    live_changes.publish_changes(due, by=editor)
    due.refresh_from_db()
    assert (due.headline, due.standfirst) == ("At noon, and more", "New.")


def test_changes_that_cannot_be_published_are_overdue_and_said(due, editor):
    words = due.quotes.get(mark="q6")
    Quote.objects.filter(pk=words.pk).update(words="Other words.")
    settle(due)
    with pytest.raises(CommandError, match="q6"):
        call_command("publish_due")
    due.refresh_from_db()
    assert due.headline != "At noon"
    assert Draft.objects.due(timezone.now()).exists()


def test_changes_with_a_problem_are_not_given_a_time(tass, editor):
    body = tass.body.replace("endangers not only", "endangers not just")
    save(tass, by=editor, body=body)
    with pytest.raises(Refused, match="q3"):
        live_changes.schedule_changes(
            tass, at=timezone.now() + timedelta(hours=1), by=editor
        )
    assert drafts.draft_of(tass).due_at is None


def test_changes_of_a_story_under_embargo_wait_for_it(tass, editor):
    story = make_article(published_at=later(3), embargoed_until=later(3))
    save(story, by=editor, headline="Later")
    with pytest.raises(Refused, match="under embargo until .* UTC on"):
        live_changes.publish_changes(story, by=editor)
    with pytest.raises(Refused, match="The embargo lifts at"):
        live_changes.schedule_changes(story, at=later(2), by=editor)
    live_changes.schedule_changes(story, at=story.embargoed_until, by=editor)
    assert drafts.draft_of(story).due_at == story.embargoed_until


def fails(reason):
    """publish_due says why, with exit code 1, and so does the desk."""
    with pytest.raises(CommandError, match=reason) as error:
        call_command("publish_due")
    assert error.value.returncode == 1
    return error


@pytest.mark.parametrize(
    ("happens", "reason"),
    [
        (lambda s: publishing.kill(s, reason="Libel", by=None), "was killed"),
        (
            lambda s: Article.objects.filter(pk=s.pk).update(status="draft"),
            "Readers do not have this story",
        ),
        (
            lambda s: Article.objects.filter(pk=s.pk).update(status="spiked"),
            "is spiked",
        ),
        (
            lambda s: Article.objects.filter(pk=s.pk).update(embargoed_until=later()),
            "under embargo until",
        ),
        (
            lambda s: Article.objects.filter(pk=s.pk).update(expires_at=timezone.now()),
            "The story has expired",
        ),
        (
            lambda s: (
                Quote.objects.filter(article=s, mark="q6").update(words="Other."),
                settle(s),
            ),
            "q6",
        ),
    ],
    ids=["killed", "unpublished", "spiked", "embargoed", "expired", "misquotes"],
)
def test_changes_that_no_longer_hold_at_their_time_are_left_whole_and_said(
    due,
    desk,
    happens,
    reason,
):
    other = make_article()
    save(other, headline="In time")
    live_changes.schedule_changes(other, at=later(), by=None)
    happens(due)
    Draft.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    before = Article.objects.values().get(pk=due.pk)
    quotes = list(due.quotes.order_by("pk").values())
    for _ in range(2):
        fails(reason)
    assert Article.objects.values().get(pk=due.pk) == before
    assert list(due.quotes.order_by("pk").values()) == quotes
    other.refresh_from_db()
    assert other.headline == "In time"
    assert re.search(reason, drafts.draft_of(due).refusal)
    page = desk.get(times_page(due)).content.decode()
    assert "Overdue: revision" in page
    assert re.search(reason, page)
    send(desk, due, "unschedule")
    call_command("publish_due")
    assert drafts.draft_of(due).due_at is None


def test_a_story_taken_back_says_what_was_pending_and_goes_out_like_that(due, editor):
    save(due, by=editor, headline="As the form shows it")
    publishing.unpublish(due, by=editor)
    assert due.headline == "As the form shows it"
    assert drafts.draft_of(due) is None
    assert "what was pending" in LogEntry.objects.first().get_change_message()
    publishing.publish(due, by=editor)
    assert list(live_changes.publish_due(later(9))) == []
    due.refresh_from_db()
    assert due.headline == "As the form shows it"


def test_what_was_pending_and_does_not_fit_is_kept_aside_when_a_story_is_taken_back(
    editor, desk
):
    story = make_article(slug="mine")
    save(story, by=editor, headline="Never lost")
    story.headline = "Changed for readers meanwhile"
    story.save()
    settle(story)
    publishing.unpublish(story, by=editor)
    aside = story.revisions.to_merge().get()
    assert aside.content["fields"]["headline"] == "Never lost"
    assert story.headline == "Changed for readers meanwhile"
    page = desk.get(f"/admin/articles/article/{story.pk}/merge/{aside.number}/")
    assert "Never lost" in page.content.decode()


def test_a_story_whose_form_shows_other_words_than_its_rows_is_not_published(tass):
    save(tass, headline="Pending since an older version of this desk")
    Article.objects.update(status="draft")
    for act_on in (
        lambda: publishing.publish(tass, by=None),
        lambda: publishing.schedule(tass, at=later(), by=None),
    ):
        with pytest.raises(Refused, match="are pending: open the story and save"):
            act_on()


def test_changes_that_meet_the_slug_of_another_story_are_left_whole_and_said(editor):
    story = make_article(published_at=later(9))
    save(story, by=editor, slug="wanted")
    live_changes.schedule_changes(story, at=later(), by=editor)
    make_article(slug="wanted")
    Draft.objects.update(due_at=timezone.now())
    fails("another story may have taken the slug")


def test_the_form_says_which_revision_goes_out_and_which_waits(desk, tass, editor):
    save(tass, by=editor, headline="At noon")
    at = later(5)
    live_changes.schedule_changes(tass, at=at, by=editor)
    save(tass, by=editor, headline="At noon, and more")
    page = " ".join(desk.get(change_page(tass)).content.decode().split())
    assert f"Revision 2 takes its place at {in_words(at)}." in page
    assert "Revision 3, saved after that time was set, is not part of it" in page


def test_a_correction_survives_what_was_due_and_the_draft_after_it(due, editor):
    save(due, by=editor, standfirst="New.")
    quote = due.quotes.get(mark="q3")
    right = quote.words.replace("endangers", "threatens")
    correct_quote(quote, by=editor, text="A word was wrong.", words=right)
    call_command("publish_due")
    due.refresh_from_db()
    assert (due.headline, due.quotes.get(mark="q3").words) == ("At noon", right)
    assert "threatens not only" in due.body
    live_changes.publish_changes(due, by=editor)
    due.refresh_from_db()
    assert (due.standfirst, due.quotes.get(mark="q3").words) == ("New.", right)
    assert "threatens not only" in due.body


def test_what_was_due_keeps_a_correction_merged_into_a_later_draft(due, editor):
    quote = due.quotes.get(mark="q3")
    right = quote.words.replace("endangers", "threatens")
    correct_quote(quote, by=editor, text="A word was wrong.", words=right)
    draft, held = drafts.draft_of(due), due.revisions.held()
    merged = drafts.content_to_publish(draft, draft.revision, draft.over)
    drafts.save_content(due, merged, base=held.number, by=editor)
    assert drafts.draft_of(due).over == held
    call_command("publish_due")
    due.refresh_from_db()
    assert (due.headline, due.quotes.get(mark="q3").words) == ("At noon", right)


def test_the_desk_schedules_the_changes_of_a_live_story(desk, tass, editor):
    save(tass, by=editor, headline="Later")
    at = later(5).replace(microsecond=0)
    page = send(desk, tass, "changes", at=at, note="A name")
    assert messages(page) == [f"The changes are scheduled for {in_words(at)}."]
    draft = drafts.draft_of(tass)
    assert (draft.due_at, draft.note, draft.due_by) == (at, "A name", editor)
    send(desk, tass, "unschedule")
    assert drafts.draft_of(tass).due_at is None
    send(desk, tass, "changes", at="")
    tass.refresh_from_db()
    assert tass.headline == "Later"


PREPARE = """
from datetime import timedelta
from django.utils import timezone
from articles import live_changes
from articles.models import Draft
from tests.factories import make_article
from tests.test_drafts import save
for number in range(12):
    story = make_article(headline=f"Before {number}")
    save(story, headline=f"After {number}")
    at = timezone.now() + timedelta(hours=1)
    live_changes.schedule_changes(story, at=at, by=None)
Draft.objects.update(due_at=timezone.now())
"""
COUNT = """
from articles.models import Article, Draft, Publication, Revision
print(Article.objects.filter(headline__startswith="After").count(),
      Draft.objects.count(), Publication.objects.count(), Revision.objects.count())
"""


def manage(database, *arguments):
    return subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=Path(__file__).parent.parent,
        env={"DATABASE_URL": database, "DEBUG": "on", "PYTHONPATH": "."},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process):
    out, err = process.communicate(timeout=240)
    assert process.returncode == 0, err[-4000:]
    return out.splitlines()


def test_each_change_goes_out_once_however_many_publish_at_once(
    empty_database,
):
    finish(manage(empty_database, "migrate", "--verbosity=0"))
    finish(manage(empty_database, "shell", "--no-imports", "-c", PREPARE))
    runs = [manage(empty_database, "publish_due") for _ in range(3)]
    said = sorted(line for run in runs for line in finish(run))
    assert said == sorted(f"After {number}" for number in range(12))
    counts = finish(manage(empty_database, "shell", "--no-imports", "-c", COUNT))
    assert counts == ["12 0 24 36"]
