"""The test of the door at the screen of a whole terminal, with someone who does what the screen says."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.actions import Action
from kiosk.app import Terminal
from kiosk.commissioning import Act, Ask
from kiosk.demo.cast import Kind, character
from kiosk.demo.doorman import Doorman
from kiosk.demo.room import Room, Wish, demo_clock
from kiosk.events import Touched
from kiosk.types import FactKind
from kiosk.views import NoticeView, PromptView, View
from tests.demo.onlooker import Onlooker, wait_until
from tests.rules.staff import typed

SECONDS_A_LOOK = 0.2


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    room = Room(Wish(backend="folder", members=40), tmp_path, demo_clock())
    with room.running():
        yield room


class Visitor:
    """Reads the screen, does what it says at the door, and touches the answer."""

    def __init__(self, room: Room, terminal: Terminal, screen: Onlooker) -> None:
        self._room = room
        self._terminal = terminal
        self._post = terminal.reactor.post
        self._screen = screen
        self._doorman = Doorman(room.door, room.clock, lambda _words: None)
        self._done = ""
        self._answered: View | None = None

    def begin(self) -> None:
        """Come as the technician, choose the first PIN of a new terminal, and open the test behind it."""
        wait_until(lambda: self._terminal.reactor.knowledge.as_of is not None)
        card = character(Kind.TECHNICIAN).card
        self._room.lay_card(card)
        self._screen.wait_for(lambda view: Action.TECHNICAL in [b.action for b in getattr(view, "buttons", ())])
        self._room.lift_card(card)
        enter, pin = Touched(Action.ENTER), typed("2719")
        for event in (Touched(Action.TECHNICAL), *pin, enter, *pin, enter):
            self._post(event)
        for action in (Action.SELF_TEST, Action.PROVE_DOOR):
            self._post(Touched(action))

    def look(self) -> None:
        """One look at the screen; while nothing is asked, time passes."""
        view = self._screen.view
        match view:
            case NoticeView() if view.title.key.startswith("proof.ask.") and view is not self._answered:
                self._do(view.body[0].key)
                self._answered = view
                yes = self._doorman.answer(Ask[view.title.key.removeprefix("proof.ask.").upper()])
                self._post(Touched(Action.YES if yes else Action.NO))
            case PromptView() if view.title.key.startswith("proof.act."):
                self._do(view.title.key)
                self._room.clock.advance(SECONDS_A_LOOK)
            case _:
                self._room.clock.advance(SECONDS_A_LOOK)

    def _do(self, key: str) -> None:
        if key != self._done:
            self._done = key
            self._doorman.do(Act[key.removeprefix("proof.act.").upper()])


def facts(terminal: Terminal, kind: FactKind) -> list:
    return [row.fact for row in terminal.store.journal_list().result(5) if row.fact.kind is kind]


def openings(terminal: Terminal) -> list[str]:
    return [fact.details["reason"] for fact in facts(terminal, FactKind.DOOR_OPENED)]


def title(screen: Onlooker) -> str:
    found = getattr(screen.view, "title", None)
    return "" if found is None else found.key


def test_door_is_tested_at_the_screen_while_the_terminal_runs(room: Room) -> None:
    terminal, screen = Terminal(room.config(), room.clock, room), Onlooker()
    with terminal.running(screen):
        visitor = Visitor(room, terminal, screen)
        visitor.begin()
        wait_until(lambda: title(screen) in {"proof.passed", "proof.failed"}, visitor.look, seconds=60)
        wait_until(lambda: len(facts(terminal, FactKind.COMMISSIONING)) == 1)
        [fact] = facts(terminal, FactKind.COMMISSIONING)
        assert {step for step, outcome in fact.details["steps"].items() if outcome != "passed"} == set()
        assert title(screen) == "proof.passed"
        assert openings(terminal).count("test") == 3


def test_test_that_is_left_ends_and_another_begins_anew(room: Room) -> None:
    terminal, screen = Terminal(room.config(), room.clock, room), Onlooker()
    with terminal.running(screen):
        visitor = Visitor(room, terminal, screen)
        visitor.begin()
        for _ in range(2):
            screen.wait_for_title("proof.ask.unplugged")
            terminal.reactor.post(Touched(Action.BACK))
            screen.wait_for_title("tech.test")
            terminal.reactor.post(Touched(Action.PROVE_DOOR))
        screen.wait_for_title("proof.ask.unplugged")
        assert facts(terminal, FactKind.COMMISSIONING) == []
        assert openings(terminal).count("test") == 0
