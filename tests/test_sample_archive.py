"""The archive that is made to try the site at size."""

from io import StringIO

import pytest
from django.core.management import call_command

from articles.models import Article, Quote, Revision
from articles.sample_archive import COMMON, RARE
from articles.settling import settle

pytestmark = pytest.mark.django_db


def make(number):
    err = StringIO()
    call_command("make_archive", str(number), stderr=err)
    return err.getvalue()


def test_what_was_made_is_as_settling_would_leave_it(client):
    assert "90 of 90" in make(90)
    story = Article.objects.get(slug="sample-story-77")
    rows = [list(rows.values()) for rows in (story.quotes.all(), story.mentions.all())]
    html = story.body_html
    settle(story)
    story.refresh_from_db()
    assert story.body_html == html
    assert [
        list(rows.values()) for rows in (story.quotes.all(), story.mentions.all())
    ] == rows
    assert client.get(story.get_absolute_url()).status_code == 200
    assert Revision.objects.count() == 1


def test_the_same_is_made_each_time_and_it_goes_on_where_it_ended(client):
    make(30)
    made = list(Article.objects.order_by("pk").values("slug", "body", "published_at"))
    make(30)
    assert Article.objects.count() == 30
    make(600)
    assert Article.objects.count() == 600
    assert Quote.objects.count() == 1800
    Article.objects.all().delete()
    make(30)
    again = list(Article.objects.order_by("pk").values("slug", "body", "published_at"))
    assert again == made


def test_the_words_that_the_measurements_seek_are_found(client):
    make(80)
    for word, count in ((COMMON, 27), (RARE, 1)):
        results = client.get("/search/", {"q": word}).context["results"]
        assert results.parts[0].count == count
