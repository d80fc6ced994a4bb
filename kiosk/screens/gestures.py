"""Cards are linked by two gestures: whose, then the new one; and how far it has come."""

from dataclasses import replace

from kiosk.screens.base import CORNER, GAP, Page, Paper
from kiosk.screens.buttons import draw_actions, draw_button, need
from kiosk.screens.header import draw_header
from kiosk.screens.items import Box, Rect, Scene
from kiosk.screens.theme import SECONDARY, SECONDARY_STRONG, Role
from kiosk.views import Gesture, GesturesView

CARD = 132.0
CARD_STACKED = 108.0
ARROW = 40
ICON = 64
TITLE = Role(28, 23, 1.12, True)
SUB = Role(23, 19, 1.1, False)
LINE = 72
TALLY = 36
BAR = 12
BESIDE = 68
ACTIONS = 80


def draw_gestures(view: GesturesView, paper: Paper) -> Scene:
    """Lay out the gestures, what came of the last ones, and the bar."""
    page = Page(paper, paper.theme.paper_ground, replace(view.frame, large_text=False))
    draw_header(page, view.title)
    room = draw_actions(page, view.buttons, ACTIONS)
    room = Rect(room.x, room.y - 6, room.w, room.h + 6 + GAP / 2)
    y = _gestures(page, view.gestures, room)
    tally = Rect(room.x, room.bottom - TALLY, room.w, TALLY)
    _tally(page, view, tally)
    _line(page, view, Rect(room.x, y, room.w, tally.y - y))
    return page.scene()


def _gestures(page: Page, gestures: tuple[Gesture, Gesture], room: Rect) -> float:
    """Two cards with an arrow between them, one over the other in portrait. Returns where they end."""
    first, second = gestures
    if page.portrait:
        upper = Rect(room.x, room.y, room.w, CARD_STACKED)
        lower = Rect(room.x, upper.bottom + ARROW, room.w, CARD_STACKED)
        page.icon("arrow-down", room.x + (room.w - ARROW) / 2, upper.bottom + ARROW / 2, ARROW - 8)
    else:
        wide = (room.w - ARROW - GAP) / 2
        upper = Rect(room.x, room.y, wide, CARD)
        lower = Rect(room.right - wide, room.y, wide, CARD)
        page.icon("arrow-right", room.x + room.w / 2 - ARROW / 2 + 4, upper.middle, ARROW - 8)
    _gesture(page, first, upper)
    _gesture(page, second, lower)
    return lower.bottom


def _gesture(page: Page, gesture: Gesture, rect: Rect) -> None:
    theme, ground = page.theme, page.ground
    fill = theme.sky_soft if gesture.now else theme.card
    line = theme.sky if gesture.now else ground.hairline
    page.items.append(Box(rect, fill, line, CORNER, 3 if gesture.now else 2))
    name = "check-circle-outline" if gesture.done else gesture.icon
    tint = theme.leaf if gesture.done else theme.sky if gesture.now else ground.ink2
    page.icon(name, rect.x + 18, rect.middle, ICON, tint)
    x = rect.x + 18 + ICON + 18
    room = Rect(0, 0, rect.right - 14 - x, rect.h * 0.56)
    title = page.fit(gesture.title, TITLE, room, 2)
    sub = page.fit(gesture.sub, SUB, Rect(0, 0, room.w, rect.h * 0.38), 2)
    top = rect.middle - (title.height + 16 + sub.height) / 2
    page.place(title, Rect(x, top, room.w, 0), stand="top")
    page.place(sub, Rect(x, top + title.height + 16, room.w, 0), colour=ground.ink2, stand="top")


def _line(page: Page, view: GesturesView, room: Rect) -> None:
    if page.portrait:
        room = Rect(room.x, room.y + GAP, room.w, room.h - GAP)
    right = room.right
    row = Rect(room.x, room.bottom - BESIDE - 8, room.w, BESIDE) if page.portrait else room
    for button in reversed(view.beside):
        wide = need(page, button)
        face = Rect(right - wide, row.middle - BESIDE / 2, wide, BESIDE)
        draw_button(page, button, face)
        right = face.x - GAP / 2
    if view.line is None:
        return
    said = (
        Rect(room.x, room.y, room.w, row.y - room.y) if page.portrait else Rect(room.x, room.y, right - room.x, room.h)
    )
    icon = "alert-outline" if view.trouble else "check-circle-outline"
    tint = page.theme.sun_ink if view.trouble else page.theme.leaf
    page.icon(icon, said.x, said.middle, 36, tint)
    words = Rect(said.x + 50, said.y, said.w - 50, said.h)
    page.text(view.line, SECONDARY_STRONG, words, colour=page.theme.sun_ink if view.trouble else None, lines=2)


def _tally(page: Page, view: GesturesView, room: Rect) -> None:
    done, of = view.share
    words = page.text(view.tally, SECONDARY, room, align="right", lines=1, colour=page.ground.ink2)
    track = Rect(room.x, room.middle - BAR / 2, room.w - words.block.width - GAP, BAR)
    page.items.append(Box(track, page.ground.hairline, radius=BAR / 2))
    if done and of:
        page.items.append(
            Box(Rect(track.x, track.y, max(track.w * min(done / of, 1), BAR), BAR), page.theme.leaf, radius=BAR / 2)
        )
