"""What Odoo's answers mean, in one place: ``false`` for nothing, naive UTC, wall clocks, and links as ``[id, label]``.

An answer is somebody else's: a value of another kind than expected is :class:`WrongAnswer`, never a guess.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Any, TypeAlias

from kiosk.backends.shown import shown_line

TIME_FORMAT = "%Y-%m-%d %H:%M:%S"
LONGEST_TEXT = 200

Domain: TypeAlias = list[Any]
"""A search condition in Odoo's own prefix notation: triples, and the operators ``&``, ``|`` and ``!`` before them."""


class WrongAnswer(ValueError):
    """Error raised when a field holds something that its type cannot hold."""


@dataclass(frozen=True, slots=True)
class Link:
    """A many2one: the id of a record of another model, and how Odoo calls it; from version 17 on perhaps not at all."""

    id: int
    label: str


@dataclass(frozen=True, slots=True)
class Row:
    """One record as it was read. Every reader takes a field's absence for emptiness: optional fields are often absent.

    Every reader raises :class:`WrongAnswer`.
    """

    fields: Mapping[str, Any]

    @property
    def id(self) -> int:
        return self.number("id")

    def text(self, name: str) -> str:
        """A line of text without what cannot be shown; empty for ``false``."""
        value = self._value(name, str, "text")
        return shown_line(value or "")[:LONGEST_TEXT].strip()

    def flag(self, name: str) -> bool:
        value = self._value(name, bool, "yes or no")
        return bool(value)

    def number(self, name: str) -> int:
        """A whole number; 0 for ``false``."""
        value = self._value(name, int, "a number")
        return int(value or 0)

    def points(self, name: str) -> float:
        """A counter, which Odoo keeps as a whole or a broken number; 0 for ``false``."""
        value = self._value(name, (int, float), "a number")
        return float(value or 0)

    def maybe_link(self, name: str) -> Link | None:
        value = self._value(name, list, "a link")
        if value is None:
            return None
        match value:
            case [int(id_), str() | False | None as label] if not isinstance(id_, bool):
                return Link(id_, shown_line(label or "")[:LONGEST_TEXT].strip())
        raise WrongAnswer(f"{name} is no link")

    def ids(self, name: str) -> tuple[int, ...]:
        """The ids of a one2many or many2many."""
        value = self._value(name, list, "a list of ids") or []
        if not all(isinstance(item, int) and not isinstance(item, bool) for item in value):
            raise WrongAnswer(f"{name} is no list of ids")
        return tuple(value)

    def maybe_day(self, name: str) -> date | None:
        """A date, or the day of a moment: some versions keep one for the other."""
        text = self._value(name, str, "a day")
        if not text:
            return None
        try:
            return date.fromisoformat(text[:10])
        except ValueError:
            raise WrongAnswer(f"{name} is no day") from None

    def maybe_moment(self, name: str, zone: tzinfo | None = None) -> datetime | None:
        """A moment, aware UTC.

        Args:
            name: of the field in UTC.
            zone: given, a field of the same name with ``_tz`` behind it counts first where it is filled: the wall clock
                in ``zone`` that people were told. The UTC field is reckoned from it in the time zone of whoever made
                the record, which may have been another.
        """
        wall = None if zone is None else self._maybe_clock(f"{name}_tz")
        if wall is not None:
            return wall.replace(tzinfo=zone).astimezone(UTC)
        naive = self._maybe_clock(name)
        return None if naive is None else naive.replace(tzinfo=UTC)

    def moment(self, name: str, zone: tzinfo | None = None) -> datetime:
        """Like :meth:`maybe_moment`, of a field that is never empty."""
        found = self.maybe_moment(name, zone)
        if found is None:
            raise WrongAnswer(f"{name} is empty")
        return found

    def _maybe_clock(self, name: str) -> datetime | None:
        text = self._value(name, str, "a time")
        if not text:
            return None
        try:
            return datetime.strptime(text[:19], TIME_FORMAT)  # noqa: DTZ007  what zone it is in, the caller knows
        except ValueError:
            raise WrongAnswer(f"{name} is no time") from None

    def _value(self, name: str, kind: type | tuple[type, ...], what: str) -> Any:
        """The value, None for ``false`` and ``null``; ``false`` in a field of yes or no is a value too."""
        value = self.fields.get(name)
        if value is None or value is False:
            return None
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise WrongAnswer(f"{name} is not {what}")
        return value


def rows_of(answer: object) -> list[Row]:
    """The records of an answer.

    Raises:
        WrongAnswer: it is no list of records with ids.
    """
    if not isinstance(answer, list):
        raise WrongAnswer("no list of records")
    rows = []
    for item in answer:
        if not isinstance(item, dict) or not isinstance(item.get("id"), int):
            raise WrongAnswer("a record without an id")
        rows.append(Row(item))
    return rows


def utc_text(moment: datetime) -> str:
    """A moment as Odoo writes it: naive, in UTC, to the second."""
    return moment.astimezone(UTC).strftime(TIME_FORMAT)
