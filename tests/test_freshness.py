"""Pages that caches may keep, and that are never stale."""

import re
import shutil
import socket
import subprocess
from datetime import timedelta
from http.client import HTTPConnection
from os import environ
from pathlib import Path
from time import sleep, time
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from django.utils.http import http_date, parse_http_date

from articles import publishing, views
from articles.correcting import correct, correct_quote, withdraw_quote
from articles.freshness import purging
from articles.freshness.state import site_state
from articles.freshness.touching import touch
from articles.models import FrontPage, Masthead, Pin, Position, Touch
from tests.factories import (
    make_article,
    make_organisation,
    make_person,
    make_quote,
    make_section,
)

# On PostgreSQL a transaction that still runs is seen by no other.
pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

DAY = timedelta(days=1)
REDIS = {
    "BACKEND": "django.core.cache.backends.redis.RedisCache",
    "LOCATION": "redis://127.0.0.1:6379/9",
}


@pytest.fixture
def told(settings, monkeypatch):
    """The tags that the cache in front of the site was told to drop, at each time."""
    settings.HTTP_CACHES = ["varnish://127.0.0.1:1"]
    monkeypatch.setattr(purging, "AGAIN", 0)
    times = []
    monkeypatch.setattr(purging, "_tell", lambda cache, tags: times.append(set(tags)))
    monkeypatch.setattr(purging, "Timer", lambda *_: type("", (), {"start": str})())
    return times


@pytest.fixture
def pages_in_redis(settings):
    """Under a name of this test's own; the pages there."""
    prefix = f"newsroom-test-{uuid4().hex}"
    settings.CACHES = {"default": {**REDIS, "KEY_PREFIX": prefix}}
    redis = cache._cache.get_client()
    yield lambda: list(redis.scan_iter(f"{prefix}:*"))
    for key in redis.scan_iter(f"{prefix}:*"):
        redis.delete(key)


def tags(response):
    assert response["Cache-Tag"].split(",") == response["Surrogate-Key"].split()
    return set(response["Surrogate-Key"].split())


def seconds(response):
    return int(re.search(r"s-maxage=(\d+)", response["Cache-Control"])[1])


def quoted(**fields):
    story = make_article(**fields)
    return make_quote(story, speaker=make_person(), words="We will count them all.")


def all_is_seen():
    """On PostgreSQL an edition is in what is read once every transaction that is older
    has ended: those of other tests too."""
    for _time in range(600):
        state = site_state(timezone.now())
        if not Touch.objects.filter(edition__gte=state.edition).exists():
            return
        sleep(0.05)
    raise AssertionError("A transaction does not end.")


def forbidden(*args, **kwargs):
    raise AssertionError("The page is made once more.")


# What a page says to caches


def test_a_browser_keeps_a_page_and_asks_each_time(client):
    response = client.get(make_article().get_absolute_url())
    said = response["Cache-Control"]
    assert "public" in said
    assert "max-age=0" in said
    assert re.fullmatch(r'"[^"]+"', response["ETag"])
    assert "Cookie" not in response["Vary"]
    assert not response.cookies


def test_no_cache_keeps_a_page_unasked_that_is_not_told_what_to_drop(client):
    assert seconds(client.get(make_article().get_absolute_url())) == 0


@pytest.mark.parametrize(
    "address", ["/nothing/", "/2020/05/04/nothing/", "/people/nobody/", "/admin/login/"]
)
def test_what_is_not_there_is_not_kept(client, address):
    assert "no-cache" in client.get(address)["Cache-Control"]


def test_a_page_bears_what_it_shows(client):
    nato = make_organisation()
    quote = quoted(source=nato)
    other = make_article(section=make_section(), source=make_organisation())
    bears = tags(client.get(quote.article.get_absolute_url()))
    assert {
        "site",
        f"story-{quote.article_id}",
        f"person-{quote.speaker_id}",
        f"organisation-{nato.pk}",
    } <= bears
    assert not {f"story-{other.pk}", f"organisation-{other.source_id}"} & bears
    person = tags(client.get(quote.speaker.get_absolute_url()))
    assert {f"list-person-{quote.speaker_id}", f"story-{quote.article_id}"} <= person


def test_a_page_of_very_many_records_is_dropped_with_whatever_changes(client):
    make_article()
    assert "any" in tags(client.get("/sitemap.xml"))


@pytest.mark.parametrize(
    ("fields", "at_most"),
    [
        ({"published_at": 100}, 100),
        ({"published_at": -100, "embargoed_until": 200}, 200),
        ({"expires_at": 50}, 50),
        ({"published_at": 5000}, 600),
    ],
)
def test_the_next_time_that_changes_a_page_ends_it(client, settings, fields, at_most):
    settings.HTTP_CACHES = ["varnish://127.0.0.1:1"]
    now = timezone.now()
    make_article(**{name: now + timedelta(seconds=at) for name, at in fields.items()})
    all_is_seen()
    assert at_most - 20 <= seconds(client.get("/")) <= at_most


def test_a_pin_that_ends_ends_the_front_page(client, settings):
    settings.HTTP_CACHES = ["varnish://127.0.0.1:1"]
    FrontPage.objects.create()
    soon = timezone.now() + timedelta(seconds=40)
    Pin.objects.create(article=make_article(), until=soon)
    all_is_seen()
    assert 20 <= seconds(client.get("/")) <= 40


# Asked again


def test_a_page_that_holds_is_not_made_again(client, monkeypatch):
    story = make_article()
    all_is_seen()
    for address in ("/", story.get_absolute_url(), "/atom.xml"):
        response = client.get(address)
        known = {"If-None-Match": response["ETag"]}
        with monkeypatch.context() as patch:
            patch.setattr(views, "render", forbidden)
            patch.setattr("articles.feeds.answer", forbidden)
            again = client.get(address, headers=known)
        assert (again.status_code, again.content) == (304, b"")
        assert again["ETag"] == response["ETag"]


def test_a_page_that_is_the_same_after_a_change_elsewhere_is_not_sent(client):
    quote = quoted()
    other = make_article(published_at=timezone.now() - DAY)
    address = quote.get_absolute_url()
    first = client.get(address)
    correct(other, by=None, text="The number was wrong.")
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304


def test_a_page_that_changed_is_sent(client):
    quote = quoted()
    for address in (
        quote.article.get_absolute_url(),
        quote.get_absolute_url(),
        quote.speaker.get_absolute_url(),
        reverse("quote_embed", args=[quote.pk]),
    ):
        first = client.get(address)
        known = {"If-None-Match": first["ETag"], "If-Modified-Since": http_date()}
        assert client.get(address, headers=known).status_code == 304
        correct_quote(quote, by=None, text="He said.", role=f"of {address}")
        assert client.get(address, headers=known).status_code == 200
        since = {"If-Modified-Since": http_date(time() - 5)}
        assert client.get(address, headers=since).status_code == 200


def test_a_tag_of_another_page_does_not_hold(client):
    story, other = make_article(), make_article()
    known = {"If-None-Match": client.get(story.get_absolute_url())["ETag"]}
    assert client.get(other.get_absolute_url(), headers=known).status_code == 200
    assert client.get("/nothing/", headers=known).status_code == 404


def test_a_compressed_page_has_a_tag_of_its_own_and_either_is_known(client):
    address = make_article().get_absolute_url()
    all_is_seen()
    plain = client.get(address)
    packed = client.get(address, headers={"Accept-Encoding": "gzip, br"})
    refused = client.get(address, headers={"Accept-Encoding": "gzip;q=0"})
    assert packed["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in refused
    assert plain["ETag"] == refused["ETag"] != packed["ETag"]
    assert not packed["ETag"].startswith("W/")
    for etag in (plain["ETag"], packed["ETag"], f"W/{packed['ETag']}"):
        assert client.get(address, headers={"If-None-Match": etag}).status_code == 304


def test_a_page_says_when_its_story_changed(client):
    story = make_article(published_at=timezone.now() - DAY)
    Touch.objects.update(touched_at=timezone.now() - 2 * DAY)
    response = client.get(story.get_absolute_url())
    assert parse_http_date(response["Last-Modified"]) == int(
        story.published_at.timestamp()
    )
    since = {"If-Modified-Since": http_date()}
    assert client.get(story.get_absolute_url(), headers=since).status_code == 304
    touch("site")
    assert "Last-Modified" not in client.get(story.get_absolute_url())
    a_minute_ago = {"If-Modified-Since": http_date(time() - 60)}
    response = client.get(story.get_absolute_url(), headers=a_minute_ago)
    assert response.status_code == 200


def test_a_post_that_was_left_overnight_is_a_change_of_its_pages(client):
    quote = quoted(published_at=timezone.now() - 9 * DAY)
    yesterday = timezone.localdate() - DAY
    Position.objects.create(person=quote.speaker, title="Mayor", ended_on=yesterday)
    Touch.objects.update(touched_at=timezone.now() - 8 * DAY)
    response = client.get(quote.speaker.get_absolute_url())
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    assert parse_http_date(response["Last-Modified"]) == int(midnight.timestamp())


def test_another_name_of_the_site_is_on_every_page_at_once(client):
    Masthead.objects.create(name="The Old Name")
    known = {"If-None-Match": client.get("/people/")["ETag"]}
    Masthead.objects.update_or_create(pk=1, defaults={"name": "The New Name"})
    response = client.get("/people/", headers=known)
    assert "The New Name" in response.content.decode()


# What is touched


def test_a_correction_touches_the_pages_of_its_quote_and_no_other(told):
    quote = quoted()
    quoted()
    told.clear()
    correct_quote(quote, by=None, text="One word.", words="We will count some of them.")
    assert set.union(*told) == {f"story-{quote.article_id}", "corrections", "any"}


def test_a_correction_shows_wherever_its_words_stand(told):
    quote = quoted()
    repeat = make_quote(make_article(), speaker=quote.speaker, repeats=quote)
    told.clear()
    correct_quote(quote, by=None, text="The post.", role="of the harbour")
    assert {f"story-{quote.article_id}", f"story-{repeat.article_id}"} <= set.union(
        *told
    )


def test_a_quote_that_leaves_the_lists_touches_them(told):
    quote = quoted()
    told.clear()
    withdraw_quote(quote, by=None, text="Never said.")
    assert {f"list-person-{quote.speaker_id}", "quotes"} <= set.union(*told)
    assert "stories" not in set.union(*told)


def test_publishing_touches_the_lists_that_the_story_comes_into(told):
    section, source = make_section(), make_organisation()
    make_article(section=section, source=source)
    elsewhere = make_article(section=make_section(), source=make_organisation())
    draft = make_article(
        status="draft", published_at=None, section=section, source=source
    )
    told.clear()
    publishing.publish(draft, by=None)
    touched = set.union(*told)
    assert {
        "stories",
        f"list-section-{section.pk}",
        f"list-organisation-{source.pk}",
        f"story-{draft.pk}",
    } <= touched
    assert not touched & {
        f"story-{elsewhere.pk}",
        f"list-section-{elsewhere.section_id}",
        "corrections",
        "site",
    }


@pytest.mark.parametrize("verb", ["unpublish", "kill", "retract", "delete"])
def test_a_story_that_goes_touches_the_lists_it_stood_in(told, verb):
    story = make_article(section=make_section())
    lists = {"stories", f"list-section-{story.section_id}", f"story-{story.pk}"}
    told.clear()
    if verb == "unpublish":
        publishing.unpublish(story, by=None)
    elif verb == "kill":
        publishing.kill(story, by=None, reason="Wrong.")
    elif verb == "retract":
        correct(story, by=None, text="All of it was wrong.", kind="retraction")
    else:
        story.delete()
    assert lists <= set.union(*told)


def test_the_first_story_of_a_section_is_in_the_navigation_of_every_page(client, told):
    make_article()
    assert "Harbour news" not in client.get("/people/").content.decode()
    make_article(section=make_section(name="Harbour news"))
    assert "site" in set.union(*told)
    assert "Harbour news" in client.get("/people/").content.decode()


def test_a_draft_touches_nothing(told):
    make_article(status="draft", published_at=None)
    assert not Touch.objects.exclude(tag__in=["site", "any"]).exists()


def test_a_name_or_post_touches_the_pages_of_its_person(told):
    person, story = make_person(), make_article()
    told.clear()
    Position.objects.create(person=person, title="Mayor")
    assert f"person-{person.pk}" in set.union(*told)
    assert f"story-{story.pk}" not in set.union(*told)


def test_a_cache_that_did_not_answer_is_told_later(settings, monkeypatch):
    def fails(cache, tags):
        raise ConnectionRefusedError

    settings.HTTP_CACHES = ["varnish://127.0.0.1:1"]
    monkeypatch.setattr(purging, "_tell", fails)
    story = make_article()
    assert Touch.objects.filter(is_purged=False, tag=f"story-{story.pk}").exists()
    told = []
    monkeypatch.setattr(purging, "_tell", lambda cache, tags: told.extend(tags))
    monkeypatch.setattr(purging, "Timer", lambda *_: type("", (), {"start": str})())
    purging.purge_touched()
    assert f"story-{story.pk}" in told
    assert not Touch.objects.filter(is_purged=False).exists()


def test_every_page_is_made_anew_by_command(client, told):
    known = {"If-None-Match": client.get("/people/")["ETag"]}
    call_command("refresh_pages")
    assert "site" in set.union(*told)
    assert client.get("/people/", headers=known).status_code == 304  # it is the same


def test_a_timer_tells_what_a_cache_was_not_told(settings, monkeypatch):
    make_article()
    asked = []
    settings.HTTP_CACHES = ["varnish://127.0.0.1:1"]
    monkeypatch.setattr(purging, "_tell", lambda cache, tags: asked.extend(tags))
    monkeypatch.setattr(purging, "Timer", lambda *_: type("", (), {"start": str})())
    call_command("publish_due")
    assert "stories" in asked


def test_old_touches_are_forgotten_but_for_the_last(settings):
    make_article()
    Touch.objects.update(touched_at=timezone.now() - 3 * DAY)
    purging.purge_touched()
    assert Touch.objects.values_list("edition").distinct().count() == 1


def test_networks_are_told_as_they_expect(settings, monkeypatch):
    asked = []

    class Answer:
        def __enter__(self):
            return self

        def __exit__(self, *details):
            pass

        def read(self):
            pass

    def opened(request, timeout):
        asked.append((request.method, request.full_url, dict(request.header_items())))
        return Answer()

    monkeypatch.setattr(purging, "urlopen", opened)
    settings.HTTP_CACHE_TOKEN = "secret"
    settings.HTTP_CACHES = ["fastly://abc", "cloudflare://zone"]
    assert purging._told_everywhere(["story-1", "site"])
    (_post, fastly, headers), (_method, cloudflare, bearer) = asked
    assert fastly.endswith("/service/abc/purge")
    assert headers["Surrogate-key"] == "story-1 site"
    assert headers["Fastly-key"] == "secret"
    assert cloudflare.endswith("/zones/zone/purge_cache")
    assert bearer["Authorization"] == "Bearer secret"


# Pages kept in Redis


def test_a_page_is_made_once_and_anew_when_what_it_shows_changes(
    client, pages_in_redis, monkeypatch
):
    quote, other = quoted(), quoted()
    mine = [quote.article.get_absolute_url(), quote.speaker.get_absolute_url()]
    theirs = [other.get_absolute_url(), other.speaker.get_absolute_url()]
    all_is_seen()
    for address in mine + theirs:
        client.get(address)
    with monkeypatch.context() as patch:
        patch.setattr(views, "render", forbidden)
        for address in mine + theirs:
            assert client.get(address).status_code == 200
    correct_quote(quote, by=None, text="A word.", words="We will count some of them.")
    for address in mine:
        assert "count some of them" in client.get(address).content.decode()
    with monkeypatch.context() as patch:
        patch.setattr(views, "render", forbidden)
        for address in theirs:
            assert client.get(address).status_code == 200


def test_a_kept_page_says_what_it_said(client, pages_in_redis):
    Masthead.objects.create(accent="#7a1fa2")
    address = make_article().get_absolute_url()
    for headers in ({}, {"Accept-Encoding": "gzip"}):
        first, again = (client.get(address, headers=headers) for _time in range(2))
        assert first.content == again.content
        assert dict(first.headers) == dict(again.headers)
        assert "sha256-" in again["Content-Security-Policy"]


def test_a_kept_page_ends_with_its_time(client, pages_in_redis):
    soon = timezone.now() + timedelta(seconds=1.5)
    story = make_article(published_at=soon)
    assert story.headline not in client.get("/").content.decode()
    sleep((soon - timezone.now()).total_seconds() + 0.05)
    assert story.headline in client.get("/").content.decode()


def test_a_redis_that_is_gone_takes_no_page_with_it(client, settings):
    settings.CACHES = {"default": {**REDIS, "LOCATION": "redis://127.0.0.1:1/0"}}
    assert client.get(make_article().get_absolute_url()).status_code == 200


def test_made_up_queries_fill_no_memory(client, pages_in_redis):
    make_article()
    client.get("/?a=1")
    assert not pages_in_redis()
    client.get("/")
    assert pages_in_redis()


# Behind a real Varnish


@pytest.fixture
def varnish(live_server, settings, tmp_path):
    """The address of a Varnish in front of the site, as varnish/newsroom.vcl has it."""
    if not shutil.which("varnishd"):
        if environ.get("CI"):
            pytest.fail("There is no varnishd.")
        pytest.skip("There is no varnishd.")
    config = (Path(settings.BASE_DIR) / "varnish" / "newsroom.vcl").read_text()
    port = urlsplit(live_server.url).port
    (tmp_path / "site.vcl").write_text(config.replace('"8000"', f'"{port}"'))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        own = free.getsockname()[1]
    process = subprocess.Popen(
        [
            *("varnishd", "-F", "-j", "none", "-a", f"127.0.0.1:{own}"),
            *("-f", str(tmp_path / "site.vcl"), "-n", str(tmp_path / "varnish")),
            *("-s", "malloc,32m", "-p", "default_keep=0"),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        for _time in range(300):
            with socket.socket() as asked:
                if asked.connect_ex(("127.0.0.1", own)) == 0:
                    break
            assert process.poll() is None, process.stderr.read()
            sleep(0.1)
        settings.HTTP_CACHES = [f"varnish://127.0.0.1:{own}"]
        yield own
    finally:
        settings.HTTP_CACHES = []
        process.terminate()
        process.communicate(timeout=20)


def ask(port, path):
    """The status, the text, and whether Varnish had it."""
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path, headers={"Cookie": "sessionid=whatever"})
    response = connection.getresponse()
    text = response.read().decode()
    was_kept = len(response.getheader("X-Varnish").split()) == 2
    assert not response.getheader("Surrogate-Key")
    assert "s-maxage" not in response.getheader("Cache-Control")
    connection.close()
    return response.status, text, was_kept


def test_varnish_drops_what_a_correction_changes_and_keeps_the_rest(varnish):
    quote, other = quoted(section=make_section()), quoted(section=make_section())
    sleep(2 * purging.AGAIN)
    all_is_seen()
    mine = [
        quote.article.get_absolute_url(),
        quote.get_absolute_url(),
        quote.speaker.get_absolute_url(),
        reverse("quote_embed", args=[quote.pk]),
        "/quotes/",
        "/quotes/atom.xml",
    ]
    theirs = [
        other.article.section.get_absolute_url(),
        other.get_absolute_url(),
        other.speaker.get_absolute_url(),
        f"{other.speaker.get_absolute_url()}rss.xml",
        "/people/",
        "/about/",
    ]
    theirs = [path for path in theirs if ask(varnish, path)[0] == 200]
    assert len(theirs) >= 5
    for path in mine:
        assert ask(varnish, path)[0] == 200
    assert all(ask(varnish, path)[2] for path in mine + theirs)
    correct_quote(quote, by=None, text="A word.", words="We will count some of them.")
    for path in mine:
        assert "count some of them" in ask(varnish, path)[1], path
    assert [path for path in theirs if not ask(varnish, path)[2]] == []


def test_varnish_has_a_story_within_the_second_of_its_time(varnish):
    make_article()
    soon = timezone.now() + timedelta(seconds=6)
    story = make_article(published_at=soon)
    sleep(2 * purging.AGAIN)
    all_is_seen()
    for _time in range(2):
        assert story.headline not in ask(varnish, "/")[1]
        assert ask(varnish, story.get_absolute_url())[0] == 404
    assert ask(varnish, "/")[2]
    sleep(max((soon - timezone.now()).total_seconds(), 0) + 0.5)
    assert story.headline in ask(varnish, "/")[1]
    assert ask(varnish, story.get_absolute_url())[0] == 200


def test_varnish_loses_a_killed_story_at_once(varnish):
    story = make_article()
    sleep(2 * purging.AGAIN)
    for _time in range(2):
        assert ask(varnish, story.get_absolute_url())[0] == 200
    publishing.kill(story, by=None, reason="Wrong.")
    assert ask(varnish, story.get_absolute_url())[0] == 410
    assert story.headline not in ask(varnish, "/")[1]
