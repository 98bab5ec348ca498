"""Two at the form of one record."""

import html
import re

import pytest

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
