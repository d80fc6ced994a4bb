"""What the server last said, in ``snapshot.db``: enough to decide and to greet after a restart. Rebuildable.

Pages are laid over what is there, each in one transaction. A full round raises the generation of every row it names;
what it did not name goes with its last page. Cursor and age change with that last page too, so a round cut short
leaves the rows it brought and the cursor from before.
"""

import json
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from sqlite_utils import Database, Migrations

from kiosk.events import KnowledgePage
from kiosk.store.anchors import wall_text
from kiosk.store.codec import from_json, to_json
from kiosk.types import Assignment, Capabilities, Card, Coop, Jar, Member, MemberId, Shift

log = logging.getLogger(__name__)

PAGE_ROWS = 300
"""Rows of one page given to the reactor: small enough that a tap between two pages is not kept waiting."""

SNAPSHOT_FILE = Migrations("snapshot")

_V = TypeVar("_V")


@SNAPSHOT_FILE()
def m001_snapshot(db: Database) -> None:
    """Keys as columns, the rest as JSON: a new field needs no migration, so an upgrade offline keeps everyone."""
    db.executescript("""
        CREATE TABLE member (
            id TEXT PRIMARY KEY, body TEXT NOT NULL, generation INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE card (
            hash TEXT PRIMARY KEY, member_id TEXT NOT NULL, body TEXT NOT NULL, generation INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX card_member ON card (member_id);
        CREATE TABLE shift (
            id TEXT PRIMARY KEY, ends_at TEXT NOT NULL, body TEXT NOT NULL, generation INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE assignment (
            shift_id TEXT NOT NULL, member_id TEXT NOT NULL, body TEXT NOT NULL, generation INTEGER NOT NULL,
            PRIMARY KEY (shift_id, member_id)
        ) STRICT;
        CREATE INDEX assignment_member ON assignment (member_id);
        CREATE TABLE jar (
            code TEXT PRIMARY KEY, body TEXT NOT NULL, generation INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE meta (
            name TEXT PRIMARY KEY, value TEXT NOT NULL
        ) STRICT;
    """)


class Cursor(NamedTuple):
    """Where the next round continues. ``full_at``: when the last full round ended; None before the first."""

    cursor: str
    generation: int
    full_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the server said of one person; each place with its shift."""

    member: Member | None = None
    cards: tuple[Card, ...] = ()
    places: tuple[tuple[Shift, Assignment], ...] = ()


@dataclass(frozen=True, slots=True)
class _Table:
    """How one kind of row is stored: statements written out, so that no name is ever pasted into SQL."""

    field: str
    kind: type[Any]
    keys: tuple[str, ...]
    put: str
    sweep: str
    page: str


_TABLES = (
    _Table(
        "members",
        Member,
        ("id",),
        "INSERT OR REPLACE INTO member (id, body, generation) VALUES (:id, :body, :generation)",
        "DELETE FROM member WHERE generation <> ?",
        "SELECT rowid, body FROM member WHERE rowid > ? ORDER BY rowid LIMIT ?",
    ),
    _Table(
        "cards",
        Card,
        ("hash", "member_id"),
        "INSERT OR REPLACE INTO card (hash, member_id, body, generation) "
        "VALUES (:hash, :member_id, :body, :generation)",
        "DELETE FROM card WHERE generation <> ?",
        "SELECT rowid, body FROM card WHERE rowid > ? ORDER BY rowid LIMIT ?",
    ),
    _Table(
        "shifts",
        Shift,
        ("id", "ends_at"),
        "INSERT OR REPLACE INTO shift (id, ends_at, body, generation) VALUES (:id, :ends_at, :body, :generation)",
        "DELETE FROM shift WHERE generation <> ?",
        "SELECT rowid, body FROM shift WHERE rowid > ? ORDER BY rowid LIMIT ?",
    ),
    _Table(
        "assignments",
        Assignment,
        ("shift_id", "member_id"),
        "INSERT OR REPLACE INTO assignment (shift_id, member_id, body, generation) "
        "VALUES (:shift_id, :member_id, :body, :generation)",
        "DELETE FROM assignment WHERE generation <> ?",
        "SELECT rowid, body FROM assignment WHERE rowid > ? ORDER BY rowid LIMIT ?",
    ),
    _Table(
        "jars",
        Jar,
        ("code",),
        "INSERT OR REPLACE INTO jar (code, body, generation) VALUES (:code, :body, :generation)",
        "DELETE FROM jar WHERE generation <> ?",
        "SELECT rowid, body FROM jar WHERE rowid > ? ORDER BY rowid LIMIT ?",
    ),
)
_OF_A_MEMBER = (
    "DELETE FROM assignment WHERE member_id = ?",
    "DELETE FROM card WHERE member_id = ?",
    "DELETE FROM member WHERE id = ?",
)
_REMOVALS = (
    *(("removed_members", statement) for statement in _OF_A_MEMBER),
    *(("forgotten_members", statement) for statement in _OF_A_MEMBER),
    ("removed_cards", "DELETE FROM card WHERE hash = ?"),
    ("removed_shifts", "DELETE FROM assignment WHERE shift_id = ?"),
    ("removed_shifts", "DELETE FROM shift WHERE id = ?"),
)


class Snapshot:
    """An open ``snapshot.db``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def close(self) -> None:
        self._db.close()

    def apply(self, page: KnowledgePage) -> None:
        """Lay one page over what is there, in one transaction."""
        with self._db.atomic():
            for table in _TABLES:
                rows = getattr(page, table.field)
                if rows:
                    self._db.conn.executemany(table.put, _stored(table, rows, page.generation))
            for field, statement in _REMOVALS:
                self._db.conn.executemany(statement, [(key,) for key in getattr(page, field)])
            self._db.conn.executemany(
                "DELETE FROM assignment WHERE shift_id = ? AND member_id = ?", page.removed_assignments
            )
            if page.coop is not None:
                self._set("coop", to_json(page.coop))
            if page.capabilities is not None:
                self._set("capabilities", to_json(page.capabilities))
            self._set("generation", str(page.generation))
            if page.last:
                self._finish(page)

    def _finish(self, page: KnowledgePage) -> None:
        self._set("cursor", page.cursor)
        self._set("fetched_at", wall_text(page.fetched_at))
        if page.full:
            for table in _TABLES:
                self._db.execute(table.sweep, (page.generation,))
            self._set("full_at", wall_text(page.fetched_at))

    def confirm(self, at: datetime) -> None:
        """The server said that nothing changed. Without a finished round there is nothing to confirm."""
        if self._get("fetched_at") is not None:
            self._set("fetched_at", wall_text(at))

    def cursor(self) -> Cursor:
        full_at = self._get("full_at")
        return Cursor(
            cursor=self._get("cursor") or "",
            generation=int(self._get("generation") or 0),
            full_at=None if full_at is None else datetime.fromisoformat(full_at),
        )

    def begin_anew(self) -> None:
        """Make the next round a full one. What is known stays meanwhile."""
        self._db.execute("DELETE FROM meta WHERE name IN ('cursor', 'full_at')")

    def pages(self) -> Iterator[KnowledgePage]:
        """All of it as the pages of one full round; none before the first round was finished."""
        fetched_at = self._get("fetched_at")
        if fetched_at is None:
            return
        empty = KnowledgePage(
            generation=self.cursor().generation,
            full=True,
            last=False,
            cursor=self.cursor().cursor,
            fetched_at=datetime.fromisoformat(fetched_at),
        )
        # What a decision needs of the coop itself comes first.
        yield replace(
            empty,
            coop=self._value("coop", Coop),
            capabilities=self._value("capabilities", Capabilities) or Capabilities(),
        )
        for table in _TABLES:
            for rows in self._chunks(table):
                changes: dict[str, Any] = {table.field: rows}
                yield replace(empty, **changes)
        yield replace(empty, last=True)

    def members(self, ids: Iterable[MemberId]) -> tuple[Member, ...]:
        """The members of these ids, as far as they are known."""
        found = self._db.execute(
            "SELECT body FROM member WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(list(ids)),)
        )
        return tuple(_read(Member, (body for (body,) in found.fetchall())))

    def of_member(self, member_id: MemberId) -> Known:
        """All that the server said of one person."""
        cards = self._db.execute("SELECT body FROM card WHERE member_id = ?", (member_id,))
        places = self._db.execute(
            "SELECT a.body, s.body FROM assignment AS a JOIN shift AS s ON s.id = a.shift_id "
            "WHERE a.member_id = ? ORDER BY s.ends_at",
            (member_id,),
        )
        return Known(
            member=next(iter(self.members([member_id])), None),
            cards=tuple(_read(Card, (body for (body,) in cards.fetchall()))),
            places=tuple(
                (shift, place)
                for place_body, shift_body in places.fetchall()
                for place in _read(Assignment, [place_body])
                for shift in _read(Shift, [shift_body])
            ),
        )

    def forget(self, member_id: MemberId) -> None:
        """Let go of everything about one person; :meth:`write_afresh` leaves no copy either."""
        with self._db.atomic():
            for statement in _OF_A_MEMBER:
                self._db.execute(statement, (member_id,))

    def write_afresh(self) -> None:
        """Write the whole file once more: rows that moved leave copies in its gaps, which no deletion reaches."""
        self._db.execute("VACUUM")
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def purge(self, before: datetime) -> int:
        """Let go of shifts that ended before that time, and of who was on them; returns how many shifts."""
        with self._db.atomic():
            self._db.execute(
                "DELETE FROM assignment WHERE shift_id IN (SELECT id FROM shift WHERE ends_at < ?)",
                (wall_text(before),),
            )
            return self._db.execute("DELETE FROM shift WHERE ends_at < ?", (wall_text(before),)).rowcount

    def _chunks(self, table: _Table) -> Iterator[tuple[Any, ...]]:
        after = 0
        while found := self._db.execute(table.page, (after, PAGE_ROWS)).fetchall():
            after = found[-1][0]
            yield tuple(_read(table.kind, (body for _, body in found)))

    def _set(self, name: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", (name, value))

    def _value(self, name: str, kind: type[_V]) -> _V | None:
        text = self._get(name)
        return None if text is None else next(iter(_read(kind, [text])), None)

    def _get(self, name: str) -> str | None:
        row = self._db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])


def _stored(table: _Table, rows: Iterable[Any], generation: int) -> Iterator[dict[str, object]]:
    for row in rows:
        keys = {key: getattr(row, key) for key in table.keys}
        if isinstance(keys.get("ends_at"), datetime):
            keys["ends_at"] = wall_text(keys["ends_at"])
        yield {**keys, "body": to_json(row), "generation": generation}


def _read(kind: type[_V], bodies: Iterable[str]) -> Iterator[_V]:
    unreadable = 0
    for body in bodies:
        try:
            yield from_json(kind, body)
        except ValueError:
            unreadable += 1
    if unreadable:
        # Written by a later version with words this one does not have; the next round brings them again.
        log.warning("%d rows of the snapshot cannot be read and are left out", unreadable)
