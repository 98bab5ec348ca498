"""What is pasted into a story, and what is cut and copied in it, in a real browser."""

import re

import pytest

from tests.browsing import Desk
from tests.conftest import make_user
from tests.factories import make_article, make_person, make_quote
from tests.test_writing_surface import ADD, DRAFT, change

pytestmark = [pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture
def desk(chromium, live_server):
    """An editor at the browser. Every test fails on a complaint of the console."""
    desk = Desk(chromium, live_server, make_user("editor", "Editor"))
    yield desk
    desk.context.close()
    assert desk.complaints == []


# From elsewhere

LINK = re.compile(r'<a (?:target="\S*" |rel="\S*" )*href="([^"]*)"[^>]*>')
DOCS = (
    '<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1">'
    '<p dir="ltr" style="line-height:1.38"><span style="font-weight:400;color:red">'
    'He said “</span><span style="font-style:italic">never</span><span>”, </span><span '
    'style="font-weight:700">twice</span><span>. </span><a href="https://news.example/">'
    '<span style="color:#1155cc">Here</span></a></p><br>'
    "<p><span>Then he left.</span></p>"
    "</b>"
)
WORD = (
    "<html xmlns:o='urn:schemas-microsoft-com:office:office'><head><style>p.MsoNormal "
    "{margin:0}</style></head><body lang=EN-GB><!--StartFragment--><p class=MsoNormal "
    "style='margin:0'><b>«Да»</b>, <i style='mso-bidi-font-style:normal'>he</i> said."
    "<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p><p class=MsoListParagraph>"
    "„So“\nit is.</p><!--EndFragment--></body></html>"
)
SITE = (
    "<div class='story'><h2 style='color:red'>A <em>heading</em></h2><script>alert(1)"
    "</script><ul><li>One</li><li>Two</li></ul><p onclick='alert(2)'>A <a href="
    "'javascript:alert(3)'>bad link</a> and <img src=x onerror=alert(4)> "
    '"straight"</p>'
    "<table><tr><td>Cell</td></tr></table><q data-quote='q9'>marked</q></div>"
)


@pytest.mark.parametrize(
    ("html", "pasted"),
    [
        (
            DOCS,
            "<p>He said “<em>never</em>”, <strong>twice</strong>. "
            '<a href="https://news.example/">Here</a></p><p>Then he left.</p>',
        ),
        (WORD, "<p><strong>«Да»</strong>, <em>he</em> said.</p><p>„So“ it is.</p>"),
        (
            SITE,
            "<p>A <em>heading</em></p><p>One</p><p>Two</p><p>A bad link and "
            '"straight"</p><p>Cell</p><p>marked</p>',
        ),
    ],
    ids=["Google Docs", "Word", "another site"],
)
def test_pasted_text_arrives_clean(desk, html, pasted):
    desk.open(ADD)
    desk.paste("plain", html)
    assert LINK.sub(r'<a href="\1">', desk.body()) == pasted


WIRE = """OSLO (AP) — The trains will not run on Sunday, the
mayor said.

"We have counted," she said.
One line
"""
WORD_WITH_CHANGES = (
    "<html xmlns:o='urn:schemas-microsoft-com:office:office'><body lang=EN-GB>"
    "<p class=MsoNormal>“We <del cite='mailto:a@b.example'>never </del><span "
    "class=msoDel>ever </span><ins>won</ins>”<span style='display:none;mso-hide:all'> "
    "hidden</span>.<span class=MsoCommentReference><a href='#_msocom_1'>[A1]</a></span>"
    "<o:p></o:p></p><p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><![if "
    "!supportLists]><span style='font-family:Symbol'><span style='mso-list:Ignore'>·"
    "<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp;&nbsp; </span></span>"
    "</span><![endif]>First item<o:p></o:p></p><p class=MsoListParagraph><b>·&nbsp;"
    "&nbsp; Second</b> item</p><div style='mso-element:comment-list'><p>A comment</p>"
    "</div></body></html>"
)
LINES = "<div>One two.<br>\n<br>“We lost,”<br>he said.<br><b><br></b>Third.<br></div>"
ANGLES = (
    '<!-- <a title=" --><p title=\'it"s\'style="color:red">One <span title="a>b" '
    'style="font-weight:700">two</span><img alt="x > y" style="width:3px" src="data:,">'
    " <i/style='font-style:normal'>three</i> <a href='https://news.example/?q= style=1'"
    ">four</a> 5 &lt; 6 onx=7</p>"
)


@pytest.mark.parametrize(
    ("html", "pasted"),
    [
        (
            f"<meta charset=utf-8><pre style='white-space: pre-wrap'>{WIRE}</pre>",
            "<p>OSLO (AP) — The trains will not run on Sunday, the mayor said.</p>"
            '<p>"We have counted," she said.<br>One line</p>',
        ),
        (LINES, "<p>One two.</p><p>“We lost,”<br>he said.</p><p>Third.</p>"),
        (
            WORD_WITH_CHANGES,
            "<p>“We won”.</p><p>First item</p><p><strong>Second</strong> item</p>",
        ),
        (
            ANGLES,
            "<p>One <strong>two</strong> three "
            '<a href="https://news.example/?q= style=1">four</a> 5 &lt; 6 onx=7</p>',
        ),
    ],
    ids=["a text file", "lines apart", "Word with changes", "angle brackets"],
)
def test_pasted_text_is_what_a_reader_of_it_sees(desk, html, pasted):
    desk.open(ADD)
    desk.paste("plain", html)
    assert LINK.sub(r'<a href="\1">', desk.body()) == pasted


def test_lines_that_a_wire_wrapped_are_one_paragraph(desk):
    desk.open(ADD)
    desk.paste(
        "OSLO (AP) — The trains will not run on Sunday, the\r\nmayor said.\r\n\r\n"
        '"We have counted," she said.\r\nOne line\r\n'
    )
    assert desk.body() == (
        "<p>OSLO (AP) — The trains will not run on Sunday, the mayor said.</p>"
        '<p>"We have counted," she said.<br>One line</p>'
    )


EDITOR_ELSEWHERE = (
    '<h2 data-pm-slice="1 1 []">Head</h2><ul><li><p>One</p></li></ul>'
    '<p><a data-person="zed">Zed</a></p>'
)


def test_text_of_another_site_with_the_same_kind_of_editor_arrives_clean(desk):
    desk.open(ADD)
    desk.paste("plain", EDITOR_ELSEWHERE)
    assert desk.body() == "<p>Head</p><p>One</p><p>Zed</p>"


def test_signs_that_mean_formatting_elsewhere_are_only_text_here(desk):
    text = "He said *yes* and _no_, **twice**: 2 * 3 * 4, see news.example"
    desk.open(ADD)
    desk.paste(text)
    assert desk.body() == f"<p>{text}</p>"
    desk.open(ADD)
    desk.page.locator(".ProseMirror").focus()
    desk.type("- 2 *3* and _4_ ")
    assert desk.body() == "<p>- 2 *3* and _4_ </p>"


# In the story


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


def test_a_passage_that_is_cut_and_pasted_keeps_its_mark(desk, quoted):
    desk.open(change(quoted.article))
    desk.page.locator(".ProseMirror").focus()
    desk.select('"We have counted the drivers", ')
    desk.press("Control+x")
    desk.go_to(1)
    desk.press("Control+v")
    desk.until("document.querySelector('.ProseMirror q') !== null")
    assert desk.body() == (
        '<p>"<q data-quote="q1">We have counted the drivers</q>", Drivers are few.</p>'
        "<p>somebody said.</p>"
    )


def test_a_part_of_a_split_quote_that_is_cut_and_pasted_keeps_its_mark(desk):
    story = make_article(**DRAFT, body="<p>Drivers are few.</p>")
    make_quote(article=story, words="We left\nThey stayed", mark="q1")
    desk.open(change(story))
    desk.page.locator(".ProseMirror").focus()
    desk.select('"They stayed"')
    desk.press("Control+x")
    desk.go_to(1)
    for _ in range(2):
        desk.press("Control+v")
        desk.page.wait_for_timeout(200)
    assert desk.body().startswith(
        '<p>"<q data-quote="q1">They stayed</q>""They stayed"Drivers are few.</p>'
    )
    assert desk.body().count("<q ") == 2


def test_a_copy_of_a_passage_has_no_mark(desk, quoted):
    desk.open(change(quoted.article))
    desk.page.locator(".ProseMirror").focus()
    desk.select('"We have counted the drivers", ')
    desk.press("Control+c")
    desk.go_to(1)
    desk.press("Control+v")
    desk.until("document.querySelector('.ProseMirror p').innerText.includes('We')")
    assert desk.body().startswith('<p>"We have counted the drivers", Drivers')
    assert desk.body().count("<q ") == 1


def test_a_passage_does_not_take_its_mark_into_another_story(desk, quoted):
    other = make_article()
    make_quote(article=other, words="Words.", mark="q1", speaker=quoted.speaker)
    desk.open(change(quoted.article))
    desk.page.locator(".ProseMirror").focus()
    desk.select('"We have counted the drivers", somebody')
    desk.press("Control+c")
    desk.open(change(other))
    desk.page.locator(".ProseMirror").focus()
    desk.press("Control+End", "Control+v")
    desk.until("document.querySelector('.ProseMirror').textContent.includes('count')")
    assert "<q" not in desk.body().partition('"Words."')[2]
    assert '"We have counted the drivers"' in desk.body()


CITY = '"<q data-quote="q1">{}</q>", somebody said.</p>'


def city(words="We will never leave the city"):
    story = make_article(**DRAFT, body="<p>They ever tried, Ann Doe says.</p>")
    return make_quote(article=story, words=words, mark="q1").article


@pytest.mark.parametrize(
    "html",
    ["", "<p>ever </p>", "<b>ever</b><i> so</i>"],
    ids=["of the story", "of a page", "emphasised"],
)
def test_words_pasted_into_a_quote_are_its_words(desk, html):
    desk.open(change(city()))
    desk.page.locator(".ProseMirror").focus()
    if html:
        desk.go_to(desk.place("leave the")[0])
        desk.paste("ever ", html)
    else:
        desk.select("ever ")
        desk.press("Control+c")
        desk.go_to(desk.place("leave the")[0])
        desk.press("Control+v")
    desk.until(
        "document.querySelectorAll('.ProseMirror p')[1].innerText.match(/r ?ever/)"
    )
    assert desk.body().count("<q ") == 1
    words = re.search("<q[^>]*>(.*)</q>", desk.body())[1]
    assert re.sub("<.*?>", "", words).startswith("We will never ever")


def test_a_word_of_a_quote_is_replaced_by_pasting(desk):
    desk.open(change(city()))
    desk.page.locator(".ProseMirror").focus()
    desk.select("ever")
    desk.press("Control+c")
    for place in ("never", "We", "city"):
        desk.select(place)
        desk.press("Control+v")
        desk.page.wait_for_timeout(150)
    assert desk.body().endswith(CITY.format("ever will ever leave the ever"))


def test_all_words_of_a_quote_are_replaced_by_pasting(desk):
    desk.open(change(city()))
    desk.page.locator(".ProseMirror").focus()
    desk.select("We will never leave the city")
    desk.paste("They went", "<p>They went</p>")
    assert desk.body().endswith(CITY.format("They went"))


def test_a_word_that_a_quote_holds_twice_is_moved_in_it(desk):
    desk.open(change(city("We will never leave the city of the we")))
    desk.page.locator(".ProseMirror").focus()
    start, _end = desk.place("the city")
    desk.go_to(start)
    desk.go_to(start + len("the "), selecting=True)
    desk.press("Control+x")
    desk.go_to(desk.place("never leave")[0])
    desk.press("Control+v")
    desk.page.wait_for_timeout(150)
    words = "We will the never leave city of the we"
    assert desk.body().endswith(CITY.format(words))


def test_what_is_pasted_between_the_parts_of_a_split_quote_is_nobodys(desk):
    body = (
        '<p>"<q data-quote="q1">We left</q>" he said "<q data-quote="q1">now</q>"</p>'
    )
    desk.open(change(make_article(**DRAFT, body=body)))
    desk.page.locator(".ProseMirror").focus()
    desk.select("he said")
    desk.paste("she said", "<p>she said</p>")
    assert desk.body() == body.replace("he said", "she said")


def test_what_is_pasted_into_a_name_is_of_the_name(desk):
    make_person(name="Ann Doe", slug="ann-doe")
    body = '<p>So <a data-person="ann-doe">Ann Doe</a> says.</p>'
    desk.open(change(make_article(**DRAFT, body=body)))
    desk.page.locator(".ProseMirror").focus()
    desk.go_to(desk.place("Doe")[0])
    desk.paste("B.", "<i>B. </i>")
    assert desk.body() == body.replace("Doe", "<em>B.</em>Doe")
