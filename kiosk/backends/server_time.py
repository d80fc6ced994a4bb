"""What time it is at a server, and when by that something happened here.

The Date of its answers is tied to this machine's monotonic seconds. So a wall clock that was never set, that is wrong
or that jumps moves nothing.
"""

from datetime import datetime, timedelta
from typing import Final

from kiosk.clock import Clock
from kiosk.types import ClockTrust, Moment

LARGEST_GAP: Final = timedelta(days=2)
"""A server that says to be farther away from a clock that was set tells nothing about the time."""


class ServerTime:
    """The time at one server. Any thread may use it.

    Args:
        clock: this terminal's own.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._told: tuple[datetime, float] | None = None

    def hear(self, at: datetime | None) -> None:
        """Take what an answer says; aware UTC, None where it says nothing."""
        if at is None:
            return
        is_odd = self._clock.trust() is not ClockTrust.NEVER and abs(at - self._clock.now()) > LARGEST_GAP
        self._told = None if is_odd else (at, self._clock.monotonic())

    def now(self) -> datetime:
        """The server's time, aware UTC and to the second; this terminal's while the server has told none."""
        told = self._told
        if told is None:
            return self._clock.now()
        return told[0] + timedelta(seconds=self._clock.monotonic() - told[1])

    def when(self, happened: Moment) -> datetime | None:
        """When something happened here; None where nobody knows. Without a clock that was set, never in the future."""
        if happened.trust is ClockTrust.SYNCED:
            return happened.wall
        at = self.stamp_of(happened)
        return None if at is None else min(at, self.now())

    def stamp_of(self, happened: Moment) -> datetime | None:
        """The same by the server's own clock, right or wrong, as a row made there at that moment is stamped."""
        if happened.boot_id == self._clock.boot_id and (self._told or self._clock.trust() is not ClockTrust.NEVER):
            return self.now() - timedelta(seconds=self._clock.monotonic() - happened.monotonic)
        if happened.trust is ClockTrust.NEVER:
            return None
        is_set = happened.trust is self._clock.trust() is ClockTrust.SYNCED
        return happened.wall + (self.now() - self._clock.now()) if is_set else happened.wall
