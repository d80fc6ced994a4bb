"""What a door's driver tells, and how it is waited for."""

import pytest

from kiosk.devices.door import Door
from kiosk.devices.door_lines import Output, Wiring
from kiosk.events import Event
from kiosk.events_door import DoorMode, DoorModeChanged, DoorMoved, RelayChanged

RELAY_ON = RelayChanged(active=True)
ON = [RELAY_ON, DoorModeChanged(mode=DoorMode.UNLOCKED)]
OFF = [RelayChanged(active=False), DoorModeChanged(mode=DoorMode.LOCKED)]
AT_START = [DoorMoved(is_open=False), DoorModeChanged(mode=DoorMode.LOCKED)]
RELAY_ALONE = Wiring(relay=Output(pin=17))


def read_until(door: Door, wanted: Event, reads: int = 5) -> list[Event]:
    told: list[Event] = []
    for _ in range(reads):
        told += door.read()
        if wanted in told:
            return told
    pytest.fail(f"{wanted} was not told, but {told}")


def mode(name: DoorMode) -> DoorModeChanged:
    return DoorModeChanged(mode=name)
