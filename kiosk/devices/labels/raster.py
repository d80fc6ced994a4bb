"""A picture of black and white dots, as every printer takes it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Raster:
    """Dots in rows from the top, eight a byte, the leftmost in the highest bit; 1 is black.

    Attributes:
        width: dots of a row; it is filled up to whole bytes with white.
        height: rows.
        data: ``height`` times ``row_bytes`` bytes.
    """

    width: int
    height: int
    data: bytes

    def __post_init__(self) -> None:
        if len(self.data) != self.row_bytes * self.height:
            raise ValueError(f"{self.width}×{self.height} dots are not {len(self.data)} bytes")

    @property
    def row_bytes(self) -> int:
        return (self.width + 7) // 8

    def inverted(self) -> bytes:
        """The same bytes where 0 is black, the filling white all the same."""
        return self.data.translate(_INVERTED)


_INVERTED = bytes(byte ^ 0xFF for byte in range(256))
