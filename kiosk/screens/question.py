"""C1: one question, a panel, the likely answer large with its ring, the others below."""

from dataclasses import replace

from kiosk.screens.base import GAP, Page, Paper
from kiosk.screens.buttons import MAIN_HEIGHT, draw_button, draw_row, draw_stack
from kiosk.screens.header import draw_header
from kiosk.screens.items import Rect, Scene
from kiosk.screens.panels import draw_panel
from kiosk.screens.reading import NEXT as MORE
from kiosk.screens.reading import count_pages, draw_pages, leaves
from kiosk.screens.theme import HEADLINE, QUESTION, STRONG
from kiosk.views import QuestionView

MAIN = 120
MAIN_STACKED = 148
OTHERS = 88
OTHERS_LARGE = 100
PANEL = 72


def draw_question(view: QuestionView, paper: Paper) -> Scene:
    """Lay out the question."""
    page = Page(paper, paper.theme.paper_ground, view.frame)
    draw_header(page)
    if view.frame.large_text:
        _by_pages(page, view, paper.number)
        return page.scene()
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


def _by_pages(page: Page, view: QuestionView, number: int) -> None:
    """What is asked and what there is to know, page by page, the likely answer always there; all answers at last."""
    title, read = (view.title, HEADLINE), leaves(view)
    main = replace(view.main, sub=None)
    if number < count_pages(page, title, read, MAIN_HEIGHT) and view.others:
        draw_pages(page, title, read, (main, MORE), number=number, height=MAIN_HEIGHT)
        return
    if not view.others:
        draw_pages(page, title, read, (main,), number=number, height=MAIN_HEIGHT)
        return
    rows = len(view.others) if page.portrait else 1
    lowest = page.bottom - rows * (OTHERS_LARGE + GAP) - MAIN
    if page.portrait:
        draw_stack(page, view.others, OTHERS_LARGE)
    else:
        draw_row(page, view.others, page.bottom - OTHERS_LARGE, OTHERS_LARGE)
    draw_button(page, main, Rect(page.left, lowest, page.across, MAIN))
    page.text(view.title, QUESTION, Rect(page.left, page.top - 8, page.across, lowest - GAP - page.top + 8), lines=4)
