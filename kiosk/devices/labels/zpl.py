"""ZPL II, of Zebra printers and their clones.

Source: Zebra, *Programming Guide for ZPL II*: ``^GFA`` takes a picture as hexadecimal digits, 1 is black; ``~HS``
answers three lines between STX and ETX, with paper out and pause in the first, head up and the labels that remain in
the second. Some models answer ``~HS`` only while nothing is wrong.
"""

import re

from kiosk.devices.labels.language import Language, PrinterStatus
from kiosk.devices.labels.raster import Raster
from kiosk.devices.labels.stock import Stock
from kiosk.events import PrintTrouble

_STATUS = re.compile(rb"\x02([0-9,]+)\x03\r?\n\x02([0-9,]+)\x03\r?\n")


def encode_zpl(raster: Raster, _stock: Stock) -> bytes:
    """One label. ``^LH0,0`` and ``^PW`` undo what another program may have left in the printer."""
    size = len(raster.data)
    graphic = f"^GFA,{size},{size},{raster.row_bytes},{raster.data.hex().upper()}"
    return f"^XA^LH0,0^PW{raster.width}^LL{raster.height}^FO0,0{graphic}^FS^PQ1^XZ\n".encode("ascii")


def read_zpl_status(answer: bytes) -> PrinterStatus | None:
    """The status in an answer to ``~HS``."""
    found = _STATUS.search(answer)
    if found is None:
        return None
    first, second = (line.split(b",") for line in found.groups())
    if len(first) < 5 or len(second) < 9:
        return None
    trouble = None
    if int(second[2] or 0):
        trouble = PrintTrouble.COVER
    elif int(first[1] or 0):
        trouble = PrintTrouble.PAPER
    elif int(first[2] or 0):
        trouble = PrintTrouble.OFFLINE
    return PrinterStatus(trouble=trouble, busy=bool(int(first[4] or 0) or int(second[8] or 0)))


ZPL = Language(encode=encode_zpl, question=b"~HS\n", read_status=read_zpl_status, cancel=b"~JA\n")
