"""A small coop, and both backends over it: what a contract test needs to play the other side."""

import csv
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType

import pytest

from kiosk.backends.base import Backend, Unchanged
from kiosk.backends.folder import FolderBackend
from kiosk.backends.reference_server import ReferenceServer
from kiosk.backends.rest import RestBackend
from kiosk.clock import AdjustableClock, moment
from kiosk.demo.cast import ZONE, Kind, character, demo_moment
from kiosk.demo.data import make_coop
from kiosk.devices.cards import CardHasher
from kiosk.devices.simulated.network import Cable
from kiosk.rules.knowledge import Knowledge
from kiosk.types import CardHash, ClockTrust, Fact, FactId, FactKind, MemberId, ShiftId

TODAY = date(2026, 11, 24)
MEMBERS = 90
TOKEN = "a terminal's secret"
HASHER = CardHasher(b"the key of the coop of the tests", "k1")

NEW_CARD = HASHER.hash_canonical("7:04C0FFEE123480")

DELIVERY_NOW = ShiftId("20261124-16-livraison")
SHELVES_AT_19 = ShiftId("20261124-19-mise")
CLEANING_AT_19 = ShiftId("20261124-19-menage")
TILL_NOW = ShiftId("20261124-16-caisse")


def card(kind: Kind) -> CardHash:
    return HASHER.hash_canonical(character(kind).card)


def member_id(kind: Kind) -> MemberId:
    return character(kind).id


def demo_clock() -> AdjustableClock:
    return AdjustableClock(demo_moment(TODAY))


def write_coop(folder: Path) -> Path:
    make_coop(folder, members=MEMBERS, today=TODAY)
    return folder


def edit(folder: Path, file: str, change) -> None:
    """Let ``change`` have the rows of a file, as a person with a spreadsheet does, and keep what it returns."""
    path = folder / file
    with path.open(newline="", encoding="utf-8") as source:
        reader = csv.DictReader(source)
        rows = change(list(reader))
    with path.open("w", newline="", encoding="utf-8") as target:
        writer = csv.DictWriter(target, reader.fieldnames)
        writer.writeheader()
        writer.writerows(rows)


def fact(kind: FactKind, clock: AdjustableClock, **more: object) -> Fact:
    return Fact(id=FactId(str(uuid.uuid4())), kind=kind, happened=moment(clock), **more)


class Rig:
    """One backend over one coop. ``reopen`` starts both sides anew, as after a power cut.

    Attributes:
        clock: the terminal's.
        server_clock: the other side's own, right as long as no test sets it.
        not_promised: tests of the contract that this backend is excused from, each with the reason.
    """

    not_promised: Mapping[str, str] = MappingProxyType({})

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = demo_clock()
        self.server_clock = demo_clock()
        self.backend: Backend

    def reopen(self) -> None:
        raise NotImplementedError

    def close(self) -> None:
        self.backend.close()

    def pass_time(self, seconds: float) -> None:
        """Let time pass on both sides."""
        self.clock.advance(seconds)
        self.server_clock.advance(seconds)

    def kept_ids(self) -> list[str]:
        """The ids of all facts on the other side, in order, as they are stored."""
        raise NotImplementedError

    def came_at(self, member: MemberId, shift: ShiftId) -> datetime | None:
        """When the other side says that the member came; None where it keeps no time."""
        raise NotImplementedError


class FolderRig(Rig):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.reopen()

    def reopen(self) -> None:
        self.backend = FolderBackend(self.folder, HASHER.hash_canonical, ZONE, self.clock)

    def kept_ids(self) -> list[str]:
        found = []
        for file in ("checkins.csv", "bookings.csv"):
            path = self.folder / file
            if path.exists():
                with path.open(newline="", encoding="utf-8") as source:
                    found += [row["fact"] for row in csv.DictReader(source)]
        return found


class RestRig(Rig):
    def __init__(self, folder: Path, page_rows: int = 100) -> None:
        super().__init__(folder)
        self._page_rows = page_rows
        self.server = self._new_server()
        self.cable = Cable(self.server.port)
        self.backend: RestBackend = self._new_backend()

    def _new_server(self) -> ReferenceServer:
        server = ReferenceServer(
            self.folder,
            HASHER.hash_canonical,
            ZONE,
            TOKEN,
            self.server_clock,
            key_id=HASHER.key_id,
            database=self.folder / "server.db",
            page_rows=self._page_rows,
        )
        server.start()
        return server

    def _new_backend(self) -> RestBackend:
        return RestBackend(self.cable.url, TOKEN, self.clock, key_id=HASHER.key_id, timeout_seconds=5.0)

    def reopen(self) -> None:
        self.close()
        self.server = self._new_server()
        self.cable = Cable(self.server.port)
        self.backend = self._new_backend()

    def close(self) -> None:
        super().close()
        self.cable.close()
        self.server.close()

    def kept_ids(self) -> list[str]:
        return [event["id"] for event in self.server.events()]

    def came_at(self, member: MemberId, shift: ShiftId) -> datetime | None:
        place = (member, shift)
        [event] = [event for event in self.server.events() if (event["member_id"], event["shift_id"]) == place]
        # What another clock says comes with the word that it is not to be believed.
        return datetime.fromisoformat(event["happened_at"]) if event["clock"] == ClockTrust.SYNCED else None


@contextmanager
def opened(rig: Rig) -> Iterator[Rig]:
    try:
        yield rig
    finally:
        rig.close()


class Terminal:
    """What a terminal knows, fed by a backend as sync does it."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self.knowledge = Knowledge()
        self.cursor = ""
        self.generation = 0

    def pull(self, between_pages=lambda: None) -> bool:
        """One round; False when nothing had changed. ``between_pages`` runs after the first page."""
        self.generation += 1
        cursor = self.cursor
        while True:
            answer = self.backend.fetch(cursor, self.generation)
            if isinstance(answer, Unchanged):
                return False
            self.knowledge.apply(answer)
            cursor = answer.cursor
            if answer.last:
                self.cursor = cursor
                return True
            between_pages()
            between_pages = _nothing

    def present(self, shift: ShiftId, member: MemberId) -> bool | None:
        """Whether the member has come; None without a place on the shift."""
        place = self.knowledge.assignment(shift, member)
        return None if place is None else place.present


def _nothing() -> None:
    """No second time."""


def needs(rig: Rig, *carried: str) -> None:
    """What a backend does not carry is no promise of its."""
    for name in carried:
        if not getattr(rig.backend.capabilities(), name):
            pytest.skip(f"this backend does not carry {name}")
