"""A terminal without a clock chip still says when things happened."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.store.anchors import Anchor, corrected, wall_text
from kiosk.store.outbox import Arrived
from kiosk.types import ClockTrust, Moment
from tests.fakes import NOON

PATIENCE = 10
ANCHOR = Anchor(boot_id="b", monotonic=500.0, wall=NOON)


def stamped(monotonic, wall, trust, boot_id="b"):
    return Moment(boot_id=boot_id, monotonic=monotonic, wall=wall, trust=trust)


@pytest.mark.parametrize(
    ("wall", "trust"),
    [
        (datetime(1970, 1, 1, 0, 3, tzinfo=UTC), ClockTrust.NEVER),
        (datetime(2025, 12, 24, 9, tzinfo=UTC), ClockTrust.SINCE),
        (datetime(2099, 1, 1, tzinfo=UTC), ClockTrust.SINCE),
    ],
    ids=["1970", "the day of the image", "the future"],
)
def test_a_wrong_time_is_set_right(wall, trust):
    assert corrected(stamped(200.0, wall, trust), ANCHOR) == stamped(
        200.0, NOON - timedelta(seconds=300), ClockTrust.SYNCED
    )


def test_a_moment_after_the_anchor_is_set_right_too():
    assert corrected(stamped(560.5, NOON, ClockTrust.SINCE), ANCHOR).wall == NOON + timedelta(seconds=60.5)


def test_a_time_that_was_right_stays():
    right = stamped(200.0, NOON.replace(hour=11), ClockTrust.SYNCED)

    assert corrected(right, ANCHOR) is right


def test_a_moment_of_another_boot_cannot_be_set_right():
    other = stamped(200.0, datetime(1970, 1, 1, tzinfo=UTC), ClockTrust.NEVER, boot_id="before")

    assert corrected(other, ANCHOR) is other
    assert corrected(other, None) is other


@given(st.floats(0, 1e7), st.floats(0, 1e7))
def test_two_moments_of_one_boot_keep_their_distance(one, other):
    wrong = datetime(1970, 1, 1, tzinfo=UTC)
    first = corrected(stamped(one, wrong, ClockTrust.NEVER), ANCHOR)
    second = corrected(stamped(other, wrong, ClockTrust.NEVER), ANCHOR)

    assert abs((second.wall - first.wall).total_seconds() - (other - one)) < 1e-5


def test_texts_of_times_sort_like_times_whatever_the_zone():
    times = [NOON + timedelta(microseconds=step) for step in (0, 1, 10, 999_999, 1_000_000)]
    zones = [UTC, timezone(timedelta(hours=2)), timezone(timedelta(hours=-9))]
    texts = [wall_text(time.astimezone(zone)) for time in times for zone in zones]

    assert texts == sorted(texts)
    assert {len(text) for text in texts} == {32}


def test_facts_of_a_boot_leave_with_their_true_time_even_after_the_next_boot(start, facts, clock):
    clock.set_wall(datetime(1970, 1, 1, 0, 5, tzinfo=UTC), ClockTrust.NEVER)
    fact = facts.check_in()
    store = start()
    store.record(fact)
    clock.advance(90)
    clock.set_wall(NOON, ClockTrust.SYNCED)
    store.journal_list().result(PATIENCE)
    store.journal_list().result(PATIENCE)
    store.request_stop()
    assert store.join()
    clock.reboot("boot-2", datetime(1970, 1, 1, 0, 1, tzinfo=UTC))
    store = start()
    (row,) = store.due(10).result(PATIENCE).rows

    assert row.fact.happened.wall == NOON - timedelta(seconds=90)
    assert row.fact.happened.trust is ClockTrust.SYNCED
    assert store.journal_list().result(PATIENCE)[0].fact == fact


def test_facts_of_this_boot_can_wait_for_the_clock(start, facts, clock):
    clock.set_wall(datetime(1970, 1, 1, 0, 5, tzinfo=UTC), ClockTrust.NEVER)
    store = start()
    store.record(facts.check_in())
    patient = store.due(10, uncorrected=False).result(PATIENCE).rows
    impatient = store.due(10).result(PATIENCE).rows

    assert (len(patient), len(impatient)) == (0, 1)


def test_facts_of_an_earlier_boot_wait_for_nothing(start, facts, clock):
    clock.set_wall(datetime(1970, 1, 1, 0, 5, tzinfo=UTC), ClockTrust.NEVER)
    fact = facts.check_in()
    start().record(fact)
    start()
    clock.reboot("boot-2", datetime(1970, 1, 1, 0, 1, tzinfo=UTC))
    store = start()

    assert store.due(10, uncorrected=False).result(PATIENCE).rows[0].fact == fact


def test_a_clock_that_jumps_changes_no_hold(start, facts, clock):
    store = start()
    fact = facts.check_in()
    store.record(fact, hold_seconds=30)
    clock.set_wall(NOON + timedelta(days=400))
    early = store.due(10).result(PATIENCE).rows
    clock.set_wall(NOON - timedelta(days=400))
    clock.advance(30)

    assert early == ()
    assert len(store.due(10).result(PATIENCE).rows) == 1


def test_an_anchor_is_kept_as_long_as_its_facts(start, facts, clock):
    store = start()
    fact = facts.check_in()
    store.record(replace(fact, happened=replace(fact.happened, boot_id="old")))
    store.settle({fact.id: Arrived()}).result(PATIENCE)
    store._worker.ask(lambda precious: precious.anchors.cast(replace(ANCHOR, boot_id="old"))).result(PATIENCE)
    clock.advance(86_400 * 31)
    store.purge().result(PATIENCE)

    left = store._worker.ask(lambda precious: precious.db.execute("SELECT boot_id FROM anchor").fetchall())
    assert left.result(PATIENCE) == [(clock.boot_id,)]
