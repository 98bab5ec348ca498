import re

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Article, Byline, Quote, SourceText
from articles.publishing import override_quote_check, settle
from tests.factories import make_article, make_person, make_photo, make_quote
from tests.test_admin import add_quote, change_page, form_data

pytestmark = pytest.mark.django_db

DRAFT = {"status": "draft", "published_at": None}
ADD = "/admin/articles/article/add/"


def words_of(page, pattern):
    """Without their markup."""
    found = re.search(pattern, page, re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split()) if found else None


def states(page):
    return re.findall(r'data-mark="(\w+)"\s+data-kind="\w+"\s+data-state="(\w+)"', page)


def fold(page, name):
    """Whether it is open, and the line that states what it holds."""
    head = re.search(rf'id="fold-{name}"( open)?>\s*<summary>(.*?)</summary>', page)
    return bool(head[1]), words_of(page, rf'id="fold-{name}".*?says">(.*?)</span>')


def edit_body(article, old, new):
    article.body = article.body.replace(old, new)
    article.save()
    settle(article)


@pytest.fixture
def troubled(editor):
    """A draft whose quotes come out in every way there is, in no order."""
    article = make_article(**DRAFT)
    for mark in ("q1", "q2", "q3", "q5"):
        make_quote(article, mark=mark, words=f"We have said {mark} before")
    make_quote(article, mark="q4", words="Nobody wrote down a word of this")
    copy = " ".join(f"We have said {mark} before." for mark in ("q1", "q2", "q3", "q5"))
    SourceText.objects.create(article=article, text=copy, publisher="TASS")
    Quote.objects.filter(mark="q5").update(dropped_at=timezone.now())
    edit_body(article, "said q3 before", "said q3 after")
    edit_body(article, "said q2 before", "said q2 after")
    override_quote_check(article.quotes.get(mark="q2"), by=editor, reason="An order")
    return article


def test_in_the_form_trouble_stands_first_then_the_order_of_the_story(troubled, desk):
    page = desk.get(change_page(troubled)).content.decode()
    assert states(page) == [
        ("q3", "open"),
        ("q2", "warns"),
        ("q4", "warns"),
        ("q1", "holds"),
        ("q5", "dropped"),
    ]
    numbers = re.findall(r'class="quote-number">(\d*)<', page)
    assert numbers == ["3", "2", "4", "1", "", ""]


def test_the_head_of_the_quotes_counts_those_that_hold_and_says_what_the_others_lack(
    troubled, desk
):
    page = desk.get(change_page(troubled)).content.decode()
    assert words_of(page, r'id="quotes-heading">(.*?)</h2>') == "Quotes, 4"
    said = words_of(page, r'class="quotes-count">(.*?)</p>')
    assert said == "1 holds. 1 differs, 1 not in the source copy, 1 let stand."


def test_a_quote_that_holds_says_so_in_one_line_and_shows_its_place_in_the_source(
    tass, desk
):
    page = desk.get(change_page(tass)).content.decode()
    row = page.partition('data-mark="q3"')[2].partition('data-mark="q4"')[0]
    assert words_of(row, r'class="quote-checks">(.*?)</div>') == (
        "= matches the story and the source copy"
    )
    assert words_of(row, r'class="found-in">(.*?)</p>').startswith("Wire copy, TASS: …")
    assert "<b>endangers not only public security" in row


@pytest.mark.parametrize(
    ("breaks", "said"),
    [
        (lambda a: Article.objects.update(section=None), "Choose a section."),
        (lambda a: Article.objects.update(slug=""), "Give the story a slug"),
        (
            lambda a: Article.objects.update(expires_at=timezone.now()),
            "The story has expired",
        ),
        (
            lambda a: Article.objects.update(lead_photo=make_photo(credit="")),
            "Write the credit line",
        ),
        (
            lambda a: a.bylines.create(person=make_person(is_public=False)),
            "is a private person",
        ),
        (lambda a: edit_body(a, '"q1">', '"q9">'), "The mark q9 has no quote"),
        (
            lambda a: edit_body(a, "We have said", "We said"),
            "quote 1 differs from the story",
        ),
    ],
)
def test_what_publishing_waits_for_leads_to_where_it_is_put_right(desk, breaks, said):
    article = make_article(**DRAFT)
    make_quote(article, mark="q1", words="We have said so")
    assert "Publishing waits" not in desk.get(change_page(article)).content.decode()
    breaks(article)
    page = desk.get(change_page(article)).content.decode()
    waits = page[page.index("Publishing waits:") :]
    place, text = re.search(r'<a href="#([\w-]+)">(.*?)</a>', waits).groups()
    assert said in text
    assert f'id="{place}"' in page


def test_what_is_folded_states_what_it_holds(tass, desk):
    page = desk.get(change_page(tass)).content.decode()
    assert {
        name: fold(page, name)
        for name in ("source-copy", "photo", "dateline", "time", "corrections", "desk")
    } == {
        "source-copy": (False, "1 text: Wire copy, TASS"),
        "photo": (False, "1, no file yet; caption and credit ready"),
        "dateline": (False, "MOSCOW, February 8. /TASS/."),
        "time": (False, "no embargo, no end"),
        "corrections": (False, "none"),
        "desk": (False, "empty; only the desk sees it"),
    }
    assert "/2016/02/08/nato-dialogue/" in fold(page, "placing")[1]


def test_a_fold_with_an_error_opens_itself_and_no_other_does(desk):
    data = form_data(desk.get(ADD), headline="A plan", language="?")
    page = desk.post(ADD, data).content.decode()
    opened = re.findall(r'id="fold-(\S+)" open', page)
    assert opened == ["placing"]


def test_a_row_with_an_error_lies_open(desk, tass):
    page = desk.get(change_page(tass))
    fields = r'<details class="quote-fields"( open)?>'
    assert re.findall(fields, page.content.decode()) == [""] * 6 + [" open"]
    data = form_data(page, **{"quotes-1-words": "", "sources-0-address": "nowhere"})
    page = desk.post(change_page(tass), data).content.decode()
    assert re.findall(fields, page) == ["", " open"] + [""] * 4 + [" open"]
    assert fold(page, "source-copy")[0]


def test_enter_in_a_field_of_one_line_saves_and_neither_publishes_nor_takes_words(
    troubled, desk
):
    page = desk.get(change_page(troubled)).content.decode()
    form = page[page.index('id="article_form"') :]
    pressed = re.search(r'<(?:input|button)[^>]*type="submit"[^>]*>', form)[0]
    assert 'name="_continue"' in pressed


@pytest.mark.parametrize(
    ("row", "prefix", "fields"),
    [
        ("quote", "quotes", {"words": "We have a plan", "unnamed_source": "a sailor"}),
        ("byline", "bylines", {}),
        ("sourcetext", "sources", {"text": "We have a plan"}),
    ],
)
def test_without_a_script_a_button_saves_and_gives_a_row_to_fill_in(
    desk, row, prefix, fields
):
    page = desk.get(ADD)
    button = f'name="_row" value="{row}"'
    assert f'<button class="row-by-hand" type="submit" {button}>' in (
        page.content.decode()
    )
    data = form_data(page, headline="A plan", body="<p>“We have a plan”</p>", _row=row)
    page = desk.post(ADD, data, follow=True)
    article = Article.objects.get()
    data = form_data(page)
    assert data[f"{prefix}-TOTAL_FORMS"] == "1"
    address = page.request["PATH_INFO"] + "?row=" + row
    if row == "byline":
        fields = {"person": make_person().pk}
    assert desk.post(address, data).status_code == 302
    rows = getattr(article, prefix)
    assert not rows.exists()
    data |= {f"{prefix}-0-{name}": value for name, value in fields.items()}
    assert desk.post(address, data).status_code == 302
    assert rows.count() == 1


def test_a_row_that_somebody_asked_for_is_not_made_of_anything_in_the_address(desk):
    article = make_article(**DRAFT)
    page = desk.get(change_page(article), {"row": '"><script>'})
    assert form_data(page)["quotes-TOTAL_FORMS"] == "0"


def test_a_new_quote_of_a_refused_form_keeps_its_row_open(desk):
    article = make_article(**DRAFT)
    data = form_data(desk.get(change_page(article)), headline="")
    data = add_quote(data, words="Typed with care", unnamed_source="a sailor")
    page = desk.post(change_page(article), data).content.decode()
    row = page[page.index('id="quotes-0"') : page.index('id="quotes-empty"')]
    assert 'data-state="new"' in row
    assert '<details class="quote-fields" open>' in row
    assert "Typed with care" in row


def test_the_submit_row_says_what_will_happen_to_whoever_presses_it(
    client, editor, reporter
):
    draft = make_article(**DRAFT)
    live = make_article()
    for user, article, said, publishes in (
        (editor, draft, "readers have the story once you publish", True),
        (reporter, draft, "an editor publishes it", False),
        (editor, live, "readers see it once it is published", True),
        (reporter, live, "readers see it once it is published", False),
    ):
        client.force_login(user)
        page = client.get(change_page(article)).content.decode()
        assert said in words_of(page, r'class="what-will-happen">(.*?)</p>')
        assert ('name="_publish"' in page) == publishes


def test_who_may_only_look_at_a_story_is_offered_no_button(client, troubled):
    user = User.objects.create_user("guest", is_staff=True)
    names = ["view_article", "view_quote", "view_sourcetext", "view_byline"]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(user)
    page = client.get(change_page(troubled)).content.decode()
    assert "differs from the story" in page
    assert 'name="_save"' not in page
    assert 'name="_take"' not in page


def test_the_length_of_the_headline_is_printed_beside_it(desk, tass):
    page = desk.get(change_page(tass)).content.decode()
    said = words_of(page, r'class="headline-length"[^>]*>(.*?)\n')
    assert said == f"{len(tass.headline)} of 110"


def test_a_quote_more_costs_the_form_no_more_than_the_name_in_its_chooser(desk):
    article = make_article(**DRAFT)

    def cost():
        with CaptureQueriesContext(connection) as queries:
            desk.get(change_page(article))
        return len(queries)

    make_quote(article)
    desk.get(change_page(article))
    one = cost()
    for _ in range(6):
        make_quote(article)
    assert cost() <= one + 6


def test_a_byline_in_the_form_is_stated_in_its_fold(desk):
    article = make_article(**DRAFT)
    Byline.objects.create(article=article, person=make_person(name="Anna Petrova"))
    page = desk.get(change_page(article)).content.decode()
    assert fold(page, "bylines") == (False, "By Anna Petrova")
