"""What readers are told of the day, the occasion and the original of a quote."""

import re
from datetime import date
from html.parser import HTMLParser

import pytest
from django.utils import translation

from tests.factories import make_article, make_person, make_quote
from tests.test_admin import change_page
from tests.test_pages import read, text_of

pytestmark = pytest.mark.django_db

SAID = {"said_on": date(2016, 2, 8), "occasion": "interview"}
ORIGINAL = {
    "original_words": "Мы дважды пересчитали машинистов",
    "original_language": "ru",
    "translator": "Pia Renholm",
}
NOTHING = "day not given; place and occasion not given"
LINES = [
    (
        SAID | ORIGINAL,
        "said on 8 February 2016 in an interview; translated from Russian by Pia "
        "Renholm",
    ),
    (SAID, "said on 8 February 2016 in an interview"),
    ({"said_on": date(2016, 2, 8)}, "said on 8 February 2016"),
    ({"occasion": "press_conference"}, "said at a press conference"),
    ({"occasion": "other_outlet"}, "reported by another outlet"),
    (ORIGINAL, "translated from Russian by Pia Renholm"),
    (ORIGINAL | {"translator": ""}, "translated from Russian"),
    ({"translator": "Pia Renholm"}, "translated by Pia Renholm"),
    (
        {"occasion": "statement", "original_language": "ru"},
        "said in a statement; translated from Russian",
    ),
    ({"original_words": "As I said", "original_language": "en-US"}, None),
    ({}, None),
]


class Reader(HTMLParser):
    """The text of each element of a class, and the attributes of what stands in it."""

    def __init__(self, html, css_class):
        super().__init__()
        self.css_class, self.texts, self.inside = css_class, [], []
        self.is_open = False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if ("class", self.css_class) in attrs:
            self.is_open = True
            self.texts.append("")
        elif self.is_open:
            self.inside.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        self.is_open = self.is_open and tag != "p"

    def handle_data(self, data):
        if self.is_open:
            self.texts[-1] += data


def lines(html):
    return Reader(html, "occasion").texts


@pytest.mark.parametrize(("known", "line"), LINES)
def test_one_plain_line_says_what_is_known_and_nothing_of_the_rest(client, known, line):
    person = make_person()
    quote = make_quote(make_article(), speaker=person, **known)
    for page in (quote, person, quote.article):
        html = read(client, page.get_absolute_url())
        alone = page == quote.article and known == {"said_on": date(2016, 2, 8)}
        assert lines(html) == ([line] if line and not alone else []), page
    assert lines(read(client, "/quotes/")) == ([line] if line else [])


def test_every_occasion_has_its_phrase_with_a_day_and_without(client):
    for occasion, _label in make_quote(make_article()).Occasion.choices:
        for said_on in (None, date(2016, 2, 8)):
            quote = make_quote(make_article(), occasion=occasion, said_on=said_on)
            (line,) = lines(read(client, quote.get_absolute_url()))
            assert ("8 February 2016" in line) == bool(said_on)


def test_who_said_what_does_not_say_the_day_above_again(client, tass):
    html = read(client, tass.get_absolute_url())
    assert "Monday 8 February 2016" in text_of(html)
    assert lines(html) == []
    tass.quotes.filter(mark="q2").update(said_on=date(2016, 2, 7))
    assert lines(read(client, tass.get_absolute_url())) == ["said on 7 February 2016"]


def test_the_original_stands_below_in_its_own_language_and_direction(client):
    for language, words, direction in [
        ("ru", "«Мы дважды пересчитали машинистов»", "ltr"),
        ("ar", "«لن نغادر الطاولة»", "rtl"),
    ]:
        original = {"original_words": words[1:-1], "original_language": language}
        quote = make_quote(make_article(), **original)
        html = read(client, quote.get_absolute_url())
        below = Reader(html, "original")
        assert below.texts == [f"In the original: {words}"]
        assert below.inside == [("span", {"lang": language, "dir": direction})]
        assert html.index('class="occasion"') < html.index('class="original"')


@pytest.mark.parametrize(
    ("known", "said", "translated"),
    [
        ({}, NOTHING, None),
        (
            {"said_on": date(2016, 2, 8)},
            "Monday 8 February 2016; place and occasion not given",
            None,
        ),
        ({"occasion": "broadcast"}, "in a broadcast; day not given", None),
        (SAID, "Monday 8 February 2016; in an interview", None),
        (ORIGINAL | {"translator": ""}, NOTHING, "translator not given"),
        (ORIGINAL, NOTHING, "Pia Renholm"),
    ],
)
def test_the_ledger_of_a_quote_admits_its_gaps(client, known, said, translated):
    quote = make_quote(make_article(), **known)
    html = read(client, quote.get_absolute_url())
    rows = re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", html)
    ledger = {name: text_of(value) for name, value in rows}
    assert ledger["Said"] == said
    assert ledger.get("Translation") == translated
    language = "The original is in Russian." if "original_words" in known else ""
    language = language or "Original words not recorded."
    assert ledger["Language"] == f"English, as printed. {language}"


def test_an_unnamed_source_is_printed_as_described_and_the_form_asks_for_no_name(
    client, desk
):
    article = make_article()
    quote = make_quote(article, unnamed_source="a diplomat familiar with the talks")
    html = read(client, quote.get_absolute_url())
    assert "<bdi>a diplomat familiar with the talks</bdi>" in html
    form = text_of(desk.get(change_page(article)).content.decode())
    assert "There is no place here for the name, so that it cannot leak" in form


def test_the_line_is_put_together_in_the_language_of_the_page(client, monkeypatch):
    german = {
        "said on {day} in an interview": "in einem Interview vom {day}",
        "translated from {language} by {translator}": "von {translator} übersetzt",
        "{said}; {translated}": "{translated}, {said}",
    }
    quote = make_quote(make_article(), **SAID, **ORIGINAL)
    catalog = translation._trans.gettext
    monkeypatch.setattr(
        translation._trans, "gettext", lambda text: german.get(text, catalog(text))
    )
    (line,) = lines(read(client, quote.get_absolute_url()))
    assert line == "von Pia Renholm übersetzt, in einem Interview vom 8 February 2016"
