"""Hours of the week as people write them."""

from datetime import time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.rules.weekly import DAYS, Schedule, hours_of, schedule_of, stretch_at
from kiosk.types import OpeningHours
from tests.rules.terminal import TUESDAY


def stretch(weekday: int, opens: int, closes: int) -> OpeningHours:
    return OpeningHours(weekday=weekday, opens=time(opens), closes=time(closes))


def test_one_day_is_one_stretch():
    assert hours_of("tue 09:00-12:30") == (OpeningHours(weekday=1, opens=time(9), closes=time(12, 30)),)


def test_days_from_to_are_a_stretch_each():
    assert hours_of("mon-wed 10:00-13:00") == tuple(stretch(day, 10, 13) for day in range(3))


def test_days_may_go_over_the_end_of_the_week():
    assert [found.weekday for found in hours_of("sat-mon 10:00-13:00")] == [5, 6, 0]


def test_hours_over_midnight_are_two_stretches_without_a_gap():
    hours = (*hours_of("tue 20:00-00:00"), *hours_of("wed 00:00-02:00"))
    evening = TUESDAY.replace(hour=19, minute=59)
    open_at = [minutes for minutes in range(7 * 60) if stretch_at(hours, evening + timedelta(minutes=minutes))]
    assert open_at == list(range(1, 6 * 60 + 1))
    assert stretch_at(hours, TUESDAY.replace(hour=0, minute=0)) is None


@pytest.mark.parametrize("text", ["tue 22:00-02:00", "tue 22:00-00:30"])
def test_hours_over_midnight_in_one_are_told_how_to_be_written(text):
    with pytest.raises(ValueError, match="two stretches, until 00:00 and from 00:00"):
        hours_of(text)


@pytest.mark.parametrize(
    "text", ["", "tue", "tue 9:00-12:00", "tue 09:00-24:00", "mar 09:00-12:00", "tue 12:00-09:00", "tue 09:00-09:00"]
)
def test_what_means_nothing_is_refused(text):
    with pytest.raises(ValueError):
        hours_of(text)


def test_a_schedule_may_be_the_opening_hours_and_more():
    assert schedule_of(["opening-hours", "sun 08:00-09:00"]) == Schedule(hours=(stretch(6, 8, 9),), opening_hours=True)
    assert schedule_of([]) == Schedule()


@pytest.mark.parametrize(("hour", "held"), [(13, True), (14, True), (15, False), (9, False)])
def test_a_stretch_holds_its_first_minute_and_not_its_last(hour, held):
    found = stretch_at(hours_of("tue 13:00-15:00"), TUESDAY.replace(hour=hour, minute=0))
    assert (found is not None) is held


@given(st.integers(0, 6), st.integers(0, 6), st.integers(0, 22))
def test_every_stretch_is_found_on_each_of_its_days(first, last, hour):
    hours = hours_of(f"{DAYS[first]}-{DAYS[last]} {hour:02}:00-{hour + 1:02}:30")
    assert {found.weekday for found in hours} == {(first + day) % 7 for day in range((last - first) % 7 + 1)}
