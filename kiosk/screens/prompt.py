"""T1, and « On cherche ta carte… »: a picture and what to do."""

from kiosk.screens.base import Page, Paper
from kiosk.screens.buttons import MAIN_HEIGHT, draw_actions
from kiosk.screens.header import draw_header
from kiosk.screens.idle import PAIRS, draw_pair
from kiosk.screens.items import Rect, Scene
from kiosk.screens.reading import draw_pages, leaves
from kiosk.screens.theme import BODY, HEADLINE
from kiosk.views import PromptView

PICTURE = 112
PICTURE_WIDTH = 172
ICON = 160


def draw_prompt(view: PromptView, paper: Paper) -> Scene:
    """Lay out the prompt."""
    page = Page(paper, paper.theme.paper_ground, view.frame)
    draw_header(page)
    # What stands there for a moment only is not read by pages: nobody could turn them in time.
    if view.frame.large_text and view.buttons:
        title = (view.title, HEADLINE)
        draw_pages(page, title, leaves(view), view.buttons, number=paper.number, height=MAIN_HEIGHT)
        return page.scene()
    room = draw_actions(page, view.buttons, MAIN_HEIGHT, lead=True)
    if page.portrait:
        picture = Rect(room.x, room.y + 8, room.w, min(room.h * 0.48, 320))
        words = Rect(room.x, picture.bottom + 16, room.w, room.bottom - picture.bottom - 16)
    else:
        picture = Rect(room.x, room.y, PICTURE_WIDTH, room.h)
        words = Rect(picture.right + 20, room.y, room.w - PICTURE_WIDTH - 20, room.h)
    _picture(page, view.picture, picture)
    align = "middle" if page.portrait else "left"
    page.headed(view.title, view.sub, (HEADLINE, BODY), (words,), align=align, colour=page.ground.ink2)
    return page.scene()


def _picture(page: Page, picture: str, room: Rect) -> None:
    centre = room.x + room.w / 2
    if picture not in PAIRS:
        size = min(room.w, room.h, ICON)
        page.icon(picture, centre - size / 2, room.middle, size, page.theme.leaf)
        return
    size = min(PICTURE, room.h * 0.43)
    tall = min(room.h - 10, size * 2.3)
    draw_pair(page, PAIRS[picture], Rect(centre - size / 2, room.middle - tall / 2, size, tall))
