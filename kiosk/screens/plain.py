"""A page of plain sentences."""

from kiosk.screens.base import Page, Paper
from kiosk.screens.buttons import draw_actions
from kiosk.screens.header import draw_header
from kiosk.screens.items import Rect, Scene
from kiosk.screens.reading import draw_pages, leaves
from kiosk.screens.theme import BODY
from kiosk.screens.typesetting import CAPITAL, Block, break_lines
from kiosk.views import TextView

KEY_HEIGHT = 84
PARAGRAPH = 14
"""Air between two paragraphs, beyond the line."""


def draw_plain(view: TextView, paper: Paper) -> Scene:
    """Lay out the sentences, one paragraph under the other, all of one size."""
    page = Page(paper, paper.theme.paper_ground, view.frame)
    draw_header(page, view.title)
    if view.frame.large_text:
        draw_pages(page, None, leaves(view), view.buttons, number=paper.number, height=KEY_HEIGHT)
        return page.scene()
    room = draw_actions(page, view.buttons, KEY_HEIGHT)
    gaps = PARAGRAPH * (len(view.paragraphs) - 1)
    whole = page.fit(view.paragraphs, BODY, Rect(0, 0, room.w, room.h - gaps))
    y = room.y + max((room.h - whole.height - gaps) / 2, 0)
    for paragraph in view.paragraphs:
        text = page.say(paragraph)
        lines = break_lines(text, whole.face, room.w * 100 / whole.size) or (text,)
        block = Block(lines, whole.size, whole.face, whole.leading, whole.squeezed)
        page.place(block, Rect(room.x, y, room.w, 0), stand="top")
        y += block.height + whole.advance - whole.size * CAPITAL + PARAGRAPH
    return page.scene()
