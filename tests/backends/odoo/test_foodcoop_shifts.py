"""An Odoo with the foodcoop modules: shifts, who is on them, and what the coop's sheets say."""

import shutil
from datetime import date, time, timedelta
from pathlib import Path

import pytest

from kiosk.demo.cast import ZONE, Kind
from tests.backends.odoo.coops import DELIVERY, SHELVES_LATER, OdooCoop
from tests.backends.rigs import member_id


def test_shift_has_the_hours_people_were_told_and_the_job_of_its_name(louve: OdooCoop) -> None:
    shift = louve.terminal().knowledge.shifts[louve.shift(DELIVERY)]
    local = shift.starts_at.astimezone(ZONE)
    assert (shift.job, shift.places, shift.week, local.hour, local.minute) == ("Livraison", 2, "B", 16, 0)
    assert shift.ends_at - shift.starts_at == timedelta(hours=3)


@pytest.mark.parametrize(
    ("name", "job"),
    [
        ("BMo - 23:00", "Créneau"),
        ("BMar. - 16:00", "Créneau"),
        ("Equipe volante - CMo - 23:00", "Equipe volante"),
        ("Bureau des membres - ASam. - 9:30", "Bureau des membres"),
        ("Réunion d'accueil", "Réunion d'accueil"),
    ],
)
def test_job_is_what_the_name_says_beside_day_and_hour(louve: OdooCoop, name: str, job: str) -> None:
    louve.database.tables["shift.shift"].rows[louve.numbers[DELIVERY]]["name"] = name
    assert louve.terminal().knowledge.shifts[louve.shift(DELIVERY)].job == job


def test_technical_shifts_are_nobody_s_work(louve: OdooCoop) -> None:
    louve.database.tables["shift.type"].rows[2] = {"id": 2, "name": "FTOP Shift", "is_ftop": True}
    louve.database.tables["shift.shift"].rows[louve.numbers[DELIVERY]]["shift_type_id"] = 2
    assert louve.shift(DELIVERY) not in louve.terminal().knowledge.shifts


@pytest.mark.parametrize(
    ("state", "present"),
    [
        *(("open", False), ("draft", False), ("replacing", False), ("done", True), ("absent", False)),
        *(("cancel", None), ("waiting", None), ("replaced", None), ("excused", None)),
    ],
)
def test_who_is_on_the_list_and_who_is_there(louve: OdooCoop, state: str, present: bool | None) -> None:
    [alix] = louve.registrations(Kind.SHIFT_NOW, DELIVERY)
    alix["state"] = state
    assert louve.terminal().present(louve.shift(DELIVERY), member_id(Kind.SHIFT_NOW)) is present


def test_next_shift_far_ahead_is_known_and_changes_with_odoo(louve: OdooCoop) -> None:
    terminal = louve.terminal()
    far = next(shift for shift in terminal.knowledge.shifts_of(member_id(Kind.OK)) if shift.starts_at.month == 12)
    assert far.job == "Mise en rayon"
    [row] = louve.database.where("shift.registration", partner_id=312, shift_id=int(far.id))
    louve.database.touch("shift.registration", row["id"], state="cancel")
    terminal.pull()
    assert far not in set(terminal.knowledge.shifts_of(member_id(Kind.OK)))


def test_cancelled_shift_is_gone(louve: OdooCoop) -> None:
    terminal = louve.terminal()
    louve.database.touch("shift.shift", louve.numbers[SHELVES_LATER], state="cancel")
    terminal.pull()
    assert louve.shift(SHELVES_LATER) not in terminal.knowledge.shifts


def test_week_letters_are_reckoned_from_odoo_s(louve: OdooCoop) -> None:
    assert louve.terminal().knowledge.coop.cycle_start == date(2026, 11, 16)


def test_hours_and_notice_of_the_coop_come_from_its_sheets(louve: OdooCoop) -> None:
    coop = louve.terminal().knowledge.coop
    assert coop.notice
    assert len(coop.hours) == 7


@pytest.fixture
def sheets(louve: OdooCoop, coop_folder: Path, tmp_path: Path) -> Path:
    """The coop's sheets, in a folder that the terminal has read, before its next start."""
    folder = tmp_path / "sheets"
    folder.mkdir()
    for name in ("coop.csv", "hours.csv", "closures.csv"):
        shutil.copy(coop_folder / name, folder)
    louve.backend = louve.new_backend(coop_folder=folder)
    louve.terminal()
    louve.backend.close()
    return folder


BREAKS = {
    "it is gone": lambda sheets: (sheets / "hours.csv").unlink(),
    "it is empty": lambda sheets: (sheets / "hours.csv").write_bytes(b""),
    "lacks the column weekday": lambda sheets: (sheets / "hours.csv").write_bytes(b"day,opens,closes"),
    "the folder cannot be read": shutil.rmtree,
    "none of its rows can be read": lambda sheets: (sheets / "hours.csv").write_text(
        "weekday,opens,closes\n" + "lun,9.00,20.30\n" * 7
    ),
}


@pytest.mark.parametrize("told", BREAKS)
def test_hours_that_cannot_be_read_at_the_start_open_no_door_at_night(
    louve: OdooCoop, sheets: Path, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    terminal = louve.terminal()
    hours = terminal.knowledge.coop.hours
    assert len(hours) == 7
    BREAKS[told](sheets)
    terminal.backend = louve.backend = louve.new_backend(coop_folder=sheets)
    terminal.cursor = ""
    for _ in range(3):
        terminal.pull()
        assert terminal.knowledge.coop.hours == hours
    assert sum("not all can be read" in message for message in caplog.messages) == 1
    assert any(told in problem for problem in louve.backend.examine())


def test_hours_that_can_be_read_again_are_told(louve: OdooCoop, sheets: Path) -> None:
    terminal = louve.terminal()
    whole = (sheets / "hours.csv").read_bytes()
    (sheets / "hours.csv").write_bytes(b"")
    terminal.backend = louve.backend = louve.new_backend(coop_folder=sheets)
    terminal.cursor = ""
    terminal.pull()
    (sheets / "hours.csv").write_bytes(whole.replace(b"20:30", b"21:45"))
    terminal.pull()
    assert {hours.closes for hours in terminal.knowledge.coop.hours} >= {time(21, 45)}
    assert terminal.knowledge.coop.cycle_start == date(2026, 11, 16)
    assert louve.backend.examine() == ()


def test_row_of_the_sheets_that_cannot_be_read_is_told(louve: OdooCoop, sheets: Path) -> None:
    with (sheets / "hours.csv").open("a") as file:
        file.write("lundi,21h,vingt-deux heures\n")
    louve.backend = louve.new_backend(coop_folder=sheets)
    [problem] = louve.backend.examine()
    assert problem.startswith("hours.csv, line ")
