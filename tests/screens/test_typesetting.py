"""Lines are broken where a reader pauses, and shrink before they are cut."""

from kiosk.screens.theme import BODY, HEADLINE, KEY
from kiosk.screens.typesetting import REGULAR, Room, break_lines, fit, is_orphan, width


def lines(text, size, room):
    return break_lines(text, REGULAR, room * 100 / size)


def test_a_line_breaks_after_a_comma_rather_than_in_a_phrase():
    assert lines("avec son couvercle, comme tu le poseras en caisse", 30, 560) == (
        "avec son couvercle,",
        "comme tu le poseras en caisse",
    )


def test_a_no_break_space_holds():
    for line in lines("Sans carte\u00a0? Quelqu’un vient\u00a0!", 30, 150):
        assert line[0] not in "?!"


def test_a_word_longer_than_the_line_cannot_be_set():
    assert lines("Intercoopération", 60, 200) is None


def test_no_short_word_is_left_alone():
    block = fit(("La porte est ouverte à tous ceux qui le veulent bien ici",), BODY, Room(560, 200))
    assert not is_orphan(block.lines, block.face)


def test_a_text_shrinks_no_further_than_it_must():
    room = Room(380, 200)
    block = fit(("Merci Marie-Christine\u00a0!",), HEADLINE, room)
    assert block.lines == ("Merci", "Marie-Christine\u00a0!")
    assert block.width <= room.width
    assert HEADLINE.least <= block.size <= HEADLINE.size
    assert not block.squeezed


def test_a_text_without_room_says_that_it_is_squeezed():
    assert fit(("Une phrase bien trop longue pour la place",), BODY, Room(120, 40)).squeezed


def test_a_label_stays_on_one_line_when_it_loses_little():
    text = "Appeler l’accueil"
    room = Room(width(text, REGULAR, 30), 90)
    assert fit((text,), KEY, room).lines == (text,)


def test_measures_are_proportional():
    assert width("Bonjour", REGULAR, 60) == 2 * width("Bonjour", REGULAR, 30)
