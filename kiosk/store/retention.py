"""How long each kind of fact is kept, and letting go of what is older."""

import json
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from sqlite_utils import Database

from kiosk.store.anchors import wall_text
from kiosk.types import DELIVERED, ClockTrust, FactKind

ROWS_AT_ONCE = 2000
"""Rows that one transaction looks at, so that a tap is not kept waiting."""

PRESENCES = (DELIVERED - {FactKind.PASSAGE}) | {FactKind.BOOKING}
KEPT = frozenset({FactKind.COMMISSIONING})
"""The door's safety register says nothing about who came and went, and is kept as long as the door."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """Days by kind.

    Attributes:
        passage_days: passages, refusals of members, openings, bells, alarms, tares; delivered or not.
        presence_days: check-ins, bookings and card links, counted from the day they came to rest: the server is their
            home. While they wait for it they are kept.
        unknown_card_days: refusals of cards that nobody knew.
        shift_days: shifts that have ended, with who was on them.
    """

    passage_days: int = 90
    presence_days: int = 30
    unknown_card_days: int = 7
    shift_days: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """How many rows went. ``overdue`` is what should have gone and is still there: the proof is that it is 0."""

    passages: int = 0
    presences: int = 0
    unknown_cards: int = 0
    shifts: int = 0
    overdue: int = 0

    def __add__(self, more: "Purged") -> "Purged":
        return Purged(**{part.name: getattr(self, part.name) + getattr(more, part.name) for part in fields(self)})


@dataclass(frozen=True, slots=True)
class Step:
    """What a step let go of, and behind which row the next one begins; None at the end of the journal."""

    purged: Purged
    next_seq: int | None


@dataclass(frozen=True, slots=True)
class _Row:
    seq: int
    id: str
    kind: str
    member_id: str | None
    trust: str
    wall: str
    closed_at: str | None


def purge_some(db: Database, retention: Retention, now: datetime, after_seq: int) -> Step:
    """Let go of what is overdue among the next rows, in the caller's transaction."""
    found = db.execute(
        "SELECT seq, id, kind, member_id, trust, wall, closed_at FROM journal WHERE seq > ? ORDER BY seq LIMIT ?",
        (after_seq, ROWS_AT_ONCE),
    ).fetchall()
    if not found:
        return Step(Purged(), None)
    rows = [_Row(*columns) for columns in found]
    days = {
        "passages": retention.passage_days,
        "presences": retention.presence_days,
        "unknown_cards": retention.unknown_card_days,
    }
    before = {class_: wall_text(now - timedelta(days=count)) for class_, count in days.items()}
    overdue: dict[str, list[str]] = {class_: [] for class_ in days}
    next_known = _first_known_wall(db, rows[-1].seq)
    for row in reversed(rows):
        # A row stamped before the clock was ever set takes the day of the next one that knows its own: it is older.
        next_known = row.wall if row.trust != ClockTrust.NEVER else next_known
        class_, since = _class_of(row, next_known)
        if since is not None and since < before[class_]:
            overdue[class_].append(row.id)
    gone = json.dumps([id_ for ids in overdue.values() for id_ in ids])
    # A passage that no server ever took goes all the same.
    db.execute("DELETE FROM outbox WHERE id IN (SELECT value FROM json_each(?))", (gone,))
    db.execute("DELETE FROM journal WHERE id IN (SELECT value FROM json_each(?))", (gone,))
    (left,) = db.execute(
        "SELECT count(*) FROM journal WHERE id IN (SELECT value FROM json_each(?))", (gone,)
    ).fetchone()
    return Step(Purged(overdue=left, **{class_: len(ids) for class_, ids in overdue.items()}), rows[-1].seq)


def _class_of(row: _Row, known_wall: str | None) -> tuple[str, str | None]:
    """The name of the row's class, and since when its days are counted; None: not yet, or never."""
    if row.kind in KEPT:
        return "passages", None
    if row.kind in PRESENCES:
        return "presences", row.closed_at
    if row.kind == FactKind.REFUSAL and row.member_id is None:
        return "unknown_cards", known_wall
    return "passages", known_wall


def _first_known_wall(db: Database, after_seq: int) -> str | None:
    row = db.execute(
        "SELECT wall FROM journal WHERE seq > ? AND trust <> 'never' ORDER BY seq LIMIT 1", (after_seq,)
    ).fetchone()
    return None if row is None else str(row[0])
