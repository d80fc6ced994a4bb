"""A terminal at a server of gestion-compte: its backend from the configuration, what is imported, cards' numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kiosk.backends.gestion_compte.backend import MEMORY_FILE, GestionCompteBackend
from kiosk.backends.gestion_compte.codes import swipe_code
from kiosk.backends.gestion_compte.imports import Importer, Report, Row, read_list
from kiosk.backends.gestion_compte.memory import Memory
from kiosk.backends.gestion_compte.session import Account
from kiosk.backends.gestion_compte.settings import Settings, Tier, UnknownCards
from kiosk.backends.gestion_compte.slots import slot_of
from kiosk.clock import Clock
from kiosk.config import Config
from kiosk.devices.cards import CardHasher
from kiosk.errors import KioskError
from kiosk.types import Presence, Status


def settings_of(config: Config) -> Settings:
    """What the coop has decided."""
    told = config.gestion_compte
    return Settings(
        tier=Tier(told.tier),
        presence=Presence(told.presence),
        allowed_days=told.allowed_days,
        forget_days=told.forget_days,
        unknown_cards=UnknownCards(told.unknown_cards),
        nfc_prefix=told.nfc_prefix,
        number_key=b"" if told.number_key is None else bytes.fromhex(told.number_key.reveal()),
        name=config.coop.name,
        phone=config.coop.phone,
    )


def backend_of(config: Config, hasher: CardHasher, clock: Clock) -> GestionCompteBackend:
    """The server, as it is."""
    told, previous = config.gestion_compte, config.cards.previous_key
    return GestionCompteBackend(
        config.backend.url or "",
        settings_of(config),
        hasher=hasher,
        older=None if previous is None else CardHasher(bytes.fromhex(previous.reveal()), "previous"),
        zone=config.terminal.timezone,
        data_dir=config.terminal.data_dir,
        clock=clock,
        account=None if told.password is None else Account(told.user or "", told.password.reveal()),
        timeout_seconds=config.backend.timeout_seconds,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """A coordinator's files.

    Attributes:
        members: the export of everyone.
        standings: the exports by filter.
        cards: the coop's own list of whose each card is.
    """

    members: Path | None
    standings: Mapping[Status, tuple[Path, ...]]
    cards: Path | None


def import_lists(config: Config, hasher: CardHasher, clock: Clock, lists: Lists, *, keep: bool) -> Report:
    """Read lists into the memory of the terminal, which may be running; without ``keep`` only report.

    Raises:
        KioskError: a list cannot be read, or nothing can be kept.
    """
    memory = Memory(config.terminal.data_dir / MEMORY_FILE, hasher)
    try:
        return Importer(memory, hasher, settings_of(config), clock.now()).run(
            _rows(lists.members),
            {status: _rows(*paths) for status, paths in lists.standings.items()},
            _rows(lists.cards),
            keep=keep,
        )
    finally:
        memory.close()


def _rows(*paths: Path | None) -> tuple[Row, ...]:
    rows: list[Row] = []
    for path in filter(None, paths):
        try:
            rows += read_list(path)
        except (OSError, ValueError) as fault:
            raise KioskError(f"{path}: cannot be read as a list: {fault}") from None
    return tuple(rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class LatePresence:
    """A presence that the server has, dated after its shift. Times are local; ``number`` and ``name`` where known."""

    number: str
    name: str
    job: str
    starts_at: datetime
    ends_at: datetime
    came_at: datetime
    noted_at: datetime


def late_presences(config: Config, hasher: CardHasher) -> tuple[LatePresence, ...]:
    """Those of the last month, the oldest shift first.

    Raises:
        KioskError: what was learnt cannot be read.
    """
    zone = config.terminal.timezone
    memory = Memory(config.terminal.data_dir / MEMORY_FILE, hasher)
    try:
        people = {person.id: person for person in memory.people()}
        found = []
        for late in memory.late():
            slot, person = slot_of(late.shift, zone), people.get(late.person)
            found.append(
                LatePresence(
                    number="" if person is None else person.number,
                    name="" if person is None else person.name or person.first_name,
                    job=slot.job.replace("-", " "),
                    starts_at=slot.starts_at.astimezone(zone),
                    ends_at=slot.ends_at.astimezone(zone),
                    came_at=late.came_at.astimezone(zone),
                    noted_at=late.noted_at.astimezone(zone),
                )
            )
        return tuple(found)
    finally:
        memory.close()


def number_of_card(config: Config, hasher: CardHasher, text: str) -> str:
    """The thirteen digits under which the office pairs a contactless card.

    Its uid is taken in hexadecimal digits, with or without separators, and as ``7:04A3C6CAE26180`` too.

    Raises:
        KioskError: it is no uid.
    """
    settings = settings_of(config)
    length, colon, rest = text.partition(":")
    digits = rest if colon and length in {"4", "7", "10"} else text
    digits = "".join(character for character in digits if character not in " :-").upper()
    try:
        return swipe_code(f"{len(digits) // 2}:{digits}", settings.number_key or hasher.key, settings.nfc_prefix)
    except ValueError as fault:
        raise KioskError(f"{text!r} is no uid of a card: {fault}") from None
