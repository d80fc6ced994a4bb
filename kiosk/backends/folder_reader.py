"""A coop's folder as :class:`~kiosk.backends.folder_tables.Tables`: a bad row is told in words, the rest loads."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, tzinfo
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from kiosk.backends import folder_columns as columns
from kiosk.backends.folder_csv import Columns, Line
from kiosk.backends.folder_files import SheetFiles, Stamp
from kiosk.backends.folder_seen import Seen
from kiosk.backends.folder_tables import Place, Tables
from kiosk.errors import BackendUnavailable
from kiosk.types import Assignment, Card, CardHash, Coop, Member, MemberId, OpeningHours, Shift, ShiftId, Status

log = logging.getLogger(__name__)

SHEETS = (
    columns.MEMBERS,
    columns.CARDS,
    columns.SHIFTS,
    columns.ROSTER,
    columns.COOP,
    columns.HOURS,
    columns.CLOSURES,
)

COOP_SHEETS = (columns.COOP, columns.HOURS, columns.CLOSURES)
VITAL = (columns.MEMBERS, columns.CARDS, columns.HOURS)
"""Without these nobody would come in any more, or everybody at any hour."""

MOST_LOGGED = 5
_NO_ROW = "none of its rows can be read"

HashCard: TypeAlias = Callable[[str], CardHash]
"""From a canonical card id to the hash under which it is known."""

Key = TypeVar("Key")
Value = TypeVar("Value")


def log_problems(problems: Iterable[str]) -> None:
    """Where, never what: a cell in the wrong column may be a name."""
    places = [problem.partition(": ")[0] for problem in problems]
    if places:
        more = ", and more" if len(places) > MOST_LOGGED else ""
        log.warning("folder: not all can be read: %s%s", "; ".join(places[:MOST_LOGGED]), more)
    else:
        log.info("folder: everything can be read")


class FolderReader:
    """The spreadsheets of one folder as values. Not safe for threads: its owner holds a lock.

    Args:
        folder: where they are.
        hash_card: from a canonical card id to its hash.
        zone: the coop's time zone.
        seen: tells how many rows each file had before the start.

    Attributes:
        problems: what could not be read, one sentence each with file and line.
    """

    def __init__(
        self, folder: Path, hash_card: HashCard, zone: tzinfo, seen: Callable[[], Mapping[str, int]] = dict
    ) -> None:
        self.problems: tuple[str, ...] = ()
        self._files = SheetFiles(folder, SHEETS, seen)
        self._seen = seen
        self._rows: Mapping[str, int] = {}
        self._hash_card = hash_card
        self._zone = zone
        self._tables: Tables | None = None

    @property
    def stamps(self) -> tuple[Stamp | None, ...]:
        """Names the versions of the files in use."""
        return self._files.stamps()

    @property
    def rows(self) -> Mapping[str, int]:
        """How many rows each file has; 0 where none of them can be read."""
        return self._rows

    def read(self) -> Tables:
        """Everything as it is now; the same object as before while no file has changed.

        Raises:
            BackendUnavailable: the folder cannot be read, there is no list of members, or since the start a file that
                had rows before is broken, or has none that can be read.
        """
        try:
            has_changed = self._files.refresh()
        except OSError as fault:
            raise BackendUnavailable(f"the folder cannot be read: {fault.strerror}") from fault
        self._ask_for_missed()
        if self._tables is None or has_changed:
            build = _Build(self._files, self._files.problems())
            tables = build.tables(self._hash_card, self._zone)
            self.problems = tuple(build.problems)
            broken = build.broken(self._seen() if self._tables is None else self._rows)
            if not broken:
                self._tables, self._rows = tables, build.rows()
            elif self._tables is None:
                raise BackendUnavailable(broken)
        return self._tables

    def _ask_for_missed(self) -> None:
        """What the terminal knows counts for more than a folder that lacks something."""
        missed = [sheet for sheet in SHEETS if self._files.misses(sheet)]
        if not self._files.has(columns.MEMBERS) and columns.MEMBERS not in missed:
            missed.insert(0, columns.MEMBERS)
        for sheet in missed:
            if sheet not in VITAL:
                self._files.do_without(sheet)
        if missed:
            names = ", ".join(sheet.file for sheet in missed)
            raise BackendUnavailable("; ".join([f"no usable {names}", *self._files.problems()]))


class CoopSheets:
    """What a coop says of itself in its folder, for a backend whose server does not know that. Not safe for threads.

    Attributes:
        problems: what could not be read, one sentence each with file and line.
    """

    def __init__(self, folder: Path) -> None:
        self.problems: tuple[str, ...] = ()
        self._seen = Seen(folder)
        self._files = SheetFiles(folder, COOP_SHEETS, self._seen.rows)
        self._coop: Coop | None = None

    def maybe_coop(self) -> Coop | None:
        """Name, hours, closures and notice as they are now, else as they were known last.

        None where they never were: the folder cannot be read, or since the start a file is broken that had rows before.
        """
        try:
            self._files.refresh()
        except OSError as fault:
            self.problems = (f"the folder cannot be read: {fault.strerror}",)
            return self._coop
        missed = [sheet for sheet in COOP_SHEETS if self._files.misses(sheet)]
        for sheet in missed:
            if sheet not in VITAL:
                self._files.do_without(sheet)
        if missed:
            self.problems = tuple(self._files.problems())
        else:
            build = _Build(self._files, self._files.problems())
            coop = build.coop()
            self.problems = tuple(build.problems)
            if not build.broken(self._seen.rows()):
                self._coop = coop
                self._seen.keep(build.rows())
        return self._coop


@dataclass(slots=True)
class _Build:
    """One reading of all rows, collecting what is wrong with them.

    Attributes:
        useless: vital files that have rows and none that can be read.
    """

    files: SheetFiles
    problems: list[str]
    useless: list[str] = field(default_factory=list)

    def rows(self) -> Mapping[str, int]:
        """How many each file has; 0 where none of them can be read."""
        return {**self.files.rows(), **dict.fromkeys(self.useless, 0)}

    def broken(self, before: Mapping[str, int]) -> str:
        """What makes this no reading to go by: a vital file had rows before, and has none that can be read."""
        return "; ".join(f"{file}: {_NO_ROW}" for file in self.useless if before.get(file))

    def tables(self, hash_card: HashCard, zone: tzinfo) -> Tables:
        members = self._members()
        shifts: dict[ShiftId, Shift] = {}

        def take_shift(line: Line) -> None:
            shift = columns.shift_of(line, zone)
            _put(shifts, shift.id, shift)

        self._each(columns.SHIFTS, take_shift)
        return Tables(
            coop=self.coop(),
            members=members,
            cards=self._cards(members, hash_card),
            shifts=shifts,
            places=self._places(members, shifts),
        )

    def _each(self, sheet: Columns, take: Callable[[Line], None]) -> None:
        lines, before = self.files.lines(sheet), len(self.problems)
        for line in lines:
            self._try(sheet, line, take)
        if sheet in VITAL and lines and len(self.problems) - before == len(lines):
            self.useless.append(sheet.file)
            self.problems.insert(before, f"{sheet.file}: {_NO_ROW}")

    def _try(self, sheet: Columns, line: Line, take: Callable[[Line], None]) -> None:
        try:
            take(line)
        except ValueError as fault:
            self.problems.append(f"{sheet.file}, line {line.number}: {fault}")

    def _members(self) -> Mapping[MemberId, Member]:
        members: dict[MemberId, Member] = {}
        attached: list[tuple[Line, Member]] = []

        def take(line: Line) -> None:
            member = columns.member_of(line)
            _put(members, member.id, member)
            if member.attached_to is not None:
                attached.append((line, member))

        self._each(columns.MEMBERS, take)
        for line, member in attached:
            account = members.get(member.attached_to) if member.attached_to is not None else None
            if account is None or account.status is Status.ATTACHED:
                del members[member.id]
                self.problems.append(
                    f"{columns.MEMBERS.file}, line {line.number}: attached_to is '{member.attached_to}', no account"
                )
        return members

    def _cards(self, members: Mapping[MemberId, Member], hash_card: HashCard) -> Mapping[CardHash, Card]:
        cards: dict[CardHash, Card] = {}

        def take(line: Line) -> None:
            member = _get(members, MemberId(line.cells["member"]), "member")
            hash_ = hash_card(columns.card_of(line))
            card = Card(hash=hash_, member_id=member.id, blocked=columns.read_flag(line, "blocked"))
            if hash_ in cards:
                raise ValueError(f"this card belongs to member {cards[hash_].member_id} already")
            cards[hash_] = card

        self._each(columns.CARDS, take)
        return cards

    def _places(
        self, members: Mapping[MemberId, Member], shifts: Mapping[ShiftId, Shift]
    ) -> Mapping[Place, Assignment]:
        places: dict[Place, Assignment] = {}

        def take(line: Line) -> None:
            shift = _get(shifts, ShiftId(line.cells["shift"]), "shift")
            member = _get(members, MemberId(line.cells["member"]), "member")
            _put(places, (shift.id, member.id), columns.assignment_of(line, member))

        self._each(columns.ROSTER, take)
        return places

    def coop(self) -> Coop:
        values: dict[str, Any] = {}
        hours: list[OpeningHours] = []
        closures: set[date] = set()
        self._each(columns.COOP, lambda line: _put(values, *columns.coop_value(line)))
        self._each(columns.HOURS, lambda line: hours.append(columns.hours_of(line)))
        self._each(columns.CLOSURES, lambda line: closures.add(columns.read_day(line.cells["day"])))
        return Coop(hours=tuple(hours), closures=frozenset(closures), **values)


def _put(table: dict[Key, Value], key: Key, value: Value) -> None:
    if key in table:
        raise ValueError("the same was said in an earlier line")
    table[key] = value


def _get(table: Mapping[Key, Value], key: Key, what: str) -> Value:
    try:
        return table[key]
    except KeyError:
        raise ValueError(f"{what} '{key}' is not known") from None
