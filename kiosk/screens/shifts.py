"""M1: my shifts. The rows cannot be touched: no border, hairlines only."""

from kiosk.screens.base import CORNER, GAP, Page, Paper
from kiosk.screens.buttons import MAIN_HEIGHT, draw_actions
from kiosk.screens.header import draw_header
from kiosk.screens.items import Box, Rect, Scene
from kiosk.screens.panels import draw_panel, panel_width
from kiosk.screens.reading import draw_pages, leaves
from kiosk.screens.theme import BODY, FIGURE, SECONDARY, SECONDARY_STRONG, Role
from kiosk.view_parts import Panel, PanelTone
from kiosk.views import ShiftRow, ShiftsView, Tile

TILE = 116
TILE_LOW = 104
"""Where shifts and a remark share what is left."""
TILE_STACKED = 150
LABEL = Role(24, 21, 1.2, False)
ROW = 70.0
LEAST_ROW = 36.0
"""Lower, two lines would stand on each other: the later shifts yield."""
ICON = 40
REMARK = 84.0
REMARK_LOW = 56.0
REMARK_STACKED = 92.0


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
        high = TILE_STACKED if page.portrait else TILE_LOW if view.remark and view.rows else TILE
        _tiles(page, view.tiles, Rect(room.x, y, room.w, high))
        y += high + GAP
    rest = Rect(room.x, y, room.w, room.bottom - y)
    if view.remark is not None:
        tall = min(_remark_height(page, view, view.remark, rest.w), rest.h)
        role = SECONDARY if page.portrait else BODY
        draw_panel(page, view.remark, Rect(rest.x, rest.bottom - tall, rest.w, tall), role)
        rest = Rect(rest.x, rest.y, rest.w, rest.h - tall - GAP)
    if view.rows:
        _rows(page, view.rows[: int(rest.h // LEAST_ROW)], rest)
    elif view.empty is not None and rest.h > 0:
        page.text(view.empty, BODY, rest, colour=page.ground.ink2, align="middle")
    return page.scene()


def _remark_height(page: Page, view: ShiftsView, remark: Panel, width: float) -> float:
    """Over shifts a remark of one line takes no more than that."""
    if page.portrait:
        return REMARK_STACKED
    line = page.fit(remark.text, BODY, Rect(0, 0, panel_width(width), REMARK_LOW - 12), 1)
    return REMARK_LOW if view.rows and not line.squeezed else REMARK


def _tiles(page: Page, tiles: tuple[Tile, ...], rect: Rect) -> None:
    wide = (rect.w - GAP * (len(tiles) - 1)) / len(tiles)
    for number, tile in enumerate(tiles):
        box = Rect(rect.x + number * (wide + GAP), rect.y, wide, rect.h)
        tone = page.theme.tone(tile.tone)
        page.items.append(Box(box, tone.fill, radius=CORNER))
        room = box.inset(20 if page.portrait else 24)
        # Upright a tile is narrow, and « Votre compteur (foyer) » takes two lines.
        y, tall, lines = (8, 52, 2) if page.portrait else (12, 36, 1)
        page.text(tile.label, LABEL, Rect(room.x, box.y + y, room.w, tall), colour=tone.ink2, lines=lines)
        below = box.y + y + tall + 2
        _figure(page, tile, Rect(room.x, below, room.w, box.bottom - below - 12))


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
    height = min(ROW * (1.2 if page.portrait else 1), rect.h / max(len(rows), 1))
    top = rect.y + (0 if page.portrait else max((rect.h - height * len(rows)) / 2, 0))
    for number, row in enumerate(rows):
        line = Rect(rect.x, top + number * height, rect.w, height)
        x = line.x + ICON + 16
        if number:
            page.rule(x, line.y - 1, line.right - x)
        page.icon(row.icon, line.x - 4, line.middle, min(ICON, height - 2), page.ground.ink2)
        right = 0.0
        if row.right is not None:
            said = page.fit(row.right, SECONDARY, Rect(0, 0, (line.right - x) * 0.4, height), 2)
            page.place(said, line, colour=page.ground.ink2, align="right")
            right = said.width + GAP
        page.text(row.text, SECONDARY_STRONG, Rect(x, line.y, line.right - x - right, height), lines=2)
