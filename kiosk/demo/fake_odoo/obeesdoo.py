"""BEES coop's modules as they behave: a shift is one worker's place, sheets hold presences until they are validated."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from kiosk.demo.fake_odoo.faults import broken_constraint, user_error
from kiosk.demo.fake_odoo.records import TIME_FORMAT, Database, Field, Table, User, Values, fields

SHEETS: Final = "Shift Attendance/Attendance Sheet Generic Access"
SHIFTS: Final = "Shift/Attendance"
ALL_GROUPS: Final = frozenset({SHEETS, SHIFTS})

STATES: Final = (
    ("ok", "A jour"),
    ("alert", "Alerte"),
    ("suspended", "Alerte rouge"),
    ("extension", "Extension"),
    ("unsubscribed", "Gelé(e)"),
    ("exempted", "Exempté(e)"),
    ("holiday", "Pause"),
    ("resigning", "En démission"),
)
MODES: Final = (("regular", "Travailleur régulier"), ("irregular", "Volant"), ("exempt", "Exempté"))
SHIFT_STATES: Final = (
    ("open", "Confirmé"),
    ("done", "Présent"),
    ("absent_2", "Absent - 2 compensations"),
    ("absent_1", "Absent - 1 compensation"),
    ("absent_0", "Absent - 0 compensation"),
    ("cancel", "Annulé"),
)
MAY_SHOP: Final = frozenset({"ok", "alert", "extension", "exempted"})
SHEET_MINUTES: Final = 15
ROW_DEFAULT: Final = "absent_2"


class ObeesdooDatabase(Database):
    """``shift``, ``shift_worker_status``, ``shift_attendance`` and ``member_card``.

    Args:
        serie: the version.
        now: the server's clock.
        with_sheets: ``shift_attendance`` is installed; on 16 it is not.
    """

    def __init__(self, serie: str, now: Callable[[], datetime], *, with_sheets: bool = True) -> None:
        super().__init__(serie, now)
        self.tables.update(self._tables())
        if with_sheets:
            self.tables.update(self._sheet_tables())
        self.rights = {
            **{(model, "read"): ALL_GROUPS for model in self.tables if model not in {"res.users", "res.lang"}},
            **{(model, "write"): ALL_GROUPS for model in self.tables if model.startswith("shift.")},
        }
        self.methods = {
            ("shift.sheet.expected", "default_get"): self._default_get,
            ("shift.extension", "auto_ext"): self._extend,
        }

    def _tables(self) -> dict[str, Table]:
        return {
            "res.partner": Table(
                fields(
                    *("name", "active", "barcode", "can_shop", "is_worker", "super", "next_shift_date"),
                    eater=Field(selection=(("eater", "Mangeur"), ("worker_eater", "Mangeur et travailleur"))),
                    parent_eater_id=Field("res.partner"),
                    child_eater_ids=Field("res.partner", inverse="parent_eater_id"),
                    state=Field(selection=STATES),
                    working_mode=Field(selection=MODES),
                    next_shift_id=Field("shift.shift"),
                    cooperative_status_ids=Field("cooperative.status", inverse="cooperator_id"),
                )
            ),
            "cooperative.status": Table(
                fields(
                    *("sr", "sc", "alert_start_time", "extension_start_time", "time_extension", "holiday_start_time"),
                    *("holiday_end_time", "temporary_exempt_end_date", "next_countdown_date", "future_alert_date"),
                    status=Field(selection=STATES),
                    working_mode=Field(selection=MODES),
                    can_shop=Field(compute=lambda row: row["status"] in MAY_SHOP),
                    cooperator_id=Field("res.partner"),
                    next_shift_id=Field("shift.shift"),
                )
            ),
            "shift.type": Table(fields("name")),
            "shift.shift": Table(
                fields(
                    *("name", "start_time", "end_time", "is_regular", "is_compensation", "revert_info"),
                    task_type_id=Field("shift.type"),
                    worker_id=Field("res.partner"),
                    replaced_id=Field("res.partner"),
                    super_coop_id=Field("res.users"),
                    state=Field(selection=SHIFT_STATES),
                )
            ),
            "shift.extension": Table(fields("auto", cooperator_id=Field("res.partner"))),
            "member.card": Table(fields("barcode", "valid", "end_date", "comment", partner_id=Field("res.partner"))),
        }

    def _sheet_tables(self) -> dict[str, Table]:
        row = fields(
            *("is_compensation",),
            attendance_sheet_id=Field("shift.sheet"),
            worker_id=Field("res.partner"),
            task_type_id=Field("shift.type"),
            state=Field(selection=SHIFT_STATES[1:]),
            working_mode=Field(compute=lambda row: self._mode(row["worker_id"])),
        )
        return {
            "shift.sheet": Table(
                fields(
                    *("name", "start_time", "end_time", "state", "max_worker_no"),
                    expected_shift_ids=Field("shift.sheet.expected", inverse="attendance_sheet_id"),
                    added_shift_ids=Field("shift.sheet.added", inverse="attendance_sheet_id"),
                )
            ),
            "shift.sheet.expected": Table(
                {**row, "task_id": Field("shift.shift"), "replaced_id": Field("res.partner")}
            ),
            "shift.sheet.added": Table(dict(row)),
        }

    def _mode(self, worker: int) -> Any:
        row = self.row("res.partner", worker)
        return False if row is None else row["working_mode"]

    def restate(self, partner: int) -> None:
        """Let the partner mirror its status, as the modules do where they are all installed."""
        for status in self.where("cooperative.status", cooperator_id=partner):
            can_shop = self.value("cooperative.status", status, "can_shop")
            mirrored = {"state": status["status"], "working_mode": status["working_mode"], "can_shop": can_shop}
            self.touch("res.partner", partner, **mirrored)

    def _extend(self, user: User, ids: list[int]) -> None:
        """The wizard of an extension: the way back for somebody who is suspended, and for nobody else."""
        for wizard in self.existing(user, "shift.extension", ids):
            for status in self.where("cooperative.status", cooperator_id=wizard["cooperator_id"], status="suspended"):
                today = self.now().date().isoformat()
                self.touch("cooperative.status", status["id"], status="extension", extension_start_time=today)
                self.restate(wizard["cooperator_id"])

    # ── shifts ────────────────────────────────────────────────────────────────────────────────────────────────────

    def before_write(self, user: User, model: str, row: Values, values: Values) -> None:
        if model == "shift.shift" and values.get("state", "open") not in {"open", "cancel"}:
            if row["start_time"] > self.stamp():
                raise broken_constraint("Shift state of a future shift can't be set to 'present' or 'absent'.")
            worker = values.get("worker_id", row["worker_id"])
            if worker and self._mode(worker) not in {"regular", "irregular"}:
                raise user_error("Working mode is not properly defined. Please check the worker is subscribed")
        elif model == "shift.sheet" and "added_shift_ids" in values:
            self._lock(row)
            for command in values["added_shift_ids"]:
                self._command(user, row, command)
        elif model.startswith("shift.sheet."):
            self._lock(self.tables["shift.sheet"].rows[row["attendance_sheet_id"]])

    def after_write(self, model: str, row: Values, before: Values) -> None:
        if model != "shift.shift" or row["state"] == before["state"]:
            return
        for status in self.where("cooperative.status", cooperator_id=row["worker_id"]):
            # What a state changed is kept, and given back by the next one.
            counters = {"sr": status["sr"], "sc": status["sc"]}
            name, change = row["revert_info"] or ("sr", 0)
            counters[name] -= change
            name, change = self._worth(row, status)
            counters[name] += change
            row["revert_info"] = (name, change) if change else False
            self.touch("cooperative.status", status["id"], **counters)

    @staticmethod
    def _worth(row: Values, status: Values) -> tuple[str, int]:
        match row["state"]:
            case "done" if status["working_mode"] == "irregular":
                return "sr", 1
            case "done" if row["is_compensation"]:
                return "sc", 1
            case "absent_2" if status["working_mode"] == "regular":
                return "sr", -1
        return "sr", 0

    # ── sheets ────────────────────────────────────────────────────────────────────────────────────────────────────

    @staticmethod
    def _lock(sheet: Values) -> None:
        if sheet["state"] == "validated":
            raise broken_constraint("The sheet has already been validated and can't be edited.")

    def _command(self, user: User, sheet: Values, command: Sequence[Any]) -> None:
        """One command of a one2many: (0, 0, values) adds a row, (2, id) takes it out."""
        if command[0] == 2:
            self.tables["shift.sheet.added"].rows.pop(command[1], None)
            return
        values = {"state": ROW_DEFAULT, **command[2], "attendance_sheet_id": sheet["id"], "create_uid": user.id}
        there = [
            worker
            for model in ("shift.sheet.expected", "shift.sheet.added")
            for row in self.where(model, attendance_sheet_id=sheet["id"])
            for worker in (row["worker_id"], row.get("replaced_id"))
        ]
        if values["worker_id"] in there:
            raise broken_constraint("You can't add the same worker more than once to an attendance sheet. ")
        self.insert("shift.sheet.added", values)

    @staticmethod
    def _default_get(_user: User, names: list[str]) -> Values:
        return {"state": ROW_DEFAULT} if "state" in names else {}

    def execute(self, user: User, model: str, method: str, args: list[Any], named: Values) -> Any:
        self._make_sheets()
        return super().execute(user, model, method, args, named)

    def _make_sheets(self) -> None:
        """The timer of ``shift_attendance``: a sheet for each slot that is about to start."""
        if "shift.sheet" not in self.tables:
            return
        soon = (self.now() + timedelta(minutes=SHEET_MINUTES)).astimezone(UTC).strftime(TIME_FORMAT)
        there = {(sheet["start_time"], sheet["end_time"]) for sheet in self.tables["shift.sheet"].rows.values()}
        hours = {(row["start_time"], row["end_time"]) for row in self.tables["shift.shift"].rows.values()}
        for starts, ends in sorted(hours - there):
            if starts <= soon and ends > self.stamp():
                self._make_sheet(starts, ends)

    def _make_sheet(self, starts: str, ends: str) -> None:
        places = self.where("shift.shift", start_time=starts, end_time=ends)
        hours = {"start_time": starts, "end_time": ends}
        sheet = self.insert("shift.sheet", {**hours, "state": "not_validated", "max_worker_no": len(places)})
        for place in places:
            if place["worker_id"] and place["state"] != "cancel":
                names = ("worker_id", "replaced_id", "task_type_id", "is_compensation")
                copied = {name: place[name] for name in names}
                state = "done" if place["state"] == "done" else ROW_DEFAULT
                row = {**copied, "attendance_sheet_id": sheet, "task_id": place["id"], "state": state}
                self.insert("shift.sheet.expected", row)

    def validate(self, sheet: int) -> None:
        """What a coordinator does at the end: shifts take over what the sheet says."""
        self.touch("shift.sheet", sheet, state="validated")
        for row in self.where("shift.sheet.expected", attendance_sheet_id=sheet):
            shift = self.tables["shift.shift"].rows[row["task_id"]]
            before = dict(shift)
            self.touch("shift.shift", shift["id"], state=row["state"])
            self.after_write("shift.shift", shift, before)
