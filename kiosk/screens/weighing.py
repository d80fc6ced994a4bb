"""T2, T3: the weight as large as it goes."""

from kiosk.screens.base import CORNER, Page, Paper
from kiosk.screens.buttons import MAIN_HEIGHT, draw_actions
from kiosk.screens.header import draw_header
from kiosk.screens.items import Box, Digits, Rect, Scene
from kiosk.screens.theme import DIGITS, Role
from kiosk.screens.typesetting import BOLD, CAPITAL, width
from kiosk.view_parts import Say
from kiosk.views import WeightView

CAPTION = Role(36, 28, 1.15, True)
CORNER_TEXT = Role(25, 22, 1.2, False)
UNKNOWN = "–"
TICK = 40
BETWEEN = 54
"""From the base line of the weight to the top of the caption: the g hangs into it."""


def draw_weight(view: WeightView, paper: Paper) -> Scene:
    """Lay out the weight: grey while it moves, green on green with a tick when it is steady."""
    page = Page(paper, paper.theme.paper_ground, view.frame)
    draw_header(page)
    room = draw_actions(page, view.buttons, MAIN_HEIGHT, lead=True)
    panel = Rect(room.x, room.y + 4, room.w, room.h - 4)
    fill, ink = (page.theme.leaf_soft, page.theme.leaf) if view.steady else (page.theme.moving, page.ground.ink2)
    page.items.append(Box(panel, fill, radius=CORNER))
    beside = 24.0
    if view.corner is not None:
        corner = page.fit(view.corner, CORNER_TEXT, Rect(0, 0, panel.w * 0.3, 30), 1)
        page.place(corner, Rect(panel.x + 24, panel.y + 18, 0, 0), colour=page.ground.ink2, stand="top")
        beside = 36.0 if page.portrait else corner.width + 36
    text = weight_text(view.grams, page.say(Say("format.grams.unit")))
    size = min(DIGITS, (panel.w - 2 * beside) / width(text, BOLD, 1))
    lead = TICK + 12 if view.steady else 0
    caption = page.fit(view.caption, CAPTION, Rect(0, 0, panel.w - 48 - lead, 90), 2)
    tall = size * CAPITAL
    top = panel.y + (panel.h - tall - BETWEEN - caption.height) / 2
    page.items.append(Digits(Rect(panel.x, top, panel.w, tall), text, size, ink))
    start = panel.x + (panel.w - lead - caption.width) / 2
    at = Rect(start + lead, top + tall + BETWEEN, caption.width, caption.height)
    if view.steady:
        page.icon("check-circle-outline", start, at.middle, TICK, ink)
    page.place(caption, at, colour=ink)
    return page.scene()


def weight_text(grams: int | None, unit: str) -> str:
    """A weight as it is drawn; a dash where there is none."""
    figure = UNKNOWN if grams is None else str(grams).replace("-", "\u2212")
    return f"{figure} {unit}"
