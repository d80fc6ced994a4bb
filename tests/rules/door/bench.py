"""A doorway on a clock that is moved by hand."""

from dataclasses import dataclass, field

from kiosk.events_door import DoorAlarmKind
from kiosk.rules.door import next_look, step
from kiosk.rules.door_lock import LOCK_IGNORES
from kiosk.rules.door_states import (
    Button,
    Cover,
    DoorEvent,
    DoorRules,
    Doorway,
    Found,
    Granted,
    HoldOrdered,
    Leaf,
    Lock,
    TimePassed,
)
from kiosk.rules.door_watch import BUTTON_IGNORES, COVER_IGNORES, LEAF_IGNORES

RULES = DoorRules()


@dataclass
class Bench:
    """A doorway that is looked at whenever it asks for it, and what was seen then."""

    doorway: Doorway
    rules: DoorRules = RULES
    now: float = 1000.0
    edges: list[tuple[float, bool]] = field(default_factory=list)
    alarms: list[tuple[float, frozenset[DoorAlarmKind]]] = field(default_factory=list)

    def grant(self, seconds: float) -> None:
        self.happens(Granted(until=self.now + seconds))

    def hold(self, seconds: float) -> None:
        self.happens(HoldOrdered(until=self.now + seconds))

    def happens(self, *events: DoorEvent) -> None:
        for event in events:
            before = self.doorway
            self.doorway = step(before, event, self.now, self.rules)
            if self.doorway.is_unlocked != before.is_unlocked:
                self.edges.append((round(self.now - 1000, 6), self.doorway.is_unlocked))
            if self.doorway.alarms != before.alarms:
                self.alarms.append((round(self.now - 1000, 6), self.doorway.alarms))

    def wait(self, seconds: float) -> None:
        end = self.now + seconds
        while (due := next_look(self.doorway, self.rules)) <= end:
            self.now = max(self.now, due)
            self.happens(TimePassed())
        self.now = end


def found(is_open: bool | None, now_seconds: float, **more) -> Doorway:
    return step(Doorway(), Found(is_open=is_open, **more), now_seconds, RULES)


def alarm(kind: DoorAlarmKind | None) -> frozenset[DoorAlarmKind]:
    return frozenset() if kind is None else frozenset({kind})


MACHINES = [
    ("lock", Lock, LOCK_IGNORES),
    ("leaf", Leaf, LEAF_IGNORES),
    ("cover", Cover, COVER_IGNORES),
    ("button", Button, BUTTON_IGNORES),
]
