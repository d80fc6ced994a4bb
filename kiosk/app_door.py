"""The door and its bell from the configuration. A part of the composition root: holds no logic."""

from collections.abc import Callable
from dataclasses import fields

from kiosk.clock import Clock
from kiosk.config import Config
from kiosk.devices.bell import Bell, GpioRinger, WebhookRinger, needs_internet
from kiosk.devices.door import Door, Memory
from kiosk.devices.door_memory import DoorMemory
from kiosk.devices.pins import Pins
from kiosk.rules.door_states import DoorRules
from kiosk.wiring import make_wiring


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
