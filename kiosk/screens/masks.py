"""White shapes with smooth edges, drawn once each: a button is one of them, tinted and stretched.

Kivy's own smooth shapes make a texture and a mesh of their own each time one is drawn: a software renderer that drew
thirty of them again and again held eighty megabytes more than with plain rectangles. Kivy's thread only.
"""

from functools import lru_cache
from math import hypot
from typing import Any

from kivy.graphics.texture import Texture


@lru_cache(maxsize=32)
def rounded(radius: int) -> Any:
    """A square with corners of ``radius`` pixels and two pixels between them: the middle of a nine-patch."""
    return _texture(2 * radius + 2, radius)


@lru_cache(maxsize=32)
def disc(diameter: int) -> Any:
    """A disc that fills a square of ``diameter`` pixels."""
    return _texture(diameter, diameter / 2)


def _texture(side: int, radius: float) -> Any:
    texture = Texture.create(size=(side, side), colorfmt="rgba")
    texture.blit_buffer(mask(side, radius), colorfmt="rgba", bufferfmt="ubyte")
    return texture


def mask(side: int, radius: float) -> bytes:
    """White pixels, ``side`` rows of as many, with how much of each the shape covers as its alpha."""
    rows = bytearray()
    for y in range(side):
        for x in range(side):
            beyond = hypot(_beyond(x + 0.5, side, radius), _beyond(y + 0.5, side, radius))
            rows += bytes((255, 255, 255, round(255 * min(max(radius - beyond + 0.5, 0.0), 1.0))))
    return bytes(rows)


def _beyond(at: float, side: int, radius: float) -> float:
    """How far a point lies outside of the stretch between the centres of two corners."""
    return max(radius - at, at - (side - radius), 0.0)
