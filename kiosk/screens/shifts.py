"""M1: my shifts. The rows cannot be touched: no border, hairlines only."""

from kiosk.screens.base import CORNER, GAP, Page, Paper
from kiosk.screens.buttons import MAIN_HEIGHT, draw_actions
from kiosk.screens.header import draw_header
from kiosk.screens.items import Box, Rect, Scene
from kiosk.screens.panels import draw_panel
from kiosk.screens.reading import draw_pages, leaves
from kiosk.screens.theme import BODY, FIGURE, SECONDARY, SECONDARY_STRONG, Role
from kiosk.views import PanelTone, ShiftRow, ShiftsView, Tile

TILE = 116
TILE_STACKED = 150
LABEL = Role(24, 21, 1.2, False)
ROW = 70.0
ICON = 40
REMARK = 84.0


def draw_shifts(view: ShiftsView, paper: Paper) -> Scene:
    """Lay out the tiles, the shifts and the buttons."""
    page = Page(paper, paper.theme.paper_ground, view.frame)
    draw_header(page, view.title)
    if view.frame.large_text and leaves(view):
        draw_pages(page, None, leaves(view), view.buttons, number=paper.number, height=MAIN_HEIGHT)
        return page.scene()
    room = draw_actions(page, view.buttons, 92)
    y = room.y
    if view.tiles:
        high = TILE_STACKED if page.portrait else TILE
        _tiles(page, view.tiles, Rect(room.x, y, room.w, high))
        y += high + GAP
    rest = Rect(room.x, y, room.w, room.bottom - y)
    if view.remark is not None:
        tall = min(REMARK, rest.h)
        draw_panel(page, view.remark, Rect(rest.x, rest.bottom - tall, rest.w, tall), BODY)
        rest = Rect(rest.x, rest.y, rest.w, rest.h - tall - GAP)
    if view.rows:
        _rows(page, view.rows, rest)
    elif view.empty is not None and rest.h > 0:
        page.text(view.empty, BODY, rest, colour=page.ground.ink2, align="middle")
    return page.scene()


def _tiles(page: Page, tiles: tuple[Tile, ...], rect: Rect) -> None:
    wide = (rect.w - GAP * (len(tiles) - 1)) / len(tiles)
    for number, tile in enumerate(tiles):
        box = Rect(rect.x + number * (wide + GAP), rect.y, wide, rect.h)
        tone = page.theme.tone(tile.tone)
        page.items.append(Box(box, tone.fill, radius=CORNER))
        room = box.inset(20 if page.portrait else 24)
        page.text(tile.label, LABEL, Rect(room.x, box.y + 12, room.w, 36), colour=tone.ink2, lines=1)
        _figure(page, tile, Rect(room.x, box.y + 50, room.w, box.bottom - box.y - 62))


def _figure(page: Page, tile: Tile, room: Rect) -> None:
    """The number, with the rest on its base line, or below it where the tile is narrow."""
    tone = page.theme.tone(tile.tone)
    colour = tone.icon if tile.tone is PanelTone.LEAF_SOFT else tone.ink
    share = 1.0 if tile.rest is None or page.portrait else 0.5 if page.frame.large_text else 0.6
    figure = page.fit(tile.figure, FIGURE, Rect(0, 0, room.w * share, 54), 1)
    at = Rect(room.x, room.y, room.w, 52)
    number = page.place(figure, at, colour=colour)
    if tile.rest is None:
        return
    x = room.x if page.portrait else room.x + figure.width + 12
    rest = page.fit(tile.rest, LABEL, Rect(0, 0, room.right - x, 40), 1)
    base = number.top + figure.height + (figure.height if page.portrait else 0)
    page.place(rest, Rect(x, base - rest.height, room.right - x, 0), colour=tone.ink2, stand="top")


def _rows(page: Page, rows: tuple[ShiftRow, ...], rect: Rect) -> None:
    height = min(ROW * (1.2 if page.portrait else 1), rect.h / len(rows))
    top = rect.y + (0 if page.portrait else max((rect.h - height * len(rows)) / 2, 0))
    for number, row in enumerate(rows):
        line = Rect(rect.x, top + number * height, rect.w, height)
        x = line.x + ICON + 16
        if number:
            page.rule(x, line.y - 1, line.right - x)
        page.icon(row.icon, line.x - 4, line.middle, ICON, page.ground.ink2)
        right = 0.0
        if row.right is not None:
            said = page.fit(row.right, SECONDARY, Rect(0, 0, (line.right - x) * 0.4, height), 2)
            page.place(said, line, colour=page.ground.ink2, align="right")
            right = said.width + GAP
        page.text(row.text, SECONDARY_STRONG, Rect(x, line.y, line.right - x - right, height), lines=2)
