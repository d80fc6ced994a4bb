"""C1: one question, a panel, the likely answer large with its ring, the others below."""

from kiosk.screens.base import GAP, Page, Paper
from kiosk.screens.buttons import draw_button, draw_row, draw_stack
from kiosk.screens.header import draw_header
from kiosk.screens.items import Rect, Scene
from kiosk.screens.panels import draw_panel
from kiosk.screens.theme import QUESTION, STRONG
from kiosk.views import QuestionView

MAIN = 120
MAIN_STACKED = 148
OTHERS = 88
PANEL = 72


def draw_question(view: QuestionView, paper: Paper) -> Scene:
    """Lay out the question."""
    page = Page(paper, paper.theme.paper_ground, view.frame)
    draw_header(page)
    if page.portrait:
        lowest = draw_stack(page, view.others, 104) - GAP if view.others else page.bottom
        draw_button(page, view.main, Rect(page.left, lowest - MAIN_STACKED, page.across, MAIN_STACKED))
        lowest -= MAIN_STACKED + GAP
    else:
        lowest = page.bottom
        if view.others:
            draw_row(page, view.others, lowest - OTHERS, OTHERS)
            lowest -= OTHERS + GAP
        draw_button(page, view.main, Rect(page.left, lowest - MAIN, page.across, MAIN))
        lowest -= MAIN + GAP
    draw_panel(page, view.panel, Rect(page.left, lowest - PANEL, page.across, PANEL), STRONG)
    top = page.top - 8
    question = Rect(page.left, top, page.across, lowest - PANEL - GAP - top)
    page.text(view.title, QUESTION, question, lines=4 if page.portrait else 2)
    return page.scene()
