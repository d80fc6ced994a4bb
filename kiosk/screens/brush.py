"""Paints each :data:`~kiosk.screens.items.Item` with Kivy's instructions, at a place and in a size."""

import logging
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from kivy.core.image import Image as CoreImage
from kivy.core.text import Label as CoreLabel
from kivy.graphics import BorderImage, Color, Rectangle, SmoothEllipse

from kiosk.screens import masks
from kiosk.screens.icons import ICONS
from kiosk.screens.items import Box, Digits, Dots, Held, Item, Key, Logo, Picture, Rect, Ring, Switch, Text, Veil
from kiosk.screens.typesetting import ASCENT, BOLD, CAPITAL, ICON, width

log = logging.getLogger(__name__)

MANY_PEOPLE = 8
WHOLE = 360.0


@lru_cache(maxsize=96)
def _texture(text: str, face: str, pixels: int) -> Any:
    label = CoreLabel(text=text, font_name=face, font_size=pixels, font_hinting=None)
    label.refresh()
    return label.texture


@lru_cache(maxsize=2)
def _logo_texture(path: str) -> Any:
    try:
        return CoreImage(path, mipmap=True).texture
    except Exception:  # noqa: BLE001  Kivy's image providers raise what they like, and a logo stops no door
        log.warning("the logo cannot be read; it is left out")
        return None


@lru_cache(maxsize=128)
def rgba(colour: str) -> tuple[float, float, float, float]:
    """A colour of the theme, as Kivy wants it."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue, 1.0


class Brush:
    """Knows how each item looks, and nothing of what is on the screen.

    Args:
        scale: window pixels to a design pixel.
        monotonic: the time by which countdowns run.

    Attributes:
        scale: as above; may be changed.
        left: where the design begins in the window, in its pixels.
        top: the same, upwards.
        beats: seconds since the scene was shown: what points does so every other one.
    """

    def __init__(self, scale: float, monotonic: Callable[[], float]) -> None:
        self.scale = scale
        self.left = self.top = 0.0
        self.beats = 0
        self._monotonic = monotonic
        self._painters: dict[type, Callable[[Any, Any], None]] = {
            Box: self._box,
            Text: self._text,
            Picture: self._picture,
            Ring: self._ring,
            Dots: self._dots,
            Digits: self._digits,
            Switch: self._switch,
            Key: self._key,
            Veil: self._veil,
            Logo: self._logo,
            Held: lambda _group, _held: None,
        }

    def paint(self, group: Any, item: Item) -> None:
        """Add an item to an instruction group."""
        painter: Callable[[Any, Any], None] = self._painters[type(item)]
        painter(group, item)

    def _key(self, group: Any, key: Key) -> None:
        self._box(group, key.face)
        for part in key.content:
            self.paint(group, part)

    def _veil(self, group: Any, veil: Veil) -> None:
        group.add(Color(*rgba(veil.colour)[:3], veil.opacity))
        self._plain(group, veil.rect)

    def _frame(self, rect: Rect) -> tuple[tuple[float, float], tuple[float, float]]:
        """Position and size in window pixels, on whole pixels so that edges are crisp."""
        left, right = round(rect.x * self.scale), round(rect.right * self.scale)
        top, bottom = round(rect.y * self.scale), round(rect.bottom * self.scale)
        return (self.left + left, self.top - bottom), (right - left, bottom - top)

    def _plain(self, group: Any, rect: Rect) -> None:
        pos, size = self._frame(rect)
        group.add(Rectangle(pos=pos, size=size))

    def _rounded(self, group: Any, rect: Rect, colour: str, radius: float) -> None:
        group.add(Color(*rgba(colour)))
        if radius <= 0:
            self._plain(group, rect)
            return
        pos, size = self._frame(rect)
        corner = max(int(min(round(radius * self.scale), size[0] / 2, size[1] / 2)), 1)
        group.add(BorderImage(texture=masks.rounded(corner), border=(corner,) * 4, pos=pos, size=size))

    def _box(self, group: Any, box: Box) -> None:
        if box.line is None:
            self._rounded(group, box.rect, box.fill, box.radius)
            return
        self._rounded(group, box.rect, box.line, box.radius)
        inner = box.rect.inset(box.thickness, box.thickness)
        self._rounded(group, inner, box.fill, max(box.radius - box.thickness, 0))

    def _disc(self, group: Any, rect: Rect, colour: str, degrees: float = WHOLE) -> None:
        pos, size = self._frame(rect)
        group.add(Color(*rgba(colour)))
        if degrees >= WHOLE:
            group.add(Rectangle(texture=masks.disc(max(round(max(size)), 1)), pos=pos, size=size))
            return
        group.add(SmoothEllipse(pos=pos, size=size, angle_start=0, angle_end=degrees, segments=72))

    def _glyphs(self, group: Any, text: str, face: str, size: float, at: tuple[float, float]) -> None:
        """One line; ``at`` is where its base line begins, in design pixels."""
        left, base = at
        pixels = max(round(size * self.scale), 1)
        texture = _texture(text, face, pixels)
        x = self.left + round(left * self.scale)
        top = self.top - round(base * self.scale) + round(ASCENT * pixels)
        group.add(Rectangle(texture=texture, pos=(x, top - texture.height), size=texture.size))

    def _text(self, group: Any, text: Text) -> None:
        block = text.block
        group.add(Color(*rgba(text.colour)))
        share = {"left": 0.0, "middle": 0.5, "right": 1.0}[text.align]
        for number, line in enumerate(block.lines):
            left = text.anchor - share * width(line, block.face, block.size)
            base = text.top + CAPITAL * block.size + number * block.advance
            self._glyphs(group, line, block.face, block.size, (left, base))

    def _picture(self, group: Any, picture: Picture) -> None:
        character = ICONS.get(picture.name)
        if character is None:
            log.warning("no icon named %r", picture.name)
            return
        texture = _texture(character, ICON, round(picture.size * self.scale))
        corners = texture.tex_coords
        if picture.turned:
            corners = (*corners[6:8], *corners[4:6], *corners[2:4], *corners[0:2])
        lower = picture.nudge * (self.beats // 2 % 2)
        pos, size = self._frame(Rect(picture.x, picture.y + lower, picture.size, picture.size))
        group.add(Color(*rgba(picture.colour)))
        group.add(
            Rectangle(
                texture=texture,
                pos=(pos[0] + (size[0] - texture.width) // 2, pos[1] + (size[1] - texture.height) // 2),
                size=texture.size,
                tex_coords=corners,
            )
        )

    def _logo(self, group: Any, logo: Logo) -> None:
        """The coop's picture, as large as its room allows, at the left of it; what cannot be read is left out."""
        texture = _logo_texture(logo.path)
        if texture is None:
            return
        pos, (wide, tall) = self._frame(logo.rect)
        share = min(wide / texture.width, tall / texture.height)
        size = (round(texture.width * share), round(texture.height * share))
        group.add(Color(1, 1, 1, 1))
        group.add(Rectangle(texture=texture, pos=(pos[0], pos[1] + (tall - size[1]) // 2), size=size))

    def _ring(self, group: Any, ring: Ring) -> None:
        left = max(ring.countdown.ends_at - self._monotonic(), 0.0)
        share = min(left / ring.countdown.seconds, 1.0) if ring.countdown.seconds > 0 else 0.0
        self._disc(group, ring.rect, ring.track)
        if share > 0:
            self._disc(group, ring.rect, ring.colour, 360 * share)
        thickness = ring.rect.w * 0.08
        self._disc(group, ring.rect.inset(thickness, thickness), ring.ground)
        group.add(Color(*rgba(ring.colour)))
        number = str(round(left))
        size = ring.rect.w * 0.4
        x = ring.rect.x + (ring.rect.w - width(number, BOLD, size)) / 2
        self._glyphs(group, number, BOLD, size, (x, ring.rect.middle + CAPITAL * size / 2))

    def _dots(self, group: Any, dots: Dots) -> None:
        if dots.of > MANY_PEOPLE:
            bar = Rect(dots.x, dots.y + dots.size / 4, dots.room, dots.size / 2)
            self._rounded(group, bar, dots.empty, bar.h / 2)
            self._rounded(group, bar.inset(2, 2), dots.ground, bar.h / 2 - 2)
            here = bar.w * min(dots.here / dots.of, 1.0)
            if dots.here:
                self._rounded(group, Rect(bar.x, bar.y, max(here, bar.h), bar.h), dots.colour, bar.h / 2)
            return
        step = min(dots.size * 1.4, dots.room / max(dots.of, 1))
        size = min(dots.size, step * 0.8)
        for number in range(dots.of):
            disc = Rect(dots.x + number * step, dots.y + (dots.size - size) / 2, size, size)
            if number < dots.here:
                self._disc(group, disc, dots.colour)
            else:
                self._disc(group, disc, dots.empty)
                self._disc(group, disc.inset(size * 0.14, size * 0.14), dots.ground)

    def _digits(self, group: Any, digits: Digits) -> None:
        """One texture a digit: a weight that changes ten times a second makes no new ones."""
        group.add(Color(*rgba(digits.colour)))
        advances = [width(character, BOLD, digits.size) for character in digits.text]
        left = digits.rect.x + (digits.rect.w - sum(advances)) / 2
        base = digits.rect.middle + CAPITAL * digits.size / 2
        for character, advance in zip(digits.text, advances, strict=True):
            if not character.isspace():
                self._glyphs(group, character, BOLD, digits.size, (left, base))
            left += advance

    def _switch(self, group: Any, switch: Switch) -> None:
        pill = switch.rect
        self._rounded(group, pill, switch.colour, pill.h / 2)
        knob = pill.h - 10
        if not switch.on:
            self._rounded(group, pill.inset(3, 3), switch.ground, pill.h / 2 - 3)
        x = pill.right - knob - 5 if switch.on else pill.x + 5
        self._disc(group, Rect(x, pill.y + 5, knob, knob), switch.ground if switch.on else switch.colour)
