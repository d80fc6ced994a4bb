"""A scale that none of the other dialogues fits: its lines described by a regular expression.

The expression has to match a whole line, blanks around it and its end aside, in any case of letters. Its named groups
say what is what: ``weight`` (a number; the only one it must have), ``unit`` (kg, g or lb), and, where they take part in
the match, ``stable``, ``moving``, ``net``, ``over`` and ``under``. With a group ``stable`` every line without it is a
moving one; with neither, steadiness is judged from the figures.
"""

import re
from typing import ClassVar

from kiosk.devices.framing import FrameBuffer, Garbage
from kiosk.devices.scales.base import GRAMS_IN, Framed, ScaleEvent, maybe_grams
from kiosk.events import WeightRead

ANY_WEIGHT = r"(?P<weight>[-+]? *\d+(?:[.,]\d+)?) *(?P<unit>kg|g|lb)(?: *(?P<moving>\?))?"
"""A signed number, a unit and, while it moves, a question mark, as Ohaus scales send it."""
_NUMBER = re.compile(rb" *[-+]? *[0-9]{1,9}(?:[.,][0-9]{1,6})? *")
_GROUPS = frozenset({"weight", "unit", "stable", "moving", "net", "over", "under"})


def compile_lines(pattern: str) -> re.Pattern[bytes]:
    """The expression, ready to be matched.

    Raises:
        ValueError: it is no regular expression, lacks ``weight``, or names a group that means nothing.
    """
    try:
        compiled = re.compile(pattern.encode("latin-1"), re.IGNORECASE | re.DOTALL)
    except (re.error, UnicodeEncodeError, RecursionError) as fault:
        raise ValueError(f"is no regular expression over bytes: {fault}") from None
    if "weight" not in compiled.groupindex:
        raise ValueError("has no group (?P<weight>…)")
    if unknown := compiled.groupindex.keys() - _GROUPS:
        raise ValueError(f"names a group that means nothing: {', '.join(sorted(unknown))}")
    return compiled


class Regex(Framed):
    """Lines in a language of their own.

    Args:
        pattern: matches a whole line.
        unit: of the weight where the line names none.
        ends: each byte of it ends a line.

    Raises:
        ValueError: ``pattern`` cannot be used.
    """

    BAUD: ClassVar = 9600
    BYTESIZE: ClassVar = 8
    PARITY: ClassVar = "N"
    STOPBITS: ClassVar = 1
    REQUEST: ClassVar = b""
    POLL_SECONDS: ClassVar = 0.4

    def __init__(self, pattern: str = ANY_WEIGHT, unit: str = "kg", ends: bytes = b"\r\n") -> None:
        if unit not in GRAMS_IN:
            raise ValueError(f"{unit!r} is none of the units {', '.join(GRAMS_IN)}")
        self._lines = compile_lines(pattern)
        self._unit = unit.encode()
        self._ends = ends
        super().__init__(FrameBuffer(ends=ends), self._read)

    def _read(self, frame: bytes) -> ScaleEvent:
        found = self._lines.fullmatch(frame.strip(self._ends + b" "))
        if found is None:
            return Garbage(len(frame))
        groups = found.groupdict()
        if groups.get("over") or groups.get("under"):
            over = bool(groups.get("over"))
            return WeightRead(grams=None, stable=None, overload=over, underload=not over, raw=frame)
        number = groups["weight"] or b""
        stable = self._stability(groups)
        if not number and stable is False:
            return WeightRead(grams=None, stable=False, raw=frame)
        grams = maybe_grams(number, groups.get("unit") or self._unit) if _NUMBER.fullmatch(number) else None
        if grams is None:
            return Garbage(len(frame))
        return WeightRead(grams=grams, stable=stable, net=bool(groups.get("net")), raw=frame)

    @staticmethod
    def _stability(groups: dict[str, bytes | None]) -> bool | None:
        if groups.get("moving"):
            return False
        return bool(groups["stable"]) if "stable" in groups else None
