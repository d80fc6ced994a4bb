"""The real driver on gpiozero's mock pins, and its lines on a pretended chip under gpiozero's own lgpio pins."""

import sys
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from queue import Queue
from types import ModuleType
from typing import Literal

import pytest
from gpiozero import Device, GPIOZeroError
from gpiozero.pins.mock import MockPin

from kiosk.clock import AdjustableClock
from kiosk.devices.door import Door
from kiosk.devices.pins import Pins, lgpio_pins
from kiosk.devices.simulated.door import RelayPin, SimulatedDoor
from kiosk.devices.supervisor import Supervisor
from kiosk.errors import DeviceError
from kiosk.events import (
    DeviceFound,
    DeviceLost,
    DoorAlarm,
    DoorAlarmCleared,
    DoorAlarmKind,
    DoorMoved,
    Event,
    RelayChanged,
)

ON = RelayChanged(active=True)
OFF = RelayChanged(active=False)


@pytest.fixture
def clock() -> AdjustableClock:
    return AdjustableClock()


@pytest.fixture
def strike() -> SimulatedDoor:
    return SimulatedDoor()


@pytest.fixture
def door(strike: SimulatedDoor, clock: AdjustableClock) -> Iterator[Door]:
    door = Door(strike.make_pins, clock, 17, contact_pin=27)
    door.open()
    assert list(door.read()) == [DoorMoved(is_open=False)]
    yield door
    door.close()


def test_grant_unlocks_and_time_locks(door: Door, strike: SimulatedDoor, clock: AdjustableClock) -> None:
    door.open_for(8)
    assert list(door.read()) == [ON]
    assert strike.is_unlocked
    clock.advance(8)
    assert list(door.read()) == [OFF]
    assert not strike.is_unlocked


def test_two_grants_are_one_pulse_with_one_edge_at_its_end(
    door: Door, strike: SimulatedDoor, clock: AdjustableClock
) -> None:
    door.open_for(5)
    told = [*door.read()]
    clock.advance(3)
    door.open_for(5)
    told += door.read()
    clock.advance(2.5)
    told += door.read()
    assert strike.is_unlocked
    clock.advance(2.5)
    told += door.read()
    assert told == [ON, OFF]
    assert strike.relay_levels == (False, True, False)


def test_wall_clock_that_jumps_by_a_year_changes_no_pulse(
    door: Door, strike: SimulatedDoor, clock: AdjustableClock
) -> None:
    door.open_for(8)
    list(door.read())
    for days in (365, -730):
        clock.set_wall(clock.now() + timedelta(days=days))
        assert list(door.read()) == []
        assert strike.is_unlocked
    clock.advance(8)
    assert list(door.read()) == [OFF]


def test_person_pushes_the_door_and_the_lock_falls_behind(
    door: Door, strike: SimulatedDoor, clock: AdjustableClock
) -> None:
    assert not strike.push_open()
    door.open_for(8)
    list(door.read())
    assert strike.push_open()
    assert strike.is_open
    assert list(door.read()) == [DoorMoved(is_open=True)]
    clock.advance(0.6)
    assert list(door.read()) == [OFF]
    strike.pull_shut()
    assert list(door.read()) == [DoorMoved(is_open=False)]


def test_forced_door_is_told_at_once_and_until_it_is_shut(door: Door, strike: SimulatedDoor) -> None:
    strike.force_open()
    assert list(door.read()) == [DoorMoved(is_open=True), DoorAlarm(kind=DoorAlarmKind.FORCED)]
    strike.pull_shut()
    assert list(door.read()) == [DoorMoved(is_open=False), DoorAlarmCleared(kind=DoorAlarmKind.FORCED)]


def test_held_door_is_told_twice_and_cleared_once(door: Door, strike: SimulatedDoor, clock: AdjustableClock) -> None:
    door.open_for(8)
    list(door.read())
    strike.push_open()
    list(door.read())
    clock.advance(20)
    assert list(door.read()) == [OFF, DoorAlarm(kind=DoorAlarmKind.HELD_WARNING)]
    clock.advance(10)
    assert list(door.read()) == [DoorAlarm(kind=DoorAlarmKind.HELD)]
    strike.pull_shut()
    assert list(door.read()) == [DoorMoved(is_open=False), DoorAlarmCleared(kind=DoorAlarmKind.HELD)]


@pytest.mark.parametrize("when_shut", ["closed", "open"])
def test_contact_of_either_kind_tells_where_the_door_is(
    when_shut: Literal["closed", "open"], clock: AdjustableClock
) -> None:
    strike = SimulatedDoor(contact_when_shut=when_shut)
    strike.force_open()
    door = Door(strike.make_pins, clock, 17, contact_pin=27, contact_when_shut=when_shut)
    door.open()
    assert list(door.read()) == [DoorMoved(is_open=True)]
    strike.pull_shut()
    assert list(door.read()) == [DoorMoved(is_open=False)]
    door.close()


def test_door_without_a_contact_tells_of_the_relay_alone(clock: AdjustableClock) -> None:
    strike = SimulatedDoor(contact_pin=None)
    door = Door(strike.make_pins, clock, 17)
    door.open()
    door.open_for(8)
    assert list(door.read()) == [ON]
    strike.push_open()
    assert list(door.read()) == []
    door.close()


def test_closing_in_mid_pulse_locks_and_closing_twice_does_no_harm(door: Door, strike: SimulatedDoor) -> None:
    door.open_for(8)
    list(door.read())
    door.close()
    door.close()
    assert not strike.is_unlocked
    assert strike.relay_levels == (False, True, False)


def test_grant_while_out_of_order_opens_nothing_later(door: Door, strike: SimulatedDoor) -> None:
    door.close()
    door.open_for(8)
    door.open()
    assert list(door.read()) == [DoorMoved(is_open=False)]
    assert not strike.is_unlocked


def test_closed_door_cannot_be_read(door: Door) -> None:
    door.close()
    with pytest.raises(DeviceError):
        door.read()


def test_no_global_pin_factory_is_left_behind(door: Door) -> None:
    assert Device.pin_factory is None


# ── the line never shows the active level unasked ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("active_high", [True, False], ids=["active high", "active low"])
def test_active_level_is_never_shown_at_start_and_stop(active_high: bool, clock: AdjustableClock) -> None:
    strike = SimulatedDoor(relay_active_high=active_high)
    door = Door(strike.make_pins, clock, 17, relay_active_high=active_high, contact_pin=27)
    for _ in range(2):
        door.open()
        list(door.read())
        door.close()
    assert strike.relay_levels
    assert set(strike.relay_levels) == {not active_high}
    assert not strike.is_unlocked


def test_ordinary_pins_would_show_it(clock: AdjustableClock) -> None:
    """What the test above would see if a line were claimed first and set afterwards."""

    class OrdinaryPin(RelayPin):
        output_with_state = MockPin.output_with_state

    strike = SimulatedDoor(relay_active_high=False, relay_pin_class=OrdinaryPin)
    door = Door(strike.make_pins, clock, 17, relay_active_high=False)
    door.open()
    door.close()
    assert strike.relay_levels[0] is False


# ── under its supervisor ──────────────────────────────────────────────────────────────────────────────────────────


class StubbornPin(RelayPin):
    """A line that obeys until it is told not to."""

    fault: Exception | None = None

    def _set_state(self, value: bool) -> None:
        if self.fault is not None and value:
            raise self.fault
        super()._set_state(value)


@pytest.fixture
def events() -> "Queue[Event]":
    return Queue()


@pytest.fixture
def supervise(events: "Queue[Event]", clock: AdjustableClock) -> Iterator[Callable[[Door], Supervisor]]:
    running = []

    def start(door: Door) -> Supervisor:
        supervisor = Supervisor(door, events.put, clock)
        running.append(supervisor)
        supervisor.start()
        return supervisor

    yield start
    for supervisor in running:
        supervisor.request_stop()
        assert supervisor.join()


def await_event(events: "Queue[Event]", wanted: Event) -> None:
    while events.get(timeout=5) != wanted:
        pass


def test_relock_needs_neither_reactor_nor_screen(
    strike: SimulatedDoor, clock: AdjustableClock, events: "Queue[Event]", supervise: Callable[[Door], Supervisor]
) -> None:
    door = Door(strike.make_pins, clock, 17)
    supervise(door)
    await_event(events, DeviceFound(part=door.part))
    door.open_for(8)
    await_event(events, ON)
    clock.advance(8)
    await_event(events, OFF)
    assert not strike.is_unlocked


def test_stopping_in_mid_pulse_locks(
    strike: SimulatedDoor, clock: AdjustableClock, events: "Queue[Event]", supervise: Callable[[Door], Supervisor]
) -> None:
    door = Door(strike.make_pins, clock, 17)
    supervisor = supervise(door)
    await_event(events, DeviceFound(part=door.part))
    door.open_for(8)
    await_event(events, ON)
    supervisor.request_stop()
    assert supervisor.join()
    assert not strike.is_unlocked


@pytest.mark.parametrize("fault", [GPIOZeroError("gone"), RuntimeError("a bug")], ids=["fault", "bug"])
def test_relay_that_does_not_obey_is_lost_and_tried_again(
    fault: Exception,
    clock: AdjustableClock,
    events: "Queue[Event]",
    supervise: Callable[[Door], Supervisor],
) -> None:
    strike = SimulatedDoor(relay_pin_class=StubbornPin)
    door = Door(strike.make_pins, clock, 17)
    supervise(door)
    await_event(events, DeviceFound(part=door.part))
    strike._relay.fault = fault
    door.open_for(8)
    while not isinstance(lost := events.get(timeout=5), DeviceLost):
        pass
    assert str(fault) in lost.fault
    assert not strike.is_unlocked
    strike._relay.fault = None
    clock.advance(10)
    await_event(events, DeviceFound(part=door.part))
    door.open_for(8)
    await_event(events, ON)


@pytest.mark.parametrize("fault", [ImportError("no lgpio"), OSError("no chip"), RuntimeError("no Raspberry Pi")])
def test_machine_without_lines_is_one_of_the_faults(fault: Exception, clock: AdjustableClock) -> None:
    def make_pins() -> Pins:
        raise fault

    door = Door(make_pins, clock, 17)
    with pytest.raises(door.faults, match=str(fault)):
        door.open()
    door.close()


def test_line_that_is_taken_is_a_device_error(door: Door, strike: SimulatedDoor, clock: AdjustableClock) -> None:
    second = Door(strike.make_pins, clock, 17)
    with pytest.raises(DeviceError):
        second.open()
    second.close()
    door.open_for(8)
    assert list(door.read()) == [ON]


def test_line_that_does_not_obey_keeps_no_other_from_its_rest(clock: AdjustableClock) -> None:
    strike = SimulatedDoor(relay_active_high=False, relay_pin_class=StubbornPin)
    door = Door(strike.make_pins, clock, 17, relay_active_high=False, contact_pin=27)
    door.open()
    strike._relay.fault = GPIOZeroError("stuck")
    door.close()
    strike._relay.fault = None
    door.open()
    assert list(door.read()) == [DoorMoved(is_open=False)]
    door.close()


def test_grants_from_many_threads_are_one_pulse(door: Door, clock: AdjustableClock) -> None:
    callers = [threading.Thread(target=door.open_for, args=(8,)) for _ in range(8)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    told = [*door.read()]
    clock.advance(9)
    assert [*told, *door.read()] == [ON, OFF]


# ── a Raspberry Pi's lines ────────────────────────────────────────────────────────────────────────────────────────


class Chip(ModuleType):
    """A chip of GPIO lines behind the functions of lgpio that gpiozero calls; notes every level it drives."""

    error = type("error", (Exception,), {})
    BOTH_EDGES, RISING_EDGE, FALLING_EDGE = 3, 1, 2
    SET_PULL_UP, SET_PULL_DOWN, SET_PULL_NONE = 32, 64, 128
    IS_OUT = 2

    def __init__(self) -> None:
        super().__init__("lgpio")
        self.driven: list[tuple[int, int]] = []
        self.lines: dict[int, dict[int, int]] = {}
        """The mode of each line that is claimed, by handle."""
        self.left: list[dict[int, int]] = []
        """The modes in which lines were left, at each closing."""

    def gpiochip_open(self, _chip: int) -> int:
        handle = len(self.lines) + len(self.left)
        self.lines[handle] = {}
        return handle

    def gpiochip_close(self, handle: int) -> None:
        self.left.append(self.lines.pop(handle))

    def gpio_claim_output(self, handle: int, line: int, level: int = 0, _flags: int = 0) -> None:
        self.lines[handle][line] = self.IS_OUT
        self.driven.append((line, level))

    def gpio_claim_input(self, handle: int, line: int, flags: int = 0) -> None:
        # As the kernel does: a line that is already claimed keeps its pull.
        self.lines[handle].setdefault(line, flags)
        self.lines[handle][line] &= ~self.IS_OUT

    def gpio_free(self, handle: int, line: int) -> None:
        del self.lines[handle][line]

    def gpio_write(self, handle: int, line: int, level: int) -> None:
        assert self.lines[handle][line] & self.IS_OUT
        self.driven.append((line, int(level)))

    def gpio_read(self, _handle: int, line: int) -> int:
        return [level for driven, level in self.driven if driven == line][-1]

    def gpio_get_mode(self, handle: int, line: int) -> int:
        return self.lines[handle][line]


@pytest.fixture
def chip(monkeypatch: pytest.MonkeyPatch) -> Iterator[Chip]:
    chip = Chip()
    monkeypatch.setitem(sys.modules, "lgpio", chip)
    monkeypatch.delitem(sys.modules, "gpiozero.pins.lgpio", raising=False)
    monkeypatch.setattr("gpiozero.pins.local.get_pi_revision", lambda: 0xB03115)
    yield chip
    sys.modules.pop("gpiozero.pins.lgpio", None)


@pytest.mark.parametrize("active_high", [True, False], ids=["active high", "active low"])
def test_line_of_a_raspberry_pi_is_claimed_at_rest_and_left_pulled_to_it(
    chip: Chip, clock: AdjustableClock, active_high: bool
) -> None:
    rest = int(not active_high)
    door = Door(lgpio_pins, clock, 17, relay_active_high=active_high)
    door.open()
    assert chip.driven == [(17, rest)]
    door.open_for(8)
    list(door.read())
    door.close()
    assert chip.driven == [(17, rest), (17, 1 - rest), (17, rest)]
    assert chip.left == [{17: chip.SET_PULL_UP if rest else chip.SET_PULL_DOWN}]
    assert not chip.lines


def test_chip_that_refuses_is_a_device_error(chip: Chip, clock: AdjustableClock) -> None:
    def refuse(_handle: int, _line: int, _level: int = 0) -> None:
        raise chip.error("GPIO busy")

    chip.gpio_claim_output = refuse
    door = Door(lgpio_pins, clock, 17)
    with pytest.raises(DeviceError, match="GPIO busy"):
        door.open()
    door.close()
    assert not chip.lines


def test_closing_one_device_leaves_the_lines_of_another_alone(chip: Chip, clock: AdjustableClock) -> None:
    door, other = Door(lgpio_pins, clock, 17), Door(lgpio_pins, clock, 22)
    door.open()
    other.open()
    other.close()
    door.open_for(8)
    assert list(door.read()) == [ON]
    assert chip.driven[-1] == (17, 1)
    door.close()


def test_line_of_another_device_is_refused(chip: Chip, clock: AdjustableClock) -> None:
    door, other = Door(lgpio_pins, clock, 17), Door(lgpio_pins, clock, 17)
    door.open()
    with pytest.raises(DeviceError, match="17"):
        other.open()
    other.close()
    door.close()
