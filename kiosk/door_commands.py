"""What a running terminal does about ``kiosk door …``. Plain JSON values; called on the reactor's thread."""

from collections.abc import Mapping
from typing import Any

from kiosk.reactor import Reactor
from kiosk.rules.doorkeeping import Order, Word
from kiosk.types import DeskReason, MemberId

LONGEST_HOLD_MINUTES = 240


def door_status(reactor: Reactor) -> dict[str, object]:
    """How the door is: what its lock does, its alarms, and for how much longer a person has it held."""
    keeping = reactor.keeping
    left = None
    if keeping.hold_until is not None:
        left = max(0, round((keeping.hold_until - reactor.surroundings().monotonic) / 60))
    return {
        "mode": None if keeping.mode is None else keeping.mode.value,
        "alarms": sorted(alarm.value for alarm in keeping.alarms),
        "held_for": None if keeping.held_for is None else keeping.held_for.value,
        "held_minutes_left": left,
    }


def order_of(given: Mapping[str, Any]) -> Order:
    """The order that a command carries.

    Raises:
        ValueError: it means nothing, in plain words.
    """
    word = Word(str(given.get("word")))
    minutes = given.get("minutes", 0)
    if word is Word.HOLD and not (isinstance(minutes, int) and 1 <= minutes <= LONGEST_HOLD_MINUTES):
        raise ValueError(f"the door is held for 1 to {LONGEST_HOLD_MINUTES} minutes at a time")
    by = given.get("by")
    return Order(
        word=word,
        minutes=minutes if word is Word.HOLD else 0,
        why=DeskReason(given.get("why") or DeskReason.OTHER),
        by=MemberId(by) if isinstance(by, str) else None,
    )
