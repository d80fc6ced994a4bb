"""A door held open, locked down, released or out of order: what beats what."""

from math import nan

import pytest

from kiosk.events_door import DoorAlarmKind, DoorMode
from kiosk.rules.door_states import (
    ButtonLetGo,
    ButtonPressed,
    Closed,
    CoverOpened,
    CoverShut,
    DoorEvent,
    Doorway,
    Failed,
    Found,
    Granted,
    HoldEnded,
    HoldOrdered,
    Kept,
    LockDownEnded,
    LockDownOrdered,
    Opened,
    OutOfOrder,
    Released,
    ReleaseEnded,
    ReleaseRaised,
    ResetOrdered,
    TimePassed,
)
from tests.rules.door.bench import Bench, alarm, found

# ── held open ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_hold_lasts_as_long_as_it_is_renewed(door: Bench) -> None:
    for _ in range(100):
        door.hold(5)
        door.wait(1)
    door.wait(60)
    assert door.edges == [(0, True), (104, False)]


def test_no_single_order_holds_the_door_beyond_the_bound(door: Bench) -> None:
    door.hold(1e9)
    door.wait(100)
    assert door.edges == [(0, True), (30, False)]


@pytest.mark.parametrize("seconds", [0, -1, nan])
def test_lease_that_is_over_opens_nothing(door: Bench, seconds: float) -> None:
    door.hold(seconds)
    assert door.edges == []


def test_door_held_open_may_stand_open(door: Bench) -> None:
    door.hold(20)
    door.happens(Opened())
    for _ in range(60):
        door.hold(20)
        door.wait(2)
    door.happens(HoldEnded())
    assert door.alarms == []
    door.wait(19.9)
    assert door.alarms == []
    door.wait(0.2)
    assert door.alarms[-1][1] == alarm(DoorAlarmKind.HELD_WARNING)


def test_order_to_hold_ends_the_alarm_of_a_door_that_stands_open(door: Bench) -> None:
    door.grant(8)
    door.happens(Opened())
    door.wait(31)
    door.hold(20)
    door.happens(TimePassed())
    assert door.alarms[-1] == (31, alarm(None))


def test_forced_door_stays_an_alarm_while_the_door_is_held_open(door: Bench) -> None:
    door.happens(Opened())
    door.hold(20)
    door.happens(TimePassed())
    assert door.doorway.alarms == alarm(DoorAlarmKind.FORCED)


def test_whoever_was_let_in_at_the_end_of_a_hold_keeps_the_pulse(door: Bench) -> None:
    door.hold(30)
    door.wait(10)
    door.grant(8)
    door.wait(1)
    door.happens(HoldEnded())
    assert door.doorway.mode is DoorMode.UNLOCKED
    door.wait(60)
    assert door.edges == [(0, True), (18, False)]


def test_pulse_that_was_running_outlives_a_short_hold(door: Bench) -> None:
    door.grant(8)
    door.hold(2)
    door.happens(ButtonPressed())
    door.wait(60)
    assert door.edges == [(0, True), (8, False)]


# ── locked down ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("before", [None, Granted(until=1008), HoldOrdered(until=1020)])
def test_lock_down_locks_at_once_and_opens_to_no_grant_and_no_schedule(door: Bench, before: DoorEvent | None) -> None:
    if before is not None:
        door.happens(before)
    door.happens(LockDownOrdered())
    assert not door.doorway.is_unlocked
    door.grant(8)
    door.hold(20)
    door.wait(100)
    assert not door.doorway.is_unlocked
    door.happens(LockDownEnded())
    door.grant(8)
    assert door.doorway.is_unlocked


def test_lock_down_that_ends_while_someone_leaves_keeps_their_pulse(door: Bench) -> None:
    door.happens(LockDownOrdered(), ButtonPressed())
    door.wait(3)
    door.happens(LockDownEnded())
    door.wait(60)
    assert door.edges == [(0, True), (8, False)]


def test_door_opened_in_a_lock_down_is_forced(door: Bench) -> None:
    door.happens(LockDownOrdered())
    door.wait(5)
    door.happens(Opened())
    assert door.doorway.alarms == alarm(DoorAlarmKind.FORCED)


def test_refused_grant_does_not_put_off_the_alarm_of_an_open_door(door: Bench) -> None:
    door.grant(8)
    door.happens(Opened(), LockDownOrdered())
    door.wait(15)
    door.grant(8)
    door.wait(16)
    assert door.alarms == [(20, alarm(DoorAlarmKind.HELD_WARNING)), (30, alarm(DoorAlarmKind.HELD))]


# ── released ──────────────────────────────────────────────────────────────────────────────────────────────────────────

ANYTHING_ELSE = [
    Granted(until=1008.0), Opened(), Closed(), ButtonPressed(), ButtonLetGo(), CoverOpened(), CoverShut(),
    HoldOrdered(until=1020.0), HoldEnded(), LockDownOrdered(), LockDownEnded(), TimePassed(), Found(),
]  # fmt: skip
BEFORE_FIRE: list[tuple[DoorEvent, ...]] = [
    (), (Granted(until=1008.0),), (HoldOrdered(until=1020.0),), (LockDownOrdered(),),
    (LockDownOrdered(), ButtonPressed()),
]  # fmt: skip


@pytest.mark.parametrize("before", BEFORE_FIRE, ids=["locked", "unlocked", "held", "locked down", "leaving"])
def test_fire_beats_everything_and_nothing_but_a_person_ends_it(door: Bench, before: tuple[DoorEvent, ...]) -> None:
    door.happens(*before, ReleaseRaised())
    assert door.doorway.mode is DoorMode.RELEASED
    door.happens(*ANYTHING_ELSE, ReleaseEnded(), *ANYTHING_ELSE)
    door.wait(1e6)
    assert door.doorway.is_unlocked
    door.happens(ResetOrdered())
    assert door.doorway.mode is DoorMode.LOCKED


def test_reset_while_it_still_burns_does_nothing(door: Bench) -> None:
    door.happens(ReleaseRaised(), ResetOrdered())
    assert door.doorway.is_unlocked
    door.happens(ReleaseEnded(), ReleaseRaised(), ResetOrdered())
    assert door.doorway.is_unlocked


def test_door_that_was_released_when_the_program_stopped_is_released_when_it_starts() -> None:
    before = Bench(found(is_open=False, now_seconds=1000.0))
    before.happens(ReleaseRaised(), ReleaseEnded())
    assert found(is_open=False, now_seconds=5.0, kept=before.doorway.kept).lock == Released(raised=False)


@pytest.mark.parametrize("leaving", [False, True])
def test_lock_down_outlives_a_restart(door: Bench, leaving: bool) -> None:
    door.happens(LockDownOrdered(), *([ButtonPressed()] if leaving else []))
    assert found(is_open=False, now_seconds=5.0, kept=door.doorway.kept).mode is DoorMode.LOCKED_DOWN


def test_fire_that_calls_at_start_is_heard_whatever_was_kept() -> None:
    doorway = found(is_open=False, now_seconds=5.0, raised=True, kept=Kept(locked_down=True))
    assert doorway.lock == Released(raised=True)


# ── out of order ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("before", [*BEFORE_FIRE, (ReleaseRaised(),), (Opened(), CoverOpened())])
def test_lost_lines_are_no_lock_and_no_alarm_of_ours(door: Bench, before: tuple[DoorEvent, ...]) -> None:
    door.happens(*before, Failed())
    assert door.doorway == Doorway()
    door.happens(*ANYTHING_ELSE[:-1], ReleaseRaised(), ResetOrdered(), CoverShut(), ButtonLetGo())
    assert isinstance(door.doorway.lock, OutOfOrder)


def test_open_box_is_an_alarm_until_it_is_shut(door: Bench) -> None:
    door.happens(CoverOpened())
    door.grant(8)
    door.wait(100)
    door.happens(CoverShut())
    assert door.alarms == [(0, alarm(DoorAlarmKind.TAMPER)), (100, alarm(None))]


def test_alarms_stand_side_by_side(door: Bench) -> None:
    door.happens(CoverOpened(), Opened(), ButtonPressed())
    door.wait(60)
    assert door.doorway.alarms == {DoorAlarmKind.TAMPER, DoorAlarmKind.FORCED, DoorAlarmKind.STUCK}
