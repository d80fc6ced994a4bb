"""Names and notices as the fonts can draw them."""

import pytest

from kiosk.screens.base import Page
from kiosk.screens.glyphs import KNOWN, drawable
from kiosk.screens.profiles import PROFILES
from kiosk.view_parts import Frame, say
from tests.screens.test_layouts import paper
from tests.test_messages import FONTS, characters_of


@pytest.mark.parametrize("font", ["text-regular.ttf", "text-bold.ttf"])
def test_the_characters_are_those_of_the_fonts(font):
    assert characters_of(FONTS / font) == KNOWN


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("Zoé", "Zoé"),
        ("Zoe\u0301", "Zoé"),
        ("Łucja, Şeyma, Øyvind", "Łucja, Şeyma, Øyvind"),
        ("Nguyễn", "Nguyen"),
        ("Đặng", "Đang"),
        ("Ryō", "Ryo"),
        ("Fête 🎉 jeudi ☀\ufe0f", "Fête jeudi"),
        ("16\u202fh", "16\u00a0h"),
        ("Anne\u2011Laure", "Anne-Laure"),
        ("Олена", "Olena"),
        ("Γιώργος", "Giorgos"),
        ("Ελένη Παπά", "Eleni Papa"),
        ("林", "Lin"),
        ("\ue000", ""),
    ],
)
def test_what_the_fonts_lack_is_drawn_as_what_is_nearest(text, drawn):
    assert drawable(text) == drawn


def test_a_page_says_what_can_be_drawn():
    on = paper(PROFILES["rpi7"])
    page = Page(on, on.theme.paper_ground, Frame())
    assert page.say(say("open.sub", name="Hiền")) == "Bonjour Hien. Bonnes courses\u00a0!"
