"""Which lines of the header a door hangs on, by the configuration. Light: ``kiosk door rest`` is in a hurry."""

from kiosk.config_sections import DoorSettings
from kiosk.devices.door_lines import (
    BUTTON_STEADY_SECONDS,
    CONTACT_STEADY_SECONDS,
    FIRE_STEADY_SECONDS,
    TAMPER_STEADY_SECONDS,
    Circuit,
    Input,
    Output,
    Wiring,
)

OTHER: dict[Circuit, Circuit] = {"closed": "open", "open": "closed"}


def make_wiring(door: DoorSettings) -> Wiring | None:
    """What is on which line; None where no door is configured."""
    if not door.enabled or door.relay_pin is None:
        return None
    return Wiring(
        relay=Output(pin=door.relay_pin, active_high=door.relay_active_high),
        fail_safe=door.lock == "fail_safe",
        contact=_input(door.contact_pin, OTHER[door.contact_when_shut], CONTACT_STEADY_SECONDS),
        exit_button=_input(door.exit_pin, door.exit_when_pressed, BUTTON_STEADY_SECONDS),
        fire=_input(door.fire_pin, OTHER[door.fire_when_calm], FIRE_STEADY_SECONDS),
        tamper=_input(door.tamper_pin, OTHER[door.tamper_when_shut], TAMPER_STEADY_SECONDS),
        lamp=_output(door.lamp_pin, active_high=door.lamp_active_high),
        buzzer=_output(door.buzzer_pin, active_high=door.buzzer_active_high),
    )


def _input(pin: int | None, active_when: Circuit, steady_seconds: float) -> Input | None:
    return None if pin is None else Input(pin=pin, active_when=active_when, steady_seconds=steady_seconds)


def _output(pin: int | None, *, active_high: bool) -> Output | None:
    return None if pin is None else Output(pin=pin, active_high=active_high)
