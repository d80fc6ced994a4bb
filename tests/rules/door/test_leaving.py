"""Leaving, which nothing may hinder."""

import pytest

from kiosk.events_door import DoorAlarmKind, DoorMode
from kiosk.rules.door_states import (
    ButtonLetGo,
    ButtonPressed,
    Closed,
    HoldEnded,
    LockDownEnded,
    LockDownOrdered,
    Opened,
)
from tests.rules.door.bench import Bench, alarm, found


def test_exit_button_unlocks_for_a_pulse_and_is_no_forced_door(door: Bench) -> None:
    door.happens(ButtonPressed())
    door.wait(2)
    door.happens(Opened())
    door.wait(3)
    door.happens(Closed(), ButtonLetGo())
    assert door.edges == [(0, True), (2.5, False)]
    assert door.alarms == []


def test_exit_button_extends_a_pulse(door: Bench) -> None:
    door.grant(8)
    door.wait(5)
    door.happens(ButtonPressed())
    door.wait(60)
    assert door.edges == [(0, True), (13, False)]


def test_exit_button_that_stays_down_is_one_pulse_and_an_alarm_until_it_comes_up(door: Bench) -> None:
    door.happens(ButtonPressed())
    door.wait(100)
    door.happens(ButtonLetGo())
    assert door.edges == [(0, True), (8, False)]
    assert door.alarms == [(60, alarm(DoorAlarmKind.STUCK)), (100, alarm(None))]


def test_exit_button_found_down_opens_nothing_and_is_told_after_a_while() -> None:
    door = Bench(found(is_open=False, now_seconds=1000.0, pressed=True))
    door.wait(61)
    assert door.edges == []
    assert door.alarms == [(60, alarm(DoorAlarmKind.STUCK))]


def test_whoever_leaves_in_a_lock_down_is_let_out_and_the_lock_down_stands(door: Bench) -> None:
    door.happens(LockDownOrdered())
    door.wait(5)
    door.happens(ButtonPressed())
    assert door.doorway.mode is DoorMode.LOCKED_DOWN
    door.wait(1)
    door.happens(Opened())
    door.wait(3)
    door.happens(Closed())
    door.grant(8)
    assert door.edges == [(5, True), (6.5, False)]
    assert door.alarms == []
    assert door.doorway.mode is DoorMode.LOCKED_DOWN


@pytest.mark.parametrize("before", ["locked", "let in", "held", "held and let go"])
def test_lock_down_takes_no_pulse_from_whoever_leaves(door: Bench, before: str) -> None:
    if before == "let in":
        door.grant(20)
    elif before != "locked":
        door.hold(20)
    door.happens(ButtonPressed())
    door.wait(1)
    if before == "held and let go":
        door.happens(HoldEnded())
    door.happens(LockDownOrdered())
    assert door.doorway.mode is DoorMode.LOCKED_DOWN
    door.grant(20)
    door.wait(60)
    assert door.edges == [(0, True), (8, False)]
    assert door.doorway.mode is DoorMode.LOCKED_DOWN


def test_lock_down_waits_for_nobody_who_has_left(door: Bench) -> None:
    door.happens(ButtonPressed(), Opened())
    door.wait(0.2)
    door.grant(8)
    door.wait(1)
    door.happens(LockDownOrdered())
    assert door.edges == [(0, True), (1.2, False)]


def test_lock_down_ended_and_ordered_again_takes_no_pulse_either(door: Bench) -> None:
    door.happens(LockDownOrdered(), ButtonPressed())
    door.wait(1)
    door.happens(LockDownEnded(), LockDownOrdered())
    door.wait(60)
    assert door.edges == [(0, True), (8, False)]
