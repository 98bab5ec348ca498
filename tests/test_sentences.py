import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from articles.sentences import around, starts

often = settings(derandomize=True, deadline=None, max_examples=200)
prose = st.text(alphabet=st.sampled_from("abAB1 .?!…“”\"'«»\n(ÉЖ中"), max_size=60)


def sentences_of(text):
    begins = starts(text)
    return [text[a:b].strip() for a, b in zip(begins, begins[1:], strict=False)]


@pytest.mark.parametrize(
    "sentences",
    [
        ["We stay.", "He left."],
        ["Do we stay?", "We do!", "Good."],
        ["“We stay.”", "He left."],
        ['"We stay."', '"We go," he said.'],
        ["He said: «We stay.»", "«We go», she said."],
        ["We stay…", "He left."],
        ["They left in 2015.", "They came in 2016."],
        ["Мы остаёмся.", "Он ушёл."],
        ["We stay.", "(He left.)"],
        ["We stay.", "28 members left."],
        ["Mr. Grushko met Gen. Smith vs. Jones on Feb. 8.", "He left."],
        ["The U.S. Congress met J. Smith.", "He left."],
        ["It rose by 1.5 percent, i.e. a little.", "It fell."],
        ["“We stay,” he said.", "“We go.”"],
        ["“Do we stay?” he asked."],
        ["He left … and came back."],
        ["without a capital. or a stop"],
        ["Émile left.", "Élise stayed."],
    ],
)
def test_a_text_parts_into_its_sentences(sentences):
    assert sentences_of(" ".join(sentences)) == sentences
    assert sentences_of("\n".join(sentences)) == sentences


@often
@given(prose)
@example("")
def test_sentences_begin_at_the_text_s_start_and_end_at_its_end(text):
    begins = starts(text)
    assert begins[0] == 0
    assert begins[-1] == len(text)
    assert begins == sorted(begins)


@often
@given(prose.filter(bool), st.data())
@example("A. B. C", None)
def test_the_sentence_around_a_passage_holds_it(text, data):
    if data is None:
        start, end = 3, 4
    else:
        start = data.draw(st.integers(0, len(text) - 1))
        end = data.draw(st.integers(start + 1, len(text)))
    begins = starts(text)
    found = around(text, start, end, begins)
    assert found in text
    assert text[start:end].strip() in found
    first = max(begin for begin in [0, *begins] if begin <= start)
    last = min(begin for begin in begins if begin >= end)
    assert found == text[first:last].strip()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("We stay", "“We stay,” he said."),
        ("He said", "He said more."),
        ("he said.", "“We stay,” he said."),
        ("said. He", "“We stay,” he said. He said more."),
        ("Then we go", "“Then we go.”"),
        ("First", "First."),
    ],
)
def test_a_quote_is_shown_in_the_sentence_that_carries_it(words, sentence):
    text = "First. “We stay,” he said. He said more. “Then we go.” The end."
    start = text.index(words)
    assert around(text, start, start + len(words), starts(text)) == sentence


def test_a_sentence_that_goes_on_is_cut_at_a_word():
    text = "word " * 1000 + "we stay" + " word" * 1000
    start = text.index("we stay")
    found = around(text, start, start + 7, starts(text))
    assert found == "…" + "word " * 119 + "we stay" + " word" * 119 + "…"


def test_a_sentence_without_spaces_is_cut_too():
    found = around("中" * 5000, 2000, 2010, [0, 5000])
    assert found == "…" + "中" * 1210 + "…"


@pytest.mark.parametrize(
    "text",
    [
        ". " * 100_000,
        "." * 200_000,
        "." + " " * 200_000,
        ("." + '"' * 1000 + " " * 1000 + '"' * 1000) * 60,
        "Mr. " * 50_000,
        "A. " * 60_000,
        "We stay. " * 20_000,
    ],
)
def test_a_long_text_parts_into_sentences_in_one_walk(text):
    assert starts(text)[-1] == len(text)
