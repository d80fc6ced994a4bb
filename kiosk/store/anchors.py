"""Setting the time of an event right once the clock has been set.

A terminal without a clock chip starts at the time of its last shutdown, or in 1970. Monotonic seconds are right all the
same: one moment at which both were read, with the wall clock synchronised, dates every event of that boot.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlite_utils import Database

from kiosk.types import ClockTrust, Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """Monotonic seconds and the synchronised wall clock, read together in one boot."""

    boot_id: str
    monotonic: float
    wall: datetime


def corrected(moment: Moment, anchor: Anchor | None) -> Moment:
    """The same moment with its wall time set right, where ``anchor`` can tell.

    A moment of another boot and one stamped by a synchronised clock stay as they are.
    """
    if anchor is None or anchor.boot_id != moment.boot_id or moment.trust is ClockTrust.SYNCED:
        return moment
    wall = anchor.wall + timedelta(seconds=moment.monotonic - anchor.monotonic)
    return replace(moment, wall=wall, trust=ClockTrust.SYNCED)


def wall_text(wall: datetime) -> str:
    """An aware time in the form of the files: UTC and of one width, so that text order is time order."""
    return wall.astimezone(UTC).isoformat(timespec="microseconds")


class Anchors:
    """The anchors of this boot and of those whose events are still here."""

    def __init__(self, db: Database) -> None:
        self._db = db
        rows = db.execute("SELECT boot_id, monotonic, wall FROM anchor").fetchall()
        self._known = {
            boot_id: Anchor(boot_id=boot_id, monotonic=monotonic, wall=datetime.fromisoformat(wall))
            for boot_id, monotonic, wall in rows
        }

    def of(self, boot_id: str) -> Anchor | None:
        return self._known.get(boot_id)

    def cast(self, anchor: Anchor) -> None:
        """Keep an anchor; the first one of a boot stays."""
        if anchor.boot_id not in self._known:
            self._db.execute(
                "INSERT OR IGNORE INTO anchor (boot_id, monotonic, wall) VALUES (?, ?, ?)",
                (anchor.boot_id, anchor.monotonic, wall_text(anchor.wall)),
            )
            self._known[anchor.boot_id] = anchor

    def correct(self, moment: Moment) -> Moment:
        return corrected(moment, self._known.get(moment.boot_id))

    def lift_old(self, boot_id: str) -> None:
        """Give up the anchors of boots of which the journal holds nothing any more."""
        self._db.execute(
            "DELETE FROM anchor WHERE boot_id <> ? AND boot_id NOT IN (SELECT boot_id FROM journal)", (boot_id,)
        )
