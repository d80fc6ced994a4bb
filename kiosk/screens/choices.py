"""N1, the coordinator's menu: up to six buttons."""

from kiosk.screens.base import Page, Paper
from kiosk.screens.buttons import draw_grid
from kiosk.screens.header import draw_header
from kiosk.screens.items import Rect, Scene
from kiosk.views import ChoicesView


def draw_choices(view: ChoicesView, paper: Paper) -> Scene:
    """Lay out the choices."""
    page = Page(paper, paper.theme.paper_ground, view.frame)
    draw_header(page, view.title)
    draw_grid(page, view.choices, Rect(page.left, page.top, page.across, page.bottom - page.top))
    return page.scene()
