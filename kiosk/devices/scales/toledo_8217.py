"""The 8217 dialogue of Toledo checkout scales (also 8213, Ariva and many that imitate them).

Source: the Toledo 8217 manual, host interface. The host sends ``W``, nothing after it. The scale answers between STX
and CR, in even parity: a weight, which implies that it stands still, or a question mark and a status byte, which
implies that there is no weight. Kilograms have three decimals and pounds two; an N after the digits says net.
"""

import re
from typing import ClassVar

from kiosk.devices.framing import FrameBuffer, Garbage
from kiosk.devices.scales.base import SEVEN_BITS, Framed, ScaleEvent, maybe_grams
from kiosk.events import WeightRead

_WEIGHT = re.compile(rb"\x02 *([0-9]{1,3}\.[0-9]{2,3})(N?)\r")
_STATUS = re.compile(rb"\x02\?([@-\x7f])\r")
_OVER_CAPACITY = 0x02
_UNDER_ZERO = 0x04
_NET = 0x20


class Toledo8217(Framed):
    """Answers to ``W``. Parity bits that the port left on are taken off."""

    BAUD: ClassVar = 9600
    BYTESIZE: ClassVar = 7
    PARITY: ClassVar = "E"
    STOPBITS: ClassVar = 1
    REQUEST: ClassVar = b"W"
    POLL_SECONDS: ClassVar = 0.25

    def __init__(self) -> None:
        super().__init__(FrameBuffer(start=0x02, ends=b"\r", limit=16), _decode)

    def receive_data(self, data: bytes) -> None:
        super().receive_data(data.translate(SEVEN_BITS))


def _decode(frame: bytes) -> ScaleEvent:
    if found := _STATUS.fullmatch(frame):
        status = found[1][0]
        over, under = bool(status & _OVER_CAPACITY), bool(status & _UNDER_ZERO)
        # Whatever else keeps the weight back (motion, a zero that cannot be captured) is over once the pan is at rest.
        stable = None if over or under else False
        return WeightRead(grams=None, stable=stable, overload=over, underload=under, net=bool(status & _NET), raw=frame)
    if found := _WEIGHT.fullmatch(frame):
        unit = b"kg" if found[1][-4:-3] == b"." else b"lb"
        return WeightRead(grams=maybe_grams(found[1], unit), stable=True, net=bool(found[2]), raw=frame)
    return Garbage(len(frame))
