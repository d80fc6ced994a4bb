"""The coop behind the reference server: the folder's tables, what terminals have told, and what follows from both."""

from collections.abc import Mapping
from datetime import date, tzinfo
from pathlib import Path
from typing import Any, Final

from kiosk.backends.folder_reader import FolderReader, HashCard
from kiosk.backends.folder_tables import UNDOING, Entry, Tables, booking_problem, entry_of, windowed, with_entries
from kiosk.backends.reference_store import Answer, ReferenceStore
from kiosk.backends.rest_json import fact_from, fact_to_json, to_json
from kiosk.clock import Clock
from kiosk.events import BookingOutcome
from kiosk.types import CardHash, Fact, FactId, MemberId, ShiftId

PROBLEMS: Final = {
    BookingOutcome.TAKEN: (409, "taken", "No place is left on this shift."),
    BookingOutcome.OVERLAP: (409, "overlap", "This member has another shift at that time."),
    BookingOutcome.TRAINING: (409, "training", "This job asks for a training that the member lacks."),
    BookingOutcome.REFUSED: (422, "not_bookable", "The member or the shift is not known, or the shift is over."),
}


def problem(status: int, code: str, detail: str) -> Answer:
    """A refusal in the form of RFC 9457, with the contract's ``code``."""
    return Answer(status, {"type": "about:blank", "title": code, "status": status, "code": code, "detail": detail})


class ReferenceCoop:
    """Not safe for threads: the server holds a lock around every call.

    Args:
        key_id: names the key under which ``hash_card`` hashes.
    """

    def __init__(
        self, folder: Path, hash_card: HashCard, zone: tzinfo, clock: Clock, *, key_id: str, store: ReferenceStore
    ) -> None:
        self.key_id = key_id
        self._reader = FolderReader(folder, hash_card, zone)
        self._zone = zone
        self._clock = clock
        self._store = store
        self._entries: dict[FactId, Entry] = {}
        for event in store.events():
            entry = entry_of(fact_from(event))
            self._entries[entry.id] = entry
        self._undone = {entry.about for entry in self._entries.values() if entry.kind in UNDOING}
        self._base = Tables()
        self._tables = Tables()
        self._day: date | None = None
        self.refresh()

    def refresh(self) -> None:
        """Take in what changed in the folder, and the new day: what terminals are told moves with the days."""
        base, today = self._reader.read(), self._clock.now().astimezone(self._zone).date()
        if base is not self._base or today != self._day:
            self._base, self._day = base, today
            self._tables = with_entries(base, self._entries.values())
            self._store.publish(windowed(self._tables, self._clock.now(), self._zone), self.key_id)

    def identify(self, card: CardHash) -> Mapping[str, Any]:
        """Whose card this is, in the words of the contract."""
        found = self._tables.cards.get(card)
        if found is None:
            return {"member": None, "account": None, "blocked": False}
        member = self._tables.members[found.member_id]
        account = self._tables.members.get(member.attached_to) if member.attached_to is not None else None
        return {"member": to_json(member), "account": to_json(account), "blocked": found.blocked}

    def record(self, fact: Fact) -> Answer:
        """Keep a fact, once; what it changes is in the next snapshot."""
        if fact.id not in self._entries:
            if fact.member_id is not None and fact.member_id not in self._tables.members:
                return problem(422, "unknown_member", "This member is not known.")
            if fact.shift_id is not None and fact.shift_id not in self._tables.shifts:
                return problem(422, "unknown_shift", "This shift is not known.")
            self._enter(fact)
        return Answer(200, {"id": fact.id, "outcome": "accepted"})

    def book(self, fact: Fact) -> Answer:
        """Give a place, or say why not."""
        if fact.id not in self._entries:
            member, shift = fact.member_id or MemberId(""), fact.shift_id or ShiftId("")
            fault = booking_problem(self._tables, member, shift, self._clock.now())
            if fault is not None:
                return problem(*PROBLEMS[fault])
            self._enter(fact)
        return Answer(201, {"id": fact.id, "outcome": "booked"})

    def _enter(self, fact: Fact) -> None:
        entry = entry_of(fact)
        self._store.add_event(fact_to_json(fact))
        self._entries[entry.id] = entry
        if entry.kind in UNDOING:
            self._undone.add(entry.about)
            tables = with_entries(self._base, self._entries.values())
        elif entry.id not in self._undone:
            tables = with_entries(self._tables, [entry])
        else:
            # Its undoing was faster than itself.
            return
        before, self._tables = self._tables.places, tables
        for key in before.keys() | tables.places.keys():
            if before.get(key) != tables.places.get(key) and self._store.has_shift(key[0]):
                self._store.put_place(key, tables.places.get(key))
