"""What a coop has decided, as plain values: the rules read them, :mod:`kiosk.config` fills them in.

Every default is the proposal of ``kiosk/defaults.toml``, where each is explained; a test keeps the two equal.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final, Literal

from kiosk.types import Status


@dataclass(frozen=True, slots=True)
class Between:
    """The range a whole number may be set in, both ends included; :mod:`kiosk.config` refuses the rest."""

    least: int
    most: int


Minutes = Annotated[int, Between(0, 240)]
Seconds = Annotated[int, Between(1, 600)]
Pause = Annotated[int, Between(0, 600)]
Days = Annotated[int, Between(1, 3650)]

ClosedStatus = Literal[Status.FROZEN, Status.LEFT, Status.FEE, Status.INACTIVE]
"""The standings that can close the door by themselves; hours owed and leave have settings of their own."""
ALL_CLOSED: Final[frozenset[ClosedStatus]] = frozenset({Status.FROZEN, Status.LEFT, Status.FEE, Status.INACTIVE})


class Station(StrEnum):
    """Where the terminal stands, and so what its idle screen offers."""

    ENTRANCE = "entrance"
    BULK = "bulk"
    BOTH = "both"


class Unstaffed(StrEnum):
    """Who may open the door while no worker has checked in and no coordinator has opened.

    Who is booked for a shift enters in its own window all the same: someone has to be the first.
    """

    NOBODY = "nobody"
    COORDINATORS = "coordinators"
    MEMBERS = "members"
    """Staffing plays no part in who may enter."""


class Visitors(StrEnum):
    """What a visitor's card does."""

    DESK = "desk"
    """The desk opens."""
    STAFFED = "staffed"
    """It opens like a member's, until the last day of the visit."""


class AntiPassback(StrEnum):
    """What becomes of a card that lets someone in twice, and nobody has left in between.

    Nothing here looks at who leaves: there is no reader on the way out. A mark ends after a time, or with an exit.
    """

    OFF = "off"
    SOFT = "soft"
    """The door opens; the journal has it."""
    HARD = "hard"


class RosterNames(StrEnum):
    """When the roll-call shows first names instead of counts."""

    CARD = "card"
    """After a card of that shift or of a coordinator."""
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Who may enter, when someone counts as present, and what is said in public.

    Attributes:
        check_in_opens_minutes: check-in is proposed from so long before a shift; where the backend has a window of its
            own (``Capabilities.check_in_opens_minutes``), that one counts.
        late_after_minutes: an arrival later than this is marked late; it is never refused.
        enter_before_shift_minutes: who is booked may enter from so long before the shift, opening hours or not.
        hours_late_block: hours owed (``Status.BLOCKED``) close the door; else they are a remark.
        leave_blocks: someone on leave may not enter.
        blocking: the account states that close the door.
        booking_opens_door: who is blocked by hours alone enters once a make-up is booked here.
        unstaffed: who may open while the coop is not staffed.
        needs_opening_hours: members who come to shop enter only in opening hours.
        anti_passback_minutes: so long the second entry of a card counts as one.
        fresh_seconds: knowledge younger than this is fresh, older is stale (admits, with a discreet mark).
        expired_days: knowledge older than this decides nothing any more.
        refusal_pauses_seconds: how long the same card is not looked at after its first, second … refusal in a row.
        same_card_seconds: the same card within this time is one visit and one screen; the relay fires again.
        undo_seconds: how long a check-in or a booking can be taken back with the card; facts wait so long to be sent.
        roster_days: how many days of roster are kept.
    """

    check_in_opens_minutes: Minutes = 15
    late_after_minutes: Minutes = 15
    enter_before_shift_minutes: Minutes = 30
    hours_late_block: bool = False
    leave_blocks: bool = False
    blocking: frozenset[ClosedStatus] = ALL_CLOSED
    booking_opens_door: bool = True
    unstaffed: Unstaffed = Unstaffed.NOBODY
    needs_opening_hours: bool = True
    visitors: Visitors = Visitors.DESK
    anti_passback: AntiPassback = AntiPassback.OFF
    anti_passback_minutes: Annotated[int, Between(1, 1440)] = 60
    fresh_seconds: Annotated[int, Between(60, 86_400)] = 3600
    expired_days: Annotated[int, Between(1, 60)] = 7
    refusal_pauses_seconds: tuple[Pause, ...] = (1, 2, 4, 8)
    same_card_seconds: Seconds = 5
    undo_seconds: Seconds = 30
    roster_names: RosterNames = RosterNames.CARD
    roster_days: Annotated[int, Between(1, 31)] = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """How long each screen stays without a touch. Large text doubles them all."""

    welcome_seconds: Seconds = 6
    attention_seconds: Seconds = 8
    touched_seconds: Seconds = 20
    question_seconds: Seconds = 15
    done_seconds: Seconds = 6
    closed_seconds: Seconds = 20
    still_there_seconds: Seconds = 20
    browse_seconds: Seconds = 30
    booked_seconds: Seconds = 8
    tare_wait_seconds: Seconds = 45
    tare_moving_seconds: Seconds = 15
    tare_steady_seconds: Seconds = 60
    tare_kept_seconds: Seconds = 10
    tare_lifted_seconds: Seconds = 3
    technical_seconds: Seconds = 60
    band_seconds: Seconds = 4
    identify_seconds: Seconds = 2
    book_seconds: Seconds = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionDays:
    """How long what names a person is kept here: « Mes données » tells it, the nightly purge sees to it."""

    passages_days: Days = 90
    presences_days: Days = 30
    unknown_cards_days: Days = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorTimes:
    """How long the door is unlocked, and how long it may stand open.

    Attributes:
        longer_pulse_seconds: for ``Member.long_pulse``.
        bound_seconds: the relay is never on for longer, whatever happens.
        held_warning_seconds: the door has stood open so long: people are asked to close it.
        held_alarm_seconds: it still does: the alarm.
    """

    pulse_seconds: Seconds = 8
    longer_pulse_seconds: Seconds = 20
    bound_seconds: Seconds = 30
    held_warning_seconds: Seconds = 20
    held_alarm_seconds: Seconds = 30
