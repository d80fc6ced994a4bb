"""Orders of the rules to the edges. Frozen, imperative; the reactor carries them out in the order of architecture."""

from dataclasses import dataclass, field
from typing import TypeAlias

from kiosk.events import Timer
from kiosk.types import CardHash, Fact, FactId, Jar, MemberId, ShiftId, Sound
from kiosk.view_parts import Say


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDoor:
    """Unlock for ``seconds``; a pulse already running is extended, never shortened."""

    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldDoor:
    """Leave it unlocked for ``seconds`` more: a lease, to be renewed in time by whoever wants it held."""

    seconds: float


@dataclass(frozen=True, slots=True)
class EndHold:
    """Hold it no longer; who was let in meanwhile keeps the rest of the pulse."""


@dataclass(frozen=True, slots=True)
class LockDown:
    """No card opens any more."""


@dataclass(frozen=True, slots=True)
class EndLockDown:
    """Cards decide again."""


@dataclass(frozen=True, slots=True)
class ResetDoor:
    """A person vouches that the fire or the green box is over: the door may lock again."""


DoorOrder: TypeAlias = HoldDoor | EndHold | LockDown | EndLockDown | ResetDoor


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
class PrintLabel:
    """Print one tare label; :class:`~kiosk.events.LabelPrinted` or :class:`~kiosk.events.PrintFailed` answers ``id``.

    Attributes:
        typed: a person typed the weight: the label says so.
        dated: the label says when the jar was weighed; not where the clock was never set.
    """

    id: FactId
    jar: Jar
    typed: bool = False
    dated: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintList:
    """Print a list for staff, as many labels as it takes; answered as :class:`PrintLabel` is, by ``id``.

    Attributes:
        rows: what each is about, and a word on it.
        language: in which it is said.
    """

    id: FactId
    title: Say
    rows: tuple[tuple[Say, Say], ...]
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Identify:
    """Ask the server whose card this is; :class:`~kiosk.events.Identified` answers. ``code`` is that of the tap."""

    hash: CardHash
    timeout_seconds: float
    code: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """Ask the server for a place; ``id`` is the idempotency key and becomes the id of the booking's fact."""

    id: FactId
    member_id: MemberId
    shift_id: ShiftId
    timeout_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefer:
    """Remember what a person needs; None leaves it as the server has it. In no journal: it tells of a body."""

    member_id: MemberId
    language: str | None = None
    large_text: bool | None = None
    long_pulse: bool | None = None


@dataclass(frozen=True, slots=True)
class AskPin:
    """How does the PIN stand? :class:`~kiosk.events.PinKnown` answers once the disk does."""


@dataclass(frozen=True, slots=True)
class CheckPin:
    """Is this the technician's PIN? :class:`~kiosk.events.PinChecked` answers."""

    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ChoosePin:
    """From now on this is the technician's PIN."""

    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ListUnsettled:
    """What has not left? :class:`~kiosk.events.UnsettledListed` answers."""


@dataclass(frozen=True, slots=True)
class RetryDelivery:
    """Let a refused fact leave once more."""

    id: FactId


@dataclass(frozen=True, slots=True)
class SettleByHand:
    """A person has dealt with a fact that was refused: it leaves no more."""

    id: FactId


@dataclass(frozen=True, slots=True)
class CountLinked:
    """Who was given a card here? :class:`~kiosk.events.LinkedCounted` answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskGrace:
    """Ask the server for a grace period; :class:`~kiosk.events.GraceAnswered` answers. ``card`` was laid for it."""

    card: CardHash
    member_id: MemberId
    timeout_seconds: float


@dataclass(frozen=True, slots=True)
class ListLog:
    """What has gone wrong in the program lately? :class:`~kiosk.events.LogListed` answers."""


@dataclass(frozen=True, slots=True)
class ProveDoor:
    """Put the door to the test, ``by`` at the screen; :class:`~kiosk.events_door.ProofAsked` is what comes of it."""

    by: MemberId | None


@dataclass(frozen=True, slots=True)
class AnswerProof:
    """The answer to what the test has asked; None: it cannot be tried here."""

    yes: bool | None


@dataclass(frozen=True, slots=True)
class EndProof:
    """Nobody is at the screen any more: the test is nobody's."""


ProofOrder: TypeAlias = ProveDoor | AnswerProof | EndProof


@dataclass(frozen=True, slots=True)
class Restart:
    """End in good order; whoever looks after the program starts it anew."""


StaffOrder: TypeAlias = (
    Prefer | AskPin | CheckPin | ChoosePin | ListUnsettled | RetryDelivery | SettleByHand | CountLinked
)

Effect: TypeAlias = (
    OpenDoor
    | DoorOrder
    | Record
    | Withdraw
    | StartTimer
    | CancelTimer
    | Play
    | RingBell
    | StopBell
    | PrintLabel
    | PrintList
    | Identify
    | Book
    | AskGrace
    | ListLog
    | ProofOrder
    | Restart
    | StaffOrder
)
