"""The first page of the desk and its list of stories."""

import os
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import drafts, live_changes, publishing
from articles.models import Article, Correction, Draft, Quote, Revision
from articles.publishing import settle
from tests.factories import make_article, make_quote, make_section
from tests.test_admin import CHANGE_LIST, act, change_page, messages
from tests.test_drafts import save
from tests.test_pages import OF_THE_SITE

pytestmark = pytest.mark.django_db

DESK = "/admin/"
HOUR = timedelta(hours=1)


@pytest.fixture
def anna(editor):
    """The editor has a name."""
    editor.first_name, editor.last_name = "Anna", "Petrova"
    editor.save()
    return editor


def make_draft(**fields):
    return make_article(**{"status": "draft", "published_at": None} | fields)


def text_of(page):
    """What somebody reads of a page, on one line."""
    text = re.sub(r"<(script|style).*?</\1>", "", page.content.decode(), flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def table(page, name):
    html = page.content.decode()
    begins = html.index(f'id="{name}-heading"')
    return " ".join(
        re.sub(r"<[^>]+>", " ", html[begins : html.index("</section>", begins)]).split()
    )


def queries(client, address, parameters=None):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address, parameters).status_code == 200
    return [query["sql"] for query in captured]


# The first page


def test_an_empty_desk_says_so_in_sentences(desk):
    said = text_of(desk.get(DESK))
    for sentence in [
        "Nothing waits for a decision.",
        "Nothing is scheduled, and no embargo holds.",
        "There are no drafts.",
        "The stories saved today have none.",
    ]:
        assert sentence in said


def test_the_desk_says_what_needs_a_decision_and_why(desk, anna):
    pending = make_article(headline="Pending")
    save(pending, by=anna, headline="Pending still")
    overdue = make_article(headline="Overdue")
    save(overdue, by=anna, headline="Overdue still")
    later = timezone.now() + HOUR
    live_changes.schedule_changes(overdue, at=later, by=anna)
    Draft.objects.filter(article=overdue).update(due_at=timezone.now() - HOUR)
    differs = make_article(headline="Differs")
    make_quote(differs)
    Quote.objects.update(words="Other words.")
    settle(differs)
    aside = make_draft(headline="Theirs")
    save(aside, headline="Theirs again", base=1)
    number = save(aside, by=anna, headline="Mine", base=1).revision.number
    page = desk.get(DESK)
    said = table(page, "decisions")
    assert "Pending Section" in said
    assert re.search(r"Changes pending \d\d:\d\d Anna Petrova", said)
    assert re.search(r"Overdue .*Changes did not go out Nothing has tried", said)
    assert re.search(r"Differs .*≠ 1 quote open", said)
    assert re.search(r"Theirs again .*Text kept aside", said)
    assert f"/{aside.pk}/merge/{number}/" in page.content.decode()
    assert said.index("Overdue") < said.index("Theirs") < said.index("Differs")


def test_changes_that_were_refused_at_their_time_say_why(desk, tass, anna):
    save(tass, by=anna, headline="At noon")
    live_changes.schedule_changes(tass, at=timezone.now() + HOUR, by=anna)
    Draft.objects.update(due_at=timezone.now() - HOUR)
    Quote.objects.filter(mark="q6").update(words="Other words.")
    settle(tass)
    list(live_changes.publish_due())
    said = table(desk.get(DESK), "decisions")
    assert "Changes did not go out Quote q6 stands nowhere" in said or (
        "Changes did not go out The passage that reports q6 has changed" in said
    )
    again = timezone.now() + HOUR
    Quote.objects.filter(mark="q6").update(
        words="Moscow had never denied work in this format"
    )
    settle(tass)
    live_changes.schedule_changes(tass, at=again, by=anna)
    assert Draft.objects.get().refusal == ""
    assert "did not go out" not in text_of(desk.get(DESK))


def test_the_desk_says_what_goes_out_and_when_the_next_first(desk, anna):
    now = timezone.now()
    make_article(headline="Third", published_at=now + timedelta(days=3))
    make_article(headline="First", published_at=now + timedelta(minutes=10))
    make_article(
        headline="Held", published_at=now - HOUR, embargoed_until=now + 26 * HOUR
    )
    make_draft(headline="Not ready", embargoed_until=now + 27 * HOUR)
    changing = make_article(headline="Changing")
    save(changing, by=anna, standfirst="More.")
    live_changes.schedule_changes(changing, at=now + timedelta(minutes=30), by=anna)
    said = table(desk.get(DESK), "going-out")
    names = ["First", "Changing", "Held", "Not ready", "Third"]
    places = [said.index(name) for name in names]
    assert places == sorted(places)
    assert "in 10 minutes" in said
    assert "A change to a live story." in said
    assert "the story is a draft still" in said


def test_the_desk_shows_the_drafts_that_were_saved_last(desk, anna):
    first, second = make_draft(headline="Older"), make_draft(headline="Newer")
    make_quote(second)
    first.standfirst = "More."
    first.save()
    settle(first, by=anna)
    said = table(desk.get(DESK), "being-written")
    assert said.index("Older") < said.index("Newer")
    assert re.search(r"Older .*No quotes yet. Draft \d\d:\d\d Anna Petrova", said)
    assert "1 quote. Draft" in said


def test_one_line_says_how_the_quotes_of_the_day_stand(desk, tass):
    said = text_of(desk.get(DESK))
    assert "6 in the stories saved today: " in said
    assert "3 match the source copy and 3 are reported, not word for word." in said
    assert "None is open." in said
    Quote.objects.filter(mark="q2").update(words="Other words.")
    settle(tass)
    assert "1 is open." in text_of(desk.get(DESK))


def test_a_quote_that_somebody_let_stand_is_not_open_until_its_words_change(desk, anna):
    story = make_article()
    quote = make_quote(story)
    Quote.objects.update(words="Other words.")
    settle(story)
    assert "≠ 1 quote open" in table(desk.get(DESK), "decisions")
    quote.refresh_from_db()
    publishing.override_quote_check(quote, by=anna, reason="As agreed.")
    assert "Nothing waits for a decision." in text_of(desk.get(DESK))
    settle(story)
    assert not Quote.objects.open().exists()
    Quote.objects.update(words="Still others.")
    settle(story)
    assert "≠ 1 quote open" in table(desk.get(DESK), "decisions")


def test_a_quote_that_pending_changes_leave_open_is_seen_at_the_desk(desk, anna):
    story = make_article()
    quote = make_quote(story)
    body = story.body.replace(quote.words, "We never said so.")
    save(story, by=anna, body=body)
    for said in (table(desk.get(DESK), "decisions"), text_of(desk.get(CHANGE_LIST))):
        assert "≠ 1 quote open" in said
    assert not Quote.objects.open().exists()


def test_who_may_not_view_stories_sees_none_of_them(client, django_user_model):
    make_draft(headline="Zxqvhidden")
    story = make_article(headline="Zxqvhidden")
    save(story, standfirst="More.")
    make_article(headline="Zxqvhidden", published_at=timezone.now() + HOUR)
    user = django_user_model.objects.create_user("clerk", is_staff=True)
    client.force_login(user)
    page = client.get(DESK).content.decode()
    assert "Zxqvhidden" not in page
    assert "Needs a decision" not in page
    assert "Quotes today" not in page
    assert "Write a story" not in page
    assert client.get(CHANGE_LIST).status_code == 403


def test_a_reporter_sees_the_desk_and_is_asked_to_write(client, reporter):
    make_draft(headline="Mine")
    client.force_login(reporter)
    page = client.get(DESK)
    assert "Mine" in table(page, "being-written")
    assert "Write a story" in page.content.decode()


def make_busy(count, by):
    now = timezone.now()
    for number in range(count):
        make_draft()
        make_article(published_at=now + (number + 1) * HOUR)
        make_article(embargoed_until=now + (number + 1) * HOUR)
        pending = make_article()
        make_quote(pending)
        save(pending, by=by, headline="Pending")
        due = make_article()
        save(due, by=by, headline="Due")
        live_changes.schedule_changes(due, at=now + HOUR, by=by)
        late = make_article()
        save(late, by=by, headline="Late")
        live_changes.schedule_changes(late, at=now + HOUR, by=by)
        Draft.objects.filter(article=late).update(due_at=now - HOUR)
        merge = make_draft()
        save(merge, headline="Theirs", base=1)
        save(merge, by=by, headline="Mine", base=1)


def test_the_desk_costs_the_same_and_fits_a_page_whatever_there_is(desk, anna):
    make_busy(1, anna)
    desk.get(DESK)
    few = queries(desk, DESK)
    make_busy(11, anna)
    many = queries(desk, DESK)
    assert len(few) == len(many) <= 30 + OF_THE_SITE
    page = desk.get(DESK)
    for name in ("decisions", "going-out", "being-written"):
        html = page.content.decode()
        begins = html.index(f'<table id="{name}"')
        assert html[begins : html.index("</table>", begins)].count("<tr>") == 11
    assert "All with overdue changes: 12" in table(page, "decisions")
    assert "All with a text to merge: 12" in table(page, "decisions")
    assert "All drafts: 24" in table(page, "being-written")
    for link in re.findall(r'href="(/admin/articles/article/\?[^"]+)"', html):
        assert (
            "12 stories" in text_of(desk.get(link))
            or "24" in link
            or (link.endswith(("state=draft", "changes=pending")))
        ), link


# The list


def unbounded(statements):
    return [sql for sql in statements if "COUNT(*)" in sql and "LIMIT" not in sql]


FILTERS = [
    {},
    {"p": "2"},
    {"p": "20"},
    {"p": "99999"},
    {"q": "headline"},
    {"q": "headline", "p": "20"},
    {"q": "nothing-like-it"},
    {"mine": "yes"},
    {"kind__exact": "news"},
    {"kind__exact": "interview"},  # none is
    {"quotes": "open"},
    *({"state": s} for s in "draft scheduled embargoed live expired".split()),
    *({"state": s} for s in "retracted spiked killed".split()),
    *({"changes": c} for c in "pending scheduled overdue aside".split()),
    *({"period": p} for p in "today week month year last-year earlier".split()),
    {"state": "live", "kind__exact": "opinion"},
]
MOST_STEPS = 200  # thousand; a count of 100,000 rows takes 300 and more
MANY = int(os.environ.get("STORIES", 10_000))


def fill_archive(first, last, section, user):
    """Stories of those numbers in every state. A tenth quote."""
    now = timezone.now()
    states = ["published"] * 6 + ["draft", "spiked", "killed", "published"]
    kinds = ["news", "news", "news", "analysis", "opinion"]
    stories = [
        Article(
            headline=f"Headline {number}",
            slug=f"headline-{number}",
            section=section,
            status=states[number % 10],
            kind=kinds[number // 10 % 5],
            published_at=now - timedelta(days=number * 37 % 1500, hours=1),
            embargoed_until=now + HOUR if number % 100 == 1 else None,
            expires_at=now - HOUR if number % 100 == 2 else None,
        )
        for number in range(first, last)
    ]
    Article.objects.bulk_create(stories, batch_size=2000)
    Revision.objects.bulk_create(
        Revision(article=s, number=1, schema=1, content={}, saved_by=user, saved_at=now)
        for s in stories
    )
    Quote.objects.bulk_create(
        Quote(article=s, mark="q1", words="So.", unnamed_source="one")
        for s in stories[::10]
    )


def work_of(client, asked):
    """The statements that a page of the list takes, and on SQLite the thousands of
    steps that its machine takes to answer them."""
    steps = []
    if connection.vendor == "sqlite":
        connection.connection.set_progress_handler(lambda: steps.append(1), 1000)
    try:
        return queries(client, CHANGE_LIST, asked), len(steps)
    finally:
        if connection.vendor == "sqlite":
            connection.connection.set_progress_handler(None, 1000)


def test_the_list_costs_the_same_for_a_whole_archive_as_for_a_hundred_stories(
    desk, editor
):
    section = make_section()
    filters = [*FILTERS, {"section__id__exact": section.pk}]
    fill_archive(0, 100, section, editor)
    desk.get(CHANGE_LIST)
    few = [work_of(desk, asked)[0] for asked in filters]
    fill_archive(100, MANY, section, editor)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    for asked, at_first in zip(filters, few, strict=True):
        statements, steps = work_of(desk, asked)
        assert len(statements) == len(at_first) <= 15 + OF_THE_SITE, asked
        assert unbounded(statements) == [], asked
        assert not [sql for sql in statements if "DISTINCT" in sql], asked
        assert steps <= MOST_STEPS, asked


def test_a_long_list_says_that_there_is_more_and_ends_at_its_last_page(desk):
    Article.objects.bulk_create(
        Article(headline=f"Story {number}", slug=f"s-{number}")
        for number in range(1002)
    )
    said = text_of(desk.get(CHANGE_LIST))
    assert "More than 1000 stories" in said
    assert "Story 1001" in said
    for beyond in ("20", "21", "99999999", "0", "-1", "x"):
        page = desk.get(CHANGE_LIST, {"p": beyond})
        assert page.status_code == 200
        assert len(page.context["cl"].result_list) == 50
    last = text_of(desk.get(CHANGE_LIST, {"p": "20"}))
    assert "Story 51 " in last
    assert "Story 1 " not in last


def test_the_list_says_the_state_of_each_story_in_words(desk, anna):
    now = timezone.now()
    stories = {
        "Draft": make_draft(),
        "Scheduled for": make_article(published_at=now + HOUR),
        "Embargoed until": make_article(embargoed_until=now + HOUR),
        "Live since": make_article(),
        "Expired": make_article(expires_at=now - HOUR),
        "Retracted": make_article(),
        "Spiked": make_article(status="spiked"),
        "Killed": make_article(status="killed"),
    }
    retracted = stories["Retracted"]
    Correction.objects.create(article=retracted, kind="retraction", text="Not so.")
    for words, story in stories.items():
        state = words.split()[0].lower()
        page = desk.get(CHANGE_LIST, {"state": state})
        assert [row.pk for row in page.context["cl"].result_list] == [story.pk]
        assert words in text_of(page)


def test_the_list_and_the_form_say_since_when_changes_are_pending_and_by_whom(
    desk, anna
):
    story = make_article(slugline="harbour-budget")
    save(story, by=anna, headline="Pending")
    listed = text_of(desk.get(CHANGE_LIST))
    assert re.search(r"Changes pending since \d\d:\d\d by Anna Petrova", listed)
    assert "harbour-budget" in listed
    assert re.search(
        r"Changes pending since .* by Anna Petrova",
        text_of(desk.get(change_page(story))),
    )


def test_a_story_is_found_by_words_or_by_its_address(desk):
    story = make_article(headline="Гавань закрыта", slug="harbour-is-shut")
    make_article(headline="Another")
    for words in (
        "harbour shut",
        "гавань",
        "harbour-is-shut",
        f"http://testserver{story.get_absolute_url()}",
    ):
        page = desk.get(CHANGE_LIST, {"q": words})
        assert [row.pk for row in page.context["cl"].result_list] == [story.pk]


def test_mine_are_the_stories_that_i_saved(desk, editor, reporter):
    mine, theirs = make_draft(), make_draft()
    settle(mine)
    for story, user in ((mine, editor), (theirs, reporter)):
        story.standfirst = "More."
        story.save()
        settle(story, by=user)
    page = desk.get(CHANGE_LIST, {"mine": "yes"})
    assert [row.pk for row in page.context["cl"].result_list] == [mine.pk]


@pytest.mark.parametrize(
    "asked",
    [{"state": "x"}, {"changes": "'"}, {"period": ""}, {"o": "2.-1.9"}, {"all": ""}],
)
def test_nonsense_in_the_address_of_the_list_is_passed_over(desk, asked):
    make_article()
    page = desk.get(CHANGE_LIST, asked, follow=True)
    assert len(page.context["cl"].result_list) == 1


@pytest.mark.parametrize(
    "lookup", ["body__icontains", "headline__regex", "section__name"]
)
def test_the_list_takes_no_lookup_that_no_filter_offers(desk, lookup):
    assert desk.get(CHANGE_LIST, {lookup: "x"}).status_code == 400


# Verbs from the list


def shown(client, *articles):
    """The hidden fields that the list has for these rows."""
    page = client.get(CHANGE_LIST).content.decode()
    fields = dict(re.findall(r'name="(revision-\d+)" value="(\d+)"', page))
    return {name: fields[name] for name in (f"revision-{a.pk}" for a in articles)}


def test_a_row_that_somebody_saved_meanwhile_is_refused_and_the_others_go_through(
    desk, reporter
):
    reporter.first_name = "Pia"
    reporter.save()
    kept, changed = make_draft(), make_draft(headline="As I saw it")
    seen = shown(desk, kept, changed)
    changed.headline = "Not what I saw"
    changed.save()
    settle(changed, by=reporter)
    said = messages(act(desk, "publish", kept, changed, **seen))
    assert f"Published: {kept}" in said
    refused = next(message for message in said if message.startswith("Not what I saw"))
    assert re.search(r"Pia saved this story at \d\d:\d\d, since you opened", refused)
    assert Article.objects.live().get() == kept
    act(desk, "publish", changed, **shown(desk, changed))
    assert Article.objects.live().count() == 2


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("kill", {"reason": "Libel"}),
        (
            "schedule",
            {
                "at_0": "2999-01-01",
                "at_1": "06:00",
                "said": "2999-01-01T06:00:00+00:00",
            },
        ),
    ],
)
def test_a_verb_that_asks_first_carries_on_what_the_list_showed(desk, action, fields):
    story = make_article() if action == "kill" else make_draft()
    before = story.status
    page = act(desk, action, story, **shown(desk, story)).content.decode()
    carried = dict(re.findall(r'name="(revision-\d+)" value="(\d+)"', page))
    assert carried
    story.standfirst = "Changed since."
    story.save()
    settle(story)
    said = messages(act(desk, action, story, confirmed="yes", **fields, **carried))
    assert "the system saved this story" in said[0]
    story.refresh_from_db()
    assert story.status == before


def test_a_row_shown_with_pending_changes_that_were_dropped_is_refused(desk, anna):
    story = make_article()
    save(story, by=anna, headline="Never mind")
    seen = shown(desk, story)
    drafts.discard(story, by=anna)
    said = messages(act(desk, "unpublish", story, **seen))
    assert "Its pending changes were dropped since you opened" in said[0]


def test_a_row_that_left_the_list_as_it_was_filtered_is_told_of(desk, anna):
    story = make_draft()
    seen = shown(desk, story)
    publishing.spike(story, by=anna)
    data = {"action": "publish", "_selected_action": [story.pk]} | seen
    page = desk.post(f"{CHANGE_LIST}?state=draft", data, follow=True)
    assert "take it back to draft first" in messages(page)[0]


def test_nothing_acts_on_more_than_a_page(desk):
    for _number in range(60):
        make_draft()
    page = desk.get(CHANGE_LIST)
    assert "Select all 60" not in text_of(page)
    rows = [row.pk for row in page.context["cl"].result_list]
    data = {"action": "spike", "index": "0", "_selected_action": rows[:2]}
    desk.post(CHANGE_LIST, data | {"select_across": "1"}, follow=True)
    spiked = Article.objects.filter(status="spiked")
    assert {story.pk for story in spiked} == set(rows[:2])
    data["_selected_action"] = list(Article.objects.values_list("pk", flat=True))
    page = desk.post(CHANGE_LIST, data, follow=True)
    assert messages(page) == ["Choose at most 50 stories at a time."]
    assert spiked.count() == 2


def test_a_malformed_number_of_a_revision_is_no_error(desk):
    story = make_draft()
    for number in ("", "x", "²", "9" * 5000):
        page = act(desk, "spike", story, **{f"revision-{story.pk}": number})
        assert page.status_code == 200
    assert Revision.objects.newest_number(story) == 1
