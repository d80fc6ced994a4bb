"""S3, S4, C2, M3, T5: a full coloured screen. The verdict is the largest thing on it."""

from kiosk.screens.base import GAP, Page, Paper
from kiosk.screens.buttons import MAIN_HEIGHT, draw_actions
from kiosk.screens.header import draw_header
from kiosk.screens.items import Rect, Scene
from kiosk.screens.panels import draw_line, draw_panel
from kiosk.screens.reading import draw_pages, leaves
from kiosk.screens.theme import BODY, STRONG, TITLE
from kiosk.views import ResultTone, ResultView

PANEL = 84
PANEL_OVER_NOTE = 66
PANEL_STACKED = 104
NOTE = 52
ICON = 200
HIGH_TOP = 44
"""Where the picture may begin when the header is empty."""


def draw_result(view: ResultView, paper: Paper) -> Scene:
    """Lay out a result, with and without its panel; in large-text mode sentence by sentence."""
    leaf = view.tone is ResultTone.LEAF
    page = Page(paper, paper.theme.leaf_ground if leaf else paper.theme.sun_ground, view.frame)
    draw_header(page)
    if view.frame.large_text:
        title = (view.title, TITLE)
        draw_pages(page, title, leaves(view), view.buttons, number=paper.number, height=MAIN_HEIGHT)
        return page.scene()
    room = draw_actions(page, view.buttons, 92 if leaf else 112, lead=not leaf)
    if view.note is not None:
        tall = NOTE if not page.portrait else 64
        draw_line(page, view.note, Rect(room.x + 24, room.bottom + GAP / 2 - tall, room.w - 24, tall))
        room = Rect(room.x, room.y, room.w, room.h + GAP / 2 - tall)
    if view.panel is not None:
        tall = PANEL_STACKED if page.portrait else PANEL if view.note is None else PANEL_OVER_NOTE
        draw_panel(page, view.panel, Rect(room.x, room.bottom - tall, room.w, tall), STRONG)
        room = Rect(room.x, room.y, room.w, room.h - tall - GAP)
    if page.portrait:
        _stacked(page, view, room)
    else:
        _side_by_side(page, view, room)
    return page.scene()


def _side_by_side(page: Page, view: ResultView, room: Rect) -> None:
    """The picture beside the words; it shrinks where they need the width."""
    top = HIGH_TOP if view.frame.header.text is None else room.y - 8
    largest = min(ICON, room.bottom - top)
    sizes = (largest, largest * 0.75, largest * 0.5)
    rooms = {size: Rect(room.x + size + 12, room.y, room.w - size - 12, room.h) for size in sizes}
    taken = page.headed(view.title, view.body, (TITLE, BODY), tuple(rooms.values()))
    size = next(size for size, words in rooms.items() if words == taken)
    middle = min(max(room.middle, top + size / 2), room.bottom - size / 2 + size / 24)
    # An icon has an air of two of its 24 units around it: the drawing stands at the margin.
    page.icon(view.icon, room.x - size / 12, middle, size)


def _stacked(page: Page, view: ResultView, room: Rect) -> None:
    """The picture over the words; it shrinks where they need the height."""
    largest = min(ICON, room.h * 0.48)
    sizes = (largest, largest * 0.75, largest * 0.5)
    rooms = {size: Rect(room.x, room.y + size + 16, room.w, room.h - size - 16) for size in sizes}
    taken = page.headed(view.title, view.body, (TITLE, BODY), tuple(rooms.values()), align="middle")
    size = next(size for size, words in rooms.items() if words == taken)
    page.icon(view.icon, room.x + (room.w - size) / 2, room.y + 8 + size / 2, size)
