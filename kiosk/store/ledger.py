"""``journal.db`` through good days and bad ones.

While the disk fails, everything goes to a stand-in: the same tables in memory. What is recorded then can still be
delivered, and all of it is repeated on the file as soon as that opens again. Repeating is harmless, because facts have
ids.
"""

import contextlib
import logging
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any, TypeVar

from kiosk.clock import Clock, moment
from kiosk.durable import sync_to_disk
from kiosk.events import CommitFailed, Committed, DeviceFound, DeviceLost, Event
from kiosk.ids import FactIds
from kiosk.store.database import (
    DirectoryLock,
    beside,
    check,
    forget_cached_pages,
    needs_check,
    open_database,
    opened_elsewhere,
)
from kiosk.store.faults import StoreFault, StoreFaultError, fault_of
from kiosk.store.pending import Pending
from kiosk.store.precious import Departures, Precious
from kiosk.store.salvage import JOURNAL_PLAN, finish_salvage, salvage
from kiosk.store.schema import JOURNAL_FILE
from kiosk.types import Fact, FactId, FactKind, Part

log = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0
REPEATED_AT_ONCE = 500

_R = TypeVar("_R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One step on the open file.

    Attributes:
        work: what to do; its result goes to ``answer``.
        facts: to be announced as committed.
        stands_in: may be done on the stand-in; else it fails while the disk does.
        repeat: to be done again on the file when that is back.
        lays_over: changes what lies over the server's pages.
    """

    work: Callable[[Precious], Any]
    facts: tuple[FactId, ...] = ()
    answer: Future[Any] | None = None
    stands_in: bool = False
    repeat: bool = False
    lays_over: bool = False


class Ledger:
    """Owned by the store thread."""

    def __init__(
        self,
        path: Path,
        lock: DirectoryLock,
        post: Callable[[Event], None],
        clock: Clock,
        pending: Pending,
        *,
        zone: tzinfo = UTC,
    ) -> None:
        self._path = path
        self._lock = lock
        self._post = post
        self._clock = clock
        self._pending = pending
        self._zone = zone
        self._departures = Departures()
        self._precious: Precious | None = None
        self._stand_in: Precious | None = None
        self._to_repeat: list[Job] = []
        self._pause = FIRST_PAUSE_SECONDS
        self._retry_at = 0.0
        self.new_id: Callable[[datetime], FactId] = FactIds()
        """For what the store itself has to say."""
        self.fault: StoreFault | None = StoreFault.CLOSED
        """What is wrong; None when all is well."""

    @property
    def precious(self) -> Precious | None:
        """The open file; None while it cannot be used."""
        return self._precious

    def seconds_to_retry(self) -> float | None:
        """How long until :meth:`open` is worth another try; None while the file is open."""
        return None if self._precious is not None else max(0.0, self._retry_at - self._clock.monotonic())

    def open(self) -> bool:
        """Open the file and bring it up to date with what happened meanwhile; False when that cannot be done."""
        first, suspect = self.fault is StoreFault.CLOSED, self.fault
        try:
            self._precious = self._opened(suspect)
            self._repeat(self._precious)
        except Exception as error:
            fault = fault_of(error)
            if fault is None:
                log.exception("journal: cannot be opened")
            self._fall(fault or StoreFault.UNKNOWN)
            return False
        self.fault = None
        self._pause = FIRST_PAUSE_SECONDS
        if self._stand_in is not None:
            self._stand_in.close()
            self._stand_in = None
        if not first:
            log.info("journal: written again")
        self._post(DeviceFound(part=Part.STORE))
        return True

    def _opened(self, fault: StoreFault | None) -> Precious:
        """The open file, after whatever ``fault`` asks for."""
        self._lock.take()
        finish_salvage(self._path, self._clock.now())
        if fault is StoreFault.DAMAGED:
            return self._salvaged()
        has_failed = fault not in {None, StoreFault.CLOSED}
        try:
            if has_failed and self._path.exists():
                forget_cached_pages(self._path)
            precious = self._checked(anyway=has_failed)
        except (sqlite3.DatabaseError, StoreFaultError) as error:
            if fault_of(error) is not StoreFault.DAMAGED:
                raise
            return self._salvaged()
        if has_failed:
            _prove(precious, self._path)
        return precious

    def _salvaged(self) -> Precious:
        saved = salvage(self._path, JOURNAL_PLAN, self._clock.now())
        precious = self._checked(anyway=False)
        damage = Fact(
            id=self.new_id(self._clock.now()),
            kind=FactKind.ALARM,
            happened=moment(self._clock),
            details={"alarm": "journal_damaged", "saved": saved.rows, "aside": saved.aside},
        )
        with precious.db.atomic():
            precious.journal.add(damage)
        return precious

    def _checked(self, *, anyway: bool) -> Precious:
        unsure = anyway or needs_check(self._path)
        db = open_database(self._path, JOURNAL_FILE)
        try:
            if unsure:
                check(db)
            return Precious(db, self._departures, self._zone)
        except BaseException:
            db.close()
            raise

    def _repeat(self, precious: Precious) -> None:
        """Do on the file what was done on the stand-in."""
        while self._to_repeat:
            jobs = self._to_repeat[:REPEATED_AT_ONCE]
            _in_one(precious, jobs)
            del self._to_repeat[: len(jobs)]
            self._announce(jobs)

    def do(self, jobs: Sequence[Job]) -> None:
        """Do all of them in one transaction, then say so."""
        if self._precious is None:
            self._on_stand_in(jobs)
            return
        try:
            results = _in_one(self._precious, jobs)
        except Exception as error:  # noqa: BLE001  a disk fault is handled, anything else isolated and logged below
            fault = fault_of(error)
            if fault is not None:
                self._fall(fault)
                self._on_stand_in(jobs)
            elif len(jobs) == 1:
                self._give_up(jobs[0], error)
            else:
                # One of them cannot be stored at all; it must not take the others with it.
                for job in jobs:
                    self.do([job])
        else:
            for job, result in zip(jobs, results, strict=True):
                give(job.answer, result)
            self._announce(jobs)
            if self._precious.has_erased:
                # Tried once: a disk that has no room for it now must not be asked at every tap.
                self._precious.has_erased = False
                self.write_afresh()

    def _announce(self, jobs: Sequence[Job]) -> None:
        ids = tuple(dict.fromkeys(id_ for job in jobs for id_ in job.facts))
        if ids:
            self._pending.settle(ids)
            self._post(Committed(ids))

    def _give_up(self, job: Job, error: Exception) -> None:
        log.error("journal: a step that cannot be done is left out", exc_info=error)
        give(job.answer, error)
        if job.facts:
            self._pending.give_up(job.facts)
            self._post(CommitFailed(ids=job.facts, fault=StoreFault.UNKNOWN))

    def _fall(self, fault: StoreFault) -> None:
        was_well = self.fault in {None, StoreFault.CLOSED}
        if self._precious is not None:
            with contextlib.suppress(sqlite3.Error):
                self._precious.close()
            self._precious = None
        # A damaged file is salvaged at once; a disk that fails is given time.
        self._retry_at = self._clock.monotonic() + (0.0 if fault is StoreFault.DAMAGED and was_well else self._pause)
        self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)
        if was_well:
            log.warning("journal: lost (%s); facts are kept in memory", fault)
            self._post(DeviceLost(part=Part.STORE, fault=fault))
        self.fault = fault
        self.report()

    def glance(self, work: Callable[[Precious], _R]) -> _R | None:
        """What ``work`` finds in a copy of a file that cannot be opened; None where it cannot be read either."""
        try:
            with opened_elsewhere(self._path, JOURNAL_FILE) as copy:
                return work(Precious(copy, Departures(), self._zone))
        except (sqlite3.Error, OSError, ValueError) as error:
            log.warning("journal: cannot be read (%s)", fault_of(error) or type(error).__name__)
            return None

    def report(self) -> None:
        """Say of every fact that waits that it is not on the disk, once."""
        ids = self._pending.report()
        if ids:
            self._post(CommitFailed(ids=ids, fault=self.fault or StoreFault.HUNG))

    def _on_stand_in(self, jobs: Sequence[Job]) -> None:
        if self._stand_in is None:
            departures = Departures(handed_out=self._departures.handed_out, known_from=0)
            self._stand_in = Precious(open_database(None, JOURNAL_FILE), departures, self._zone)
        for job in jobs:
            if not job.stands_in:
                give(job.answer, StoreFaultError(self.fault or StoreFault.UNKNOWN))
                continue
            try:
                (result,) = _in_one(self._stand_in, [job])
            except Exception as error:  # noqa: BLE001  logged there, and this one job alone is lost
                self._give_up(job, error)
                continue
            give(job.answer, result)
            if job.repeat:
                self._to_repeat.append(job)
        self.report()

    def anchor_missing(self) -> bool:
        """Whether the clock of this boot has not been tied to the wall yet."""
        return self._precious is not None and self._precious.anchors.of(self._clock.boot_id) is None

    def tidy(self) -> None:
        """Bring the log home, so that what was deleted is in neither of the two files."""
        if self._precious is not None:
            # A disk that fails here will say so at the next commit.
            with contextlib.suppress(sqlite3.Error, StoreFaultError):
                self._precious.bring_home()

    def write_afresh(self) -> bool:
        """Leave nothing of what was erased in the file or its log; False when the disk did not let that be done."""
        with contextlib.suppress(sqlite3.Error, StoreFaultError):
            if self._precious is not None:
                self._precious.write_afresh()
                return True
        return False

    def close(self) -> None:
        """Close the file, after a last try to write what is still in memory."""
        if self._precious is None and self._to_repeat:
            self.open()
        for held in (self._precious, self._stand_in):
            if held is not None:
                with contextlib.suppress(sqlite3.Error):
                    held.close()
        self._precious = self._stand_in = None
        self.fault = StoreFault.CLOSED


def _prove(precious: Precious, path: Path) -> None:
    """Write whatever the log shows into the file itself, and sync it, before any of it is called safe.

    A row that is there already is not written again. But after a failed sync it may be there in memory only, and a
    transaction that changes nothing syncs nothing. The emptied log is synced too: what the disk still holds of it would
    be laid over the file after a power cut, and is older.
    """
    try:
        precious.bring_home()
        sync_to_disk(beside(path, "-wal"))
    except BaseException:
        precious.close()
        raise


def _in_one(precious: Precious, jobs: Sequence[Job]) -> list[Any]:
    with precious.db.atomic():
        return [job.work(precious) for job in jobs]


def give(answer: Future[Any] | None, result: object) -> None:
    """Answer with a result, or with the exception that it is."""
    # Whoever asked may have stopped waiting.
    if answer is not None and answer.set_running_or_notify_cancel():
        if isinstance(result, Exception):
            answer.set_exception(result)
        else:
            answer.set_result(result)
