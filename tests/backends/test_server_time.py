"""What time it is at a server, whatever the clock here says."""

from datetime import timedelta

import pytest

from kiosk.backends.server_time import LARGEST_GAP, ServerTime
from kiosk.clock import moment
from kiosk.types import ClockTrust
from tests.fakes import NOON, ManualClock

HOUR = timedelta(hours=1)


def heard(clock: ManualClock) -> ServerTime:
    time = ServerTime(clock)
    time.hear(NOON)
    return time


def test_until_it_has_told_its_time_the_terminal_s_is_taken():
    clock = ManualClock()
    time = ServerTime(clock)
    time.hear(None)
    assert time.now() == clock.now()


@pytest.mark.parametrize("trust", ClockTrust)
def test_it_goes_on_from_what_it_told_however_the_clock_here_jumps(trust):
    clock = ManualClock(NOON - HOUR, trust)
    time = heard(clock)
    clock.set_wall(NOON + timedelta(days=900), ClockTrust.SYNCED)
    clock.advance(90)
    assert time.now() == NOON + timedelta(seconds=90)


@pytest.mark.parametrize(
    ("trust", "believed"), [(ClockTrust.SYNCED, False), (ClockTrust.SINCE, False), (ClockTrust.NEVER, True)]
)
def test_a_server_days_away_is_believed_where_no_clock_was_set(trust, believed):
    clock = ManualClock(NOON - LARGEST_GAP - HOUR, trust)
    assert heard(clock).now() == (NOON if believed else clock.now())


def test_what_happened_by_a_clock_that_was_set_is_left_as_it_is():
    clock = ManualClock(NOON - HOUR)
    assert heard(clock).when(moment(clock)) == NOON - HOUR


@pytest.mark.parametrize("trust", [ClockTrust.SINCE, ClockTrust.NEVER])
def test_what_happened_in_this_boot_is_counted_back_from_the_server_s_time(trust):
    clock = ManualClock(NOON - 30 * HOUR, trust)
    happened = moment(clock)
    clock.advance(60)
    time = heard(clock)
    clock.advance(30)
    assert time.when(happened) == NOON - timedelta(seconds=60)


@pytest.mark.parametrize(
    ("ago", "trust", "told"),
    [
        (5 * HOUR, ClockTrust.SINCE, NOON - 5 * HOUR),
        (-5 * HOUR, ClockTrust.SINCE, NOON),
        (5 * HOUR, ClockTrust.NEVER, None),
    ],
    ids=["as it says", "never in the future", "nobody knows"],
)
def test_of_an_earlier_boot_the_clock_of_then_is_all_there_is(ago, trust, told):
    earlier = moment(ManualClock(NOON - ago, trust, boot_id="boot-0"))
    assert heard(ManualClock()).when(earlier) == told


def test_nobody_knows_when_it_was_before_any_clock_has_told():
    clock = ManualClock(NOON, ClockTrust.NEVER)
    assert ServerTime(clock).when(moment(clock)) is None


@pytest.mark.parametrize("boot_id", ["boot-1", "boot-0"])
def test_a_row_is_stamped_by_the_server_s_clock_although_that_is_wrong(boot_id):
    clock = ManualClock(NOON + 3 * HOUR)
    happened = moment(ManualClock(NOON + 3 * HOUR, boot_id=boot_id))
    assert heard(clock).stamp_of(happened) == NOON
