"""Nothing that readers may not have is on any page they can ask for."""

import re
from datetime import timedelta
from itertools import product

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from django.utils.html import escape

from articles import publishing
from articles.models import (
    Article,
    Correction,
    FormerAddress,
    FrontPage,
    Masthead,
    Organisation,
    Person,
    Position,
    PreviewLink,
    Quote,
    Section,
    SourceText,
    Topic,
)
from articles.models.previews import digest_of
from tests.factories import make_article, make_photo, make_section

pytestmark = pytest.mark.django_db

# Stands in every text of a story that readers may not see, and in no address.
HIDDEN = "Zxqvhidden"
NOW = timezone.now()
DAY = timedelta(days=1)
STATES = {
    "draft": {"status": "draft", "published_at": None},
    "scheduled": {"published_at": NOW + DAY},
    "embargoed": {"published_at": NOW - DAY, "embargoed_until": NOW + DAY},
    "expired": {"published_at": NOW - 9 * DAY, "expires_at": NOW - DAY},
    "spiked": {"status": "spiked", "published_at": None},
    "killed": {"status": "killed", "published_at": NOW - 8 * DAY},
    "unpublished": {"status": "draft", "published_at": NOW - 7 * DAY},
}
WAS_PUBLIC = {"expired", "killed", "unpublished"}


def make_story(name, token, **fields):
    """A story that names its own person, organisation, section, topic and quotes, every
    one of them with the token in it."""

    def named(model, kind):
        slug = f"{kind}-{name}"
        return model.objects.create(name=f"{token} {kind} {name}", slug=slug)

    section, topic = named(Section, "section"), named(Topic, "topic")
    organisation, employer = named(Organisation, "union"), named(Organisation, "state")
    parent, agency = named(Organisation, "parent"), named(Organisation, "agency")
    organisation.parent = parent
    organisation.background = f"{token} background"
    organisation.save()
    organisation.other_names.create(name=f"{token} also union {name}")
    speaker, author = named(Person, "speaker"), named(Person, "author")
    photographer, bystander = named(Person, "photographer"), named(Person, "bystander")
    speaker.biography = f"{token} biography"
    speaker.save()
    speaker.other_names.create(name=f"{token} also speaker {name}")
    for record in (speaker, organisation):
        record.former_addresses.create(slug=f"former-{record.slug}")
    position = Position.objects.create(
        person=speaker, title=f"{token} envoy", organisation=employer
    )
    photo = make_photo(
        slug=f"photo-{name}",
        caption=f"{token} caption",
        credit=f"{token} credit",
        photographer=photographer,
        agency=agency,
    )
    article = make_article(
        headline=f"{token} headline {name}",
        standfirst=f"{token} standfirst",
        slug=f"story-{name}",
        section=section,
        source=agency,
        lead_photo=photo,
        dateline=f"{token} DATELINE",
        slugline="Zxqvhidden slugline",
        desk_note="Zxqvhidden desk note",
        body=(
            f'<p>{token} <a data-person="speaker-{name}">One</a> of '
            f'<a data-organisation="union-{name}">Union</a> met '
            f'<a data-person="bystander-{name}">{bystander.name}</a>, and said '
            f'"<q data-quote="q1">{token} words of {organisation.name}</q>".</p>'
            f'<p>It was <span data-quote="q2">{token} reported</span>.</p>'
        ),
        **fields,
    )
    article.topics.add(topic)
    article.bylines.create(person=author)
    Quote.objects.create(
        article=article,
        mark="q1",
        words=f"{token} words of {organisation.name}",
        speaker=speaker,
        position=position,
        role=f"{token} role",
    )
    Quote.objects.create(
        article=article,
        mark="q2",
        kind="indirect",
        words=f"{token} reported",
        unnamed_source=f"{token} source",
    )
    Correction.objects.create(
        article=article,
        text=f"{token} correction",
        was=f"{token} was",
        now=f"{token} now",
        published_at=NOW - 2 * DAY,
    )
    SourceText.objects.create(
        article=article, text="Zxqvhidden source text", publisher=f"{token} wire"
    )
    publishing.settle(article)
    return article


def arrange_the_site(stories):
    """Every section and topic in the navigation, every story pinned, a band for every
    section: what readers may not have falls out of each."""
    masthead, page = Masthead.objects.create(), FrontPage.objects.create()
    for model, field in ((Section, "section"), (Topic, "topic")):
        for place in model.objects.all():
            masthead.links.create(**{field: place})
    for section in Section.objects.all():
        page.bands.create(kind="section", section=section)
    for kind in ("quotes", "more"):
        page.bands.create(kind=kind, order=1)
    for place, article in enumerate(stories.values(), 1):
        page.pins.create(article=article, place=min(place, 2))


@pytest.fixture
def stories(db):
    stories = {"public": make_story("public", "Visible", published_at=NOW - 3 * DAY)}
    for name, fields in STATES.items():
        if name in WAS_PUBLIC:
            fields = {**fields, "first_published_at": fields["published_at"]}
        stories[name] = make_story(name, HIDDEN, **fields)
    # A private person speaks in the public story, with a post and an employer of their
    # own, and stands in no list and on no page of ours.
    private = Person.objects.create(
        name=f"{HIDDEN} Private", slug="private", is_public=False
    )
    private.other_names.create(name=f"{HIDDEN} Also")
    public = stories["public"]
    Quote.objects.create(
        article=public,
        mark="q3",
        words="Words of somebody private",
        speaker=private,
        role="a baker",
    )
    public.body += (
        '<p>"<q data-quote="q3">Words of somebody private</q>," said '
        '<a data-person="private">the baker</a>.</p>'
    )
    public.bylines.create(person=private)
    public.save()
    publishing.settle(public)
    # People and organisations of the public story that also stand in a hidden one.
    hidden = stories["embargoed"]
    Quote.objects.filter(article=hidden, mark="q1").update(
        repeats=public.quotes.get(mark="q1")
    )
    speaker = Person.objects.get(slug="speaker-public")
    position = Position.objects.create(
        person=speaker,
        title=f"{HIDDEN} appointment",
        organisation=Organisation.objects.get(slug="union-public"),
    )
    Position.objects.create(
        person=speaker,
        title=f"{HIDDEN} appointment to come",
        organisation=Organisation.objects.get(slug="union-embargoed"),
    )
    Quote.objects.create(
        article=hidden,
        mark="q4",
        words=f"{HIDDEN} words",
        speaker=speaker,
        position=position,
    )
    publishing.settle(hidden)
    make_section(name=f"{HIDDEN} empty section", slug="empty")
    return stories


def routes(patterns, prefix=""):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if pattern.app_name != "admin":
                yield from routes(pattern.url_patterns, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern)


def closed_links():
    """For each story a link to its preview that has ended, and one that was revoked."""
    tokens = []
    for article in Article.objects.all():
        for number, fields in enumerate([{"expires_at": NOW}, {"revoked_at": NOW}]):
            tokens.append(f"token-{article.pk}-{number}")
            defaults = {
                **{"expires_at": NOW + DAY, "made_at": NOW - DAY} | fields,
                "article": article,
                "revision": article.revisions.held(),
                "made_for": "somebody",
            }
            PreviewLink.objects.get_or_create(defaults, digest=digest_of(tokens[-1]))
    return tokens


def every_address():
    """Each route of the site with every value that its parameters can take here. A
    parameter with a name that is not known here fails the test: add its values."""
    times = [t for t in Article.objects.values_list("published_at", flat=True) if t]
    slugs = [
        slug
        for model in (Article, Person, Organisation, Section, Topic, FormerAddress)
        for slug in model.objects.values_list("slug", flat=True)
    ]
    values = {
        "year": {f"{t:%Y}" for t in times},
        "month": {f"{t:%m}" for t in times},
        "day": {f"{t:%d}" for t in times},
        "slug": slugs,
        "token": closed_links(),
        "number": ["0", "1"],
        "digest": ["0" * 32],
    }
    for route in routes(get_resolver().url_patterns):
        parameters = re.findall(r"<(?:(\w+):)?(\w+)>", route)
        pools = []
        for converter, name in parameters:
            if name == "pk":
                model = Quote if converter == "uuid" else Article
                pools.append(list(map(str, model.objects.values_list("pk", flat=True))))
            else:
                pools.append(values[name])
        for chosen in product(*pools):
            address = "/" + route
            for (converter, name), value in zip(parameters, chosen, strict=True):
                whole = f"<{converter}:{name}>" if converter else f"<{name}>"
                address = address.replace(whole, value)
            yield address


def walk(client):
    """Every page of the site, those that the routes lead to and all that they link."""
    waiting, seen = list(every_address()), {}
    while waiting:
        address = waiting.pop().split("#")[0]
        is_page = re.match(r"/(?!/|admin/|static/|media/)", address)
        if address in seen or not is_page:
            continue
        response = client.get(address)
        text = response.content.decode(errors="replace")
        text += response.get("Location", "")
        seen[address] = (response, text)
        waiting += re.findall(r'href="([^"]+)"', text.replace("&amp;", "&"))
        if response.has_header("Location"):
            waiting.append(response["Location"])
    return seen


def test_readers_find_no_trace_of_what_they_may_not_have(stories):
    pages = walk(Client())
    assert len(pages) > 200
    for address, (response, text) in pages.items():
        assert response.status_code in (200, 301, 302, 404, 410), address
        assert HIDDEN not in text, address
        assert not response.cookies, address
        assert "Cookie" not in response.get("Vary", ""), address
        for name in STATES:
            # An address that names a hidden record must not be confirmed by a link.
            assert f'-{name}/"' not in text, address
            assert f"-{name}/" not in response.get("Location", ""), address
    # And the walk came by all that they may have.
    text = "".join(text for _, text in pages.values())
    article = stories["public"]
    for shown in [
        article.headline,
        article.section.name,
        "Visible role",
        "Visible words",
        "Visible reported",
        "Visible source",
        "Visible caption",
        "Visible correction",
        "Visible speaker public",
        "Visible author public",
        "Visible union public",
        "Visible state public",
        "Visible agency public",
        "Visible also speaker public",
        "Visible biography",
        "Visible background",
        "Visible envoy",
        "a baker",
    ]:
        assert escape(shown) in text, shown


def test_nor_once_an_editor_has_arranged_every_part_of_the_site(stories):
    public = stories["public"]
    addresses = ["/", "/about/", "/people/", "/nothing-here/", "/?older=x"]
    addresses += [public.get_absolute_url(), public.section.get_absolute_url()]
    arrange_the_site(stories)
    for address in addresses:
        text = Client().get(address).content.decode()
        assert HIDDEN not in text, address
        assert not [name for name in STATES if f"-{name}/" in text], address
        assert public.section.get_absolute_url() in text, address
    assert "headline public" in Client().get("/").content.decode()


@pytest.mark.parametrize("state", STATES)
def test_readers_get_no_article_that_is(stories, client, state):
    article = stories[state]
    address = article.get_absolute_url()
    if not article.published_at:
        address = f"/{NOW:%Y/%m/%d}/{article.slug}/"
    assert client.get(address).status_code == (410 if state in WAS_PUBLIC else 404)
    for quote in article.quotes.all():
        status = client.get(quote.get_absolute_url()).status_code
        assert status == (410 if state in WAS_PUBLIC else 404)


@pytest.mark.parametrize("state", STATES)
def test_only_the_desk_previews_an_article_that_is(stories, client, desk, state):
    address = f"/admin/articles/article/{stories[state].pk}/preview/"
    response = desk.get(address)
    assert response.status_code == 200
    assert stories[state].headline in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert 'content="noindex' in response.content.decode()
    assert Client().get(address).status_code == 302


def test_the_desk_sees_everything_and_readers_see_what_is_published(
    stories, editor, django_user_model
):
    reader = django_user_model.objects.create_user("reader")
    assert Article.objects.visible_to(editor).count() == len(stories)
    assert Article.objects.visible_to(reader).get() == stories["public"]
