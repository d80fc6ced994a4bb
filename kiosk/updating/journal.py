"""The journal around a trial: a copy before it, and the proof after it that no row is gone."""

import os
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from kiosk.durable import sync_to_disk
from kiosk.store.backup import JOURNAL, BackupError, copy_journal
from kiosk.store.database import family

_UNPURGED: Final = timedelta(hours=20)
"""No retention is shorter than a day: what is younger than this was never purged."""

_MISSING: Final = """
    SELECT count(*) FROM main.journal AS was
    WHERE (was.wall > ? OR was.id IN (SELECT id FROM main.outbox))
    AND NOT EXISTS (SELECT 1 FROM live.journal AS now WHERE now.id = was.id)
"""


def copy_for(data_dir: Path, target: Path) -> int | None:
    """Copy the journal, which may be written to meanwhile, to ``target``, durable and with the same owner.

    Returns:
        How many facts are in the copy; None where there is no journal yet.

    Raises:
        BackupError: it cannot be read, or is damaged.
        OSError: the copy cannot be written.
    """
    source = data_dir / JOURNAL
    if not source.exists():
        return None
    remove(target)
    copy_journal(source, target)
    own_like(source, target)
    sync_to_disk(target)
    sync_to_disk(target.parent)
    with closing(sqlite3.connect(_as_it_is(target), uri=True)) as copy:
        return int(copy.execute("SELECT count(*) FROM journal").fetchone()[0])


def missing_since(kept: Path, data_dir: Path, now: datetime) -> int:
    """How many facts of the copy ``kept`` are gone from the journal, though no purge can have taken them.

    Raises:
        BackupError: one of the two cannot be read.
    """
    if not kept.exists():
        return 0
    try:
        with closing(sqlite3.connect(_as_it_is(kept), uri=True)) as db:
            db.execute("ATTACH ? AS live", (f"file:{data_dir / JOURNAL}?mode=ro",))
            found = db.execute(_MISSING, ((now - _UNPURGED).isoformat(),))
            return int(found.fetchone()[0])
    except sqlite3.Error as fault:
        raise BackupError(f"{data_dir / JOURNAL}: cannot be read ({fault})") from fault


def _as_it_is(copy: Path) -> str:
    """Nobody writes to a copy: so SQLite needs nothing beside it."""
    return f"file:{copy}?immutable=1"


def remove(copy: Path) -> None:
    """Take a copy away: it holds people's data."""
    for member in family(copy):
        member.unlink()


def own_like(example: Path, *paths: Path) -> None:
    """Give ``paths`` to whoever has ``example``, where that is ours to do."""
    if os.geteuid() == 0:
        owner = example.stat()
        for path in paths:
            # A link that the owner has put there meanwhile is not followed.
            os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)
