from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from articles import publishing
from articles.models import Article, Correction, Mention, Photo, Quote, SourceText
from tests.factories import (
    make_article,
    make_organisation,
    make_person,
    make_photo,
    make_quote,
    make_section,
)

pytestmark = pytest.mark.django_db

DRAFT = {"status": "draft", "published_at": None}


def later(hours=1):
    return timezone.now() + timedelta(hours=hours)


def earlier(hours=1):
    return timezone.now() - timedelta(hours=hours)


def is_public(article):
    return Article.objects.published().filter(pk=article.pk).exists()


def problems(article):
    return [problem.field for problem in publishing.problems_before_publishing(article)]


def test_a_story_without_problems_is_published_and_readers_have_it():
    article = make_article(**DRAFT)
    publishing.publish(article, by=None)
    assert is_public(article)
    assert article.first_published_at == article.published_at <= timezone.now()


def test_publishing_is_recorded_in_the_log_under_the_name_of_whoever_did_it(editor):
    article = make_article(**DRAFT)
    publishing.publish(article, by=editor)
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (editor, str(article.pk))
    assert "Published" in entry.get_change_message()


def test_the_system_is_named_in_the_log_and_cannot_sign_in():
    publishing.publish(make_article(**DRAFT), by=None)
    user = LogEntry.objects.get().user
    assert (user.username, user.is_active) == ("system", False)
    assert not user.has_usable_password()


@pytest.mark.parametrize(
    "act",
    [
        lambda article, by: publishing.publish(article, by=by),
        lambda article, by: publishing.schedule(article, at=later(), by=by),
        lambda article, by: publishing.unpublish(article, by=by),
        lambda article, by: publishing.spike(article, by=by),
        lambda article, by: publishing.kill(article, by=by, reason="Libel"),
    ],
    ids=["publish", "schedule", "unpublish", "spike", "kill"],
)
@pytest.mark.parametrize("status", ["draft", "published", "spiked"])
def test_a_reporter_can_do_none_of_it(reporter, act, status):
    article = make_article(status=status)
    with pytest.raises(PermissionDenied):
        act(article, reporter)
    article.refresh_from_db()
    assert article.status == status
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"section": None}, "section"),
        ({"slug": ""}, "slug"),
        ({"expires_at": earlier(), "published_at": None}, "expires_at"),
        ({"body": '<p>"<q data-quote="qnone">Words</q>"</p>'}, "body"),
        ({"body": '<p><a data-person="nobody">N. Body</a></p>'}, "body"),
        ({"body": '<p><a data-organisation="none">None</a></p>'}, "body"),
        ({"body": '<p>x</p><figure data-photo="none"></figure>'}, "body"),
    ],
)
def test_a_story_is_not_published_with(fields, field):
    article = make_article(**DRAFT | fields)
    with pytest.raises(publishing.Refused) as refused:
        publishing.publish(article, by=None)
    assert [problem.field for problem in refused.value.problems] == [field]
    assert not is_public(article)


@pytest.mark.parametrize(
    ("image", "alt_text", "credit", "count"),
    [
        ("a.jpg", "", "A / B", 1),
        ("a.jpg", "A man", "", 1),
        ("a.jpg", "", "", 2),
        ("", "", "", 1),
        ("", "", "A / B", 0),
        ("a.jpg", "A man", "A / B", 0),
    ],
)
def test_a_picture_goes_out_with_its_credit_and_alt_text(
    image, alt_text, credit, count
):
    photo = make_photo(slug="shown", alt_text=alt_text, credit=credit)
    Photo.objects.update(image=image)
    lead = make_article(**DRAFT, lead_photo=photo)
    inside = make_article(**DRAFT, body='<figure data-photo="shown"></figure>')
    assert problems(lead) == problems(inside) == ["lead_photo"] * count


@pytest.mark.parametrize("kind", ["direct", "partial"])
def test_a_quote_goes_out_with_its_speaker_or_the_description_of_one(kind):
    article = make_article(**DRAFT)
    quote = make_quote(article, kind=kind)
    assert problems(article) == []
    Quote.objects.update(speaker=None)
    assert problems(article) == ["quotes"]
    Quote.objects.update(unnamed_source="a diplomat familiar with the talks")
    assert problems(article) == []
    Quote.objects.update(unnamed_source="", organisation=make_organisation())
    assert problems(article) == []
    assert quote.body_check == "matches"


@pytest.mark.parametrize("kind", ["direct", "partial", "indirect"])
def test_one_letter_changed_inside_a_mark_holds_the_story_back(kind):
    article = make_article(**DRAFT)
    make_quote(article, kind=kind, words="We never denied it")
    article.body = article.body.replace("never denied", "never denies")
    article.save()
    publishing.settle(article)
    assert Quote.objects.get().body_check == "differs"
    assert problems(article) == ["quotes"]


def test_a_quote_whose_mark_is_gone_holds_the_story_back_until_it_is_dropped():
    article = make_article(**DRAFT)
    make_quote(article)
    article.body = "<p>Nothing was said.</p>"
    article.save()
    publishing.settle(article)
    assert Quote.objects.get().body_check == "not_found"
    assert problems(article) == ["quotes"]
    Quote.objects.update(dropped_at=timezone.now())
    assert problems(article) == []


def test_words_marked_as_reported_but_recorded_as_direct_hold_the_story_back():
    article = make_article(**DRAFT)
    make_quote(article, kind="indirect", words="it was so")
    Quote.objects.update(kind="direct")
    assert problems(article) == ["quotes"]


def test_a_withdrawn_quote_is_exempt_from_the_checks():
    article = make_article(**DRAFT)
    make_quote(article)
    Quote.objects.update(words="Other words", withdrawn_at=timezone.now())
    assert problems(article) == []


def test_a_private_person_has_no_byline():
    article = make_article(**DRAFT)
    article.bylines.create(person=make_person(is_public=False))
    assert problems(article) == ["bylines"]


def test_publish_refuses_while_an_embargo_holds():
    article = make_article(**DRAFT, embargoed_until=later())
    with pytest.raises(publishing.Refused, match="under embargo until"):
        publishing.publish(article, by=None)
    assert not is_public(article)


def test_schedule_refuses_a_time_before_the_embargo_lifts():
    article = make_article(**DRAFT, embargoed_until=later(5))
    with pytest.raises(publishing.Refused, match="embargo lifts"):
        publishing.schedule(article, at=later(4), by=None)
    publishing.schedule(article, at=article.embargoed_until, by=None)
    assert article.status == "published"
    assert not is_public(article)


def test_a_scheduled_story_is_there_from_its_time_on_with_no_job_run():
    article = make_article(**DRAFT)
    at = later()
    publishing.schedule(article, at=at, by=None)
    before, after = at - timedelta(seconds=1), at
    assert not Article.objects.published(before).exists()
    assert Article.objects.published(after).exists()


def test_an_expired_story_is_gone_from_its_time_on():
    article = make_article(expires_at=later())
    before, after = article.expires_at - timedelta(seconds=1), article.expires_at
    assert Article.objects.published(before).exists()
    assert not Article.objects.published(after).exists()
    assert Article.objects.gone(after).exists()


@pytest.mark.parametrize("at", [earlier(), earlier(48)])
def test_schedule_refuses_a_time_that_has_passed(at):
    with pytest.raises(publishing.Refused, match="still to come"):
        publishing.schedule(make_article(**DRAFT), at=at, by=None)


def test_schedule_refuses_a_time_after_which_the_story_has_expired():
    article = make_article(**DRAFT, expires_at=later(1))
    with pytest.raises(publishing.Refused, match="expires"):
        publishing.schedule(article, at=later(2), by=None)


def test_a_story_that_readers_have_is_neither_published_nor_scheduled_nor_spiked():
    article = make_article()
    with pytest.raises(publishing.Refused):
        publishing.publish(article, by=None)
    with pytest.raises(publishing.Refused):
        publishing.schedule(article, at=later(), by=None)
    with pytest.raises(publishing.Refused):
        publishing.spike(article, by=None)
    assert is_public(article)


def test_unpublish_takes_the_story_back_to_draft_and_keeps_its_address():
    article = make_article()
    address = article.get_absolute_url()
    publishing.unpublish(article, by=None)
    assert article.status == "draft"
    assert article.get_absolute_url() == address
    assert Article.objects.gone().filter(pk=article.pk).exists()
    publishing.publish(article, by=None)
    assert article.get_absolute_url() == address


def test_a_story_unscheduled_before_its_time_was_never_public():
    article = make_article(**DRAFT)
    publishing.schedule(article, at=later(), by=None)
    publishing.unpublish(article, by=None)
    assert article.published_at is None
    assert not Article.objects.ever_public(later(9)).exists()


def test_a_spiked_story_comes_back_by_way_of_draft():
    article = make_article(**DRAFT)
    publishing.spike(article, by=None)
    with pytest.raises(publishing.Refused, match="back to draft first"):
        publishing.publish(article, by=None)
    publishing.unpublish(article, by=None)
    publishing.publish(article, by=None)
    assert is_public(article)


def test_kill_asks_for_a_reason_and_keeps_it_in_the_log(editor):
    article = make_article()
    for reason in ("", "  "):
        with pytest.raises(publishing.Refused, match="reason"):
            publishing.kill(article, by=editor, reason=reason)
    publishing.kill(article, by=editor, reason="Names a minor")
    assert article.status == "killed"
    assert "Names a minor" in LogEntry.objects.get().get_change_message()
    assert Article.objects.gone().filter(pk=article.pk).exists()
    for act in (publishing.publish, publishing.unpublish, publishing.spike):
        with pytest.raises(publishing.Refused):
            act(article, by=None)


def test_kill_is_for_stories_that_readers_have_had():
    with pytest.raises(publishing.Refused, match="spike"):
        publishing.kill(make_article(**DRAFT), by=None, reason="Libel")


def test_a_verb_that_is_refused_changes_nothing():
    article = make_article(**DRAFT, section=None)
    before = Article.objects.values().get()
    with pytest.raises(publishing.Refused):
        publishing.publish(article, by=None)
    assert Article.objects.values().get() == before


def test_a_verb_settles_a_body_that_came_past_the_form():
    article = make_article(**DRAFT)
    Article.objects.update(body='<p onclick="x">Hi<script>alert(1)</script></p>')
    publishing.publish(article, by=None)
    assert article.body == article.body_html == "<p>Hi</p>"


def test_mentions_and_quotes_carry_the_time_of_a_published_story_only():
    organisation = make_organisation(slug="union", name="The Union")
    article = make_article(
        **DRAFT, body='<p><a data-organisation="union">The Union</a></p>'
    )
    make_quote(article)
    assert {m.listed_at for m in Mention.objects.all()} == {None}
    publishing.publish(article, by=None)
    assert {m.listed_at for m in Mention.objects.all()} == {article.published_at}
    assert Quote.objects.get().listed_at == article.published_at
    publishing.unpublish(article, by=None)
    assert {m.listed_at for m in Mention.objects.all()} == {None}
    assert Quote.objects.get().listed_at is None
    assert organisation.mentions.count() == 1


def test_a_quote_names_those_in_its_words_and_sentence_but_not_its_speaker():
    council = make_organisation(name="Russia-NATO Council", slug="council")
    nato = make_organisation(name="NATO", slug="nato")
    speaker = make_person(name="A. Envoy", slug="envoy")
    article = make_article(
        body='<p><a data-person="envoy">A. Envoy</a> of '
        '<a data-organisation="nato">NATO</a> left. '
        '<a data-organisation="council">The Council</a> met.</p>'
    )
    first = make_quote(article, words="The Russia-NATO Council ends", speaker=speaker)
    second = make_quote(article, words="A. Envoy leaves NATO", speaker=speaker)
    third = make_quote(article, words="NATOs and other acronyms", speaker=speaker)
    assert list(first.organisations.all()) == [council]
    assert list(second.organisations.all()) == [nato]
    assert list(second.people.all()) == []
    assert list(third.organisations.all()) == []


def test_a_quote_is_held_against_every_source_text_of_its_story():
    article = make_article()
    make_quote(article, words="We have counted the drivers twice")
    assert Quote.objects.get().source_check == "no_text"
    SourceText.objects.create(article=article, text="Nothing to do with it")
    publishing.settle(article)
    assert Quote.objects.get().source_check == "not_found"
    SourceText.objects.create(
        article=article, text="He said: We have counted the drivers once, and left."
    )
    publishing.settle(article)
    assert Quote.objects.get().source_check == "differs"
    exact = SourceText.objects.create(
        article=article, text="“We have counted the drivers twice,” he said."
    )
    publishing.settle(article)
    assert Quote.objects.get().source_check == "matches"
    assert Quote.objects.get().matched_source == exact


def test_settling_twice_changes_nothing_and_costs_the_same_queries(
    django_assert_max_num_queries,
):
    article = make_article()
    for _ in range(5):
        make_quote(article)
    before = [list(m.objects.values()) for m in (Article, Quote, Mention)]
    with django_assert_max_num_queries(48):
        publishing.settle(article)
    assert [list(m.objects.values()) for m in (Article, Quote, Mention)] == before


def test_what_repeats_a_repeat_repeats_the_first():
    first, second, third = (make_quote(make_article(), words="So") for _ in range(3))
    third.repeats = second
    third.save()
    second.repeats = first
    second.save()
    third.refresh_from_db()
    assert third.repeats == first


def test_a_retracted_story_keeps_its_address_and_leaves_the_lists():
    article = make_article()
    Correction.objects.create(article=article, kind="retraction", text="It was wrong.")
    assert is_public(article)
    assert not Article.objects.listed().exists()


def test_sections_are_published_by_their_stories():
    section = make_section()
    make_article(section=section, **DRAFT)
    assert not type(section).objects.published().exists()
    make_article(section=section)
    assert type(section).objects.published().get() == section
