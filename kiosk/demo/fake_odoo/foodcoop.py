"""La Louve's modules as they behave: states from counters, tickets, refusals, and what nothing guards.

A plain write of ``done`` passes on any shift; going back to ``open`` leaves the point where it is; a second ``done``
then gives another one.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, Final

from kiosk.demo.fake_odoo.faults import user_error, validation_error
from kiosk.demo.fake_odoo.records import TIME_FORMAT, Database, Field, Table, User, Values, fields

TIME_CLOCK: Final = "Badge Reader/Time Clock"
MEMBERS_READ: Final = "Membership/Lecture BDM"
SHIFT_USER: Final = "Shifts/User"
COUNTERS: Final = "Shifts/Manage Counter Events"
ALL_GROUPS: Final = frozenset({TIME_CLOCK, MEMBERS_READ, SHIFT_USER})

STATES: Final = (
    ("not_concerned", "Non concerné"),
    ("unsubscribed", "Désinscrit"),
    ("exempted", "Exempté"),
    ("vacation", "En congés"),
    ("up_to_date", "A jour"),
    ("alert", "Alerte"),
    ("suspended", "Suspendu(e)"),
    ("delay", "Délai"),
    ("blocked", "Bloqué(e)"),
    ("unpayed", "Impayé"),
)
COLOURS: Final = {"up_to_date": "success", "exempted": "success", "alert": "warning", "delay": "warning"}
MAY_SHOP: Final = frozenset({"up_to_date", "exempted", "alert", "delay"})
REGISTRATION_STATES: Final = (
    ("cancel", "Annulé"),
    ("draft", "Non confirmé"),
    ("open", "Confirmé"),
    ("done", "Présent"),
    ("absent", "Absent"),
    ("waiting", "En attente"),
    ("excused", "Rattrapage"),
    ("replaced", "Remplacé"),
    ("replacing", "Remplaçant"),
)
SHIFT_STATES: Final = (("draft", "Brouillon"), ("confirm", "Confirmé"), ("entry", "En cours"), ("done", "Terminé"))
SEATED: Final = frozenset({"draft", "open", "replacing", "done"})
GRACE_DAYS: Final = 14


def _shift_label(row: Values) -> str:
    begins = datetime.strptime(row["date_begin_tz"], TIME_FORMAT)  # noqa: DTZ007  a wall clock
    return f"{row['name']} {begins:%d/%m/%Y %H:%M}"


class FoodcoopDatabase(Database):
    """``coop_membership``, ``coop_shift`` and ``coop_badge_reader``."""

    def __init__(self, serie: str, now: Callable[[], datetime]) -> None:
        super().__init__(serie, now)
        self.tables.update(self._tables())
        readers = frozenset({MEMBERS_READ, SHIFT_USER})
        self.rights = {
            ("res.partner", "read"): ALL_GROUPS,
            ("res.partner", "write"): frozenset({"Membership/Manager"}),
            ("res.partner.move", "read"): frozenset({TIME_CLOCK}),
            ("res.partner.move", "create"): frozenset({TIME_CLOCK}),
            **{(model, "read"): readers for model in self.tables if model.startswith("shift.")},
            ("shift.registration", "write"): frozenset({SHIFT_USER}),
            ("shift.registration", "create"): frozenset({SHIFT_USER}),
            ("shift.counter.event", "write"): frozenset({COUNTERS}),
        }
        self.methods = {
            ("res.partner", "log_move"): self._log_move,
            ("res.partner", "action_grace_partner"): self._grace,
            ("shift.registration", "button_reg_close"): self._button_close,
        }

    def _tables(self) -> dict[str, Table]:
        return {
            "res.partner": Table(
                fields(
                    *("name", "active", "barcode", "barcode_base", "is_member", "is_associated_people", "is_deceased"),
                    *("customer", "force_customer", "working_state", "in_ftop_team", "is_squadleader"),
                    *("contact_us_message", "badge_to_distribute", "date_alert_stop", "date_delay_stop"),
                    *("next_shift_time", "next_registration_id", "current_template_name", "current_leave_info"),
                    *("current_extension_day_end", "bootstrap_cooperative_state"),
                    # What the office decides, and what leaves and shares lead to.
                    *("is_worker_member", "is_unsubscribed", "is_blocked", "is_unpayed", "leave"),
                    cooperative_state=Field(selection=STATES),
                    shift_type=Field(selection=(("standard", "ABCD"), ("ftop", "Volant"))),
                    parent_id=Field("res.partner"),
                    display_name=Field(compute=lambda row: self.label("res.partner", row["id"])),
                    final_standard_point=Field(compute=lambda row: self.points(row["id"], "standard")),
                    final_ftop_point=Field(compute=lambda row: self.points(row["id"], "ftop")),
                ),
                label=self._partner_label,
            ),
            "res.partner.move": Table(
                fields(
                    *("action", "cooperative_state", "bootstrap_cooperative_state"), partner_id=Field("res.partner")
                ),
                order="id desc",
            ),
            "shift.type": Table(fields("name", "is_ftop")),
            "shift.template": Table(fields("name", "user_ids")),
            "shift.shift": Table(
                fields(
                    *("name", "date_begin", "date_end", "date_begin_tz", "date_end_tz", "week_name", "seats_max"),
                    "user_ids",
                    state=Field(selection=SHIFT_STATES),
                    shift_type_id=Field("shift.type"),
                    shift_template_id=Field("shift.template"),
                    shift_ticket_ids=Field("shift.ticket", inverse="shift_id"),
                    seats_available=Field(compute=lambda row: self._left("shift_id", row)),
                ),
                label=_shift_label,
            ),
            "shift.ticket": Table(
                fields(
                    *("name", "shift_type", "seats_max"),
                    shift_id=Field("shift.shift"),
                    seats_available=Field(compute=lambda row: self._left("shift_ticket_id", row)),
                )
            ),
            "shift.registration": Table(
                fields(
                    *("template_created", "exchange_state", "date_closed"),
                    state=Field(selection=REGISTRATION_STATES),
                    partner_id=Field("res.partner"),
                    shift_id=Field("shift.shift"),
                    shift_ticket_id=Field("shift.ticket"),
                    replacing_partner_id=Field("res.partner"),
                    shift_type=Field(
                        compute=lambda row: self._of("shift.ticket", row["shift_ticket_id"], "shift_type")
                    ),
                    date_begin=Field(compute=lambda row: self._of("shift.shift", row["shift_id"], "date_begin")),
                    date_end=Field(compute=lambda row: self._of("shift.shift", row["shift_id"], "date_end")),
                )
            ),
            "shift.counter.event": Table(
                fields(
                    *("type", "point_qty", "name", "ignored"),
                    partner_id=Field("res.partner"),
                    shift_id=Field("shift.shift"),
                )
            ),
        }

    def _of(self, model: str, id_: int, name: str) -> Any:
        row = self.row(model, id_)
        return False if row is None else row[name]

    def _partner_label(self, row: Values) -> str:
        parent = self.row("res.partner", row["parent_id"])
        if parent is not None:
            return f"{self._partner_label(parent)}, {row['name']}"
        return f"{row['barcode_base']} - {row['name']}" if row["barcode_base"] else str(row["name"])

    def _left(self, field: str, row: Values) -> int:
        taken = sum(reg["state"] in SEATED for reg in self.where("shift.registration", **{field: row["id"]}))
        return int(row["seats_max"]) - taken if row["seats_max"] else 0

    # ── counters and states ───────────────────────────────────────────────────────────────────────────────────────

    def points(self, partner: int, kind: str) -> float:
        events = self.where("shift.counter.event", partner_id=partner, type=kind)
        return float(sum(event["point_qty"] for event in events))

    def today(self) -> date:
        return self.now().date()

    def restate(self, partner: int) -> None:
        """Compute a member's state and verdict anew, and those of the people associated."""
        row = self.tables["res.partner"].rows[partner]
        state = self._state(row)
        working = self._working_state(row)
        customer = state in MAY_SHOP or bool(row["force_customer"])
        told = {"cooperative_state": state, "working_state": working, "customer": customer}
        if any(row[name] != value for name, value in told.items()):
            self.touch("res.partner", partner, **told, bootstrap_cooperative_state=COLOURS.get(state, "danger"))
        for other in self.where("res.partner", parent_id=partner):
            self.restate(other["id"])

    def _state(self, row: Values) -> str:
        if row["is_associated_people"] and row["parent_id"]:
            return str(self._of("res.partner", row["parent_id"], "cooperative_state"))
        if not row["is_worker_member"]:
            return "not_concerned"
        if row["is_unsubscribed"]:
            return "unsubscribed"
        return "unpayed" if row["is_unpayed"] else self._working_state(row)

    def _working_state(self, row: Values) -> str:
        if row["is_blocked"]:
            return "blocked"
        if row["leave"] == "vacation":
            return "vacation"
        if min(self.points(row["id"], "standard"), self.points(row["id"], "ftop")) < 0:
            today = self.today().isoformat()
            if row["date_delay_stop"] and row["date_delay_stop"] >= today:
                return "delay"
            is_alert = row["date_alert_stop"] and row["date_alert_stop"] >= today
            return "alert" if is_alert else "suspended"
        return "exempted" if row["leave"] == "exempted" else "up_to_date"

    # ── registrations ─────────────────────────────────────────────────────────────────────────────────────────────

    def before_create(self, user: User, model: str, values: Values) -> None:
        if model != "shift.registration":
            return
        partner = self.existing(user, "res.partner", [values["partner_id"]])[0]
        ticket = self.existing(user, "shift.ticket", [values["shift_ticket_id"]])[0]
        if self.where("shift.registration", partner_id=partner["id"], shift_id=values["shift_id"]):
            raise validation_error("This partner is already registered on this Shift !")
        if partner["is_unsubscribed"] or not partner["is_worker_member"]:
            name = partner["name"]
            raise user_error(f"You can't register {name} on a shift because he isn't registered on a template")
        is_ftop = ticket["shift_type"] == "ftop"
        if is_ftop and ticket["seats_max"] and self._left("shift_ticket_id", ticket) <= 0:
            raise user_error("No more available seats for this ticket")
        if not is_ftop and not values.get("template_created") and partner["working_state"] == "up_to_date":
            listed = f"- [{partner['barcode_base']}] {partner['name']}"
            raise user_error(
                "Warning! You cannot enter make-ups of the following members as they are up-to-date: \n\n" + listed
            )
        if partner["leave"] == "vacation":
            raise user_error("You can't register the shift that falls within the period of the leave")

    def before_write(self, user: User, model: str, row: Values, values: Values) -> None:
        if model == "shift.registration" and values.get("state") not in {None, row["state"]}:
            if not self.tables["res.users"].rows[user.id]["email"]:
                raise user_error("Unable to log message, please configure the sender's email address.")
            if values["state"] == "draft" and self.where("shift.counter.event", shift_id=row["shift_id"]):
                self.demand(user, "shift.counter.event", "write")

    def after_write(self, model: str, row: Values, before: Values) -> None:
        if model != "shift.registration" or row["state"] == before["state"]:
            return
        kind = self.value("shift.registration", row, "shift_type")
        quantity = self._worth(row, kind)
        if row["state"] == "draft":
            for event in self.where("shift.counter.event", shift_id=row["shift_id"], partner_id=row["partner_id"]):
                event["point_qty"] = 0
        elif quantity:
            values = {"partner_id": row["partner_id"], "type": kind, "point_qty": quantity, "shift_id": row["shift_id"]}
            self.insert("shift.counter.event", values)
        self.restate(row["partner_id"])

    def _worth(self, row: Values, kind: str) -> float:
        """The points of a state, by ticket and by whether the place is one's own."""
        is_own = bool(row["template_created"])
        match row["state"], kind:
            case "done" | "replaced", "ftop":
                return 1
            case "done" | "replaced", "standard" if not is_own:
                return min(1.0, -self.points(row["partner_id"], "standard"))
            case "excused", _ if is_own:
                return -1
            case "absent", "ftop":
                return -1
            case "absent", "standard" if is_own:
                return -2
        return 0

    def _button_close(self, user: User, ids: list[int]) -> None:
        [row] = self.existing(user, "shift.registration", ids)
        state = self._of("shift.shift", row["shift_id"], "state")
        if state == "draft":
            raise user_error("You must wait the event confirmation before doing this action.")
        if self.value("shift.registration", row, "date_begin") > self.stamp() or state not in {"confirm", "entry"}:
            raise user_error("You must wait the event starting day before doing this action.")
        self._write(user, "shift.registration", ids, {"state": "done", "date_closed": self.stamp()})

    # ── the badge reader ──────────────────────────────────────────────────────────────────────────────────────────

    def _log_move(self, user: User, ids: list[int], action: str) -> None:
        self.demand(user, "res.partner.move", "create")
        [row] = self.existing(user, "res.partner", ids)
        told = {name: row[name] for name in ("cooperative_state", "bootstrap_cooperative_state")}
        self.insert("res.partner.move", {"partner_id": row["id"], "action": action, **told, "create_uid": user.id})

    def _grace(self, user: User, ids: list[int]) -> str | bool:
        self.demand(user, "shift.registration", "read")
        [row] = self.existing(user, "res.partner", ids)
        if row["date_delay_stop"] and row["date_delay_stop"] >= self.today().isoformat():
            return str(row["date_delay_stop"])
        if row["cooperative_state"] != "suspended":
            return False
        last_day = (self.today() + timedelta(days=GRACE_DAYS)).isoformat()
        self.touch("res.partner", row["id"], date_delay_stop=last_day)
        self.restate(row["id"])
        return last_day
