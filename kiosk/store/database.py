"""Opening one SQLite file so that a commit is a promise, and the lock on the directory it lies in.

WAL with ``synchronous=FULL`` is what a power cut at any write leaves whole *and* complete; WAL with ``NORMAL`` leaves
it whole and may take back the last commits (https://www.sqlite.org/pragma.html#pragma_synchronous).
"""

import contextlib
import fcntl
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database, Migrations

from kiosk.durable import sync_to_disk
from kiosk.errors import StoreLockedError
from kiosk.store.faults import StoreFault, StoreFaultError, fault_of

KEPT_ASIDE = 3


def open_database(path: Path | None, migrations: Migrations, *, durable: bool = True) -> Database:
    """Open or create a file and bring its schema up to date.

    Each migration runs in one transaction together with the record of having run.

    Args:
        path: the file; None for one in memory.
        migrations: the schema, step by step.
        durable: a commit survives a power cut. False for what can be fetched again: fewer writes to the card.

    Raises:
        sqlite3.Error: the file cannot be opened or changed.
        StoreFaultError: the file is damaged.
    """
    if path is not None and not path.exists():
        path.touch(mode=0o600)
        leave_to_owner(path)
    db = Database(path, memory=path is None, execute_plugins=False)
    try:
        # The directory is locked; only a person with a database tool can be in the way.
        db.execute("PRAGMA busy_timeout = 2000")
        if path is not None:
            db.enable_wal()
        db.execute("PRAGMA synchronous = FULL" if durable else "PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA foreign_keys = ON")
        # What is purged or forgotten is overwritten, not only unlinked.
        db.execute("PRAGMA secure_delete = ON")
        migrations.apply(db)
    except BaseException:
        db.close()
        raise
    return db


@contextlib.contextmanager
def opened_elsewhere(path: Path, migrations: Migrations) -> Iterator[Database]:
    """A passing copy of a file that cannot be opened where it is, because its disk cannot be written.

    Raises:
        sqlite3.Error: it cannot be read.
        OSError: likewise, or there is no room for a copy.
    """
    with tempfile.TemporaryDirectory(prefix="kiosk-") as elsewhere:
        for member in family(path):
            shutil.copy(member, elsewhere)
        with contextlib.closing(open_database(Path(elsewhere) / path.name, migrations, durable=False)) as db:
            yield db


def leave_to_owner(path: Path) -> None:
    """What a command that root gives has made is the terminal's, which is another user and has the directory."""
    if os.geteuid() == 0:
        owner = path.parent.stat()
        # A link that the other user has put there is not followed.
        os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


def needs_check(path: Path) -> bool:
    """Whether the file was not closed in order: the last one to close it removes the write-ahead log."""
    wal = beside(path, "-wal")
    return wal.exists() and wal.stat().st_size > 0


def check(db: Database) -> None:
    """Read every page and see that it hangs together.

    Raises:
        StoreFaultError: it does not.
    """
    try:
        sound = db.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
    except sqlite3.DatabaseError as error:
        if fault_of(error) is not StoreFault.DAMAGED:
            raise
        sound = False
    if not sound:
        raise StoreFaultError(StoreFault.DAMAGED)


def beside(path: Path, suffix: str) -> Path:
    """The file that SQLite keeps next to ``path``: ``-wal`` or ``-shm``."""
    return path.with_name(path.name + suffix)


def family(path: Path) -> Iterable[Path]:
    """The file and what SQLite keeps beside it, as far as they exist."""
    return [member for member in (path, beside(path, "-wal"), beside(path, "-shm")) if member.exists()]


def set_aside(path: Path, now: datetime) -> Path:
    """Rename a damaged file, with its log, so that it can be looked at; returns its new name.

    The latest three are kept: a card that is dying must not be filled with what it has damaged.
    """
    aside, number = path.with_name(f"{path.name}.damaged-{now:%Y%m%dT%H%M%S}"), 1
    while aside.exists():
        number += 1
        aside = path.with_name(f"{path.name}.damaged-{now:%Y%m%dT%H%M%S}-{number}")
    # The main file goes last: until then the next start finds the damage again, and not a log without its file.
    for suffix in ("-shm", "-wal", ""):
        if beside(path, suffix).exists():
            beside(path, suffix).rename(beside(aside, suffix))
    earlier = [kept for kept in path.parent.glob(f"{path.name}.damaged-*") if not kept.name.endswith(("-shm", "-wal"))]
    for old in sorted(earlier, key=lambda kept: kept.stat().st_mtime)[:-KEPT_ASIDE]:
        for member in family(old):
            member.unlink()
    sync_to_disk(path.parent)
    return aside


def forget_cached_pages(path: Path) -> None:
    """Make the next read come from the disk.

    After a failed fsync Linux keeps the pages that did not reach the disk in memory and calls them clean. Whoever reads
    them back believes that they were written ("Can Applications Recover from fsync Failures?", USENIX ATC 2020).
    """
    for member in family(path):
        descriptor = os.open(member, os.O_RDONLY)
        try:
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(descriptor)


class DirectoryLock:
    """An exclusive lock on a directory, held for as long as this process lives or until :meth:`release`."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / "lock"
        self._descriptor: int | None = None

    def take(self) -> None:
        """Make the directory if it is not there, and lock it; twice does no harm.

        Raises:
            StoreLockedError: another process holds it.
            OSError: the directory cannot be used at all.
        """
        if self._descriptor is not None:
            return
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            leave_to_owner(self._path)
        except OSError:
            # On a read-only disk the file of an earlier start can still be locked.
            descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise StoreLockedError(f"another process is using {self._path.parent}") from None
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor = descriptor

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
