"""The nouns: members, cards, shifts, verdicts. Frozen values, standard library only.

Whatever crosses a thread or a layer is one of these. Times are aware UTC; local time exists only in views. Weights are
whole grams. Ids are :class:`~typing.NewType` over ``str`` so that a shift is never taken for a member.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import Enum, StrEnum
from types import MappingProxyType
from typing import NewType

MemberId = NewType("MemberId", str)
ShiftId = NewType("ShiftId", str)
FactId = NewType("FactId", str)
"""A UUIDv7, born at the tap."""
CardHash = NewType("CardHash", str)
"""HMAC-SHA256 of a canonical card id under the coop's key: 64 lower-case hex digits (:mod:`kiosk.devices.cards`)."""
JarCode = NewType("JarCode", str)
"""Six digits, the last one a check digit."""
Grams = NewType("Grams", int)

NOTHING: Mapping[str, object] = MappingProxyType({})


class Status(StrEnum):
    """The standing of an account, in the words of the coops."""

    OK = "ok"
    AHEAD = "ahead"
    WARN = "warn"
    GRACE = "grace"
    BLOCKED = "blocked"
    EXEMPT = "exempt"
    LEAVE = "leave"
    FROZEN = "frozen"
    LEFT = "left"
    FEE = "fee"
    INACTIVE = "inactive"
    ATTACHED = "attached"
    """A second card holder: the standing is that of the account named by ``Member.attached_to``."""
    VISITOR = "visitor"


class Role(StrEnum):
    MEMBER = "member"
    COORDINATOR = "coordinator"
    TECHNICIAN = "technician"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningHours:
    """One stretch of opening on one weekday (Monday is 0), local time; ``closes`` at 00:00 is the end of the day."""

    weekday: int
    opens: time
    closes: time

    @property
    def in_order(self) -> bool:
        """It ends after it begins."""
        return self.opens < self.closes or self.closes == time()

    def holds(self, clock: time) -> bool:
        """Whether it lasts at this time of its day."""
        return self.opens <= clock and (clock < self.closes or self.closes == time())


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One person with a card.

    Attributes:
        first_name: what public screens may show.
        name: full name; staff views only.
        until: last day of an exemption, a grace, a leave or a freeze; day the membership fee is due.
        balance_minutes: hours balance of the account, in minutes; negative is owed; ``None`` where there is none.
        due_minutes: what is still to be booked before ``due_by``.
        trained_for: jobs this person may take that ask for training.
        shared: the balance belongs to a household of several (French *votre compteur*).
        long_pulse: the door stays unlocked longer for this person; no screen ever shows that.
        windows: the only hours in which this person may enter, instead of the coop's; empty: those of everyone.
    """

    id: MemberId
    first_name: str
    name: str = ""
    status: Status = Status.OK
    until: date | None = None
    balance_minutes: int | None = None
    due_minutes: int | None = None
    due_by: date | None = None
    attached_to: MemberId | None = None
    role: Role = Role.MEMBER
    trained_for: frozenset[str] = frozenset()
    shared: bool = False
    language: str | None = None
    large_text: bool = False
    long_pulse: bool = False
    windows: tuple[OpeningHours, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A card or badge and whose it is. ``blocked`` cards stay listed so that they are told from unknown ones."""

    hash: CardHash
    member_id: MemberId
    blocked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A shift of one job. Several jobs at the same hours are several shifts."""

    id: ShiftId
    job: str
    starts_at: datetime
    ends_at: datetime
    places: int
    week: str = ""
    needs_training: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A member's place on a shift."""

    shift_id: ShiftId
    member_id: MemberId
    first_name: str
    first_shift: bool = False
    present: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Coop:
    """What is true of the whole coop.

    Attributes:
        cycle_start: a Monday on which week A begins; ``None`` where the coop counts no weeks.
        notice: what the coop wants read on the idle screen, one line at a time.
        pot_hours: hours in the shared pot; ``None`` where there is none.
    """

    name: str = ""
    phone: str = ""
    hours: tuple[OpeningHours, ...] = ()
    closures: frozenset[date] = frozenset()
    cycle_start: date | None = None
    notice: str = ""
    pot_hours: int | None = None


class Presence(StrEnum):
    """How a backend comes to know that someone worked."""

    EXPLICIT = "explicit"
    BY_IDENTIFYING = "by_identifying"
    AT_BOOKING = "at_booking"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a backend carries. What it does not carry is hidden, never greyed."""

    roster: bool = False
    next_shifts: bool = False
    balance: bool = False
    fee_dates: bool = False
    identify: bool = False
    booking: bool = False
    undo: bool = False
    card_links: bool = False
    jars: bool = False
    notice: bool = False
    roles: bool = False
    shared_pot: bool = False
    stand_ins: bool = False
    """The presence of someone who had no place on the shift is taken."""
    grace: bool = False
    """A member whom hours keep out may ask for the coop's own grace period."""
    presence: Presence = Presence.EXPLICIT
    check_in_opens_minutes: int = 0
    """Check-in is taken from so long before a shift; 0: it is for the coop's policy to say."""


class ClockTrust(StrEnum):
    SYNCED = "synced"
    """Set by the network since this boot."""
    SINCE = "since"
    """Plausible (later than the last time this terminal saw), not yet synchronised."""
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When something happened, in every way that can help to set it right later."""

    boot_id: str
    monotonic: float
    wall: datetime
    trust: ClockTrust


class FactKind(StrEnum):
    """What the journal knows. Those in :data:`DELIVERED` also go to the server.

    A booking is asked of the server while the person waits, so its fact is there when it is journalled here.
    """

    PASSAGE = "passage"
    REFUSAL = "refusal"
    CHECK_IN = "check_in"
    CHECK_IN_UNDONE = "check_in_undone"
    BOOKING = "booking"
    BOOKING_UNDONE = "booking_undone"
    PARTNER_ABSENT = "partner_absent"
    ABSENCE_ANNOUNCED = "absence_announced"
    """Someone expected has said that they will not come; noted by a coordinator."""
    ABSENCE_UNDONE = "absence_undone"
    DOOR_OPENED = "door_opened"
    """A pulse of the relay, each one, with who and why."""
    DOOR_MODE = "door_mode"
    """The door is held open, locked down, released or back to its cards, with who and why."""
    DOOR_ALARM = "door_alarm"
    """Raised or cleared."""
    COMMISSIONING = "commissioning"
    """The door was put to the test, step by step: for the safety register."""
    BELL = "bell"
    TARE = "tare"
    LABEL = "label"
    """A label was ordered from the printer, with what became of it."""
    JAR_TAGGED = "jar_tagged"
    """A contactless sticker is a jar's from now on; nobody's card."""
    ALARM = "alarm"
    CARD_LINKED = "card_linked"
    CARD_BLOCKED = "card_blocked"
    CARD_UNLINKED = "card_unlinked"
    """A link made by mistake, taken back: the card is nobody's again."""
    ROLE_GRANTED = "role_granted"
    """Where the server knows no roles."""
    MENU_OPENED = "menu_opened"
    """The menus of staff, with whose card, or with the PIN."""
    MEMBER_FORGOTTEN = "member_forgotten"
    """A person asked to be forgotten. It says who until the server has heard it, and nobody after that."""


DELIVERED = frozenset(
    {
        FactKind.PASSAGE,
        FactKind.CHECK_IN,
        FactKind.CHECK_IN_UNDONE,
        FactKind.BOOKING_UNDONE,
        FactKind.PARTNER_ABSENT,
        FactKind.DOOR_ALARM,
        FactKind.CARD_LINKED,
        FactKind.CARD_BLOCKED,
        FactKind.CARD_UNLINKED,
        FactKind.ABSENCE_ANNOUNCED,
        FactKind.ABSENCE_UNDONE,
        FactKind.MEMBER_FORGOTTEN,
    }
)
CARD_KINDS = frozenset({FactKind.CARD_LINKED, FactKind.CARD_BLOCKED, FactKind.CARD_UNLINKED})
"""Facts about the card in their details."""
JAR_KINDS = frozenset({FactKind.TARE, FactKind.JAR_TAGGED})
"""Delivered as well where the server carries jars."""
UNDOING = frozenset(
    {FactKind.CHECK_IN_UNDONE, FactKind.BOOKING_UNDONE, FactKind.ABSENCE_UNDONE, FactKind.CARD_UNLINKED}
)
"""Facts that take another one back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that happened here. A fact, never a toggle: "M arrived for S at T".

    Attributes:
        about: the fact that this one takes back or completes.
        details: further plain JSON values (reason, rule, grams, jar code, seconds …); never a name, never a card id.
    """

    id: FactId
    kind: FactKind
    happened: Moment
    member_id: MemberId | None = None
    shift_id: ShiftId | None = None
    about: FactId | None = None
    offline: bool = False
    details: Mapping[str, object] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Jar:
    """A container known by its code. No person is tied to it."""

    code: JarCode
    grams: Grams
    weighed_on: date
    sticker: CardHash | None = None
    """Of the contactless sticker on it."""


class Reason(StrEnum):
    """Why a verdict is what it is. The word is for the journal; the sentence for people is in the catalogue."""

    WELCOME = "welcome"
    BOOKED = "booked"
    """Comes for a shift, opening hours or not."""
    COORDINATOR = "coordinator"
    OFFLINE_HOURS = "offline_hours"
    """Blocked by hours alone while nothing can be booked: the door opens."""
    MADE_UP = "made_up"
    """Blocked by hours until a make-up was booked here."""
    HOURS = "hours"
    LEAVE = "leave"
    FROZEN = "frozen"
    LEFT = "left"
    FEE = "fee"
    INACTIVE = "inactive"
    VISITOR = "visitor"
    CLOSED = "closed"
    """Outside opening hours."""
    UNSTAFFED = "unstaffed"
    EXPIRED = "expired"
    """What is known here is too old to decide on."""
    CARD_BLOCKED = "card_blocked"
    HOUSEHOLD = "household"
    """The account this card is attached to may not enter; its reasons are not the bearer's business."""
    UNKNOWN = "unknown"
    OWN_HOURS = "own_hours"
    """Outside the hours of this person."""
    PASSED_BACK = "passed_back"
    """This card has let someone in a short while ago, and nobody has left since."""
    BADGE = "badge"
    """A bar code, which can be copied, while the coop is not staffed."""
    LOCKED_DOWN = "locked_down"
    BY_HAND = "by_hand"
    """Opened by a coordinator for someone else; a :class:`DeskReason` says what for."""
    EXIT = "exit"
    """Opened from inside, by the exit button."""
    TEST = "test"
    """Opened by the test of the door, with someone at it."""


class DeskReason(StrEnum):
    """What a coordinator opens the door for."""

    DELIVERY = "delivery"
    FORGOTTEN_CARD = "forgotten_card"
    VISIT = "visit"
    OTHER = "other"


class Freshness(StrEnum):
    FRESH = "fresh"
    STALE = "stale"
    EXPIRED = "expired"


class Remark(StrEnum):
    """Something to say to a person who may enter, behind a touch."""

    NOTHING = "nothing"
    HOURS_TO_BOOK = "hours_to_book"
    GRACE = "grace"
    FEE_SOON = "fee_soon"
    OFFLINE_HOURS = "offline_hours"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One access decision, with its reason and the rule that made it."""

    allowed: bool
    reason: Reason
    rule: str
    freshness: Freshness = Freshness.FRESH
    remark: Remark = Remark.NOTHING


class CardKind(StrEnum):
    """What kind of thing was laid on a reader, as far as the reader can tell."""

    CARD = "card"
    BADGE = "badge"
    """A bar code. It identifies; it opens nothing outside staffed hours."""
    BANK = "bank"
    PHONE = "phone"


class Part(StrEnum):
    """A part of the terminal that can be lost and come back."""

    READER = "reader"
    SCANNER = "scanner"
    SCALE = "scale"
    DOOR = "door"
    CONTACT = "contact"
    BELL = "bell"
    PRINTER = "printer"
    STORE = "store"
    SERVER = "server"
    SCREEN = "screen"


class Sound(StrEnum):
    TAP = "tap"
    CARD = "card"
    OPEN = "open"
    OPEN_ALERT = "open_alert"
    PRESENT = "present"
    UNKNOWN = "unknown"
    CLOSED = "closed"
    STEADY = "steady"
    OVERLOAD = "overload"
    BELL = "bell"


class Stability(Enum):
    """How it is known that a weight is steady."""

    FLAG = "flag"
    SOFTWARE = "software"
    MANUAL = "manual"
