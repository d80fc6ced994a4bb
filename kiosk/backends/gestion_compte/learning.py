"""What an answer of the server teaches of a card and its person."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from kiosk.backends.gestion_compte.french import plain, slug
from kiosk.backends.gestion_compte.memory import Memory
from kiosk.backends.gestion_compte.people import Person
from kiosk.backends.gestion_compte.reader_pages import ScanPage, Validated
from kiosk.backends.gestion_compte.register import RosterPlace
from kiosk.backends.gestion_compte.slots import person_id
from kiosk.types import CardHash, Member, MemberId, Status

REFUSED = frozenset({Status.FROZEN, Status.LEFT, Status.FEE, Status.INACTIVE})
"""Standings with which the server's page forbids to enter."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """The answer to a scan, whose card it was, and which places the scan marked as present."""

    page: ScanPage
    person: Person
    validated: tuple[RosterPlace, ...]


def learn(
    memory: Memory, card: CardHash, code: str, page: ScanPage, *, places: Iterable[RosterPlace], now: datetime
) -> Learnt:
    """Keep what a scan said.

    Args:
        memory: where it is kept.
        card: that was scanned.
        code: its number.
        page: the server's answer.
        places: those in their window, as the roster stood before the scan.
        now: when it was said.
    """
    with memory.all_or_nothing():
        known = memory.card(card)
        before = None if known is None else memory.person(known.person)
        matching = _matching(page, before, tuple(places))
        number = _number(page, before, matching)
        id_ = _id_of(card, page, before, number)
        known_as_such = memory.person(id_)
        person = _told(known_as_such or before, id_, number, page, now)
        if not person.number and page.validated is Validated.NOTHING:
            # Whatever of that name stood open was not theirs.
            person = replace(person, not_numbers=person.not_numbers | {found.place.number for found in matching})
        memory.keep_person(person)
        memory.keep_card(card, person.id, code, now)
        # The card of one of two who share a membership may turn out to be the other's: that makes them no one person.
        is_other_s = known_as_such is not None and before is not None and bool(before.number)
        if before is not None and before.id != person.id and not is_other_s:
            memory.rename(before.id, person.id)
    validated = matching if page.validated is Validated.NOW else ()
    return Learnt(page, person, tuple(found for found in validated if not found.place.present))


def _matching(page: ScanPage, before: Person | None, places: tuple[RosterPlace, ...]) -> tuple[RosterPlace, ...]:
    """The places that the answer can be about."""
    number = "" if before is None else before.number
    return tuple(
        found
        for found in places
        if plain(found.place.first_name) == plain(page.first_name)
        and (not number or found.place.number == number)
        and (not page.job or found.job == slug(page.job))
    )


def _number(page: ScanPage, before: Person | None, matching: tuple[RosterPlace, ...]) -> str:
    if before is not None and before.number:
        return before.number
    numbers = {found.place.number for found in matching} if page.validated is not Validated.NOTHING else set()
    return numbers.pop() if len(numbers) == 1 else ""


def _id_of(card: CardHash, page: ScanPage, before: Person | None, number: str) -> MemberId:
    if number:
        return person_id(number, page.first_name)
    return MemberId(f"carte-{card[:12]}") if before is None else before.id


def _told(known: Person | None, id_: MemberId, number: str, page: ScanPage, now: datetime) -> Person:
    """The person as the page tells; what it does not tell stays as it was."""
    return replace(
        known or Person(id=id_, number=number, first_name=page.first_name, learned_at=now),
        id=id_,
        number=number,
        first_name=page.first_name,
        status=page.status,
        until=page.until,
        balance_minutes=page.balance_minutes,
        due_minutes=page.due_minutes,
        shared=page.shared,
        learned_at=now,
    )


def member_of(person: Person) -> Member:
    """The person as the rest of the terminal knows one. What the server does not tell is left out."""
    return Member(
        id=person.id,
        first_name=person.first_name,
        name=person.name,
        status=person.status,
        until=person.until,
        balance_minutes=person.balance_minutes,
        due_minutes=person.due_minutes,
        trained_for=person.trained,
        shared=person.shared,
    )
