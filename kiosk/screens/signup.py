"""M2: up to three shifts that need people, the emptiest first."""

from kiosk.screens.base import GAP, Page, Paper
from kiosk.screens.buttons import MAIN_HEIGHT, draw_actions, draw_button, need
from kiosk.screens.header import draw_header
from kiosk.screens.items import Rect, Scene
from kiosk.screens.reading import draw_pages, leaves
from kiosk.screens.theme import BODY, SECONDARY_STRONG, Role
from kiosk.views import OfferRow, SignUpView

ROW = 94.0
ROW_STACKED = 132.0
KEY_HEIGHT = 78
KEY_WIDTH = 192.0
SUB = Role(25, 22, 1.2, False)
BETWEEN = 15


def draw_sign_up(view: SignUpView, paper: Paper) -> Scene:
    """Lay out the offers."""
    page = Page(paper, paper.theme.paper_ground, view.frame)
    draw_header(page, view.title)
    if view.frame.large_text and leaves(view):
        draw_pages(page, None, leaves(view), view.buttons, number=paper.number, height=MAIN_HEIGHT)
        return page.scene()
    room = draw_actions(page, view.buttons, 84)
    room = Rect(room.x, room.y - 4, room.w, room.h + 4)
    if view.remark is not None:
        least = 72.0 if page.portrait else 44.0
        tall = room.h - 2 * (ROW - 6) if len(view.offers) == 2 else least if view.offers else room.h * 0.4
        tall = min(max(tall, least), 90.0)
        page.text(view.remark, SECONDARY_STRONG, Rect(room.x, room.y, room.w, tall), colour=page.theme.sun_ink)
        room = Rect(room.x, room.y + tall, room.w, room.h - tall)
    if not view.offers:
        if view.empty is not None:
            page.text(view.empty, BODY, room, colour=page.ground.ink2, align="middle")
        return page.scene()
    height = min(ROW_STACKED if page.portrait else ROW, (room.h + GAP / 2) / len(view.offers))
    for number, offer in enumerate(view.offers):
        row = Rect(room.x, room.y + number * height, room.w, height)
        if number:
            page.rule(row.x, row.y - 1, row.w)
        _offer(page, offer, row)
    return page.scene()


def _offer(page: Page, offer: OfferRow, row: Rect) -> None:
    edge = row.right
    if offer.button is not None:
        tall = min(KEY_HEIGHT, row.h - 12)
        wide = max(need(page, offer.button) + 8, 160.0 if page.portrait else KEY_WIDTH)
        draw_button(page, offer.button, Rect(row.right - wide, row.middle - tall / 2, wide, tall))
        edge -= wide + GAP
    room = Rect(0, 0, edge - row.x, row.h * 0.46)
    title = page.fit(offer.title, SECONDARY_STRONG, room, 2)
    sub = page.fit(offer.sub, SUB, Rect(0, 0, room.w, row.h - title.height - BETWEEN - 12), 2)
    y = row.middle - (title.height + BETWEEN + sub.height) / 2
    page.place(title, Rect(row.x, y, room.w, 0), stand="top")
    page.place(sub, Rect(row.x, y + title.height + BETWEEN, room.w, 0), colour=page.ground.ink2, stand="top")
