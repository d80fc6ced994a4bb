"""The test of the door, with someone at the simulated one: honest, careless, or at a door that is wired wrongly."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from kiosk.app import Terminal
from kiosk.cli_check import check
from kiosk.clock import AdjustableClock
from kiosk.commissioning import Act, Ask, Bench, Commissioning, Step, has_passed
from kiosk.config import parse
from kiosk.demo.doorman import Doorman
from kiosk.demo.room import Room, Wish, demo_clock
from kiosk.devices.door import Door
from kiosk.devices.door_lines import Wiring
from kiosk.devices.simulated.door import BARE, WHOLE, SimulatedDoor
from kiosk.devices.supervisor import Supervisor
from kiosk.effects import ResetDoor
from kiosk.errors import KioskError
from kiosk.events_door import ProofOutcome
from kiosk.proving import prove_door
from kiosk.store.thread import Store
from kiosk.types import FactKind
from tests.demo.onlooker import Onlooker

PINS = "[door]\nenabled = true\nrelay_pin = 17\ncontact_pin = 27\n"
ALL_PINS = PINS + "exit_pin = 5\nfire_pin = 6\ntamper_pin = 13\nlamp_pin = 23\nbuzzer_pin = 26\n"


class Hurried(Doorman):
    """Waits for nothing: what is not there at once is not there."""

    def pass_time(self) -> None:
        self._clock.advance(10)


class Absent(Hurried):
    """Does nothing of what is asked, and says no to everything."""

    def do(self, act: Act) -> None:
        del act

    def answer(self, ask: Ask) -> bool | None:
        del ask
        return False


@contextmanager
def on_the_bench(door: Door, clock: AdjustableClock) -> Iterator[Bench]:
    bench = Bench(clock, door.open_for, lambda: door.obey(ResetDoor()))
    supervisor = Supervisor(door, bench.hear, clock)
    supervisor.start()
    try:
        yield bench
    finally:
        supervisor.request_stop()
        assert supervisor.join()


def run(simulated: SimulatedDoor, wiring: Wiring, text: str, person=Doorman, answers=None) -> dict[str, Step]:
    clock = AdjustableClock()
    door = Door(simulated.make_pins, clock, wiring)
    someone = person(simulated, clock, lambda _words: None)
    if answers is not None:
        honest = someone.answer
        someone.answer = lambda ask: answers[ask] if ask in answers else honest(ask)
    with on_the_bench(door, clock) as bench:
        steps = list(Commissioning(parse(text, environ={}).door, bench, someone).steps())
    return {step.step: step for step in steps}


def outcomes(steps: dict[str, Step]) -> set[ProofOutcome]:
    return {step.outcome for step in steps.values()}


@pytest.mark.parametrize("fail_safe", [False, True], ids=["strike", "magnet"])
def test_door_that_is_wired_right_passes_every_step(fail_safe):
    wiring = replace(WHOLE, fail_safe=fail_safe)
    text = ALL_PINS + ('lock = "fail_safe"' if fail_safe else "")
    steps = run(SimulatedDoor(wiring), wiring, text)
    assert outcomes(steps) == {ProofOutcome.PASSED}
    assert list(steps) == [
        "lines", "relay", "pulse", "exit button", "forced door", "held door", "tamper switch", "green box",
        "fire alarm", "plug pulled",
    ]  # fmt: skip
    assert has_passed(list(steps.values()))


def test_what_is_not_wired_is_off_and_the_rest_is_tried():
    steps = run(SimulatedDoor(BARE), BARE, PINS, answers={Ask.FREE_AT_ONCE: True})
    off = {name for name, step in steps.items() if step.outcome is ProofOutcome.OFF}
    assert off == {"exit button", "tamper switch"}
    assert has_passed(list(steps.values()))


def test_contact_that_is_wired_the_wrong_way_round_fails():
    wrong = replace(WHOLE, contact=replace(WHOLE.contact, active_when="closed"))
    steps = run(SimulatedDoor(WHOLE), wrong, ALL_PINS, person=Hurried)
    assert steps["pulse"].outcome is ProofOutcome.FAILED
    assert not has_passed(list(steps.values()))


def test_green_box_that_nobody_hears_of_fails_though_the_door_is_free():
    deaf = replace(WHOLE, fire=replace(WHOLE.fire, pin=12))
    steps = run(SimulatedDoor(WHOLE), deaf, ALL_PINS, person=Hurried, answers={Ask.FREE_AT_ONCE: True})
    assert steps["green box"].said


def test_door_that_is_not_free_at_once_fails():
    steps = run(SimulatedDoor(WHOLE), WHOLE, ALL_PINS, answers={Ask.FREE_AT_ONCE: False})
    assert steps["green box"].outcome is ProofOutcome.FAILED


def test_what_cannot_be_tried_here_is_skipped_and_said_so():
    steps = run(SimulatedDoor(WHOLE), WHOLE, ALL_PINS, answers={Ask.STAYS_LOCKED: None})
    assert steps["plug pulled"].outcome is ProofOutcome.SKIPPED
    assert has_passed(list(steps.values()))


def test_nothing_tried_is_no_pass():
    """Everything skipped or not configured: that the lines can be had is no test of a door."""
    lines = Step(step="lines", outcome=ProofOutcome.PASSED)
    skipped, off = Step(step="relay", outcome=ProofOutcome.SKIPPED), Step(step="held door", outcome=ProofOutcome.OFF)
    assert not has_passed([lines, skipped, off])
    assert has_passed([lines, skipped, off, Step(step="pulse", outcome=ProofOutcome.PASSED)])


def test_whoever_comes_from_inside_has_the_time_to_walk_round_to_the_door():
    class Walking(Doorman):
        """Takes longer to pull the door than a pulse lasts."""

        def do(self, act: Act) -> None:
            if act is Act.OPEN:
                for _ in range(40):
                    self.pass_time()
            super().do(act)

    clock, strike = AdjustableClock(), SimulatedDoor(BARE)
    settings, someone = parse(PINS, environ={}).door, Walking(strike, clock, lambda _words: None)
    with on_the_bench(Door(strike.make_pins, clock, BARE), clock) as bench:
        held = next(s for s in Commissioning(settings, bench, someone).steps() if s.step == "held door")
    assert held.outcome is ProofOutcome.PASSED


def test_nobody_at_the_door_fails_everything_and_ends():
    steps = run(SimulatedDoor(WHOLE), WHOLE, ALL_PINS, person=Absent)
    assert ProofOutcome.PASSED not in {step.outcome for name, step in steps.items() if name != "lines"}


def test_door_without_lines_is_one_failed_step():
    def make_pins():
        raise OSError("no chip")

    clock = AdjustableClock()
    someone = Hurried(SimulatedDoor(WHOLE), clock, lambda _words: None)
    with on_the_bench(Door(make_pins, clock, WHOLE), clock) as bench:
        steps = list(Commissioning(parse(ALL_PINS, environ={}).door, bench, someone).steps())
    assert [(step.step, step.outcome) for step in steps] == [("lines", ProofOutcome.FAILED)]
    assert "no chip" in steps[0].said


# ── the result ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    room = Room(Wish(backend="folder", members=40), tmp_path, demo_clock())
    with room.running():
        yield room


def test_result_is_a_dated_fact_of_the_journal(room):
    doorman = Doorman(room.door, room.clock, lambda _words: None)
    report = prove_door(room.config(), room.clock, doorman, lambda _step: None, by="12", wiring=room)
    assert report["passed"] is True
    store = Store(room.config().terminal.data_dir, lambda _event: None, room.clock)
    store.start()
    [row] = [row for row in store.journal_list().result(5) if row.fact.kind is FactKind.COMMISSIONING]
    store.request_stop()
    assert store.join()
    assert row.fact.member_id == "12"
    assert row.fact.happened.wall.isoformat(timespec="seconds") == report["at"]
    assert row.fact.details["steps"]["green box"] == "passed"


def test_running_terminal_keeps_its_lines(room):
    terminal, screen = Terminal(room.config(), room.clock, room), Onlooker()
    doorman = Doorman(room.door, room.clock, lambda _words: None)
    with terminal.running(screen):
        screen.wait_for(lambda _view: True)
        with pytest.raises(KioskError, match="stop it first"):
            prove_door(room.config(), room.clock, doorman, lambda _step: None, wiring=room)


def test_terminal_without_a_door_has_nothing_to_test():
    with pytest.raises(KioskError, match="no door"):
        prove_door(parse("", environ={}), AdjustableClock(), Absent, lambda _step: None)


def test_command_exports_every_step_and_the_whole():
    result = CliRunner().invoke(check, ["--simulated", "--door", "--json"])
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert rows[0] == {"step": "lines", "outcome": "passed", "said": ""}
    assert rows[-1]["passed"] is True
    assert rows[-1]["steps"]["plug pulled"] == "passed"
    assert "Press the green box." in result.stderr
