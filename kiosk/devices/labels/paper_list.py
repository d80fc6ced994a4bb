"""A list for people on label stock: a few rows a label, as many labels as it takes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from kiosk.devices.labels.layout import BOLD, FONTS, INK, MARGIN_MM, PAPER, REGULAR
from kiosk.devices.labels.raster import Raster
from kiosk.devices.labels.stock import Stock

TITLE_MM: Final = 3.0
ROW_MM: Final = 3.0
LINE: Final = 1.2
"""From one base line to the next, in sizes."""
BETWEEN_MM: Final = 0.9
ELLIPSIS: Final = "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperList:
    """What is printed.

    Attributes:
        title: at the top of every label, behind which one it is.
        rows: what it is about, and a word on it.
    """

    title: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    face: str


def draw_list(paper: PaperList, stock: Stock) -> tuple[Raster, ...]:
    """The list as dots, a picture a label; a row is never parted. Nothing where there is no row."""
    pen = _Pen(stock)
    labels = list(_labels([pen.broken(row) for row in paper.rows], pen.lines))
    return tuple(pen.draw(f"{number}/{len(labels)} · {paper.title}", rows) for number, rows in enumerate(labels, 1))


def _labels(rows: Sequence[tuple[_Line, ...]], lines: int) -> Iterator[list[tuple[_Line, ...]]]:
    """As many whole rows a label as there are lines for."""
    label: list[tuple[_Line, ...]] = []
    for row in rows:
        if label and sum(len(each) for each in label) + len(row) > lines:
            yield label
            label = []
        label.append(row[:lines])
    if label:
        yield label


class _Pen:
    """Sets lines on labels of one size; lengths are millimetres until they become dots."""

    def __init__(self, stock: Stock) -> None:
        self._stock = stock
        self._wide = stock.width - 2 * self._dots(MARGIN_MM)
        top = MARGIN_MM + TITLE_MM * LINE + BETWEEN_MM
        # Each row may need air below it: it is reckoned as if every line did.
        self.lines = max(1, int((stock.height_mm - MARGIN_MM - top) / (ROW_MM * LINE + BETWEEN_MM / 2)))

    def _dots(self, millimetres: float) -> int:
        return round(millimetres * self._stock.dots_per_mm)

    def _font(self, face: str, size: float) -> ImageFont.FreeTypeFont:
        return _font(face, self._dots(size))

    def broken(self, row: tuple[str, str]) -> tuple[_Line, ...]:
        """A row as lines: what it is about on one, the word on it on two at most."""
        about, word = row
        title = _fitting(about, self._font(BOLD, ROW_MM), self._wide)
        return (_Line(title, BOLD), *(_Line(text, REGULAR) for text in self._wrapped(word)))

    def _wrapped(self, text: str) -> Iterator[str]:
        font = self._font(REGULAR, ROW_MM)
        words = text.split()
        first = next((n for n in range(len(words), 0, -1) if font.getlength(" ".join(words[:n])) <= self._wide), 1)
        yield _fitting(" ".join(words[:first]), font, self._wide)
        if words[first:]:
            yield _fitting(" ".join(words[first:]), font, self._wide)

    def draw(self, title: str, rows: Sequence[tuple[_Line, ...]]) -> Raster:
        """One label."""
        image = Image.new("1", (self._stock.width, self._stock.height), PAPER)
        pen = ImageDraw.Draw(image)
        pen.fontmode = "1"
        heading = self._font(BOLD, TITLE_MM)
        pen.text(
            (self._dots(MARGIN_MM), self._dots(MARGIN_MM)), _fitting(title, heading, self._wide), INK, heading, "lt"
        )
        y = MARGIN_MM + TITLE_MM * LINE + BETWEEN_MM
        for row in rows:
            for line in row:
                font = self._font(line.face, ROW_MM)
                pen.text((self._dots(MARGIN_MM), self._dots(y)), line.text, INK, font, "la")
                y += ROW_MM * LINE
            y += BETWEEN_MM
        return Raster(self._stock.width, self._stock.height, image.tobytes())


def _fitting(text: str, font: ImageFont.FreeTypeFont, wide: float) -> str:
    """As much of ``text`` as there is room for."""
    if font.getlength(text) <= wide:
        return text
    while text and font.getlength(text + ELLIPSIS) > wide:
        text = text[:-1]
    return text.rstrip() + ELLIPSIS


@cache
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS / name, size)
