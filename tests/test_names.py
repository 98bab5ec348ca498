"""What the writing surface asks the desk, posted by hand: nothing of it is trusted."""

import json

import pytest
from django.contrib.auth.models import Permission

from articles.merging import merge
from articles.models import Organisation, Person
from tests.conftest import make_user
from tests.factories import make_person

pytestmark = pytest.mark.django_db

FIND = "/admin/articles/article/names/"
ADD = f"{FIND}add/"


def ask(client, address, asked):
    text = asked if isinstance(asked, str) else json.dumps(asked)
    return client.post(address, text, content_type="application/json")


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "null",
        "[" * 90_000,
        '{"query": "\\ud800"}',
        {"kinds": 5},
        {"kinds": None},
        {"kinds": [["person"]]},
        {"query": {"a": 1}, "before": [], "day": {}},
        {"day": "0001-01-01", "passage": "words", "after": " on Sunday"},
        {"day": "0001-01-01", "passage": "words", "after": " yesterday"},
        {"before": "Al " * 30_000},
        {"before": "x" * 200_000},
        {"kind": []},
        {"kind": {"person": 1}, "name": "Ann"},
        {"kind": "person", "name": "x" * 5_000},
        {"kind": "person", "name": "\ud800"},
    ],
    ids=lambda asked: str(asked)[:30],
)
@pytest.mark.parametrize("address", [FIND, ADD])
def test_a_question_of_any_shape_is_answered_or_refused(desk, address, asked):
    assert ask(desk, address, asked).status_code in (200, 400)
    assert not Person.objects.exists()


def test_a_name_whose_address_leads_elsewhere_now_gets_another_one(desk):
    merge([make_person(slug="ann-doe")], into=make_person(slug="anne-doe"), by=None)
    answer = ask(desk, ADD, {"kind": "person", "name": "Ann Doe"})
    assert answer.status_code == 200, answer.content
    assert answer.json()["found"][0]["slug"] == "ann-doe-2"


def test_who_may_not_write_is_told_no_names(client):
    make_person(name="Ann Doe")
    reader = make_user("reader", "Reporter")
    reader.groups.clear()
    reader.user_permissions.add(Permission.objects.get(codename="view_article"))
    client.force_login(reader)
    for address in (FIND, ADD):
        assert ask(client, address, {"query": "Ann"}).status_code == 403
    client.logout()
    assert ask(client, FIND, {"query": "Ann"}).status_code == 302


@pytest.mark.parametrize("kind", ["person", "organisation"])
def test_a_record_is_added_only_by_those_who_may_add_one(client, reporter, kind):
    client.force_login(reporter)
    codename = f"add_{kind}"
    reporter.groups.get().permissions.remove(Permission.objects.get(codename=codename))
    answer = ask(client, ADD, {"kind": kind, "name": "Ann Doe"})
    assert answer.status_code == 403
    assert "may not add" in answer.json()["message"]
    assert not Person.objects.exists()
    assert not Organisation.objects.exists()


@pytest.mark.parametrize(
    ("after", "role"),
    [
        (",” said Ann Doe, the mayor of Oslo.", "the mayor of Oslo"),
        (",” said Ann Doe, mayor of Oslo, on Monday.", "mayor of Oslo"),
        (",” said Ann Doe (the mayor of Oslo).", "the mayor of Oslo"),
        (",” said Ann Doe, a U.S. senator.", "a U.S. senator"),
        (",” said the mayor of Oslo, Ann Doe.", "the mayor of Oslo"),
        (",” Prime Minister Ann Doe told reporters.", "Prime Minister"),
        (",” said Ann Doe, who is the mayor.", ""),
        (",” said Ann Doe, laughing.", ""),
        (",” said Ann Doe.", ""),
    ],
)
def test_the_role_is_proposed_as_the_text_beside_the_words_has_it(desk, after, role):
    make_person(name="Ann Doe")
    asked = {"passage": "We stay", "before": "“", "after": after, "day": "2020-05-04"}
    found = ask(desk, FIND, asked).json()["found"]
    assert [one["role"] for one in found] == [role]


def test_the_post_offered_is_that_of_the_day_which_the_sentence_names(desk):
    person = make_person(name="Ann Doe")
    for title, first, last in [
        ("Mayor", "2014-01-01", "2015-12-31"),
        ("Minister", "2016-01-01", "2019-12-31"),
    ]:
        person.positions.create(title=title, started_on=first, ended_on=last)
    asked = {
        "passage": "the bridge would open",
        "before": "On 2 December 2015 Ann Doe said ",
        "after": ".",
        "day": "2016-02-08",
    }
    answer = ask(desk, FIND, asked).json()
    assert answer["said_on"]
    assert [post["title"] for post in answer["found"][0]["posts"]] == ["Mayor"]
