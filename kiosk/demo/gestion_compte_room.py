"""The demo at a gestion-compte server: its coop behind a cable, and the lists that an office would export of it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kiosk.backends.gestion_compte.backend import MEMORY_FILE
from kiosk.backends.gestion_compte.fake.coop import Beneficiary, FakeCoop
from kiosk.backends.gestion_compte.fake.from_folder import FolderSource
from kiosk.backends.gestion_compte.fake.routes import Setup
from kiosk.backends.gestion_compte.fake.server import FakeServer
from kiosk.backends.gestion_compte.imports import Importer, Row, read_list
from kiosk.backends.gestion_compte.memory import Memory
from kiosk.backends.gestion_compte.settings import Settings
from kiosk.backends.gestion_compte.slots import person_id
from kiosk.clock import Clock
from kiosk.demo.cast import ZONE, Character
from kiosk.demo.telling import telling
from kiosk.devices.cards import CardHasher
from kiosk.devices.simulated.network import Cable
from kiosk.types import MemberId, Status

NFC_PREFIX: Final = Settings().nfc_prefix
PASSWORD: Final = "un mot de passe"  # noqa: S105  of an account that is invented
CONFIGURATION: Final = f"""
[gestion_compte]
tier = "shift-manager"
user = "borne"
password = "{PASSWORD}"
"""


@dataclass(frozen=True, slots=True)
class GestionCompteRoom:
    """The server, and the cable to it."""

    server: FakeServer
    cable: Cable


@contextmanager
def gestion_compte_room(members: Path, data: Path, hasher: CardHasher, clock: Clock) -> Iterator[GestionCompteRoom]:
    """Serve the coop of ``members``, and import its lists into ``data`` where no terminal has been yet."""
    coop = FakeCoop(name="", zone=ZONE, by_reader=True)
    source = FolderSource(members, hasher.key, NFC_PREFIX, ZONE)
    server = FakeServer(coop, clock, Setup(password=PASSWORD), refresh=source.refresh)
    server.refresh()
    if not (data / MEMORY_FILE).exists():
        import_lists_of(members, coop, data, hasher, clock)
        tell_terminal(data, clock)
    server.start()
    cable = Cable(server.port)
    try:
        yield GestionCompteRoom(server, cable)
    finally:
        cable.close()
        server.stop()


def import_lists_of(members: Path, coop: FakeCoop, data: Path, hasher: CardHasher, clock: Clock) -> None:
    """Do what a coordinator does with the office's exports and a list of whose each card is."""
    people = tuple(coop.beneficiaries.values())
    today = clock.now().astimezone(ZONE).date()
    filters = {
        Status.FROZEN: [person for person in people if person.membership.frozen],
        Status.LEFT: [person for person in people if person.membership.withdrawn],
        Status.FEE: [person for person in people if person.membership.paid_until < today],
        Status.INACTIVE: [person for person in people if not person.enabled],
        Status.EXEMPT: [person for person in people if person.membership.is_exempted(today)],
    }
    memory = Memory(data / MEMORY_FILE, hasher)
    try:
        Importer(memory, hasher, Settings(), clock.now()).run(
            _exported(people),
            {status: _exported(found) for status, found in filters.items()},
            _cards_of(members, coop),
        )
    finally:
        memory.close()


def _exported(people: Iterable[Beneficiary]) -> Iterator[Row]:
    """As the members' list is exported: the counter in whole hours."""
    for line, person in enumerate(people, 2):
        cells = {"nom": person.surname, "compteur de temps": str(int(person.membership.counter / 60))}
        yield Row("membres.csv", line, {**_name_of(person), **cells, "formations": ", ".join(person.formations)})


def _cards_of(members: Path, coop: FakeCoop) -> Iterator[Row]:
    for row in read_list(members / "cards.csv"):
        person = coop.beneficiaries.get(row.cells["member"])
        if person is not None and not row.cells["blocked"]:
            yield Row(row.file, row.line, {"carte": row.cells["card"].removeprefix("ean:"), **_name_of(person)})


def _name_of(person: Beneficiary) -> dict[str, str]:
    return {"numero": person.membership.number, "prenom": person.first_name}


def tell_terminal(data: Path, clock: Clock) -> None:
    """What the server has no place for is known at the terminal alone: who coordinates, who needs what."""
    with telling(data, clock) as terminal:
        terminal.introduce(member_of)


def member_of(person: Character) -> MemberId:
    """How the terminal knows this person: by the number of the membership, and the first name."""
    return person_id(person.attached_to or person.number, person.first_name)
