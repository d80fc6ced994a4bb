"""Staff at a whole terminal on simulated hardware: linking, blocking on every terminal, the PIN."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from kiosk.actions import Action
from kiosk.app import Terminal
from kiosk.demo.cast import Kind, character
from kiosk.demo.room import Room
from kiosk.events import Touched
from kiosk.types import FactKind
from kiosk.views import GesturesView, KeypadView, TilesView
from tests.demo.onlooker import Onlooker
from tests.demo.test_terminal import kinds_at, terminal_in, wait_until

NEW_CARD = "7:04C0FFEE123480"


def touch(terminal: Terminal, *actions: Action, keys: str = "") -> None:
    for action in actions:
        terminal.reactor.post(Touched(action))
    for key in keys:
        terminal.reactor.post(Touched(Action.KEY, key))


def tap(room: Room, screen: Onlooker, card: str, title: str) -> None:
    """Lay a card until the screen has this title."""
    room.lay_card(card)
    screen.wait_for_title(title)
    room.lift_card(card)
    room.wait_until_unseen()


@contextmanager
def second_terminal(room: Room, folder: Path) -> Iterator[Terminal]:
    """Another terminal of the coop, at the same server, with no hardware of its own."""
    config = room.config()
    off = {name: replace(getattr(config, name), enabled=False) for name in ("reader", "scanner", "scale", "door")}
    terminal_settings = replace(config.terminal, data_dir=folder / "data", runtime_dir=folder / "run")
    other = replace(config, terminal=terminal_settings, printer=replace(config.printer, kind="none"), **off)
    terminal = Terminal(other, room.clock)
    with terminal.running(Onlooker()):
        yield terminal


def test_a_card_linked_and_blocked_here_is_so_at_every_terminal_after_sync(tmp_path):
    with terminal_in(tmp_path / "one") as (room, terminal, screen), second_terminal(room, tmp_path / "two") as other:
        new = room.hasher.hash_canonical(NEW_CARD)
        member = character(Kind.BADGE).id
        tap(room, screen, character(Kind.COORDINATOR).card, "open.title")
        touch(terminal, Action.COORDINATION, Action.LINK_CARDS)
        screen.wait_for(lambda view: isinstance(view, GesturesView))
        room.scan(character(Kind.BADGE).card)
        screen.wait_for(lambda view: isinstance(view, GesturesView) and view.gestures[1].now)
        room.lay_card(NEW_CARD)
        screen.wait_for(lambda view: isinstance(view, GesturesView) and view.line is not None)
        assert terminal.reactor.knowledge.card(new).member_id == member
        room.clock.advance(31)
        wait_until(lambda: other.reactor.knowledge.card(new) is not None, each=lambda: room.clock.advance(1))
        assert other.reactor.knowledge.card(new).member_id == member

        touch(terminal, Action.BACK, Action.BLOCK_CARD, keys="BALLET")
        touch(terminal, Action.ENTER)
        wait_until(lambda: terminal.reactor.knowledge.card(new).blocked)
        wait_until(lambda: other.reactor.knowledge.card(new).blocked, each=lambda: room.clock.advance(1))
        assert {"card_linked", "card_blocked"} <= set(kinds_at(room))


def test_the_first_pin_is_chosen_and_opens_the_menu_after_a_restart(tmp_path):
    with terminal_in(tmp_path) as (room, terminal, screen):
        tap(room, screen, character(Kind.TECHNICIAN).card, "open.title")
        wait_until(lambda: terminal.reactor.session.pin is not None)
        touch(terminal, Action.TECHNICAL)
        screen.wait_for_title("pin.choose")
        for _ in range(2):
            touch(terminal, keys="2719")
            touch(terminal, Action.ENTER)
        screen.wait_for(lambda view: isinstance(view, TilesView))
        wait_until(lambda: terminal.store.pin().result(10) is not None)
    with terminal_in(tmp_path) as (room, terminal, screen):
        wait_until(lambda: terminal.reactor.session.pin is not None)
        touch(terminal, Action.UNLOCK, keys="1111")
        touch(terminal, Action.ENTER)
        screen.wait_for(
            lambda view: isinstance(view, KeypadView) and view.remark is not None and view.remark.key == "pin.wrong"
        )
        room.clock.advance(2)
        touch(terminal, keys="2719")
        touch(terminal, Action.ENTER)
        screen.wait_for(lambda view: isinstance(view, TilesView))
        facts = [row.fact for row in terminal.store.journal_list().result(10)]
        assert [fact.details["by"] for fact in facts if fact.kind is FactKind.MENU_OPENED] == ["card", "pin"]
        assert "2719" not in repr(facts)
