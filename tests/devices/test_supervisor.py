"""What the supervisor does about a source that fails in ways of its own."""

from collections.abc import Iterable

import pytest

from kiosk.clock import AdjustableClock
from kiosk.devices.supervisor import FIRST_PAUSE_SECONDS, Supervisor
from kiosk.events import DeviceFound, DeviceLost, Event
from kiosk.types import Part


class Stubborn:
    """A device that goes, and whose driver fails once more when it is to be given back."""

    part = Part.READER
    faults: tuple[type[BaseException], ...] = (OSError,)

    def __init__(self) -> None:
        self.is_there = True
        self.opened = 0

    def open(self) -> None:
        self.opened += 1

    def read(self) -> Iterable[Event]:
        if not self.is_there:
            raise OSError("gone")
        return ()

    def close(self) -> None:
        if not self.is_there:
            raise RuntimeError("the pin is not ours any more")


def test_a_device_that_cannot_be_given_back_is_found_again(caplog: pytest.LogCaptureFixture) -> None:
    source, told = Stubborn(), []
    supervisor = Supervisor(source, told.append, AdjustableClock())
    assert supervisor.turn() is None
    source.is_there = False
    assert supervisor.turn() == FIRST_PAUSE_SECONDS
    source.is_there = True
    assert supervisor.turn() is None
    assert source.opened == 2
    assert [type(event) for event in told if isinstance(event, DeviceFound | DeviceLost)] == [
        DeviceFound,
        DeviceLost,
        DeviceFound,
    ]
    assert "could not be given back" in caplog.text
