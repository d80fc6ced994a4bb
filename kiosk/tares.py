"""What a TARE fact says of its jar, for whoever keeps jars."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, tzinfo
from typing import Final

from kiosk.types import Fact, Grams, Jar, JarCode, Moment

DAY: Final = "weighed_on"
"""The detail that says on which day it was in the shop: around midnight the UTC day is another one."""


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
