"""A label as a picture file, to look at or to print by other means."""

import io

from PIL import Image

from kiosk.devices.labels.language import Language
from kiosk.devices.labels.raster import Raster
from kiosk.devices.labels.stock import Stock


def encode_png(raster: Raster, stock: Stock) -> bytes:
    """One bit a dot, black on white, with its resolution."""
    image = Image.frombytes("1", (raster.width, raster.height), raster.inverted())
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True, dpi=(stock.dpi, stock.dpi))
    return file.getvalue()


PNG = Language(encode=encode_png)
