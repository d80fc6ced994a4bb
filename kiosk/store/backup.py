"""Everything precious in one sealed file, and back: the journal's database, the card key, the configuration.

What can be fetched again is left out. The file is a tar under a passphrase (:mod:`kiosk.sealing`).
"""

import io
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Final

from kiosk.durable import sync_to_disk
from kiosk.errors import StoreError
from kiosk.store.database import beside, family, leave_to_owner
from kiosk.store.faults import StoreFault, fault_of
from kiosk.store.salvage import finished

JOURNAL: Final = "journal.db"
SNAPSHOT: Final = "snapshot.db"
MANIFEST: Final = "manifest.json"
FORM: Final = 1
"""Raised when a file of the older form can no longer be read."""
EXTRAS: Final = ("card.key", "previous.key", "kiosk.toml")
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL
_CANNOT_BE_WRITTEN: Final = frozenset({StoreFault.READ_ONLY, StoreFault.FULL, StoreFault.IO})


class BackupError(StoreError, ValueError):
    """Error raised when a backup cannot be made, or cannot be put back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a backup holds besides the journal.

    Attributes:
        made_at: aware UTC.
        terminal: the name of the terminal it was made on.
        key_id: the name of the card key in it.
        extras: small files by name, of those in :data:`EXTRAS`.
    """

    made_at: datetime
    terminal: str
    key_id: str
    extras: Mapping[str, bytes] = field(default_factory=dict, repr=False)


def copy_journal(source: Path, target: Path) -> None:
    """A copy of ``journal.db`` as it is at one moment, also while it is written to, checked whole.

    Raises:
        BackupError: it cannot be read, or is damaged.
    """
    copy_unchecked(source, target)
    check_copy(target)


def copy_unchecked(source: Path, target: Path) -> None:
    """The first half of :func:`copy_journal`: what the thread that owns the journal has time for.

    What lay at ``target`` is gone; nobody but the owner may read the copy.

    Raises:
        BackupError: the journal cannot be read, or the copy not be written.
    """
    try:
        try:
            _copy_as_it_is_used(source, target)
        except sqlite3.OperationalError as fault:
            if fault_of(fault) not in _CANNOT_BE_WRITTEN:
                raise
            _copy_as_it_lies(source, target)
    except (sqlite3.Error, OSError) as fault:
        # Half a copy is people's data all the same.
        with suppress(OSError):
            _remove(target)
        raise BackupError(f"{source}: cannot be copied ({fault})") from fault


def _copy_as_it_is_used(source: Path, target: Path) -> None:
    _remove(target)
    os.close(os.open(target, _NEW, 0o600))
    with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)


def _copy_as_it_lies(source: Path, target: Path) -> None:
    """On a disk that cannot be written SQLite has no room for the index of the log, and nobody writes to the file."""
    _remove(target)
    for suffix in ("", "-wal"):
        if beside(source, suffix).exists():
            with (
                beside(source, suffix).open("rb") as lying,
                os.fdopen(os.open(beside(target, suffix), _NEW, 0o600), "wb") as copied,
            ):
                shutil.copyfileobj(lying, copied)
    with closing(sqlite3.connect(target)) as copy:
        copy.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _remove(copy: Path) -> None:
    for member in family(copy):
        member.unlink()


def check_copy(copied: Path) -> None:
    """See that a copy of the journal is whole.

    Raises:
        BackupError: it is not.
    """
    try:
        with closing(sqlite3.connect(copied)) as copy:
            verdict = copy.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.Error as fault:
        verdict = str(fault)
    if verdict != "ok":
        raise BackupError(f"the journal is damaged ({verdict}); start the terminal, which salvages it, and try again")


def pack(journal: Path, contents: Contents, target: IO[bytes]) -> None:
    """Write the archive of a copied journal and its extras, not yet sealed."""
    manifest = {
        "form": FORM,
        "made_at": contents.made_at.isoformat(),
        "terminal": contents.terminal,
        "key_id": contents.key_id,
    }
    with tarfile.open(fileobj=target, mode="w|") as archive:
        for name, data in {MANIFEST: json.dumps(manifest).encode(), **contents.extras}.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            # Straight from memory: the card key never lies on a disk that may be read-only, or be found.
            archive.addfile(member, io.BytesIO(data))
        archive.add(journal, JOURNAL)


@contextmanager
def unpacked(source: IO[bytes]) -> Iterator[tuple[Path, Contents]]:
    """The copied journal of an archive, in a folder that goes with the context, and what came with it.

    Raises:
        BackupError: it is not a backup of a kiosk, or of a newer form.
        OSError: it cannot be read to its end, or there is no room for what is in it.
    """
    with tempfile.TemporaryDirectory(prefix="coop-kiosk-") as name:
        folder = Path(name)
        try:
            with tarfile.open(fileobj=source, mode="r|") as archive:
                for member in archive:
                    # Nothing but the few plain files that are expected may come out of a file from elsewhere.
                    # By hand: the filters of tarfile are not in the Python of Debian 12 (3.11.2).
                    content = archive.extractfile(member) if member.isfile() else None
                    if content is not None and member.name in {JOURNAL, MANIFEST, *EXTRAS}:
                        with content, (folder / member.name).open("wb") as file:
                            shutil.copyfileobj(content, file)
            manifest = json.loads((folder / MANIFEST).read_bytes())
            form, made_at = int(manifest["form"]), datetime.fromisoformat(manifest["made_at"])
            terminal, key_id = str(manifest["terminal"]), str(manifest["key_id"])
        except (tarfile.TarError, FileNotFoundError, ValueError, KeyError, TypeError) as fault:
            raise BackupError(f"this is no backup of a kiosk ({type(fault).__name__})") from fault
        if form > FORM or not (folder / JOURNAL).exists():
            raise BackupError("this backup was made by a newer kiosk: restore it with that version or a later one")
        extras = {extra: (folder / extra).read_bytes() for extra in EXTRAS if (folder / extra).exists()}
        yield folder / JOURNAL, Contents(made_at=made_at, terminal=terminal, key_id=key_id, extras=extras)


def see_that_there_is_room(directory: Path) -> None:
    """See that a journal can be put back into ``directory``.

    Raises:
        BackupError: there is one already, or the log of one, which would be laid over it.
    """
    target = directory / JOURNAL
    for left in (*family(target), finished(target)):
        if left.exists():
            raise BackupError(f"{left}: is there already; move it away first, nothing was changed")


def put_back(journal: Path, directory: Path) -> None:
    """Make a copied journal the one of ``directory``, durable before it counts. Nobody else may use the directory.

    Raises:
        BackupError: as :func:`see_that_there_is_room` does.
        OSError: it cannot be written.
    """
    directory.mkdir(parents=True, exist_ok=True)
    see_that_there_is_room(directory)
    target = directory / JOURNAL
    _ask_for_everything(directory / SNAPSHOT)
    new = target.with_suffix(".restored")
    shutil.copyfile(journal, new)
    new.chmod(0o600)
    leave_to_owner(new)
    sync_to_disk(new)
    new.replace(target)
    sync_to_disk(directory)


def _ask_for_everything(snapshot: Path) -> None:
    """Make the next round a full one: only that names everyone who was forgotten since the backup was made."""
    if snapshot.exists():
        # A damaged one loses its cursor when it is salvaged.
        with suppress(sqlite3.Error), closing(sqlite3.connect(snapshot)) as db, db:
            db.execute("DELETE FROM meta WHERE name IN ('cursor', 'full_at')")
