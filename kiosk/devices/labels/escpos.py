"""ESC/POS, of receipt printers: no label stock, but slips, or linerless sticky paper.

Source: Epson, *ESC/POS Command Reference*: ``GS v 0`` takes a picture as bytes, 1 is black; ``DLE EOT n`` answers one
byte at any time, of which four bits never change. ``DLE ENQ 2`` ends an error that can be ended and clears what waits,
``DLE DC4`` 8 clears it also where there is no error, as when the paper is out.
"""

from kiosk.devices.labels.language import Language, PrinterStatus
from kiosk.devices.labels.raster import Raster
from kiosk.devices.labels.stock import Stock
from kiosk.events import PrintTrouble

_INITIALISE = b"\x1b@"
_FEED_AND_CUT = b"\x1dVB\x00"
"""Up to the cutter, and cut in part; printers without one feed only."""
_FIXED_MASK, _FIXED = 0x93, 0x12
_OFFLINE = 0x08
_COVER_OPEN, _PAPER_STOP, _ERROR = 0x04, 0x20, 0x40
_PAPER_END = 0x60


def encode_escpos(raster: Raster, _stock: Stock) -> bytes:
    """One slip."""
    size = raster.row_bytes.to_bytes(2, "little") + raster.height.to_bytes(2, "little")
    return b"".join([_INITIALISE, b"\x1dv0\x00", size, raster.data, _FEED_AND_CUT])


def read_escpos_status(answer: bytes) -> PrinterStatus | None:
    """The status in the three bytes that answer ``DLE EOT`` 1, 2 and 4."""
    states = [byte for byte in answer if byte & _FIXED_MASK == _FIXED]
    if len(states) < 3:
        return None
    printer, offline_cause, paper = states[-3:]
    trouble = None
    if offline_cause & _COVER_OPEN:
        trouble = PrintTrouble.COVER
    elif offline_cause & _PAPER_STOP or paper & _PAPER_END == _PAPER_END:
        trouble = PrintTrouble.PAPER
    elif offline_cause & _ERROR:
        trouble = PrintTrouble.FAULT
    elif printer & _OFFLINE:
        trouble = PrintTrouble.OFFLINE
    return PrinterStatus(trouble=trouble)


ESCPOS = Language(
    encode=encode_escpos,
    question=b"\x10\x04\x01\x10\x04\x02\x10\x04\x04",
    read_status=read_escpos_status,
    cancel=b"\x10\x05\x02\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08",
)
