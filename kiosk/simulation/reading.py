"""What a view says, as one text in which the promises of the screen look for words.

``repr`` would do, and takes a good part of a simulated year: this leaves out what no promise asks about.
"""

from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass
from datetime import date, time
from enum import Enum
from functools import cache
from operator import attrgetter
from typing import Any

from kiosk.views import Duration

_Reader = Callable[[Any, list[str]], None]


def text_of(view: object) -> str:
    """Every string of a view in quotes, its days and its minutes."""
    said: list[str] = []
    _reads_all((view,), said)
    return "\n".join(said)


def _reads_string(text: str, said: list[str]) -> None:
    said.append(f"'{text}'")


def _reads_day(day: date, said: list[str]) -> None:
    said.append(repr(day))


def _reads_minutes(duration: Duration, said: list[str]) -> None:
    said.append(f"minutes={duration.minutes}")


def _reads_all(parts: Iterable[Any], said: list[str]) -> None:
    for part in parts:
        _reader_of(type(part))(part, said)  # type: ignore[arg-type]  # classes have a hash


def _reads_nothing(_part: object, _said: list[str]) -> None:
    """A figure, a mood, the name of a picture."""


_WAYS: tuple[tuple[tuple[type, ...], _Reader], ...] = (
    ((Duration,), _reads_minutes),
    ((date,), _reads_day),
    ((Enum, int, float, time, type(None)), _reads_nothing),
    ((str,), _reads_string),
    ((tuple, frozenset), _reads_all),
)
"""The first that fits; all else is made of named parts."""


@cache
def _reader_of(kind: type[Any]) -> _Reader:
    for kinds, reader in _WAYS:
        if issubclass(kind, kinds):
            return reader
    if not is_dataclass(kind):
        raise TypeError(f"a view with a {kind.__name__} in it: what does it say?")
    names = [field.name for field in fields(kind)]
    if len(names) < 2:  # of which attrgetter makes no tuple
        return lambda part, said: _reads_all(tuple(getattr(part, name) for name in names), said)
    get = attrgetter(*names)
    return lambda part, said: _reads_all(get(part), said)
