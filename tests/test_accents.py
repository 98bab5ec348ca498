from colorsys import hls_to_rgb

import pytest

from articles import accents


def colours():
    for hue in range(0, 360, 15):
        for lightness in (0.1, 0.25, 0.4):
            for saturation in (0.2, 0.6, 1):
                rgb = hls_to_rgb(hue / 360, lightness, saturation)
                yield "#" + "".join(f"{round(c * 255):02x}" for c in rgb)


def palette_or_nearest(colour):
    try:
        return accents.palette(colour)
    except accents.Unreadable as refusal:
        return accents.palette(refusal.nearest)


@pytest.mark.parametrize("colour", [*colours(), "#000000", "#777777", "#ffffff"])
def test_a_voice_can_be_read_on_every_ground_in_both_themes(colour):
    light, dark = palette_or_nearest(colour)
    for shades, grounds, ink in [
        (light, accents.LIGHT, accents.LIGHT_INK),
        (dark, accents.DARK, accents.DARK_INK),
    ]:
        for ground in grounds:
            assert accents.contrast(shades.voice, ground) >= accents.NEEDED
            assert accents.contrast(shades.line, ground) >= 3
        assert accents.contrast(shades.wash, ink) >= 12


@pytest.mark.parametrize(
    ("colour", "ratio"),
    [("#ff0000", 3.6), ("#ffee00", 1.1), ("#00aaff", 2.3), ("#ffffff", 1.0)],
)
def test_a_colour_too_pale_to_read_is_refused_with_a_darker_one(colour, ratio):
    with pytest.raises(accents.Unreadable) as refused:
        accents.palette(colour)
    assert refused.value.ratio == pytest.approx(ratio, abs=0.05)
    worst = min(accents.contrast(refused.value.nearest, g) for g in accents.LIGHT)
    assert accents.NEEDED <= worst < accents.NEEDED + 0.1


def test_the_default_gives_what_the_stylesheet_has():
    """By eye: a few steps of 255 apart at most."""
    light, dark = accents.palette(accents.DEFAULT)
    drawn = ["#1f43c0", "#6d81d6", "#e9edfc", "#afbeff", "#6475bd", "#1e2748"]
    for ours, theirs in zip([*light, *dark], drawn, strict=True):
        for at in (1, 3, 5):
            assert abs(int(ours[at : at + 2], 16) - int(theirs[at : at + 2], 16)) < 12


@pytest.mark.parametrize("typed", ["#1F43C0", "1f43c0", " #1f43c0 "])
def test_a_colour_is_taken_as_people_write_it(typed):
    assert accents.normal(typed) == "#1f43c0"
    assert accents.normal("#0af") == "#00aaff"


@pytest.mark.parametrize("typed", ["", "blue", "#1f43c", "#1f43c0ff", "url(x)", "#١٢٣"])
def test_what_is_no_colour_is_refused(typed):
    with pytest.raises(ValueError, match=r"^.*$"):
        accents.normal(typed)


def test_the_stylesheet_is_the_same_escaped_or_not():
    style = accents.stylesheet("#a8201a")
    assert "--voice:#a8201a" in style
    assert "prefers-color-scheme:dark" in style
    assert not set("<>&\"'") & set(style)
