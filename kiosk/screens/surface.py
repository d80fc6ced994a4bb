"""Draws a :class:`~kiosk.screens.items.Scene` with Kivy, and turns touches into intents."""

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

from kivy.animation import Animation
from kivy.clock import Clock
from kivy.core.image import Image as CoreImage
from kivy.core.text import Label as CoreLabel
from kivy.graphics import (
    BorderImage,
    Color,
    InstructionGroup,
    PopMatrix,
    PushMatrix,
    Rectangle,
    SmoothEllipse,
    Translate,
)
from kivy.uix.widget import Widget

from kiosk.events import Action
from kiosk.screens import masks
from kiosk.screens.icons import ICONS
from kiosk.screens.items import Box, Digits, Dots, Held, Item, Key, Logo, Picture, Rect, Ring, Scene, Switch, Text, Veil
from kiosk.screens.typesetting import ASCENT, BOLD, CAPITAL, ICON, width

log = logging.getLogger(__name__)

SECOND_TOUCH_SECONDS = 0.3
"""A touch this soon after the last one is a bounce or a double tap."""
HOLD_SECONDS = 3.0
FADE_SECONDS = 0.15
DRIFT_PIXELS = 4
DRIFT = ((0, 0), (1, 0), (1, 1), (0, 1))
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


class Surface(Widget):
    """The terminal's part of the window."""

    def __init__(self, scale: float, intend: Callable[[Action, str], None], monotonic: Callable[[], float]) -> None:
        super().__init__(size_hint=(None, None))
        self._scale = scale
        self._intend = intend
        self._monotonic = monotonic
        self._scene = Scene("#000000", ())
        self._drawn: list[tuple[Item | None, Any]] = []
        self._pressed: Key | None = None
        self._held_since = 0.0
        self._beats = 0
        self.quiet_until = 0.0
        """Until then a touch is the echo of the last one; in the seconds of ``monotonic``."""
        with self.canvas:
            self._ground_colour = Color(0, 0, 0)
            self._ground = Rectangle()
            self._shift = Translate()
        with self.canvas.before:
            PushMatrix()
        with self.canvas.after:
            PopMatrix()
            self._curtain_colour = Color(0, 0, 0, 0)
            self._curtain = Rectangle()
        self._fade = Animation(a=0.0, duration=FADE_SECONDS)
        self.bind(pos=self._moved, size=self._moved)
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
        self._seconds = Clock.create_trigger(self._tick, 1.0, interval=True)

    @property
    def scene(self) -> Scene:
        return self._scene

    def show(self, scene: Scene, *, fade: bool = False) -> None:
        """Draw ``scene``: what is equal to what stands there is left alone.

        A finger that lies on a button keeps it when the new scene has the same button at the same place.

        Args:
            scene: what is to be seen.
            fade: it comes out of its ground colour, softly.
        """
        self.settle()
        if fade:
            self._curtain_colour.rgba = _rgba(scene.ground)
            self._fade.start(self._curtain_colour)
        if scene.ground != self._scene.ground or not self._drawn:
            self._ground_colour.rgba = _rgba(scene.ground)
        self._scene = scene
        held = self._pressed
        if held is not None and not any(_same_key(key, held) for key in scene.reachable()):
            self._release()
        for index, shape in enumerate(scene.items):
            self._draw_at(index, shape)
        for index in range(len(scene.items), len(self._drawn)):
            before, group = self._drawn[index]
            if before is not None:
                group.clear()
                self._drawn[index] = (None, group)
        self._beats = 0
        if any(_changes_by_itself(item) for item in scene.items):
            self._seconds()
        else:
            self._seconds.cancel()

    def settle(self) -> None:
        """End a fade at once."""
        self._fade.cancel(self._curtain_colour)
        self._curtain_colour.a = 0.0

    def drift(self, step: int) -> None:
        """Stand a few pixels aside, in four steps around; 0 is at home."""
        right, up = DRIFT[step % len(DRIFT)]
        self._shift.xy = (right * DRIFT_PIXELS, up * DRIFT_PIXELS)

    def rescale(self, scale: float) -> None:
        """Draw all in another size."""
        self._scale = scale
        self._moved()

    def _moved(self, *_: object) -> None:
        for plate in (self._ground, self._curtain):
            plate.pos, plate.size = self.pos, self.size
        scene, self._scene = self._scene, Scene("", ())
        for index, (_drawn, group) in enumerate(self._drawn):
            group.clear()
            self._drawn[index] = (None, group)
        self.show(scene)

    def _draw_at(self, index: int, item: Item, *, again: bool = False) -> None:
        if index == len(self._drawn):
            group = InstructionGroup()
            self.canvas.add(group)
            self._drawn.append((None, group))
        before, group = self._drawn[index]
        if before == item and not again:
            return
        group.clear()
        self._drawn[index] = (item, group)
        self._paint(group, item)

    def _tick(self, *_: object) -> None:
        """Once a second: the rings run down; what points does so every other second."""
        self._beats += 1
        for index, shape in enumerate(self._scene.items):
            if _has_ring(shape) or (self._beats % 2 == 0 and _nudges(shape)):
                self._draw_at(index, shape, again=True)

    # ── shapes ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _paint(self, group: Any, item: Item) -> None:
        painter: Callable[[Any, Any], None] = self._painters[type(item)]
        painter(group, item)

    def _key(self, group: Any, key: Key) -> None:
        self._box(group, self._face(key))
        for part in key.content:
            self._paint(group, part)

    def _face(self, key: Key) -> Box:
        return replace(key.face, fill=key.pressed) if _same_key(key, self._pressed) else key.face

    def _veil(self, group: Any, veil: Veil) -> None:
        group.add(Color(*_rgba(veil.colour)[:3], veil.opacity))
        self._plain(group, veil.rect)

    def _frame(self, rect: Rect) -> tuple[tuple[float, float], tuple[float, float]]:
        """Position and size in window pixels, on whole pixels so that edges are crisp."""
        left, right = round(rect.x * self._scale), round(rect.right * self._scale)
        top, bottom = round(rect.y * self._scale), round(rect.bottom * self._scale)
        return (self.x + left, self.top - bottom), (right - left, bottom - top)

    def _plain(self, group: Any, rect: Rect) -> None:
        pos, size = self._frame(rect)
        group.add(Rectangle(pos=pos, size=size))

    def _rounded(self, group: Any, rect: Rect, colour: str, radius: float) -> None:
        group.add(Color(*_rgba(colour)))
        if radius <= 0:
            self._plain(group, rect)
            return
        pos, size = self._frame(rect)
        corner = max(int(min(round(radius * self._scale), size[0] / 2, size[1] / 2)), 1)
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
        group.add(Color(*_rgba(colour)))
        if degrees >= WHOLE:
            group.add(Rectangle(texture=masks.disc(max(round(max(size)), 1)), pos=pos, size=size))
            return
        group.add(SmoothEllipse(pos=pos, size=size, angle_start=0, angle_end=degrees, segments=72))

    def _glyphs(self, group: Any, text: str, face: str, size: float, at: tuple[float, float]) -> None:
        """One line; ``at`` is where its base line begins, in design pixels."""
        left, base = at
        pixels = max(round(size * self._scale), 1)
        texture = _texture(text, face, pixels)
        x = self.x + round(left * self._scale)
        top = self.top - round(base * self._scale) + round(ASCENT * pixels)
        group.add(Rectangle(texture=texture, pos=(x, top - texture.height), size=texture.size))

    def _text(self, group: Any, text: Text) -> None:
        block = text.block
        group.add(Color(*_rgba(text.colour)))
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
        texture = _texture(character, ICON, round(picture.size * self._scale))
        corners = texture.tex_coords
        if picture.turned:
            corners = (*corners[6:8], *corners[4:6], *corners[2:4], *corners[0:2])
        lower = picture.nudge * (self._beats // 2 % 2)
        pos, size = self._frame(Rect(picture.x, picture.y + lower, picture.size, picture.size))
        group.add(Color(*_rgba(picture.colour)))
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
        group.add(Color(*_rgba(ring.colour)))
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
        group.add(Color(*_rgba(digits.colour)))
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

    # ── touches ───────────────────────────────────────────────────────────────────────────────────────────────────

    def design_point(self, x: float, y: float) -> tuple[float, float]:
        """A point of the window in design pixels."""
        return (x - self.x) / self._scale, (self.top - y) / self._scale

    def window_point(self, x: float, y: float) -> tuple[float, float]:
        """A point in design pixels on the window."""
        return self.x + x * self._scale, self.top - y * self._scale

    def on_touch_down(self, touch: Any) -> bool:
        """Press the button under the touch, in the same frame. What is too soon after the last touch is ignored."""
        if not self.collide_point(*touch.pos) or touch.is_mouse_scrolling:
            return False
        now = self._monotonic()
        if now < self.quiet_until or self._pressed is not None:
            return True
        point = self.design_point(*touch.pos)
        key = next((key for key in self._scene.reachable() if key.touch.covers(*point)), None)
        if key is not None:
            touch.grab(self)
            self._press(key)
        else:
            veil = self._scene.veil()
            if veil is not None and veil.action is not None and veil.rect.covers(*point):
                self.quiet_until = now + SECOND_TOUCH_SECONDS
                self._intend(veil.action, "")
            elif self._scene.held_at(*point) is not None:
                touch.grab(self)
                self._held_since = now
        return True

    def on_touch_up(self, touch: Any) -> bool:
        """Act when the touch ends inside the button it began on."""
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        key = self._pressed
        self._release()
        if key is not None:
            self.quiet_until = self._monotonic() + SECOND_TOUCH_SECONDS
            if key.touch.covers(*self.design_point(*touch.pos)):
                self._intend(key.action, key.target)
        elif self._monotonic() - self._held_since >= HOLD_SECONDS:
            held = self._scene.held_at(*self.design_point(*touch.pos))
            if held is not None:
                self._intend(held, "")
        return True

    def _press(self, key: Key) -> None:
        self._pressed = key
        self._draw_key(key)

    def _release(self) -> None:
        key, self._pressed = self._pressed, None
        if key is not None:
            self._draw_key(key)

    def _draw_key(self, key: Key) -> None:
        for index, (drawn, _) in enumerate(self._drawn):
            if isinstance(drawn, Key) and _same_key(drawn, key):
                self._draw_at(index, drawn, again=True)


@lru_cache(maxsize=128)
def _rgba(colour: str) -> tuple[float, float, float, float]:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue, 1.0


def _same_key(key: Key, other: Key | None) -> bool:
    return other is not None and (key.action, key.target, key.touch) == (other.action, other.target, other.touch)


def _has_ring(item: Item) -> bool:
    return isinstance(item, Ring) or (isinstance(item, Key) and any(isinstance(part, Ring) for part in item.content))


def _nudges(item: Item) -> bool:
    return isinstance(item, Picture) and item.nudge > 0


def _changes_by_itself(item: Item) -> bool:
    return _has_ring(item) or _nudges(item)
