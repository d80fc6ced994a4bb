"""Presences, from the journal to the server. A scan carries no time, so it is only sent while it says the truth.

* The window is open: the card is scanned. What the scan validated is checked against what was to be validated.
* It has not opened yet: the fact waits for it.
* It has passed: a scan would validate nothing, or the next shift. By hand where there is an account; the server dates
  that now, the true time stays in the journal and on the list of late ones. Without an account the fact waits for a
  coordinator.
* The server has it already, from an earlier try whose answer was lost, or by somebody's hand: nothing is sent.
* Presence counts at booking: the scan is sent for the record while the window is open, and nothing is owed after.
"""

import logging
from datetime import timedelta, tzinfo
from typing import Final

from kiosk.backends.base import Accepted, Outcome, Refused, Retry
from kiosk.backends.gestion_compte import words
from kiosk.backends.gestion_compte.asking import FRESH_SECONDS, Asking
from kiosk.backends.gestion_compte.french import slug
from kiosk.backends.gestion_compte.memory import Memory
from kiosk.backends.gestion_compte.office import Office
from kiosk.backends.gestion_compte.people import Late
from kiosk.backends.gestion_compte.reader_pages import Validated
from kiosk.backends.gestion_compte.register import Register
from kiosk.backends.gestion_compte.scans import TooSoon
from kiosk.backends.gestion_compte.session import Budget
from kiosk.backends.gestion_compte.shop import Shop
from kiosk.backends.gestion_compte.slots import CLOCK_MARGIN, OPENS_BEFORE, Slot, slot_of
from kiosk.types import Fact, MemberId, Presence, ShiftId

log = logging.getLogger(__name__)

TAKE_BACK_AFTER: Final = timedelta(seconds=90)
"""The question, its answer and the time to undo have passed by then: what is affirmed is not taken back first."""


class Presences:
    """Delivers check-ins and what takes them back. The sync thread's.

    Args:
        asking: scans, and knows who is who.
        shop: the day's shifts, and the server's time.
        memory: which card is whose.
        office: the shift manager's deeds; None in the reader's tier.
        presence: how the server comes to know it.
        zone: the coop's time zone.
    """

    def __init__(
        self,
        *,
        asking: Asking,
        shop: Shop,
        memory: Memory,
        office: Office | None,
        presence: Presence,
        zone: tzinfo,
    ) -> None:
        self._asking = asking
        self._shop = shop
        self._memory = memory
        self._office = office
        self._presence = presence
        self._zone = zone

    def check_in(self, fact: Fact, shift_id: ShiftId, member: MemberId, budget: Budget) -> Outcome:
        """Let the server know that someone came for a shift."""
        try:
            slot = slot_of(shift_id, self._zone)
        except ValueError:
            return Refused(words.NO_SUCH_SHIFT)
        outcome = self._check_in(fact, shift_id, slot, member, budget)
        if isinstance(outcome, Accepted):
            # The scan may have told who this is.
            self._memory.note_came(shift_id, self._memory.current(member))
        return outcome

    def _check_in(self, fact: Fact, shift_id: ShiftId, slot: Slot, member: MemberId, budget: Budget) -> Outcome:
        if self._memory.settle(shift_id, member):
            # A look at the card has validated it already, and now that is true.
            return Accepted()
        now = self._shop.now()
        if slot.is_over(now):
            return self._too_late(fact, shift_id, slot, member, budget)
        if not slot.is_open(now, -CLOCK_MARGIN):
            return Retry((slot.starts_at - OPENS_BEFORE + 2 * CLOCK_MARGIN - now).total_seconds())
        register = self._asking.register_of(self._shop.today(FRESH_SECONDS, budget))
        mine = [found for found in register.places_in_window(now) if (found.shift, found.holder) == (shift_id, member)]
        if mine and not mine[0].place.present:
            return self._scan(shift_id, slot, member, register, budget)
        return Accepted() if mine or self._presence is Presence.AT_BOOKING else Refused(words.NOT_BOOKED)

    def _too_late(self, fact: Fact, shift_id: ShiftId, slot: Slot, member: MemberId, budget: Budget) -> Outcome:
        if self._presence is Presence.AT_BOOKING:
            return Accepted()
        now, person = self._shop.now(), self._memory.person(member)
        number = "" if person is None else person.number
        came_at = self._shop.time.when(fact.happened)
        outcome = self._by_hand(shift_id, member, words.too_late(slot, came_at, number, self._zone), budget)
        if isinstance(outcome, Accepted):
            self._memory.note_late(Late(shift_id, member, came_at or now, now))
        return outcome

    def _scan(self, shift_id: ShiftId, slot: Slot, member: MemberId, register: Register, budget: Budget) -> Outcome:
        card = self._memory.card_of(member)
        if card is None:
            return self._by_hand(shift_id, member, words.NO_CARD, budget)
        try:
            learnt = self._asking.scan(card.hash, card.code, register, budget)
        except TooSoon as soon:
            return Retry(soon.seconds)
        if learnt is None:
            return self._by_hand(shift_id, member, words.CARD_OFF, budget)
        if self._presence is Presence.AT_BOOKING:
            return Accepted()
        if learnt.page.validated is Validated.NOTHING:
            return Refused(words.NOT_VALIDATED)
        is_it = not learnt.page.job or slug(learnt.page.job) == slot.job
        return Accepted() if is_it else Refused(words.OTHER_VALIDATED)

    def _by_hand(self, shift_id: ShiftId, member: MemberId, reason: str, budget: Budget) -> Outcome:
        """Validated by the account; without one it waits for a coordinator, with ``reason``.

        Where presence counts at booking the server has no hand for it, and nothing is owed.
        """
        if self._presence is Presence.AT_BOOKING:
            return Accepted()
        person = self._memory.person(member)
        if self._office is None or person is None:
            return Refused(reason)
        return self._office.set_present(shift_id, person, budget, present=True)

    def undo_check_in(self, shift_id: ShiftId, member: MemberId, budget: Budget) -> Outcome:
        """Take back a presence that the server has."""
        if (shift_id, member) not in self._memory.came():
            return Accepted()
        outcome: Outcome = Accepted()
        if self._presence is not Presence.AT_BOOKING:
            person = self._memory.person(member)
            if self._office is None or person is None:
                outcome = Refused(words.UNDO_BY_HAND)
            else:
                outcome = self._office.set_present(shift_id, person, budget, present=False)
        if not isinstance(outcome, Retry):
            self._memory.note_not_come(shift_id, member)
        return outcome

    def take_back(self, seconds: float) -> None:
        """Take back what nothing but a look at a card has validated, if nobody has affirmed it since.

        Raises:
            NotAuthorised: the account may not.
            BackendUnavailable: no usable answer; it is tried again.
        """
        if self._office is None:
            return
        now = self._shop.now()
        for shift_id, member, since in self._memory.owed():
            if now - since < TAKE_BACK_AFTER:
                continue
            person = self._memory.person(self._memory.current(member))
            outcome: Outcome = Refused(words.NO_CARD)
            if person is not None:
                outcome = self._office.set_present(shift_id, person, Budget(seconds), present=False)
            if isinstance(outcome, Refused):
                log.warning("gestion-compte: a validation could not be taken back (%s)", outcome.reason)
            if not isinstance(outcome, Retry):
                self._memory.settle(shift_id, member)
