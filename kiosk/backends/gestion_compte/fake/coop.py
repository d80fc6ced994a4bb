"""The coop behind the fake server: members, badges, places, and what scans and the office do to them.

As the real one: a scan marks as present before it decides on access; a counter counts at booking, or when the reader
validates; a membership shares its number and its counter, while a place is one person's.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum

DUE_MINUTES = 180
WINDOW = timedelta(minutes=10)


class Version(StrEnum):
    """The two that coops run."""

    RELEASED = "1.47.2"
    MASTER = "master"


@dataclass(slots=True, kw_only=True)
class Membership:
    """An account. ``counter`` is in minutes; ``frozen_until`` the day a thaw is planned for."""

    number: str
    frozen: bool = False
    frozen_until: date | None = None
    withdrawn: bool = False
    paid_until: date = date.max
    exempted: tuple[str, date, date] | None = None
    counter: int = 0

    def is_exempted(self, today: date) -> bool:
        return self.exempted is not None and self.exempted[1] <= today <= self.exempted[2]


@dataclass(slots=True, kw_only=True)
class Beneficiary:
    """A person. ``is_new``: three shifts at most so far."""

    id: str
    membership: Membership
    first_name: str
    surname: str
    enabled: bool = True
    is_new: bool = False
    formations: frozenset[str] = frozenset()

    @property
    def display_name(self) -> str:
        """As the office types it."""
        return f"#{self.membership.number} {self.first_name} {self.surname.upper()}"

    @property
    def public_name(self) -> str:
        """As the reader's page shows it: the initial is one byte, which an accented letter is not."""
        initial = self.surname.upper()[:1]
        return f"#{self.membership.number} {self.first_name} {initial if initial.isascii() else '�'}"

    def may_enter(self, today: date) -> bool:
        account = self.membership
        return not (account.frozen or account.withdrawn or not self.enabled or account.paid_until < today)


@dataclass(slots=True, kw_only=True)
class Place:
    """One place of a shift, which the server calls a shift. ``kept_for``: who had it the cycle before."""

    id: int
    key: str
    job: str
    colour: str
    starts_at: datetime
    ends_at: datetime
    formation: str = ""
    shifter: Beneficiary | None = None
    kept_for: Beneficiary | None = None
    first_shift: bool = False
    carried_out: bool = False

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds()) // 60


@dataclass(frozen=True, slots=True)
class Bucket:
    """The places of one job at the same hours; the smallest id is the bucket's."""

    places: tuple[Place, ...]

    @property
    def first(self) -> Place:
        return min(self.places, key=lambda place: place.id)

    @property
    def id(self) -> int:
        return self.first.id

    @property
    def sorted(self) -> tuple[Place, ...]:
        """Those that ask for a training, then the taken ones, then the free ones."""
        return tuple(sorted(self.places, key=lambda place: (not place.formation, place.shifter is None, place.id)))


@dataclass(frozen=True, slots=True)
class Scan:
    """What a scan found and did."""

    beneficiary: Beneficiary
    ongoing: tuple[Place, ...]
    validated: int


@dataclass(slots=True, kw_only=True)
class FakeCoop:
    """Everything of one coop; the server holds a lock around every call.

    Attributes:
        badges: from the first twelve digits to who holds it and whether it is enabled.
        by_reader: USE_CARD_READER_TO_VALIDATE_SHIFTS.
        hours: weekday, opens, closes as written, ``9h`` or ``9h30``.
        validations: place key and member of each validation, one entry each time.
        scans: how often a card was scanned with an answer.
    """

    name: str
    zone: tzinfo
    by_reader: bool
    beneficiaries: dict[str, Beneficiary] = field(default_factory=dict)
    badges: dict[str, tuple[Beneficiary, bool]] = field(default_factory=dict)
    places: dict[int, Place] = field(default_factory=dict)
    hours: tuple[tuple[int, str, str], ...] = ()
    closures: tuple[tuple[date, str], ...] = ()
    events: tuple[tuple[str, datetime], ...] = ()
    notice: str = ""
    week_a: date | None = None
    validations: list[tuple[str, str]] = field(default_factory=list)
    scans: int = 0

    # ── the reader ────────────────────────────────────────────────────────────────────────────────────────────────

    def scan(self, twelve_digits: str, now: datetime) -> Scan | None:
        """Mark as present, then say who it is; None for a badge that is unknown or disabled."""
        holder, enabled = self.badges.get(twelve_digits, (None, False))
        if holder is None or not enabled:
            return None
        ongoing = tuple(
            place
            for place in sorted(self.places.values(), key=lambda place: (place.starts_at, place.id))
            if place.shifter is holder and place.starts_at < now + WINDOW and place.ends_at > now
        )
        fresh = [place for place in ongoing if not place.carried_out]
        for place in fresh:
            self._carry_out(place)
        self.scans += 1
        return Scan(holder, ongoing, len(fresh))

    def _carry_out(self, place: Place) -> None:
        assert place.shifter is not None
        place.carried_out = True
        self.validations.append((place.key, place.shifter.id))
        if self.by_reader:
            place.shifter.membership.counter += place.minutes

    def in_progress(self, now: datetime) -> tuple[Bucket, ...]:
        return self._buckets(place for place in self.places.values() if place.starts_at <= now <= place.ends_at)

    def upcoming_today(self, now: datetime) -> tuple[Bucket, ...]:
        last = now.astimezone(self.zone).replace(hour=23, minute=59, second=59, microsecond=0)
        return self._buckets(place for place in self.places.values() if now < place.starts_at and place.ends_at < last)

    def on_day(self, day: date) -> tuple[Bucket, ...]:
        """By job, as the pages of the days show them."""
        found = self._buckets(
            place for place in self.places.values() if place.starts_at.astimezone(self.zone).date() == day
        )
        return tuple(sorted(found, key=lambda bucket: (bucket.first.job, bucket.first.starts_at)))

    def bucket(self, place_id: int) -> Bucket | None:
        """The bucket that a place belongs to."""
        place = self.places.get(place_id)
        if place is None:
            return None
        key = (place.starts_at, place.ends_at, place.job)
        return Bucket(tuple(p for p in self.places.values() if (p.starts_at, p.ends_at, p.job) == key))

    @staticmethod
    def _buckets(places: Iterable[Place]) -> tuple[Bucket, ...]:
        found: dict[tuple[datetime, datetime, str], list[Place]] = {}
        for place in sorted(places, key=lambda place: (place.starts_at, place.id)):
            found.setdefault((place.starts_at, place.ends_at, place.job), []).append(place)
        return tuple(Bucket(tuple(group)) for group in found.values())

    # ── the office ────────────────────────────────────────────────────────────────────────────────────────────────

    def set_carried_out(self, place: Place, *, carried_out: bool) -> str | None:
        """Validate or invalidate by hand; the server's message when it will not."""
        if place.shifter is None or place.carried_out is carried_out:
            return f"La participation au créneau a déjà été {'validée' if carried_out else 'invalidée'}"
        if carried_out:
            self._carry_out(place)
        else:
            place.carried_out = False
            place.shifter.membership.counter -= place.minutes if self.by_reader else 0
        return None

    def book(self, place: Place, typed: str, today: date) -> str | None:
        """Give a place to whom the office has typed; the server's message when it will not."""
        shifter = next((person for person in self.beneficiaries.values() if person.display_name == typed), None)
        if shifter is None:
            return f'Aucun utilisateur trouvé avec ces données "{typed}".'
        if place.shifter is not None:
            return "Désolé, ce créneau est déjà réservé"
        if place.formation and place.formation not in shifter.formations:
            return f"Désolé, ce bénévole n'a pas la qualification necessaire ({place.formation})"
        if shifter.membership.is_exempted(today):
            return "Désolé, ce bénévole est exempté de créneau sur cette période"
        place.shifter, place.kept_for = shifter, None
        if not self.by_reader:
            shifter.membership.counter += place.minutes
        return None

    def free(self, place: Place) -> None:
        """Take a place back."""
        if place.shifter is not None and not self.by_reader:
            place.shifter.membership.counter -= place.minutes
        place.shifter, place.carried_out = None, False

    def names(self) -> Iterator[str]:
        """Everyone who has not left, as the office types them."""
        return (person.display_name for person in self.beneficiaries.values() if not person.membership.withdrawn)
