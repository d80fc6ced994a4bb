"""The doorway: pulses, their bound, and the alarms, on a clock that is moved by hand."""

from dataclasses import dataclass, field
from itertools import product
from math import inf, nan
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.events import DoorAlarmKind
from kiosk.rules.door import (
    LEAF,
    LEAF_IGNORES,
    LOCK,
    LOCK_IGNORES,
    Closed,
    DoorEvent,
    DoorRules,
    Doorway,
    Forced,
    Granted,
    Held,
    HeldWarning,
    Leaf,
    Lock,
    Locked,
    Opened,
    Passing,
    Shut,
    TimePassed,
    Unlocked,
    Unwatched,
    found,
    next_look,
    step,
)

RULES = DoorRules()


@dataclass
class Bench:
    """A doorway that is looked at whenever it asks for it, and what was seen then."""

    doorway: Doorway
    rules: DoorRules = RULES
    now: float = 1000.0
    edges: list[tuple[float, bool]] = field(default_factory=list)
    alarms: list[tuple[float, DoorAlarmKind | None]] = field(default_factory=list)

    def grant(self, seconds: float) -> None:
        self.happens(Granted(until=self.now + seconds))

    def happens(self, event: DoorEvent) -> None:
        before = self.doorway
        self.doorway = step(before, event, self.now, self.rules)
        if self.doorway.is_unlocked != before.is_unlocked:
            self.edges.append((self.now - 1000, self.doorway.is_unlocked))
        if self.doorway.alarm != before.alarm:
            self.alarms.append((self.now - 1000, self.doorway.alarm))

    def wait(self, seconds: float) -> None:
        end = self.now + seconds
        while (due := next_look(self.doorway, self.rules)) <= end:
            self.now = max(self.now, due)
            self.happens(TimePassed())
        self.now = end


@pytest.fixture
def door() -> Bench:
    return Bench(found(is_open=False, now_seconds=1000.0))


@pytest.mark.parametrize(
    ("states", "table", "ignores"), [(Lock, LOCK, LOCK_IGNORES), (Leaf, LEAF, LEAF_IGNORES)], ids=["lock", "leaf"]
)
def test_every_state_decides_on_every_event(states: object, table: dict, ignores: frozenset) -> None:
    pairs = set(product(get_args(states), get_args(DoorEvent)))
    assert set(table) | ignores == pairs
    assert not set(table) & ignores


# ── the pulse ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_door_is_locked_at_first_and_stays_so(door: Bench) -> None:
    door.wait(1e6)
    assert door.edges == []


def test_one_grant_is_one_pulse(door: Bench) -> None:
    door.grant(8)
    door.wait(60)
    assert door.edges == [(0, True), (8, False)]


def test_second_grant_extends_the_pulse_with_one_edge_at_its_end(door: Bench) -> None:
    door.grant(5)
    door.wait(3)
    door.grant(5)
    door.wait(60)
    assert door.edges == [(0, True), (8, False)]


def test_shorter_grant_does_not_shorten_a_longer_pulse(door: Bench) -> None:
    door.grant(20)
    door.wait(1)
    door.grant(8)
    door.wait(60)
    assert door.edges == [(0, True), (20, False)]


def test_no_row_of_grants_passes_the_bound(door: Bench) -> None:
    for _ in range(12):
        door.grant(8)
        door.wait(3)
    assert door.edges[:2] == [(0, True), (30, False)]


@pytest.mark.parametrize("seconds", [1e9, inf])
def test_no_single_grant_passes_the_bound(door: Bench, seconds: float) -> None:
    door.grant(seconds)
    door.wait(100)
    assert door.edges == [(0, True), (30, False)]


@pytest.mark.parametrize("seconds", [0, -1, nan])
def test_grant_that_is_over_opens_nothing(door: Bench, seconds: float) -> None:
    door.grant(seconds)
    assert door.edges == []


def test_grant_that_is_over_ends_no_pulse(door: Bench) -> None:
    door.grant(8)
    door.grant(nan)
    door.grant(-1)
    door.wait(60)
    assert door.edges == [(0, True), (8, False)]


def test_grant_after_the_bound_unlocks_anew(door: Bench) -> None:
    door.grant(30)
    door.wait(30)
    door.grant(8)
    door.wait(60)
    assert door.edges == [(0, True), (30, False), (30, True), (38, False)]


def test_lock_falls_soon_after_the_door_opened(door: Bench) -> None:
    door.grant(8)
    door.wait(2)
    door.happens(Opened())
    door.wait(60)
    assert door.edges == [(0, True), (2.5, False)]


def test_person_behind_is_let_in_through_the_open_door(door: Bench) -> None:
    door.grant(8)
    door.happens(Opened())
    door.wait(2)
    door.grant(8)
    door.wait(60)
    assert door.edges == [(0, True), (0.5, False), (2, True), (10, False)]


def test_door_without_a_contact_never_alarms() -> None:
    door = Bench(found(is_open=None, now_seconds=1000.0))
    assert door.doorway == Doorway(lock=Locked(), leaf=Unwatched())
    door.grant(8)
    door.wait(100)
    assert door.edges == [(0, True), (8, False)]
    assert door.alarms == []


# ── the alarms ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_door_opened_with_nobody_let_in_is_forced_at_once_and_until_shut(door: Bench) -> None:
    door.wait(5)
    door.happens(Opened())
    door.wait(100)
    door.happens(Closed())
    assert door.alarms == [(5, DoorAlarmKind.FORCED), (105, None)]
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
    assert door.alarms == [(20, DoorAlarmKind.HELD_WARNING), (30, DoorAlarmKind.HELD)]


def test_door_held_open_warns_then_alarms_until_it_is_shut(door: Bench) -> None:
    door.grant(8)
    door.happens(Opened())
    door.wait(19.9)
    assert door.alarms == []
    door.wait(20.1)
    door.happens(Closed())
    assert door.alarms == [(20, DoorAlarmKind.HELD_WARNING), (30, DoorAlarmKind.HELD), (40, None)]


def test_door_shut_after_the_warning_never_alarms(door: Bench) -> None:
    door.grant(8)
    door.happens(Opened())
    door.wait(25)
    door.happens(Closed())
    door.wait(100)
    assert door.alarms == [(20, DoorAlarmKind.HELD_WARNING), (25, None)]


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
    assert door.alarms == [(20, DoorAlarmKind.HELD_WARNING), (25, None)]
    door.wait(5)
    assert door.alarms[2:] == [(45, DoorAlarmKind.HELD_WARNING)]


@pytest.mark.parametrize("alarm", [Forced(), Held()], ids=["forced", "held"])
def test_alarm_does_not_end_because_someone_is_let_in(alarm: Leaf) -> None:
    door = Bench(Doorway(leaf=alarm))
    door.grant(8)
    door.wait(100)
    assert door.doorway.leaf == alarm
    assert door.edges == [(0, True), (8, False)]


def test_door_found_open_at_start_is_not_forced_but_may_be_held() -> None:
    door = Bench(found(is_open=True, now_seconds=1000.0))
    door.wait(31)
    assert door.alarms == [(20, DoorAlarmKind.HELD_WARNING), (30, DoorAlarmKind.HELD)]


def test_long_hang_of_the_thread_catches_up_at_the_next_looks() -> None:
    late = Doorway(lock=Unlocked(since=0, until=8), leaf=Passing(since=0))
    late = step(late, TimePassed(), 500, RULES)
    assert late == Doorway(lock=Locked(since=500), leaf=HeldWarning(since=0))
    assert next_look(late, RULES) <= 500
    assert step(late, TimePassed(), 500, RULES).leaf == Held()


# ── promises, whatever happens ────────────────────────────────────────────────────────────────────────────────────

HAPPENINGS = st.lists(
    st.tuples(
        st.floats(0, 40),
        st.one_of(st.floats(-5, 60).map(lambda s: ("grant", s)), st.sampled_from([("open", 0.0), ("shut", 0.0)])),
    ),
    max_size=40,
)


@given(HAPPENINGS, st.sampled_from([None, False, True]))
def test_never_unlocked_without_a_live_grant_nor_beyond_the_bound(
    happenings: list[tuple[float, tuple[str, float]]], is_open: bool | None
) -> None:
    door = Bench(found(is_open=is_open, now_seconds=1000.0))
    last_until = 0.0
    for pause, (what, seconds) in happenings:
        door.wait(pause)
        if door.doorway.is_unlocked:
            assert door.now <= last_until
        match what:
            case "grant":
                last_until = max(last_until, door.now + seconds)
                door.grant(seconds)
            case "open":
                door.happens(Opened())
            case _:
                door.happens(Closed())
    door.wait(31)
    assert not door.doorway.is_unlocked
    assert [active for _, active in door.edges] == [True, False] * (len(door.edges) // 2)
    for (on, _), (off, _) in zip(door.edges[::2], door.edges[1::2], strict=True):
        assert off - on <= RULES.bound_seconds + 1e-6
