"""« Toujours là ? » and the help sheet: a sheet over the lower part of the screen that was there."""

from collections.abc import Callable

from kiosk.actions import Action
from kiosk.screens.base import GAP, Page, Paper
from kiosk.screens.buttons import MAIN_HEIGHT, draw_button, draw_grid
from kiosk.screens.items import Box, Rect, Ring, Scene, Veil
from kiosk.screens.theme import HEADLINE, QUESTION
from kiosk.views import HelpView, StillThereView, View

VEIL = 0.5
RING = 92
OTHERS = 84
FOOT = 20
STILL_HEIGHT, STILL_HEIGHT_STACKED = 376, 440
HELP_HEIGHT, HELP_HEIGHT_STACKED = 400, 760
Compose = Callable[[View, Paper], Scene]


def draw_still_there(view: StillThereView, paper: Paper, compose: Compose) -> Scene:
    """Lay out « Toujours là ? ». A touch beside the buttons means yes."""
    tall = STILL_HEIGHT_STACKED if paper.portrait else STILL_HEIGHT
    page, sheet, under = _sheet(view, paper, compose, tall, Action.STILL_HERE)
    heights = [MAIN_HEIGHT, *[OTHERS] * (len(view.buttons) - 1)]
    y = sheet.bottom - FOOT - sum(heights) - GAP * (len(heights) - 1)
    head = Rect(page.left, sheet.y + 16, page.across, y - sheet.y - 32)
    for button, height in zip(view.buttons, heights, strict=True):
        draw_button(page, button, Rect(page.left, y, page.across, height))
        y += height + GAP
    ring = Rect(head.right - RING - 12, head.middle - RING / 2, RING, RING)
    page.items.append(Ring(ring, view.countdown, page.theme.leaf, page.ground.hairline, page.ground.fill))
    page.text(view.title, HEADLINE, Rect(head.x, head.y, ring.x - GAP - head.x, head.h), lines=2)
    return Scene(under, tuple(page.items))


def draw_help(view: HelpView, paper: Paper, compose: Compose) -> Scene:
    """Lay out the help sheet."""
    tall = HELP_HEIGHT_STACKED if paper.portrait else HELP_HEIGHT
    page, sheet, under = _sheet(view, paper, compose, tall, None)
    title = Rect(page.left, sheet.y + 6, page.across, 62)
    page.text(view.title, QUESTION.sized(42), title, lines=1)
    top = title.bottom + 4
    draw_grid(page, view.choices, Rect(page.left, top, page.across, sheet.bottom - FOOT - top))
    return Scene(under, tuple(page.items))


def _sheet(
    view: StillThereView | HelpView, paper: Paper, compose: Compose, tall: float, action: Action | None
) -> tuple[Page, Rect, str]:
    below = compose(view.under, paper)
    page = Page(paper, paper.theme.paper_ground, view.frame)
    page.items += below.items
    page.items.append(Veil(Rect(0, 0, paper.width, paper.height), "#000000", VEIL, action))
    sheet = Rect(0, paper.height - tall, paper.width, tall)
    # Its lower corners lie below the edge of the screen.
    page.items.append(Box(Rect(sheet.x, sheet.y, sheet.w, sheet.h + 40), page.ground.fill, radius=20))
    return page, sheet, below.ground
