"""The door and its bell from the configuration. A part of the composition root: holds no logic."""

from collections.abc import Callable
from dataclasses import fields

from kiosk.clock import Clock
from kiosk.config import Config
from kiosk.config_sections import DoorSettings
from kiosk.devices.bell import Bell, GpioRinger, WebhookRinger, needs_internet
from kiosk.devices.door import Door, Memory
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
from kiosk.devices.door_memory import DoorMemory
from kiosk.devices.pins import Pins
from kiosk.rules.door_states import DoorRules

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


def make_door_memory(config: Config, clock: Clock) -> DoorMemory | None:
    """What the door must not forget, where there is one."""
    return DoorMemory(config.terminal.data_dir / "door.json", clock) if config.door.enabled else None


def make_door(config: Config, clock: Clock, make_pins: Callable[[], Pins], memory: Memory | None) -> Door | None:
    """The door, where there is one."""
    wiring = make_wiring(config.door)
    if wiring is None:
        return None
    rules = DoorRules(**{field.name: getattr(config.door, field.name) for field in fields(DoorRules)})
    return Door(make_pins, clock, wiring, rules=rules, memory=memory)


def make_bell(config: Config, clock: Clock, make_pins: Callable[[], Pins]) -> Bell | None:
    """The bell, where there is one."""
    bell = config.bell
    if bell.kind == "gpio" and bell.pin is not None:
        return Bell(GpioRinger(make_pins, bell.pin, active_high=bell.active_high), clock)
    if bell.kind == "webhook" and bell.url is not None:
        return Bell(WebhookRinger(bell.url, config.terminal.name), clock)
    return None


def bell_needs_internet(config: Config) -> bool:
    """Whether the bell falls silent with the internet."""
    return config.bell.kind == "webhook" and config.bell.url is not None and needs_internet(config.bell.url)
