"""What a setting may be. Each kind reads one value of a TOML file, or says in plain words what it must be.

The kind of a key follows from the annotation of its field (:func:`kind_of`), so that a setting is declared once.
"""

import difflib
import hmac
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from kiosk.devices.scales.regex import compile_lines
from kiosk.rules.policy import Between

STARS = "********"
LARGEST_SHOWN = 10**12
_NO_BREAK_SPACES = {0x00A0: " ", 0x202F: " "}
"""French phone numbers and punctuation have them."""


class WrongValue(ValueError):
    """Error raised when a value does not fit. Its text goes on after the name of the key: "must be …"."""


class Secret:
    """A token or a key: prints as stars wherever it is printed, and is shown only to who asks for it by name."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return STARS

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._value.encode(), other._value.encode())

    def __hash__(self) -> int:
        return hash(self._value)


def meant(word: str, known: Iterable[str]) -> str:
    """``; did you mean "…"?`` for the nearest of the ``known`` words, or nothing."""
    near = difflib.get_close_matches(word[:80], list(known), n=1, cutoff=0.6)
    return f'; did you mean "{near[0]}"?' if near else ""


def shown(value: object) -> str:
    """A value of a TOML file as its writer knows it, cut short."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(value if len(value) <= 40 else value[:39] + "…", ensure_ascii=False)
        case int() if abs(value) > LARGEST_SHOWN:
            return "a number that large"
        case list():
            return "a list"
        case dict():
            return "a section"
    return str(value)


class Kind:
    """How one value is read."""

    def read(self, raw: object) -> object:
        """The value for the configuration of one that ``tomllib`` gave.

        Raises:
            WrongValue: it does not fit.
        """
        raise NotImplementedError


@dataclass(frozen=True)
class Flag(Kind):
    def read(self, raw: object) -> bool:
        if not isinstance(raw, bool):
            raise WrongValue(f"must be true or false (without quotes), not {shown(raw)}")
        return raw


@dataclass(frozen=True)
class Whole(Kind):
    least: int
    most: int

    def read(self, raw: object) -> int:
        if isinstance(raw, bool) or not isinstance(raw, int) or not self.least <= raw <= self.most:
            hint = " (leave the quotes out)" if isinstance(raw, str) and raw.strip().isdecimal() else ""
            raise WrongValue(f"must be a whole number from {self.least} to {self.most}, not {shown(raw)}{hint}")
        return raw


@dataclass(frozen=True)
class Text(Kind):
    """Text of one line.

    Attributes:
        least: characters.
        most: characters.
        pattern: the whole text must match it.
        like: what ``pattern`` means, in words.
        reveals: the value may be repeated in a message.
    """

    least: int = 1
    most: int = 200
    pattern: str = ""
    like: str = ""
    reveals: bool = True

    def read(self, raw: object) -> object:
        return self.text(raw)

    def text(self, raw: object) -> str:
        """The text without blanks around it.

        Raises:
            WrongValue: it is none, or not such a one.
        """
        if not isinstance(raw, str):
            raise WrongValue("must be text between quotes" + (f", not {shown(raw)}" if self.reveals else ""))
        text = raw.strip()
        if len(text) < self.least:
            raise WrongValue("must not be empty; take the line out if there is none")
        if len(text) > self.most:
            raise WrongValue(f"must have {self.most} characters at most, not {len(text)}")
        if not text.translate(_NO_BREAK_SPACES).isprintable():
            raise WrongValue("must be one line without characters that cannot be seen")
        if self.pattern and not re.fullmatch(self.pattern, text):
            raise WrongValue(f"must be {self.like}" + (f", not {shown(raw)}" if self.reveals else ""))
        return text


@dataclass(frozen=True)
class FilePath(Text):
    most: int = 1000

    def read(self, raw: object) -> Path:
        return Path(self.text(raw))


@dataclass(frozen=True)
class SecretText(Text):
    most: int = 4000
    reveals: bool = False

    def read(self, raw: object) -> Secret:
        return Secret(self.text(raw))


@dataclass(frozen=True)
class Wire(Text):
    """What goes over a wire, a character a byte; control characters are written as TOML does."""

    most: int = 40

    def read(self, raw: object) -> str:
        if not isinstance(raw, str):
            raise WrongValue(f"must be text between quotes, not {shown(raw)}")
        if len(raw) > self.most:
            raise WrongValue(f"must have {self.most} characters at most, not {len(raw)}")
        if any(ord(character) > 0xFF for character in raw):
            raise WrongValue("must be made of bytes: no character beyond \\u00ff")
        return raw


@dataclass(frozen=True)
class ScaleLines(Text):
    """The regular expression of a scale's lines."""

    def read(self, raw: object) -> str:
        text = self.text(raw)
        try:
            compile_lines(text)
        except ValueError as fault:
            raise WrongValue(str(fault)) from None
        return text


@dataclass(frozen=True)
class Url(Text):
    most: int = 1000

    def read(self, raw: object) -> str:
        text = self.text(raw)
        try:
            parts = urlsplit(text)
            named = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
            secret = parts.username is not None or parts.password is not None
        except ValueError:
            named = secret = False
        if secret:
            raise WrongValue("must not hold a user name or a password: they would be seen wherever it is shown")
        if not named:
            raise WrongValue('must be an address like "https://coop.example/kiosk"')
        return text


@dataclass(frozen=True)
class Zone(Text):
    def read(self, raw: object) -> ZoneInfo:
        text = self.text(raw)
        try:
            return ZoneInfo(text)
        except (KeyError, ValueError, OSError):
            near = meant(text, available_timezones())
            raise WrongValue(f'must be a time zone like "Europe/Paris", not {shown(raw)}{near}') from None


@dataclass(frozen=True)
class Choice(Kind):
    """One of a few words or numbers; ``make`` turns it into what the program uses."""

    options: tuple[str | int, ...]
    make: Callable[[Any], object]

    def read(self, raw: object) -> object:
        if not any(type(raw) is type(option) and raw == option for option in self.options):
            listed = ", ".join(shown(option) for option in self.options)
            near = meant(raw, map(str, self.options)) if isinstance(raw, str) else ""
            raise WrongValue(f"must be one of {listed}, not {shown(raw)}{near}")
        return self.make(raw)


@dataclass(frozen=True)
class Many(Kind):
    """A list of up to twenty, each once where ``make`` is a set."""

    item: Kind
    make: Callable[[list[object]], object]

    def read(self, raw: object) -> object:
        if not isinstance(raw, list):
            raise WrongValue(f"must be a list between [ and ], not {shown(raw)}")
        if len(raw) > 20:
            raise WrongValue(f"must have 20 items at most, not {len(raw)}")
        items = []
        for number, value in enumerate(raw, 1):
            try:
                items.append(self.item.read(value))
            except WrongValue as wrong:
                raise WrongValue(f"item {number} {wrong}") from None
        return self.make(items)


_BY_TYPE: dict[object, Kind] = {
    bool: Flag(),
    str: Text(),
    Path: FilePath(),
    Secret: SecretText(),
    ZoneInfo: Zone(),
}


def is_optional(annotation: object) -> bool:
    """Whether the key may be left out without a default: its type says ``| None``."""
    return get_origin(annotation) in (Union, UnionType) and NoneType in get_args(annotation)


def kind_of(annotation: Any) -> Kind:
    """The kind that an annotated type asks for.

    Raises:
        KeyError: no kind is known for it; a mistake in the declaration, not in a file.
    """
    arguments = get_args(annotation)
    origin = get_origin(annotation)
    kind: Kind
    if origin is Annotated:
        note = annotation.__metadata__[0]
        kind = Whole(note.least, note.most) if isinstance(note, Between) else note
    elif is_optional(annotation):
        kind = kind_of(next(argument for argument in arguments if argument is not NoneType))
    elif origin is Literal:
        kind = Choice(tuple(getattr(word, "value", word) for word in arguments), type(arguments[0]))
    elif origin in (tuple, frozenset):
        kind = Many(kind_of(arguments[0]), origin)
    elif isinstance(annotation, type) and issubclass(annotation, StrEnum):
        kind = Choice(tuple(member.value for member in annotation), annotation)
    else:
        kind = _BY_TYPE[annotation]
    return kind
