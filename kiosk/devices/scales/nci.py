"""The NCI dialogue ("ECR") of Avery Weigh-Tronix, Brecknell and Adam MDW scales.

Source: the user manuals of the Weigh-Tronix 7821 and NCI 7800, Salter Brecknell 3700LP and Adam MDW. The host sends W
and CR. The scale answers LF, the weight with its unit, CR, LF, two to four status bytes, CR and ETX; while there is no
weight to tell, LF, the status bytes, CR and ETX. Bits 4 and 5 of a status byte are always 1, bit 6 that another
one follows.
"""

import re
from typing import ClassVar

from kiosk.devices.framing import FrameBuffer, Garbage
from kiosk.devices.scales.base import SEVEN_BITS, Framed, ScaleEvent, maybe_grams
from kiosk.events import WeightRead

_ANSWER = re.compile(rb"(?:\n([ -~]{1,14})\r)?\n([0-?p-\x7f]{2,4})\r\x03")
_WEIGHT = re.compile(rb" *(-? *[0-9]{1,7}(?:\.[0-9]{1,4})?) *([A-Za-z]{1,2}) *")
_OUT_OF_RANGE = re.compile(rb" *(\^+|_+|-+) *(?:[A-Za-z]{1,2})? *")

_MOVING = 0x01
_UNDER, _OVER = 0x01, 0x02
_FAULTY = 0x0C
"""Of the first byte: RAM or EEPROM error. Of the second: ROM or calibration error."""
_NET = 0x04


class Nci(Framed):
    """Answers to ``W``. Parity bits that the port left on are taken off."""

    BAUD: ClassVar = 9600
    BYTESIZE: ClassVar = 7
    PARITY: ClassVar = "E"
    STOPBITS: ClassVar = 1
    REQUEST: ClassVar = b"W\r"
    POLL_SECONDS: ClassVar = 0.3

    def __init__(self) -> None:
        super().__init__(FrameBuffer(ends=b"\x03", limit=40), _decode)

    def receive_data(self, data: bytes) -> None:
        super().receive_data(data.translate(SEVEN_BITS))


def _decode(frame: bytes) -> ScaleEvent:
    found = _ANSWER.fullmatch(frame)
    if found is None:
        return Garbage(len(frame))
    field, status = found.groups()
    over, under = bool(status[1] & _OVER), bool(status[1] & _UNDER)
    if over or under:
        return WeightRead(grams=None, stable=None, overload=over, underload=under and not over, raw=frame)
    if field is None or status[0] & (_MOVING | _FAULTY) or status[1] & _FAULTY or _OUT_OF_RANGE.fullmatch(field):
        # Whatever keeps the weight back, a faulty memory included: no figure may be used.
        return WeightRead(grams=None, stable=False, raw=frame)
    weight = _WEIGHT.fullmatch(field)
    grams = maybe_grams(*weight.groups()) if weight else None
    if grams is None:
        return Garbage(len(frame))
    return WeightRead(grams=grams, stable=True, net=len(status) > 2 and bool(status[2] & _NET), raw=frame)
