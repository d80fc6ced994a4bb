import errno
import logging
import os
import resource
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kiosk.backends.base import Accepted, Examinable, Retry, Unchanged
from kiosk.demo.cast import Kind, character
from kiosk.errors import BackendUnavailable
from kiosk.events import BookingOutcome
from kiosk.types import FactId, FactKind
from tests.backends.rigs import (
    CLEANING_AT_19,
    DELIVERY_NOW,
    MEMBERS,
    FolderRig,
    Terminal,
    card,
    edit,
    fact,
    member_id,
    write_coop,
)


@pytest.fixture(scope="module")
def coop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_coop(tmp_path_factory.mktemp("coop"))


@pytest.fixture
def rig(coop: Path, tmp_path: Path) -> FolderRig:
    return FolderRig(Path(shutil.copytree(coop, tmp_path / "coop")))


@pytest.fixture
def terminal(rig: FolderRig) -> Terminal:
    terminal = Terminal(rig.backend)
    terminal.pull()
    return terminal


def append(rig: FolderRig, file: str, *lines: str) -> None:
    with (rig.folder / file).open("a", encoding="utf-8", newline="") as target:
        target.writelines(f"{line}\r\n" for line in lines)


def lines_in(rig: FolderRig, file: str) -> int:
    return len((rig.folder / file).read_bytes().splitlines())


# ── spreadsheets and people ───────────────────────────────────────────────────────────────────────────────────────


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


# ── files that change ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("half", "words"),
    [
        (b"", "it is empty; the version before stays in use"),
        (b"id,first_name,status\r\n", "it has no rows any more; the version before stays in use"),
        (b"id,fir", "the first line lacks the columns first_name, status; the version before stays in use"),
        (None, "it is gone; the version before stays in use"),
    ],
)
def test_half_written_file_does_not_lock_everybody_out(
    rig: FolderRig, terminal: Terminal, half: bytes | None, words: str
) -> None:
    path = rig.folder / "members.csv"
    whole = path.read_bytes()
    path.unlink() if half is None else path.write_bytes(half)
    assert not terminal.pull()
    assert rig.backend.problems == (f"members.csv: {words}",)
    path.write_bytes(whole.replace(b"Camille,", b"Camillo,"))
    assert terminal.pull()
    assert rig.backend.problems == ()
    assert terminal.knowledge.members[member_id(Kind.OK)].first_name == "Camillo"
    assert len(terminal.knowledge.members) == MEMBERS


def test_file_that_lost_most_rows_is_believed_at_the_second_look(rig: FolderRig, terminal: Terminal) -> None:
    edit(rig.folder, "members.csv", lambda rows: rows[:5])
    assert not terminal.pull()
    assert rig.backend.problems == (
        f"members.csv: only 5 rows are left of {MEMBERS}; if it is still so at the next look, that counts",
    )
    assert terminal.pull()
    assert len(terminal.knowledge.members) == 5


# ── files that are broken at the start ────────────────────────────────────────────────────────────────────────────


BROKEN = [
    pytest.param(lambda path: path.write_bytes(b""), "it is empty", id="no bytes"),
    pytest.param(lambda path: path.unlink(), "it is gone", id="gone"),
    pytest.param(lambda path: _keep_first_lines(path, 1), "it has no rows any more", id="first line only"),
    pytest.param(
        lambda path: path.write_bytes(path.read_bytes().decode().encode("utf-16")), "the first line lacks", id="utf-16"
    ),
]


def _keep_first_lines(path: Path, count: int) -> None:
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:count]))


@pytest.mark.parametrize(("spoil", "words"), BROKEN)
@pytest.mark.parametrize("file", ["members.csv", "cards.csv", "hours.csv"])
@pytest.mark.parametrize("cursor", ["as kept", ""])
def test_file_broken_across_a_restart_does_not_lock_everybody_out(
    rig: FolderRig, terminal: Terminal, file: str, spoil, words: str, cursor: str
) -> None:
    path = rig.folder / file
    whole = path.read_bytes()
    rows = lines_in(rig, file) - 1
    spoil(path)
    rig.reopen()
    asked = terminal.cursor if cursor else ""
    for _ in range(3):
        with pytest.raises(
            BackendUnavailable, match=rf"^no usable {file}; {file}: {words}.*; seen.csv says that it had {rows} rows$"
        ):
            rig.backend.fetch(asked, 2)
    with pytest.raises(BackendUnavailable):
        rig.backend.identify(card(Kind.OK), 1.0)
    path.write_bytes(whole)
    again = Terminal(rig.backend)
    again.pull()
    assert (again.knowledge.members, again.knowledge.cards) == (terminal.knowledge.members, terminal.knowledge.cards)
    assert again.knowledge.coop == terminal.knowledge.coop


@pytest.mark.parametrize("file", ["members.csv", "cards.csv", "roster.csv"])
def test_file_that_lost_most_rows_across_a_restart_is_believed_at_the_second_look(
    rig: FolderRig, terminal: Terminal, file: str
) -> None:
    _keep_first_lines(rig.folder / file, 4)
    rig.reopen()
    with pytest.raises(BackendUnavailable, match=rf"no usable {file}; {file}: only 3 rows are left of \d+"):
        rig.backend.fetch(terminal.cursor, 2)
    assert rig.backend.fetch(terminal.cursor, 2)
    rig.reopen()
    assert rig.backend.fetch("", 3)


@pytest.mark.parametrize(("spoil", "words"), BROKEN)
@pytest.mark.parametrize("file", ["shifts.csv", "roster.csv", "coop.csv", "closures.csv"])
def test_file_that_nobody_enters_by_is_waited_for_at_one_look(
    rig: FolderRig, terminal: Terminal, file: str, spoil, words: str
) -> None:
    spoil(rig.folder / file)
    rig.reopen()
    with pytest.raises(BackendUnavailable, match=rf"no usable {file}; {file}: {words}"):
        rig.backend.fetch(terminal.cursor, 2)
    again = Terminal(rig.backend)
    again.pull()
    assert again.knowledge.cards == terminal.knowledge.cards
    rig.reopen()
    assert rig.backend.fetch(again.cursor, 3)


@pytest.mark.parametrize("begun", [b"", b"card,member\r\n", None])
def test_coop_begins_before_anybody_has_a_card(rig: FolderRig, begun: bytes | None) -> None:
    path = rig.folder / "cards.csv"
    first = path.read_bytes().splitlines(keepends=True)[:2]
    path.unlink() if begun is None else path.write_bytes(begun)
    for _ in range(2):
        terminal = Terminal(rig.backend)
        terminal.pull()
        assert (len(terminal.knowledge.members), len(terminal.knowledge.cards)) == (MEMBERS, 0)
        rig.reopen()
    path.write_bytes(b"".join(first))
    terminal.pull()
    assert len(terminal.knowledge.cards) == 1
    path.unlink()
    rig.reopen()
    with pytest.raises(BackendUnavailable, match=r"cards\.csv: it is gone; seen\.csv says that it had 1 rows"):
        rig.backend.fetch(terminal.cursor, 2)


@pytest.mark.parametrize("live", [True, False])
def test_cards_that_are_meant_to_be_gone_are_once_nobody_has_seen_them(
    rig: FolderRig, terminal: Terminal, live: bool
) -> None:
    (rig.folder / "cards.csv").unlink()
    rig.reopen()
    if live:
        with pytest.raises(BackendUnavailable):
            rig.backend.fetch(terminal.cursor, 2)
    (rig.folder / "seen.csv").unlink()
    again = Terminal(rig.backend)
    again.pull()
    assert not again.knowledge.cards


@pytest.mark.parametrize("seen", [b"\xff\x00", b"file,rows\r\ncards.csv,many\r\n", b"file\r\ncards.csv\r\n"])
def test_counts_that_cannot_be_read_are_none(rig: FolderRig, terminal: Terminal, seen: bytes) -> None:
    (rig.folder / "seen.csv").write_bytes(seen)
    rig.reopen()
    rig.backend.fetch(terminal.cursor, 2)
    assert (rig.folder / "seen.csv").read_bytes().startswith(b"file,rows\r\nmembers.csv,90\r\n")


def test_disk_without_room_for_the_counts_is_in_nobodys_way(rig: FolderRig) -> None:
    with no_room_beyond(10):
        terminal = Terminal(rig.backend)
        terminal.pull()
    assert len(terminal.knowledge.members) == MEMBERS
    assert not (rig.folder / "seen.csv").exists()
    rig.backend.fetch("", 2)
    assert (rig.folder / "seen.csv").exists()


def test_check_tells_what_is_wrong_with_the_files(rig: FolderRig) -> None:
    assert isinstance(rig.backend, Examinable)
    assert rig.backend.examine() == ()
    append(rig, "members.csv", *("9001,Zoé,fine" for _ in range(30)))
    found = rig.backend.examine()
    assert found[0].startswith(f"members.csv, line {MEMBERS + 2}: status is 'fine'")
    assert found[20:] == ("and 10 more",)


# ── what is said of them ──────────────────────────────────────────────────────────────────────────────────────────


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


# ── what is appended ──────────────────────────────────────────────────────────────────────────────────────────────


def arrival(rig: FolderRig):
    return fact(FactKind.CHECK_IN, rig.clock, member_id=member_id(Kind.SHIFT_NOW), shift_id=DELIVERY_NOW)


def test_check_in_can_be_read_in_a_spreadsheet(rig: FolderRig) -> None:
    arrived = arrival(rig)
    rig.backend.deliver(arrived)
    text = (rig.folder / "checkins.csv").read_text(encoding="utf-8").splitlines()
    assert text[0] == "fact,kind,member,shift,at,about,offline"
    assert text[1].startswith(f"{arrived.id},check_in,271,{DELIVERY_NOW},2026-11-24 16:04:0")
    assert text[1].endswith("+01:00,,no")


def test_passages_are_not_written(rig: FolderRig) -> None:
    before = sorted(path.name for path in rig.folder.iterdir())
    assert rig.backend.deliver(fact(FactKind.PASSAGE, rig.clock, member_id=member_id(Kind.OK))) == Accepted()
    assert sorted(path.name for path in rig.folder.iterdir()) == before


@pytest.mark.parametrize("kept", [1, 20, 60, -3, -2])
def test_row_torn_by_a_power_cut_is_told_and_the_fact_comes_again(rig: FolderRig, kept: int) -> None:
    arrived, later = arrival(rig), arrival(rig)
    rig.backend.deliver(arrived)
    path = rig.folder / "checkins.csv"
    header, row = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(header + row[:kept])
    rig.reopen()
    assert rig.backend.deliver(arrived) == Accepted()
    assert rig.backend.deliver(later) == Accepted()
    rig.reopen()
    rig.backend.fetch("", 1)
    whole = [row for row in path.read_text(encoding="utf-8").splitlines() if row.endswith(("yes", "no"))]
    assert [row.split(",")[0] for row in whole] == [arrived.id, later.id]
    torn = [problem for problem in rig.backend.problems if problem.startswith("checkins.csv, line 2:")]
    assert bool(torn) == (kept != -2)


@contextmanager
def no_room_beyond(size: int) -> Iterator[None]:
    """No file grows beyond ``size`` bytes: a write is cut short there, and the next one fails."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_full_disk_is_said_and_leaves_no_half_row(rig: FolderRig) -> None:
    first, second = arrival(rig), arrival(rig)
    rig.backend.deliver(first)
    path = rig.folder / "checkins.csv"
    before = path.read_bytes()
    with no_room_beyond(len(before) + 30):
        outcome = rig.backend.deliver(second)
    assert isinstance(outcome, Retry)
    assert outcome.after_seconds
    assert outcome.why == f"the folder cannot be written: {os.strerror(errno.EFBIG)}"
    assert path.read_bytes() == before
    assert rig.backend.deliver(second) == Accepted()
    assert rig.kept_ids() == [first.id, second.id]


def test_booking_that_cannot_be_written_is_no_booking(rig: FolderRig, terminal: Terminal) -> None:
    with no_room_beyond(10), pytest.raises(BackendUnavailable, match="cannot be written"):
        rig.backend.book(FactId("b-1"), member_id(Kind.BLOCKED), CLEANING_AT_19, 1.0)
    terminal.pull()
    assert terminal.present(CLEANING_AT_19, member_id(Kind.BLOCKED)) is None
    assert rig.backend.book(FactId("b-1"), member_id(Kind.BLOCKED), CLEANING_AT_19, 1.0) is BookingOutcome.BOOKED


def test_ledger_whose_first_line_was_lost_is_not_continued(rig: FolderRig) -> None:
    rig.backend.deliver(arrival(rig))
    path = rig.folder / "checkins.csv"
    rest = path.read_bytes().split(b"\r\n", 1)[1]
    path.write_bytes(rest)
    outcome = rig.backend.deliver(arrival(rig))
    assert isinstance(outcome, Retry)
    assert "the first line lacks" in outcome.why
    assert path.read_bytes() == rest


def test_ledger_saved_by_a_spreadsheet_is_continued_in_its_manner(rig: FolderRig) -> None:
    first, second = arrival(rig), arrival(rig)
    rig.backend.deliver(first)
    path = rig.folder / "checkins.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",", ";").rstrip("\r\n"), encoding="utf-8")
    assert rig.backend.deliver(first) == Accepted()
    assert rig.backend.deliver(second) == Accepted()
    rig.reopen()
    rig.backend.fetch("", 1)
    assert rig.backend.problems == ()
    assert [row.split(";")[0] for row in path.read_text(encoding="utf-8").splitlines()[1:]] == [first.id, second.id]


def test_busy_folder_answers_questions_in_time(rig: FolderRig) -> None:
    # The lock stands for a disk that hangs in another thread's read.
    with rig.backend._lock:
        answer = rig.backend.identify(FactId("0" * 64), 0.01)
        outcome = rig.backend.book(FactId("b-1"), member_id(Kind.BLOCKED), CLEANING_AT_19, 0.01)
    assert not answer.available
    assert outcome is BookingOutcome.UNAVAILABLE


def test_cursor_in_the_middle_of_a_round_does_not_outlive_the_process(rig: FolderRig) -> None:
    page = rig.backend.fetch("", 1)
    assert not page.last, "the coop of this test fits one page"
    rig.reopen()
    with pytest.raises(BackendUnavailable, match="changed while they were read"):
        rig.backend.fetch(page.cursor, 1)


def test_same_files_have_the_same_cursor_after_a_restart(rig: FolderRig, terminal: Terminal) -> None:
    rig.reopen()
    again = Terminal(rig.backend)
    again.pull()
    assert again.cursor == terminal.cursor
    assert rig.backend.fetch(terminal.cursor, 9) == Unchanged()
    assert character(Kind.OK).id in again.knowledge.members
