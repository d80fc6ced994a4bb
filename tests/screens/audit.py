"""What is wrong with a scene, as a person with a ruler would say it."""

from dataclasses import dataclass

from kiosk.screens.items import Digits, Item, Key, Rect, Scene, Text, Veil
from kiosk.screens.profiles import Profile
from kiosk.screens.typesetting import BOLD, CAPITAL, DEPTH, is_orphan, width

LEAST_MM = 12.0
"""Every button; the face plus what is touched around it is larger still."""
TOLERANCE = 1.0


@dataclass(frozen=True)
class Inked:
    """Where a text has ink, and what it says."""

    rect: Rect
    words: str


def ink(item: Text | Digits) -> Inked:
    """The box of a text: from its capitals to the depth of a g."""
    if isinstance(item, Digits):
        wide = width(item.text, BOLD, item.size)
        left = item.rect.x + (item.rect.w - wide) / 2
        top = item.rect.middle - item.size * CAPITAL / 2
        return Inked(Rect(left, top, wide, item.size * CAPITAL), item.text)
    block = item.block
    left = item.anchor - {"left": 0, "middle": block.width / 2, "right": block.width}[item.align]
    return Inked(Rect(left, item.top, block.width, block.height + block.size * DEPTH * 0.9), " / ".join(block.lines))


def overlap(one: Rect, other: Rect, slack: float = TOLERANCE) -> bool:
    """Whether two boxes share more than a hair."""
    return (
        one.x < other.right - slack
        and other.x < one.right - slack
        and one.y < other.bottom - slack
        and other.y < one.bottom - slack
    )


def inside(inner: Rect, outer: Rect) -> bool:
    """Whether ``inner`` lies in ``outer``."""
    return (
        inner.x >= outer.x - TOLERANCE
        and inner.y >= outer.y - TOLERANCE
        and inner.right <= outer.right + TOLERANCE
        and inner.bottom <= outer.bottom + TOLERANCE
    )


def visible(scene: Scene) -> tuple[Item, ...]:
    """The items that no veil covers."""
    items = scene.items
    veils = [index for index, item in enumerate(items) if isinstance(item, Veil)]
    return items[veils[-1] + 1 :] if veils else items


def faults(scene: Scene, profile: Profile) -> list[str]:
    """Every fault of ``scene`` on the panel ``profile``, one line each."""
    wide, tall = profile.canvas
    canvas = Rect(0, 0, wide, tall)
    items = visible(scene)
    keys = [item for item in items if isinstance(item, Key)]
    loose = [ink(item) for item in items if isinstance(item, Text | Digits)]
    found: list[str] = []
    for item in items:
        found += [fault for text in texts_of(item) for fault in text_faults(text)]
    for text in loose:
        if not inside(text.rect, canvas):
            found.append(f"cut: {text.words!r}")
        found += [f"under a button: {text.words!r}" for key in keys if overlap(text.rect, key.face.rect)]
    for index, one in enumerate(loose):
        found += [
            f"on each other: {one.words!r} and {two.words!r}"
            for two in loose[index + 1 :]
            if overlap(one.rect, two.rect)
        ]
    for index, key in enumerate(keys):
        found += key_faults(key, canvas, profile)
        found += [
            f"buttons overlap: {key.action} and {two.action}"
            for two in keys[index + 1 :]
            if overlap(key.face.rect, two.face.rect)
        ]
    return found


def texts_of(item: Item) -> list[Text]:
    """The texts of an item, those on a button too."""
    if isinstance(item, Key):
        return [part for part in item.content if isinstance(part, Text)]
    return [item] if isinstance(item, Text) else []


def text_faults(text: Text) -> list[str]:
    """Too small for its role, or a lonely word on the last line."""
    found = []
    if text.block.squeezed:
        found.append(f"squeezed to {text.block.size}: {' / '.join(text.block.lines)!r}")
    if is_orphan(text.block.lines, text.block.face):
        found.append(f"orphan: {' / '.join(text.block.lines)!r}")
    return found


def key_faults(key: Key, canvas: Rect, profile: Profile) -> list[str]:
    """A button too small, off the glass, or with a text that runs out of it."""
    found = []
    wide_mm, tall_mm = profile.millimetres(key.face.rect.w, key.face.rect.h)
    if min(wide_mm, tall_mm) < LEAST_MM - 0.05:
        found.append(f"small: {key.action} is {wide_mm:.1f} × {tall_mm:.1f} mm")
    if not inside(key.face.rect, canvas):
        found.append(f"off the glass: {key.action}")
    inked = [ink(text) for text in texts_of(key)]
    room = key.face.rect.inset(6, 0)
    return found + [f"out of its button: {text.words!r}" for text in inked if not inside(text.rect, room)]
