"""Every save is kept, and can be gone back to."""

import pytest

from articles import publishing
from articles.models import Byline, Revision
from articles.publishing import settle
from articles.revisions import apply, snapshot
from tests.factories import make_article, make_person, make_quote

pytestmark = pytest.mark.django_db


def test_every_save_writes_a_numbered_revision(editor):
    story = make_article(headline="One", status="draft", published_at=None)
    story.headline = "Two"
    story.save()
    settle(story, by=editor, note="Shorter")
    kept = story.revisions.order_by("number")
    assert [r.number for r in kept] == [1, 2]
    assert [r.content["fields"]["headline"] for r in kept] == ["One", "Two"]
    assert (kept[1].saved_by, kept[1].note, kept[1].base) == (editor, "Shorter", 1)


def test_a_save_that_changes_nothing_writes_none(tass):
    before = Revision.objects.count()
    tass.save()
    settle(tass)
    assert Revision.objects.count() == before == 1


def test_a_revision_put_back_is_the_story_it_was(tass):
    was = snapshot(tass)
    Byline.objects.create(article=tass, person=make_person())
    make_quote(tass, words="More words.", mark="qmore")
    tass.quotes.filter(mark="q3").update(role="Somebody else", kind="direct")
    tass.headline, tass.section = "Another", None
    tass.save()
    settle(tass)
    assert snapshot(tass) != was
    apply(tass, was)
    settle(tass)
    assert snapshot(tass) == was
    tass.refresh_from_db()
    assert publishing.problems_before_publishing(tass) == []
