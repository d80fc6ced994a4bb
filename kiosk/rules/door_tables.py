"""What the tables of the door are made of."""

from collections.abc import Callable, Iterable, Mapping
from itertools import product
from typing import Any, TypeAlias, get_args, get_type_hints

from kiosk.rules.door_states import DoorEvent, DoorRules, Doorway

Act: TypeAlias = Callable[[Doorway, Any, float, DoorRules], Any]
"""What a state does on an event: from the doorway, the event, the present and the rules to the state after it."""
Pair: TypeAlias = tuple[type[Any], type[DoorEvent]]
Table: TypeAlias = Mapping[Pair, Act]

EVENTS: tuple[type[DoorEvent], ...] = get_args(DoorEvent)


def each(states: Iterable[type[Any]], event: type[DoorEvent], act: Act) -> dict[Pair, Act]:
    """The same act for several states."""
    return {(state, event): act for state in states}


def pairs(states: Iterable[type[Any]], *events: type[DoorEvent]) -> frozenset[Pair]:
    """Each of these states with each of these events."""
    return frozenset(product(states, events))


def leads_to(act: Act) -> frozenset[type[Any]]:
    """The states that an act says it may lead to."""
    hint = get_type_hints(act)["return"]
    return frozenset(get_args(hint) or (hint,))
