"""What a view says, as one text in which the promises of the screen look for words.

``repr`` would do, and takes a good part of a simulated year: this leaves out what no promise asks about.
"""

from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass
from datetime import date, time
from enum import Enum
from functools import cache
from operator import attrgetter
from typing import Any, get_args, get_type_hints

from kiosk.view_parts import Duration, Say

_Reader = Callable[[Any, list[str]], None]


def text_of(view: object) -> str:
    """Every string of a view in quotes, its days and its minutes."""
    said: list[str] = []
    _reads_all((view,), said)
    return "\n".join(said)


def _reads_day(day: date, said: list[str]) -> None:
    said.append(repr(day))


def _reads_minutes(duration: Duration, said: list[str]) -> None:
    said.append(f"minutes={duration.minutes}")


def _reads_sentence(sentence: Say, said: list[str]) -> None:
    said.append(f"'{sentence.key}'")
    if sentence.values:
        _reads_all([value for _, value in sentence.values], said)


def _reads_all(parts: Iterable[Any], said: list[str]) -> None:
    for part in parts:
        kind = type(part)
        # Most parts by far: a word, or nothing.
        if kind is str:
            said.append(f"'{part}'")
        elif part:
            _reader_of(kind)(part, said)  # type: ignore[arg-type]  # classes have a hash


def _reads_nothing(_part: object, _said: list[str]) -> None:
    """A figure, a mood, the name of a picture."""


_WORDLESS = (Enum, int, float, time, type(None))

_WAYS: tuple[tuple[tuple[type, ...], _Reader], ...] = (
    ((Say,), _reads_sentence),
    ((Duration,), _reads_minutes),
    ((date,), _reads_day),
    (_WORDLESS, _reads_nothing),
    ((tuple, frozenset), _reads_all),
)
"""The first that fits; all else is made of named parts."""


def _is_wordless(hint: Any) -> bool:
    return all(isinstance(kind, type) and issubclass(kind, _WORDLESS) for kind in get_args(hint) or (hint,))


@cache
def _reader_of(kind: type[Any]) -> _Reader:
    for kinds, reader in _WAYS:
        if issubclass(kind, kinds):
            return reader
    if not is_dataclass(kind):
        raise TypeError(f"a view with a {kind.__name__} in it: what does it say?")
    hints = get_type_hints(kind)
    names = [field.name for field in fields(kind) if not _is_wordless(hints[field.name])]
    if len(names) < 2:  # of which attrgetter makes no tuple
        return lambda part, said: _reads_all(tuple(getattr(part, name) for name in names), said)
    get = attrgetter(*names)
    return lambda part, said: _reads_all(get(part), said)
