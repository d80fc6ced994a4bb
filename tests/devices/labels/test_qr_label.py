"""The emergency sheet's code on a label."""

import pytest
import segno

from kiosk.card_key import CardKey, sheet_text
from kiosk.devices.labels.qr_label import LEAST_DOTS, QUIET, draw_code_label
from kiosk.devices.labels.stock import Stock

TEXT = sheet_text(CardKey(key=bytes(32), key_id="coop-2026"), "482109375512")


def dots(raster):
    rows = [raster.data[at : at + raster.row_bytes] for at in range(0, len(raster.data), raster.row_bytes)]
    return [[row[x // 8] >> (7 - x % 8) & 1 for x in range(raster.row_bytes * 8)] for row in rows]


@pytest.mark.parametrize(
    "stock", [Stock(), Stock(width_mm=57, height_mm=40, dpi=300), Stock(width_mm=51, height_mm=29)]
)
def test_every_module_is_there_with_white_around_it(stock):
    raster = draw_code_label(TEXT, stock)
    picture = dots(raster)
    assert not any(any(row[stock.width :]) for row in picture), "the filling stays white"
    black = [(x, y) for y, row in enumerate(picture) for x, dot in enumerate(row) if dot]
    left, top = min(x for x, _ in black), min(y for _, y in black)
    right, bottom = max(x for x, _ in black), max(y for _, y in black)
    known = [segno.make(TEXT, error=error, micro=False, boost_error=False).matrix for error in "qml"]
    code = next(code for code in known if (right - left + 1) % len(code) == 0 and _is(code, picture, left, top, right))
    size = (right - left + 1) // len(code)
    assert size >= LEAST_DOTS
    assert min(left, top, stock.width - 1 - right, stock.height - 1 - bottom) >= QUIET * size - size


def _is(code, picture, left, top, right):
    size = (right - left + 1) // len(code)
    middle = size // 2
    return [
        [picture[top + y * size + middle][left + x * size + middle] for x in range(len(code))] for y in range(len(code))
    ] == [list(row) for row in code]


def test_a_label_that_is_too_small_is_told():
    with pytest.raises(ValueError, match="20×15 mm is too small"):
        draw_code_label(TEXT, Stock(width_mm=20, height_mm=15))
