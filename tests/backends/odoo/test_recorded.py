"""Every exchange recorded from a real server, replayed: the fake gives the same answer, and the client reads it."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kiosk.backends.odoo.faults import Declined, Forbidden, Gone, Misfit, OdooFault, fault_of
from kiosk.backends.odoo.values import rows_of
from kiosk.demo.fake_odoo.foodcoop import ALL_GROUPS as FOODCOOP_GROUPS
from kiosk.demo.fake_odoo.foodcoop import FoodcoopDatabase
from kiosk.demo.fake_odoo.obeesdoo import ALL_GROUPS as OBEESDOO_GROUPS
from kiosk.demo.fake_odoo.obeesdoo import ObeesdooDatabase
from kiosk.demo.fake_odoo.plain import ALL_GROUPS as PLAIN_GROUPS
from kiosk.demo.fake_odoo.plain import PlainDatabase
from kiosk.demo.fake_odoo.records import Database, Table, User, fields
from kiosk.demo.fake_odoo.server import FakeOdoo
from tests.fakes import ManualClock

CAPTURES = Path(os.environ.get("KIOSK_CAPTURES", Path(__file__).parents[4] / "shared" / "captures")) / "odoo"
NAMES = ("coop12", "bees12", "odoo14")
KINDS = {"UserError": Declined, "ValidationError": Declined, "MissingError": Gone, "AccessError": Forbidden}

pytestmark = pytest.mark.skipif(not CAPTURES.is_dir(), reason="the recorded exchanges are not at hand")


def exchanges(name: str) -> list[dict[str, Any]]:
    return json.loads((CAPTURES / f"{name}.json").read_text(encoding="utf-8"))


def result_of(name: str, label: str) -> Any:
    return next(one["response"]["result"] for one in exchanges(name) if one["label"] == label)


def stored(database: Database, model: str, row: dict[str, Any]) -> dict[str, Any]:
    """A record as it was read, as it is kept: links as ids, nothing of what is computed."""
    about = database.tables[model].fields
    kept = {}
    for name, value in row.items():
        field = about.get(name)
        if field is not None and (field.compute is not None or field.inverse):
            continue
        is_link = field is not None and field.relation and isinstance(value, list)
        kept[name] = value[0] if is_link else value
    return kept


def load(database: Database, model: str, rows: list[dict[str, Any]], **more: Any) -> None:
    for row in rows:
        database.insert(model, {**stored(database, model, row), **more})


def la_louve(clock: ManualClock) -> FakeOdoo:
    clock.set_wall(datetime(2026, 11, 23, 23, 37, 53, tzinfo=UTC))
    database = FoodcoopDatabase("12.0", clock.now)
    database.add_user(User(id=8, login="kiosk", secret="kiosk", groups=FOODCOOP_GROUPS))
    for label in ("partner 46", "partner 47", "partner 49", "partner 52"):
        load(database, "res.partner", result_of("coop12", label), active=True, is_worker_member=True)
    load(
        database,
        "res.partner",
        [{"id": 48, "name": "Standard Member 3", "barcode_base": 3}],
        active=True,
        is_member=True,
    )
    load(database, "res.partner", [{"id": 50, "name": "Squadleader 1", "barcode_base": 5}], active=True, is_member=True)
    events = {(47, "standard"): -1.0, (49, "ftop"): 2.0}
    for (partner, kind), points in events.items():
        database.insert("shift.counter.event", {"partner_id": partner, "type": kind, "point_qty": points})
    shifts = result_of("coop12", "shifts around now")
    for row in shifts:
        database.insert("shift.type", {"id": row["shift_type_id"][0], "name": row["shift_type_id"][1]})
        database.insert("shift.template", {"id": row["shift_template_id"][0], "name": row["shift_template_id"][1]})
    load(database, "shift.shift", shifts)
    for shift, tickets in ((9, (15, 16)), (1, (1, 2))):
        for id_, kind in zip(tickets, ("standard", "ftop"), strict=True):
            database.insert("shift.ticket", {"id": id_, "shift_id": shift, "shift_type": kind, "seats_max": 5})
    for row in result_of("coop12", "registrations"):
        ticket = 1 if row["shift_type"] == "standard" else 2
        load(database, "shift.registration", [row], shift_ticket_id=ticket)
    # Somebody whose registration no exchange shows: shift 9 had one place taken.
    database.insert(
        "shift.registration", {"id": 20, "partner_id": 48, "shift_id": 9, "shift_ticket_id": 15, "state": "open"}
    )
    future = {"id": 2, "name": "BMo - 23:00", "date_begin": "2026-12-21 22:00:00", "state": "draft"}
    database.insert("shift.shift", {**future, "date_begin_tz": "2026-12-21 23:00:00"})
    database.insert(
        "shift.registration", {"id": 5, "partner_id": 46, "shift_id": 2, "shift_ticket_id": 1, "state": "open"}
    )
    moves = [move for move in result_of("coop12", "moves") if move["id"] != 7]
    load(database, "res.partner.move", moves)
    return FakeOdoo(database, "coop12", clock)


def bees_coop(clock: ManualClock) -> FakeOdoo:
    clock.set_wall(datetime(2026, 11, 23, 23, 37, 53, tzinfo=UTC))
    database = ObeesdooDatabase("12.0", clock.now)
    database.add_user(User(id=10, login="kiosk", secret="kiosk", groups=OBEESDOO_GROUPS))
    for label in ("by barcode", "unsubscribed member: partner.can_shop is stale", "eaters"):
        load(database, "res.partner", result_of("bees12", label), active=True)
    for id_, name, mode in ((52, "Dupont Dupont", "irregular"), (55, "Anne de Marchalo", "regular")):
        database.insert("res.partner", {"id": id_, "name": name, "active": True, "working_mode": mode})
    load(database, "cooperative.status", result_of("bees12", "status"))
    database.insert("shift.type", {"id": 3, "name": "Magasin"})
    load(database, "shift.shift", result_of("bees12", "shifts"))
    # What the second worker's presence gave, before the recording began.
    database.tables["shift.shift"].rows[2]["revert_info"] = ("sr", 1)
    load(database, "shift.sheet", result_of("bees12", "sheet"))
    load(database, "shift.sheet.expected", result_of("bees12", "expected"), attendance_sheet_id=1, task_type_id=3)
    database.insert("shift.sheet.added", {"id": 4, "attendance_sheet_id": 1, "worker_id": 55, "state": "done"})
    return FakeOdoo(database, "bees12", clock)


def odoo_alone(clock: ManualClock) -> FakeOdoo:
    database = PlainDatabase("14.0", clock.now)
    database.add_user(User(id=2, login="admin", secret="admin", groups=PLAIN_GROUPS))
    load(database, "res.partner", result_of("odoo14", "by barcode"), active=True)
    for label, model in (("attendance", "hr.attendance"), ("nomenclature", "barcode.rule")):
        rows = result_of("odoo14", label)
        database.tables[model] = Table(fields(*rows[0]))
        load(database, model, rows)
    database.tables["hr.employee"] = Table(fields("name"))

    def scan(_user: User, barcode: str) -> dict[str, str]:
        return {"warning": f"No employee corresponding to Badge ID '{barcode}.'"}

    database.methods["hr.employee", "attendance_scan"] = scan
    return FakeOdoo(database, "coop14", clock)


SERVERS = {"coop12": la_louve, "bees12": bees_coop, "odoo14": odoo_alone}


def in_order(result: Any) -> Any:
    """Where Odoo sorts by a name, the fake sorts by number: the same records in another order."""
    if isinstance(result, list) and result and isinstance(result[0], dict) and "id" in result[0]:
        return sorted(result, key=lambda row: row["id"])
    return result


def without_traceback(answer: dict[str, Any]) -> dict[str, Any]:
    error = answer.get("error")
    if error is None:
        return {**answer, "result": in_order(answer["result"])} if "result" in answer else answer
    return {**answer, "error": {**error, "data": {**error["data"], "debug": ""}}}


@pytest.mark.parametrize("name", NAMES)
def test_fake_answers_as_the_real_server_did(name: str) -> None:
    server = SERVERS[name](ManualClock())
    for exchange in exchanges(name):
        answer = json.loads(json.dumps(server.answer(exchange["request"])))
        assert without_traceback(answer) == without_traceback(exchange["response"]), exchange["label"]


def test_all_fifty_two_are_there() -> None:
    assert sum(len(exchanges(name)) for name in NAMES) == 52


def failures() -> Iterator[Any]:
    for name in NAMES if CAPTURES.is_dir() else ():
        for exchange in exchanges(name):
            if "error" in exchange["response"]:
                yield pytest.param(exchange, id=f"{name} {exchange['label']}")


@pytest.mark.parametrize("exchange", list(failures()))
def test_each_recorded_failure_is_told_apart(exchange: dict[str, Any]) -> None:
    data = exchange["response"]["error"]["data"]
    fault = fault_of(data, "any")
    assert isinstance(fault, OdooFault)
    assert type(fault) is KINDS.get(data["name"].rpartition(".")[2], Misfit)
    assert "None" not in str(fault)
    assert "validating constraint" not in str(fault)


def test_each_recorded_list_of_records_is_read() -> None:
    read = 0
    for name in NAMES:
        for exchange in exchanges(name):
            if exchange["request"]["params"]["args"][4:5] == ["search_read"] and "result" in exchange["response"]:
                read += len(rows_of(exchange["response"]["result"]))
    assert read > 30
