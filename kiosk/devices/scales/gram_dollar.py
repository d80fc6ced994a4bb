"""The ``$`` dialogue of GRAM and other retail scales of the Spanish market.

The host sends ``$``. The scale answers STX, a status byte, kilograms right-aligned in eight characters, CR and ETX.
No maker's table of the status byte is at hand: ``!`` and ``)`` are known to come with a weight at rest, the latter at
zero. A weight with any other status is taken for a moving one.
"""

import re
from typing import ClassVar

from kiosk.devices.framing import FrameBuffer, Garbage
from kiosk.devices.scales.base import Framed, ScaleEvent, maybe_grams
from kiosk.events import WeightRead

_ANSWER = re.compile(rb"\x02([ -?])(?=.{8}\r)( *-?[0-9]{1,4}\.[0-9]{3})\r\x03")
_AT_REST = (b"!", b")")


class GramDollar(Framed):
    """Answers to ``$``."""

    BAUD: ClassVar = 9600
    BYTESIZE: ClassVar = 8
    PARITY: ClassVar = "N"
    STOPBITS: ClassVar = 1
    REQUEST: ClassVar = b"$"
    POLL_SECONDS: ClassVar = 0.3

    def __init__(self) -> None:
        super().__init__(FrameBuffer(start=0x02, ends=b"\x03", limit=24), _decode)


def _decode(frame: bytes) -> ScaleEvent:
    found = _ANSWER.fullmatch(frame)
    if found is None:
        return Garbage(len(frame))
    return WeightRead(grams=maybe_grams(found[2], b"kg"), stable=found[1] in _AT_REST, raw=frame)
