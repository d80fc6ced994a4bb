"""How each alarm of the door sounds: a cycle of sound and silence, told apart with the eyes shut. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import inf
from types import MappingProxyType
from typing import Final

from kiosk.events_door import DoorAlarmKind


@dataclass(frozen=True, slots=True)
class Cycle:
    on_seconds: float
    off_seconds: float


CYCLES: Final[Mapping[DoorAlarmKind, Cycle]] = MappingProxyType(
    {
        # The most urgent first: of several alarms the first one listed is heard.
        DoorAlarmKind.FORCED: Cycle(0.2, 0.2),
        DoorAlarmKind.TAMPER: Cycle(0.2, 0.8),
        DoorAlarmKind.HELD: Cycle(0.8, 0.8),
        DoorAlarmKind.HELD_WARNING: Cycle(0.1, 1.9),
        DoorAlarmKind.STUCK: Cycle(0.1, 9.9),
    }
)

LEAST_SECONDS: Final = 0.01
"""No change is nearer than that: rounding must not make one that is always due."""


def loudest(alarms: Collection[DoorAlarmKind]) -> DoorAlarmKind | None:
    """The alarm that is heard."""
    return next((kind for kind in CYCLES if kind in alarms), None)


def sounds(alarm: DoorAlarmKind | None, since_seconds: float, now_seconds: float) -> tuple[bool, float]:
    """Whether the buzzer sounds now, and when that next changes (infinity: never).

    Args:
        alarm: the one that is heard.
        since_seconds: when it began to be.
        now_seconds: the present.
    """
    if alarm is None:
        return False, inf
    cycle = CYCLES[alarm]
    whole = cycle.on_seconds + cycle.off_seconds
    into = (now_seconds - since_seconds) % whole
    on = into < cycle.on_seconds
    change = now_seconds - into + (cycle.on_seconds if on else whole)
    return on, max(change, now_seconds + LEAST_SECONDS)
