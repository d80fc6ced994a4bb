"""R1: who is on shift. Counts by job; names only after a card."""

from kiosk.screens.base import GAP, Page, Paper
from kiosk.screens.buttons import MAIN_HEIGHT, draw_actions, draw_button
from kiosk.screens.header import draw_header
from kiosk.screens.items import Box, Rect, Scene
from kiosk.screens.panels import draw_dots, draw_panel
from kiosk.screens.reading import draw_pages, leaves
from kiosk.screens.theme import CHIP, SECONDARY, SECONDARY_STRONG, Role
from kiosk.screens.typesetting import Room, fit
from kiosk.view_parts import PanelTone
from kiosk.views import JobRow, PersonRow, RollCallView

ROW = 54.0
ROW_STACKED = 78.0
PERSON = 70.0
PANEL = 60
DOT = 26
DOTS_WIDTH = 84
SUB = Role(23, 20, 1.2, False)
EXTRA = 67.0
"""12 mm."""
NAME = Role(26, 20, 1.2, True)
CHIP_HEIGHT = 36
TWO_LINES = 54
"""In a lower cell name and job share a line."""


def draw_roll_call(view: RollCallView, paper: Paper) -> Scene:
    """Lay out the jobs or the people."""
    page = Page(paper, paper.theme.paper_ground, view.frame)
    draw_header(page, view.title)
    if view.frame.large_text and leaves(view):
        draw_pages(page, None, leaves(view), view.buttons, number=paper.number, height=MAIN_HEIGHT)
        return page.scene()
    room = draw_actions(page, view.buttons, 84)
    room = Rect(room.x, room.y - 6, room.w, room.h + 6)
    if view.panel is not None:
        tall = PANEL if not page.portrait else 84
        draw_panel(page, view.panel, Rect(room.x, room.bottom - tall, room.w, tall), SECONDARY_STRONG)
        room = Rect(room.x, room.y, room.w, room.h - tall - GAP / 2)
    if view.jobs:
        _jobs(page, view.jobs, room)
    elif view.people:
        _people(page, view, room)
    return page.scene()


def _jobs(page: Page, jobs: tuple[JobRow, ...], room: Rect) -> None:
    height = min(ROW_STACKED if page.portrait else ROW, room.h / len(jobs))
    for number, job in enumerate(jobs):
        row = Rect(room.x, room.y + number * height, room.w, height)
        if number:
            page.rule(row.x, row.y - 1, row.w)
        if not page.portrait:
            _job(page, job, row)
        elif height >= TWO_LINES:
            _stacked_job(page, job, row)
        else:
            _short_job(page, job, row)


def _job(page: Page, job: JobRow, row: Rect) -> None:
    first = Rect(row.x, row.y, row.w * 0.31, row.h)
    page.text(job.job, SECONDARY_STRONG, first, colour=page.ground.ink2 if job.quiet else None, lines=2)
    start = first.right + GAP
    if not job.quiet:
        size = min(DOT, row.h - 12)
        dots = Rect(start, row.middle - size / 2, DOTS_WIDTH, size)
        draw_dots(page, dots, job.here, job.of, page.ground.fill)
        start = dots.right + GAP / 2
        if job.count is not None:
            count = Rect(start, row.y, row.w * 0.14, row.h)
            page.text(job.count, SECONDARY, count, lines=1)
            start = count.right + GAP / 2
    _remark(page, job, Rect(start, row.y, row.right - start, row.h))


def _stacked_job(page: Page, job: JobRow, row: Rect) -> None:
    upper = Rect(row.x, row.y, row.w, row.h * 0.5)
    lower = Rect(row.x, row.y + row.h * 0.5, row.w, row.h * 0.46)
    start = row.x
    page.text(job.job, SECONDARY_STRONG, upper, colour=page.ground.ink2 if job.quiet else None, lines=1)
    if not job.quiet:
        dots = Rect(row.x, lower.middle - DOT / 2, DOTS_WIDTH, DOT)
        draw_dots(page, dots, job.here, job.of, page.ground.fill)
        start = dots.right
        if job.count is not None:
            count = page.text(job.count, SECONDARY, Rect(start, lower.y, 110, lower.h), lines=1)
            start += count.block.width + GAP / 2
    _remark(page, job, Rect(start, lower.y, row.right - start, lower.h))


def _short_job(page: Page, job: JobRow, row: Rect) -> None:
    """Where there are many jobs: what is missing, or how many there are."""
    first = Rect(row.x, row.y, row.w * 0.42, row.h)
    page.text(job.job, NAME, first, colour=page.ground.ink2 if job.quiet else None, lines=1)
    rest = Rect(first.right + 8, row.y, row.right - first.right - 8, row.h)
    if job.short or job.count is None:
        _remark(page, job, rest)
    else:
        page.text(job.count, SECONDARY, rest, align="right", lines=1)


def _remark(page: Page, job: JobRow, room: Rect) -> None:
    role, colour = (SECONDARY_STRONG, page.theme.sun_ink) if job.short else (SECONDARY, page.ground.ink2)
    page.text(job.remark, role, room, colour=colour, align="right", lines=1)


def _people(page: Page, view: RollCallView, room: Rect) -> None:
    columns = 1 if page.portrait else 2
    wide = (room.w - GAP * (columns - 1)) / columns
    alone = view.extra is not None and columns == 1
    if alone:
        room = Rect(room.x, room.y, room.w, room.h - EXTRA - GAP / 2)
    cells = len(view.people) + (view.extra is not None and not alone)
    rows = -(-cells // columns)
    height = min(PERSON, room.h / max(rows, 1))
    for number, person in enumerate(view.people):
        column, line = number % columns, number // columns
        cell = Rect(room.x + column * (wide + GAP), room.y + line * height, wide, height)
        if line:
            page.rule(cell.x, cell.y - 1, cell.w)
        _person(page, person, cell)
    if view.extra is not None:
        bottom = room.bottom + (EXTRA + GAP / 2 if alone else 0)
        draw_button(page, view.extra, Rect(room.right - wide, bottom - EXTRA, wide, EXTRA))


def _person(page: Page, person: PersonRow, cell: Rect) -> None:
    theme = page.theme
    tints = {"check-circle-outline": theme.leaf, "clock-outline": theme.sun_ink}
    page.icon(person.icon, cell.x - 3, cell.middle, min(40, cell.h - 8), tints.get(person.icon, page.ground.ink2))
    x = cell.x + 52
    right = cell.right
    if person.chip is not None:
        right = _chip(page, person, cell) - 10
    if cell.h < TWO_LINES:
        half = (right - x) / 2
        page.text(person.name, NAME, Rect(x, cell.y, half, cell.h), lines=1)
        page.text(person.job, SUB, Rect(x + half, cell.y, half, cell.h), colour=page.ground.ink2, lines=1)
        return
    room = Rect(0, 0, right - x, cell.h * 0.42)
    name, job = page.fit(person.name, NAME, room, 1), page.fit(person.job, SUB, room, 1)
    between = max(min(13, cell.h - 8 - name.height - job.height), 8)
    y = cell.middle - (name.height + between + job.height) / 2
    page.place(name, Rect(x, y, room.w, 0), stand="top")
    page.place(job, Rect(x, y + name.height + between, room.w, 0), colour=page.ground.ink2, stand="top")


def _chip(page: Page, person: PersonRow, cell: Rect) -> float:
    """Draw the chip at the right of the cell; returns where it begins."""
    assert person.chip is not None
    tone = page.theme.tone(person.chip_tone)
    role = CHIP if cell.h < TWO_LINES else page.role(CHIP)
    block = fit((page.say(person.chip),), role, Room(cell.w * 0.42, CHIP_HEIGHT - 4, 1))
    tall = min(CHIP_HEIGHT, cell.h - 4)
    box = Rect(cell.right - block.width - 24, cell.middle - tall / 2, block.width + 24, tall)
    page.items.append(Box(box, tone.fill, radius=tall / 2))
    colour = tone.ink if person.chip_tone is PanelTone.SUN_SOFT else tone.icon
    page.place(block, box, colour=colour, align="middle")
    return box.x
