"""What happened, fact by fact. Rows are added, closed, and purged when their time is over; never changed."""

import contextlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from sqlite_utils import Database

from kiosk.store.anchors import Anchors, wall_text
from kiosk.types import ClockTrust, Fact, FactId, FactKind, MemberId, Moment, ShiftId

FACT_COLUMNS = "id, kind, boot_id, monotonic, wall, trust, member_id, shift_id, about, offline, details"
FACT_WIDTH = 11

LATEST_ROWS = 20_000
_NEVER = "9999"
"""Later than any time of the files."""


class Closed(StrEnum):
    """How a fact came to rest."""

    DELIVERED = "delivered"
    WITHDRAWN = "withdrawn"
    """Taken back before it left: the server never heard of it."""
    SETTLED = "settled"
    """Refused by the server, and dealt with by a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalRow:
    """One fact as listed: ``fact.happened`` as it was stamped, ``happened`` set right where that is possible."""

    seq: int
    fact: Fact
    happened: Moment
    closed_as: Closed | None


class Journal:
    """The table of facts in an open ``journal.db``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, fact: Fact) -> bool:
        """Write a fact; False when it was there already."""
        cursor = self._db.execute(
            "INSERT OR IGNORE INTO journal "
            "(id, kind, boot_id, monotonic, wall, trust, member_id, shift_id, about, offline, details) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            row_of(fact),
        )
        return cursor.rowcount == 1

    def close(self, fact_id: FactId, how: Closed, at: datetime) -> None:
        self._db.execute("UPDATE journal SET closed_as = ?, closed_at = ? WHERE id = ?", (how, wall_text(at), fact_id))

    def last_seq(self) -> int:
        (seq,) = self._db.execute("SELECT coalesce(max(seq), 0) FROM journal").fetchone()
        return int(seq)

    def rows(self, after_seq: int, limit: int, anchors: Anchors) -> list[JournalRow]:
        """At most ``limit`` rows behind ``after_seq``, in the order of recording."""
        cursor = self._db.execute(
            "SELECT id, kind, boot_id, monotonic, wall, trust, member_id, shift_id, about, offline, details, "
            "seq, closed_as FROM journal WHERE seq > ? ORDER BY seq LIMIT ?",
            (after_seq, limit),
        )
        return [
            JournalRow(
                seq=seq,
                fact=fact,
                happened=anchors.correct(fact.happened),
                closed_as=None if closed_as is None else Closed(closed_as),
            )
            for fact, (seq, closed_as) in readable(cursor.fetchall())
        ]

    def unspoken(self, since: datetime | None) -> list[tuple[Fact, bool]]:
        """What changes a roster and is not in what the server said at ``since``, each with whether the server has it.

        Only the latest rows are looked at: a roster reaches back a few days.
        """
        cursor = self._db.execute(
            "SELECT j.id, j.kind, j.boot_id, j.monotonic, j.wall, j.trust, j.member_id, j.shift_id, j.about, "
            "j.offline, j.details, o.id IS NULL FROM journal AS j LEFT JOIN outbox AS o ON o.id = j.id "
            "WHERE j.seq > (SELECT coalesce(max(seq), 0) FROM journal) - ? "
            "AND j.kind IN ('check_in', 'check_in_undone', 'booking', 'booking_undone', 'absence_announced', "
            "'absence_undone') "
            "AND (o.state = 'waiting' OR (j.closed_as = 'delivered' AND j.closed_at > ?)) ORDER BY j.seq",
            (LATEST_ROWS, _NEVER if since is None else wall_text(since)),
        )
        return [(fact, bool(arrived)) for fact, (arrived,) in readable(cursor.fetchall())]

    def bookings(self) -> tuple[Fact, ...]:
        """The latest bookings made here, and those given back, in the order of recording."""
        cursor = self._db.execute(
            "SELECT id, kind, boot_id, monotonic, wall, trust, member_id, shift_id, about, offline, details "
            "FROM journal WHERE seq > (SELECT coalesce(max(seq), 0) FROM journal) - ? "
            "AND kind IN ('booking', 'booking_undone') ORDER BY seq",
            (LATEST_ROWS,),
        )
        return tuple(fact for fact, _ in readable(cursor.fetchall()))

    def tares_before(self, boot_id: str) -> list[Fact]:
        """The latest weighings of this boot from before its clock was set, in the order of recording."""
        cursor = self._db.execute(
            "SELECT id, kind, boot_id, monotonic, wall, trust, member_id, shift_id, about, offline, details "
            "FROM journal WHERE seq > (SELECT coalesce(max(seq), 0) FROM journal) - ? "
            "AND kind = 'tare' AND boot_id = ? AND trust <> 'synced' ORDER BY seq",
            (LATEST_ROWS, boot_id),
        )
        return [fact for fact, _ in readable(cursor.fetchall())]


def row_of(fact: Fact) -> tuple[object, ...]:
    """A fact as the columns of :data:`FACT_COLUMNS`."""
    happened = fact.happened
    return (
        fact.id,
        fact.kind,
        happened.boot_id,
        happened.monotonic,
        wall_text(happened.wall),
        happened.trust,
        fact.member_id,
        fact.shift_id,
        fact.about,
        fact.offline,
        json.dumps(dict(fact.details), default=_plain, separators=(",", ":")),
    )


def readable(rows: Iterable[Sequence[Any]]) -> Iterator[tuple[Fact, Sequence[Any]]]:
    """The fact in the first columns (:data:`FACT_COLUMNS`) of each row, and the columns after it.

    What a later version of this program wrote in words that this one does not have is left for that version.
    """
    for row in rows:
        with contextlib.suppress(ValueError):
            yield _fact_of(row[:FACT_WIDTH]), row[FACT_WIDTH:]


def _fact_of(row: Sequence[Any]) -> Fact:
    id_, kind, boot_id, monotonic, wall, trust, member_id, shift_id, about, offline, details = row
    return Fact(
        id=FactId(id_),
        kind=FactKind(kind),
        happened=Moment(
            boot_id=boot_id, monotonic=monotonic, wall=datetime.fromisoformat(wall), trust=ClockTrust(trust)
        ),
        member_id=None if member_id is None else MemberId(member_id),
        shift_id=None if shift_id is None else ShiftId(shift_id),
        about=None if about is None else FactId(about),
        offline=bool(offline),
        details=MappingProxyType(json.loads(details)),
    )


def _plain(value: object) -> object:
    """An odd detail is kept as text: no fact is lost for one."""
    return dict(value) if isinstance(value, Mapping) else str(value)
