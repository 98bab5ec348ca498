import re
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.contrib.staticfiles.finders import find
from django.db import connection
from django.template.loader import get_template
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import (
    Article,
    Byline,
    Correction,
    Organisation,
    Person,
    Position,
    Quote,
    SourceText,
    Topic,
)
from articles.settling import settle
from tests.factories import (
    DAY,
    make_article,
    make_organisation,
    make_person,
    make_photo,
    make_quote,
    make_section,
)
from tests.test_admin import preview_page

STORY = "/2016/02/08/nato-dialogue/"
pytestmark = pytest.mark.django_db

VOID = {"meta", "link", "img", "br", "hr", "input"}


class Outline(HTMLParser):
    """What a page is made of: its elements, ids, headings and visible text."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.ids, self.headings, self.open = [], [], [], []
        self.text = ""
        self.feed(html)
        assert self.open == [], "elements left open"

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.elements.append((tag, attributes))
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"</{tag}> closes another element"

    def handle_data(self, data):
        if not {"title", "script"} & {*self.open}:
            self.text += data


def read(client, address, status=200, **parameters):
    response = client.get(address, parameters)
    assert response.status_code == status, address
    return response.content.decode()


def text_of(html):
    return " ".join(Outline(html).text.split())


def everywhere():
    """The address of every page that the rows in the database have."""
    yield from ["/", "/people/", "/organisations/", "/quotes/", "/?older=x"]
    for article in Article.objects.all():
        if article.published_at and article.slug:
            year, month, day, slug = article.get_absolute_url().strip("/").split("/")
            yield from [f"/{year}/", f"/{year}/{month}/", f"/{year}/{month}/{day}/"]
            yield article.get_absolute_url()
            yield article.section.get_absolute_url()
    for model in (Person, Quote, Topic):
        yield from (record.get_absolute_url() for record in model.objects.all())
    for organisation in Organisation.objects.all():
        yield organisation.get_absolute_url()


def test_every_page_of_the_first_story_is_sound(client, tass):
    addresses = list(dict.fromkeys(everywhere()))
    assert len(addresses) > 20
    for address in addresses:
        response = client.get(address)
        html = response.content.decode()
        outline = Outline(html)
        assert response.status_code == 200, address
        assert outline.headings.count(1) == 1, address
        steps = zip(outline.headings, outline.headings[1:], strict=False)
        assert all(after <= before + 1 for before, after in steps), address
        assert len(outline.ids) == len(set(outline.ids)), address
        tags = [tag for tag, _ in outline.elements]
        assert {"header", "nav", "main", "footer"} <= set(tags), address
        assert "style" not in tags, address
        scripts = [of for tag, of in outline.elements if tag == "script"]
        assert scripts in ([], [{"type": "application/ld+json"}]), address
        assert not any("style" in attributes for _, attributes in outline.elements)
        labels = [
            attributes.get("aria-label")
            for tag, attributes in outline.elements
            if tag == "nav"
        ]
        assert all(labels), address
        assert len(labels) == len(set(labels)), address
        assert "<title></title>" not in html


def test_pages_are_the_same_for_everybody(client, tass, desk):
    for address in dict.fromkeys(everywhere()):
        with CaptureQueriesContext(connection) as captured:
            response = desk.get(address)
        said = " ".join(query["sql"] for query in captured.captured_queries)
        assert "session" not in said
        assert "auth_user" not in said
        assert "Cookie" not in response.headers.get("Vary", "")
        assert not response.cookies


def test_no_link_of_ours_leads_nowhere(client, tass):
    links = set()
    for address in dict.fromkeys(everywhere()):
        outline = Outline(read(client, address))
        for tag, attributes in outline.elements:
            if tag == "a" and "href" in attributes:
                target, _, fragment = attributes["href"].partition("#")
                if target.startswith("/"):
                    links.add((target, fragment))
                elif fragment:
                    assert fragment in outline.ids, attributes["href"]
    for target, fragment in links:
        ids = Outline(read(client, target)).ids
        assert not fragment or fragment in ids, (target, fragment)


def test_caption_and_credit_stand_once_beside_a_place_for_the_picture(client, tass):
    html = read(client, STORY)
    photo = tass.lead_photo
    figure = html[html.index("<figure") : html.index("</figure>")]
    assert "Photograph to come" in figure
    assert photo.caption in figure
    assert html.count(f"© {photo.credit}") == html.count(photo.credit) == 1
    assert html.count(photo.caption) == 1


def test_marks_around_words_of_a_quote_are_tinted_and_no_others(client, tass):
    tass.standfirst += ' He read "The Times".'
    tass.save()
    for address in ["/", STORY]:
        html = read(client, address)
        standfirst = html[html.index('<p class="standfirst">') :].split("</p>")[0]
        assert standfirst.count("<span") == 2
        assert Outline(standfirst + "</p>").text == tass.standfirst


def test_a_story_says_who_said_what(client, tass):
    html = read(client, STORY)
    after = html[html.index("Who said what") :]
    for quote in tass.quotes.all():
        assert f'id="said-{quote.mark}"' in after
        assert f'id="{quote.mark}"' in html
        assert quote.get_absolute_url() in after
    names = ["Alexander Grushko", "Jens Stoltenberg", "Sergei Lavrov"]
    places = [after.index(f"<bdi>{name}</bdi>") for name in names]
    assert places == sorted(places)


def test_a_story_names_people_and_organisations_with_the_role_they_had(client, tass):
    rail = read(client, STORY)
    rail = text_of(rail[rail.index("<aside") : rail.index("</aside>")] + "</aside>")
    assert "Alexander Grushko Russia’s Permanent Representative to NATO. 4" in rail
    assert "Sergei Lavrov Russian Foreign Minister. 1 quote here" in rail
    assert "TASS Source of this story" in rail


def test_one_quote_alone_has_no_number_but_stays_in_the_list(client):
    quote = make_quote(make_article())
    html = read(client, quote.article.get_absolute_url())
    assert "Who said what" in html
    assert 'class="number"' not in html
    assert 'class="quote-number"' not in html


def test_a_story_without_quotes_has_no_list_of_them(client):
    html = read(client, make_article().get_absolute_url())
    assert "Who said what" not in html


def test_a_correction_stands_on_the_page_with_what_was_and_what_is(client):
    article = make_article()
    Correction.objects.create(
        article=article, text="The year was wrong.", was="2003", now="2002"
    )
    text = text_of(read(client, article.get_absolute_url()))
    assert "The year was wrong. Was 2003 Now 2002" in text


def test_a_retracted_story_keeps_its_page_and_leaves_the_lists(client):
    article = make_article(headline="The lamp was put out")
    quote = make_quote(article, words="Nobody asked us.")
    Correction.objects.create(
        article=article, kind="retraction", text="None of it happened."
    )
    text = text_of(read(client, article.get_absolute_url()))
    assert "This story is retracted" in text
    assert "None of it happened." in text
    assert "is retracted" in read(client, quote.get_absolute_url())
    for address in ["/", "/quotes/", quote.speaker.get_absolute_url()]:
        assert "The lamp was put out" not in read(client, address)
        assert "Nobody asked us." not in read(client, address)


@pytest.mark.parametrize(
    "address",
    [
        "/2016/02/09/nato-dialogue/",
        "/2015/02/08/nato-dialogue/",
        "/2016/02/31/nato-dialogue/",
        "/2016/99/99/nato-dialogue/",
        "/2016/2/8/nato-dialogue/",
        "/1600/01/01/nato-dialogue/",
        "/2999/12/31/nato-dialogue/",
    ],
)
def test_a_wrong_date_leads_to_the_right_address(client, tass, address):
    response = client.get(address)
    assert response.status_code == 301
    assert response.headers["Location"] == STORY


def test_an_address_has_the_local_date(client, settings):
    settings.TIME_ZONE = "Pacific/Auckland"
    timezone.get_default_timezone.cache_clear()
    try:
        at = datetime(2020, 5, 4, 13, 30, tzinfo=UTC)
        article = make_article(slug="night", published_at=at)
        assert article.get_absolute_url() == "/2020/05/05/night/"
        assert "Tuesday 5 May 2020, 01:30 NZST" in read(client, "/2020/05/05/night/")
        read(client, "/2020/05/05/")
        read(client, "/2020/05/04/", status=404)
    finally:
        settings.TIME_ZONE = "UTC"
        timezone.get_default_timezone.cache_clear()


def test_every_page_for_search_engines_says_what_it_is(client, tass):
    for address in dict.fromkeys(
        [*everywhere(), "/2016/", "/2016/02/", "/2016/02/08/"]
    ):
        html = client.get(address).content.decode()
        if "<h1" in html and 'content="noindex"' not in html:
            assert html.count('<meta name="description" content="') == 1, address
            assert html.count('<link rel="canonical"') == 1, address


def test_the_one_stylesheet_of_readers_stays_small():
    assert Path(find("css/newsroom.css")).stat().st_size < 20_000


def test_no_line_of_a_headline_begins_with_its_dash(client, tass):
    for address in ("/", STORY, "/2016/"):
        html = read(client, address)
        assert "with Russia\N{NO-BREAK SPACE}- Russian NATO envoy</" in html, address


def test_lists_leave_it_to_the_foot_to_name_the_time_zone(client, tass):
    html = read(client, "/2016/")
    assert "8 February 2016, 09:00</time>" in html
    assert "Times are in the time zone UTC." in html
    assert "Monday 8 February 2016, 09:00 UTC</time>" in read(client, STORY)


LATER = timezone.now() + timedelta(days=400)
UNSEEN = {
    "draft": {"status": "draft", "published_at": None},
    "spiked": {"status": "spiked", "published_at": None},
    "scheduled": {"published_at": LATER, "first_published_at": LATER},
    "embargoed": {"embargoed_until": LATER, "first_published_at": LATER},
}
GONE = {
    "killed": {"status": "killed", "first_published_at": DAY},
    "unpublished": {"status": "draft", "first_published_at": DAY},
    "expired": {"expires_at": DAY + timedelta(days=1)},
}


def make_hidden_story(state):
    section = make_section(name="Hidden section")
    body = make_organisation(name="Hidden organisation")
    person = make_person(name="Hidden person")
    article = make_article(
        headline="Hidden headline",
        slug="hidden",
        section=section,
        source=body,
        **(UNSEEN | GONE)[state],
    )
    article.topics.add(Topic.objects.create(name="Hidden topic", slug="hidden"))
    Byline.objects.create(article=article, person=make_person(name="Hidden author"))
    post = Position.objects.create(
        person=person, title="Hidden post", organisation=body
    )
    make_quote(article, words="Hidden words.", speaker=person, position=post)
    return article


@pytest.mark.parametrize("state", [*UNSEEN, *GONE])
def test_readers_find_no_trace_of_a_story_that_is(client, state):
    seen = make_article()
    make_quote(seen)
    article = make_hidden_story(state)
    expected = 410 if state in GONE else 404
    for address in dict.fromkeys(everywhere()):
        response = client.get(address)
        html = response.content.decode()
        assert "Hidden" not in html, address
        assert response.status_code in (200, 404, expected), address
    quote = article.quotes.get()
    assert client.get("/2020/05/04/hidden/").status_code == expected
    assert client.get(quote.get_absolute_url()).status_code == expected
    preview = client.get(preview_page(article))
    assert preview.status_code == 302
    assert "Hidden" not in preview.content.decode()
    for record in (quote.speaker, article.source, article.section):
        assert client.get(record.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("state", [*UNSEEN, *GONE])
def test_the_desk_previews_a_story_that_is(desk, state):
    article = make_hidden_story(state)
    response = desk.get(preview_page(article))
    html = response.content.decode()
    assert response.status_code == 200
    assert "Hidden headline" in html
    assert "readers do not see this" in html
    assert '<meta name="robots" content="noindex">' in html
    assert "canonical" not in html
    assert "no-store" in response.headers["Cache-Control"]


def test_a_preview_is_for_the_desk_only(client, tass, django_user_model):
    assert client.get(preview_page(tass)).status_code == 302
    client.force_login(django_user_model.objects.create_user("subscriber"))
    assert client.get(preview_page(tass)).status_code == 302


def test_a_bare_draft_has_a_preview(desk):
    article = make_article(
        status="draft", published_at=None, slug="", section=None, body=""
    )
    assert article.get_absolute_url() == preview_page(article)
    read(desk, article.get_absolute_url())
    assert desk.get(preview_page(Article(pk=10**30))).status_code == 404


def test_what_only_the_desk_may_read_is_on_no_page(client, tass):
    Article.objects.update(desk_note="Hidden note", slugline="Hidden line")
    words = SourceText.objects.get().text.splitlines()
    told = "".join(Outline(read(client, a)).text for a in dict.fromkeys(everywhere()))
    assert "Hidden" not in told
    assert "All news" in words
    assert SourceText.objects.get().text[:200] not in told


def test_a_private_person_is_named_nowhere(client):
    nobody = make_person(name="Jane Roe", is_public=False)
    article = make_article()
    photo = make_photo(photographer=nobody, credit="Agency")
    Article.objects.filter(pk=article.pk).update(lead_photo=photo)
    article.refresh_from_db()
    Byline.objects.create(article=article, person=nobody)
    quotes = [
        make_quote(article, speaker=nobody, role="a resident of Halden"),
        make_quote(article, speaker=nobody),
    ]
    post = make_organisation(name="Halden")
    Position.objects.create(person=nobody, title="Resident", organisation=post)
    for address in [*everywhere()]:
        response = client.get(address)
        assert "Jane Roe" not in response.content.decode(), address
        assert nobody.get_absolute_url() not in response.content.decode(), address
    assert client.get(nobody.get_absolute_url()).status_code == 404
    assert "a resident of Halden" in read(client, quotes[0].get_absolute_url())
    assert "a private person" in read(client, quotes[1].get_absolute_url())


def test_a_post_waits_until_readers_have_met_the_organisation_it_serves(client):
    quote = make_quote(make_article())
    hidden = make_organisation(name="Hidden alliance")
    Position.objects.create(person=quote.speaker, title="Envoy", organisation=hidden)
    for address in [
        quote.speaker.get_absolute_url(),
        "/people/",
        quote.article.get_absolute_url(),
    ]:
        html = read(client, address)
        assert "Hidden alliance" not in html
        assert hidden.get_absolute_url() not in html
        assert "Envoy" not in html
    make_article(source=hidden)
    assert "Envoy" in read(client, quote.speaker.get_absolute_url())


def test_an_organisation_lists_no_post_of_an_unpublished_story(client):
    alliance = make_organisation(name="Alliance", slug="alliance")
    make_article(source=alliance)
    parent = make_organisation(name="Hidden parent")
    alliance.parent = parent
    alliance.save()
    make_organisation(name="Hidden body", parent=alliance)
    person = make_person(name="Hidden person")
    post = Position.objects.create(
        person=person, title="Hidden envoy", organisation=alliance
    )
    draft = make_article(status="draft", published_at=None)
    make_quote(draft, speaker=person, position=post)
    assert "Hidden" not in read(client, "/organisations/alliance/")
    Article.objects.filter(pk=draft.pk).update(status="published", published_at=DAY)
    html = read(client, "/organisations/alliance/")
    assert "Hidden person" in html
    assert "Hidden envoy" in html


def test_a_post_of_many_quotes_is_listed_once(client, tass):
    html = read(client, "/people/alexander-grushko/")
    assert html.count("<strong>Permanent Representative to NATO</strong>") == 1
    assert "start and end not recorded" in html


def test_a_person_page_has_each_quote_in_its_sentence_with_the_role_of_the_day(
    client, tass
):
    text = text_of(read(client, "/people/alexander-grushko/"))
    assert "Russia’s Permanent Representative to NATO, as printed on 8 Feb" in text
    assert "as the Russian diplomat" in text
    assert "the Russian diplomat stressed that the alliance" in text
    assert "verified" not in text
    for mark in ("q1", "q2", "q3", "q4"):
        assert f"{STORY}#{mark}" in read(client, "/people/alexander-grushko/")


def test_an_organisation_speaks_apart_from_what_is_said_about_it(client, tass):
    html = read(client, "/organisations/nato/")
    speaking, about = html.split("Said about NATO")
    assert "Speaking for NATO" in speaking
    assert "taken a decision to resume" in speaking
    assert "taken a decision to resume" not in about
    assert "should change its policy" in about


@pytest.mark.parametrize(
    ("mark", "proof"),
    [
        ("q1", "~ reported, not word for word"),
        ("q2", "= matches the story · = matches the source copy · split quote"),
        ("q4", "= matches the story · = matches the source copy · partial quote"),
    ],
)
def test_a_quote_says_how_it_was_checked(client, tass, mark, proof):
    quote = tass.quotes.get(mark=mark)
    text = text_of(read(client, quote.get_absolute_url()))
    assert proof in text
    for segment in quote.segments():
        assert segment in text
    assert "Read it in place: paragraph" in text


def test_a_quote_that_its_source_does_not_bear_out_says_so(client):
    article = make_article()
    quote = make_quote(article, words="There are forty-one drivers in it.")
    assert "no source copy" in text_of(read(client, quote.get_absolute_url()))
    SourceText.objects.create(article=article, text="Nothing of the kind.")
    settle(article)
    text = text_of(read(client, quote.get_absolute_url()))
    assert "? not found in the source copy" in text
    SourceText.objects.create(
        article=article, text="Yes. There are forty-two drivers in it."
    )
    settle(article)
    text = text_of(read(client, quote.get_absolute_url()))
    assert "≠ differs from the source copy" in text
    assert "forty-two" not in text
    assert "Nothing of the kind" not in text


def test_marks_are_those_of_the_language(client):
    for language, words in [
        ("en", "“Ja!”"),
        ("de", "„Ja!“"),
        ("ru", "«Ja!»"),
        ("fr", "«Ja!»"),
    ]:
        quote = make_quote(make_article(language=language), words="Ja!")
        html = read(client, quote.get_absolute_url())
        assert words in text_of(html)
        assert (f'lang="{language}" dir="ltr"' in html) == (language != "en")


def test_a_repeated_quote_has_its_page_at_the_first_visible_use(client):
    first, second, third = (
        make_quote(
            make_article(published_at=DAY + timedelta(days=day)), words="Never again."
        )
        for day in range(3)
    )
    Quote.objects.exclude(pk=first.pk).update(repeats=first)
    for repeat in (second, third):
        response = client.get(repeat.get_absolute_url())
        assert response.status_code == 302
        assert response.headers["Location"] == first.get_absolute_url()
    html = read(client, first.get_absolute_url())
    for quote in (first, second, third):
        assert quote.article.headline in html
    assert read(client, "/quotes/").count("Never again.") == 2  # words and sentence

    Article.objects.filter(pk=first.article_id).update(
        status="killed", first_published_at=DAY
    )
    response = client.get(third.get_absolute_url())
    assert response.headers["Location"] == second.get_absolute_url()
    html = read(client, second.get_absolute_url())
    assert first.article.headline not in html
    read(client, first.get_absolute_url(), status=410)


def test_a_withdrawn_quote_is_struck_on_its_own_page(client):
    quote = make_quote(make_article(), words="Nobody asked us.")
    Quote.objects.filter(pk=quote.pk).update(withdrawn_at=DAY)
    Correction.objects.create(
        article=quote.article, quote=quote, text="Somebody else said it."
    )
    html = read(client, quote.get_absolute_url())
    assert re.search(r"<s>.*Nobody asked us\..*</s>", html)
    assert "Withdrawn 4 May 2020. Somebody else said it." in text_of(html)
    assert '<meta name="robots" content="noindex">' in html
    assert "matches the story" not in html
    assert "Nobody asked us." not in read(client, "/quotes/")


def test_a_dropped_quote_keeps_its_page(client):
    quote = make_quote(make_article(), words="Nobody asked us.")
    Quote.objects.filter(pk=quote.pk).update(dropped_at=DAY)
    settle(quote.article)
    html = read(client, quote.get_absolute_url())
    assert "The story no longer carries this quote." in html
    assert "said-" not in read(client, quote.article.get_absolute_url())


def test_a_quote_falls_back_to_the_day_of_its_story(client):
    said = make_quote(make_article(), said_on=date(2019, 12, 2))
    printed = make_quote(make_article())
    html = read(client, "/quotes/")
    assert '<time datetime="2019-12-02">' in html
    assert '<time datetime="2020-05-04">' in html
    assert "Quote, 2 December 2019" in text_of(read(client, said.get_absolute_url()))
    assert "day not given" in read(client, printed.get_absolute_url())


def test_the_archive_leads_from_years_to_months_to_days(client):
    make_article(published_at=datetime(2018, 12, 31, 23, 59, tzinfo=UTC))
    make_article(published_at=datetime(2020, 1, 1, tzinfo=UTC))
    make_article(published_at=datetime(2020, 2, 29, 9, tzinfo=UTC))
    html = read(client, "/2020/")
    assert 'href="/2020/01/"' in html
    assert 'href="/2020/02/"' in html
    assert 'href="/2018/"' in html
    assert 'href="/2020/02/29/"' in read(client, "/2020/02/")
    assert "Stories of 29 February 2020" in read(client, "/2020/02/29/")
    assert 'href="/2020/01/01/"' in read(client, "/2020/02/29/")
    assert client.get("/2020/2/").headers["Location"] == "/2020/02/"
    assert 'href="/2020/"' in read(client, "/")


def test_pages_with_nothing_but_a_name_are_not_indexed(client, tass):
    noindex = '<meta name="robots" content="noindex">'
    assert noindex in read(client, "/people/valery-sharifulin/")
    assert noindex not in read(client, "/people/alexander-grushko/")
    assert noindex not in read(client, "/organisations/russia-nato-council/")


@pytest.mark.parametrize(
    "address",
    [
        "/0000/",
        "/0001/01/01/",
        "/1599/",
        "/3000/",
        "/9999/12/31/x/",
        "/2020/00/",
        "/2020/13/",
        "/2020/02/30/",
        "/2999/12/31/",
        "/1600/01/01/",
        "/٢٠٢٠/",
        "/2020/05/04/%00/",
        "/2020/05/04/nothing/",
        "/people/%00/",
        "/people/nobody/",
        "/people/%ED%A0%80/",
        "/organisations/none%0A/",
        "/sections/none/",
        "/topics/none/",
        "/quotes/00000000-0000-0000-0000-000000000000/",
        "/quotes/x/",
        "/preview/99999999999999999999999999/",
        "/preview/-1/",
        f"/people/{'a' * 5000}/",
    ],
)
def test_nonsense_is_no_page(client, address):
    make_article()
    html = read(client, address, status=404)
    assert "No such page" in html
    assert "Traceback" not in html


@pytest.mark.parametrize("name", ["older", "newer", "stories-older", "year", "x"])
@pytest.mark.parametrize("value", ["\x00", "🦉", "%", "'" * 3000, "W10", "bnVsbA"])
def test_nonsense_after_the_question_mark_is_ignored(client, tass, name, value):
    for address in ["/", "/quotes/", "/people/alexander-grushko/", STORY, "/2016/"]:
        read(client, address, **{name: value})


def test_pages_only_read(client, tass):
    assert client.post(STORY).status_code == 405
    assert client.head(STORY).status_code == 200


@pytest.mark.parametrize(
    "name",
    ["400.html", "403.html", "403_csrf.html", "404.html", "410.html", "500.html"],
)
def test_error_pages_have_the_look_of_the_site_without_a_database(
    name, django_assert_num_queries
):
    with django_assert_num_queries(0):
        html = get_template(name).render()
    assert "css/newsroom.css" in html
    assert Outline(html).headings == [1]


def test_a_page_that_breaks_shows_the_look_of_the_site(client, monkeypatch):
    client.raise_request_exception = False
    monkeypatch.setattr("articles.views.paginate", lambda *args, **more: 1 / 0)
    html = read(client, "/people/", status=500)
    assert "Something broke on our side" in html


def test_an_empty_site_has_its_pages(client):
    for address in ["/", "/people/", "/organisations/", "/quotes/"]:
        read(client, address)


def test_script_in_every_field_is_text(client):
    bad = "<script>alert(1)</script>\"'&"
    organisation = make_organisation(name=bad, short_name=bad, background=bad)
    person = make_person(name=bad, biography=bad)
    person.other_names.create(name=bad + "x", language="ru")
    post = Position.objects.create(person=person, title=bad, organisation=organisation)
    article = make_article(
        headline=bad,
        standfirst=bad,
        dateline=bad,
        dateline_place=bad,
        section=make_section(name=bad),
        source=organisation,
        lead_photo=make_photo(caption=bad, credit=bad),
        language="ru",
    )
    quote = make_quote(
        article,
        words="Words.",
        speaker=person,
        role=bad,
        position=post,
        original_words=bad,
        original_language="ru",
        translator=bad,
    )
    Correction.objects.create(article=article, quote=quote, text=bad, was=bad, now=bad)
    SourceText.objects.create(article=article, text="Words.", publisher=bad)
    settle(article)
    for address in dict.fromkeys(everywhere()):
        html = read(client, address)
        assert "<script>" not in html
        Outline(html)


# What a page asks of the database does not grow with what it shows.


def fill(number):
    organisation = Organisation.objects.get(slug="home")
    topic = Topic.objects.get()
    person = Person.objects.get(slug="somebody")
    for _ in range(number):
        article = make_article(
            section=topic.articles.first().section, source=organisation
        )
        article.topics.add(topic)
        article.body += '<p><a data-person="somebody">Somebody</a></p>'
        article.save()
        settle(article)
        quote = add_quotes(article, person, organisation)
        Correction.objects.create(article=article, quote=quote, text="So.")
        make_organisation(parent=organisation)


def add_quotes(article, person, organisation):
    other = make_person()
    for speaker in (person, other):
        post = Position.objects.create(
            person=speaker, title=f"Post {article.pk}", organisation=organisation
        )
        Byline.objects.create(article=article, person=speaker)
        quote = make_quote(
            article,
            speaker=speaker,
            position=post,
            words=f"We said so in {article.pk}, {speaker.pk}.",
        )
    about = make_quote(article, words=f"Home is where {article.pk} is.")
    about.organisations.add(organisation)
    return quote


# On PostgreSQL a test's own transaction never ends: what every page prints of the site
# is fetched each time.
OF_THE_SITE = 6 if connection.vendor == "postgresql" else 0
MOST_QUERIES = {
    "/": 6,
    "/2020/05/04/story/": 12,
    "/2020/": 5,
    "/2020/05/": 5,
    "/2020/05/04/": 5,
    "/sections/news/": 3,
    "/topics/topic/": 3,
    "/people/": 4,
    "/people/somebody/": 14,
    "/organisations/": 3,
    "/organisations/home/": 13,
    "/quotes/": 3,
    "/corrections/": 3,
    "/search/?q=said": 6,
    "quote": 6,
}


def test_queries_do_not_grow(client):
    organisation = make_organisation(name="Home", slug="home")
    topic = Topic.objects.create(name="Topic", slug="topic")
    person = make_person(name="Somebody", slug="somebody")
    section = make_section(name="News", slug="news")
    story = make_article(slug="story", section=section, source=organisation)
    story.topics.add(topic)
    quote = add_quotes(story, person, organisation)

    def queries():
        counts = {}
        for address in MOST_QUERIES:
            with CaptureQueriesContext(connection) as captured:
                page = quote.get_absolute_url() if address == "quote" else address
                read(client, page)
            counts[address] = len(captured)
        return counts

    fill(3)
    read(client, "/about/")  # what every page prints of the site
    few = queries()
    fill(8)
    for _ in range(8):
        repeat = add_quotes(story, make_person(), organisation)
        Quote.objects.filter(pk=repeat.pk).update(repeats=quote)
    read(client, "/about/")
    assert queries() == few
    assert {a: n for a, n in few.items() if n > MOST_QUERIES[a] + OF_THE_SITE} == {}


def test_times_for_machines_have_no_fraction_of_a_second(client):
    at = DAY.replace(microsecond=123456)
    article = make_article(published_at=at)
    Correction.objects.create(article=article, text="So.", published_at=at)
    for address in ["/", article.get_absolute_url()]:
        html = read(client, address)
        assert '<time datetime="2020-05-04T12:00:00+00:00">' in html
        assert ".123456" not in html


def test_the_post_of_a_private_person_is_not_told(client):
    nobody = make_person(name="Jane Roe", is_public=False)
    mill = make_organisation(name="Halden mill")
    post = Position.objects.create(person=nobody, title="Clerk", organisation=mill)
    quote = make_quote(make_article(source=mill), speaker=nobody, position=post)
    assert "a private person" in read(client, quote.get_absolute_url())
    for address in dict.fromkeys(everywhere()):
        html = client.get(address).content.decode()
        assert "Clerk" not in html, address
        assert "Speaking for" not in html, address
    other = make_organisation(name="Halden bank")
    Position.objects.filter(pk=post.pk).update(organisation=other)
    read(client, other.get_absolute_url(), status=404)


def test_a_person_is_introduced_by_what_was_printed_or_by_the_post_of_that_day(client):
    quote = make_quote(make_article(), role="the envoy")
    address = quote.speaker.get_absolute_url()
    assert "the envoy, as printed on 4 May 2020." in text_of(read(client, address))
    post = Position.objects.create(person=quote.speaker, title="Envoy to Halden")
    Quote.objects.filter(pk=quote.pk).update(role="", position=post)
    text = text_of(read(client, address))
    assert "as printed" not in text
    assert "Envoy to Halden, on 4 May 2020." in text


def test_another_name_of_an_organisation_is_not_its_short_name_again(client, tass):
    html = read(client, "/organisations/russia-nato-council/")
    assert html.count("<bdi>NRC</bdi>") == 1
    assert "Also written NATO-Russia Council, Russian-NATO Council" in text_of(html)


def test_a_section_is_not_named_again_on_each_of_its_cards(client):
    article = make_article(section=make_section(name="Harbour"))
    html = read(client, article.section.get_absolute_url())
    assert '<p class="section">' not in html


def test_nothing_is_printed_where_nothing_is_known(client):
    body = make_organisation()
    article = make_article(source=body)
    article.body = f'<p><a data-person="{make_person().slug}">Somebody</a></p>'
    article.save()
    settle(article)
    for address in [article.get_absolute_url(), body.get_absolute_url()]:
        assert not re.search(r"<(p|ul|dl|li|h\d)[^>]*>\s*</\1>", read(client, address))


@pytest.mark.parametrize("year", [987, 1215, 1599])
def test_a_story_of_any_year_has_its_pages(client, year):
    make_article(published_at=datetime(year, 5, 4, 12, tzinfo=UTC))
    read(client, "/")
    make_article()
    for address in dict.fromkeys(everywhere()):
        read(client, address)
    assert f'href="/{year:04}/"' in read(client, "/2020/")


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Lima"])
def test_the_ends_of_the_calendar_are_no_page(client, settings, zone):
    make_article()
    with timezone.override(zone):
        for address in [
            "/0001/",
            "/0001/01/01/",
            "/9999/",
            "/9999/12/",
            "/9999/12/31/",
        ]:
            read(client, address, status=404)


def test_the_front_page_quotes_in_brief(client):
    article = make_article()
    make_quote(article, words="We said so at length. " * 20)
    brief = make_quote(article, words="We said so.")
    html = read(client, "/")
    assert brief.get_absolute_url() in html
    assert "at length" not in html


def test_a_number_stands_behind_the_mark_that_closes_a_reported_quote(client):
    article = make_article()
    for number in range(2):
        mark = f"qx{number}"
        Quote.objects.create(
            article=article,
            mark=mark,
            kind="indirect",
            words=f"the lamp was “out {number}",
            speaker=make_person(),
        )
        article.body += (
            f'<p>He said <span data-quote="{mark}">the lamp was “out {number}</span>”.'
            " And left.</p>"
        )
    article.save()
    settle(article)
    html = read(client, article.get_absolute_url())
    assert html.count("</span>”.<a") == 2


def test_what_is_printed_in_another_direction_keeps_to_itself(client):
    body = make_organisation(name="وكالة")
    article = make_article(language="ar", headline="عنوان", source=body)
    quote = make_quote(article, words="كلام", role="وزير")
    html = read(client, article.get_absolute_url())
    assert html.count("<bdi>وزير</bdi>") == 2
    assert "<bdi>وكالة</bdi></a>" in html
    html = read(client, quote.get_absolute_url())
    assert "<bdi>وزير</bdi>, 4 May 2020" in html
    assert 'lang="ar" dir="rtl">عنوان</a>' in read(client, "/quotes/")


def test_a_page_is_sent_compressed_and_not_again_while_it_is_the_same(client, tass):
    address = tass.get_absolute_url()
    first = client.get(address, headers={"accept-encoding": "gzip"})
    assert first["Content-Encoding"] == "gzip"
    known = {"if-none-match": first["ETag"], "accept-encoding": "gzip"}
    again = client.get(address, headers=known)
    assert (again.status_code, again.content) == (304, b"")
    tass.headline = "Another"
    tass.save()
    assert client.get(address, headers=known).status_code == 200


def test_search_engines_are_kept_from_the_desk_alone(client, db, settings):
    settings.SITE_ADDRESS = "https://news.example"
    response = client.get("/robots.txt")
    assert response["Content-Type"].startswith("text/plain")
    assert response.content.decode().splitlines() == [
        "User-agent: *",
        "Disallow: /admin/",
        "Sitemap: https://news.example/sitemap.xml",
        "Sitemap: https://news.example/news-sitemap.xml",
    ]
