"""TSPL, of TSC, Xprinter, Gprinter and most other cheap label printers.

Source: TSC, *TSPL/TSPL2 Programming*: ``BITMAP`` takes a picture as bytes, 0 is black; ``ESC ! ?`` answers one byte at
any time, ``ESC ! .`` throws away what waits.
"""

from kiosk.devices.labels.language import Language, PrinterStatus
from kiosk.devices.labels.raster import Raster
from kiosk.devices.labels.stock import Stock
from kiosk.events import PrintTrouble

_HEAD_OPEN, _JAM, _NO_PAPER, _NO_RIBBON, _PAUSE, _PRINTING, _COVER_OPEN = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40
_OTHER_ERROR = 0x80
_TROUBLES = (
    (_HEAD_OPEN | _COVER_OPEN, PrintTrouble.COVER),
    (_NO_PAPER, PrintTrouble.PAPER),
    (_JAM | _NO_RIBBON | _OTHER_ERROR, PrintTrouble.FAULT),
    (_PAUSE, PrintTrouble.OFFLINE),
)
"""The first that applies is told: an open cover also means that no paper is seen."""


def encode_tspl(raster: Raster, stock: Stock) -> bytes:
    """One label."""
    head = (
        f"SIZE {stock.width_mm} mm,{stock.height_mm} mm\r\nGAP {stock.gap_mm} mm,0 mm\r\nDIRECTION 1\r\n"
        f"REFERENCE 0,0\r\nCLS\r\nBITMAP 0,0,{raster.row_bytes},{raster.height},0,"
    )
    return b"".join([head.encode("ascii"), raster.inverted(), b"\r\nPRINT 1,1\r\n"])


def read_tspl_status(answer: bytes) -> PrinterStatus | None:
    """The status in an answer to ``ESC ! ?``."""
    if not answer:
        return None
    status = answer[-1]
    trouble = next((trouble for bits, trouble in _TROUBLES if status & bits), None)
    return PrinterStatus(trouble=trouble, busy=bool(status & _PRINTING))


TSPL = Language(encode=encode_tspl, question=b"\x1b!?", read_status=read_tspl_status, cancel=b"\x1b!.")
