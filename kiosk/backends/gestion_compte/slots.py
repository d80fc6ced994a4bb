"""A shift of gestion-compte by its hours and job: its public pages have no ids, so these make one. Pure.

``20261124-1600-1900-mise-en-rayon`` is the shelves on 24 November 2026 from 16 to 19 o'clock, local time. The id says
all that is needed to find the shift again on any page, days later, after a restart, too.
"""

import re
import zlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from kiosk.backends.gestion_compte.french import plain, slug
from kiosk.types import MemberId, ShiftId

OPENS_BEFORE: Final = timedelta(minutes=10)
"""A scan validates a shift from so long before its start, until its end."""
CLOCK_MARGIN: Final = timedelta(seconds=5)
"""What two clocks that were compared can still differ by."""

_ID: Final = re.compile(r"(\d{8})-(\d{4})-(\d{4})-(.*)")


@dataclass(frozen=True, slots=True)
class Slot:
    """A job at its hours; ``job`` as a slug, times aware UTC."""

    job: str
    starts_at: datetime
    ends_at: datetime

    def is_open(self, now: datetime, margin: timedelta = timedelta()) -> bool:
        """A scan may validate it now. A positive ``margin`` widens the window, a negative one narrows it."""
        return self.starts_at - OPENS_BEFORE - margin < now < self.ends_at + margin

    def is_over(self, now: datetime) -> bool:
        """No scan can validate it any more."""
        return now >= self.ends_at - CLOCK_MARGIN


def dated(day: date, starts: time, ends: time, zone: tzinfo) -> tuple[datetime, datetime]:
    """Start and end in UTC of a shift that starts on ``day``; one that ends before it starts ends the day after."""
    last_day = day if ends > starts else day + timedelta(days=1)
    return _utc(day, starts, zone), _utc(last_day, ends, zone)


def _utc(day: date, at: time, zone: tzinfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)


def dated_today(starts: time, ends: time, now: datetime, zone: tzinfo, *, running: bool) -> tuple[datetime, datetime]:
    """The same for a shift that the reader's page shows at ``now``: one that runs may have begun yesterday."""
    today = now.astimezone(zone).date()
    found = dated(today, starts, ends, zone)
    if running and found[0] > now + OPENS_BEFORE:
        return dated(today - timedelta(days=1), starts, ends, zone)
    return found


def shift_id_of(job: str, starts_at: datetime, ends_at: datetime, zone: tzinfo) -> ShiftId:
    """The id of a shift; hours in UTC, written in local time."""
    starts, ends = starts_at.astimezone(zone), ends_at.astimezone(zone)
    return ShiftId(f"{starts:%Y%m%d-%H%M}-{ends:%H%M}-{slug(job)}")


def slot_of(shift_id: ShiftId, zone: tzinfo) -> Slot:
    """What an id says.

    Raises:
        ValueError: it is not one of these.
    """
    found = _ID.fullmatch(shift_id)
    if found is None:
        raise ValueError("not a shift of this server")
    day, starts, ends, job = found.groups()
    starting, ending = (time(int(text[:2]), int(text[2:])) for text in (starts, ends))
    return Slot(job, *dated(date(int(day[:4]), int(day[4:6]), int(day[6:])), starting, ending, zone))


def person_id(number: str, first_name: str) -> MemberId:
    """The id of one person of a membership: ``312-4711``. The name is in it as four digits only.

    A membership of two shares its number and its counter, while shifts are those of one person.
    """
    return MemberId(f"{number}-{zlib.crc32(plain(first_name).encode()) % 10_000:04}")
