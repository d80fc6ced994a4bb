"""Which days may be told: a clock that was never set says one of long ago. Pure."""

from datetime import date, datetime, timedelta
from typing import Final

from kiosk.types import ClockTrust, Jar

FIRST_YEAR: Final = 2024
"""No terminal is older: whatever says an earlier day was written under a clock that was never set."""


def may_be_told(day: date) -> bool:
    """The day, or moment, is not one of an unset clock."""
    return day.year >= FIRST_YEAR


def is_label_dated(jar: Jar, trust: ClockTrust) -> bool:
    """Whether a label made now says when its jar was weighed: not while nobody vouches for the clock."""
    return trust is not ClockTrust.NEVER and may_be_told(jar.weighed_on)


def is_misdated(learnt: datetime, now: datetime, trust: ClockTrust) -> bool:
    """That moment is of a clock that was never set, or of one that was ahead: nothing was learnt in times to come."""
    return not may_be_told(learnt) or (trust is ClockTrust.SYNCED and learnt > now)


def maybe_dated(now: datetime, trust: ClockTrust, seconds_ago: float) -> datetime | None:
    """The true day of what was learnt under a clock that was wrong: else it would be ages old, or never grow old.

    Args:
        now: aware UTC.
        trust: in ``now``.
        seconds_ago: how long ago it was learnt, by a clock that does not jump.

    Returns:
        None while there is nothing to tell it by.
    """
    return None if trust is ClockTrust.NEVER else now - timedelta(seconds=seconds_ago)
