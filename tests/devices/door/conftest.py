"""A simulated door with the real driver before it."""

from collections.abc import Iterator

import pytest

from kiosk.clock import AdjustableClock
from kiosk.devices.door import Door
from kiosk.devices.simulated.door import BARE, SimulatedDoor
from tests.devices.door.told import AT_START


@pytest.fixture
def clock() -> AdjustableClock:
    return AdjustableClock()


@pytest.fixture
def strike() -> SimulatedDoor:
    return SimulatedDoor()


@pytest.fixture
def door(strike: SimulatedDoor, clock: AdjustableClock) -> Iterator[Door]:
    door = Door(strike.make_pins, clock, BARE)
    door.open()
    assert list(door.read()) == AT_START
    yield door
    door.close()
