"""gestion-compte as a :class:`~kiosk.backends.base.Backend`: what stands in this folder, put together.

The server has no API. What a terminal is told comes from the reader's page, the public pages, and what was learnt from
earlier scans and from imports; what a terminal tells is a scan, or with an account the form of an office's page.
"""

import hashlib
import logging
import threading
from collections import OrderedDict
from dataclasses import replace
from datetime import timedelta, tzinfo
from pathlib import Path
from typing import Final

from kiosk.backends.base import Accepted, Outcome, Refused, Unchanged
from kiosk.backends.folder_tables import Tables, changes, page_of, rows_in
from kiosk.backends.gestion_compte import words
from kiosk.backends.gestion_compte.asking import Asking
from kiosk.backends.gestion_compte.booking import Bookings
from kiosk.backends.gestion_compte.entrance import Entrance
from kiosk.backends.gestion_compte.memory import Memory
from kiosk.backends.gestion_compte.office import Office
from kiosk.backends.gestion_compte.picture import learned_since, tables_of
from kiosk.backends.gestion_compte.presence import Presences
from kiosk.backends.gestion_compte.scans import Scans
from kiosk.backends.gestion_compte.session import Account, AccountRefused, Budget, Session
from kiosk.backends.gestion_compte.settings import Settings, Tier
from kiosk.backends.gestion_compte.shop import Shop
from kiosk.clock import Clock
from kiosk.devices.cards import CardHasher
from kiosk.errors import BackendUnavailable, NotAuthorised
from kiosk.events import BookingOutcome, Identified, KnowledgePage
from kiosk.types import Capabilities, CardHash, Coop, Fact, FactId, FactKind, MemberId, Presence, ShiftId

log = logging.getLogger(__name__)

MEMORY_FILE: Final = "gestion-compte.db"
PAGE_ROWS: Final = 400
KEPT_VERSIONS: Final = 3
RECENT: Final = timedelta(minutes=10)
"""A passage longer ago is no reason to ask how somebody stands."""
KEPT_SHIFT_DAYS: Final = 30


class GestionCompteBackend:
    """A coop's gestion-compte server.

    Args:
        url: its address, under the very host name it was set up with.
        settings: what the coop has decided.
        hasher: the coop's card key.
        older: the key before, while cards change from one to the other.
        zone: the coop's time zone.
        data_dir: where what was learnt is kept.
        clock: the source of time.
        account: of the shift manager's tier.
        timeout_seconds: bounds each request.
        ca_file: certificates to trust instead of the machine's.
    """

    def __init__(
        self,
        url: str,
        settings: Settings,
        *,
        hasher: CardHasher,
        older: CardHasher | None = None,
        zone: tzinfo,
        data_dir: Path,
        clock: Clock,
        account: Account | None = None,
        timeout_seconds: float = 10.0,
        ca_file: str | None = None,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._timeout_seconds = timeout_seconds
        self._zone = zone
        turn = threading.Lock()
        self._session = Session(url, clock, turn, ca_file=ca_file)
        manager = Session(url, clock, turn, account, ca_file) if settings.tier is Tier.SHIFT_MANAGER else None
        entrance = Entrance(self._session, manager)
        self._shop = Shop(entrance, zone, clock, timeout_seconds)
        self._memory = Memory(data_dir / MEMORY_FILE, hasher, older)
        self._office = None if manager is None else Office(manager, self._shop, zone)
        scans = Scans(entrance, self._shop, clock, zone)
        self._asking = Asking(
            scans,
            self._shop,
            self._memory,
            settings.number_key or hasher.key,
            settings,
            takes_back=self._office is not None,
        )
        self._presences = Presences(
            asking=self._asking,
            shop=self._shop,
            memory=self._memory,
            office=self._office,
            presence=settings.presence,
            zone=zone,
        )
        self._bookings = Bookings(self._office, self._shop, self._memory, zone)
        self._versions: OrderedDict[str, Tables] = OrderedDict()
        self._guard = threading.Lock()
        self._not_done = ""
        self._answered: set[CardHash] = set()
        """Cards whose answer the terminal has learnt since the last page."""

    def capabilities(self) -> Capabilities:
        is_manager = self._office is not None
        return Capabilities(
            roster=True,
            balance=True,
            identify=True,
            booking=is_manager,
            undo=is_manager,
            notice=True,
            presence=self._settings.presence,
            check_in_opens_minutes=10,
        )

    # ── what a terminal is told ───────────────────────────────────────────────────────────────────────────────────

    def fetch(self, cursor: str, generation: int) -> KnowledgePage | Unchanged:
        name, _, start = cursor.partition("+")
        if start:
            if name not in self._versions or not start.isdecimal():
                # In the middle of a round: pages of two states must not be mixed in one.
                raise BackendUnavailable("the list changed while it was read")
            return self._full_page(name, int(start), generation)
        self._do_as_account()
        tables = self._read()
        current = hashlib.sha256(repr(tables).encode()).hexdigest()[:16]
        before = self._versions.get(name)
        self._versions[current] = tables
        while len(self._versions) > KEPT_VERSIONS:
            self._versions.popitem(last=False)
        if before is None:
            return self._full_page(current, 0, generation)
        passing = self._passing(tables)
        if current == name and not passing:
            return Unchanged()
        at = self._clock.now()
        blank = KnowledgePage(generation=generation, full=False, last=True, cursor=current, fetched_at=at)
        delta = changes(before, tables, blank)
        delta = replace(delta, removed_cards=(*delta.removed_cards, *passing), renamed_members=self._memory.renames())
        return delta if rows_in(delta) <= PAGE_ROWS else self._full_page(current, 0, generation)

    def _do_as_account(self) -> None:
        """What only the account can do is no reason to go without the roster."""
        try:
            self._presences.take_back(self._timeout_seconds)
            self._bookings.look_after(self._timeout_seconds)
        except (BackendUnavailable, NotAuthorised) as fault:
            if str(fault) != self._not_done:
                log.warning("gestion-compte: what the account is to do waits (%s)", fault)
            self._not_done = str(fault)
        else:
            self._not_done = ""

    def examine(self) -> tuple[str, ...]:
        """What a person should put right about ``presence`` and the account; raises as :meth:`fetch` does."""
        problems = list(filter(None, [self._wrong_presence()]))
        try:
            if self._office is not None:
                self._office.knock(Budget(self._timeout_seconds))
        except AccountRefused as fault:
            problems.append(str(fault))
        return tuple(problems)

    def _wrong_presence(self) -> str:
        """Only a server whose scans validate shows who is there; told while somebody has a place today."""
        today = self._shop.today(self._timeout_seconds, Budget(self._timeout_seconds))
        taken = [place for shift in today.shifts for place in shift.places if not place.is_free]
        validates = any(place.present is not None for place in taken)
        fits = Presence.BY_IDENTIFYING if validates else Presence.AT_BOOKING
        if not taken or self._settings.presence is fits:
            return ""
        return f"USE_CARD_READER_TO_VALIDATE_SHIFTS is {str(validates).lower()} on the server: presence must be {fits}"

    def _passing(self, tables: Tables) -> tuple[CardHash, ...]:
        """Cards that were answered for and are to be asked about again: a refusal may be put right by now."""
        with self._guard:
            answered, self._answered = self._answered, set()
        return tuple(sorted(answered - tables.cards.keys()))

    def _read(self) -> Tables:
        today = self._shop.read_today(Budget(self._timeout_seconds))
        self._shop.look_ahead()
        now = self._shop.now()
        self._memory.purge(now - timedelta(days=self._settings.forget_days))
        self._memory.forget_shifts((now - timedelta(days=KEPT_SHIFT_DAYS)).astimezone(self._zone).date())
        return tables_of(
            coop=self._shop.coop(self._settings.name, self._settings.phone) if self._shop.knows_hours else Coop(),
            people=self._memory.people(),
            cards=self._memory.cards(),
            register=self._asking.register_of(today),
            today=today.shifts,
            coming=self._shop.coming,
            came=self._memory.came(),
            bookings=self._memory.bookings(),
            learned_since=learned_since(now, self._settings.allowed_days),
        )

    def _full_page(self, name: str, start: int, generation: int) -> KnowledgePage:
        rows, is_last = self._versions[name].slice(start, PAGE_ROWS)
        blank = KnowledgePage(
            generation=generation,
            full=True,
            last=is_last,
            cursor=name if is_last else f"{name}+{start + PAGE_ROWS}",
            fetched_at=self._clock.now(),
            # While the hours cannot be read, those that the terminal knows stay: without any the door opens at all.
            coop=self._versions[name].coop if start == 0 and self._shop.knows_hours else None,
            capabilities=self.capabilities() if start == 0 else None,
            renamed_members=self._memory.renames() if is_last else (),
        )
        return page_of(rows, blank)

    # ── what a terminal tells ─────────────────────────────────────────────────────────────────────────────────────

    def deliver(self, fact: Fact) -> Outcome:
        if not self._session.is_reached:
            # Some facts need no request; while the server is away they would pass for its answer.
            raise BackendUnavailable("the server has not answered yet")
        try:
            return self._delivered(fact, Budget(self._timeout_seconds))
        except AccountRefused as fault:
            # The server is there for everybody else; a person has to see to the account.
            return Refused(fault.words)

    def _delivered(self, fact: Fact, budget: Budget) -> Outcome:
        member = None if fact.member_id is None else self._memory.current(fact.member_id)
        match fact.kind:
            case FactKind.CHECK_IN if member is not None and fact.shift_id is not None:
                return self._presences.check_in(fact, fact.shift_id, member, budget)
            case FactKind.CHECK_IN_UNDONE if member is not None and fact.shift_id is not None:
                return self._presences.undo_check_in(fact.shift_id, member, budget)
            case FactKind.BOOKING if member is not None and fact.shift_id is not None:
                outcome = self._bookings.book(fact.id, member, fact.shift_id, budget)
                return Accepted() if outcome is BookingOutcome.BOOKED else Refused(words.NOT_BOOKABLE)
            case FactKind.BOOKING_UNDONE if fact.about is not None:
                return self._bookings.undo(fact.about, budget)
            case FactKind.PASSAGE if member is not None:
                self._refresh(fact, member, budget)
            case FactKind.MEMBER_FORGOTTEN if member is not None:
                self._memory.forget(member)
            case FactKind.CARD_LINKED if "replaces" in fact.details:
                self._memory.reseal(CardHash(str(fact.details["replaces"])), CardHash(str(fact.details["card"])))
        # The server has no place for the rest: it stays in the journal.
        return Accepted()

    def _refresh(self, fact: Fact, member: MemberId, budget: Budget) -> None:
        person, at = self._memory.person(member), self._shop.time.when(fact.happened)
        if person is not None and at is not None and self._shop.now() - at < RECENT:
            self._asking.refresh(person, budget)

    # ── what a person waits for ───────────────────────────────────────────────────────────────────────────────────

    def identify(self, card: CardHash, timeout_seconds: float, code: str = "") -> Identified:
        answer = self._asking.identify(card, code, timeout_seconds)
        if answer.member is not None:
            with self._guard:
                self._answered.add(card)
        return answer

    def book(self, fact_id: FactId, member: MemberId, shift: ShiftId, timeout_seconds: float) -> BookingOutcome:
        return self._bookings.book(fact_id, self._memory.current(member), shift, Budget(timeout_seconds))

    def close(self) -> None:
        self._session.close()
        if self._office is not None:
            self._office.close()
        self._memory.close()
