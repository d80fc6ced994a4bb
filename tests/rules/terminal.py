"""A session at a settable time with a small coop: what the tests of the rules act on. No thread, no disk, no clock."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from kiosk.actions import Action
from kiosk.effects import Effect, OpenDoor, Prefer, Record, Withdraw
from kiosk.events import CardTapped, Committed, Event, KnowledgePage, Timer, TimerFired, Touched, WeightRead
from kiosk.rules.knowledge import Knowledge
from kiosk.rules.policy import DoorTimes, Policy, Station, Times
from kiosk.rules.session import step
from kiosk.rules.states import Session, State
from kiosk.rules.tare import TareLimits
from kiosk.rules.turn import Link, Surroundings
from kiosk.rules.view import view_of
from kiosk.types import (
    Assignment,
    Capabilities,
    Card,
    CardHash,
    ClockTrust,
    Coop,
    Fact,
    FactId,
    FactKind,
    Grams,
    JarCode,
    Member,
    MemberId,
    Moment,
    OpeningHours,
    Part,
    Role,
    Shift,
    ShiftId,
    Status,
)
from kiosk.views import View

PARIS = ZoneInfo("Europe/Paris")
TUESDAY = datetime(2026, 11, 24, 14, 32, tzinfo=PARIS)
"""Half past two on a Tuesday; the coop is open from nine to eight."""

ALL = Capabilities(
    roster=True,
    next_shifts=True,
    balance=True,
    fee_dates=True,
    identify=True,
    booking=True,
    undo=True,
    notice=True,
    roles=True,
    shared_pot=True,
    stand_ins=True,
    grace=True,
)


def at(hour: int, minute: int = 0, days: int = 0) -> datetime:
    """Local time on the day of the tests, or some days later; aware UTC."""
    return (TUESDAY.replace(hour=hour, minute=minute) + timedelta(days=days)).astimezone(UTC)


def shift(id_: str, starts: datetime, *, job: str = "Caisse", places: int = 2, hours: int = 3, **more) -> Shift:
    return Shift(
        id=ShiftId(id_), job=job, starts_at=starts, ends_at=starts + timedelta(hours=hours), places=places, **more
    )


def member(id_: str, status: Status = Status.OK, **more) -> Member:
    return Member(id=MemberId(id_), first_name=id_.capitalize(), name=f"{id_.capitalize()} Nom", status=status, **more)


def card_of(id_: str) -> CardHash:
    return CardHash(f"{id_:0>64}")


COOP = Coop(
    name="La Coop",
    phone="01 02 03 04 05",
    hours=tuple(OpeningHours(weekday=day, opens=time(9), closes=time(20)) for day in range(6)),
    cycle_start=date(2026, 11, 2),
    notice="Assemblée jeudi 19 h.",
    pot_hours=42,
)

PEOPLE = (
    member("camille"),
    member("alix"),
    member("sam"),
    member("warn", Status.WARN, due_minutes=180, due_by=date(2026, 12, 2), balance_minutes=-180),
    member("grace", Status.GRACE, until=date(2026, 12, 1)),
    member("blocked", Status.BLOCKED, balance_minutes=-540),
    member("frozen", Status.FROZEN, until=date(2027, 1, 1)),
    member("left", Status.LEFT),
    member("fee", Status.FEE),
    member("inactive", Status.INACTIVE),
    member("exempt", Status.EXEMPT),
    member("leave", Status.LEAVE),
    member("visitor", Status.VISITOR),
    member("ahead", Status.AHEAD, balance_minutes=270, shared=True),
    member("attached", Status.ATTACHED, attached_to=MemberId("alix")),
    member("lodger", Status.ATTACHED, attached_to=MemberId("frozen")),
    member("coord", role=Role.COORDINATOR),
    member("english", language="en"),
    member("slow", large_text=True, long_pulse=True),
)
SHIFTS = (
    shift("now-till", at(13)),
    shift("now-shelf", at(13), job="Mise en rayon"),
    shift("soon", at(14, 45), job="Livraison", places=1),
    shift("tonight", at(16), job="Caisse", places=3),
    shift("tomorrow", at(10, days=1), job="Accueil", places=4),
    shift("trained", at(10, days=2), job="Vrac", needs_training=True),
    shift("friday", at(10, days=3), job="Accueil", places=2),
    shift("saturday", at(10, days=4), job="Accueil", places=3),
)
ROSTER = (
    Assignment(shift_id=ShiftId("now-till"), member_id=MemberId("sam"), first_name="Sam", present=True),
    Assignment(shift_id=ShiftId("soon"), member_id=MemberId("alix"), first_name="Alix"),
    Assignment(shift_id=ShiftId("tonight"), member_id=MemberId("camille"), first_name="Camille"),
    Assignment(shift_id=ShiftId("friday"), member_id=MemberId("camille"), first_name="Camille"),
)


def snapshot(now: datetime = TUESDAY, **changes) -> KnowledgePage:
    """Everything of the small coop in one page, but for ``changes``."""
    page = KnowledgePage(
        generation=1,
        full=True,
        last=True,
        cursor="1",
        fetched_at=now.astimezone(UTC),
        coop=COOP,
        capabilities=ALL,
        members=PEOPLE,
        cards=tuple(Card(hash=card_of(person.id), member_id=person.id) for person in PEOPLE),
        shifts=SHIFTS,
        assignments=ROSTER,
    )
    return replace(page, **changes)


def tap(id_: str, **more) -> CardTapped:
    return CardTapped(hash=card_of(id_), tail=id_[-4:].upper(), **more)


@dataclass
class Terminal:
    """Feed it events, look at its state, its effects and its view."""

    now: datetime = TUESDAY
    monotonic: float = 1000.0
    policy: Policy = field(default_factory=lambda: Policy(hours_late_block=True))
    station: Station = Station.BOTH
    link: Link = field(default_factory=lambda: Link(online=True))
    trust: ClockTrust = ClockTrust.SYNCED
    bell: bool = True
    printer: bool = False
    parts: frozenset[Part] = frozenset()
    waiting: int = 0
    refused: int = 0
    troubles: int = 0
    restarts: bool = False
    session: Session = field(default_factory=Session)
    knowledge: Knowledge = field(default_factory=Knowledge)
    effects: list[Effect] = field(default_factory=list)
    ids: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        if self.knowledge.as_of is None:
            self.knowledge.apply(snapshot(self.now))

    @property
    def state(self) -> State:
        return self.session.state

    @property
    def around(self) -> Surroundings:
        return Surroundings(
            knowledge=self.knowledge,
            policy=self.policy,
            times=Times(),
            door=DoorTimes(),
            limits=TareLimits(),
            station=self.station,
            zone=PARIS,
            language="fr",
            moment=Moment(boot_id="boot", monotonic=self.monotonic, wall=self.now.astimezone(UTC), trust=self.trust),
            link=self.link,
            bell=self.bell,
            phone="",
            printer=self.printer,
            parts=self.parts,
            waiting=self.waiting,
            refused=self.refused,
            troubles=self.troubles,
            restarts=self.restarts,
            new_id=lambda: FactId(f"id-{next(self.ids)}"),
            new_jar_code=lambda: JarCode("123454"),
        )

    def feed(self, *events: Event) -> list[Effect]:
        """Let the session answer; returns the effects of the last event and keeps all of them."""
        orders: tuple[Effect, ...] = ()
        for event in events:
            self.session, orders = step(self.session, event, self.around)
            self.effects.extend(orders)
            for order in orders:
                if isinstance(order, Record):
                    self.knowledge.note(order.fact)
                elif isinstance(order, Withdraw):
                    self.knowledge.note(order.undo)
                elif isinstance(order, Prefer):
                    self.knowledge.prefer(order)
        return list(orders)

    def touch(self, action: Action, target: str = "") -> list[Effect]:
        return self.feed(Touched(action, target))

    def wait(self, seconds: float) -> None:
        self.monotonic += seconds
        self.now += timedelta(seconds=seconds)

    def time_out(self) -> list[Effect]:
        return self.feed(TimerFired(Timer.HOME))

    def commit(self) -> None:
        self.feed(Committed(tuple(fact.id for fact in self.facts())))

    def weigh(self, grams: int, *, readings: int = 5, **more) -> None:
        """Some readings in a row, a quarter of a second apart, flagged steady."""
        for _ in range(readings):
            self.wait(0.25)
            fields = {"grams": Grams(grams), "stable": True, "raw": b"S S", "at": self.monotonic} | more
            self.feed(WeightRead(**fields))

    def facts(self, *kinds: FactKind) -> list[Fact]:
        return [
            order.fact
            for order in self.effects
            if isinstance(order, Record) and (not kinds or order.fact.kind in kinds)
        ]

    def openings(self) -> int:
        return sum(isinstance(order, OpenDoor) for order in self.effects)

    def view(self) -> View:
        return view_of(self.session, self.around)
