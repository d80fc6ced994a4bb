"""A door of gpiozero's mock pins: a strike that holds unless the relay is on, a leaf, and a contact in the frame.

It is the hardware below the real driver. The driver takes its lines, gives them back and takes them again; the door
itself stays as it is.
"""

import threading
from typing import Any, Literal

from gpiozero import GPIOZeroError
from gpiozero.pins.mock import MockFactory, MockPin

from kiosk.devices.pins import Pins


class RelayPin(MockPin):  # type: ignore[misc]  # gpiozero has no types
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
    """The door and the hand on it. Every method may be called from any thread.

    Args:
        relay_pin: BCM number, as in the driver.
        relay_active_high: as in the driver.
        contact_pin: BCM number, as in the driver; ``None``: the door has no contact.
        contact_when_shut: as in the driver.
        relay_pin_class: another make of line for the relay.
    """

    def __init__(
        self,
        relay_pin: int = 17,
        *,
        relay_active_high: bool = True,
        contact_pin: int | None = 27,
        contact_when_shut: Literal["closed", "open"] = "closed",
        relay_pin_class: type[MockPin] = RelayPin,
    ) -> None:
        self._factory = MockFactory(revision="a02082", pin_class=MockPin)
        self._relay = self._factory.pin(relay_pin, pin_class=relay_pin_class)
        self._active_high = relay_active_high
        self._contact = None if contact_pin is None else self._factory.pin(contact_pin, pin_class=ContactPin)
        self._closed_when_shut = contact_when_shut == "closed"
        self._is_open = False
        self._guard = threading.Lock()
        self._move(is_open=False)

    def make_pins(self) -> Pins:
        """The lines, for :class:`kiosk.devices.door.Door`."""
        return Pins(factory=self._factory, faults=(GPIOZeroError,), close=lambda: None)

    @property
    def relay_levels(self) -> tuple[bool, ...]:
        """Every level the relay's line has been driven to, oldest first."""
        return tuple(self._relay.shown)

    @property
    def is_unlocked(self) -> bool:
        """The relay is on."""
        return self._relay.function == "output" and bool(self._relay.state) == self._active_high

    @property
    def is_open(self) -> bool:
        return self._is_open

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

    def _move(self, *, is_open: bool) -> None:
        self._is_open = is_open
        if self._contact is not None:
            self._contact.ground(is_open != self._closed_when_shut)
