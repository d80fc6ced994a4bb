"""The door of the whole terminal: real drivers on simulated lines, the control socket, the server."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kiosk.app import Terminal
from kiosk.app_parts import control_path
from kiosk.control import CommandRefused, ask
from kiosk.demo.cast import Kind, character
from kiosk.demo.room import Room, Wish, demo_clock
from kiosk.types import FactKind
from tests.demo.onlooker import Onlooker


@contextmanager
def entrance(folder: Path, **wish) -> Iterator[tuple[Room, Terminal, Onlooker, Callable[..., dict]]]:
    room = Room(Wish(members=60, **wish), folder, demo_clock())
    with room.running():
        config = room.config()
        terminal = Terminal(config, room.clock, room)
        screen = Onlooker()
        with terminal.running(screen):
            screen.wait_for(lambda view: bool(getattr(view, "board", ())))
            wait_until(lambda: terminal.reactor.keeping.mode is not None)

            def order(word: str, **more) -> dict:
                return ask(control_path(config), "door order", {"word": word, **more})

            yield room, terminal, screen, order


def wait_until(condition, seconds: float = 10.0, each=lambda: None) -> None:
    pause = threading.Event()
    for _ in range(int(seconds / 0.02)):
        if condition():
            return
        each()
        pause.wait(0.02)
    pytest.fail("it did not come to that")


def says(key: str) -> Callable[[object], bool]:
    return lambda view: view.frame.header.text is not None and view.frame.header.text.key == key


def facts(terminal: Terminal, kind: FactKind) -> list[dict]:
    rows = terminal.store.journal_list().result(5)
    return [dict(row.fact.details) for row in rows if row.fact.kind is kind]


def test_green_box_beats_a_lock_down_and_a_restart_and_ends_with_a_person(tmp_path):
    with entrance(tmp_path, backend="folder") as (room, terminal, screen, order):
        order("lock-down", by="12")
        screen.wait_for(says("door.locked_down.short"))
        room.lay_card(character(Kind.OK).card)
        screen.wait_for(lambda view: "door.locked_down" in {line.key for line in getattr(view, "body", ())})
        assert not room.door.is_unlocked
        room.door.raise_fire()
        wait_until(lambda: room.door.is_unlocked)
        screen.wait_for(says("door.fire.is"))
        with pytest.raises(CommandRefused, match="reset it first"):
            order("lock-down")
        wait_until(lambda: len(facts(terminal, FactKind.DOOR_MODE)) == 2)
        assert [fact["mode"] for fact in facts(terminal, FactKind.DOOR_MODE)] == ["locked_down", "released"]
    # While nobody runs the lines the relay rests; the box itself keeps the door free.
    assert not room.door.is_unlocked
    with entrance(tmp_path, backend="folder") as (room, terminal, screen, order):
        assert room.door.is_unlocked
        screen.wait_for(says("door.fire.is"))
        order("reset", by="12")
        wait_until(lambda: not room.door.is_unlocked)
        screen.wait_for(says("idle.header"))


def test_forced_door_is_told_on_screen_in_the_journal_and_to_the_server(tmp_path):
    with entrance(tmp_path) as (room, terminal, screen, _):
        room.door.force_open()
        screen.wait_for(says("door.close"), 1.0)
        wait_until(lambda: room.door.buzzes, each=lambda: room.clock.advance(0.05))
        room.door.pull_shut()
        screen.wait_for(says("idle.header"))
        wait_until(lambda: not room.door.buzzes)
        alarms = [
            {"alarm": "forced", "change": "raised"},
            {"alarm": "forced", "change": "cleared"},
        ]
        wait_until(lambda: facts(terminal, FactKind.DOOR_ALARM) == alarms)
        wait_until(
            lambda: [e["details"] for e in room.server.events() if e["kind"] == "door_alarm"] == alarms,
            each=lambda: room.clock.advance(1),
        )


def test_hold_is_kept_by_the_living_terminal_and_ends_by_itself(tmp_path):
    with entrance(tmp_path, backend="folder") as (room, terminal, _, order):
        answer = order("hold", minutes=1, by="12")
        assert answer["held_for"] == "order"
        wait_until(lambda: room.door.is_unlocked)
        for _ in range(5):
            room.clock.advance(2)
            # Renewed: the lease reaches well beyond now.
            wait_until(lambda: terminal.door._doorway.lock.until > room.clock.monotonic() + 3)
            assert room.door.is_unlocked
        room.clock.advance(60)
        wait_until(lambda: not room.door.is_unlocked)
        wait_until(lambda: len(facts(terminal, FactKind.DOOR_MODE)) == 2)
        assert facts(terminal, FactKind.DOOR_MODE) == [
            {"mode": "held_open", "why": "hold"},
            {"mode": "locked", "why": "ended"},
        ]


def test_opening_by_hand_and_leaving_by_the_button_are_journalled(tmp_path):
    with entrance(tmp_path, backend="folder") as (room, terminal, _, order):
        order("open", why="delivery", by="12")
        wait_until(lambda: room.door.is_unlocked)
        room.clock.advance(21)
        wait_until(lambda: not room.door.is_unlocked)
        room.door.press_exit()
        wait_until(lambda: room.door.is_unlocked)
        room.door.let_go_exit()
        wait_until(lambda: len(facts(terminal, FactKind.DOOR_OPENED)) == 2)
        assert facts(terminal, FactKind.DOOR_OPENED) == [
            {"reason": "by_hand", "for": "delivery", "seconds": 20},
            {"reason": "exit", "seconds": 8},
        ]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"word": "hold", "minutes": 0}, "1 to 240 minutes"),
        ({"word": "fly"}, "fly"),
        ({}, "None"),
        ({"word": "open", "why": "because"}, "because"),
        ({"word": "reset"}, "not released"),
    ],
)
def test_order_that_means_nothing_is_refused_in_words(tmp_path, given, why):
    with entrance(tmp_path, backend="folder") as (_, terminal, _, _), pytest.raises(CommandRefused, match=why):
        ask(terminal.control._path, "door order", given)
