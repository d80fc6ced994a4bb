"""MT-SICS of Mettler-Toledo scales, also Kern KCP and many compatible ones.

Source: the *MT-SICS Interface Commands* reference manual, levels 0 and 1. Commands and answers are lines of ASCII ended
by CR LF. An answer to ``S``, ``SI`` or ``SIR`` is the letter S, a status, the weight right-aligned in ten characters
and a unit. The status is ``S`` for stable and ``D`` for dynamic: a dynamic weight is a moving one, never to be kept.
"""

import re
from dataclasses import replace
from typing import ClassVar

from kiosk.devices.framing import FrameBuffer, Garbage
from kiosk.devices.scales.base import Framed, ScaleEvent, maybe_grams
from kiosk.events import WeightRead

_WEIGHT = re.compile(rb"S ([SD]) +([-+]?[0-9]{1,9}(?:[.,][0-9]{1,6})?) *([A-Za-z]{1,3}) *\r?\n")
_NO_WEIGHT = re.compile(rb"S ([I+-]) *\r?\n")
_ANSWERS = {
    # Busy, or not at rest within the scale's own time limit.
    b"I": WeightRead(grams=None, stable=False),
    b"+": WeightRead(grams=None, stable=None, overload=True),
    b"-": WeightRead(grams=None, stable=None, underload=True),
}


class MtSics(Framed):
    """The weighing answers of MT-SICS. ``ES``, ``ET``, ``EL`` and all other lines carry no weight: garbage."""

    BAUD: ClassVar = 9600
    BYTESIZE: ClassVar = 8
    PARITY: ClassVar = "N"
    STOPBITS: ClassVar = 1
    REQUEST: ClassVar = b"SI\r\n"
    POLL_SECONDS: ClassVar = 0.25

    def __init__(self) -> None:
        super().__init__(FrameBuffer(ends=b"\n"), _decode)


def _decode(frame: bytes) -> ScaleEvent:
    if found := _NO_WEIGHT.fullmatch(frame):
        return replace(_ANSWERS[found[1]], raw=frame)
    found = _WEIGHT.fullmatch(frame)
    grams = maybe_grams(found[2], found[3]) if found else None
    if found is None or grams is None:
        return Garbage(len(frame))
    return WeightRead(grams=grams, stable=found[1] == b"S", raw=frame)
