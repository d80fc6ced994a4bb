"""What is an alarm, since when, and until when."""

import pytest

from kiosk.afar.alarms import BY_PART, Alarm, Change, Limits, Watch, hear, see
from kiosk.events_door import DoorAlarm, DoorAlarmCleared, DoorAlarmKind
from kiosk.types import Part
from tests.afar.statuses import DOOR, MACHINE, status

LIMITS = Limits()


def seen(*looks, watch=None):
    """All changes that statuses make, one after the other: ``(seconds, status)``."""
    told, watch = [], watch or Watch()
    for at, one in looks:
        watch, changes = see(watch, one, at, LIMITS)
        told.append([(change.alarm, change.raised) for change in changes])
    return told


def test_all_is_well_and_nothing_is_told():
    assert seen((0, status()), (1000, status())) == [[], []]


def lost(*parts):
    return status(parts={"reader": "ok", "server": "ok"} | dict.fromkeys(parts, "lost"))


def test_a_part_is_an_alarm_once_it_is_lost_for_long_enough_and_once_only():
    told = seen(
        (0, lost("reader")), (119, lost("reader")), (120, lost("reader")), (500, lost("reader")), (501, status())
    )
    assert told == [[], [], [(Alarm.READER_LOST, True)], [], [(Alarm.READER_LOST, False)]]


def test_a_part_that_comes_back_in_time_begins_anew():
    assert seen((0, lost("reader")), (100, status()), (110, lost("reader")), (200, lost("reader"))) == [[], [], [], []]


def test_every_part_that_can_be_lost_has_its_alarm_or_another_way_to_be_told():
    told_otherwise = {Part.STORE, Part.SCREEN, Part.CONTACT}
    assert BY_PART.keys() == {part.value for part in Part if part not in told_otherwise}


@pytest.mark.parametrize(
    ("change", "alarm"),
    [
        ({"store_fault": "full"}, Alarm.STORE_FAILING),
        ({"queue_age_seconds": 3600}, Alarm.QUEUE_OLD),
        ({"refused": 1}, Alarm.REFUSED),
        ({"knowledge_age_seconds": 86_400}, Alarm.KNOWLEDGE_OLD),
        ({"clock": "never"}, Alarm.CLOCK_UNSET),
        ({"machine": MACHINE | {"temperature_celsius": 80.0}}, Alarm.HOT),
        ({"machine": MACHINE | {"disk_free_bytes": 199_999_999}}, Alarm.DISK_FULL),
        ({"door": DOOR | {"mode": "released"}}, Alarm.DOOR_RELEASED),
    ],
)
def test_each_figure_has_its_alarm_and_its_end(change, alarm):
    assert seen((0, status(**change)), (30, status(**change)), (60, status())) == [
        [(alarm, True)],
        [],
        [(alarm, False)],
    ]


def test_what_is_not_known_is_no_alarm():
    unknown = status(door=None, machine=None, knowledge_age_seconds=None, queue_age_seconds=None)
    assert seen((0, unknown), (1000, unknown)) == [[], []]


@pytest.mark.parametrize(
    ("figure", "values", "expected"),
    [
        ("temperature_celsius", (81, 79, 76, 74.9), [1, 0, 0, -1]),
        ("disk_free_bytes", (1.9e8, 2.1e8, 2.3e8, 2.4e8), [1, 0, 0, -1]),
    ],
)
def test_what_trembles_around_a_limit_is_one_alarm(figure, values, expected):
    told = seen(*((at, status(machine=MACHINE | {figure: value})) for at, value in enumerate(values)))
    assert [sum(1 if raised else -1 for _, raised in changes) for changes in told] == expected


def test_the_door_is_told_at_once_and_once():
    watch, changes = hear(Watch(), DoorAlarm(kind=DoorAlarmKind.FORCED))
    assert changes == (Change(Alarm.DOOR_FORCED, raised=True),)
    watch, changes = hear(watch, DoorAlarm(kind=DoorAlarmKind.FORCED))
    assert changes == ()
    watch, changes = hear(watch, DoorAlarmCleared(kind=DoorAlarmKind.FORCED))
    assert changes == (Change(Alarm.DOOR_FORCED, raised=False),)


def test_people_beside_the_door_are_warned_and_nobody_else():
    assert hear(Watch(), DoorAlarm(kind=DoorAlarmKind.HELD_WARNING))[1] == ()


def test_a_status_that_knows_nothing_yet_ends_no_alarm_of_the_door():
    watch, _ = hear(Watch(), DoorAlarm(kind=DoorAlarmKind.HELD))
    on = status(door=DOOR | {"alarms": ["held"]})
    assert seen((0, status()), (30, on), (60, on), watch=watch) == [[], [], []]
    assert seen((0, on), (30, on), (60, status()), watch=watch) == [[], [], [(Alarm.DOOR_HELD, False)]]
