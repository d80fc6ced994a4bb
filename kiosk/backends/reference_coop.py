"""The coop behind the reference server: the folder's tables, what terminals have told, and what follows from both."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, tzinfo
from pathlib import Path
from typing import Any, Final

from kiosk.backends.folder_reader import FolderReader, HashCard
from kiosk.backends.folder_tables import (
    CAPABILITIES,
    UNDOING,
    Entry,
    Tables,
    booking_problem,
    entry_of,
    windowed,
    with_entries,
    without,
)
from kiosk.backends.reference_facts import KeyedCard, Register, Told, check
from kiosk.backends.reference_forgetting import nobodys
from kiosk.backends.reference_store import Answer, ReferenceStore
from kiosk.backends.rest_json import LONGEST_TEXT, fact_from, fact_to_json, read_moment, to_json
from kiosk.clock import Clock
from kiosk.events import BookingOutcome
from kiosk.types import CardHash, Fact, FactId, FactKind, MemberId, ShiftId

CARRIED: Final = replace(CAPABILITIES, card_links=True, jars=True)

PROBLEMS: Final = {
    BookingOutcome.TAKEN: (409, "taken", "No place is left on this shift."),
    BookingOutcome.OVERLAP: (409, "overlap", "This member has another shift at that time."),
    BookingOutcome.TRAINING: (409, "training", "This job asks for a training that the member lacks."),
    BookingOutcome.REFUSED: (422, "not_bookable", "The member or the shift is not known, or the shift is over."),
}


def problem(status: int, code: str, detail: str) -> Answer:
    """A refusal in the form of RFC 9457, with the contract's ``code``."""
    body = {"type": "about:blank", "title": code, "status": status, "code": code, "detail": detail[:LONGEST_TEXT]}
    return Answer(status, body)


class ReferenceCoop:
    """Not safe for threads: the server holds a lock around every call.

    Args:
        key_id: names the key under which ``hash_card`` hashes.
    """

    def __init__(
        self, folder: Path, hash_card: HashCard, zone: tzinfo, clock: Clock, *, key_id: str, store: ReferenceStore
    ) -> None:
        self._key_id = key_id
        self._reader = FolderReader(folder, hash_card, zone)
        self._zone = zone
        self._clock = clock
        self._store = store
        self._base = Tables()
        self._tables = Tables()
        self._recall()
        self.refresh()

    def _recall(self) -> None:
        """Take in all that the store remembers, from its beginning."""
        self._forgotten = frozenset(map(MemberId, self._store.forgotten()))
        self._entries: dict[FactId, Entry] = {}
        self._undone: set[FactId | None] = set()
        self._register = Register(self._zone)
        for event in self._store.events():
            fact = fact_from(event)
            self._keep(fact)
            self._register.take(Told(fact, read_moment(event, "received_at")))
        self._read: Tables | None = None
        self._day: date | None = None

    def refresh(self) -> None:
        """Take in what changed in the folder, and the new day: what terminals are told moves with the days."""
        read, today = self._reader.read(), self._clock.now().astimezone(self._zone).date()
        if read is not self._read or today != self._day:
            self._read, self._day = read, today
            # The files are the members' office's own: whoever is forgotten may stand in them for a while yet.
            self._base = without(read, self._forgotten)
            self._tables = with_entries(self._base, self._entries.values())
            cards = (self._card(hash_) for hash_ in {*self._base.cards, *self._register.cards})
            self._store.publish(
                windowed(self._tables, self._clock.now(), self._zone),
                [card for card in cards if card is not None],
                [self._register.jar(code) for code in self._register.jars],
            )

    def knows_key(self, key_id: str) -> bool:
        """Whether any card may have been hashed under this key."""
        return key_id == self._key_id or key_id in self._register.key_ids

    def identify(self, hash_: CardHash) -> Mapping[str, Any]:
        """Whose card this is, in the words of the contract."""
        found = self._card(hash_)
        if found is None:
            return {"member": None, "account": None, "blocked": False}
        member = self._tables.members[found.card.member_id]
        account = self._tables.members.get(member.attached_to) if member.attached_to is not None else None
        return {"member": to_json(member), "account": to_json(account), "blocked": found.card.blocked}

    def is_forgotten(self, member: MemberId | None) -> bool:
        """Whether this member asked to be forgotten."""
        return member in self._forgotten

    def record(self, fact: Fact, terminal: str) -> Answer:
        """Keep a fact, once; what it changes is in the next snapshot."""
        if fact.id not in self._entries:
            if not self._may_be_about(fact):
                return problem(422, "unknown_member", "This member is not known.")
            if fact.shift_id is not None and fact.shift_id not in self._tables.shifts:
                return problem(422, "unknown_shift", "This shift is not known.")
            try:
                check(fact)
            except ValueError as fault:
                return problem(400, "not_understood", str(fault))
            if fact.kind is FactKind.MEMBER_FORGOTTEN and fact.member_id is not None:
                self._forget(fact.member_id)
            self._enter(fact, terminal)
        return Answer(200, {"id": fact.id, "outcome": "accepted"})

    def _may_be_about(self, fact: Fact) -> bool:
        """Someone who is known, or was; who is gone already may be forgotten all the same."""
        return (
            fact.member_id is None
            or fact.kind is FactKind.MEMBER_FORGOTTEN
            or fact.member_id in self._tables.members
            or fact.member_id in self._forgotten
        )

    def _forget(self, member: MemberId) -> None:
        """Erase a member, and say so to every terminal from now on."""
        if member in self._forgotten:
            return
        others = self._cards_of_others(member)
        self._store.forget(member, lambda event: nobodys(event, {member}, others))
        self._recall()
        self.refresh()

    def _cards_of_others(self, member: MemberId) -> frozenset[CardHash]:
        """Cards that are more than this member's own."""
        told = {hash_ for hash_ in self._register.cards if self._register.is_of_another(hash_, member)}
        read = Tables() if self._read is None else self._read
        return frozenset(told | {hash_ for hash_, card in read.cards.items() if card.member_id != member})

    def book(self, fact: Fact, terminal: str) -> Answer:
        """Give a place, or say why not."""
        if fact.id not in self._entries:
            member, shift = fact.member_id or MemberId(""), fact.shift_id or ShiftId("")
            fault = booking_problem(self._tables, member, shift, self._clock.now())
            if fault is not None:
                return problem(*PROBLEMS[fault])
            self._enter(fact, terminal)
        return Answer(201, {"id": fact.id, "outcome": "booked"})

    def _card(self, hash_: CardHash) -> KeyedCard | None:
        """A card as a terminal has made it, else as it is in the folder; None if it is nobody's."""
        told, card = self._register.card(hash_), self._base.cards.get(hash_)
        keyed = told if told is not None or card is None else KeyedCard(card, self._key_id)
        return keyed if keyed is not None and keyed.card.member_id in self._base.members else None

    def _keep(self, fact: Fact) -> None:
        entry = entry_of(fact)
        self._entries[entry.id] = entry
        if entry.kind in UNDOING:
            self._undone.add(entry.about)

    def _enter(self, fact: Fact, terminal: str) -> None:
        received_at = self._clock.now()
        event = {**fact_to_json(fact), "terminal": terminal, "received_at": to_json(received_at)}
        if self._forgotten:
            # It comes late, from a terminal that has not heard of the forgetting.
            others = self._cards_of_others(fact.member_id) if fact.member_id in self._forgotten else frozenset()
            kept = nobodys(event, self._forgotten, others)
            if kept is None:
                return
            event, fact = kept, fact_from(kept)
        self._store.add_event(event)
        self._keep(fact)
        touched = self._register.take(Told(fact, received_at))
        for hash_ in touched.cards:
            self._store.put_card(hash_, self._card(hash_))
        for code in touched.jars:
            self._store.put_jar(self._register.jar(code))
        self._move_places(self._entries[fact.id])

    def _move_places(self, entry: Entry) -> None:
        if entry.kind in UNDOING:
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
