"""S5, S6, T4, out of order, ringing: cream, with a coloured edge."""

from kiosk.screens.base import GAP, MARGIN, Page, Paper
from kiosk.screens.buttons import MAIN_HEIGHT, draw_actions, draw_row
from kiosk.screens.header import draw_header
from kiosk.screens.items import Box, Rect, Scene
from kiosk.screens.panels import draw_panel
from kiosk.screens.reading import draw_pages, leaves
from kiosk.screens.theme import BODY, HEADLINE, Theme
from kiosk.views import Edge, NoticeView

EDGE = 28
BESIDE_EDGE = 60
"""Where the content begins beside the edge: nothing runs under it."""
PANEL = 80
PANEL_STACKED = 92
OTHERS = 84
ICON = 170
SMALL_ICON = 140
TIGHT = 180
"""Below this height the picture is the smaller one."""


def draw_notice(view: NoticeView, paper: Paper) -> Scene:
    """Lay out a notice; in large-text mode sentence by sentence."""
    edge, tint = _colours(view.edge, paper.theme)
    page = Page(paper, paper.theme.paper_ground, view.frame, MARGIN if edge is None else BESIDE_EDGE)
    if edge is not None:
        page.items.append(Box(Rect(0, 0, EDGE, page.height), edge, radius=0))
    draw_header(page)
    if view.frame.large_text:
        title = (view.title, HEADLINE)
        draw_pages(page, title, leaves(view), view.buttons, number=paper.number, height=MAIN_HEIGHT)
        return page.scene()
    room = _buttons(page, view)
    if view.panel is not None:
        tall = PANEL_STACKED if page.portrait else PANEL
        draw_panel(page, view.panel, Rect(room.x, room.bottom - tall, room.w, tall), BODY)
        room = Rect(room.x, room.y, room.w, room.h - tall - GAP)
    _words(page, view, room, tint)
    return page.scene()


def _colours(edge: Edge, theme: Theme) -> tuple[str | None, str]:
    """The colour of the edge, and of the icon beside it."""
    match edge:
        case Edge.BRICK:
            return theme.brick, theme.brick
        case Edge.PLUM:
            return theme.plum, theme.plum
        case Edge.SUN:
            return theme.sun, theme.sun_ink
        case Edge.NONE:
            return None, theme.leaf


def _buttons(page: Page, view: NoticeView) -> Rect:
    if len(view.buttons) < 3 or page.portrait:
        return draw_actions(page, view.buttons, MAIN_HEIGHT, lead=True)
    first, *rest = view.buttons
    lower = page.bottom - OTHERS
    upper = lower - GAP - MAIN_HEIGHT
    draw_row(page, (first,), upper, MAIN_HEIGHT)
    draw_row(page, rest, lower, OTHERS)
    return Rect(page.left, page.top, page.across, upper - GAP - page.top)


def _words(page: Page, view: NoticeView, room: Rect, tint: str) -> None:
    """Picture and words; the picture shrinks where they need the room."""
    beside = SMALL_ICON if room.h < TIGHT else ICON
    largest = min(ICON, room.h * 0.32) if page.portrait else beside
    sizes = (largest, largest * 0.75, largest * 0.5)
    rooms = {size: _room_beside(page, room, size) for size in sizes}
    taken = page.headed(view.title, view.body, (HEADLINE, BODY), tuple(rooms.values()))
    size = next(size for size, words in rooms.items() if words == taken)
    middle = room.y + 12 + size / 2 if page.portrait else room.middle
    page.icon(view.icon, room.x - size / 12, middle, size, tint)


def _room_beside(page: Page, room: Rect, size: float) -> Rect:
    if page.portrait:
        return Rect(room.x, room.y + size + 12, room.w, room.h - size - 12)
    return Rect(room.x + size + 10, room.y, room.w - size - 10, room.h)
