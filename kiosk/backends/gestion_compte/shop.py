"""The shop as the public pages show it: the shifts of the day every minute, the days to come and the hours less often.

What a slower page says stays as it was when that page fails once; the day's shifts do not: without them nobody knows
whom a scan would mark as present.
"""

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, tzinfo
from math import inf
from typing import Final

from kiosk.backends.gestion_compte.entrance import Entrance
from kiosk.backends.gestion_compte.french import slug
from kiosk.backends.gestion_compte.plan_pages import (
    ShownBucket,
    read_closures,
    read_day,
    read_home,
    read_next_event,
    read_opening_hours,
)
from kiosk.backends.gestion_compte.reader_pages import ShownPlace, read_reader
from kiosk.backends.gestion_compte.session import Budget
from kiosk.backends.gestion_compte.slots import CLOCK_MARGIN, Slot, dated, dated_today, shift_id_of
from kiosk.clock import Clock
from kiosk.errors import BackendUnavailable, NotAuthorised
from kiosk.types import Coop, OpeningHours, ShiftId

log = logging.getLogger(__name__)

HOME: Final = "/"
DAY: Final = "/booking/day/"
OPENING_HOURS: Final = "/openinghours/widget?title=0&kind_title=0&align=left"
CLOSURES: Final = "/closingexceptions/widget?title=0"
EVENTS: Final = "/events/widget?title=0&limit=1"
HOURS_PAGE: Final = "the opening hours"
CLOSURES_PAGE: Final = "the closures"
PLAN_SECONDS: Final = 900.0
PLAN_DAYS: Final = 7
"""The public pages show no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayShift:
    """A shift of today with its places."""

    id: ShiftId
    job: str
    slot: Slot
    places: tuple[ShownPlace, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComingShift:
    """A shift of a day to come; ``bucket`` is 0 where the office's id is not known."""

    id: ShiftId
    job: str
    slot: Slot
    shown: ShownBucket


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """The reader's page, dated.

    Attributes:
        at: monotonic seconds when it was read.
        hidden: fields to be sent along with a scan.
    """

    shifts: tuple[DayShift, ...]
    notice: str
    hidden: Mapping[str, str]
    at: float


@dataclass(slots=True)
class _Slow:
    """What the slower pages said last."""

    shifts: tuple[ComingShift, ...] = ()
    hours: tuple[OpeningHours, ...] = ()
    closures: frozenset[date] = frozenset()
    event: str = ""
    week_a: date | None = None
    failing: set[str] = field(default_factory=set)
    looks: int = 0
    unread: set[str] = field(default_factory=lambda: {HOURS_PAGE, CLOSURES_PAGE})


class Shop:
    """Reads the public pages. Any thread may ask for :meth:`today`; :meth:`look_ahead` is the sync thread's.

    Args:
        entrance: the server.
        zone: the coop's time zone; times on the pages are local.
        clock: the time that pages age by.
        timeout_seconds: bounds each request.
    """

    def __init__(self, entrance: Entrance, zone: tzinfo, clock: Clock, timeout_seconds: float) -> None:
        self._entrance = entrance
        self._zone = zone
        self._clock = clock
        self.time = entrance.place.time
        self._timeout_seconds = timeout_seconds
        self._today: Today | None = None
        self._guard = threading.Lock()
        self._slow = _Slow()
        self._look_ahead_at = clock.monotonic()

    def now(self) -> datetime:
        """The server's time, aware UTC: it judges scans by its own clock."""
        return self.time.now()

    def read_today(self, budget: Budget) -> Today:
        """The day's shifts, asked for now.

        Raises:
            NotAuthorised: the server does not know this place.
            BackendUnavailable: no usable answer, or one that cannot be read.
        """
        page = self._entrance.page(budget)
        if page.status != 200:
            raise BackendUnavailable("the server shows no page for the reader")
        shown = read_reader(page.html)
        shifts = []
        for shift in shown.shifts:
            hours = dated_today(shift.starts, shift.ends, self.now(), self._zone, running=shift.running)
            id_ = shift_id_of(shift.job, *hours, self._zone)
            shifts.append(DayShift(id=id_, job=shift.job, slot=Slot(slug(shift.job), *hours), places=shift.places))
        today = Today(shifts=tuple(shifts), notice=shown.notice, hidden=shown.hidden, at=self._clock.monotonic())
        with self._guard:
            self._today = today
        return today

    def today(self, no_older_than_seconds: float, budget: Budget) -> Today:
        """The day's shifts as last read, or asked for now if that is too long ago; raises as :meth:`read_today`."""
        known = self.last
        if known is not None and self._clock.monotonic() - known.at <= no_older_than_seconds:
            return known
        return self.read_today(budget)

    def outdate_today(self) -> None:
        """A scan has just marked somebody: the page says something else by now."""
        with self._guard:
            if self._today is not None:
                self._today = replace(self._today, at=-inf)

    @property
    def last(self) -> Today | None:
        """The day's shifts as last read."""
        with self._guard:
            return self._today

    @property
    def hidden_fields(self) -> Mapping[str, str]:
        """What the reader's page wants sent along with a scan."""
        return {} if (last := self.last) is None else last.hidden

    @property
    def coming(self) -> tuple[ComingShift, ...]:
        """The shifts of today and the days to come, as far as the public pages show them."""
        return self._slow.shifts

    def leaves_some_out(self, today: Today, now: datetime) -> bool:
        """Whether a scan may mark somebody whom the day's page does not name.

        It leaves out what ends with the day, or later, until that has begun; the page of the days to come tells at
        least that somebody is on it.
        """
        named = {shift.id for shift in today.shifts}
        return any(
            coming.shown.taken > 0 and coming.id not in named and coming.slot.is_open(now, CLOCK_MARGIN)
            for coming in self.coming
        )

    @property
    def knows_hours(self) -> bool:
        """The pages of the hours and the closures have been read since the start, or were waited for long enough."""
        return not self._slow.unread or self._slow.looks > 1

    def coop(self, name: str, phone: str) -> Coop:
        """What is true of the whole coop; name and phone are not on the pages."""
        slow = self._slow
        said = ("" if (last := self.last) is None else last.notice, slow.event)
        return Coop(
            name=name,
            phone=phone,
            hours=slow.hours,
            closures=slow.closures,
            cycle_start=slow.week_a,
            notice="\n".join(filter(None, said)),
        )

    # ── the slower pages ──────────────────────────────────────────────────────────────────────────────────────────

    def look_ahead(self) -> None:
        """Read the slower pages, if it is time."""
        if self._clock.monotonic() < self._look_ahead_at:
            return
        self._look_ahead_at = self._clock.monotonic() + PLAN_SECONDS
        self._slow.looks += 1
        today = self.now().astimezone(self._zone).date()
        for name, read in (
            ("the days to come", self._read_days),
            (HOURS_PAGE, self._read_hours),
            (CLOSURES_PAGE, self._read_closures),
            ("the events", self._read_events),
        ):
            try:
                read(today)
            except (BackendUnavailable, NotAuthorised) as fault:
                self._note(name, fault)
            else:
                self._slow.unread.discard(name)
                self._note(name, None)

    def _note(self, name: str, fault: Exception | None) -> None:
        """One line when a page is lost, one when it is back."""
        if fault is None:
            if name in self._slow.failing:
                self._slow.failing.discard(name)
                log.info("gestion-compte: %s can be read again", name)
        elif name not in self._slow.failing:
            self._slow.failing.add(name)
            log.warning("gestion-compte: %s cannot be read (%s)", name, fault)

    def _get(self, path: str) -> str:
        page = self._entrance.place.get(path, Budget(self._timeout_seconds))
        if page.status != 200:
            raise BackendUnavailable("the server has no such page")
        return page.html

    def _read_days(self, today: date) -> None:
        home = read_home(self._get(HOME), today)
        self._slow.week_a = home.week_a
        buckets = list(home.buckets)
        for day in (today + timedelta(days=ahead) for ahead in range(PLAN_DAYS + 1)):
            # A day without shifts makes master stumble: only those that the home page names are asked for.
            if day in home.days:
                buckets += read_day(self._get(f"{DAY}{day:%Y-%m-%d}"), day)
        self._slow.shifts = tuple(self._coming(bucket) for bucket in buckets if bucket.taken or bucket.free)

    def _coming(self, bucket: ShownBucket) -> ComingShift:
        hours = dated(bucket.day, bucket.starts, bucket.ends, self._zone)
        id_ = shift_id_of(bucket.job, *hours, self._zone)
        return ComingShift(id=id_, job=bucket.job, slot=Slot(slug(bucket.job), *hours), shown=bucket)

    def _read_hours(self, _today: date) -> None:
        self._slow.hours = read_opening_hours(self._get(OPENING_HOURS))

    def _read_closures(self, today: date) -> None:
        self._slow.closures = read_closures(self._get(CLOSURES), today)

    def _read_events(self, _today: date) -> None:
        self._slow.event = read_next_event(self._get(EVENTS))
