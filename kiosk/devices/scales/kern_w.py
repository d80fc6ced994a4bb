"""The classic remote control of Kern scales (DE, FKB, KDE; also EOC and KFN with another request).

Source: the Kern manuals DE, FKB-A and KDE-T, *remote control commands*, and KFN-TM, 10.4. The host sends one letter,
without CR LF. Most models answer a line of M or a blank, minus or a blank, ten characters of weight, a blank and the
unit; while the weight moves, the unit is missing. EOC and KFN are asked by ``W`` and answer in the words of
:mod:`~kiosk.devices.scales.stgs`.

No manual says what the M stands for. A weight with it is not taken for a gross one, unless it is under zero.
"""

import re
from typing import ClassVar

from kiosk.devices.framing import FrameBuffer, Garbage
from kiosk.devices.scales.base import Framed, ScaleEvent, maybe_grams
from kiosk.devices.scales.stgs import decode_stgs
from kiosk.events import WeightRead

# Two columns come before the number: a line whose beginning is lost cannot be taken for a smaller weight.
_LINE = re.compile(rb"\xff?([ M])([ -] *)([0-9]{1,7}(?:[.,][0-9]{1,5})?)(?: +([A-Za-z]{1,3})| ?) *[\r\n]")
_ERROR = re.compile(rb"\xff? *Error *[\r\n]", re.IGNORECASE)


class KernW(Framed):
    """Answers to ``w``."""

    BAUD: ClassVar = 9600
    BYTESIZE: ClassVar = 8
    PARITY: ClassVar = "N"
    STOPBITS: ClassVar = 1
    REQUEST: ClassVar = b"w"
    POLL_SECONDS: ClassVar = 0.3

    def __init__(self) -> None:
        super().__init__(FrameBuffer(ends=b"\r\n", limit=40), _decode)


def _decode(frame: bytes) -> ScaleEvent:
    if _ERROR.fullmatch(frame):
        return WeightRead(grams=None, stable=False, raw=frame)
    found = _LINE.fullmatch(frame)
    if found is None:
        event = decode_stgs(frame.removeprefix(b"\xff"))
        return Garbage(len(frame)) if isinstance(event, Garbage) else event
    mark, sign, number, unit = found.groups()
    if unit is None:
        return WeightRead(grams=None, stable=False, raw=frame)
    grams = maybe_grams(sign + number, unit)
    if grams is None:
        return Garbage(len(frame))
    return WeightRead(grams=grams, stable=True, net=mark == b"M" and grams > 0, raw=frame)
