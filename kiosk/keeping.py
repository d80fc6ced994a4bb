"""What ``kiosk backup`` does: the journal's copy, the card key and the configuration, sealed in one file, and back."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final

from kiosk.app_parts import control_path
from kiosk.card_key import CardKey, previous_of, write_key_file
from kiosk.commands import COPY
from kiosk.config import Config
from kiosk.control import ANSWER_SECONDS, NotRunning, ask
from kiosk.errors import KioskError
from kiosk.sealing import seal, unseal
from kiosk.store.backup import (
    JOURNAL,
    Contents,
    check_copy,
    copy_journal,
    pack,
    put_back,
    see_that_there_is_room,
    unpacked,
)
from kiosk.store.database import DirectoryLock

SUFFIX: Final = ".kiosk-backup"
COPIES: Final = 3
"""Of the journal, at most, while it is copied and packed; and some room for whoever else needs it."""


def create_backup(config: Config, config_file: Path | None, target: Path, passphrase: str) -> None:
    """Write everything precious of this terminal to ``target``: whole, or not at all.

    A running terminal copies its journal itself, and does it in memory (``/run``); without one the file is copied.

    Raises:
        KioskError: there is nothing to back up, it is damaged, or the passphrase is too short.
        OSError: ``target`` cannot be written.
    """
    key = card_key_of(config)
    extras = {"card.key": f"{key.key.hex()}\n".encode()}
    if config.cards.previous_key is not None:
        # Until each card was laid once, some are known by the key before alone.
        extras["previous.key"] = f"{config.cards.previous_key.reveal()}\n".encode()
    if config_file is not None:
        extras["kiosk.toml"] = config_file.read_bytes()
    contents = Contents(made_at=datetime.now(UTC), terminal=config.terminal.name, key_id=key.key_id, extras=extras)
    source = config.terminal.data_dir / JOURNAL
    if not source.exists():
        raise KioskError(f"{source}: there is nothing to back up yet")
    new = target.with_name(f"{target.name}.new")
    with tempfile.TemporaryDirectory(prefix="coop-kiosk-", dir=_maybe_memory(config, source)) as folder:
        archive = Path(folder) / "archive"
        with archive.open("w+b") as plain:
            with _copied(config, Path(folder)) as copy:
                pack(copy, contents, plain)
            plain.seek(0)
            try:
                _seal_to(new, plain, passphrase)
            except BaseException:
                # Half a backup of each night would fill the last of a full disk.
                new.unlink(missing_ok=True)
                raise
    new.replace(target)


def _seal_to(new: Path, plain: BinaryIO, passphrase: str) -> None:
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as sealed:
        seal(plain, sealed, passphrase)
        sealed.flush()
        os.fsync(sealed.fileno())


def _maybe_memory(config: Config, journal: Path) -> Path | None:
    """A folder in memory: the archive is not sealed yet, and who cannot write to the card needs a backup most.

    None where there is none, or where it could not take the journal and what is packed of it.
    """
    running = config.terminal.runtime_dir
    has_room = running.is_dir() and shutil.disk_usage(running).free > COPIES * journal.stat().st_size
    return running if has_room else None


@contextmanager
def _copied(config: Config, folder: Path) -> Iterator[Path]:
    """A copy of the journal that is whole; it goes with the context.

    Raises:
        KioskError: there can be none, or another backup is being made.
    """
    running = config.terminal.runtime_dir
    lock = DirectoryLock(running)
    if running.is_dir():
        # The copy has one name: who comes second would write into what the first is reading.
        lock.take()
    try:
        copy = _copy(config, folder)
        try:
            check_copy(copy)
            yield copy
        finally:
            copy.unlink()
    finally:
        lock.release()


def _copy(config: Config, folder: Path) -> Path:
    try:
        ask(control_path(config), "backup copy", timeout_seconds=ANSWER_SECONDS)
    except NotRunning:
        copy = folder / JOURNAL
        copy_journal(config.terminal.data_dir / JOURNAL, copy)
        return copy
    return config.terminal.runtime_dir / COPY


def nightly_backup(config: Config, config_file: Path | None, folder: Path, passphrase: str, keep: int) -> Path:
    """Write a backup that is named after today into ``folder``, and take the oldest away beyond ``keep`` of them.

    Raises:
        KioskError: as for :func:`create_backup`; the older ones are all still there.
        OSError: ``folder`` cannot be written.
    """
    day = datetime.now(config.terminal.timezone).date().isoformat()
    target = folder / f"{config.terminal.name}-{day}{SUFFIX}"
    create_backup(config, config_file, target, passphrase)
    # ISO dates sort as they follow each other. Of another terminal's backups none is touched, and this one stays
    # whatever its day: the clock may be unset now, or have been far ahead once.
    others = {kept for kept in folder.glob(f"{config.terminal.name}-????-??-??{SUFFIX}") if kept != target}
    for old in sorted(others, reverse=True)[keep - 1 :]:
        old.unlink()
    return target


def restore_backup(config: Config, source: Path, passphrase: str, key_file: Path) -> Contents:
    """Put a backup back on a terminal that does not run and has no journal yet; its card key goes to ``key_file``.

    Returns:
        What the backup said of itself; its ``extras`` hold the configuration of then, where there was one.

    Raises:
        KioskError: the passphrase is another one, it is no backup, or there are data already; nothing was changed.
        OSError: it cannot be read or written.
    """
    with tempfile.TemporaryFile() as plain:
        with source.open("rb") as sealed:
            unseal(sealed, plain, passphrase)
        plain.seek(0)
        with unpacked(plain) as (journal, contents):
            key = _key_in(contents, "card.key")
            lock = DirectoryLock(config.terminal.data_dir)
            lock.take()
            try:
                # The key first: where it cannot be written, the journal of cards that nobody knows is not there yet.
                see_that_there_is_room(config.terminal.data_dir)
                write_key_file(key_file, CardKey(key=key, key_id=contents.key_id))
                if "previous.key" in contents.extras:
                    before = CardKey(key=_key_in(contents, "previous.key"), key_id="previous")
                    write_key_file(previous_of(key_file), before)
                put_back(journal, config.terminal.data_dir)
            finally:
                lock.release()
            return contents


def _key_in(contents: Contents, name: str) -> bytes:
    return bytes.fromhex(contents.extras[name].decode("ascii").strip())


def card_key_of(config: Config) -> CardKey:
    """The card key in force.

    Raises:
        KioskError: there is none.
    """
    if config.cards.key is None:
        raise KioskError("[cards] key_file is not set: there is no card key")
    return CardKey(key=bytes.fromhex(config.cards.key.reveal()), key_id=config.cards.key_id)
