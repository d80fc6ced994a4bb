"""What every scale's decoder is: bytes in, readings out. No port, no thread, no clock.

To add a scale: put bytes of a real one and the expected events into ``tests/wire/NAME/``, write a module beside this
one, and add a line to :mod:`kiosk.devices.scales.registry`. The conformance suite runs by itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import ClassVar, Protocol, TypeAlias

from kiosk.devices.framing import FrameBuffer, Garbage
from kiosk.events import WeightRead
from kiosk.types import Grams


@dataclass(frozen=True, slots=True)
class Send:
    """The dialogue goes on with these bytes to the scale."""

    data: bytes


ScaleEvent: TypeAlias = WeightRead | Garbage | Send
"""``WeightRead.at`` is left at zero: the transport knows the time."""


class Decoder(Protocol):
    """One dialogue. The constants are the scale's usual settings; a shop's may differ."""

    BAUD: ClassVar[int]
    BYTESIZE: ClassVar[int]
    PARITY: ClassVar[str]
    """``N``, ``E`` or ``O``."""
    STOPBITS: ClassVar[int]
    REQUEST: ClassVar[bytes]
    """What asks for one reading; empty for a scale that streams by itself. Never a tare or a zero command."""
    POLL_SECONDS: ClassVar[float]
    """From one request to the next."""

    def receive_data(self, data: bytes) -> None:
        """Take bytes as they came, in pieces of any size."""

    def next_event(self) -> ScaleEvent | None:
        """The next event, or ``None``: more data please. Never raises, whatever the bytes were."""


SEVEN_BITS = bytes(byte & 0x7F for byte in range(256))
"""For ``bytes.translate``: takes off the parity bits that a port of eight bits leaves on."""


class Framed:
    """What most decoders are: each frame is one event.

    Args:
        frames: cuts the bytes.
        decode: what one whole frame says.
    """

    def __init__(self, frames: FrameBuffer, decode: Callable[[bytes], ScaleEvent]) -> None:
        self._frames = frames
        self._decode = decode

    def receive_data(self, data: bytes) -> None:
        self._frames.receive_data(data)

    def next_event(self) -> ScaleEvent | None:
        frame = self._frames.maybe_next_frame()
        return self._decode(frame) if isinstance(frame, bytes) else frame


GRAMS_IN = {"g": Decimal(1), "kg": Decimal(1000), "lb": Decimal("453.59237")}


def maybe_grams(number: bytes, unit: bytes) -> Grams | None:
    """A number in a scale's notation as whole grams, half a gram upwards.

    Args:
        number: a sign or none, blanks, digits with a point, a comma or neither; already known to look like that.
        unit: any case, blanks around it allowed.

    Returns:
        ``None`` for a unit that is not a known unit of weight.
    """
    factor = GRAMS_IN.get(unit.decode("latin-1").strip().lower())
    if factor is None:
        return None
    value = Decimal(number.decode("ascii").replace(" ", "").replace(",", "."))
    return Grams(int((value * factor).quantize(Decimal(1), rounding=ROUND_HALF_UP)))
