"""A disk that fails: nothing waits for it, nothing is lost by it, and its trouble has a name."""

import mmap
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.process import ChildProcess, Disk, build_disk


class BadDisk:
    """A store on a disk with a switch."""

    def __init__(self, library: Path, directory: Path) -> None:
        switch = directory / "switch"
        switch.write_bytes(b"\0")
        with switch.open("r+b") as file:
            self._switch = mmap.mmap(file.fileno(), 1)
        self.directory = directory / "state"
        self._environment = {
            "LD_PRELOAD": str(library),
            "DISK_DIRECTORY": str(self.directory),
            "DISK_SWITCH": str(switch),
        }
        self.child = self.start()

    def start(self) -> ChildProcess:
        return ChildProcess(self.directory, **self._environment)

    def turn(self, disk: Disk) -> None:
        self._switch[0] = disk

    def restart(self) -> ChildProcess:
        self.child.kill()
        self.child = self.start()
        return self.child

    def close(self) -> None:
        self.child.kill()
        self._switch.close()

    def journalled(self) -> set[str]:
        """The ids in the file, read by another process."""
        db = sqlite3.connect(self.directory / "journal.db")
        try:
            return {id_ for (id_,) in db.execute("SELECT id FROM journal")}
        finally:
            db.close()


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_disk(tmp_path_factory.mktemp("disk"))


@pytest.fixture
def disk(library: Path, tmp_path: Path) -> Iterator[BadDisk]:
    disk = BadDisk(library, tmp_path)
    disk.child.wait_for("DeviceFound")
    yield disk
    disk.turn(Disk.WORKS)
    disk.close()


TROUBLES = [
    (Disk.FULL, "disk full"),
    (Disk.READ_ONLY, "disk error"),
    (Disk.FAILS_TO_WRITE, "disk error"),
    (Disk.FAILS_TO_SYNC, "disk error"),
]


@pytest.mark.parametrize(("trouble", "name"), TROUBLES)
def test_a_failing_disk_is_named_and_what_happened_meanwhile_is_written_later(disk, trouble, name):
    before = disk.child.ask("record 3")
    disk.child.wait_until_committed(before)
    disk.turn(trouble)
    during = disk.child.ask("record 5")
    failed = disk.child.wait_for("CommitFailed")
    lost = disk.child.wait_for("DeviceLost")
    disk.turn(Disk.WORKS)
    disk.child.forget()
    disk.child.ask("advance 60")
    disk.child.wait_until_committed(during)
    disk.child.wait_for("DeviceFound")
    disk.child.kill()

    assert failed["fault"] == lost["fault"] == name
    assert disk.journalled() == {*before, *during}


@pytest.mark.parametrize(("trouble", "_name"), TROUBLES)
def test_what_happens_while_the_disk_fails_is_delivered_all_the_same(disk, trouble, _name):
    disk.turn(trouble)
    check_in, passage, _, _ = during = disk.child.ask("record 4")
    disk.child.wait_for("CommitFailed")
    due = disk.child.ask("due")
    disk.child.ask("arrive")
    disk.turn(Disk.WORKS)
    disk.child.ask("advance 60")
    disk.child.wait_until_committed(during)

    assert due == [check_in, passage]
    assert disk.child.ask("due") == []


def test_a_disk_that_stays_read_only_says_so_once_it_is_opened_again(disk):
    disk.turn(Disk.READ_ONLY)
    disk.child.ask("record 1")
    disk.child.wait_for("CommitFailed")
    disk.child.forget()
    disk.child.ask("advance 60")
    disk.child.wait_for("Ticked")

    assert disk.child.ask_all("due")["fault"] == "disk read-only"


def test_each_fact_is_reported_once_however_long_the_disk_fails(disk):
    disk.turn(Disk.FULL)
    ids = disk.child.ask("record 2")
    disk.child.wait_for("CommitFailed")
    for _ in range(5):
        disk.child.ask("advance 60")
        disk.child.wait_for("Ticked")
        disk.child.forget()
    more = disk.child.ask("record 1")

    assert disk.child.wait_for("CommitFailed")["ids"] == more
    assert ids


def test_a_hanging_disk_is_noticed_from_outside_and_nothing_is_lost(disk):
    disk.turn(Disk.HANGS)
    ids = disk.child.ask("record 3")
    for _ in range(8):
        disk.child.ask("advance 1")
    lost = disk.child.wait_for("DeviceLost")
    failed = disk.child.wait_for("CommitFailed")
    disk.child.forget()
    disk.child.ask("advance 1")
    disk.child.wait_for("Ticked")
    while_it_hangs = disk.child.ask_all("advance 1")["fault"]
    more = disk.child.ask("record 2")
    disk.turn(Disk.WORKS)
    disk.child.wait_until_committed([*ids, *more])
    disk.child.ask("advance 1")
    disk.child.wait_for("DeviceFound")

    assert lost["fault"] == failed["fault"] == while_it_hangs == "disk hangs"
    assert failed["ids"] == ids


def test_a_disk_that_hangs_and_then_fails_has_not_come_back(disk):
    disk.turn(Disk.HANGS)
    disk.child.ask("record 1")
    for _ in range(8):
        disk.child.ask("advance 1")
    disk.child.wait_for("DeviceLost", fault="disk hangs")
    disk.child.forget()
    disk.turn(Disk.FAILS_TO_SYNC)
    disk.child.wait_for("DeviceLost", fault="disk error")
    for _ in range(3):
        disk.child.ask("advance 1")
        disk.child.ask("due")

    assert disk.child.all("DeviceFound") == []
    assert disk.child.ask_all("due")["fault"] == "disk error"


def test_nobody_waits_for_a_slow_disk(disk):
    disk.turn(Disk.SLOW)
    begun = time.monotonic()
    ids = disk.child.ask("record 20")
    seconds = time.monotonic() - begun
    disk.child.wait_until_committed(ids)

    assert seconds < 0.25
    assert disk.child.all("CommitFailed") == []


@pytest.mark.parametrize("trouble", [Disk.FULL, Disk.READ_ONLY, Disk.FAILS_TO_WRITE])
def test_members_are_known_although_the_disk_failed_before_the_start(disk, trouble):
    disk.child.ask("page 700")
    check_in, *_ = before = disk.child.ask("record 3")
    disk.child.wait_until_committed(before)
    assert disk.child.ask("stop")
    disk.turn(trouble)
    child = disk.restart()
    child.wait_for("KnowledgePage", last=True)
    known, jars = (sum(line[what] for line in child.all("KnowledgePage")) for what in ("members", "jars"))
    ids = child.ask("record 2")
    child.wait_for("CommitFailed")
    disk.turn(Disk.WORKS)
    child.ask("advance 60")
    child.wait_until_committed(ids)

    assert known == 700
    # What only this terminal knows is known as well, and said once.
    assert jars == 1
    assert [line["ids"] for line in child.all("FactsRecalled")] == [[check_in]]


@pytest.mark.parametrize("after", [1, 2, 3, 5, 13, 40])
def test_killed_at_any_moment_every_announced_fact_is_there(tmp_path, after):
    child = ChildProcess(tmp_path)
    child.tell("steadily 1000")
    child.wait_for_commits(after)
    child.kill()
    last = ChildProcess(tmp_path)
    journalled = set(last.ask("journal"))
    last.kill()

    assert child.committed() <= journalled
