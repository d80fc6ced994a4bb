"""The family of lines that begin with ST, US, OL or UL: GRAM, A&D, CAS (22 bytes), Kern, Dini Argeo and their clones.

Source: the makers' manuals of the GRAM XFOC, A&D standard format, CAS NT and CI series, Kern KFN and GAB, Dini Argeo
3590. One tolerant grammar for all of them: a stability word, a word for what is shown, a signed number, a unit, CR or
LF. CAS adds the number of the scale and a lamp byte with its top bit set; Dini Argeo gives net and tare side by side,
and says UL under its range, as with the tray off.
"""

import re
from typing import ClassVar

from kiosk.devices.framing import FrameBuffer, Garbage
from kiosk.devices.scales.base import Framed, ScaleEvent, maybe_grams
from kiosk.events import WeightRead

_NUMBER = rb"([-+]? *[0-9]{1,9}(?:[.,][0-9]{1,6})?)"
_UNIT = rb"([A-Z]{1,3})"
_SHOWN = rb"(GS|GW|G|NT|N|TR|T|PT)?"
_LINE = re.compile(
    rb"(ST|US) *,? *" + _SHOWN + rb" *,? *(?:[ -~]([\x80-\xff]),)? *" + _NUMBER + rb" *,? *" + _UNIT + rb" *[\r\n]",
    re.IGNORECASE,
)
_NET_AND_TARE = re.compile(
    rb"(ST|US), *[0-9]{1,2} *, *"
    + _NUMBER
    + rb" *"
    + _UNIT
    + rb" *, *(?:PT)? *"
    + _NUMBER
    + rb" *"
    + _UNIT
    + rb" *[\r\n]",
    re.IGNORECASE,
)
_OUT_OF_RANGE = re.compile(rb"(OL|UL) *,? *" + _SHOWN + rb"[ ,]*([-+]?)[ -~\x80-\xff]*[\r\n]", re.IGNORECASE)
_GROSS_WORDS = (None, b"GS", b"GW", b"G")
_LAMP_STABLE = 0x40
_LAMP_HOLD = 0x10
_LAMP_TARE = 0x02


class Stgs(Framed):
    """Lines as they stream. Lines without the stability word are garbage: a number alone may be moving."""

    BAUD: ClassVar = 9600
    BYTESIZE: ClassVar = 8
    PARITY: ClassVar = "N"
    STOPBITS: ClassVar = 1
    REQUEST: ClassVar = b""
    POLL_SECONDS: ClassVar = 0.4

    def __init__(self) -> None:
        super().__init__(FrameBuffer(ends=b"\r\n"), decode_stgs)


def decode_stgs(frame: bytes) -> ScaleEvent:
    """What one line says, its CR or LF included."""
    if found := _OUT_OF_RANGE.fullmatch(frame):
        under = found[1].upper() == b"UL" or found[3] == b"-"
        return WeightRead(grams=None, stable=None, overload=not under, underload=under, raw=frame)
    if found := _LINE.fullmatch(frame):
        word, shown, lamp, number, unit = found.groups()
        return _reading(frame, word, number, unit, net=_is_net(shown, lamp), steady=_is_steady(lamp))
    if found := _NET_AND_TARE.fullmatch(frame):
        word, number, unit, tare, tare_unit = found.groups()
        return _reading(frame, word, number, unit, net=maybe_grams(tare, tare_unit) != 0, steady=True)
    return Garbage(len(frame))


def _is_net(shown: bytes | None, lamp: bytes | None) -> bool:
    """Anything but a gross weight: net, or the tare itself."""
    gross = (shown.upper() if shown else None) in _GROSS_WORDS
    return not gross or (lamp is not None and bool(lamp[0] & _LAMP_TARE))


def _is_steady(lamp: bytes | None) -> bool:
    return lamp is None or (bool(lamp[0] & _LAMP_STABLE) and not lamp[0] & _LAMP_HOLD)


def _reading(frame: bytes, word: bytes, number: bytes, unit: bytes, *, net: bool, steady: bool) -> ScaleEvent:
    grams = maybe_grams(number, unit)
    if grams is None:
        return Garbage(len(frame))
    return WeightRead(grams=grams, stable=steady and word.upper() == b"ST", net=net, raw=frame)
