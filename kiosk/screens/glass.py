"""Something to touch in each corner: whoever hits all four knows that a touch lands where it should."""

from dataclasses import replace

from kiosk.screens.base import GAP, MARGIN, Page, Paper
from kiosk.screens.buttons import draw_button
from kiosk.screens.header import draw_header
from kiosk.screens.items import Rect, Scene
from kiosk.screens.theme import HEADLINE
from kiosk.views import GlassView

CORNER = 96.0
BACK = 84.0


def draw_glass(view: GlassView, paper: Paper) -> Scene:
    """Lay out the corners, as near to those of the glass as the header lets them."""
    page = Page(paper, paper.theme.paper_ground, replace(view.frame, large_text=False))
    draw_header(page, view.title)
    left, right = page.left, page.width - MARGIN - CORNER
    top, bottom = page.top, page.bottom - CORNER
    places = [(x, y) for y in (top, bottom) for x in (left, right)]
    for button, (x, y) in zip(view.corners, places, strict=True):
        draw_button(page, button, Rect(x, y, CORNER, CORNER))
    between = Rect(left + CORNER + GAP, bottom + CORNER - BACK, page.across - 2 * (CORNER + GAP), BACK)
    draw_button(page, view.back, between)
    words = Rect(between.x, top, between.w, bottom - GAP - top)
    page.text(view.text, HEADLINE, words, align="middle", lines=4)
    return page.scene()
