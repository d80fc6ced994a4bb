"""What happens on a day, as a list that is drawn from the seed before anything of it is played.

Each entry has luck of its own: leave one out, and all the others are what they were. That is what lets a long story
that ends badly be cut down to a short one that ends the same way.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Final

from kiosk.simulation.coop import InventedCoop, hours_of_shop

FAULTS: Final = {
    "network": ("network_cut", "network_slow", "network_lying"),
    "server": ("server_errors", "lost_answers", "server_rollback"),
    "power": ("power_cut",),
    "disk": ("disk_full", "disk_slow", "disk_hangs", "disk_fails", "disk_fails_to_sync"),
    "clock": ("clock_jump", "clock_drift", "clock_unset"),
    "reader": ("reader_lost", "reader_brown_out"),
    "scale": ("scale_garbage",),
    "door": ("relay_stuck", "fire", "lock_down", "hold", "door_lost", "exit_stuck"),
    "process": ("kill", "upgrade", "roll_back"),
}
"""The kinds of trouble by the names that ``--faults`` takes."""
A_DAY: Final = {
    "network_cut": 1.2, "network_slow": 0.6, "network_lying": 0.3, "server_errors": 0.8, "lost_answers": 1.0,
    "server_rollback": 0.08, "power_cut": 0.5, "disk_full": 0.15, "disk_slow": 0.4, "disk_hangs": 0.3,
    "disk_fails": 0.2, "disk_fails_to_sync": 0.2, "clock_jump": 0.1, "clock_drift": 0.1, "clock_unset": 0.15,
    "reader_lost": 0.4,
    "reader_brown_out": 0.3, "scale_garbage": 0.5, "relay_stuck": 0.1, "fire": 0.08, "lock_down": 0.1, "hold": 0.2,
    "door_lost": 0.1, "exit_stuck": 0.1, "kill": 0.4, "upgrade": 0.1, "roll_back": 0.05,
}  # fmt: skip
"""How often each comes, on a bad day."""
FORGETTINGS_A_DAY: Final = 0.15
"""How often somebody asks to be forgotten."""


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One thing that happens.

    Attributes:
        at: seconds since the simulation began.
        key: ``DAY.NUMBER``, its name in a shortened story.
        kind: what.
        who: a member's id, where it is somebody's.
        terminal: at which.
        luck: what everything else about it is drawn from.
    """

    at: float
    key: str
    kind: str
    who: str = ""
    terminal: int = 0
    luck: int = 0

    def chance(self) -> Random:
        """Its own luck."""
        return Random(self.luck)

    def __str__(self) -> str:
        day, seconds = divmod(int(self.at), 86_400)
        clock = f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}"
        who = f" {self.who}" if self.who else ""
        return f"day {day + 1} {clock} t{self.terminal} {self.kind}{who} [{self.key}]"


class Author:
    """Writes the days of one simulation.

    Args:
        seed: of the whole.
        start: aware UTC; local midnight of the first day.
        coop: whose days they are.
        visits: a day.
        faults: the kinds of trouble that may come; each as often as ``rate`` says.
        rate: 1 is a bad day every day.
        terminals: how many there are.
    """

    def __init__(
        self,
        seed: int,
        start: datetime,
        coop: InventedCoop,
        *,
        visits: int,
        faults: frozenset[str],
        rate: float,
        terminals: int,
    ) -> None:
        self._seed = seed
        self._start = start
        self._coop = coop
        self._visits = visits
        self._faults = faults
        self._rate = rate
        self._terminals = terminals

    def day(self, number: int) -> list[Entry]:
        """Everything of one day, in order."""
        chance = Random(f"{self._seed}/{number}")
        day = (self._start.astimezone(self._coop.zone) + timedelta(days=number, hours=3)).date()
        drafts = [*self._people(chance, day), *self._office(day), *self._trouble(chance, day)]
        drafts.sort(key=lambda draft: draft[0])
        entries = [
            Entry(at, f"{number}.{order}", kind, who, chance.randrange(self._terminals), chance.getrandbits(48))
            for order, (at, kind, who) in enumerate(drafts)
        ]
        return sorted([*entries, *self._forgetting(number, day)])

    def _forgetting(self, number: int, day: date) -> Iterator[Entry]:
        """Drawn apart, in a night: nobody is at the screen who is being forgotten."""
        chance = Random(f"{self._seed}/{number}/forgetting")
        if chance.random() < FORGETTINGS_A_DAY:
            terminal, luck = chance.randrange(self._terminals), chance.getrandbits(48)
            yield Entry(self._at(day, 4.5), f"{number}.forgetting", "forgetting", "", terminal, luck)

    def _at(self, day: date, hour: float) -> float:
        """Local time as seconds of the simulation."""
        local = datetime.combine(day, time(), self._coop.zone) + timedelta(hours=hour)
        return (local.astimezone(UTC) - self._start).total_seconds()

    def _people(self, chance: Random, day: date) -> Iterator[tuple[float, str, str]]:
        ids = list(self._coop.members)
        today = [stretch for stretch in hours_of_shop() if stretch.weekday == day.weekday()]
        if self._coop.is_open(day):
            for shift in self._coop.shifts_on(day):
                starts = (shift.starts_at - self._start).total_seconds()
                for place in self._coop.roster_of(shift):
                    if chance.random() < 0.9:
                        yield starts + chance.triangular(-1500, 1800, -300), "worker", place.member_id
        visits = self._visits if self._coop.is_open(day) and today else self._visits // 20
        opens, closes = (8.5, 20.5) if not today else (_hours(today[0].opens) - 0.3, _hours(today[0].closes) + 0.3)
        for _ in range(visits):
            hour = chance.triangular(opens, closes, chance.choice((11.0, 18.0)))
            kind = chance.choices(("visit", "jar", "no_card", "stranger", "two_cards", "delivery", "wrong_code"),
                                  (86, 5, 3, 2, 1, 1, 1))[0]  # fmt: skip
            yield self._at(day, hour), kind, chance.choice(ids)
        yield self._at(day, 23.5), "late_visit", chance.choice(ids)

    def _office(self, day: date) -> Iterator[tuple[float, str, str]]:
        yield self._at(day, 0.5), "plan", ""
        yield self._at(day, 3.2), "purge", ""
        for number in range(3):
            yield self._at(day, 10 + 3.1 * number), "office", ""

    def _trouble(self, chance: Random, day: date) -> Iterator[tuple[float, str, str]]:
        for kinds in FAULTS.values():
            for kind in kinds:
                count = _times(chance, A_DAY[kind] * self._rate)
                hours = [chance.uniform(7.0, 21.0) for _ in range(count)]
                if kind in self._faults:
                    yield from ((self._at(day, hour), kind, "") for hour in hours)


def faults_of(text: str) -> frozenset[str]:
    """The kinds that ``all``, ``none`` or a list of names means.

    Raises:
        ValueError: a name means nothing.
    """
    every = frozenset(kind for kinds in FAULTS.values() for kind in kinds)
    if text in {"all", "none"}:
        return every if text == "all" else frozenset()
    found: set[str] = set()
    for name in filter(None, (part.strip() for part in text.split(","))):
        if name in FAULTS:
            found.update(FAULTS[name])
        elif name in every:
            found.add(name)
        else:
            raise ValueError(f"there is no fault {name!r}; there are {', '.join((*FAULTS, *sorted(every)))}")
    return frozenset(found)


def _hours(at: time) -> float:
    return at.hour + at.minute / 60


def _times(chance: Random, mean: float) -> int:
    whole = int(mean)
    return whole + (chance.random() < mean - whole)
