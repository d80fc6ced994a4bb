"""What a TARE fact says of its jar, and which digits can be a jar's code, for whoever keeps jars."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, tzinfo
from typing import Final

from kiosk.types import Fact, Grams, Jar, JarCode, Moment

DAY: Final = "weighed_on"
"""The detail that says on which day it was in the shop: around midnight the UTC day is another one."""
CODE_LENGTH: Final = 6
"""Five digits of a jar's code and a check digit."""

_DAMM: Final = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)
"""Damm's totally anti-symmetric quasigroup of order ten (H. M. Damm, 2004).

Its check digit catches every wrong digit and every swap of neighbours, the two slips of people who type; the check
digit of an EAN misses one swap in nine.
"""


def damm(digits: str) -> int:
    """The check digit of ``digits``; 0 where the right one is their last."""
    interim = 0
    for digit in digits:
        interim = _DAMM[interim][int(digit)]
    return interim


def is_jar_code(text: str) -> bool:
    """Whether ``text`` is six digits of which the last is right."""
    return len(text) == CODE_LENGTH and text.isascii() and text.isdigit() and damm(text) == 0


def maybe_jar(fact: Fact, *, happened: Moment | None = None, zone: tzinfo = UTC) -> Jar | None:
    """The jar that was weighed, without its sticker; None where the fact does not say which, or how heavy.

    Args:
        fact: its details are ``jar`` (the code), ``grams`` (an int) and, but for older ones, :data:`DAY`.
        happened: when it was, set right where the clock was wrong; then the day is worked out from it.
        zone: of the shop.
    """
    code, grams = fact.details.get("jar"), fact.details.get("grams")
    if not isinstance(code, str) or not isinstance(grams, int):
        return None
    return Jar(code=JarCode(code), grams=Grams(grams), weighed_on=_day_of(fact, happened or fact.happened, zone))


def _day_of(fact: Fact, happened: Moment, zone: tzinfo) -> date:
    told = fact.details.get(DAY)
    if happened == fact.happened and isinstance(told, str):
        with suppress(ValueError):
            return date.fromisoformat(told)
    return happened.wall.astimezone(zone).date()


def set_right(fact: Fact, happened: Moment, zone: tzinfo) -> Fact:
    """The fact with its true time, and where it tells the day of a weighing, with the true one."""
    if happened == fact.happened:
        return fact
    jar = maybe_jar(fact, happened=happened, zone=zone) if DAY in fact.details else None
    details = fact.details if jar is None else {**fact.details, DAY: jar.weighed_on.isoformat()}
    return replace(fact, happened=happened, details=details)
