"""What a screen is made of: frozen shapes in design pixels, y down from the top left.

The layouts make them, :mod:`kiosk.screens.surface` draws them; equal items are not drawn again.
"""

from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from kiosk.actions import Action
from kiosk.screens.typesetting import Block
from kiosk.view_parts import Countdown


class Rect(NamedTuple):
    """A box: left, top, width, height."""

    x: float
    y: float
    w: float
    h: float

    @property
    def right(self) -> float:
        return self.x + self.w

    @property
    def bottom(self) -> float:
        return self.y + self.h

    @property
    def middle(self) -> float:
        return self.y + self.h / 2

    def inset(self, dx: float, dy: float = 0.0) -> "Rect":
        """Smaller by ``dx`` on the left and right, by ``dy`` above and below."""
        return Rect(self.x + dx, self.y + dy, self.w - 2 * dx, self.h - 2 * dy)

    def covers(self, x: float, y: float) -> bool:
        return self.x <= x <= self.right and self.y <= y <= self.bottom


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle with smooth corners; with ``line`` a border of ``thickness`` inside its edge."""

    rect: Rect
    fill: str
    line: str | None = None
    radius: float = 16
    thickness: float = 2


@dataclass(frozen=True, slots=True)
class Text:
    """A block of lines. ``anchor`` is x of its left, middle or right edge; ``top`` is where its capitals begin."""

    block: Block
    anchor: float
    top: float
    colour: str
    align: str = "left"


@dataclass(frozen=True, slots=True)
class Picture:
    """An icon, by its name, in a square."""

    name: str
    x: float
    y: float
    size: float
    colour: str
    nudge: float = 0.0
    """Every two seconds it stands this much lower, or back: two still frames that point, where a motion would cost."""
    turned: bool = False
    """Upside down."""


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture file of the coop, as large as fits into ``rect``."""

    path: str
    rect: Rect


@dataclass(frozen=True, slots=True)
class Ring:
    """A countdown, redrawn once a second; the seconds left stand in it."""

    rect: Rect
    countdown: Countdown
    colour: str
    track: str
    ground: str


@dataclass(frozen=True, slots=True)
class Dots:
    """``here`` of ``of`` people: dots up to eight, a bar above."""

    x: float
    y: float
    here: int
    of: int
    size: float
    room: float
    colour: str
    empty: str
    ground: str


@dataclass(frozen=True, slots=True)
class Digits:
    """A weight, centred; drawn from one texture a digit."""

    rect: Rect
    text: str
    size: float
    colour: str


@dataclass(frozen=True, slots=True)
class Switch:
    """On or off: a pill with a knob."""

    rect: Rect
    on: bool
    colour: str
    ground: str


@dataclass(frozen=True, slots=True)
class Key:
    """What can be touched: its face, and what stands on it. ``touch`` may be larger than the face."""

    face: Box
    pressed: str
    action: Action
    target: str
    touch: Rect
    content: "tuple[Item, ...]" = ()
    main: bool = False


@dataclass(frozen=True, slots=True)
class Veil:
    """Darkens all that was drawn before and takes the touches on it: ``action`` is asked, if any."""

    rect: Rect
    colour: str
    opacity: float
    action: Action | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A place that looks like nothing to touch: let go after three seconds it asks ``action``."""

    rect: Rect
    action: Action


Item: TypeAlias = Box | Text | Picture | Logo | Ring | Dots | Digits | Switch | Key | Veil | Held


@dataclass(frozen=True, slots=True)
class Scene:
    """All of a screen: its ground and what stands on it, the later over the earlier."""

    ground: str
    items: tuple[Item, ...]

    def reachable(self) -> tuple[Key, ...]:
        """The buttons that can be reached: those that no veil covers, the topmost first."""
        reachable: list[Key] = []
        for item in reversed(self.items):
            if isinstance(item, Veil):
                break
            if isinstance(item, Key):
                reachable.append(item)
        return tuple(reachable)

    def held_at(self, x: float, y: float) -> Action | None:
        """What is asked by pressing this point long enough; nothing below a veil."""
        if self.veil() is not None:
            return None
        return next((item.action for item in self.items if isinstance(item, Held) and item.rect.covers(x, y)), None)

    def find_held(self, action: Action) -> Held | None:
        """The place that asks ``action`` when it is held; nothing below a veil."""
        if self.veil() is not None:
            return None
        return next((item for item in self.items if isinstance(item, Held) and item.action is action), None)

    def veil(self) -> Veil | None:
        return next((item for item in reversed(self.items) if isinstance(item, Veil)), None)

    def texts(self) -> tuple[str, ...]:
        """Every text that is drawn, in drawing order, its lines joined by a space."""
        found: list[str] = []

        def walk(items: tuple[Item, ...]) -> None:
            for item in items:
                if isinstance(item, Text):
                    found.append(" ".join(item.block.lines))
                elif isinstance(item, Digits):
                    found.append(item.text)
                elif isinstance(item, Key):
                    walk(item.content)

        walk(self.items)
        return tuple(found)
