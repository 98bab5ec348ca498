from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from articles.models import (
    Article,
    Correction,
    Listing,
    Person,
    Photo,
    Quote,
    SearchEntry,
    SourceText,
    Touch,
)
from articles.publishing import problems_before_publishing, settle
from tests import factories
from tests.factories import make_article, make_person, make_photo, make_quote

pytestmark = pytest.mark.django_db

CHANGE_LIST = "/admin/articles/article/"


def change_page(article):
    return reverse("admin:articles_article_change", args=[article.pk])


def preview_page(article):
    return reverse("admin:articles_article_preview", args=[article.pk])


def form_data(response, **changes):
    """What a browser would send back of the page's forms, with changes."""
    admin_form = response.context["adminform"].form
    formsets = [f.formset for f in response.context["inline_admin_formsets"]]
    data = {}
    forms = [admin_form]
    for formset in formsets:
        forms += [formset.management_form, *formset.forms]
    for form in forms:
        for name, field in form.fields.items():
            bound = form[name]
            widget = getattr(field.widget, "widget", field.widget)
            value = bound.value()
            values = widget.format_value(value) if value is not None else ""
            if hasattr(widget, "widgets"):
                for number, part in enumerate(widget.decompress(value)):
                    data[f"{bound.html_name}_{number}"] = str(part or "")
            elif getattr(widget, "allow_multiple_selected", False):
                data |= {bound.html_name: values} if values else {}
            elif isinstance(values, list):
                data[bound.html_name] = values[0] if values else ""
            elif isinstance(value, bool):
                data |= {bound.html_name: "on"} if value else {}
            elif not isinstance(value, list):
                data[bound.html_name] = "" if values is None else str(values)
    return data | changes


def add_quote(data, **fields):
    number = int(data["quotes-TOTAL_FORMS"])
    row = {"kind": "direct", "mark": "", "words": "", "role": ""} | fields
    data["quotes-TOTAL_FORMS"] = str(number + 1)
    return data | {f"quotes-{number}-{name}": value for name, value in row.items()}


def act(client, action, *articles, **fields):
    data = {"action": action, "_selected_action": [a.pk for a in articles]} | fields
    return client.post(CHANGE_LIST, data, follow=True)


def messages(response):
    return [str(message) for message in response.context["messages"]]


def test_saving_a_story_unchanged_keeps_every_mark_and_every_row(desk, tass):
    before = [list(m.objects.values()) for m in (Article, Quote, SourceText)]
    page = desk.get(change_page(tass))
    response = desk.post(change_page(tass), form_data(page))
    assert response.status_code == 302
    assert [list(m.objects.values()) for m in (Article, Quote, SourceText)] == before


def test_a_new_story_needs_nothing_but_a_headline(desk):
    page = desk.get("/admin/articles/article/add/")
    data = form_data(page, headline="A plan")
    assert desk.post("/admin/articles/article/add/", data).status_code == 302
    assert Article.objects.get().status == "draft"


def test_words_pasted_into_a_new_quote_are_found_in_the_body_and_marked(desk):
    speaker = make_person()
    page = desk.get("/admin/articles/article/add/")
    data = form_data(
        page, headline="A plan", body="<p>“We have a plan,” she said. “Soon.”</p>"
    )
    data = add_quote(data, words="We have a plan\nSoon.", speaker=speaker.pk)
    desk.post("/admin/articles/article/add/", data)
    quote = Quote.objects.get()
    assert quote.body_check == "matches"
    assert Article.objects.get().body == (
        f'<p>“<q data-quote="{quote.mark}">We have a plan</q>,” she said. '
        f'“<q data-quote="{quote.mark}">Soon.</q>”</p>'
    )


def test_the_form_shows_the_state_the_problems_and_both_checks_of_each_quote(
    desk, tass
):
    tass.body = tass.body.replace("endangers not only", "endangers not just")
    Article.objects.update(body=tass.body)
    settle(tass)
    page = desk.get(change_page(tass)).content.decode()
    assert "Live since 09:00 UTC on 8 Feb 2016" in page
    assert "The words of quote q3 differ from those in the body" in page
    assert page.count("matches the story") == 2
    assert page.count("matches the story and the source copy") == 2
    assert page.count("= matches the source copy".replace("= ", "</b> ")) == 1
    assert page.count("reported, passage in place") == 3
    assert "differs from the story" in page
    assert "<del>only</del><ins>just</ins>" in page


def test_changes_with_a_problem_are_not_published_and_kept_as_a_draft(desk, tass):
    before = [list(m.objects.values()) for m in (Article, Quote)]
    page = desk.get(change_page(tass))
    data = form_data(page)
    data["body"] = data["body"].replace("migration waves", "migration tides")
    data["headline"] = "Typed with care"
    data["quotes-0-role"] = "The envoy"
    response = desk.post(change_page(tass), data | {"_publish": "yes"}, follow=True)
    shown = response.content.decode()
    assert "The words of quote q2 differ" in " ".join(messages(response))
    assert "Typed with care" in shown
    assert "migration tides" in shown
    assert 'value="The envoy"' in shown
    assert [list(m.objects.values()) for m in (Article, Quote)] == before


@pytest.mark.parametrize("hours", [-1, 1])
def test_what_a_reporter_makes_of_a_live_story_is_a_draft(client, reporter, hours):
    client.force_login(reporter)
    article = make_article(published_at=timezone.now() + timedelta(hours=hours))
    page = client.get(change_page(article))
    data = form_data(page, headline="Mine now")
    response = client.post(change_page(article), data, follow=True)
    assert messages(response) == [
        "Saved as a draft: readers see it once it is published."
    ]
    assert "Mine now" in response.content.decode()
    assert Article.objects.get().headline == article.headline
    response = client.post(
        change_page(article), data | {"_publish": "yes"}, follow=True
    )
    assert "do not have the permission" in messages(response)[0]
    assert Article.objects.get().headline == article.headline


def test_a_reporter_can_write_and_change_a_draft(client, reporter):
    client.force_login(reporter)
    article = make_article(status="draft", published_at=None)
    page = client.get(change_page(article))
    data = form_data(page, headline="Better")
    assert client.post(change_page(article), data).status_code == 302
    assert Article.objects.get().headline == "Better"


def test_no_form_sets_the_status_or_the_time_of_publication(desk):
    article = make_article(status="draft", published_at=None)
    page = desk.get(change_page(article))
    fields = page.context["adminform"].form.fields.keys()
    derived = {"status", "published_at", "first_published_at", "body_html"}
    assert not fields & derived
    desk.post(change_page(article), form_data(page, status="published"))
    assert Article.objects.get().status == "draft"


def test_publish_works_row_by_row_and_says_what_holds_each_back(desk):
    good = make_article(status="draft", published_at=None)
    bad = make_article(status="draft", published_at=None, section=None)
    held = make_article(
        status="draft",
        published_at=None,
        embargoed_until=timezone.now() + timedelta(days=1),
    )
    said = messages(act(desk, "publish", good, bad, held))
    assert f"Published: {good}" in said
    assert f"{bad}: Choose a section." in said
    assert any("under embargo" in message for message in said)
    assert Article.objects.published().get() == good


def test_unpublish_and_spike_from_the_list(desk):
    live, draft = make_article(), make_article(status="draft", published_at=None)
    act(desk, "unpublish", live)
    act(desk, "spike", draft)
    said = messages(act(desk, "spike", live))
    assert "unpublish or kill" in said[0]
    assert [a.status for a in Article.objects.order_by("pk")] == ["draft", "spiked"]


def test_kill_asks_for_a_reason_first(desk):
    article = make_article()
    page = act(desk, "kill", article)
    assert "Reason" in page.content.decode()
    page = act(desk, "kill", article, confirmed="yes", reason=" ")
    assert "This field is required" in page.content.decode()
    assert Article.objects.get().status == "published"
    said = messages(act(desk, "kill", article, confirmed="yes", reason="Libel"))
    assert said == [f"Killed: {article}"]
    assert Article.objects.get().status == "killed"


def test_schedule_asks_for_a_time_first(desk):
    article = make_article(status="draft", published_at=None)
    assert 'name="at_0"' in act(desk, "schedule", article).content.decode()
    asked = {"confirmed": "yes", "at_0": "2999-01-01", "at_1": "06:00"}
    page = act(desk, "schedule", article, **asked)
    article.refresh_from_db()
    assert article.state() == "Draft"
    assert 'value="Schedule for 06:00 UTC on 1 Jan 2999"' in page.content.decode()
    act(desk, "schedule", article, **asked, said=page.context["form"].key())
    article.refresh_from_db()
    assert article.state() == "Scheduled for 06:00 UTC on 1 Jan 2999"


@pytest.mark.parametrize(
    "action", ["publish", "schedule", "unpublish", "spike", "kill"]
)
def test_a_reporter_is_offered_no_verb(client, reporter, action):
    client.force_login(reporter)
    article = make_article()
    act(client, action, article, confirmed="yes", reason="x")
    assert Article.objects.get().status == "published"


def test_save_and_publish_saves_first_and_publishes_if_nothing_speaks_against_it(desk):
    article = make_article(status="draft", published_at=None)
    data = form_data(desk.get(change_page(article)), headline="Now", _publish="1")
    desk.post(change_page(article), data)
    assert Article.objects.published().get().headline == "Now"


def test_save_and_publish_keeps_the_text_where_it_cannot_publish(desk):
    article = make_article(status="draft", published_at=None, section=None)
    data = form_data(desk.get(change_page(article)), headline="Now", _publish="1")
    response = desk.post(change_page(article), data, follow=True)
    assert messages(response) == ["Now: Choose a section."]
    assert Article.objects.get().headline == "Now"


def test_a_story_that_was_public_has_no_delete(desk):
    article = make_article()
    address = reverse("admin:articles_article_delete", args=[article.pk])
    assert desk.post(address, {"post": "yes"}).status_code == 403
    draft = make_article(status="draft", published_at=None)
    address = reverse("admin:articles_article_delete", args=[draft.pk])
    desk.post(address, {"post": "yes", f"revision-{draft.pk}": "1"})
    assert Article.objects.get() == article


def test_a_quote_that_readers_have_seen_is_dropped_and_not_deleted(desk, tass):
    data = form_data(desk.get(change_page(tass)))
    marks = [data[f"quotes-{n}-mark"] for n in range(6)]
    data |= {f"quotes-{marks.index('q6')}-DELETE": "on", "_publish": "yes"}
    assert desk.post(change_page(tass), data).status_code == 302
    quote = tass.quotes.get(mark="q6")
    assert quote.dropped_at
    tass.refresh_from_db()
    assert 'data-quote="q6"' not in tass.body
    assert "Moscow had never denied work in this format" in tass.body


def test_a_quote_that_becomes_a_reported_one_changes_its_mark_too(desk):
    article = make_article(status="draft", published_at=None)
    quote = make_quote(article)
    for kind, element in (("indirect", "span"), ("partial", "q")):
        data = form_data(desk.get(change_page(article)), **{"quotes-0-kind": kind})
        desk.post(change_page(article), data)
        text = Article.objects.get().body
        assert f'<{element} data-quote="{quote.mark}">{quote.words}</{element}>' in text
        assert problems_before_publishing(Article.objects.get()) == []


def test_a_quote_of_a_draft_is_deleted(desk):
    article = make_article(status="draft", published_at=None)
    make_quote(article)
    data = form_data(desk.get(change_page(article)), **{"quotes-0-DELETE": "on"})
    desk.post(change_page(article), data)
    assert not Quote.objects.exists()
    assert "data-quote" not in Article.objects.get().body


def test_a_source_text_is_read_only_once_saved(desk, tass):
    page = desk.get(change_page(tass))
    data = form_data(page)
    name = next(key for key in data if key.startswith("sources-") and "text" in key)
    kept = SourceText.objects.get().text
    assert desk.post(change_page(tass), data | {name: "Altered"}).status_code == 302
    assert SourceText.objects.get().text == kept


def test_a_pasted_source_text_keeps_its_line_feeds_and_its_space(desk):
    article = make_article(status="draft", published_at=None)
    data = form_data(desk.get(change_page(article)))
    data |= {
        "sources-TOTAL_FORMS": "1",
        "sources-0-kind": "wire_copy",
        "sources-0-text": "\r\n  A line\r\n\r\nAnother \r\n",
    }
    assert desk.post(change_page(article), data).status_code == 302
    assert SourceText.objects.get().text == "\n  A line\n\nAnother \n"


def test_the_same_source_text_twice_is_refused_and_kept_in_the_form(desk):
    article = make_article(status="draft", published_at=None)
    data = form_data(desk.get(change_page(article)), headline="Typed with care")
    data["sources-TOTAL_FORMS"] = "2"
    for number in range(2):
        data |= {
            f"sources-{number}-kind": "wire_copy",
            f"sources-{number}-text": "The same words",
        }
    page = desk.post(change_page(article), data).content.decode()
    assert "Two rows say the same thing" in page
    assert "Typed with care" in page
    assert page.count("The same words") == 2
    assert not SourceText.objects.exists()


def test_the_same_post_twice_is_refused_and_kept_in_the_form(desk):
    person = make_person()
    address = reverse("admin:articles_person_change", args=[person.pk])
    data = form_data(desk.get(address), name="Typed with care")
    data["positions-TOTAL_FORMS"] = "2"
    data |= {"positions-0-title": "Chair", "positions-1-title": "Chair"}
    page = desk.post(address, data).content.decode()
    assert "Two rows say the same thing" in page
    assert "Typed with care" in page
    assert not person.positions.exists()


def test_a_private_person_cannot_keep_a_published_byline(desk):
    person = make_person()
    make_article().bylines.create(person=person)
    address = reverse("admin:articles_person_change", args=[person.pk])
    data = form_data(desk.get(address))
    del data["is_public"]
    assert "take it out first" in desk.post(address, data).content.decode()
    assert Person.objects.get().is_public


def test_a_person_made_private_is_no_longer_linked(desk, tass):
    person = Person.objects.get(slug="alexander-grushko")
    assert person.get_absolute_url() in tass.body_html
    address = reverse("admin:articles_person_change", args=[person.pk])
    data = form_data(desk.get(address))
    del data["is_public"]
    assert desk.post(address, data).status_code == 302
    tass.refresh_from_db()
    assert person.get_absolute_url() not in tass.body_html
    assert 'data-speaker="Alexander Grushko"' not in tass.body_html


def test_a_picture_that_readers_see_keeps_its_credit(desk):
    photo = make_photo()
    make_article(lead_photo=photo)
    address = reverse("admin:articles_photo_change", args=[photo.pk])
    data = form_data(desk.get(address), credit="")
    assert "it needs this" in desk.post(address, data).content.decode()
    assert Photo.objects.get().credit


def test_a_record_in_use_is_not_deleted_and_the_page_says_where_it_is_used(desk, tass):
    person = Person.objects.get(slug="jens-stoltenberg")
    address = reverse("admin:articles_person_delete", args=[person.pk])
    page = desk.post(address, {"post": "yes"}).content.decode()
    assert "the alliance had taken a decision" in page
    assert Person.objects.filter(pk=person.pk).exists()


def test_corrections_are_not_made_in_the_form_of_the_story(desk):
    article = make_article(status="draft", published_at=None)
    data = form_data(desk.get(change_page(article)))
    data |= {
        "corrections-TOTAL_FORMS": "1",
        "corrections-0-kind": "correction",
        "corrections-0-placement": "bottom",
        "corrections-0-text": "The year was wrong.",
        "corrections-0-published_at_0": "2020-01-01",
        "corrections-0-published_at_1": "12:00",
    }
    desk.post(change_page(article), data)
    assert not Correction.objects.exists()


@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite locks the whole database instead"
)
def test_a_save_holds_the_story_so_that_no_verb_gets_in_between(desk):
    article = make_article()
    data = form_data(desk.get(change_page(article)))
    with CaptureQueriesContext(connection) as queries:
        desk.post(change_page(article), data)
    statements = [query["sql"] for query in queries]
    locked = next(n for n, sql in enumerate(statements) if "FOR UPDATE" in sql)
    written = next(n for n, sql in enumerate(statements) if sql.startswith("UPDATE"))
    assert locked < written


def test_a_quote_that_was_corrected_or_repeated_is_dropped_all_the_same(desk):
    article = make_article()
    quote = make_quote(article)
    make_quote(make_article(), words=quote.words, repeats=quote)
    Correction.objects.create(article=article, quote=quote, text="Wrong.")
    data = form_data(desk.get(change_page(article)), **{"quotes-0-DELETE": "on"})
    desk.post(change_page(article), data | {"_publish": "yes"})
    quote.refresh_from_db()
    assert quote.dropped_at


def test_the_mark_of_a_dropped_quote_does_not_carry_other_words(desk):
    article = make_article()
    quote = make_quote(article)
    Quote.objects.update(dropped_at=timezone.now())
    data = form_data(desk.get(change_page(article)))
    data["body"] = f'<p>"<q data-quote="{quote.mark}">Other words.</q>"</p>'
    page = desk.post(change_page(article), data, follow=True).content.decode()
    assert f"The mark {quote.mark} has no quote" in page


def test_a_speaker_cannot_take_the_post_of_another(desk):
    article = make_article(status="draft", published_at=None)
    make_quote(article)
    queen = make_person().positions.create(title="Queen")
    data = form_data(
        desk.get(change_page(article)), **{"quotes-0-position": str(queen.pk)}
    )
    page = desk.post(change_page(article), data).content.decode()
    assert "another person’s post" in page


def test_a_body_that_a_new_mark_makes_too_long_is_refused_and_kept(desk):
    article = make_article(status="draft", published_at=None)
    body = "<p>Said so.</p>\n<p>" + "x" * 999_970 + "</p>"
    data = form_data(desk.get(change_page(article)), body=body)
    data = add_quote(data, words="Said so.", unnamed_source="somebody")
    response = desk.post(change_page(article), data)
    assert response.status_code == 200
    assert "a story may have 1000000" in response.content.decode()
    assert not Quote.objects.exists()


def test_a_story_of_forty_thousand_paragraphs_can_quote_at_its_end(desk):
    article = make_article(status="draft", published_at=None)
    body = "<p>a</p>\n" * 40_000 + '<p>"<q data-quote="q1">At last</q>"</p>'
    data = form_data(desk.get(change_page(article)), body=body)
    data = add_quote(data, mark="q1", words="At last", unnamed_source="somebody")
    assert desk.post(change_page(article), data).status_code == 302
    assert Quote.objects.get().paragraph == 40_001


@pytest.mark.parametrize("name", ["person", "photo", "position", "personname"])
def test_a_reporter_does_not_change_what_a_published_story_shows(
    client, reporter, editor, name
):
    speaker = make_person(name="Before")
    shown = {
        "person": speaker,
        "photo": make_photo(caption="Before"),
        "position": speaker.positions.create(title="Before"),
        "personname": speaker.other_names.create(name="Before"),
    }
    article = make_article(status="draft", lead_photo=shown["photo"])
    make_quote(article, speaker=speaker, position=shown["position"])
    record = shown[name]
    change = reverse(f"admin:articles_{name}_change", args=[record.pk])
    delete = reverse(f"admin:articles_{name}_delete", args=[record.pk])
    for status, user, may in (
        ("published", reporter, False),
        ("published", editor, True),
        ("draft", reporter, True),
    ):
        Article.objects.update(status=status)
        client.force_login(user)
        assert client.get(change).context["has_change_permission"] == may
    Article.objects.update(status="published")
    assert client.post(delete, {"post": "yes"}).status_code == 403


def test_another_name_added_or_deleted_settles_the_stories_it_stands_in(desk):
    person = make_person(name="Sergei Lavrov", slug="lavrov")
    article = make_article(body='<p><a data-person="lavrov">The minister</a> left.</p>')
    quote = make_quote(article, words="Lawrow is late")
    assert not quote.people.exists()
    data = {"owner": person.pk, "name": "Lawrow", "language": "de"}
    desk.post(reverse("admin:articles_personname_add"), data)
    assert quote.people.get() == person
    name = person.other_names.get()
    address = reverse("admin:articles_personname_delete", args=[name.pk])
    desk.post(address, {"post": "yes"})
    assert not quote.people.exists()


def test_a_picture_in_a_body_and_a_topic_in_use_are_not_deleted(desk):
    make_photo(slug="inside")
    article = make_article(body='<figure data-photo="inside"></figure><p>Text</p>')
    topic = article.topics.create(name="Harbours", slug="harbours")
    for record in (article.photos.get(), topic):
        model = record._meta.model_name
        address = reverse(f"admin:articles_{model}_delete", args=[record.pk])
        page = desk.post(address, {"post": "yes"}).content.decode()
        assert article.headline in page
        assert type(record).objects.filter(pk=record.pk).exists()


def test_a_record_is_not_saved_into_a_story_whose_source_was_altered(desk):
    speaker = make_person()
    article = make_article()
    make_quote(article, speaker=speaker)
    SourceText.objects.create(article=article, text="As it came")
    SourceText.objects.update(text="Altered")
    address = reverse("admin:articles_person_change", args=[speaker.pk])
    data = form_data(desk.get(address), name="Typed with care")
    page = desk.post(address, data).content.decode()
    assert "is not the one that its sha256 was taken of" in page
    assert "Typed with care" in page


@pytest.mark.parametrize(
    "model", [m for m in admin.site._registry if m._meta.app_label == "articles"]
)
def test_each_list_costs_as_many_queries_for_one_row_as_for_many(desk, model):
    address = reverse(f"admin:articles_{model._meta.model_name}_changelist")

    def cost():
        desk.get("/admin/")  # what every page prints of the site
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert desk.get(address).status_code == 200
            assert desk.get(address, {"q": "Headline"}).status_code == 200
        return len(queries)

    make_rows(1)
    desk.get(address)
    few = cost()
    make_rows(7)
    assert cost() == few


def make_rows(count):
    for _ in range(count):
        organisation = factories.make_organisation(parent=factories.make_organisation())
        organisation.other_names.create(name="Also")
        person = make_person()
        person.other_names.create(name="Also")
        person.former_addresses.create(slug=f"before-{person.slug}")
        person.positions.create(title="Chair", organisation=organisation)
        article = make_article(section=factories.make_section())
        article.topics.create(name=f"Topic {article.pk}", slug=f"topic-{article.pk}")
        article.bylines.create(person=person)
        make_quote(article, speaker=person)
        SourceText.objects.create(article=article, text="Text")
        Correction.objects.create(article=article, text="Wrong")
        make_photo(photographer=person)


def test_every_model_is_in_the_admin_with_search_and_filters():
    for model in apps.get_app_config("articles").get_models():
        if model._meta.auto_created or model in (SearchEntry, Listing, Touch):
            continue
        options = admin.site.get_model_admin(model)
        assert options.search_fields, model
