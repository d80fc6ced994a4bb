"""A cold start: lists that a coordinator reads in once, so that the terminal knows people before their first scan.

The exports are those of the members' list (« Export CSV »), one a filter: everyone, then frozen, closed, without a
membership, not activated, exempted. They hold no card; the list of cards is the coop's own. What is not needed here,
mail and telephone above all, is not read.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from kiosk.backends.folder_csv import delimiter_of, text_in
from kiosk.backends.gestion_compte.codes import swipe_code
from kiosk.backends.gestion_compte.french import plain
from kiosk.backends.gestion_compte.memory import Memory
from kiosk.backends.gestion_compte.people import Person
from kiosk.backends.gestion_compte.settings import Settings
from kiosk.backends.gestion_compte.slots import person_id
from kiosk.devices.cards import CardHasher, ean13_check_digit, maybe_ean13
from kiosk.types import CardHash, MemberId, Status

NUMBER: Final = ("numero de membre", "numero", "member")
FIRST_NAME: Final = ("prenom", "first_name")
SURNAME: Final = ("nom", "name")
COUNTER: Final = ("compteur de temps", "compteur")
TRAININGS: Final = ("formations",)
CARD: Final = ("carte", "badge", "code", "card")
"""Headings, as plain text, under which a column is found."""

FAR_TOO_LATE: Final = -3 * 180
WHOLE_HOURS: Final = r"-?[0-9]{1,5}"
TOLD: Final = 20


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list: the cells by heading, and where it stands."""

    file: str
    line: int
    cells: Mapping[str, str]

    def cell(self, names: tuple[str, ...]) -> str:
        return next((self.cells[name] for name in names if name in self.cells), "")

    @property
    def where(self) -> str:
        return f"{self.file}, line {self.line}"


@dataclass(slots=True)
class Report:
    """What an import did. ``problems`` say where, never whose."""

    people: int = 0
    cards: int = 0
    problems: list[str] = field(default_factory=list)

    def complain(self, row: Row, what: str) -> None:
        if len(self.problems) < TOLD:
            self.problems.append(f"{row.where}: {what}")


def read_list(path: Path) -> Iterator[Row]:
    """The rows of a CSV file, as the server exports it or as a spreadsheet has saved it.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no text, or no CSV.
    """
    text, _ = text_in(path.read_bytes())
    if "\0" in text:
        raise ValueError("it is no text; save it as CSV")
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text))
    try:
        headings = [plain(heading) for heading in next(lines, [])]
        for number, cells in enumerate(lines, 2):
            if any(cells):
                yield Row(path.name, number, dict(zip(headings, (cell.strip() for cell in cells), strict=False)))
    except csv.Error as fault:
        raise ValueError(str(fault)) from fault


class Importer:
    """Reads lists into the memory, all or nothing.

    Args:
        memory: of the terminal; it may be running.
        hasher: the coop's card key.
        settings: of the terminal.
        now: when the lists were made.
    """

    def __init__(self, memory: Memory, hasher: CardHasher, settings: Settings, now: datetime) -> None:
        self._memory = memory
        self._hasher = hasher
        self._number_key = settings.number_key or hasher.key
        self._nfc_prefix = settings.nfc_prefix
        self._now = now

    def run(
        self,
        members: Iterable[Row],
        standings: Mapping[Status, Iterable[Row]],
        cards: Iterable[Row],
        *,
        keep: bool = True,
    ) -> Report:
        """Import everyone, then who is in a standing of their own, then whose each card is.

        Args:
            members: the export of everyone; nothing, to go by those who are known already.
            standings: the exports by filter; a standing that closes the door wins over one that does not.
            cards: ``carte`` (13 digits, 12 of them without the check digit, or 12 without a leading zero that a
                spreadsheet has lost, or ``7:04A3…``), ``numéro`` and, where a membership has two people, ``prénom``.
            keep: False only reports.
        """
        report = Report()
        listed = self._people(members, report)
        people = {person.id: person for person in self._memory.people()} | listed
        for status in sorted(standings, key=lambda status: status is not Status.EXEMPT):
            for row in standings[status]:
                id_ = person_id(row.cell(NUMBER), row.cell(FIRST_NAME))
                if id_ in people:
                    people[id_] = replace(people[id_], status=status, learned_at=self._now)
                else:
                    report.complain(row, "is nobody of the list of all members")
        found = list(self._cards(cards, people, report))
        report.people, report.cards = len(listed), len(found)
        if keep:
            with self._memory.all_or_nothing():
                for person in people.values():
                    self._keep(person)
                for hash_, id_, code in found:
                    self._keep_card(hash_, id_, code)
        return report

    def _people(self, rows: Iterable[Row], report: Report) -> dict[MemberId, Person]:
        people: dict[MemberId, Person] = {}
        memberships: dict[str, int] = {}
        for row in rows:
            number, first_name = row.cell(NUMBER), row.cell(FIRST_NAME)
            if not number.isascii() or not number.isdigit() or not first_name:
                report.complain(row, "has no member number or no first name")
                continue
            counter = row.cell(COUNTER)
            minutes = int(counter) * 60 if re.fullmatch(WHOLE_HOURS, counter) else None
            id_ = person_id(number, first_name)
            if id_ in people:
                report.complain(row, "has the number and the first name of a line above: only that one counts")
                continue
            memberships[number] = memberships.get(number, 0) + 1
            people[id_] = Person(
                id=id_,
                number=number,
                first_name=first_name,
                name=f"{first_name} {row.cell(SURNAME)}".strip(),
                status=_standing_of(minutes or 0),
                balance_minutes=minutes,
                trained=frozenset(filter(None, (part.strip() for part in row.cell(TRAININGS).split(",")))),
                learned_at=self._now,
            )
        shared = {number for number, count in memberships.items() if count > 1}
        return {id_: replace(person, shared=person.number in shared) for id_, person in people.items()}

    def _cards(
        self, rows: Iterable[Row], people: Mapping[MemberId, Person], report: Report
    ) -> Iterator[tuple[CardHash, MemberId, str]]:
        by_number: dict[str, list[Person]] = {}
        for person in people.values():
            by_number.setdefault(person.number, []).append(person)
        seen: set[CardHash] = set()
        rows = tuple(rows)
        lost_zeros = _have_lost_zeros(row.cell(CARD) for row in rows)
        for row in rows:
            first_name = plain(row.cell(FIRST_NAME))
            holders = [
                person
                for person in by_number.get(row.cell(NUMBER), ())
                if not first_name or plain(person.first_name) == first_name
            ]
            card_id = _card_id(row.cell(CARD), lost_zeros=lost_zeros)
            try:
                hash_ = self._hasher.hash_canonical(card_id)
                code = swipe_code(card_id, self._number_key, self._nfc_prefix)
            except ValueError:
                report.complain(row, "is no card: 13 digits, or 12 without the check digit, or 7:04A3C6CAE26180")
                continue
            if len(holders) != 1:
                report.complain(row, "is of no known member" if not holders else "needs the first name: two share it")
            elif hash_ in seen:
                report.complain(row, "has a card that stands above already")
            else:
                seen.add(hash_)
                yield hash_, holders[0].id, code

    def _keep(self, person: Person) -> None:
        """An import knows names and numbers; what a scan said later is newer than its list."""
        known = self._memory.person(person.id)
        if known is not None and known.learned_at > person.learned_at:
            person = replace(known, name=person.name, trained=person.trained)
        self._memory.keep_person(person)

    def _keep_card(self, hash_: CardHash, id_: MemberId, code: str) -> None:
        known = self._memory.card(hash_)
        self._memory.keep_card(hash_, id_, code, self._now)
        before = None if known is None else self._memory.person(known.person)
        if before is not None and not before.number:
            # Known from scans by first name alone; now it is known who that is.
            self._memory.rename(before.id, id_)


def _standing_of(minutes: int) -> Status:
    """As the server's page calls a counter, where a cycle owes the usual three hours; the first scan says it truly."""
    if minutes >= 0:
        return Status.OK
    return Status.BLOCKED if minutes < FAR_TOO_LATE else Status.WARN


def _have_lost_zeros(cells: Iterable[str]) -> bool:
    """Whether twelve digits of this list are a bar code but for its zero, and not the twelve that the server keeps.

    One in ten of those would pass for it, so the list as a whole tells.
    """
    doubtful = [cell for cell in cells if _are_twelve(cell) and not cell.startswith("0")]
    return 2 * sum(maybe_ean13(cell) is not None for cell in doubtful) > len(doubtful)


def _are_twelve(text: str) -> bool:
    return len(text) == 12 and text.isascii() and text.isdigit()


def _card_id(text: str, *, lost_zeros: bool) -> str:
    """The canonical form of what stands in a list: a uid, thirteen digits, or twelve of them."""
    if ":" in text:
        return text
    if not _are_twelve(text):
        return f"ean:{text}"
    if lost_zeros and not text.startswith("0"):
        return f"ean:0{text}"
    return f"ean:{text}{ean13_check_digit(text)}"
