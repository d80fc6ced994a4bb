"""The door: its lines under the rules of :mod:`kiosk.rules.door`.

Run by a :class:`~kiosk.devices.supervisor.Supervisor`, on a thread of its own: once unlocked, the door is locked again
even if the reactor or the screen hangs. A driver that fails in mid-pulse is closed, and closing puts the relay at rest.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from kiosk.clock import Clock
from kiosk.devices.door_lines import Lines, SteadyInput, Wiring
from kiosk.devices.pins import Pins
from kiosk.effects import DoorOrder, EndHold, EndLockDown, HoldDoor, LockDown, ResetDoor
from kiosk.errors import DeviceError
from kiosk.events import Event
from kiosk.events_door import (
    DoorAlarm,
    DoorAlarmCleared,
    DoorAlarmKind,
    DoorModeChanged,
    DoorMoved,
    ExitAsked,
    RelayChanged,
)
from kiosk.rules.buzzer import loudest, sounds
from kiosk.rules.door import next_look, step
from kiosk.rules.door_states import (
    ButtonLetGo,
    ButtonPressed,
    Closed,
    CoverOpened,
    CoverShut,
    DoorEvent,
    DoorRules,
    Doorway,
    Failed,
    Found,
    Granted,
    HoldEnded,
    HoldOrdered,
    Kept,
    LockDownEnded,
    LockDownOrdered,
    Opened,
    ReleaseEnded,
    ReleaseRaised,
    ResetOrdered,
    TimePassed,
)
from kiosk.types import Part

READ_SECONDS = 0.3
AT_REST = (False, False)
"""Relay and lamp."""


class Memory(Protocol):
    """What outlives the process."""

    @property
    def kept(self) -> Kept: ...
    def keep(self, kept: Kept) -> None: ...


class Forgetful:
    """Remembers for as long as it lives: for a door on a bench."""

    def __init__(self) -> None:
        self.kept = Kept()

    def keep(self, kept: Kept) -> None:
        self.kept = kept


class Door:
    """One door.

    Args:
        make_pins: :func:`kiosk.devices.pins.lgpio_pins`, or that of a simulated door.
        clock: the time of the pulses.
        wiring: what is on which line.
        rules: what the coop has decided.
        memory: what must outlive a restart.
    """

    part = Part.DOOR
    faults: tuple[type[BaseException], ...] = (OSError, ImportError)

    def __init__(
        self,
        make_pins: Callable[[], Pins],
        clock: Clock,
        wiring: Wiring,
        *,
        rules: DoorRules | None = None,
        memory: Memory | None = None,
    ) -> None:
        self._make_pins = make_pins
        self._clock = clock
        self._wiring = wiring
        self._rules = rules or DoorRules()
        self._memory: Memory = memory or Forgetful()
        self._pins: Pins | None = None
        self._lines: Lines | None = None
        self._doorway = Doorway()
        self._shown = AT_REST
        self._heard: DoorAlarmKind | None = None
        self._heard_since = 0.0
        self._inbox: list[DoorEvent] = []
        self._stirred = False
        self._wake = threading.Condition()
        self._told: list[Event] = []

    # ── from any thread ───────────────────────────────────────────────────────────────────────────────────────────

    def open_for(self, seconds: float) -> None:
        """Unlock for ``seconds``; a pulse already running is extended, never shortened. Returns at once.

        Nothing happens while the door is out of order: an opening must not come when nobody waits for it any more.
        """
        self._receive(Granted(until=self._clock.monotonic() + seconds))

    def obey(self, order: DoorOrder) -> None:
        """Hold, lock down, reset, or end one of these; returns at once."""
        match order:
            case HoldDoor(seconds=seconds):
                self._receive(HoldOrdered(until=self._clock.monotonic() + seconds))
            case EndHold():
                self._receive(HoldEnded())
            case LockDown():
                self._receive(LockDownOrdered())
            case EndLockDown():
                self._receive(LockDownEnded())
            case ResetDoor():
                self._receive(ResetOrdered())

    def _receive(self, event: DoorEvent) -> None:
        with self._wake:
            # Of a door that is out of order for weeks none is gathered: opening it throws away what came before.
            if self._lines is not None:
                self._inbox.append(event)
                self._wake.notify_all()

    def _stir(self) -> None:
        with self._wake:
            self._stirred = True
            self._wake.notify_all()

    # ── for its own thread ────────────────────────────────────────────────────────────────────────────────────────

    def open(self) -> None:
        """Take the lines; the relay's never leaves its level of rest before the rules say so.

        Raises:
            DeviceError: a line cannot be had.
            ImportError: the GPIO library is missing.
        """
        try:
            self._pins = pins = self._make_pins()
        except ImportError:
            raise
        except Exception as fault:
            # On a machine without GPIO lines the libraries raise anything from OSError to their own bare Exceptions.
            raise DeviceError(f"no GPIO lines: {fault}") from fault
        with self._wake:
            self._inbox.clear()
        self._told = []
        try:
            self._lines = lines = Lines(pins, self._wiring, self._stir)
            self._step(
                Found(
                    is_open=None if lines.contact is None else lines.contact.is_active,
                    raised=_is_active(lines.fire),
                    tampered=_is_active(lines.tamper),
                    pressed=_is_active(lines.exit_button),
                    kept=self._memory.kept,
                )
            )
        except pins.faults as fault:
            raise DeviceError(f"GPIO line: {fault}") from fault
        if lines.contact is not None:
            self._told.insert(0, DoorMoved(is_open=lines.contact.is_active))

    def read(self) -> Iterable[Event]:
        """Wait for an order, an input or the end of a pulse, do what is due, and tell what happened.

        Raises:
            DeviceError: a line does not obey.
        """
        if self._pins is None or self._lines is None:
            raise DeviceError("the door is not open")
        try:
            # What opening had to tell goes out at once.
            for event in () if self._told else self._wait(self._lines):
                self._step(event)
            self._lines.buzz(on=self._buzzer()[0])
        except self._pins.faults as fault:
            raise DeviceError(f"GPIO line: {fault}") from fault
        told, self._told = self._told, []
        return told

    def close(self) -> None:
        """Put the relay at rest and give the lines back. Twice does no harm."""
        lines, pins = self._lines, self._pins
        self._lines = self._pins = None
        self._doorway = step(self._doorway, Failed(), self._clock.monotonic(), self._rules)
        self._shown = AT_REST
        self._heard = None
        if lines is not None:
            lines.close()
        elif pins is not None:
            pins.close()

    def _wait(self, lines: Lines) -> list[DoorEvent]:
        """What came, within :data:`READ_SECONDS` or until something is due; time passes in any case."""
        deadline = min(self._clock.monotonic() + READ_SECONDS, next_look(self._doorway, self._rules), self._buzzer()[1])
        while True:
            self._stirred = False
            now = self._clock.monotonic()
            seen = list(self._look(lines, now))
            with self._wake:
                came, self._inbox = [*seen, *self._inbox], []
                if came or now >= deadline:
                    return [*came, TimePassed()]
                if not self._stirred:
                    due = min((deadline, *(line.due for line in lines.inputs)))
                    self._clock.wait(self._wake, max(0.0, due - now))

    @staticmethod
    def _look(lines: Lines, now_seconds: float) -> Iterator[DoorEvent]:
        """What the inputs tell, the most urgent first."""
        meanings: tuple[tuple[SteadyInput | None, Callable[[], DoorEvent], Callable[[], DoorEvent]], ...] = (
            (lines.fire, ReleaseRaised, ReleaseEnded),
            (lines.exit_button, ButtonPressed, ButtonLetGo),
            (lines.contact, Opened, Closed),
            (lines.tamper, CoverOpened, CoverShut),
        )
        for line, active, calm in meanings:
            if line is not None and line.look(now_seconds):
                yield active() if line.is_active else calm()

    def _buzzer(self) -> tuple[bool, float]:
        return sounds(self._heard, self._heard_since, self._clock.monotonic())

    def _step(self, event: DoorEvent) -> None:
        before, now_seconds = self._doorway, self._clock.monotonic()
        self._doorway = now = step(before, event, now_seconds, self._rules)
        if now is before:
            self._tell_of(event)
            return
        if not isinstance(event, ResetOrdered):
            # Before the lines: one that fails at this very moment must not take a release or a lock-down with it.
            self._remember(now.kept)
        self._drive(now)
        # A release is over once they have obeyed: else the door would come back locked, and nobody's reset be told.
        self._remember(now.kept)
        self._tell_of(event)
        alarms = now.alarms
        alarm = loudest(alarms)
        if alarm != self._heard:
            self._heard, self._heard_since = alarm, now_seconds
        if now.mode != before.mode:
            self._told.append(DoorModeChanged(mode=now.mode))
        self._tell_alarms(before.alarms, alarms)

    def _remember(self, kept: Kept) -> None:
        if kept != self._memory.kept:
            self._memory.keep(kept)

    def _drive(self, doorway: Doorway) -> None:
        """A strike is energised to unlock; a magnet is energised to hold, and let go to unlock."""
        assert self._lines is not None
        energised = doorway.is_unlocked != self._wiring.fail_safe
        before, self._shown = self._shown, (energised, doorway.is_unlocked)
        if self._shown != before:
            self._lines.drive(energised=energised, lit=doorway.is_unlocked)
        if energised != before[0]:
            self._told.append(RelayChanged(active=energised))

    def _tell_of(self, event: DoorEvent) -> None:
        if isinstance(event, Opened | Closed):
            self._told.append(DoorMoved(is_open=isinstance(event, Opened)))
        if isinstance(event, ButtonPressed):
            self._told.append(ExitAsked())

    def _tell_alarms(self, before: frozenset[DoorAlarmKind], now: frozenset[DoorAlarmKind]) -> None:
        if now == before:
            return
        for kind in sorted(now - before):
            self._told.append(DoorAlarm(kind=kind))
        for kind in sorted(before - now):
            if not (kind is DoorAlarmKind.HELD_WARNING and DoorAlarmKind.HELD in now):
                self._told.append(DoorAlarmCleared(kind=kind))


def _is_active(line: SteadyInput | None) -> bool:
    return line is not None and line.is_active
