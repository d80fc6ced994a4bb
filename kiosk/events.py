"""What has happened: the only way into the reactor. Frozen, past tense.

A source may do two things: block, and ``post(event)``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from kiosk.types import (
    Assignment,
    Capabilities,
    Card,
    CardHash,
    CardKind,
    Coop,
    Fact,
    FactId,
    Grams,
    Jar,
    JarCode,
    Member,
    MemberId,
    Part,
    Shift,
    ShiftId,
)

# ── the room ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class CardTapped:
    """A card came into a reader's field, or a badge was scanned.

    Attributes:
        tail: the last four characters of what was read, to be shown to the desk.
        enrolable: False for random and blank ids, which must never be linked.
    """

    hash: CardHash
    tail: str
    kind: CardKind = CardKind.CARD
    enrolable: bool = True


@dataclass(frozen=True, slots=True)
class TwoCardsSeen:
    """More than one card lies in the field; none was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JarScanned:
    """The code on a jar's label was read."""

    code: JarCode


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightRead:
    """One whole answer of the scale.

    Attributes:
        grams: gross or net weight; ``None`` when the answer carries none (overload, underload, moving without a value).
        stable: the scale's own flag; ``None`` where the protocol has none.
        raw: the frame as it came, for the journal.
        at: monotonic seconds when the frame was complete.
    """

    grams: Grams | None
    stable: bool | None
    overload: bool = False
    underload: bool = False
    net: bool = False
    raw: bytes = b""
    at: float = 0.0


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


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorAlarm:
    """Something is wrong with the door. A warning that becomes an alarm is not cleared in between."""

    kind: DoorAlarmKind


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorAlarmCleared:
    """The alarm is over: the door was shut, or someone was let in after a mere warning."""

    kind: DoorAlarmKind


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceLost:
    """A part stopped answering. Posted once per loss."""

    part: Part
    fault: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceFound:
    """A part answers (again)."""

    part: Part


class Action(StrEnum):
    """What a person can ask by touching the screen."""

    DONE = "done"
    REOPEN = "reopen"
    READ = "read"
    LATER = "later"
    MY_SHIFTS = "my_shifts"
    SIGN_UP = "sign_up"
    PICK = "pick"
    MORE_DATES = "more_dates"
    UNDO = "undo"
    WHY = "why"
    CALL_DESK = "call_desk"
    STOP_BELL = "stop_bell"
    START_SHIFT = "start_shift"
    JUST_SHOPPING = "just_shopping"
    PARTNER_ABSENT = "partner_absent"
    WORK_NOW = "work_now"
    ROLL_CALL = "roll_call"
    NEXT_SHIFT = "next_shift"
    JOIN = "join"
    NO_CARD = "no_card"
    FORGOT_CARD = "forgot_card"
    LOST_CARD = "lost_card"
    VISITOR = "visitor"
    NEW_HERE = "new_here"
    DELIVERY = "delivery"
    WEIGH = "weigh"
    KEEP_TARE = "keep_tare"
    JAR_KNOWN = "jar_known"
    KEY = "key"
    ERASE = "erase"
    ENTER = "enter"
    CANCEL = "cancel"
    REWEIGH = "reweigh"
    ANOTHER_JAR = "another_jar"
    HELP = "help"
    MY_DATA = "my_data"
    LARGE_TEXT = "large_text"
    MUTE = "mute"
    LANGUAGE = "language"
    STILL_HERE = "still_here"


@dataclass(frozen=True, slots=True)
class Touched:
    """A person touched a button. ``target`` is what the button was about (a shift id, a digit)."""

    action: Action
    target: str = ""


@dataclass(frozen=True, slots=True)
class UiAlive:
    """A frame was really flipped."""


# ── time ──────────────────────────────────────────────────────────────────────────────────────────────────────────


class Timer(StrEnum):
    HOME = "home"
    """The screen goes home, or asks « Toujours là ? »."""
    ANSWER = "answer"
    """A question lapses, or a server did not answer in time."""
    BAND = "band"
    STALE_WEIGHT = "stale_weight"
    TICK = "tick"
    """Every second: the clock on screen, the shift board, the alarms."""


@dataclass(frozen=True, slots=True)
class TimerFired:
    timer: Timer


# ── the store ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Committed:
    """These facts are on the disk: the screen may say so."""

    ids: tuple[FactId, ...]


@dataclass(frozen=True, slots=True)
class FactsRecalled:
    """At start: facts on the disk that the server may not speak for yet. They are laid over what it says."""

    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitFailed:
    """These facts are not on the disk. They are counted as unjournalled, and tried again."""

    ids: tuple[FactId, ...]
    fault: str


# ── the server ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgePage:
    """Some rows of a snapshot, in a form that can be laid over what is known.

    ``generation`` grows with every full fetch; rows of older generations go when ``last`` is True and ``full`` is True.

    Attributes:
        full: part of a complete snapshot; else only changes, with what was ``removed``.
        cursor: what the backend wants back to continue from here.
        fetched_at: when the server's answer came; the age of the knowledge counts from the last page.
    """

    generation: int
    full: bool
    last: bool
    cursor: str
    fetched_at: datetime
    coop: Coop | None = None
    capabilities: Capabilities | None = None
    members: tuple[Member, ...] = ()
    cards: tuple[Card, ...] = ()
    shifts: tuple[Shift, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    jars: tuple[Jar, ...] = ()
    removed_members: tuple[MemberId, ...] = ()
    removed_cards: tuple[CardHash, ...] = ()
    removed_shifts: tuple[ShiftId, ...] = ()
    removed_assignments: tuple[tuple[ShiftId, MemberId], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgeConfirmed:
    """The server said that nothing changed: what is known is as fresh as ``at``."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerReached:
    """The server answered. Posted when it did not before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerLost:
    """The server does not answer. Posted when it did before, or at the first try."""

    since: datetime
    fault: str
    not_authorised: bool = False


@dataclass(frozen=True, slots=True)
class Delivered:
    """The server has these facts."""

    ids: tuple[FactId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRefused:
    """The server will never take this fact: it waits in « À régler »."""

    id: FactId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueChanged:
    """How much waits to be delivered, and how much was refused."""

    waiting: int
    refused: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """The answer to :class:`~kiosk.effects.Identify`. ``member`` is None when the server does not know the card either.

    ``available`` is False when no usable answer came in time.
    """

    hash: CardHash
    available: bool
    member: Member | None = None
    account: Member | None = None
    """The account holder where ``member`` is attached to one."""
    blocked: bool = False


class BookingOutcome(StrEnum):
    BOOKED = "booked"
    TAKEN = "taken"
    OVERLAP = "overlap"
    TRAINING = "training"
    REFUSED = "refused"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingAnswered:
    """The answer to :class:`~kiosk.effects.Book`."""

    id: FactId
    outcome: BookingOutcome


# ── the process ───────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Ticked:
    """A source, the store or the sync thread is alive."""

    part: Part


@dataclass(frozen=True, slots=True)
class StopRequested:
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandReceived:
    """A command from the control socket; ``reply`` is an index into the socket's waiting callers."""

    name: str
    arguments: Mapping[str, object]
    reply: int


Event: TypeAlias = (
    CardTapped
    | TwoCardsSeen
    | JarScanned
    | WeightRead
    | DoorMoved
    | RelayChanged
    | DoorAlarm
    | DoorAlarmCleared
    | DeviceLost
    | DeviceFound
    | Touched
    | UiAlive
    | TimerFired
    | Committed
    | FactsRecalled
    | CommitFailed
    | KnowledgePage
    | KnowledgeConfirmed
    | ServerReached
    | ServerLost
    | Delivered
    | DeliveryRefused
    | QueueChanged
    | Identified
    | BookingAnswered
    | Ticked
    | StopRequested
    | CommandReceived
)
