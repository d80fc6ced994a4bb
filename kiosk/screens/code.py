"""A two-dimensional code as large as it goes, and what to do with it."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from typing import Final

from kiosk.screens.base import GAP, Page, Paper
from kiosk.screens.buttons import draw_low_actions
from kiosk.screens.header import draw_header
from kiosk.screens.items import Box, Rect, Scene
from kiosk.screens.theme import BODY, HEADLINE, SECONDARY_STRONG
from kiosk.views import CodeView

KEY_HEIGHT = 84
LINE = 60
LIGHT, DARK = "#FFFFFF", "#000000"
"""By night too: a camera looks for dark on light."""
QUIET: Final = 4
"""Modules of white around a QR code (ISO/IEC 18004)."""


def draw_code(view: CodeView, paper: Paper) -> Scene:
    """Lay out the code, with the words beside it (above it in portrait)."""
    # What is not read here but photographed does not grow; the words have to have room beside it.
    page = Page(paper, paper.theme.paper_ground, replace(view.frame, large_text=False))
    draw_header(page)
    room = draw_low_actions(page, view.buttons, KEY_HEIGHT)
    if page.portrait:
        side = min(room.w, room.h * 0.48)
        square = Rect(room.x + (room.w - side) / 2, room.bottom - side, side, side)
        words = Rect(room.x, room.y, room.w, square.y - GAP - room.y)
    else:
        square = Rect(room.x, room.y, room.h, room.h)
        words = Rect(square.right + GAP, room.y, room.right - square.right - GAP, room.h)
    page.items += _modules(view.rows, square)
    if view.line is not None:
        colour = page.theme.leaf if view.good else page.theme.sun_ink
        page.text(
            view.line, SECONDARY_STRONG, Rect(words.x, words.bottom - LINE, words.w, LINE), colour=colour, lines=2
        )
        words = Rect(words.x, words.y, words.w, words.h - LINE - GAP)
    page.headed(view.title, (view.text,), (HEADLINE, BODY), (words,), colour=page.ground.ink2)
    return page.scene()


def _modules(rows: tuple[str, ...], square: Rect) -> Iterator[Box]:
    """Whole pixels a module: a camera sees no seams. Dark ones that touch in a row are one box."""
    yield Box(square, LIGHT, radius=8)
    whole = len(rows) + 2 * QUIET
    size = max(int(square.w // whole), 1)
    left = round(square.x + (square.w - size * len(rows)) / 2)
    top = round(square.y + (square.h - size * len(rows)) / 2)
    for number, row in enumerate(rows):
        x = left
        for module, run in groupby(row):
            wide = size * len(list(run))
            if module == "1":
                yield Box(Rect(x, top + number * size, wide, size), DARK, radius=0)
            x += wide
