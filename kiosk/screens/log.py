"""X4: the log of the program, a line a button."""

from dataclasses import replace

from kiosk.actions import Action
from kiosk.screens.base import CORNER, GAP, Page, Paper
from kiosk.screens.buttons import draw_actions, key
from kiosk.screens.checks import ICONS, light_ink
from kiosk.screens.header import draw_header
from kiosk.screens.items import Box, Picture, Rect, Scene, Text
from kiosk.screens.theme import BODY, Role
from kiosk.screens.typesetting import DEPTH, Room, clip
from kiosk.view_parts import Say
from kiosk.views import LogRow, LogView

ROW = 90.0
ROW_STACKED = 132.0
BETWEEN = 12.0
ICON = 40
PADDING = 14
SAID = Role(24, 22, 1.15, True)
MESSAGE = Role(26, 20, 1.2, True)
CAUSE = Role(24, 18, 1.25, False)
SUB = Role(20, 18, 1.1, False)
AIR = 12


def draw_log(view: LogView, paper: Paper) -> Scene:
    """Lay out the lines."""
    page = Page(paper, paper.theme.paper_ground, replace(view.frame, large_text=False))
    draw_header(page, view.title)
    room = draw_actions(page, view.buttons, 84)
    if not view.rows and view.empty is not None:
        page.text(view.empty, BODY, room, colour=page.ground.ink2, align="middle")
    if view.whole:
        _whole(page, view.whole, room)
        return page.scene()
    count = max(len(view.rows), 1)
    tall = min(ROW_STACKED if page.portrait else ROW, (room.h + GAP - BETWEEN - BETWEEN * (count - 1)) / count)
    for number, row in enumerate(view.rows):
        _row(page, row, Rect(room.x, room.y - 4 + number * (tall + BETWEEN), room.w, tall))
    return page.scene()


def _whole(page: Page, paragraphs: tuple[Say, ...], room: Rect) -> None:
    """The message, and below it what it came from."""
    share = room.h if len(paragraphs) == 1 else (room.h - GAP) / 2
    y = room.y
    for said, role in zip(paragraphs, (MESSAGE, CAUSE), strict=False):
        block = clip(page.say(said), role, Room(room.w, share, 12))
        page.place(block, Rect(room.x, y, room.w, 0), stand="top", colour=page.ground.ink)
        y += block.height + block.size * DEPTH + GAP * 1.5


def _row(page: Page, row: LogRow, rect: Rect) -> None:
    ground = page.ground
    x = rect.x + PADDING + ICON + PADDING
    wide = rect.right - PADDING - x
    sub = page.fit(row.sub, SUB, Rect(0, 0, wide, 28), 1)
    lines = 3 if page.portrait else 2
    said = clip(page.say(row.text), SAID, Room(wide, rect.h - sub.height - AIR - 12, lines))
    top = rect.middle - (said.height + AIR + sub.height) / 2
    content = (
        Picture(ICONS[row.light], rect.x + PADDING, rect.middle - ICON / 2, ICON, light_ink(page.theme, row.light)),
        Text(said, x, top, ground.key_ink),
        Text(sub, x, top + said.height + AIR, ground.ink2),
    )
    key(page, Box(rect, ground.key, ground.key_line, CORNER), Action.CHOOSE, row.target, content)
