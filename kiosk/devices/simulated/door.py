"""A door of gpiozero's mock pins: a strike or a magnet, a leaf, and whatever else is wired to it.

It is the hardware below the real driver. The driver takes its lines, gives them back and takes them again; the door
itself stays as it is.
"""

import threading
from typing import Any, Final

from gpiozero import GPIOZeroError
from gpiozero.pins.mock import MockFactory, MockPin

from kiosk.devices.door_lines import (
    BUTTON_STEADY_SECONDS,
    CONTACT_STEADY_SECONDS,
    FIRE_STEADY_SECONDS,
    TAMPER_STEADY_SECONDS,
    Input,
    Output,
    Wiring,
)
from kiosk.devices.pins import Pins

BARE: Final = Wiring(
    relay=Output(pin=17), contact=Input(pin=27, active_when="open", steady_seconds=CONTACT_STEADY_SECONDS)
)
"""A strike and a contact."""
WHOLE: Final = Wiring(
    relay=Output(pin=17),
    contact=Input(pin=27, active_when="open", steady_seconds=CONTACT_STEADY_SECONDS),
    exit_button=Input(pin=5, active_when="closed", steady_seconds=BUTTON_STEADY_SECONDS),
    fire=Input(pin=6, active_when="open", steady_seconds=FIRE_STEADY_SECONDS),
    tamper=Input(pin=13, active_when="open", steady_seconds=TAMPER_STEADY_SECONDS),
    lamp=Output(pin=23),
    buzzer=Output(pin=26),
)
"""All that can be wired."""


class DrivenPin(MockPin):  # type: ignore[misc]  # gpiozero has no types
    """An output that is claimed at its level in one go, as :func:`~kiosk.devices.pins.lgpio_pins` does it.

    Attributes:
        shown: every level the line has been driven to, oldest first.
    """

    def __init__(self, factory: MockFactory, info: Any) -> None:
        self.shown: list[bool] = []
        super().__init__(factory, info)

    def output_with_state(self, state: bool) -> None:
        self._change_state(bool(state))
        self.function = "output"

    def _set_function(self, value: str) -> None:
        super()._set_function(value)
        self._note()

    def _set_state(self, value: bool) -> None:
        super()._set_state(value)
        self._note()

    def _note(self) -> None:
        if self._function == "output":
            self.shown.append(bool(self._state))


class ContactPin(MockPin):  # type: ignore[misc]  # gpiozero has no types
    """An input with a contact to ground on it, which is stronger than any pull."""

    is_grounded = False

    def ground(self, grounded: bool) -> None:
        self.is_grounded = grounded
        self._set_pull(self._get_pull())

    def _set_pull(self, value: str) -> None:
        if self.is_grounded:
            self._pull = value
            self.drive_low()
        else:
            super()._set_pull(value)


class SimulatedDoor:
    """The door and the hands on it. Every method may be called from any thread.

    Args:
        wiring: as in the driver.
        relay_pin_class: another make of line for the relay.
    """

    def __init__(self, wiring: Wiring = BARE, *, relay_pin_class: type[MockPin] = DrivenPin) -> None:
        self.wiring = wiring
        self._factory = MockFactory(revision="a02082", pin_class=MockPin)
        # By number: the factory looks a line up by its name each time, and a simulated year asks after every turn.
        self._pins: dict[int, MockPin] = {}
        self._make(wiring.relay, relay_pin_class)
        self._relay = self._pins[wiring.relay.pin]
        for output in (wiring.lamp, wiring.buzzer):
            self._make(output, DrivenPin)
        for contact in (wiring.contact, wiring.exit_button, wiring.fire, wiring.tamper):
            self._make(contact, ContactPin)
            self._tell(contact, active=False)
        self._is_open = False
        self._has_current = True
        self._guard = threading.Lock()

    def make_pins(self) -> Pins:
        """The lines, for :class:`kiosk.devices.door.Door`."""
        return Pins(factory=self._factory, faults=(GPIOZeroError,), close=lambda: None)

    # ── what is to be seen ────────────────────────────────────────────────────────────────────────────────────────

    @property
    def relay_levels(self) -> tuple[bool, ...]:
        """Every level the relay's line has been driven to, oldest first."""
        return tuple(self._relay.shown)

    @property
    def is_energised(self) -> bool:
        """The relay is on."""
        return self._drives(self.wiring.relay)

    @property
    def is_unlocked(self) -> bool:
        """The door can be pulled open: a strike needs current for that, a magnet needs it to hold."""
        current = self.is_energised and self._has_current
        return current != self.wiring.fail_safe

    @property
    def is_lit(self) -> bool:
        return self._drives(self.wiring.lamp)

    @property
    def buzzes(self) -> bool:
        return self._drives(self.wiring.buzzer)

    @property
    def is_open(self) -> bool:
        return self._is_open

    def _drives(self, output: Output | None) -> bool:
        if output is None:
            return False
        pin = self._pins[output.pin]
        return pin.function == "output" and bool(pin.state) == output.active_high

    # ── the hands ─────────────────────────────────────────────────────────────────────────────────────────────────

    def push_open(self) -> bool:
        """Push the door: it opens, or it is locked and stays shut. Returns whether it is open now."""
        with self._guard:
            if self.is_unlocked:
                self._move(is_open=True)
            return self._is_open

    def force_open(self) -> None:
        """Open it, locked or not, as from inside."""
        with self._guard:
            self._move(is_open=True)

    def pull_shut(self) -> None:
        with self._guard:
            self._move(is_open=False)

    def press_exit(self) -> None:
        self._tell(self.wiring.exit_button, active=True)

    def let_go_exit(self) -> None:
        self._tell(self.wiring.exit_button, active=False)

    def raise_fire(self) -> None:
        """Break the glass of the green box, or let the alarm ring."""
        self._tell(self.wiring.fire, active=True)

    def end_fire(self) -> None:
        self._tell(self.wiring.fire, active=False)

    def open_box(self) -> None:
        """Take the lid off the electronics."""
        self._tell(self.wiring.tamper, active=True)

    def shut_box(self) -> None:
        self._tell(self.wiring.tamper, active=False)

    def cut_current(self) -> None:
        """Pull the plug of the lock's supply."""
        self._has_current = False

    def mend_current(self) -> None:
        self._has_current = True

    def _move(self, *, is_open: bool) -> None:
        self._is_open = is_open
        self._tell(self.wiring.contact, active=is_open)

    def _make(self, line: Input | Output | None, pin_class: type[MockPin]) -> None:
        if line is not None:
            self._pins[line.pin] = self._factory.pin(line.pin, pin_class=pin_class)

    def _tell(self, contact: Input | None, *, active: bool) -> None:
        if contact is not None:
            self._pins[contact.pin].ground(active == (contact.active_when == "closed"))
