"""What machines read of a page, in the words of schema.org: the same that the page
prints, made of what its view has fetched for it, and so by the same rules of who sees
what. Private persons and unnamed sources have no name here either; a withdrawn quote
and a retracted story have no data at all."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.models import Article, Masthead, Organisation, Person, Quote
from articles.site import language_tag, whole
from articles.templatetags.printing import cut_at_word

LONGEST_HEADLINE = 110  # characters, as search engines have it
MOST_QUOTES = 20  # of a story; its quotes have pages of their own
TYPES_OF_STORY = {
    Article.Kind.ANALYSIS: "AnalysisNewsArticle",
    Article.Kind.OPINION: "OpinionNewsArticle",
}
TYPES_OF_ORGANISATION = {
    Organisation.Kind.STATE: "GovernmentOrganization",
    Organisation.Kind.GOVERNMENT: "GovernmentOrganization",
    Organisation.Kind.AGENCY: "NewsMediaOrganization",
    Organisation.Kind.COMPANY: "Corporation",
    Organisation.Kind.PARTY: "PoliticalParty",
}
POLICIES = {
    "correctionsPolicy": "corrections_policy",
    "publishingPrinciples": "standards",
    "ownershipFundingInfo": "about",
}
WIKIDATA = re.compile("Q[1-9][0-9]*")


@dataclass
class Site:
    masthead: Masthead
    pages: set[str]  # the addresses of what the newsroom says of itself


Page = Mapping[str, Any]  # the context of a page


def thing(kind: str, **properties) -> dict:
    """Without what is not known."""
    known = {name: value for name, value in properties.items() if value or value == 0}
    key = known.pop("id", None)
    return {"@type": kind, **({"@id": key} if key else {}), **known}


def moment(time):
    return timezone.localtime(time).isoformat(timespec="seconds") if time else None


def address_of(record, part=""):
    return whole(record.get_absolute_url()) + part


# The site


def newsroom(site: Site, *, in_short=False) -> dict:
    """Who publishes all this."""
    masthead, home = site.masthead, whole(reverse("front"))
    logo = thing("ImageObject", url=whole(static("favicon.svg")))
    if masthead.logo:
        size = {"width": masthead.logo_width, "height": masthead.logo_height}
        logo = thing("ImageObject", url=whole(masthead.logo.url), **size)
    properties = {"id": f"{home}#newsroom", "name": masthead.shown_name()}
    properties |= {"url": home, "logo": logo}
    if not in_short:
        pages = {name: reverse(page) for name, page in POLICIES.items()}
        has = {name: page for name, page in pages.items() if page in site.pages}
        properties |= {name: whole(page) for name, page in has.items()}
        properties["email"] = masthead.contact_address
    return thing("NewsMediaOrganization", **properties)


def of_front(page: Page, site: Site) -> list[dict]:
    home = whole(reverse("front"))
    found = whole(reverse("search")) + "?q={search_term_string}"
    search = thing(
        "SearchAction",
        target=thing("EntryPoint", urlTemplate=found),
        **{"query-input": "required name=search_term_string"},
    )
    publisher = newsroom(site)
    return [
        thing(
            "WebSite",
            id=f"{home}#website",
            url=home,
            name=publisher["name"],
            description=str(site.masthead.shown_tagline()),
            inLanguage=language_tag(settings.LANGUAGE_CODE),
            publisher={"@id": publisher["@id"]},
            potentialAction=search,
        ),
        publisher,
    ]


def way_to(*steps: tuple[str, str]) -> dict:
    """The page's place in the site: names and addresses, from the front page."""
    steps = [(_("Front page"), reverse("front")), *steps]
    places = [
        thing("ListItem", position=number, name=name, item=whole(address))
        for number, (name, address) in enumerate(steps, 1)
    ]
    return thing("BreadcrumbList", itemListElement=places)


def of_section(page: Page, site: Site) -> list[dict]:
    section = page["section"]
    return [way_to((section.name, section.get_absolute_url()))]


def of_topic(page: Page, site: Site) -> list[dict]:
    topic = page["topic"]
    return [way_to((topic.name, topic.get_absolute_url()))]


# A story


def of_story(page: Page, site: Site) -> list[dict]:
    if page["retraction"]:
        return []
    story, address = page["article"], address_of(page["article"])
    corrections = sorted(page["corrections"], key=lambda c: (c.published_at, c.pk))
    quotes = [quote for voice in page["voices"] for quote in voice.quotes]
    quotes = [quote for quote in quotes if quote.stands()]
    word_for_word = [quote for quote in quotes if not quote.is_indirect()]
    source = story.source and named(story.source)
    news = thing(
        TYPES_OF_STORY.get(story.kind, "NewsArticle"),
        id=f"{address}#story",
        headline=cut_at_word(story.headline, LONGEST_HEADLINE),
        description=story.standfirst,
        url=address,
        mainEntityOfPage=thing("WebPage", id=address),
        image=pictures(story.lead_photo),
        datePublished=moment(story.published_at),
        dateModified=moment(last_changed(story, corrections)),
        **credited(story, page["bylines"], source, site),
        publisher=newsroom(site, in_short=True),
        sourceOrganization=source,
        creditText=story.source and story.source.name,
        inLanguage=language_tag(story.language),
        isAccessibleForFree=True,
        articleSection=story.section and story.section.name,
        keywords=[topic.name for topic in page["topics"]],
        genre=story.get_kind_display(),
        dateline=story.dateline,
        locationCreated=story.dateline_place
        and thing("Place", name=story.dateline_place),
        correction=[comment(correction) for correction in corrections],
        isBasedOn=sources(quotes),
        mentions=[
            *(named(one.person) for one in page["people"]),
            *(named(organisation) for organisation in page["organisations"]),
        ],
        hasPart=[quotation(one) for one in word_for_word[:MOST_QUOTES]],
    )
    steps = [(story.headline, story.get_absolute_url())]
    if story.section:
        steps.insert(0, (story.section.name, story.section.get_absolute_url()))
    return [news, way_to(*steps)]


def last_changed(story, corrections):
    return max([story.current_since(), *(c.published_at for c in corrections)])


def credited(story, bylines, source, site):
    """Who wrote it, who helped and how. A story without a byline is its source's, or
    else the newsroom's."""
    authors = [author(b.person, story) for b in bylines if b.role == b.Role.BY]
    others = [b for b in bylines if b.role not in (b.Role.BY, b.Role.TRANSLATION)]
    return {
        "author": authors or [source or newsroom(site, in_short=True)],
        "contributor": [
            thing("Role", roleName=b.get_role_display(), contributor=named(b.person))
            for b in others
        ],
        "translator": [
            named(b.person) for b in bylines if b.role == b.Role.TRANSLATION
        ],
    }


def author(person, story):
    day = timezone.localdate(story.published_at)
    held = [post.title for post in person.posts if post.is_held_on(day)]
    return {**named(person), **({"jobTitle": held[0]} if held else {})}


def pictures(photo) -> list[dict]:
    """The shapes that search engines ask for, where they are made, and the whole."""
    if not photo:
        return []
    files = []
    for crop in ["1x1", "4x3", "16x9", ""]:
        made = [file for file in photo.jpegs(crop) if file.crop == crop]
        files += made[-1:]
    return [
        thing(
            "ImageObject",
            url=whole(file.url),
            width=file.width,
            height=file.height,
            caption=photo.caption,
            description=photo.alt_text,
            creditText=photo.credit,
        )
        for file in files
    ]


def comment(correction) -> dict:
    place = f"#correction-{correction.pk}"
    return thing(
        "CorrectionComment",
        text=correction.text,
        datePublished=moment(correction.published_at),
        url=address_of(correction.article, place),
    )


def sources(quotes: Iterable[Quote]) -> list[dict]:
    """What the quotes were taken from, as far as readers are told: never its text."""
    matched = dict.fromkeys(quote.matched_source for quote in quotes)
    told = [one for one in matched if one and (one.publisher or one.address)]
    return [
        thing(
            "CreativeWork",
            name=str(source),
            url=source.address,
            publisher=source.publisher and thing("Organization", name=source.publisher),
        )
        for source in told
    ]


# A quote


def of_quote(page: Page, site: Site) -> list[dict]:
    quote = page["quote"]
    if page["retraction"] or not quote.stands():
        return []
    story, address = quote.article, address_of(quote)
    said = quotation(quote) | thing(
        "Quotation",
        isPartOf=thing(
            TYPES_OF_STORY.get(story.kind, "NewsArticle"),
            id=address_of(story, "#story"),
            headline=cut_at_word(story.headline, LONGEST_HEADLINE),
            url=address_of(story),
            datePublished=moment(story.published_at),
            publisher=newsroom(site, in_short=True),
        ),
        isBasedOn=sources([quote]),
        mainEntityOfPage=thing("WebPage", id=address),
        correction=[comment(correction) for correction in quote.corrections_shown],
        translator=quote.translator and thing("Person", name=quote.translator),
        translationOfWork=quote.original_words
        and thing(
            "Quotation",
            text=quote.original_words,
            inLanguage=language_tag(quote.original_language),
        ),
    )
    return [said]


def quotation(quote) -> dict:
    """Words that are only reported are no text of the speaker's."""
    words = "description" if quote.is_indirect() else "text"
    return thing(
        "Quotation",
        id=address_of(quote, "#quote"),
        url=address_of(quote),
        **{words: "\n".join(quote.segments())},
        spokenByCharacter=speaker(quote),
        dateCreated=quote.said_on and quote.said_on.isoformat(),
        inLanguage=language_tag(quote.article.language),
    )


def speaker(quote) -> dict:
    record = quote.speaker_page()
    if record is None:  # a source without a name, or a private person
        return thing("Person", description=str(quote.speaker_name()))
    post = quote.post_on_the_day() if isinstance(record, Person) else ""
    return {**named(record), **({"jobTitle": post} if post else {})}


# People and organisations


def named(record) -> dict:
    """Enough to know who is meant, and where more is said."""
    kind, part = "Person", "#person"
    if isinstance(record, Organisation):
        kind, part = type_of(record), "#organisation"
    address = address_of(record)
    return thing(kind, id=address + part, name=record.name, url=address)


def type_of(organisation) -> str:
    return TYPES_OF_ORGANISATION.get(organisation.kind, "Organization")


def wikidata(record) -> list[str]:
    if not WIKIDATA.fullmatch(record.wikidata_id):
        return []
    return [f"https://www.wikidata.org/entity/{record.wikidata_id}"]


def of_person(page: Page, site: Site) -> list[dict]:
    """Of the newsroom's own people it is a profile; of all others a page on them."""
    person, posts, today = page["person"], page["posts"], timezone.localdate()
    who = named(person) | thing(
        "Person",
        alternateName=[other.name for other in person.other_names.all()],
        description=person.biography,
        image=pictures(person.portrait),
        sameAs=wikidata(person),
        jobTitle=[post.title for post in posts if post.is_held_on(today)],
        hasOccupation=[occupation(post) for post in posts],
        affiliation=[affiliation(post) for post in posts if post.organisation],
    )
    kind = "ProfilePage" if person.is_reporter else "WebPage"
    way = [(_("People"), reverse("person_list"))]
    way.append((person.name, person.get_absolute_url()))
    return [about(kind, person, who), way_to(*way)]


def about(kind, record, who) -> dict:
    address = address_of(record)
    language = language_tag(settings.LANGUAGE_CODE)
    shown = {"url": address, "name": record.name, "inLanguage": language}
    return thing(kind, id=address, **shown, mainEntity=who)


def term(post) -> dict:
    dates = {"startDate": post.started_on, "endDate": post.ended_on}
    return {name: day.isoformat() for name, day in dates.items() if day}


def occupation(post) -> dict:
    work = thing("Occupation", name=post.title)
    return thing("Role", roleName=post.title, **term(post), hasOccupation=work)


def affiliation(post) -> dict:
    served = named(post.organisation)
    return thing(
        "OrganizationRole", roleName=post.title, **term(post), affiliation=served
    )


def of_organisation(page: Page, site: Site) -> list[dict]:
    organisation = page["organisation"]
    names = [organisation.short_name, *(one.name for one in page["other_names"])]
    who = named(organisation) | thing(
        type_of(organisation),
        alternateName=[name for name in names if name],
        description=organisation.background,
        sameAs=[*filter(None, [organisation.website]), *wikidata(organisation)],
        parentOrganization=organisation.parent and named(organisation.parent),
    )
    way = [(_("Organisations"), reverse("organisation_list"))]
    way.append((organisation.name, organisation.get_absolute_url()))
    return [about("WebPage", organisation, who), way_to(*way)]


OF_PAGES = {
    "front": of_front,
    "section": of_section,
    "topic": of_topic,
    "story": of_story,
    "quote": of_quote,
    "person": of_person,
    "organisation": of_organisation,
}


def of_page(kind: str, page: Page, site: Site) -> dict | None:
    graph = OF_PAGES[kind](page, site)
    return {"@context": "https://schema.org", "@graph": graph} if graph else None
