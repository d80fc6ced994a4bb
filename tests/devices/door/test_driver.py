"""The real driver on gpiozero's mock pins: what is ordered, what is told, and a line that shows nothing unasked."""

from dataclasses import replace
from datetime import timedelta

import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockPin

from kiosk.clock import AdjustableClock
from kiosk.devices.door import Door
from kiosk.devices.door_lines import CONTACT_STEADY_SECONDS, Circuit, Input, Output, Wiring
from kiosk.devices.simulated.door import WHOLE, DrivenPin, SimulatedDoor
from kiosk.errors import DeviceError
from kiosk.events_door import DoorAlarm, DoorAlarmCleared, DoorAlarmKind, DoorMoved
from tests.devices.door.told import AT_START, OFF, ON, RELAY_ALONE


def test_grant_unlocks_and_time_locks(door: Door, strike: SimulatedDoor, clock: AdjustableClock) -> None:
    door.open_for(8)
    assert list(door.read()) == ON
    assert strike.is_unlocked
    clock.advance(8)
    assert list(door.read()) == OFF
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
    assert told == [*ON, *OFF]
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
    assert list(door.read()) == OFF


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
    assert list(door.read()) == OFF
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
    assert list(door.read()) == [*OFF, DoorAlarm(kind=DoorAlarmKind.HELD_WARNING)]
    clock.advance(10)
    assert list(door.read()) == [DoorAlarm(kind=DoorAlarmKind.HELD)]
    strike.pull_shut()
    assert list(door.read()) == [DoorMoved(is_open=False), DoorAlarmCleared(kind=DoorAlarmKind.HELD)]


@pytest.mark.parametrize("when_open", ["closed", "open"])
def test_contact_of_either_kind_tells_where_the_door_is(when_open: Circuit, clock: AdjustableClock) -> None:
    contact = Input(pin=27, active_when=when_open, steady_seconds=CONTACT_STEADY_SECONDS)
    wiring = Wiring(relay=Output(pin=17), contact=contact)
    strike = SimulatedDoor(wiring)
    strike.force_open()
    door = Door(strike.make_pins, clock, wiring)
    door.open()
    assert DoorMoved(is_open=True) in door.read()
    strike.pull_shut()
    assert list(door.read()) == [DoorMoved(is_open=False)]
    door.close()


def test_door_without_a_contact_tells_of_the_relay_alone(clock: AdjustableClock) -> None:
    strike = SimulatedDoor(RELAY_ALONE)
    door = Door(strike.make_pins, clock, RELAY_ALONE)
    door.open()
    door.open_for(8)
    assert [*door.read(), *door.read()] == [AT_START[1], *ON]
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
    assert list(door.read()) == AT_START
    assert not strike.is_unlocked


def test_closed_door_cannot_be_read(door: Door) -> None:
    door.close()
    with pytest.raises(DeviceError):
        door.read()


def test_no_global_pin_factory_is_left_behind(door: Door) -> None:
    assert Device.pin_factory is None


# ── the line never shows the active level unasked ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("active_high", [True, False], ids=["active high", "active low"])
def test_active_level_is_never_shown_at_start_and_stop(active_high: bool, clock: AdjustableClock) -> None:
    wiring = replace(WHOLE, relay=Output(pin=17, active_high=active_high))
    strike = SimulatedDoor(wiring)
    door = Door(strike.make_pins, clock, wiring)
    for _ in range(2):
        door.open()
        list(door.read())
        door.close()
    assert strike.relay_levels
    assert set(strike.relay_levels) == {not active_high}
    assert not strike.is_unlocked


def test_ordinary_pins_would_show_it(clock: AdjustableClock) -> None:
    """What the test above would see if a line were claimed first and set afterwards."""

    class OrdinaryPin(DrivenPin):
        output_with_state = MockPin.output_with_state

    wiring = Wiring(relay=Output(pin=17, active_high=False))
    strike = SimulatedDoor(wiring, relay_pin_class=OrdinaryPin)
    door = Door(strike.make_pins, clock, wiring)
    door.open()
    door.close()
    assert strike.relay_levels[0] is False
