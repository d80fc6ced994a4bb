"""Spreadsheets as people write them, and what is said of them."""

import logging
import shutil
from datetime import time

import pytest

from kiosk.demo.cast import Kind
from kiosk.errors import BackendUnavailable
from kiosk.types import OpeningHours
from tests.backends.folder.editing import append, lines_in
from tests.backends.rigs import (
    DELIVERY_NOW,
    MEMBERS,
    FolderRig,
    Terminal,
    edit,
    member_id,
)


@pytest.mark.parametrize(
    ("file", "row", "words"),
    [
        ("members.csv", "9001,Zoé,fine", "status is 'fine', not one of ok, ahead"),
        ("members.csv", "9001,,ok", "first_name is empty"),
        ("members.csv", "312,Zoé,ok", "the same was said in an earlier line"),
        ("members.csv", "9001,Zoé,attached", "go together"),
        ("members.csv", "9001,Zoé,,,,,,,9999", "attached_to is '9999', no account"),
        ("members.csv", "9001,Zoé,,,,,,,130", "attached_to is '130', no account"),
        ("members.csv", "9001,Zoé,grace,,32/13/2026", "'32/13/2026' is not a day"),
        ("members.csv", "9001,Zoé,warn,,,lots", "'lots' is not a number of hours"),
        ("members.csv", "9001,Zoé,warn,,,1e99", "not a believable number of hours"),
        ("members.csv", "9001,Zoé,ok,,,,,,,boss", "role is 'boss'"),
        ("members.csv", "9001,Zoé,ok,,,,,,,,,maybe", "shared is 'maybe', not yes or no"),
        ("members.csv", "9001,Zoé,ok,,,,,,,,,,English", "language is 'English'"),
        ("members.csv", "9001,Zoé,ok,,,,,,,,,,,,,surplus", "more cells than columns"),
        ("cards.csv", "04A3C6CAE26180,312", "card: not a card uid"),
        ("cards.csv", "7:04A3C6,312", "card: not a card uid"),
        ("cards.csv", "ean:0420000001180,312", "card: not a valid EAN-13"),
        ("cards.csv", "7:04C0FFEE123480,9999", "member '9999' is not known"),
        ("cards.csv", "7:04A3C6CAE26180,118", "belongs to member 312 already"),
        ("shifts.csv", "s1,2026-11-25,16:00,19:00,Caisse,many", "places is 'many'"),
        ("shifts.csv", "s1,2026-11-25,25:00,19:00,Caisse,2", "'25:00' is not a time"),
        ("roster.csv", "nowhere,312", "shift 'nowhere' is not known"),
        ("coop.csv", "motto,all for one", "key is 'motto', not one of name"),
        ("coop.csv", "pot_hours,a few", "the same was said in an earlier line|pot_hours is 'a few'"),
        ("hours.csv", "lundredi,9:00,12:00", "weekday is 'lundredi'"),
        ("hours.csv", "lundi,12:00,9:00", "closes is not after opens"),
        ("closures.csv", "Noël", "'Noël' is not a day"),
    ],
)  # fmt: skip
def test_bad_row_is_told_with_its_line_and_the_rest_loads(rig: FolderRig, file: str, row: str, words: str) -> None:
    append(rig, file, row)
    terminal = Terminal(rig.backend)
    terminal.pull()
    (problem,) = rig.backend.problems
    assert problem.startswith(f"{file}, line {lines_in(rig, file)}: ")
    assert any(word in problem for word in words.split("|"))
    assert len(terminal.knowledge.members) == MEMBERS


def test_misspelt_column_is_told_with_the_one_that_was_meant(rig: FolderRig) -> None:
    path = rig.folder / "members.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("long_pulse", "longpulse", 1), encoding="utf-8")
    rig.backend.fetch("", 1)
    assert rig.backend.problems == ("members.csv: column 'longpulse' is not known; did you mean 'long_pulse'?",)


@pytest.mark.parametrize(
    "rewrite",
    [
        pytest.param(lambda text: text.replace(",", ";").encode(), id="semicolons"),
        pytest.param(lambda text: text.replace(",", "\t").encode(), id="tabs"),
        pytest.param(lambda text: b"\xef\xbb\xbf" + text.encode(), id="byte order mark"),
        pytest.param(lambda text: text.replace("\r\n", "\n").encode(), id="unix lines"),
        pytest.param(lambda text: text.replace("\r\n", "\r\n\r\n").encode(), id="blank lines"),
        pytest.param(lambda text: text.replace("\r\n", ",,,\r\n").encode(), id="empty columns"),
        pytest.param(lambda text: text.replace("first_name", " First_Name ", 1).encode(), id="shouted column"),
        pytest.param(lambda text: text.replace("yes", "VRAI").encode(), id="french truth"),
    ],
)  # fmt: skip
def test_whatever_a_spreadsheet_writes_says_the_same(rig: FolderRig, rewrite) -> None:
    plain = Terminal(rig.backend)
    plain.pull()
    path = rig.folder / "members.csv"
    path.write_bytes(rewrite(path.read_bytes().decode()))
    rewritten = Terminal(rig.backend)
    rewritten.pull()
    assert rig.backend.problems == ()
    assert rewritten.knowledge.members == plain.knowledge.members


def test_windows_encoding_is_read_and_said(rig: FolderRig) -> None:
    path = rig.folder / "members.csv"
    path.write_bytes(path.read_bytes().decode().replace("ń", "n").encode("cp1252"))
    terminal = Terminal(rig.backend)
    terminal.pull()
    assert rig.backend.problems == ("members.csv: it is not UTF-8; it was read as Windows-1252",)
    assert terminal.knowledge.members[member_id(Kind.FIRST_TIMER)].first_name == "Noé"


def test_dates_and_hours_are_read_as_french_spreadsheets_rewrite_them(rig: FolderRig) -> None:
    def rewrite(rows):
        for row in rows:
            if row["id"] == member_id(Kind.WARN):
                row |= {"balance_hours": "-1,5", "due_by": "12/12/2026"}
        return rows

    edit(rig.folder, "members.csv", rewrite)
    terminal = Terminal(rig.backend)
    terminal.pull()
    yanis = terminal.knowledge.members[member_id(Kind.WARN)]
    assert (yanis.balance_minutes, str(yanis.due_by)) == (-90, "2026-12-12")


def test_local_times_know_the_summer(rig: FolderRig, terminal: Terminal) -> None:
    append(rig, "shifts.csv", "night,2026-11-28,22:30,01:30,Inventaire,3")
    edit(
        rig.folder,
        "shifts.csv",
        lambda rows: [*rows, {**rows[0], "id": "winter", "day": "2026-11-25", "starts": "16h"}],
    )
    terminal.pull()
    night, winter = terminal.knowledge.shifts["night"], terminal.knowledge.shifts["winter"]
    assert (night.ends_at - night.starts_at).total_seconds() == 3 * 3600
    assert winter.starts_at.isoformat() == "2026-11-25T15:00:00+00:00"


def test_shop_that_is_open_until_midnight_says_so(rig: FolderRig) -> None:
    append(rig, "hours.csv", "dimanche,20:00,00:00")
    terminal = Terminal(rig.backend)
    terminal.pull()
    assert rig.backend.problems == ()
    assert terminal.knowledge.coop.hours[-1] == OpeningHours(weekday=6, opens=time(20), closes=time())


@pytest.mark.parametrize("file", ["cards.csv", "shifts.csv", "roster.csv", "coop.csv", "hours.csv", "closures.csv"])
def test_only_the_members_are_required(rig: FolderRig, file: str) -> None:
    (rig.folder / file).unlink()
    if file == "shifts.csv":
        (rig.folder / "roster.csv").unlink()
    terminal = Terminal(rig.backend)
    terminal.pull()
    assert rig.backend.problems == ()
    assert len(terminal.knowledge.members) == MEMBERS


def test_folder_without_members_is_no_knowledge(rig: FolderRig) -> None:
    (rig.folder / "members.csv").unlink()
    with pytest.raises(BackendUnavailable, match=r"members\.csv"):
        rig.backend.fetch("", 1)
    shutil.rmtree(rig.folder)
    with pytest.raises(BackendUnavailable, match="folder cannot be read"):
        rig.backend.fetch("", 1)


def test_problems_are_logged_once_and_by_place_only(rig: FolderRig, caplog: pytest.LogCaptureFixture) -> None:
    whole = (rig.folder / "members.csv").read_bytes()
    append(rig, "members.csv", "9001,ok,Camille")
    where = f"members.csv, line {lines_in(rig, 'members.csv')}"
    with caplog.at_level(logging.INFO):
        for _ in range(3):
            rig.backend.fetch("", 1)
        (rig.folder / "members.csv").write_bytes(whole)
        for _ in range(3):
            rig.backend.fetch("", 1)
    said = [record.getMessage() for record in caplog.records]
    assert said == [f"folder: not all can be read: {where}", "folder: everything can be read"]


def test_new_day_moves_the_roster_without_a_changed_file(rig: FolderRig, terminal: Terminal) -> None:
    assert DELIVERY_NOW in terminal.knowledge.shifts
    rig.clock.advance(2 * 86_400)
    assert terminal.pull()
    assert DELIVERY_NOW not in terminal.knowledge.shifts
    assert not terminal.pull()
