"""Large text: the verdict first, then one sentence a page, each as large as EN 301 549 asks at 60 cm (5.1.4)."""

from collections.abc import Sequence

from kiosk.events import Action
from kiosk.screens.base import GAP, Page
from kiosk.screens.items import Rect
from kiosk.screens.theme import LARGE_SENTENCE, LARGE_TEXT, Role
from kiosk.screens.typesetting import Block, Room, fit
from kiosk.views import Button, ButtonKind, NoticeView, Panel, ResultView, Say, TextView, View, say

SENTENCE = Role(LARGE_SENTENCE, 48, 1.1, False)
"""No smaller than it may be, but a long sentence on a small panel is better small than cut."""
NEXT = Button(action=Action.TURN_PAGE, label=say("page.next"), icon="arrow-right")
BETWEEN = 30
Words = tuple[Say | str, ...]


def sentences(view: View) -> Words:
    """What there is to read on a screen after its verdict; nothing on screens that are not read by pages."""
    match view:
        case TextView():
            return view.paragraphs
        case ResultView():
            note = () if view.note is None else (view.note.text,)
            return (*view.body, *_spoken(view.panel), *note)
        case NoticeView():
            return (*view.body, *_spoken(view.panel))
        case _:
            return ()


def _spoken(panel: Panel | None) -> Words:
    """The words of a panel; those that stand beside each other on it are pages of their own."""
    if panel is None:
        return ()
    parts = (panel.left, panel.text, panel.code or None, panel.right)
    return tuple(part for part in parts if part is not None)


def pages(page: Page, title: tuple[Say, Role] | None, words: Words, room: Rect) -> list[tuple[Block, ...]]:
    """What each page holds: the verdict is whole on the first, with the first sentence where both are large there."""
    made: list[tuple[Block, ...]] = [(fit((page.say(each),), SENTENCE, Room(room.w, room.h)),) for each in words]
    if title is None:
        return made
    said, role = title
    verdict = fit((page.say(said),), role.grown(LARGE_TEXT), Room(room.w, room.h))
    if not made:
        return [(verdict,)]
    smaller = fit((page.say(said),), role, Room(room.w, room.h))
    whole = Role(LARGE_SENTENCE, LARGE_SENTENCE, SENTENCE.leading, SENTENCE.bold)
    first = fit((page.say(words[0]),), whole, Room(room.w, max(room.h - smaller.height - BETWEEN, 1)))
    if first.squeezed or smaller.size < LARGE_SENTENCE:
        return [(verdict,), *made]
    return [(smaller, first), *made[1:]]


def buttons_of(buttons: Sequence[Button], number: int, count: int) -> tuple[Button, ...]:
    """On the way to the last page the likely answer and « Suite »; there those of the screen, the last two."""
    if number >= count - 1:
        return tuple(buttons[-2:])
    likely = next((each for each in buttons if each.kind in {ButtonKind.MAIN, ButtonKind.DARK}), None)
    kept = likely or (buttons[-1] if buttons else None)
    return (NEXT,) if kept is None else (kept, NEXT)


def place_page(page: Page, blocks: tuple[Block, ...], room: Rect) -> None:
    """Put what a page holds in the middle of ``room``."""
    gap = BETWEEN if len(blocks) > 1 else 0
    y = room.y + max((room.h - sum(block.height for block in blocks) - gap) / 2, 0)
    for block in blocks:
        page.place(block, Rect(room.x, y, room.w, block.height), stand="top")
        y += block.height + BETWEEN


def room_above(page: Page, buttons: int, height: float) -> Rect:
    """The room for words over a row of buttons, or over a stack of them in portrait."""
    rows = max(buttons, 1) if page.portrait else 1
    top = page.bottom - rows * height - (rows - 1) * GAP
    return Rect(page.left, page.top, page.across, top - GAP - page.top)


def draw_pages(
    page: Page, title: tuple[Say, Role] | None, words: Words, buttons: Sequence[Button], *, number: int, height: float
) -> tuple[Button, ...]:
    """Lay out page ``number`` of a screen and return the buttons that belong below it."""
    room = room_above(page, 2, height)
    made = pages(page, title, words, room)
    number = min(number, len(made) - 1)
    place_page(page, made[number], room)
    return buttons_of(buttons, number, len(made))
