"""The states of staff at the screen. All of them end after a minute without a touch, and with any card that is laid.

Where cards are linked, looked for or blocked, a card is what the person came with: there it ends nothing.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias, get_args

from kiosk.events import CardTapped, LogLine, Unsettled
from kiosk.events_door import ProofEnded
from kiosk.types import Card, CardHash, DeskReason, FactId, Member, MemberId, Role, ShiftId

if TYPE_CHECKING:
    from kiosk.rules.states import Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """Who has opened the menus. ``visit`` is None behind a PIN, which says nothing of who it is."""

    role: Role
    visit: "Visit | None" = None

    @property
    def by(self) -> MemberId | None:
        return None if self.visit is None else self.visit.member.id


@dataclass(frozen=True, slots=True)
class Coordinating:
    """The coordinator's menu."""

    staff: Staff


@dataclass(frozen=True, slots=True)
class Maintaining:
    """The technician's menu."""

    staff: Staff


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlocking:
    """The technician's PIN is asked, or a technician's card.

    Attributes:
        checking: the PIN is being compared.
        wrong: the last one was not it.
        short: it has four digits at least.
    """

    digits: str = field(default="", repr=False)
    checking: bool = False
    wrong: bool = False
    short: bool = False


class PinFlaw(StrEnum):
    """Why a PIN is not taken."""

    SHORT = "short"
    EASY = "easy"
    DIFFERENT = "different"
    """The second time was not like the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingPin:
    """A PIN is chosen: typed, then typed again. ``first`` is what was typed the first time."""

    staff: Staff
    digits: str = field(default="", repr=False)
    first: str = field(default="", repr=False)
    flaw: PinFlaw | None = None


@dataclass(frozen=True, slots=True)
class Examining:
    """How every part of the terminal is, as far as it is known."""

    staff: Staff


CORNERS = ("top-left", "top-right", "bottom-left", "bottom-right")


@dataclass(frozen=True, slots=True, kw_only=True)
class TryingGlass:
    """The four corners of the glass are touched: a touch that lands elsewhere than it should misses them."""

    staff: Staff
    touched: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingLog:
    """What has gone wrong in the program since it started, some lines a page.

    Attributes:
        lines: the newest first; None until they have been handed over.
        opened: the line that is read whole.
    """

    staff: Staff
    lines: tuple[LogLine, ...] | None = None
    page: int = 0
    opened: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Restarting:
    """What a restart means is said before it is done. ``begun``: it was asked for."""

    staff: Staff
    begun: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Proving:
    """The door is put to the test, step by step; whoever leaves this screen ends it.

    Attributes:
        act: what is to be done now; empty until the first step.
        ask: what is to be answered; empty while the lines are watched.
        result: what has come of it, at the end.
        page: of the result.
    """

    staff: Staff
    act: str = ""
    ask: str = ""
    result: ProofEnded | None = None
    page: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LettingIn:
    """The door is opened for someone who cannot. ``reason`` None: for what is asked first."""

    staff: Staff
    reason: DeskReason | None = None


class Paper(StrEnum):
    """What became of the printed list."""

    NONE = "none"
    PRINTING = "printing"
    PRINTED = "printed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """What has not left for the server, three a page.

    Attributes:
        rows: None until the store has answered.
        broken: the disk does not answer.
        order: of the list that is printed.
    """

    staff: Staff
    rows: tuple[Unsettled, ...] | None = None
    broken: bool = False
    page: int = 0
    paper: Paper = Paper.NONE
    order: FactId | None = None


@dataclass(frozen=True, slots=True)
class AddingTo:
    """For which shift is someone added?"""

    staff: Staff
    page: int = 0


Place: TypeAlias = tuple[ShiftId, MemberId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Excusing:
    """Who has said that they will not come? ``people`` are those expected, as they were when it was asked."""

    staff: Staff
    people: tuple[Place, ...]
    page: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Noting:
    """Someone was added to a shift, or excused (``absent``). It can be taken back."""

    staff: Staff
    place: Place
    fact: FactId
    absent: bool = False
    committed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """The link made last, and whose the card was before. ``first``: until then this person had been given none here."""

    fact: FactId
    member_id: MemberId
    card: CardHash
    before: Card | None
    first: bool = False


class LinkTrouble(StrEnum):
    """Why there was no link, or no person. Each has its sentence."""

    BANK = "bank"
    PHONE = "phone"
    RANDOM = "random"
    """A new number at each tap, or that of a whole series."""
    BLANK = "blank"
    SAME = "same"
    """It is this person's already."""
    UNKNOWN = "unknown"
    """Nobody's card: it says not whose the new one is."""
    NO_BADGE = "no_badge"
    """A bar code that is no badge."""
    UNREADABLE = "unreadable"
    TWO = "two"
    NO_CARD = "no_card"
    """This person has no card to block."""
    HERE = "here"
    """This person is noted already."""
    UNDONE = "undone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Linking:
    """Cards are linked one after the other: whose is it, then the new card.

    Attributes:
        who: whose the next card is.
    """

    staff: Staff
    who: MemberId | None = None
    last: Linked | None = None
    trouble: LinkTrouble | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transferring:
    """The card on the reader is someone else's, or was blocked: is it moved to the one it is meant for?"""

    linking: Linking
    tap: CardTapped
    owner: Card


class Seek(StrEnum):
    """What a person is looked for."""

    LINK = "link"
    BLOCK = "block"
    ADD = "add"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeking:
    """A person is looked for by name, number or card.

    Attributes:
        found: those that fit what is typed, the best first.
        pad: the keyboard shows digits.
        shift_id: to which shift the person is added.
        linking: what goes on once the person is found.
    """

    staff: Staff
    seek: Seek
    typed: str = ""
    found: tuple[MemberId, ...] = ()
    pad: bool = False
    trouble: LinkTrouble | None = None
    shift_id: ShiftId | None = None
    linking: Linking | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """What a person needs, and may do. ``member`` is as it was set here a moment ago."""

    staff: Staff
    member: Member
    linking: Linking


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocked:
    """All cards of a person were blocked. ``undone``: and freed again."""

    staff: Staff
    member_id: MemberId
    cards: tuple[Card, ...]
    undone: bool = False


StaffState: TypeAlias = (
    Coordinating
    | Maintaining
    | Unlocking
    | SettingPin
    | Examining
    | TryingGlass
    | ReadingLog
    | Restarting
    | Proving
    | LettingIn
    | Settling
    | AddingTo
    | Excusing
    | Noting
    | Linking
    | Transferring
    | Seeking
    | Tuning
    | Blocked
)

STAFF: tuple[type[StaffState], ...] = get_args(StaffState)
TAKING_CARDS = (Linking, Transferring, Tuning, Seeking)
"""Where a card is what the person came with."""
LOCKED_BY_CARDS = tuple(state for state in STAFF if state not in {*TAKING_CARDS, Unlocking})
