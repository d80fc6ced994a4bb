"""While badges with bar codes stay in use beside cards, the screens without a person say so."""

from kiosk.events import DeviceLost
from kiosk.rules.show_desk import LINE_SECONDS
from kiosk.types import Part
from tests.rules.terminal import Terminal

BOTH = frozenset({Part.READER, Part.SCANNER})


def lines_of(terminal: Terminal) -> list[str]:
    """The keys of the line under the idle screen's title, as a minute goes by."""
    said = []
    for _ in range(8):
        terminal.monotonic += LINE_SECONDS
        said.append(terminal.view().sub.key)
    return said


def test_the_idle_screen_says_that_badges_are_read_too():
    assert "idle.badge" in lines_of(Terminal(parts=BOTH))
    assert "idle.badge" not in lines_of(Terminal(parts=frozenset({Part.READER})))
    assert "idle.badge" not in lines_of(Terminal(parts=frozenset({Part.SCANNER})))


def test_a_scanner_that_is_gone_is_promised_to_nobody():
    terminal = Terminal(parts=BOTH)
    terminal.feed(DeviceLost(part=Part.SCANNER, fault="unplugged"))
    assert "idle.badge" not in lines_of(terminal)
    terminal.feed(DeviceLost(part=Part.READER, fault="no answer"))
    assert [line.key for line in terminal.view().body] == ["broken.ring"]


def test_who_has_a_badge_need_not_ring_because_the_card_reader_is_broken():
    terminal = Terminal(parts=BOTH)
    terminal.feed(DeviceLost(part=Part.READER, fault="no answer"))
    assert [line.key for line in terminal.view().body] == ["broken.reader.badge"]
