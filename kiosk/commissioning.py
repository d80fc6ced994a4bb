"""``kiosk check --door``: the door put to the test, step by step, by a person at the door and this program together.

What can be seen on the lines is waited for; what only a person can see is asked. The result is a dated fact of the
journal, for the safety register. It claims nothing about the fire system itself: that is its installer's business.
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final, Protocol

from kiosk.clock import Clock
from kiosk.config_sections import DoorSettings
from kiosk.events import DeviceFound, DeviceLost, Event
from kiosk.events_door import (
    DoorAlarm,
    DoorAlarmCleared,
    DoorAlarmKind,
    DoorMode,
    DoorModeChanged,
    DoorMoved,
    ExitAsked,
    ProofOutcome,
)
from kiosk.rules.door_watch import FORCED_GRACE_SECONDS
from kiosk.rules.doorkeeping import alarms_after
from kiosk.types import Part

PATIENCE_SECONDS: Final = 60.0
"""So long a person has for one thing."""
AT_ONCE_SECONDS: Final = 1.0
RELAY_SECONDS: Final = 2.0
"""Long enough to see the relay's LED go on and off."""
LOOK_SECONDS: Final = 0.1
LINES: Final = "lines"
"""The first step, in which nobody does anything."""


class Act(StrEnum):
    """What a person is asked to do."""

    UNPLUG_LOCK = "Unplug the lock from the relay."
    PLUG_LOCK = "Plug the lock in again, and shut the door."
    OPEN = "Pull the door open from outside."
    SHUT = "Shut the door."
    PRESS_EXIT = "Press the exit button from inside."
    OPEN_INSIDE = "Open the door from inside with its handle; do not press the exit button."
    HOLD = "Leave the door open until the alarm."
    BREAK_BOX = "Press the green box."
    SHUT_BOX = "Put the green box back."
    RING_ALARM = "Let the fire alarm call, with whoever looks after it."
    END_ALARM = "Have the fire alarm put back."
    PULL_PLUG = "Pull the plug of the lock's power supply."
    PLUG_IN = "Put the plug back."
    OPEN_LID = "Take the lid off the box of the electronics."
    SHUT_LID = "Put the lid back."


class Ask(StrEnum):
    """What only a person can see. Every question is to be answered by yes."""

    UNPLUGGED = "Is the lock unplugged from the relay?"
    RELAY_CHANGES = "Did the relay click, and its LED change and change back?"
    IS_LOCKED = "Is the door locked from outside?"
    OPENED = "Did it open, and is it locked again now?"
    BUZZER = "Does the buzzer sound?"
    FREE_AT_ONCE = "Was the door free within one second?"
    STAYS_LOCKED = "Is it still locked from outside, and does it open from inside by a simple movement, without a key?"
    FALLS_OPEN = "Was it free within one second, and does it open from inside by a simple movement, without a key?"


class Person(Protocol):
    """Whoever stands at the door."""

    def do(self, act: Act) -> None:
        """Ask for something; returns when it has been said."""

    def answer(self, ask: Ask) -> bool | None:
        """Yes, no, or None: it cannot be tried here."""

    def pass_time(self) -> None:
        """Called again and again while something is waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the test and what came of it."""

    step: str
    outcome: ProofOutcome
    said: str = ""

    def as_row(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self) | {"outcome": self.outcome.value}


class Bench:
    """What the door has told so far, and what the test can have it do.

    Args:
        clock: the time of the waits.
        open_for: unlocks it for so many seconds.
        reset: locks it again after the green box or the fire alarm.
    """

    def __init__(self, clock: Clock, open_for: Callable[[float], None], reset: Callable[[], None]) -> None:
        self.open_for = open_for
        self.reset = reset
        self._clock = clock
        self._changed = threading.Condition()
        self.mode: DoorMode | None = None
        self.is_open: bool | None = None
        self.alarms: frozenset[DoorAlarmKind] = frozenset()
        self.exits = 0
        self.pulses = 0
        self.fault = ""
        self.moved_at = 0.0
        self.alarmed_at = 0.0

    def comes_to(self, seen: Callable[[], bool], person: Person, seconds: float = PATIENCE_SECONDS) -> bool:
        """Whether it comes to that in time."""
        deadline = self._clock.monotonic() + seconds
        while not (came := seen()) and self._clock.monotonic() < deadline:
            with self._changed:
                self._changed.wait(LOOK_SECONDS)
            person.pass_time()
        return came

    def hear(self, event: Event) -> None:
        """Take what the door tells, from any thread; other events mean nothing here."""
        now = self._clock.monotonic()
        with self._changed:
            match event:
                case DoorModeChanged(mode=mode):
                    self.mode = mode
                    self.pulses += mode is DoorMode.UNLOCKED
                case DoorMoved(is_open=is_open):
                    self.is_open, self.moved_at = is_open, now
                case DoorAlarm() | DoorAlarmCleared():
                    self.alarms, self.alarmed_at = alarms_after(self.alarms, event), now
                case ExitAsked():
                    self.exits += 1
                case DeviceFound(part=Part.DOOR):
                    self.fault = ""
                case DeviceLost(part=Part.DOOR, fault=fault):
                    self.fault, self.mode, self.alarms = fault, None, frozenset()
                case _:
                    return
            self._changed.notify_all()


class Commissioning:
    """The whole test.

    Args:
        door: what is configured.
        bench: the door itself, started.
        person: who stands at it.
    """

    def __init__(self, door: DoorSettings, bench: Bench, person: Person) -> None:
        self._door = door
        self._bench = bench
        self._person = person

    def steps(self) -> Iterator[Step]:
        """Every step in its order, as it is done. Without lines there is only the first."""
        if not self._bench.comes_to(lambda: self._bench.mode is not None, self._person, 10.0):
            yield _failed(LINES, self._bench.fault or "the door does not answer")
            return
        yield Step(step=LINES, outcome=ProofOutcome.PASSED)
        yield self._relay()
        yield self._pulse()
        yield self._exit()
        yield self._forced()
        yield self._held()
        yield self._tamper()
        for name, begin, end in (
            ("green box", Act.BREAK_BOX, Act.SHUT_BOX),
            ("fire alarm", Act.RING_ALARM, Act.END_ALARM),
        ):
            yield self._release(name, begin, end)
        yield self._plug()

    # ── the steps ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _relay(self) -> Step:
        """First with the lock unplugged: whatever is wrong, nobody is locked in or out by it."""
        self._person.do(Act.UNPLUG_LOCK)
        unplugged = self._answered(Ask.UNPLUGGED)
        if unplugged is not ProofOutcome.PASSED:
            return Step(step="relay", outcome=unplugged)
        # Whoever has just come in by a card has a pulse of their own.
        if not self._await(lambda: self._bench.mode is DoorMode.LOCKED):
            return _failed("relay", "the door is not locked")
        self._bench.open_for(RELAY_SECONDS)
        outcome = self._answered(Ask.RELAY_CHANGES)
        self._person.do(Act.PLUG_LOCK)
        if outcome is ProofOutcome.PASSED:
            outcome = self._answered(Ask.IS_LOCKED)
        return Step(step="relay", outcome=outcome)

    def _pulse(self) -> Step:
        if not self._await(lambda: self._bench.mode is DoorMode.LOCKED):
            return _failed("pulse", "the door is not locked")
        before = self._bench.pulses
        self._bench.open_for(self._door.bound_seconds)
        self._person.do(Act.OPEN)
        if not self._await(lambda: self._bench.pulses > before):
            return _failed("pulse", "the door did not unlock")
        if self._door.contact_pin is not None:
            if not self._await(lambda: self._bench.is_open is True):
                return _failed("pulse", "the contact did not tell that the door opened")
            self._person.do(Act.SHUT)
            if not self._await(lambda: self._bench.is_open is False):
                return _failed("pulse", "the contact did not tell that the door was shut")
        if not self._await(lambda: self._bench.mode is DoorMode.LOCKED):
            return _failed("pulse", "the door did not lock again")
        return Step(step="pulse", outcome=self._answered(Ask.OPENED))

    def _exit(self) -> Step:
        if self._door.exit_pin is None:
            return _off("exit button")
        before, pulses = self._bench.exits, self._bench.pulses
        self._person.do(Act.PRESS_EXIT)
        if not self._await(lambda: self._bench.exits > before):
            return _failed("exit button", "it was not felt")
        # That it was felt is told before what the door does about it.
        if not self._await(lambda: self._bench.pulses > pulses and self._bench.mode is DoorMode.LOCKED):
            return _failed("exit button", "the door did not unlock and lock again")
        return Step(step="exit button", outcome=ProofOutcome.PASSED)

    def _forced(self) -> Step:
        if self._door.contact_pin is None or not self._door.forced_alarm:
            return _off("forced door")
        # A hand on the door as the lock falls is no break-in: let that moment pass.
        self._bench.comes_to(lambda: False, self._person, 2 * FORCED_GRACE_SECONDS)
        self._person.do(Act.OPEN_INSIDE)
        if not self._await(lambda: DoorAlarmKind.FORCED in self._bench.alarms):
            return _failed("forced door", "no alarm")
        seconds = self._bench.alarmed_at - self._bench.moved_at
        if seconds > AT_ONCE_SECONDS:
            return _failed("forced door", f"the alarm came after {seconds:.1f} s")
        heard = ProofOutcome.PASSED if self._door.buzzer_pin is None else self._answered(Ask.BUZZER)
        self._person.do(Act.SHUT)
        if not self._await(lambda: not self._bench.alarms):
            return _failed("forced door", "the alarm did not end when the door was shut")
        return Step(step="forced door", outcome=heard)

    def _held(self) -> Step:
        if self._door.contact_pin is None:
            return _off("held door")
        # As long as may be: whoever has just shut the door has to read first what comes next.
        self._bench.open_for(self._door.bound_seconds)
        self._person.do(Act.OPEN)
        if not self._await(lambda: self._bench.is_open is True):
            return _failed("held door", "the contact did not tell that the door opened")
        self._person.do(Act.HOLD)
        seconds = self._door.held_alarm_seconds + PATIENCE_SECONDS
        if not self._bench.comes_to(lambda: DoorAlarmKind.HELD in self._bench.alarms, self._person, seconds):
            return _failed("held door", "no alarm")
        self._person.do(Act.SHUT)
        if not self._await(lambda: not self._bench.alarms):
            return _failed("held door", "the alarm did not end when the door was shut")
        return Step(step="held door", outcome=ProofOutcome.PASSED)

    def _tamper(self) -> Step:
        if self._door.tamper_pin is None:
            return _off("tamper switch")
        self._person.do(Act.OPEN_LID)
        if not self._await(lambda: DoorAlarmKind.TAMPER in self._bench.alarms):
            return _failed("tamper switch", "no alarm")
        self._person.do(Act.SHUT_LID)
        if not self._await(lambda: DoorAlarmKind.TAMPER not in self._bench.alarms):
            return _failed("tamper switch", "the alarm did not end")
        return Step(step="tamper switch", outcome=ProofOutcome.PASSED)

    def _release(self, name: str, begin: Act, end: Act) -> Step:
        """The door must be free at once by its own hardware; that we hear of it is the lesser thing."""
        self._person.do(begin)
        free = self._answered(Ask.FREE_AT_ONCE)
        if free is ProofOutcome.SKIPPED:
            return Step(step=name, outcome=free)
        heard = self._door.fire_pin is None or self._await(lambda: self._bench.mode is DoorMode.RELEASED)
        self._person.do(end)
        if not self._locks_again():
            return _failed(name, "the door could not be locked again")
        if not heard:
            return _failed(name, "the copy contact told nothing")
        return Step(step=name, outcome=free)

    def _locks_again(self) -> bool:
        def seen() -> bool:
            if self._bench.mode is DoorMode.RELEASED:
                self._bench.reset()
            return self._bench.mode is DoorMode.LOCKED

        return self._await(seen)

    def _plug(self) -> Step:
        self._person.do(Act.PULL_PLUG)
        fail_safe = self._door.lock == "fail_safe"
        outcome = self._answered(Ask.FALLS_OPEN if fail_safe else Ask.STAYS_LOCKED)
        self._person.do(Act.PLUG_IN)
        return Step(step="plug pulled", outcome=outcome)

    def _await(self, seen: Callable[[], bool]) -> bool:
        return self._bench.comes_to(seen, self._person)

    def _answered(self, ask: Ask) -> ProofOutcome:
        match self._person.answer(ask):
            case True:
                return ProofOutcome.PASSED
            case False:
                return ProofOutcome.FAILED
            case None:
                return ProofOutcome.SKIPPED


def _failed(step: str, said: str) -> Step:
    return Step(step=step, outcome=ProofOutcome.FAILED, said=said)


def _off(step: str) -> Step:
    return Step(step=step, outcome=ProofOutcome.OFF, said="not configured")


def has_passed(steps: list[Step]) -> bool:
    """Nothing failed, and something was tried: that the lines can be had says nothing of the door."""
    failed = any(step.outcome is ProofOutcome.FAILED for step in steps)
    return not failed and any(step.outcome is ProofOutcome.PASSED and step.step != LINES for step in steps)


def details_of(steps: list[Step], door: DoorSettings) -> dict[str, object]:
    """What the journal keeps."""
    return {
        "passed": has_passed(steps),
        "lock": door.lock,
        "steps": {step.step: step.outcome.value for step in steps},
    }
