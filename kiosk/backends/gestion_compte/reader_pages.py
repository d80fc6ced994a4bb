"""The two pages of the card reader: the answer to a scan, and the shifts of the day. From HTML to values; pure.

A page that has changed raises :class:`~kiosk.backends.gestion_compte.reading.PageUnreadable`; a name with half a sign
in it, a picture that is missing and a text that is new do not.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import Enum

from selectolax.lexbor import LexborHTMLParser, LexborNode

from kiosk.backends.gestion_compte import selectors as at
from kiosk.backends.gestion_compte.french import days_in, maybe_minutes, one_line, plain, times_in
from kiosk.backends.gestion_compte.reading import PageUnreadable, classes_of, text_of, tree_of, value_of
from kiosk.types import Status

LONGEST_NAME = 60
LONGEST_NOTICE = 160


class Validated(Enum):
    """What a scan did to the shifts of who holds the card."""

    NOTHING = "nothing"
    """No shift of theirs was in its window."""
    NOW = "now"
    BEFORE = "before"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanPage:
    """The answer to a scan.

    Attributes:
        status: of the account; a standing that closes the door exactly when ``allowed`` is False.
        until: last day of an exemption, or the day a freeze ends.
        balance_minutes: None when refused or exempted.
        due_minutes: what is still to be booked this cycle; None where the page does not say.
        shared: the counter is a household's.
        job: of the validated shift; empty where it was several.
    """

    first_name: str
    allowed: bool
    status: Status
    until: date | None = None
    balance_minutes: int | None = None
    due_minutes: int | None = None
    shared: bool = False
    validated: Validated = Validated.NOTHING
    job: str = ""


def read_scan(html: str, today: date) -> ScanPage:
    """Read the answer to a scan.

    Args:
        html: the page.
        today: the coop's day, for dates without a year.

    Raises:
        PageUnreadable: it does not say whether the person may enter.
    """
    tree = tree_of(html)
    pictures = {plain(picture.attributes.get("alt") or "") for picture in tree.css(at.PICTURES)}
    allowed, refused = (plain(alt) in pictures for alt in (at.ALT_ALLOWED, at.ALT_REFUSED))
    if allowed is refused:
        raise PageUnreadable("the answer to a scan no longer shows whether the card may enter")
    validated, job = _validated_in(tree)
    balance = _balance_in(tree)
    exempted = _panel(tree, at.EXEMPTED)
    return ScanPage(
        first_name=_first_name_in(tree),
        allowed=allowed,
        status=_standing(tree, pictures, balance, exempted is not None) if allowed else _refusal_in(tree),
        until=_until_in(tree, exempted, today),
        balance_minutes=balance,
        due_minutes=_due_in(tree),
        shared=at.HOUSEHOLD_WORD in _plain_text(tree),
        validated=validated,
        job=job,
    )


def _first_name_in(tree: LexborHTMLParser) -> str:
    greeting = text_of(tree.css_first(at.GREETING))
    if not greeting:
        raise PageUnreadable("the answer to a scan greets nobody")
    _word, _, rest = greeting.partition(" ")
    return rest.rstrip(" !")[:LONGEST_NAME]


def _plain_text(tree: LexborHTMLParser) -> str:
    return plain(" ".join(text_of(paragraph) for paragraph in tree.css(at.PARAGRAPHS)))


def _panel(tree: LexborHTMLParser, class_: str) -> LexborNode | None:
    return next((panel for panel in tree.css(at.PANEL) if class_ in classes_of(panel)), None)


def _validated_in(tree: LexborHTMLParser) -> tuple[Validated, str]:
    for class_, meaning in ((at.VALIDATED_NOW, Validated.NOW), (at.VALIDATED_BEFORE, Validated.BEFORE)):
        panel = _panel(tree, class_)
        if panel is not None and at.VALIDATED_WORD in plain(text_of(panel)):
            return meaning, text_of(panel.css_first(at.PANEL_JOB))
    return Validated.NOTHING, ""


def _balance_in(tree: LexborHTMLParser) -> int | None:
    for paragraph in tree.css(at.PARAGRAPHS):
        if at.COUNTER_WORD in plain(text_of(paragraph)):
            return maybe_minutes(text_of(paragraph.css_first(at.COUNTER)))
    return None


def _standing(tree: LexborHTMLParser, pictures: set[str], balance: int | None, exempted: bool) -> Status:
    if exempted:
        return Status.EXEMPT
    if at.ALT_AHEAD in pictures:
        return Status.AHEAD
    if balance is not None and balance < 0:
        # The server lets them in; whether so many hours close the door is the coop's policy here.
        return Status.BLOCKED if at.FAR_TOO_LATE in _plain_text(tree) else Status.WARN
    return Status.OK


def _refusal_in(tree: LexborHTMLParser) -> Status:
    titles = [plain(icon.attributes.get("title") or "") for icon in tree.css(at.REASON)]
    return next((at.REASONS[title] for title in titles if title in at.REASONS), at.UNSAID)


def _until_in(tree: LexborHTMLParser, exempted: LexborNode | None, today: date) -> date | None:
    if exempted is not None:
        ends = [days[-1] for row in exempted.css(at.EXEMPTIONS) if (days := days_in(text_of(row), today))]
        return max(ends, default=None)
    thaws = [day for paragraph in tree.css(at.PARAGRAPHS) for day in days_in(text_of(paragraph), today)]
    return max(thaws, default=None)


def _due_in(tree: LexborHTMLParser) -> int | None:
    text = _plain_text(tree)
    found = next((match for pattern in at.TO_BOOK if (match := re.search(pattern, text))), None)
    return None if found is None else maybe_minutes(found[1])


# ── the reader's own page ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPlace:
    """One place of a shift.

    Attributes:
        number: of the membership; empty for a free place.
        first_name: of who holds it.
        present: whether the shift is validated; None where the page does not show it.
        training: that the place asks for; empty if none.
    """

    number: str = ""
    first_name: str = ""
    present: bool | None = None
    training: str = ""
    first_shift: bool = False

    @property
    def is_free(self) -> bool:
        return not self.number


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownShift:
    """All places of one job at the same hours (local time)."""

    job: str
    starts: time
    ends: time
    running: bool
    places: tuple[ShownPlace, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderPage:
    """The shifts of the day as the reader's page shows them.

    Attributes:
        notice: the coop's own words, as one line.
        card_unknown: the last scan of this session was of a card that is unknown or disabled.
        hidden: fields to be sent along with a scan.
    """

    shifts: tuple[ShownShift, ...]
    notice: str
    card_unknown: bool
    hidden: Mapping[str, str]


def read_reader(html: str) -> ReaderPage:
    """Read the reader's page.

    Raises:
        PageUnreadable: it is another page, or a shift on it cannot be read.
    """
    tree = tree_of(html)
    headings = {plain(text_of(heading)) for heading in tree.css(at.HEADINGS)}
    if at.COMING not in headings:
        raise PageUnreadable("the reader's page no longer shows the shifts of the day")
    columns = tree.css(at.COLUMNS)
    return ReaderPage(
        shifts=tuple(_shifts_in(tree)),
        notice=_cut(text_of(columns[1])) if len(columns) > 1 else "",
        card_unknown=at.FLASH_UNKNOWN in plain(text_of(tree.css_first(at.FLASH))),
        hidden={
            field.attributes["name"] or "": value_of(field)
            for field in tree.css(at.HIDDEN_FIELDS)
            if at.TOKEN_WORD in (field.attributes["name"] or "")
        },
    )


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_NOTICE else text[: LONGEST_NOTICE - 1].rstrip() + "…"


def _shifts_in(tree: LexborHTMLParser) -> Iterator[ShownShift]:
    running = False
    for node in tree.css(at.HEADINGS_AND_CARDS):
        if node.tag == "h5":
            running = plain(text_of(node)) == at.RUNNING
            continue
        title = [text_of(part) for part in node.css(at.CARD_TITLE)]
        hours = times_in(title[1]) if len(title) > 1 else ()
        if len(hours) != 2:
            raise PageUnreadable("a shift of the reader's page has no hours")
        places = tuple(_place_of(row) for row in node.css(at.PLACES))
        yield ShownShift(job=title[0], starts=hours[0], ends=hours[1], running=running, places=places)


def _place_of(row: LexborNode) -> ShownPlace:
    dot = next((span for span in row.css(at.DOT) if text_of(span) == at.DOT_SIGN), None)
    chips = [text_of(chip) for chip in row.css(at.CHIPS)]
    training = next((chip for chip in chips if plain(chip) != at.CHIP_FIRST_SHIFT), "")
    holder = row.css_first(at.HOLDER)
    if holder is None:
        if row.css_first(at.FREE) is None:
            raise PageUnreadable("a place of the reader's page is neither taken nor free")
        return ShownPlace(training=training)
    number, first_name = holder_of(text_of(holder))
    return ShownPlace(
        number=number,
        first_name=first_name,
        present=None if dot is None else at.DOT_PRESENT in classes_of(dot),
        training=training,
        first_shift=any(plain(chip) == at.CHIP_FIRST_SHIFT for chip in chips),
    )


def holder_of(text: str) -> tuple[str, str]:
    """Number and first name of « #123 Prénom N ».

    The initial is half a sign where a surname begins with an accent; it is dropped anyway.

    Raises:
        PageUnreadable: it does not begin with a number.
    """
    found = re.match(r"#(\d{1,9})\s+(.+)", one_line(text))
    if found is None:
        raise PageUnreadable("a place of the reader's page is held by nobody with a number")
    number, name = found.groups()
    words = name.split(" ")
    return number, " ".join(words[:-1] if len(words) > 1 and len(words[-1]) == 1 else words)[:LONGEST_NAME]
