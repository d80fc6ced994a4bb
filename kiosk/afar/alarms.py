"""When something is an alarm, and when it is over. Pure: one status after the other, and what changed by it.

A status is what ``kiosk status --json`` prints. An alarm is raised once and cleared once; what trembles around a limit
is held until it is clearly below it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from kiosk.events_door import DoorAlarm, DoorAlarmCleared, DoorAlarmKind, DoorMode


class Alarm(StrEnum):
    """What somebody who is not there should know. The names are a promise to whoever listens."""

    DOOR_FORCED = "door_forced"
    DOOR_HELD = "door_held"
    DOOR_TAMPER = "door_tamper"
    DOOR_STUCK = "door_stuck"
    DOOR_RELEASED = "door_released"
    READER_LOST = "reader_lost"
    SCANNER_LOST = "scanner_lost"
    SCALE_LOST = "scale_lost"
    DOOR_LOST = "door_lost"
    BELL_LOST = "bell_lost"
    PRINTER_LOST = "printer_lost"
    SERVER_LOST = "server_lost"
    STORE_FAILING = "store_failing"
    QUEUE_OLD = "queue_old"
    REFUSED = "refused"
    KNOWLEDGE_OLD = "knowledge_old"
    DISK_FULL = "disk_full"
    HOT = "hot"
    CLOCK_UNSET = "clock_unset"


BY_DOOR: Final = {
    DoorAlarmKind.FORCED: Alarm.DOOR_FORCED,
    DoorAlarmKind.HELD: Alarm.DOOR_HELD,
    DoorAlarmKind.TAMPER: Alarm.DOOR_TAMPER,
    DoorAlarmKind.STUCK: Alarm.DOOR_STUCK,
}
"""A warning that the door stands open is for those beside it."""
BY_PART: Final = {
    "reader": Alarm.READER_LOST,
    "scanner": Alarm.SCANNER_LOST,
    "scale": Alarm.SCALE_LOST,
    "door": Alarm.DOOR_LOST,
    "bell": Alarm.BELL_LOST,
    "printer": Alarm.PRINTER_LOST,
    "server": Alarm.SERVER_LOST,
}
_AT_THE_DOOR: Final = frozenset(BY_DOOR.values())
COOLER_BY: Final = 5.0
"""Degrees below the limit at which it is no longer hot."""
ROOMIER_BY: Final = 1.2
"""Times the limit at which there is room again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """When a figure becomes an alarm: the keys of ``[afar]``."""

    lost_seconds: float = 120.0
    queue_seconds: float = 3600.0
    knowledge_seconds: float = 86_400.0
    hot_celsius: float = 80.0
    free_bytes: float = 200_000_000.0


@dataclass(frozen=True, slots=True)
class Change:
    """An alarm began, or is over."""

    alarm: Alarm
    raised: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What is on.

    Attributes:
        fresh: heard from the door since the last status, which may not know of it yet.
        lost_since: since when parts do not answer (monotonic seconds).
    """

    on: frozenset[Alarm] = frozenset()
    fresh: frozenset[Alarm] = frozenset()
    lost_since: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))


Outcome = tuple[Watch, tuple[Change, ...]]


def hear(watch: Watch, event: DoorAlarm | DoorAlarmCleared) -> Outcome:
    """What the door's own alarms make of it, at once."""
    alarm = BY_DOOR.get(event.kind)
    if alarm is None:
        return watch, ()
    on = watch.on | {alarm} if isinstance(event, DoorAlarm) else watch.on - {alarm}
    return replace(watch, on=on, fresh=watch.fresh | {alarm}), _changes(watch.on, on)


def see(watch: Watch, status: Mapping[str, Any], at: float, limits: Limits) -> Outcome:
    """What a status makes of it.

    Args:
        watch: until now.
        status: as ``kiosk status --json`` prints it.
        at: monotonic seconds.
        limits: of the configuration.
    """
    parts: Mapping[str, str] = status.get("parts") or {}
    lost_since = {name: watch.lost_since.get(name, at) for name, how in parts.items() if how == "lost"}
    too_long = [name for name, since in lost_since.items() if at - since >= limits.lost_seconds]
    found = {BY_PART[name] for name in too_long if name in BY_PART}
    known = {BY_DOOR.get(DoorAlarmKind(kind)) for kind in (status.get("door") or {}).get("alarms", ())}
    # A door whose driver was started anew may never say that its alarm is over.
    at_the_door = watch.on & _AT_THE_DOOR & (known | watch.fresh)
    on = frozenset({*found, *_told_by(status, watch.on, limits), *at_the_door})
    return Watch(on=on, lost_since=MappingProxyType(lost_since)), _changes(watch.on, on)


def _told_by(status: Mapping[str, Any], on: frozenset[Alarm], limits: Limits) -> Iterator[Alarm]:
    door = status.get("door") or {}
    machine = status.get("machine") or {}
    cooler = limits.hot_celsius - (COOLER_BY if Alarm.HOT in on else 0.0)
    roomier = limits.free_bytes * (ROOMIER_BY if Alarm.DISK_FULL in on else 1.0)
    celsius, free = machine.get("temperature_celsius"), machine.get("disk_free_bytes")
    for alarm, is_on in (
        (Alarm.DOOR_RELEASED, door.get("mode") == DoorMode.RELEASED.value),
        (Alarm.STORE_FAILING, status.get("store_fault") is not None),
        (Alarm.QUEUE_OLD, _more(status.get("queue_age_seconds"), limits.queue_seconds)),
        (Alarm.REFUSED, _more(status.get("refused"), 1)),
        (Alarm.KNOWLEDGE_OLD, _more(status.get("knowledge_age_seconds"), limits.knowledge_seconds)),
        (Alarm.HOT, _more(celsius, cooler)),
        (Alarm.DISK_FULL, free is not None and free < roomier),
        (Alarm.CLOCK_UNSET, status.get("clock") == "never"),
    ):
        if is_on:
            yield alarm


def _more(value: float | None, limit: float) -> bool:
    return value is not None and value >= limit


def _changes(before: frozenset[Alarm], after: frozenset[Alarm]) -> tuple[Change, ...]:
    return (
        *(Change(alarm, raised=True) for alarm in sorted(after - before)),
        *(Change(alarm, raised=False) for alarm in sorted(before - after)),
    )
