"""What the desk makes of a story that readers have, before it publishes that."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles import drafts, live_changes, publishing
from articles.correcting import correct_quote
from articles.models import Article, Draft, Revision
from articles.publishing import Refused, settle
from articles.revisions import decide, merge_lines, reconcile, snapshot
from tests.factories import make_article, make_person, make_quote, make_section
from tests.test_admin import add_quote, change_page, form_data, messages

pytestmark = pytest.mark.django_db


def changed(article, **fields):
    """What somebody makes of the newest revision."""
    number = Revision.objects.newest_number(article)
    content = article.revisions.get(number=number).content
    return {**content, "fields": {**content["fields"], **fields}}


def save(article, by=None, base=None, **fields):
    base = Revision.objects.newest_number(article) if base is None else base
    content = article.revisions.get(number=base).content
    mine = {**content, "fields": {**content["fields"], **fields}}
    return drafts.save_over(article, mine, base=base, by=by)


def test_readers_see_nothing_of_a_draft_until_it_is_published(desk, client, tass):
    page = tass.get_absolute_url()
    before = client.get(page).content
    data = form_data(desk.get(change_page(tass)), headline="A draft of it")
    data = add_quote(data, words="Its purpose is to serve", unnamed_source="a text")
    desk.post(change_page(tass), data)
    assert client.get(page).content == before
    form = desk.get(change_page(tass)).content.decode()
    assert "A draft of it" in form
    assert "Its purpose is to serve" in form
    assert "Changes pending" in form
    assert "What readers have has changed" not in form
    data = form_data(desk.get(change_page(tass)))
    desk.post(change_page(tass), data | {"_publish": "yes"})
    assert b"A draft of it" in client.get(page).content
    assert tass.quotes.filter(words="Its purpose is to serve").exists()
    assert not Draft.objects.exists()


def test_a_draft_that_is_saved_again_keeps_the_rows_it_added(desk, tass):
    data = form_data(desk.get(change_page(tass)))
    data = add_quote(data, words="Its purpose is to serve", unnamed_source="a text")
    desk.post(change_page(tass), data)
    data = form_data(desk.get(change_page(tass)), standfirst="Shorter.")
    desk.post(change_page(tass), data)
    content = drafts.draft_of(tass).revision.content
    assert content["fields"]["standfirst"] == "Shorter."
    assert len(content["quotes"]) == 7
    assert tass.quotes.count() == 6


def test_publishing_a_change_is_recorded_and_readers_are_told_if_asked(desk, tass):
    data = form_data(desk.get(change_page(tass)), headline="Another")
    data |= {
        "_publish": "yes",
        "tells_readers": "on",
        "change_note": "A wrong name",
    }
    desk.post(change_page(tass), data)
    publication = tass.publications.newest_first().first()
    assert (publication.is_substantial, publication.note) == (True, "A wrong name")
    assert publication.published_by.username == "editor"
    tass.refresh_from_db()
    assert tass.headline == "Another"
    assert tass.updated_at


def test_an_unchanged_save_of_a_live_story_is_no_draft(desk, tass):
    desk.post(change_page(tass), form_data(desk.get(change_page(tass))))
    assert not Draft.objects.exists()
    assert tass.revisions.count() == 1


def test_pending_changes_are_dropped_and_stay_in_the_history(desk, tass):
    save(tass, headline="Never mind")
    address = f"/admin/articles/article/{tass.pk}/discard/"
    assert address in desk.get(change_page(tass)).content.decode()
    asked = desk.get(address)
    assert Draft.objects.exists()
    desk.post(address, dict(asked.context["carried"]))
    assert not Draft.objects.exists()
    assert tass.revisions.filter(content__fields__headline="Never mind").exists()


def test_pending_changes_that_were_scheduled_since_are_not_dropped(desk, editor, tass):
    save(tass, headline="At eight")
    address = f"/admin/articles/article/{tass.pk}/discard/"
    carried = dict(desk.get(address).context["carried"])
    in_an_hour = timezone.now() + timedelta(hours=1)
    live_changes.schedule_changes(tass, at=in_an_hour, by=editor)
    response = desk.post(address, carried, follow=True)
    assert "since you opened the page" in messages(response)[0]
    assert Draft.objects.exists()


# Two at one story


def test_what_two_changed_in_different_places_is_merged_and_said(desk, reporter):
    story = make_article(status="draft", published_at=None, headline="One")
    first = form_data(desk.get(change_page(story)), headline="Mine")
    first["_revision"] = Revision.objects.newest_number(story)
    story.standfirst = "Theirs."
    story.save()
    settle(story, by=reporter)
    response = desk.post(change_page(story), first, follow=True)
    story.refresh_from_db()
    assert (story.headline, story.standfirst) == ("Mine", "Theirs.")
    assert "Somebody else had saved meanwhile: standfirst" in messages(response)[0]


@pytest.mark.parametrize("fields", [{}, {"status": "draft", "published_at": None}])
def test_what_two_changed_in_one_place_is_kept_and_chosen(desk, reporter, fields):
    story = make_article(headline="One", **fields)
    mine = form_data(desk.get(change_page(story)), headline="Mine", standfirst="S.")
    mine["_revision"] = Revision.objects.newest_number(story)
    save(story, by=reporter, headline="Theirs")
    response = desk.post(change_page(story), mine, follow=True)
    page = response.content.decode()
    assert "Mine" in page
    assert "Theirs" in page
    aside = story.revisions.get(kind="aside")
    assert aside.content["fields"]["headline"] == "Mine"
    newest = Revision.objects.newest_number(story)
    address = response.redirect_chain[-1][0]
    choice = {"theirs": newest, "fields-headline": "mine"}
    desk.post(address, choice)
    number = Revision.objects.newest_number(story)
    made = story.revisions.get(number=number).content["fields"]
    assert (made["headline"], made["standfirst"]) == ("Mine", "S.")
    assert not story.revisions.to_merge().exists()


def test_a_choice_made_while_somebody_saved_again_is_asked_for_once_more(desk):
    story = make_article(headline="One")
    save(story, headline="Theirs", base=1)
    aside = save(story, headline="Mine", base=1).revision
    newest = Revision.objects.newest_number(story)
    save(story, headline="Theirs again")
    address = f"/admin/articles/article/{story.pk}/merge/{aside.number}/"
    page = desk.post(address, {"theirs": newest, "fields-headline": "mine"})
    assert "saved again meanwhile" in page.content.decode()
    assert story.revisions.to_merge().exists()


def test_paragraphs_that_two_changed_apart_are_merged():
    base = "<p>1</p>\n<p>2</p>\n<p>3</p>\n<p>4</p>"
    mine = base.replace("1", "one")
    theirs = base.replace("<p>4</p>", "<p>four</p>\n<p>5</p>")
    assert merge_lines(base, mine, theirs) == (
        "<p>one</p>\n<p>2</p>\n<p>3</p>\n<p>four</p>\n<p>5</p>"
    )
    assert merge_lines(base, mine, base.replace("1", "uno")) is None
    assert merge_lines(base, mine, mine) == mine


def test_a_row_that_one_took_out_and_the_other_changed_is_a_conflict(tass):
    base = snapshot(tass)
    mine = {**base, "quotes": {k: v for k, v in base["quotes"].items() if k != "q6"}}
    theirs = {
        **base,
        "quotes": {**base["quotes"], "q6": {**base["quotes"]["q6"], "role": "He"}},
    }
    assert [p.key for p in reconcile(base, mine, theirs).conflicts] == ["q6"]
    assert reconcile(base, mine, base).content["quotes"].keys() == mine["quotes"].keys()


def with_quote(content, **values):
    row = {**content["quotes"]["q6"], **values}
    return {**content, "quotes": {**content["quotes"], "q6": row}}


def test_fields_of_a_quote_that_two_changed_apart_are_merged(tass):
    base = snapshot(tass)
    mine, theirs = with_quote(base, role="He"), with_quote(base, said_on="2016-02-07")
    merged = reconcile(base, mine, theirs)
    assert merged.conflicts == []
    row = merged.content["quotes"]["q6"]
    assert (row["role"], row["said_on"]) == ("He", "2016-02-07")
    both = reconcile(base, with_quote(mine, words="One"), with_quote(base, words="Two"))
    assert both.conflicts == [("quotes", "q6", "words")]
    assert both.content["quotes"]["q6"]["role"] == "He"


def test_who_says_a_quote_is_one_thing_where_somebody_changed_the_speaker(tass):
    base = snapshot(tass)
    mine = with_quote(base, speaker=None, unnamed_source="a diplomat", role="")
    theirs = with_quote(base, role="the head of it")
    merged = reconcile(base, mine, theirs)
    assert merged.conflicts == [("quotes", "q6", "attribution")]
    row = decide(merged, theirs, set(merged.conflicts))["quotes"]["q6"]
    assert row == theirs["quotes"]["q6"]
    assert decide(merged, theirs, set())["quotes"]["q6"] == mine["quotes"]["q6"]


def test_the_merge_page_says_in_words_what_each_made_of_a_quote(desk, tass, editor):
    person = make_person(name="Ann Other")
    base = snapshot(tass)
    theirs = with_quote(base, speaker=[person.slug], position=None)
    number = Revision.objects.newest_number(tass)
    drafts.save_over(tass, theirs, base=number, by=editor)
    mine = with_quote(base, role="The chief", occasion="interview")
    aside = drafts.save_over(tass, mine, base=number, by=editor).revision
    address = f"/admin/articles/article/{tass.pk}/merge/{aside.number}/"
    page = desk.get(address)
    (conflict,) = page.context["conflicts"]
    words = base["quotes"]["q6"]["words"]
    assert conflict["label"].startswith(f"quote “{words[:12]}")
    assert conflict["label"].endswith("who says it")
    assert "speaker: Ann Other" in conflict["theirs"]
    assert "role as printed: The chief" in conflict["mine"]
    newest = Revision.objects.newest_number(tass)
    desk.post(address, {"theirs": newest, conflict["name"]: "theirs"})
    row = drafts.draft_of(tass).revision.content["quotes"]["q6"]
    assert (row["speaker"], row["occasion"]) == ([person.slug], "interview")


def test_a_correction_reaches_readers_past_a_draft_and_stays_when_it_is_published(
    tass, editor
):
    body = tass.body.replace("Currently, dialogue", "Now, dialogue")
    save(tass, by=editor, body=body)
    quote = tass.quotes.get(mark="q3")
    right = quote.words.replace("endangers", "threatens")
    correct_quote(quote, by=editor, text="A word was wrong.", words=right)
    live_changes.publish_changes(tass, by=editor)
    tass.refresh_from_db()
    assert "Now, dialogue" in tass.body
    assert "threatens not only" in tass.body
    assert tass.quotes.get(mark="q3").words == right
    assert publishing.problems_before_publishing(tass) == []


def test_a_draft_at_odds_with_what_readers_have_is_refused_and_chosen(
    tass, editor, desk
):
    save(tass, by=editor, headline="The draft's")
    tass.headline = "Readers'"
    tass.save()
    settle(tass, by=editor)
    with pytest.raises(Refused, match="has changed since this draft began"):
        live_changes.publish_changes(tass, by=editor)
    page = desk.get(change_page(tass)).content.decode()
    assert "What readers have has changed" in page
    draft = drafts.draft_of(tass)
    address = f"/admin/articles/article/{tass.pk}/merge/{draft.revision.number}/"
    held = tass.revisions.held().number
    desk.post(address, {"theirs": held, "fields-headline": "mine"})
    live_changes.publish_changes(tass, by=editor)
    tass.refresh_from_db()
    assert tass.headline == "The draft's"


def test_a_verb_from_a_page_that_is_out_of_date_is_refused(editor):
    story = make_article(status="draft", published_at=None)
    seen = Revision.objects.newest_number(story)
    story.headline = "Changed since"
    story.save()
    settle(story)
    with pytest.raises(Refused, match="since you opened the page"):
        publishing.publish(story, by=editor, revision=seen)
    assert not Article.objects.live().exists()


def test_a_draft_naming_a_record_that_is_no_more_opens_and_says_so(tass, editor, desk):
    speaker = make_person(slug="gone")
    content = changed(tass)
    content["quotes"] = {
        **content["quotes"],
        "q6": {**content["quotes"]["q6"], "speaker": ["gone"], "position": None},
    }
    drafts.save_content(tass, content, by=editor, base=1)
    speaker.delete()
    response = desk.get(change_page(tass))
    assert response.status_code == 200
    said = " ".join(messages(response))
    assert "The person “gone”, which this revision names, is no more." in said


def test_the_quotes_of_a_draft_stand_on_no_page(tass, editor, client):
    story = make_article()
    make_quote(story)
    body = story.body.replace("We said so", "We never said so")
    save(story, by=editor, body=body)
    for page in ("/quotes/", "/", story.get_absolute_url()):
        assert b"never said so" not in client.get(page).content


def test_a_correction_from_a_page_that_is_out_of_date_is_refused_once(desk, tass):
    address = f"/admin/articles/article/{tass.pk}/correct/"
    form = desk.get(address).context["form"]
    said = {"text": "Wrong.", "kind": "correction", "placement": "bottom"}
    said |= {"revision": form["revision"].value()}
    tass.standfirst = "Changed since."
    tass.save()
    settle(tass)
    page = desk.post(address, said)
    assert "has changed since you opened the page" in page.content.decode()
    assert not tass.corrections.exists()
    said["revision"] = page.context["form"]["revision"].value()
    desk.post(address, said)
    assert tass.corrections.get().text == "Wrong."


@pytest.mark.parametrize("why", ["a section that is gone", "a slug that is taken"])
def test_a_text_that_cannot_be_merged_any_more_is_kept_and_told_why(desk, why):
    story = make_article(status="draft", published_at=None, headline="One")
    section = make_section()
    save(story, headline="Theirs", base=1)
    changed = {"slug": "taken"} if "slug" in why else {"section": [section.slug]}
    aside = save(story, headline="Mine", **changed, base=1).revision
    if "slug" in why:
        make_article(slug="taken")
    else:
        section.delete()
    address = f"/admin/articles/article/{story.pk}/merge/{aside.number}/"
    chosen = {"theirs": Revision.objects.newest_number(story)}
    chosen["fields-headline"] = "mine"
    response = desk.post(address, chosen, follow=True)
    said = messages(response)
    assert "is no more" in said[0] or "taken the slug" in said[0]
    assert "Both texts are kept" in said[-1]
    assert story.revisions.to_merge().get() == aside
