"""Files that are edited, broken or gone, while the terminal runs and over a start."""

from pathlib import Path

import pytest

from kiosk.backends.base import Examinable
from kiosk.demo.cast import Kind
from kiosk.errors import BackendUnavailable
from tests.backends.folder.editing import append, lines_in, no_room_beyond
from tests.backends.rigs import (
    MEMBERS,
    FolderRig,
    Terminal,
    card,
    edit,
    member_id,
)

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


@pytest.mark.parametrize(
    ("file", "row"),
    [("hours.csv", "lun,9.00,20.30"), ("cards.csv", "4.2E+11,312"), ("members.csv", "312,Camille,à jour")],
)
def test_file_of_which_no_row_can_be_read_is_a_broken_one(
    rig: FolderRig, terminal: Terminal, file: str, row: str
) -> None:
    """A spreadsheet has rewritten a column: neither stands the door open at night, nor is everybody locked out."""
    whole = (rig.folder / file).read_bytes()
    header = {"hours.csv": "weekday,opens,closes", "cards.csv": "card,member", "members.csv": "id,first_name,status"}
    (rig.folder / file).write_text("\r\n".join([header[file], *[row] * whole.count(b"\n")]))
    before = (terminal.knowledge.coop, dict(terminal.knowledge.cards), dict(terminal.knowledge.members))
    for _ in range(2):
        terminal.pull()
        assert (terminal.knowledge.coop, terminal.knowledge.cards, terminal.knowledge.members) == before
    assert rig.backend.examine()[0] == f"{file}: none of its rows can be read"
    rig.reopen()
    for _ in range(2):
        with pytest.raises(BackendUnavailable, match=f"{file}: none of its rows can be read"):
            rig.backend.fetch(terminal.cursor, 2)
    (rig.folder / file).write_bytes(whole)
    assert rig.backend.fetch(terminal.cursor, 2)
    assert rig.backend.examine() == ()


def test_coop_that_begins_with_a_mistyped_card_is_told_and_goes_on(rig: FolderRig) -> None:
    (rig.folder / "cards.csv").write_text("card,member\r\n7:04A3C6CAE261,312\r\n")
    for _ in range(2):
        terminal = Terminal(rig.backend)
        terminal.pull()
        assert (len(terminal.knowledge.members), len(terminal.knowledge.cards)) == (MEMBERS, 0)
        assert rig.backend.examine()[1].startswith("cards.csv, line 2: card:")
        rig.reopen()
    append(rig, "members.csv", "9001,Zoé,ok")
    terminal.pull()
    assert len(terminal.knowledge.members) == MEMBERS + 1


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
