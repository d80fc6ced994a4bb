"""What a terminal is told: what was learnt of people and cards, laid over the shifts that the pages show. Pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from kiosk.backends.folder_tables import Tables
from kiosk.backends.gestion_compte.learning import REFUSED, member_of
from kiosk.backends.gestion_compte.people import Booking, KnownCard, Person
from kiosk.backends.gestion_compte.reader_pages import ShownPlace
from kiosk.backends.gestion_compte.register import Register
from kiosk.backends.gestion_compte.shop import ComingShift, DayShift
from kiosk.types import Assignment, Card, Coop, MemberId, Shift, ShiftId

RESERVED: Final = "Réservé"
"""What the public pages call whoever holds a place."""


def tables_of(
    *,
    coop: Coop,
    people: Iterable[Person],
    cards: Iterable[KnownCard],
    register: Register,
    today: Iterable[DayShift],
    coming: Iterable[ComingShift],
    came: frozenset[tuple[ShiftId, MemberId]],
    bookings: Iterable[Booking],
    learned_since: datetime,
) -> Tables:
    """Everything, as one value.

    Args:
        coop: what is true of the whole coop.
        people: everyone known.
        cards: their cards.
        register: who is who on the roster of the day.
        today: its shifts.
        coming: the shifts of the public pages, without names.
        came: who is known to have come, for pages that do not show it.
        bookings: places that were given from here.
        learned_since: who was heard of earlier is asked about again.
    """
    known = {person.id: person for person in people}
    shifts: dict[ShiftId, Shift] = {}
    places: dict[tuple[ShiftId, MemberId], Assignment] = {}
    for day_shift in today:
        shifts[day_shift.id] = _shift_of(day_shift)
        places.update(_places_on(day_shift, register, came))
    booked = tuple(bookings)
    for shift in coming:
        if shift.id not in shifts:
            shifts[shift.id] = _coming_shift_of(shift)
            places.update(_reserved_on(shift, [b.person for b in booked if b.shift == shift.id], known))
    return Tables(
        coop=coop,
        members={id_: member_of(person) for id_, person in known.items()},
        cards={
            card.hash: Card(hash=card.hash, member_id=card.person)
            for card in cards
            if card.person in known and not card.off and is_decided_here(known[card.person], register, learned_since)
        },
        shifts=shifts,
        places=places,
    )


def is_decided_here(person: Person, register: Register, learned_since: datetime) -> bool:
    """Whether this person's card is decided on without asking.

    Not where the server refused it, as that may be put right by now; nor where the answer is too old; nor where the
    person may be another one of that name. Such a card is asked about each time, and offline it is the desk's.
    """
    return person.status not in REFUSED and person.learned_at >= learned_since and not register.is_ambiguous(person)


def learned_since(now: datetime, allowed_days: int) -> datetime:
    """The moment from which on a "may enter" still counts."""
    return now - timedelta(days=allowed_days)


def _shift_of(shift: DayShift) -> Shift:
    free = [place for place in shift.places if place.is_free]
    return Shift(
        id=shift.id,
        job=shift.job,
        starts_at=shift.slot.starts_at,
        ends_at=shift.slot.ends_at,
        places=len(shift.places),
        needs_training=bool(free) and all(place.training for place in free),
    )


def _places_on(
    shift: DayShift, register: Register, came: frozenset[tuple[ShiftId, MemberId]]
) -> Iterator[tuple[tuple[ShiftId, MemberId], Assignment]]:
    for place in shift.places:
        if place.is_free:
            continue
        holder = register.holder(place)
        yield (
            (shift.id, holder),
            Assignment(
                shift_id=shift.id,
                member_id=holder,
                first_name=place.first_name,
                first_shift=place.first_shift,
                present=_is_present(shift, place, holder, register, came),
            ),
        )


def _is_present(
    shift: DayShift,
    place: ShownPlace,
    holder: MemberId,
    register: Register,
    came: frozenset[tuple[ShiftId, MemberId]],
) -> bool:
    if place.present is None:
        return (shift.id, holder) in came
    return register.is_present(shift, place)


def _coming_shift_of(shift: ComingShift) -> Shift:
    shown = shift.shown
    free = 0 if shown.locked else shown.free + shown.free_trained
    return Shift(
        id=shift.id,
        job=shift.job,
        starts_at=shift.slot.starts_at,
        ends_at=shift.slot.ends_at,
        places=shown.taken + free,
        needs_training=free > 0 and not shown.free,
    )


def _reserved_on(
    shift: ComingShift, booked: list[MemberId], known: dict[MemberId, Person]
) -> Iterator[tuple[tuple[ShiftId, MemberId], Assignment]]:
    """As many places as are taken: those booked from here by name, the others by nobody's."""
    for number in range(max(shift.shown.taken, len(booked))):
        mine = booked[number] if number < len(booked) else None
        id_ = MemberId(f"reserved-{number}") if mine is None else mine
        name = known[mine].first_name if mine is not None and mine in known else RESERVED
        yield (shift.id, id_), Assignment(shift_id=shift.id, member_id=id_, first_name=name)
