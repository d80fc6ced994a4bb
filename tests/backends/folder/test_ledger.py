"""What the terminal writes into the folder, and how it answers meanwhile."""

import errno
import os

import pytest

from kiosk.backends.base import Accepted, Retry, Unchanged
from kiosk.demo.cast import Kind, character
from kiosk.errors import BackendUnavailable
from kiosk.events import BookingOutcome
from kiosk.types import FactId, FactKind
from tests.backends.folder.editing import no_room_beyond
from tests.backends.rigs import (
    CLEANING_AT_19,
    DELIVERY_NOW,
    FolderRig,
    Terminal,
    fact,
    member_id,
)


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
