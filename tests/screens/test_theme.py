"""Contrast, by the formula of WCAG 2.2."""

import pytest

from kiosk.colour import contrast
from kiosk.screens.theme import DAY, NIGHT, branded
from kiosk.view_parts import PanelTone

THEMES = pytest.mark.parametrize("theme", [DAY, NIGHT], ids=["day", "night"])


def test_contrast_of_black_and_white_is_21():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#FFFFFF", "#FFFFFF") == pytest.approx(1.0)


@THEMES
@pytest.mark.parametrize("ground", ["paper_ground", "leaf_ground", "sun_ground"])
def test_text_is_read_on_every_ground(theme, ground):
    colours = getattr(theme, ground)
    for ink, fill in (
        (colours.ink, colours.fill),
        (colours.ink2, colours.fill),
        (colours.key_ink, colours.key),
        (colours.main_ink, colours.main),
    ):
        assert contrast(ink, fill) >= 4.5


@THEMES
@pytest.mark.parametrize("tone", PanelTone)
def test_text_and_icons_are_read_on_every_panel(theme, tone):
    colours = theme.tone(tone)
    assert contrast(colours.ink, colours.fill) >= 4.5
    assert contrast(colours.ink2, colours.fill) >= 4.5
    assert contrast(colours.icon, colours.fill) >= 3.0


@THEMES
def test_the_colours_of_the_edges_and_of_attention(theme):
    for colour in (theme.brick, theme.plum, theme.sun_ink, theme.leaf):
        assert contrast(colour, theme.paper) >= 4.5
    assert contrast(theme.ink2, theme.moving) >= 4.5
    assert contrast(theme.leaf, theme.leaf_soft) >= 4.5


def test_the_brand_colour_is_taken_over():
    themed = branded(DAY, "#5A2D82")
    assert themed.leaf == "#5A2D82"
    assert contrast("#FFFFFF", themed.leaf_dark) > contrast("#FFFFFF", themed.leaf)
    assert contrast(themed.leaf, themed.leaf_soft) >= 4.5


@pytest.mark.parametrize("colour", ["#8BC34A", "#FFC94A", "green", "#12345", "#GG0000"])
def test_a_brand_colour_that_cannot_be_read_is_refused(colour):
    with pytest.raises(ValueError, match="brand colour"):
        branded(DAY, colour)
