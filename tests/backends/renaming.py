"""A backend whose people and shifts have names of their own, before the contract suite and its names."""

import csv
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from kiosk.backends.base import Backend, Outcome, Unchanged
from kiosk.demo.cast import STRANGER_CARD
from kiosk.devices.simulated.network import Cable
from kiosk.events import BookingOutcome, Identified, KnowledgePage
from kiosk.types import Capabilities, CardHash, Fact, FactId, MemberId, ShiftId
from tests.backends.rigs import HASHER, Rig


class Names:
    """What the suite calls people and shifts, for what the terminal calls them before a server, and back."""

    def __init__(self, people: Mapping[MemberId, MemberId], shifts: Mapping[ShiftId, ShiftId]) -> None:
        self._there: dict[str, str] = {**people, **shifts}
        self._people = {there: here for here, there in people.items()}
        self._shifts = {there: here for here, there in shifts.items()}

    def there(self, name: str | None) -> str | None:
        return None if name is None else self._there.get(name, name)

    def shift(self, id_: ShiftId) -> ShiftId:
        return self._shifts.get(id_, id_)

    def member(self, id_: MemberId) -> MemberId:
        return self._people.get(id_, id_)


def card_rows(folder: Path) -> list[dict[str, str]]:
    """The list of cards as it is in the files now."""
    with (folder / "cards.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def code_in(folder: Path, card: CardHash) -> str:
    """What a reader reads of this card, of all there are."""
    codes = [STRANGER_CARD, *(row["card"] for row in card_rows(folder))]
    return next(code for code in codes if HASHER.hash_canonical(code) == card)


class Server(Protocol):
    """What stands behind the cable."""

    port: int

    def start(self) -> None: ...
    def stop(self) -> None: ...


class Office(Protocol):
    """The other side, as a rig plays it."""

    folder: Path
    names: Names

    def retype(self) -> None:
        """Bring what somebody has changed in the files to the server."""

    def note(self, member: str | None, shift: str | None, fact_id: str) -> None:
        """A fact, or a wish for a place, is on its way."""


class ServedRig(Rig):
    """A rig whose other side is a server behind a cable."""

    cable: Cable

    def serve(self, server: Server) -> None:
        """Start it, and a terminal before it."""
        self._server = server
        server.start()
        self.cable = Cable(server.port)
        self.backend = self.new_backend()

    def new_backend(self) -> Backend:
        raise NotImplementedError

    def reopen(self) -> None:
        self.backend.close()
        self._server.stop()
        self._server.start()
        self.backend = self.new_backend()

    def close(self) -> None:
        super().close()
        self.cable.close()
        self._server.stop()


class Renamed:
    """A backend whose answers and questions speak the suite's names."""

    def __init__(self, office: Office, backend: Backend) -> None:
        self._office = office
        self._backend = backend
        self._names = office.names

    def capabilities(self) -> Capabilities:
        return self._backend.capabilities()

    def fetch(self, cursor: str, generation: int) -> KnowledgePage | Unchanged:
        self._office.retype()
        page = self._backend.fetch(cursor, generation)
        if isinstance(page, Unchanged):
            return page
        shift, member = self._names.shift, self._names.member
        return replace(
            page,
            members=tuple(replace(row, id=member(row.id)) for row in page.members),
            cards=tuple(replace(row, member_id=member(row.member_id)) for row in page.cards),
            shifts=tuple(replace(row, id=shift(row.id)) for row in page.shifts),
            assignments=tuple(
                replace(row, shift_id=shift(row.shift_id), member_id=member(row.member_id)) for row in page.assignments
            ),
            removed_members=tuple(map(member, page.removed_members)),
            removed_shifts=tuple(map(shift, page.removed_shifts)),
            removed_assignments=tuple((shift(s), member(m)) for s, m in page.removed_assignments),
        )

    def deliver(self, fact: Fact) -> Outcome:
        renamed = replace(fact, member_id=self._names.there(fact.member_id), shift_id=self._names.there(fact.shift_id))
        self._office.note(renamed.member_id, renamed.shift_id, fact.id)
        return self._backend.deliver(renamed)

    def identify(self, card: CardHash, timeout_seconds: float, _code: str = "") -> Identified:
        self._office.retype()
        answer = self._backend.identify(card, timeout_seconds, code_in(self._office.folder, card))
        if answer.member is None:
            return answer
        return replace(answer, member=replace(answer.member, id=self._names.member(answer.member.id)))

    def book(self, fact_id: FactId, member: MemberId, shift: ShiftId, timeout_seconds: float) -> BookingOutcome:
        there = self._names.there(member), self._names.there(shift)
        self._office.note(*there, fact_id)
        return self._backend.book(fact_id, *there, timeout_seconds)

    def close(self) -> None:
        self._backend.close()
