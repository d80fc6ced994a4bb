"""The whole terminal at a gestion-compte server: the real backend over real sockets, and what the server then has."""

from pathlib import Path

from kiosk.actions import Action
from kiosk.app import Terminal
from kiosk.demo import gestion_compte_room
from kiosk.demo.cast import Kind, character
from kiosk.demo.room import Room
from kiosk.events import CardTapped, Touched
from kiosk.views import QuestionView, ResultView, ToSettleView
from tests.demo.onlooker import Onlooker
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


def come_while_the_network_is_cut(room: Room, terminal: Terminal, screen: Onlooker) -> None:
    """Somebody comes for a shift, and the shift ends before the server is there again."""
    room.cut_network()
    room.lay_card(character(Kind.SHIFT_NOW).card)
    screen.wait_for(lambda view: isinstance(view, QuestionView))
    terminal.reactor.post(Touched(Action.START_SHIFT))
    screen.wait_for(lambda view: isinstance(view, ResultView))
    room.lift_cards()
    wait_until(lambda: terminal.reactor.waiting > 0)
    room.clock.advance(4 * 3600)
    room.mend_network()


def test_presence_of_a_shift_that_is_over_is_validated_by_hand(tmp_path: Path) -> None:
    with terminal_in(tmp_path, backend="gestion-compte") as (room, terminal, screen):
        come_while_the_network_is_cut(room, terminal, screen)
        wait_until(lambda: validated(room, Kind.SHIFT_NOW) > 0, each=lambda: room.clock.advance(10))
        assert room.gestion_compte is not None
        paths = [path for _, path in room.gestion_compte.server.requests]
        assert [path.rpartition("/")[2] for path in paths if "validate" in path or "check" in path] == [
            "login_check",
            "validate_admin",
        ]


def test_presence_of_a_shift_that_is_over_waits_for_a_coordinator_without_an_account(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(gestion_compte_room, "CONFIGURATION", '[gestion_compte]\ntier = "reader"\n')
    with terminal_in(tmp_path, backend="gestion-compte") as (room, terminal, screen):
        come_while_the_network_is_cut(room, terminal, screen)
        wait_until(lambda: terminal.reactor.refused > 0, each=lambda: room.clock.advance(10))
        assert validated(room, Kind.SHIFT_NOW) == 0
        terminal.reactor.post(CardTapped(hash=room.hasher.hash_canonical(character(Kind.COORDINATOR).card), tail=""))
        screen.wait_for_title("open.title")
        terminal.reactor.post(Touched(Action.COORDINATION))
        terminal.reactor.post(Touched(Action.TO_SETTLE))
        view = screen.wait_for(lambda view: isinstance(view, ToSettleView) and bool(view.rows))
        assert isinstance(view, ToSettleView)
        (why,) = [value for name, value in view.rows[0].sub.values if name == "why"]
        assert "arrivée à 16h04, à valider à la main" in str(why)
