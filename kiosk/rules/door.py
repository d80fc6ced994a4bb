"""The door: when it is unlocked, and when something is wrong with it. Pure.

Lock, leaf, cover and button (:mod:`kiosk.rules.door_states`) are four machines side by side. Each is a table: what a
state does on an event stands in it, or the pair is listed as ignored. The annotation of what stands there names the
states that it may lead to; the diagram in the docs is drawn from it.

What no rule here can do is keep a person in: leaving is the business of the door's own hardware, and the exit button
opens in a lock-down as well.
"""

from collections.abc import Mapping
from dataclasses import replace
from math import inf
from types import MappingProxyType
from typing import Any

from kiosk.rules.door_lock import LOCK
from kiosk.rules.door_states import (
    DoorEvent,
    DoorRules,
    Doorway,
    HeldOpen,
    HeldWarning,
    Leaving,
    Passing,
    Pressed,
    Unlocked,
)
from kiosk.rules.door_tables import Table
from kiosk.rules.door_watch import BUTTON, COVER, LEAF

TABLES: Mapping[str, Table] = MappingProxyType({"lock": LOCK, "leaf": LEAF, "cover": COVER, "button": BUTTON})


def step(doorway: Doorway, event: DoorEvent, now_seconds: float, rules: DoorRules) -> Doorway:
    """What the doorway becomes, or the same one. Each machine sees the others as they were before."""
    changes: dict[str, Any] = {}
    for name, table in TABLES.items():
        before = getattr(doorway, name)
        act = table.get((type(before), type(event)))
        if act is not None:
            after = act(doorway, event, now_seconds, rules)
            if after is not before:
                changes[name] = after
    return replace(doorway, **changes) if changes else doorway


def next_look(doorway: Doorway, rules: DoorRules) -> float:
    """When :class:`TimePassed` can next change anything; infinity if never."""
    due = [inf]
    if isinstance(doorway.lock, Unlocked | HeldOpen | Leaving):
        due.append(doorway.lock.until)
    match doorway.leaf:
        case Passing(since=since):
            due.append(since + rules.held_warning_seconds)
        case HeldWarning(since=since):
            due.append(since + rules.held_alarm_seconds)
    if isinstance(doorway.button, Pressed):
        due.append(doorway.button.since + rules.stuck_seconds)
    return min(due)
