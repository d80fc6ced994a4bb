"""``snapshot.db`` through good days and bad ones: what can be read of a damaged one is saved."""

import contextlib
import logging
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

from kiosk.clock import Clock
from kiosk.events import KnowledgePage
from kiosk.store.database import check, needs_check, open_database, opened_elsewhere
from kiosk.store.faults import StoreFault, StoreFaultError, fault_of
from kiosk.store.salvage import SNAPSHOT_PLAN, finish_salvage, salvage
from kiosk.store.snapshot import SNAPSHOT_FILE, Snapshot

log = logging.getLogger(__name__)

PAUSE_SECONDS = 10.0
QUIET_SECONDS = 3600.0
"""A full disk still opens and can be read: the same fault, found again at every page, is told once in so long."""

_R = TypeVar("_R")


class Mirror:
    """Owned by the store thread."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._snapshot: Snapshot | None = None
        self._retry_at = 0.0
        self._told: StoreFault | None = None
        self._tell_at = 0.0
        self.fault: StoreFault | None = StoreFault.CLOSED

    def pages(self) -> Iterator[KnowledgePage]:
        """What is known, page by page; from a copy in memory where the disk cannot be written."""
        try:
            yield from self._open().pages()
        except (sqlite3.Error, OSError, StoreFaultError) as error:
            self._fall(error)
        else:
            return
        try:
            with opened_elsewhere(self._path, SNAPSHOT_FILE) as copy:
                yield from Snapshot(copy).pages()
        except (sqlite3.Error, OSError) as error:
            log.warning("snapshot: cannot be read (%s)", fault_of(error))

    def do(self, work: Callable[[Snapshot], Any], answer: Future[Any]) -> None:
        """Do one thing with the open file, or tell ``answer`` why not."""
        if not answer.set_running_or_notify_cancel():
            return
        try:
            answer.set_result(self.ask(work))
        except Exception as error:  # noqa: BLE001  handed on to whoever asked
            answer.set_exception(error)

    def ask(self, work: Callable[[Snapshot], _R]) -> _R:
        """Do one thing with the open file.

        Raises:
            StoreFaultError: it cannot be used just now.
        """
        if self._snapshot is None and self._clock.monotonic() < self._retry_at:
            raise StoreFaultError(self.fault or StoreFault.UNKNOWN)
        try:
            return work(self._open())
        except (sqlite3.Error, OSError, StoreFaultError) as error:
            self._fall(error)
            raise StoreFaultError(self.fault or StoreFault.UNKNOWN) from error

    def _open(self) -> Snapshot:
        if self._snapshot is None:
            finish_salvage(self._path, self._clock.now())
            if self.fault is StoreFault.DAMAGED:
                salvage(self._path, SNAPSHOT_PLAN, self._clock.now())
            try:
                self._snapshot = self._checked()
            except (sqlite3.DatabaseError, StoreFaultError) as error:
                if fault_of(error) is not StoreFault.DAMAGED:
                    raise
                salvage(self._path, SNAPSHOT_PLAN, self._clock.now())
                self._snapshot = self._checked()
            self.fault = None
        return self._snapshot

    def _checked(self) -> Snapshot:
        unsure = self._path.exists() and needs_check(self._path)
        # A power cut may take back the last pages; the next round brings them again.
        db = open_database(self._path, SNAPSHOT_FILE, durable=False)
        try:
            if unsure:
                check(db)
        except BaseException:
            db.close()
            raise
        return Snapshot(db)

    def _fall(self, error: BaseException) -> None:
        fault = fault_of(error) or StoreFault.UNKNOWN
        now = self._clock.monotonic()
        if self._told is not fault or now >= self._tell_at:
            log.warning("snapshot: lost (%s)", fault)
            self._told, self._tell_at = fault, now + QUIET_SECONDS
        self.fault = fault
        self.close()
        self._retry_at = now + (0.0 if fault is StoreFault.DAMAGED else PAUSE_SECONDS)

    def close(self) -> None:
        if self._snapshot is not None:
            with contextlib.suppress(sqlite3.Error):
                self._snapshot.close()
            self._snapshot = None
