"""The demo at an Odoo: La Louve's modules behind a cable; chip cards and technicians are the terminal's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kiosk.clock import Clock
from kiosk.demo.cast import CAST, Character
from kiosk.demo.fake_odoo.seed import LOGIN, foodcoop_of, read_coop
from kiosk.demo.fake_odoo.server import FakeOdoo
from kiosk.demo.telling import telling
from kiosk.devices.cards import CardHasher
from kiosk.devices.simulated.network import Cable
from kiosk.types import FactKind, MemberId

DATABASE: Final = "coop"
SETTINGS: Final = f"""leave_blocks = true

[odoo]
database = "{DATABASE}"
login = "{LOGIN}"
entrance_log = true
grace = true
"""
"""What the configuration says besides the address and the key, from its last section on."""


@dataclass(frozen=True, slots=True)
class OdooRoom:
    """The server, and the cable to it."""

    server: FakeOdoo
    cable: Cable


@contextmanager
def odoo_room(members: Path, data: Path, hasher: CardHasher, clock: Clock, secret: str) -> Iterator[OdooRoom]:
    """Serve the coop of ``members``, and link the cast's cards in ``data`` where no terminal has been yet."""
    database, _ = foodcoop_of(read_coop(members, clock), clock, secret)
    server = FakeOdoo(database, DATABASE, clock)
    server.start()
    cable = Cable(server.port)
    try:
        if not (data / "journal.db").exists():
            link_cast(data, hasher, clock)
        yield OdooRoom(server, cable)
    finally:
        cable.close()
        server.stop()


def link_cast(data: Path, hasher: CardHasher, clock: Clock) -> None:
    """Do what staff do with 800 members: link each card, block the lost ones, note who needs what and who may what."""
    with telling(data, clock) as terminal:
        for person in CAST:
            kind = FactKind.CARD_BLOCKED if person.card_blocked else FactKind.CARD_LINKED
            terminal.record(kind, member_of(person), card=hasher.hash_canonical(person.card))
        terminal.introduce(member_of)


def member_of(person: Character) -> MemberId:
    """How the terminal knows this person: an associated person has the member's number."""
    return MemberId(f"{person.attached_to}-{person.number}") if person.attached_to else person.id
