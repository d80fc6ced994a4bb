"""The doorway: pulses, their bound, what beats what, and the alarms, on a clock that is moved by hand."""

from dataclasses import dataclass, field, replace
from itertools import product
from math import inf, nan
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.events import DoorAlarmKind, DoorMode
from kiosk.rules.door import TABLES, next_look, step
from kiosk.rules.door_lock import LOCK_IGNORES
from kiosk.rules.door_states import (
    Button,
    ButtonLetGo,
    ButtonPressed,
    Closed,
    Cover,
    CoverOpened,
    CoverShut,
    DoorEvent,
    DoorRules,
    Doorway,
    Failed,
    Forced,
    Found,
    Granted,
    Held,
    HeldWarning,
    HoldEnded,
    HoldOrdered,
    Kept,
    Leaf,
    Lock,
    LockDownEnded,
    LockDownOrdered,
    Locked,
    Opened,
    OutOfOrder,
    Passing,
    Released,
    ReleaseEnded,
    ReleaseRaised,
    ResetOrdered,
    Shut,
    TimePassed,
    Unlocked,
    Unwatched,
)
from kiosk.rules.door_tables import EVENTS, leads_to
from kiosk.rules.door_watch import BUTTON_IGNORES, COVER_IGNORES, LEAF_IGNORES

RULES = DoorRules()


@dataclass
class Bench:
    """A doorway that is looked at whenever it asks for it, and what was seen then."""

    doorway: Doorway
    rules: DoorRules = RULES
    now: float = 1000.0
    edges: list[tuple[float, bool]] = field(default_factory=list)
    alarms: list[tuple[float, frozenset[DoorAlarmKind]]] = field(default_factory=list)

    def grant(self, seconds: float) -> None:
        self.happens(Granted(until=self.now + seconds))

    def hold(self, seconds: float) -> None:
        self.happens(HoldOrdered(until=self.now + seconds))

    def happens(self, *events: DoorEvent) -> None:
        for event in events:
            before = self.doorway
            self.doorway = step(before, event, self.now, self.rules)
            if self.doorway.is_unlocked != before.is_unlocked:
                self.edges.append((round(self.now - 1000, 6), self.doorway.is_unlocked))
            if self.doorway.alarms != before.alarms:
                self.alarms.append((round(self.now - 1000, 6), self.doorway.alarms))

    def wait(self, seconds: float) -> None:
        end = self.now + seconds
        while (due := next_look(self.doorway, self.rules)) <= end:
            self.now = max(self.now, due)
            self.happens(TimePassed())
        self.now = end


def found(is_open: bool | None, now_seconds: float, **more) -> Doorway:
    return step(Doorway(), Found(is_open=is_open, **more), now_seconds, RULES)


@pytest.fixture
def door() -> Bench:
    return Bench(found(is_open=False, now_seconds=1000.0))


def alarm(kind: DoorAlarmKind | None) -> frozenset[DoorAlarmKind]:
    return frozenset() if kind is None else frozenset({kind})


MACHINES = [
    ("lock", Lock, LOCK_IGNORES),
    ("leaf", Leaf, LEAF_IGNORES),
    ("cover", Cover, COVER_IGNORES),
    ("button", Button, BUTTON_IGNORES),
]


@pytest.mark.parametrize(("name", "states", "ignores"), MACHINES, ids=[name for name, *_ in MACHINES])
def test_every_state_decides_on_every_event(name: str, states: object, ignores: frozenset) -> None:
    pairs = set(product(get_args(states), get_args(DoorEvent)))
    assert set(TABLES[name]) | ignores == pairs
    assert not set(TABLES[name]) & ignores


@pytest.mark.parametrize(("name", "states", "ignores"), MACHINES, ids=[name for name, *_ in MACHINES])
def test_every_entry_names_the_states_it_may_lead_to(name: str, states: object, ignores: frozenset) -> None:
    del ignores
    assert all(leads_to(act) <= set(get_args(states)) for act in TABLES[name].values())


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


# ── leaving ───────────────────────────────────────────────────────────────────────────────────────────────────────


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


# ── held open ─────────────────────────────────────────────────────────────────────────────────────────────────────


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


# ── locked down ───────────────────────────────────────────────────────────────────────────────────────────────────


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


# ── released ──────────────────────────────────────────────────────────────────────────────────────────────────────

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


# ── out of order ──────────────────────────────────────────────────────────────────────────────────────────────────


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


# ── promises, whatever happens ────────────────────────────────────────────────────────────────────────────────────

HAPPENINGS = st.lists(
    st.tuples(
        st.floats(0, 40),
        st.one_of(
            st.floats(-5, 60).map(lambda s: ("grant", s)),
            st.floats(-5, 60).map(lambda s: ("hold", s)),
            st.sampled_from([(event, 0.0) for event in EVENTS if event not in {Granted, HoldOrdered, Found}]),
            st.builds(
                lambda kept, raised: (Found(is_open=False, raised=raised, kept=Kept(released=kept)), 0.0),
                st.booleans(),
                st.booleans(),
            ),
        ),
    ),
    max_size=40,
)


@given(HAPPENINGS, st.sampled_from([None, False, True]))
def test_never_unlocked_without_a_live_reason_nor_beyond_the_bound(
    happenings: list[tuple[float, tuple[object, float]]], is_open: bool | None
) -> None:
    door = Bench(found(is_open=is_open, now_seconds=1000.0))
    reason_until = -inf
    fire = False
    for pause, (what, seconds) in happenings:
        door.wait(pause)
        if door.doorway.is_unlocked:
            assert fire or door.now <= reason_until
        if fire:
            assert door.doorway.is_unlocked or isinstance(door.doorway.lock, OutOfOrder)
        lost = isinstance(door.doorway.lock, OutOfOrder)
        match what:
            case "grant":
                reason_until = max(reason_until, door.now + min(seconds, RULES.bound_seconds))
                door.grant(seconds)
            case "hold":
                reason_until = max(reason_until, door.now + min(seconds, RULES.bound_seconds))
                door.hold(seconds)
            case Found(raised=raised, kept=kept):
                fire = (raised or kept.released) if lost else fire
                door.happens(what)
            case _:
                event = what()
                if isinstance(event, ButtonPressed):
                    reason_until = max(reason_until, door.now + RULES.pulse_seconds)
                fire = fire or (isinstance(event, ReleaseRaised) and not lost)
                door.happens(event)
                if isinstance(event, ResetOrdered | Failed) and not door.doorway.is_unlocked:
                    fire = False
    door.wait(31)
    assert door.doorway.is_unlocked == (fire and not isinstance(door.doorway.lock, OutOfOrder))


@given(HAPPENINGS)
def test_what_is_unlocked_for_one_person_is_locked_within_the_bound(happenings: list[tuple[float, tuple]]) -> None:
    """Of the pulses alone: no hold, no fire."""
    door = Bench(found(is_open=False, now_seconds=1000.0))
    for pause, (what, seconds) in happenings:
        door.wait(pause)
        match what:
            case "grant":
                door.grant(seconds)
            case "hold" | Found():
                pass
            case _ if what is not ReleaseRaised:
                door.happens(what())
    door.happens(Failed())
    for (on, _), (off, _) in zip(door.edges[::2], door.edges[1::2], strict=True):
        assert off - on <= RULES.bound_seconds + 1e-6


@given(st.lists(st.sampled_from(EVENTS), max_size=30), st.integers(0, 3))
def test_no_entry_leads_to_a_state_it_does_not_name(events: list[type[DoorEvent]], pause: int) -> None:
    fields = {Granted: {"until": 1008.0}, HoldOrdered: {"until": 1020.0}, Found: {"is_open": False}}
    doorway, now = found(is_open=False, now_seconds=1000.0), 1000.0
    for event in events:
        before, now = doorway, now + 10 * pause
        doorway = step(before, event(**fields.get(event, {})), now, replace(RULES, stuck_seconds=10))
        for name, table in TABLES.items():
            act = table.get((type(getattr(before, name)), event))
            if act is not None:
                assert type(getattr(doorway, name)) in leads_to(act)
