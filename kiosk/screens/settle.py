"""« À régler »: what the server has not taken, row by row."""

from dataclasses import replace

from kiosk.screens.base import GAP, Page, Paper
from kiosk.screens.buttons import draw_alike, draw_low_actions
from kiosk.screens.header import draw_header
from kiosk.screens.items import Rect, Scene
from kiosk.screens.theme import BODY, KEY, Role
from kiosk.screens.typesetting import BOLD, width
from kiosk.views import ToSettleRow, ToSettleView

ROW = 94.0
ROW_STACKED = 168.0
KEY_HEIGHT = 76
KEY_STACKED = 67
PADDING = 22
TITLE = Role(26, 18, 1.2, True)
SUB = Role(24, 18, 1.15, False)
BETWEEN = 14


def draw_to_settle(view: ToSettleView, paper: Paper) -> Scene:
    """Lay out the rows."""
    page = Page(paper, paper.theme.paper_ground, replace(view.frame, large_text=False))
    draw_header(page, view.title)
    room = draw_low_actions(page, view.buttons, 84)
    room = Rect(room.x, room.y - 4, room.w, room.h + 4)
    if not view.rows and view.empty is not None:
        page.text(view.empty, BODY, room, colour=page.ground.ink2, align="middle")
    height = min(ROW_STACKED if page.portrait else ROW, (room.h + GAP / 2) / max(len(view.rows), 1))
    for number, row in enumerate(view.rows):
        line = Rect(room.x, room.y + number * height, room.w, height)
        if number:
            page.rule(line.x, line.y - 1, line.w)
        _row(page, row, line)
    return page.scene()


def _row(page: Page, row: ToSettleRow, line: Rect) -> None:
    widths = [width(page.say(button.label), BOLD, KEY.size) + 2 * PADDING for button in row.buttons]
    left = line.right - sum(widths) - GAP * (len(widths) - 1)
    tall = KEY_STACKED if page.portrait else KEY_HEIGHT
    top = line.bottom - tall - 10 if page.portrait else line.middle - tall / 2
    faces = []
    x = line.x if page.portrait else left
    for button, wide in zip(row.buttons, widths, strict=True):
        faces.append((button, Rect(x, top, wide, tall)))
        x += wide + GAP
    draw_alike(page, faces)
    words = (
        Rect(line.x, line.y, line.w, top - line.y)
        if page.portrait
        else Rect(line.x, line.y, left - GAP - line.x, line.h)
    )
    title = page.fit(row.title, TITLE, Rect(0, 0, words.w, words.h * 0.5), 1)
    sub = page.fit(row.sub, SUB, Rect(0, 0, words.w, words.h - title.height - BETWEEN - 10), 2)
    y = words.middle - (title.height + BETWEEN + sub.height) / 2
    page.place(title, Rect(words.x, y, words.w, 0), stand="top")
    page.place(sub, Rect(words.x, y + title.height + BETWEEN, words.w, 0), colour=page.ground.ink2, stand="top")
