"""Whose card is this? Only a scan tells, and a scan writes.

It marks every shift of the holder's as present that is in its window, from ten minutes before its start to its end,
even of someone who is refused. So a card is not scanned merely to be looked at if that may mark someone. The cases:

1. The coop counts presence at booking. A scan marks nothing that counts: any card is asked about.
2. The day's shifts are not known, because their page cannot be read or is not shown to this place. Nobody knows whom a
   scan would mark: no card is asked about.
   The same while the days to come show a shift in its window that the day's page leaves out: it does with those that
   end at midnight or later, until they begin.
3. No taken place is in its window and still open. A scan marks nobody: any card is asked about.
4. The card is known, and none of the open places can be its holder's. A scan marks nobody.
5. The card is known, and an open place is, or may be, its holder's. It is not asked about: who is on the roster of the
   day is answered for from what was last learnt, however long ago; the question on screen decides whether the scan is
   sent. Who was last learnt as refused, or may be one of several of that name, is as in 6.
6. The card is not known, and the holder of an open place has no card here. They may be one and the same.

   * With a shift manager's account the card is scanned all the same. What that marked does not count here, the question
     is asked, and what was not affirmed a while later is taken back.
   * Without one the coop has decided: ``unknown_cards = "desk"`` leaves it to the desk; ``"ask"`` scans, as the coop's
     own reader does, and says at once that the presence is noted.

7. The card is not known, and the holder of every open place has another card here. The server knows one card a person,
   so it is none of theirs: it is asked about. (Who was given a new card today is the exception; the desk can undo it.)

A card list makes case 6 rare (docs/gestion-compte.md): with it almost every card and almost every holder is known.
"""

import logging
from dataclasses import replace
from datetime import timedelta
from enum import Enum
from typing import Final

from kiosk.backends.gestion_compte.codes import swipe_code
from kiosk.backends.gestion_compte.learning import REFUSED, Learnt, learn, member_of
from kiosk.backends.gestion_compte.memory import Memory
from kiosk.backends.gestion_compte.people import Person
from kiosk.backends.gestion_compte.reader_pages import Validated
from kiosk.backends.gestion_compte.register import Register
from kiosk.backends.gestion_compte.scans import Scans, TooSoon
from kiosk.backends.gestion_compte.session import Budget
from kiosk.backends.gestion_compte.settings import Settings, UnknownCards
from kiosk.backends.gestion_compte.shop import Shop, Today
from kiosk.events import Identified
from kiosk.types import CardHash, Presence, Status

log = logging.getLogger(__name__)

FRESH_SECONDS: Final = 90.0
"""A roster older than this does not tell whom a scan would mark."""
JUST_SCANNED: Final = timedelta(minutes=2)


class Risk(Enum):
    """What a scan may do besides answering."""

    NONE = "none"
    OWN_PLACE = "own place"
    """It may mark the card's own holder, who has not been asked."""
    STRANGER = "stranger"
    """It may mark somebody; nobody knows whether it is the holder of this card."""
    UNSEEN = "unseen"
    """It may mark somebody whom no page names; nobody could take that back."""


class Asking:
    """Answers whose card it is.

    Args:
        scans: the scan.
        shop: whom a scan would mark.
        memory: what was learnt before, and is learnt now.
        number_key: makes the numbers of cards that have none.
        settings: what the coop has decided.
        takes_back: a shift manager's account is at hand.
    """

    def __init__(
        self, scans: Scans, shop: Shop, memory: Memory, number_key: bytes, settings: Settings, *, takes_back: bool
    ) -> None:
        self._scans = scans
        self._shop = shop
        self._memory = memory
        self._number_key = number_key
        self._settings = settings
        self._takes_back = takes_back

    def identify(self, card: CardHash, card_id: str, seconds: float) -> Identified:
        """The answer, within ``seconds``; ``available=False`` where it is left to the desk.

        Raises:
            NotAuthorised: the server takes no question from this place.
            BackendUnavailable: no usable answer in time.
        """
        known = self._memory.card(card)
        person = None if known is None else self._memory.person(known.person)
        try:
            if known is None or (known.off and card_id):
                # What the server does not know under its number may have another one by now.
                code = swipe_code(card_id, self._number_key, self._settings.nfc_prefix)
            else:
                code = known.code
        except ValueError:
            # No card at all: there is nothing to ask with.
            return Identified(hash=card, available=True)
        try:
            return self._answer(card, code, person, Budget(seconds))
        except TooSoon:
            return self._just_scanned(card, person)

    def refresh(self, person: Person, budget: Budget) -> None:
        """Hear anew how someone stands who has just come in, if that marks nobody and was not done a moment ago."""
        known = self._memory.card_of(person.id)
        if known is None or self._shop.now() - known.seen_at < JUST_SCANNED:
            return
        roster = self._roster(budget)
        if self._risk(person, roster) is Risk.NONE:
            self.scan(known.hash, known.code, roster, budget)

    # ── whom it may mark ──────────────────────────────────────────────────────────────────────────────────────────

    def register_of(self, today: Today) -> Register:
        """Who is who on the roster of the day."""
        owed = frozenset((shift, person) for shift, person, _ in self._memory.owed())
        return Register(self._memory.people(), self._memory.cards(), today.shifts, owed)

    def _roster(self, budget: Budget) -> Register | None:
        """Who is who now; as last read where presence counts at booking, as nothing depends on it then."""
        if self._settings.presence is Presence.AT_BOOKING:
            last = self._shop.last
            return None if last is None else self.register_of(last)
        return self.register_of(self._shop.today(FRESH_SECONDS, budget))

    def _risk(self, person: Person | None, roster: Register | None) -> Risk:
        now = self._shop.now()
        today = self._shop.last
        if self._settings.presence is Presence.AT_BOOKING or roster is None or today is None:
            return Risk.NONE
        if self._shop.leaves_some_out(today, now):
            return Risk.UNSEEN
        if not roster.open_places(now):
            return Risk.NONE
        if person is None:
            return Risk.STRANGER if roster.open_places_of_strangers(now) else Risk.NONE
        if not roster.open_places_of(person, now):
            return Risk.NONE
        return Risk.STRANGER if person.status in REFUSED or roster.is_ambiguous(person) else Risk.OWN_PLACE

    @property
    def _leaves_strangers_to_the_desk(self) -> bool:
        return not self._takes_back and self._settings.unknown_cards is UnknownCards.DESK

    # ── asking ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _answer(self, card: CardHash, code: str, person: Person | None, budget: Budget) -> Identified:
        roster = self._roster(budget)
        risk = self._risk(person, roster)
        if risk is Risk.OWN_PLACE and person is not None:
            return Identified(hash=card, available=True, member=member_of(person))
        if risk is Risk.UNSEEN or (risk is Risk.STRANGER and self._leaves_strangers_to_the_desk):
            refused = person is not None and person.status in REFUSED
            return Identified(hash=card, available=refused, member=member_of(person) if refused and person else None)
        learnt = self.scan(card, code, roster, budget)
        if learnt is None:
            return Identified(hash=card, available=True)
        if learnt.validated and self._takes_back and self._settings.presence is not Presence.AT_BOOKING:
            return Identified(hash=card, available=True, member=member_of(self._not_marked(learnt)))
        marked = tuple(found.shift for found in learnt.validated)
        for shift in marked:
            self._memory.note_came(shift, learnt.person.id)
        return Identified(hash=card, available=True, member=member_of(learnt.person), present=marked)

    def _not_marked(self, learnt: Learnt) -> Person:
        """The person as if the look had marked nothing. The counter on the page is one too high: it is left out."""
        status = Status.OK if learnt.person.status is Status.AHEAD else learnt.person.status
        person = replace(learnt.person, status=status, balance_minutes=None, due_minutes=None)
        with self._memory.all_or_nothing():
            self._memory.keep_person(person)
            for found in learnt.validated:
                self._memory.owe(found.shift, person.id, self._shop.now())
        return person

    def scan(self, card: CardHash, code: str, roster: Register | None, budget: Budget) -> Learnt | None:
        """Scan and learn; None when the server does not know the card. Raises what a scan does."""
        page = self._scans.scan(card, code, budget)
        if page is None:
            self._memory.turn_off(card)
            return None
        now = self._shop.now()
        places = () if roster is None else roster.places_in_window(now)
        learnt = learn(self._memory, card, code, page, places=places, now=now)
        if page.validated is Validated.NOW:
            self._shop.outdate_today()
        if roster is not None and page.validated is Validated.NOW and not learnt.validated:
            log.warning("gestion-compte: a scan validated a shift that the day's page does not show")
        return learnt

    def _just_scanned(self, card: CardHash, person: Person | None) -> Identified:
        """The same card again within two seconds: what was said of it then."""
        if person is None or self._shop.now() - person.learned_at > JUST_SCANNED:
            return Identified(hash=card, available=False)
        return Identified(hash=card, available=True, member=member_of(person))
