"""X2: one line a part, how it is and what to do."""

from dataclasses import replace

from kiosk.screens.base import GAP, Page, Paper
from kiosk.screens.buttons import draw_low_actions
from kiosk.screens.header import draw_header
from kiosk.screens.items import Rect, Scene
from kiosk.screens.theme import SECONDARY_STRONG, Role, Theme
from kiosk.views import CheckRow, ChecksView, Light

ROW = 74.0
ICON = 40
TEXT = Role(23, 19, 1.15, False)
BETWEEN = 13
LOW = 62
CLOSE = 10
"""Between the lines of a row no higher than :data:`LOW`."""
ICONS = {
    Light.GOOD: "check-circle-outline",
    Light.LOOK: "alert-outline",
    Light.BAD: "close-circle-outline",
    Light.OFF: "minus-circle-outline",
}


def draw_checks(view: ChecksView, paper: Paper) -> Scene:
    """Lay out the parts in two columns, in portrait in one."""
    page = Page(paper, paper.theme.paper_ground, replace(view.frame, large_text=False))
    draw_header(page, view.title)
    room = draw_low_actions(page, view.buttons, 84)
    columns = 1 if page.portrait else 2
    lines = -(-len(view.rows) // columns)
    wide = (room.w - 2 * GAP * (columns - 1)) / columns
    tall = min(room.h / max(lines, 1), ROW)
    for number, row in enumerate(view.rows):
        column, line = divmod(number, lines)
        cell = Rect(room.x + column * (wide + 2 * GAP), room.y + line * tall, wide, tall)
        if line:
            page.rule(cell.x, cell.y - 1, cell.w)
        _row(page, row, cell)
    return page.scene()


def _row(page: Page, row: CheckRow, cell: Rect) -> None:
    ink = light_ink(page.theme, row.light)
    page.icon(ICONS[row.light], cell.x - 3, cell.middle, ICON, ink)
    x = cell.x + ICON + 14
    room = Rect(0, 0, cell.right - x, cell.h * (0.44 if cell.h > LOW else 0.4))
    name, text = page.fit(row.name, SECONDARY_STRONG, room, 1), page.fit(row.text, TEXT, room, 1)
    between = BETWEEN if cell.h > LOW else CLOSE
    top = cell.middle - (name.height + between + text.height) / 2
    page.place(name, Rect(x, top, room.w, 0), stand="top")
    quiet = row.light in {Light.GOOD, Light.OFF}
    colour = page.ground.ink2 if quiet else ink
    page.place(text, Rect(x, top + name.height + between, room.w, 0), colour=colour, stand="top")


def light_ink(theme: Theme, light: Light) -> str:
    """The colour of an icon or a text that says how a part is."""
    match light:
        case Light.GOOD:
            return theme.leaf
        case Light.LOOK:
            return theme.sun_ink
        case Light.BAD:
            return theme.brick
        case Light.OFF:
            return theme.ink2
