import contextlib
import re
from html import escape, unescape
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from articles import body
from articles.body import (
    QuoteShown,
    Records,
    plain_text,
    read,
    remove_mark,
    render,
    sanitise,
    set_mark,
)
from articles.body.vocabulary import VOCABULARY
from articles.characters import clean_text

often = settings(derandomize=True, deadline=None, max_examples=200)

NAMES = (
    "p h1 h2 h3 blockquote ul ol li strong em b i a q span br figure div table tr td "
    "script style svg math title iframe img input form video font x section pre"
).split()
ATTRIBUTES = [
    *(
        f'data-quote="{value}"'
        for value in ("q1", "q2", "q3", "Q1", "q", "", "q1&#10;")
    ),
    'data-person="ann"',
    'data-organisation="nato"',
    'data-photo="p1"',
    'data-photo="../x"',
    'href="/a"',
    'href="https://example.com/?a=1&amp;b=2"',
    'href="javascript:alert(1)"',
    "href=' JaVa&#9;script:alert(1)'",
    'href="&#x202e;data:text/html,x"',
    'onclick="alert(1)"',
    "onmouseover=alert(1)",
    'style="color:red"',
    'id="q1" class=quote',
    'src="x" onerror=alert(1)',
    "\"'<>=`",
]
CHARACTERS = (
    "ab Aé“”.'\"<>&=/\n\r\t\x00\x0b\x85\u00a0\u200b\u202e\u2028\u0301\u0338\ufeff"
)
REFERENCES = "&amp; &lt; &gt; &nbsp; &#0; &#13; &#x202e; &#x338; &#x301; &#xd800; &x"

start_tag = st.builds(
    lambda name, attributes, end: f"<{' '.join([name, *attributes])}{end}",
    st.sampled_from([*NAMES, *["a", "q", "span"] * 4]),
    st.lists(st.sampled_from(ATTRIBUTES), max_size=2),
    st.sampled_from([">", ">", ">", ">", "/>", " ", ""]),
)
end_tag = st.sampled_from(NAMES).map("</{}>".format)
text = st.text(alphabet=st.sampled_from(CHARACTERS), max_size=6)
odd = st.sampled_from(
    ["<!--", "-->", "<![CDATA[", "]]>", "<?x", "<!doctype html>", *REFERENCES.split()]
)
soup = st.lists(
    st.one_of(start_tag, start_tag, end_tag, text, text, odd), max_size=24
).map("".join)

word = st.text(alphabet=st.sampled_from("abcdeÉж中1’&<>"), min_size=1, max_size=6)
words = st.lists(word, min_size=1, max_size=6).map(" ".join)
ANNE = '<a data-person="ann">Anne</a>'
SAFE = ["p", "h2", "blockquote", "li", "strong", "em", "b", "i", "span", "q", "a", "x"]


@st.composite
def marked_bodies(draw):
    """Paragraphs of prose with quotes, reported passages and mentions."""
    paragraphs = []
    number = 0
    for _ in range(draw(st.integers(1, 4))):
        pieces = []
        for _ in range(draw(st.integers(1, 5))):
            inner = escape(draw(words), quote=False)
            number += 1
            mark = f"q{draw(st.integers(1, number))}"
            pieces.append(
                draw(
                    st.sampled_from(
                        [
                            inner,
                            f"<b>{inner}</b>",
                            f'“<q data-quote="{mark}">{inner}</q>,”',
                            f'« <q data-quote="{mark}">{inner}</q> »!',
                            f'“<q data-quote="{mark}">a <i>{inner}</i></q>” said',
                            f'<span data-quote="{mark}">{inner}</span>.',
                            f'<span data-quote="{mark}">“<q data-quote="{mark}x">'
                            f"{inner}</q>” b</span>",
                            f'<a data-person="ann">Ann <b>{inner}</b></a>',
                            f'<q data-quote="{mark}">{ANNE}</q>',
                            f'<a href="/x">He “<q data-quote="{mark}">{inner}</q>”</a>',
                            f"<br>{inner}",
                        ]
                    )
                )
            )
        paragraphs.append(f"<p>{draw(st.sampled_from(['', ' '])).join(pieces)}</p>")
    return "".join(paragraphs)


class Page(HTMLParser):
    """The elements of a page with their attributes, and its text."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.text = [], ""
        self.open = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        assert tag != "a" or "a" not in self.open
        if tag not in ("br", "img", "source"):
            self.open.append(tag)
        self.text += "\n" if tag == "br" else ""

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data

    def of_class(self, name):
        return [
            attrs
            for _tag, attrs in self.elements
            if name in attrs.get("class", "").split()
        ]


def paragraphs_of(rendered):
    return [
        Page(paragraph).text
        for paragraph in re.findall(r"<(?:p|li|h2|h3)>.*?</(?:p|li|h2|h3)>", rendered)
    ]


def bare(html):
    return re.sub(r"<[^>]*>", "", html)


def bare_words(html):
    return unescape(bare(html)).split()


def at(address, **fields):
    fields = {"name": "Name", "background": ""} | fields
    return SimpleNamespace(get_absolute_url=lambda: address, **fields)


def shown(number=1, speaker="Ann", post="minister", address="/people/ann/"):
    return QuoteShown(number, speaker, post, address)


ANN = Records(
    quotes={"q1": shown(1), "q2": shown(2, "Bob", "", "/people/bob/")},
    people={"ann": at("/people/ann/")},
    organisations={"nato": at("/organisations/nato/")},
)


# Sanitising


@often
@given(soup)
@example("<p>&#x202e;e<b></b>&#x301;&#13;<p>&#x338;")
@example('<p><q data-quote="q1&#10;">x</q>')
@example('<a href="&#x202e;/&#x212a;e&#x301;">x</a>')
@example("<ul><li>a<blockquote>b<ol>c</ol>d</blockquote>e</ul>f<br> <b> </b><br>g")
def test_sanitising_twice_changes_nothing(html):
    clean = sanitise(html)
    assert sanitise(clean) == clean


@often
@given(soup)
@example("<p>&#x338;x<br>&#x338;y")
def test_a_field_that_cleans_its_text_leaves_a_sanitised_body_as_it_is(html):
    clean = sanitise(html)
    assert clean_text(clean) == clean


@often
@given(soup)
@example('<script>alert(1)</script><a href="javascript:x" onclick="x">a</a>')
@example("<svg><style><img src=x onerror=alert(1)></style></svg>")
@example('<math><mi><title><a href="</title><script>x</script>">')
def test_nothing_outside_the_vocabulary_is_stored(html):
    page = Page(sanitise(html))
    for tag, attrs in page.elements:
        assert tag in VOCABULARY
        assert len(attrs) == (tag in ("a", "q", "span", "figure"))
        for name, value in attrs.items():
            if name == "data-quote":
                assert tag in ("q", "span")
                assert re.fullmatch(r"q[a-z0-9]{1,15}", value)
            elif name == "data-photo":
                assert tag == "figure"
                assert re.fullmatch(r"[-\w]+", value)
            else:
                assert tag == "a"
                assert name in ("href", "data-person", "data-organisation")
                assert not re.match(
                    r"(?i)[\s\x00-\x20]*(javascript|data|vbscript)", value
                )


@often
@given(soup)
def test_readers_never_get_a_script_or_an_event_handler(html):
    page = Page(render(sanitise(html), ANN))
    for tag, attrs in page.elements:
        assert tag in VOCABULARY - {"q"}
        assert attrs.keys() <= {
            *("class", "id", "href", "rel", "tabindex", "aria-hidden", "aria-label"),
            *("data-number", "data-speaker", "data-post"),
        }
        assert not re.match(r"(?i)\s*javascript", attrs.get("href", ""))
    ids = [attrs["id"] for _tag, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))


@often
@given(st.lists(st.tuples(st.sampled_from(SAFE), words), max_size=8))
def test_no_word_of_ordinary_prose_is_lost(parts):
    html = " ".join(f"<{tag}>{escape(inner)}</{tag}>" for tag, inner in parts)
    wanted = " ".join(inner for _tag, inner in parts).split()
    assert plain_text(sanitise(html)).split() == wanted


@pytest.mark.parametrize(
    ("html", "clean"),
    [
        ("", ""),
        ("  \n ", ""),
        ("We stay", "<p>We stay</p>"),
        ("<p>One<p>Two", "<p>One</p>\n<p>Two</p>"),
        ("<p>One</p>\n\n  <p> </p><p>&nbsp;</p>", "<p>One</p>"),
        ("<div>One<div>Two</div>Three</div>", "<p>One</p>\n<p>Two</p>\n<p>Three</p>"),
        ("<h1>One</h1><h5>Two</h5>", "<h2>One</h2>\n<h3>Two</h3>"),
        (
            "<p><b>One</b> <i>two</i></p>",
            "<p><strong>One</strong> <em>two</em></p>",
        ),
        ("<b>a<i>b</b>c</i>", "<p><strong>a<em>b</em></strong><em>c</em></p>"),
        ("<em><strong>a</strong></em>", "<p><strong><em>a</em></strong></p>"),
        ("<b>a</b><b>b</b>", "<p><strong>ab</strong></p>"),
        ("one<br>two<br><br>", "<p>one<br>two</p>"),
        ("one <b> two</b>", "<p>one <strong>two</strong></p>"),
        ("<script>x</script>a<style>b</style>", "<p>a</p>"),
        ("a &lt;script&gt; b &amp; c", "<p>a &lt;script&gt; b &amp; c</p>"),
        ("a < b", "<p>a &lt; b</p>"),
        ('<a href="/x">a</a>', '<p><a href="/x">a</a></p>'),
        ('<a href="javascript:x">a</a>', "<p>a</p>"),
        (
            "<a href='/?a=%22\"&amp;copy=1'>a</a>",
            '<p><a href="/?a=%22&quot;&amp;copy=1">a</a></p>',
        ),
        ('<a href="  ">a</a><a>b</a>', "<p>ab</p>"),
        ('<a href="/x" title="x" onclick="x">a</a>', '<p><a href="/x">a</a></p>'),
        (
            '<a data-person="ann" href="/x">a</a>',
            '<p><a data-person="ann">a</a></p>',
        ),
        ('<a data-person="an n">a</a>', "<p>a</p>"),
        ('<a data-person="ann&#10;">a</a>', "<p>a</p>"),
        (
            '<figure data-photo="p1">x</figure>',
            '<figure data-photo="p1"></figure>\n<p>x</p>',
        ),
        ("<figure><img src=x><figcaption>x</figcaption></figure>", "<p>x</p>"),
        ("<ul><li>a<li>b</ul>", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("<li>a</li>", "<p>a</p>"),
        (
            "<blockquote>a<p>b</p></blockquote>c",
            "<blockquote>\n<p>a</p>\n<p>b</p>\n</blockquote>\n<p>c</p>",
        ),
        (
            "<blockquote>a<blockquote>b</blockquote></blockquote>",
            "<blockquote>\n<p>a</p>\n<p>b</p>\n</blockquote>",
        ),
        (
            "<ul><li>a<ol><li>b</ol><li>c</ul><ul><li>d</ul>",
            "<ul>\n<li>a</li>\n<li>b</li>\n<li>c</li>\n</ul>\n<ul>\n<li>d</li>\n</ul>",
        ),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "<p>a</p>\n<p>b</p>"),
        ("a\u2028b\x85c\x00\x0bd", "<p>a b cd</p>"),
        ("a&#x202e;b", "<p>ab</p>"),
        ("e&#x301;", "<p>é</p>"),
        ("e<b></b>&#x301;", "<p>é</p>"),
        ("a\ud800b", "<p>ab</p>"),
        ("a&#xd800;b", "<p>a\ufffdb</p>"),
    ],
)
def test_a_body_is_written_in_one_way(html, clean):
    assert sanitise(html) == clean


@pytest.mark.parametrize(
    ("html", "clean"),
    [
        ('<q data-quote="q1">a</q>', '<q data-quote="q1">a</q>'),
        ("<q>a</q>", "a"),
        ('<q data-quote="Q1">a</q>', "a"),
        ('<q data-quote="q1&#10;">a</q>', "a"),
        ('<q data-quote="1">a</q>', "a"),
        ('<q data-quote="q1 onclick=x">a</q>', "a"),
        ('<q data-quote="q1" id="x" class="y">a</q>', '<q data-quote="q1">a</q>'),
        ('<b data-quote="q1">a</b>', "<strong>a</strong>"),
        ("<span>a</span>", "a"),
        ('<span data-person="ann">a</span>', "a"),
        (
            '<q data-quote="q1">a <q data-quote="q2">b</q> c</q>',
            '<q data-quote="q1">a b c</q>',
        ),
        (
            '<q data-quote="q1">a <span data-quote="q2">b</span> c</q>',
            '<q data-quote="q1">a b c</q>',
        ),
        (
            '<span data-quote="q1">a <span data-quote="q2">b</span> c</span>',
            '<span data-quote="q1">a b c</span>',
        ),
        (
            '<span data-quote="q1">a <q data-quote="q2">b</q> c</span>',
            '<span data-quote="q1">a <q data-quote="q2">b</q> c</span>',
        ),
        (
            '<span data-quote="q1">a <q data-quote="q1">b</q> c</span>',
            '<span data-quote="q1">a b c</span>',
        ),
        (
            '<b>a <q data-quote="q1">b</q></b>',
            '<strong>a </strong><q data-quote="q1"><strong>b</strong></q>',
        ),
        (
            '<a data-person="ann"><span data-quote="q1">a</span></a>',
            '<span data-quote="q1"><a data-person="ann">a</a></span>',
        ),
        (
            '<q data-quote="q1">a</q><q data-quote="q1">b</q>',
            '<q data-quote="q1">ab</q>',
        ),
    ],
)
def test_a_mark_nests_in_one_way_or_leaves_its_words(html, clean):
    assert sanitise(html) == f"<p>{clean}</p>"


def test_a_mark_around_paragraphs_goes_into_each_of_them():
    clean = sanitise('<q data-quote="q1"><p>One</p><p>two</p></q><p>three</p>')
    assert clean == (
        '<p><q data-quote="q1">One</q></p>\n'
        '<p><q data-quote="q1">two</q></p>\n<p>three</p>'
    )
    assert read(clean).passages["q1"].segments == ["One", "two"]


def test_a_mark_that_its_paragraph_leaves_open_ends_with_it():
    clean = sanitise('<p>One <q data-quote="q1">two</p><p>three</q> four</p>')
    assert read(clean).passages["q1"].segments == ["two"]
    assert read(clean).paragraphs == ["One two", "three four"]


@pytest.mark.parametrize(
    "tags",
    [
        ["div"],
        ["b"],
        ["blockquote"],
        ["blockquote", "ul"],
        ["ol", "li"],
        ["table", "tr", "td"],
        ["p", "b"],
        ['q data-quote="q1"'],
        ['span data-quote="q1"', 'q data-quote="q2"'],
        ['a href="/"'],
        ["x"],
        ["svg"],
    ],
)
def test_tags_nested_ten_thousand_deep_are_no_trouble(tags):
    opening = "".join(f"<{tags[n % len(tags)]}>" for n in range(10_000))
    clean = sanitise(f"<p>before</p>{opening}words")
    assert sanitise(clean) == clean
    assert plain_text(clean).split() == ["before"] + ["words"] * (tags != ["svg"])
    assert len(clean) < 200


@pytest.mark.parametrize(
    "tag",
    [
        "<b x={}>",
        "<B/x='{}>'\n>",
        '<font color="{}">',
        "<nobr x={}>",
        "<!-- </b> --><b <x={}>",
        "<a href={}>",
        "<q data-quote=q{}>",
        "<span data-quote=q{}><blockquote>",
    ],
)
def test_elements_left_open_do_not_multiply_in_what_follows(tag):
    opened = "".join(tag.format(number) for number in range(3000))
    clean = sanitise(f"<p>{opened}</p>{'<p>x</p>' * 3000}")
    assert plain_text(clean).split() == ["x"] * 3000
    assert len(clean) < 150_000


@pytest.mark.parametrize(
    "unit",
    [
        "<blockquote><ul>",
        "<div><span>",
        "<q><p></q></p>",
        "<b><blockquote></b>",
        "<table><td><a href=1>",
        "<!-->",
        "<![CDATA[",
        "<script></script ",
    ],
)
def test_sixty_thousand_tags_without_words_come_to_nothing(unit):
    assert sanitise(unit * (60_000 // unit.count("<") // 2)) == ""


@pytest.mark.parametrize(
    ("html", "clean"),
    [
        ("a<!-- <b> -->b<!--> c", "ab c"),
        ("<svg><path/><title>x</title></svg>a<svg/>b", "ab"),
        ("a<b>b<b>c</b>d</b>e", "a<strong>bcd</strong>e"),
        ("a</b>b<b title='>'>c", "ab<strong>c</strong>"),
        ('<A HREF="/x" href=/y>a</A>', '<a href="/x">a</a>'),
        ("<a href='/\"x'>a</a>", '<a href="/&quot;x">a</a>'),
        ("<a href=/x&amp;y>a</a>", '<a href="/x&amp;y">a</a>'),
        ("<<b>a", "&lt;<strong>a</strong>"),
        ("<<!-- -->b>a", "&lt;b&gt;a"),
        ("a<b x='", "a&lt;b x='"),
        ("a<hr>b", "a</p>\n<p>b"),
    ],
)
def test_tags_are_read_as_browsers_read_them(html, clean):
    assert sanitise(html) == f"<p>{clean}</p>"


def test_a_run_of_accents_over_one_letter_is_cut():
    assert len(sanitise("<p>e" + "\u0301\u0323" * 100_000)) < 50
    assert len(sanitise("<p>e" + "&#x301;&#x323;" * 10_000)) < 50


@often
@given(st.text(alphabet="ae\u0301\u0323\u0344\u0958\u1100\u1161", max_size=200))
@example("\u0344" * 40)
@example("\u0958" + "\u0323\u0301" * 20)
def test_cleaning_text_twice_changes_nothing(text):
    clean = clean_text(text)
    assert clean_text(clean) == clean


def test_the_sentences_of_a_body_without_full_stops_stay_short():
    html = "".join(
        f'{"word " * 280}<q data-quote="q{number}">we stay</q> '
        for number in range(200)
    )
    passages = read(sanitise(html)).passages
    assert len(passages) == 200
    assert all("we stay" in passage.sentence for passage in passages.values())
    assert max(len(passage.sentence) for passage in passages.values()) < 1300


@pytest.mark.parametrize("unit", ["word ", "<p>many words</p>", "a &lt;b "])
def test_a_body_of_nine_hundred_thousand_characters_is_kept_whole(unit):
    many = 900_000 // max(len(unit), 12)
    assert plain_text(sanitise(unit * many)).split() == bare_words(unit) * many


@pytest.mark.parametrize(
    "html", ["a" * 1_000_001, "a< " * 300_000, "<b></b>" * 200_000]
)
def test_a_body_that_is_too_long_is_refused_with_what_to_do(html):
    with pytest.raises(ValidationError, match="Divide it into several stories"):
        sanitise(html)


def test_a_body_of_the_longest_length_is_taken():
    longest = "a" * (body.LONGEST - len("<p></p>"))
    assert sanitise(longest) == f"<p>{longest}</p>"


# Reading


def test_a_body_says_which_records_it_names_in_its_order():
    reading = read(
        '<p><a data-person="bob">Bob</a>, <a data-organisation="nato">Nato</a></p>'
        '<figure data-photo="p2"></figure><figure data-photo="p1"></figure>'
        '<p><a data-person="ann">Ann</a>, <a data-person="bob">he</a></p>'
        '<figure data-photo="p2"></figure>'
    )
    assert reading.people == ["bob", "ann"]
    assert reading.organisations == ["nato"]
    assert reading.photos == ["p2", "p1"]


def test_paragraphs_are_counted_over_all_that_holds_text():
    reading = read(
        "<h2>Talks</h2><figure data-photo=p1></figure><ul><li>One</li></ul>"
        '<blockquote><p>“<q data-quote="q1">We stay.</q>”</p></blockquote>'
    )
    assert reading.paragraphs == ["Talks", "One", "“We stay.”"]
    assert reading.passages["q1"].paragraph == 3


def test_a_split_quote_is_one_quote_of_several_segments():
    html = (
        "<p>“<q1>We stay</q>,” he said. “<q1>We sing.</q>”</p>"
        "<p>Later. “<q2>So</q>.” “<q1>We go.</q>” Yes.</p>"
    )
    passages = read(re.sub("<(q.)>", r'<q data-quote="\1">', html)).passages
    assert list(passages) == ["q1", "q2"]
    assert passages["q1"].segments == ["We stay", "We sing.", "We go."]
    assert passages["q1"].paragraph == 1
    assert passages["q1"].sentence == "“We stay,” he said. “We sing.” “We go.”"
    assert passages["q2"].segments == ["So"]
    assert passages["q2"].sentence == "“So.”"


@pytest.mark.parametrize(
    "inner",
    [
        "We stay here",
        "We <b>stay</b> here",
        "<b>We</b> <i>stay</i> here",
        "<b>We</b><i> </i><b>stay</b> <i>here</i>",
        'We <a data-person="ann">stay</a> here',
        "We stay<br>here",
        "<b>We</b><br><b>stay</b><br>here",
        'We </q><q data-quote="q1">stay</q><!-- x --><q data-quote="q1"> here',
        "We<x> stay</x> here",
    ],
)
def test_pieces_with_only_markup_between_are_one_segment(inner):
    reading = read(sanitise(f'<p>“<q data-quote="q1">{inner}</q>,” he said.</p>'))
    assert reading.passages["q1"].segments == ["We stay here"]


@pytest.mark.parametrize(
    "between", ["</q> <q>", "</q>, <q>", "</q></p><p><q>", "</q><br><q>"]
)
def test_pieces_with_text_or_a_paragraph_between_are_two_segments(between):
    html = f"<p><q>One{between}two</q></p>".replace("<q>", '<q data-quote="q1">')
    assert read(sanitise(html)).passages["q1"].segments == ["One", "two"]


def test_a_mark_around_nothing_is_no_quote():
    assert (
        read('<p>a<q data-quote="q1"> </q><q data-quote="q2"></q>b</p>').passages == {}
    )


def test_a_quote_within_a_reported_passage_is_read_as_both():
    passages = read(
        '<p><span data-quote="q1">He will “<q data-quote="q2">stay</q>”</span>.</p>'
    ).passages
    assert passages["q1"].segments == ["He will “stay”"]
    assert passages["q1"].element == "span"
    assert passages["q2"].segments == ["stay"]
    assert passages["q2"].element == "q"


@often
@given(marked_bodies())
def test_every_segment_stands_in_its_paragraph(html):
    reading = read(sanitise(html))
    for passage in reading.passages.values():
        assert passage.segments[0] in reading.paragraphs[passage.paragraph - 1].replace(
            "\n", " "
        )
        for segment in passage.segments:
            assert segment.strip() in passage.sentence.replace("\n", " ")


# Setting and removing marks


@pytest.mark.parametrize(
    ("html", "words", "marked"),
    [
        ("We stay.", "stay", "We <>stay</>."),
        ("We stay. “We stay,” I say", "We stay", "We stay. “<>We stay</>,” I say"),
        ("We go. «\u00a0We go\u00a0».", "We go", "We go. «\u00a0<>We go</>\u00a0»."),
        ("The dogs' home. 'home'", "home", "The dogs' home. '<>home</>'"),
        ("“It” stays. “stays”", "stays", "“It” stays. “<>stays</>”"),
        ("“We stay.”", "We stay.", "“<>We stay.</>”"),
        ("“We stay,” he", "We stay.", "“<>We stay</>,” he"),
        ("“We stay?”", "We stay?", "“<>We stay?</>”"),
        ("“I <em>do</em> stay”", "I do stay", "“<>I <em>do</em> stay</>”"),
        ("“<em>I do</em> stay”", "do stay", "“<em>I </em><><em>do</em> stay</>”"),
        ("We don’t.", "We don't", "<>We don’t</>."),
        ("ports, port", "port", "ports, <>port</>"),
        ("“We stay,” I say. “We go.”", "We go", "“We stay,” I say. “<>We go</>.”"),
        ("“I stay,” so. “I go.”", "I stay\nI go.", "“<>I stay</>,” so. “<>I go.</>”"),
        ("“Ha, ha.” “Ha.”", "Ha\nha", "“<>Ha</>, <>ha</>.” “Ha.”"),
        ("one<br>two", "one two", "<>one<br>two</>"),
    ],
)
def test_a_mark_is_set_around_the_words(html, words, marked):
    marked = marked.replace("<>", '<q data-quote="q9">').replace("</>", "</q>")
    assert set_mark(f"<p>{html}</p>", words, "q9") == f"<p>{marked}</p>"


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>We stay.</p>", "We go"),
        ("<p>We stay.</p>", "stays"),
        ("<p>We stay.</p>", "We stay\nWe go"),
        ("<p>We</p><p>stay</p>", "We stay"),
        ('<p><q data-quote="q1">We stay</q>.</p>', "We stay"),
        ('<p>We <q data-quote="q1">stay</q>.</p>', "We stay"),
        ('<p><span data-quote="q1">He said we stay</span>.</p>', "we stay"),
    ],
)
def test_no_mark_is_set_where_the_words_do_not_stand_free(html, words):
    assert set_mark(html, words, "q9") is None
    assert set_mark(html, words, "q9", is_reported=True) is None


def test_words_that_another_quote_holds_are_marked_where_they_stand_next():
    html = '<p>“<q data-quote="q1">We stay</q>.” We stay.</p>'
    marked = set_mark(html, "We stay", "q2")
    assert read(marked).passages["q2"].pieces == [(0, 11, 18)]


def test_a_reported_passage_is_marked_with_a_span():
    marked = set_mark("<p>He said they stay.</p>", "they stay", "q2", is_reported=True)
    assert marked == '<p>He said <span data-quote="q2">they stay</span>.</p>'


@often
@given(marked_bodies(), st.data())
def test_a_mark_set_and_removed_leaves_the_body_as_it_was(html, data):
    clean = sanitise(html)
    paragraph = data.draw(st.sampled_from(read(clean).paragraphs or ["x"]))
    words = data.draw(st.sampled_from(paragraph.split() or ["x"]))
    marked = set_mark(clean, words, "qnew")
    assume(marked is not None)
    assert sanitise(marked) == marked
    assert "qnew" in read(marked).passages
    assert read(marked).paragraphs == read(clean).paragraphs
    assert remove_mark(marked, "qnew") == clean


def test_only_the_mark_that_is_named_is_removed():
    html = (
        '<p><q data-quote="q1">a</q> <q data-quote="q12">b</q></p>\n'
        '<p><span data-quote="q2">c <q data-quote="q1">d</q></span></p>'
    )
    assert remove_mark(html, "q1") == (
        '<p>a <q data-quote="q12">b</q></p>\n<p><span data-quote="q2">c d</span></p>'
    )


def test_a_new_mark_is_a_mark_and_meets_no_other():
    marks = {body.new_mark() for _ in range(1000)}
    assert len(marks) > 990
    assert all(re.fullmatch(body.MARK_ID, mark) and len(mark) == 6 for mark in marks)


# What readers get


@often
@given(marked_bodies())
def test_what_readers_read_is_what_is_stored(html):
    clean = sanitise(html)
    quotes = {
        mark: shown(number) for number, mark in enumerate(read(clean).passages, 1)
    }
    people = {"ann": at("/people/ann/")}
    rendered = render(clean, Records(quotes=quotes, people=people))
    assert paragraphs_of(rendered) == read(clean).paragraphs
    page = Page(rendered)
    ids = [attrs["id"] for _tag, attrs in page.elements if "id" in attrs]
    assert sorted(ids) == sorted(quotes)
    numbers = [attrs["data-number"] for attrs in page.of_class("quote-number")]
    assert sorted(numbers, key=int) == [str(q.number) for q in quotes.values()]
    assert len(page.of_class("margin-note")) == len(quotes)
    assert len(page.of_class("person")) == ("data-person" in clean)


@often
@given(soup)
def test_whatever_was_typed_readers_read_the_stored_text(html):
    clean = sanitise(html)
    assert paragraphs_of(render(clean, ANN)) == read(clean).paragraphs


def test_a_quote_has_its_id_once_and_its_number_where_it_ends():
    rendered = render(
        '<p>“<q data-quote="q1">We <strong>do</strong> stay</q>,” he said. “'
        '<q data-quote="q1">We sing.</q>” Yes.</p><p>“<q data-quote="q1">So.</q>”</p>',
        ANN,
    )
    assert rendered.count('id="q1"') == 1
    assert rendered.count('class="quote"') == 3
    assert rendered.count('class="quote-number"') == 1
    assert rendered.count('class="margin-note"') == 1
    assert rendered.startswith('<p><a class="margin-note"')
    assert re.search(
        r'So\.</span><span class="quotation-mark">”</span>'
        r'<a class="quote-number" href="#said-q1" data-number="1" '
        r'aria-label="Quote 1, Ann"></a></p>$',
        rendered,
    )


@pytest.mark.parametrize(
    ("html", "before"),
    [
        ("He: “<q>We stay</q>,” he said", "He: “We stay,”"),
        ("He: “<q>We stay</q>”, he said", "He: “We stay”,"),
        ("He: “<q>We stay.</q>” He left", "He: “We stay.”"),
        ("He: «\u00a0<q>We stay</q>\u00a0», so", "He: «\u00a0We stay\u00a0»,"),
        ("<q>We stay</q>", "We stay"),
        ("He: <q>We stay</q> so", "He: We stay"),
        ("He: <b>“<q>We stay</q>”</b> so", "He: “We stay”"),
    ],
)
def test_the_number_follows_the_closing_mark_and_the_comma(html, before):
    html = sanitise(f"<p>{html}</p>".replace("<q>", '<q data-quote="q1">'))
    rendered = render(html, ANN)
    start, _, end = rendered.partition('<a class="quote-number"')
    assert bare(start) == before
    assert bare(f"<a {end}") == read(html).paragraphs[0].removeprefix(before)
    opening, _, _ = rendered.partition('<a class="margin-note"')
    assert (
        bare(opening) == before.partition("“")[0].partition("«")[0].partition("We")[0]
    )


def test_the_number_of_a_reported_passage_follows_its_full_stop():
    rendered = render('<p>So <span data-quote="q1">they stay</span>. No.</p>', ANN)
    assert bare(rendered.partition('<a class="quote-number"')[0]) == "So they stay."
    assert '<span class="quote reported" id="q1">they stay</span>' in rendered
    assert 'class="margin-note reported"' in rendered


def test_the_only_quote_of_a_story_has_no_number():
    rendered = render(
        '<p>“<q data-quote="q1">We stay</q>”</p>', Records(quotes={"q1": shown(None)})
    )
    assert "quote-number" not in rendered
    assert "data-number" not in rendered
    assert 'class="margin-note"' in rendered


def test_a_quotation_mark_is_wrapped_within_the_elements_it_stands_in():
    rendered = render('<p><em>“<q data-quote="q1">a</q>”</em></p>', ANN)
    assert '<em><span class="quotation-mark">“</span></em>' in rendered
    assert rendered.count('class="quotation-mark"') == 2


def test_a_link_around_a_quote_makes_way_for_its_notes():
    rendered = render('<p><a href="/x">He: “<q data-quote="q1">a</q>” so</a></p>', ANN)
    assert Page(rendered).text == "He: “a” so"
    assert '<a href="/x">He: </a><a class="margin-note"' in rendered


def test_quotation_marks_that_belong_to_no_quote_are_left_alone():
    html = "<p>The “new” line</p>"
    assert render(html, ANN) == html


def test_a_record_is_linked_where_it_is_first_named_outside_a_quote():
    rendered = render(
        '<p>“<q data-quote="q1"><a data-person="ann">Ann</a> stays</q>,” said '
        '<a data-person="ann">Mrs <strong>Ann</strong> B.</a>. '
        '<a data-person="ann">She</a> left <a data-organisation="nato">Nato</a>, '
        '<a data-organisation="nato">it</a> said.</p>',
        ANN,
    )
    assert rendered.count('class="person"') == 1
    assert (
        '<a class="person" href="/people/ann/">Mrs <strong>Ann</strong> B.</a>'
        in rendered
    )
    assert rendered.count('class="organisation"') == 1
    assert '<a class="organisation" href="/organisations/nato/">Nato</a>' in rendered


def test_a_record_that_only_a_quote_names_is_linked_there():
    rendered = render(
        '<p><q data-quote="q1">We and <a data-person="ann">Ann</a></q></p>', ANN
    )
    assert '<a class="person" href="/people/ann/">Ann</a>' in rendered


@pytest.mark.parametrize(
    "html",
    [
        '<p>a <q data-quote="q7">b</q> c</p>',
        '<p>a <span data-quote="q7">b</span> c</p>',
        '<p>a <a data-person="nobody">b</a> c</p>',
        '<p>a <a data-organisation="none">b</a> c</p>',
        '<p>a b c</p><figure data-photo="none"></figure>',
    ],
)
def test_a_mark_without_a_record_leaves_its_words(html):
    assert render(html, ANN) == "<p>a b c</p>"


def test_a_record_without_a_mark_leaves_no_trace():
    assert render("<p>We stay</p>", ANN) == "<p>We stay</p>"


@pytest.mark.parametrize(
    ("href", "is_external"),
    [
        ("https://example.com/", True),
        ("HTTP://example.com/", True),
        ("//example.com/", True),
        ("/people/ann/", False),
        ("#q1", False),
        ("mailto:desk@example.com", False),
    ],
)
def test_links_that_leave_the_site_say_so(href, is_external):
    rendered = render(sanitise(f'<p><a href="{href}">a</a></p>'), ANN)
    rel = ' rel="external noopener"' if is_external else ""
    assert rendered == f'<p><a href="{href}"{rel}>a</a></p>'


@pytest.mark.parametrize(
    ("html", "rendered"),
    [
        ("<p>We stay</p>", '<p><span class="dateline">KYIV —</span> We stay</p>'),
        (
            "<p>KYIV – We stay</p>",
            '<p><span class="dateline">KYIV –</span> We stay</p>',
        ),
        (
            "<p><strong>KYIV</strong> — We</p>",
            '<p><span class="dateline"><strong>KYIV</strong> —</span> We</p>',
        ),
        (
            "<h2>Talks</h2><p>We</p><p>go</p>",
            '<h2>Talks</h2>\n<p><span class="dateline">KYIV —</span> We</p>\n<p>go</p>',
        ),
        ("<h2>Talks</h2>", "<h2>Talks</h2>"),
        ("", ""),
    ],
)
def test_the_dateline_is_wrapped_where_it_stands_and_else_printed(html, rendered):
    assert render(html, Records(dateline="KYIV —")) == rendered


def test_a_quote_that_opens_the_story_stands_after_its_dateline():
    rendered = render(
        '<p>KYIV — “<q data-quote="q1">We stay</q>”</p>',
        Records(quotes={"q1": shown()}, dateline="KYIV —"),
    )
    assert rendered.startswith(
        '<p><span class="dateline">KYIV —</span> <a class="margin'
    )
    printed = render(
        '<p>“<q data-quote="q1">We stay</q>”</p>',
        Records(quotes={"q1": shown()}, dateline="KYIV —"),
    )
    assert bare(printed) == "KYIV — “We stay”"
    assert printed.startswith(
        '<p><span class="dateline">KYIV —</span> <a class="margin'
    )


def file(url, form="jpeg", width=3, height=2):
    return SimpleNamespace(url=url, format=form, width=width, height=height)


HOSTILE = "\"><script>alert(1)</script>' onclick='x & <b>"


def test_hostile_names_stay_text():
    photo = at(
        "/",
        files=lambda crop: [file(HOSTILE, "avif"), file(HOSTILE, "jpeg")],
        alt_text=HOSTILE,
        caption=HOSTILE,
        credit=HOSTILE,
    )
    rendered = render(
        '<p>“<q data-quote="q1">a</q>” <a data-person="ann">Ann</a> '
        '<a data-organisation="nato">Nato</a></p><figure data-photo="p1"></figure>',
        Records(
            quotes={"q1": shown(1, HOSTILE, HOSTILE, HOSTILE)},
            people={"ann": at(HOSTILE)},
            organisations={"nato": at(HOSTILE)},
            photos={"p1": photo},
            dateline=HOSTILE,
        ),
    )
    page = Page(rendered)
    assert "script" not in {tag for tag, _attrs in page.elements}
    assert not any("onclick" in attrs for _tag, attrs in page.elements)
    values = [value for _tag, attrs in page.elements for value in attrs.values()]
    assert values.count(HOSTILE) == 7
    assert f"Quote 1, {HOSTILE}" in values
    assert page.text.count(HOSTILE) == 3


def test_a_paragraph_that_says_what_an_organisation_is_stands_apart_as_background():
    said = 'The "Council"  was set up <in> 2002.'
    council = at("/organisations/nrc/", name="Council <b>", background=said)
    marked = '<a data-organisation="nrc">Council</a>'
    background = f"<p>The “{marked}” was set up &lt;in&gt; 2002.</p>"
    html = f"<p>Its {marked} met.</p>{background}<p>It will <em>again</em>.</p>"
    rendered = render(html, Records(organisations={"nrc": council}))
    apart = re.search(r'<div class="aside-background">.*?</div>', rendered, re.S)[0]
    label = 'Background: <a href="/organisations/nrc/"><bdi>Council &lt;b&gt;</bdi></a>'
    assert f'<p class="label">{label}</p>' in apart
    assert bare(apart).endswith("The “Council” was set up &lt;in&gt; 2002.")
    council.background = "Something else."
    assert "aside" not in render(html, Records(organisations={"nrc": council}))


def test_a_photo_stands_with_its_caption_and_credit():
    files = []
    photo = at("/", files=lambda crop: files, caption="Ann", credit="Bob", alt_text="")
    html = '<figure data-photo="p1"></figure>'
    rendered = render(html, Records(photos={"p1": photo}))
    assert "<img" not in rendered
    assert "Photograph to come" in rendered
    assert '<figcaption>Ann <span class="credit">© Bob</span></figcaption>' in rendered
    files.append(file("/p1.jpg"))
    rendered = render(html, Records(photos={"p1": photo}))
    assert '<img src="/p1.jpg" srcset="/p1.jpg 3w" sizes=' in rendered
    assert ' alt="" width="3" height="2" loading="lazy"' in rendered
    assert "<source" not in rendered


@pytest.mark.parametrize(
    "piece",
    [
        '<q data-quote="q{}">!</q>',
        '“<q data-quote="q{}">We stay</q>,” ',
    ],
)
def test_twenty_thousand_marks_in_one_paragraph_are_read_and_rendered(piece):
    html = f"<p>{''.join(map(piece.format, range(20_000)))}</p>"
    reading = read(html)
    assert len(reading.passages) == 20_000
    rendered = render(html, Records(quotes={f"q{n}": shown(n) for n in range(20_000)}))
    assert rendered.count('class="quote-number"') == 20_000
    assert bare(rendered) == reading.paragraphs[0]


def test_a_mark_is_looked_for_among_many_without_walking_them_all_each_time():
    html = "".join(f'<q data-quote="q{n}">a mistake</q> ' for n in range(20_000))
    assert set_mark(f"<p>{html}</p>", "a mistake", "q9") is None
    html = "<p>" + "“a mistake” " * 60_000 + "</p>"
    assert read(set_mark(html, "a mistake", "q1")).passages["q1"].pieces == [(0, 1, 10)]


@pytest.mark.parametrize(
    "typed",
    [
        "<p>profit <b last year",
        "<p>less than <10 and more",
        '<p>a <a href="unclosed and so on',
        "<p>x <y</p",
    ],
)
def test_what_somebody_typed_after_a_stray_sign_is_not_lost(typed):
    kept = body.plain_text(body.sanitise(typed))
    assert kept == typed.removeprefix("<p>")


def test_a_million_stray_signs_are_read_once():
    for typed in ("<b " * 300_000, "<a x='" * 160_001, "<" * 190_000):
        with contextlib.suppress(ValidationError):
            body.sanitise(typed)
