"""What the reference server remembers: rows with the number of their last change, and every answer it gave to a key.

One SQLite database. A change number grows with every change; a removed row stays as a tombstone, so that a terminal can
be told what went. Full snapshots are paged by key, and their last cursor is the change number at their first page: what
changed while they were read comes once more, as a change.
"""

import json
import secrets
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlite_utils import Database

from kiosk.backends.folder_tables import Place, Tables
from kiosk.backends.reference_facts import KeyedCard
from kiosk.backends.rest_json import to_json
from kiosk.types import Assignment, CardHash, Jar

KINDS: Final = ("coop", "members", "cards", "shifts", "assignments", "jars", "forgotten_members")
"""In the order in which a snapshot tells them; a row's kind is its place here."""
BEFORE_ALL, COOP, MEMBERS, CARDS, SHIFTS, ASSIGNMENTS, JARS, FORGOTTEN = range(-1, len(KINDS))
NEVER_REMOVED: Final = frozenset({COOP, JARS, FORGOTTEN})

SCHEMA: Final = """
create table if not exists state (name text primary key, value text not null) strict;
create table if not exists rows (
    kind integer not null, key text not null, change integer not null, removed integer not null, body text not null,
    primary key (kind, key)
) strict;
create index if not exists rows_by_change on rows (change);
create table if not exists answers (
    key text primary key, payload text not null, status integer not null, body text not null
) strict;
create table if not exists events (number integer primary key, id text not null unique, body text not null) strict;
"""
_OF_A_MEMBER: Final = {
    MEMBERS: "delete from rows where kind = ? and key = ?",
    CARDS: "delete from rows where kind = ? and removed = 0 and json_extract(body, '$.member_id') = ?",
    ASSIGNMENTS: "delete from rows where kind = ? and json_extract(key, '$[1]') = ?",
}
"""Their tombstones as well: a terminal that is told of the forgetting drops all of it."""


class CursorGone(LookupError):
    """Error raised when a cursor is unknown, or older than what is still remembered."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and a JSON body, as it was given once and will be again."""

    status: int
    body: Mapping[str, Any]


class ReferenceStore:
    """Not safe for threads: the server holds a lock around every call.

    Args:
        path: the database file; None keeps everything in memory.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._database = Database(sqlite3.connect(path or ":memory:", check_same_thread=False))
        # What is deleted is overwritten.
        self._database.execute("pragma secure_delete = on")
        self._database.executescript(SCHEMA)
        self._epoch = self._state("epoch", secrets.token_hex(4))
        self._oldest = int(self._state("oldest", "0"))
        self.has_erased = False
        """Something was erased, and the file may still hold it: :meth:`write_afresh`."""
        self._change: int = next(self._database.query("select coalesce(max(change), 0) n from rows"))["n"]

    def close(self) -> None:
        self._database.close()

    def atomic(self) -> AbstractContextManager[object]:
        """What is done within is there together or not at all."""
        return self._database.atomic()

    # ── rows ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def publish(self, tables: Tables, cards: Iterable[KeyedCard], jars: Iterable[Jar]) -> None:
        """Make the rows say what these say; only what differs gets a new change number."""
        wanted: dict[int, Mapping[str, object]] = {
            COOP: {"": to_json(tables.coop)},
            MEMBERS: {key: to_json(row) for key, row in tables.members.items()},
            CARDS: {keyed.card.hash: _card_to_json(keyed) for keyed in cards},
            SHIFTS: {key: to_json(row) for key, row in tables.shifts.items()},
            ASSIGNMENTS: {_place_key(key): to_json(row) for key, row in tables.places.items()},
            JARS: {jar.code: to_json(jar) for jar in jars},
        }
        known = {
            (row["kind"], row["key"]): row["body"]
            for row in self._database.query(
                "select kind, key, body from rows where removed = 0 and kind <> ?", [FORGOTTEN]
            )
        }
        with self._database.atomic():
            for kind, rows in wanted.items():
                for key, body in rows.items():
                    text = _text(body)
                    if known.pop((kind, key), None) != text:
                        self._put(kind, key, text)
            for kind, key in known:
                self._remove(kind, key)

    def put_place(self, key: Place, place: Assignment | None) -> None:
        """One place on a shift changed, or went (None)."""
        if place is None:
            self._remove(ASSIGNMENTS, _place_key(key))
        else:
            self._put(ASSIGNMENTS, _place_key(key), _text(to_json(place)))

    def put_card(self, hash_: CardHash, keyed: KeyedCard | None) -> None:
        """A card was spoken of: it is told again, even as it was, or went (None)."""
        if keyed is None:
            self._remove(CARDS, hash_)
        else:
            self._put(CARDS, hash_, _text(_card_to_json(keyed)))

    def put_jar(self, jar: Jar) -> None:
        """A jar was spoken of: it is told again, even as it was."""
        self._put(JARS, jar.code, _text(to_json(jar)))

    def forgotten(self) -> list[str]:
        """The numbers of everyone who was forgotten. They name nobody here any more, and somebody at a terminal."""
        rows = self._database.query("select key from rows where kind = ?", [FORGOTTEN])
        return [row["key"] for row in rows]

    def forget(self, member: str, nobodys: Callable[[dict[str, Any]], dict[str, Any] | None]) -> None:
        """Erase all about a member but their number, which is told from now on.

        Args:
            member: the number.
            nobodys: an event as it is kept; None: it is not.
        """
        for kind, statement in _OF_A_MEMBER.items():
            self._database.execute(statement, [kind, member])
        for event in list(self.events()):
            kept = nobodys(event)
            if kept != event:
                self._replace(event["id"], kept)
        self._put(FORGOTTEN, member, _text(member))
        self.has_erased = True

    def _replace(self, id_: str, kept: Mapping[str, Any] | None) -> None:
        if kept is None:
            self._database.execute("delete from events where id = ?", [id_])
        else:
            self._database.execute("update events set body = ? where id = ?", [_text(kept), id_])
        # The digest of what was sent would still tell whom it was about, by trying every number.
        self._database.execute("update answers set payload = '' where substr(key, instr(key, ' ') + 1) = ?", [id_])

    def write_afresh(self) -> None:
        """Leave nothing of what was erased in the file: rows that moved leave copies of themselves in its gaps."""
        self._database.execute("vacuum")
        self.has_erased = False

    def has_shift(self, shift: str) -> bool:
        """The terminals know this shift."""
        found = self._database.query("select 1 from rows where kind = ? and key = ? and removed = 0", [SHIFTS, shift])
        return any(found)

    def _put(self, kind: int, key: str, text: str) -> None:
        self._change += 1
        self._database.execute(
            "insert or replace into rows (kind, key, change, removed, body) values (?, ?, ?, 0, ?)",
            [kind, key, self._change, text],
        )

    def _remove(self, kind: int, key: str) -> None:
        self._change += 1
        self._database.execute(
            "update rows set removed = 1, change = ?, body = '' where kind = ? and key = ? and removed = 0",
            [self._change, kind, key],
        )

    # ── snapshots ─────────────────────────────────────────────────────────────────────────────────────────────────

    def is_present(self, tag: str) -> bool:
        """Whether ``tag`` names the present state."""
        return tag == self._tag(self._change)

    def _tag(self, change: int) -> str:
        return f"{self._epoch}.{change}"

    def forget_changes(self) -> None:
        """Drop the tombstones: cursors from before now are too old."""
        self._database.execute("delete from rows where removed = 1")
        self._oldest = self._change
        self._database.table("state").upsert({"name": "oldest", "value": str(self._oldest)}, pk="name")

    def page(self, cursor: str, limit: int) -> tuple[dict[str, Any], str]:
        """One page of a snapshot or of changes in the words of the contract, and its tag.

        The tag names the state that the cursor stands for, not the present one: of what changed while a snapshot was
        read in pages, nothing has been told yet.

        Raises:
            CursorGone: start again without a cursor.
        """
        if not cursor:
            return self._full_page(self._change, BEFORE_ALL, "", limit)
        try:
            epoch, mode, change, *place = cursor.split(".", 4)
            since = int(change)
            if epoch != self._epoch or since < self._oldest or since > self._change:
                raise CursorGone(cursor)
            if mode == "changes":
                return self._changes_page(since, limit)
            kind, key = place
            return self._full_page(since, int(kind), key, limit)
        except ValueError:
            raise CursorGone(cursor) from None

    def _full_page(self, since: int, kind: int, key: str, limit: int) -> tuple[dict[str, Any], str]:
        """The rows after ``kind`` and ``key``."""
        rows = list(
            self._database.query(
                "select kind, key, removed, body from rows where removed = 0 and (kind, key) > (?, ?)"
                " order by kind, key limit ?",
                [kind, key, limit + 1],
            )
        )
        is_last = len(rows) <= limit
        rows = rows[:limit]
        at = f"pages.{since}.{rows[-1]['kind']}.{rows[-1]['key']}" if not is_last else f"changes.{since}"
        return _page(rows) | {"full": True, "last": is_last, "cursor": f"{self._epoch}.{at}"}, self._tag(since)

    def _changes_page(self, since: int, limit: int) -> tuple[dict[str, Any], str]:
        rows = list(
            self._database.query(
                "select kind, key, change, removed, body from rows where change > ? order by change limit ?",
                [since, limit + 1],
            )
        )
        is_last = len(rows) <= limit
        reached = self._change if is_last else rows[limit - 1]["change"]
        page = {"full": False, "last": is_last, "cursor": f"{self._epoch}.changes.{reached}"}
        return _page(rows[:limit]) | page, self._tag(reached)

    # ── answers and events ────────────────────────────────────────────────────────────────────────────────────────

    def recall(self, key: str) -> tuple[str, Answer] | None:
        """The payload that came with this key, empty where that was erased, and what was answered."""
        for row in self._database.query("select payload, status, body from answers where key = ?", [key]):
            return row["payload"], Answer(row["status"], json.loads(row["body"]))
        return None

    def keep(self, key: str, payload: str, answer: Answer) -> None:
        """Remember an answer, to give it again."""
        self._database.execute(
            "insert into answers values (?, ?, ?, ?)", [key, payload, answer.status, _text(answer.body)]
        )

    def add_event(self, event: Mapping[str, Any]) -> None:
        """Keep an event; one that is there already stays as it is."""
        self._database.execute("insert or ignore into events (id, body) values (?, ?)", [event["id"], _text(event)])

    def events(self) -> Iterator[dict[str, Any]]:
        """All events in the order in which they came."""
        for row in self._database.query("select body from events order by number"):
            yield json.loads(row["body"])

    def _state(self, name: str, initial: str) -> str:
        self._database.table("state").insert({"name": name, "value": initial}, ignore=True)
        return str(next(self._database.query("select value from state where name = ?", [name]))["value"])


def _page(rows: list[dict[str, Any]]) -> dict[str, Any]:
    page: dict[str, Any] = {kind: [] for kind in KINDS if kind != KINDS[COOP]}
    removed: dict[str, Any] = {kind: [] for at, kind in enumerate(KINDS) if at not in NEVER_REMOVED}
    for row in rows:
        kind = KINDS[row["kind"]]
        if row["removed"]:
            key = row["key"]
            removed[kind].append(_place_of(key) if row["kind"] == ASSIGNMENTS else key)
        elif row["kind"] == COOP:
            page[kind] = json.loads(row["body"])
        else:
            page[kind].append(json.loads(row["body"]))
    return page | {"removed": removed}


def _card_to_json(keyed: KeyedCard) -> dict[str, Any]:
    return {**to_json(keyed.card), "key_id": keyed.key_id}


def _place_key(key: Place) -> str:
    return json.dumps(key, ensure_ascii=False)


def _place_of(key: str) -> dict[str, str]:
    shift, member = json.loads(key)
    return {"shift_id": shift, "member_id": member}


def _text(body: object) -> str:
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
