from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.files.storage import storages
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from articles import publishing
from articles.demo import PICTURES
from articles.models import (
    Article,
    Band,
    Draft,
    Organisation,
    OrganisationName,
    Person,
    PersonName,
    Photo,
    Position,
    Quote,
    Section,
    Topic,
)
from articles.quote_checks import retold_otherwise
from articles.revisions.content import snapshot
from tests.factories import make_article, make_organisation, make_quote
from tests.test_fixture import HISTORY, dump

# When the last of its stories is out, whatever the clock of the machine says.
AFTER_ALL = datetime(2026, 11, 26, tzinfo=UTC)


@pytest.fixture(scope="module")
def before(django_db_setup, django_db_blocker, tmp_path_factory):
    """Loads the demo, once for all tests here, which undo what they do to it. The rows
    of a site that holds the first story only."""
    folder = tmp_path_factory.mktemp("pictures")
    with (
        django_db_blocker.unblock(),
        override_settings(MEDIA_ROOT=folder / "media"),
        pytest.MonkeyPatch.context() as patch,
        transaction.atomic(),
    ):
        patch.setattr(storages["originals"], "location", str(folder / "originals"))
        with transaction.atomic():
            call_command("loaddata", "tass", verbosity=0)
            rows = dump(without=HISTORY)
            transaction.set_rollback(True)
        call_command("demo", port=0, stdout=StringIO())
        yield rows
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _demo(before, db):
    """Loaded before the test's own transaction begins."""


def remove():
    said = StringIO()
    call_command("remove_demo", stdout=said)
    return said.getvalue()


def test_every_quote_of_the_demo_holds():
    said = StringIO()
    call_command("check_quotes", stdout=said)
    assert said.getvalue().strip() == f"{Quote.objects.count()} checked"
    spoken = Quote.objects.exclude(kind="indirect").exclude(source_check="no_text")
    assert {quote.source_check for quote in spoken} == {"matches"}


def test_nothing_stands_between_its_stories_and_their_readers():
    stories = Article.objects.published(AFTER_ALL)
    assert stories.count() == Article.objects.count() == 30
    for story in stories:
        assert publishing.problems_before_publishing(story) == []
        assert retold_otherwise(story) == []
        assert len(story.headline) <= 90


def test_it_is_a_newspaper_and_says_that_it_is_invented():
    invented = Article.objects.exclude(slug="nato-dialogue")
    assert {str(story.source) for story in invented} == {
        "The Plain Record (demonstration)"
    }
    assert "invented" in Organisation.objects.get(name__contains="demo").background
    assert Section.objects.published(AFTER_ALL).count() == 9
    kinds = {kind for kind, _label in Article.Kind.choices}
    assert set(invented.values_list("kind", flat=True)) == kinds
    assert {"ar", "fr"} < set(invented.values_list("language", flat=True))


def test_it_shows_each_way_in_which_somebody_is_quoted():
    quotes = Quote.objects.exclude(article__slug="nato-dialogue")
    assert quotes.count() > 50
    for kind, _label in Quote.Kind.choices:
        assert quotes.filter(kind=kind).count() > 10
    assert any(quote.is_split() for quote in quotes)
    assert quotes.exclude(unnamed_source="").exists()
    assert quotes.filter(speaker=None, organisation__isnull=False).exists()
    assert quotes.filter(speaker__is_public=False).exists()
    assert quotes.exclude(repeats=None).count() > 3
    assert quotes.exclude(occasion="").exclude(said_on=None).exists()
    assert quotes.exclude(original_words="").exclude(translator="").exists()
    for quote in quotes.filter(position__isnull=False, said_on__isnull=False):
        assert quote.position.is_held_on(quote.said_on)


def test_every_picture_is_drawn_described_and_credited():
    photos = Photo.objects.filter(slug__startswith="demo-")
    assert {photo.slug for photo in photos} == {
        path.stem for path in PICTURES.iterdir()
    }
    for photo in photos:
        assert photo.image
        assert photo.width >= 1280
        assert photo.alt_text.startswith("Drawing: ")
        assert photo.caption
        assert photo.credit == "Drawing: The Plain Record"
    ferries = Article.objects.get(slug="two-ferries-one-berth")
    chart = photos.get(slug="demo-strait-map")
    assert "to-come" not in ferries.body_html
    assert chart.alt_text in ferries.body_html


def test_run_again_the_demo_keeps_edits():
    story = Article.objects.get(slug="bank-leaves-rate")
    story.headline = "Edited"
    story.save()
    Article.objects.get(slug="quartet-rehearses-by-post").delete()
    Photo.objects.get(slug="demo-wheat").lead_of.update(lead_photo=None)
    edited = dump()
    call_command("demo", port=0, stdout=StringIO())
    assert dump() == edited


def test_loading_its_fixture_again_changes_nothing_and_keeps_the_pictures():
    once = dump()
    call_command("loaddata", "demo", verbosity=0)
    assert dump() == once


def test_removed_it_leaves_the_rows_as_they_were_and_no_file(
    before, django_capture_on_commit_callbacks
):
    files = [f for p in Photo.objects.exclude(image="") for f in (p.image, p.rendition)]
    assert all(file.storage.exists(file.name) for file in files)
    story = Article.objects.get(slug="bank-leaves-rate")
    story.headline, story.slug = "Edited", "edited"
    story.save()
    with django_capture_on_commit_callbacks(execute=True):
        said = remove()
    assert said.startswith("Removed: 29 stories")
    assert "Stays" not in said
    assert dump(without=HISTORY) == before
    assert not any(file.storage.exists(file.name) for file in files)
    assert remove() == "Removed: 0 stories, 0 other records.\n"


def test_removing_the_demo_leaves_what_a_story_of_ones_own_uses(before):
    ours = make_article(
        headline="Ours",
        slug="ours",
        section=Section.objects.get(slug="harbour"),
        lead_photo=Photo.objects.get(slug="demo-ferry"),
        body='<p><a data-person="nadia-ferrow">Nadia Ferrow</a> was there.</p>'
        '<figure data-photo="demo-wheat"></figure>',
    )
    ours.topics.add(Topic.objects.get(slug="the-strait"))
    first = Quote.objects.get(article__slug="kestrel-light-trust-offer", mark="q1")
    make_quote(ours, words=first.words, speaker=first.speaker, repeats=first)
    make_organisation(parent=Organisation.objects.get(slug="country-union"))
    said = remove()
    for record in [
        "article “A trust offers to keep the light on Kestrel Point”",
        "person “Nadia Ferrow”",
        "person “Wren Castellow”",  # whom the story that stays quotes
        "person “Colm Rastrick”",  # who wrote it
        "person “Maud Penner”",  # who drew
        "organisation “Country Union”",
        "section “Harbour”",
        "topic “The strait”",
    ]:
        assert f"Stays, for something else uses it: {record}" in said
    assert "Sport" not in said
    assert "Olander" not in said
    stories = Article.objects.order_by("pk").values_list("slug", flat=True)
    assert [*stories] == ["nato-dialogue", "kestrel-light-trust-offer", "ours"]
    pictures = Photo.objects.exclude(image="").values_list("slug", flat=True)
    assert {*pictures} == {"demo-ferry", "demo-wheat", "demo-oduya-marsh"}
    assert PersonName.objects.get().name == "Nadia Ferrow-Lund"
    assert Position.objects.filter(person__slug="wren-castellow").exists()
    assert not OrganisationName.objects.filter(owner__slug="holm-line").exists()
    publishing.settle(ours)
    assert publishing.problems_before_publishing(ours) == []
    assert [band.section.slug for band in Band.objects.exclude(section=None)] == [
        "harbour"
    ]


def test_removing_the_demo_leaves_whom_a_draft_of_ones_own_names():
    ours = make_article()
    held = ours.revisions.get()
    content = snapshot(ours) | {"mentions": [["person", "joost-hallam"]]}
    drafted = ours.revisions.create(
        number=2,
        kind="draft",
        schema=held.schema,
        content=content,
        saved_at=timezone.now(),
    )
    Draft.objects.create(
        article=ours, revision=drafted, over=held, began_at=timezone.now()
    )
    assert "person “Joost Hallam”" in remove()
    assert Person.objects.filter(slug="joost-hallam").exists()
