"""Everything that can be wired to a door, and a lock that opens without current."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

import pytest

from kiosk.clock import AdjustableClock
from kiosk.devices.door import Door, Forgetful
from kiosk.devices.door_lines import Output
from kiosk.devices.simulated.door import WHOLE, SimulatedDoor
from kiosk.effects import EndHold, EndLockDown, HoldDoor, LockDown, ResetDoor
from kiosk.events_door import DoorAlarm, DoorAlarmCleared, DoorAlarmKind, DoorMode, DoorMoved, ExitAsked
from kiosk.rules.door_states import Kept
from tests.devices.door.told import AT_START, RELAY_ON, mode, read_until

# ── everything that can be wired ──────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def whole() -> SimulatedDoor:
    return SimulatedDoor(WHOLE)


@pytest.fixture
def full(whole: SimulatedDoor, clock: AdjustableClock) -> Iterator[Door]:
    door = Door(whole.make_pins, clock, WHOLE)
    door.open()
    assert list(door.read()) == AT_START
    yield door
    door.close()


def test_exit_button_lets_out_and_is_told(full: Door, whole: SimulatedDoor) -> None:
    whole.press_exit()
    assert list(full.read()) == [RELAY_ON, ExitAsked(), mode(DoorMode.UNLOCKED)]
    assert whole.is_unlocked
    whole.let_go_exit()
    assert whole.is_lit


def test_lamp_is_lit_while_unlocked(full: Door, whole: SimulatedDoor, clock: AdjustableClock) -> None:
    assert not whole.is_lit
    full.open_for(8)
    list(full.read())
    assert whole.is_lit
    clock.advance(8)
    list(full.read())
    assert not whole.is_lit


@pytest.mark.parametrize("order", [LockDown(), None])
def test_green_box_opens_whatever_was_ordered_and_stays_so_until_reset(
    order: LockDown | None, full: Door, whole: SimulatedDoor, clock: AdjustableClock
) -> None:
    if order is not None:
        full.obey(order)
        assert mode(DoorMode.LOCKED_DOWN) in full.read()
    whole.raise_fire()
    read_until(full, mode(DoorMode.RELEASED))
    assert whole.is_unlocked
    whole.end_fire()
    for _ in range(3):
        clock.advance(3600)
        list(full.read())
    assert whole.is_unlocked
    full.obey(ResetDoor())
    read_until(full, mode(DoorMode.LOCKED))
    assert not whole.is_unlocked


def test_reset_while_the_alarm_still_rings_does_nothing(full: Door, whole: SimulatedDoor) -> None:
    whole.raise_fire()
    read_until(full, mode(DoorMode.RELEASED))
    full.obey(ResetDoor())
    list(full.read())
    assert whole.is_unlocked


@pytest.mark.parametrize("kept", [Kept(released=True), Kept(locked_down=True)], ids=["released", "locked down"])
def test_what_must_outlive_a_restart_does(kept: Kept, whole: SimulatedDoor, clock: AdjustableClock) -> None:
    memory = Forgetful()
    memory.keep(kept)
    door = Door(whole.make_pins, clock, WHOLE, memory=memory)
    door.open()
    assert whole.is_unlocked == kept.released
    door.open_for(8)
    list(door.read())
    assert whole.is_unlocked == kept.released
    door.close()
    assert memory.kept == kept


def test_release_and_lock_down_are_remembered_as_they_happen(whole: SimulatedDoor, clock: AdjustableClock) -> None:
    memory = Forgetful()
    door = Door(whole.make_pins, clock, WHOLE, memory=memory)
    door.open()
    door.obey(LockDown())
    read_until(door, mode(DoorMode.LOCKED_DOWN))
    assert memory.kept == Kept(locked_down=True)
    whole.raise_fire()
    read_until(door, mode(DoorMode.RELEASED))
    assert memory.kept == Kept(released=True)
    door.close()


def test_fire_that_rings_at_start_opens_at_once(whole: SimulatedDoor, clock: AdjustableClock) -> None:
    whole.raise_fire()
    door = Door(whole.make_pins, clock, WHOLE)
    door.open()
    assert whole.is_unlocked
    door.close()


def test_hold_ends_by_itself_when_nobody_renews_it(full: Door, whole: SimulatedDoor, clock: AdjustableClock) -> None:
    full.obey(HoldDoor(seconds=5))
    read_until(full, mode(DoorMode.HELD_OPEN))
    clock.advance(4)
    full.obey(HoldDoor(seconds=5))
    list(full.read())
    clock.advance(4)
    list(full.read())
    assert whole.is_unlocked
    clock.advance(2)
    read_until(full, mode(DoorMode.LOCKED))
    assert not whole.is_unlocked


def test_orders_to_end_are_obeyed(full: Door) -> None:
    full.obey(HoldDoor(seconds=5))
    read_until(full, mode(DoorMode.HELD_OPEN))
    full.obey(EndHold())
    read_until(full, mode(DoorMode.LOCKED))
    full.obey(LockDown())
    read_until(full, mode(DoorMode.LOCKED_DOWN))
    full.obey(EndLockDown())
    read_until(full, mode(DoorMode.LOCKED))


def test_open_box_is_told_until_it_is_shut(full: Door, whole: SimulatedDoor) -> None:
    whole.open_box()
    read_until(full, DoorAlarm(kind=DoorAlarmKind.TAMPER))
    whole.shut_box()
    read_until(full, DoorAlarmCleared(kind=DoorAlarmKind.TAMPER))


def test_stuck_button_is_told_until_it_comes_up(full: Door, whole: SimulatedDoor, clock: AdjustableClock) -> None:
    whole.press_exit()
    list(full.read())
    clock.advance(61)
    read_until(full, DoorAlarm(kind=DoorAlarmKind.STUCK))
    assert not whole.is_unlocked
    whole.let_go_exit()
    read_until(full, DoorAlarmCleared(kind=DoorAlarmKind.STUCK))


def test_buzzer_sounds_while_the_door_is_forced_and_is_silent_once_it_is_shut(
    full: Door, whole: SimulatedDoor, clock: AdjustableClock
) -> None:
    whole.force_open()
    list(full.read())
    heard = set()
    for _ in range(6):
        heard.add(whole.buzzes)
        clock.advance(0.1)
        list(full.read())
    assert heard == {True, False}
    whole.pull_shut()
    list(full.read())
    for _ in range(3):
        assert not whole.buzzes
        clock.advance(0.2)
        list(full.read())


def test_closing_silences_the_buzzer_and_puts_out_the_lamp(full: Door, whole: SimulatedDoor) -> None:
    full.obey(HoldDoor(seconds=20))
    whole.open_box()
    read_until(full, DoorAlarm(kind=DoorAlarmKind.TAMPER))
    full.close()
    assert not whole.buzzes
    assert not whole.is_lit
    assert not whole.is_unlocked


def test_bouncing_contact_moves_the_door_once(full: Door, whole: SimulatedDoor) -> None:
    full.open_for(8)
    list(full.read())
    for _ in range(10):
        whole.force_open()
        whole.pull_shut()
    whole.force_open()
    assert list(full.read()) == [DoorMoved(is_open=True)]


def test_spark_on_a_wire_is_nothing(full: Door, whole: SimulatedDoor) -> None:
    for _ in range(5):
        whole.raise_fire()
        whole.end_fire()
        whole.open_box()
        whole.shut_box()
        whole.press_exit()
        whole.let_go_exit()
    assert list(full.read()) == []
    assert not whole.is_unlocked


def test_edge_that_was_lost_is_found_by_looking(full: Door, whole: SimulatedDoor) -> None:
    full._lines._inputs[2].when_activated = full._lines._inputs[2].when_deactivated = None
    whole.raise_fire()
    read_until(full, mode(DoorMode.RELEASED))
    assert whole.is_unlocked


# ── a lock that opens without current ─────────────────────────────────────────────────────────────────────────────────

MAGNET = replace(WHOLE, fail_safe=True)


@pytest.mark.parametrize("active_high", [True, False], ids=["active high", "active low"])
def test_magnet_holds_while_the_driver_lives_and_lets_go_with_it(active_high: bool, clock: AdjustableClock) -> None:
    wiring = replace(MAGNET, relay=Output(pin=17, active_high=active_high))
    magnet = SimulatedDoor(wiring)
    door = Door(magnet.make_pins, clock, wiring)
    assert magnet.is_unlocked
    door.open()
    assert list(door.read()) == [DoorMoved(is_open=False), RELAY_ON, mode(DoorMode.LOCKED)]
    assert not magnet.is_unlocked
    assert not magnet.is_lit
    door.open_for(8)
    list(door.read())
    assert magnet.is_unlocked
    assert magnet.is_lit
    clock.advance(8)
    list(door.read())
    assert not magnet.is_unlocked
    door.close()
    assert magnet.is_unlocked
    held, free = active_high, not active_high
    assert [level for level, _ in groupby(magnet.relay_levels)] == [free, held, free, held, free]


def test_magnet_lets_go_when_its_plug_is_pulled(clock: AdjustableClock) -> None:
    magnet = SimulatedDoor(MAGNET)
    door = Door(magnet.make_pins, clock, MAGNET)
    door.open()
    assert not magnet.push_open()
    magnet.cut_current()
    assert magnet.push_open()
    door.close()


def test_green_box_lets_a_magnet_go(clock: AdjustableClock) -> None:
    magnet = SimulatedDoor(MAGNET)
    door = Door(magnet.make_pins, clock, MAGNET)
    door.open()
    magnet.raise_fire()
    read_until(door, mode(DoorMode.RELEASED))
    assert magnet.is_unlocked
    assert not magnet.is_energised
    door.close()
