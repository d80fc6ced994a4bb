"""The one source of time: monotonic seconds for every duration, aware UTC for the record, and how far it is trusted.

Rules never read a clock; the reactor hands them the time. Threads that wait do it on :class:`Clock`, so that the demo,
the tour and the tests can move time without sleeping.
"""

import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from kiosk.types import ClockTrust, Moment


class Clock(Protocol):
    """What every part may ask of time."""

    boot_id: str

    def monotonic(self) -> float:
        """Seconds that only ever grow, within one boot."""

    def now(self) -> datetime:
        """The wall clock, aware UTC; may jump."""

    def trust(self) -> ClockTrust:
        """How far :meth:`now` can be believed."""

    def wait(self, condition: threading.Condition, seconds: float | None) -> None:
        """Wait on ``condition`` (held by the caller) until notified or ``seconds`` of this clock have passed."""


def moment(clock: Clock) -> Moment:
    """The present, in every way that can help to set it right later."""
    return Moment(boot_id=clock.boot_id, monotonic=clock.monotonic(), wall=clock.now(), trust=clock.trust())


def _read_boot_id() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return f"unknown-{time.time_ns()}"


SYNCHRONISED = Path("/run/systemd/timesync/synchronized")
"""Touched by systemd-timesyncd once the network has set the clock in this boot (systemd-timesyncd.service(8))."""


EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)
"""No terminal ran before this."""
SAVED_WITHIN = timedelta(days=1)
"""The machine saves its clock now and then (SaveIntervalSec=, timesyncd.conf(5)): after a power cut it starts there."""


def last_seen(folder: Path) -> datetime:
    """About when this terminal last wrote into its folder; :data:`EARLIEST` where it never did."""
    with suppress(OSError):
        stamps = [file.stat().st_mtime for file in folder.iterdir()]
        return max(EARLIEST, datetime.fromtimestamp(max(stamps, default=0.0), UTC) - SAVED_WITHIN)
    return EARLIEST


class SystemClock:
    """The machine's clocks.

    Args:
        plausible_from: a wall clock that is behind this has lost its time: a Pi without a battery starts where its
            system was built, or where it was last saved.
    """

    def __init__(self, plausible_from: datetime = EARLIEST) -> None:
        self.boot_id = _read_boot_id()
        self._plausible_from = plausible_from

    def monotonic(self) -> float:
        return time.monotonic()

    def now(self) -> datetime:
        return datetime.now(UTC)

    def trust(self) -> ClockTrust:
        if SYNCHRONISED.exists():
            return ClockTrust.SYNCED
        return ClockTrust.SINCE if self.now() >= self._plausible_from else ClockTrust.NEVER

    def wait(self, condition: threading.Condition, seconds: float | None) -> None:
        condition.wait(seconds)


class AdjustableClock:
    """The machine's clocks plus an offset that can be moved: ``advance`` makes everyone who waits look again."""

    def __init__(self, start: datetime | None = None, trust: ClockTrust = ClockTrust.SYNCED) -> None:
        self.boot_id = _read_boot_id()
        self._trust = trust
        self._ahead = 0.0
        self._wall_offset = timedelta() if start is None else start - datetime.now(UTC)
        self._waiting: set[threading.Condition] = set()
        self._guard = threading.Lock()

    def monotonic(self) -> float:
        return time.monotonic() + self._ahead

    def now(self) -> datetime:
        return datetime.now(UTC) + self._wall_offset + timedelta(seconds=self._ahead)

    def trust(self) -> ClockTrust:
        return self._trust

    def advance(self, seconds: float) -> None:
        """Let ``seconds`` pass at once, on both clocks."""
        self._ahead += seconds
        with self._guard:
            waiting = tuple(self._waiting)
        for condition in waiting:
            with condition:
                condition.notify_all()

    def set_wall(self, now: datetime, trust: ClockTrust | None = None) -> None:
        """Set the wall clock as a person or the network does; the monotonic one goes on."""
        self._wall_offset = now - datetime.now(UTC) - timedelta(seconds=self._ahead)
        if trust is not None:
            self._trust = trust

    def wait(self, condition: threading.Condition, seconds: float | None) -> None:
        with self._guard:
            self._waiting.add(condition)
        try:
            condition.wait(seconds)
        finally:
            with self._guard:
                self._waiting.discard(condition)
