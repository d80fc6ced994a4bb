"""The whole terminal at a gestion-compte server: the real backend over real sockets, and what the server then has."""

from pathlib import Path

from kiosk.demo.cast import Kind, character
from kiosk.demo.room import Room
from kiosk.events import Action, Touched
from kiosk.views import QuestionView, ResultView
from tests.demo.test_terminal import terminal_in, wait_until


def validated(room: Room, kind: Kind) -> int:
    """How often the server has noted this person as present."""
    assert room.gestion_compte is not None
    return [member for _, member in room.gestion_compte.server.coop.validations].count(character(kind).number)


def rounds(room: Room) -> int:
    """How often the terminal has looked at the day's page."""
    assert room.gestion_compte is not None
    return sum(path == "/card_reader/" for _, path in room.gestion_compte.server.requests)


def test_lost_card_is_one_that_the_server_does_not_know(tmp_path: Path) -> None:
    with terminal_in(tmp_path, backend="gestion-compte") as (room, _, screen):
        room.lay_card(character(Kind.LOST_CARD).card)
        screen.wait_for_title("unknown.title")
        assert room.door.relay_levels.count(True) == 0


def test_card_that_the_server_refuses_is_asked_about_and_stays_outside(tmp_path: Path) -> None:
    with terminal_in(tmp_path, backend="gestion-compte") as (room, _, screen):
        room.lay_card(character(Kind.FROZEN).card)
        screen.wait_for_title("closed.title")
        assert room.door.relay_levels.count(True) == 0


def test_presence_reaches_the_server_once_through_a_cut_network(tmp_path: Path) -> None:
    with terminal_in(tmp_path, backend="gestion-compte") as (room, terminal, screen):
        room.cut_network()
        room.lay_card(character(Kind.SHIFT_NOW).card)
        screen.wait_for(lambda view: isinstance(view, QuestionView))
        assert validated(room, Kind.SHIFT_NOW) == 0
        terminal.reactor.post(Touched(Action.START_SHIFT))
        screen.wait_for(lambda view: isinstance(view, ResultView))
        room.mend_network()
        wait_until(lambda: validated(room, Kind.SHIFT_NOW) > 0, each=lambda: room.clock.advance(10))
        wait_until(lambda: not terminal.reactor.waiting, each=lambda: room.clock.advance(10))
        assert validated(room, Kind.SHIFT_NOW) == 1
        assert terminal.reactor.refused == 0


def test_who_is_just_shopping_is_marked_nowhere(tmp_path: Path) -> None:
    with terminal_in(tmp_path, backend="gestion-compte") as (room, terminal, screen):
        room.lay_card(character(Kind.SHIFT_NOW).card)
        screen.wait_for(lambda view: isinstance(view, QuestionView))
        terminal.reactor.post(Touched(Action.JUST_SHOPPING))
        screen.wait_for(lambda view: isinstance(view, ResultView))
        heard = rounds(room)
        wait_until(lambda: rounds(room) > heard + 4, each=lambda: room.clock.advance(10))
        assert terminal.reactor.waiting == 0
        assert validated(room, Kind.SHIFT_NOW) == 0
