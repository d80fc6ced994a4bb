"""The alarms, on a clock that is moved by hand."""

import pytest

from kiosk.events_door import DoorAlarmKind
from kiosk.rules.door import next_look, step
from kiosk.rules.door_states import (
    Closed,
    DoorRules,
    Doorway,
    Forced,
    Held,
    HeldWarning,
    Leaf,
    Locked,
    Opened,
    Passing,
    Shut,
    TimePassed,
    Unlocked,
)
from tests.rules.door.bench import RULES, Bench, alarm, found


def test_door_opened_with_nobody_let_in_is_forced_at_once_and_until_shut(door: Bench) -> None:
    door.wait(5)
    door.happens(Opened())
    door.wait(100)
    door.happens(Closed())
    assert door.alarms == [(5, alarm(DoorAlarmKind.FORCED)), (105, alarm(None))]
    assert isinstance(door.doorway.leaf, Shut)


def test_door_opened_on_a_grant_is_not_forced(door: Bench) -> None:
    door.grant(8)
    door.wait(7.9)
    door.happens(Opened())
    door.wait(5)
    door.happens(Closed())
    assert door.alarms == []


def test_hand_on_the_door_as_the_lock_falls_is_not_forced(door: Bench) -> None:
    door.grant(8)
    door.wait(8.9)
    door.happens(Opened())
    assert isinstance(door.doorway.leaf, Passing)


def test_door_opened_well_after_the_pulse_is_forced(door: Bench) -> None:
    door.grant(8)
    door.wait(9.1)
    door.happens(Opened())
    assert isinstance(door.doorway.leaf, Forced)


def test_where_people_leave_by_this_door_opening_it_is_no_alarm_but_holding_it_is(door: Bench) -> None:
    door.rules = DoorRules(forced_alarm=False)
    door.happens(Opened())
    door.wait(31)
    assert door.alarms == [(20, alarm(DoorAlarmKind.HELD_WARNING)), (30, alarm(DoorAlarmKind.HELD))]


def test_door_held_open_warns_then_alarms_until_it_is_shut(door: Bench) -> None:
    door.grant(8)
    door.happens(Opened())
    door.wait(19.9)
    assert door.alarms == []
    door.wait(20.1)
    door.happens(Closed())
    assert door.alarms == [(20, alarm(DoorAlarmKind.HELD_WARNING)), (30, alarm(DoorAlarmKind.HELD)), (40, alarm(None))]


def test_door_shut_after_the_warning_never_alarms(door: Bench) -> None:
    door.grant(8)
    door.happens(Opened())
    door.wait(25)
    door.happens(Closed())
    door.wait(100)
    assert door.alarms == [(20, alarm(DoorAlarmKind.HELD_WARNING)), (25, alarm(None))]


def test_people_who_come_in_one_after_the_other_do_not_hold_the_door(door: Bench) -> None:
    door.grant(8)
    door.happens(Opened())
    for _ in range(6):
        door.wait(15)
        door.grant(8)
    assert door.alarms == []


def test_person_let_in_after_the_warning_starts_over(door: Bench) -> None:
    door.grant(8)
    door.happens(Opened())
    door.wait(25)
    door.grant(8)
    door.wait(15)
    assert door.alarms == [(20, alarm(DoorAlarmKind.HELD_WARNING)), (25, alarm(None))]
    door.wait(5)
    assert door.alarms[2:] == [(45, alarm(DoorAlarmKind.HELD_WARNING))]


@pytest.mark.parametrize("leaf", [Forced(), Held()], ids=["forced", "held"])
def test_alarm_does_not_end_because_someone_is_let_in(leaf: Leaf) -> None:
    door = Bench(Doorway(lock=Locked(), leaf=leaf))
    door.grant(8)
    door.wait(100)
    assert door.doorway.leaf == leaf
    assert door.edges == [(0, True), (8, False)]


def test_door_found_open_at_start_is_not_forced_but_may_be_held() -> None:
    door = Bench(found(is_open=True, now_seconds=1000.0))
    door.wait(31)
    assert door.alarms == [(20, alarm(DoorAlarmKind.HELD_WARNING)), (30, alarm(DoorAlarmKind.HELD))]


def test_long_hang_of_the_thread_catches_up_at_the_next_looks() -> None:
    late = Doorway(lock=Unlocked(since=0, until=8), leaf=Passing(since=0))
    late = step(late, TimePassed(), 500, RULES)
    assert late == Doorway(lock=Locked(since=500), leaf=HeldWarning(since=0))
    assert next_look(late, RULES) <= 500
    assert step(late, TimePassed(), 500, RULES).leaf == Held()
