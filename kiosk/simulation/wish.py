"""What is asked of a simulation, what becomes of it, and what the seed decides before the story begins."""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from random import Random
from typing import Final, Literal
from zoneinfo import ZoneInfo

from kiosk.reactor import Settings
from kiosk.rules.policy import DoorTimes, Policy, Station, Times
from kiosk.rules.tare import TareLimits
from kiosk.rules.weekly import Schedule
from kiosk.simulation.process import Process
from kiosk.simulation.promises import Broken
from kiosk.simulation.story import Entry
from kiosk.types import OpeningHours, Part

ZONE: Final = ZoneInfo("Europe/Paris")
DAY: Final = 86_400.0
VISITS_A_MEMBER: Final = 0.275
"""A day: 80,000 a year for 800 members."""
SPECIAL_DAYS: Final = (
    date(2026, 3, 29), date(2026, 10, 25), date(2026, 12, 28), date(2027, 1, 1), date(2027, 1, 3), date(2026, 12, 31),
    date(2026, 5, 1), date(2026, 2, 28),
)  # fmt: skip
"""Both days on which the clocks change, the ISO week 53, a new year, a holiday."""
YEAR_BEGINS: Final = date(2026, 2, 2)
"""A Monday; a year from it holds both changes of the clocks and the week 53 of 2026."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is asked for.

    Attributes:
        seed: everything else follows from it.
        days: how many.
        members: how many people.
        faults: as for ``--faults``.
        visits: a day; None: as many as that many members make.
        terminals: one or two; None: the seed decides.
        keep: only these entries of the story (by key); None: all.
        mend: breaks something on purpose in each new process (:mod:`kiosk.simulation.mutations`).
    """

    seed: int
    days: int = 1
    members: int = 800
    faults: str = "all"
    visits: int | None = None
    terminals: int | None = None
    keep: Collection[str] | None = None
    mend: Callable[[Process], None] = lambda _process: None
    pace: Literal["fine", "coarse"] | None = None
    """How finely time passes where nobody looks: fine up to two weeks, else coarse."""


@dataclass(slots=True)
class Outcome:
    """How it went.

    Attributes:
        digest: of the whole journal: the same for the same wish.
        looks: how often each promise was looked at.
        counts: what happened.
        broken: the first promise that was broken.
        story: the entries that were played, in order.
        steps: turns taken.
    """

    digest: str = ""
    looks: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    broken: Broken | None = None
    story: list[Entry] = field(default_factory=list)
    steps: int = 0


def first_day(chance: Random, days: int) -> date:
    """A long story begins with the coop's year; a short one on a day of its own, a special one rather often."""
    if days > 14:
        return YEAR_BEGINS
    if chance.random() < 0.4:
        return chance.choice(SPECIAL_DAYS)
    return YEAR_BEGINS + timedelta(days=chance.randrange(360))


def schedule_of(chance: Random, *, often: bool) -> Schedule:
    """When the door stands open by itself: half an hour, on any day or on Saturdays; most coops have no such thing."""
    if chance.random() < 0.6:
        return Schedule()
    opens = time(chance.randint(9, 18), chance.choice((0, 30)))
    closes = opens.replace(minute=opens.minute + chance.randint(10, 29))
    days = range(7) if often else (5,)
    return Schedule(hours=tuple(OpeningHours(weekday=day, opens=opens, closes=closes) for day in days))


def settings_of(chance: Random, schedule: Schedule) -> Settings:
    """What this coop has decided."""
    policy = Policy(
        hours_late_block=chance.random() < 0.5,
        leave_blocks=chance.random() < 0.3,
        booking_opens_door=chance.random() < 0.8,
        unstaffed=chance.choice(list(type(Policy().unstaffed))),
        needs_opening_hours=chance.random() < 0.8,
        visitors=chance.choice(list(type(Policy().visitors))),
    )
    return Settings(
        policy=policy,
        times=Times(),
        door=DoorTimes(),
        limits=TareLimits(),
        station=Station.BOTH,
        zone=ZONE,
        language="fr",
        phone="01 02 03 04 05",
        parts=frozenset(Part),
        hold_open=schedule,
    )
