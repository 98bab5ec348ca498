"""Two revisions of a story side by side, and the list of all of them."""

from copy import deepcopy

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import live_changes
from articles.models import Revision
from articles.publishing import settle
from articles.revisions import keep
from articles.revisions.comparing import compare, compare_bodies
from tests.browsing import Desk
from tests.factories import (
    make_article,
    make_organisation,
    make_person,
    make_photo,
    make_quote,
    make_section,
)
from tests.test_admin import act
from tests.test_drafts import save
from tests.test_writing_surface import problems_found

pytestmark = pytest.mark.django_db


def address(article, page="compare", **query):
    numbers = "&".join(f"{name.rstrip('_')}={n}" for name, n in query.items())
    return f"/admin/articles/article/{article.pk}/{page}/?{numbers}"


def compared(client, article, was=1, now=2):
    response = client.get(address(article, from_=was, to=now))
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def draft(db):
    return make_article(status="draft", published_at=None, headline="It shoots now")


def change(article, **fields):
    for name, value in fields.items():
        setattr(article, name, value)
    article.save()
    settle(article)


# What stands on the page


def test_each_field_is_shown_with_the_words_that_changed(desk, draft):
    change(draft, headline="It is shooting now", desk_note="Ask <b>twice</b>")
    page = compared(desk, draft)
    assert "It <del>shoots</del> now" in page
    assert "It <ins>is shooting</ins> now" in page
    assert "<ins>Ask &lt;b&gt;twice&lt;/b&gt;</ins>" in page
    assert "unchanged: standfirst, slug, slugline," in page


def test_records_choices_and_days_are_shown_by_their_names(desk, draft):
    photo = make_photo(caption="The envoy at the table")
    change(
        draft,
        section=make_section(name="World affairs"),
        source=make_organisation(name="Oslo Post"),
        lead_photo=photo,
        kind="fact_check",
        language="ru",
        dateline_date="2016-02-08",
    )
    draft.topics.add(draft.topics.model.objects.create(name="Arms", slug="x"))
    settle(draft)
    page = compared(desk, draft, 1, 3)
    for name in [
        "World affairs",
        "Oslo Post",
        "The envoy at the table",
        "Fact check",
        "Russian",
        "8 February 2016",
        "Arms",
    ]:
        assert f"<ins>{name}</ins>" in page, name


def test_the_body_is_shown_paragraph_by_paragraph_and_the_same_ones_are_folded(
    desk, draft
):
    lines = [f"<p>Paragraph of the number {n} it is.</p>" for n in range(1, 8)]
    change(draft, body="\n".join(lines))
    lines[2] = lines[2].replace("number", "count")
    lines.insert(6, "<p>Something wholly new.</p>")
    change(draft, body="\n".join(lines))
    page = compared(desk, draft, 2, 3)
    assert "1 paragraph changed, 1 added, 6 unchanged" in page
    assert "Paragraphs 1 and 2 unchanged." in page
    assert "Paragraphs 4 to 6 unchanged." in page
    assert "Paragraph 8 unchanged." in page
    assert "the <del>number</del> 3" in page
    assert "Paragraph 7, added" in page
    assert "<ins>Something wholly new.</ins>" in page
    assert page.count("<details>") == 3


def test_a_paragraph_in_which_only_the_marks_changed_says_so(desk, draft):
    person = make_person(name="Ann Doe")
    quote = make_quote(draft, words="we agree", speaker=person)
    body = draft.body.replace("somebody", f'<a data-person="{person.slug}">she</a>')
    change(draft, body=body.replace("q data-quote", "x data-quote"))
    page = compared(desk, draft, 2, 3)
    assert "No longer marked as a quote of Ann Doe." in page
    assert "Now marked as Ann Doe." in page
    assert "marked nowhere in the story" in page
    assert quote.mark not in page


def test_a_change_of_typography_alone_is_called_that(desk, draft):
    change(draft, body='<p>She said "no" - twice.</p>')
    change(draft, body="<p>She said “no” – twice.</p>")
    assert "Only its typography changed." in compared(desk, draft, 2, 3)


def test_quotes_are_shown_by_speaker_with_what_changed_of_them(desk, draft):
    ann, ben = make_person(name="Ann Doe"), make_person(name="Ben Roe")
    kept = make_quote(draft, words="we agree on this", speaker=ann)
    gone = make_quote(draft, words="we part", unnamed_source="a diplomat")
    change(draft, body=draft.body.replace("agree on", "agree to"))
    kept.words, kept.speaker, kept.role = "we agree to this", ben, "the envoy"
    kept.kind = "partial"
    kept.save()
    gone.delete()
    settle(draft)
    make_quote(draft, words="we add this", speaker=ann)
    last = Revision.objects.newest_number(draft)
    page = compared(desk, draft, 3, last)
    assert "1 changed, 1 added, 1 removed" in page
    assert "<del>Ann Doe</del>" in page
    assert "<ins>Ben Roe</ins>" in page
    assert "<ins>the envoy</ins>" in page
    assert "<ins>Partial quote</ins>" in page
    assert "we agree <ins>to</ins> this" in page
    assert "Unnamed: a diplomat" in page
    assert "<del>we part</del>" in page
    assert "<ins>we add this</ins>" in page


def test_recorded_words_that_the_story_no_longer_has_are_told_apart(desk, tass):
    save(tass, body=tass.body.replace("endangers not only", "endangers not just"))
    page = compared(desk, tass)
    assert "Paragraph 3" in page
    assert "Touches a quote of Alexander Grushko." in page
    assert "Recorded words kept; the story’s words, here, differ." in page
    assert "Alexander Grushko, quote 3" in page


def test_bylines_and_names_that_came_and_went_are_shown(desk, draft):
    ann, ben = make_person(name="Ann Doe"), make_person(name="Ben Roe")
    byline = draft.bylines.create(person=ann)
    settle(draft)
    byline.delete()
    draft.bylines.create(person=ben, role="photos")
    change(draft, body=f'<p><a data-person="{ann.slug}">Ann</a></p>')
    page = compared(desk, draft, 2, 3)
    assert "<del>By Ann Doe</del>" in page
    assert "<ins>Photos by Ben Roe</ins>" in page
    assert "People and organisations named" in page
    assert "<ins>Ann Doe</ins>" in page


def test_a_record_that_is_no_more_is_named_by_its_key(desk, draft):
    content = deepcopy(draft.revisions.get().content)
    content["fields"]["section"] = ["gone-section"]
    content["fields"]["body"] += '<figure data-photo="gone-photo"></figure>'
    keep(draft, content, "draft", by=None)
    page = compared(desk, draft)
    assert "“gone-section”, which is no more" in page
    assert "“gone-photo”, which is no more" in page


HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>"


def test_nothing_in_a_revision_runs_in_the_page_that_compares_it(desk, draft):
    content = deepcopy(draft.revisions.get().content)
    for name, value in content["fields"].items():
        if isinstance(value, str):
            content["fields"][name] = HOSTILE
    content["fields"]["topics"] = [[HOSTILE]]
    content["fields"]["body"] = f"<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>{HOSTILE}"
    content["bylines"] = {HOSTILE: {"person": [HOSTILE], "role": HOSTILE, "order": 0}}
    content["quotes"] = {
        "q1": {"kind": HOSTILE, "words": HOSTILE, "unnamed_source": HOSTILE}
    }
    content["mentions"] = [["person", HOSTILE]]
    keep(draft, content, "draft", by=None, note=HOSTILE)
    for page in [
        compared(desk, draft),
        compared(desk, draft, 2, 1),
        desk.get(address(draft, "history")).content.decode(),
    ]:
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_comparing_takes_a_constant_number_of_queries(desk, tass):
    save(tass, headline="A draft")
    with CaptureQueriesContext(connection) as few:
        compared(desk, tass)
    for number in range(6):
        make_quote(tass, unnamed_source=f"source {number}")
    last = Revision.objects.newest_number(tass)
    with CaptureQueriesContext(connection) as many:
        compared(desk, tass, 1, last)
    assert len(many) <= len(few) < 25


def test_nothing_chosen_compares_the_newest_with_what_readers_have(desk, tass):
    save(tass, headline="A draft")
    save(tass, headline="Another")
    response = desk.get(f"/admin/articles/article/{tass.pk}/compare/")
    assert (response.context["was"].number, response.context["now"].number) == (1, 3)
    for number in ("x", "99", "9" * 40, "0"):
        response = desk.get(address(tass, from_=number, to=3))
        assert response.status_code in (200, 302)


def test_paragraphs_are_paired_with_those_most_like_them():
    old = "<p>one two three</p><p>four five six</p>"
    new = "<p>zero</p><p>one two 3</p><p>four five six seven</p>"
    pairs = [(c.kind, c.was_number, c.now_number) for c in compare_bodies(old, new)]
    assert pairs == [("added", None, 1), ("changed", 1, 2), ("changed", 2, 3)]


def test_a_body_of_thousands_of_paragraphs_is_compared():
    was = "".join(f"<p>{n} is a number</p>" for n in range(3000))
    now = was.replace("is a", "was a")
    assert len(compare_bodies(was, now)) == 3000
    same = "<p>x</p>" * 20_000
    assert len(compare_bodies(same, same + "<p>y</p>")) == 20_001


def test_the_restored_revision_and_the_one_before_it_differ_by_nothing(tass):
    content = tass.revisions.get().content
    found = compare(content, deepcopy(content))
    assert not found.fields
    assert {c.kind for c in [*found.paragraphs, *found.quotes]} == {"same"}


# The history


def test_the_history_tells_who_saved_what_when_and_which_was_published(
    desk, tass, editor
):
    editor.first_name, editor.last_name = "Ines", "Aldertree"
    editor.save()
    save(tass, by=editor, headline="Another", standfirst="")
    live_changes.publish_changes(tass, by=editor, is_substantial=True, note="Shorter")
    page = desk.get(address(tass, "history")).content.decode()
    assert "Ines Aldertree" in page
    assert "the system" in page
    assert "headline and standfirst" in page
    assert "what readers have" in page
    assert "readers are told" in page
    assert "Published the changes of revision 2." in page  # the log


def test_the_log_stands_under_the_revisions(desk, tass):
    act(desk, "kill", tass, confirmed="yes", reason="Wrong from first to last")
    page = desk.get(address(tass, "history")).content.decode()
    assert "Killed: Wrong from first to last" in page


def test_a_history_of_500_revisions_opens_with_a_handful_of_queries(desk, tass):
    content = tass.revisions.get().content
    now = timezone.now()
    Revision.objects.bulk_create(
        Revision(
            article=tass,
            number=number,
            kind="draft",
            base=number - 1,
            schema=1,
            saved_at=now,
            content={**content, "fields": {"headline": f"Headline {number}"}},
        )
        for number in range(2, 501)
    )
    desk.get("/admin/")  # what every page prints of the site
    for query, first in [("", 500), ("page=3", 450)]:
        with CaptureQueriesContext(connection) as queries:
            page = desk.get(f"/admin/articles/article/{tass.pk}/history/?{query}")
        assert f"Revision {first}<" in page.content.decode()
        assert len(page.context["pages"]) == 25
        assert len(queries) <= 25
        column = '"articles_revision"."content"'
        reading = [q["sql"] for q in queries if column in q["sql"]]
        assert all(" IN (" in sql or "LIMIT 1" in sql for sql in reading)
    with CaptureQueriesContext(connection) as queries:
        desk.get(f"/admin/articles/article/{tass.pk}/compare/?from=2&to=500")
    assert len(queries) < 25


# Who may look


@pytest.mark.parametrize("page", ["compare", "history"])
def test_only_who_may_see_the_story_sees_what_it_was(page, tass, client, reporter):
    save(tass, headline="Zxqvhidden")
    where = address(tass, page)
    response = client.get(where)
    assert response.status_code == 302
    assert "/admin/login/" in response["Location"]
    client.force_login(User.objects.create_user("reader"))
    assert "/admin/login/" in client.get(where)["Location"]
    client.force_login(User.objects.create_user("nobody", is_staff=True))
    assert client.get(where).status_code == 403
    client.force_login(reporter)
    assert client.get(where).status_code == 200


def test_who_may_only_look_is_offered_no_way_back(tass, client):
    save(tass, headline="A draft")
    looker = User.objects.create_user("looker", is_staff=True)
    looker.user_permissions.add(Permission.objects.get(codename="view_article"))
    client.force_login(looker)
    page = compared(client, tass)
    assert "Restore revision" not in page
    assert "/restore/" not in page


# In a browser


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_in_the_history_and_beside_two_revisions(
    chromium, live_server, tass, editor, width, scheme
):
    from axe_playwright_python.sync_playwright import Axe

    body = tass.body.replace("endangers not only", "endangers not just")
    save(tass, by=editor, headline="Another headline", body=body)
    desk = Desk(
        chromium,
        live_server,
        editor,
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
    )
    for page in ("history", "compare"):
        desk.open(address(tass, page))
        assert desk.complaints == []  # before axe, which adds styles of its own
        overflow = "document.documentElement.scrollWidth - innerWidth"
        assert desk.page.evaluate(overflow) <= 0
        assert problems_found(Axe(), desk.page) == []
        desk.complaints.clear()
    desk.context.close()
