"""Hours of the week as people write them: ``tue 09:00-12:30``, ``mon-fri 10:45-13:00``. Pure; local time."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Final

from kiosk.types import OpeningHours

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
OPENING_HOURS: Final = "opening-hours"
"""Stands for the hours that the coop itself tells."""
PATTERN: Final = r"(?P<first>{day})(-(?P<last>{day}))? (?P<opens>{time})-(?P<closes>{time})".replace(
    "{day}", "|".join(DAYS)
).replace("{time}", "([01][0-9]|2[0-3]):[0-5][0-9]")
LIKE: Final = f'hours like "tue 09:00-12:30" or "mon-fri 10:45-13:00", or "{OPENING_HOURS}"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When something is so by itself.

    Attributes:
        hours: of its own.
        opening_hours: also in the hours of the coop.
    """

    hours: tuple[OpeningHours, ...] = ()
    opening_hours: bool = False


def hours_of(text: str) -> tuple[OpeningHours, ...]:
    """The stretches, one a day.

    A stretch that ends at 00:00 lasts until the end of its day.

    Raises:
        ValueError: it is not written like that, or ends before it begins.
    """
    found = re.fullmatch(PATTERN, text)
    if found is None:
        raise ValueError(f"is not written like {LIKE}")
    stretch = OpeningHours(
        weekday=DAYS.index(found["first"]),
        opens=time.fromisoformat(found["opens"]),
        closes=time.fromisoformat(found["closes"]),
    )
    if not stretch.in_order:
        raise ValueError("ends before it begins: write two stretches, until 00:00 and from 00:00")
    last = stretch.weekday if found["last"] is None else DAYS.index(found["last"])
    days = (last - stretch.weekday) % len(DAYS) + 1
    return tuple(replace(stretch, weekday=(stretch.weekday + day) % len(DAYS)) for day in range(days))


def schedule_of(texts: Iterable[str]) -> Schedule:
    """What a list of the configuration means.

    Raises:
        ValueError: one of them means nothing.
    """
    written = tuple(texts)
    own = [text for text in written if text != OPENING_HOURS]
    return Schedule(
        hours=tuple(stretch for text in own for stretch in hours_of(text)), opening_hours=OPENING_HOURS in written
    )


def stretch_at(hours: Iterable[OpeningHours], local: datetime) -> OpeningHours | None:
    """The stretch that holds the local time ``local``."""
    today, clock = local.weekday(), local.time()
    return next((stretch for stretch in hours if stretch.weekday == today and stretch.holds(clock)), None)
