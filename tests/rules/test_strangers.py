"""Numbers that are tried out at the reader: an emulator lays ten cards a second, a queue of people none in four."""

from dataclasses import replace

from kiosk.actions import Action
from kiosk.effects import Identify
from kiosk.events import JarScanned, Touched
from kiosk.rules import states, strangers
from kiosk.types import FactKind
from tests.rules.terminal import ALL, Terminal, snapshot, tap


def try_out(terminal: Terminal, cards: int, pace: float = 0.1) -> None:
    for number in range(cards):
        terminal.wait(pace)
        terminal.feed(tap(f"stranger-{number}"))


def without_asking() -> Terminal:
    terminal = Terminal()
    terminal.knowledge.apply(snapshot(terminal.now, full=False, capabilities=replace(ALL, identify=False)))
    return terminal


def test_numbers_that_are_tried_out_are_looked_at_one_in_three_seconds():
    terminal = without_asking()
    try_out(terminal, 600)
    assert len(terminal.facts(FactKind.REFUSAL)) <= strangers.MOST + 60 / strangers.PAUSE_SECONDS


def test_a_server_is_not_asked_for_each_of_them():
    terminal = Terminal()
    try_out(terminal, 600)
    asked = [order for order in terminal.effects if isinstance(order, Identify)]
    assert len(asked) <= strangers.MOST + 60 / strangers.PAUSE_SECONDS


def test_beside_the_scale_neither():
    terminal = without_asking()
    terminal.feed(Touched(Action.WEIGH))
    try_out(terminal, 600)
    assert isinstance(terminal.state, states.Taring)
    assert len(terminal.facts(FactKind.REFUSAL)) <= strangers.MOST + 60 / strangers.PAUSE_SECONDS


def test_the_one_that_would_open_waits_like_the_others_and_opens_a_moment_later():
    terminal = without_asking()
    try_out(terminal, strangers.MOST)
    terminal.wait(1)
    terminal.feed(tap("camille"))
    assert terminal.openings() == 0
    terminal.wait(strangers.PAUSE_SECONDS)
    terminal.feed(tap("camille"))
    assert terminal.openings() == 1


def test_a_queue_of_new_people_is_never_made_to_wait():
    """On the day on which a coop hands out its cards."""
    terminal = without_asking()
    try_out(terminal, 40, pace=4.5)
    assert len(terminal.facts(FactKind.REFUSAL)) == 40
    terminal.feed(tap("camille"))
    assert terminal.openings() == 1


def test_a_jar_is_no_stranger():
    terminal = without_asking()
    for _ in range(20):
        terminal.wait(0.1)
        terminal.feed(JarScanned(code="123454"))
    terminal.feed(tap("camille"))
    assert terminal.session.strangers == ()
