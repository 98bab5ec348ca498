"""Going back to what a story was, and leaving out what nobody goes back to."""

import json
from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import CommandError, call_command
from django.utils import timezone

from articles import body, drafts, live_changes, publishing, restoring
from articles.models import Draft, Quote, Revision
from articles.publishing import Refused, settle
from articles.revisions import apply, keep, says_the_same, snapshot
from articles.revisions.comparing import compare
from tests.factories import (
    make_article,
    make_organisation,
    make_person,
    make_photo,
    make_quote,
    make_section,
)
from tests.test_admin import change_page, form_data, messages
from tests.test_drafts import save

pytestmark = pytest.mark.django_db

KEPT = Path(__file__).parent / "revision-1.json"


def restore_page(article, number):
    return f"/admin/articles/article/{article.pk}/restore/{number}/"


def newest(article):
    number = Revision.objects.newest_number(article)
    return article.revisions.get(number=number)


# Two hundred revisions


class Hand:
    """Somebody who edits a story at random, and the same way each time."""

    def __init__(self, article, seed):
        self.article, self.random = article, Random(seed)
        self.sections = [make_section() for _ in range(3)]
        self.people = [make_person() for _ in range(5)]
        self.unions = [make_organisation() for _ in range(3)]
        self.photos = [make_photo() for _ in range(3)]
        self.topics = [
            article.topics.model.objects.create(name=f"Topic {n}", slug=f"topic-{n}")
            for n in range(4)
        ]
        self.other = make_quote(make_article())
        self.count = 0

    def words(self, most=8):
        stock = "peace talks “now” & <never> again, she said — об этом".split()
        return " ".join(self.random.choices(stock, k=self.random.randint(1, most)))

    def fields(self, content):
        choose = self.random.choice
        fields = content["fields"]
        name = choose([n for n in fields if n != "body"])
        fields[name] = {
            "slug": lambda: f"slug-{self.random.randint(1, 9)}",
            "language": lambda: choose(["en", "ru", "ar"]),
            "kind": lambda: choose(["news", "analysis", "opinion"]),
            "section": lambda: choose([None, [choose(self.sections).slug]]),
            "topics": lambda: sorted(
                [t.slug] for t in self.random.sample(self.topics, choose([0, 1, 3]))
            ),
            "dateline_date": lambda: choose([None, "2020-05-04", "2019-01-01"]),
            "source": lambda: choose([None, [choose(self.unions).slug]]),
            "lead_photo": lambda: choose([None, [choose(self.photos).slug]]),
        }.get(name, self.words)()

    def paragraph(self, content):
        lines = content["fields"]["body"].split("\n")
        person, union = self.random.choice(self.people), self.random.choice(self.unions)
        made = [
            f"<p>{self.random.randint(1, 999)} <strong>days</strong> of talks.</p>",
            f'<p>So <a data-person="{person.slug}">she</a> said.</p>',
            f'<h2>At <a data-organisation="{union.slug}">it</a></h2>',
            f'<figure data-photo="{self.random.choice(self.photos).slug}"></figure>',
        ]
        lines.insert(self.random.randint(0, len(lines)), self.random.choice(made))
        plain = [n for n, line in enumerate(lines) if "data-quote" not in line]
        if len(plain) > 6:
            del lines[self.random.choice(plain)]
        content["fields"]["body"] = "\n".join(lines)

    def add_quote(self, content):
        while len(content["quotes"]) > 3:
            self.remove_quote(content)
        self.count += 1
        mark, count = f"q{self.count}new", self.random.choice([1, 1, 2])
        words = [f"We count {self.random.randint(1, 999)} days" for _ in range(count)]
        kind = self.random.choice(["direct", "partial", "indirect"])
        tag = "span" if kind == "indirect" else "q"
        pieces = [f'“<{tag} data-quote="{mark}">{text}</{tag}>”' for text in words]
        content["fields"]["body"] += f"\n<p>{' and '.join(pieces)}, they said.</p>"
        content["quotes"][mark] = {
            **self.speaker(),
            "kind": kind,
            "words": "\n".join(words),
            "position": None,
            "role": self.words(3),
            "said_on": self.random.choice([None, "2020-05-03"]),
            "occasion": self.random.choice(["", "interview"]),
            "original_words": "Слова",
            "original_language": "ru",
            "translator": self.words(2),
            "repeats": self.random.choice([None, list(self.other.natural_key()), None]),
        }

    def speaker(self):
        person, union = self.random.choice(self.people), self.random.choice(self.unions)
        return self.random.choice(
            [
                {"speaker": [person.slug], "organisation": None, "unnamed_source": ""},
                {"speaker": None, "organisation": [union.slug], "unnamed_source": ""},
                {"speaker": None, "organisation": None, "unnamed_source": "a baker"},
            ]
        )

    def remove_quote(self, content):
        if content["quotes"]:
            mark = self.random.choice(sorted(content["quotes"]))
            del content["quotes"][mark]
            text = body.remove_mark(content["fields"]["body"], mark)
            content["fields"]["body"] = text

    def attribute(self, content):
        if content["quotes"]:
            mark = self.random.choice(sorted(content["quotes"]))
            content["quotes"][mark] |= {**self.speaker(), "position": None}

    def reword(self, content):
        """In the record and in the story, or in the record alone."""
        if content["quotes"]:
            mark = self.random.choice(sorted(content["quotes"]))
            row = content["quotes"][mark]
            row["words"] = "\n".join(f"{w} more" for w in row["words"].split("\n"))
            text = content["fields"]["body"]
            changed = body.restore_words(text, mark, row["words"])
            if changed and self.random.random() < 0.7:
                content["fields"]["body"] = changed

    def split(self, content):
        for mark, row in sorted(content["quotes"].items()):
            first, gap, rest = row["words"].partition(" ")
            if gap and "\n" not in row["words"]:
                bare = body.remove_mark(content["fields"]["body"], mark)
                row["words"] = f"{first}\n{rest}"
                reported = row["kind"] == "indirect"
                marked = body.set_mark(bare, row["words"], mark, is_reported=reported)
                content["fields"]["body"] = marked or bare
                return

    def bylines(self, content):
        person, role = (
            self.random.choice(self.people),
            self.random.choice(["by", "photos"]),
        )
        key = f"{role} {person.slug}"
        if content["bylines"].pop(key, None) is None:
            order = self.random.randint(0, 9)
            row = {"person": [person.slug], "role": role, "order": order}
            content["bylines"][key] = row

    def edit(self, content):
        acts = [self.fields, self.paragraph, self.add_quote, self.remove_quote]
        acts += [self.attribute, self.reword, self.split, self.bylines]
        for act in self.random.choices(acts, k=self.random.randint(1, 4)):
            act(content)
        content["fields"]["headline"] = content["fields"]["headline"].strip() or "None"


def outcomes(article):
    return dict(article.quotes.carried().values_list("mark", "body_check"))


def test_any_of_two_hundred_revisions_comes_back_exactly_and_its_checks_hold(editor):
    story = make_article(status="draft", published_at=None)
    hand = Hand(story, seed=20160208)
    kept = {1: (snapshot(story), outcomes(story))}
    while len(kept) < 200:
        number = Revision.objects.newest_number(story)
        content = deepcopy(kept[number][0])
        hand.edit(content)
        saved = drafts.save_content(story, content, by=editor, base=number)
        kept[saved.number] = (saved.content, outcomes(story))
    assert {"matches", "differs"} <= {c for _, o in kept.values() for c in o.values()}
    now = kept[200][0]
    for number in hand.random.sample(sorted(kept), len(kept)):
        content, checks = kept[number]
        if content != now:
            made = restoring.restore(story, number, by=editor)
            assert made.content == content
        now = snapshot(story)
        assert now == content
        assert outcomes(story) == checks


# The verb


def test_restoring_a_live_story_makes_a_draft_and_readers_see_nothing(
    desk, client, tass
):
    before = client.get(tass.get_absolute_url()).content
    save(tass, headline="A draft of it")
    seen = Revision.objects.newest_number(tass)
    page = desk.post(restore_page(tass, 1), {"_revision": seen}, follow=True)
    assert "It is a draft" in messages(page)[0]
    draft = drafts.draft_of(tass)
    assert draft.revision.number == 3
    assert draft.revision.note == "Restored revision 1"
    assert draft.revision.content == tass.revisions.get(number=1).content
    assert client.get(tass.get_absolute_url()).content == before


def test_what_is_restored_of_a_published_story_can_be_published(tass, editor):
    was = tass.revisions.get(number=1).content
    body_then = tass.body.replace("Currently, dialogue", "Now, dialogue")
    save(tass, by=editor, body=body_then, headline="Another")
    live_changes.publish_changes(tass, by=editor)
    restoring.restore(tass, 1, by=editor)
    live_changes.publish_changes(tass, by=editor)
    assert snapshot(tass) == was
    assert publishing.problems_before_publishing(tass) == []


def test_the_address_of_a_story_that_readers_had_stays_when_it_is_restored(editor):
    story = make_article(status="draft", published_at=None, slug="first")
    story.slug = "second"
    story.save()
    publishing.publish(story, by=editor)
    publishing.unpublish(story, by=editor)
    story.refresh_from_db()
    story.headline = "Another"
    story.save()
    settle(story)
    restoring.restore(story, 1, by=editor)
    story.refresh_from_db()
    assert story.slug == "second"


def test_a_slug_that_another_story_took_is_not_restored(editor):
    story = make_article(status="draft", published_at=None, slug="first")
    story.slug = "second"
    story.save()
    settle(story)
    make_article(slug="first")
    with pytest.raises(Refused, match="Another story has the slug “first” now"):
        restoring.restore(story, 1, by=editor)


def test_restoring_is_refused_when_somebody_saved_meanwhile(desk, tass):
    save(tass, headline="One")
    seen = Revision.objects.newest_number(tass)
    save(tass, headline="Two")
    page = desk.post(restore_page(tass, 1), {"_revision": seen}, follow=True)
    assert "the system saved this story" in messages(page)[0]
    page = desk.post(restore_page(tass, 1), follow=True)
    assert "the system saved this story" in messages(page)[0]
    assert newest(tass).content["fields"]["headline"] == "Two"


def test_a_revision_that_names_a_record_that_is_no_more_is_refused(desk):
    story = make_article(status="draft", published_at=None)
    byline = story.bylines.create(person=make_person(name="Ann Doe", slug="ann"))
    settle(story)
    person = byline.person
    byline.delete()
    settle(story)
    person.delete()
    data = {"_revision": 3}
    page = desk.post(restore_page(story, 2), data, follow=True)
    assert "The person “ann”, which this revision names, is no more." in messages(page)
    assert Revision.objects.newest_number(story) == 3


def test_what_the_story_says_already_is_not_restored(tass, editor):
    with pytest.raises(Refused, match="says what revision 1 says already"):
        restoring.restore(tass, 1, by=editor)


def test_restoring_takes_what_saving_the_same_takes(tass, client):
    save(tass, headline="A draft")
    without = User.objects.create_user("nobody", is_staff=True)
    looker = User.objects.create_user("looker", is_staff=True)
    writer = User.objects.create_user("writer", is_staff=True)
    named = {p.codename: p for p in Permission.objects.all()}
    looker.user_permissions.add(named["view_article"])
    writer.user_permissions.add(named["view_article"], named["change_article"])
    for user in (without, looker):
        client.force_login(user)
        response = client.post(restore_page(tass, 1), {"_revision": 2})
        assert response.status_code == 403
    client.force_login(writer)
    tass.quotes.filter(mark="q6").delete()
    settle(tass)
    number = Revision.objects.newest_number(tass)
    content = {**tass.revisions.get(number=1).content, "quotes": {}}
    drafts.save_content(tass, content, by=None, base=number)
    number = Revision.objects.newest_number(tass)
    response = client.post(restore_page(tass, 1), {"_revision": number})
    assert response.status_code == 403
    assert Revision.objects.newest_number(tass) == number


def test_a_reporter_restores_and_a_reader_is_asked_to_sign_in(tass, client, reporter):
    save(tass, headline="A draft")
    response = client.post(restore_page(tass, 1), {"_revision": 2})
    assert response.status_code == 302
    assert "/admin/login/" in response["Location"]
    client.force_login(reporter)
    client.post(restore_page(tass, 1), {"_revision": 2})
    assert newest(tass).note == "Restored revision 1"


def test_a_story_that_was_killed_since_is_not_restored_from_an_old_page(desk, editor):
    story = make_article(headline="One")
    save(story, headline="Two")
    compare = desk.get(f"/admin/articles/article/{story.pk}/compare/?from=1&to=2")
    name, state = compare.context["carried_state"]
    publishing.kill(story, by=editor, reason="Wrong")
    count = story.revisions.count()
    seen = {"_revision": Revision.objects.newest_number(story), name: state}
    page = desk.post(restore_page(story, 1), seen, follow=True)
    assert any("since you opened the page" in said for said in messages(page))
    assert story.revisions.count() == count


def test_opening_the_address_of_restoring_restores_nothing(desk, tass):
    save(tass, headline="A draft")
    response = desk.get(restore_page(tass, 1))
    assert "/compare/?from=1&to=2" in response["Location"]
    assert Revision.objects.newest_number(tass) == 2


# Revisions of an older schema


@pytest.fixture
def old(tass):
    """A revision of schema 1 as it was written, beside what the story says now."""
    row = json.loads(KEPT.read_text())
    tass.headline = "Another headline"
    tass.save()
    settle(tass)
    return row


def test_a_revision_of_schema_1_is_read_compared_and_restored(tass, old, desk, editor):
    made = keep(tass, old["content"], "draft", by=None)
    Revision.objects.filter(pk=made.pk).update(schema=old["schema"])
    compared = compare(newest(tass).content, made.content)
    assert compared.fields == ["headline"]
    page = f"/admin/articles/article/{tass.pk}/compare/?from=2&to={made.number}"
    assert desk.get(page).status_code == 200
    restored = restoring.restore(tass, made.number, by=editor)
    assert says_the_same(restored.content, old["content"])


def test_what_the_schema_does_not_know_is_passed_over_and_what_it_lacks_is_empty(
    tass, old, desk, editor
):
    content = old["content"]
    content["fields"]["mood"] = "<b>grim</b>"
    content["quotes"]["q1"]["loudness"] = 11
    content["pull_quotes"] = ["of a later schema"]
    del content["fields"]["dateline_place"]
    del content["quotes"]["q2"]["occasion"]
    made = keep(tass, content, "draft", by=None)
    page = f"/admin/articles/article/{tass.pk}/compare/?from=2&to={made.number}"
    assert "grim" not in desk.get(page).content.decode()
    restored = restoring.restore(tass, made.number, by=editor)
    assert restored.content["fields"]["dateline_place"] == ""
    assert restored.content["quotes"]["q2"]["occasion"] == ""
    assert "mood" not in restored.content["fields"]
    apply(tass, content)
    settle(tass)
    assert publishing.problems_before_publishing(tass) == []


# Thinning


def grow(article, count):
    for number in range(count):
        save(article, headline=f"Draft {number}")
    long_ago = timezone.now() - timedelta(days=400)
    article.revisions.update(saved_at=long_ago)


def numbers(article):
    return sorted(article.revisions.values_list("number", flat=True))


def test_thinning_leaves_what_was_published_and_what_something_stands_on(tass, editor):
    grow(tass, 5)
    live_changes.publish_changes(tass, by=editor)
    grow(tass, 3)
    later = timezone.now() + timedelta(hours=1)
    live_changes.schedule_changes(tass, at=later, by=editor)
    grow(tass, 3)
    base = 11
    aside = save(tass, base=base, headline="Aside").revision.number
    grow(tass, 1)
    draft = Draft.objects.get()
    call_command("thin_revisions", verbosity=0)
    published = sorted(tass.publications.values_list("revision__number", flat=True))
    needed = {1, *published, draft.revision.number, draft.due_revision.number}
    assert numbers(tass) == sorted({*needed, base, aside, draft.over.number})


def test_thinning_says_what_would_go_and_leaves_it(tass, capsys):
    grow(tass, 5)
    call_command("thin_revisions", dry_run=True)
    assert "4 would go" in capsys.readouterr().out
    assert numbers(tass) == [1, 2, 3, 4, 5, 6]
    call_command("thin_revisions", older_than=500)
    assert numbers(tass) == [1, 2, 3, 4, 5, 6]
    with pytest.raises(CommandError):
        call_command("thin_revisions", older_than=0)


def test_thinning_costs_as_many_queries_for_many_revisions_as_for_few(
    tass, django_assert_max_num_queries
):
    grow(tass, 12)
    with django_assert_max_num_queries(30):
        call_command("thin_revisions", verbosity=0)
    assert numbers(tass) == [1, 13]


def test_what_was_thinned_out_is_missed_with_a_sentence(desk, tass):
    grow(tass, 4)
    log = tass.revisions.count()
    call_command("thin_revisions", verbosity=0)
    address = f"/admin/articles/article/{tass.pk}/compare/?from=3&to=5"
    page = desk.get(address, follow=True)
    assert page.status_code == 200
    assert "There is no revision 3" in messages(page)[0]
    page = desk.post(restore_page(tass, 3), {"_revision": log}, follow=True)
    assert "There is no revision 3" in messages(page)[0]


def test_a_thinned_story_is_edited_and_its_history_opens(desk, tass):
    grow(tass, 4)
    call_command("thin_revisions", verbosity=0)
    data = form_data(desk.get(change_page(tass)), headline="Another")
    desk.post(change_page(tass), data)
    assert newest(tass).content["fields"]["headline"] == "Another"
    page = desk.get(f"/admin/articles/article/{tass.pk}/history/")
    assert "Revision 6" in page.content.decode()


def test_a_quote_that_readers_had_keeps_its_row_when_it_is_restored(tass, editor):
    kept = tass.quotes.get(mark="q6")
    without = deepcopy(tass.revisions.get(number=1).content)
    del without["quotes"]["q6"]
    text = body.remove_mark(without["fields"]["body"], "q6")
    without["fields"]["body"] = text
    drafts.save_content(tass, without, by=editor, base=1)
    live_changes.publish_changes(tass, by=editor)
    assert Quote.objects.get(pk=kept.pk).dropped_at
    restoring.restore(tass, 1, by=editor)
    live_changes.publish_changes(tass, by=editor)
    assert Quote.objects.get(pk=kept.pk).dropped_at is None
