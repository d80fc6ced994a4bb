"""The driver under its supervisor: it relocks by itself, is lost and found, and is used from many threads."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from queue import Queue

import pytest
from gpiozero import GPIOZeroError

from kiosk.clock import AdjustableClock
from kiosk.devices.door import Door, Forgetful
from kiosk.devices.door_lines import Output
from kiosk.devices.pins import Pins
from kiosk.devices.simulated.door import BARE, WHOLE, DrivenPin, SimulatedDoor
from kiosk.devices.supervisor import Supervisor
from kiosk.effects import ResetDoor
from kiosk.errors import DeviceError
from kiosk.events import DeviceFound, DeviceLost, Event
from kiosk.rules.door_states import Kept
from tests.devices.door.told import AT_START, OFF, ON, RELAY_ALONE, RELAY_ON


class StubbornPin(DrivenPin):
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
    door = Door(strike.make_pins, clock, RELAY_ALONE)
    supervise(door)
    await_event(events, DeviceFound(part=door.part))
    door.open_for(8)
    await_event(events, RELAY_ON)
    clock.advance(8)
    await_event(events, OFF[0])
    assert not strike.is_unlocked


def test_stopping_in_mid_pulse_locks(
    strike: SimulatedDoor, clock: AdjustableClock, events: "Queue[Event]", supervise: Callable[[Door], Supervisor]
) -> None:
    door = Door(strike.make_pins, clock, RELAY_ALONE)
    supervisor = supervise(door)
    await_event(events, DeviceFound(part=door.part))
    door.open_for(8)
    await_event(events, RELAY_ON)
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
    door = Door(strike.make_pins, clock, RELAY_ALONE)
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
    await_event(events, RELAY_ON)


def test_a_release_is_remembered_though_the_relay_fails_at_that_moment(clock: AdjustableClock) -> None:
    strike, memory = SimulatedDoor(WHOLE, relay_pin_class=StubbornPin), Forgetful()
    door = Door(strike.make_pins, clock, WHOLE, memory=memory)
    door.open()
    door.read()
    strike._relay.fault = GPIOZeroError("stuck")
    strike.raise_fire()
    with pytest.raises(DeviceError):
        door.read()
    assert memory.kept.released
    door.close()


def test_a_release_is_over_only_once_the_relay_has_obeyed_the_reset(clock: AdjustableClock) -> None:
    """Otherwise the door would be locked when its lines come back, and the journal would know nobody's reset."""
    wiring = replace(WHOLE, fail_safe=True)
    magnet, memory = SimulatedDoor(wiring, relay_pin_class=StubbornPin), Forgetful()
    memory.keep(Kept(released=True))
    door = Door(magnet.make_pins, clock, wiring, memory=memory)
    door.open()
    door.read()
    magnet._relay.fault = GPIOZeroError("stuck")
    door.obey(ResetDoor())
    with pytest.raises(DeviceError):
        door.read()
    door.close()
    assert memory.kept.released
    magnet._relay.fault = None
    door.open()
    assert magnet.is_unlocked
    door.obey(ResetDoor())
    assert [*door.read(), *door.read()]
    assert not magnet.is_unlocked
    assert memory.kept == Kept()
    door.close()


@pytest.mark.parametrize("fault", [ImportError("no lgpio"), OSError("no chip"), RuntimeError("no Raspberry Pi")])
def test_machine_without_lines_is_one_of_the_faults(fault: Exception, clock: AdjustableClock) -> None:
    def make_pins() -> Pins:
        raise fault

    door = Door(make_pins, clock, RELAY_ALONE)
    with pytest.raises(door.faults, match=str(fault)):
        door.open()
    door.close()


def test_line_that_is_taken_is_a_device_error(door: Door, strike: SimulatedDoor, clock: AdjustableClock) -> None:
    second = Door(strike.make_pins, clock, RELAY_ALONE)
    with pytest.raises(DeviceError):
        second.open()
    second.close()
    door.open_for(8)
    assert list(door.read()) == ON


def test_line_that_does_not_obey_keeps_no_other_from_its_rest(clock: AdjustableClock) -> None:
    wiring = replace(BARE, relay=Output(pin=17, active_high=False))
    strike = SimulatedDoor(wiring, relay_pin_class=StubbornPin)
    door = Door(strike.make_pins, clock, wiring)
    door.open()
    strike._relay.fault = GPIOZeroError("stuck")
    door.close()
    strike._relay.fault = None
    door.open()
    assert list(door.read()) == AT_START
    door.close()


def test_grants_from_many_threads_are_one_pulse(door: Door, clock: AdjustableClock) -> None:
    callers = [threading.Thread(target=door.open_for, args=(8,)) for _ in range(8)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    told = [*door.read()]
    clock.advance(9)
    assert [*told, *door.read()] == [*ON, *OFF]
