"""Duplicates become one record, and nothing that led to them is lost."""

from datetime import date

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.merging import merge
from articles.models import (
    Article,
    FormerAddress,
    Mention,
    Organisation,
    Person,
    Quote,
    SearchEntry,
    SourceText,
)
from articles.verbs import Refused
from tests.factories import (
    make_article,
    make_organisation,
    make_person,
    make_photo,
    make_quote,
)
from tests.test_admin import form_data, messages
from tests.test_fixture import dump

pytestmark = pytest.mark.django_db


def make_used(model, slug, name):
    """A person or an organisation to which one row of every kind leads."""
    record = model.objects.create(name=name, slug=slug)
    record.other_names.create(name=f"{name} in full", language="en")
    record.former_addresses.create(slug=f"before-{slug}")
    is_person = model is Person
    organisation = make_organisation() if is_person else record
    if not is_person:
        make_organisation(parent=record)
    holder = record if is_person else make_person()
    post = holder.positions.create(title=f"Chair of {slug}", organisation=organisation)
    credit = {"photographer": record} if is_person else {"agency": record}
    article = make_article(
        headline=f"Story of {slug}",
        source=None if is_person else record,
        lead_photo=make_photo(**credit),
        body=f'<p><a data-{model._meta.model_name}="{slug}">{name}</a> came.</p>',
    )
    article.bylines.create(person=holder)
    speaker = {"speaker": record, "position": post} if is_person else {}
    make_quote(
        article,
        **speaker or {"organisation": record},
        words=f"We of {slug} came",
        role="the chair",
    )
    make_quote(article, words=f"So {name} came at last")
    return record


def leading_to(record):
    """The keys of the rows that lead to the record, by foreign key, those of
    many-to-many tables too."""
    return {
        relation.field: set(
            relation.field.model._base_manager.filter(
                **{relation.field.name: record}
            ).values_list("pk", flat=True)
        )
        for relation in record._meta.get_fields(include_hidden=True)
        if relation.one_to_many or (relation.one_to_one and relation.auto_created)
    }


def everything():
    log = LogEntry.objects.order_by("pk").values_list("object_id", "change_message")
    return dump(), list(log)


def merge_page(client, *records, **fields):
    name = records[0]._meta.model_name
    keys = [record.pk for record in records]
    data = {"action": "merge", "_selected_action": keys} | fields
    address = reverse(f"admin:articles_{name}_changelist")
    return client.post(address, data, follow=True)


def confirm(client, *records, into, **fields):
    return merge_page(client, *records, confirmed="yes", into=into.pk, **fields)


@pytest.mark.parametrize("model", [Person, Organisation])
def test_every_row_that_leads_to_a_duplicate_leads_to_the_one_that_stays(model, editor):
    kept = make_used(model, "kept", "Kept")
    double = make_used(model, "double", "Double")
    before, kept_before = leading_to(double), leading_to(kept)
    for field, keys in before.items():
        assert keys, f"{field} leads to it: let make_used() make such a row"

    merge([double], into=kept, by=editor)

    after = leading_to(kept)
    for field, keys in before.items():
        if field.model is SearchEntry:  # one for each record
            assert after[field] == kept_before[field]
        elif field.model is Mention:
            assert len(after[field]) == len(keys) + len(kept_before[field])
        else:
            assert after[field] >= keys | kept_before[field], field
    assert not model.objects.filter(slug="double").exists()


@pytest.mark.parametrize("model", [Person, Organisation])
def test_two_of_a_kind_in_one_story_leave_each_row_once(model, editor):
    kept, double = (make_used(model, slug, slug.title()) for slug in ("one", "two"))
    kind = model._meta.model_name
    article = make_article(
        body="".join(
            f'<p>The <a data-{kind}="{slug}">{slug.title()}</a> came.</p>'
            for slug in ("one", "two")
        )
    )
    quote = make_quote(article, words="One and Two are one")
    named = "people" if model is Person else "organisations"
    assert set(getattr(quote, named).all()) == {kept, double}

    merge([double], into=kept, by=editor)

    assert getattr(quote, named).get() == kept
    assert article.mentions.filter(**{kind: kept}).count() == 1
    article.refresh_from_db()
    assert article.body.count(f'data-{kind}="one"') == 2
    assert 'href="/' in article.body_html
    assert "two/" not in article.body_html


def test_readers_find_all_of_it_on_the_page_of_the_person_who_stays(editor, client):
    kept = make_used(Person, "stoltenberg", "Jens Stoltenberg")
    make_used(Person, "stoltenburg", "Stoltenburg")
    double = Person.objects.get(slug="stoltenburg")
    page = client.get("/people/stoltenberg/").content.decode()
    assert "Story of stoltenburg" not in page

    merge([double], into=kept, by=editor)

    page = client.get("/people/stoltenberg/").content.decode()
    for told in [
        "Story of stoltenberg",
        "Story of stoltenburg",
        "We of stoltenburg came",
        "Chair of stoltenburg",
        "Stoltenburg in full",
    ]:
        assert told in page
    article = Article.objects.get(headline="Story of stoltenburg")
    story = client.get(article.get_absolute_url()).content.decode()
    assert 'data-speaker="Jens Stoltenberg"' in story
    assert 'href="/people/stoltenberg/"' in story
    assert "/people/stoltenburg/" not in story


def test_the_role_that_a_story_printed_stays_as_printed(editor):
    kept, double = (make_used(Person, slug, slug) for slug in ("one", "two"))
    printed = set(Quote.objects.values_list("pk", "role", "words"))
    merge([double], into=kept, by=editor)
    assert set(Quote.objects.values_list("pk", "role", "words")) == printed


def test_names_become_other_names_each_once_and_keep_their_language(editor):
    kept = make_person(name="Alexander Grushko", slug="grushko")
    kept.other_names.create(name="Грушко")
    double = make_person(name="A. Grushko", slug="a-grushko")
    double.other_names.create(name="Грушко", language="ru")
    double.other_names.create(name="Alexander Grushko")
    double.other_names.create(name="Grouchko", language="fr")

    merge([double], into=kept, by=editor)

    names = kept.other_names.order_by("name").values_list("name", "language")
    assert list(names) == [("A. Grushko", ""), ("Grouchko", "fr"), ("Грушко", "ru")]


def test_a_short_name_is_taken_over_or_becomes_another_name(editor):
    kept = make_organisation(name="North Atlantic Treaty Organization")
    first = make_organisation(name="The Alliance", short_name="NATO", kind="alliance")
    second = make_organisation(name="Atlantic Pact", short_name="OTAN")
    merge([first, second], into=kept, by=editor)
    assert (kept.short_name, kept.kind) == ("NATO", "alliance")
    names = set(kept.other_names.values_list("name", flat=True))
    assert names == {"The Alliance", "Atlantic Pact", "OTAN"}


def test_what_is_empty_is_filled_and_what_cannot_be_is_kept_in_the_log(editor):
    above, photo = make_organisation(), make_photo()
    kept = make_organisation(name="Kept", background="Ours.")
    double = make_organisation(
        name="Double",
        slug="double",
        background="Theirs, in many words.",
        website="https://example.org/",
        wikidata_id="Q7184",
        parent=above,
    )
    merge([double], into=kept, by=editor, reason="Entered twice.")
    assert (kept.website, kept.wikidata_id) == ("https://example.org/", "Q7184")
    assert (kept.parent, kept.background) == (above, "Ours.")
    log = LogEntry.objects.get()
    assert log.get_edited_object() == kept
    assert log.user == editor
    for told in ["“Double” (double)", "Theirs, in many words.", "Entered twice."]:
        assert told in log.change_message
    assert "website" not in log.change_message

    person = make_person(biography="", sort_name="Berg, Jens")
    double = make_person(biography="Born in 1959.", portrait=photo)
    merge([double], into=person, by=editor)
    assert (person.biography, person.portrait) == ("Born in 1959.", photo)
    assert person.sort_name == "Berg, Jens"
    assert "Not taken over" not in LogEntry.objects.first().change_message


def test_the_history_of_a_duplicate_goes_on_in_that_of_the_record(desk, editor):
    first, second, third = (
        make_person(name=name, biography=f"Life of {name}.")
        for name in ("First", "Second", "Third")
    )
    merge([first], into=second, by=editor)
    merge([second], into=third, by=editor)
    history = reverse("admin:articles_person_history", args=[third.pk])
    page = desk.get(history).content.decode()
    assert "Life of First." in page
    assert "Life of Second." in page


def test_a_post_that_both_held_becomes_one_with_the_quotes_of_both(editor):
    kept, double = make_person(), make_person()
    nato = make_organisation()
    posts = [
        person.positions.create(
            title="Chair", organisation=nato, started_on=started_on, ended_on=ended_on
        )
        for person in (kept, double)
        for started_on, ended_on in [
            (None, None),
            (date(2001, 1, 1), date(2002, 1, 1)),
        ]
    ]
    quotes = [
        make_quote(make_article(), speaker=post.person, position=post) for post in posts
    ]
    merge([double], into=kept, by=editor)
    assert kept.positions.count() == 2
    for quote, post in zip(quotes, posts[:2] * 2, strict=True):
        quote.refresh_from_db()
        assert (quote.speaker, quote.position) == (kept, post)


def test_stories_are_settled_that_the_names_of_the_other_concern(editor):
    kept = make_person(name="Sergei Lavrov", slug="lavrov")
    article = make_article(body='<p><a data-person="lavrov">He</a> left.</p>')
    quote = make_quote(article, words="Lawrow is late")
    assert not quote.people.exists()
    merge([make_person(name="Lawrow")], into=kept, by=editor)
    assert quote.people.get() == kept


# Refusals


def same_byline(kept, double):
    article = make_article(headline="Signed by both")
    for person in (kept, double):
        article.bylines.create(person=person)
    return "“Signed by both” (By)"


def other_last_day(kept, double):
    kept.positions.create(title="Chair", ended_on=date(2014, 9, 30))
    double.positions.create(title="Chair")
    return "Chair, … – 30/09/2014"


def other_organisation(kept, double):
    kept.positions.create(title="Chair", organisation=make_organisation(name="The UN"))
    double.positions.create(title="Chair", organisation=make_organisation())
    return "Chair, The UN"


def other_number(kept, double):
    type(kept).objects.filter(pk=kept.pk).update(wikidata_id="Q1")
    type(kept).objects.filter(pk=double.pk).update(wikidata_id="Q2")
    return "“Double” is Q2"


def one_private(kept, double):
    Person.objects.filter(pk=double.pk).update(is_public=False)
    return "give each of them a page"


def part_of_the_other(kept, double):
    between = make_organisation(parent=double)
    Organisation.objects.filter(pk=kept.pk).update(parent=between)
    return "is part of “Double”"


def whole_of_the_other(kept, double):
    Organisation.objects.filter(pk=double.pk).update(parent=kept)
    return "is part of “Kept”"


def altered_source(kept, double):
    article = make_article(headline="With an altered source")
    speaker = "speaker" if isinstance(double, Person) else "organisation"
    make_quote(article, **{speaker: double})
    SourceText.objects.create(article=article, text="As it came")
    SourceText.objects.update(text="Altered")
    return "“With an altered source”"


REFUSALS = [
    *(
        (Person, case)
        for case in (
            same_byline,
            other_last_day,
            other_organisation,
            other_number,
            one_private,
            altered_source,
        )
    ),
    *(
        (Organisation, case)
        for case in (
            part_of_the_other,
            whole_of_the_other,
            other_number,
            altered_source,
        )
    ),
]


@pytest.mark.parametrize(("model", "contradict"), REFUSALS)
def test_a_contradiction_is_refused_with_its_place_and_nothing_changes(
    desk, editor, model, contradict
):
    kept, double = (make_used(model, n.lower(), n) for n in ("Kept", "Double"))
    other = make_used(model, "other", "Other")
    said = contradict(kept, double)
    before = everything()

    with pytest.raises(Refused) as refusal:
        merge([other, double], into=kept, by=editor)

    assert said in " ".join(refusal.value.messages)
    assert everything() == before
    page = confirm(desk, kept, other, double, into=kept, reason="Typed with care")
    assert said in page.context["form"].non_field_errors().as_text()
    assert "Typed with care" in page.content.decode()
    assert page.context["form"]["into"].value() == str(kept.pk)
    assert everything() == before


def test_all_contradictions_are_said_at_once(editor):
    kept, double = make_person(name="Kept"), make_person(name="Double")
    said = [case(kept, double) for case in (same_byline, other_number, one_private)]
    with pytest.raises(Refused) as refusal:
        merge([double], into=kept, by=editor)
    assert len(refusal.value.problems) == 3
    for sentence in said:
        assert sentence in " ".join(refusal.value.messages)


def test_a_byline_in_another_role_is_no_contradiction(editor):
    kept, double, article = make_person(), make_person(), make_article()
    article.bylines.create(person=kept, role="by")
    article.bylines.create(person=double, role="photos")
    merge([double], into=kept, by=editor)
    assert set(kept.bylines.values_list("role", flat=True)) == {"by", "photos"}


def test_a_person_and_an_organisation_are_not_merged(editor):
    before = everything()
    with pytest.raises(Refused, match="records of one kind"):
        merge([make_organisation(), make_person()], into=make_person(), by=editor)
    kept = make_person()
    with pytest.raises(Refused, match="at least two"):
        merge([kept], into=kept, by=editor)
    gone = make_person()
    Person.objects.filter(pk=gone.pk).delete()
    with pytest.raises(Refused, match="just now"):
        merge([gone], into=kept, by=editor)
    assert before[1] == everything()[1]


def grant(user, *names):
    permissions = Permission.objects.filter(codename__in=names)
    assert len(permissions) == len(names)
    user.user_permissions.add(*permissions)
    return type(user).objects.get(pk=user.pk)


def test_who_merges_may_change_and_delete_and_publish_what_readers_have(reporter):
    kept, double = make_person(), make_person()
    article = make_article(headline="A live story")
    article.bylines.create(person=double)
    with pytest.raises(PermissionDenied):
        merge([double], into=kept, by=reporter)
    reporter = grant(reporter, "delete_person")
    with pytest.raises(PermissionDenied, match="“A live story”"):
        merge([double], into=kept, by=reporter)
    Article.objects.update(status="draft")
    merge([double], into=kept, by=reporter)
    assert article.bylines.get().person == kept


def test_the_page_is_not_offered_to_who_may_not_merge(client, reporter):
    kept, double = make_person(), make_person()
    make_quote(make_article(headline="A live story"), speaker=double)
    client.force_login(reporter)
    listed = client.get("/admin/articles/person/").content.decode()
    assert "Merge duplicates" not in listed
    confirm(client, kept, double, into=kept)
    grant(reporter, "delete_person")
    page = confirm(client, kept, double, into=kept)
    assert "“A live story” shows one of them" in page.content.decode()
    assert Person.objects.filter(pk=double.pk).exists()


# The page


def test_the_page_says_what_each_record_has_and_offers_the_one_used_most(desk):
    kept = make_person(name="Jens Stoltenberg", slug="jens")
    kept.other_names.create(name="Йенс Столтенберг")
    double = make_person(name="Stoltenburg", slug="burg")
    for _ in range(2):
        make_quote(make_article(), speaker=kept)
    make_quote(make_article(), speaker=double)
    page = merge_page(desk, double, kept)
    text = " ".join(page.content.decode().split())
    for told in ["/people/jens/", "/people/burg/", "Йенс Столтенберг"]:
        assert told in text
    assert "quotes: 2 · stories that name them: 2" in text
    assert "quotes: 1 · stories that name them: 1" in text
    assert page.context["form"]["into"].value() == kept.pk
    assert "style=" not in text
    assert "<script>" not in text


@pytest.mark.parametrize("make", [make_person, make_organisation])
def test_two_records_ticked_and_one_chosen_are_one(desk, editor, make):
    kept, double = make(name="Kept"), make(name="Double", slug="double")
    page = confirm(desk, kept, double, into=kept, reason="Entered twice.")
    assert [m for m in messages(page) if "“Double”" in m]
    assert type(kept).objects.get() == kept
    log = LogEntry.objects.get()
    assert log.user == editor
    assert log.change_message == "Merged “Double” (double). Entered twice."


@pytest.mark.parametrize("number", [1, 21])
def test_one_record_or_a_whole_list_is_not_merged(desk, number):
    people = [make_person() for _ in range(number)]
    page = merge_page(desk, *people)
    assert "two or more, at most 20" in messages(page)[0]
    page = confirm(desk, *people, into=people[0])
    assert Person.objects.count() == number


def test_one_record_has_to_be_chosen_and_from_those_that_were_ticked(desk):
    people = [make_person() for _ in range(3)]
    page = merge_page(desk, *people[:2], confirmed="yes", into="")
    assert "Choose the record that stays" in page.content.decode()
    confirm(desk, *people[:2], into=people[2])
    assert Person.objects.count() == 3


def test_the_desk_finds_the_record_by_the_names_of_its_duplicates(desk, editor):
    kept = make_person(name="Jens Stoltenberg")
    merge([make_person(name="Stoltenburg")], into=kept, by=editor)
    found = desk.get("/admin/articles/person/", {"q": "Stoltenburg"})
    assert list(found.context["cl"].result_list) == [kept]
    autocomplete = {
        "app_label": "articles",
        "model_name": "quote",
        "field_name": "speaker",
        "term": "Stoltenburg",
    }
    found = desk.get("/admin/autocomplete/", autocomplete).json()["results"]
    assert [row["text"] for row in found] == ["Jens Stoltenberg"]
    assert list(Person.objects.search("Stoltenburg")) == [kept]


@pytest.mark.parametrize(
    ("make", "model"), [(make_person, "person"), (make_organisation, "organisation")]
)
def test_a_new_record_cannot_take_the_slug_that_another_had(desk, editor, make, model):
    kept = make(name="Kept", slug="kept")
    merge([make(slug="double")], into=kept, by=editor)
    address = reverse(f"admin:articles_{model}_add")
    data = form_data(desk.get(address), name="Somebody else", slug="double")
    page = desk.post(address, data)
    assert "now “Kept”" in page.context["adminform"].form.errors["slug"][0]
    assert desk.post(address, data | {"slug": "another"}).status_code == 302
    kept_page = reverse(f"admin:articles_{model}_change", args=[kept.pk])
    assert desk.post(kept_page, form_data(desk.get(kept_page))).status_code == 302


def test_a_former_address_is_listed_and_can_be_freed(desk, editor):
    kept = make_person(name="Kept")
    merge([make_person(slug="double")], into=kept, by=editor)
    assert "Kept" in desk.get("/admin/articles/formeraddress/").content.decode()
    address = FormerAddress.objects.get()
    delete = reverse("admin:articles_formeraddress_delete", args=[address.pk])
    assert desk.post(delete, {"post": "yes"}).status_code == 302
    assert not FormerAddress.objects.exists()


# Former addresses


@pytest.mark.parametrize("model", [Person, Organisation])
def test_every_former_address_leads_on_for_good_in_one_hop(editor, model):
    records = [make_used(model, slug, slug) for slug in ("a", "b", "c")]
    merge([records[0]], into=records[1], by=editor)
    merge([records[1]], into=records[2], by=editor)
    root = "/people" if model is Person else "/organisations"
    for former in ("a", "b", "before-a", "before-b", "before-c"):
        for query in ("", "?stories-older=x&q=%C3%A9"):
            response = Client().get(f"{root}/{former}/{query}")
            assert response.status_code == 301
            assert response["Location"] == f"{root}/c/{query}"
            assert not response.cookies
    assert Client().get(f"{root}/c/").status_code == 200


@pytest.mark.parametrize("model", [Person, Organisation])
def test_a_former_address_does_not_tell_of_what_readers_may_not_see(editor, model):
    kept, double = (make_used(model, slug, slug) for slug in ("kept", "double"))
    merge([double], into=kept, by=editor)
    Article.objects.update(status="draft")
    root = "/people" if model is Person else "/organisations"
    for slug in ("kept", "double", "nobody"):
        response = Client().get(f"{root}/{slug}/")
        assert response.status_code == 404
        assert "kept" not in response.content.decode().replace(f"/{slug}/", "")


def test_a_private_person_has_no_former_address_either(editor):
    kept, double = (make_used(Person, slug, slug) for slug in ("kept", "double"))
    Person.objects.update(is_public=False)
    merge([double], into=kept, by=editor)
    assert Client().get("/people/double/").status_code == 404


def test_a_former_address_costs_no_more_than_a_page(
    editor, django_assert_max_num_queries
):
    kept, double = (make_used(Person, slug, slug) for slug in ("kept", "double"))
    merge([double], into=kept, by=editor)
    with django_assert_max_num_queries(3):
        Client().get("/people/double/")


def test_a_mark_with_a_former_slug_leads_on_wherever_it_comes_from(editor):
    kept = make_person(name="Kept", slug="kept")
    union = make_organisation(name="Union", slug="union")
    merge([make_person(slug="double")], into=kept, by=editor)
    merge([make_organisation(slug="double")], into=union, by=editor)
    pasted = (
        '<p><a data-person="double">He</a> of <a data-organisation="double">it</a>, '
        '<a data-person="nobody">nobody</a></p>'
    )
    article = make_article(body=pasted)
    assert article.body == pasted.replace('person="double"', 'person="kept"').replace(
        'organisation="double"', 'organisation="union"'
    )
    assert {str(mention) for mention in article.mentions.all()} == {"Kept", "Union"}
    assert Article.objects.get().body == article.body


def test_a_record_that_has_the_slug_itself_is_the_one_that_a_mark_means(editor):
    kept = make_person(slug="kept")
    merge([make_person(slug="double")], into=kept, by=editor)
    there = make_person(slug="double", name="Loaded past every form")
    article = make_article(body='<p><a data-person="double">He</a></p>')
    assert article.mentions.get().person == there
    assert Person.objects.get_by_natural_key("double") == there
    merge([there], into=kept, by=editor)
    article.refresh_from_db()
    assert article.body == '<p><a data-person="kept">He</a></p>'


# Fixtures


@pytest.mark.parametrize("slug", ["alexander-grushko", "nato"])
def test_a_fixture_with_a_former_slug_loads_into_the_record_that_stays(
    tass, editor, slug
):
    model = Person if slug == "alexander-grushko" else Organisation
    double = model.objects.get(slug=slug)
    kept = model.objects.create(name="Somebody", slug="somebody")
    merge([double], into=kept, by=editor)
    once = dump()

    call_command("loaddata", "tass", verbosity=0)

    assert dump() == once
    assert not model.objects.filter(slug=slug).exists()
    assert kept.mentions.get().article == tass
    tass.refresh_from_db()
    assert f'="{slug}"' not in tass.body
    assert kept.get_absolute_url() in tass.body_html
    assert not Quote.objects.that_do_not_hold().exists()


# Cost and locks


def queries_of(act):
    with CaptureQueriesContext(connection) as queries:
        act()
    return [query["sql"] for query in queries]


def test_the_page_costs_as_much_for_many_rows_as_for_few(desk):
    kept, double = make_used(Person, "kept", "Kept"), make_used(Person, "two", "Two")
    merge_page(desk, kept, double)
    few = len(queries_of(lambda: merge_page(desk, kept, double)))
    others = [make_used(Person, f"more-{n}", f"More {n}") for n in range(6)]
    for _ in range(5):
        make_quote(make_article(), speaker=kept)
    assert len(queries_of(lambda: merge_page(desk, kept, double, *others))) == few


def test_moving_costs_as_much_for_many_rows_as_for_few(editor):
    def cost(number):
        kept, double = make_person(), make_person()
        article = make_article()
        for index in range(number):
            make_photo(photographer=double)
            double.positions.create(title=f"Chair {index}")
        make_quote(article, speaker=double)
        return len(queries_of(lambda: merge([double], into=kept, by=editor)))

    cost(1)
    assert cost(2) == cost(8)


needs_row_locks = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite locks the whole database instead"
)


@needs_row_locks
@pytest.mark.parametrize("make", [make_person, make_organisation])
def test_a_save_holds_the_record_so_that_no_merge_gets_in_between(desk, make):
    record = make()
    name = record._meta.model_name
    address = reverse(f"admin:articles_{name}_change", args=[record.pk])
    data = form_data(desk.get(address), name="Another")
    statements = queries_of(lambda: desk.post(address, data))
    locked = next(n for n, sql in enumerate(statements) if "NO KEY UPDATE" in sql)
    written = next(n for n, sql in enumerate(statements) if sql.startswith("UPDATE"))
    assert locked < written
    record.refresh_from_db()
    assert record.name == "Another"


@needs_row_locks
def test_records_and_stories_are_held_in_one_order_before_anything_is_written(editor):
    kept, double = (make_used(Person, slug, slug) for slug in ("kept", "double"))
    statements = queries_of(lambda: merge([kept], into=double, by=editor))
    first_write = next(
        number
        for number, sql in enumerate(statements)
        if sql.startswith(("UPDATE", "INSERT", "DELETE"))
    )
    locks = [
        sql
        for sql in statements[:first_write]
        if "FOR UPDATE" in sql or "FOR NO KEY UPDATE" in sql
    ][:3]
    assert all("ORDER BY" in sql for sql in locks)
    tables = [sql.split(" FROM ")[1].split()[0].strip('"') for sql in locks]
    assert tables == ["articles_person", "articles_article", "articles_person"]
