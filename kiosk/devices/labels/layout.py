"""The label, drawn once at the printer's own dots: what each language then carries is this picture.

Large grams for people, the bar code for the till, a small square code for the kiosk itself. Never a price or a name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

import segno
from PIL import Image, ImageDraw, ImageFont

from kiosk.devices.labels.ean13 import MODULES, QUIET_AFTER, QUIET_BEFORE, modules
from kiosk.devices.labels.raster import Raster
from kiosk.devices.labels.stock import Stock
from kiosk.devices.labels.tare_code import TareFormat
from kiosk.types import Grams, JarCode

FONTS: Final = Path(__file__).parents[2] / "screens" / "fonts"
QUIET_SQUARE: Final = 4
"""White modules around a QR code (ISO/IEC 18004)."""
MARGIN_MM: Final = 1.5
REGULAR, BOLD = "text-regular.ttf", "text-bold.ttf"
UNIT: Final = 0.6
"""The size of the g beside that of the figures."""
PAPER, INK = 0, 1
"""As a :class:`Raster` has them; Pillow fills its rows up with zeroes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What stands on every label, in the coop's language. ``typed`` is said of a weight that a person typed."""

    container: str
    typed: str
    date_pattern: str = "%d/%m/%Y"


WORDS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "fr": Words(container="récipient + couvercle", typed="tare saisie à la main"),
        "en": Words(container="container + lid", typed="tare typed by hand"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One tare.

    Attributes:
        weighed_on: None: nobody knows; the label says no day.
        jar: the code under which the kiosk remembers it.
        typed: a person typed the weight: the label says so.
    """

    grams: Grams
    weighed_on: date | None
    jar: JarCode | None = None
    typed: bool = False


def draw_label(label: Label, stock: Stock, tare_format: TareFormat, words: Words) -> Raster:
    """The label as dots.

    Raises:
        ValueError: the grams do not fit into the bar code, or the bar code not onto the label.
    """
    for side, fault in stock.faults():
        raise ValueError(f"{side} {fault}")
    return _Drawing(stock).draw(label, tare_format.code(label.grams), words)


class _Drawing:
    """One label being drawn; lengths are millimetres until they become dots."""

    def __init__(self, stock: Stock) -> None:
        self._stock = stock
        self._image = Image.new("1", (stock.width, stock.height), PAPER)
        self._pen = ImageDraw.Draw(self._image)
        self._pen.fontmode = "1"

    def draw(self, label: Label, code: str, words: Words) -> Raster:
        middle = self._bars(code) - 2.2
        right = self._stock.width_mm - MARGIN_MM
        if label.jar is not None:
            self._write(str(label.jar), right, middle, 3.4, face="codes-bold.ttf", anchor="rm")
            right = self._square(label.jar, middle - 2)
        self._write(words.typed if label.typed else words.container, MARGIN_MM, middle, 2.8)
        beside = self._write("TARE", MARGIN_MM, 3, 3.6, face=BOLD)
        self._write("PT", beside + 1.4, 3, 2.4)
        if label.weighed_on is not None:
            self._write(label.weighed_on.strftime(words.date_pattern), right, 3, 2.8, anchor="rm")
        self._grams(str(label.grams), top=5.6, base=middle - 2.6, right=right)
        return Raster(self._stock.width, self._stock.height, self._image.tobytes())

    def _dots(self, millimetres: float) -> int:
        return round(millimetres * self._stock.dots_per_mm)

    def _write(
        self, text: str, x: float, middle: float, size: float, *, face: str = REGULAR, anchor: str = "lm"
    ) -> float:
        """A line of text; returns where it ends."""
        font = _font(face, self._dots(size))
        self._pen.text((self._dots(x), self._dots(middle)), text, INK, font, anchor)
        return x + font.getlength(text) / self._stock.dots_per_mm

    def _grams(self, figure: str, *, top: float, base: float, right: float) -> None:
        """The weight as large as it goes, a smaller g after it."""
        wide, tall = self._dots(right - MARGIN_MM), self._dots(base - top)
        for size in range(2 * tall, 8, -1):
            font, unit = _font(BOLD, size), _font(BOLD, round(size * UNIT))
            left, above, beyond, _ = font.getbbox(figure, anchor="ls")
            gap = round(size * 0.16)
            if beyond - left + gap + unit.getlength("g") <= wide and -above <= tall:
                break
        x, y = self._dots(MARGIN_MM) - left, self._dots(base)
        self._pen.text((x, y), figure, INK, font, "ls")
        self._pen.text((x + beyond + gap, y), "g", INK, unit, "ls")

    def _square(self, jar: JarCode, bottom: float) -> float:
        """The code of the jar as a QR code at the upper right, as large as there is room. Returns where it begins."""
        matrix = segno.make_qr(str(jar), error="m", boost_error=False).matrix
        side, top = len(matrix), self._dots(MARGIN_MM)
        module = max(1, min(self._stock.module + 1, (self._dots(bottom) - top) // (side + QUIET_SQUARE // 2)))
        left = self._stock.width - (side + QUIET_SQUARE) * module
        for y, row in enumerate(matrix):
            for x, black in enumerate(row):
                if black:
                    self._box(left + x * module, top + y * module, module, module)
        return (left - QUIET_SQUARE * module) / self._stock.dots_per_mm

    def _bars(self, code: str) -> float:
        """The bar code at the lower edge, its digits below. Returns where it begins, from the top."""
        module = self._stock.module
        whole = (QUIET_BEFORE + MODULES + QUIET_AFTER) * module
        left = (self._stock.width - whole) // 2 + QUIET_BEFORE * module
        foot = self._stock.height_mm - 3.7
        top = foot - min(9.0, self._stock.height_mm * 0.26)
        for number, black in enumerate(modules(code)):
            if black == "1":
                self._box(left + number * module, self._dots(top), module, self._dots(foot) - self._dots(top))
        middle = (left + MODULES * module / 2) / self._stock.dots_per_mm
        self._write(f"{code[0]} {code[1:7]} {code[7:]}", middle, foot + 1.8, 3.0, anchor="mm")
        return top

    def _box(self, x: int, y: int, wide: int, tall: int) -> None:
        self._pen.rectangle((x, y, x + wide - 1, y + tall - 1), fill=INK)


@cache
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS / name, size)
