"""Draws a :class:`~kiosk.screens.items.Scene` with Kivy, and turns touches into intents."""

from collections.abc import Callable
from dataclasses import replace
from math import inf
from typing import Any

from kivy.animation import Animation
from kivy.clock import Clock
from kivy.graphics import Color, InstructionGroup, PopMatrix, PushMatrix, Rectangle, Translate
from kivy.uix.widget import Widget

from kiosk.actions import Action
from kiosk.screens.brush import Brush, rgba
from kiosk.screens.items import Box, Item, Key, Picture, Ring, Scene

SECOND_TOUCH_SECONDS = 0.3
"""A touch this soon after the last one is a bounce or a double tap."""
HOLD_SECONDS = 3.0
FADE_SECONDS = 0.15
DRIFT_PIXELS = 4
DRIFT = ((0, 0), (1, 0), (1, 1), (0, 1))


class Surface(Widget):
    """The terminal's part of the window."""

    def __init__(self, scale: float, intend: Callable[[Action, str], None], monotonic: Callable[[], float]) -> None:
        super().__init__(size_hint=(None, None))
        self._brush = Brush(scale, monotonic)
        self._intend = intend
        self._monotonic = monotonic
        self._scene = Scene("#000000", ())
        self._drawn: list[tuple[Item | None, Any]] = []
        self._pressed: Key | None = None
        self._held_since = inf
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
            self._curtain_colour.rgba = rgba(scene.ground)
            self._fade.start(self._curtain_colour)
        if scene.ground != self._scene.ground or not self._drawn:
            self._ground_colour.rgba = rgba(scene.ground)
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
        self._brush.beats = 0
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
        self._brush.scale = scale
        self._moved()

    def _moved(self, *_: object) -> None:
        for plate in (self._ground, self._curtain):
            plate.pos, plate.size = self.pos, self.size
        self._brush.left, self._brush.top = self.x, self.top
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
        self._brush.paint(group, replace(item, face=self._face(item)) if isinstance(item, Key) else item)

    def _face(self, key: Key) -> Box:
        return replace(key.face, fill=key.pressed) if _same_key(key, self._pressed) else key.face

    def _tick(self, *_: object) -> None:
        """Once a second: the rings run down; what points does so every other second."""
        self._brush.beats += 1
        for index, shape in enumerate(self._scene.items):
            if _has_ring(shape) or (self._brush.beats % 2 == 0 and _nudges(shape)):
                self._draw_at(index, shape, again=True)

    # ── touches ───────────────────────────────────────────────────────────────────────────────────────────────────

    def design_point(self, x: float, y: float) -> tuple[float, float]:
        """A point of the window in design pixels."""
        return (x - self.x) / self._brush.scale, (self.top - y) / self._brush.scale

    def window_point(self, x: float, y: float) -> tuple[float, float]:
        """A point in design pixels on the window."""
        return self.x + x * self._brush.scale, self.top - y * self._brush.scale

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

    def let_go(self) -> None:
        """What is pressed or held asks nothing, and for a moment no touch counts."""
        self._release()
        self._held_since = inf
        self.quiet_until = max(self.quiet_until, self._monotonic() + SECOND_TOUCH_SECONDS)

    def _press(self, key: Key) -> None:
        self._pressed = key
        self._held_since = inf
        self._draw_key(key)

    def _release(self) -> None:
        key, self._pressed = self._pressed, None
        if key is not None:
            self._draw_key(key)

    def _draw_key(self, key: Key) -> None:
        for index, (drawn, _) in enumerate(self._drawn):
            if isinstance(drawn, Key) and _same_key(drawn, key):
                self._draw_at(index, drawn, again=True)


def _same_key(key: Key, other: Key | None) -> bool:
    return other is not None and (key.action, key.target, key.touch) == (other.action, other.target, other.touch)


def _has_ring(item: Item) -> bool:
    return isinstance(item, Ring) or (isinstance(item, Key) and any(isinstance(part, Ring) for part in item.content))


def _nudges(item: Item) -> bool:
    return isinstance(item, Picture) and item.nudge > 0


def _changes_by_itself(item: Item) -> bool:
    return _has_ring(item) or _nudges(item)
