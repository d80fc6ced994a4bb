"""What still has to leave: one row for each fact that a server waits for.

A row is written in the transaction that writes its fact, and goes in the one that closes it. Nothing here says "being
sent": that is known in memory only, so a crash leaves no row locked.
"""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from sqlite_utils import Database

from kiosk.store.journal import readable
from kiosk.types import JAR_KINDS, Fact, FactId, FactKind, JarCode

_KINDS = json.dumps(list(FactKind))
"""What a later version of this program knows beyond these waits for that version, and not in anyone's way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """A fact on its way out. ``fact.happened`` is set right where the clock was wrong and is known to have been.

    Attributes:
        pause_seconds: the pause before this try; 0 at the first one.
        attempts: tries that failed although the server could be reached.
        reason: why the last try failed, or why the server will never take it.
    """

    fact: Fact
    attempts: int = 0
    pause_seconds: float = 0.0
    refused: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """What may leave now.

    Attributes:
        rows: in the order of recording.
        next_at: monotonic seconds at which another row may leave; None when none waits for its time.
    """

    rows: tuple[OutboxRow, ...]
    next_at: float | None


@dataclass(frozen=True, slots=True)
class Arrived:
    """The server has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """Try again after ``pause_seconds``. ``counts``: the row itself seems to be the trouble."""

    pause_seconds: float
    counts: bool = True
    why: str = ""


@dataclass(frozen=True, slots=True)
class Parked:
    """The server will never take it; it waits for a person."""

    reason: str


Settlement: TypeAlias = Arrived | Later | Parked


@dataclass(frozen=True, slots=True)
class Backlog:
    """How much has not left: ``waiting`` for its turn, ``refused`` and waiting for a person."""

    waiting: int
    refused: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """Where a fact stands: its number in the journal, and whether the server has refused it."""

    seq: int
    refused: bool


class Outbox:
    """The table of rows in an open ``journal.db``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def put(self, fact: Fact, boot_id: str, not_before: float) -> None:
        self._db.execute(
            "INSERT OR IGNORE INTO outbox (id, about, state, boot_id, not_before) VALUES (?, ?, 'waiting', ?, ?)",
            (fact.id, fact.about, boot_id, not_before),
        )

    def drop(self, fact_id: FactId) -> None:
        self._db.execute("DELETE FROM outbox WHERE id = ?", (fact_id,))

    def find(self, fact_id: FactId) -> Queued | None:
        row = self._db.execute(
            "SELECT j.seq, o.state = 'refused' FROM outbox AS o JOIN journal AS j ON j.id = o.id WHERE o.id = ?",
            (fact_id,),
        ).fetchone()
        return None if row is None else Queued(seq=row[0], refused=bool(row[1]))

    def is_held(self, fact_id: FactId, boot_id: str, now: float) -> bool:
        """Whether the row has never been allowed to leave yet."""
        row = self._db.execute(
            "SELECT 1 FROM outbox WHERE id = ? AND boot_id = ? AND not_before > ? AND pause_seconds = 0",
            (fact_id, boot_id, now),
        ).fetchone()
        return row is not None

    def due(self, limit: int, boot_id: str, now: float, unset_boot: str = "") -> list[OutboxRow]:
        """Rows that may leave, oldest first. A fact about another one leaves after it.

        Args:
            limit: at most so many.
            boot_id: this boot.
            now: monotonic seconds of this boot.
            unset_boot: leave out what was stamped in this boot before its clock was set.
        """
        cursor = self._db.execute(
            "SELECT * FROM outgoing AS o WHERE state = 'waiting' AND kind IN (SELECT value FROM json_each(?)) "
            "AND (held_in <> ? OR not_before <= ?) AND (boot_id <> ? OR trust = 'synced') "
            "AND NOT EXISTS (SELECT 1 FROM outbox AS first WHERE first.id = o.about AND first.state = 'waiting') "
            "ORDER BY place LIMIT ?",
            (_KINDS, boot_id, now, unset_boot, limit),
        )
        return _rows_of(cursor)

    def next_at(self, boot_id: str, now: float) -> float | None:
        """Monotonic seconds at which the next row comes of age."""
        (at,) = self._db.execute(
            "SELECT min(not_before) FROM outbox WHERE state = 'waiting' AND boot_id = ? AND not_before > ?",
            (boot_id, now),
        ).fetchone()
        return None if at is None else float(at)

    def postpone(self, fact_id: FactId, later: Later, boot_id: str, now: float) -> None:
        self._db.execute(
            "UPDATE outbox SET boot_id = ?, not_before = ?, pause_seconds = ?, attempts = attempts + ?, reason = ? "
            "WHERE id = ?",
            (boot_id, now + later.pause_seconds, later.pause_seconds, later.counts, later.why, fact_id),
        )

    def park(self, fact_id: FactId, reason: str) -> None:
        self._db.execute("UPDATE outbox SET state = 'refused', reason = ? WHERE id = ?", (reason, fact_id))

    def retry(self, fact_id: FactId | None) -> int:
        """Let a refused or postponed row, or all of them, leave at once; returns how many."""
        return self._db.execute(
            "UPDATE outbox SET state = 'waiting', boot_id = '', attempts = 0, pause_seconds = 0, reason = '' "
            "WHERE (state = 'refused' OR pause_seconds > 0) AND (? IS NULL OR id = ?)",
            (fact_id, fact_id),
        ).rowcount

    def about(self, fact_id: FactId, kinds: Iterable[str]) -> list[FactId]:
        """Waiting rows of these kinds that speak about ``fact_id``."""
        cursor = self._db.execute(
            "SELECT o.id FROM outbox AS o CROSS JOIN journal AS j ON j.id = o.id "
            "WHERE o.about = ? AND j.kind IN (SELECT value FROM json_each(?))",
            (fact_id, json.dumps(list(kinds))),
        )
        return [FactId(id_) for (id_,) in cursor.fetchall()]

    def backlog(self) -> Backlog:
        counts = dict(self._db.execute("SELECT state, count(*) FROM outbox GROUP BY state").fetchall())
        return Backlog(waiting=counts.get("waiting", 0), refused=counts.get("refused", 0))

    def oldest(self) -> OutboxRow | None:
        """The row that has waited longest for the server."""
        cursor = self._db.execute("SELECT * FROM outgoing WHERE state = 'waiting' ORDER BY place LIMIT 1")
        return next(iter(_rows_of(cursor)), None)

    def rows(self, limit: int) -> list[OutboxRow]:
        """All rows, the refused ones first, then in the order of recording."""
        return _rows_of(self._db.execute("SELECT * FROM outgoing ORDER BY state, place LIMIT ?", (limit,)))

    def jars(self) -> frozenset[JarCode]:
        """The jars of which something has not left."""
        # CROSS: from the few rows that wait, not from the whole journal.
        cursor = self._db.execute(
            "SELECT DISTINCT json_extract(j.details, '$.jar') FROM outbox AS o CROSS JOIN journal AS j ON j.id = o.id "
            "WHERE j.kind IN (SELECT value FROM json_each(?))",
            (json.dumps(list(JAR_KINDS)),),
        )
        return frozenset(JarCode(code) for (code,) in cursor.fetchall())

    def refill(self, kinds: Iterable[str]) -> int:
        """Queue every fact of these kinds that has not come to rest and is not queued; returns how many."""
        return self._db.execute(
            "INSERT OR IGNORE INTO outbox (id, about, state, boot_id, not_before) "
            "SELECT id, about, 'waiting', '', 0 FROM journal "
            "WHERE closed_as IS NULL AND kind IN (SELECT value FROM json_each(?)) ORDER BY seq",
            (json.dumps(list(kinds)),),
        ).rowcount


def _rows_of(cursor: sqlite3.Cursor) -> list[OutboxRow]:
    """The rows of the view ``outgoing``."""
    return [
        OutboxRow(fact=fact, attempts=attempts, pause_seconds=pause, reason=reason, refused=state == "refused")
        for fact, (attempts, pause, reason, state, *_) in readable(cursor.fetchall())
    ]
