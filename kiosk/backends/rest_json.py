"""The words of the REST contract (docs/rest.md): JSON to the vocabulary and back. Pure; client and server share it.

Fields have the names of :mod:`kiosk.types`. What is absent or null has its default there. Readers trust nothing: each
raises :class:`ValueError` on a value of another kind, too long, or out of range.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, time
from enum import Enum, StrEnum
from typing import Any, Final, TypeVar

from kiosk.backends.shown import shown_lines, typed_line
from kiosk.types import (
    Assignment,
    Capabilities,
    Card,
    CardHash,
    ClockTrust,
    Coop,
    Fact,
    FactId,
    FactKind,
    Grams,
    Jar,
    JarCode,
    Member,
    MemberId,
    Moment,
    OpeningHours,
    Presence,
    Role,
    Shift,
    ShiftId,
    Status,
)

Json = Mapping[str, Any]
Word = TypeVar("Word", bound=StrEnum)
Value = TypeVar("Value")

LONGEST_ID: Final = 100
LONGEST_TEXT: Final = 200
LONGEST_NOTICE: Final = 1000
MOST_MINUTES: Final = 1_000_000

_FACT_ID = re.compile(r"[A-Za-z0-9_.:-]{1,100}")
_HASH = re.compile(r"[0-9a-f]{64}")
_JAR = re.compile(r"[0-9]{6}")
_LANGUAGE = re.compile(r"[a-z]{2}(-[A-Z]{2})?")


def to_json(value: object) -> Any:
    """A value of the vocabulary as JSON: an object without its empty fields, a list, a string or a number."""
    if is_dataclass(value) and not isinstance(value, type):
        named = ((field.name, getattr(value, field.name)) for field in fields(value))
        return {name: to_json(found) for name, found in named if found is not None}
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, frozenset):
        return sorted(map(to_json, value))
    if isinstance(value, tuple | list):
        return [to_json(item) for item in value]
    return _scalar_to_json(value)


def _scalar_to_json(value: object) -> object:
    match value:
        case Enum():
            return value.value
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case time():
            return value.isoformat(timespec="minutes")
        case date():
            return value.isoformat()
        case _:
            return value


# ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────────


def read_object(value: object) -> Json:
    """A JSON object."""
    match value:
        case dict():
            return value
        case _:
            raise ValueError("not an object")


def read_list(value: object) -> list[Any]:
    """A list; absent is empty."""
    match value:
        case None:
            return []
        case list():
            return value
        case _:
            raise ValueError("not a list")


def require(json: Json, name: str) -> Any:
    """A value that may be null, but must be there."""
    if name not in json:
        raise ValueError(f"{name} is missing")
    return json[name]


def read_text(json: Json, name: str, longest: int = LONGEST_TEXT, default: str | None = None) -> str:
    """A string that can be shown; ``default`` None: it may not be absent or empty."""
    value = json.get(name)
    if value is None and default is not None:
        return default
    if not isinstance(value, str) or len(value) > longest or not value.isprintable() or (not value and default is None):
        raise ValueError(f"{name} is not a text of at most {longest} characters")
    return value


def read_shown(json: Json, name: str, longest: int = LONGEST_TEXT, default: str | None = None) -> str:
    """A line for people, however its blanks were written; ``default`` None: it may not be absent or empty."""
    value = json.get(name)
    return read_text({name: typed_line(value) if isinstance(value, str) else value}, name, longest, default)


def read_notice(json: Json, name: str) -> str:
    """Lines for people, without what cannot be shown; absent is none."""
    value = json.get(name)
    if value is not None and (not isinstance(value, str) or len(value) > LONGEST_NOTICE):
        raise ValueError(f"{name} is not a text of at most {LONGEST_NOTICE} characters")
    return shown_lines(value or "")


def maybe_text(json: Json, name: str, longest: int = LONGEST_ID) -> str | None:
    """A string, or None where it is absent."""
    return None if json.get(name) is None else read_text(json, name, longest)


def read_flag(json: Json, name: str, *, default: bool = False) -> bool:
    """True or false."""
    match json.get(name):
        case None:
            return default
        case bool(value):
            return value
        case _:
            raise ValueError(f"{name} is not true or false")


def maybe_number(json: Json, name: str, least: int, most: int) -> int | None:
    """A whole number in a range."""
    value = json.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ValueError(f"{name} is not a whole number from {least} to {most}")
    return value


def read_word(json: Json, name: str, words: type[Word], default: Word | None = None) -> Word:
    """One word of an enumeration."""
    value = json.get(name)
    if value is None and default is not None:
        return default
    if value not in list(words):
        raise ValueError(f"{name} is none of {', '.join(words)}")
    return words(value)


def maybe_day(json: Json, name: str) -> date | None:
    """A day like 2026-11-24, or None where it is absent."""
    text = maybe_text(json, name, 10)
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{name} is not a day like 2026-11-24") from None


def read_moment(json: Json, name: str) -> datetime:
    """An RFC 3339 time with its offset, as aware UTC."""
    try:
        moment = datetime.fromisoformat(read_text(json, name, 40))
    except ValueError:
        raise ValueError(f"{name} is not a time like 2026-11-24T15:04:00Z") from None
    if moment.tzinfo is None or not 1970 <= moment.year <= 2200:
        raise ValueError(f"{name} has no offset, or is not of our time")
    return moment.astimezone(UTC)


def member_from(json: Json) -> Member:
    """One member."""
    attached_to = maybe_text(json, "attached_to")
    status = read_word(json, "status", Status)
    if (status is Status.ATTACHED) != (attached_to is not None):
        raise ValueError("status 'attached' and attached_to go together")
    language = maybe_text(json, "language", 5)
    if language is not None and not _LANGUAGE.fullmatch(language):
        raise ValueError("language is not a code like 'fr'")
    jobs = read_list(json.get("trained_for"))
    return Member(
        id=MemberId(read_text(json, "id", LONGEST_ID)),
        first_name=read_shown(json, "first_name"),
        name=read_shown(json, "name", default=""),
        status=status,
        until=maybe_day(json, "until"),
        balance_minutes=maybe_number(json, "balance_minutes", -MOST_MINUTES, MOST_MINUTES),
        due_minutes=maybe_number(json, "due_minutes", -MOST_MINUTES, MOST_MINUTES),
        due_by=maybe_day(json, "due_by"),
        attached_to=None if attached_to is None else MemberId(attached_to),
        role=read_word(json, "role", Role, Role.MEMBER),
        trained_for=frozenset(read_shown({"trained_for": job}, "trained_for") for job in jobs),
        shared=read_flag(json, "shared"),
        language=language,
        large_text=read_flag(json, "large_text"),
        long_pulse=read_flag(json, "long_pulse"),
        windows=hours_in(json, "windows"),
    )


def hash_from(value: object) -> CardHash:
    """The hash of a card: 64 lower-case hex digits."""
    if not isinstance(value, str) or not _HASH.fullmatch(value):
        raise ValueError("not a card hash of 64 lower-case hex digits")
    return CardHash(value)


def card_from(json: Json) -> Card:
    """One card."""
    return Card(
        hash=hash_from(json.get("hash")),
        member_id=MemberId(read_text(json, "member_id", LONGEST_ID)),
        blocked=read_flag(json, "blocked"),
    )


def shift_from(json: Json) -> Shift:
    """One shift."""
    shift = Shift(
        id=ShiftId(read_text(json, "id", LONGEST_ID)),
        job=read_shown(json, "job"),
        starts_at=read_moment(json, "starts_at"),
        ends_at=read_moment(json, "ends_at"),
        places=maybe_number(json, "places", 0, 999) or 0,
        week=read_text(json, "week", 4, default=""),
        needs_training=read_flag(json, "needs_training"),
    )
    if not shift.starts_at < shift.ends_at:
        raise ValueError("ends_at is not after starts_at")
    return shift


def assignment_from(json: Json) -> Assignment:
    """One place on a shift."""
    return Assignment(
        shift_id=ShiftId(read_text(json, "shift_id", LONGEST_ID)),
        member_id=MemberId(read_text(json, "member_id", LONGEST_ID)),
        first_name=read_shown(json, "first_name", default=""),
        first_shift=read_flag(json, "first_shift"),
        present=read_flag(json, "present"),
    )


def place_from(json: Json) -> tuple[ShiftId, MemberId]:
    """The key of a place that is no more."""
    return ShiftId(read_text(json, "shift_id", LONGEST_ID)), MemberId(read_text(json, "member_id", LONGEST_ID))


def jar_code_from(value: object) -> JarCode:
    """The code of a jar: six digits."""
    if not isinstance(value, str) or not _JAR.fullmatch(value):
        raise ValueError("not the code of a jar, six digits")
    return JarCode(value)


def jar_from(json: Json) -> Jar:
    """One jar."""
    weighed_on = maybe_day(json, "weighed_on")
    grams = maybe_number(json, "grams", 1, 99_999)
    if weighed_on is None or grams is None:
        raise ValueError("a jar has grams and weighed_on")
    sticker = json.get("sticker")
    return Jar(
        code=jar_code_from(json.get("code")),
        grams=Grams(grams),
        weighed_on=weighed_on,
        sticker=None if sticker is None else hash_from(sticker),
    )


def hours_from(json: Json) -> OpeningHours:
    """One stretch of opening hours."""
    weekday = maybe_number(json, "weekday", 0, 6)
    hours = OpeningHours(
        weekday=-1 if weekday is None else weekday,
        opens=time.fromisoformat(read_text(json, "opens", 8)),
        closes=time.fromisoformat(read_text(json, "closes", 8)),
    )
    if hours.weekday < 0 or not hours.in_order:
        raise ValueError("not hours: weekday 0 to 6, opens before closes (00:00 is the end of the day)")
    return hours


def hours_in(json: Json, name: str) -> tuple[OpeningHours, ...]:
    """Stretches of opening hours; absent is none."""
    return tuple(hours_from(read_object(item)) for item in read_list(json.get(name)))


def coop_from(json: Json) -> Coop:
    """The coop itself."""
    closures = read_list(json.get("closures"))
    return Coop(
        name=read_shown(json, "name", default=""),
        phone=read_shown(json, "phone", 40, default=""),
        hours=hours_in(json, "hours"),
        closures=frozenset(day for item in closures if (day := maybe_day({"day": item}, "day")) is not None),
        cycle_start=maybe_day(json, "cycle_start"),
        notice=read_notice(json, "notice"),
        pot_hours=maybe_number(json, "pot_hours", 0, MOST_MINUTES),
    )


def capabilities_from(json: Json) -> Capabilities:
    """What a server says it carries; what it does not name, it does not carry."""
    if maybe_number(json, "version", 1, 1) is None:
        raise ValueError("version is missing")
    return Capabilities(
        presence=read_word(json, "presence", Presence, Presence.EXPLICIT),
        check_in_opens_minutes=maybe_number(json, "check_in_opens_minutes", 0, 240) or 0,
        **{name: read_flag(json, name) for name in CARRIED},
    )


def capabilities_to_json(capabilities: Capabilities) -> dict[str, Any]:
    """What a server says it carries, but for what this contract has no request for."""
    return {name: value for name, value in to_json(capabilities).items() if name not in NOT_IN_THE_CONTRACT}


NOT_IN_THE_CONTRACT: Final = frozenset({"grace"})
CARRIED: Final = tuple(
    field.name for field in fields(Capabilities) if field.type is bool and field.name not in NOT_IN_THE_CONTRACT
)


def rows_from(items: object, reader: Callable[[Json], Value]) -> tuple[tuple[Value, ...], int]:
    """The rows of a list that can be read, and how many cannot."""
    found: list[Value] = []
    bad = 0
    for item in read_list(items):
        try:
            found.append(reader(read_object(item)))
        except ValueError:
            bad += 1
    return tuple(found), bad


def texts_from(items: object, kind: Callable[[str], Value]) -> tuple[Value, ...]:
    """Ids in a list; those that are none are left out."""
    return tuple(
        kind(item)
        for item in read_list(items)
        if isinstance(item, str) and 0 < len(item) <= LONGEST_ID and item.isprintable()
    )


# ── facts ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def fact_to_json(fact: Fact) -> dict[str, Any]:
    """What the server is told of a fact. The terminal's own clocks stay at home, their trust goes along."""
    json = {
        "id": fact.id,
        "kind": fact.kind.value,
        "happened_at": to_json(fact.happened.wall),
        "clock": fact.happened.trust.value,
        "member_id": fact.member_id,
        "shift_id": fact.shift_id,
        "about": fact.about,
        "offline": fact.offline,
        "details": to_json(fact.details),
    }
    return {name: value for name, value in json.items() if value is not None}


def fact_from(json: Json) -> Fact:
    """A fact as a server receives it."""
    member_id, shift_id = (maybe_text(json, name) for name in ("member_id", "shift_id"))
    about = json.get("about")
    return Fact(
        id=_fact_id_from(json.get("id")),
        kind=read_word(json, "kind", FactKind),
        happened=Moment(
            boot_id="",
            monotonic=0.0,
            wall=read_moment(json, "happened_at"),
            trust=read_word(json, "clock", ClockTrust, ClockTrust.SINCE),
        ),
        member_id=None if member_id is None else MemberId(member_id),
        shift_id=None if shift_id is None else ShiftId(shift_id),
        about=None if about is None else _fact_id_from(about),
        offline=read_flag(json, "offline"),
        details=read_object(json.get("details", {})),
    )


def _fact_id_from(value: object) -> FactId:
    if not isinstance(value, str) or not _FACT_ID.fullmatch(value):
        raise ValueError("not the id of a fact: letters, digits and _.:- only, at most 100")
    return FactId(value)
