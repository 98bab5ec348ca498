"""What is no part of a revision and comes with the pending changes of a live story:
source texts, and what was let stand at their quotes."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.utils import timezone

from articles import drafts, live_changes, publishing
from articles.models import Draft, QuoteOverride, Revision, SourceText
from articles.previews import as_readers_would_have_it
from articles.settling import settle
from tests.factories import make_article, make_quote
from tests.test_admin import add_quote, change_page, form_data, messages
from tests.test_drafts import save

pytestmark = pytest.mark.django_db

TEXT = "The minister said: We said so. Nothing more."


@pytest.fixture
def story(db):
    story = make_article()
    make_quote(story, mark="q1", words="We said so.")
    return story


def with_source(data, number=0, **fields):
    row = {"kind": "wire_copy", "publisher": "An agency", "text": TEXT} | fields
    rows = {f"sources-{number}-{name}": value for name, value in row.items()}
    return data | {"sources-TOTAL_FORMS": str(number + 1)} | rows


@pytest.fixture
def reporter(reporter):
    """One who may put the particulars of a source right, but not publish."""
    reporter.user_permissions.add(Permission.objects.get(codename="change_sourcetext"))
    return reporter


def newest_number(story):
    return Revision.objects.newest_number(story)


def proof(story):
    quote = story.quotes.get(mark="q1")
    return quote.source_check, quote.matched_source


def test_a_source_text_waits_for_its_draft_to_be_published(desk, client, story, editor):
    pages = [story.get_absolute_url(), story.quotes.get().get_absolute_url()]
    before = [client.get(page).content for page in pages]
    data = with_source(form_data(desk.get(change_page(story))), headline="Another")
    desk.post(change_page(story), data)
    source = SourceText.objects.get()
    assert (source.text, source.came_with) == (TEXT, newest_number(story))
    settle(story)
    assert [client.get(page).content for page in pages] == before
    assert proof(story) == ("no_text", None)
    form = desk.get(change_page(story)).content.decode()
    assert "matches the story and the source copy" in form
    preview = desk.get(f"/admin/articles/article/{story.pk}/preview/").content.decode()
    assert "matches the source copy" in preview
    live_changes.publish_changes(story, by=editor)
    assert proof(story) == ("matches", source)
    source.refresh_from_db()
    assert source.came_with is None


def test_a_source_text_alone_is_a_pending_change(desk, story, editor):
    desk.post(change_page(story), with_source(form_data(desk.get(change_page(story)))))
    assert Draft.objects.filter(article=story).exists()
    assert proof(story) == ("no_text", None)
    live_changes.publish_changes(story, by=editor)
    assert proof(story)[0] == "matches"
    desk.post(change_page(story), form_data(desk.get(change_page(story))))
    assert not Draft.objects.exists()


def test_a_pending_source_text_is_the_storys_once_readers_have_it_no_more(
    desk, story, editor
):
    desk.post(change_page(story), with_source(form_data(desk.get(change_page(story)))))
    publishing.unpublish(story, by=editor)
    assert not SourceText.objects.pending().exists()
    assert proof(story)[0] == "matches"


def test_a_source_text_of_a_story_without_readers_is_its_own_at_once(desk):
    story = make_article(status="draft", published_at=None)
    make_quote(story, mark="q1", words="We said so.")
    desk.post(change_page(story), with_source(form_data(desk.get(change_page(story)))))
    assert proof(story)[0] == "matches"


def test_a_pending_source_text_that_is_changed_is_pending_still(desk, story, reporter):
    desk.post(change_page(story), with_source(form_data(desk.get(change_page(story)))))
    desk.force_login(reporter)
    data = form_data(desk.get(change_page(story)))
    desk.post(change_page(story), data | {"sources-0-publisher": "Another agency"})
    source = SourceText.objects.get()
    assert (source.publisher, source.came_with) == (
        "Another agency",
        newest_number(story),
    )


def test_what_a_source_text_is_called_is_changed_by_whoever_may_publish(
    desk, story, reporter, editor
):
    story.sources.create(text=TEXT, publisher="An agency")
    settle(story)
    renamed = {"sources-0-publisher": "Another agency", "headline": "Typed"}
    desk.force_login(reporter)
    data = form_data(desk.get(change_page(story)))
    page = desk.post(change_page(story), data | renamed).content.decode()
    assert "Readers would see what you changed" in page
    assert "Another agency" in page
    assert SourceText.objects.get().publisher == "An agency"
    desk.force_login(editor)
    desk.post(change_page(story), data | renamed)
    assert SourceText.objects.get().publisher == "Another agency"


def test_what_is_let_stand_at_a_quote_of_a_draft_is_published_with_it(desk, story):
    body = f'{story.body}<p>“<q data-quote="q2">We left</q>,” somebody said.</p>'
    data = form_data(desk.get(change_page(story)), body=body)
    data = add_quote(data, mark="q2", words="We went", unnamed_source="a driver")
    desk.post(change_page(story), data)
    data = form_data(desk.get(change_page(story)))
    row = next(n for n in (0, 1) if data[f"quotes-{n}-mark"] == "q2")
    data |= {f"quotes-{row}-lets_stand": "Her own word", "_publish": "yes"}
    response = desk.post(change_page(story), data, follow=True)
    assert messages(response)[-1].startswith("Published the changes")
    override = QuoteOverride.objects.get()
    assert (override.quote.mark, override.reason) == ("q2", "Her own word")
    assert override.overridden_by.username == "editor"
    said = LogEntry.objects.values_list("change_message", flat=True)
    assert sum("Let quote q2 stand: Her own word" in line for line in said) == 1


def test_what_is_let_stand_at_a_quote_of_a_draft_outlives_its_next_save(desk, story):
    body = f'{story.body}<p>“<q data-quote="q2">We left</q>,” somebody said.</p>'
    data = form_data(desk.get(change_page(story)), body=body)
    data = add_quote(data, mark="q2", words="We went", unnamed_source="a driver")
    desk.post(change_page(story), data)
    data = form_data(desk.get(change_page(story)))
    row = next(n for n in (0, 1) if data[f"quotes-{n}-mark"] == "q2")
    desk.post(change_page(story), data | {f"quotes-{row}-lets_stand": "Her own word"})
    assert drafts.draft_of(story).open_quotes == 0
    data = form_data(desk.get(change_page(story)), standfirst="Later.")
    desk.post(change_page(story), data)
    draft = drafts.draft_of(story)
    assert draft.open_quotes == 0
    assert draft.revision.content["fields"]["standfirst"] == "Later."
    assert "Let stand by editor" in desk.get(change_page(story)).content.decode()
    assert not story.quotes.filter(mark="q2").exists()


# Which publication a source text goes out with


def save_with_source(client, story, **fields):
    data = form_data(client.get(change_page(story)), **fields)
    client.post(change_page(story), with_source(data))


def test_a_source_text_of_a_save_kept_aside_waits_for_the_merge(desk, story, editor):
    mine = form_data(desk.get(change_page(story)), headline="Mine")
    mine["_revision"] = newest_number(story)
    save(story, by=editor, headline="Theirs")
    response = desk.post(change_page(story), with_source(mine), follow=True)
    live_changes.publish_changes(story, by=editor)
    assert proof(story) == ("no_text", None)
    choice = {"theirs": story.revisions.held().number, "fields-headline": "mine"}
    desk.post(response.redirect_chain[-1][0], choice)
    assert proof(story) == ("no_text", None)
    live_changes.publish_changes(story, by=editor)
    assert proof(story)[0] == "matches"


def test_a_source_text_goes_with_the_draft_that_is_dropped(desk, story, editor):
    save_with_source(desk, story, headline="Never mind")
    drafts.discard(story, by=editor)
    assert not SourceText.objects.exists()
    assert "Deleted its source text" in LogEntry.objects.first().change_message
    desk.post(change_page(story), form_data(desk.get(change_page(story))))
    assert not Draft.objects.exists()


def test_a_source_text_that_nobody_saw_is_not_published(desk, story, editor):
    save(story, by=editor, headline="Another")
    seen = newest_number(story)
    save_with_source(desk, story)
    with pytest.raises(publishing.Refused, match="since you opened the page"):
        live_changes.publish_changes(story, by=editor, revision=seen)


def test_source_texts_go_out_with_what_was_scheduled_and_no_earlier(
    desk, story, editor
):
    save_with_source(desk, story, headline="Scheduled")
    number = newest_number(story)
    in_an_hour = timezone.now() + timedelta(hours=1)
    live_changes.schedule_changes(story, at=in_an_hour, by=editor)
    data = form_data(desk.get(change_page(story)), headline="Later")
    desk.post(change_page(story), with_source(data, 1, text="Another text."))
    first, second = SourceText.objects.order_by("came_with")
    assert (first.came_with, second.came_with) == (number, number + 1)
    list(live_changes.publish_due(in_an_hour))
    assert proof(story) == ("matches", first)
    second.refresh_from_db()
    assert second.came_with == number + 1


def test_a_link_to_a_revision_shows_nothing_of_a_later_source_text(
    desk, client, story, editor
):
    save(story, by=editor, headline="Another")
    shown = as_readers_would_have_it(story, drafts.draft_of(story).revision)
    assert shown.quotes[0].source_check == "no_text"
    earlier = drafts.draft_of(story).revision
    save_with_source(desk, story)
    shown = as_readers_would_have_it(story, earlier)
    assert shown.quotes[0].source_check == "no_text"
    shown = as_readers_would_have_it(story, drafts.draft_of(story).revision)
    assert shown.quotes[0].source_check == "matches"


@pytest.mark.parametrize("fields", [{}, {"status": "draft", "published_at": None}])
def test_a_source_text_is_deleted_where_others_saved_too(desk, editor, fields):
    story = make_article(**fields)
    make_quote(story, mark="q1", words="We said so.")
    story.sources.create(text=TEXT)
    settle(story)
    data = form_data(desk.get(change_page(story)))
    data["_revision"] = newest_number(story)
    save(story, by=editor, headline="Theirs")
    desk.post(change_page(story), data | {"sources-0-DELETE": "on"})
    assert not SourceText.objects.exists()
    assert proof(story) == ("no_text", None)


# Two at the particulars of one source text


@pytest.mark.parametrize("fields", [{}, {"status": "draft", "published_at": None}])
def test_an_old_form_does_not_put_back_what_a_source_text_was_called(desk, fields):
    story = make_article(**fields)
    story.sources.create(text=TEXT, publisher="Wrong")
    settle(story)
    mine = form_data(desk.get(change_page(story)), headline="Mine")
    theirs = form_data(desk.get(change_page(story)))
    desk.post(change_page(story), theirs | {"sources-0-publisher": "Right"})
    assert desk.post(change_page(story), mine).status_code == 302
    assert SourceText.objects.get().publisher == "Right"
    both = desk.post(change_page(story), mine | {"sources-0-publisher": "Another"})
    said = both.content.decode()
    assert "changed this since you opened the form" in said
    assert "Right" in said
    assert SourceText.objects.get().publisher == "Right"


def test_who_may_not_publish_is_not_blamed_for_what_somebody_else_changed(
    desk, story, reporter
):
    source = story.sources.create(text=TEXT, publisher="Wrong")
    settle(story)
    desk.force_login(reporter)
    mine = form_data(desk.get(change_page(story)), headline="Mine")
    SourceText.objects.filter(pk=source.pk).update(publisher="Right")
    assert desk.post(change_page(story), mine).status_code == 302
    assert drafts.draft_of(story).revision.content["fields"]["headline"] == "Mine"
