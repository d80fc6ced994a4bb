"""The journal can be copied for a backup also from a disk that nobody can write to any more."""

import errno
import sqlite3
from contextlib import closing

import pytest

from kiosk.store import backup
from kiosk.store.backup import BackupError, copy_journal
from kiosk.store.database import open_database
from kiosk.store.faults import StoreFault
from kiosk.store.schema import JOURNAL_FILE

PATIENCE = 10


def languages(path):
    with closing(sqlite3.connect(path)) as db:
        return dict(db.execute("SELECT member_id, language FROM preference").fetchall())


def refuse_to_open(monkeypatch, code):
    """SQLite cannot open a file that it may only read: there is no index of its log, and none can be made."""

    def connect(path, **more):
        if "uri" in more:
            fault = sqlite3.OperationalError("unable to open database file")
            fault.sqlite_errorcode = code
            raise fault
        return sqlite3.Connection(path)

    monkeypatch.setattr(backup.sqlite3, "connect", connect)


@pytest.mark.parametrize(
    "code", [sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY_CANTINIT, sqlite3.SQLITE_IOERR_SHMSIZE]
)
def test_a_disk_that_cannot_be_written_is_copied_with_what_stands_in_the_log(monkeypatch, tmp_path, code):
    source, target = tmp_path / "journal.db", tmp_path / "memory" / "copy"
    target.parent.mkdir()
    with closing(open_database(source, JOURNAL_FILE)) as live:
        live.execute("INSERT INTO preference (member_id, language) VALUES ('m1', 'fr')")
        live.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        live.execute("INSERT INTO preference (member_id, language) VALUES ('m2', 'en')")
        with monkeypatch.context() as patch:
            refuse_to_open(patch, code)
            copy_journal(source, target)

    assert languages(target) == {"m1": "fr", "m2": "en"}
    assert [path.name for path in target.parent.iterdir()] == ["copy"]
    assert target.stat().st_mode & 0o777 == 0o600


def test_a_journal_that_another_program_holds_is_not_copied_as_it_lies(monkeypatch, tmp_path):
    source, target = tmp_path / "journal.db", tmp_path / "copy"
    open_database(source, JOURNAL_FILE).close()
    refuse_to_open(monkeypatch, sqlite3.SQLITE_BUSY)

    with pytest.raises(BackupError, match="cannot be copied"):
        copy_journal(source, target)
    assert not target.exists()


def test_a_running_store_is_copied_while_its_disk_fails(start, facts, tmp_path):
    def fail(_precious):
        raise OSError(errno.EROFS, "Read-only file system")

    store = start()
    fact = facts.check_in()
    store.record(fact)
    store.journal_list().result(PATIENCE)
    store._worker.ask(fail).exception(PATIENCE)
    assert store.fault is StoreFault.READ_ONLY
    store.copy_to(tmp_path / "copy").result(PATIENCE)

    with closing(sqlite3.connect(tmp_path / "copy")) as db:
        assert db.execute("SELECT id FROM journal").fetchall() == [(fact.id,)]
