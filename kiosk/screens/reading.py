"""Large text: the verdict first, then one thing a page, each as large as EN 301 549 asks at 60 cm (5.1.4)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

from kiosk.actions import Action
from kiosk.screens.base import GAP, Page
from kiosk.screens.buttons import draw_actions
from kiosk.screens.items import Rect
from kiosk.screens.theme import LARGE_SENTENCE, LARGE_TEXT, Role
from kiosk.screens.typesetting import CAPITAL, Block, Room, break_lines, fit
from kiosk.view_parts import Button, ButtonKind, Panel, Say, say
from kiosk.views import (
    JarView,
    JobRow,
    NoticeView,
    PersonRow,
    PromptView,
    QuestionView,
    ResultView,
    RollCallView,
    ShiftRow,
    ShiftsView,
    SignUpView,
    TextView,
    Tile,
    View,
)

SENTENCE = Role(LARGE_SENTENCE, 48, 1.1, False)
"""No smaller than it may be, but a long sentence on a small panel is better small than cut."""
NEXT = Button(action=Action.TURN_PAGE, label=say("page.next"), icon="arrow-right")
BETWEEN = 30


@dataclass(frozen=True, slots=True)
class Leaf:
    """What is read on one page: a sentence, or the few words of one thing; with the button that is about it."""

    words: tuple[Say | str, ...]
    button: Button | None = None


Title = tuple[Say, Role]


def leaves(view: View) -> tuple[Leaf, ...]:
    """What there is to read on a screen after its verdict; nothing on screens that are not read by pages."""
    match view:
        case ResultView() | NoticeView() | TextView() | PromptView() | QuestionView():
            return _each(_told(view))
        case ShiftsView() | SignUpView() | RollCallView():
            return _rows(view)
        case JarView():
            about = Leaf((say("jar.name"), view.code, view.line))
            return (Leaf((say("tare.done.line", grams=view.grams),)), about, Leaf((view.ask,)))
        case _:
            return ()


def _told(view: ResultView | NoticeView | TextView | PromptView | QuestionView) -> tuple[Say | str, ...]:
    match view:
        case ResultView():
            return (*view.body, *_spoken(view.panel), *(() if view.note is None else (view.note.text,)))
        case NoticeView():
            return (*view.body, *_spoken(view.panel))
        case QuestionView():
            return (*_spoken(view.panel), *_maybe(view.main.sub))
        case TextView():
            return view.paragraphs
        case PromptView():
            return view.sub


def _rows(view: ShiftsView | SignUpView | RollCallView) -> tuple[Leaf, ...]:
    """Each row is a page of its own, what there is to say about all of them comes first."""
    match view:
        case ShiftsView():
            first = (*_each(_spoken(view.remark)), *(_tile(tile) for tile in view.tiles))
            return (*first, *(_shift(row) for row in view.rows), *_each(_maybe(view.empty)))
        case SignUpView():
            offers = (Leaf((offer.title, offer.sub), offer.button) for offer in view.offers)
            return (*_each(_maybe(view.remark)), *offers, *_each(_maybe(view.empty)))
        case RollCallView():
            people = (_person(person, view.extra) for person in view.people)
            return (*(_job(job) for job in view.jobs), *people, *_each(_spoken(view.panel)))


def _each(words: Sequence[Say | str]) -> tuple[Leaf, ...]:
    return tuple(Leaf((said,)) for said in words)


def _maybe(said: Say | None) -> tuple[Say, ...]:
    return () if said is None else (said,)


def _tile(tile: Tile) -> Leaf:
    return Leaf((tile.label, tile.figure, *_maybe(tile.rest)))


def _shift(row: ShiftRow) -> Leaf:
    return Leaf((row.text, *_maybe(row.right)))


def _job(job: JobRow) -> Leaf:
    return Leaf((job.job, *_maybe(job.count), job.remark))


def _person(person: PersonRow, extra: Button | None) -> Leaf:
    return Leaf((person.name, person.job, *_maybe(person.chip)), extra)


def _spoken(panel: Panel | None) -> tuple[Say | str, ...]:
    """The words of a panel; those that stand beside each other on it are pages of their own."""
    if panel is None:
        return ()
    parts = (panel.left, panel.text, panel.code or None, panel.right)
    return tuple(part for part in parts if part is not None)


def sentences(view: View) -> tuple[Say | str, ...]:
    """All the words of :func:`leaves`, in the order in which they are read."""
    return tuple(chain.from_iterable(leaf.words for leaf in leaves(view)))


# ── pages ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One page: its blocks, each with the air above it, and the button that is about them."""

    blocks: tuple[tuple[float, Block], ...]
    button: Button | None = None

    @property
    def height(self) -> float:
        return sum(air + block.height for air, block in self.blocks)


def _sheets(page: Page, title: Title | None, read: Sequence[Leaf], room: Rect) -> list[_Sheet]:
    """The verdict is whole on the first page, with the first sentence where both are large there."""
    made = [_Sheet(_set(page, leaf, SENTENCE, room.w, room.h), leaf.button) for leaf in read]
    if title is None:
        return made
    said, role = title
    verdict = fit((page.say(said),), role.grown(LARGE_TEXT), Room(room.w, room.h))
    if not made:
        return [_Sheet(((0, verdict),))]
    smaller = fit((page.say(said),), role, Room(room.w, room.h))
    whole = Role(LARGE_SENTENCE, LARGE_SENTENCE, SENTENCE.leading, SENTENCE.bold)
    first = _set(page, read[0], whole, room.w, max(room.h - smaller.height - BETWEEN, 1))
    if first[0][1].squeezed or smaller.size < LARGE_SENTENCE:
        return [_Sheet(((0, verdict),)), *made]
    (_, opening), *rest = first
    return [_Sheet(((0, smaller), (BETWEEN, opening), *rest), read[0].button), *made[1:]]


def _set(page: Page, leaf: Leaf, role: Role, wide: float, tall: float) -> tuple[tuple[float, Block], ...]:
    """The words of a leaf, all of one size, each beginning a line of its own."""
    paragraphs = tuple(page.say(each) for each in leaf.words)
    whole = fit(paragraphs, role, Room(wide, tall))
    air = whole.advance - whole.size * CAPITAL
    broken = (break_lines(text, whole.face, wide * 100 / whole.size) or (text,) for text in paragraphs)
    return tuple((air if number else 0, replace(whole, lines=lines)) for number, lines in enumerate(broken))


def _buttons_of(buttons: Sequence[Button], sheet: _Sheet, number: int, count: int) -> tuple[Button, ...]:
    """On the way to the last page one answer and « Suite »; there those of the screen, the last two.

    The one is the likely answer; of three it is the first, which the last page has no room for.
    """
    own = () if sheet.button is None else (sheet.button,)
    if number >= count - 1:
        return (*own, *(buttons if count == 1 else buttons[-2:]))
    if own:
        return (*own, NEXT)
    likely = (each for each in buttons if each.kind in {ButtonKind.MAIN, ButtonKind.DARK})
    kept = buttons[0] if len(buttons) > 2 else next(likely, buttons[-1] if buttons else None)
    return (NEXT,) if kept is None else (kept, NEXT)


def _place(page: Page, sheet: _Sheet, room: Rect) -> None:
    """Put what a page holds in the middle of ``room``."""
    y = room.y + max((room.h - sheet.height) / 2, 0)
    for air, block in sheet.blocks:
        page.place(block, Rect(room.x, y + air, room.w, block.height), stand="top")
        y += air + block.height


def room_above(page: Page, buttons: int, height: float) -> Rect:
    """The room for words over a row of buttons, or over a stack of them in portrait."""
    rows = max(buttons, 1) if page.portrait else 1
    top = page.bottom - rows * height - (rows - 1) * GAP
    return Rect(page.left, page.top, page.across, top - GAP - page.top)


def count_pages(page: Page, title: Title | None, read: Sequence[Leaf], height: float) -> int:
    """How many pages :func:`draw_pages` makes of it."""
    return len(_sheets(page, title, read, room_above(page, 2, height)))


def draw_pages(
    page: Page, title: Title | None, read: Sequence[Leaf], buttons: Sequence[Button], *, number: int, height: float
) -> None:
    """Lay out page ``number`` of a screen, the last one where there are not so many, with the buttons below it."""
    made = _sheets(page, title, read, room_above(page, 2, height))
    number = min(number, len(made) - 1)
    below = _buttons_of(buttons, made[number], number, len(made))
    room = room_above(page, 2, height) if len(below) <= 2 else room_above(page, len(below), height)
    sheet = made[number]
    if len(below) > 2 and page.portrait:
        # A third button takes height from the words of a page that was set for two.
        again = _sheets(page, title, read, room)
        sheet = again[min(number, len(again) - 1)]
    _place(page, sheet, room)
    draw_actions(page, below, height)
