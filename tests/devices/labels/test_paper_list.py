"""A list for people on label stock: whole rows, no word over the edge, as many labels as it takes."""

import pytest
from PIL import Image, ImageChops

from kiosk.devices.labels.paper_list import PaperList, draw_list
from kiosk.devices.labels.raster import Raster
from kiosk.devices.labels.stock import Stock

SMALL = Stock()
LONG = "n° 209 · 15 oct. · Le créneau n’existe plus, ou il a été déplacé par quelqu’un d’autre entre-temps."
ROWS = tuple((f"Présence : Marie-Christine {number}", LONG) for number in range(5))


def image_of(label: Raster) -> Image.Image:
    """Black is what is printed."""
    return Image.frombytes("1", (label.width, label.height), label.data)


@pytest.mark.parametrize("stock", [SMALL, Stock(width_mm=100, height_mm=150, dpi=300)], ids=["small", "large"])
def test_every_label_has_the_size_of_the_stock_and_nothing_touches_its_edges(stock):
    labels = draw_list(PaperList(title="À régler · 24 nov. 14 h 32", rows=ROWS), stock)
    assert {(label.width, label.height) for label in labels} == {(stock.width, stock.height)}
    for label in labels:
        left, top, right, bottom = image_of(label).getbbox()
        assert min(left, top, stock.width - right, stock.height - bottom) >= 8


def test_rows_are_never_parted_and_none_is_left_out():
    labels = draw_list(PaperList(title="T", rows=ROWS), SMALL)
    alone = [draw_list(PaperList(title="T", rows=(row,)), SMALL) for row in ROWS]
    assert len(labels) == len(ROWS)
    assert all(len(each) == 1 for each in alone)
    # The title says another number; below it, each label is that of its row alone.
    body = (0, 45, SMALL.width, SMALL.height)
    for label, (single,) in zip(labels, alone, strict=True):
        assert ImageChops.difference(image_of(label).crop(body), image_of(single).crop(body)).getbbox() is None


def test_short_rows_share_a_label():
    rows = tuple((f"Carte reliée : Noé {number}", "n° 7 · 22 nov.") for number in range(4))
    assert len(draw_list(PaperList(title="T", rows=rows), SMALL)) == 2


def test_an_empty_list_takes_no_label():
    assert draw_list(PaperList(title="T", rows=()), SMALL) == ()
