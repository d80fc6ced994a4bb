"""Bookings from the door, with a shift manager's account.

The server asks of such a booking only that the place is free and the training held, so what else it asks of members is
looked at here: who is refused, or exempted, and what overlaps with a place that is known.
"""

from datetime import datetime, timedelta, tzinfo
from typing import Final

from kiosk.backends.base import Accepted, Outcome
from kiosk.backends.gestion_compte.learning import REFUSED
from kiosk.backends.gestion_compte.memory import Memory
from kiosk.backends.gestion_compte.office import Office
from kiosk.backends.gestion_compte.people import Booking, Person
from kiosk.backends.gestion_compte.session import Budget
from kiosk.backends.gestion_compte.shop import Shop
from kiosk.backends.gestion_compte.slots import Slot, person_id, slot_of
from kiosk.events import BookingOutcome
from kiosk.types import FactId, MemberId, ShiftId, Status

NOT_FOR_THEM: Final = REFUSED | {Status.EXEMPT}
LOOK_EVERY: Final = timedelta(minutes=15)


class Bookings:
    """Gives places and takes them back, from any thread.

    Args:
        office: the shift manager's deeds; None in the reader's tier, which books nothing.
        shop: who has a place today.
        memory: remembers what was booked from here, under the id it was asked with.
        zone: the coop's time zone.
    """

    def __init__(self, office: Office | None, shop: Shop, memory: Memory, zone: tzinfo) -> None:
        self._office = office
        self._shop = shop
        self._memory = memory
        self._zone = zone
        self._looked_at: datetime | None = None
        self._missing: frozenset[FactId] = frozenset()

    def book(self, fact_id: FactId, member: MemberId, shift_id: ShiftId, budget: Budget) -> BookingOutcome:
        """Give a place; asked again under the same id, the same answer. Raises what a request does."""
        person, slot = self._memory.person(member), self._maybe_slot(shift_id)
        if self._office is None or person is None or not person.number or slot is None:
            return BookingOutcome.REFUSED
        if self._memory.booking(fact_id) is not None and self._office.has_place(shift_id, person, budget):
            return BookingOutcome.BOOKED
        if person.status in NOT_FOR_THEM or self._memory.is_taken_back(fact_id):
            return BookingOutcome.REFUSED
        if self._overlaps(shift_id, slot, person, self._office, budget):
            return BookingOutcome.OVERLAP
        # Noted before it is asked for: if the answer is lost, the place is still found again.
        self._memory.keep_booking(fact_id, Booking(shift_id, member))
        outcome = self._office.book(shift_id, person, budget)
        if outcome is BookingOutcome.BOOKED and self._memory.is_taken_back(fact_id):
            # The two crossed on their way.
            self._office.free(shift_id, person, budget)
            outcome = BookingOutcome.REFUSED
        if outcome is not BookingOutcome.BOOKED:
            self._memory.drop_booking(fact_id)
        return outcome

    def _maybe_slot(self, shift_id: ShiftId) -> Slot | None:
        """The hours of a shift that can still be booked."""
        try:
            slot = slot_of(shift_id, self._zone)
        except ValueError:
            return None
        return slot if slot.ends_at > self._shop.now() else None

    def _overlaps(self, shift_id: ShiftId, slot: Slot, person: Person, office: Office, budget: Budget) -> bool:
        """With a place of today, or one that was booked from here; what the public pages do not tell is not known."""
        today = self._shop.last
        for shift in () if today is None else today.shifts:
            is_theirs = any(
                place.number and person_id(place.number, place.first_name) == person.id for place in shift.places
            )
            if is_theirs and shift.id != shift_id and _meet(shift.slot, slot):
                return True
        booked = {booking.shift for booking in self._memory.bookings() if booking.person == person.id}
        # Somebody may have given such a place back on the server since.
        return any(
            _meet(slot_of(other, self._zone), slot) and office.has_place(other, person, budget)
            for other in sorted(booked - {shift_id})
        )

    def undo(self, fact_id: FactId, budget: Budget) -> Outcome:
        """Give back a place that was asked for under this id, or may still be, whether or not the answer came."""
        self._memory.take_back(fact_id, self._shop.now().astimezone(self._zone).date())
        booking = self._memory.booking(fact_id)
        person = None if booking is None else self._memory.person(booking.person)
        if booking is None or person is None or self._office is None:
            return Accepted()
        outcome = self._office.free(booking.shift, person, budget)
        if isinstance(outcome, Accepted):
            self._memory.drop_booking(fact_id)
        return outcome

    def look_after(self, seconds: float) -> None:
        """Let go of places that were given back on the server; the sync thread's.

        The public pages show no names, so the office's are asked, now and then. One look is not enough: a booking under
        way is noted before the server has it.

        Args:
            seconds: bounds each question.

        Raises:
            NotAuthorised: the account may not.
            BackendUnavailable: no usable answer; it is tried again.
        """
        now = self._shop.now()
        if self._office is None or (self._looked_at is not None and abs(now - self._looked_at) < LOOK_EVERY):
            return
        self._looked_at = now
        missing: set[FactId] = set()
        for fact_id, booking in self._memory.bookings_by_fact().items():
            person = self._memory.person(booking.person)
            if person is None or slot_of(booking.shift, self._zone).ends_at <= now:
                continue
            if not self._office.has_place(booking.shift, person, Budget(seconds)):
                missing.add(fact_id)
        for fact_id in missing & self._missing:
            self._memory.drop_booking(fact_id)
        self._missing = frozenset(missing)


def _meet(one: Slot, other: Slot) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at
