"""What machines read of each kind of page: parsed as they do, and held against what
search engines and schema.org ask for."""

import json
from datetime import date, datetime, timedelta
from html.parser import HTMLParser

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import darkroom
from articles.correcting import correct, correct_quote, withdraw_quote
from articles.models import Article, Masthead, Organisation, Photo, Position, Quote
from articles.settling import settle
from tests.factories import (
    make_article,
    make_organisation,
    make_person,
    make_photo,
    make_quote,
    make_section,
)
from tests.pictures import drawn, file_of, upload
from tests.test_visibility import (
    HIDDEN,
    STATES,
    stories,  # noqa: F401
)

pytestmark = pytest.mark.django_db

SITE = "https://news.example"
NOW = timezone.now()


@pytest.fixture(autouse=True)
def _at_home(settings):
    settings.SITE_ADDRESS = SITE


class Data(HTMLParser):
    """What stands in the scripts of that kind."""

    def __init__(self, html):
        super().__init__()
        self.found, self.is_open = [], False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.is_open = tag == "script"
        if self.is_open:
            assert attrs == [("type", "application/ld+json")]
            self.found.append("")

    def handle_endtag(self, tag):
        self.is_open = False

    def handle_data(self, data):
        if self.is_open:
            self.found[-1] += data


def things_in(part):
    """It and all that stands in it."""
    if isinstance(part, dict):
        yield part
    for value in part.values() if isinstance(part, dict) else part:
        if isinstance(value, dict | list):
            yield from things_in(value)


def read(address):
    """The things of a page by their type, after a look at every part of each."""
    response = Client().get(address)
    assert response.status_code == 200, address
    written = Data(response.content.decode()).found
    if not written:
        return {}
    (data,) = map(json.loads, written)
    assert data["@context"] == "https://schema.org"
    for part in things_in(data["@graph"]):
        assert "@type" in part or set(part) == {"@id"}
        for name, value in part.items():
            assert value not in ("", [], {}, None), name
            if name in ("@id", "url", "item", "urlTemplate", "logo", "sameAs"):
                for one in value if isinstance(value, list) else [value]:
                    text = one if isinstance(one, str) else one["url"]
                    assert text.startswith("https://"), name
            if name in ("datePublished", "dateModified"):
                assert datetime.fromisoformat(value).tzinfo, name
            if name in ("startDate", "endDate", "dateCreated"):
                assert date.fromisoformat(value), name
    return {one["@type"]: one for one in data["@graph"]}


def story_of(article):
    found = read(article.get_absolute_url())
    return next(one for kind, one in found.items() if kind.endswith("NewsArticle"))


def test_a_story_says_all_that_search_engines_ask_for(tass):
    story, address = story_of(tass), SITE + tass.get_absolute_url()
    assert story["headline"] == tass.headline
    assert story["description"] == tass.standfirst
    assert story["url"] == story["mainEntityOfPage"]["@id"] == address
    assert (
        story["datePublished"] == story["dateModified"] == "2016-02-08T09:00:00+00:00"
    )
    assert (story["inLanguage"], story["isAccessibleForFree"]) == ("en", True)
    assert story["articleSection"] == "All news"
    assert story["dateline"] == tass.dateline
    assert story["publisher"]["name"] == "Newsroom"
    assert story["publisher"]["logo"]["@type"] == "ImageObject"
    assert story["sourceOrganization"]["name"] == story["creditText"] == "TASS"
    assert [who["name"] for who in story["author"]] == ["TASS"]
    assert story["isBasedOn"][0]["publisher"]["name"] == "TASS"
    names = {one["name"] for one in story["mentions"]}
    assert {"Alexander Grushko", "Jens Stoltenberg", "NATO"} <= names
    texts = [quote["text"] for quote in story["hasPart"]]
    marks = ["q2", "q3", "q4"]  # the others are reported, not word for word
    assert texts == [tass.quotes.get(mark=mark).words for mark in marks]
    assert "text" not in json.dumps(story["isBasedOn"])


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("news", "NewsArticle"),
        ("interview", "NewsArticle"),
        ("opinion", "OpinionNewsArticle"),
        ("analysis", "AnalysisNewsArticle"),
    ],
)
def test_opinion_and_analysis_are_called_so(db, kind, expected):
    assert story_of(make_article(kind=kind))["@type"] == expected


def test_a_long_headline_is_cut_at_a_word(db):
    headline = story_of(make_article(headline="Word " * 50))["headline"]
    assert len(headline) <= 110
    assert headline.endswith("Word …")


def test_each_author_is_one_with_the_post_of_that_day_and_helpers_have_roles(db):
    article = make_article(published_at=NOW - timedelta(days=9))
    today = timezone.localdate()
    for order, (role, name) in enumerate(
        [
            ("by", "Ann Doe"),
            ("by", "Zxqv Private"),
            ("by", "Bo Ek"),
            ("photos", "Cy Fox"),
            ("translation", "Di Gray"),
        ]
    ):
        person = make_person(name=name, is_public="Private" not in name)
        article.bylines.create(person=person, role=role, order=order)
        before, after = today - timedelta(days=5), today - timedelta(days=4)
        person.positions.create(title="reporter", ended_on=before)
        person.positions.create(title="editor", started_on=after)
    story = story_of(article)
    assert "Zxqv" not in json.dumps(story)
    assert [who["name"] for who in story["author"]] == ["Ann Doe", "Bo Ek"]
    for who in story["author"]:
        assert (who["@type"], who["jobTitle"]) == ("Person", "reporter")
        assert Client().get(who["url"].removeprefix(SITE)).status_code == 200
    (helper,) = story["contributor"]
    assert (helper["roleName"], helper["contributor"]["name"]) == (
        "Photos by",
        "Cy Fox",
    )
    assert story["translator"][0]["name"] == "Di Gray"


def test_a_story_of_nobody_is_the_newsrooms(db):
    (author,) = story_of(make_article())["author"]
    assert (author["name"], author["url"]) == ("Newsroom", f"{SITE}/")


def test_pictures_have_the_shapes_that_are_made_and_their_credit(media):
    picture = upload(file_of(drawn((1600, 1200))))
    photo = make_photo(image=picture, alt_text="A harbour", credit="Ann Doe")
    article = make_article(lead_photo=photo)
    (whole,) = story_of(article)["image"]
    assert whole["url"] == SITE + photo.rendition.url
    assert list(darkroom.make_due())
    images = story_of(article)["image"]
    shapes = [round(one["width"] / one["height"], 2) for one in images]
    assert shapes == [1, 1.33, 1.78, 1.33]
    made = Photo.objects.get().names()
    for one in images:
        assert one["width"] >= 1200
        assert one["creditText"] == "Ann Doe"
        assert one["url"].removeprefix(f"{SITE}/media/") in made


def test_a_correction_is_told_and_moves_the_date(tass):
    made = correct(tass, by=None, text="It was Monday.", was="Tuesday", now="Monday")
    story = story_of(tass)
    (comment,) = story["correction"]
    assert (comment["@type"], comment["text"]) == (
        "CorrectionComment",
        "It was Monday.",
    )
    assert comment["url"].endswith(f"#correction-{made.pk}")
    modified = datetime.fromisoformat(story["dateModified"])
    assert timezone.now() - modified < timedelta(minutes=1)
    assert story["datePublished"] == "2016-02-08T09:00:00+00:00"


def quotation_of(quote):
    return read(quote.get_absolute_url()).get("Quotation")


def test_a_quote_says_whose_words_it_is_where_and_when(tass):
    quote = tass.quotes.get(mark="q3")
    Quote.objects.filter(pk=quote.pk).update(said_on="2016-02-08")
    said, address = quotation_of(quote), SITE + quote.get_absolute_url()
    assert (said["text"], said["url"], said["inLanguage"]) == (
        quote.words,
        address,
        "en",
    )
    assert said["dateCreated"] == "2016-02-08"
    speaker = said["spokenByCharacter"]
    assert (speaker["@type"], speaker["name"]) == ("Person", "Alexander Grushko")
    assert speaker["jobTitle"] == quote.post_on_the_day()
    assert said["isPartOf"]["@id"] == story_of(tass)["@id"]
    assert said["isBasedOn"][0]["name"] == "Wire copy, TASS"
    reported = quotation_of(tass.quotes.get(mark="q1"))
    assert "text" not in reported
    assert reported["description"] == tass.quotes.get(mark="q1").words


def test_a_translated_and_corrected_quote_says_so(db):
    quote = make_quote(
        make_article(),
        organisation=make_organisation(name="Union", kind="state"),
        original_words="Мы сказали",
        original_language="ru",
        translator="Ann Doe",
    )
    correct_quote(quote, by=None, words="We said it.", text="A word was missing.")
    said = quotation_of(quote)
    original = said["translationOfWork"]
    assert (original["text"], original["inLanguage"]) == ("Мы сказали", "ru")
    assert said["translator"]["name"] == "Ann Doe"
    assert said["correction"][0]["text"] == "A word was missing."
    assert said["spokenByCharacter"]["@type"] == "GovernmentOrganization"


def test_a_source_without_a_name_and_a_private_person_get_none(db):
    article = make_article()
    private = make_person(name="Zxqv Private", slug="zxqv", is_public=False)
    for fields, told in [
        ({"unnamed_source": "a diplomat"}, "a diplomat"),
        ({"speaker": private, "role": "a baker"}, "a baker"),
        ({"speaker": private}, "a private person"),
    ]:
        speaker = quotation_of(make_quote(article, **fields))["spokenByCharacter"]
        assert speaker == {"@type": "Person", "description": told}
    assert "zxqv" not in json.dumps(story_of(article)).lower()


def test_a_withdrawn_or_dropped_quote_has_no_data(tass):
    quote = tass.quotes.get(mark="q3")
    withdraw_quote(quote, by=None, text="He did not say so.")
    assert quotation_of(quote) is None
    assert quote.words not in [part["text"] for part in story_of(tass)["hasPart"]]
    Quote.objects.filter(mark="q4").update(dropped_at=NOW)
    assert quotation_of(tass.quotes.get(mark="q4")) is None


def test_a_retracted_story_and_its_quotes_have_no_data(tass):
    correct(tass, by=None, text="None of it holds.", kind="retraction")
    assert read(tass.get_absolute_url()) == {}
    for quote in tass.quotes.all():
        assert read(quote.get_absolute_url()) == {}


def test_a_person_has_posts_with_their_dates(db):
    person = make_person(name="Ann Doe", biography="A chair.", wikidata_id="Q42")
    person.other_names.create(name="Anna Doe")
    union = make_organisation(name="Union")
    today, year = timezone.localdate(), timedelta(days=365)
    past = {"started_on": date(2001, 2, 3), "ended_on": date(2004, 5, 6)}
    Position.objects.create(person=person, title="envoy", organisation=union, **past)
    Position.objects.create(person=person, title="chair", started_on=today - year)
    quote = make_quote(make_article(source=union), speaker=person)
    found = read(person.get_absolute_url())
    assert {"WebPage", "BreadcrumbList"} == set(found)
    who = found["WebPage"]["mainEntity"]
    assert (who["@type"], who["name"]) == ("Person", "Ann Doe")
    assert who["@id"] == quotation_of(quote)["spokenByCharacter"]["@id"]
    assert who["alternateName"] == ["Anna Doe"]
    assert who["sameAs"] == ["https://www.wikidata.org/entity/Q42"]
    assert who["jobTitle"] == ["chair"]
    envoy = next(one for one in who["hasOccupation"] if one["roleName"] == "envoy")
    assert (envoy["startDate"], envoy["endDate"]) == ("2001-02-03", "2004-05-06")
    (served,) = who["affiliation"]
    assert served["affiliation"]["name"] == "Union"
    assert served["endDate"] == "2004-05-06"


def test_only_our_own_reporters_have_a_profile(db):
    reporter, photographer = make_person(), make_person()
    article = make_article(lead_photo=make_photo(photographer=photographer))
    article.bylines.create(person=reporter)
    draft = make_article(status="draft", published_at=None)
    draft.bylines.create(person=photographer)
    assert "ProfilePage" in read(reporter.get_absolute_url())
    found = read(photographer.get_absolute_url())
    assert "WebPage" in found
    assert "ProfilePage" not in found


def test_an_organisation_says_what_else_it_is_called_and_where_it_is(db):
    parent = make_organisation(name="Parent")
    union = make_organisation(
        name="Union",
        short_name="UN",
        kind="party",
        website="https://union.example/",
        wikidata_id="javascript:",
        background="Founded long ago.",
        parent=parent,
    )
    union.other_names.create(name="League")
    make_article(source=union)
    who = read(union.get_absolute_url())["WebPage"]["mainEntity"]
    assert (who["@type"], who["name"]) == ("PoliticalParty", "Union")
    assert who["alternateName"] == ["UN", "League"]
    assert who["sameAs"] == ["https://union.example/"]
    assert who["description"] == "Founded long ago."
    assert "parentOrganization" not in who  # no reader has met it
    make_article(source=parent)
    who = read(union.get_absolute_url())["WebPage"]["mainEntity"]
    assert who["parentOrganization"]["name"] == "Parent"


def test_the_way_from_the_front_page_leads_to_where_we_are(tass):
    for address in (tass.get_absolute_url(), tass.section.get_absolute_url()):
        steps = read(address)["BreadcrumbList"]["itemListElement"]
        assert [one["position"] for one in steps] == [*range(1, len(steps) + 1)]
        assert steps[1]["name"] == "All news"
        assert steps[-1]["item"] == SITE + address
        for one in steps:
            assert Client().get(one["item"].removeprefix(SITE)).status_code == 200


def test_the_front_page_says_whose_site_it_is_and_how_to_search_it(tass, media):
    logo = ContentFile(file_of(drawn(), "PNG"), name="logo.png")
    address = "desk@news.example"
    Masthead.objects.create(name="The Post", logo=logo, contact_address=address)
    found = read("/")
    site, publisher = found["WebSite"], found["NewsMediaOrganization"]
    assert site["name"] == publisher["name"] == "The Post"
    assert site["publisher"]["@id"] == publisher["@id"]
    assert publisher["logo"]["url"].startswith(f"{SITE}/media/logos/")
    assert publisher["correctionsPolicy"] == f"{SITE}/corrections-policy/"
    search = site["potentialAction"]
    assert search["query-input"] == "required name=search_term_string"
    target = search["target"]["urlTemplate"].replace("{search_term_string}", "nato")
    response = Client().get(target.removeprefix(SITE))
    assert tass.headline.encode() in response.content


class Head(HTMLParser):
    """What its meta elements say; of a name that stands there twice, a list."""

    def __init__(self, html):
        super().__init__()
        self.said, self.links = {}, []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        of = dict(attrs)
        if tag == "link":
            self.links.append(of)
        name = of.get("property") or of.get("name")
        if tag == "meta" and name and name != "color-scheme":
            self.said.setdefault(name, []).append(of["content"])


def head_of(address):
    head = Head(Client().get(address).content.decode())
    return {name: "\n".join(said) for name, said in head.said.items()}


def test_a_story_has_a_large_card_where_it_is_linked(db):
    marsh = make_person(name="Oduya Marsh")
    story = make_article(headline="The harbour stays", standfirst="For a year.")
    make_quote(story)
    story.bylines.create(person=marsh)
    story.bylines.create(person=make_person(), role="photos")
    correct(story, by=None, text="It was May.")
    story.bylines.create(person=make_person(is_public=False))
    said = head_of(story.get_absolute_url())
    assert said["og:title"] == "The harbour stays"
    assert said["og:description"] == said["description"] == "For a year."
    assert (said["og:type"], said["og:site_name"]) == ("article", "Newsroom")
    assert said["og:url"] == SITE + story.get_absolute_url()
    assert said["og:locale"] == "en_GB"
    assert said["og:image"].startswith(f"{SITE}{story.get_absolute_url()}card-")
    assert said["og:image:type"] == "image/jpeg"
    assert (said["og:image:width"], said["og:image:height"]) == ("1200", "630")
    assert said["og:image:alt"] == "The harbour stays"
    assert said["twitter:card"] == "summary_large_image"
    assert said["robots"] == "max-image-preview:large"
    published, changed = (
        datetime.fromisoformat(said[f"article:{name}_time"])
        for name in ("published", "modified")
    )
    assert published == story.published_at
    assert changed > NOW
    assert said["article:section"] == story.section.name
    assert said["article:author"] == SITE + marsh.get_absolute_url()


def test_a_quote_is_linked_with_its_words_and_speaker(db):
    quote = make_quote(make_article(language="ru"), words="Никогда.")
    said = head_of(quote.get_absolute_url())
    assert said["og:title"].startswith(quote.speaker.name)
    assert said["og:description"] == "«Никогда.»"
    assert said["og:image:alt"] == f"«Никогда.» {quote.speaker.name}"
    assert (said["og:type"], said["og:locale"]) == ("article", "ru")
    assert said["twitter:card"] == "summary_large_image"
    assert said["article:section"] == quote.article.section.name


def test_a_withdrawn_quote_is_linked_without_its_words(db):
    quote = make_quote(make_article(), words="Never.")
    withdraw_quote(quote, by=None, text="Nobody said so.")
    said = head_of(quote.get_absolute_url())
    assert said["robots"] == "noindex"
    assert "Never" not in "".join(said.values())


def test_other_pages_say_what_they_are_and_where(tass, media):
    grushko = tass.quotes.get(mark="q2").speaker
    photo = make_photo(image=upload(file_of(drawn())), alt_text="He stands.")
    grushko.portrait = photo
    grushko.save()
    places = [grushko, Organisation.objects.get(slug="nato"), tass.section]
    for address in ["/", *(place.get_absolute_url() for place in places)]:
        response = Client().get(address)
        head = Head(response.content.decode())
        canonical = [of["href"] for of in head.links if of.get("rel") == "canonical"]
        assert head.said["og:url"] == canonical == [SITE + address]
        said = head_of(address)
        assert said["og:title"]
        assert said["og:description"] == said["description"]
        assert said["og:locale"] == "en_GB"
        is_person = address == grushko.get_absolute_url()
        assert said["og:type"] == ("profile" if is_person else "website")
        assert ("og:image" in said) == is_person
        card = "summary_large_image" if is_person else "summary"
        assert said["twitter:card"] == card
    said = head_of(grushko.get_absolute_url())
    assert said["og:image"].startswith(SITE)
    assert said["og:image"].endswith(".jpg")
    assert said["og:image:alt"] == "He stands."


def test_the_second_page_of_a_list_is_linked_by_its_own_address(db):
    section = make_section()
    for _ in range(60):
        make_article(section=section)
    html = Client().get(section.get_absolute_url()).content.decode()
    older = html.split('href="?')[1].split('"')[0]
    said = head_of(f"{section.get_absolute_url()}?{older}".replace("&amp;", "&"))
    assert said["og:url"].startswith(f"{SITE}{section.get_absolute_url()}?")


def test_no_data_tell_of_what_readers_may_not_have(stories):  # noqa: F811
    """The walk over all pages seeks it in their text; here in what stands as data."""
    seen = 0
    public = stories["public"]
    records = [public, public.section, *public.quotes.all()]
    records += [m.person or m.organisation for m in public.mentions.all()]
    for record in [None, *records]:
        address = record.get_absolute_url() if record else "/"
        for written in Data(Client().get(address).content.decode()).found:
            assert HIDDEN not in written, address
            assert not [name for name in STATES if f"-{name}/" in written]
            seen += 1
    assert seen > 8


def test_no_text_can_end_the_data_or_begin_another_script(db):
    bad = "</script><script>alert(1)</script><!-- & \u2028 \"'"
    person = make_person(name=bad, biography=bad)
    article = make_article(headline=bad, standfirst=bad, section=make_section(name=bad))
    article.bylines.create(person=person)
    quote = make_quote(article, speaker=person, words="x </script> & <!-- y", role=bad)
    for page in (article, quote, person, article.section):
        html = Client().get(page.get_absolute_url()).content.decode()
        assert len(Data(html).found) == 1
        assert html.count("<script") == html.count("</script") == 1
        assert read(page.get_absolute_url())
    assert story_of(article)["description"] == Article.objects.get().standfirst
    assert quotation_of(quote)["spokenByCharacter"]["name"] == person.name


def test_data_cost_no_query_for_each_quote_name_or_byline(tass):
    def cost(address):
        Client().get("/people/")  # what every page prints of the site
        with CaptureQueriesContext(connection) as captured:
            Client().get(address)
        return len(captured)

    address = tass.get_absolute_url()
    tass.bylines.create(person=make_person())
    few = cost(address)
    nato = Organisation.objects.get(slug="nato")
    for _number in range(4):
        person = make_person()
        person.positions.create(title="reporter", organisation=nato)
        tass.bylines.create(person=person)
        make_quote(tass, speaker=person)
    settle(tass)
    assert cost(address) == few
