"""Leaving, which nothing may hinder."""

from kiosk.events import DoorAlarmKind, DoorMode
from kiosk.rules.door_states import ButtonLetGo, ButtonPressed, Closed, LockDownOrdered, Opened
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
