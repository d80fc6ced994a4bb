"""Writes an invented coop as the CSV files that the ``folder`` backend reads (docs/folder.md).

The same seed, size and day give the same bytes. Half of the story is chance; the other half is the cast, whose day is
told in :mod:`kiosk.demo.cast` and always the same.
"""

import csv
import io
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from kiosk.backends import folder_columns as columns
from kiosk.backends.folder_csv import Columns
from kiosk.demo.cast import CAST, OTHER_COOP_BADGE, STRANGER_CARD
from kiosk.demo.names import FIRST_NAMES, SURNAMES
from kiosk.devices.cards import ean13_check_digit
from kiosk.types import Role, Status

DAYS_BACK: Final = 28
DAYS_AHEAD: Final = 56
WEEKS: Final = "ABCD"

PLAN: Final = {
    7: {"Livraison": 3, "Mise en rayon": 3},
    10: {"Caisse": 2, "Accueil": 1, "Mise en rayon": 2, "Vrac": 1},
    13: {"Caisse": 2, "Mise en rayon": 2, "Vrac": 2},
    16: {"Caisse": 2, "Mise en rayon": 2, "Livraison": 2},
    19: {"Mise en rayon": 2, "Ménage": 2},
}
"""Places by the hour a shift starts and by job."""
DELIVERY_HOUR: Final = 7
DELIVERY_DAYS: Final = frozenset({0, 2, 4})
"""Monday is 0."""
SHIFT_HOURS: Final = 3
WEEKEND_GREETERS: Final = 3
TRAINED_JOBS: Final = frozenset({"Caisse"})

SHARES: Final = (
    (Status.OK, 56),
    (Status.AHEAD, 12),
    (Status.WARN, 10),
    (Status.ATTACHED, 6),
    (Status.EXEMPT, 3),
    (Status.GRACE, 3),
    (Status.BLOCKED, 2),
    (Status.LEFT, 3),
    (Status.LEAVE, 2),
    (Status.FROZEN, 1),
    (Status.FEE, 1),
    (Status.INACTIVE, 1),
)
"""Of a hundred cards."""
WORKING: Final = frozenset({Status.OK, Status.AHEAD, Status.WARN, Status.GRACE})


@dataclass(slots=True)
class _Person:
    id: str
    first_name: str
    name: str
    status: Status
    cells: dict[str, object] = field(default_factory=dict)
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class _Slot:
    day: date
    hour: int
    job: str
    places: int

    @property
    def id(self) -> str:
        return f"{self.day:%Y%m%d}-{self.hour:02d}-{self.job.split()[0].lower().replace('é', 'e')}"


def make_coop(directory: Path, members: int = 800, seed: int = 400, *, today: date) -> None:
    """Write the coop's files into ``directory``, over those that are there.

    Args:
        directory: made if it is not there.
        members: how many people, the cast included; never fewer than the cast.
        seed: what chance begins with.
        today: the day of the story; four weeks before it and eight after are planned.
    """
    chance = random.Random(seed)  # noqa: S311  invented people, no secret
    people = _crowd(chance, max(0, members - len(CAST)), today)
    cards = list(_cards(chance, people))
    slots = list(_slots(today))
    week_a = _cycle_start(today)
    directory.mkdir(parents=True, exist_ok=True)
    for sheet, rows in (
        (columns.MEMBERS, [*_cast_members(today), *map(_member, people)]),
        (columns.CARDS, [*_cast_cards(), *cards]),
        (columns.SHIFTS, [_shift(slot, week_a) for slot in slots]),
        (columns.ROSTER, list(_roster(chance, people, slots, today))),
        (columns.COOP, _coop(week_a)),
        (columns.HOURS, _hours()),
        (columns.CLOSURES, _closures(today)),
    ):
        write_sheet(directory, sheet, rows)


def write_sheet(directory: Path, sheet: Columns, rows: Iterable[dict[str, object]]) -> None:
    """Put one file in place at once, so that nobody reads half of it."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, sheet.names, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    part = directory / f".{sheet.file}.part"
    part.write_bytes(text.getvalue().encode())
    part.replace(directory / sheet.file)


# ── people ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _crowd(chance: random.Random, count: int, today: date) -> list[_Person]:
    taken = {person.number for person in CAST}
    numbers = (str(number) for number in range(1, 10 * (count + len(CAST)) + 1000) if str(number) not in taken)
    statuses = [status for status, share in SHARES for _ in range(share)]
    people: list[_Person] = []
    accounts: list[_Person] = []
    for number, _ in zip(numbers, range(count), strict=False):
        first_name, surname = chance.choice(FIRST_NAMES), chance.choice(SURNAMES)
        status = chance.choice(statuses)
        if status is Status.ATTACHED and not accounts:
            status = Status.OK
        person = _Person(number, first_name, f"{first_name} {surname}", status)
        if status is Status.ATTACHED:
            account = accounts.pop(chance.randrange(len(accounts)))
            account.cells["shared"] = "yes"
            person.cells["attached_to"] = account.id
            if chance.random() < 0.6:
                person.name = f"{first_name} {account.name.removeprefix(account.first_name).strip()}"
        else:
            accounts.append(person)
            person.cells |= _standing(chance, status, today)
            person.is_new = status is Status.OK and chance.random() < 0.03
        person.cells |= _habits(chance, status)
        people.append(person)
    return people


def _standing(chance: random.Random, status: Status, today: date) -> dict[str, object]:
    def days(first: int, last: int) -> date:
        return today + timedelta(days=chance.randint(first, last))

    def hours(first: int, last: int) -> str:
        return f"{chance.randint(first * 2, last * 2) / 2:g}"

    owed = chance.randint(1, 4) * 1.5
    cells: dict[str, object] = {"until": days(5, 360), "balance_hours": hours(0, 2)}
    match status:
        case Status.AHEAD:
            cells["balance_hours"] = hours(3, 12)
        case Status.WARN:
            cells |= {"balance_hours": f"{-owed:g}", "due_hours": f"{owed:g}", "due_by": days(3, 27)}
        case Status.GRACE:
            end = days(2, 20)
            cells |= {"until": end, "balance_hours": f"{-3 - owed:g}", "due_hours": f"{3 + owed:g}", "due_by": end}
        case Status.BLOCKED:
            cells = {"balance_hours": f"{-9 - owed:g}", "due_hours": "6"}
        case Status.EXEMPT | Status.LEAVE | Status.FROZEN:
            cells = {"until": days(5, 200), "balance_hours": "0"}
        case Status.FEE:
            cells["until"] = days(-90, -1)
        case Status.LEFT | Status.INACTIVE:
            cells = {"balance_hours": "0"}
        case _:
            pass
    return cells


def _habits(chance: random.Random, status: Status) -> dict[str, object]:
    cells: dict[str, object] = {}
    if chance.random() < 0.04:
        cells["language"] = "en"
    if chance.random() < 0.03:
        cells["large_text"] = "yes"
    if chance.random() < 0.03:
        cells["long_pulse"] = "yes"
    if status in WORKING and chance.random() < 0.35:
        cells["trained_for"] = "Caisse"
    if status is Status.OK and chance.random() < 0.02:
        cells["role"] = Role.COORDINATOR
    return cells


def _member(person: _Person) -> dict[str, object]:
    return {
        "id": person.id,
        "first_name": person.first_name,
        "name": person.name,
        "status": person.status,
        **person.cells,
    }


def _cast_members(today: date) -> Iterator[dict[str, object]]:
    def maybe_day(days: int | None) -> date | str:
        return "" if days is None else today + timedelta(days=days)

    def maybe_yes(flag: bool) -> str:
        return "yes" if flag else ""

    for person in CAST:
        yield {
            "id": person.number,
            "first_name": person.first_name,
            "name": person.name,
            "status": person.status,
            "until": maybe_day(person.until_days),
            "balance_hours": person.balance_hours,
            "due_hours": person.due_hours,
            "due_by": maybe_day(person.due_by_days),
            "attached_to": person.attached_to,
            "role": "" if person.role is Role.MEMBER else person.role,
            "trained_for": person.trained_for,
            "shared": maybe_yes(person.shared),
            "language": person.language,
            "large_text": maybe_yes(person.large_text),
            "long_pulse": maybe_yes(person.long_pulse),
        }


# ── cards ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _cards(chance: random.Random, people: Sequence[_Person]) -> Iterator[dict[str, object]]:
    used = {person.card for person in CAST} | {STRANGER_CARD, OTHER_COOP_BADGE}
    for person in people:
        shape = chance.random()
        kinds = ["badge"] if shape < 0.25 else ["card", "badge"] if shape < 0.35 else ["card"]
        lost = shape > 0.97
        for kind in ["card", *kinds] if lost else kinds:
            text = _badge(person.id) if kind == "badge" else _uid(chance, used)
            used.add(text)
            yield {"card": text, "member": person.id, "blocked": "yes" if lost else ""}
            lost = False


def _uid(chance: random.Random, used: set[str]) -> str:
    """A uid as sold: seven bytes of one maker, or four bytes that are neither random nor reserved (ISO 14443-3)."""
    while True:
        if chance.random() < 0.75:
            text = f"7:04{chance.getrandbits(40):010X}{chance.choice((0x80, 0x81, 0x84, 0x90)):02X}"
        else:
            text = f"4:{chance.randrange(0x10, 0x7F):02X}{chance.getrandbits(24):06X}"
        if text not in used and not text.startswith("7:0488"):
            return text


def _badge(number: str) -> str:
    digits = f"0420{int(number):08d}"
    return f"ean:{digits}{ean13_check_digit(digits)}"


def _cast_cards() -> Iterator[dict[str, object]]:
    for person in CAST:
        yield {"card": person.card, "member": person.number, "blocked": "yes" if person.card_blocked else ""}


# ── shifts ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _slots(today: date) -> Iterator[_Slot]:
    for ahead in range(-DAYS_BACK, DAYS_AHEAD + 1):
        day = today + timedelta(days=ahead)
        for hour, jobs in PLAN.items():
            if hour == DELIVERY_HOUR and day.weekday() not in DELIVERY_DAYS:
                continue
            for job, places in jobs.items():
                yield _Slot(day, hour, job, WEEKEND_GREETERS if job == "Accueil" and day.weekday() > 4 else places)


def _shift(slot: _Slot, week_a: date) -> dict[str, object]:
    return {
        "id": slot.id,
        "day": slot.day,
        "starts": f"{slot.hour:02d}:00",
        "ends": f"{slot.hour + SHIFT_HOURS:02d}:00",
        "job": slot.job,
        "places": slot.places,
        "week": WEEKS[(slot.day - week_a).days // 7 % 4],
        "needs_training": "yes" if slot.job in TRAINED_JOBS else "",
    }


def _roster(
    chance: random.Random, people: Sequence[_Person], slots: Sequence[_Slot], today: date
) -> Iterator[dict[str, object]]:
    """Everybody's fixed slot, every four weeks, with the gaps that a coop has; the cast's own places first."""
    cast_places = {slot.id: list(_cast_on(slot, today)) for slot in slots}
    regulars = _regulars(chance, people, slots, today)
    seen: set[str] = set()
    for slot in slots:
        yield from cast_places[slot.id]
        free = slot.places - len(cast_places[slot.id])
        if slot.day == today and slot.hour == 16:
            free = 0
        elif slot.day == today and slot.hour == 19:
            free = min(free, 1) if slot.job == "Ménage" else 0
        for person in regulars[_turn(slot, today)][:free]:
            if person.is_new and slot.day < today:
                continue
            full_house = slot.day == today and slot.hour in {13, 19}
            if not full_house and chance.random() < 0.03:
                continue
            past = slot.day < today or (slot.day == today and slot.hour < 16)
            first = person.is_new and person.id not in seen
            seen.add(person.id)
            yield {
                "shift": slot.id,
                "member": person.id,
                "first_shift": "yes" if first else "",
                "present": "yes" if past and (full_house or chance.random() < 0.95) else "",
            }


def _cast_on(slot: _Slot, today: date) -> Iterator[dict[str, object]]:
    for person in CAST:
        for booked in person.booked:
            if (today + timedelta(days=booked.days), booked.hour, booked.job) == (slot.day, slot.hour, slot.job):
                yield {
                    "shift": slot.id,
                    "member": person.number,
                    "first_shift": "yes" if booked.first_shift else "",
                    "present": "yes" if booked.present else "",
                }


def _turn(slot: _Slot, today: date) -> tuple[int, int, str]:
    """What returns every four weeks."""
    return (slot.day - today).days % 28, slot.hour, slot.job


def _regulars(
    chance: random.Random, people: Sequence[_Person], slots: Sequence[_Slot], today: date
) -> dict[tuple[int, int, str], list[_Person]]:
    """Who has which fixed slot. Today's are filled first; later one place in twenty is free."""
    waiting = [person for person in people if person.status in WORKING]
    chance.shuffle(waiting)
    trained = [person for person in waiting if person.cells.get("trained_for")]
    others = [person for person in waiting if not person.cells.get("trained_for")]
    turns = dict.fromkeys((_turn(slot, today), slot.places) for slot in slots)
    places = [turn for turn, count in turns for _ in range(count)]
    chance.shuffle(places)
    places.sort(key=lambda turn: (turn[0] != 0, turn[2] not in TRAINED_JOBS))
    crews: dict[tuple[int, int, str], list[_Person]] = {turn: [] for turn in places}
    for turn in places:
        can = trained if turn[2] in TRAINED_JOBS else others or trained
        if can and (turn[0] == 0 or chance.random() > 0.05):
            crews[turn].append(can.pop())
    return crews


# ── the coop itself ───────────────────────────────────────────────────────────────────────────────────────────────


def _cycle_start(today: date) -> date:
    """Week B is the week of the story."""
    return today - timedelta(days=today.weekday() + 7)


def _coop(week_a: date) -> list[dict[str, object]]:
    values = {
        "name": "La Coop de la Demi-Lune",
        "phone": "01 23 45 67 89",
        "cycle_start": week_a,
        "notice": "Arrivage de noix en vrac jeudi",
        "pot_hours": 42,
    }
    return [{"key": key, "value": value} for key, value in values.items()]


def _hours() -> list[dict[str, object]]:
    return [
        {"weekday": day, "opens": "10:00" if day == "dimanche" else "09:00", "closes": "20:30"} for day in columns.JOURS
    ]


def _closures(today: date) -> list[dict[str, object]]:
    """The public holidays with a fixed date that are still to come within a year; never today."""
    fixed = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
    days = (date(year, month, day) for year in (today.year, today.year + 1) for month, day in fixed)
    return [{"day": day} for day in days if today < day <= today + timedelta(days=365)]
