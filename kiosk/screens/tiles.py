"""X1: tiles with a status, for technicians."""

from dataclasses import replace

from kiosk.screens.base import CORNER, GAP, Page, Paper
from kiosk.screens.buttons import draw_actions, key
from kiosk.screens.header import draw_header
from kiosk.screens.items import Box, Item, Picture, Rect, Scene, Text
from kiosk.screens.theme import Role, Theme
from kiosk.views import Light, StatusTile, TilesView

ICON = 46
LABEL = Role(28, 22, 1.1, True)
STATUS = Role(22, 18, 1.1, False)
DOT = 14
DOT_GAP = 8
PADDING = 8
AIR = 12
UPRIGHT = 122
"""From this height on icon and words stand one over the other."""
AMBER = "#B87700"
"""Of a dot on white: 3:1 and more. By night the sun itself is bright enough."""


def draw_tiles(view: TilesView, paper: Paper) -> Scene:
    """Lay out the tiles: four in a row, in portrait two."""
    page = Page(paper, paper.theme.paper_ground, replace(view.frame, large_text=False))
    draw_header(page, view.title)
    room = draw_actions(page, view.buttons, 84, lead=True)
    columns = 2 if page.portrait else 4
    rows = -(-len(view.tiles) // columns)
    wide = (room.w - GAP * (columns - 1)) / columns
    tall = min((room.h - GAP * (rows - 1)) / rows, 160)
    for number, tile in enumerate(view.tiles):
        x, y = number % columns, number // columns
        _tile(page, tile, Rect(room.x + x * (wide + GAP), room.y + y * (tall + GAP), wide, tall))
    return page.scene()


def _tile(page: Page, tile: StatusTile, rect: Rect) -> None:
    if rect.h < UPRIGHT:
        _lying_tile(page, tile, rect)
        return
    ground = page.ground
    inner = rect.w - 2 * PADDING
    label = page.fit(tile.button.label, LABEL, Rect(0, 0, inner, 40), 1)
    status = page.fit(tile.status, STATUS, Rect(0, 0, inner - DOT - DOT_GAP, 32), 1)
    top = rect.middle - (ICON + label.height + status.height + 2 * AIR) / 2
    middle = rect.x + rect.w / 2
    content: list[Item] = []
    if tile.button.icon:
        content.append(Picture(tile.button.icon, middle - ICON / 2, top, ICON, ground.key_ink))
    top += ICON + AIR
    content.append(Text(label, middle, top, ground.key_ink, "middle"))
    top += label.height + AIR
    left = middle - (DOT + DOT_GAP + status.width) / 2
    dot = Rect(left, top + status.height / 2 - DOT / 2, DOT, DOT)
    content += (
        draw_light(page.theme, tile.light, dot, ground.key),
        Text(status, dot.right + DOT_GAP, top, ground.ink2),
    )
    key(page, Box(rect, ground.key, ground.key_line, CORNER), tile.button.action, tile.button.target, tuple(content))


def _lying_tile(page: Page, tile: StatusTile, rect: Rect) -> None:
    """The icon beside the words, where there is no height for one over the other."""
    ground = page.ground
    x = rect.x + PADDING + ICON + PADDING
    inner = rect.right - PADDING - x
    label = page.fit(tile.button.label, LABEL, Rect(0, 0, inner, 40), 1)
    status = page.fit(tile.status, STATUS, Rect(0, 0, inner - DOT - DOT_GAP, 32), 1)
    top = rect.middle - (label.height + status.height + AIR + 4) / 2
    below = top + label.height + AIR + 4
    dot = Rect(x, below + status.height / 2 - DOT / 2, DOT, DOT)
    content: tuple[Item, ...] = (
        Text(label, x, top, ground.key_ink),
        draw_light(page.theme, tile.light, dot, ground.key),
        Text(status, dot.right + DOT_GAP, below, ground.ink2),
    )
    if tile.button.icon:
        content = (Picture(tile.button.icon, rect.x + PADDING, rect.middle - ICON / 2, ICON, ground.key_ink), *content)
    key(page, Box(rect, ground.key, ground.key_line, CORNER), tile.button.action, tile.button.target, content)


def light_colour(theme: Theme, light: Light) -> str:
    """The colour of a light; the word beside it says the same."""
    match light:
        case Light.GOOD:
            return theme.leaf
        case Light.LOOK:
            return theme.sun if theme.night else AMBER
        case Light.BAD:
            return theme.brick
        case Light.OFF:
            return theme.line


def draw_light(theme: Theme, light: Light, rect: Rect, ground: str) -> Box:
    """A dot; a ring where the part is off."""
    colour = light_colour(theme, light)
    if light is Light.OFF:
        return Box(rect, ground, colour, radius=rect.w / 2, thickness=3)
    return Box(rect, colour, radius=rect.w / 2)
