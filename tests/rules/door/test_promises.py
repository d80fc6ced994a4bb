"""What holds at a doorway, whatever happens."""

from dataclasses import replace
from math import inf

from hypothesis import given
from hypothesis import strategies as st

from kiosk.rules.door import TABLES, step
from kiosk.rules.door_states import (
    ButtonPressed,
    DoorEvent,
    Failed,
    Found,
    Granted,
    HoldOrdered,
    Kept,
    OutOfOrder,
    ReleaseRaised,
    ResetOrdered,
)
from kiosk.rules.door_tables import EVENTS, leads_to
from tests.rules.door.bench import RULES, Bench, found

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
