"""Panels, lines with an icon, codes in running text, people as dots."""

from kiosk.screens.base import CORNER, Page
from kiosk.screens.items import Box, Dots, Rect, Text
from kiosk.screens.theme import BODY, SECONDARY, STRONG, Role, Tone
from kiosk.screens.typesetting import CAPITAL, CODES, DEPTH, REGULAR, Block, Room, fit, width
from kiosk.view_parts import Line, Panel

ICON = 44
PADDING = 24
NOTE_ICON = 36


def draw_panel(page: Page, panel: Panel, rect: Rect, role: Role = STRONG) -> None:
    """A coloured box: icon, ``left``, the bold text with its code, ``right``."""
    tone = page.theme.tone(panel.tone)
    page.items.append(Box(rect, tone.fill, radius=CORNER))
    x = rect.x + PADDING
    if panel.icon:
        page.icon(panel.icon, x, rect.middle, ICON, tone.icon)
        x += ICON + 20
    room = Rect(x, rect.y, rect.right - PADDING - x, rect.h)
    if panel.left is None and panel.code:
        after = f"· {page.say(panel.right)}" if panel.right is not None else ""
        draw_coded(page, (page.say(panel.text), panel.code, after), room, tone)
    elif panel.left is not None or panel.right is not None:
        _columns(page, panel, room, role, tone)
    else:
        page.text(panel.text, role, room.inset(0, 6), colour=tone.ink)


def panel_width(width: float) -> float:
    """What a panel of this width with an icon leaves to its words."""
    return width - 2 * PADDING - ICON - 20


def _columns(page: Page, panel: Panel, room: Rect, role: Role, tone: Tone) -> None:
    """Left, the bold text in the middle, right (or the code) on one line; in portrait the text stands above."""
    if page.portrait:
        middle = Rect(room.x, room.y + 4, room.w, room.h * 0.5)
        side = Rect(room.x, room.y + room.h * 0.5, room.w, room.h * 0.42)
        third = room.w / 2
    else:
        third = room.w * 0.3
        start = room.x + (third if panel.left else 0)
        middle = Rect(start, room.y, room.right - third - start, room.h)
        side = room
    if panel.left is not None:
        left = page.fit(panel.left, SECONDARY, Rect(0, 0, third - 8, side.h), 1)
        page.place(left, side, colour=tone.ink2)
    if panel.code:
        code = fit((panel.code,), STRONG, Room(third - 8, side.h), CODES)
        page.place(code, side, colour=tone.ink, align="right")
    elif panel.right is not None:
        right = page.fit(panel.right, SECONDARY, Rect(0, 0, third - 8, side.h), 1)
        page.place(right, side, colour=tone.ink2, align="right")
    align = "middle" if panel.left is not None and not page.portrait else "left"
    page.text(panel.text, role, middle, colour=tone.ink, align=align, lines=1)


def draw_coded(page: Page, parts: tuple[str, str, str], room: Rect, tone: Tone) -> None:
    """Running text with a code in it, in its own face; what follows the code goes under it where the line is short."""
    before, code, after = parts
    role = page.role(BODY)
    lead = width(f"{before} ", REGULAR, 1) + width(code, CODES, 1)
    size = min(role.size, int(room.w / (lead + width(f" {after}", REGULAR, 1))))
    below = size < SECONDARY.least and bool(after)
    if below:
        size = min(role.size, int(room.w / lead), int(room.h * 0.42 / (CAPITAL + DEPTH)))
        under = page.fit(after.removeprefix("· "), SECONDARY, Rect(0, 0, room.w, room.h * 0.42), 1)
        page.place(under, Rect(room.x, room.middle, room.w, room.h / 2 - 4), colour=tone.ink)
        room = Rect(room.x, room.y + 4, room.w, room.h / 2)
    x = room.x
    runs = [(f"{before} ", REGULAR, tone.ink), (code, CODES, tone.icon)]
    if after and not below:
        runs.append((f" {after}", REGULAR, tone.ink))
    for text, face, colour in runs:
        block = Block((text,), size, face, role.leading, squeezed=size < SECONDARY.least)
        page.items.append(Text(block, x, room.middle - block.height / 2, colour))
        x += width(text, face, size)


def draw_line(page: Page, line: Line, rect: Rect) -> None:
    """A line with a small icon, without a box."""
    x = rect.x
    if line.icon:
        page.icon(line.icon, x, rect.middle, NOTE_ICON)
        x += ICON + 20 - (ICON - NOTE_ICON) / 2
    page.text(line.text, SECONDARY, Rect(x, rect.y, rect.right - x, rect.h))


def draw_dots(page: Page, rect: Rect, here: int, of: int, ground: str) -> None:
    """How many of how many, as :class:`Dots` as high as ``rect``."""
    page.items.append(Dots(rect.x, rect.y, here, of, rect.h, rect.w, page.theme.leaf, page.theme.line, ground))
