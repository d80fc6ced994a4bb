from datetime import UTC, datetime
from typing import Any

import pytest

from kiosk.demo.fake_odoo.faults import OdooException
from kiosk.demo.fake_odoo.foodcoop import ALL_GROUPS, COUNTERS, FoodcoopDatabase
from kiosk.demo.fake_odoo.records import User, Values

NOW = datetime(2026, 11, 24, 16, tzinfo=UTC)
STANDARD, FLYING = 1, 2


@pytest.fixture
def database() -> FoodcoopDatabase:
    database = FoodcoopDatabase("12.0", lambda: NOW)
    database.add_user(User(id=8, login="borne", secret="key", groups=ALL_GROUPS))
    hours = {"date_begin": "2026-11-24 15:00:00", "date_end": "2026-11-24 18:00:00"}
    database.insert("shift.shift", {"id": 1, "name": "BMar. - 16:00", "state": "confirm", "seats_max": 4, **hours})
    for id_, kind in ((STANDARD, "standard"), (FLYING, "ftop")):
        database.insert("shift.ticket", {"id": id_, "shift_id": 1, "shift_type": kind, "seats_max": 2})
    database.insert("res.partner", {"id": 7, "name": "Cleo", "active": True, "is_worker_member": True})
    database.restate(7)
    return database


def register(database: FoodcoopDatabase, ticket: int, *, own: bool) -> Values:
    values = {"partner_id": 7, "shift_id": 1, "shift_ticket_id": ticket, "state": "open", "template_created": own}
    return database.tables["shift.registration"].rows[database.insert("shift.registration", values)]


def write(database: FoodcoopDatabase, row: Values, state: str) -> Any:
    return database.execute(database.users[8], "shift.registration", "write", [[row["id"]], {"state": state}], {})


def test_flying_presence_taken_back_and_noted_again_gives_two_points(database: FoodcoopDatabase) -> None:
    row = register(database, FLYING, own=False)
    for state in ("done", "open", "done"):
        write(database, row, state)
    assert database.points(7, "ftop") == 2


def test_second_done_gives_no_second_point(database: FoodcoopDatabase) -> None:
    row = register(database, FLYING, own=False)
    write(database, row, "done")
    write(database, row, "done")
    assert database.points(7, "ftop") == 1


def test_absence_on_one_s_own_place_costs_two_and_suspends(database: FoodcoopDatabase) -> None:
    write(database, register(database, STANDARD, own=True), "absent")
    cleo = database.tables["res.partner"].rows[7]
    assert database.points(7, "standard") == -2
    assert (cleo["cooperative_state"], cleo["customer"]) == ("suspended", False)


def test_make_up_never_lifts_the_standard_counter_above_nothing(database: FoodcoopDatabase) -> None:
    database.insert("shift.counter.event", {"partner_id": 7, "type": "standard", "point_qty": -0.5})
    write(database, register(database, STANDARD, own=False), "done")
    assert database.points(7, "standard") == 0


def test_plain_write_marks_presence_on_a_shift_to_come(database: FoodcoopDatabase) -> None:
    database.tables["shift.shift"].rows[1]["date_begin"] = "2027-01-01 08:00:00"
    row = register(database, STANDARD, own=True)
    assert write(database, row, "done") is True


def test_draft_takes_points_back_and_asks_for_another_right(database: FoodcoopDatabase) -> None:
    row = register(database, FLYING, own=False)
    write(database, row, "done")
    with pytest.raises(OdooException, match=COUNTERS):
        write(database, row, "draft")


def test_user_without_an_address_changes_nothing(database: FoodcoopDatabase) -> None:
    database.tables["res.users"].rows[8]["email"] = False
    with pytest.raises(OdooException, match="sender's email"):
        write(database, register(database, STANDARD, own=True), "done")


def test_domains_are_read_as_odoo_reads_them(database: FoodcoopDatabase) -> None:
    for id_, name in ((8, "Pancakes"), (9, "Marnie")):
        database.insert("res.partner", {"id": id_, "name": name, "active": id_ == 8, "barcode_base": id_})

    def found(domain: list[Any], **more: Any) -> list[int]:
        rows = database.execute(database.users[8], "res.partner", "search_read", [domain], {"fields": [], **more})
        return [row["id"] for row in rows]

    assert found([]) == [7, 8]
    assert found([], context={"active_test": False}) == [7, 8, 9]
    assert found(["|", ["id", "=", 7], ["name", "ilike", "PAN"]]) == [7, 8]
    assert found(["!", ["id", "=", 7]]) == [8]
    assert found([["barcode_base", "=", False]]) == [7]
    assert found([["id", "in", [7, 9]], ["id", ">", 6]]) == [7]
    assert found([], order="id desc", limit=1) == [8]
