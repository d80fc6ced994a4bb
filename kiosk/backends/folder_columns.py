"""What the columns of the folder's files mean (docs/folder.md): a line of a spreadsheet, a value of the vocabulary.

Pure. Each reader raises :class:`ValueError` with a sentence for whoever edits the spreadsheet.
"""

import re
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Final, TypeVar

from kiosk.backends.folder_csv import Columns, Line
from kiosk.backends.shown import shown_line, shown_lines, typed_line
from kiosk.devices.cards import canonical_badge, parse_uid
from kiosk.types import Assignment, Member, MemberId, OpeningHours, Role, Shift, ShiftId, Status

MEMBERS: Final = Columns(
    file="members.csv",
    required=("id", "first_name", "status"),
    optional=(
        "name",
        "until",
        "balance_hours",
        "due_hours",
        "due_by",
        "attached_to",
        "role",
        "trained_for",
        "shared",
        "language",
        "large_text",
        "long_pulse",
    ),
)
CARDS: Final = Columns(file="cards.csv", required=("card", "member"), optional=("blocked",))
SHIFTS: Final = Columns(
    file="shifts.csv", required=("id", "day", "starts", "ends", "job", "places"), optional=("week", "needs_training")
)
ROSTER: Final = Columns(file="roster.csv", required=("shift", "member"), optional=("first_shift", "present"))
COOP: Final = Columns(file="coop.csv", required=("key", "value"))
HOURS: Final = Columns(file="hours.csv", required=("weekday", "opens", "closes"))
CLOSURES: Final = Columns(file="closures.csv", required=("day",))
CHECK_INS: Final = Columns(file="checkins.csv", required=("fact", "kind", "member", "shift", "at", "about", "offline"))
BOOKINGS: Final = Columns(file="bookings.csv", required=CHECK_INS.required)

COOP_KEYS: Final = ("name", "phone", "cycle_start", "notice", "pot_hours")
WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
JOURS: Final = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
YES: Final = frozenset({"yes", "oui", "true", "vrai", "1", "x"})
NO: Final = frozenset({"", "no", "non", "false", "faux", "0"})
LONGEST_TEXT: Final = 200

_HOUR = re.compile(r"([0-9]{1,2})\s*[:hH]\s*([0-9]{2})?(?::00)?")
_FRENCH_DAY = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")

Word = TypeVar("Word", bound=StrEnum)


def member_of(line: Line) -> Member:
    """One row of members.csv."""
    attached_to = line.cells["attached_to"]
    status = read_word(Status, line.cells["status"] or (Status.ATTACHED if attached_to else ""), "status")
    if (status is Status.ATTACHED) != bool(attached_to):
        raise ValueError("status 'attached' and the column attached_to go together")
    return Member(
        id=MemberId(read_text(line, "id")),
        first_name=read_shown(line, "first_name"),
        name=shown_line(line.cells["name"])[:LONGEST_TEXT],
        status=status,
        until=maybe_day(line.cells["until"]),
        balance_minutes=maybe_minutes(line.cells["balance_hours"]),
        due_minutes=maybe_minutes(line.cells["due_hours"]),
        due_by=maybe_day(line.cells["due_by"]),
        attached_to=MemberId(attached_to) if attached_to else None,
        role=read_word(Role, line.cells["role"] or Role.MEMBER, "role"),
        trained_for=frozenset(filter(None, map(typed_line, line.cells["trained_for"].split("/")))),
        shared=read_flag(line, "shared"),
        language=_maybe_language(line.cells["language"]),
        large_text=read_flag(line, "large_text"),
        long_pulse=read_flag(line, "long_pulse"),
    )


def card_of(line: Line) -> str:
    """The canonical card id of one row of cards.csv: ``7:04A3C6CAE26180`` or ``ean:`` and 13 digits."""
    text = line.cells["card"]
    is_badge = text.startswith("ean:") or text.isdecimal()
    try:
        return canonical_badge(text.removeprefix("ean:")) if is_badge else str(parse_uid(text))
    except ValueError as fault:
        raise ValueError(f"card: {fault}; written like 7:04A3C6CAE26180, 4:1A2B3C4D or ean:0420123456786") from None


def shift_of(line: Line, zone: tzinfo) -> Shift:
    """One row of shifts.csv. A shift that ends at or before its start ends on the next day."""
    day = read_day(line.cells["day"])
    starts, ends = read_hour(line.cells["starts"]), read_hour(line.cells["ends"])
    last_day = day if ends > starts else date.fromordinal(day.toordinal() + 1)
    places = line.cells["places"]
    if not places.isdecimal() or not 1 <= int(places) <= 99:
        raise ValueError(f"places is '{places}', not a number from 1 to 99")
    return Shift(
        id=ShiftId(read_text(line, "id")),
        job=read_shown(line, "job"),
        starts_at=datetime.combine(day, starts, zone).astimezone(UTC),
        ends_at=datetime.combine(last_day, ends, zone).astimezone(UTC),
        places=int(places),
        week=line.cells["week"][:1].upper(),
        needs_training=read_flag(line, "needs_training"),
    )


def assignment_of(line: Line, member: Member) -> Assignment:
    """One row of roster.csv, of a member already found."""
    return Assignment(
        shift_id=ShiftId(read_text(line, "shift")),
        member_id=member.id,
        first_name=member.first_name,
        first_shift=read_flag(line, "first_shift"),
        present=read_flag(line, "present"),
    )


def coop_value(line: Line) -> tuple[str, Any]:
    """One row of coop.csv: a field of :class:`~kiosk.types.Coop` and its value."""
    key, value = line.cells["key"], line.cells["value"]
    match key:
        case "name" | "phone":
            return key, shown_line(value)[:LONGEST_TEXT]
        case "notice":
            return key, shown_lines(value)[:LONGEST_TEXT]
        case "cycle_start":
            return key, maybe_day(value)
        case "pot_hours":
            if value and not value.isdecimal():
                raise ValueError(f"pot_hours is '{value}', not a whole number")
            return key, int(value) if value else None
        case _:
            raise ValueError(f"key is '{key}', not one of {', '.join(COOP_KEYS)}")


def hours_of(line: Line) -> OpeningHours:
    """One row of hours.csv; a weekday in English or French."""
    word = line.cells["weekday"].lower()
    names = WEEKDAYS if word in WEEKDAYS else JOURS
    if word not in names:
        raise ValueError(f"weekday is '{word}', not monday … sunday or lundi … dimanche")
    opens, closes = read_hour(line.cells["opens"]), read_hour(line.cells["closes"])
    hours = OpeningHours(weekday=names.index(word), opens=opens, closes=closes)
    if not hours.in_order:
        raise ValueError("closes is not after opens (00:00 is the end of the day)")
    return hours


def read_shown(line: Line, column: str) -> str:
    """A cell for people, however its blanks were written, that may not be empty."""
    return _checked(typed_line(line.cells[column]), column)


def read_text(line: Line, column: str) -> str:
    """A cell that may not be empty."""
    return _checked(line.cells[column], column)


def _checked(text: str, column: str) -> str:
    if not text:
        raise ValueError(f"{column} is empty")
    if len(text) > LONGEST_TEXT or not text.isprintable():
        raise ValueError(f"{column} is longer than {LONGEST_TEXT} characters, or has some that cannot be shown")
    return text


def read_flag(line: Line, column: str) -> bool:
    """Yes or no; an empty cell is no."""
    word = line.cells[column].lower()
    if word not in YES | NO:
        raise ValueError(f"{column} is '{word}', not yes or no")
    return word in YES


def read_word(words: type[Word], text: str, column: str) -> Word:
    """One word of an enumeration."""
    try:
        return words(text.lower())
    except ValueError:
        raise ValueError(f"{column} is '{text}', not one of {', '.join(words)}") from None


def read_day(text: str) -> date:
    """``2026-11-24``, or ``24/11/2026`` as French spreadsheets rewrite it."""
    french = _FRENCH_DAY.fullmatch(text)
    try:
        return date(int(french[3]), int(french[2]), int(french[1])) if french else date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"'{text}' is not a day like 2026-11-24 or 24/11/2026") from None


def maybe_day(text: str) -> date | None:
    """A day, or None for an empty cell."""
    return read_day(text) if text else None


def read_hour(text: str) -> time:
    """``16:30``, ``16h30`` or ``16h``."""
    found = _HOUR.fullmatch(text)
    if not found or int(found[1]) > 23 or int(found[2] or 0) > 59:
        raise ValueError(f"'{text}' is not a time like 16:30")
    return time(int(found[1]), int(found[2] or 0))


def maybe_minutes(text: str) -> int | None:
    """Hours as a decimal number, with a point or a comma, to whole minutes."""
    if not text:
        return None
    try:
        hours = Decimal(text.replace(",", "."))
    except InvalidOperation:
        raise ValueError(f"'{text}' is not a number of hours like -1.5") from None
    if not hours.is_finite() or abs(hours) > 10_000:
        raise ValueError(f"'{text}' is not a believable number of hours")
    return round(hours * 60)


def _maybe_language(text: str) -> str | None:
    if text and not re.fullmatch(r"[a-z]{2}", text):
        raise ValueError(f"language is '{text}', not two letters like fr or en")
    return text or None
