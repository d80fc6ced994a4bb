"""Which days may be told: a clock that was never set says one of long ago. Pure."""

from datetime import date
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
