"""The power goes at every point of a terminal's day: what was announced is there, and no file is damaged."""

import hashlib
import mmap
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.store.database import DirectoryLock
from kiosk.store.ledger import Ledger
from kiosk.store.mirror import Mirror
from kiosk.store.pending import Pending
from kiosk.types import DELIVERED
from tests.fakes import Inbox, ManualClock
from tests.store.power import Disk, Files, Operation, read_record
from tests.store.process import ChildProcess, build_disk
from tests.store.process import Disk as Switch

FEWEST_STATES = 1000


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_disk(tmp_path_factory.mktemp("disk"))


@pytest.fixture
def scratch() -> Iterator[Path]:
    """A directory in memory where there is one: a thousand files need not be written to a real disk."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as directory:
        yield Path(directory)


class Recorder:
    """A store on a disk that is recorded."""

    def __init__(self, library: Path, directory: Path) -> None:
        self._record, switch = directory / "record", directory / "switch"
        switch.write_bytes(b"\0")
        with switch.open("r+b") as file:
            self._switch = mmap.mmap(file.fileno(), 1)
        state = directory / "state"
        state.mkdir()
        self.child = ChildProcess(
            state,
            LD_PRELOAD=str(library),
            DISK_DIRECTORY=str(state),
            DISK_SWITCH=str(switch),
            DISK_RECORD=str(self._record),
        )

    def turn(self, switch: Switch) -> None:
        self._switch[0] = switch

    def commit(self, number: int) -> None:
        self.child.wait_until_committed(self.child.ask(f"record {number}"))

    def end(self) -> list[Operation]:
        self.child.kill()
        self._switch.close()
        return read_record(self._record)


def promised(operation: Operation) -> set[str]:
    """The ids that were announced at this point."""
    return set(operation.data.decode().split()) if (operation.letter, operation.name) == ("W", "marks") else set()


class Left:
    """What a terminal finds after the power came back: the files opened by the real code."""

    def __init__(self, files: Files, directory: Path) -> None:
        for old in directory.iterdir():
            old.unlink()
        files.write_to(directory)
        clock, lock = ManualClock(), DirectoryLock(directory)
        ledger = Ledger(directory / "journal.db", lock, Inbox(), clock, Pending())
        mirror = Mirror(directory / "snapshot.db", clock)
        assert ledger.open()
        assert ledger.precious is not None
        db = ledger.precious.db
        self.journal = {id_ for (id_,) in db.execute("SELECT id FROM journal")}
        open_rows = {
            id_ for id_, kind in db.execute("SELECT id, kind FROM journal WHERE closed_as IS NULL") if kind in DELIVERED
        }
        self.unqueued = open_rows - {id_ for (id_,) in db.execute("SELECT id FROM outbox")}
        self.members = sum(len(page.members) for page in mirror.pages())
        ledger.close()
        mirror.close()
        lock.release()
        self.damaged = [path.name for path in directory.iterdir() if ".damaged-" in path.name]


def digest(files: Files) -> bytes:
    found = hashlib.blake2b()
    for name in sorted(files.names):
        if name != "marks":
            found.update(name.encode())
            found.update(files.bytes.get(files.names[name], b""))
    return found.digest()


def test_a_power_cut_at_any_point_loses_nothing_announced_and_damages_nothing(library, tmp_path, scratch):
    recorder = Recorder(library, tmp_path)
    recorder.commit(12)
    recorder.child.ask("due")
    recorder.child.ask("arrive")
    recorder.child.ask("page 60")
    recorder.child.ask("steadily 12")
    recorder.child.ask("again")
    recorder.commit(5)
    recorder.child.ask("purge")
    recorder.child.ask("page 70")
    recorder.child.ask("steadily 12")
    recorder.child.ask("again")
    recorder.child.ask("steadily 8")
    recorder.commit(1)
    operations = recorder.end()

    disk, announced, seen = Disk(), set(), set()
    for number, operation in enumerate(operations):
        disk.play(operation)
        announced |= promised(operation)
        for files in disk.left_after_power_cut(seed=number, tries=3):
            state = (digest(files), len(announced))
            if state in seen:
                continue
            seen.add(state)
            left = Left(files, scratch)
            assert left.damaged == [], f"after operation {number}"
            assert announced - left.journal == set(), f"after operation {number}"
            assert left.unqueued == set(), f"after operation {number}"
            assert left.members in {0, 60, 70}, f"after operation {number}"

    assert len(announced) == 12 + 12 + 5 + 12 + 8 + 1
    assert len(seen) >= FEWEST_STATES


def test_what_a_failed_sync_lost_is_written_again_before_it_is_announced(library, tmp_path, scratch):
    recorder = Recorder(library, tmp_path)
    recorder.commit(4)
    recorder.turn(Switch.FAILS_TO_SYNC)
    lost = recorder.child.ask("record 4")
    recorder.child.wait_for("CommitFailed")
    recorder.turn(Switch.WORKS)
    recorder.child.ask("advance 60")
    recorder.child.wait_until_committed(lost)
    recorder.child.ask("steadily 5")
    operations = recorder.end()
    first_announced_again = next(
        number for number, operation in enumerate(operations) if promised(operation) & set(lost)
    )

    disk, announced = Disk(), set()
    for number, operation in enumerate(operations):
        disk.play(operation)
        announced |= promised(operation)
        if number >= first_announced_again:
            for files in disk.left_after_power_cut(seed=number, tries=3):
                assert announced - Left(files, scratch).journal == set(), f"after operation {number}"

    assert {operation.letter for operation in operations} >= {"F", "S", "W"}
    assert set(lost) < announced


def test_the_model_loses_what_is_not_synced():
    disk = Disk()
    for line in [
        Operation("C", "a", "0"),
        Operation("W", "a", "0", b"one"),
        Operation("S", "a", "0"),
        Operation("W", "a", "3", b"two"),
    ]:
        disk.play(line)
    left = {bytes(files.bytes[files.names["a"]]) for files in disk.left_after_power_cut(seed=1, tries=5)}

    assert left == {b"one", b"onetwo"}
    disk.play(Operation("F", "a", "0"))
    disk.play(Operation("S", "a", "0"))
    assert [bytes(files.bytes[0]) for files in disk.left_after_power_cut(seed=1, tries=5)] == [b"one"]
