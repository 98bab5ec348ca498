"""The pictures that other sites show beside a link to a story or a quote."""

import os
from io import BytesIO

import pytest
from PIL import Image, ImageChops

from articles import cards, drawing, typesetting
from articles.correcting import correct, correct_quote, withdraw_quote
from articles.models import Masthead
from articles.publishing import kill
from tests.factories import make_article, make_person, make_photo, make_quote
from tests.pictures import drawn as picture
from tests.pictures import file_of, upload
from tests.test_sweeping import grow_old, swept
from tests.test_visibility import (
    NOW,
    STATES,
    WAS_PUBLIC,
    stories,  # noqa: F401
)

pytestmark = pytest.mark.django_db

SITE = "https://news.example"
VOICE = (0x1F, 0x43, 0xC0)
needs_shaping = pytest.mark.skipif(
    not typesetting.CAN_SHAPE, reason="No libfribidi on this machine."
)


@pytest.fixture(autouse=True)
def _at_home(settings):
    settings.SITE_ADDRESS = SITE


def address_of_card(client, record):
    """As the head of its page has it."""
    html = client.get(record.get_absolute_url()).content.decode()
    address = html.split('<meta property="og:image" content="')[1].split('"')[0]
    assert address.startswith(f"{SITE}{record.get_absolute_url()}card-")
    return address.removeprefix(SITE)


def card_of(client, record):
    response = client.get(address_of_card(client, record))
    assert response.status_code == 200
    return opened(response.content)


def opened(content):
    shown = Image.open(BytesIO(content))
    shown.load()
    return shown


def is_same(one, other):
    return ImageChops.difference(one, other).getbbox() is None


def ink(shown, box):
    """How much of that part is not paper."""
    paper = Image.new("RGB", shown.size, drawing.PAPER)
    differs = ImageChops.difference(shown, paper).convert("L").crop(box)
    return differs.point(lambda value: 255 * (value > 40)).histogram()[255]


def has_voice(shown, box=(0, 0, *drawing.SIZE)):
    colours = shown.crop(box).get_flattened_data()
    near = [max(abs(a - b) for a, b in zip(one, VOICE, strict=True)) for one in colours]
    return min(near) < 24


def left_of(shown):
    """Where what is drawn begins."""
    dark = shown.convert("L").point(lambda value: 255 * (value < 128))
    return dark.getbbox()[0]


WORDS = (0, 0, drawing.WIDTH, drawing.FOOT - 4)


def test_a_story_has_a_card_of_the_size_that_networks_show(client, tass):
    response = client.get(address_of_card(client, tass))
    shown = opened(response.content)
    assert response["Content-Type"] == "image/jpeg"
    assert (shown.format, shown.size) == ("JPEG", (1200, 630))
    assert len(response.content) < 200_000
    assert ink(shown, WORDS) > 10_000
    assert has_voice(shown)  # people speak in it
    assert not has_voice(shown, WORDS)


def test_a_story_in_which_nobody_speaks_has_no_colour(client):
    assert not has_voice(card_of(client, make_article()))


def test_a_card_is_drawn_once_and_asked_for_again_in_vain(client, tass, monkeypatch):
    address = address_of_card(client, tass)
    first = client.get(address)
    monkeypatch.setattr(drawing, "drawn", lambda card: pytest.fail("drawn again"))
    again = client.get(address)
    assert again.content == first.content
    known = {"If-None-Match": first["ETag"]}
    assert client.get(address, headers=known).status_code == 304


def test_what_another_process_has_half_drawn_is_never_sent(client, tass, monkeypatch):
    address = address_of_card(client, tass)
    replace = os.replace

    def asked_meanwhile(part, kept):
        assert not kept.exists()
        replace(part, kept)

    monkeypatch.setattr(cards.os, "replace", asked_meanwhile)
    assert opened(client.get(address).content).size == drawing.SIZE
    assert len(list(cards.folder().iterdir())) == 1


def test_another_headline_is_another_card_and_the_old_address_leads_to_it(client):
    story = make_article(headline="The harbour stays open")
    old, was = address_of_card(client, story), card_of(client, story)
    story.headline = "The harbour closes"
    story.save()
    new = address_of_card(client, story)
    assert new != old
    assert not is_same(card_of(client, story), was)
    response = client.get(old)
    assert (response.status_code, response["Location"]) == (302, new)
    wrong_day = new.replace("/2020/05/04/", "/2021/01/02/")
    assert client.get(wrong_day)["Location"] == new


def test_what_is_not_drawn_does_not_change_the_address(client):
    story = make_article()
    address = address_of_card(client, story)
    story.body += "<p>Another paragraph.</p>"
    story.save()
    assert address_of_card(client, story) == address


def test_name_logo_and_colour_of_the_site_are_on_it(client, media):
    quote = make_quote(make_article())
    cards_of_site = [card_of(client, quote)]
    masthead = Masthead(name="The Plain Record")
    for change in (
        {},
        {"accent": "#7a1f2b"},
        {"logo": upload(file_of(picture(), "PNG"))},
    ):
        for field, value in change.items():
            setattr(masthead, field, value)
        masthead.save()
        cards_of_site.append(card_of(client, quote))
    for one, other in zip(cards_of_site, cards_of_site[1:], strict=False):
        assert not is_same(one, other)
    assert has_voice(cards_of_site[1])
    assert not has_voice(cards_of_site[2])


def test_a_photo_is_on_the_card_with_its_credit(client, media):
    photo = make_photo(image=upload(file_of(picture())), alt_text="A crane")
    story = make_article(lead_photo=photo, headline="Cranes")
    shown, without = card_of(client, story), card_of(client, make_article())
    top = (0, 0, drawing.WIDTH, drawing.LEAST_PHOTO)
    assert ink(shown, top) > ink(without, top) * 3
    alt = f"{story.headline}. A crane"
    assert f'og:image:alt" content="{alt}"' in (
        client.get(story.get_absolute_url()).content.decode()
    )
    for field, value in {"credit": "Somebody else", "focal_x": 90}.items():
        old = address_of_card(client, story)
        setattr(photo, field, value)
        photo.save()
        assert address_of_card(client, story) != old


def test_a_photo_whose_file_is_lost_leaves_a_card_of_words(client, media):
    photo = make_photo(image=upload(file_of(picture())), alt_text="A crane")
    story = make_article(lead_photo=photo)
    photo.rendition.storage.delete(photo.rendition.name)
    assert ink(card_of(client, story), WORDS) > 1000


def test_words_stand_in_coloured_marks_and_reported_words_in_none(client):
    story = make_article()
    quote = make_quote(story, words="We shall not.")
    reported = make_quote(story, words="We shall not.", kind="indirect")
    words = (drawing.MARGIN + 20, 0, *WORDS[2:])  # not the rule beside them
    assert has_voice(card_of(client, quote), words)
    shown = card_of(client, reported)
    assert has_voice(shown)
    assert not has_voice(shown, words)
    card = cards.of_quote(quote, Masthead(), is_retracted=False)
    assert card.alt == f"“We shall not.” {quote.speaker.name}"
    assert "“" not in cards.of_quote(reported, Masthead(), is_retracted=False).alt


def test_words_are_cut_at_a_word_and_their_marks_closed(client):
    quote = make_quote(make_article(), words="Nobody has ever said so. " * 20)
    said = cards.of_quote(quote, Masthead(), is_retracted=False).drawing.words
    assert len(said) <= 200
    assert said.startswith("“Nobody")
    assert said.endswith(" …”")
    assert set(said[1:-2].split()) == {"Nobody", "has", "ever", "said", "so."}


def test_the_words_are_the_current_ones(client, editor):
    quote = make_quote(make_article(), words="We met eight times.")
    old, was = address_of_card(client, quote), card_of(client, quote)
    correct_quote(quote, by=editor, words="We met nine times.", text="Nine.")
    assert client.get(old)["Location"] == address_of_card(client, quote)
    assert not is_same(card_of(client, quote), was)


def test_a_withdrawn_quote_says_so_wherever_it_was_shared(client, editor):
    quote = make_quote(make_article(), words="We met eight times.")
    old, was = address_of_card(client, quote), card_of(client, quote)
    withdraw_quote(quote, by=editor, text="Nobody said so.")
    response = client.get(old)
    assert response.status_code == 302
    shown = opened(client.get(response["Location"]).content)
    assert not is_same(shown, was)
    assert not has_voice(shown)
    quote.refresh_from_db()
    card = cards.of_quote(quote, Masthead(), is_retracted=False)
    assert card.alt == card.drawing.notice == "This quote was withdrawn."
    assert not card.drawing.words + card.drawing.speaker


def test_a_retracted_story_and_its_quotes_say_so(client, editor):
    story = make_article(headline="A story that was wrong")
    quote = make_quote(story)
    old = [address_of_card(client, record) for record in (story, quote)]
    correct(story, by=editor, kind="retraction", text="All of it was wrong.")
    for record, address in zip((story, quote), old, strict=True):
        response = client.get(address)
        assert response["Location"] == address_of_card(client, record)
        assert not has_voice(card_of(client, record))
    html = client.get(story.get_absolute_url()).content.decode()
    assert 'og:image:alt" content="This story is retracted."' in html


@pytest.mark.parametrize("state", STATES)
def test_nobody_gets_a_card_of_a_story_that_is(stories, client, state):  # noqa: F811
    story = stories[state]
    address = story.get_absolute_url()
    if not story.published_at:
        address = f"/{NOW:%Y/%m/%d}/{story.slug}/"
    own = cards.of_story(story, [], Masthead(), is_retracted=False)
    status = 410 if state in WAS_PUBLIC else 404
    for digest in ("0" * 32, own.digest()):
        for page in (address, *(q.get_absolute_url() for q in story.quotes.all())):
            assert client.get(f"{page}card-{digest}.jpg").status_code == status
    assert not cards.folder().exists()


def test_a_card_that_was_drawn_is_gone_with_its_story(client, editor):
    story = make_article()
    quote = make_quote(story)
    drawn = [address_of_card(client, record) for record in (story, quote)]
    assert [client.get(address).status_code for address in drawn] == [200, 200]
    kill(story, by=editor, reason="It names a witness.")
    assert [client.get(address).status_code for address in drawn] == [410, 410]


def test_a_repeated_quote_has_the_card_of_its_first_use(client):
    speaker = make_person()
    first = make_quote(make_article(), words="Never.", speaker=speaker)
    second = make_quote(make_article(), words="Never.", speaker=speaker, repeats=first)
    asked = f"{second.get_absolute_url()}card-{'0' * 32}.jpg"
    assert client.get(asked)["Location"] == address_of_card(client, first)


# What is drawn of a text


def story_card(headline, **fields):
    given = {"site": "The Record", "logo": "", "voice": "#1f43c0", "language": "en"}
    card = drawing.Drawing(**given | {"headline": headline} | fields)
    return opened(drawing.drawn(card))


@pytest.mark.parametrize(
    ("headline", "language"),
    [
        ("Resigned", "en"),
        ("A headline goes on and on. " * 9, "en"),
        ("Donaudampfschifffahrtsgesellschaft" * 7, "de"),
        ("Лавров: Москва никогда не отказывалась от работы в этом формате", "ru"),
        ("Η Αθήνα λέει «όχι» στον Ερντογάν", "el"),
        ("Vučić, Erdoğan i Łukaszenka w Łodzi; Tôn Đức Thắng", "pl"),
        pytest.param("قال الوزير إن NATO لا يريد الحوار", "ar", marks=needs_shaping),
    ],
)
def test_a_headline_stands_within_its_margins(headline, language):
    shown = story_card(headline, language=language)
    assert typesetting.printable(headline)
    assert ink(shown, WORDS) > 3000
    width, height = drawing.SIZE
    for edge in [
        (0, 0, drawing.MARGIN - 8, height),
        (width - drawing.MARGIN + 8, 0, width, height),
        (0, 0, width, 24),
        (0, drawing.FOOT - 12, width, drawing.FOOT - 2),
    ]:
        assert ink(shown, edge) == 0, edge


@needs_shaping
def test_arabic_is_joined_and_begins_at_the_right():
    shown = story_card("لا", language="ar")
    middle = drawing.WIDTH // 2
    assert ink(shown, (middle, 0, *WORDS[2:])) > 0
    assert ink(shown, (0, 0, middle, WORDS[3])) == 0
    joined = story_card("بببب", language="ar").crop(WORDS)
    apart = story_card("\u200c".join("بببب"), language="ar").crop(WORDS)
    assert left_of(joined) > left_of(apart)


@pytest.mark.parametrize("headline", ["東京で会談", "שלום", "नमस्ते", "Nagoya 名古屋"])
def test_a_headline_in_other_letters_leaves_its_place_to_the_sites_name(headline):
    assert is_same(story_card(headline), story_card(""))
    assert ink(story_card(headline), WORDS) > 1000


def test_a_sign_without_a_character_is_left_out():
    assert is_same(story_card("We won 🎉 today 👩‍🚀"), story_card("We won today"))


def test_without_its_library_no_arabic_is_drawn_letter_by_letter(monkeypatch):
    monkeypatch.setattr(typesetting, "CAN_SHAPE", False)
    assert typesetting.printable("قال الوزير") == ""
    assert typesetting.printable("The minister") == "The minister"


def test_words_in_other_letters_leave_their_place_to_who_said_them():
    words = {"words": "「東京」", "marks": ("「", "」"), "speaker": "Oduya Marsh"}
    assert is_same(story_card("", **words), story_card("Oduya Marsh"))


# What is left behind


def test_cards_that_nothing_shows_any_more_are_swept(client, media):
    story = make_article()
    quote = make_quote(story)
    for record in (story, quote):
        card_of(client, record)
    story.headline = "Another headline"
    story.save()
    card_of(client, story)
    part = cards.folder() / ("0" * 32)  # of a process that died
    part.write_bytes(b"half")
    files = set(cards.folder().iterdir())
    assert len(files) == 4
    for path in files:
        grow_old(path)
    (cards.folder() / "README.txt").write_text("Not ours.")
    kept = [address_of_card(client, record) for record in (story, quote)]
    named = {address.rsplit("card-")[1] for address in kept}
    gone = sorted(str(path) for path in files if path.name not in named)
    assert swept() == [*gone, "2 are gone"]
    assert len(list(cards.folder().iterdir())) == 3
    assert [client.get(address).status_code for address in kept] == [200, 200]
