"""The strip of every screen: what the header says, language and help. In portrait it lies at the lower edge."""

from kiosk.actions import Action
from kiosk.screens.base import CORNER, GAP, MARGIN, STRIP, Page, placed
from kiosk.screens.buttons import key
from kiosk.screens.items import Box, Held, Rect
from kiosk.screens.theme import CAPTION, SECONDARY, SECONDARY_STRONG, SECTION, Role
from kiosk.screens.typesetting import Room, fit
from kiosk.view_parts import Header, Say

LANGUAGE_WIDTH = 96
HELP_WIDTH = 72
BAND = 80
ICON = 44
STALE = "calendar-clock-outline"
TITLE = Role(42, 28, 1.1, True)
UPPER = Role(26, 20, 1.2, True)
SMALL = Role(24, 20, 1.2, False)


def draw_header(page: Page, title: Say | None = None, *, quiet: bool = False, indent: float = 0) -> None:
    """Draw the strip, and the title of the screen where it has one: in the strip, in portrait at the top.

    Args:
        page: the page.
        title: the name of the screen. While the header has two lines (offline), it takes the place of the first.
        quiet: the title is no louder than a header text.
        indent: what stands before the words in the strip.
    """
    top = page.height - STRIP - GAP if page.portrait else 8
    aid = Rect(page.width - MARGIN - HELP_WIDTH, top, HELP_WIDTH, STRIP)
    language = Rect(aid.x - GAP - LANGUAGE_WIDTH, top, LANGUAGE_WIDTH, STRIP)
    ground = page.ground
    if page.frame.header.band:
        page.ground = page.theme.leaf_ground
        page.items.append(Box(Rect(0, 0, page.width, BAND), page.ground.fill, radius=0))
    if page.portrait:
        _portrait_words(page, language, title)
        page.ground = ground
    else:
        left = page.left + indent
        loud = page.frame.header.bold if title is None else not quiet
        _words(page, Rect(left, top, language.x - GAP - left, STRIP), _lines(page.frame.header, title), loud=loud)
    _keys(page, language, aid)
    page.ground = ground


def _portrait_words(page: Page, language: Rect, title: Say | None) -> None:
    """Two lines or the title stand at the top; a single line, or the first beside a title, shares the strip."""
    head = page.frame.header
    if head.second is not None and title is None:
        _words(page, Rect(page.left, 8, page.across, STRIP), (head.text, head.second))
        page.top = BAND + 8
    else:
        _words(page, Rect(page.left, language.y, language.x - GAP - page.left, STRIP), (head.text, None))
    if title is not None:
        block = page.fit(title, TITLE, Rect(0, 0, page.across, 100), 2)
        page.place(block, Rect(page.left, page.top + 12, page.across, 0), stand="top")
        page.top += 12 + block.height + 24


def _keys(page: Page, language: Rect, aid: Rect) -> None:
    for rect, action, label in ((language, Action.LANGUAGE, "format.language"), (aid, Action.HELP, "format.help")):
        block = fit((page.say(Say(label)),), SECONDARY_STRONG.sized(28), Room(rect.w - 8, rect.h))
        content = (placed(block, rect, page.ground.key_ink, align="middle"),)
        key(page, Box(rect, page.ground.key, page.ground.key_line, CORNER), action, "", content)


def _words(page: Page, room: Rect, lines: tuple[Say | None, Say | None], *, loud: bool = False) -> None:
    head, (first, second) = page.frame.header, lines
    if head.held is not None:
        page.items.append(Held(room, head.held))
    icon = head.icon or (STALE if page.frame.stale else None)
    if icon is not None and first is not None:
        page.icon(icon, room.x - 2, room.middle, ICON, page.ground.ink if head.second else page.ground.ink2)
        room = Rect(room.x + ICON + 10, room.y, room.w - ICON - 10, room.h)
    if first is None:
        return
    if second is None:
        colour = page.ground.ink if loud else page.ground.ink2
        role = SECTION if loud else SMALL if page.portrait else SECONDARY
        page.text(first, role, room, colour=colour, lines=3 if page.portrait else 2)
        return
    upper = fit((page.say(first),), UPPER, Room(room.w, 36))
    lower = fit((page.say(second),), CAPTION, Room(room.w, 33))
    page.place(upper, Rect(room.x, room.y, room.w, 34))
    page.place(lower, Rect(room.x, room.y + 34, room.w, 33), colour=page.ground.ink2)


def _lines(head: Header, title: Say | None) -> tuple[Say | None, Say | None]:
    """Where the title stands in the strip, it takes the place of the first of two lines."""
    if title is None:
        return head.text, head.second
    return title, head.text if head.second is not None else None
