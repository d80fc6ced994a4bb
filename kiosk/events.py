"""What has happened: the only way into the reactor. Frozen, past tense.

A source may do two things: block, and ``post(event)``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from kiosk.actions import Action
from kiosk.events_door import (
    DoorAlarm,
    DoorAlarmCleared,
    DoorModeChanged,
    DoorMoved,
    ExitAsked,
    ProofAsked,
    ProofEnded,
    ProofOpens,
    ProofResets,
    RelayChanged,
)
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
        code: the id itself in its canonical form, for a server that knows cards by nothing else. In memory only, for as
            long as the card is asked about; never in a fact, a file or a log. Empty where no reader tells it.
    """

    hash: CardHash
    tail: str
    kind: CardKind = CardKind.CARD
    enrolable: bool = True
    code: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class TwoCardsSeen:
    """More than one card lies in the field; none was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeNotKnown:
    """Something was read that is neither a card, nor a badge, nor a jar.

    Attributes:
        is_card: a card reader typed what is no uid; else a bar code that is not one of ours.
    """

    is_card: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class JarScanned:
    """The code on a jar's label was read."""

    code: JarCode


@dataclass(frozen=True, slots=True)
class TareScanned:
    """The till's bar code on a jar's label was read: it holds a weight, and does not say whose."""

    grams: Grams


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
class DeviceLost:
    """A part stopped answering. Posted once per loss."""

    part: Part
    fault: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceFound:
    """A part answers (again)."""

    part: Part


class PrintTrouble(StrEnum):
    """Why there is no label."""

    PAPER = "paper"
    COVER = "cover"
    OFFLINE = "offline"
    """Not there, switched off, or paused by its own key."""
    FAULT = "fault"
    """It says that something is wrong, or took a part of the label only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelPrinted:
    """A label came out of the printer.

    Attributes:
        id: of the order.
        sure: the printer itself said so; else it took the whole label and tells nothing more.
    """

    id: FactId
    sure: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintFailed:
    """No label came out, or not all of one."""

    id: FactId
    trouble: PrintTrouble


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
    """At start: facts on the disk that the server may not speak for yet. They are laid over what it says.

    Attributes:
        bookings: made and given back here, in the order of recording; the server speaks for their places, and not of
            the make-up that one is.
    """

    facts: tuple[Fact, ...]
    bookings: tuple[Fact, ...] = ()


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
        forgotten_members: who asked to be forgotten, here or elsewhere. More than removed: nothing of them is kept, and
            no later page brings them back. A full round names them all, so that a restored backup forgets them too.
        renamed_members: who is found to be one with somebody else, old number and new: what was set at this terminal
            is theirs under the new one.
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
    forgotten_members: tuple[MemberId, ...] = ()
    renamed_members: tuple[tuple[MemberId, MemberId], ...] = ()


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
class ServerUnreadable:
    """The server answers, and not as it used to: a person has to look into it. Posted each time."""

    fault: str


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

    Attributes:
        available: False when no usable answer came in time.
        account: the account holder where ``member`` is attached to one.
        present: shifts on which the server has noted this person by being asked.
    """

    hash: CardHash
    available: bool
    member: Member | None = None
    account: Member | None = None
    blocked: bool = False
    present: tuple[ShiftId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsettled:
    """A fact that has not left: refused, or still on its way. ``reason`` is in the words of whoever turned it away."""

    fact: Fact
    refused: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class UnsettledListed:
    """The answer to :class:`~kiosk.effects.ListUnsettled`: the refused ones first; None while the disk fails."""

    rows: tuple[Unsettled, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """A warning or an error of the program itself, masked: nothing in it points at a person.

    Attributes:
        at: aware UTC.
        severe: an error; else a warning.
        part: the module that spoke, as « devices.supervisor ».
        said: the message, on one line.
        cause: the exceptions behind it and where they came from; empty where there was none.
    """

    at: datetime
    severe: bool
    part: str
    said: str
    cause: str = ""


@dataclass(frozen=True, slots=True)
class LogListed:
    """The answer to :class:`~kiosk.effects.ListLog`: the newest first."""

    lines: tuple[LogLine, ...]


@dataclass(frozen=True, slots=True)
class LinkedCounted:
    """The answer to :class:`~kiosk.effects.CountLinked`: who was given a card at this terminal."""

    members: frozenset[MemberId]


@dataclass(frozen=True, slots=True, kw_only=True)
class PinKnown:
    """How the technician's PIN stands, at start and at every change. Never the PIN itself.

    Attributes:
        chosen: False until the first one is chosen.
        tries: wrong ones since the last right one.
    """

    chosen: bool
    tries: int = 0


@dataclass(frozen=True, slots=True)
class PinChecked:
    """The answer to :class:`~kiosk.effects.CheckPin`."""

    right: bool


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


@dataclass(frozen=True, slots=True, kw_only=True)
class GraceAnswered:
    """The answer to :class:`~kiosk.effects.AskGrace`.

    Attributes:
        available: the server has answered; else nobody knows whether it has granted anything.
        member: the holder of the account as they stand with the grace; None where none was granted.
    """

    card: CardHash
    available: bool
    member: Member | None = None


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
    | CodeNotKnown
    | JarScanned
    | TareScanned
    | WeightRead
    | DoorMoved
    | RelayChanged
    | DoorAlarm
    | DoorAlarmCleared
    | DoorModeChanged
    | ExitAsked
    | ProofAsked
    | ProofOpens
    | ProofResets
    | ProofEnded
    | DeviceLost
    | DeviceFound
    | LabelPrinted
    | PrintFailed
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
    | ServerUnreadable
    | Delivered
    | DeliveryRefused
    | QueueChanged
    | Identified
    | BookingAnswered
    | GraceAnswered
    | UnsettledListed
    | LogListed
    | LinkedCounted
    | PinKnown
    | PinChecked
    | Ticked
    | StopRequested
    | CommandReceived
)
