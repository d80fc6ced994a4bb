"""How alarms sound."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.events_door import DoorAlarmKind
from kiosk.rules.buzzer import CYCLES, loudest, sounds


def test_every_alarm_has_its_own_sound():
    assert set(CYCLES) == set(DoorAlarmKind)
    assert len(set(CYCLES.values())) == len(CYCLES)


def test_no_alarm_is_silence():
    assert sounds(loudest(()), 5.0, 1000.0) == (False, inf)


def test_of_several_alarms_the_most_urgent_is_heard():
    assert loudest({DoorAlarmKind.HELD, DoorAlarmKind.FORCED, DoorAlarmKind.STUCK}) is DoorAlarmKind.FORCED


@pytest.mark.parametrize(("seconds", "on"), [(0.0, True), (0.7, True), (0.9, False), (1.5, False), (1.7, True)])
def test_held_door_sounds_and_pauses_in_turn(seconds, on):
    assert sounds(DoorAlarmKind.HELD, 1000.0, 1000.0 + seconds)[0] is on


@given(st.sampled_from(DoorAlarmKind), st.floats(0, 1e6), st.floats(0, 1e4))
def test_it_is_always_known_when_the_sound_next_changes(alarm, since, after):
    now = since + after
    on, change = sounds(alarm, since, now)
    assert change > now
    assert change - now <= 10.0
    assert sounds(alarm, since, change + 0.011)[0] is not on
