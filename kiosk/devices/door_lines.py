"""The lines of a door: what is wired to which, and inputs that count only once they have stood still for a moment."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any, Literal

from kiosk.devices.pins import Pins

if TYPE_CHECKING:
    from gpiozero import DigitalInputDevice, OutputDevice

Circuit = Literal["closed", "open"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """A line that we drive, by its BCM number."""

    pin: int
    active_high: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A contact between a line (BCM number) and ground.

    Attributes:
        active_when: its circuit while it tells what it is there to tell (open door, pressed button, fire, open box).
        steady_seconds: it has to stand still for so long: contacts bounce, and wires catch sparks.
    """

    pin: int
    active_when: Circuit
    steady_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """What is wired. What is ``None`` is off.

    Attributes:
        relay: energised to unlock; to lock where the lock is ``fail_safe``.
        fail_safe: the lock opens without current, as a magnet does; else it stays locked, as a strike does.
        fire: a copy contact of the fire alarm or the green box; the real one acts on the lock's supply by itself.
        lamp: lit while unlocked.
        buzzer: sounds the alarms.
    """

    relay: Output
    fail_safe: bool = False
    contact: Input | None = None
    exit_button: Input | None = None
    fire: Input | None = None
    tamper: Input | None = None
    lamp: Output | None = None
    buzzer: Output | None = None


CONTACT_STEADY_SECONDS = 0.05
BUTTON_STEADY_SECONDS = 0.03
FIRE_STEADY_SECONDS = 0.1
TAMPER_STEADY_SECONDS = 0.2


class SteadyInput:
    """An input in our hands. What it tells changes once its level has stood still for long enough."""

    def __init__(self, device: "DigitalInputDevice", wiring: Input) -> None:
        self._device = device
        self._active_when_closed = wiring.active_when == "closed"
        self._steady_seconds = wiring.steady_seconds
        self._differs_since = inf
        self.is_active = self._level()

    @property
    def due(self) -> float:
        """When to look again, if nothing stirs before."""
        return self._differs_since + self._steady_seconds

    def look(self, now_seconds: float) -> bool:
        """Look at the line; whether what it tells has changed just now."""
        if self._level() == self.is_active:
            self._differs_since = inf
            return False
        self._differs_since = min(self._differs_since, now_seconds)
        if now_seconds < self.due:
            return False
        self.is_active = not self.is_active
        self._differs_since = inf
        return True

    def _level(self) -> bool:
        # Pulled up and shorted to ground: gpiozero calls the closed circuit active.
        return bool(self._device.is_active) == self._active_when_closed


class Lines:
    """The lines in our hands; outputs never show a level that nobody asked for.

    Args:
        pins: where lines come from.
        wiring: what is wired.
        stirred: called from any thread when an input moves.

    Raises:
        Exception: one of ``pins.faults``: a line cannot be had; those that could are given back.
    """

    def __init__(self, pins: Pins, wiring: Wiring, stirred: Callable[[], None]) -> None:
        self._pins = pins
        self._buzzes = False
        self._outputs: list[OutputDevice] = []
        self._inputs: list[DigitalInputDevice] = []
        try:
            # The relay first: from here on its line is driven to rest.
            self._relay = self._output(wiring.relay)
            self._lamp = self._maybe_output(wiring.lamp)
            self._buzzer = self._maybe_output(wiring.buzzer)
            self.contact = self._maybe_input(wiring.contact, stirred)
            self.exit_button = self._maybe_input(wiring.exit_button, stirred)
            self.fire = self._maybe_input(wiring.fire, stirred)
            self.tamper = self._maybe_input(wiring.tamper, stirred)
            known = (self.contact, self.exit_button, self.fire, self.tamper)
            self.inputs = tuple(line for line in known if line is not None)
            """Those that are wired."""
        except BaseException:
            self.close()
            raise

    def drive(self, *, energised: bool, lit: bool) -> None:
        """Set the relay, then the lamp."""
        self._relay.value = energised
        if self._lamp is not None:
            self._lamp.value = lit

    def buzz(self, *, on: bool) -> None:
        if self._buzzer is not None and self._buzzes != on:
            self._buzzes = on
            self._buzzer.value = on

    def close(self) -> None:
        """Put every output at rest, the relay first, and give all lines back."""
        at_rest: list[Callable[[], None]] = [line.off for line in self._outputs]
        given_back = [line.close for line in (*self._outputs, *self._inputs)]
        for put_away in (*at_rest, *given_back, self._pins.close):
            # One line that no longer obeys must not keep the others from their rest.
            with suppress(*self._pins.faults):
                put_away()

    def _output(self, wiring: Output) -> "OutputDevice":
        from gpiozero import OutputDevice

        line = OutputDevice(
            wiring.pin, active_high=wiring.active_high, initial_value=False, pin_factory=self._pins.factory
        )
        self._outputs.append(line)
        return line

    def _maybe_output(self, wiring: Output | None) -> "OutputDevice | None":
        return None if wiring is None else self._output(wiring)

    def _maybe_input(self, wiring: Input | None, stirred: Callable[[], None]) -> SteadyInput | None:
        if wiring is None:
            return None
        from gpiozero import DigitalInputDevice

        line: Any = DigitalInputDevice(wiring.pin, pull_up=True, pin_factory=self._pins.factory)
        self._inputs.append(line)
        line.when_activated = line.when_deactivated = stirred
        return SteadyInput(line, wiring)
