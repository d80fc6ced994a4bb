"""A coop with no server: CSV files in a folder, which any spreadsheet opens (docs/folder.md).

Members, cards and shifts are read; check-ins and bookings are appended to two files of their own. Changed files are
picked up while running. Passages are not written: who came when is nobody's business once the journal has let it go.
"""

import hashlib
import threading
from collections import OrderedDict
from datetime import tzinfo
from pathlib import Path

from kiosk.backends import folder_columns as columns
from kiosk.backends.base import Accepted, Outcome, Retry, Unchanged
from kiosk.backends.folder_ledger import Ledger
from kiosk.backends.folder_reader import FolderReader, HashCard, log_problems
from kiosk.backends.folder_seen import Seen
from kiosk.backends.folder_tables import (
    CAPABILITIES,
    ROSTER_DAYS,
    Entry,
    Tables,
    booking_problem,
    changes,
    entry_of,
    page_of,
    rows_in,
    windowed,
    with_entries,
)
from kiosk.clock import Clock
from kiosk.errors import BackendUnavailable
from kiosk.events import BookingOutcome, Identified, KnowledgePage
from kiosk.types import Capabilities, CardHash, Fact, FactId, FactKind, MemberId, ShiftId

PAGE_ROWS = 400
MOST_TOLD = 20
KEPT_VERSIONS = 3
"""So many states are remembered, to tell a terminal only what changed since the one it has."""

WRITE_PAUSE_SECONDS = 60.0
"""A full or read-only disk is looked at again so often; that is no fault of the row that waits."""

CHECK_IN_KINDS = frozenset({FactKind.CHECK_IN, FactKind.CHECK_IN_UNDONE, FactKind.PARTNER_ABSENT})


class FolderBackend:
    """The folder as a :class:`~kiosk.backends.base.Backend`.

    Args:
        folder: where the CSV files are.
        hash_card: from a canonical card id (``7:04A3C6CAE26180``, ``ean:…``) to its hash under the coop's key.
        zone: the coop's time zone; times in the files are local.
        clock: says what is past.
        roster_days: so many days after today the shifts of all are told.
    """

    def __init__(
        self, folder: Path, hash_card: HashCard, zone: tzinfo, clock: Clock, *, roster_days: int = ROSTER_DAYS
    ) -> None:
        self._zone = zone
        self._roster_days = roster_days
        self._clock = clock
        self._seen = Seen(folder)
        self._reader = FolderReader(folder, hash_card, zone, self._seen.rows)
        self._check_ins = Ledger(folder, columns.CHECK_INS, zone)
        self._bookings = Ledger(folder, columns.BOOKINGS, zone)
        self._ledgers = (self._check_ins, self._bookings)
        self._lock = threading.Lock()
        self._versions: OrderedDict[str, Tables] = OrderedDict()
        self._told: tuple[str, ...] = ()

    @property
    def problems(self) -> tuple[str, ...]:
        """What could not be read, one sentence each with file and line."""
        ledgers = (problem for ledger in self._ledgers for problem in ledger.problems)
        return (*self._reader.problems, *ledgers)

    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    def examine(self) -> tuple[str, ...]:
        """What a person should put right in the files, the first of many."""
        with self._lock:
            self._tables()
            problems = self.problems
        more = len(problems) - MOST_TOLD
        return (*problems[:MOST_TOLD], f"and {more} more") if more > 0 else problems

    def fetch(self, cursor: str, generation: int) -> KnowledgePage | Unchanged:
        with self._lock:
            return self._fetch(cursor, generation)

    def deliver(self, fact: Fact) -> Outcome:
        if fact.kind in CHECK_IN_KINDS:
            ledger = self._check_ins
        elif fact.kind is FactKind.BOOKING_UNDONE:
            ledger = self._bookings
        else:
            return Accepted()
        try:
            with self._lock:
                ledger.append_once(entry_of(fact))
        except OSError as fault:
            return Retry(WRITE_PAUSE_SECONDS, f"the folder cannot be written: {_in_words(fault)}")
        return Accepted()

    def identify(self, card: CardHash, timeout_seconds: float, _code: str = "") -> Identified:
        if not self._lock.acquire(timeout=timeout_seconds):
            return Identified(hash=card, available=False)
        try:
            tables = self._tables()
        finally:
            self._lock.release()
        found = tables.cards.get(card)
        member = tables.members.get(found.member_id) if found else None
        if found is None or member is None:
            return Identified(hash=card, available=True)
        account = tables.members.get(member.attached_to) if member.attached_to else None
        return Identified(hash=card, available=True, member=member, account=account, blocked=found.blocked)

    def book(self, fact_id: FactId, member: MemberId, shift: ShiftId, timeout_seconds: float) -> BookingOutcome:
        if not self._lock.acquire(timeout=timeout_seconds):
            return BookingOutcome.UNAVAILABLE
        try:
            return self._book(fact_id, member, shift)
        finally:
            self._lock.release()

    def close(self) -> None:
        """Nothing is held open between two calls."""

    # ── with the lock held ────────────────────────────────────────────────────────────────────────────────────────

    def _book(self, fact_id: FactId, member: MemberId, shift: ShiftId) -> BookingOutcome:
        tables, now = self._tables(), self._clock.now()
        if fact_id in self._bookings.entries:
            return BookingOutcome.BOOKED
        problem = booking_problem(tables, member, shift, now)
        if problem is not None:
            return problem
        try:
            self._bookings.append_once(
                Entry(id=fact_id, kind=FactKind.BOOKING, at=now, member_id=member, shift_id=shift)
            )
        except OSError as fault:
            raise BackendUnavailable(f"the folder cannot be written: {_in_words(fault)}") from fault
        return BookingOutcome.BOOKED

    def _tables(self) -> Tables:
        """The files as they are now, with all that happened."""
        tables = self._reader.read()
        self._seen.keep(self._reader.rows)
        try:
            for ledger in self._ledgers:
                ledger.refresh()
        except OSError as fault:
            raise BackendUnavailable(f"the folder cannot be read: {fault.strerror}") from fault
        if self.problems != self._told:
            self._told = self.problems
            log_problems(self._told)
        return with_entries(tables, (entry for ledger in self._ledgers for entry in ledger.entries.values()))

    def _fetch(self, cursor: str, generation: int) -> KnowledgePage | Unchanged:
        name, _, start = cursor.partition("+")
        if start:
            if name not in self._versions or not start.isdecimal():
                # In the middle of a round: pages of two states must not be mixed in one.
                raise BackendUnavailable("the files changed while they were read")
            return self._full_page(name, int(start), generation)
        tables = self._tables()
        current = self._name()
        if current == name and name in self._versions:
            return Unchanged()
        tables = windowed(tables, self._clock.now(), self._zone, self._roster_days)
        before = self._versions.get(name)
        self._versions[current] = tables
        while len(self._versions) > KEPT_VERSIONS:
            self._versions.popitem(last=False)
        if before is not None:
            blank = KnowledgePage(
                generation=generation, full=False, last=True, cursor=current, fetched_at=self._clock.now()
            )
            delta = changes(before, tables, blank)
            if rows_in(delta) <= PAGE_ROWS:
                return delta
        return self._full_page(current, 0, generation)

    def _full_page(self, name: str, start: int, generation: int) -> KnowledgePage:
        rows, is_last = self._versions[name].slice(start, PAGE_ROWS)
        blank = KnowledgePage(
            generation=generation,
            full=True,
            last=is_last,
            cursor=name if is_last else f"{name}+{start + PAGE_ROWS}",
            fetched_at=self._clock.now(),
            coop=self._versions[name].coop if start == 0 else None,
            capabilities=CAPABILITIES if start == 0 else None,
        )
        return page_of(rows, blank)

    def _name(self) -> str:
        """Names the state of all files on this day: what a terminal is told moves with the days."""
        today = self._clock.now().astimezone(self._zone).date()
        stamps = (self._reader.stamps, *(ledger.stamp for ledger in self._ledgers))
        return hashlib.sha256(repr((stamps, today)).encode()).hexdigest()[:16]


def _in_words(fault: OSError) -> str:
    return fault.strerror or str(fault)
