"""The whole terminal at an Odoo: the real backend over real sockets, and what then stands in Odoo."""

from pathlib import Path

from kiosk.actions import Action
from kiosk.demo.cast import STRANGER_CARD, Kind, character
from kiosk.demo.room import Room
from kiosk.events import Touched
from kiosk.types import Role
from kiosk.views import QuestionView, ResultView
from tests.demo.test_terminal import terminal_in, wait_until


def states(room: Room, kind: Kind) -> list[str]:
    """How a person's two places stand in Odoo."""
    assert room.odoo is not None
    rows = room.odoo.server.database.where("shift.registration", partner_id=int(character(kind).number))
    return sorted(row["state"] for row in rows)


def test_linked_card_opens_the_door(tmp_path: Path) -> None:
    with terminal_in(tmp_path, backend="odoo") as (room, _, screen):
        room.lay_card(character(Kind.ATTACHED).card)
        screen.wait_for_title("open.title")
        wait_until(lambda: room.door.is_unlocked)


def test_technician_is_named_at_the_terminal(tmp_path: Path) -> None:
    with terminal_in(tmp_path, backend="odoo") as (_, terminal, _screen):
        technician = terminal.reactor.knowledge.members[character(Kind.TECHNICIAN).id]
        assert technician.role is Role.TECHNICIAN


def test_stranger_and_lost_card_stay_outside(tmp_path: Path) -> None:
    with terminal_in(tmp_path, backend="odoo") as (room, _, screen):
        for card in (STRANGER_CARD, character(Kind.LOST_CARD).card):
            room.lay_card(card)
            screen.wait_for_title("unknown.title")
            room.lift_cards()
            room.wait_until_unseen()
        assert room.door.relay_levels.count(True) == 0


def test_check_in_reaches_odoo_once_through_a_cut_network(tmp_path: Path) -> None:
    with terminal_in(tmp_path, backend="odoo") as (room, terminal, screen):
        room.cut_network()
        room.lay_card(character(Kind.SHIFT_NOW).card)
        screen.wait_for(lambda view: isinstance(view, QuestionView))
        terminal.reactor.post(Touched(Action.START_SHIFT))
        screen.wait_for(lambda view: isinstance(view, ResultView))
        assert states(room, Kind.SHIFT_NOW) == ["open", "open"]
        room.mend_network()
        wait_until(lambda: "done" in states(room, Kind.SHIFT_NOW), each=lambda: room.clock.advance(10))
        wait_until(lambda: not terminal.reactor.waiting, each=lambda: room.clock.advance(10))
        assert states(room, Kind.SHIFT_NOW) == ["done", "open"]
        assert terminal.reactor.refused == 0


def test_grace_is_granted_to_who_asks_for_it_and_opens_the_door(tmp_path: Path) -> None:
    with terminal_in(tmp_path, backend="odoo") as (room, terminal, screen):
        assert room.odoo is not None
        room.lay_card(character(Kind.BLOCKED).card)
        screen.wait_for_title("closed.title")
        assert "action_grace_partner" not in [method for _, method in room.odoo.server.calls]
        terminal.reactor.post(Touched(Action.ASK_GRACE))
        screen.wait_for(lambda view: isinstance(view, ResultView))
        wait_until(lambda: room.door.is_unlocked)
        assert [method for _, method in room.odoo.server.calls].count("action_grace_partner") == 1
