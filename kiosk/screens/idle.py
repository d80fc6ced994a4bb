"""S1: the invitation on the left, the shift board or the steps on the right, the buttons below."""

from collections.abc import Sequence

from kiosk.screens.base import CORNER, GAP, Page, Paper
from kiosk.screens.buttons import draw_actions
from kiosk.screens.header import draw_header
from kiosk.screens.items import Box, Logo, Picture, Rect, Scene
from kiosk.screens.panels import draw_dots
from kiosk.screens.theme import SECONDARY_STRONG, Role
from kiosk.screens.typesetting import CAPITAL, DEPTH
from kiosk.view_parts import Say
from kiosk.views import BoardLine, IdleView

TITLE = Role(60, 40, 1.08, True)
SUB = Role(26, 22, 1.25, False, keep_line=22)
LABEL = Role(23, 21, 1.2, False)
BOARD_WIDTH = 308
BUTTONS = 120
PICTURE = 112
PAIRS = {"jar": ("jar", "scale"), "card": ("member-card", "reader")}
SIDES = {"left": "arrow-left", "right": "arrow-right"}
LOGO = Rect(0, 16, 132, 52)
STEP = 60
STEP_DISC = 44
NUDGE = 5.0
BELOW_TITLE = 30
DOT = 27
BETWEEN = 28.0
WIDE_BOARD = 360
"""From this width on the dots stand beside the label."""


def draw_idle(view: IdleView, paper: Paper) -> Scene:
    """Lay out the idle screen."""
    page = Page(paper, paper.theme.paper_ground, view.frame)
    draw_header(page, indent=LOGO.w + GAP if _has_logo(view, paper) else 0)
    _logo(page, view, paper)
    room = draw_actions(page, view.buttons, BUTTONS)
    if not (view.board or view.steps):
        _invitation(page, view, room, paper.reader_is)
        return page.scene()
    if page.portrait:
        wanted = STEP * len(view.steps) + GAP if view.steps else _board_height(view.board, room.w) + 2 * GAP
        tall = min(room.h * 0.46, wanted)
        card = Rect(room.x, room.bottom - tall, room.w, tall)
        _invitation(page, view, Rect(room.x, room.y + 8, room.w, card.y - GAP - room.y - 8), paper.reader_is)
    else:
        card = Rect(room.right - BOARD_WIDTH, room.y, BOARD_WIDTH, room.h)
        _invitation(page, view, Rect(room.x, room.y, room.w - BOARD_WIDTH - GAP, room.h), paper.reader_is)
    page.items.append(Box(card, page.theme.card, page.ground.hairline, CORNER))
    if view.steps:
        _steps(page, view.steps, card)
    else:
        _board(page, view.board, card)
    return page.scene()


def _logo(page: Page, view: IdleView, paper: Paper) -> None:
    """The coop's logo: in the header, before its words; upright above the invitation."""
    if not _has_logo(view, paper):
        return
    if page.portrait:
        page.items.append(Logo(paper.logo, Rect(page.left, page.top, page.across, LOGO.h)))
        page.top += LOGO.h + GAP
    else:
        page.items.append(Logo(paper.logo, Rect(page.left, LOGO.y, LOGO.w, LOGO.h)))


def _has_logo(view: IdleView, paper: Paper) -> bool:
    """Logos are made for light paper; upright, the second line of the header takes their room."""
    upright_and_full = paper.portrait and view.frame.header.second is not None
    return bool(paper.logo) and not paper.theme.night and not upright_and_full


def _invitation(page: Page, view: IdleView, room: Rect, reader_is: str) -> None:
    size = min(PICTURE, room.h * 0.48)
    # The drawing, not its square, begins at the margin.
    picture = Rect(room.x - size / 24, room.y, size, min(room.h, size * 2.4))
    picture = Rect(picture.x, room.middle - picture.h / 2, picture.w, picture.h)
    draw_pair(page, PAIRS.get(view.picture, PAIRS["card"]), picture, "below" if view.picture == "jar" else reader_is)
    words = Rect(room.x + size + GAP, room.y, room.w - size - GAP, room.h)
    # The line below takes turns; two lines are kept for it, so that the title never moves or changes its size.
    role = page.role(SUB)
    two_lines = min(role.size * (CAPITAL + role.leading), words.h * 0.3)
    sub = page.fit(view.sub, SUB, Rect(0, 0, words.w, two_lines + role.size * DEPTH), 3)
    title = page.fit(view.title, TITLE, Rect(0, 0, words.w, words.h - two_lines - 34), 4)
    top = words.y + max((words.h - title.height - BELOW_TITLE - two_lines) / 2, 4)
    page.place(title, Rect(words.x, top, words.w, 0), stand="top")
    below = Rect(words.x, top + title.height + BELOW_TITLE, words.w, 0)
    page.place(sub, below, colour=page.ground.ink2, stand="top")


def draw_pair(page: Page, things: tuple[str, str], room: Rect, where: str = "below") -> None:
    """Two things, one over the other, an arrow between: lay this on that, which is ``where``."""
    size, leaf = room.w, page.theme.leaf
    upper, lower = room.y + size * 0.42, room.bottom - size * 0.42
    if where in SIDES:
        _pair_aside(page, things, room, where)
        return
    first, second = things if where == "below" else things[::-1]
    page.icon(first, room.x, upper, size, leaf)
    page.icon(second, room.x, lower, size, leaf)
    # A jar and a scale are taller than a card and a reader, which fill two thirds of their square.
    fill = 0.84 if things == PAIRS["jar"] else 0.66
    free = lower - upper - size * fill
    arrow = min(max(free * 0.86, 30), 62)
    x, y = room.x + (size - arrow) / 2, (upper + lower - arrow) / 2
    down = where == "below"
    page.items.append(Picture("lay-down", x, y, arrow, leaf, nudge=NUDGE if down else -NUDGE, turned=not down))


def _pair_aside(page: Page, things: tuple[str, str], room: Rect, where: str) -> None:
    """The card above; below it the reader beside an arrow, on the side where it is."""
    size, leaf = room.w, page.theme.leaf
    page.icon(things[0], room.x, room.y + size * 0.42, size, leaf)
    reader, arrow, middle = size * 0.66, size * 0.42, room.bottom - size * 0.42
    at_left = where == "left"
    page.icon(things[1], room.x if at_left else room.x + size - reader, middle, reader, leaf)
    page.icon(SIDES[where], room.x + size - arrow if at_left else room.x, middle, arrow, leaf)


def _steps(page: Page, steps: tuple[Say, ...], rect: Rect) -> None:
    height = (rect.h - 16) / len(steps)
    for number, step in enumerate(steps):
        row = Rect(rect.x + 22, rect.y + 8 + number * height, rect.w - 36, height)
        disc = Rect(row.x, row.middle - STEP_DISC / 2, STEP_DISC, STEP_DISC)
        label = Rect(disc.right + 16, row.y, row.right - disc.right - 16, height)
        if number:
            page.rule(label.x, row.y - 1, label.w - 8)
        page.items.append(Box(disc, page.theme.leaf_soft, radius=STEP_DISC / 2))
        page.text(str(number + 1), SECONDARY_STRONG, disc, colour=page.theme.leaf, align="middle")
        page.text(step, SECONDARY_STRONG, label, lines=2)


def _line_height(line: BoardLine, width: float) -> float:
    dots = 42 if line.of and width < WIDE_BOARD else 0
    return 17 + 36 * (line.headline is not None) + dots + 34 * (line.gap is not None)


def _board_height(board: Sequence[BoardLine], width: float) -> float:
    return sum(_line_height(line, width) for line in board) + BETWEEN * (len(board) - 1)


def _board(page: Page, board: tuple[BoardLine, ...], rect: Rect) -> None:
    """Every line that has room, the later ones yielding first."""
    room = rect.inset(18, 16)
    lines = list(board)
    while len(lines) > 1 and _board_height(lines, room.w) > room.h + (BETWEEN - 18) * (len(lines) - 1):
        lines.pop()
    spare = (room.h - _board_height(lines, room.w)) / len(lines)
    between = BETWEEN + min(spare, 0) * len(lines) / max(len(lines) - 1, 1)
    spare = max(spare, 0)
    y = room.y + spare / 2
    for number, line in enumerate(lines):
        if number:
            page.rule(room.x, y - (spare + between) / 2 - 1, room.w)
        height = _line_height(line, room.w)
        _board_line(page, line, Rect(room.x, y, room.w, height))
        y += height + spare + between


def _board_line(page: Page, line: BoardLine, room: Rect) -> None:
    y = room.y
    wide = room.w >= WIDE_BOARD
    label = Rect(room.x, y, room.w * 0.5 if wide else room.w, 26)
    page.text(line.label, LABEL, label, colour=page.ground.ink2, stand="top", lines=1)
    if wide and line.of:
        across = min(room.w * 0.5, line.of * DOT * 1.4)
        draw_dots(page, Rect(room.right - across, y - 3, across, DOT), line.here, line.of, page.theme.card)
    y += 34
    if line.headline is not None:
        page.text(line.headline, SECONDARY_STRONG, Rect(room.x, y, room.w, 28), stand="top", lines=1)
        y += 36
    if line.of and not wide:
        draw_dots(page, Rect(room.x, y - 3, room.w, DOT), line.here, line.of, page.theme.card)
        y += 42
    if line.gap is not None:
        gap = Rect(room.x, y, room.w, 28)
        page.text(line.gap, SECONDARY_STRONG, gap, colour=page.theme.sun_ink, stand="top", lines=1)
