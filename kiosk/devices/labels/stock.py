"""The labels in a printer, and what they have room for."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from kiosk.devices.labels.ean13 import MODULES, QUIET_AFTER, QUIET_BEFORE

MODULE_MM: Final = 0.36
"""The width of a bar, as near as whole dots come: 3 at 203 dpi, 4 at 300. GS1 asks for 0.264 mm at least."""
LEAST_HEIGHT_MM: Final = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """The labels in the printer: their size, the dots of its head, and the gap between two of them."""

    width_mm: int = 50
    height_mm: int = 30
    dpi: int = 203
    gap_mm: int = 2

    @property
    def dots_per_mm(self) -> float:
        return self.dpi / 25.4

    @property
    def width(self) -> int:
        """Dots."""
        return round(self.width_mm * self.dots_per_mm)

    @property
    def height(self) -> int:
        """Dots."""
        return round(self.height_mm * self.dots_per_mm)

    @property
    def module(self) -> int:
        """Dots of the narrowest bar."""
        return max(1, round(MODULE_MM * self.dots_per_mm))

    def faults(self) -> Iterator[tuple[str, str]]:
        """Which side is too short for the bar code or the words, and what is asked of it."""
        needed = (QUIET_BEFORE + MODULES + QUIET_AFTER) * self.module
        if self.width < needed:
            yield "width_mm", f"is too narrow for the bar code: at least {-(-needed // self.dots_per_mm):.0f} mm"
        if self.height_mm < LEAST_HEIGHT_MM:
            yield "height_mm", f"is too low for the bar code and the words: at least {LEAST_HEIGHT_MM} mm"
