"""Who has come, with BEES coop's modules: on the attendance sheet of the slot, else on the shift itself.

The scan of their own welcome screen cannot be called from outside, so the rows are written. An added row is written
through its sheet: only that keeps a worker from standing there twice. A coordinator validates the sheet; until then no
counter moves. Nobody is ever marked absent.
"""

from datetime import timedelta
from typing import Final

from kiosk.backends.base import Accepted, Outcome, Refused, Retry
from kiosk.backends.odoo.client import Odoo
from kiosk.backends.odoo.habits import Tools
from kiosk.backends.odoo.obeesdoo_people import ObeesdooPeople
from kiosk.backends.odoo.obeesdoo_work import ADDED_FIELDS, EXPECTED_FIELDS, OPEN_SHEET, Slot
from kiosk.backends.odoo.survey import Survey
from kiosk.backends.odoo.values import Domain, Row, utc_text
from kiosk.types import Fact

SHEET_PAUSE_SECONDS: Final = 60.0
"""Sheets are made by a timer of the server, some minutes before the slot."""
NEARLY: Final = timedelta(minutes=1)
"""Times of sheets and shifts may differ by seconds."""

_NOT_THERE: Final = Refused("Odoo does not know this member or this shift")
_VALIDATED: Final = Refused("the attendance sheet of this shift is validated already")


class ObeesdooPresence:
    """Writes ``shift.sheet``, its rows, and ``shift.shift``."""

    def __init__(self, survey: Survey, tools: Tools, people: ObeesdooPeople) -> None:
        self._survey = survey
        self._tools = tools
        self._people = people

    def check_in(self, odoo: Odoo, fact: Fact) -> Outcome:
        """Note who has come."""
        slot, found = Slot.maybe_of(fact.shift_id), self._people.worker_of(odoo, fact.member_id)
        if slot is None or found is None:
            return _NOT_THERE
        worker, mode = found
        early = timedelta(minutes=self._tools.habits.check_in_opens_minutes) + NEARLY
        if (self._tools.time.when(fact.happened) or self._tools.time.now()) < slot.starts_at - early:
            return Refused("the shift was still to come at that time")
        sheet = self._maybe_sheet(odoo, slot)
        if sheet is not None:
            return self._on_sheet(odoo, sheet, slot, worker, mode)
        if self._survey.has("shift.sheet") and self._tools.time.now() < slot.ends_at:
            return Retry(SHEET_PAUSE_SECONDS, "the attendance sheet of this shift is not there yet")
        return self._on_shift(odoo, slot, worker, mode)

    def take_back(self, odoo: Odoo, fact: Fact) -> Outcome:
        """Undo a presence where nothing is left of it."""
        slot, found = Slot.maybe_of(fact.shift_id), self._people.worker_of(odoo, fact.member_id)
        if slot is None or found is None:
            return _NOT_THERE
        worker, _ = found
        sheet = self._maybe_sheet(odoo, slot)
        if sheet is not None:
            return self._off_sheet(odoo, sheet, worker)
        for row in self._own_rows(odoo, slot, worker):
            if row.text("state") == "done":
                if not row.flag("is_regular"):
                    return Refused("this worker was not on the fixed list: take the presence back in Odoo by hand")
                # These modules keep what a shift changed, and give it back.
                odoo.write("shift.shift", row.id, {"state": "open"})
        return Accepted()

    # ── on a sheet ────────────────────────────────────────────────────────────────────────────────────────────────

    def _maybe_sheet(self, odoo: Odoo, slot: Slot) -> Row | None:
        if not self._survey.has("shift.sheet"):
            return None
        domain: Domain = [
            *(
                ("start_time", ">", utc_text(slot.starts_at - NEARLY)),
                ("start_time", "<", utc_text(slot.starts_at + NEARLY)),
            ),
            *(("end_time", ">", utc_text(slot.ends_at - NEARLY)), ("end_time", "<", utc_text(slot.ends_at + NEARLY))),
        ]
        rows = odoo.rows("shift.sheet", domain, self._survey.fields["shift.sheet"], limit=1)
        return rows[0] if rows else None

    def _on_sheet(self, odoo: Odoo, sheet: Row, slot: Slot, worker: int, mode: str) -> Outcome:
        for model, row in self._sheet_rows(odoo, sheet, worker):
            if row.text("state") == "done":
                return Accepted()
            if sheet.text("state") != OPEN_SHEET:
                return _VALIDATED
            if _is_replaced(row, worker):
                return Refused("somebody else stands in for this worker on the attendance sheet")
            odoo.write(model, row.id, {"state": "done"})
            return Accepted()
        if sheet.text("state") != OPEN_SHEET:
            return _VALIDATED
        added = {
            "worker_id": worker,
            "task_type_id": slot.job or False,
            "state": "done",
            "is_compensation": mode == "regular",
        }
        odoo.write("shift.sheet", sheet.id, {"added_shift_ids": [(0, 0, added)]})
        return Accepted()

    def _off_sheet(self, odoo: Odoo, sheet: Row, worker: int) -> Outcome:
        for model, row in self._sheet_rows(odoo, sheet, worker):
            if row.text("state") != "done":
                continue
            if sheet.text("state") != OPEN_SHEET:
                return _VALIDATED
            if model == "shift.sheet.expected":
                default = odoo.call(model, "default_get", ["state"])
                before = default.get("state") if isinstance(default, dict) else None
                if not isinstance(before, str):
                    return Refused("Odoo does not tell how this row of the attendance sheet began: put it right there")
                odoo.write(model, row.id, {"state": before})
            else:
                maker = row.maybe_link("create_uid")
                if maker is None or maker.id != self._survey.user_id:
                    return Refused("this row of the attendance sheet was not made here: take it out in Odoo by hand")
                odoo.write("shift.sheet", sheet.id, {"added_shift_ids": [(2, row.id)]})
        return Accepted()

    @staticmethod
    def _sheet_rows(odoo: Odoo, sheet: Row, worker: int) -> list[tuple[str, Row]]:
        """The worker's own rows, those first on which they are to work themselves."""
        expected = odoo.rows(
            "shift.sheet.expected",
            [("attendance_sheet_id", "=", sheet.id), "|", ("worker_id", "=", worker), ("replaced_id", "=", worker)],
            EXPECTED_FIELDS,
        )
        added = odoo.rows(
            "shift.sheet.added", [("attendance_sheet_id", "=", sheet.id), ("worker_id", "=", worker)], ADDED_FIELDS
        )
        found = [("shift.sheet.expected", row) for row in expected] + [("shift.sheet.added", row) for row in added]
        return sorted(found, key=lambda pair: _is_replaced(pair[1], worker))

    # ── without a sheet ───────────────────────────────────────────────────────────────────────────────────────────

    def _on_shift(self, odoo: Odoo, slot: Slot, worker: int, mode: str) -> Outcome:
        wait = (slot.starts_at - self._tools.time.now()).total_seconds()
        if wait > 0:
            return Retry(wait, "these modules take no presence before a shift begins")
        for row in self._own_rows(odoo, slot, worker):
            state = row.text("state")
            if state == "done":
                return Accepted()
            if state != "open":
                return Refused(f"the shift is « {self._survey.label('shift.shift', 'state', state)} » in Odoo")
            odoo.write("shift.shift", row.id, {"state": "done"})
            return Accepted()
        free = odoo.rows(
            "shift.shift", [*_at(slot), ("worker_id", "=", False), ("state", "=", "open")], ["state"], limit=1
        )
        if not free:
            return Refused("no place is left on this shift")
        taken = {"worker_id": worker, "is_regular": False, "is_compensation": mode == "regular", "state": "done"}
        odoo.write("shift.shift", free[0].id, taken)
        return Accepted()

    def _own_rows(self, odoo: Odoo, slot: Slot, worker: int) -> list[Row]:
        own: Domain = ["|", ("worker_id", "=", worker), ("replaced_id", "=", worker)]
        if not self._survey.has("shift.shift", "replaced_id"):
            own = [("worker_id", "=", worker)]
        rows = odoo.rows("shift.shift", [*_at(slot), *own], self._survey.fields["shift.shift"])
        return [row for row in rows if not _is_replaced(row, worker)]


def _is_replaced(row: Row, worker: int) -> bool:
    """Somebody else does this worker's shift."""
    instead = row.maybe_link("replaced_id")
    return instead is not None and instead.id != worker


def _at(slot: Slot) -> Domain:
    return [
        ("start_time", "=", utc_text(slot.starts_at)),
        ("end_time", "=", utc_text(slot.ends_at)),
        ("task_type_id", "=", slot.job or False),
    ]
