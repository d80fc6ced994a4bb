"""T6: a jar that is known."""

from kiosk.screens.base import CORNER, GAP, Page, Paper
from kiosk.screens.buttons import MAIN_HEIGHT, draw_actions
from kiosk.screens.header import draw_header
from kiosk.screens.items import Box, Digits, Rect, Scene
from kiosk.screens.panels import draw_coded
from kiosk.screens.reading import draw_pages, leaves
from kiosk.screens.theme import BODY, Tone
from kiosk.screens.typesetting import BOLD, width
from kiosk.screens.weighing import weight_text
from kiosk.view_parts import PanelTone, Say
from kiosk.views import JarView

FIGURE = 76
PANEL = 156
PANEL_STACKED = 156
ICON = 128
TEXT_AT = 168


def draw_jar(view: JarView, paper: Paper) -> Scene:
    """Lay out the jar: its weight, its code, and whether it may be used as it is."""
    page = Page(paper, paper.theme.paper_ground, view.frame)
    draw_header(page, view.title)
    if view.frame.large_text and leaves(view):
        draw_pages(page, None, leaves(view), view.buttons, number=paper.number, height=MAIN_HEIGHT)
        return page.scene()
    room = draw_actions(page, view.buttons, MAIN_HEIGHT)
    panel = Rect(room.x, room.y - 2, room.w, PANEL_STACKED if page.portrait else PANEL)
    tone = page.theme.tone(PanelTone.SKY_SOFT)
    page.items.append(Box(panel, tone.fill, radius=CORNER))
    page.icon("jar", panel.x + 16, panel.middle, ICON, tone.icon)
    x = panel.x + (TEXT_AT if not page.portrait else ICON + 24)
    text = weight_text(view.grams, page.say(Say("format.grams.unit")))
    figure = Rect(x, panel.y + 8, width(text, BOLD, FIGURE), panel.h * 0.6)
    page.items.append(Digits(figure, text, FIGURE, tone.icon))
    lower = Rect(x, panel.y + panel.h * 0.6, panel.right - 16 - x, panel.h * 0.34)
    quiet = Tone(fill=tone.fill, ink=tone.ink2, ink2=tone.ink2, icon=tone.ink)
    draw_coded(page, (page.say(Say("jar.name")), view.code, f"· {page.say(view.line)}"), lower, quiet)
    ask = Rect(room.x, panel.bottom + GAP / 2, room.w, room.bottom - panel.bottom - GAP / 2)
    page.text(view.ask, BODY, ask, align="middle")
    return page.scene()
