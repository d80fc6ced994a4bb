"""Saving what can be read of a damaged file.

Rows are copied into a new file, which takes the old one's place; the damaged one is set aside with the time in its
name. The outbox is not copied but made again from the journal: whatever was not delivered leaves once more, and the
server knows it by its id. A snapshot loses its cursor, so that the next round brings everything.
"""

import contextlib
import logging
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database, Migrations

from kiosk.durable import sync_to_disk
from kiosk.store.database import family, open_database, set_aside
from kiosk.store.outbox import Outbox
from kiosk.store.schema import JOURNAL_FILE
from kiosk.store.snapshot import SNAPSHOT_FILE
from kiosk.types import DELIVERED

log = logging.getLogger(__name__)

ROWS_AT_ONCE = 200
MOST_MISSES = 2000
"""Row numbers tried in vain, one after the other, before the rest between two readable ends is given up."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table to be saved. Names come from this module alone, so they may be put into SQL."""

    name: str
    columns: str

    def select(self, condition: str) -> str:
        return f"SELECT rowid, {self.columns} FROM {self.name} WHERE {condition}"  # noqa: S608  constants

    def insert(self) -> str:
        marks = ", ".join("?" for _ in self.columns.split(","))
        return f"INSERT OR IGNORE INTO {self.name} ({self.columns}) VALUES ({marks})"  # noqa: S608  constants


@dataclass(frozen=True, slots=True)
class Plan:
    """How a kind of file is saved; ``finish`` sets right what was not copied."""

    schema: Migrations
    tables: tuple[Table, ...]
    finish: Callable[[Database], object]


JOURNAL_PLAN = Plan(
    JOURNAL_FILE,
    (
        Table(
            "journal",
            "seq, id, kind, boot_id, monotonic, wall, trust, member_id, shift_id, about, offline, details, "
            "closed_as, closed_at",
        ),
        Table("card", "hash, member_id, blocked, fact_id"),
        Table("preference", "member_id, language, large_text, long_pulse"),
        Table("jar", "code, grams, weighed_on"),
        Table("jar_sticker", "sticker, code"),
        Table("staff_role", "member_id, role"),
        Table("pin", "name, record, tries"),
        Table("anchor", "boot_id, monotonic, wall"),
        Table("tombstone", "mark, salt, forgotten_at"),
    ),
    lambda db: Outbox(db).refill(sorted(DELIVERED)),
)
SNAPSHOT_PLAN = Plan(
    SNAPSHOT_FILE,
    (
        Table("member", "id, body, generation"),
        Table("card", "hash, member_id, body, generation"),
        Table("shift", "id, ends_at, body, generation"),
        Table("assignment", "shift_id, member_id, body, generation"),
        Table("jar", "code, body, generation"),
        Table("meta", "name, value"),
    ),
    lambda db: db.execute("DELETE FROM meta WHERE name IN ('cursor', 'full_at')"),
)


@dataclass(frozen=True, slots=True)
class Salvaged:
    """How many rows were saved, and the name under which the damaged file is kept."""

    rows: int
    aside: str


def salvage(path: Path, plan: Plan, now: datetime) -> Salvaged:
    """Put a sound file with every readable row in the place of a damaged one.

    Raises:
        sqlite3.Error: the new file cannot be written.
        OSError: likewise.
    """
    new = path.with_name(f"{path.name}.salvage")
    for leftover in family(new):
        leftover.unlink()
    # The last one to close a file brings its log home, so that it can be renamed alone.
    with contextlib.closing(open_database(new, plan.schema)) as db:
        rows = sum(_copy(path, table, db) for table in plan.tables)
        with db.atomic():
            plan.finish(db)
    new.rename(finished(path))
    sync_to_disk(path.parent)
    saved = Salvaged(rows, finish_salvage(path, now))
    log.error("%s: damaged; %d rows were saved, the damaged file is kept as %s", path.name, saved.rows, saved.aside)
    return saved


def finish_salvage(path: Path, now: datetime) -> str:
    """Take the last steps of a salvage, also of one that a power cut ended; returns the damaged file's new name."""
    aside = ""
    if finished(path).exists():
        if path.exists():
            aside = set_aside(path, now).name
        finished(path).rename(path)
        sync_to_disk(path.parent)
    return aside


def finished(path: Path) -> Path:
    """Where a salvage leaves the sound file until the damaged one is out of the way."""
    return path.with_name(f"{path.name}.salvaged")


def _copy(path: Path, table: Table, into: Database) -> int:
    """Copy the readable rows of one table; returns how many."""
    saved = 0
    # Where not even the schema can be read, there is nothing of this table to be had.
    with contextlib.closing(sqlite3.connect(path)) as damaged, contextlib.suppress(sqlite3.DatabaseError):
        damaged.execute("PRAGMA query_only = ON")
        for rows in _readable(damaged, table):
            with into.atomic():
                saved += sum(_put(into, table, row) for row in rows)
    return saved


def _put(into: Database, table: Table, row: tuple[Any, ...]) -> bool:
    try:
        return into.conn.execute(table.insert(), row).rowcount == 1
    except sqlite3.IntegrityError:
        # A row whose values no longer fit their columns is part of the damage.
        return False


def _readable(damaged: sqlite3.Connection, table: Table) -> Iterator[list[tuple[Any, ...]]]:
    """Rows from the front up to the damage, from the back down to it, then one by one in between."""
    first, last = 0, 1 << 62
    try:
        while rows := damaged.execute(
            table.select("rowid > ? ORDER BY rowid LIMIT ?"), (first, ROWS_AT_ONCE)
        ).fetchall():
            first = rows[-1][0]
            yield [row[1:] for row in rows]
        return
    except sqlite3.DatabaseError:
        pass
    with contextlib.suppress(sqlite3.DatabaseError):
        while rows := damaged.execute(
            table.select("rowid < ? ORDER BY rowid DESC LIMIT ?"), (last, ROWS_AT_ONCE)
        ).fetchall():
            last = rows[-1][0]
            yield [row[1:] for row in rows]
    number, misses = first + 1, 0
    while number < last and misses < MOST_MISSES:
        row = None
        with contextlib.suppress(sqlite3.DatabaseError):
            row = damaged.execute(table.select("rowid = ?"), (number,)).fetchone()
        if row is not None:
            yield [row[1:]]
        number, misses = number + 1, 0 if row is not None else misses + 1
