"""Frozen values to JSON text and back, by their type hints.

What a later version added is ignored and what an earlier one lacked gets its default, so a snapshot outlives both an
upgrade and the way back. A field that has its default is not written.
"""

import json
from collections.abc import Callable, Hashable
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime, time
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, TypeVar, Union, cast, get_args, get_origin, get_type_hints

_V = TypeVar("_V")
_AS_IS: Final = (str, int, float, bool)


def to_json(value: object) -> str:
    """A frozen dataclass of the vocabulary as one line of JSON."""
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))


def from_json(kind: type[_V], text: str) -> _V:
    """The value written by :func:`to_json`.

    Raises:
        ValueError: the text does not hold such a value.
    """
    try:
        value: _V = _reader(cast("Hashable", kind))(json.loads(text))
        return value
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"not a {kind.__name__}") from error


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, _AS_IS):
        return value
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(_plain(item) for item in value)  # type: ignore[type-var]  # sets hold texts or days
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if is_dataclass(value):
        return {
            part.name: _plain(held) for part in fields(value) if (held := getattr(value, part.name)) != _default(part)
        }
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def _default(part: "Field[Any]") -> object:
    return part.default_factory() if part.default_factory is not MISSING else part.default


@cache
def _reader(hint: Any) -> Callable[[Any], Any]:
    """What turns plain JSON into a value of the type ``hint``."""
    hint = getattr(hint, "__supertype__", hint)
    if hint in _AS_IS:
        return lambda plain: plain
    if get_origin(hint) in {Union, UnionType}:
        (inner,) = (_reader(option) for option in get_args(hint) if option is not NoneType)
        return lambda plain: None if plain is None else inner(plain)
    if get_origin(hint) in {tuple, frozenset}:
        container, item = get_origin(hint), _reader(get_args(hint)[0])
        return lambda plain: container(item(element) for element in plain)
    if is_dataclass(hint):
        return _dataclass_reader(hint)
    if issubclass(hint, datetime | date | time):
        return hint.fromisoformat  # type: ignore[no-any-return]  # a class method of each of the three
    return hint  # type: ignore[no-any-return]  # an enum is called with its value


def _dataclass_reader(kind: Any) -> Callable[[Any], Any]:
    hints = get_type_hints(kind)
    readers = {part.name: _reader(hints[part.name]) for part in fields(kind)}

    def read(plain: Any) -> Any:
        return kind(**{name: readers[name](value) for name, value in plain.items() if name in readers})

    return read
