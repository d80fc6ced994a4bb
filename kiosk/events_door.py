"""What happens at the door, as its own thread tells it, and in its test. Frozen, past tense; a part of the events."""

from dataclasses import dataclass
from enum import StrEnum

from kiosk.types import MemberId


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorMoved:
    """The door contact changed."""

    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayChanged:
    """The door relay went on or off, as the driver did it."""

    active: bool


class DoorAlarmKind(StrEnum):
    FORCED = "forced"
    """The door was opened and nobody was let in."""
    HELD_WARNING = "held_warning"
    """It has stood open so long that people are asked to close it."""
    HELD = "held"
    TAMPER = "tamper"
    """The box of the door's electronics was opened."""
    STUCK = "stuck"
    """The exit button has been down for longer than anyone presses it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorAlarm:
    """Something is wrong with the door. A warning that becomes an alarm is not cleared in between."""

    kind: DoorAlarmKind


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorAlarmCleared:
    """The alarm is over: the door was shut, or someone was let in after a mere warning."""

    kind: DoorAlarmKind


class DoorMode(StrEnum):
    """What the lock is doing."""

    LOCKED = "locked"
    UNLOCKED = "unlocked"
    """For someone who was let in, or leaves."""
    HELD_OPEN = "held_open"
    LOCKED_DOWN = "locked_down"
    """No card opens; leaving is as free as ever."""
    RELEASED = "released"
    """By the fire alarm or the green box, until a person resets it."""
    OUT_OF_ORDER = "out_of_order"


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorModeChanged:
    """The lock does something else now."""

    mode: DoorMode


@dataclass(frozen=True, slots=True)
class ExitAsked:
    """Someone pressed the exit button; the door unlocks without being told."""


class ProofOutcome(StrEnum):
    """What came of one step of the test of the door."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    """A person said that it cannot be tried here."""
    OFF = "off"
    """Not configured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofAsked:
    """The test of the door wants something of whoever is at the screen.

    Attributes:
        act: what is to be done, by its name in :class:`kiosk.commissioning.Act`, in small letters.
        ask: what is to be answered, by its name in :class:`kiosk.commissioning.Ask`; empty while the lines are watched.
    """

    act: str
    ask: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofOpens:
    """The test of the door, in the hands of ``by``, wants it unlocked for so long."""

    seconds: float
    by: MemberId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofResets:
    """The green box and the fire alarm were only tried: the door may lock again."""

    by: MemberId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofEnded:
    """The test of the door has come to its end. ``steps`` in their order, ``lock`` as it is configured."""

    passed: bool
    lock: str
    steps: tuple[tuple[str, ProofOutcome], ...]
