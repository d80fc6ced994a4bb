"""The demo coop on the fake Odoo, in each family of modules, with a backend before it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiosk.backends.base import Accepted
from kiosk.backends.odoo.backend import OdooBackend
from kiosk.backends.odoo.habits import Habits
from kiosk.backends.odoo.rpc import JsonRpc
from kiosk.clock import AdjustableClock
from kiosk.demo.cast import ZONE, Kind, character, demo_moment
from kiosk.demo.fake_odoo.records import Database, Values
from kiosk.demo.fake_odoo.seed import LOGIN, foodcoop_of, obeesdoo_of, plain_of, read_coop
from kiosk.demo.fake_odoo.server import FakeOdoo
from kiosk.devices.cards import ean13_check_digit
from kiosk.types import Fact, FactKind, MemberId, ShiftId
from tests.backends.rigs import HASHER, TODAY, Terminal, demo_clock, fact, member_id

ACCEPTED = Accepted()
SECRET = "an API key"
NAME = "coop"
DELIVERY = ShiftId("20261124-16-livraison")
"""Runs; Alix is expected, Noé is there; full."""
SHELVES_LATER = ShiftId("20261124-19-mise")


@dataclass
class OdooCoop:
    """One server and one terminal's backend.

    Attributes:
        numbers: which record each shift of the files became (La Louve's modules only).
    """

    clock: AdjustableClock
    database: Any
    server: FakeOdoo
    backend: OdooBackend
    numbers: dict[ShiftId, int]

    def terminal(self) -> Terminal:
        """A terminal that has heard from the server."""
        terminal = Terminal(self.backend)
        terminal.pull()
        return terminal

    def shift(self, name: ShiftId) -> ShiftId:
        return ShiftId(str(self.numbers[name]))

    def deliver(self, kind: FactKind, person: Kind, shift: ShiftId | None = None, **more: Any) -> Any:
        return self.backend.deliver(self.fact(kind, person, shift, **more))

    def fact(self, kind: FactKind, person: Kind, shift: ShiftId | None = None, **more: Any) -> Fact:
        return fact(kind, self.clock, member_id=self.member(person), shift_id=shift, **more)

    def member(self, kind: Kind) -> MemberId:
        """How the terminal knows this person: with La Louve's modules an associated person has the member's number."""
        person = character(kind)
        is_associated = bool(person.attached_to and self.numbers)
        return MemberId(f"{person.attached_to}-{person.number}") if is_associated else person.id

    def partner(self, kind: Kind) -> Values:
        return self.database.tables["res.partner"].rows[int(member_id(kind))]

    def registrations(self, person: Kind, shift: ShiftId) -> list[Values]:
        return self.database.where(
            "shift.registration", partner_id=int(member_id(person)), shift_id=self.numbers[shift]
        )

    def new_backend(self, **more: Any) -> OdooBackend:
        """Another one before the same server, as after a restart."""
        more.setdefault("habits", Habits(entrance_log=True))
        secret = more.pop("secret", SECRET)
        url = more.pop("url", self.server.url)
        clock = more.pop("clock", self.clock)
        return OdooBackend(
            JsonRpc(url, NAME, LOGIN, secret),
            HASHER.hash_canonical,
            ZONE,
            clock,
            timeout_seconds=5.0,
            **more,
        )


@contextmanager
def serving(database: Database, clock: AdjustableClock, numbers: dict[ShiftId, int], **more: Any) -> Iterator[OdooCoop]:
    server = FakeOdoo(database, NAME, clock)
    server.start()
    coop = OdooCoop(clock, database, server, None, numbers)  # type: ignore[arg-type]  # it needs the coop to be made
    coop.backend = coop.new_backend(**more)
    try:
        yield coop
    finally:
        coop.backend.close()
        server.stop()


class Seeded:
    """A database as it was made, to begin each test with again: making it takes longer than most tests."""

    def __init__(self, database: Database, clock: AdjustableClock, numbers: Mapping[ShiftId, int]) -> None:
        self._database = database
        self._clock = clock
        self._numbers = dict(numbers)
        self._rows = {model: self._copy(table.rows) for model, table in database.tables.items()}
        self._others = (dict(database.users), dict(database.methods))

    @staticmethod
    def _copy(rows: Mapping[int, Values]) -> dict[int, Values]:
        return {id_: dict(row) for id_, row in rows.items()}

    @contextmanager
    def coop(self, **more: Any) -> Iterator[OdooCoop]:
        """A server with that database, and a backend before it."""
        self._clock.set_wall(demo_moment(TODAY))
        for model, rows in self._rows.items():
            self._database.tables[model].rows = self._copy(rows)
        users, methods = self._others
        self._database.users, self._database.methods = dict(users), dict(methods)
        with serving(self._database, self._clock, self._numbers, **more) as coop:
            yield coop


def foodcoop(folder: Path) -> Seeded:
    clock = demo_clock()
    database, numbers = foodcoop_of(read_coop(folder, clock), clock, SECRET)
    return Seeded(database, clock, numbers)


def obeesdoo(folder: Path, *, with_sheets: bool = True) -> Seeded:
    clock = demo_clock()
    return Seeded(obeesdoo_of(read_coop(folder, clock), clock, SECRET, with_sheets=with_sheets), clock, {})


def plain(folder: Path) -> Seeded:
    clock = demo_clock()
    return Seeded(plain_of(read_coop(folder, clock), clock, SECRET), clock, {})


def badge(twelve_digits: str) -> str:
    return twelve_digits + ean13_check_digit(twelve_digits)


def is_present(terminal: Terminal, person: Kind, shift: ShiftId) -> bool | None:
    terminal.pull()
    return terminal.present(shift, MemberId(member_id(person)))
