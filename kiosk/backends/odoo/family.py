"""What each family of modules can do for the terminal. The backend speaks to one of them and knows no model's name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from kiosk.backends.base import Outcome, Refused
from kiosk.backends.odoo.client import Odoo
from kiosk.events import BookingOutcome
from kiosk.types import Assignment, Capabilities, Card, Fact, Member, MemberId, Shift, ShiftId, Status

ABSENCES_ARE_THE_COOP_S = Refused("absences are never noted from here: note this one in Odoo")
"""An absence can cost somebody two shifts, or their fixed place: a person writes it."""

OPEN_STANDINGS = frozenset({Status.OK, Status.EXEMPT, Status.WARN, Status.GRACE})


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Who was read.

    Attributes:
        cards: every card of these ``members``, and no others.
        gone: who is no member any more, or is known by another id now.
    """

    members: tuple[Member, ...] = ()
    cards: tuple[Card, ...] = ()
    gone: frozenset[MemberId] = frozenset()


@dataclass(frozen=True, slots=True)
class Window:
    """The shifts that begin from ``since`` on and before ``until``, aware UTC."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Shifts and who is on them; the first names of places are left to the reader of :class:`People`.

    Attributes:
        complete: what lies in the window and is not named here is gone; else only changes.
        cycle_start: a Monday on which week A begins, where that can be told.
    """

    complete: bool = True
    shifts: tuple[Shift, ...] = ()
    places: tuple[Assignment, ...] = ()
    dropped_shifts: frozenset[ShiftId] = frozenset()
    dropped_places: frozenset[tuple[ShiftId, MemberId]] = frozenset()
    cycle_start: date | None = None


class Family(Protocol):
    """One family of modules, on one surveyed server. Methods may raise :class:`~kiosk.backends.odoo.faults.OdooFault`.

    The thread of the questions calls ``owners``, ``people_of``, ``book``, ``grace`` and ``give_back``; that of sync
    calls ``give_back`` and the rest.

    Attributes:
        grace_group: what the technical user needs to grant a grace period.
    """

    capabilities: Capabilities
    grace_group: str

    def everyone(self, odoo: Odoo) -> People:
        """All members."""

    def changed(self, odoo: Odoo, since: str) -> People:
        """Everybody written since a moment (naive UTC, as Odoo writes it), members no longer among them."""

    def owners(self, odoo: Odoo, spellings: Iterable[str]) -> frozenset[int]:
        """Whose badge or card is kept in one of these spellings."""

    def people_of(self, odoo: Odoo, ids: Iterable[int]) -> People:
        """These persons as they are now, and after them those whose accounts they are attached to."""

    def work(self, odoo: Odoo, window: Window, since: str | None) -> Work:
        """The shifts of a window and who is on them; with ``since``, what has changed, as far as that can be told."""

    def deliver(self, odoo: Odoo, fact: Fact) -> Outcome:
        """Hand one fact over, any but a booking taken back: read again first, then one write."""

    def book(self, odoo: Odoo, member: MemberId, shift: ShiftId) -> BookingOutcome:
        """Take a place on a shift to come. Asked twice, it is taken once."""

    def grace(self, odoo: Odoo, member: MemberId) -> Member | None:
        """Grant the grace period of the coop's rules; the member as they are then, None where the rules give none."""

    def give_back(self, odoo: Odoo, member: MemberId | None, shift: ShiftId | None) -> Outcome:
        """Free a place that was taken by ``book``; well, too, where none was."""


def standing(states: Mapping[str, Status], state: str, *, may_shop: bool) -> Status:
    """The standing that lets in exactly those who may shop.

    Odoo's own verdict is the truth, its state only the reason: an office may have forced the verdict, and some states
    lag behind. Where the two disagree on a no, the account is on hold until the office has looked.
    """
    told = states.get(state, Status.INACTIVE)
    if not may_shop:
        return Status.FROZEN if told in OPEN_STANDINGS else told
    if told in OPEN_STANDINGS:
        return told
    return Status.WARN if told is Status.BLOCKED else Status.OK


def maybe_number(id_: str | None) -> int | None:
    """The id of a record; None where another backend gave this id."""
    return int(id_) if id_ is not None and id_.isascii() and id_.isdecimal() else None
