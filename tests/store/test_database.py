"""A commit is a promise, and a directory has one owner."""

import os
import sqlite3
import subprocess
import sys

import pytest

from kiosk.errors import StoreLockedError
from kiosk.store.database import DirectoryLock, check, needs_check, open_database, set_aside
from kiosk.store.faults import StoreFault, StoreFaultError, fault_of
from kiosk.store.schema import JOURNAL_FILE
from tests.fakes import NOON


def pragma(db, name):
    return db.execute(f"PRAGMA {name}").fetchone()[0]


def test_a_precious_file_is_opened_so_that_a_commit_survives_a_power_cut(tmp_path):
    db = open_database(tmp_path / "journal.db", JOURNAL_FILE)
    found = {name: pragma(db, name) for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")}
    db.close()

    # https://www.sqlite.org/pragma.html#pragma_synchronous: 2 is FULL.
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}


def test_a_file_closed_in_order_needs_no_check(tmp_path):
    path = tmp_path / "journal.db"
    db = open_database(path, JOURNAL_FILE)
    while_open = needs_check(path)
    db.close()

    assert while_open
    assert not needs_check(path)


def test_a_damaged_page_is_found_by_the_check(tmp_path):
    path = tmp_path / "journal.db"
    db = open_database(path, JOURNAL_FILE)
    (number,) = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'jar'").fetchone()
    db.close()
    with path.open("r+b") as file:
        file.seek((number - 1) * 4096)
        file.write(b"\xa5" * 4096)
    db = open_database(path, JOURNAL_FILE)
    with pytest.raises(StoreFaultError) as caught:
        check(db)
    db.close()

    assert caught.value.fault is StoreFault.DAMAGED


def test_two_files_set_aside_in_one_second_have_two_names(tmp_path):
    names = []
    for _ in range(2):
        (tmp_path / "a.db").touch()
        names.append(set_aside(tmp_path / "a.db", NOON).name)

    assert names == ["a.db.damaged-20260302T120000", "a.db.damaged-20260302T120000-2"]


def test_a_lock_keeps_other_processes_out_until_it_is_released(tmp_path):
    lock = DirectoryLock(tmp_path)
    lock.take()
    lock.take()
    program = f"""
from pathlib import Path
from kiosk.store.database import DirectoryLock
DirectoryLock(Path({str(tmp_path)!r})).take()
"""
    first = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    lock.release()
    lock.release()
    second = subprocess.run([sys.executable, "-c", program], check=False)

    assert StoreLockedError.__name__ in first.stderr
    assert second.returncode == 0


def test_a_lock_is_let_go_when_its_process_is_killed(tmp_path):
    program = f"""
import os, signal
from pathlib import Path
from kiosk.store.database import DirectoryLock
DirectoryLock(Path({str(tmp_path)!r})).take()
os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", program], check=False)
    lock = DirectoryLock(tmp_path)
    lock.take()
    lock.release()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_directory_that_cannot_be_made_is_the_disks_fault(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(OSError, match="state") as caught:
        DirectoryLock(tmp_path / "state").take()

    assert fault_of(caught.value) is StoreFault.READ_ONLY


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (OSError(28, "No space left on device"), StoreFault.FULL),
        (OSError(30, "Read-only file system"), StoreFault.READ_ONLY),
        (OSError(5, "Input/output error"), StoreFault.IO),
        (StoreLockedError("another"), StoreFault.BUSY),
        (sqlite3.OperationalError("no such table: journal"), StoreFault.UNKNOWN),
        (sqlite3.IntegrityError("NOT NULL constraint failed"), None),
        (ValueError("no row"), None),
    ],
)
def test_every_trouble_of_a_disk_has_a_name(error, fault):
    assert fault_of(error) is fault
