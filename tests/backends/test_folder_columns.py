import re
from pathlib import Path

import pytest

from kiosk.backends import folder_columns as columns
from kiosk.backends.folder_csv import Columns, read_sheet
from kiosk.types import Role, Status

DOCS = (Path(__file__).parents[2] / "docs" / "folder.md").read_text(encoding="utf-8")
SHEETS = [value for value in vars(columns).values() if isinstance(value, Columns)]


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.file)
def test_every_file_and_column_is_documented(sheet: Columns) -> None:
    assert sheet.file in DOCS
    assert all(re.search(rf"^\| \*?{name}\*? \||`{name}`", DOCS, re.MULTILINE) for name in sheet.names)


def test_every_word_is_documented() -> None:
    for word in (*Status, *Role, *columns.YES, *columns.COOP_KEYS):
        assert re.search(rf"`{word}`|^\| {word} ", DOCS, re.MULTILINE), word


def documented(file: str) -> bytes:
    """The examples of the table under the heading of a file, as one row."""
    table = DOCS.partition(f"## {file}")[2].partition("\n## ")[0]
    cells = [row.split("|")[1:3] for row in table.splitlines() if row.startswith("| ") and "`" in row]
    names, values = zip(*cells, strict=True)
    return (
        f"{','.join(name.strip(' *') for name in names)}\r\n{','.join(value.strip(' `') for value in values)}".encode()
    )


def test_documented_rows_can_be_read() -> None:
    (member,) = read_sheet(columns.MEMBERS, documented("members.csv").replace(b",ok,", b",attached,")).lines
    assert columns.member_of(member).first_name == "Camille"
    (card,) = read_sheet(columns.CARDS, documented("cards.csv")).lines
    assert columns.card_of(card) == "7:04A3C6CAE26180"
    (shift,) = read_sheet(columns.SHIFTS, documented("shifts.csv")).lines
    assert columns.shift_of(shift, None).places == 2


@pytest.mark.parametrize(
    ("text", "hour"),
    [("16:30", 16.5), ("9h", 9), ("9h05", 9 + 5 / 60), ("16:30:00", 16.5), ("0:00", 0), ("23H59", 23 + 59 / 60)],
)
def test_hours_of_the_day_are_read(text: str, hour: float) -> None:
    found = columns.read_hour(text)
    assert found.hour + found.minute / 60 == pytest.approx(hour)


@pytest.mark.parametrize("text", ["", "24:00", "16:60", "4pm", "16", "16:30:20", "-1:00", "١٦:٣٠"])
def test_what_is_no_hour_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a time"):
        columns.read_hour(text)


@pytest.mark.parametrize(
    ("text", "minutes"), [("", None), ("0", 0), ("-1.5", -90), ("1,25", 75), ("0.33", 20), ("-9", -540), ("+3", 180)]
)
def test_decimal_hours_become_minutes(text: str, minutes: int | None) -> None:
    assert columns.maybe_minutes(text) == minutes


@pytest.mark.parametrize("text", ["NaN", "Infinity", "1:30", "1 h", "1e9", "--1"])
def test_what_is_no_number_of_hours_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="hours"):
        columns.maybe_minutes(text)


def test_signs_that_no_screen_shows_cost_no_row() -> None:
    french = "Jean\u00a0Pierre"
    rows = f"id,first_name,status,name,trained_for\r\n8,{french},ok,{french}\u202fLe\u00adGall,Tri\u00a0: frais/Vrac"
    (line,) = read_sheet(columns.MEMBERS, rows.encode()).lines
    member = columns.member_of(line)
    assert (member.first_name, member.name) == ("Jean Pierre", "Jean Pierre LeGall")
    assert member.trained_for == {"Tri : frais", "Vrac"}
    rows = "id,day,starts,ends,job,places\r\nS,2026-11-24,16h,19h,Tri\u00a0: frais,2"
    (line,) = read_sheet(columns.SHIFTS, rows.encode()).lines
    assert columns.shift_of(line, None).job == "Tri : frais"


def test_notice_of_several_lines_is_shown_line_by_line() -> None:
    (line,) = read_sheet(columns.COOP, 'key,value\r\nnotice,"AG à 19\u202fh\u00a0!\r\nVrac\tsamedi"'.encode()).lines
    assert columns.coop_value(line) == ("notice", "AG à 19 h !\nVrac samedi")
