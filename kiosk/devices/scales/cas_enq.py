"""The ENQ dialogue of CAS retail scales (PD-II, AP-1, ER, AD, SW-II) and their clones.

Source: the CAS AP-1 and PD-II manuals, ECR interface. The host sends ENQ, the scale ACK (or NAK when it is busy), the
host DC1, the scale one block of fifteen bytes: SOH STX, S or U for stable or unstable, a sign (blank, minus, or F when
overloaded), six characters of weight, two of unit, their XOR from the S on, ETX EOT. Some units begin with 0x81.
"""

import re
from collections import deque
from functools import reduce
from operator import xor
from typing import ClassVar

from kiosk.devices.framing import FrameBuffer, Garbage
from kiosk.devices.scales.base import ScaleEvent, Send, maybe_grams
from kiosk.events import WeightRead

ENQ, ACK, DC1, NAK = b"\x05", 0x06, b"\x11", 0x15
_SOH, _OTHER_SOH = 0x01, 0x81
_BLOCK = re.compile(rb"\x01\x02([SU][ F-][ .0-9F]{6}[A-Za-z ]{2})(.)\x03\x04", re.DOTALL)
_WEIGHT = re.compile(rb"([SU])(?=.{9})([ -] *[0-9]+(?:\.[0-9]+)?)([A-Za-z ]{2})")


class CasEnq:
    """The dialogue from ACK on. The check byte of a weight is never mistaken for ACK or NAK: it lies above both."""

    BAUD: ClassVar = 9600
    BYTESIZE: ClassVar = 8
    PARITY: ClassVar = "N"
    STOPBITS: ClassVar = 1
    REQUEST: ClassVar = ENQ
    POLL_SECONDS: ClassVar = 0.25

    def __init__(self) -> None:
        self._frames = FrameBuffer(start=_SOH, ends=b"\x04", limit=24)
        self._events: deque[ScaleEvent] = deque()

    def receive_data(self, data: bytes) -> None:
        for byte in data:
            if byte == ACK:
                self._events.append(Send(DC1))
            elif byte != NAK:
                self._frames.receive_data(bytes([_SOH if byte == _OTHER_SOH else byte]))
                while (frame := self._frames.maybe_next_frame()) is not None:
                    self._events.append(_decode(frame) if isinstance(frame, bytes) else frame)

    def next_event(self) -> ScaleEvent | None:
        return self._events.popleft() if self._events else None


def _decode(frame: bytes) -> ScaleEvent:
    block = _BLOCK.fullmatch(frame)
    if block is None or reduce(xor, block[1]) != block[2][0]:
        return Garbage(len(frame))
    if b"F" in block[1]:
        return WeightRead(grams=None, stable=None, overload=True, raw=frame)
    found = _WEIGHT.fullmatch(block[1])
    grams = maybe_grams(found[2], found[3]) if found else None
    if found is None or grams is None:
        return Garbage(len(frame))
    return WeightRead(grams=grams, stable=found[1] == b"S", raw=frame)
