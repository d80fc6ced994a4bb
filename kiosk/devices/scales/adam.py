"""Adam scales: CPWplus (``G``), and AZextra and its kin once they send by themselves.

Source: the user manuals of the Adam CPWplus, chapter 11, and AZextra, 3.10. Lines of a word for what is shown, a signed
number and a unit. The continuous output of a CPWplus puts three characters before them: its address, S or U for stable
or unstable, and N for no error. An answer to ``G`` has none of these, so that steadiness has to be judged here.

An AZextra that is asked (``P``) answers only when something new lies there and never tells an empty pan: for a tare it
has to be set to send continuously.
"""

import re
from typing import ClassVar

from kiosk.devices.framing import FrameBuffer, Garbage
from kiosk.devices.scales.base import Framed, ScaleEvent, maybe_grams
from kiosk.events import WeightRead

_LINE = re.compile(
    rb" *(?:[0-9A-Z]{0,2}([SU])([A-Z]))?"
    rb"(?:(G|N|T|GROSS|NET|TARE)(?:/W|[ /]WT)?[.:]?)? *"
    rb"([-+]? *[0-9]{1,6}(?:[.,][0-9]{1,4})?) *(KG|G|LB) *[\r\n]",
    re.IGNORECASE,
)
_CUT = re.compile(rb"[0-9]+ *KG", re.IGNORECASE)
"""What is left of kilograms whose beginning is lost; a scale of kilograms has decimals."""
_GROSS = (None, b"G", b"GROSS")


class Adam(Framed):
    """Answers to ``G``, or lines as they stream."""

    BAUD: ClassVar = 9600
    BYTESIZE: ClassVar = 8
    PARITY: ClassVar = "N"
    STOPBITS: ClassVar = 1
    REQUEST: ClassVar = b"G\r\n"
    POLL_SECONDS: ClassVar = 0.5

    def __init__(self) -> None:
        super().__init__(FrameBuffer(ends=b"\r\n", limit=40), _decode)


def _decode(frame: bytes) -> ScaleEvent:
    found = _LINE.fullmatch(frame)
    grams = maybe_grams(found[4], found[5]) if found else None
    if found is None or grams is None or _CUT.match(frame):
        return Garbage(len(frame))
    state, error, shown = found[1], found[2], found[3]
    if error is not None and error.upper() != b"N":
        return WeightRead(grams=None, stable=False, raw=frame)
    net = (shown.upper() if shown else None) not in _GROSS
    return WeightRead(grams=grams, stable=None if state is None else state.upper() == b"S", net=net, raw=frame)
