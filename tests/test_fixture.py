import json
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from articles import publishing
from articles.merging import merge
from articles.models import (
    Article,
    FrontPage,
    Masthead,
    Mention,
    Organisation,
    Person,
    Quote,
    SourceText,
)
from tests.factories import make_article, make_quote

WIRE = Path(__file__).with_name("tass-nato-dialogue.txt").read_bytes()
LINES = WIRE.decode().split("\n")
HEADLINE = LINES[2]
STANDFIRST = LINES[4]
CAPTION = LINES[6]
CREDIT = LINES[7].removeprefix("© ")
PARAGRAPHS = [line for line in LINES[8:] if line]

pytestmark = pytest.mark.django_db


def dump(without=()):
    """All rows of the app by their natural keys, sorted."""
    out = StringIO()
    call_command(
        "dumpdata",
        "articles",
        natural_primary=True,
        natural_foreign=True,
        exclude=[f"articles.{model}" for model in without],
        stdout=out,
    )
    return sorted(json.dumps(row, sort_keys=True) for row in json.loads(out.getvalue()))


def test_the_wire_copy_is_kept_byte_for_byte(tass):
    assert SourceText.objects.get().text.encode() == WIRE


def test_the_story_says_what_the_wire_copy_says(tass):
    assert tass.headline == HEADLINE
    assert tass.standfirst == STANDFIRST
    assert tass.lead_photo.caption == CAPTION
    assert tass.lead_photo.credit == CREDIT
    assert PARAGRAPHS[0].startswith(tass.dateline)


def test_all_six_quotes_match_the_story_and_the_source_copy(tass):
    checks = {q.mark: (q.body_check, q.source_check) for q in tass.quotes.all()}
    assert checks == {f"q{n}": ("matches", "matches") for n in range(1, 7)}
    assert publishing.problems_before_publishing(tass) == []


def test_the_title_of_the_declaration_is_no_quote(tass):
    paragraph = PARAGRAPHS[4]
    assert '"NATO-Russia Relations: a New Quality"' in paragraph
    assert not tass.quotes.filter(paragraph=5).exists()
    assert not Quote.objects.filter(words__contains="a New Quality").exists()


def test_the_paragraph_on_the_council_is_its_background(tass):
    council = Organisation.objects.get(slug="russia-nato-council")
    assert council.background == PARAGRAPHS[4]


@pytest.mark.parametrize("mark", ["q1", "q2", "q3", "q4", "q5", "q6"])
def test_one_letter_changed_inside_a_mark_is_reported_and_blocks(tass, mark):
    words = tass.quotes.get(mark=mark).segments()[-1]
    last = words.rstrip(".").split()[-1]
    changed = words.replace(last, last[:-1] + ("x" if last[-1] != "x" else "y"))
    assert tass.body.count(words) == 1
    tass.body = tass.body.replace(words, changed)
    tass.save()
    publishing.settle(tass)
    open_quotes = [q.mark for q in Quote.objects.that_do_not_hold()]
    assert open_quotes == [mark]
    problems = publishing.problems_before_publishing(tass)
    assert [problem.field for problem in problems] == ["quotes"]
    assert mark in problems[0].message


def test_loading_twice_changes_nothing_nor_does_settling(tass):
    once = dump()
    keys = set(Quote.objects.values_list("pk", flat=True))
    call_command("loaddata", "tass", verbosity=0)
    assert dump() == once
    assert set(Quote.objects.values_list("pk", flat=True)) == keys
    call_command("settle", "--all", stderr=StringIO())
    assert dump() == once


def test_loading_beside_other_stories_leaves_them_alone(db):
    other = make_article(headline="Beside it", body="<p>Other words.</p>")
    make_quote(other)
    before = dump()
    call_command("loaddata", "tass", verbosity=0)
    assert [row for row in dump() if row in before] == before
    assert len(Article.objects.all()) == 2


# What says when the test ran, not what the story says.
HISTORY = ["revision", "publication"]


def test_loading_restores_the_story_over_edits(tass):
    once = dump(without=HISTORY)
    tass.body, tass.headline = "<p>Edited</p>", "Edited"
    tass.save()
    publishing.settle(tass)
    Quote.objects.filter(mark="q2").update(words="Edited")
    call_command("loaddata", "tass", verbosity=0)
    assert dump(without=HISTORY) == once


def test_a_dump_of_every_kind_of_row_loads_into_an_empty_site(tass, tmp_path, editor):
    unfinished = make_article(slug="", status="draft", published_at=None)
    quote = make_quote(unfinished)
    make_quote(make_article(), words=quote.words, repeats=quote)
    tass.corrections.create(text="The year was wrong.")
    for model, slug in ((Person, "sergei-lavrov"), (Organisation, "tass")):
        kept = model.objects.create(name="Kept", slug="kept")
        merge([model.objects.get(slug=slug)], into=kept, by=editor)
    masthead, page = Masthead.objects.create(name="Ours"), FrontPage.objects.create()
    masthead.links.create(section=tass.section)
    masthead.links.create(address="/about/", label="About")
    page.pins.create(article=tass)
    page.bands.create(kind="section", section=tass.section)
    before = dump()
    path = tmp_path / "all.json"
    with path.open("w") as out:
        call_command(
            "dumpdata",
            "articles",
            natural_primary=True,
            natural_foreign=True,
            stdout=out,
        )
    call_command("loaddata", str(path), verbosity=0)
    assert dump() == before
    models = apps.get_app_config("articles").get_models(include_auto_created=True)
    with connection.constraint_checks_disabled():
        for model in models:
            model._base_manager.all()._raw_delete(connection.alias)
    assert dump() == []
    call_command("loaddata", str(path), verbosity=0)
    assert dump() == before


def test_both_databases_hold_the_same_rows(tass):
    """The dump that this one is held against was written on the other database too."""
    kept = Path(__file__).with_name("tass-dump.json")
    assert dump(without=HISTORY) == json.loads(kept.read_text())


def test_the_fixture_invents_nothing(tass):
    for person in Person.objects.all():
        assert (person.biography, person.wikidata_id) == ("", "")
        for position in person.positions.all():
            assert (position.started_on, position.ended_on) == (None, None)
    names = {*Person.objects.values_list("name", flat=True)}
    names |= {*Organisation.objects.values_list("name", flat=True)}
    for name in names:
        assert name.encode() in WIRE


def test_a_hostile_fixture_is_sanitised_before_its_transaction_commits(db, tmp_path):
    fields = {
        "headline": "<script>alert(1)</script>",
        "slug": "hostile",
        "status": "published",
        "published_at": "2020-01-01T00:00:00Z",
        "body": "<p onclick='x'>Hi<script>alert(1)</script>"
        "<a href='javascript:x'>j</a></p>",
        "body_html": "<script>alert(1)</script>",
        "dateline": "<img src=x onerror=alert(1)>",
    }
    load(tmp_path, [{"model": "articles.article", "fields": fields}])
    article = Article.objects.get()
    assert article.body == "<p>Hij</p>"
    assert "<script" not in article.body_html
    assert "<img" not in article.body_html


def test_a_fixture_with_an_altered_source_text_is_refused_whole(tass, tmp_path):
    source = {
        "model": "articles.sourcetext",
        "fields": {
            "article": ["nato-dialogue"],
            "text": "Not what the wire said",
            "sha256": SourceText.objects.get().sha256,
        },
    }
    with pytest.raises(CommandError, match="sha256"):
        load(tmp_path, [source])
    assert SourceText.objects.get().text.encode() == WIRE


def load(folder, rows):
    path = folder / "rows.json"
    path.write_text(json.dumps(rows))
    call_command("loaddata", str(path), verbosity=0)


def test_the_demo_is_loaded_only_into_a_site_without_stories(db):
    make_article(headline="Ours")
    call_command("demo", port=0, stdout=StringIO())
    assert [article.headline for article in Article.objects.all()] == ["Ours"]


def test_the_demo_editor_exists_only_in_debug_and_is_made_once(
    tass, settings, django_user_model
):
    settings.DEBUG = False
    call_command("demo", port=0, stdout=StringIO())
    assert not django_user_model.objects.filter(username="editor").exists()
    settings.DEBUG = True
    said = StringIO()
    call_command("demo", port=0, stdout=said)
    editor = django_user_model.objects.get(username="editor")
    password = said.getvalue().split("password ")[1].split()[0]
    assert editor.check_password(password)
    assert "/2016/02/08/nato-dialogue/" in said.getvalue()
    call_command("demo", port=0, stdout=StringIO())
    assert django_user_model.objects.get(username="editor").password == editor.password
    assert Article.objects.count() == 1


def test_mentions_are_those_of_the_body(tass):
    assert {str(mention) for mention in Mention.objects.all()} == {
        "Alexander Grushko",
        "Jens Stoltenberg",
        "Sergei Lavrov",
        "NATO",
        "Russia-NATO Council",
    }


def test_the_fixture_is_on_the_path_that_the_readme_names():
    assert (settings.BASE_DIR / "articles" / "fixtures" / "tass.json").is_file()


def test_a_fixture_publishes_no_new_story_with_a_quote_that_does_not_hold(
    tass, tmp_path
):
    rows = json.loads(Path("articles/fixtures/tass.json").read_text())
    for row in rows:
        if row["model"] == "articles.article":
            text = row["fields"]["body"]
            row["fields"]["body"] = text.replace("endangers not only", "is not only")
    path = tmp_path / "changed.json"
    path.write_text(json.dumps(rows))
    call_command("loaddata", str(path), verbosity=0)  # a story that is here already
    assert Quote.objects.that_do_not_hold().get().mark == "q3"
    tass.quotes.all().delete()
    Article.objects.all().delete()
    with pytest.raises(CommandError, match="cannot be published.*q3"):
        call_command("loaddata", str(path), verbosity=0)
    assert not Article.objects.exists()
