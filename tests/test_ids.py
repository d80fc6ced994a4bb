"""Ids of facts: version 7, in the order in which they were asked for."""

import os
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from kiosk.ids import FactIds, uuid7

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_example_of_the_standard_is_reproduced():
    # RFC 9562, appendix A.6: 2022-02-22 14:22:22 -05:00, rand_a 0xCC3, rand_b 0x18C4DC0C0C07398F (62 bits).
    at = datetime.fromtimestamp(1645557742, UTC)
    tail = (0xCC3 << 62 | 0x18C4DC0C0C07398F).to_bytes(10, "big")

    # The highest of the 74 random bits is set in the example and kept clear by us.
    assert uuid7(at, lambda _: tail) == "017f22e2-79b0-74c3-98c4-dc0c0c07398f"


def test_version_and_variant_are_right():
    id_ = UUID(uuid7(NOW, os.urandom))

    assert id_.version == 7
    assert id_.variant == "specified in RFC 4122"
    assert id_.int >> 80 == int(NOW.timestamp() * 1000)


def test_ids_of_one_millisecond_keep_their_order():
    ids = FactIds()

    made = [ids(NOW) for _ in range(5000)]

    assert made == sorted(set(made))


@given(st.lists(st.integers(min_value=-9_000, max_value=9_000), max_size=50))
def test_order_survives_a_clock_that_steps_a_little(steps):
    ids, now, made = FactIds(), NOW, []
    highest = NOW
    for step in steps:
        # Never more than ten seconds behind the latest time used.
        now = max(now + timedelta(milliseconds=step), highest - timedelta(seconds=9))
        highest = max(highest, now)
        made.append(ids(now))

    assert made == sorted(set(made))


def test_a_clock_set_to_another_day_is_followed():
    ids = FactIds()
    ids(NOW + timedelta(days=900))

    assert ids(NOW)[:8] == uuid7(NOW, os.urandom)[:8]


def test_a_full_counter_moves_to_the_next_millisecond():
    # The first ten bytes fill the counter (its top bit is cleared), every step then adds 2**32.
    ids = FactIds(lambda size: b"\xff" * size)
    ids(NOW)
    ids._counter = (1 << 74) - 1

    later = ids(NOW)

    assert UUID(later).int >> 80 == int(NOW.timestamp() * 1000) + 1


def test_time_before_1970_counts_as_1970():
    assert uuid7(datetime(1969, 12, 31, tzinfo=UTC), os.urandom).startswith("00000000-0000-7")
