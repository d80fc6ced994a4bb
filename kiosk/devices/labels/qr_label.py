"""A QR code as large as the label takes it: the emergency sheet, where there is only a label printer."""

from typing import Final

import segno
from PIL import Image

from kiosk.devices.labels.layout import INK, PAPER
from kiosk.devices.labels.raster import Raster
from kiosk.devices.labels.stock import Stock

QUIET: Final = 4
"""Modules of white around it (ISO/IEC 18004)."""
LEAST_DOTS: Final = 3
"""Narrower modules (0.38 mm at 203 dpi) are read by few scanners."""


def draw_code_label(text: str, stock: Stock) -> Raster:
    """The code in the middle of the label, with the strongest correction that fits.

    Raises:
        ValueError: the label is too small for it.
    """
    for error in "qml":
        code = segno.make(text, error=error, micro=False, boost_error=False)
        side = int(code.symbol_size(border=QUIET)[0])
        dots = int(min(stock.width, stock.height) // side)
        if dots >= LEAST_DOTS:
            break
    else:
        raise ValueError(f"a label of {stock.width_mm}×{stock.height_mm} mm is too small for the code")
    picture = Image.new("1", (stock.width, stock.height), PAPER)
    left = (stock.width - dots * side) // 2 + dots * QUIET
    top = (stock.height - dots * side) // 2 + dots * QUIET
    for y, row in enumerate(code.matrix):
        for x, dark in enumerate(row):
            if dark:
                corner = (left + x * dots, top + y * dots)
                picture.paste(INK, (*corner, corner[0] + dots, corner[1] + dots))
    return Raster(stock.width, stock.height, picture.tobytes())
