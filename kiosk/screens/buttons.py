"""Buttons, alone, in a row, one over the other, in two columns."""

from collections.abc import Sequence

from kiosk.actions import Action
from kiosk.colour import mix
from kiosk.screens.base import CORNER, GAP, Page
from kiosk.screens.items import Box, Item, Key, Picture, Rect, Ring, Switch, Text
from kiosk.screens.theme import CAPTION, DARK, KEY, MAIN_KEY, Ground, Role
from kiosk.screens.typesetting import BOLD, Block, width
from kiosk.view_parts import Button, ButtonKind, Say

ICON = 44
ICON_GAP = 11
SWITCH_WIDTH, SWITCH_HEIGHT = 64, 36
PADDING = 12
LEFT_PADDING = 18
SUB_GAP = 18
SLOP = 4
"""How far around its face a button is touched."""
MAIN_HEIGHT = 112
"""20 mm: the main action."""
MAIN_LABEL_HEIGHT = 104
"""From this height on a main button bears the larger label."""
TALLEST = 124.0


def key(page: Page, face: Box, action: Action, target: str, content: tuple[Item, ...], *, main: bool = False) -> None:
    """Put what can be touched."""
    rect = face.rect
    pressed = mix(face.fill, "#FFFFFF", 0.18) if _is_dark(face.fill) else mix(face.fill, "#000000", 0.14)
    touch = Rect(rect.x - SLOP, rect.y - SLOP, rect.w + 2 * SLOP, rect.h + 2 * SLOP)
    page.items.append(Key(face, pressed, action, target, touch, content, main))


def _is_dark(colour: str) -> bool:
    return sum(int(colour[i : i + 2], 16) for i in (1, 3, 5)) < 330


def _colours(page: Page, kind: ButtonKind) -> tuple[str, str | None, str]:
    """Fill, border and text of a button."""
    ground: Ground = page.ground
    match kind:
        case ButtonKind.MAIN:
            return ground.main, None, ground.main_ink
        case ButtonKind.DARK:
            return (DARK, None, "#FFFFFF") if not page.theme.night else (ground.main, None, ground.main_ink)
        case ButtonKind.ATTENTION:
            return page.theme.sun_soft, page.theme.sun_ink, page.theme.sun_ink
        case ButtonKind.PLAIN:
            return ground.key, ground.key_line, ground.key_ink


def _role(button: Button, rect: Rect) -> Role:
    main = button.kind in {ButtonKind.MAIN, ButtonKind.DARK}
    return MAIN_KEY if main and rect.h >= MAIN_LABEL_HEIGHT else KEY


def _lead(page: Page, button: Button) -> float:
    """The width of what stands before the label."""
    if button.on is not None:
        return SWITCH_WIDTH + ICON_GAP
    if not button.icon:
        return 0
    return ICON + (ICON_GAP if page.say(button.label) else 0)


def _ring_width(button: Button, rect: Rect) -> float:
    return min(64, rect.h - 24) + 28 if button.countdown is not None else 0


def _label_room(page: Page, button: Button, rect: Rect) -> Rect:
    lead = _lead(page, button)
    wide = rect.w - lead - PADDING - LEFT_PADDING - _ring_width(button, rect)
    return Rect(rect.x + LEFT_PADDING + lead, rect.y, wide, rect.h)


def _air(page: Page) -> float:
    """Over and under a label: one that has grown would else touch the edges of its button."""
    return 10 if page.frame.large_text else 4


def draw_button(
    page: Page,
    button: Button,
    rect: Rect,
    *,
    role: Role | None = None,
    align: str = "middle",
    face: str | None = None,
) -> None:
    """A button with what belongs on it: icon or switch, label, a second line, a ring."""
    fill, line, ink = _colours(page, button.kind)
    role = role or _role(button, rect)
    lead, room = _lead(page, button), _label_room(page, button, rect)
    content: list[Item] = []
    right = rect.right - _ring_width(button, rect)
    if button.countdown is not None:
        size = min(64, rect.h - 24)
        ring = Rect(right, rect.middle - size / 2, size, size)
        content.append(Ring(ring, button.countdown, ink, mix(fill, ink, 0.25), fill))
    if button.sub is None:
        texts = [page.fit(button.label, role, Rect(0, 0, room.w, rect.h - 2 * _air(page)), 2, face)]
    else:
        texts = [
            _or_a_line_more(page, button.label, role, Rect(0, 0, room.w, rect.h * 0.5 - 8), 1),
            _or_a_line_more(page, button.sub, CAPTION, Rect(0, 0, room.w, rect.h * 0.44), 1 + (rect.h > TALLEST)),
        ]
    group = lead + max(text.width for text in texts)
    start = rect.x + (LEFT_PADDING if align == "left" else max((right - rect.x - group) / 2, PADDING))
    if button.on is not None:
        pill = Rect(start, rect.middle - SWITCH_HEIGHT / 2, SWITCH_WIDTH, SWITCH_HEIGHT)
        content.append(Switch(pill, button.on, ink, fill))
    elif button.icon:
        content.append(Picture(button.icon, start, rect.middle - ICON / 2, ICON, ink))
    top = rect.middle - (sum(text.height for text in texts) + SUB_GAP * (len(texts) - 1)) / 2
    for text in texts:
        content.append(Text(text, start + lead, top, ink))
        top += text.height + SUB_GAP
    main = button.kind in {ButtonKind.MAIN, ButtonKind.DARK}
    key(page, Box(rect, fill, line, CORNER), button.action, button.target, tuple(content), main=main)


def _or_a_line_more(page: Page, said: Say, role: Role, room: Rect, lines: int) -> Block:
    """A long job rather takes one more line than that it is too small to read."""
    block = page.fit(said, role, room, lines)
    return page.fit(said, role, room._replace(h=room.h * 1.25), lines + 1) if block.squeezed else block


def draw_alike(page: Page, placed_buttons: Sequence[tuple[Button, Rect]], align: str = "middle") -> None:
    """Buttons that stand together, their labels of one size."""
    sizes: dict[Role, int] = {}
    for button, rect in placed_buttons:
        role = _role(button, rect)
        size = page.fit(button.label, role, _label_room(page, button, rect).inset(0, _air(page)), 2).size
        sizes[role] = min(sizes.get(role, size), size)
    for button, rect in placed_buttons:
        role = _role(button, rect)
        most = sizes[role]
        draw_button(page, button, rect, role=role.capped(most, page.role(role).size), align=align)


def need(page: Page, button: Button, role: Role = KEY) -> float:
    """The least width a button asks for: its label at full size, on two lines where it has more than one word."""
    text = page.say(button.label)
    halves = _halves(text)
    longest = min(
        (max(width(half, BOLD, role.size) for half in pair) for pair in halves),
        default=width(text, BOLD, role.size),
    )
    return _lead(page, button) + longest + PADDING + LEFT_PADDING


def _halves(text: str) -> list[tuple[str, str]]:
    words = text.split(" ")
    return [(" ".join(words[:i]), " ".join(words[i:])) for i in range(1, len(words))]


def _widths(page: Page, buttons: Sequence[Button], *, lead: bool) -> list[float]:
    room = page.across - GAP * (len(buttons) - 1)
    needs = [need(page, button) for button in buttons]
    third = (page.across - 2 * GAP) / 3
    if lead and len(buttons) == 2 and needs[1] <= third * 1.2:
        last = max(needs[1], third)
        return [room - last, last]
    if max(needs) <= room / len(buttons):
        return [room / len(buttons)] * len(buttons)
    spare = (room - sum(needs)) / len(buttons)
    return [wanted + spare for wanted in needs]


def draw_row(page: Page, buttons: Sequence[Button], y: float, height: float, *, lead: bool = False) -> None:
    """Buttons side by side. ``lead``: the first takes two thirds if the second can do with one."""
    x = page.left
    row: list[tuple[Button, Rect]] = []
    for button, wide in zip(buttons, _widths(page, buttons, lead=lead), strict=True):
        row.append((button, Rect(round(x), y, round(x + wide) - round(x), height)))
        x += wide + GAP
    draw_alike(page, row)


def draw_stack(page: Page, buttons: Sequence[Button], height: float) -> float:
    """Buttons of the full width one over the other, down to the lower edge. Returns where they begin."""
    heights = [MAIN_HEIGHT if button.kind is ButtonKind.MAIN else height for button in buttons]
    top = y = page.bottom - sum(heights) - GAP * (len(buttons) - 1)
    pile: list[tuple[Button, Rect]] = []
    for button, tall in zip(buttons, heights, strict=True):
        pile.append((button, Rect(page.left, y, page.across, tall)))
        y += tall + GAP
    draw_alike(page, pile)
    return top


def draw_grid(page: Page, buttons: Sequence[Button], room: Rect) -> None:
    """Buttons in two columns, their icons one under the other; in portrait in one. A last one alone takes its row."""
    columns = 1 if page.portrait else 2
    rows = -(-len(buttons) // columns)
    wide = (room.w - GAP * (columns - 1)) / columns
    tall = min((room.h - GAP * (rows - 1)) / rows, TALLEST)
    cells = [
        Rect(room.x + (i % columns) * (wide + GAP), room.y + (i // columns) * (tall + GAP), wide, tall)
        for i in range(len(buttons))
    ]
    if len(buttons) % columns:
        cells[-1] = cells[-1]._replace(w=room.w)
    draw_alike(page, list(zip(buttons, cells, strict=True)), "left")


def draw_actions(page: Page, buttons: Sequence[Button], height: float, *, lead: bool = False) -> Rect:
    """The buttons of a screen at their place. Returns the room left above them, below the header."""
    edge = page.bottom + GAP
    if buttons and page.portrait:
        edge = draw_stack(page, buttons, min(max(height, 88), 104 if len(buttons) < 3 else 88))
    elif buttons:
        edge = page.bottom - height
        draw_row(page, buttons, edge, height, lead=lead)
    return Rect(page.left, page.top, page.across, edge - GAP - page.top)


def draw_low_actions(page: Page, buttons: Sequence[Button], height: float) -> Rect:
    """As :func:`draw_actions`, for screens whose list needs the height: upright, two of three share a row."""
    if not page.portrait or len(buttons) < 3:
        return draw_actions(page, buttons, height)
    *pair, last = buttons
    upper = draw_stack(page, (last,), height) - GAP - height
    draw_row(page, pair, upper, height)
    return Rect(page.left, page.top, page.across, upper - GAP - page.top)
