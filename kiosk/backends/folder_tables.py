"""All that a coop's files say, as one frozen value, and what follows from it: pages, changes, free places.

Pure. The folder backend and the reference server share it, so that both keep the same rules.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from itertools import islice
from typing import TypeAlias

from kiosk.events import BookingOutcome, KnowledgePage
from kiosk.rules.shifts import may_take
from kiosk.types import (
    Assignment,
    Capabilities,
    Card,
    CardHash,
    Coop,
    Fact,
    FactId,
    FactKind,
    Member,
    MemberId,
    Shift,
    ShiftId,
)

Place: TypeAlias = tuple[ShiftId, MemberId]
Row: TypeAlias = Member | Card | Shift | Assignment

CAPABILITIES = Capabilities(
    roster=True,
    next_shifts=True,
    balance=True,
    fee_dates=True,
    identify=True,
    booking=True,
    undo=True,
    notice=True,
    roles=True,
    shared_pot=True,
    stand_ins=True,
)
"""What a coop's files carry."""

ROSTER_DAYS = 8
UNDOING = frozenset({FactKind.CHECK_IN_UNDONE, FactKind.BOOKING_UNDONE})
NEXT_SHIFTS = 2
"""How many shifts of each member are told beyond the days of the roster."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A fact that changes the roster, as the folder's ledger or the server keeps it."""

    id: FactId
    kind: FactKind
    at: datetime
    member_id: MemberId | None = None
    shift_id: ShiftId | None = None
    about: FactId | None = None
    offline: bool = False


def entry_of(fact: Fact) -> Entry:
    """What a fact says to the roster."""
    return Entry(
        id=fact.id,
        kind=fact.kind,
        at=fact.happened.wall,
        member_id=fact.member_id,
        shift_id=fact.shift_id,
        about=fact.about,
        offline=fact.offline,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """Everything known of a coop, by key."""

    coop: Coop = field(default_factory=Coop)
    members: Mapping[MemberId, Member] = field(default_factory=dict)
    cards: Mapping[CardHash, Card] = field(default_factory=dict)
    shifts: Mapping[ShiftId, Shift] = field(default_factory=dict)
    places: Mapping[Place, Assignment] = field(default_factory=dict)

    def rows(self) -> Iterator[Row]:
        """All rows, those that others refer to first."""
        yield from self.members.values()
        yield from self.cards.values()
        yield from self.shifts.values()
        yield from self.places.values()

    def slice(self, start: int, count: int) -> tuple[tuple[Row, ...], bool]:
        """``count`` rows from ``start``, and whether they are the last."""
        rows = tuple(islice(self.rows(), start, start + count + 1))
        return rows[:count], len(rows) <= count


def with_entries(tables: Tables, entries: Iterable[Entry]) -> Tables:
    """The roster as it is after what happened. An entry that another one takes back leaves no trace."""
    entries = tuple(entries)
    undone = {entry.about for entry in entries if entry.kind in UNDOING}
    places = dict(tables.places)
    for entry in entries:
        if entry.id in undone or entry.kind not in {FactKind.CHECK_IN, FactKind.BOOKING}:
            continue
        member = tables.members.get(entry.member_id) if entry.member_id is not None else None
        if member is None or entry.shift_id is None or entry.shift_id not in tables.shifts:
            continue
        place = _place_on(places, entry.shift_id, member)
        if entry.kind is FactKind.CHECK_IN:
            place = replace(place, present=True)
        places[place.shift_id, place.member_id] = place
    return replace(tables, places=places)


def without(tables: Tables, gone: Collection[MemberId]) -> Tables:
    """The coop as it is without these members. Household cards go with the account whose standing they had."""
    if not gone:
        return tables
    members = {id_: row for id_, row in tables.members.items() if id_ not in gone and row.attached_to not in gone}
    return replace(
        tables,
        members=members,
        cards={hash_: card for hash_, card in tables.cards.items() if card.member_id in members},
        places={key: place for key, place in tables.places.items() if place.member_id in members},
    )


def _place_on(places: Mapping[Place, Assignment], shift: ShiftId, member: Member) -> Assignment:
    """The member's own place, or that of the account whose shift a household card works, or a new one."""
    for owner in (member.id, member.attached_to):
        if owner is not None and (shift, owner) in places:
            return places[shift, owner]
    return Assignment(shift_id=shift, member_id=member.id, first_name=member.first_name)


def booking_problem(tables: Tables, member_id: MemberId, shift_id: ShiftId, now: datetime) -> BookingOutcome | None:
    """Why this member cannot have a place on this shift; None if they can."""
    member, shift = tables.members.get(member_id), tables.shifts.get(shift_id)
    if member is None or shift is None or shift.ends_at <= now:
        return BookingOutcome.REFUSED
    if (shift.id, member.id) in tables.places:
        return BookingOutcome.OVERLAP
    if not may_take(member, shift):
        return BookingOutcome.TRAINING
    for shift_on, on in tables.places:
        other = tables.shifts[shift_on]
        if on == member.id and other.starts_at < shift.ends_at and shift.starts_at < other.ends_at:
            return BookingOutcome.OVERLAP
    taken = sum(shift_on == shift.id for shift_on, _ in tables.places)
    return BookingOutcome.TAKEN if taken >= shift.places else None


def windowed(tables: Tables, now: datetime, zone: tzinfo, days: int = ROSTER_DAYS) -> Tables:
    """What a terminal needs: the shifts of today and ``days`` more, and each member's next two.

    Each shift has its whole roster, so that its free places can be counted.
    """
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    until = midnight + timedelta(days=days + 1)
    wanted = {key for key, shift in tables.shifts.items() if shift.ends_at > midnight and shift.starts_at < until}
    coming: dict[MemberId, list[tuple[datetime, ShiftId]]] = {}
    for shift_id, member_id in tables.places:
        shift = tables.shifts[shift_id]
        if shift.ends_at > now:
            coming.setdefault(member_id, []).append((shift.starts_at, shift_id))
    for found in coming.values():
        wanted.update(shift_id for _, shift_id in sorted(found)[:NEXT_SHIFTS])
    return replace(
        tables,
        shifts={key: shift for key, shift in tables.shifts.items() if key in wanted},
        places={key: place for key, place in tables.places.items() if key[0] in wanted},
    )


def page_of(rows: Iterable[Row], page: KnowledgePage) -> KnowledgePage:
    """``page`` with ``rows`` sorted into their kinds."""
    rows = tuple(rows)
    return replace(
        page,
        members=tuple(row for row in rows if isinstance(row, Member)),
        cards=tuple(row for row in rows if isinstance(row, Card)),
        shifts=tuple(row for row in rows if isinstance(row, Shift)),
        assignments=tuple(row for row in rows if isinstance(row, Assignment)),
    )


def changes(old: Tables, new: Tables, page: KnowledgePage) -> KnowledgePage:
    """What leads from ``old`` to ``new``, laid on ``page``."""
    changed: list[Row] = [row for key, row in new.members.items() if old.members.get(key) != row]
    changed += [row for key, row in new.cards.items() if old.cards.get(key) != row]
    changed += [row for key, row in new.shifts.items() if old.shifts.get(key) != row]
    changed += [row for key, row in new.places.items() if old.places.get(key) != row]
    return replace(
        page_of(changed, page),
        coop=new.coop if old.coop != new.coop else None,
        removed_members=tuple(old.members.keys() - new.members.keys()),
        removed_cards=tuple(old.cards.keys() - new.cards.keys()),
        removed_shifts=tuple(old.shifts.keys() - new.shifts.keys()),
        removed_assignments=tuple(old.places.keys() - new.places.keys()),
    )


def rows_in(page: KnowledgePage) -> int:
    """How much a page carries."""
    return sum(
        map(
            len,
            (
                page.members,
                page.cards,
                page.shifts,
                page.assignments,
                page.removed_members,
                page.removed_cards,
                page.removed_shifts,
                page.removed_assignments,
            ),
        )
    )
