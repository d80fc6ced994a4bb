"""The details of a fact, as deep as they go: whom they name, the same under another name, and without them."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

NOBODYS = frozenset({"jar"})
"""Details that may read like a member's number and never are one."""


def texts_in(value: Any) -> Iterator[str]:
    """Every text that may name somebody."""
    match value:
        case str():
            yield value
        case Mapping():
            for key, item in value.items():
                if key not in NOBODYS:
                    yield from texts_in(item)
        case list() | tuple():
            for item in value:
                yield from texts_in(item)


def renamed(value: Any, names: Mapping[str, str]) -> Any:
    """The same with the new name in the place of each old one."""
    match value:
        case str():
            return names.get(value, value)
        case Mapping():
            return {key: item if key in NOBODYS else renamed(item, names) for key, item in value.items()}
        case list() | tuple():
            return [renamed(item, names) for item in value]
        case _:
            return value


def without(value: Any, gone: Collection[str]) -> Any:
    """The same without what is nothing but one of these names."""
    match value:
        case Mapping():
            return {
                key: item if key in NOBODYS else without(item, gone)
                for key, item in value.items()
                if key in NOBODYS or not _is_one_of(item, gone)
            }
        case list() | tuple():
            return [without(item, gone) for item in value if not _is_one_of(item, gone)]
        case _:
            return value


def _is_one_of(value: Any, gone: Collection[str]) -> bool:
    return isinstance(value, str) and value in gone
