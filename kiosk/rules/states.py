"""What the terminal is doing, one frozen class a state; each carries what its screen needs.

A fault is a state (:class:`OutOfOrder`), not a flag. States are adjectives or gerunds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias, get_args

from kiosk.actions import Action
from kiosk.events import CardTapped, PinKnown, PrintTrouble
from kiosk.rules import tare
from kiosk.rules.staff_states import Place, StaffState
from kiosk.types import CardHash, CardKind, FactId, FactKind, Jar, Member, MemberId, Part, ShiftId, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A person at the screen.

    Attributes:
        account: the holder of the account that counts; ``member`` itself unless attached.
        at: monotonic seconds of the tap that began the visit.
        passage: the fact that journals it.
        kind: what was laid on the reader.
    """

    card: CardHash
    member: Member
    account: Member
    verdict: Verdict
    at: float
    passage: FactId
    kind: CardKind = CardKind.CARD


@dataclass(frozen=True, slots=True)
class Idle:
    pass


@dataclass(frozen=True, slots=True)
class OutOfOrder:
    """The entrance's reader is gone, or its door does not obey: the desk opens."""

    part: Part


@dataclass(frozen=True, slots=True)
class Identifying:
    """A card that is not known here: the server is asked, for two seconds."""

    tap: CardTapped


@dataclass(frozen=True, slots=True, kw_only=True)
class Unrecognised:
    """Nobody's card. ``fresh_offline``: it may only be too new for what is known here."""

    tail: str
    kind: CardKind
    fresh_offline: bool = False


@dataclass(frozen=True, slots=True)
class Crowded:
    """Two cards lie on the reader."""


@dataclass(frozen=True, slots=True)
class Puzzled:
    """Something was read that is neither card, badge nor jar. ``is_card``: a card that the reader cannot tell."""

    is_card: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Welcoming:
    """The door is open. ``at_work``: this person is already noted on the running shift."""

    visit: Visit
    at_work: ShiftId | None = None
    touched: bool = False


@dataclass(frozen=True, slots=True)
class Noticing:
    """The door is open, and there is something to say, behind a touch."""

    visit: Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Here for the shift? No answer means yes."""

    visit: Visit
    shift_id: ShiftId
    ends_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Thanking:
    """Present. ``committed``: it is on the disk, so the screen may say so. ``undoable``: the card was laid again."""

    visit: Visit
    shift_id: ShiftId
    fact: FactId
    noted_at: datetime
    committed: bool = False
    undoable: bool = False
    partner_absent: bool = False


@dataclass(frozen=True, slots=True)
class Undone:
    """A check-in, or a booking, was taken back."""

    visit: Visit
    booking: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingIn:
    """Someone without a place has come to work: where one is free, or in whose place.

    Attributes:
        replacing: the first names of those expected are shown.
    """

    visit: Visit
    replacing: bool = False
    page: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusing:
    """The door stays closed. ``explained``: the person has asked why; ``plea``: and for time, in vain."""

    visit: Visit
    explained: bool = False
    plea: "Plea | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewing:
    """My shifts. ``remark``: opened from the attention screen, so what there is to say stands on top."""

    visit: Visit
    remark: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Choosing:
    """The shifts that need people, three a page.

    Attributes:
        trouble: why the last pick did not come about.
        replacing: the booking whose date is changed.
    """

    visit: Visit
    page: int = 0
    trouble: str = ""
    replacing: "Booked | None" = None


class Plea(StrEnum):
    """Why no grace period was granted."""

    REFUSED = "refused"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class AskingGrace:
    """The server is asked for the coop's grace period, for five seconds."""

    visit: Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """The server is asked for a place, for five seconds."""

    visit: Visit
    shift_id: ShiftId
    fact: FactId
    replacing: "Booked | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """The place is theirs.

    Attributes:
        opened: this person comes in by a make-up alone, so that its date can be changed, and no more.
        undoable: the card was laid again.
    """

    visit: Visit
    shift_id: ShiftId
    fact: FactId
    committed: bool = False
    opened: bool = False
    undoable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RollCalling:
    """Who is on shift. ``ahead``: so many crews after the running one. Names only for a ``visit`` that may see them."""

    visit: Visit | None = None
    ahead: int = 0


@dataclass(frozen=True, slots=True)
class Cardless:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Ringing:
    """The desk is called.

    Attributes:
        why: the button that rang.
        silent: no bell can be rung from here, so the person knocks.
        unanswered: it has rung long enough.
    """

    why: Action
    silent: bool = False
    unanswered: bool = False


@dataclass(frozen=True, slots=True)
class Informing:
    """« Mes données »."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taring:
    """The weighing screen. A card laid meanwhile never ends it.

    Attributes:
        count: jars kept since the person came.
        band: the visit whose green band shows.
        waiting: a question that waits for a touch, or for the weighing to end.
        alone: a steady weight is kept and printed without a touch.
    """

    count: int = 0
    band: Visit | None = None
    waiting: "Asking | Noticing | None" = None
    jar: Jar | None = None
    """A jar being weighed again under its old code."""
    alone: bool = False


class LabelState(StrEnum):
    """What became of a label."""

    NONE = "none"
    """There is no printer."""
    PRINTING = "printing"
    PRINTED = "printed"
    SENT = "sent"
    """The printer took it, and tells nothing more."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class TareKept:
    """A tare was recorded, or a known one is printed; what becomes of its label, or what to write on the jar.

    Attributes:
        fact: of the tare; None where it was known before.
        order: of the label.
        trouble: why there is no label.
        typed: a person typed the weight.
        tagged: a sticker was given to the jar just now.
    """

    jar: Jar
    fact: FactId | None
    count: int
    committed: bool = False
    lifted: bool = False
    waiting: "Asking | Noticing | None" = None
    band: Visit | None = None
    label: LabelState = LabelState.NONE
    order: FactId | None = None
    trouble: PrintTrouble | None = None
    alone: bool = False
    typed: bool = False
    tagged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Typing:
    """A jar's code, digit by digit.

    Attributes:
        unknown: the last code typed is no jar of ours.
        tare_code: the till's bar code was scanned, which does not say which jar it is.
    """

    digits: str = ""
    unknown: bool = False
    tare_code: bool = False
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalling:
    """A jar that is known.

    Attributes:
        as_before: it weighs something else on the pan, because it is not empty: the known tare holds.
        tagged: a sticker was given to it just now.
    """

    jar: Jar
    count: int = 0
    as_before: bool = False
    tagged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagging:
    """A sticker that nobody knows lies on the reader beside a jar: is it the jar's?"""

    back: TareKept | Recalling
    sticker: CardHash


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouching:
    """A weight is to be typed: someone at work has to lay a card first. ``refused``: the last card was no such one."""

    back: Taring
    refused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TypingWeight:
    """A weight read off another scale, digit by digit. ``refused``: the last one was out of range."""

    back: Taring
    by: MemberId
    digits: str = ""
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Helping:
    """The help sheet over another screen."""

    under: "State"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wondering:
    """« Toujours là ? » over another screen."""

    under: "State"
    ends_at: float


State: TypeAlias = (
    Idle
    | OutOfOrder
    | Identifying
    | Unrecognised
    | Crowded
    | Puzzled
    | Welcoming
    | Noticing
    | Asking
    | Thanking
    | StandingIn
    | Undone
    | Refusing
    | Reviewing
    | Choosing
    | Booking
    | AskingGrace
    | Booked
    | RollCalling
    | Cardless
    | Ringing
    | Informing
    | Taring
    | TareKept
    | Typing
    | Recalling
    | Tagging
    | Vouching
    | TypingWeight
    | Helping
    | Wondering
    | StaffState
)

STATES: tuple[type[State], ...] = get_args(State)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """A check-in or a booking that its card can still take back.

    Attributes:
        ends_at: monotonic seconds after which it stands.
    """

    card: CardHash
    kind: FactKind
    fact: FactId
    shift_id: ShiftId
    done_at: datetime
    ends_at: float
    opened: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelOrder:
    """A label that the printer has been asked for and has not answered yet, whoever stands at the screen now.

    Attributes:
        about: the fact of the tare; None for a jar that was known before.
        ends_at: monotonic seconds after which no answer is expected any more.
    """

    id: FactId
    jar: Jar
    about: FactId | None
    ends_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusals:
    """The same card refused again and again: it is not looked at until ``ends_at`` (monotonic seconds)."""

    card: CardHash
    count: int
    ends_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """All that the screen's side of the terminal remembers between two events.

    Attributes:
        language, large_text, muted: of the person at the screen; they end with the session.
        last_visit: for "the same card again".
        deeds: what can still be taken back, by the card that takes it back; some of it may have lapsed.
        declined: who has said no to a shift, or has taken back their presence, until it has ended.
        booking: a place that was asked for and not answered yet, whoever stands at the screen now.
        given_back: by the place, the fact that gives it back; the server may have heard it by now.
        strangers: when the last cards were laid that nobody knew here, in the seconds of ``monotonic``.
        weighing: what lies on the scale, watched whatever the screen shows.
        orders: labels asked for and not answered yet.
        lost: parts that do not answer.
        given: who was given a card at this terminal, as far as the store has said so.
        pin: how the technician's PIN stands; None until the store has said so.
        pin_pause_until: monotonic seconds before which no PIN is looked at.
        troubles_read: of the warnings and errors since the start, so many were there when the log was last opened.
        glass_tried: since the start someone has touched the four corners, so that a touch lands where it should.
    """

    state: State = field(default_factory=Idle)
    language: str = "fr"
    large_text: bool = False
    muted: bool = False
    last_visit: Visit | None = None
    deeds: Mapping[CardHash, Deed] = field(default_factory=lambda: MappingProxyType({}))
    declined: frozenset[tuple[MemberId, ShiftId]] = frozenset()
    booking: Booking | None = None
    given_back: Mapping[Place, FactId] = field(default_factory=lambda: MappingProxyType({}))
    refusals: Refusals | None = None
    strangers: tuple[float, ...] = ()
    weighing: tare.Weighing = field(default_factory=tare.Weighing)
    orders: tuple[LabelOrder, ...] = ()
    lost: frozenset[Part] = frozenset()
    given: frozenset[MemberId] = frozenset()
    pin: PinKnown | None = None
    pin_pause_until: float = 0.0
    troubles_read: int = 0
    glass_tried: bool = False
