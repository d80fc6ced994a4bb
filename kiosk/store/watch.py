"""Noticing that the store thread hangs in the disk: it cannot say so itself."""

import contextlib
import logging
from collections.abc import Callable, Iterator

from kiosk.clock import Clock
from kiosk.events import CommitFailed, DeviceFound, DeviceLost, Event, Ticked
from kiosk.own_thread import OwnThread
from kiosk.store.faults import StoreFault
from kiosk.store.pending import Pending
from kiosk.types import Part

log = logging.getLogger(__name__)

HUNG_AFTER_SECONDS = 5.0
LOOK_EVERY_SECONDS = 1.0


class Watch(OwnThread):
    """Looks at the store thread from outside. Touches no file.

    While the disk hangs it ticks in the store's place: a restart does not cure a disk, and the door works without one.
    """

    def __init__(
        self, post: Callable[[Event], None], clock: Clock, pending: Pending, is_well: Callable[[], bool]
    ) -> None:
        super().__init__("store-watch")
        self._post = post
        self._clock = clock
        self._pending = pending
        self._is_well = is_well
        self._spell = 0
        self._is_busy = False
        self._seen_spell = 0
        self._seen_busy_seconds = 0.0
        self._looked_at = clock.monotonic()
        self.hangs = False

    @contextlib.contextmanager
    def at_work(self) -> Iterator[None]:
        """Around whatever the store thread does with the disk."""
        self._spell += 1
        self._is_busy = True
        try:
            yield
        finally:
            self._is_busy = False

    def _run(self) -> None:
        with self._wake:
            while not self._stopping:
                self._clock.wait(self._wake, LOOK_EVERY_SECONDS)
                self.look()

    def _busy_seconds(self) -> float:
        """How long the store thread has been seen in one and the same spell of work.

        A look never counts for more than the time between two: a clock that is moved ahead is not a disk that hangs.
        """
        now = self._clock.monotonic()
        passed, self._looked_at = min(now - self._looked_at, LOOK_EVERY_SECONDS), now
        if not self._is_busy or self._spell != self._seen_spell:
            self._seen_spell, self._seen_busy_seconds = self._spell, 0.0
        else:
            self._seen_busy_seconds += passed
        return self._seen_busy_seconds

    def look(self) -> None:
        """See whether the store thread hangs, and say so once."""
        hangs = self._busy_seconds() >= HUNG_AFTER_SECONDS
        if hangs and not self.hangs:
            log.warning("store: %s; facts are kept in memory", StoreFault.HUNG)
            self._post(DeviceLost(part=Part.STORE, fault=StoreFault.HUNG))
        self.hangs = hangs or (self.hangs and not self._has_come_back())
        if hangs:
            self._post(Ticked(Part.STORE))
            ids = self._pending.report()
            if ids:
                self._post(CommitFailed(ids=ids, fault=StoreFault.HUNG))

    def _has_come_back(self) -> bool:
        """Whether a disk that hung answers again: by an error, which the store tells, or with all that waited on it."""
        if self._is_well():
            if len(self._pending):
                return False
            self._post(DeviceFound(part=Part.STORE))
        log.info("store: the disk answers again")
        return True
