"""What readers would see, shown before they do: at the desk, and by a link."""

import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.db.models import RestrictedError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from articles import drafts, live_changes, preview_links, publishing
from articles.admin.records import ReadInStoryAdmin
from articles.correcting import correct
from articles.models import (
    Article,
    Position,
    PreviewLink,
    Revision,
    Topic,
)
from articles.publishing import Refused, settle
from articles.revisions import snapshot
from tests.conftest import make_user
from tests.factories import (
    make_article,
    make_organisation,
    make_person,
    make_photo,
    make_quote,
    make_section,
)
from tests.test_admin import add_quote, change_page, form_data, messages, preview_page

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DRAFT = {"status": "draft", "published_at": None}


def main_part(response):
    assert response.status_code == 200
    return re.search(r"<main.*</main>", response.content.decode(), re.S)[0]


def navigation(response):
    html = response.content.decode()
    return re.search(r'<nav id="all-sections".*?</nav>', html, re.S)[0]


def without_times(html):
    return re.sub(r"<time.*?</time>|href=\"[^\"]*\"", "", html)


def revision_page(article, number):
    return reverse("admin:articles_article_preview", args=[article.pk, number])


def links_page(article):
    return reverse("admin:articles_article_preview_links", args=[article.pk])


def make_link(article, by, **details):
    number = details.pop("number", None) or Revision.objects.newest_number(article)
    details = {"lasts": 24 * HOUR, "made_for": "A lawyer"} | details
    link, token = preview_links.make_preview_link(
        article, by=by, number=number, **details
    )
    return link, reverse("article_preview", args=[token])


def save(article, by=None, **fields):
    base = Revision.objects.newest_number(article)
    content = article.revisions.get(number=base).content
    mine = {**content, "fields": {**content["fields"], **fields}}
    return drafts.save_over(article, mine, base=base, by=by).revision


def make_rich_story(**fields):
    """With everything that a page prints, all of it met in this story only."""
    state, union = make_organisation(name="A state"), make_organisation(name="A union")
    speaker = make_person(name="A speaker")
    post = Position.objects.create(
        person=speaker, title="Envoy", organisation=make_organisation(name="A board")
    )
    bystander = make_person(name="A bystander")
    Position.objects.create(person=bystander, title="Clerk", organisation=union)
    article = make_article(
        section=make_section(name="Only here"),
        standfirst="He said “Never again” twice.",
        source=make_organisation(name="An agency"),
        lead_photo=make_photo(),
        dateline="OSLO, May 4.",
        body=f'<p><a data-person="{bystander.slug}">One</a> of '
        f'<a data-organisation="{union.slug}">the union</a> left.</p>'
        f'<figure data-photo="{make_photo().slug}"></figure>',
        **fields,
    )
    article.topics.add(Topic.objects.create(name="A topic", slug="a-topic"))
    article.bylines.create(person=make_person(name="An author"))
    article.bylines.create(person=make_person(name="A hand"), role="photos")
    first = make_quote(make_article(headline="An earlier story"), words="Twice said.")
    make_quote(article, words="Never again.", speaker=speaker, position=post)
    make_quote(article, words="Twice said.", speaker=first.speaker, repeats=first)
    make_quote(article, words="it was over", kind="indirect", organisation=state)
    make_quote(article, words="Split\nin two.", unnamed_source="a diplomat")
    settle(article)
    return article


# The page is that of readers


def test_a_draft_is_previewed_as_readers_get_it_once_it_is_published(
    desk, client, editor
):
    article = make_rich_story(**DRAFT)
    preview = desk.get(preview_page(article))
    publishing.publish(article, by=editor)
    article.refresh_from_db()
    page = Client().get(article.get_absolute_url())
    assert without_times(main_part(preview)) == without_times(main_part(page))
    assert navigation(preview) == navigation(page)
    assert "Only here" in navigation(page)
    assert "Clerk, A union" in main_part(page)


def test_a_story_that_is_scheduled_is_previewed_with_its_time(desk, editor):
    article = make_rich_story(**DRAFT)
    at = timezone.now() + HOUR
    publishing.schedule(article, at=at, by=editor)
    preview = desk.get(preview_page(article))
    passed = at - 2 * HOUR
    Article.objects.filter(pk=article.pk).update(published_at=passed)
    article.refresh_from_db()
    page = Client().get(article.get_absolute_url())
    assert without_times(main_part(preview)) == without_times(main_part(page))
    assert f"{timezone.localtime(at):%H:%M}" in main_part(preview)


def test_pending_changes_are_previewed_as_readers_get_them_and_not_before(
    desk, editor, tass
):
    reader, page = Client(), tass.get_absolute_url()
    before = main_part(reader.get(page))
    assert main_part(desk.get(preview_page(tass))) == before
    data = form_data(desk.get(change_page(tass)), headline="Pending, for now")
    data["standfirst"] = "Another “Its purpose is to serve” standfirst."
    data = add_quote(data, words="Its purpose is to serve", unnamed_source="a text")
    desk.post(change_page(tass), data)
    preview = main_part(desk.get(preview_page(tass)))
    assert "Pending, for now" in preview
    assert "a text" in preview
    assert main_part(reader.get(page)) == before
    live_changes.publish_changes(tass, by=editor)
    assert main_part(reader.get(page)) == preview


def test_a_quote_taken_out_by_pending_changes_is_not_in_the_preview(desk, tass):
    content = snapshot(tass)
    content["quotes"].pop("q6")
    drafts.save_content(tass, content, by=None, base=1)
    assert 'id="said-q6"' not in main_part(desk.get(preview_page(tass)))
    assert 'id="said-q6"' in main_part(Client().get(tass.get_absolute_url()))


def test_corrections_stand_in_the_preview_of_pending_changes(desk, editor):
    article = make_article()
    correct(article, by=editor, text="A name was wrong.")
    save(article, headline="Pending")
    preview = main_part(desk.get(preview_page(article)))
    assert "A name was wrong." in preview
    publishing.unpublish(article, by=editor)
    assert "A name was wrong." in main_part(desk.get(preview_page(article)))


def test_any_revision_is_previewed_by_its_number(desk):
    article = make_article(headline="One", **DRAFT)
    for headline in ("Two", "Three"):
        article.headline = headline
        article.save()
        settle(article)
    assert "<h1>Two</h1>" in main_part(desk.get(revision_page(article, 2)))
    assert "Revision 3 is newer" in desk.get(revision_page(article, 2)).content.decode()
    assert "<h1>Three</h1>" in main_part(desk.get(preview_page(article)))
    for number in (0, 4, 10**30):
        assert desk.get(revision_page(article, number)).status_code == 404


def test_the_preview_says_what_it_is_and_is_kept_nowhere(desk, tass):
    save(tass, by=User.objects.get(username="editor"), headline="Pending")
    response = desk.get(preview_page(tass))
    html = response.content.decode()
    assert "Preview of revision 2; readers do not see this." in html
    assert "Saved by editor" in html
    assert change_page(tass) in html
    assert "canonical" not in html
    assert '<meta name="robots" content="noindex">' in html
    assert "script" not in html
    assert {"no-store", "private"} <= set(response["Cache-Control"].split(", "))
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Referrer-Policy"] == "no-referrer"
    assert "script-src 'none'" in response["Content-Security-Policy"]
    as_published = desk.get(revision_page(tass, 1)).content.decode()
    assert "Preview of revision 1, which readers have." in as_published


def test_a_revision_that_names_a_record_that_is_no_more_says_so(desk, editor):
    article = make_article(**DRAFT)
    gone = make_person(slug="gone")
    content = snapshot(article)
    content["bylines"] = {"by gone": {"person": ["gone"], "role": "by", "order": 0}}
    drafts.save_content(article, content, by=editor, base=1)
    _link, address = make_link(article, editor)
    drafts.save_content(article, {**content, "bylines": {}}, by=editor, base=2)
    gone.delete()
    response = desk.get(revision_page(article, 2), follow=True)
    assert "“gone”" in " ".join(messages(response))
    assert Client().get(address).status_code == 404


def test_a_preview_writes_nothing(desk, tass, editor):
    save(tass, headline="Pending")
    _link, address = make_link(tass, editor)
    for get in (lambda: desk.get(preview_page(tass)), lambda: Client().get(address)):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert get().status_code == 200
        written = [
            query["sql"]
            for query in captured
            if re.match(r"INSERT|UPDATE|DELETE|SAVEPOINT|BEGIN", query["sql"])
        ]
        assert written == []


def test_a_preview_costs_the_same_queries_however_much_the_story_says(
    desk, django_assert_max_num_queries
):
    article = make_article(**DRAFT)
    speaker = make_person()
    desk.get(preview_page(article))

    def count():
        with CaptureQueriesContext(connection) as captured:
            desk.get(preview_page(article))
        return len(captured)

    make_quote(article, speaker=speaker)
    few = count()
    for _number in range(8):
        make_quote(article, speaker=speaker)
    assert count() == few
    assert few <= 36


def test_a_preview_waits_for_nobody_who_writes(empty_database):
    run = subprocess.run(
        [sys.executable, "-m", "tests.previewing_at_once"],
        cwd=Path(__file__).parent.parent,
        env={**os.environ, "DATABASE_URL": empty_database, "DEBUG": "on"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-4000:]


# The link for somebody without an account


@pytest.fixture
def draft(db):
    return make_article(headline="For a lawyer only", **DRAFT)


def test_whoever_has_the_link_sees_that_revision_and_nothing_saved_later(
    draft, reporter
):
    _link, address = make_link(draft, reporter)
    draft.headline = "Saved later"
    draft.save()
    settle(draft)
    response = Client().get(address)
    html = response.content.decode()
    assert "For a lawyer only" in main_part(response)
    assert "Saved later" not in html
    assert "Preview, not published." in html
    assert "This link ends on" in html
    assert "/admin/" not in html
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Referrer-Policy"] == "no-referrer"
    assert '<meta name="robots" content="noindex">' in html
    assert address not in html


def test_the_link_says_so_once_readers_have_the_story_like_this(draft, editor):
    _link, address = make_link(draft, editor)
    publishing.publish(draft, by=editor)
    assert "Readers have the story like this." in Client().get(address).content.decode()


def ended(link, article, editor):
    PreviewLink.objects.update(made_at=timezone.now() - HOUR, expires_at=timezone.now())


def revoked(link, article, editor):
    preview_links.revoke_preview_link(link, by=editor)


def spiked(link, article, editor):
    publishing.spike(article, by=editor)


def killed(link, article, editor):
    publishing.publish(article, by=editor)
    publishing.kill(article, by=editor, reason="A court said so.")


def embargoed(link, article, editor):
    article.embargoed_until = timezone.now() + HOUR
    article.save()


def expired(link, article, editor):
    article.expires_at = timezone.now() - HOUR
    article.save()


def deleted(link, article, editor):
    article.delete()


@pytest.mark.parametrize(
    "happen", [ended, revoked, spiked, killed, embargoed, expired, deleted]
)
def test_a_link_shows_nothing_any_more_once_it_or_its_story_is(draft, editor, happen):
    link, address = make_link(draft, editor)
    assert Client().get(address).status_code == 200
    happen(link, draft, editor)
    response = Client().get(address)
    assert response.status_code == 404
    assert "For a lawyer only" not in response.content.decode()
    wrong = Client().get(reverse("article_preview", args=["wrong"]))
    assert response.content == wrong.content
    assert "Ask whoever sent it for a new one" in wrong.content.decode()
    for answer in (response, wrong):
        assert "no-store" in answer["Cache-Control"]
        assert answer["X-Robots-Tag"] == "noindex"
        assert answer["Referrer-Policy"] == "no-referrer"


def test_a_link_shows_the_story_again_once_its_embargo_lifts(draft, editor):
    _link, address = make_link(draft, editor)
    embargoed(None, draft, editor)
    assert Client().get(address).status_code == 404
    Article.objects.update(embargoed_until=timezone.now())
    assert Client().get(address).status_code == 200


def test_no_other_address_is_any_link(draft, editor):
    link, address = make_link(draft, editor)
    token = address.split("/")[2]
    last = "A" if token[-1] != "A" else "B"
    for wrong in (
        token[:-1],
        token[:-1] + last,
        token + "A",
        token.swapcase(),
        link.digest,
        str(link.pk),
        str(draft.pk),
        "x" * 5000,
    ):
        page = reverse("article_preview", args=[wrong])
        assert Client().get(page).status_code == 404, wrong
    assert Client().get(f"{address}1/").status_code == 404
    assert Client().post(address).status_code == 405


def test_the_address_is_not_kept_and_ends_with_the_key_of_the_site(
    draft, editor, settings
):
    _link, address = make_link(draft, editor)
    token = address.split("/")[2]
    kept = [*PreviewLink.objects.values_list(), *LogEntry.objects.values_list()]
    assert token not in str(kept)
    settings.SECRET_KEY = "another key, after the first was known"
    assert Client().get(address).status_code == 404


def test_making_and_revoking_a_link_stands_in_the_log(draft, reporter):
    link, _address = make_link(draft, reporter, made_for="Ms Doe, counsel")
    preview_links.revoke_preview_link(link, by=reporter)
    said = [str(entry) for entry in LogEntry.objects.filter(object_id=draft.pk)]
    assert "Revoked the preview link to revision 1 for Ms Doe, counsel." in said[0]
    assert "Made a preview link to revision 1 for Ms Doe, counsel, until" in said[1]


def test_a_revision_that_somebody_was_shown_is_not_thinned_away(draft, editor):
    make_link(draft, editor)
    with pytest.raises(RestrictedError):
        draft.revisions.all().delete()


def refused(make):
    with pytest.raises(Refused) as refusal:
        make()
    assert not PreviewLink.objects.exists()
    return refusal.value.messages[0]


def test_a_link_is_refused_with_a_sentence(draft, editor):
    assert "Say whom" in refused(lambda: make_link(draft, editor, made_for=" "))
    assert "Choose less" in refused(lambda: make_link(draft, editor, lasts=169 * HOUR))
    assert "no such revision" in refused(lambda: make_link(draft, editor, number=7))
    expired(None, draft, editor)
    assert "has expired" in refused(lambda: make_link(draft, editor))
    Article.objects.update(expires_at=None)
    spiked(None, draft, editor)
    assert "spiked or killed" in refused(lambda: make_link(draft, editor))


def test_an_embargo_lets_nobody_make_a_link(draft, editor):
    """Who may break the embargo breaks it: then the log says why."""
    embargoed(None, draft, editor)
    assert editor.has_perm("articles.break_embargo")
    assert "under embargo until" in refused(lambda: make_link(draft, editor))


def test_a_story_under_embargo_says_on_the_page_of_links_why_none_works(desk, draft):
    embargoed(None, draft, None)
    page = desk.get(links_page(draft)).content.decode()
    assert "before then no link shows the story" in page


def test_a_link_is_made_at_the_desk_shown_once_and_revoked(client, reporter, draft):
    client.force_login(reporter)
    page = client.get(links_page(draft))
    assert "nobody without an account" in page.content.decode()
    assert page.context["form"]["lasts"].value() == 24
    data = {"made_for": "Counsel", "lasts": "4", "revision": "1"}
    made = client.post(links_page(draft), data)
    address = made.context["address"]
    assert address in made.content.decode()
    assert "no-store" in made["Cache-Control"]
    link = PreviewLink.objects.get()
    assert link.made_by == reporter
    assert link.expires_at - link.made_at == 4 * HOUR
    path = re.sub(r"^https?://[^/]*", "", address)
    assert "For a lawyer only" in main_part(Client().get(path))
    again = client.get(links_page(draft)).content.decode()
    assert path not in again
    assert "Counsel" in again
    gone = client.post(links_page(draft), {"revoke": str(link.pk)}, follow=True)
    assert "The link for Counsel shows nothing any more." in messages(gone)
    assert Client().get(path).status_code == 404
    assert "Revoked" in gone.content.decode()


def test_a_link_is_made_for_the_revision_that_one_came_from(desk, draft):
    draft.headline = "Saved later"
    draft.save()
    settle(draft)
    preview = desk.get(revision_page(draft, 1)).content.decode()
    address = links_page(draft) + "?revision=1"
    assert address in preview
    assert desk.get(address).context["form"]["revision"].value() == 1
    for nonsense in ("", "x", "99", "9" * 50, "١"):
        page = desk.get(links_page(draft), {"revision": nonsense})
        assert page.status_code == 200


def test_what_is_wrong_with_a_link_is_said_beside_the_field(desk, draft):
    data = {"made_for": "", "lasts": "5000", "revision": "1"}
    form = desk.post(links_page(draft), data).context["form"]
    assert form.errors.keys() == {"made_for", "lasts"}
    for key in ("x", "00000000-0000-0000-0000-000000000000", "\0"):
        assert desk.post(links_page(draft), {"revoke": key}).status_code == 404
    assert not PreviewLink.objects.exists()


def test_a_link_of_another_story_is_not_revoked_here(desk, draft, editor):
    link, address = make_link(make_article(), editor)
    response = desk.post(links_page(draft), {"revoke": str(link.pk)})
    assert response.status_code == 404
    assert Client().get(address).status_code == 200


def test_a_site_says_how_long_a_link_may_last(desk, draft, editor, settings):
    settings.PREVIEW_LINK_HOURS = 5
    form = desk.get(links_page(draft)).context["form"]
    assert [hours for hours, _says in form.fields["lasts"].choices] == [1, 4]
    assert "Choose less" in refused(lambda: make_link(draft, editor, lasts=6 * HOUR))
    settings.PREVIEW_LINK_HOURS = 0
    page = desk.get(links_page(draft)).content.decode()
    assert "set to make no preview links" in page
    assert 'name="made_for"' not in page


def test_hostile_words_are_shown_as_words(desk, draft, editor):
    script = "<script>alert(1)</script>"
    draft.headline = draft.standfirst = draft.dateline = script
    draft.save()
    settle(draft, by=editor)
    _link, address = make_link(draft, editor, made_for=script)
    for response in (
        desk.get(preview_page(draft)),
        Client().get(address),
        desk.get(links_page(draft)),
    ):
        assert response.status_code == 200
        assert script not in response.content.decode()


def test_the_page_of_links_costs_the_same_queries_for_many(
    desk, draft, editor, django_assert_max_num_queries
):
    make_link(draft, editor)
    desk.get(links_page(draft))
    with CaptureQueriesContext(connection) as one:
        desk.get(links_page(draft))
    for _number in range(5):
        make_link(draft, editor)
    with django_assert_max_num_queries(len(one)):
        desk.get(links_page(draft))


# Who may see what lies beside the form


def side_views():
    """Every address of the desk that belongs to one story, but the form's own POSTs."""
    stories = next(
        r
        for r in admin.site.get_urls()
        if str(r.pattern) == "articles/article/" and hasattr(r, "url_patterns")
    )
    for pattern in stories.url_patterns:
        route = str(pattern.pattern)
        if re.match(r"<(int:pk|path:object_id)>/.", route):
            yield route


# What each address answers to a Reporter and to an Editor; by default 200 to both.
OTHERWISE = {
    "<int:pk>/correct/": (403, 200),
    "<path:object_id>/delete/": (403, 200),
    "<int:pk>/presence/": (405, 405),  # takes only POST
    "<int:pk>/restore/<int:number>/": (302, 302),  # leads to the comparison
    "<int:pk>/times/says/": (404, 404),  # says nothing without the name of a form
}


@pytest.mark.parametrize("route", sorted(set(side_views())))
def test_a_side_view_is_for_those_to_whom_the_form_is_shown(route, tass, reporter):
    story = make_article(headline="Zxqvhidden", **DRAFT)
    save(tass, headline="Readers’")
    number = story.revisions.held().number
    if "merge" in route or "discard" in route:
        story = make_article(headline="Zxqvhidden")
        save(story, headline="Zxqvhidden, pending")
        number = 2
    address = route.replace("<int:number>", str(number))
    address = re.sub(r"<(int:pk|path:object_id)>", str(story.pk), address)
    address = f"/admin/articles/article/{address}"

    def answer(user):
        client = Client()
        if user:
            client.force_login(user)
        response = client.get(address)
        return response, response.content.decode()

    for stranger in (None, User.objects.create_user("subscriber")):
        response, text = answer(stranger)
        assert "Zxqvhidden" not in text
        if "presence" in route:  # asked by a script, which has no use for a page
            assert response.status_code == 405
        else:
            assert response.status_code == 302
            assert response["Location"].startswith("/admin/login/")
    other = User.objects.create_user("other desk", is_staff=True)
    other.user_permissions.add(Permission.objects.get(codename="view_photo"))
    response, text = answer(other)
    assert response.status_code == (405 if "presence" in route else 403)
    assert "Zxqvhidden" not in text
    post = Client()
    post.force_login(other)
    assert post.post(address).status_code in (403, 405)
    by_reporter, by_editor = OTHERWISE.get(route, (200, 200))
    assert answer(reporter)[0].status_code == by_reporter
    assert answer(make_user("an editor", "Editor"))[0].status_code == by_editor


def test_who_may_only_look_makes_no_link_and_revokes_none(draft, editor):
    link, address = make_link(draft, editor)
    guest = User.objects.create_user("guest", is_staff=True)
    guest.user_permissions.add(Permission.objects.get(codename="view_article"))
    client = Client()
    client.force_login(guest)
    assert client.get(preview_page(draft)).status_code == 200
    page = client.get(links_page(draft)).content.decode()
    assert "Revoke" not in page
    assert 'name="made_for"' not in page
    data = {"made_for": "Me", "lasts": "4", "revision": "1"}
    assert client.post(links_page(draft), data).status_code == 403
    revoke = {"revoke": str(link.pk)}
    assert client.post(links_page(draft), revoke).status_code == 403
    assert PreviewLink.objects.get().revoked_at is None


ROWS_OF_A_STORY = [
    model
    for model, row_admin in admin.site._registry.items()
    if isinstance(row_admin, ReadInStoryAdmin)
]


@pytest.mark.parametrize("codename", ["view", "change"])
@pytest.mark.parametrize("model", ROWS_OF_A_STORY)
def test_rows_of_a_story_are_for_those_to_whom_its_form_is_shown(
    draft, editor, model, codename
):
    make_quote(draft, words="Zxqvhidden")
    draft.headline = "Zxqvhidden"
    draft.save()
    settle(draft)
    make_link(draft, editor, made_for="Zxqvhidden")
    name = model._meta.model_name
    other = User.objects.create_user("other desk", is_staff=True)
    allowed = Permission.objects.filter(codename=f"{codename}_{name}")
    other.user_permissions.set(allowed)
    client = Client()
    client.force_login(other)
    address = f"/admin/articles/{name}/"
    keys = model.objects.values_list("pk", flat=True)[:2]
    asked = {
        "term": "Zxqvhidden",
        "app_label": "articles",
        "model_name": "quote",
        "field_name": "repeats",
    }
    for page in (
        address,
        *(f"{address}{key}/{side}/" for key in keys for side in ("change", "history")),
        f"/admin/articles/quote/earlier/?{urlencode(asked)}",
        f"/admin/autocomplete/?{urlencode(asked)}",
    ):
        assert client.get(page).status_code == 403, page
    story = Permission.objects.get(codename="view_article")
    other.user_permissions.add(story)
    answer = 200 if allowed.exists() else 403  # nobody changes who is here
    assert client.get(address).status_code == answer


def test_who_may_not_see_stories_is_not_told_of_them_by_what_they_delete(draft):
    draft.headline = "Zxqvhidden"
    draft.save()
    other = User.objects.create_user("other desk", is_staff=True)
    names = ["view_section", "delete_section"]
    other.user_permissions.set(Permission.objects.filter(codename__in=names))
    client = Client()
    client.force_login(other)
    section = draft.section_id
    page = client.get(f"/admin/articles/section/{section}/delete/").content.decode()
    data = {"action": "delete_selected", "_selected_action": [section]}
    listed = client.post("/admin/articles/section/", data).content.decode()
    for text in (page, listed):
        assert "Stories that you may not see" in text
        assert "Zxqvhidden" not in text
