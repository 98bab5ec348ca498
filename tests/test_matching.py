import unicodedata
from functools import partial
from random import Random

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from articles import body, matching
from articles.characters import clean_text
from articles.matching import (
    Comparable,
    Outcome,
    Policy,
    check_against_body,
    check_against_sources,
    diff,
    essence,
    find,
    find_all,
    find_words,
    fold,
    nearest,
)

often = settings(derandomize=True, deadline=None, max_examples=200)

OMISSIONS = Policy(may_leave_out=True)
BRACKETS = Policy(may_put_in=True)
BOTH = Policy(may_leave_out=True, may_put_in=True)

TYPOGRAPHY = (
    "\"“”„«»'‘’‚‹›-‑–—−… .,?![]()\t\n\u00a0\u2009\u202f\u3000"
    "\u00ad\u200b\u200d\u2060\ufeff\u0301\u0308"
)
typed = st.text(alphabet=st.sampled_from("abeAé1中ß" + TYPOGRAPHY), max_size=60)
anything = st.one_of(st.text(max_size=60), typed)

letters = st.sampled_from("abcdefghijklmnoprstuvyzABCEINORSéèüçñйÅждЕщ0123456789")
word = st.text(alphabet=letters, min_size=1, max_size=8)
dressed_word = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "", "", '"', "'", "«"]),
    st.one_of(word, st.builds("{}'{}".format, word, word)),
    st.sampled_from(["", "", "", "", ",", "?", ";", '"', "'", "…", " -", "-x"]),
)
sentence = st.lists(dressed_word, min_size=2, max_size=12).map(" ".join)

ALIKE = [
    matching.DOUBLE_MARKS,
    matching.SINGLE_MARKS,
    matching.DASHES,
    [*matching.SPACES, "  ", " \n", "\t", " \u200b ", "\u00a0 "],
    ["…", "...", ". . .", ".\u00a0.\u00a0.", ".\u2060.."],
]


@st.composite
def retyped(draw, text):
    """The text as another keyboard, desk or agency would have typed it."""
    hand = Random(draw(st.integers(0, 1_000_000)))
    typed = []
    for character in text:
        for alike in ALIKE:
            if character in alike:
                character = hand.choice(alike)
                break
        if hand.random() < 0.5:
            character = unicodedata.normalize("NFD", character)
        if hand.random() < 0.2:
            character += hand.choice(matching.UNSEEN)
        typed.append(character)
    return "".join(typed)


def texts_of(changes, *kinds):
    return "".join(change.text for change in changes if change.kind in kinds)


def in_marks(words, before="He said: “", after="” and left."):
    html = f'<p>{before}<q data-quote="q1">{words}</q>{after}</p>'
    return body.read(body.sanitise(html)).passages["q1"].segments


# The fold and the offsets


@often
@given(anything)
def test_the_fold_never_changes_length(text):
    assert len(fold(text)) == len(text)


@often
@given(anything)
def test_the_fold_of_a_fold_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize("mark", matching.DOUBLE_MARKS)
def test_double_marks_are_one(mark):
    assert fold(mark) == '"'


@pytest.mark.parametrize("dash", matching.DASHES)
def test_dashes_are_one(dash):
    assert fold(dash) == "-"


@pytest.mark.parametrize("space", matching.SPACES)
def test_spaces_are_one(space):
    assert fold(space) == " "


@pytest.mark.parametrize("mark", matching.SINGLE_MARKS)
def test_single_marks_are_one_and_never_a_double_mark(mark):
    assert fold(mark) == "'"
    assert find(f"say {mark}yes{mark} now", 'say "yes" now') is None


@often
@given(anything)
@example("a\u00adb\u0958e\u0301. . .  x")
def test_every_compared_character_knows_where_it_was_read(text):
    compared = Comparable(text)
    assert len(compared.starts) == len(compared.ends) == len(compared.text)
    places = list(zip(compared.starts, compared.ends, strict=True))
    assert places == sorted(places)
    assert all(0 <= start < end <= len(text) for start, end in places)


@often
@given(st.data(), sentence, sentence, sentence)
def test_a_span_points_at_the_same_words_in_the_original(data, before, words, after):
    source = data.draw(retyped(f"{before} {words} {after}"))
    span = find(words, source)
    assert span is not None
    assert essence(source[span.start : span.end]) == essence(words)


@often
@given(anything, anything)
def test_whatever_is_found_reads_as_what_was_sought(segment, text):
    for span in [find(segment, text), *find_all(segment, text)]:
        if span is not None:
            found = Comparable(text[span.start : span.end]).text
            assert found == essence(segment)


@often
@given(st.data(), st.lists(sentence, min_size=1, max_size=4), sentence)
def test_every_segment_has_its_own_span(data, lines, between):
    source = data.draw(retyped(f" {between}; ".join(lines)))
    spans = find_words("\n".join(lines), source)
    assert len(spans) == len(lines)
    for span, line in zip(spans, lines, strict=True):
        assert essence(source[span.start : span.end]) == essence(line)


@often
@given(anything, anything)
def test_the_nearest_passage_stands_in_the_text(segment, text):
    span = nearest(segment, text)
    if span is not None:
        assert 0 <= span.start < span.end <= len(text)


@often
@given(sentence, sentence, sentence, st.data())
def test_the_nearest_passage_to_words_that_stand_there_holds_them(
    before, words, after, data
):
    source = data.draw(retyped(f"{before} | {words} | {after}"))
    span = nearest(words, source)
    assert span is not None
    wanted = sorted(matching.text.WORD.findall(essence(words)))
    found = matching.text.WORD.findall(Comparable(source[span.start : span.end]).text)
    assert len(found) >= 0.6 * len(wanted)


def test_an_emoji_before_the_words_shifts_them_by_one_code_point():
    assert find("stay", "😀 We stay") == (5, 9)


# Typography is never a difference


@often
@given(st.data(), sentence)
def test_a_change_of_typography_is_never_a_difference(data, words):
    other = data.draw(retyped(words))
    assert check_against_body(words, [other]).outcome == Outcome.MATCHES
    source = f"He said: {other}; and left."
    assert check_against_sources(words, [source]).outcome == Outcome.MATCHES


@often
@given(st.data(), sentence)
def test_a_change_of_typography_in_the_story_is_never_a_difference(data, words):
    other = data.draw(retyped(words))
    assert check_against_body(words, in_marks(other)).outcome == Outcome.MATCHES


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('the "new" line', "the “new” line"),
        ('the "new" line', "the «new» line"),
        ('the "new" line', "the „new“ line"),
        ("the 'new' line", "the ‘new’ line"),
        ("the 'new' line", "the ‹new› line"),
        ("it's", "it’s"),
        ("Russia-NATO", "Russia–NATO"),
        ("Russia-NATO", "Russia\u2011NATO"),
        ("stay - or go", "stay — or go"),
        ("100 000", "100\u00a0000"),
        ("100 000", "100\u202f000"),
        ("secu\u00adrity", "security"),
        ("se\u200bcurity", "security"),
        ("\ufeffsecurity", "security"),
        ("well…", "well..."),
        ("well…", "well. . ."),
        ("well…", "well.\u00a0.\u00a0."),
        ("well…", "well.\n.  ."),
        ("one  two", "one\n\ttwo"),
        ("cafe\u0301", "café"),
        ("\u1112\u1161\u11ab", "한"),
        ("We stay.", "We stay"),
        ("We stay,", "We stay."),
        (" We stay ", "We stay"),
    ],
)
def test_typography_alone_is_no_difference(one, other):
    assert check_against_body(one, [other]).outcome == Outcome.MATCHES
    if one[-1] not in ".,":
        assert {change.kind for change in diff(one, other)} == {"same"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('the "new" line', "the 'new' line"),
        ("the “new” line", "the ‘new’ line"),
        ("We stay", "we stay"),
        ("We stay?", "We stay."),
        ("We stay!", "We stay"),
        ("We stay…", "We stay."),
        ("1,000 men", "1.000 men"),
        ("5 percent", "6 percent"),
        ("on-line", "online"),
        ("can not", "cannot"),
        ("resume", "résumé"),
        ("naive", "naïve"),
        ("straße", "strasse"),
        ("We, stay", "We stay"),
        ("the the end", "the end"),
        ("men and women", "women and men"),
        ("We stay", "We stay\nWe go"),
    ],
)
def test_anything_but_typography_is_a_difference(one, other):
    assert check_against_body(one, [other]).outcome == Outcome.DIFFERS
    assert check_against_body(other, [one]).outcome == Outcome.DIFFERS


# An edit inside a quote is always seen, an edit outside never


@often
@given(st.data(), sentence)
def test_another_letter_inside_a_quote_is_seen(data, words):
    places = [at for at, character in enumerate(words) if character.isalnum()]
    at = data.draw(st.sampled_from(places))
    letter = data.draw(letters.filter(lambda letter: letter != words[at]))
    edited = words[:at] + letter + words[at + 1 :]
    check = check_against_body(words, in_marks(edited))
    assert check.outcome == Outcome.DIFFERS
    assert {"removed", "added"} <= {change.kind for change in check.changes}
    found = check_against_sources(edited, [f"He said: {words}; and left."])
    assert found.outcome != Outcome.MATCHES


@often
@given(st.data(), sentence)
def test_a_letter_dropped_or_put_into_a_quote_is_seen(data, words):
    places = [at for at, character in enumerate(words) if character.isalnum()]
    at = data.draw(st.sampled_from(places))
    letter = data.draw(st.sampled_from(["", words[at] * 2]))
    edited = words[:at] + letter + words[at + 1 :]
    assume(edited.strip())
    assert check_against_body(words, in_marks(edited)).outcome == Outcome.DIFFERS
    assert check_against_body(edited, in_marks(words)).outcome == Outcome.DIFFERS


@often
@given(st.data(), sentence, word)
def test_a_word_dropped_or_put_into_a_quote_is_seen(data, words, another):
    parts = words.split(" ")
    at = data.draw(st.integers(0, len(parts)))
    longer = " ".join([*parts[:at], another, *parts[at:]])
    assert check_against_body(words, in_marks(longer)).outcome == Outcome.DIFFERS
    assert check_against_body(longer, in_marks(words)).outcome == Outcome.DIFFERS


@often
@given(st.data(), sentence)
def test_words_in_another_order_are_seen(data, words):
    parts = data.draw(st.permutations(words.split(" ")))
    assume(essence(" ".join(parts)) != essence(words))
    check = check_against_body(words, in_marks(" ".join(parts)))
    assert check.outcome == Outcome.DIFFERS


@often
@given(sentence, anything, anything, st.sampled_from(["<b>{}</b>", "{}<br>", "{}"]))
def test_an_edit_outside_a_quote_is_never_a_difference(words, before, after, markup):
    around = partial(in_marks, before=f"{markup.format('')}x ", after=" x")
    assert check_against_body(words, around(words)).outcome == Outcome.MATCHES
    html = (
        f"<h2>{markup.format('x')}</h2><p>{markup.format('')}"
        f'<q data-quote="q1">{words}</q></p>'
    )
    edited = body.sanitise(html).replace("<q", f"{_escaped(before)}<q", 1)
    edited = edited.replace("</q>", f"</q>{_escaped(after)}", 1)
    marked = body.read(body.sanitise(edited)).passages["q1"].segments
    assert check_against_body(words, marked).outcome == Outcome.MATCHES


def _escaped(text):
    return clean_text(text).replace("&", "&amp;").replace("<", "&lt;")


# Finding words


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("port", "report"),
        ("port", "ports"),
        ("don", "don't"),
        ("don", "don’t"),
        ("t", "don't"),
        ("s policy", "NATO’s policy"),
        ("5 percent", "1.5 percent"),
        ("1", "1.5"),
        ("000 men", "100,000 men"),
        ("20", "2016"),
        ("x", "x\u030c"),
        ("cafe", "cafe\u0301"),
        ("हि", "हिन्दी"),
        ("न", "हिन्दी"),
        ("violent protest", "a non-violent protest"),
        ("violent protest", "a non\u2010violent protest"),
        ("violent protest", "a non\u2011violent protest"),
        ("American", "anti-American"),
        ("he is well", "he is well-known"),
        ("Brien", "O'Brien"),
        ("ll go", "we'll go"),
        ("", "We stay"),
        (".", "We stay."),
        ("stay", ""),
        ("we stay", "We stay"),
        ("We stay", "We do stay"),
    ],
)
def test_part_of_a_word_is_not_found(words, text):
    assert find(words, text) is None
    assert find_words(words, text) is None
    assert find_all(words, text) == []


@pytest.mark.parametrize(
    ("words", "text", "found"),
    [
        ("port", "the report of a port.", "port"),
        ("don", "don't, said the don.", "don"),
        ("which", "security—which", "which"),
        ("security", "security–which", "security"),
        ("which", "security - which", "which"),
        ("non-violent", "a non–violent protest", "non–violent"),
        ("year plan", "a 10-year plan", "year plan"),
        ("il ira à Moscou", "dit qu'il ira à Moscou", "il ira à Moscou"),
        ("art", "l’art", "art"),
        ("arte", "Dell’arte", "arte"),
        ("dogs", "the dogs' home", "dogs"),
        ("yes", "he said 'yes'", "yes"),
        ("Russia", "the Russia-NATO Council", "Russia"),
        ("We stay.", "“We stay,” he said", "We stay"),
        ("We stay?", "“We stay?” he said", "We stay?"),
        ("in 2015", "in 2015, they left", "in 2015"),
        ("U.S.", "in the U.S. today", "U.S"),
        ("stay", "We stay.We go", "stay"),
        ("We go", "We stay.We go", "We go"),
        ("公共安全", "他说公共安全受到威胁", "公共安全"),
        ("カフェ", "あのカフェで", "カフェ"),
        ("one two", "one\n\n two", "one\n\n two"),
        ("security", "se\u00adcur\u200bity", "se\u00adcur\u200bity"),
        ("café", "a cafe\u0301 here", "cafe\u0301"),
        ("well… yes", "well . . . well. . . yes", "well. . . yes"),
        ("'tis so", "it ‘tis so", "‘tis so"),
    ],
)
def test_whole_words_are_found_where_they_stand(words, text, found):
    span = find(words, text)
    assert text[span.start : span.end] == found
    assert find_words(words, text) == [span]
    assert span in find_all(words, text)


@pytest.mark.parametrize("other", ["start ", "arts ", "l'arts "])
def test_a_word_is_found_after_any_number_of_words_that_hold_it(other):
    text = other * 5000 + "art"
    assert find("art", text) == (len(text) - 3, len(text))


def test_a_difference_within_a_hyphened_word_shows_the_whole_word():
    check = check_against_sources("violent protest here", ["non-violent protest here"])
    assert check.outcome == Outcome.DIFFERS
    assert texts_of(check.changes, "removed") == "violent"
    assert texts_of(check.changes, "added") == "non-violent"


@pytest.mark.parametrize("space", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c"])
def test_only_a_line_feed_parts_segments(space):
    words = f"We stay{space}here"
    assert check_against_body(words, ["We stay here"]).outcome == Outcome.MATCHES
    assert find_words(words, "We stay here") == [(0, 12)]


def test_find_all_finds_every_place_once():
    assert find_all("a b", "a b a b, a B, a b") == [(0, 3), (4, 7), (14, 17)]
    assert find_all("好", "好好") == [(0, 1), (1, 2)]


def test_segments_are_looked_for_one_after_the_other():
    text = "We stay. He left. We go. We stay."
    assert find_words("We go\nWe stay", text) == [(18, 23), (25, 32)]


def test_a_segment_that_stands_only_before_the_others_is_found_too():
    assert find_words("We go\nWe stay", "We stay. We go.") == [(9, 14), (0, 7)]


def test_words_of_which_one_segment_is_missing_are_not_found():
    assert find_words("We go\nWe sing", "We stay. We go.") is None


def test_empty_lines_between_segments_count_for_nothing():
    assert find_words("\nWe go\n \nWe stay\n", "We go, we stay. We stay") is not None


# House policy


@pytest.mark.parametrize(
    ("words", "policy"),
    [
        ("It endangers … security", OMISSIONS),
        ("It endangers ... security", OMISSIONS),
        ("It endangers . . . security", OMISSIONS),
        ("It endangers […] security", OMISSIONS),
        ("It endangers [ ... ] security", OMISSIONS),
        ("It endangers (…) security", OMISSIONS),
        ("… endangers not only public security", OMISSIONS),
        ("It endangers not only …", OMISSIONS),
        ("It endangers not only ….", OMISSIONS),
        ("It … not … public … security", OMISSIONS),
        ("It endangers [public] security", BRACKETS),
        ("[This] endangers not only", BRACKETS),
        ("[i]t endangers not only", BRACKETS),
        ("endangers not only public [safety]", BRACKETS),
        ("It endanger[ed] not only", BRACKETS),
        ("[This] endangers … security", BOTH),
        ("endangers not only [the] public", BRACKETS),
    ],
)
def test_what_the_house_allows_is_a_match_and_what_it_does_not_is_none(words, policy):
    source = "He said: It endangers not only public security, and more."
    check = check_against_sources(words, [source], policy)
    assert check.outcome == Outcome.MATCHES
    span = check.spans[0]
    assert source[span.start : span.end] in source
    assert check_against_sources(words, [source]).outcome != Outcome.MATCHES
    if policy != BOTH:
        other = OMISSIONS if policy == BRACKETS else BRACKETS
        assert check_against_sources(words, [source], other).outcome != Outcome.MATCHES


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("security … endangers", "It endangers security"),
        ("It … sings", "It endangers security"),
        ("It … secur", "It endangers security"),
        ("ndangers … security", "It endangers security"),
        ("It [s] secur", "It endangers security"),
        ("[t]he port", "a report"),
        ("…", "It endangers security…"[:-1]),
        ("[It]", "Security"),
        ("[It] … […]", "Security"),
        ("? … !", "It? endangers! security"),
    ],
)
def test_a_gap_does_not_excuse_the_words_around_it(words, text):
    assert find(words, text, BOTH) is None


def test_brackets_and_ellipses_that_the_source_has_need_no_policy():
    text = "He said: it … endangers [public] security"
    assert find("it ... endangers [public] security", text) == (9, len(text))


@pytest.mark.parametrize(
    ("words", "far"),
    [
        ("It … security", matching.finding.LONGEST_OMISSION),
        ("It [x] security", matching.finding.LONGEST_REPLACEMENT),
    ],
)
def test_what_is_left_out_has_a_limit(words, far):
    near = f"It {'x' * (far - 2)} security"
    assert find(words, near, BOTH) == (0, len(near))
    assert find(words, near.replace("x ", "xx "), BOTH) is None


def test_an_omission_is_looked_for_from_each_place_where_the_words_begin():
    text = "We go. " + "x " * 600 + "We said we stay"
    span = find("We … stay", text, OMISSIONS)
    assert text[span.start : span.end] == "We said we stay"


def test_omissions_are_found_in_text_without_spaces():
    assert find("公共…威胁", "他说公共安全受到威胁了", OMISSIONS) == (2, 10)


def test_the_span_of_words_with_an_omission_holds_all_of_them():
    text = "Then: it endangers, he said, not only security."
    span = find("endangers … security", text, OMISSIONS)
    assert text[span.start : span.end] == "endangers, he said, not only security"


# The word diff


@often
@given(anything, anything)
def test_the_diff_joins_back_to_both_texts(was, now):
    assume(unicodedata.is_normalized("NFC", was + " " + now))
    changes = diff(was, now)
    for kind, text in (("removed", was), ("added", now)):
        joined = texts_of(changes, "same", kind)
        assert Comparable(joined).text.strip() == Comparable(text).text.strip()


@often
@given(st.data(), sentence)
def test_the_diff_of_a_retyped_text_shows_nothing_but_the_new_text(data, words):
    other = data.draw(retyped(words))
    changes = diff(words, other)
    assert [change.kind for change in changes] == ["same"]
    assert Comparable(changes[0].text).text == Comparable(other).text.strip()


@often
@given(sentence, sentence)
def test_the_diff_of_different_words_shows_a_change(was, now):
    assume(Comparable(was).text != Comparable(now).text)
    assert {change.kind for change in diff(was, now)} - {"same"}


@pytest.mark.parametrize(
    ("was", "now", "changes"),
    [
        ("", "", []),
        ("We stay", "", [("removed", "We stay")]),
        ("", "We stay", [("added", "We stay")]),
        (
            "We stay here",
            "We go here",
            [("same", "We "), ("removed", "stay"), ("added", "go"), ("same", " here")],
        ),
        ("don't go", "don’t go", [("same", "don’t go")]),
        ("the 'end'", 'the "end"', None),
        ("1,000", "1,001", [("same", "1,"), ("removed", "000"), ("added", "001")]),
    ],
)
def test_the_diff_marks_words_not_letters(was, now, changes):
    if changes is None:
        assert {change.kind for change in diff(was, now)} > {"same"}
    else:
        assert diff(was, now) == changes


# The two checks


def test_words_with_no_passage_in_the_story_are_not_found_there():
    assert check_against_body("We stay", []).outcome == Outcome.NOT_FOUND
    assert check_against_body("We stay", [" "]).outcome == Outcome.NOT_FOUND


def test_a_split_quote_is_checked_segment_by_segment():
    words = "We stay,\nand we sing."
    check = partial(check_against_body, words)
    assert check(["We stay", "and we sing"]).outcome == Outcome.MATCHES
    assert check(["We stay"]).outcome == Outcome.DIFFERS
    assert check(["and we sing", "We stay"]).outcome == Outcome.DIFFERS
    assert check(["We stay, and we sing"]).outcome == Outcome.DIFFERS
    assert check(["We stay and we sing"]).outcome == Outcome.DIFFERS
    assert check(["We stay and", "we sing"]).outcome == Outcome.DIFFERS
    assert check(["We sta", "yand we sing"]).outcome == Outcome.DIFFERS


def test_without_a_source_there_is_no_text_to_check_against():
    assert check_against_sources("We stay", []).outcome == Outcome.NO_TEXT


def test_a_match_says_which_source_and_where():
    check = check_against_sources(
        "We stay\nand sing", ["We stay.", "“We stay,” he said, “and sing.”"]
    )
    assert check == matching.Check(Outcome.MATCHES, 1, ((1, 8), (21, 29)))


def test_segments_may_not_come_from_two_sources():
    check = check_against_sources("We stay\nand sing", ["We stay.", "and sing"])
    assert check.outcome == Outcome.NOT_FOUND


def test_a_difference_says_what_was_changed():
    source = "On Monday he said: this endangers not only public security, but all."
    check = check_against_sources("this endangers only the public security", [source])
    assert check.outcome == Outcome.DIFFERS
    span = check.spans[0]
    assert source[span.start : span.end] == "this endangers not only public security"
    assert texts_of(check.changes, "removed").strip() == "the"
    assert texts_of(check.changes, "added").strip() == "not"


def test_a_difference_is_shown_with_the_source_that_is_nearest():
    far = "They said that this endangers many a public security matter."
    near = "He said: this endangers only public security."
    words = "this endangers the public security"
    assert check_against_sources(words, [far, near]).source == 1
    assert check_against_sources(words, [near, far]).source == 0


def test_words_that_no_source_holds_are_not_found():
    source = "It endangers not only public security."
    assert check_against_sources("We will sing", [source]).outcome == Outcome.NOT_FOUND
    assert check_against_sources("", [source]).outcome == Outcome.NOT_FOUND
    assert check_against_sources("We", ["", " "]).outcome == Outcome.NOT_FOUND


def test_a_source_may_be_read_once_for_many_quotes():
    text = Comparable("“We stay,” he said.")
    assert check_against_sources("We stay", [text]).spans == ((1, 8),)
    assert check_against_sources("he said", [text]).spans == ((11, 18),)


# Long and hostile texts: each of these ends at once, or with quadratic work not at all

LONG = 200_000


@pytest.mark.parametrize(
    "unit",
    [
        ".",
        ". ",
        ".\u200b",
        " \u200b",
        "\u200b",
        " ",
        "e\u0301",
        "\u0301",
        "\u0301\u0323",
        "…",
        "a",
        "a ",
    ],
)
def test_reading_a_long_run_costs_no_more_than_its_length(unit):
    text = unit * (LONG // len(unit))
    compared = Comparable(text)
    assert len(compared.text) <= len(text)
    assert find("zebra", compared) is None


@pytest.mark.parametrize("opening", [".", " ", ". .", "e"])
def test_a_long_run_that_comes_to_nothing_is_tried_once(opening):
    for run in ("\u200b", " ", "\u0301"):
        assert Comparable((opening + run * 1000 + "x") * (LONG // 1000)).text


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("a" * 1000 + "b", "a" * LONG),
        ("a " * 5000 + "z", "a " * (LONG // 2)),
        ("a … " * 3000 + "z", "a " * (LONG // 2)),
        ("b … a", "b " + "xa" * (LONG // 2)),
        ("b … a", ("b " + "xa" * 20) * (LONG // 42)),
        ("[" * LONG, "a" * LONG),
        ("[a" * (LONG // 2), "a" * LONG),
        ("[T]" * (LONG // 3) + "a", "a" * LONG),
        ("a\n" * 5000 + "z", "a " * (LONG // 2)),
        ("z\n" * 5000, "a " * (LONG // 2)),
        ("a" * 1000, "a" * LONG),
        ("ab " * 1000 + "a", "ab " * (LONG // 3)),
    ],
)
def test_words_that_a_long_text_does_not_hold_are_given_up_soon(words, text):
    assert find_words(words, text, BOTH) is None


def test_gaps_are_not_tried_from_every_place_to_the_end(monkeypatch):
    tries = []
    find_part = matching.finding._find_part
    monkeypatch.setattr(
        matching.finding,
        "_find_part",
        lambda *args: tries.append(1) or find_part(*args),
    )
    assert find("a … " * 3000 + "z", "a " * (LONG // 2), OMISSIONS) is None
    assert len(tries) < 20_000


def test_many_segments_are_found_in_one_walk_over_the_text():
    assert len(find_words("a\n" * 5000, "a " * (LONG // 2))) == 5000


def test_the_nearest_passage_is_looked_for_without_comparing_all_with_all():
    assert nearest("a " * 500, "a " * (LONG // 2)) is not None
    assert nearest("a b " * 250, "b c a " * (LONG // 6)) is not None


def test_a_quote_of_many_segments_reads_the_source_once():
    words = "\n".join(f"word {number} yes" for number in range(300))
    check = check_against_sources(words, ["word 1 no " * (LONG // 10)])
    assert check.outcome in (Outcome.NOT_FOUND, Outcome.DIFFERS)


def test_the_diff_of_two_long_texts_keeps_their_common_ends():
    was, now = "We " + "a b " * (LONG // 4), "We " + "b c a " * (LONG // 6)
    changes = diff(was + "stay", now + "stay")
    assert changes[0].kind == changes[-1].kind == "same"
    assert texts_of(changes, "same", "added") == now + "stay"
    assert texts_of(changes, "same", "removed") == was + "stay"


FIRST = "We waited. We did not kill him; he fell.\nNobody did"


@pytest.mark.parametrize(
    ("words", "holds"),
    [
        (FIRST, True),
        ("We waited.", True),
        ("We did not kill him; he fell.", True),
        ("Nobody did.", True),
        ("We waited. We did not kill him; he fell", True),
        ("… kill him; he fell", True),
        ("We did not … he fell", True),
        ("We did not kill him …", True),
        ("kill him; he fell", False),
        ("We did not kill him", False),
        ("did", False),
        ("We did kill him; he fell", False),
    ],
)
def test_a_quote_that_returns_is_whole_sentences_or_says_what_it_leaves_out(
    words, holds
):
    check = matching.check_against_first(words, FIRST, is_part=False)
    assert (check.outcome == "matches") == holds
    if words in FIRST:
        part = matching.check_against_first(words, FIRST, is_part=True)
        assert part.outcome == "matches"
