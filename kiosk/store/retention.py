"""How long each kind of fact is kept, and letting go of what is older."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from kiosk.store.anchors import wall_text

ROWS_AT_ONCE = 1000
"""Rows of each kind that one transaction lets go of, so that a tap is not kept waiting."""


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

    @property
    def rows(self) -> int:
        """Rows of the journal that went."""
        return self.passages + self.presences + self.unknown_cards

    def __add__(self, more: "Purged") -> "Purged":
        return Purged(
            passages=self.passages + more.passages,
            presences=self.presences + more.presences,
            unknown_cards=self.unknown_cards + more.unknown_cards,
            shifts=self.shifts + more.shifts,
            overdue=more.overdue,
        )


_AGED = """
    CREATE TEMP VIEW IF NOT EXISTS aged AS
    SELECT
        j.id,
        j.seq,
        CASE
            WHEN j.kind = 'refusal' AND j.member_id IS NULL THEN 'unknown_card'
            WHEN j.kind IN (
                'check_in', 'check_in_undone', 'booking', 'booking_undone', 'partner_absent', 'card_linked',
                'card_blocked'
            ) THEN 'presence'
            ELSE 'passage'
        END AS class,
        CASE
            WHEN j.kind IN (
                'check_in', 'check_in_undone', 'booking', 'booking_undone', 'partner_absent', 'card_linked',
                'card_blocked'
            ) THEN j.closed_at
            WHEN j.trust <> 'never' THEN j.wall
            ELSE (
                SELECT n.wall FROM main.journal AS n
                WHERE n.seq > j.seq AND n.trust <> 'never' ORDER BY n.seq LIMIT 1
            )
        END AS since
    FROM main.journal AS j
"""
# Since when a row's days are counted. A presence that has not come to rest has no such day. A row stamped before the
# clock was ever set takes the day of the next row that knows its own: it is older than that.


def purge_some(db: Database, retention: Retention, now: datetime) -> Purged:
    """Let go of some rows whose time is over, in the caller's transaction; call again while it returns any."""
    db.execute(_AGED)
    days = {
        "passage": retention.passage_days,
        "presence": retention.presence_days,
        "unknown_card": retention.unknown_card_days,
    }
    before = {kind: wall_text(now - timedelta(days=count)) for kind, count in days.items()}
    gone = {kind: _some(db, kind, before[kind]) for kind in days}
    for ids in gone.values():
        # A passage that no server ever took goes all the same.
        db.conn.executemany("DELETE FROM outbox WHERE id = ?", ids)
        db.conn.executemany("DELETE FROM journal WHERE id = ?", ids)
    overdue = 0 if any(gone.values()) else sum(_left(db, kind, before[kind]) for kind in days)
    return Purged(
        passages=len(gone["passage"]),
        presences=len(gone["presence"]),
        unknown_cards=len(gone["unknown_card"]),
        overdue=overdue,
    )


def _some(db: Database, kind: str, before: str) -> list[tuple[str]]:
    return db.execute(
        "SELECT id FROM aged WHERE class = ? AND since < ? ORDER BY seq LIMIT ?", (kind, before, ROWS_AT_ONCE)
    ).fetchall()


def _left(db: Database, kind: str, before: str) -> int:
    (count,) = db.execute("SELECT count(*) FROM aged WHERE class = ? AND since < ?", (kind, before)).fetchone()
    return int(count)
