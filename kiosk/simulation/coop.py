"""An invented coop for a year: people and their cards, a shop with hours and holidays, shifts week after week.

Everything here is drawn from the seed, and nothing of it is a real person's. First names carry :data:`NAME_MARK`, so
that a name on a screen is found whatever the sentence around it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from random import Random
from typing import Final

from kiosk.demo.names import FIRST_NAMES, SURNAMES
from kiosk.devices.cards import CardHasher, CardUid, canonical_badge, ean13_check_digit
from kiosk.types import (
    Assignment,
    Card,
    CardHash,
    CardKind,
    Coop,
    Member,
    MemberId,
    OpeningHours,
    Role,
    Shift,
    ShiftId,
    Status,
)

NAME_MARK: Final = "¤"
"""In every first name, and nowhere else."""
MARKED_MINUTES: Final = 50_000
"""Balances and arrears lie beyond it, so that one on a screen is found as well."""

SHARES: Final = (
    (Status.OK, 58), (Status.AHEAD, 10), (Status.WARN, 9), (Status.ATTACHED, 6), (Status.EXEMPT, 3), (Status.GRACE, 3),
    (Status.BLOCKED, 3), (Status.LEFT, 2), (Status.LEAVE, 2), (Status.FROZEN, 1), (Status.FEE, 1), (Status.INACTIVE, 1),
    (Status.VISITOR, 1),
)  # fmt: skip
"""Of a hundred."""
PLAN: Final = {7: ("Livraison", 3), 9: ("Caisse", 3), 12: ("Mise en rayon", 4), 15: ("Caisse", 4), 18: ("Ménage", 3)}
"""Job and places by the hour at which a shift of three hours starts."""
DAYS_AHEAD: Final = 9
BLOCKED_OF_65536: Final = 1500
"""Cards that were lost, and are laid all the same."""


@dataclass(frozen=True, slots=True)
class Held:
    """A card or badge in somebody's pocket. ``code`` is its canonical id."""

    code: str
    hash: CardHash
    kind: CardKind
    owner: MemberId | None


def hours_of_shop() -> tuple[OpeningHours, ...]:
    """Tuesday to Saturday from nine to eight, Monday afternoons, Sunday mornings."""
    long = tuple(OpeningHours(weekday=day, opens=time(9), closes=time(20)) for day in range(1, 6))
    monday = OpeningHours(weekday=0, opens=time(14), closes=time(20))
    return monday, *long, OpeningHours(weekday=6, opens=time(9, 30), closes=time(13))


def holidays(year: int) -> frozenset[date]:
    """The French public holidays of a year on which the shop is shut."""
    easter = _easter(year)
    fixed = {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)}
    moving = {easter + timedelta(days=days) for days in (1, 39, 50)}
    return frozenset({date(year, month, day) for month, day in fixed} | moving)


def _easter(year: int) -> date:
    """Gauss's rule for the Gregorian calendar, in the form of Lichtenberg (1997)."""
    century = year // 100
    shift = 15 + (3 * century + 3) // 4 - (8 * century + 13) // 25
    sun = 2 - (3 * century + 3) // 4
    golden = year % 19
    seed = (19 * golden + shift) % 30
    correction = (seed + golden // 11) // 29
    limit = 21 + seed - correction
    sunday = 7 - (year + year // 4 + sun) % 7
    return date(year, 3, 1) + timedelta(days=limit + 7 - (limit - sunday) % 7 - 1)


class InventedCoop:
    """Who there is, and when they work.

    Args:
        chance: draws everybody.
        members: how many.
        zone: local time.
    """

    def __init__(self, chance: Random, members: int, zone: tzinfo, hasher: CardHasher) -> None:
        self.zone = zone
        self._chance = chance
        self._hasher = hasher
        self.members: dict[MemberId, Member] = {}
        self.cards: list[Held] = []
        self.of: dict[MemberId, list[Held]] = {}
        self.gone: set[MemberId] = set()
        """Who has asked to be forgotten, and handed in their cards."""
        self._draw_people(members)
        self.strangers = [self._card(None, Random(chance.random()), badge=number % 4 == 0) for number in range(12)]
        self.workers = [member.id for member in self.members.values() if member.status in _WORKING]
        self.staff = [member.id for member in self.members.values() if member.role is not Role.MEMBER]

    def coop(self, years: tuple[int, ...]) -> Coop:
        """What is true of the whole coop."""
        closures = frozenset().union(*map(holidays, years))
        return Coop(
            name="La Coop",
            phone="01 02 03 04 05",
            hours=hours_of_shop(),
            closures=closures,
            cycle_start=date(2026, 1, 5),
            notice="Assemblée jeudi 19 h.",
        )

    def shifts_on(self, day: date) -> Iterator[Shift]:
        """The shifts that begin on a day of local time."""
        for hour, (job, places) in PLAN.items():
            starts = datetime.combine(day, time(hour), self.zone)
            yield Shift(
                id=ShiftId(f"{day:%Y%m%d}-{hour:02d}"),
                job=job,
                starts_at=starts.astimezone(UTC),
                ends_at=datetime.combine(day, time(hour + 3), self.zone).astimezone(UTC),
                places=places,
                needs_training=job == "Caisse" and hour == 15,
            )

    def roster_of(self, shift: Shift) -> Iterator[Assignment]:
        """Who is booked; the same for the same shift, in whatever order one asks."""
        chance = Random(f"{shift.id}/{len(self.members)}")
        for worker in chance.sample(
            self.workers, min(len(self.workers), max(0, shift.places - chance.choice((0, 0, 1))))
        ):
            if worker not in self.gone:
                yield Assignment(
                    shift_id=shift.id, member_id=worker, first_name=self.members[worker].first_name, first_shift=False
                )

    def is_open(self, day: date) -> bool:
        """Whether the shop opens at all on that day."""
        return day not in holidays(day.year)

    def _draw_people(self, members: int) -> None:
        chance = self._chance
        statuses = [status for status, share in SHARES for _ in range(share)]
        for number in range(1, members + 1):
            status = chance.choice(statuses) if number > 6 else Status.OK
            role = {1: Role.COORDINATOR, 2: Role.COORDINATOR, 3: Role.TECHNICIAN}.get(number, Role.MEMBER)
            member = self._person(number, status, role)
            self.members[member.id] = member
            self.of[member.id] = [self._card(member.id, chance, badge=badge) for badge in _pocket(chance)]
            self.cards += self.of[member.id]

    def _person(self, number: int, status: Status, role: Role) -> Member:
        chance = self._chance
        first = f"{chance.choice(FIRST_NAMES)}{NAME_MARK}"
        owes = status in {Status.WARN, Status.BLOCKED, Status.GRACE}
        return Member(
            id=MemberId(str(number)),
            first_name=first,
            name=f"{first} {chance.choice(SURNAMES)}",
            status=status,
            until=date(2030, 1, 1) if status in {Status.VISITOR, Status.GRACE, Status.FROZEN} else None,
            balance_minutes=-MARKED_MINUTES - number if owes else MARKED_MINUTES + number,
            due_minutes=MARKED_MINUTES + number if owes else None,
            attached_to=MemberId(str(chance.randint(1, number - 1))) if status is Status.ATTACHED else None,
            role=role,
            trained_for=frozenset({"Caisse"}) if chance.random() < 0.6 else frozenset(),
            language="en" if chance.random() < 0.05 else None,
            large_text=chance.random() < 0.08,
            long_pulse=chance.random() < 0.08,
            windows=(OpeningHours(weekday=2, opens=time(10), closes=time(12)),) if chance.random() < 0.01 else (),
        )

    def _card(self, owner: MemberId | None, chance: Random, *, badge: bool) -> Held:
        if badge:
            digits = f"042{chance.randrange(10**9):09d}"
            code = canonical_badge(digits + ean13_check_digit(digits))
            return Held(code, self._hasher.hash_canonical(code), CardKind.BADGE, owner)
        # The first byte is a manufacturer's, so that the uid is nobody's random one.
        uid = CardUid(b"\x04" + chance.randbytes(chance.choice((3, 6, 6, 6))))
        return Held(str(uid), self._hasher.hash_canonical(str(uid)), CardKind.CARD, owner)

    def card_of(self, held: Held) -> Card | None:
        """The row that a server has of it."""
        if held.owner is None:
            return None
        return Card(hash=held.hash, member_id=held.owner, blocked=int(held.hash[:4], 16) < BLOCKED_OF_65536)


_WORKING = frozenset({Status.OK, Status.AHEAD, Status.WARN, Status.GRACE})


def _pocket(chance: Random) -> tuple[bool, ...]:
    """Whether each thing in a pocket is a badge; most people have a card only."""
    return chance.choice(((False,), (False,), (False,), (True,), (False, True)))
