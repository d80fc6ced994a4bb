"""Puts lines at rest that a dead process may have left at any level."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass

from kiosk.devices.door_lines import Output
from kiosk.devices.pins import Pins
from kiosk.errors import DeviceError


@dataclass(frozen=True, slots=True)
class Rest:
    """One line and what became of it. ``fault`` is empty where it is at rest."""

    name: str
    pin: int
    fault: str = ""


def put_at_rest(outputs: Iterable[tuple[str, Output]], make_pins: Callable[[], Pins]) -> list[Rest]:
    """Drive every line to its level of rest in one go, then let go of it, pulled towards that level.

    A line that another process holds is left alone: that one lives.

    Args:
        outputs: each with its name.
        make_pins: :func:`kiosk.devices.pins.lgpio_pins`, or that of a simulated door.

    Raises:
        DeviceError: there are no lines on this machine.
        ImportError: the GPIO library is missing.
    """
    from gpiozero import OutputDevice

    try:
        pins = make_pins()
    except ImportError:
        raise
    except Exception as fault:
        raise DeviceError(f"no GPIO lines: {fault}") from fault
    found = []
    lines: list[OutputDevice] = []
    try:
        for name, output in outputs:
            try:
                lines.append(
                    OutputDevice(
                        output.pin, active_high=output.active_high, initial_value=False, pin_factory=pins.factory
                    )
                )
                found.append(Rest(name, output.pin))
            except pins.faults as fault:
                found.append(Rest(name, output.pin, str(fault) or type(fault).__name__))
    finally:
        for put_away in (*(line.close for line in lines), pins.close):
            with suppress(*pins.faults):
                put_away()
    return found
