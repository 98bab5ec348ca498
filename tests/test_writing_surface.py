"""The writing surface in a real browser, at the keyboard."""

import re
from datetime import UTC, datetime

import pytest
from django.utils import timezone

from articles.models import Article, Person, Quote
from tests.browsing import Desk
from tests.conftest import make_user
from tests.factories import (
    make_article,
    make_organisation,
    make_person,
    make_photo,
    make_quote,
)
from tests.test_admin import preview_page

pytestmark = [pytest.mark.django_db(transaction=True, serialized_rollback=True)]

ADD = "/admin/articles/article/add/"
DRAFT = {"status": "draft", "published_at": None}


@pytest.fixture
def desk(chromium, live_server):
    """An editor at the browser. Every test fails on a complaint of the console."""
    desk = Desk(chromium, live_server, make_user("editor", "Editor"))
    yield desk
    desk.context.close()
    assert desk.complaints == []


def change(article):
    return f"/admin/articles/article/{article.pk}/change/"


# From an empty story to the page

NOON = datetime(2016, 2, 8, 9, tzinfo=UTC)


def main_part(client, article):
    page = client.get(article.get_absolute_url()).content.decode()
    main = re.search(r"<main.*</main>", page, re.DOTALL)[0]
    keys = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\bq(?:[1-9]|[a-z0-9]{5})\b"
    seen = {}
    return re.sub(keys, lambda key: f"#{seen.setdefault(key[0], len(seen))}", main)


def test_the_wire_story_is_pasted_and_marked_from_the_keyboard_and_reads_as_the_fixture(
    desk, tass, client, monkeypatch
):
    monkeypatch.setattr(timezone, "now", lambda: NOON)
    wire = tass.sources.get().text
    as_in_fixture = main_part(client, tass)
    standfirst, headline = tass.standfirst, tass.headline
    tass.quotes.all().delete()
    Article.objects.all().delete()

    desk.open(ADD)
    page = desk.page
    page.fill("[name=headline]", headline)
    page.fill("[name=standfirst]", standfirst)
    page.fill("[name=dateline_date]", "2016-02-08")
    desk.paste(wire[wire.index("MOSCOW, ") :])
    desk.press("Control+Home")

    desk.select(
        "NATO is shooting itself in the foot by pursuing a confrontational policy "
        "towards Russia"
    )
    desk.press("Alt+r")
    desk.answer()
    desk.caret_in("As a matter of fact")
    desk.press("Alt+q")
    desk.answer()
    desk.caret_in("And we see it now")
    desk.press("Alt+a")
    desk.caret_in("endangers not only")
    desk.press("Alt+q")
    desk.answer()
    desk.caret_in("should change its policy")
    desk.press("Alt+q")
    desk.answer()
    desk.select(
        "the alliance had taken a decision to resume the work of the "
        "Russian-NATO Council"
    )
    desk.press("Alt+r")
    desk.answer()
    desk.select("Moscow had never denied work in this format")
    desk.press("Alt+r")
    desk.answer()
    for name in ("Alexander Grushko", "Jens Stoltenberg", "Sergei Lavrov"):
        desk.caret_in(name)
        desk.press("Alt+p")
        desk.answer()
    desk.caret_in("NATO Alexander")
    desk.press("Alt+o")
    desk.answer()
    desk.select("Russia-NATO Council")
    desk.press("Alt+o")
    desk.answer()
    start, _end = desk.place('the alliance "should')
    desk.go_to(start)
    desk.go_to(start + len("the alliance"), selecting=True)
    desk.press("Alt+o")
    page.locator("dialog.chooser [role=option]").first.wait_for()
    desk.press("Control+a")
    desk.type("NATO")
    page.locator("dialog.chooser [role=option]", has_text="NATO").first.wait_for()
    desk.answer("Enter")

    page.select_option("[name=section]", label="All news")
    page.fill("[name=dateline_place]", "Moscow")
    choose(page, "source", "TASS")
    for fold in ("source-copy", "photo", "dateline", "placing"):
        page.locator(f"#fold-{fold} > summary").click()
    choose(page, "lead_photo", "Grushko")
    page.fill("[name=dateline]", "MOSCOW, February 8. /TASS/.")
    page.fill("[name=dateline_source]", "TASS")
    page.fill("[name=slug]", "nato-dialogue")
    page.locator("#sources-group .add-row a").click()
    page.select_option("[name=sources-0-kind]", "wire_copy")
    page.fill("[name=sources-0-publisher]", "TASS")
    page.fill("[name=sources-0-text]", wire)
    desk.save("_publish")

    story = Article.objects.get()
    assert story.status == "published", page.locator("#content").inner_text()
    assert main_part(client, story) == as_in_fixture
    quotes = story.quotes.order_by("order")
    assert [quote.kind for quote in quotes] == (
        "indirect direct partial partial indirect indirect".split()
    )


def choose(page, field, text):
    """By the chooser of a record, as an editor does."""
    page.locator(f".field-{field} .select2-selection").focus()
    page.keyboard.press("Enter")
    page.keyboard.type(text)
    page.locator(".select2-results__option--highlighted", has_text=text).wait_for()
    page.keyboard.press("Enter")


# Marking

WORDS = "<p>“We have counted the drivers,” Ann Doe, the mayor of Oslo, said.</p>"


@pytest.fixture
def story():
    return make_article(**DRAFT, headline="Drivers", body=WORDS)


def test_escape_returns_to_the_text_and_marks_nothing(desk, story):
    desk.open(change(story))
    desk.page.locator(".ProseMirror").focus()
    desk.caret_in("We have counted")
    desk.press("Alt+q")
    desk.page.locator("dialog.chooser").wait_for()
    desk.press("Escape")
    desk.page.locator("dialog.chooser").wait_for(state="detached")
    desk.type("x")
    assert "Wex have counted" in desk.body()
    assert "<q" not in desk.body()


def test_a_person_is_added_without_leaving_the_form(desk, story):
    desk.open(change(story))
    desk.page.locator(".ProseMirror").focus()
    desk.caret_in("We have counted")
    desk.press("Alt+q")
    desk.page.locator("dialog.chooser input").first.fill("Ann Doe")
    desk.page.locator("[role=option]", has_text="New person").wait_for()
    desk.press("ArrowDown", "ArrowDown", "Enter")
    desk.until("document.querySelector('.chooser [role=option]') === null")
    desk.answer("Enter")
    desk.save()
    quote = story.quotes.get()
    assert quote.speaker == Person.objects.get(slug="ann-doe")
    assert quote.words == "We have counted the drivers"


def test_an_unnamed_source_is_described_and_nothing_more(desk, story):
    desk.open(change(story))
    desk.page.locator(".ProseMirror").focus()
    desk.caret_in("We have counted")
    desk.press("Alt+q")
    desk.page.locator("dialog.chooser input").first.fill("a driver on the night shift")
    desk.page.locator("[role=option]", has_text="Unnamed source").wait_for()
    desk.press("ArrowDown", "Enter")
    desk.answer("Enter")
    desk.save()
    quote = story.quotes.get()
    assert quote.unnamed_source == "a driver on the night shift"
    assert (quote.speaker, quote.organisation, quote.role) == (None, None, "")


def test_the_speaker_near_the_words_and_the_role_as_printed_are_proposed(desk, story):
    ann = make_person(name="Ann Doe")
    desk.open(change(story))
    desk.page.locator(".ProseMirror").focus()
    desk.caret_in("We have counted")
    desk.press("Alt+q")
    desk.answer("Enter")
    desk.save()
    quote = story.quotes.get()
    assert (quote.speaker, quote.role) == (ann, "the mayor of Oslo")
    assert quote.kind == "direct"


def test_an_organisation_may_speak(desk):
    make_organisation(name="Oslo Transport")
    story = make_article(**DRAFT, body="<p>Trains stop, Oslo Transport said.</p>")
    desk.open(change(story))
    desk.page.locator(".ProseMirror").focus()
    desk.select("Trains stop")
    desk.press("Alt+r")
    desk.answer("Enter")
    desk.save()
    quote = story.quotes.get()
    assert (str(quote.organisation), quote.kind) == ("Oslo Transport", "indirect")
    assert f'<span data-quote="{quote.mark}">Trains stop</span>,' in saved(story)


def saved(story):
    return Article.objects.get(pk=story.pk).body


@pytest.fixture
def quoted():
    """A quote whose words stand in the second paragraph of its story."""
    story = make_article(**DRAFT, body="<p>Drivers are few.</p>")
    return make_quote(
        article=story,
        words="We have counted the drivers",
        speaker=make_person(name="Ann Doe"),
        mark="q1",
    )


def test_words_typed_inside_a_passage_keep_its_mark_and_are_reported(desk, quoted):
    desk.open(change(quoted.article))
    desk.page.locator(".ProseMirror").focus()
    desk.caret_in("the drivers")
    desk.press("ArrowRight")
    desk.type(" all")
    assert "counted the all drivers</q>" in desk.body()
    assert "changed" in desk.rows().first.locator(".quote-notice").inner_text()
    desk.save()
    assert "differs from the story" in desk.rows().first.inner_text()


# A quote, where the caret is put, what is typed, and the quote then.
TYPED_AT_ITS_EDGES = [
    (
        "“<q>we will leave</q>”",
        "we will",
        "Never say ",
        "“<q>Never say we will leave</q>”",
    ),
    ("“<q>we will leave</q>”", "”", " now", "“<q>we will leave now</q>”"),
    ("“<q>We left</q>,” he said", "” he", " all", "“<q>We left, all</q>” he said"),
    (
        "«\u00a0<q>on part</q>\u00a0»",
        "on",
        "Non, ",
        "«\u00a0<q>Non, on part</q>\u00a0»",
    ),
    ("«\u00a0<q>on part</q>\u00a0»", "»", "x", "«\u00a0<q>on part\u00a0x</q>»"),
    ("<q>would go</q> “today”", "“", "or ", "<q>would go</q> or “today”"),
    ("“No,” <q>he left</q>", "he", "that ", "“No,” that <q>he left</q>"),
    ("said “<q>we left</q>”", "“", "that ", "said that “<q>we left</q>”"),
    ("“<q>we left</q>” he said", " he", " so", "“<q>we left</q>” so he said"),
]


def test_words_typed_just_inside_the_quotation_marks_are_of_the_quote(desk):
    story = make_article(**DRAFT)
    make_quote(article=story, mark="q1")
    marked = '<q data-quote="q1">'
    for text, place, typed, then in TYPED_AT_ITS_EDGES:
        Article.objects.filter(pk=story.pk).update(
            body=f"<p>So {text}</p>".replace("<q>", marked)
        )
        desk.open(change(story))
        desk.page.locator(".ProseMirror").focus()
        desk.go_to(desk.place(place)[0])
        desk.type(typed)
        body = desk.body().replace(marked, "<q>").replace("&nbsp;", "\u00a0")
        assert body == f"<p>So {then}</p>"


def test_words_typed_just_inside_are_taken_back_by_undoing(desk, quoted):
    desk.open(change(quoted.article))
    desk.page.locator(".ProseMirror").focus()
    was = desk.body().replace("\n", "")
    desk.go_to(desk.place("We have")[0])
    desk.type("Now ")
    typed = desk.body()
    assert ">Now We have counted the drivers</q>" in typed
    desk.press("Control+z")
    assert desk.body() == was
    desk.press("Control+Shift+z")
    assert desk.body() == typed


def test_bold_inside_a_quote_does_not_split_it(desk, quoted):
    desk.open(change(quoted.article))
    desk.page.locator(".ProseMirror").focus()
    desk.select("counted")
    desk.press("Control+b")
    assert desk.body().count("<q ") == 1
    desk.save()
    assert "<strong>counted</strong>" in saved(quoted.article)


def test_a_quote_whose_mark_is_removed_is_offered_for_removal(desk, quoted):
    story = quoted.article
    desk.open(change(story))
    desk.page.locator(".ProseMirror").focus()
    desk.caret_in("have counted")
    desk.press("Alt+x")
    assert "<q" not in desk.body()
    row = desk.rows().first
    row.get_by_role("button", name="Remove the quote too").press("Enter")
    desk.save()
    assert not story.quotes.exists()
    assert '<p>"We have counted the drivers", somebody said.</p>' in saved(story)


def test_a_removed_mark_comes_back_with_its_quote_by_undoing(desk, quoted):
    desk.open(change(quoted.article))
    desk.page.locator(".ProseMirror").focus()
    desk.caret_in("have counted")
    desk.press("Alt+x")
    desk.rows().first.get_by_role("button", name="Remove the quote too").click()
    desk.page.locator(".ProseMirror").focus()
    desk.press("Control+z")
    assert "<q " in desk.body()
    assert desk.rows().first.locator("[name$=DELETE]").is_checked() is False


# What is taken for the words: the text, where the caret stands or what is selected, the
# words.
AT_CARET = [
    ("“‘Yes’ is all,” Ann said.", "is all", "‘Yes’ is all"),
    ("„Er sagt «ja» und“ geht.", "und", "Er sagt «ja» und"),
    ("«Он «да» и ушёл», said Ann.", "ушёл", "Он «да» и ушёл"),
    ("«“Да” и всё», said Ann.", "всё", "“Да” и всё"),
    ("“It is the drivers’,” Ann said.", "is the", "It is the drivers’"),
    ("“’Twas so,” Ann said.", "was so", "’Twas so"),
    ('It is 6" long. "We left," she said.', "We left", "We left"),
    ("“لقد قلنا ذلك” قالت.", "قلنا", "لقد قلنا ذلك"),
]
SELECTED = [
    ("“‘Yes’ is all,” Ann said.", "“‘Yes’ is all,”", "‘Yes’ is all"),
    ("»Wir gehen«, sagte Ann.", "»Wir gehen«,", "Wir gehen"),
    ("”Vi går”, sade Ann.", "”Vi går”", "Vi går"),
    ("‘We left,’ Ann said.", "‘We left,’", "We left"),
    ("“We left,” she said. Ann sat.", "“We left,” she said", "We left"),
    ("Ann said: “We left.”", "Ann said: “We left.”", "We left."),
    ("“Go,” she said, “twice.”", "“Go,” she said, “twice.”", "Go\ntwice."),
]


def test_the_words_of_a_quote_are_what_stands_between_its_own_marks(desk):
    make_person(name="Ann")
    for text, place, words in [*AT_CARET, *SELECTED]:
        story = make_article(**DRAFT, body=f"<p>{text}</p>")
        desk.open(change(story))
        desk.page.locator(".ProseMirror").focus()
        if (text, place, words) in SELECTED:
            desk.select(place)
        else:
            desk.caret_in(place)
        desk.press("Alt+q")
        desk.page.locator("dialog.chooser input").first.fill("Ann")
        desk.page.locator("[role=option]", has_text="Ann").first.wait_for()
        desk.answer("Enter", "Enter")
        assert desk.rows().last.locator("[name$='-words']").input_value() == words
        assert desk.rows().last.locator("[name$='-kind']").input_value() == "direct"


def test_enter_pressed_twice_before_the_desk_answers_chooses_and_accepts(desk):
    make_person(name="Ann")
    desk.open(change(make_article(**DRAFT, body="<p>“We left,” Ann said.</p>")))
    held = []
    desk.page.route("**/names/", lambda route: held.append(route), times=1)
    desk.page.locator(".ProseMirror").focus()
    desk.caret_in("We left")
    desk.press("Alt+q")
    desk.page.locator("dialog.chooser input").first.fill("Ann")
    desk.page.locator("[role=option]", has_text="Ann").first.wait_for()
    desk.press("Enter", "Enter")
    assert desk.page.locator("dialog.chooser").count() == 1
    held[0].continue_()
    desk.page.locator("dialog.chooser").wait_for(state="detached")
    assert desk.rows().last.locator(".quote-speaker").inner_text() == "Ann"


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ("“We lost,” said Ann.", "“They cheated,” said Bob."),
        ("Bob said: “They cheated.”", "Ann added: “We lost.”"),
    ],
    ids=["down to the next", "up to the one before"],
)
def test_a_selection_that_only_touches_a_paragraph_takes_no_words_of_it(
    desk, above, below
):
    for name in ("Ann", "Bob"):
        make_person(name=name)
    desk.open(change(make_article(**DRAFT, body=f"<p>{above}</p><p>{below}</p>")))
    desk.page.locator(".ProseMirror").focus()
    end, start = desk.place(above)[1], desk.place(below)[0]
    if "Ann" in above:
        desk.go_to(desk.place(above)[0])
        desk.go_to(start, selecting=True)
    else:
        desk.go_to(desk.place(below)[1])
        desk.go_to(end, selecting=True)
    desk.press("Alt+q")
    desk.answer("Enter")
    row = desk.rows().last
    assert row.locator("[name$='-words']").input_value().rstrip(".") == "We lost"
    assert row.locator(".quote-speaker").inner_text() == "Ann"
    assert "“They cheated" in desk.body()


def test_keeping_a_quote_is_asked_once_and_loses_no_place_in_the_form(desk, quoted):
    desk.open(change(quoted.article))
    desk.page.locator(".ProseMirror").focus()
    desk.caret_in("have counted")
    desk.press("Alt+x")
    row = desk.rows().first
    row.get_by_role("button", name="Keep the quote").press("Enter")
    assert desk.page.evaluate("document.activeElement.tagName") == "SUMMARY"
    desk.page.locator(".ProseMirror").focus()
    desk.type("x")
    assert row.get_by_role("button").count() == 0


def test_a_quote_that_was_just_marked_is_taken_out_and_comes_back_by_undoing(desk):
    make_person(name="Ann Doe")
    story = make_article(**DRAFT, body=WORDS)
    desk.open(change(story))
    desk.page.locator(".ProseMirror").focus()
    desk.caret_in("have counted")
    desk.press("Alt+q")
    desk.answer("Enter")
    desk.press("Alt+x")
    row = desk.rows().first
    row.get_by_role("button", name="Remove the quote too").press("Enter")
    assert desk.page.evaluate("document.activeElement.textContent") == "Keep the quote"
    desk.page.locator(".ProseMirror").focus()
    desk.press("Control+z")
    assert "<q " in desk.body()
    desk.press("Alt+x")
    row.get_by_role("button", name="Remove the quote too").press("Enter")
    desk.save()
    assert not story.quotes.exists()
    assert "<q" not in saved(story)
    desk.page.locator(".ProseMirror").focus()
    desk.caret_in("have counted")
    desk.press("Alt+q")
    desk.answer("Enter")
    desk.save()
    assert story.quotes.get().speaker.name == "Ann Doe"


SLOWLY = """() => {
  const ask = window.fetch;
  window.fetch = async (...asked) => {
    await new Promise((resolve) => setTimeout(resolve, 600));
    return ask(...asked);
  };
}"""


def test_who_types_faster_than_the_desk_answers_gets_whom_the_letters_name(desk):
    for name in ("Ann Doe", "Ann Smith"):
        make_person(name=name)
    story = make_article(**DRAFT, body="<p>“We have counted,” she said.</p>")
    desk.open(change(story))
    desk.page.locator(".ProseMirror").focus()
    desk.caret_in("have counted")
    desk.press("Alt+q")
    name = desk.page.locator("dialog.chooser input").first
    name.fill("Ann")
    desk.page.locator("[role=option]", has_text="Ann Doe").wait_for()
    desk.page.evaluate(SLOWLY)
    desk.type(" Smith")
    desk.press("Enter")
    desk.until("document.querySelector('.chooser [role=option]') === null")
    assert name.input_value() == "Ann Smith"


def test_a_person_is_added_once_however_often_enter_is_pressed(desk, story):
    desk.open(change(story))
    desk.page.locator(".ProseMirror").focus()
    desk.caret_in("have counted")
    desk.press("Alt+q")
    desk.page.locator("dialog.chooser input").first.fill("Eva Roe")
    desk.page.locator("[role=option]", has_text="New person").wait_for()
    desk.press("ArrowDown", "ArrowDown")
    desk.page.evaluate(SLOWLY)
    desk.press("Enter", "Enter", "Enter")
    desk.until("document.querySelector('.chooser [role=option]') === null")
    desk.page.wait_for_timeout(800)
    assert [person.slug for person in Person.objects.all()] == ["eva-roe"]


def test_words_of_another_quote_are_not_marked_over(desk, quoted):
    desk.open(change(quoted.article))
    desk.page.locator(".ProseMirror").focus()
    desk.select("the drivers")
    desk.press("Alt+q")
    desk.answer("Enter")
    assert "belong to a quote already" in desk.said()
    assert desk.body().count("<q ") == 1


def test_a_name_is_marked_where_the_caret_stands(desk, story):
    make_person(name="Ann Doe", slug="ann-doe")
    desk.open(change(story))
    desk.page.locator(".ProseMirror").focus()
    desk.caret_in("Ann Doe")
    desk.press("Alt+p")
    desk.answer("Enter")
    desk.save()
    assert '<a data-person="ann-doe">Ann Doe</a>, the mayor' in saved(story)


def test_a_photo_is_put_below_the_paragraph_that_the_caret_stands_in(desk, story):
    make_photo(slug="old", caption="The harbour")
    make_photo(slug="new", caption="The minister")
    desk.open(change(story))
    desk.page.locator(".ProseMirror").focus()
    desk.press("Control+Home", "Alt+i")
    desk.answer()
    assert '</p><figure data-photo="new"></figure>' in desk.body()
    desk.press("Control+Home")
    desk.page.get_by_role("button", name="Photo", exact=True).click()
    desk.page.locator("dialog.chooser").wait_for()
    desk.type("harb")
    desk.answer("Enter")
    assert desk.body().count("<figure") == 2
    desk.save()
    assert {photo.slug for photo in story.photos.all()} == {"old", "new"}


def test_the_toolbar_is_one_stop_and_its_buttons_do_the_same(desk, story):
    make_person(name="Ann Doe")
    desk.open(change(story))
    desk.page.locator(".ProseMirror").focus()
    desk.caret_in("have counted")
    desk.press("Shift+Tab")
    focused = "document.activeElement.dataset.action"
    assert desk.page.evaluate(focused) == "quote"
    desk.press("ArrowRight")
    assert desk.page.evaluate(focused) == "reported"
    desk.press("ArrowLeft", "Enter")
    desk.answer("Enter")
    assert "<q " in desk.body()


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("news.example/a", "https://news.example/a"),
        ("desk@news.example", "mailto:desk@news.example"),
        ("http://news.example", "http://news.example"),
        ("/2016/02/08/story/", "/2016/02/08/story/"),
    ],
)
def test_a_link_leads_where_an_editor_says(desk, story, typed, address):
    desk.open(change(story))
    desk.page.locator(".ProseMirror").focus()
    desk.select("the mayor")
    desk.press("Control+k")
    desk.page.locator("dialog.chooser input").fill(typed)
    desk.answer("Enter")
    desk.save()
    assert f'<a href="{address}">the mayor</a>' in saved(story)


def test_the_tab_key_leaves_a_list_as_it_is(desk):
    story = make_article(**DRAFT, body="<ul><li>One</li><li>Two</li></ul>")
    desk.open(change(story))
    desk.page.locator(".ProseMirror").focus()
    desk.caret_in("Two")
    was = desk.body()
    for key in ("Tab", "Shift+Tab", "Shift+Tab"):
        desk.press(key)
    assert desk.body() == was
    assert desk.page.evaluate("document.activeElement.dataset.action") == "quote"


# Whatever the browser says

SCRIPT = '"><img src=x onerror=alert(1)><script>alert(2)</script>'


def test_script_in_records_and_text_stays_text_at_the_desk_and_on_pages(desk, client):
    speaker = make_person(name=f"Ann {SCRIPT}", slug="ann")
    story = make_article(
        headline=SCRIPT,
        slug="story",
        body=f"<p>“Words,” Ann said. {SCRIPT.replace('<', '&lt;')}</p>{SCRIPT}",
    )
    make_quote(article=story, words=f"Words {SCRIPT}", speaker=speaker, role=SCRIPT)
    desk.open(change(story))
    desk.page.locator(".ProseMirror").focus()
    desk.caret_in("Words,")
    desk.press("Alt+q")
    desk.page.locator("dialog.chooser input").first.fill("Ann")
    desk.page.locator("[role=option]", has_text="Ann").first.wait_for()
    desk.answer("Enter", "Enter")
    desk.save()
    assert "onerror" not in re.sub(r"&quot;.*?&gt;|&lt;.*?&gt;", "", saved(story))
    for address in (preview_page(story), "/admin/", "/admin/articles/article/"):
        desk.open(address)
        desk.page.wait_for_timeout(100)
    desk.open(change(story))
    assert desk.page.locator(".ProseMirror img[onerror]").count() == 0


def test_the_form_works_with_javascript_off(chromium, live_server):
    editor = make_user("editor", "Editor")
    make_person(name="Ann Doe")
    make_organisation(name="Oslo Post")
    desk = Desk(chromium, live_server, editor, java_script_enabled=False)
    page = desk.page
    page.goto(ADD)
    page.get_by_role("link", name="Show lists to choose").click()
    page.fill("[name=headline]", "Drivers")
    page.select_option("[name=source]", label="Oslo Post")
    page.fill("[name=body]", WORDS + "<script>alert(1)</script>")
    page.get_by_role("button", name="Save, and add a quote").click()
    page.fill("[name=quotes-0-words]", "We have counted the drivers")
    page.select_option("[name=quotes-0-kind]", "direct")
    page.select_option("[name=quotes-0-speaker]", label="Ann Doe")
    page.locator(".submit-row [name=_continue]").click()
    quote = Quote.objects.get()
    assert quote.speaker.name == "Ann Doe"
    assert quote.article.source.name == "Oslo Post"
    assert f'“<q data-quote="{quote.mark}">We have counted the drivers</q>,”' in (
        saved(quote.article)
    )
    desk.context.close()


# For everybody


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_in_the_form(
    chromium,
    live_server,
    tass,
    editor,
    width,
    scheme,
):
    from axe_playwright_python.sync_playwright import Axe

    desk = Desk(
        chromium,
        live_server,
        editor,
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
    )
    tass.body = tass.body.replace("not only public", "not just public")
    tass.save()
    for address in (ADD, change(tass)):
        desk.open(address)
        if address != ADD:
            desk.page.locator(".ProseMirror").focus()
            desk.caret_in("Ukraine")
            desk.press("Alt+p")
            desk.page.locator("dialog.chooser [role=option]").first.wait_for()
            assert problems_found(Axe(), desk.page) == []
            desk.press("Escape", "Escape")
        overflow = "document.documentElement.scrollWidth - innerWidth"
        assert desk.page.evaluate(overflow) <= 0
        assert problems_found(Axe(), desk.page) == []
    desk.context.close()


def problems_found(axe, page):
    found = axe.run(page).response["violations"]
    return [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found]
