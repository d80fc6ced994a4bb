"""What a printer's language is: a picture's way into it, and how it tells what is wrong."""

from collections.abc import Callable
from dataclasses import dataclass

from kiosk.devices.labels.raster import Raster
from kiosk.devices.labels.stock import Stock
from kiosk.events import PrintTrouble


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterStatus:
    """What a printer says of itself.

    Attributes:
        trouble: why it would not print now; None: nothing.
        busy: a label is still being printed.
    """

    trouble: PrintTrouble | None = None
    busy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One printer language.

    Attributes:
        encode: a whole label as bytes.
        question: asks for the status; empty where the language has no such question.
        read_status: the status in an answer; None while it is not whole, and for bytes that are none.
        cancel: throws away what waits in the printer, so that no stale label comes out later.
    """

    encode: Callable[[Raster, Stock], bytes]
    question: bytes = b""
    read_status: Callable[[bytes], PrinterStatus | None] = lambda _: None
    cancel: bytes = b""
