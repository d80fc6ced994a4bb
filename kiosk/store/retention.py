"""How long each kind of fact is kept, and letting go of what is older."""

import json
import sys
from collections import Counter
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta

from sqlite_utils import Database

from kiosk.store.anchors import wall_text
from kiosk.types import DELIVERED, FactKind

ROWS_AT_ONCE = 2000
"""Rows that one transaction looks at, at most, so that a tap is not kept waiting."""

MOST_DAYS = 3650
"""The most that the configuration lets anyone keep a thing."""
AHEAD = timedelta(days=1)
"""A stamp so far ahead of the purge is one of a wrong clock; what happens while it runs is not."""
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

    def __post_init__(self) -> None:
        for name, days in asdict(self).items():
            if not 1 <= days <= MOST_DAYS:
                raise ValueError(f"{name} is {days}: from 1 to {MOST_DAYS}")


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


_OVERDUE = """
    WITH perhaps AS MATERIALIZED (
        SELECT seq, id, kind, member_id, trust, wall, closed_at FROM journal
        WHERE seq > :after AND seq <= :last AND (
            wall < :passages_before OR closed_at < :presences_before OR trust = 'never'
            OR wall > :ahead OR closed_at > :ahead
            OR (kind = 'refusal' AND wall < :unknown_cards_before)
        )
    ), classed AS (
        SELECT seq, id, trust, wall, closed_at, CASE
            WHEN kind IN (SELECT value FROM json_each(:presences)) THEN 'presences'
            WHEN kind = 'refusal' AND member_id IS NULL THEN 'unknown_cards'
            ELSE 'passages'
        END AS class
        FROM perhaps WHERE kind NOT IN (SELECT value FROM json_each(:kept))
    )
    SELECT seq, id, class, CASE class
        WHEN 'presences' THEN closed_at > :ahead
        ELSE trust = 'never' OR wall > :ahead
    END AS is_undated FROM classed
    WHERE is_undated OR CASE class
        WHEN 'presences' THEN closed_at < :presences_before
        WHEN 'unknown_cards' THEN wall < :unknown_cards_before
        ELSE wall < :passages_before
    END
    ORDER BY seq
"""
"""A season's rows are looked at every night: most are plainly too young, and nothing more is asked of them."""
_KINDS = {"presences": json.dumps(sorted(PRESENCES)), "kept": json.dumps(sorted(KEPT))}


def purge_some(db: Database, retention: Retention, now: datetime, after_seq: int) -> Step:
    """Let go of what is overdue among the next rows, in the caller's transaction."""
    (first,) = db.execute("SELECT min(seq) FROM journal WHERE seq > ?", (after_seq,)).fetchone()
    if first is None:
        return Step(Purged(), None)
    last = first + ROWS_AT_ONCE - 1
    days = {
        "passages": retention.passage_days,
        "presences": retention.presence_days,
        "unknown_cards": retention.unknown_card_days,
    }
    before = {class_: wall_text(now - timedelta(days=count)) for class_, count in days.items()}
    limits = {"ahead": wall_text(now + AHEAD), **{f"{class_}_before": day for class_, day in before.items()}}
    values = {"after": after_seq, "last": last, **_KINDS, **limits}
    overdue = []
    known_at, known = 0, None
    for seq, id_, class_, is_undated in db.execute(_OVERDUE, values).fetchall():
        # A row stamped before the clock was ever set, or while it was ahead, takes the day of the next one that knows
        # its own: it is older.
        if is_undated and seq > known_at:
            known_at, known = _first_known(db, seq, limits["ahead"])
        if not is_undated or (known is not None and known < before[class_]):
            overdue.append((id_, class_))
    gone = json.dumps([id_ for id_, _ in overdue])
    # A passage that no server ever took goes all the same.
    db.execute("DELETE FROM outbox WHERE id IN (SELECT value FROM json_each(?))", (gone,))
    db.execute("DELETE FROM journal WHERE id IN (SELECT value FROM json_each(?))", (gone,))
    (left,) = db.execute(
        "SELECT count(*) FROM journal WHERE id IN (SELECT value FROM json_each(?))", (gone,)
    ).fetchone()
    return Step(Purged(overdue=left, **Counter(class_ for _, class_ in overdue)), last)


def _first_known(db: Database, after_seq: int, ahead: str) -> tuple[int, str | None]:
    """The next row that knows its day, and its wall time; one behind all others, and None, where there is none."""
    row = db.execute(
        "SELECT seq, wall FROM journal WHERE seq > ? AND trust <> 'never' AND wall <= ? ORDER BY seq LIMIT 1",
        (after_seq, ahead),
    ).fetchone()
    return (sys.maxsize, None) if row is None else (row[0], row[1])
