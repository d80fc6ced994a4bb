"""T7: digits to type."""

from kiosk.actions import Action
from kiosk.screens.base import FOOT, GAP, MARGIN, Page, Paper
from kiosk.screens.buttons import draw_button
from kiosk.screens.header import draw_header
from kiosk.screens.items import Box, Rect, Scene, Text
from kiosk.screens.theme import SECONDARY, Role
from kiosk.screens.typesetting import CODES, Block, width
from kiosk.view_parts import Button, ButtonKind, literal
from kiosk.views import KeypadView

TITLE = Role(42, 32, 1.12, True)
DIGIT = Role(38, 32, 1.1, True)
TYPED = 46
PAD_WIDTH = 350
CANCEL = 80
FIELD = 80
FIELD_AT = 108
ICON = 92
KEY_STACKED = 70


def draw_keypad(view: KeypadView, paper: Paper) -> Scene:
    """Lay out the pad, and what is typed beside it (above it in portrait)."""
    page = Page(paper, paper.theme.paper_ground, view.frame)
    if page.portrait:
        draw_header(page)
        cancel = Rect(page.left, page.bottom - CANCEL, page.across, CANCEL)
        tall = 4 * KEY_STACKED + 3 * GAP
        pad = Rect(page.left, cancel.y - GAP - tall, page.across, tall)
        side = Rect(page.left, page.top, page.across, pad.y - GAP - page.top)
    else:
        draw_header(page, view.header, quiet=True)
        pad = Rect(page.width - MARGIN - PAD_WIDTH, page.top, PAD_WIDTH, page.height - FOOT - page.top)
        cancel = Rect(page.left, page.bottom - CANCEL, pad.x - MARGIN - page.left, CANCEL)
        side = Rect(page.left, page.top, cancel.w, cancel.y - GAP - page.top)
    draw_button(page, view.cancel, cancel)
    _typed(page, view, side)
    _pad(page, pad)
    return page.scene()


def _typed(page: Page, view: KeypadView, room: Rect) -> None:
    remark = 0 if view.remark is None else 64
    box = Rect(room.x + FIELD_AT, room.bottom - remark - FIELD - 8, room.w - FIELD_AT, FIELD)
    page.text(view.title, TITLE, Rect(room.x, room.y, room.w, box.y - 8 - room.y), lines=3)
    page.icon(view.icon, room.x, box.middle, ICON, page.theme.leaf)
    page.items.append(Box(box, page.theme.card, page.theme.leaf, thickness=3))
    inner = box.inset(18)
    step = inner.w / view.length
    size = min(TYPED, round(step * 1.3))
    for number in range(view.length):
        cell = Rect(inner.x + number * step, box.y, step, box.h)
        if number < len(view.typed):
            block = Block((view.typed[number],), size, CODES, 1.0)
            left = cell.x + (step - width(view.typed[number], CODES, size)) / 2
            page.items.append(Text(block, left, cell.middle - block.height / 2, page.ground.ink))
        else:
            colour = page.theme.leaf if number == len(view.typed) else page.theme.line
            page.items.append(Box(Rect(cell.x + step * 0.15, box.bottom - 22, step * 0.7, 4), colour, radius=2))
    if view.remark is not None:
        below = Rect(room.x, room.bottom - remark, room.w, remark)
        page.text(view.remark, SECONDARY, below, colour=page.theme.sun_ink, lines=2)


def _pad(page: Page, room: Rect) -> None:
    wide, tall = (room.w - 2 * GAP) / 3, (room.h - 3 * GAP) / 4
    keys = [Button(action=Action.KEY, label=literal(digit), target=digit) for digit in "123456789"]
    keys += [
        Button(action=Action.ERASE, label=literal(""), icon="backspace-outline"),
        Button(action=Action.KEY, label=literal("0"), target="0"),
        Button(action=Action.ENTER, label=literal(""), icon="check", kind=ButtonKind.MAIN),
    ]
    for number, button in enumerate(keys):
        rect = Rect(room.x + (number % 3) * (wide + GAP), room.y + (number // 3) * (tall + GAP), wide, tall)
        draw_button(page, button, rect, role=DIGIT, face=CODES)
