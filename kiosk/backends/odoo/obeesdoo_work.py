"""The roster of BEES coop's modules: ``shift.shift`` is one worker's place, ``shift.sheet`` the attendance of a slot.

A shift of the terminal is what has no record of its own there: all places of one job at the same hours.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from kiosk.backends.odoo.client import Odoo
from kiosk.backends.odoo.family import Window, Work
from kiosk.backends.odoo.habits import Tools
from kiosk.backends.odoo.survey import Survey
from kiosk.backends.odoo.values import Domain, Link, Row, utc_text
from kiosk.backends.odoo.wants import SHEET_MODELS
from kiosk.types import Assignment, MemberId, Shift, ShiftId

_STAMP: Final = "%Y%m%dT%H%M%S"
OPEN_SHEET: Final = "not_validated"


@dataclass(frozen=True, slots=True)
class Slot:
    """The hours of a shift, aware UTC, and its job (``shift.type``); 0 where it has none."""

    starts_at: datetime
    ends_at: datetime
    job: int

    @property
    def id(self) -> ShiftId:
        return ShiftId(f"{self.starts_at:{_STAMP}}-{self.ends_at:{_STAMP}}-{self.job}")

    @classmethod
    def maybe_of(cls, shift: ShiftId | None) -> "Slot | None":
        """The slot behind an id of :attr:`id`; None where another backend gave it."""
        try:
            starts, ends, job = (shift or "").split("-")
            return cls(_utc(starts), _utc(ends), int(job))
        except ValueError:
            return None


def _utc(stamp: str) -> datetime:
    return datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)


class ObeesdooWork:
    """Reads ``shift.shift`` and the sheets."""

    def __init__(self, survey: Survey, tools: Tools) -> None:
        self._survey = survey
        self._tools = tools

    def work(self, odoo: Odoo, window: Window, since: str | None) -> Work:
        if since is not None or not self._survey.can("read", "shift.shift"):
            # A slot is known only whole; what changes far ahead shows in the next full round, or when it comes near.
            return Work(complete=since is None)
        starts: Domain = [("start_time", ">=", utc_text(window.since)), ("start_time", "<", utc_text(window.until))]
        slots: dict[Slot, tuple[Link | None, list[Row]]] = {}
        for row in odoo.every("shift.shift", starts, self._survey.fields["shift.shift"]):
            if row.text("state") != "cancel":
                job = row.maybe_link("task_type_id")
                slot = Slot(row.moment("start_time"), row.moment("end_time"), 0 if job is None else job.id)
                slots.setdefault(slot, (job, []))[1].append(row)
        places = {(place.shift_id, place.member_id): place for place in self._places(slots)}
        if self._survey.can("write", "shift.sheet", "shift.sheet.expected") and self._survey.can("read", *SHEET_MODELS):
            for place in self._on_sheets(odoo, starts, slots):
                places[place.shift_id, place.member_id] = place
        return Work(
            shifts=tuple(self._shift(slot, job, len(rows)) for slot, (job, rows) in slots.items()),
            places=tuple(places.values()),
        )

    def _shift(self, slot: Slot, job: Link | None, places: int) -> Shift:
        return Shift(
            id=slot.id,
            job=(job and job.label) or self._tools.habits.shift_word,
            starts_at=slot.starts_at,
            ends_at=slot.ends_at,
            places=places,
        )

    @staticmethod
    def _places(slots: dict[Slot, tuple[Link | None, list[Row]]]) -> Iterator[Assignment]:
        for slot, (_, rows) in slots.items():
            for row in rows:
                worker = row.maybe_link("replaced_id") or row.maybe_link("worker_id")
                if worker is not None:
                    yield _place(slot, worker, present=row.text("state") == "done")

    def _on_sheets(self, odoo: Odoo, starts: Domain, slots: Iterable[Slot]) -> Iterator[Assignment]:
        """Who is noted on a sheet that no coordinator has validated yet: until then ``shift.shift`` knows nothing."""
        sheets = {
            sheet.id: sheet
            for sheet in odoo.every(
                "shift.sheet", [*starts, ("state", "=", OPEN_SHEET)], self._survey.fields["shift.sheet"]
            )
        }
        for model, fields in (("shift.sheet.expected", EXPECTED_FIELDS), ("shift.sheet.added", ADDED_FIELDS)):
            for row in odoo.of(model, "attendance_sheet_id", sheets, fields):
                worker = row.maybe_link("replaced_id") or row.maybe_link("worker_id")
                sheet, job = row.maybe_link("attendance_sheet_id"), row.maybe_link("task_type_id")
                if worker is None or sheet is None or row.text("state") != "done":
                    continue
                slot = _slot_of(sheets[sheet.id], job, slots)
                if slot is not None:
                    yield _place(slot, worker, present=True)


EXPECTED_FIELDS: Final = ("attendance_sheet_id", "worker_id", "replaced_id", "task_type_id", "state")
ADDED_FIELDS: Final = ("attendance_sheet_id", "worker_id", "task_type_id", "state", "create_uid")


def _slot_of(sheet: Row, job: Link | None, slots: Iterable[Slot]) -> Slot | None:
    """The slot of a row of a sheet: that of its job, or any at the sheet's hours."""
    hours = (sheet.moment("start_time"), sheet.moment("end_time"))
    found = [slot for slot in slots if (slot.starts_at, slot.ends_at) == hours]
    return next((slot for slot in found if job is not None and slot.job == job.id), found[0] if found else None)


def _place(slot: Slot, worker: Link, *, present: bool) -> Assignment:
    return Assignment(shift_id=slot.id, member_id=MemberId(str(worker.id)), first_name="", present=present)
