"""A small coop on the fake server, and a terminal's backend before it: what the tests of this folder act on."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from kiosk.backends.base import Unchanged
from kiosk.backends.gestion_compte.backend import GestionCompteBackend
from kiosk.backends.gestion_compte.fake.coop import Beneficiary, FakeCoop, Membership, Place, Version
from kiosk.backends.gestion_compte.fake.routes import Setup
from kiosk.backends.gestion_compte.fake.server import FakeServer
from kiosk.backends.gestion_compte.session import Account
from kiosk.backends.gestion_compte.settings import Settings, Tier, UnknownCards
from kiosk.backends.gestion_compte.slots import person_id, shift_id_of
from kiosk.clock import AdjustableClock, moment
from kiosk.devices.cards import CardHasher, ean13_check_digit
from kiosk.devices.simulated.network import Cable
from kiosk.events import Identified
from kiosk.rules.knowledge import Knowledge
from kiosk.types import CardHash, Fact, FactId, FactKind, MemberId, Presence, ShiftId

PARIS = ZoneInfo("Europe/Paris")
TUESDAY = date(2026, 11, 24)
HASHER = CardHasher(b"the key of the coop of the tests", "k1")


def at(hour: int, minute: int = 0, days: int = 0) -> datetime:
    """Local time on the day of the tests, or some days later."""
    return datetime.combine(TUESDAY + timedelta(days=days), time(hour, minute), PARIS)


def badge(number: int) -> str:
    """The canonical id of a badge."""
    digits = f"0420{number:08}"
    return f"ean:{digits}{ean13_check_digit(digits)}"


def card(number: int) -> CardHash:
    return HASHER.hash_canonical(badge(number))


def shift_id(job: str, starts: datetime, hours: float = 3) -> ShiftId:
    return shift_id_of(job, starts, starts + timedelta(hours=hours), PARIS)


TILL = shift_id("Caisse", at(16))
SHELVES = shift_id("Mise en rayon", at(19))
TOMORROW = shift_id("Vrac", at(10, days=1))

ALIX, SAM, NOE, CAMILLE, ODILE, JEANNE, YANIS = range(1, 8)
"""Numbers of memberships and of badges."""


def alix() -> MemberId:
    return person_id(str(ALIX), "Alix")


def make_coop(*, by_reader: bool = True) -> FakeCoop:
    """At the tills from 16 to 19 Alix, Sam (there already), and a free place; at 19 Noé; tomorrow two free places."""
    coop = FakeCoop(name="La Coop", zone=PARIS, by_reader=by_reader)
    coop.hours = tuple((day, "9h", "20h30") for day in range(6))
    coop.closures = ((date(2026, 12, 25), "Noël"),)
    coop.notice = "Arrivage de noix jeudi"
    coop.week_a = date(2026, 11, 16)
    for number, first_name, surname in (
        (ALIX, "Alix", "Morvan"),
        (SAM, "Sam", "Émery"),
        (NOE, "Noé", "Tanguy"),
        (CAMILLE, "Camille", "Dupont"),
        (ODILE, "Odile", "Grandin"),
        (JEANNE, "Jeanne", "Vautrin"),
        (YANIS, "Yanis", "Ferhat"),
    ):
        person = add_person(coop, number, first_name, surname)
        person.membership.counter = 180
    account(coop, ODILE).withdrawn = True
    account(coop, JEANNE).exempted = ("Naissance", date(2026, 11, 1), date(2026, 12, 13))
    account(coop, YANIS).counter = -60
    add_places(coop, "Caisse", at(16), ALIX, SAM, None)
    coop.places[2].carried_out = True
    add_places(coop, "Mise en rayon", at(19), NOE, None)
    add_places(coop, "Vrac", at(10, days=1), None, None)
    return coop


def add_person(coop: FakeCoop, number: int, first_name: str, surname: str) -> Beneficiary:
    person = Beneficiary(
        id=str(number), membership=Membership(number=str(number)), first_name=first_name, surname=surname
    )
    coop.beneficiaries[person.id] = person
    coop.badges[badge(number).removeprefix("ean:")[:12]] = (person, True)
    return person


def account(coop: FakeCoop, number: int) -> Membership:
    return coop.beneficiaries[str(number)].membership


def add_places(coop: FakeCoop, job: str, starts: datetime, *holders: int | None, formation: str = "") -> None:
    for holder in holders:
        id_ = len(coop.places) + 1
        coop.places[id_] = Place(
            id=id_,
            key=f"{job} {starts:%d %H}",
            job=job,
            colour="green",
            starts_at=starts,
            ends_at=starts + timedelta(hours=3),
            formation=formation,
            shifter=None if holder is None else coop.beneficiaries[str(holder)],
        )


class Shop:
    """A server, a cable to it, and a terminal's backend."""

    def __init__(self, folder: Path, now: datetime, setup: Setup | None = None, **settings: object) -> None:
        self.folder = folder
        self.clock = AdjustableClock(now)
        self.server_clock = AdjustableClock(now)
        presence = settings.get("presence", Presence.BY_IDENTIFYING)
        self.coop = make_coop(by_reader=presence is Presence.BY_IDENTIFYING)
        self.setup = setup or Setup()
        self.server = FakeServer(self.coop, self.server_clock, self.setup)
        self.server.start()
        self.cable = Cable(self.server.port)
        self.settings = Settings(name="La Coop", **settings)
        self.backend = self.new_backend()
        self.knowledge = Knowledge()
        self.cursor = ""
        self.generation = 0

    def new_backend(
        self, settings: Settings | None = None, hasher: CardHasher = HASHER, older: CardHasher | None = None
    ) -> GestionCompteBackend:
        return GestionCompteBackend(
            self.cable.url,
            settings or self.settings,
            hasher=hasher,
            older=older,
            zone=PARIS,
            data_dir=self.folder,
            clock=self.clock,
            account=Account(self.setup.user, "un mot de passe"),
            timeout_seconds=5.0,
        )

    def restart(self) -> None:
        """The terminal's side begins anew with what it kept."""
        self.backend.close()
        self.backend = self.new_backend()
        self.cursor = ""

    def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.server_clock.advance(seconds)

    def pull(self) -> bool:
        """One round, as sync does it; False when nothing had changed."""
        self.generation += 1
        while True:
            answer = self.backend.fetch(self.cursor, self.generation)
            if isinstance(answer, Unchanged):
                return False
            self.knowledge.apply(answer)
            self.cursor = answer.cursor
            if answer.last:
                return True

    def ask(self, number: int) -> Identified:
        """Whose badge is it? The terminal learns from the answer."""
        answer = self.backend.identify(card(number), 5.0, badge(number))
        if answer.available:
            self.knowledge.learn(answer)
        return answer

    def present(self, shift: ShiftId, member: MemberId) -> bool | None:
        place = self.knowledge.assignment(shift, member)
        return None if place is None else place.present

    def is_carried_out(self, place_id: int) -> bool:
        """Whether the server has this place as validated."""
        return self.coop.places[place_id].carried_out

    def fact(self, kind: FactKind, member: MemberId, shift: ShiftId | None = None, **more: object) -> Fact:
        return Fact(
            id=FactId(str(uuid.uuid4())),
            kind=kind,
            happened=moment(self.clock),
            member_id=member,
            shift_id=shift,
            **more,
        )

    def paths(self) -> list[str]:
        """What was asked of the server, in order."""
        return [path for _, path in self.server.requests]

    def close(self) -> None:
        self.backend.close()
        self.cable.close()
        self.server.stop()


NOW = at(16, 4)


@contextmanager
def opened(folder: Path, now: datetime = NOW, setup: Setup | None = None, **settings: object) -> Iterator[Shop]:
    shop = Shop(folder, now, setup, **settings)
    try:
        yield shop
    finally:
        shop.close()


MANAGER = {"tier": Tier.SHIFT_MANAGER}
ASK = {"unknown_cards": UnknownCards.ASK}
AT_BOOKING = {"presence": Presence.AT_BOOKING}
BOTH_VERSIONS = (Version.MASTER, Version.RELEASED)


def scans(shop) -> int:
    return shop.paths().count("/card_reader/check")


def known_here(shop, number: int) -> bool:
    """The card is decided on without asking."""
    return shop.knowledge.card(card(number)) is not None
