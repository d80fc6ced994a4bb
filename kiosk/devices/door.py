"""The door: a relay and, where there is one, a contact, under the rules of :mod:`kiosk.rules.door`.

Run by a :class:`~kiosk.devices.supervisor.Supervisor`, on a thread of its own: once unlocked, the door is locked again
even if the reactor or the screen hangs. A driver that fails in mid-pulse is closed, and closing locks.
"""

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Literal

from kiosk.clock import Clock
from kiosk.devices.pins import Pins
from kiosk.errors import DeviceError
from kiosk.events import DoorAlarm, DoorAlarmCleared, DoorMoved, Event, RelayChanged
from kiosk.rules.door import (
    Closed,
    DoorEvent,
    DoorRules,
    Doorway,
    Granted,
    Opened,
    TimePassed,
    found,
    next_look,
    step,
)
from kiosk.types import Part

if TYPE_CHECKING:
    from gpiozero import DigitalInputDevice, OutputDevice

READ_SECONDS = 0.3
DEBOUNCE_SECONDS = 0.05


class Door:
    """The lines of one door.

    Args:
        make_pins: :func:`kiosk.devices.pins.lgpio_pins`, or that of a simulated door.
        clock: the time of the pulses.
        relay_pin: BCM number of the line to the relay.
        relay_active_high: a high level energises the relay.
        contact_pin: BCM number of the line to the contact, wired to ground; ``None`` where there is none.
        contact_when_shut: the contact's circuit while the door is shut.
        rules: what the coop has decided.
    """

    part = Part.DOOR
    faults: tuple[type[BaseException], ...] = (OSError, ImportError)

    def __init__(
        self,
        make_pins: Callable[[], Pins],
        clock: Clock,
        relay_pin: int,
        *,
        relay_active_high: bool = True,
        contact_pin: int | None = None,
        contact_when_shut: Literal["closed", "open"] = "closed",
        rules: DoorRules | None = None,
    ) -> None:
        self._make_pins = make_pins
        self._clock = clock
        self._relay_pin = relay_pin
        self._active_high = relay_active_high
        self._contact_pin = contact_pin
        self._closed_when_shut = contact_when_shut == "closed"
        self._rules = rules or DoorRules()
        self._pins: Pins | None = None
        self._relay: OutputDevice | None = None
        self._contact: DigitalInputDevice | None = None
        self._doorway = Doorway()
        self._inbox: list[DoorEvent] = []
        self._wake = threading.Condition()
        self._told: list[Event] = []

    def open_for(self, seconds: float) -> None:
        """Unlock for ``seconds``; a pulse already running is extended, never shortened. Returns at once.

        Nothing happens while the door is out of order: an opening must not come when nobody waits for it any more.
        """
        self._receive(Granted(until=self._clock.monotonic() + seconds))

    def open(self) -> None:
        """Take the lines; the relay's never leaves its level of rest meanwhile.

        Raises:
            DeviceError: a line cannot be had.
            ImportError: the GPIO library is missing.
        """
        from gpiozero import DigitalInputDevice, OutputDevice

        try:
            self._pins = pins = self._make_pins()
        except ImportError:
            raise
        except Exception as fault:
            # On a machine without GPIO lines the libraries raise anything from OSError to their own bare Exceptions.
            raise DeviceError(f"no GPIO lines: {fault}") from fault
        try:
            self._relay = OutputDevice(
                self._relay_pin, active_high=self._active_high, initial_value=False, pin_factory=pins.factory
            )
            if self._contact_pin is not None:
                self._contact = DigitalInputDevice(
                    self._contact_pin, pull_up=True, bounce_time=DEBOUNCE_SECONDS, pin_factory=pins.factory
                )
        except pins.faults as fault:
            raise DeviceError(f"GPIO line: {fault}") from fault
        self._begin()

    def read(self) -> Iterable[Event]:
        """Wait for a grant, the contact or the end of a pulse, do what is due, and tell what happened.

        Raises:
            DeviceError: the relay does not obey.
        """
        if self._pins is None:
            raise DeviceError("the door is not open")
        try:
            for event in self._wait():
                self._step(event)
        except self._pins.faults as fault:
            raise DeviceError(f"relay: {fault}") from fault
        told, self._told = self._told, []
        return told

    def close(self) -> None:
        """Put the relay at rest and give the lines back. Twice does no harm."""
        relay, contact, pins = self._relay, self._contact, self._pins
        self._relay = self._contact = self._pins = None
        if pins is None:
            return
        rest = [relay.off, relay.close] if relay is not None else []
        for put_away in (*rest, *([contact.close] if contact is not None else []), pins.close):
            # One line that no longer obeys must not keep the others from their rest.
            with suppress(*pins.faults):
                put_away()

    def _begin(self) -> None:
        with self._wake:
            self._inbox.clear()
        is_open: bool | None = None
        self._told = []
        if self._contact is not None:
            self._contact.when_activated = self._contact_closed
            self._contact.when_deactivated = self._contact_opened
            is_open = self._is_open(closed=self._contact.is_active)
            self._told.append(DoorMoved(is_open=is_open))
        self._doorway = found(is_open, self._clock.monotonic())

    def _is_open(self, *, closed: bool) -> bool:
        return closed != self._closed_when_shut

    def _contact_closed(self) -> None:
        self._receive(Opened() if self._is_open(closed=True) else Closed())

    def _contact_opened(self) -> None:
        self._receive(Opened() if self._is_open(closed=False) else Closed())

    def _receive(self, event: DoorEvent) -> None:
        with self._wake:
            self._inbox.append(event)
            self._wake.notify_all()

    def _wait(self) -> list[DoorEvent]:
        """What came, within :data:`READ_SECONDS` or until something is due; time passes in any case."""
        deadline = min(self._clock.monotonic() + READ_SECONDS, next_look(self._doorway, self._rules))
        with self._wake:
            while not self._inbox and (left := deadline - self._clock.monotonic()) > 0:
                self._clock.wait(self._wake, left)
            came, self._inbox = self._inbox, []
        return [*came, TimePassed()]

    def _step(self, event: DoorEvent) -> None:
        before = self._doorway
        now = step(before, event, self._clock.monotonic(), self._rules)
        self._doorway = now
        if now.is_unlocked != before.is_unlocked:
            assert self._relay is not None
            self._relay.value = now.is_unlocked
            self._told.append(RelayChanged(active=now.is_unlocked))
        if isinstance(event, Opened | Closed):
            self._told.append(DoorMoved(is_open=isinstance(event, Opened)))
        if now.alarm is not None and now.alarm != before.alarm:
            self._told.append(DoorAlarm(kind=now.alarm))
        elif before.alarm is not None and now.alarm is None:
            self._told.append(DoorAlarmCleared(kind=before.alarm))
