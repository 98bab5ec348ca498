import json
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from articles import publishing
from articles.correcting import withdraw_quote
from articles.merging import merge
from articles.models import Article, Quote, QuoteOverride, SourceText
from articles.quote_checks import retold_otherwise
from tests.factories import make_article, make_person, make_quote
from tests.test_admin import act, add_quote, change_page, form_data

pytestmark = pytest.mark.django_db

WORDS = "We have counted the drivers twice"
OTHER = "We have counted the drivers once"
DRAFT = {"status": "draft", "published_at": None}


@pytest.fixture
def draft(db):
    article = make_article(**DRAFT)
    make_quote(article, words=WORDS, mark="q1")
    return article


def edit_body(article, old=WORDS, new=OTHER):
    """As raw SQL would, past every check."""
    Article.objects.filter(pk=article.pk).update(body=article.body.replace(old, new))
    article.refresh_from_db()


def by_form(client, article, **changes):
    data = form_data(client.get(change_page(article)), **changes)
    return client.post(change_page(article), data, follow=True)


def load_over(article, tmp_path, **fields):
    row = {"model": "articles.article", "fields": fields | {"slug": article.slug}}
    path = tmp_path / "story.json"
    path.write_text(json.dumps([row]))
    call_command("loaddata", str(path), verbosity=0)


# What the body holds, against the words that were recorded, and what follows.
BODIES = {
    "matches": (WORDS, "matches"),
    "differs in typography alone": (WORDS.replace(" ", "\u00a0"), "matches"),
    "differs": (OTHER, "differs"),
    "has lost the mark": (None, "not_found"),
}


def body_with(text):
    if text is None:
        return f"<p>“{WORDS},” she said.</p>"
    return f'<p>“<q data-quote="q1">{text}</q>,” she said.</p>'


def write_by_form(article, text, desk, tmp_path):
    by_form(desk, article, body=text)


def write_by_fixture(article, text, desk, tmp_path):
    load_over(article, tmp_path, headline=article.headline, section=None, body=text)


def write_by_command(article, text, desk, tmp_path):
    Article.objects.update(body=text)
    call_command("settle", "--all", stderr=StringIO())


def write_by_verb(article, text, desk, tmp_path):
    Article.objects.update(body=text)
    publishing.spike(article, by=None)


def write_by_merging(article, text, desk, tmp_path):
    Article.objects.update(body=text)
    speaker = article.quotes.get().speaker
    merge([make_person(name="Entered twice"), speaker], into=speaker, by=None)


def write_by_record(article, text, desk, tmp_path):
    Article.objects.update(body=text)
    speaker = article.quotes.get().speaker
    page = reverse("admin:articles_person_change", args=[speaker.pk])
    assert desk.post(page, form_data(desk.get(page), name="Ann")).status_code == 302


WRITERS = [
    write_by_form,
    write_by_fixture,
    write_by_command,
    write_by_verb,
    write_by_merging,
    write_by_record,
]


@pytest.mark.parametrize("write", WRITERS, ids=lambda w: w.__name__)
@pytest.mark.parametrize(("text", "outcome"), BODIES.values(), ids=BODIES.keys())
def test_every_write_path_makes_the_check_anew(
    draft, desk, tmp_path, write, text, outcome
):
    write(draft, body_with(text), desk, tmp_path)
    assert Quote.objects.get().body_check == outcome


SOURCES = {
    "matches": f"He said: “{WORDS}.”",
    "differs": f"He said: “{OTHER}.”",
    "not_found": "He said nothing of the kind.",
    "no_text": None,
}


@pytest.mark.parametrize("write", WRITERS, ids=lambda w: w.__name__)
@pytest.mark.parametrize(("outcome", "source"), SOURCES.items(), ids=SOURCES.keys())
def test_every_write_path_makes_the_check_against_the_source_anew(
    draft, desk, tmp_path, write, source, outcome
):
    if source:
        SourceText.objects.create(article=draft, text=source)
    write(draft, body_with(WORDS), desk, tmp_path)
    assert Quote.objects.get().source_check == outcome


def publish_from_the_list(article, desk):
    act(desk, "publish", article)


def publish_from_the_form(article, desk):
    by_form(desk, article, _publish="1")


def publish_by_verb(article, desk):
    publishing.publish(article, by=None)


def schedule_from_the_list(article, desk):
    at = {"at_0": "2100-01-01", "at_1": "12:00", "said": "2100-01-01T12:00:00+00:00"}
    act(desk, "schedule", article, confirmed="1", **at)


def schedule_by_verb(article, desk):
    publishing.schedule(article, at=timezone.now() + timedelta(days=1), by=None)


PUBLISHERS = [
    publish_from_the_list,
    publish_from_the_form,
    publish_by_verb,
    schedule_from_the_list,
    schedule_by_verb,
]


@pytest.mark.parametrize("publish", PUBLISHERS, ids=lambda p: p.__name__)
@pytest.mark.parametrize(("text", "outcome"), BODIES.values(), ids=BODIES.keys())
def test_nothing_publishes_a_quote_that_does_not_hold(
    draft, desk, publish, text, outcome
):
    Article.objects.update(body=body_with(text))
    refused = False
    try:
        publish(draft, desk)
    except publishing.Refused:
        refused = True
    holds = outcome == "matches"
    assert Article.objects.live().exists() == holds
    assert not (refused and holds)


@pytest.mark.parametrize("publish", PUBLISHERS, ids=lambda p: p.__name__)
@pytest.mark.parametrize("text", [OTHER, None], ids=["differs", "has lost the mark"])
def test_an_override_lets_a_story_out_by_every_way_and_stays_on_record(
    draft, desk, editor, publish, text
):
    Article.objects.update(body=body_with(text))
    by_form(desk, draft, **{"quotes-0-lets_stand": "A court order"})
    publish(draft, desk)
    assert Article.objects.live().exists()
    override = QuoteOverride.objects.get()
    assert (override.recorded, override.marked) == (WORDS, text or "")
    assert (override.reason, override.overridden_by) == ("A court order", editor)
    log = [entry.get_change_message() for entry in LogEntry.objects.all()]
    assert any("A court order" in message for message in log)


def test_take_the_storys_words(draft, desk):
    edit_body(draft)
    page = desk.get(change_page(draft)).content.decode()
    assert "Take the story’s words: “once”" in page
    assert "Restore the recorded words: “twice”" in page
    by_form(desk, draft, _take="q1")
    assert Quote.objects.get().words == OTHER
    assert Quote.objects.get().body_check == "matches"


def test_restore_the_recorded_words_and_leave_the_rest_of_the_body(draft, desk):
    edit_body(draft, WORDS, "We have <strong>counted</strong> the drivers once")
    edit_body(draft, "</p>", " And so <em>it</em> goes.</p>")
    by_form(desk, draft, _restore="q1")
    draft.refresh_from_db()
    assert Quote.objects.get().words == WORDS
    assert Quote.objects.get().body_check == "matches"
    assert "We have <strong>counted</strong> the drivers twice</q>" in draft.body
    assert "And so <em>it</em> goes." in draft.body


def test_a_live_story_is_mended_by_either_button(desk):
    article = make_article()
    make_quote(article, words=WORDS, mark="q1")
    for button, words in (("_take", OTHER), ("_restore", WORDS)):
        Quote.objects.update(words=WORDS)
        body = article.body.replace(WORDS, OTHER)
        by_form(desk, article, body=body, **{button: "q1"})
        by_form(desk, article, _publish="yes")
        assert Quote.objects.get().words == words
        assert Quote.objects.get().body_check == "matches"
        assert words in Article.objects.get().body
        assert Article.objects.published().exists()


def test_a_restore_that_cannot_be_done_says_so_and_keeps_the_text(draft, desk):
    pieces = 'We have counted</q>,” she said, “<q data-quote="q1">the drivers once'
    edit_body(draft, WORDS, pieces)
    page = by_form(desk, draft, _restore="q1", headline="Typed").content.decode()
    assert "splits quote q1 into other parts" in page
    assert "Typed" in page
    assert Quote.objects.get().words == WORDS
    assert "she said, “<q" in Article.objects.get().body


def test_a_reported_passage_that_changed_is_flagged_and_confirmed_by_one_button(desk):
    article = make_article(**DRAFT)
    make_quote(article, kind="indirect", words=WORDS, mark="q1")
    edit_body(article)
    page = desk.get(change_page(article)).content.decode()
    assert "reported, and the passage has changed" in page
    assert "Confirm the passage" in page
    assert "verified" not in page.lower()
    by_form(desk, article, _take="q1")
    assert Quote.objects.get().words == OTHER
    assert publishing.problems_before_publishing(article) == []


def test_an_override_lets_a_quote_stand_with_its_reason_kept(draft, editor):
    edit_body(draft)
    quote = Quote.objects.get()
    with pytest.raises(publishing.Refused):
        publishing.publish(draft, by=editor)
    publishing.override_quote_check(quote, by=editor, reason="A court order")
    publishing.publish(draft, by=editor)
    override = QuoteOverride.objects.get()
    assert (override.recorded, override.marked) == (WORDS, OTHER)
    assert (override.reason, override.overridden_by) == ("A court order", editor)
    log = [entry.get_change_message() for entry in LogEntry.objects.all()]
    assert any("A court order" in message for message in log)


@pytest.mark.parametrize("side", ["recorded", "marked"])
def test_an_override_holds_for_exactly_that_pair_of_texts(draft, side):
    edit_body(draft)
    publishing.override_quote_check(Quote.objects.get(), by=None, reason="An order")
    assert publishing.problems_before_publishing(draft) == []
    if side == "recorded":
        Quote.objects.update(words=f"{WORDS} or more")
    else:
        edit_body(draft, OTHER, f"{OTHER} or more")
    assert [p.field for p in publishing.problems_before_publishing(draft)] == ["quotes"]


def test_an_override_needs_the_permission_a_reason_and_something_open(draft, reporter):
    quote = Quote.objects.get()
    with pytest.raises(publishing.Refused, match="Nothing is open"):
        publishing.override_quote_check(quote, by=None, reason="None")
    edit_body(draft)
    with pytest.raises(publishing.Refused, match="reason"):
        publishing.override_quote_check(quote, by=None, reason=" ")
    with pytest.raises(PermissionDenied):
        publishing.override_quote_check(quote, by=reporter, reason="Mine")
    assert not QuoteOverride.objects.exists()


def test_the_form_takes_an_override_only_from_those_who_may(client, reporter, editor):
    article = make_article(**DRAFT)
    make_quote(article, words=WORDS, mark="q1")
    edit_body(article)
    for user, count in ((reporter, 0), (editor, 1)):
        client.force_login(user)
        by_form(client, article, **{"quotes-0-lets_stand": "A court order"})
        assert QuoteOverride.objects.count() == count
    page = client.get(change_page(article)).content.decode()
    assert "Let stand by editor: A court order" in page
    by_form(client, article, _publish="1")
    assert Article.objects.published().exists()


def test_an_override_of_what_is_not_open_is_refused_and_kept_in_the_form(draft, desk):
    page = by_form(desk, draft, **{"quotes-0-lets_stand": "Just in case"})
    assert "Nothing is open at this quote" in page.content.decode()
    assert "Just in case" in page.content.decode()


@pytest.mark.parametrize(
    ("source", "outcome", "is_off"),
    [
        (f"He said: “{WORDS}.”", "matches", False),
        (f"He said: “{OTHER}.”", "differs", True),
        ("He said nothing of the kind.", "not_found", True),
        (None, "no_text", False),
    ],
)
@pytest.mark.parametrize("kind", ["direct", "partial", "indirect"])
def test_house_policy_says_whether_words_off_the_source_hold_a_story_back(
    settings, source, outcome, is_off, kind
):
    article = make_article(**DRAFT)
    make_quote(article, words=WORDS, kind=kind)
    if source:
        SourceText.objects.create(article=article, text=source)
    publishing.settle(article)
    assert Quote.objects.get().source_check == outcome
    assert publishing.problems_before_publishing(article) == []
    settings.QUOTES_OFF_SOURCE_BLOCK = True
    held = bool(publishing.problems_before_publishing(article))
    assert held == (is_off and kind != "indirect")


def test_the_form_shows_the_difference_from_the_source_and_which_source(draft, desk):
    SourceText.objects.create(article=draft, text=f"She said: {OTHER}.", publisher="PA")
    publishing.settle(draft)
    page = desk.get(change_page(draft)).content.decode()
    assert "differs from the source copy" in page
    assert "<del>twice</del><ins>once</ins>" in page
    assert "Wire copy, PA" in page


@pytest.mark.parametrize(
    ("headline", "retold"),
    [
        ("Union: “We have counted the drivers twice”", None),
        ("Union has 'counted the drivers twice'", None),
        ("Drivers ‘counted twice’, says the union’s chair", "counted twice"),
        ("Union: “We have counted the drivers once”", OTHER),
        ("The drivers' union counts again, and the port's too", None),
    ],
)
def test_words_that_the_headline_puts_in_marks_are_held_against_the_quotes(
    draft, desk, headline, retold
):
    Article.objects.update(headline=headline)
    page = desk.get(change_page(draft)).content.decode()
    assert ("but in no quote of the story" in page) == (retold is not None)
    if retold:
        assert f"<li>\n          “{retold}”" in page
    assert ("the nearest is q1" in page) == (retold is not None)
    assert publishing.problems_before_publishing(draft) == []


def test_the_standfirst_of_the_first_story_repeats_a_quote_of_it(tass, desk):
    page = desk.get(change_page(tass)).content.decode()
    assert "but in no quote of the story" not in page
    tass.standfirst = tass.standfirst.replace("impossible", "hard")
    tass.lead_photo.caption = 'Grushko: "endangers public security"'
    tass.lead_photo.save()
    tass.save()
    page = desk.get(change_page(tass)).content.decode()
    assert "the nearest is q4" in page
    assert "“endangers public security”" in page


@pytest.mark.parametrize(
    ("posts", "stored"),
    [
        ([("Envoy", None, None)], "Envoy"),
        ([("Envoy", None, "2019-12-31"), ("Minister", "2020-01-01", None)], "Minister"),
        ([("Envoy", None, None), ("Minister", None, None)], None),
        ([("Envoy", "2021-01-01", None)], None),
        ([], None),
    ],
)
def test_a_new_quote_takes_the_one_post_that_its_speaker_held_that_day(
    desk, posts, stored
):
    speaker = make_person()
    for title, started_on, ended_on in posts:
        speaker.positions.create(title=title, started_on=started_on, ended_on=ended_on)
    article = make_article(**DRAFT, body=f"<p>“{WORDS},” she said.</p>")
    data = form_data(desk.get(change_page(article)))
    data = add_quote(data, words=WORDS, speaker=speaker.pk, said_on="2020-05-04")
    desk.post(change_page(article), data)
    position = Quote.objects.get().position
    assert (position and position.title) == stored


def test_a_post_that_does_not_cover_the_day_is_a_warning_and_no_more(draft, desk):
    quote = Quote.objects.get()
    post = quote.speaker.positions.create(title="Chair", ended_on="2019-12-31")
    Quote.objects.update(position=post, said_on="2020-05-04")
    page = desk.get(change_page(draft)).content.decode()
    assert "the post was not held on that day" in page
    assert publishing.problems_before_publishing(draft) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (WORDS, "matches the quote it repeats"),
        ("… counted the drivers twice", "matches the quote it repeats"),
        ("counted the drivers twice", "differs from the quote it repeats"),
        ("We have counted … twice", "matches the quote it repeats"),
        (OTHER, "differs from the quote it repeats"),
        ("Nothing of the kind at all", "has other words than the quote it repeats"),
    ],
)
def test_a_repeat_is_held_against_the_first_and_shown_but_not_blocked(
    desk, words, said
):
    first = make_quote(make_article(), words=WORDS)
    article = make_article(**DRAFT)
    make_quote(article, words=words, repeats=first)
    assert said in desk.get(change_page(article)).content.decode()
    assert publishing.problems_before_publishing(article) == []


def check_archive():
    said = StringIO()
    call_command("check_quotes", stdout=said)
    return said.getvalue()


def test_check_quotes_is_silent_where_all_hold(tass):
    assert check_archive() == "6 checked\n"


def test_check_quotes_names_each_quote_that_does_not_hold_and_where(tass, settings):
    settings.SITE_ADDRESS = "https://news.example"
    edit_body(tass, "migration waves", "migration tides")
    Quote.objects.filter(mark="q4").update(words="should change its policy at once")
    said = StringIO()
    with pytest.raises(CommandError) as error:
        call_command("check_quotes", stdout=said)
    assert error.value.returncode == 1
    place = "https://news.example/2016/02/08/nato-dialogue/"
    lines = said.getvalue().splitlines()
    assert lines[0].startswith(f"{place}#q2 differs from the story: As a matter")
    assert lines[1].startswith(f"{place}#q4 differs from the story: should change")
    assert "6 checked" in lines[-1]
    assert "2 differs from the story" in lines[-1]


def test_check_quotes_counts_an_override_as_settled(draft):
    edit_body(draft)
    publishing.override_quote_check(Quote.objects.get(), by=None, reason="An order")
    assert check_archive() == "1 checked\n"


def test_check_quotes_costs_as_many_queries_a_story_however_many_quotes(
    django_assert_max_num_queries,
):
    article = make_article()
    for _ in range(8):
        make_quote(article)
    with django_assert_max_num_queries(6):
        check_archive()


def test_the_quote_named_beside_a_headline_is_the_nearest(draft):
    make_quote(draft, words="We will never ever leave our good city")
    nearest = make_quote(draft, words="We will never ever leave our good town at all")
    draft.headline = "“We will never ever leave our good town at last”"
    draft.save()
    assert retold_otherwise(draft)[0].nearest == nearest


def test_withdrawn_words_in_a_headline_are_warned_of():
    story = make_article()
    quote = make_quote(story, words="We will never ever leave our good city")
    withdraw_quote(quote, by=None, text="She never said it.")
    Article.objects.update(headline="“We will never ever leave our good city”")
    assert retold_otherwise(Article.objects.get())


def test_words_of_a_row_that_are_put_right_find_their_place(desk):
    story = make_article(
        **DRAFT, body=f"<p>“{WORDS},” she said.</p><p>They waited.</p>"
    )
    data = form_data(desk.get(change_page(story)))
    typo = add_quote(
        data, words="We have counted the divers", unnamed_source="a driver"
    )
    desk.post(change_page(story), typo)
    page = desk.get(change_page(story))
    assert "Nearest is paragraph 1" in page.content.decode()
    desk.post(change_page(story), form_data(page, **{"quotes-0-words": WORDS}))
    assert Quote.objects.get().body_check == "matches"


def test_the_parts_of_a_row_are_marked_in_their_order(desk):
    story = make_article(
        **DRAFT,
        body="<p>“No,” said Bob.</p><p>“We waited,” Ann said. “No,” she added.</p>",
    )
    data = form_data(desk.get(change_page(story)))
    desk.post(
        change_page(story),
        add_quote(data, words="We waited\nNo", unnamed_source="Ann"),
    )
    story.refresh_from_db()
    assert story.body.startswith("<p>“No,” said Bob.</p>")
    assert Quote.objects.get().body_check == "matches"


def test_words_that_come_with_their_marks_are_recorded_without(desk):
    story = make_article(**DRAFT, body="<p>“We waited,” Ann said.</p>")
    data = form_data(desk.get(change_page(story)))
    desk.post(
        change_page(story),
        add_quote(data, words="“We waited,”", unnamed_source="Ann"),
    )
    story.refresh_from_db()
    assert Quote.objects.get().words == "We waited"
    assert ">We waited</q>,”" in story.body


def test_a_quote_parted_by_a_new_paragraph_shows_where_and_is_joined_again(desk):
    story = make_article(**DRAFT)
    quote = make_quote(story, words=WORDS)
    parted = f'</q></p><p><q data-quote="{quote.mark}">'
    story.body = story.body.replace(" counted", parted + "counted")
    story.save()
    publishing.settle(story)
    page = desk.get(change_page(story))
    assert "<ins>¶ </ins>" in page.content.decode()
    desk.post(change_page(story), form_data(page, _restore=quote.mark))
    quote.refresh_from_db()
    assert (quote.words, quote.body_check) == (WORDS, "matches")
    story.refresh_from_db()
    assert parted not in story.body


def test_the_reason_shown_is_that_of_these_two_texts(draft, desk):
    first = body_with(OTHER)
    for text, reason in [(OTHER, "The first"), (OTHER + " or so", "The second")]:
        Article.objects.update(body=body_with(text))
        draft.refresh_from_db()
        publishing.settle(draft)
        publishing.override_quote_check(draft.quotes.get(), by=None, reason=reason)
    Article.objects.update(body=first)
    draft.refresh_from_db()
    publishing.settle(draft)
    page = desk.get(change_page(draft)).content.decode()
    assert "The first" in page
    assert "The second" not in page


def test_an_override_in_a_draft_of_a_live_story_stands_in_the_log(desk):
    story = make_article()
    quote = make_quote(story, words=WORDS)
    data = form_data(desk.get(change_page(story)))
    data["body"] = data["body"].replace("twice", "once")
    data["quotes-0-lets_stand"] = "The tape says so."
    desk.post(change_page(story), data, follow=True)
    assert quote.overrides.get().reason == "The tape says so."
    said = [entry.get_change_message() for entry in LogEntry.objects.all()]
    assert f"Let quote {quote.mark} stand: The tape says so." in said
