"""The door as a whole: when it is held, what a person can order of it, and what becomes a fact."""

from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.effects import Effect, EndHold, EndLockDown, HoldDoor, LockDown, OpenDoor, Record, ResetDoor
from kiosk.events import DeviceLost, Event, Timer, TimerFired
from kiosk.events_door import DoorAlarm, DoorAlarmCleared, DoorAlarmKind, DoorMode, DoorModeChanged, ExitAsked
from kiosk.rules.doorkeeping import (
    Doorkeeping,
    HeldFor,
    Order,
    Word,
    alarms_after,
    hear,
    is_time_to_hold,
    maybe_refusal,
    obey,
    worst,
)
from kiosk.rules.weekly import Schedule, schedule_of
from kiosk.types import Assignment, ClockTrust, DeskReason, FactKind, MemberId, Part, ShiftId
from tests.rules.terminal import COOP, TUESDAY, Terminal, at, snapshot

TICK = TimerFired(Timer.TICK)
HOURS = schedule_of(["opening-hours"])
BY = MemberId("coord")
PLACE = Assignment(shift_id=ShiftId("tomorrow"), member_id=MemberId("camille"), first_name="Camille")


@dataclass
class Desk:
    """Tell it what happened and what is ordered; look at what it asked of the door and what became a fact."""

    terminal: Terminal = field(default_factory=Terminal)
    schedule: Schedule = field(default_factory=Schedule)
    keeping: Doorkeeping = field(default_factory=lambda: Doorkeeping(mode=DoorMode.LOCKED))
    effects: list[Effect] = field(default_factory=list)

    def hear(self, *events: Event) -> list[Effect]:
        orders: list[Effect] = []
        for event in events:
            self.keeping, found = hear(self.keeping, event, self.terminal.around, self.schedule)
            orders += found
        self.effects += orders
        return orders

    def order(self, word: Word, **more) -> list[Effect]:
        order = Order(word=word, **more)
        assert maybe_refusal(self.keeping, order) is None
        self.keeping, found = obey(self.keeping, order, self.terminal.around, self.schedule)
        self.effects += found
        return list(found)

    def becomes(self, mode: DoorMode) -> None:
        self.hear(DoorModeChanged(mode=mode))

    def facts(self, kind: FactKind) -> list[dict]:
        found = [effect.fact for effect in self.effects if isinstance(effect, Record) and effect.fact.kind is kind]
        return [dict(fact.details) | ({"by": fact.member_id} if fact.member_id else {}) for fact in found]


def no_worker_here() -> Terminal:
    terminal = Terminal()
    terminal.knowledge.apply(snapshot(generation=2, assignments=()))
    return terminal


# ── held by the schedule ──────────────────────────────────────────────────────────────────────────────────────────


def test_door_is_held_in_the_hours_of_the_schedule_and_let_go_at_their_end():
    desk = Desk(schedule=HOURS)
    assert desk.hear(TICK) == [HoldDoor(seconds=5)]
    desk.becomes(DoorMode.HELD_OPEN)
    desk.terminal.now = at(20)
    assert desk.hear(TICK) == [EndHold()]
    assert desk.hear(TICK) == []
    assert desk.facts(FactKind.DOOR_MODE) == [{"mode": "held_open", "why": "schedule"}]


def test_without_a_schedule_nothing_is_held():
    assert Desk().hear(TICK) == []


def test_nothing_is_held_before_the_first_worker_has_checked_in():
    desk = Desk(terminal=no_worker_here(), schedule=HOURS)
    assert desk.hear(TICK) == []


def test_first_worker_of_these_hours_is_enough_until_their_end():
    terminal = Terminal(now=at(16, 30))
    desk = Desk(terminal=terminal, schedule=schedule_of(["tue 13:00-18:00"]))
    assert desk.hear(TICK) == [HoldDoor(seconds=5)]


@pytest.mark.parametrize("hours", ["tue 16:00-18:00", "tue 16:15-18:00", "tue 16:45-18:00"])
def test_worker_of_earlier_hours_does_not_open_later_ones(hours):
    """Sam has worked until four; nobody of the evening has come yet."""
    terminal = Terminal(now=at(17))
    desk = Desk(terminal=terminal, schedule=schedule_of([hours]))
    assert desk.hear(TICK) == []


def test_first_worker_who_began_before_the_hours_is_enough():
    terminal = Terminal(now=at(15, 10))
    desk = Desk(terminal=terminal, schedule=schedule_of(["tue 15:00-18:00"]))
    assert desk.hear(TICK) == [HoldDoor(seconds=5)]


@pytest.mark.parametrize("trust", [ClockTrust.SINCE, ClockTrust.NEVER])
def test_a_clock_that_is_not_sure_holds_no_door(trust):
    desk = Desk(terminal=Terminal(trust=trust), schedule=HOURS)
    assert desk.hear(TICK) == []


def test_a_closure_holds_no_door():
    terminal = Terminal()
    page = snapshot(generation=2)
    terminal.knowledge.apply(replace(page, coop=replace(COOP, closures=frozenset({TUESDAY.date()}))))
    assert not is_time_to_hold(HOURS, terminal.around)


@pytest.mark.parametrize("mode", [None, DoorMode.OUT_OF_ORDER, DoorMode.LOCKED_DOWN, DoorMode.RELEASED])
def test_a_schedule_orders_nothing_of_a_door_that_has_other_reasons(mode):
    desk = Desk(schedule=HOURS, keeping=Doorkeeping(mode=mode))
    assert desk.hear(TICK) == []


def test_a_person_can_end_todays_hold_and_tomorrow_it_is_held_again():
    desk = Desk(schedule=HOURS)
    desk.hear(TICK, DoorModeChanged(mode=DoorMode.HELD_OPEN))
    desk.order(Word.NORMAL, by=BY)
    desk.becomes(DoorMode.LOCKED)
    assert desk.hear(TICK) == []
    assert desk.facts(FactKind.DOOR_MODE)[-1] == {"mode": "locked", "why": "normal", "by": BY}
    desk.terminal.now = at(14, days=1)
    desk.terminal.knowledge.apply(snapshot(generation=3, fetched_at=at(14, days=1)))
    assert desk.keeping.skipped is not None
    assert not is_time_to_hold(HOURS, desk.terminal.around, desk.keeping.skipped)
    tomorrow = replace(desk.terminal.knowledge.assignment("tomorrow", "camille") or PLACE, present=True)
    desk.terminal.knowledge.apply(snapshot(generation=4, assignments=(tomorrow,)))
    assert desk.hear(TICK) == [HoldDoor(seconds=5)]


# ── ordered by a person ───────────────────────────────────────────────────────────────────────────────────────────


def test_an_opening_by_hand_is_one_long_pulse_with_who_and_why():
    desk = Desk()
    assert desk.order(Word.OPEN, why=DeskReason.DELIVERY, by=BY)[0] == OpenDoor(seconds=20)
    fact = {"reason": "by_hand", "for": "delivery", "seconds": 20, "by": BY}
    assert desk.facts(FactKind.DOOR_OPENED) == [fact]


def test_a_hold_by_order_lasts_its_minutes_whoever_is_there():
    desk = Desk(terminal=no_worker_here())
    assert desk.order(Word.HOLD, minutes=30, by=BY) == [HoldDoor(seconds=5)]
    desk.becomes(DoorMode.HELD_OPEN)
    desk.terminal.wait(29 * 60)
    assert desk.hear(TICK) == [HoldDoor(seconds=5)]
    desk.terminal.wait(60)
    assert desk.hear(TICK) == [EndHold()]
    desk.becomes(DoorMode.LOCKED)
    assert desk.facts(FactKind.DOOR_MODE) == [
        {"mode": "held_open", "why": "hold", "by": BY},
        {"mode": "locked", "why": "ended"},
    ]


def test_a_hold_that_lengthens_another_is_a_fact_too():
    desk = Desk(schedule=HOURS)
    desk.hear(TICK, DoorModeChanged(mode=DoorMode.HELD_OPEN))
    desk.order(Word.HOLD, minutes=30, by=BY)
    assert desk.facts(FactKind.DOOR_MODE)[-1] == {"mode": "held_open", "why": "hold", "by": BY}


def test_a_hold_that_lapsed_for_a_moment_is_still_that_persons():
    desk = Desk(terminal=no_worker_here())
    desk.order(Word.HOLD, minutes=30, by=BY)
    for mode in (DoorMode.HELD_OPEN, DoorMode.LOCKED, DoorMode.HELD_OPEN):
        desk.hear(TICK)
        desk.becomes(mode)
    assert desk.facts(FactKind.DOOR_MODE)[-1] == {"mode": "held_open", "why": "hold", "by": BY}


def test_a_hold_goes_over_into_the_schedule():
    desk = Desk(schedule=HOURS)
    desk.order(Word.HOLD, minutes=1)
    desk.becomes(DoorMode.HELD_OPEN)
    desk.terminal.wait(60)
    assert desk.hear(TICK) == [HoldDoor(seconds=5)]
    assert desk.keeping.held_for is HeldFor.SCHEDULE


def test_a_lock_down_and_its_end_are_facts_with_who():
    desk = Desk(schedule=HOURS)
    assert desk.order(Word.LOCK_DOWN, by=BY) == [LockDown()]
    desk.becomes(DoorMode.LOCKED_DOWN)
    assert desk.order(Word.NORMAL, by=BY) == [EndHold(), EndLockDown()]
    desk.becomes(DoorMode.LOCKED)
    assert [fact["why"] for fact in desk.facts(FactKind.DOOR_MODE)] == ["lock-down", "normal"]
    assert {fact["by"] for fact in desk.facts(FactKind.DOOR_MODE)} == {BY}
    assert desk.hear(TICK) == []


def test_a_reset_after_fire_is_a_fact_with_who():
    desk = Desk(keeping=Doorkeeping(mode=DoorMode.UNLOCKED))
    desk.becomes(DoorMode.RELEASED)
    assert desk.order(Word.RESET, by=BY) == [ResetDoor()]
    desk.becomes(DoorMode.LOCKED)
    assert desk.facts(FactKind.DOOR_MODE) == [
        {"mode": "released", "why": "fire"},
        {"mode": "locked", "why": "reset", "by": BY},
    ]


def test_a_hold_from_before_the_fire_is_over_with_the_reset():
    desk = Desk(terminal=no_worker_here())
    desk.order(Word.HOLD, minutes=30, by=BY)
    for mode in (DoorMode.HELD_OPEN, DoorMode.RELEASED):
        desk.becomes(mode)
        desk.hear(TICK)
    desk.order(Word.RESET, by=BY)
    desk.becomes(DoorMode.LOCKED)
    assert desk.hear(TICK) == []


def test_an_order_that_changed_nothing_is_not_taken_for_the_cause_of_something_later():
    desk = Desk(schedule=HOURS, terminal=no_worker_here())
    desk.order(Word.NORMAL, by=BY)
    desk.terminal = Terminal(now=at(14, days=7))
    desk.terminal.knowledge.apply(snapshot(generation=2, fetched_at=at(14)))
    desk.keeping = replace(desk.keeping, held_for=HeldFor.SCHEDULE)
    desk.becomes(DoorMode.HELD_OPEN)
    assert desk.facts(FactKind.DOOR_MODE) == [{"mode": "held_open", "why": "schedule"}]


@pytest.mark.parametrize(
    ("mode", "word", "refused"),
    [
        (None, Word.OPEN, True),
        (DoorMode.OUT_OF_ORDER, Word.LOCK_DOWN, True),
        (DoorMode.RELEASED, Word.OPEN, True),
        (DoorMode.RELEASED, Word.LOCK_DOWN, True),
        (DoorMode.RELEASED, Word.RESET, False),
        (DoorMode.LOCKED_DOWN, Word.OPEN, True),
        (DoorMode.LOCKED_DOWN, Word.HOLD, True),
        (DoorMode.LOCKED_DOWN, Word.NORMAL, False),
        (DoorMode.LOCKED, Word.RESET, True),
        (DoorMode.LOCKED, Word.OPEN, False),
        (DoorMode.HELD_OPEN, Word.LOCK_DOWN, False),
        (DoorMode.UNLOCKED, Word.HOLD, False),
    ],
)
def test_what_the_door_cannot_do_now_is_refused_in_words(mode, word, refused):
    why = maybe_refusal(Doorkeeping(mode=mode), Order(word=word, minutes=1))
    assert (why is not None) is refused


# ── what becomes a fact ───────────────────────────────────────────────────────────────────────────────────────────


def test_pulses_have_facts_of_their_own_and_are_no_change_of_mode():
    desk = Desk()
    desk.becomes(DoorMode.UNLOCKED)
    desk.becomes(DoorMode.LOCKED)
    assert desk.effects == []


def test_whoever_leaves_by_the_button_is_a_fact_without_a_name():
    desk = Desk()
    desk.hear(ExitAsked())
    assert desk.facts(FactKind.DOOR_OPENED) == [{"reason": "exit", "seconds": 8}]


def test_an_alarm_is_a_fact_when_it_is_raised_and_when_it_is_cleared():
    desk = Desk()
    desk.hear(DoorAlarm(kind=DoorAlarmKind.FORCED))
    assert desk.keeping.alarms == {DoorAlarmKind.FORCED}
    desk.hear(DoorAlarmCleared(kind=DoorAlarmKind.FORCED))
    assert desk.keeping.alarms == frozenset()
    assert desk.facts(FactKind.DOOR_ALARM) == [
        {"alarm": "forced", "change": "raised"},
        {"alarm": "forced", "change": "cleared"},
    ]


def test_a_door_that_was_held_and_is_shut_has_no_alarm_left():
    desk = Desk()
    desk.hear(DoorAlarm(kind=DoorAlarmKind.HELD_WARNING), DoorAlarm(kind=DoorAlarmKind.HELD))
    assert desk.keeping.alarms == {DoorAlarmKind.HELD}
    desk.hear(DoorAlarmCleared(kind=DoorAlarmKind.HELD))
    assert desk.keeping.alarms == frozenset()


def test_a_door_that_is_lost_has_no_alarms_and_comes_back():
    desk = Desk()
    desk.hear(DoorAlarm(kind=DoorAlarmKind.HELD), DeviceLost(part=Part.DOOR, fault="gone"))
    assert desk.keeping.alarms == frozenset()
    desk.becomes(DoorMode.LOCKED)
    assert [fact["why"] for fact in desk.facts(FactKind.DOOR_MODE)] == ["fault", "back"]


def test_another_part_that_is_lost_is_not_the_door():
    desk = Desk()
    desk.hear(DeviceLost(part=Part.READER, fault="gone"))
    assert desk.keeping.mode is DoorMode.LOCKED
    assert desk.effects == []


def test_a_terminal_starts_without_a_fact_unless_something_was_kept():
    desk = Desk(keeping=Doorkeeping())
    desk.becomes(DoorMode.LOCKED)
    assert desk.effects == []
    kept = Desk(keeping=Doorkeeping())
    kept.becomes(DoorMode.LOCKED_DOWN)
    assert kept.facts(FactKind.DOOR_MODE) == [{"mode": "locked_down", "why": "kept"}]


@pytest.mark.parametrize("before", [None, DoorMode.OUT_OF_ORDER])
def test_a_release_that_is_found_at_the_start_is_not_told_as_a_fire_of_now(before):
    desk = Desk(keeping=Doorkeeping(mode=before))
    desk.becomes(DoorMode.RELEASED)
    assert desk.facts(FactKind.DOOR_MODE)[-1] == {"mode": "released", "why": "found"}


def test_the_worst_alarm_is_spoken_of():
    assert worst(()) is None
    assert worst(set(DoorAlarmKind)) is DoorAlarmKind.FORCED
    assert all(worst({kind}) is kind for kind in DoorAlarmKind)


# ── promises ──────────────────────────────────────────────────────────────────────────────────────────────────────


@given(
    st.lists(
        st.one_of(
            st.sampled_from([TICK, ExitAsked(), DeviceLost(part=Part.DOOR, fault="x")]),
            st.builds(DoorModeChanged, mode=st.sampled_from(DoorMode)),
            st.sampled_from(Word),
        ),
        max_size=30,
    ),
    st.sampled_from(ClockTrust),
    st.booleans(),
)
def test_nothing_is_held_but_for_an_order_or_in_the_hours_of_a_staffed_schedule(happenings, trust, staffed):
    terminal = Terminal(trust=trust) if staffed else replace(no_worker_here(), trust=trust)
    desk = Desk(terminal=terminal, schedule=HOURS)
    ordered_until = float("-inf")
    for what in happenings:
        if isinstance(what, Word):
            if maybe_refusal(desk.keeping, Order(word=what, minutes=1)) is None:
                desk.order(what, minutes=1)
                ordered_until = terminal.monotonic + 60 if what is Word.HOLD else ordered_until
            continue
        orders = desk.hear(what)
        if HoldDoor(seconds=5) in orders:
            assert (staffed and trust is ClockTrust.SYNCED) or terminal.monotonic < ordered_until
            assert desk.keeping.mode in {DoorMode.LOCKED, DoorMode.UNLOCKED, DoorMode.HELD_OPEN}
        terminal.wait(7)


def test_an_alarm_ends_the_warning_before_it_and_no_other():
    held = alarms_after(
        frozenset({DoorAlarmKind.HELD_WARNING, DoorAlarmKind.TAMPER}), DoorAlarm(kind=DoorAlarmKind.HELD)
    )
    assert held == {DoorAlarmKind.HELD, DoorAlarmKind.TAMPER}
    both = alarms_after(frozenset({DoorAlarmKind.HELD_WARNING}), DoorAlarm(kind=DoorAlarmKind.TAMPER))
    assert both == {DoorAlarmKind.HELD_WARNING, DoorAlarmKind.TAMPER}
