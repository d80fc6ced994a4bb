"""What is remembered of people, cards and places, and how the file holds it. Pure."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from kiosk.types import CardHash, MemberId, ShiftId, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Someone with a card, as last heard of.

    Attributes:
        number: of the membership; empty while it is not known.
        name: first name and surname; only from an import.
        trained: jobs and trainings, as the server names them.
        not_numbers: memberships of the same first name that this person is known not to belong to.
        learned_at: when the standing was told.
    """

    id: MemberId
    number: str
    first_name: str
    name: str = ""
    status: Status = Status.OK
    until: date | None = None
    balance_minutes: int | None = None
    due_minutes: int | None = None
    shared: bool = False
    trained: frozenset[str] = frozenset()
    not_numbers: frozenset[str] = frozenset()
    learned_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCard:
    """A card and whose it is. ``off``: at the last scan the server did not know it, or had it disabled."""

    hash: CardHash
    person: MemberId
    code: str
    off: bool
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Booking:
    """A place that was asked for from here."""

    shift: ShiftId
    person: MemberId


@dataclass(frozen=True, slots=True)
class Late:
    """A presence that the server took after its shift, by hand's way, and dates then.

    Attributes:
        came_at: the true time, aware UTC; where nobody knows it, when the server took it.
        noted_at: when the server took it.
    """

    shift: ShiftId
    person: MemberId
    came_at: datetime
    noted_at: datetime


def text_of(at: datetime) -> str:
    """A moment as the file holds one: UTC, to the second."""
    return at.astimezone(UTC).isoformat(timespec="seconds")


def row_of(person: Person) -> tuple[Any, ...]:
    """A person as the file holds one."""
    return (
        person.id,
        person.number,
        person.first_name,
        person.name,
        person.status.value,
        None if person.until is None else person.until.isoformat(),
        person.balance_minutes,
        person.due_minutes,
        int(person.shared),
        json.dumps(sorted(person.trained)),
        json.dumps(sorted(person.not_numbers)),
        text_of(person.learned_at),
    )


def person_from(row: tuple[Any, ...]) -> Person:
    """What :func:`row_of` wrote."""
    id_, number, first_name, name, status, until, balance, due, shared, trained, not_numbers, learned_at = row
    return Person(
        id=MemberId(id_),
        number=number,
        first_name=first_name,
        name=name,
        status=Status(status),
        until=None if until is None else date.fromisoformat(until),
        balance_minutes=balance,
        due_minutes=due,
        shared=bool(shared),
        trained=frozenset(json.loads(trained)),
        not_numbers=frozenset(json.loads(not_numbers)),
        learned_at=datetime.fromisoformat(learned_at),
    )
