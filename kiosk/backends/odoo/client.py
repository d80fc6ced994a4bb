"""The few verbs of Odoo's ORM that a terminal needs, each bounded in time, over either way in."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

from kiosk.backends.odoo.faults import OdooFault
from kiosk.backends.odoo.rpc import Rpc
from kiosk.backends.odoo.values import Domain, Row, WrongAnswer, rows_of
from kiosk.backends.rest_transport import Deadline
from kiosk.errors import BackendUnavailable

SecondsLeft: TypeAlias = Callable[[], float]
"""How long the next call may take.

Raises:
    BackendUnavailable: no time is left.
"""

PAGE_ROWS: Final = 500
LONGEST_IDS: Final = 1000
"""Ids in one condition; more are asked for in several calls."""
MOST_PAGES: Final = 1000


def each_within(seconds: float) -> SecondsLeft:
    """Every call may take so long."""
    return lambda: seconds


def all_within(seconds: float) -> SecondsLeft:
    """All calls together may take so long."""
    deadline = Deadline()
    deadline.start(seconds)

    def left() -> float:
        try:
            return deadline.left()
        except TimeoutError as fault:
            raise BackendUnavailable(str(fault)) from fault

    return left


class Odoo:
    """One conversation with the server.

    Args:
        rpc: the way in.
        left: bounds each call.
        context: goes with every call: the language of labels, the time zone that days are reckoned in.
    """

    def __init__(self, rpc: Rpc, left: SecondsLeft, context: Mapping[str, str]) -> None:
        self._rpc = rpc
        self._left = left
        self._context = context

    def rows(
        self,
        model: str,
        domain: Domain,
        fields: Sequence[str],
        *,
        order: str = "",
        limit: int = 0,
        archived_too: bool = False,
    ) -> list[Row]:
        """The records that fit ``domain``."""
        named: dict[str, object] = {"fields": list(fields)}
        if order:
            named["order"] = order
        if limit:
            named["limit"] = limit
        answer = self._call(model, "search_read", (domain,), named, archived_too=archived_too)
        try:
            return rows_of(answer)
        except WrongAnswer as fault:
            raise BackendUnavailable(f"the answer about {model} cannot be read: {fault}") from fault

    def every(self, model: str, domain: Domain, fields: Sequence[str], *, archived_too: bool = False) -> Iterator[Row]:
        """All records that fit ``domain``, some hundred a call, in the order of their ids."""
        last_id = 0
        for _ in range(MOST_PAGES):
            page = self.rows(
                model, [("id", ">", last_id), *domain], fields, order="id", limit=PAGE_ROWS, archived_too=archived_too
            )
            yield from page
            if len(page) < PAGE_ROWS:
                return
            if page[-1].id <= last_id:
                break
            last_id = page[-1].id
        raise BackendUnavailable(f"the list of {model} does not end")

    def of(self, model: str, field: str, ids: Iterable[int], fields: Sequence[str]) -> Iterator[Row]:
        """The records whose ``field`` is one of ``ids``."""
        wanted = sorted(set(ids))
        for start in range(0, len(wanted), LONGEST_IDS):
            yield from self.every(model, [(field, "in", wanted[start : start + LONGEST_IDS])], fields)

    def create(self, model: str, values: Mapping[str, object]) -> int:
        """Make a record; returns its id."""
        answer = self._call(model, "create", (dict(values),), {})
        made = answer[0] if isinstance(answer, list) and len(answer) == 1 else answer
        if not isinstance(made, int) or isinstance(made, bool):
            raise BackendUnavailable(f"the answer names no new record of {model}")
        return made

    def write(self, model: str, id_: int, values: Mapping[str, object]) -> None:
        """Change a record, all of ``values`` in one transaction."""
        self._call(model, "write", ([id_], dict(values)), {})

    def call(self, model: str, method: str, *args: object) -> object:
        """Call a method; None where it returns nothing."""
        return self._call(model, method, args, {})

    def maybe_fields(self, model: str, names: Iterable[str]) -> Mapping[str, Mapping[str, Any]]:
        """Those of these fields that the model has, with their choices and labels; none without the model."""
        try:
            answer = self._call(model, "fields_get", (sorted(names),), {"attributes": ["type", "selection"]})
        except OdooFault:
            return {}
        if not isinstance(answer, dict):
            raise BackendUnavailable(f"the answer about the fields of {model} cannot be read")
        return answer

    def _call(
        self,
        model: str,
        method: str,
        args: Sequence[object],
        named: Mapping[str, object],
        *,
        archived_too: bool = False,
    ) -> object:
        context: dict[str, object] = dict(self._context)
        if archived_too:
            context["active_test"] = False
        return self._rpc.call(model, method, args, {**named, "context": context}, self._left())
