"""Shifts and registrations of La Louve's modules, as the roster."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Final

from kiosk.backends.odoo.client import Odoo
from kiosk.backends.odoo.family import Window, Work
from kiosk.backends.odoo.foodcoop_people import FoodcoopPeople
from kiosk.backends.odoo.habits import Tools
from kiosk.backends.odoo.survey import Survey
from kiosk.backends.odoo.values import Domain, Row, utc_text
from kiosk.types import Assignment, Shift, ShiftId

WEEKS: Final = "ABCD"
TAKEN: Final = frozenset({"draft", "open", "replacing", "done", "absent"})
"""Registrations that are a place on the shift. The others stand for somebody who is not to come."""
_SLOT: Final = re.compile(r"\s*(?:-\s*)?[A-D]?\w{2,4}\.? - \d{1,2}:\d{2}\s*$")
"""The end of a shift's name that says when it is, ``BMo - 23:00``; what stands before it is what the work is."""


class FoodcoopWork:
    """Reads ``shift.shift`` and ``shift.registration``."""

    def __init__(self, survey: Survey, tools: Tools, people: FoodcoopPeople) -> None:
        self._survey = survey
        self._tools = tools
        self._people = people

    def work(self, odoo: Odoo, window: Window, since: str | None) -> Work:
        if not self._survey.can("read", "shift.shift", "shift.registration"):
            return Work()
        begins: Domain = [
            ("date_begin", ">=", utc_text(window.since)),
            ("date_begin", "<", utc_text(window.until)),
        ]
        if since is not None:
            return self._changes(odoo, begins, since)
        # Technical shifts only close the counters of flying members: nobody comes for them.
        domain: Domain = [*begins, ("shift_type_id.is_ftop", "=", False)]
        rows = [row for row in odoo.every("shift.shift", domain, self._shift_fields()) if row.text("state") != "cancel"]
        registrations = list(odoo.of("shift.registration", "shift_id", (row.id for row in rows), _PLACE_FIELDS))
        taken = tuple(self._places(registrations, TAKEN))
        return Work(
            shifts=tuple(self._shift(row, taken) for row in rows),
            places=taken,
            cycle_start=self._maybe_cycle_start(rows),
        )

    def _changes(self, odoo: Odoo, begins: Domain, since: str) -> Work:
        domain: Domain = [*begins, ("write_date", ">=", since), ("shift_type_id.is_ftop", "=", False)]
        rows = list(odoo.every("shift.shift", domain, self._shift_fields()))
        registrations = list(odoo.every("shift.registration", [*begins, ("write_date", ">=", since)], _PLACE_FIELDS))
        taken = tuple(self._places(registrations, TAKEN))
        given_up = (place for place in self._places(registrations, None) if place not in taken)
        return Work(
            complete=False,
            shifts=tuple(self._shift(row, taken) for row in rows if row.text("state") != "cancel"),
            places=taken,
            dropped_shifts=frozenset(ShiftId(str(row.id)) for row in rows if row.text("state") == "cancel"),
            dropped_places=frozenset((place.shift_id, place.member_id) for place in given_up),
        )

    def _places(self, rows: Iterable[Row], states: frozenset[str] | None) -> Iterator[Assignment]:
        for row in rows:
            partner, shift, state = row.maybe_link("partner_id"), row.maybe_link("shift_id"), row.text("state")
            if partner is not None and shift is not None and (states is None or state in states):
                yield Assignment(
                    shift_id=ShiftId(str(shift.id)),
                    member_id=self._people.id_of(partner.id),
                    first_name="",
                    present=state == "done",
                )

    def _shift_fields(self) -> tuple[str, ...]:
        return self._survey.fields["shift.shift"]

    def _shift(self, row: Row, taken: Iterable[Assignment]) -> Shift:
        id_ = ShiftId(str(row.id))
        return Shift(
            id=id_,
            job=_SLOT.sub("", row.text("name")) or self._tools.habits.shift_word,
            starts_at=row.moment("date_begin", self._tools.zone),
            ends_at=row.moment("date_end", self._tools.zone),
            # Without a limit there is room for those who are booked; how many are wanted, nobody has said.
            places=row.number("seats_max") or sum(place.shift_id == id_ for place in taken),
            week=row.text("week_name"),
        )

    def _maybe_cycle_start(self, rows: Iterable[Row]) -> date | None:
        for row in rows:
            week = row.text("week_name")
            if len(week) == 1 and week in WEEKS:
                day = row.moment("date_begin", self._tools.zone).astimezone(self._tools.zone).date()
                return day - timedelta(days=day.weekday(), weeks=WEEKS.index(week))
        return None


_PLACE_FIELDS: Final = ("partner_id", "shift_id", "state")
