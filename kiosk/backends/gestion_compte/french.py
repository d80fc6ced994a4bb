"""Days, hours and durations as gestion-compte writes them, and its jobs and first names made comparable. Pure."""

import re
import unicodedata
from datetime import date, time, timedelta
from typing import Final

MONTHS: Final = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
WEEKDAYS: Final = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")

_DAY: Final = re.compile(rf"(\d{{1,2}})(?:er)?\s+({'|'.join(MONTHS)})(?:\s+(\d{{4}}))?", re.IGNORECASE)
_TIME: Final = re.compile(r"(\d{1,2})h(\d{2})?\b")
_DURATION: Final = re.compile(r"(-?)(\d{1,6})h(\d{2})\b")
_SPACES: Final = re.compile(r"\s+")


def one_line(text: str) -> str:
    """Text with every run of white space, no-break spaces too, as one blank."""
    return _SPACES.sub(" ", text).strip()


def plain(text: str) -> str:
    """Text without accents, case and typographic apostrophes: for comparing what two pages write differently."""
    apart = unicodedata.normalize("NFKD", one_line(text).replace("’", "'"))
    return "".join(sign for sign in apart if not unicodedata.combining(sign)).casefold()


def slug(text: str) -> str:
    """Text for an id: ``Mise en rayon`` is ``mise-en-rayon``."""
    return re.sub(r"[^a-z0-9]+", "-", plain(text)).strip("-")


def days_in(text: str, near: date) -> tuple[date, ...]:
    """The days that ``text`` names, ``lundi 23 novembre 2026``; one without a year is the one closest to ``near``."""
    found = []
    for day, month, year in _DAY.findall(text):
        number = MONTHS.index(month.lower()) + 1
        years = [int(year)] if year else [near.year - 1, near.year, near.year + 1]
        candidates = [known for known in (_maybe_date(y, number, int(day)) for y in years) if known is not None]
        if candidates:
            found.append(min(candidates, key=lambda candidate: abs(candidate - near)))
    return tuple(found)


def _maybe_date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def times_in(text: str) -> tuple[time, ...]:
    """The times of day that ``text`` names: ``9h30 à 12h30``, ``9h-12h``."""
    found = []
    for hour, minute in _TIME.findall(text):
        if int(hour) < 24 and int(minute or 0) < 60:
            found.append(time(int(hour), int(minute or 0)))
    return tuple(found)


def maybe_minutes(text: str) -> int | None:
    """A counter, ``3h00`` or ``-10h00``, in minutes; None where ``text`` names none."""
    found = _DURATION.search(text.replace("−", "-"))
    if found is None:
        return None
    sign, hours, minutes = found.groups()
    return (-1 if sign else 1) * (int(hours) * 60 + int(minutes))


def monday_of(day: date) -> date:
    """The Monday of that day's week."""
    return day - timedelta(days=day.weekday())
