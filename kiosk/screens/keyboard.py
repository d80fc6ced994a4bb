"""X3: a person is looked for, by letters or digits. Keys of 12 mm, close together: for staff alone."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from kiosk.actions import Action
from kiosk.screens.base import CORNER, GAP, Page, Paper
from kiosk.screens.buttons import draw_button, key
from kiosk.screens.header import draw_header
from kiosk.screens.items import Box, Picture, Rect, Scene, Text
from kiosk.screens.theme import CAPTION, SECONDARY, Role
from kiosk.screens.typesetting import BOLD, Block, width
from kiosk.view_parts import Button, ButtonKind, literal
from kiosk.views import KeyboardView

SHARE = 0.55
"""Of the width, for the keys."""
CLOSE = 7
"""Between two keys."""
COLUMNS, ROWS = 6, 5
LETTER = Role(30, 22, 1.1, True)
NAME = Role(28, 20, 1.08, True)
TYPED = 30
FIELD = 66
MATCH = 84
REMARK = 44
ICON = 40
DIGITS: Final = 10


def draw_keyboard(view: KeyboardView, paper: Paper) -> Scene:
    """Lay out the field with those who fit it, and the keys beside it (below it in portrait)."""
    page = Page(paper, paper.theme.paper_ground, replace(view.frame, large_text=False))
    draw_header(page, view.title)
    whole = Rect(page.left, page.top, page.across, page.bottom - page.top)
    if page.portrait:
        tall = ROWS * 66 + (ROWS - 1) * CLOSE
        keys = Rect(whole.x, whole.bottom - tall, whole.w, tall)
        side = Rect(whole.x, whole.y, whole.w, keys.y - GAP - whole.y)
    else:
        wide = whole.w * SHARE
        keys = Rect(whole.right - wide, whole.y - 4, wide, whole.h + 4)
        side = Rect(whole.x, keys.y, whole.w - wide - GAP, keys.h)
    _found(page, view, side)
    for button, rect in _keys(page, view, keys):
        _key(page, button, rect)
    return page.scene()


def _key(page: Page, button: Button, rect: Rect) -> None:
    """A letter, a digit or an icon in the middle of a small key."""
    ground, main = page.ground, button.kind is ButtonKind.MAIN
    ink = ground.main_ink if main else ground.key_ink
    content: Text | Picture
    if button.icon is not None:
        content = Picture(button.icon, rect.x + (rect.w - ICON) / 2, rect.middle - ICON / 2, ICON, ink)
    else:
        block = page.fit(button.label, LETTER, Rect(0, 0, rect.w - 4, rect.h), 1)
        content = Text(block, rect.x + rect.w / 2, rect.middle - block.height / 2, ink, "middle")
    face = Box(rect, ground.main if main else ground.key, None if main else ground.key_line, CORNER)
    key(page, face, button.action, button.target, (content,), main=main)


def _found(page: Page, view: KeyboardView, room: Rect) -> None:
    field = Rect(room.x, room.y, room.w, FIELD)
    page.items.append(Box(field, page.theme.card, page.theme.leaf, thickness=3))
    page.icon("magnify", field.x + 12, field.middle, ICON, page.ground.ink2)
    _typed(page, view, Rect(field.x + 12 + ICON + 12, field.y, field.right - field.x - ICON - 36, field.h))
    draw_button(page, view.cancel, Rect(room.x, room.bottom - MATCH, room.w, MATCH))
    y = field.bottom + GAP
    if view.remark is not None:
        below = Rect(room.x, y, room.w, room.bottom - MATCH - GAP - y)
        page.text(view.remark, SECONDARY, below, colour=page.theme.sun_ink, stand="top", lines=4)
        return
    # In portrait there is room for one; the field says how many more fit.
    shown = 1 if page.portrait else 2
    tall = min(MATCH, (room.bottom - MATCH - GAP - y - GAP * (shown - 1)) / shown)
    for match in view.matches[:shown]:
        _match(page, match, Rect(room.x, y, room.w, tall))
        y += tall + GAP


def _typed(page: Page, view: KeyboardView, room: Rect) -> None:
    """What is typed, with how many others fit at its right; while nothing is, what may be."""
    if not view.typed:
        page.text(view.hint, SECONDARY, room, colour=page.ground.ink2, lines=1)
        return
    right = room.right
    others = view.more + (len(view.matches[1:]) if page.portrait else 0)
    if others:
        more = page.fit(f"+ {others}", CAPTION, Rect(0, 0, 80, room.h), 1)
        page.place(more, room, colour=page.ground.ink2, align="right")
        right -= more.width + GAP / 2
    size = min(TYPED, int(TYPED * (right - room.x) / max(width(view.typed, BOLD, TYPED), 1)))
    block = Block((view.typed,), size, BOLD, 1.0)
    page.items.append(Text(block, room.x, room.middle - block.height / 2, page.ground.ink))
    caret = room.x + block.width + 3
    page.items.append(Box(Rect(caret, room.middle - 18, 3, 36), page.theme.leaf, radius=1))


def _match(page: Page, button: Button, rect: Rect) -> None:
    """The name, and the number below it."""
    ground = page.ground
    inner = rect.inset(16)
    name = page.fit(button.label, NAME, Rect(0, 0, inner.w, rect.h * 0.56), 2)
    texts = [name]
    if button.sub is not None:
        texts.append(page.fit(button.sub, CAPTION.sized(22), Rect(0, 0, inner.w, 28), 1))
    air = 16 if len(name.lines) == 1 else 10
    top = rect.middle - (sum(text.height for text in texts) + air * (len(texts) - 1)) / 2
    content = []
    for text, colour in zip(texts, (ground.key_ink, ground.ink2), strict=False):
        content.append(Text(text, inner.x, top, colour))
        top += text.height + air
    key(page, Box(rect, ground.key, ground.key_line, CORNER), button.action, button.target, tuple(content))


def _keys(page: Page, view: KeyboardView, room: Rect) -> Iterator[tuple[Button, Rect]]:
    letters = [Button(action=Action.KEY, label=literal(letter), target=letter) for letter in page.say(view.keys)]
    erase = Button(action=Action.ERASE, label=literal(""), icon="backspace-outline")
    enter = Button(action=Action.ENTER, label=literal(""), icon="check", kind=ButtonKind.MAIN)
    if len(letters) == DIGITS:
        *most, zero = letters
        yield from _cells([*most, view.pad, zero, erase], room, 3)
        yield enter, _cell(room, 3, 0, ROWS - 1, 3)
    else:
        yield from _cells([*letters, view.pad, erase], room, COLUMNS)
        yield enter, _cell(room, COLUMNS, COLUMNS - 2, ROWS - 1, 2)


def _cells(buttons: list[Button], room: Rect, columns: int) -> Iterator[tuple[Button, Rect]]:
    for number, button in enumerate(buttons):
        yield button, _cell(room, columns, number % columns, number // columns, 1)


def _cell(room: Rect, columns: int, column: int, row: int, span: int) -> Rect:
    wide, tall = (room.w - CLOSE * (columns - 1)) / columns, (room.h - CLOSE * (ROWS - 1)) / ROWS
    x, y = room.x + column * (wide + CLOSE), room.y + row * (tall + CLOSE)
    return Rect(x, y, wide * span + CLOSE * (span - 1), tall)
