"""The people of the demo, always the same, with always the same cards, and the story of their day.

It is :data:`DEMO_TIME` in the coop of the demo. The shift from 16 to 19 o'clock has begun: at the tills Sam and Ines,
at the shelves Lou and Max, at the delivery Noé, whose first shift it is. Five of six are here; the sixth, Alix, is
just coming through the door. At 19 o'clock four people are wanted and two are booked, Nour among them: two are missing.
Camille comes to shop, all in order, with a shift in three days. Yanis has hours to book, Fatou has been given extra
time, Hugo is on hold for his hours and can book a make-up on the spot. Idris' account is on hold, Odile has left, Bruno
has to renew his membership. Everyone else of :class:`Kind` has one person, too.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from kiosk.types import MemberId, Role, Status

ZONE: Final = ZoneInfo("Europe/Paris")
DEMO_TIME: Final = time(16, 4)

STRANGER_CARD: Final = "7:04F00D5A7B2280"
"""A card that nobody knows; key 9."""
OTHER_COOP_BADGE: Final = "ean:2990001000018"
"""A bar code that nobody knows."""


class Kind(StrEnum):
    """What a person of the cast is there to show."""

    OK = "ok"
    SHIFT_NOW = "shift_now"
    WARN = "warn"
    GRACE = "grace"
    BLOCKED = "blocked"
    FROZEN = "frozen"
    LEFT = "left"
    FEE = "fee"
    AHEAD = "ahead"
    ATTACHED = "attached"
    """A second card of the household of AHEAD."""
    ATTACHED_TO_FROZEN = "attached_to_frozen"
    EXEMPT = "exempt"
    LEAVE = "leave"
    INACTIVE = "inactive"
    VISITOR = "visitor"
    FEE_SOON = "fee_soon"
    COORDINATOR = "coordinator"
    TECHNICIAN = "technician"
    ENGLISH = "english"
    LARGE_TEXT = "large_text"
    """Large text, and a longer pulse of the door."""
    LONG_NAME = "long_name"
    SHORT_UID = "short_uid"
    """A card with a 4-byte uid."""
    BADGE = "badge"
    """A bar code only."""
    LOST_CARD = "lost_card"
    """The card shown was reported lost and is blocked."""
    SHIFT_NEXT = "shift_next"
    TEAM = "team"
    """Present on the running shift."""
    FIRST_TIMER = "first_timer"


@dataclass(frozen=True, slots=True)
class Booked:
    """A place of the cast: so many days from today, the hour the shift starts, the job."""

    days: int
    hour: int
    job: str
    present: bool = False
    first_shift: bool = False


@dataclass(frozen=True, slots=True)
class Character:
    """One person of the cast.

    Attributes:
        card: canonical id of the card or badge.
        key: the key 1 to 8 that taps this card in the demo.
        until_days, due_by_days: days from today.
    """

    kind: Kind
    number: str
    first_name: str
    name: str
    card: str
    key: int | None = None
    status: Status = Status.OK
    until_days: int | None = 200
    balance_hours: str = "0"
    due_hours: str = ""
    due_by_days: int | None = None
    attached_to: str = ""
    role: Role = Role.MEMBER
    trained_for: str = ""
    shared: bool = False
    language: str = ""
    large_text: bool = False
    long_pulse: bool = False
    card_blocked: bool = False
    booked: tuple[Booked, ...] = ()

    @property
    def id(self) -> MemberId:
        return MemberId(self.number)


CAST: Final = (
    Character(
        Kind.OK, "312", "Camille", "Camille Dupont", "7:04A3C6CAE26180", key=1, trained_for="Caisse",
        booked=(Booked(3, 16, "Caisse"), Booked(31, 16, "Mise en rayon")),
    ),
    Character(
        Kind.SHIFT_NOW, "271", "Alix", "Alix Morvan", "7:0442B19A6F2C80", key=2,
        booked=(Booked(0, 16, "Livraison"), Booked(28, 16, "Livraison")),
    ),
    Character(
        Kind.WARN, "188", "Yanis", "Yanis Ferhat", "7:04915E0A3D4F81", key=3, status=Status.WARN,
        balance_hours="-3", due_hours="3", due_by_days=18, booked=(Booked(9, 13, "Mise en rayon"),),
    ),
    Character(
        Kind.GRACE, "405", "Fatou", "Fatou Sène", "7:04D7722BC81490", key=4, status=Status.GRACE, until_days=12,
        balance_hours="-6", due_hours="6", due_by_days=12, booked=(Booked(6, 10, "Vrac"),),
    ),
    Character(
        Kind.BLOCKED, "96", "Hugo", "Hugo Lemaire", "7:0418ACF39E5B80", key=5, status=Status.BLOCKED, until_days=None,
        balance_hours="-9", due_hours="6",
    ),
    Character(
        Kind.FROZEN, "233", "Idris", "Idris Bensalah", "7:046B3D81C27790", key=6, status=Status.FROZEN, until_days=45,
    ),
    Character(
        Kind.LEFT, "54", "Odile", "Odile Grandin", "7:04C25510AE9384", key=7, status=Status.LEFT, until_days=None,
    ),
    Character(
        Kind.FEE, "147", "Bruno", "Bruno Castelli", "7:0433E9D4180A81", key=8, status=Status.FEE, until_days=-20,
    ),
    Character(
        Kind.AHEAD, "129", "Soline", "Soline Aubry", "7:0457F0268BD480", status=Status.AHEAD, balance_hours="4.5",
        shared=True, trained_for="Caisse", booked=(Booked(5, 16, "Caisse"),),
    ),
    Character(
        Kind.ATTACHED, "130", "Rachid", "Rachid Aubry", "4:6A91C35E", status=Status.ATTACHED, until_days=None,
        balance_hours="", attached_to="129",
    ),
    Character(
        Kind.ATTACHED_TO_FROZEN, "234", "Lina", "Lina Bensalah", "4:3D77E102", status=Status.ATTACHED, until_days=None,
        balance_hours="", attached_to="233",
    ),
    Character(
        Kind.EXEMPT, "38", "Jeanne", "Jeanne Vautrin", "7:04EE4819735C80", status=Status.EXEMPT, until_days=140,
    ),
    Character(
        Kind.LEAVE, "366", "Aminata", "Aminata Coulibaly", "7:041D90B7A24681", status=Status.LEAVE, until_days=30,
    ),
    Character(
        Kind.INACTIVE, "798", "Théo", "Théo Marquet", "7:048F63CD5B2190", status=Status.INACTIVE, until_days=None,
    ),
    Character(
        Kind.VISITOR, "900", "Lucía", "Lucía Ortega", "7:04B0157E99D380", status=Status.VISITOR, until_days=None,
        balance_hours="",
    ),
    Character(Kind.FEE_SOON, "342", "Karim", "Karim Haddouche", "7:0469D8F51C3B80", until_days=9),
    Character(
        Kind.COORDINATOR, "17", "Nadia", "Nadia Ferreira", "7:0421784DEB6590", role=Role.COORDINATOR,
        trained_for="Caisse", booked=(Booked(2, 16, "Caisse"),),
    ),
    Character(
        Kind.TECHNICIAN, "22", "Piotr", "Piotr Zieliński", "7:04A94C02F7D881", role=Role.TECHNICIAN,
        booked=(Booked(8, 13, "Mise en rayon"),),
    ),
    Character(
        Kind.ENGLISH, "451", "Emma", "Emma Whitfield", "7:0475B36E1A9080", language="en",
        booked=(Booked(4, 10, "Mise en rayon"),),
    ),
    Character(
        Kind.LARGE_TEXT, "61", "Yvonne", "Yvonne Carlier", "7:04D21F8863C784", large_text=True, long_pulse=True,
        booked=(Booked(7, 10, "Accueil"),),
    ),
    Character(
        Kind.LONG_NAME, "209", "Marie-Christine", "Marie-Christine de La Rochebrune", "7:043B96E40D5280",
        booked=(Booked(1, 13, "Mise en rayon"), Booked(29, 13, "Mise en rayon")),
    ),
    Character(Kind.SHORT_UID, "174", "Tess", "Tess Guillou", "4:9C41D70B", booked=(Booked(10, 16, "Livraison"),)),
    Character(Kind.BADGE, "118", "Thomas", "Thomas Ballet", "ean:0420000001188", booked=(Booked(6, 13, "Vrac"),)),
    Character(Kind.LOST_CARD, "280", "Gaspard", "Gaspard Nivet", "7:04F8A1350E6C81", card_blocked=True),
    Character(
        Kind.SHIFT_NEXT, "157", "Nour", "Nour Chaabane", "7:0406CE5279B480", booked=(Booked(0, 19, "Mise en rayon"),),
    ),
    Character(
        Kind.TEAM, "83", "Sam", "Sam Olivari", "7:04538A9DF01E90", trained_for="Caisse",
        booked=(Booked(0, 16, "Caisse", present=True), Booked(28, 16, "Caisse")),
    ),
    Character(
        Kind.TEAM, "214", "Ines", "Ines Baptista", "7:04E16047B82D80", trained_for="Caisse",
        booked=(Booked(0, 16, "Caisse", present=True), Booked(28, 16, "Caisse")),
    ),
    Character(
        Kind.TEAM, "325", "Lou", "Lou Kervella", "7:04972CD5063A81",
        booked=(Booked(0, 16, "Mise en rayon", present=True), Booked(28, 16, "Mise en rayon")),
    ),
    Character(
        Kind.TEAM, "390", "Max", "Max Traoré", "7:040FB81E4C9584",
        booked=(Booked(0, 16, "Mise en rayon", present=True), Booked(28, 16, "Mise en rayon")),
    ),
    Character(
        Kind.FIRST_TIMER, "787", "Noé", "Noé Tanguy", "7:0488D36A215F80",
        booked=(Booked(0, 16, "Livraison", present=True, first_shift=True), Booked(28, 16, "Livraison")),
    ),
)  # fmt: skip


def character(kind: Kind) -> Character:
    """The (first) person of the cast that shows ``kind``."""
    return next(person for person in CAST if person.kind is kind)


def card_of_key(key: int) -> str:
    """The card that a key 1 to 9 of the demo taps."""
    return next((person.card for person in CAST if person.key == key), STRANGER_CARD)


def demo_moment(today: date) -> datetime:
    """The moment of the story, aware UTC."""
    return datetime.combine(today, DEMO_TIME, ZONE).astimezone(UTC)
