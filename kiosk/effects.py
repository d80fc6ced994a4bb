"""Orders of the rules to the edges. Frozen, imperative; the reactor carries them out in the order of architecture."""

from dataclasses import dataclass
from typing import TypeAlias

from kiosk.events import Timer
from kiosk.types import CardHash, Fact, FactId, MemberId, ShiftId, Sound


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDoor:
    """Unlock for ``seconds``; a pulse already running is extended, never shortened."""

    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Keep a fact. It is delivered no earlier than ``hold_seconds`` from now, so that undo is true."""

    fact: Fact
    hold_seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    """Take back a fact: record ``undo``; if ``id`` has not left yet, neither of them is delivered."""

    id: FactId
    undo: Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class StartTimer:
    """(Re)start a timer. One of each kind runs at a time."""

    timer: Timer
    seconds: float


@dataclass(frozen=True, slots=True)
class CancelTimer:
    timer: Timer


@dataclass(frozen=True, slots=True)
class Play:
    sound: Sound


@dataclass(frozen=True, slots=True)
class RingBell:
    """Ring at the welcome desk."""


@dataclass(frozen=True, slots=True)
class StopBell:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Identify:
    """Ask the server whose card this is; :class:`~kiosk.events.Identified` answers."""

    hash: CardHash
    timeout_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """Ask the server for a place; ``id`` is the idempotency key and becomes the id of the booking's fact."""

    id: FactId
    member_id: MemberId
    shift_id: ShiftId
    timeout_seconds: float


Effect: TypeAlias = (
    OpenDoor | Record | Withdraw | StartTimer | CancelTimer | Play | RingBell | StopBell | Identify | Book
)
