"""Two at the form of one record."""

import html
import re

import pytest
from django.test import Client

from articles.models import Person
from tests.factories import make_organisation, make_person, make_photo
from tests.test_admin import form_data, messages

pytestmark = pytest.mark.django_db


def opened(client, record, **changes):
    """The address of its form, and what a browser sends of it as it is shown now."""
    address = f"/admin/articles/{record._meta.model_name}/{record.pk}/change/"
    return address, sent_back(client.get(address), **changes)


def sent_back(page, **changes):
    shown = re.search(r'name="_shown" value="(.*?)"', page.content.decode())
    carried = {"_shown": html.unescape(shown[1])} if shown else {}
    return form_data(page, **carried, **changes)


@pytest.mark.parametrize(
    ("make", "name", "other"),
    [
        (make_person, "biography", "sort_name"),
        (make_organisation, "background", "short_name"),
        (make_photo, "caption", "credit"),
    ],
)
def test_what_both_changed_comes_back_with_both_texts(desk, make, name, other):
    record = make()
    address, mine = opened(desk, record, **{name: "My long work\r\nof a day."})
    theirs = {name: "Their long work", other: "Theirs"}
    type(record).objects.filter(pk=record.pk).update(**theirs)
    page = desk.post(address, mine)
    shown = page.content.decode()
    assert "Somebody changed this since you opened the form" in shown
    assert "“Their long work”" in html.unescape(shown)
    assert "My long work" in shown
    record.refresh_from_db()
    assert getattr(record, name) == "Their long work"
    desk.post(address, sent_back(page, **{name: "Of both."}))
    record.refresh_from_db()
    assert getattr(record, name) == "Of both."


def test_what_only_somebody_else_changed_is_kept_and_said(desk):
    person = make_person(biography="")
    portrait = make_photo()
    address, mine = opened(desk, person, sort_name="Zed")
    theirs = {"biography": "Long work of the reporter", "portrait": portrait}
    Person.objects.update(is_public=not person.is_public, **theirs)
    said = " ".join(messages(desk.post(address, mine, follow=True)))
    assert "Somebody else had changed meanwhile, and it is kept: " in said
    kept = Person.objects.get()
    assert kept.sort_name == "Zed"
    assert (kept.biography, kept.portrait) == ("Long work of the reporter", portrait)
    assert kept.is_public != person.is_public
    history = desk.get(f"/admin/articles/person/{person.pk}/history/").content.decode()
    assert "iography" not in history


def test_a_save_of_which_nobody_else_knows_says_nothing(desk):
    address, mine = opened(desk, make_person(), biography="Mine")
    said = messages(desk.post(address, mine, follow=True))
    assert len(said) == 1
    assert "changed successfully" in said[0]


@pytest.mark.parametrize("shown", ["", "{", "[]", "5", '{"name": 5, "x": []}'])
def test_nonsense_in_what_a_form_carries_is_no_error(desk, shown):
    address, mine = opened(desk, make_person(), biography="Mine")
    answer = desk.post(address, mine | {"_shown": shown})
    assert answer.status_code in (200, 302)


# Rows of the form


def with_rows(page, **changes):
    carried = re.findall(r'name="(_shown-\w+)" value="(.*?)"', page.content.decode())
    assert carried
    rows = {name: html.unescape(shown) for name, shown in carried}
    return sent_back(page, **{**rows, **changes})


def open_rows(client, record, **changes):
    address, _data = opened(client, record)
    return address, with_rows(client.get(address), **changes)


@pytest.fixture
def pia(reporter):
    """A colleague, who may publish too."""
    reporter.first_name, reporter.last_name = "Pia", "Roth"
    reporter.save()
    client = Client()
    client.force_login(reporter)
    return client


def rows_of(record):
    return sorted(record.other_names.values_list("name", "language"))


MAKERS = pytest.mark.parametrize("make", [make_person, make_organisation])


@MAKERS
def test_a_row_that_only_somebody_else_changed_is_kept_and_said(desk, pia, make):
    record = make()
    record.other_names.create(name="NRC", language="en")
    address, mine = open_rows(desk, record, name="Mine")
    theirs = open_rows(pia, record, **{"other_names-0-name": "N.R.C."})
    pia.post(*theirs)
    said = " ".join(messages(desk.post(address, mine, follow=True)))
    kept = "Pia Roth had changed meanwhile, and it is kept: N.R.C. (name)."
    assert kept in said.replace("Name", "name")
    record.refresh_from_db()
    assert (record.name, rows_of(record)) == ("Mine", [("N.R.C.", "en")])


@MAKERS
def test_each_changes_another_field_of_one_row_and_both_stand(desk, pia, make):
    record = make()
    record.other_names.create(name="NRC", language="en")
    address, mine = open_rows(desk, record, **{"other_names-0-language": "fr"})
    pia.post(*open_rows(pia, record, **{"other_names-0-name": "N.R.C."}))
    desk.post(address, mine)
    assert rows_of(record) == [("N.R.C.", "fr")]


@MAKERS
def test_a_row_that_both_changed_comes_back_with_both_texts(desk, pia, make):
    record = make()
    record.other_names.create(name="NRC", language="en")
    address, mine = open_rows(desk, record, **{"other_names-0-name": "My work"})
    pia.post(*open_rows(pia, record, **{"other_names-0-name": "Their work"}))
    page = desk.post(address, mine)
    shown = html.unescape(page.content.decode())
    assert "Pia Roth changed this since you opened the form" in shown
    assert "“Their work”" in shown
    assert "My work" in shown
    assert rows_of(record) == [("Their work", "en")]
    desk.post(address, with_rows(page, **{"other_names-0-name": "Of both"}))
    assert rows_of(record) == [("Of both", "en")]


@MAKERS
def test_a_row_that_somebody_else_added_stays_and_is_said(desk, pia, make):
    record = make()
    address, mine = open_rows(desk, record, **added(name="Mine", language="en"))
    pia.post(*open_rows(pia, record, **added(name="Theirs", language="fr")))
    said = " ".join(messages(desk.post(address, mine, follow=True)))
    assert "it is kept: Theirs, new." in said
    assert rows_of(record) == [("Mine", "en"), ("Theirs", "fr")]


def added(**fields):
    row = {f"other_names-0-{name}": value for name, value in fields.items()}
    return {"other_names-TOTAL_FORMS": "1", **row}


@MAKERS
def test_a_row_that_somebody_else_deleted_stays_deleted_and_is_said(desk, pia, make):
    record = make()
    record.other_names.create(name="First", language="en")
    record.other_names.create(name="Second", language="en")
    address, mine = open_rows(desk, record, **{"other_names-1-name": "Mine"})
    pia.post(*open_rows(pia, record, **{"other_names-0-DELETE": "on"}))
    said = " ".join(messages(desk.post(address, mine, follow=True)))
    assert "it is kept: First, deleted." in said
    assert rows_of(record) == [("Mine", "en")]


@MAKERS
def test_what_was_typed_into_a_row_that_is_gone_is_kept_and_can_be_added(
    desk, pia, make
):
    record = make()
    record.other_names.create(name="First", language="en")
    record.other_names.create(name="Second", language="en")
    address, mine = open_rows(desk, record, **{"other_names-0-name": "My long work"})
    pia.post(*open_rows(pia, record, **{"other_names-0-DELETE": "on"}))
    page = desk.post(address, mine)
    shown = page.content.decode()
    assert "Pia Roth deleted this row since you opened the form" in shown
    assert "My long work" in shown
    assert rows_of(record) == [("Second", "en")]
    desk.post(address, with_rows(page))
    assert rows_of(record) == [("My long work", "en"), ("Second", "en")]


@MAKERS
def test_a_row_that_somebody_else_changed_is_deleted_only_by_who_has_read_it(
    desk, pia, make
):
    record = make()
    record.other_names.create(name="NRC", language="en")
    address, mine = open_rows(desk, record, **{"other_names-0-DELETE": "on"})
    pia.post(*open_rows(pia, record, **{"other_names-0-name": "Their work"}))
    page = desk.post(address, mine)
    shown = html.unescape(page.content.decode())
    assert "Pia Roth changed a row that you delete" in shown
    assert "it is “Their work” now" in shown
    assert rows_of(record) == [("Their work", "en")]
    desk.post(address, with_rows(page, **{"other_names-0-DELETE": "on"}))
    assert rows_of(record) == []


def test_the_post_of_a_person_is_kept_as_its_names_are(desk, pia):
    person, union = make_person(), make_organisation()
    post = person.positions.create(title="Envoy", started_on="2015-02-01")
    address, mine = open_rows(desk, person, **{"positions-0-title": "Envoy to it"})
    pia.post(*open_rows(pia, person, **{"positions-0-organisation": str(union.pk)}))
    desk.post(address, mine)
    post.refresh_from_db()
    assert (post.title, post.organisation) == ("Envoy to it", union)


def test_a_field_that_others_changed_stays_theirs_though_the_form_was_refused(desk):
    """And came back once more for another reason."""
    person = make_person(biography="As it was")
    person.other_names.create(name="NRC", language="en")
    address, mine = open_rows(desk, person, name="")
    Person.objects.update(biography="Their long work")
    person.other_names.update(name="Theirs")
    page = desk.post(address, mine)
    assert page.status_code == 200
    desk.post(address, with_rows(page, name="Mine"))
    kept = Person.objects.get()
    assert (kept.name, kept.biography) == ("Mine", "Their long work")
    assert rows_of(person) == [("Theirs", "en")]


@pytest.mark.parametrize("shown", ["", "{", "[]", '{"x": 5}', '{"x": {"name": []}}'])
def test_nonsense_in_what_the_rows_carry_is_no_error(desk, shown):
    person = make_person()
    row = person.other_names.create(name="NRC", language="en")
    shown = shown.replace("x", str(row.pk))
    address, mine = open_rows(desk, person, **{"other_names-0-name": "Mine"})
    for name, value in [("name", ""), ("0-id", "5"), ("INITIAL_FORMS", "9")]:
        more = {f"other_names-{name}": value}
        mine |= {"_shown-other_names": shown, **more}
        assert desk.post(address, mine).status_code in (200, 302)
