"""The invented coop of the demo (its CSV files), as each family of modules would hold it.

Odoo's ids are the coop's numbers. Cards with a chip are not in Odoo: they are linked at the terminal.
"""

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final, TypeVar

from kiosk.backends.folder_reader import FolderReader
from kiosk.backends.folder_tables import Tables
from kiosk.clock import Clock
from kiosk.demo.cast import ZONE
from kiosk.demo.fake_odoo import foodcoop, obeesdoo, plain
from kiosk.demo.fake_odoo.foodcoop import FoodcoopDatabase
from kiosk.demo.fake_odoo.obeesdoo import ObeesdooDatabase
from kiosk.demo.fake_odoo.plain import PlainDatabase
from kiosk.demo.fake_odoo.records import TIME_FORMAT, Database, User, Values
from kiosk.devices.cards import ean13_check_digit
from kiosk.types import CardHash, Member, Role, Shift, ShiftId, Status

LOGIN: Final = "borne"
USER_ID: Final = 8
POINT_MINUTES: Final = 180
DAYS: Final = ("Lun.", "Mar.", "Mer.", "Jeu.", "Ven.", "Sam.", "Dim.")

D = TypeVar("D", bound=Database)


@dataclass(frozen=True, slots=True)
class Coop:
    """What the files say, with the day of the story."""

    tables: Tables
    badges: Mapping[str, str]
    today: date


def read_coop(folder: Path, clock: Clock) -> Coop:
    """Read the files of :func:`kiosk.demo.data.make_coop`."""
    # The hashes are of no use here: bar codes are read beside.
    tables = FolderReader(folder, CardHash, ZONE).read()
    with (folder / "cards.csv").open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["card"].startswith("ean:")]
    badges = {row["member"]: row["card"].removeprefix("ean:") for row in rows}
    return Coop(tables, badges, clock.now().astimezone(ZONE).date())


def foodcoop_of(coop: Coop, clock: Clock, secret: str) -> tuple[FoodcoopDatabase, Mapping[ShiftId, int]]:
    """The coop with La Louve's modules, and which record each shift of the files became."""
    database = _with_user(FoodcoopDatabase("12.0", clock.now), secret, foodcoop.ALL_GROUPS)
    type_id = database.insert("shift.type", {"name": "ABCD Shift", "is_ftop": False})
    leaders = [int(member.id) for member in coop.tables.members.values() if member.role is Role.COORDINATOR]
    template = database.insert("shift.template", {"name": "Coordination", "user_ids": leaders})
    for member in coop.tables.members.values():
        _add_partner(database, coop, member)
    numbers: dict[ShiftId, int] = {}
    tickets: dict[ShiftId, int] = {}
    for shift in coop.tables.shifts.values():
        values = {**_shift_values(shift, coop.today), "shift_type_id": type_id, "shift_template_id": template}
        numbers[shift.id] = id_ = database.insert("shift.shift", values)
        kinds = {"standard": shift.places, "ftop": max(2, shift.places)}
        for kind, seats in kinds.items():
            ticket = {"name": kind, "shift_type": kind, "seats_max": seats, "shift_id": id_}
            tickets.setdefault(shift.id, database.insert("shift.ticket", ticket))
    for (shift_id, member_id), place in coop.tables.places.items():
        is_past = coop.tables.shifts[shift_id].ends_at.astimezone(ZONE).date() < coop.today
        registration = {
            "partner_id": int(member_id),
            "shift_id": numbers[shift_id],
            "shift_ticket_id": tickets[shift_id],
            "template_created": True,
            "exchange_state": "draft",
            "state": "done" if place.present else "absent" if is_past else "open",
        }
        database.insert("shift.registration", registration)
    for row in tuple(database.tables["res.partner"].rows.values()):
        if not row["parent_id"]:
            database.restate(row["id"])
    return database, numbers


def _with_user(database: D, secret: str, groups: frozenset[str]) -> D:
    database.add_user(User(id=USER_ID, login=LOGIN, secret=secret, groups=groups))
    return database


def _add_partner(database: FoodcoopDatabase, coop: Coop, member: Member) -> None:
    days: Callable[[int], str] = lambda count: (coop.today + timedelta(days=count)).isoformat()  # noqa: E731  short
    number = int(member.attached_to or member.id)
    is_worker = member.status not in {Status.INACTIVE, Status.VISITOR, Status.ATTACHED}
    values: Values = {
        "id": int(member.id),
        "name": member.name,
        "active": True,
        "barcode": coop.badges.get(member.id) or _louve_badge(number, is_associated=member.attached_to is not None),
        "barcode_base": number,
        "is_member": member.attached_to is None,
        "is_associated_people": member.attached_to is not None,
        "parent_id": int(member.attached_to) if member.attached_to else False,
        "shift_type": "standard",
        "is_worker_member": is_worker,
        "is_unsubscribed": member.status is Status.LEFT,
        "is_blocked": member.status is Status.FROZEN,
        "is_unpayed": member.status is Status.FEE,
        "leave": {Status.LEAVE: "vacation", Status.EXEMPT: "exempted"}.get(member.status, False),
    }
    match member.status:
        case Status.WARN:
            values["date_alert_stop"] = member.due_by.isoformat() if member.due_by else days(18)
        case Status.GRACE:
            values |= {"date_alert_stop": days(-1), "date_delay_stop": (member.until or coop.today).isoformat()}
        case Status.BLOCKED:
            values["date_alert_stop"] = days(-5)
    database.insert("res.partner", values)
    points = (member.balance_minutes or 0) / POINT_MINUTES
    if points:
        kind = "standard" if points < 0 else "ftop"
        event = {"partner_id": int(member.id), "type": kind, "point_qty": points, "name": "Reprise"}
        database.insert("shift.counter.event", event)


def _louve_badge(number: int, *, is_associated: bool) -> str:
    """``0420`` or ``0421``, six digits of the member's number, ``00``, and the check digit."""
    digits = f"042{int(is_associated)}{number:06d}00"
    return digits + ean13_check_digit(digits)


def _shift_values(shift: Shift, today: date) -> Values:
    begins, ends = shift.starts_at.astimezone(ZONE), shift.ends_at.astimezone(ZONE)
    return {
        "name": f"{shift.job} - {shift.week}{DAYS[begins.weekday()]} - {begins:%H:%M}",
        "date_begin": f"{shift.starts_at:{TIME_FORMAT}}",
        "date_end": f"{shift.ends_at:{TIME_FORMAT}}",
        "date_begin_tz": f"{begins:{TIME_FORMAT}}",
        "date_end_tz": f"{ends:{TIME_FORMAT}}",
        "state": "done" if begins.date() < today else "confirm",
        "week_name": shift.week,
        "seats_max": shift.places,
        "user_ids": [],
    }


# ── BEES coop's modules, and none at all ──────────────────────────────────────────────────────────────────────────────

WORKER_STATES: Final = {
    Status.OK: "ok",
    Status.AHEAD: "ok",
    Status.WARN: "alert",
    Status.GRACE: "extension",
    Status.BLOCKED: "suspended",
    Status.EXEMPT: "exempted",
    Status.LEAVE: "holiday",
    Status.LEFT: "unsubscribed",
    Status.FROZEN: "resigning",
    Status.FEE: "unsubscribed",
}


def obeesdoo_of(coop: Coop, clock: Clock, secret: str, *, with_sheets: bool = True) -> ObeesdooDatabase:
    """The coop with BEES coop's modules. Those who are neither workers nor eaters there are left out."""
    database = _with_user(ObeesdooDatabase("12.0", clock.now, with_sheets=with_sheets), secret, obeesdoo.ALL_GROUPS)
    for member in coop.tables.members.values():
        if member.status in WORKER_STATES or member.attached_to is not None:
            _add_worker(database, coop, member)
    jobs: dict[str, int] = {}
    for shift in coop.tables.shifts.values():
        if shift.job not in jobs:
            jobs[shift.job] = database.insert("shift.type", {"name": shift.job})
        on_it = [place for (id_, _), place in coop.tables.places.items() if id_ == shift.id]
        for number in range(max(shift.places, len(on_it))):
            place = on_it[number] if number < len(on_it) else None
            row = {
                "name": shift.job,
                "start_time": f"{shift.starts_at:{TIME_FORMAT}}",
                "end_time": f"{shift.ends_at:{TIME_FORMAT}}",
                "task_type_id": jobs[shift.job],
                "worker_id": False if place is None else int(place.member_id),
                "state": "done" if place is not None and place.present else "open",
                "is_regular": place is not None,
                "is_compensation": False,
            }
            database.insert("shift.shift", row)
    return database


def _add_worker(database: ObeesdooDatabase, coop: Coop, member: Member) -> None:
    is_eater = member.attached_to is not None
    values = {
        "id": int(member.id),
        "name": member.name,
        "active": True,
        "barcode": coop.badges.get(member.id, False),
        "eater": "eater" if is_eater else "worker_eater",
        "parent_eater_id": int(member.attached_to) if member.attached_to else False,
        "is_worker": not is_eater,
        "super": member.role is Role.COORDINATOR,
    }
    database.insert("res.partner", values)
    if coop.badges.get(member.id):
        database.insert("member.card", {"partner_id": int(member.id), "barcode": coop.badges[member.id], "valid": True})
    if not is_eater:
        points = round((member.balance_minutes or 0) / POINT_MINUTES)
        status = {"cooperator_id": int(member.id), "status": WORKER_STATES[member.status], "working_mode": "regular"}
        database.insert("cooperative.status", {**status, "sr": points, "sc": 0})
        database.restate(int(member.id))


def plain_of(coop: Coop, clock: Clock, secret: str) -> PlainDatabase:
    """The coop in an Odoo without modules: who has a badge is there, who has left is archived."""
    database = _with_user(PlainDatabase("14.0", clock.now), secret, plain.ALL_GROUPS)
    for member in coop.tables.members.values():
        is_there = member.status is not Status.LEFT
        badge = coop.badges.get(member.id) or _louve_badge(int(member.id), is_associated=False)
        values = {"id": int(member.id), "name": member.name, "active": is_there, "barcode": badge}
        database.insert("res.partner", values)
    return database
