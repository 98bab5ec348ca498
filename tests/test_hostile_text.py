"""Script in every field, by every way in: text on every page, and nothing but text."""

import hashlib
import json
from contextlib import suppress
from copy import deepcopy
from html import escape, unescape
from html.parser import HTMLParser

import pytest
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from articles import correcting, publishing
from articles.body.vocabulary import VOCABULARY
from articles.models import (
    Article,
    Byline,
    Correction,
    Organisation,
    OrganisationName,
    Person,
    PersonName,
    Photo,
    Position,
    Quote,
    QuoteOverride,
    Section,
    SourceText,
    Topic,
)
from tests.factories import make_article, make_quote
from tests.test_admin import CHANGE_LIST, act, change_page, form_data, preview_page
from tests.test_visibility import walk

pytestmark = pytest.mark.django_db

# Each fits in the shortest field, of 60 characters.
PAYLOADS = {
    "an element": "\"'><script data-hostile=FIELD>alert(1)</script>",
    "an attribute": "' onfocus=1 data-hostile=FIELD \" onfocus=1 data-hostile=1",
    "the end of what is around": "</textarea></title></script><svg data-hostile=FIELD>",
    "text and a template": '&lt;b data-hostile=FIELD&gt;{% now "Y" %}{{ 7|add:7 }}',
}
# No letter of theirs is one of an id.
FIELDS = {
    name: f"zq{number:02}"
    for number, name in enumerate(
        [
            "organisation name",
            "organisation short name",
            "organisation background",
            "organisation other name",
            "person name",
            "person biography",
            "person other name",
            "position title",
            "photo caption",
            "photo credit",
            "photo alt text",
            "section name",
            "topic name",
            "headline",
            "standfirst",
            "dateline",
            "words",
            "role",
            "original words",
            "translator",
            "unnamed source",
            "source publisher",
            "source text",
            "correction text",
            "correction was",
            "correction now",
            "slugline",
            "desk note",
            "override reason",
        ]
    )
}
OF_THE_DESK = {"photo alt text", "source text", "slugline", "desk note"}
OF_THE_DESK |= {"override reason"}
OF_VERBS = {
    name: f"zv{number:02}"
    for number, name in enumerate(
        [
            "correction text",
            "correction was",
            "correction now",
            "right words",
            "right role",
            "withdrawal",
            "override reason",
            "kill reason",
        ]
    )
}
ONLY_LOGGED = {"override reason", "kill reason"}


DATA = ("application/json", "application/ld+json", "importmap")


class Page(HTMLParser):
    """What a browser would take from it: what may run, and what is shown."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.harm, self.shown = set(), [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        attributes = dict(attrs)
        is_data = attributes.get("type") in DATA
        if tag == "script" and not (attributes.get("src") or is_data):
            self.harm.append("a script of its own")
        for name, value in attrs:
            address = "".join((value or "").split()).lower()
            schemes = ("javascript:", "vbscript:", "data:")
            is_address = name in ("href", "src", "action", "formaction", "srcdoc")
            if name.startswith("on") or name == "data-hostile":
                self.harm.append(f"<{tag} {name}>")
            elif is_address and address.startswith(schemes):
                self.harm.append(f"<{tag} {name}={value}>")
            self.shown.append(value or "")

    def handle_data(self, data):
        self.shown.append(data)


def add(desk, model, rows=None, **fields):
    """Adds a record through its form, with rows as {prefix: [fields]}; returns it."""
    address = reverse(f"admin:articles_{model._meta.model_name}_add")
    data = form_data(desk.get(address), **fields)
    for prefix, added in (rows or {}).items():
        data[f"{prefix}-TOTAL_FORMS"] = str(len(added))
        for number, row in enumerate(added):
            data |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    response = desk.post(address, data)
    assert response.status_code == 302, response.context["errors"]
    return model.objects.latest("pk")


def by_form(desk, text):
    """A published story with all that goes with it, typed at the desk."""
    organisation = add(
        desk,
        Organisation,
        {"other_names": [{"name": text("organisation other name")}]},
        slug="union",
        name=text("organisation name"),
        short_name=text("organisation short name"),
        background=text("organisation background"),
    )
    person = add(
        desk,
        Person,
        {
            "other_names": [{"name": text("person other name")}],
            "positions": [
                {"title": text("position title"), "organisation": organisation.pk}
            ],
        },
        slug="speaker",
        name=text("person name"),
        biography=text("person biography"),
    )
    photo = add(
        desk,
        Photo,
        slug="photo",
        caption=text("photo caption"),
        credit=text("photo credit"),
        alt_text=text("photo alt text"),
    )
    article = add(
        desk,
        Article,
        {
            "quotes": [
                {
                    "kind": "direct",
                    "mark": "q1",
                    "words": text("words"),
                    "speaker": person.pk,
                    "position": person.positions.get().pk,
                    "role": text("role"),
                    "original_words": text("original words"),
                    "original_language": "ru",
                    "translator": text("translator"),
                },
                {
                    "kind": "indirect",
                    "mark": "q2",
                    "words": "it was late",
                    "unnamed_source": text("unnamed source"),
                },
                {
                    "kind": "direct",
                    "mark": "q3",
                    "words": "It was early",
                    "speaker": person.pk,
                    "lets_stand": text("override reason"),
                },
                {
                    "kind": "direct",
                    "mark": "q4",
                    "words": "Nobody spoke",
                    "speaker": person.pk,
                },
            ],
            "bylines": [{"person": person.pk, "role": "by", "order": "0"}],
            "sources": [
                {
                    "kind": "wire_copy",
                    "publisher": text("source publisher"),
                    "text": f"Nobody spoke. {text('source text')}",
                }
            ],
        },
        slug="story",
        headline=text("headline"),
        standfirst=text("standfirst"),
        dateline=text("dateline"),
        slugline=text("slugline"),
        desk_note=text("desk note"),
        section=add(desk, Section, slug="section", name=text("section name")).pk,
        topics=[add(desk, Topic, slug="topic", name=text("topic name")).pk],
        source=organisation.pk,
        lead_photo=photo.pk,
        body=f'<p>"<q data-quote="q1">{escape(text("words"))}</q>," said '
        '<a data-person="speaker">one</a> of <a data-organisation="union">them</a>, '
        'and <span data-quote="q2">it was late</span>. '
        '"<q data-quote="q3">It was not early</q>." '
        '"<q data-quote="q4">Nobody spoke</q>."</p>'
        '<figure data-photo="photo"></figure>',
    )
    act(desk, "publish", article)
    address = reverse("admin:articles_article_correct", args=[article.pk])
    note = {"kind": "correction", "placement": "bottom"}
    note |= {name: text(f"correction {name}") for name in ("text", "was", "now")}
    assert desk.post(address, note).status_code == 302


KEPT = []  # what a fixture says of the story, its fields tokens: made once


def story_as_fixture(desk, path):
    if not KEPT:
        by_form(desk, lambda field: FIELDS[field])
        natural = {"natural_foreign": True, "natural_primary": True}
        call_command("dumpdata", "articles", output=str(path), **natural)
        KEPT.extend(json.loads(path.read_text()))
        for model in (
            *(QuoteOverride, Correction, Quote, Byline, SourceText, Article, Photo),
            *(Position, PersonName, Person, OrganisationName, Organisation),
            *(Section, Topic),
        ):
            model.objects.all().delete()
    return deepcopy(KEPT)


def by_fixture(desk, text, tmp_path):
    """The same story, loaded; and its page, which nobody may bring along."""
    path = tmp_path / "story.json"
    values = {token: text(field) for field, token in FIELDS.items()}
    rows = hostile(story_as_fixture(desk, path), values)
    for row in rows:
        fields = row["fields"]
        if row["model"] == "articles.sourcetext":
            fields["sha256"] = hashlib.sha256(fields["text"].encode()).hexdigest()
        elif row["model"] == "articles.quote":
            fields["matched_source"] = None
        elif row["model"] == "articles.article":
            fields["body_html"] = "<p>" + text("headline")
    path.write_text(json.dumps(rows))
    call_command("loaddata", str(path), verbosity=0)


def hostile(value, values):
    """The fixture with these values in place of its tokens."""
    if isinstance(value, dict):
        return {key: hostile(each, values) for key, each in value.items()}
    if isinstance(value, list):
        return [hostile(each, values) for each in value]
    if not isinstance(value, str):
        return value
    is_html = value.startswith("<")
    for token, text in values.items():
        if value == token or f" {token}" in value or f">{token}<" in value:
            value = value.replace(token, escape(text) if is_html else text)
    return value


def by_verbs(desk, text):
    """What the verbs are told, of two stories that harm nobody."""
    article, killed = make_article(), make_article()
    words, role, gone, open_one = (
        make_quote(article, words=words)
        for words in ("It was late", "It was early", "It was noon", "It was cold")
    )
    Quote.objects.filter(pk=open_one.pk).update(words="It was warm")
    publishing.override_quote_check(open_one, by=None, reason=text("override reason"))
    note = {name: text(f"correction {name}") for name in ("text", "was", "now")}
    correcting.correct(article, by=None, **note)
    article.refresh_from_db()
    said = {"by": None, "text": "Wrong."}
    correcting.correct_quote(words, words=text("right words"), **said)
    correcting.correct_quote(role, role=text("right role"), **said)
    correcting.withdraw_quote(gone, by=None, text=text("withdrawal"))
    publishing.kill(killed, by=None, reason=text("kill reason"))


def desk_pages(desk):
    """Every page of the desk that shows a record, and those between it and a verb."""
    yield "/admin/", desk.get("/admin/")
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        if model._meta.app_label != "articles":
            continue
        for search in ("", "?q=hostile"):
            address = reverse(f"{name}_changelist") + search
            yield address, desk.get(address)
        for pk in model.objects.values_list("pk", flat=True):
            for page in ("change", "history", "delete"):
                address = reverse(f"{name}_{page}", args=[pk])
                yield address, desk.get(address)
    articles = Article.objects.all()
    for article in articles:
        yield "preview", desk.get(preview_page(article))
        correct = reverse("admin:articles_article_correct", args=[article.pk])
        yield correct, desk.get(correct)
    for action in ("kill", "schedule", "unpublish"):
        yield f"{CHANGE_LIST} {action}", act(desk, action, *articles)


WAYS = {
    "the form": (by_form, FIELDS, OF_THE_DESK),
    "a fixture": (by_fixture, FIELDS, OF_THE_DESK),
    "the verbs": (by_verbs, OF_VERBS, ONLY_LOGGED),
}


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
@pytest.mark.parametrize("way", WAYS)
def test_script_in_every_field_is_shown_as_text_and_does_nothing(
    desk, way, payload, tmp_path
):
    plant, fields, of_the_desk = WAYS[way]

    def text(field):
        return payload.replace("FIELD", fields[field])

    plant(desk, text, *([tmp_path] if plant is by_fixture else []))
    for html in Article.objects.values_list("body_html", flat=True):
        assert Page(html).harm == []
    to_readers = {
        address: (response.status_code, html)
        for address, (response, html) in walk(Client()).items()
        if response.get("Content-Type") != "image/jpeg"
    }
    at_desk = {
        address: (response.status_code, response.content.decode())
        for address, response in desk_pages(desk)
    }
    shown = {"readers": "", "desk": ""}
    for who, pages in (("readers", to_readers), ("desk", at_desk)):
        for address, (status, html) in pages.items():
            page = Page(html)
            assert status < 500, address
            assert page.harm == [], address
            shown[who] += "\n".join(page.shown)
    for field in fields:
        who = "desk" if field in of_the_desk else "readers"
        assert text(field) in shown[who], f"{field} stands nowhere"
        if who == "desk":
            assert fields[field] not in shown["readers"], field
    if unescape(payload) != payload:
        for field in fields:
            assert unescape(text(field)) not in shown["readers"] + shown["desk"], field


def test_the_desk_searches_and_choosers_answer_script_with_text(desk):
    by_form(desk, lambda field: PAYLOADS["an element"].replace("FIELD", FIELDS[field]))
    for model, field in [
        ("quote", "speaker"),
        ("quote", "organisation"),
        ("quote", "position"),
        ("quote", "repeats"),
        ("article", "lead_photo"),
        ("article", "topics"),
    ]:
        asked = {"app_label": "articles", "model_name": model, "field_name": field}
        answer = desk.get(reverse("admin:autocomplete"), asked)
        assert answer["Content-Type"] == "application/json"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "<script" in str(answer.json()["results"])


SCRIPT = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7|add:7 }}"
BODIES = {
    "10 MB of text": "<p>" + "word " * 2_000_000,
    "NUL": "<p>a\0b</p>",
    "10,000 elements deep": "<b>" * 10_000 + "deep",
    "10,000 blocks deep": "<div>" * 10_000 + "deep",
    "10,000 marks deep": '<q data-quote="q1">' * 10_000 + "deep",
    "what only grows when it is cleaned": "<" * 900_000,
    "script": f"<p>{SCRIPT}</p><svg onload=alert(1)><math><script>1</script>",
    "style and frames": "<style>*{}</style><iframe srcdoc='<script>1'></iframe><p>x",
    "addresses": "<a href=' javascript:alert(1)'>x</a><a href='data:text/html,x'>y</a>",
    "unclosed": "<p><a href='x' <b>bold</p",
    "text turned around": "<p>abc \u202e cba \u2066 x</p>",
    "marks of nothing": '<q data-quote="../x">a</q><a data-person="//x">b</a>',
}
ELEMENTS = VOCABULARY | {"span", "figcaption"}


@pytest.mark.parametrize("way", ["a draft", "a live story", "a fixture", "an update"])
@pytest.mark.parametrize("html", BODIES.values(), ids=BODIES.keys())
def test_a_hostile_body_ends_in_a_clear_error_or_harmless_text_by(
    desk, tmp_path, way, html
):
    article = make_article(status="published" if way == "a live story" else "draft")
    before = Article.objects.values().get()
    if way == "a fixture":
        path = tmp_path / "story.json"
        fields = {"headline": "H", "slug": article.slug, "body": html}
        fields |= {
            "body_html": html.replace("\0", ""),
            "section": [article.section.slug],
        }
        path.write_text(json.dumps([{"model": "articles.article", "fields": fields}]))
        with suppress(CommandError):
            call_command("loaddata", str(path), verbosity=0)
    elif way == "an update":
        Article.objects.update(body=html.replace("\0", ""))
        with suppress(ValidationError):
            publishing.settle(article)
    else:
        data = form_data(desk.get(change_page(article)), body=html)
        response = desk.post(change_page(article), data)
        assert response.status_code == 302 or response.context["errors"]
        is_kept = response.status_code == 302
        assert is_kept or Article.objects.values().get() == before
    article.refresh_from_db()
    page = Page(article.body_html)
    assert page.harm == []
    assert page.tags <= ELEMENTS
    assert desk.get(preview_page(article)).status_code == 200
