"""What the supervisor does about a source that fails in ways of its own."""

import threading
from collections.abc import Iterable
from itertools import pairwise

import pytest

from kiosk.clock import AdjustableClock
from kiosk.devices.supervisor import FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, Supervisor
from kiosk.events import DeviceFound, DeviceLost, Event, Ticked
from kiosk.types import Part
from tests.fakes import ManualClock


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


class Buggy:
    """A device that opens, and whose driver then fails in a way that it never said it would."""

    part = Part.READER
    faults: tuple[type[BaseException], ...] = (OSError,)

    def open(self) -> None:
        pass

    def read(self) -> Iterable[Event]:
        raise TypeError("a bug")

    def close(self) -> None:
        raise RuntimeError("and another one")


def test_a_month_of_the_same_bug_fills_no_journal(caplog: pytest.LogCaptureFixture) -> None:
    told: list[Event] = []
    supervisor = Supervisor(Buggy(), told.append, AdjustableClock())
    pauses = [supervisor.turn() for _ in range(1000)]
    assert pauses[-1] == LONGEST_PAUSE_SECONDS
    assert [record.message for record in caplog.records] == [
        "reader: unexpected failure in the driver",
        "reader: lost (a bug)",
        "reader: could not be given back",
    ]


def test_a_device_that_opens_and_cannot_be_read_is_not_found_again_and_again() -> None:
    told: list[Event] = []
    source = Stubborn()
    supervisor = Supervisor(source, told.append, AdjustableClock())
    supervisor.turn()
    source.is_there = False
    for _ in range(5):
        supervisor.turn()
    assert [type(event) for event in told if isinstance(event, DeviceFound | DeviceLost)] == [DeviceFound, DeviceLost]


class Hurried(ManualClock):
    """A clock on which every wait is over at once."""

    def wait(self, condition: threading.Condition, seconds: float | None) -> None:
        del condition
        self.advance(seconds or 0.0)


def test_a_device_that_is_missed_slowly_is_no_thread_that_hangs() -> None:
    clock = Hurried()
    ticked_at = [clock.monotonic()]

    class Far(Stubborn):
        """Each try takes as long as a network does that swallows everything."""

        def open(self) -> None:
            clock.advance(8.0)
            raise OSError("timed out")

    def hear(event: Event) -> None:
        if isinstance(event, Ticked):
            ticked_at.append(clock.monotonic())
            if len(ticked_at) > 40:
                supervisor.request_stop()

    supervisor = Supervisor(Far(), hear, clock)
    supervisor._run()
    assert max(after - before for before, after in pairwise(ticked_at)) <= LONGEST_PAUSE_SECONDS
