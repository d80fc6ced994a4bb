"""The one thread that owns both files.

What must not be lost goes first and in groups: all that has gathered is written in one transaction, then announced.
Work on the snapshot goes one piece at a time in between.
"""

import contextlib
from collections import deque
from collections.abc import Callable, Sized
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from kiosk.clock import Clock
from kiosk.events import Delivered, Event, FactsRecalled, QueueChanged, Ticked
from kiosk.own_thread import OwnThread
from kiosk.store.anchors import Anchor
from kiosk.store.aside import let_go_of, set_aside_in
from kiosk.store.database import DirectoryLock
from kiosk.store.faults import StoreFault, StoreFaultError
from kiosk.store.ledger import Job, Ledger, give
from kiosk.store.mirror import Mirror
from kiosk.store.outbox import Backlog
from kiosk.store.overlay import Overlay
from kiosk.store.pending import Pending
from kiosk.store.precious import Precious
from kiosk.store.snapshot import Snapshot
from kiosk.store.watch import Watch
from kiosk.types import JAR_KINDS, Capabilities, ClockTrust, FactId, Part

TICK_SECONDS = 2.0
JOBS_AT_ONCE = 500

_R = TypeVar("_R")
_SnapshotJob: TypeAlias = tuple[Callable[[Snapshot], Any], Future[Any]]


class Worker(OwnThread):
    """Takes jobs from any thread and does them on its own."""

    def __init__(self, directory: Path, post: Callable[[Event], None], clock: Clock, zone: tzinfo = UTC) -> None:
        super().__init__("store")
        self._post = post
        self._clock = clock
        self._directory = directory
        self._lock = DirectoryLock(directory)
        self.pending = Pending()
        self._watch = Watch(post, clock, self.pending, lambda: self._ledger.fault is None)
        self._ledger = Ledger(directory / "journal.db", self._lock, post, clock, self.pending, zone=zone)
        self._mirror = Mirror(directory / "snapshot.db", clock)
        self.overlay = Overlay()
        """Frozen; replaced whole by this thread, read by any."""
        self.server_links = False
        self.server_roles = False
        self.server_jars = False
        self._as_of: datetime | None = None
        self._has_recalled = False
        self._backlog = Backlog(waiting=-1, refused=-1)
        self._counted: tuple[Precious, int] | None = None
        """The file, and how often it had been changed, when the backlog was counted."""
        self._jobs: deque[Job] = deque()
        self._snapshot_jobs: deque[_SnapshotJob] = deque()
        self._closed = False

    # ── for any thread ────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def fault(self) -> StoreFault | None:
        return StoreFault.HUNG if self._watch.hangs else self._ledger.fault

    def start(self) -> None:
        """Take the directory and begin.

        Raises:
            StoreLockedError: another process uses the directory.
        """
        # A disk that cannot be written is a state of the store, not a reason to keep the door shut.
        with contextlib.suppress(OSError):
            self._lock.take()
        super().start()
        self._watch.start()

    def join(self, timeout_seconds: float = 2.0) -> bool:
        has_ended = super().join(timeout_seconds)
        self._watch.request_stop()
        return self._watch.join(timeout_seconds) and has_ended

    def put(self, job: Job) -> bool:
        """Take a job on; False when the store is closed."""
        with self._wake:
            if not self._closed:
                self._jobs.append(job)
                self._wake.notify_all()
            return not self._closed

    def ask(
        self,
        work: Callable[[Precious], Any],
        *,
        stands_in: bool = False,
        repeat: bool = False,
        lays_over: bool = False,
    ) -> Future[Any]:
        """A question to ``journal.db``, answered in its turn; the switches are those of a :class:`Job`."""
        answer: Future[Any] = Future()
        job = Job(work=work, answer=answer, stands_in=stands_in, repeat=repeat, lays_over=lays_over)
        if not (repeat or lays_over) and self._are_too_many(self._jobs):
            answer.set_exception(StoreFaultError(StoreFault.HUNG))
        elif not self.put(job):
            answer.set_exception(StoreFaultError(StoreFault.CLOSED))
        return answer

    def ask_snapshot(self, work: Callable[[Snapshot], Any]) -> Future[Any]:
        """A piece of work on ``snapshot.db``, done in its turn."""
        answer: Future[Any] = Future()
        if self._are_too_many(self._snapshot_jobs):
            answer.set_exception(StoreFaultError(StoreFault.HUNG))
            return answer
        with self._wake:
            if not self._closed:
                self._snapshot_jobs.append((work, answer))
                self._wake.notify_all()
                return answer
        answer.set_exception(StoreFaultError(StoreFault.CLOSED))
        return answer

    def _are_too_many(self, waiting: Sized) -> bool:
        """Whether questions pile up behind a disk that hangs: who asked each of them has stopped waiting long ago."""
        return self._watch.hangs and len(waiting) >= JOBS_AT_ONCE

    def new_id(self, now: datetime) -> FactId:
        """An id for what the store itself has to say; for the store's thread."""
        return self._ledger.new_id(now)

    def heed(self, capabilities: Capabilities) -> bool:
        """What the server keeps itself does not lie over its pages.

        Returns:
            Whether it keeps links or roles now and did not before, or no longer does.
        """
        before = self.server_links, self.server_roles
        self.server_links, self.server_roles = capabilities.card_links, capabilities.roles
        if capabilities.jars and not self.server_jars:
            # What was weighed before anyone took it leaves now.
            self.ask(lambda precious: precious.outbox.refill(JAR_KINDS), lays_over=True)
        self.server_jars = capabilities.jars
        return before != (self.server_links, self.server_roles)

    def look_again(self) -> None:
        """Read again what lies over the server's pages, and show what has changed."""
        self.ask(lambda _: None, lays_over=True)

    # ── for this thread ───────────────────────────────────────────────────────────────────────────────────────────

    def tidy(self) -> None:
        """Bring the log of ``journal.db`` home, so that what was deleted is in neither of the two."""
        self._ledger.tidy()

    def let_go_of_copies(self, before: datetime) -> None:
        """Take away what was set aside beside the files before that time."""
        let_go_of(set_aside_in(self._directory), before)

    def write_afresh(self) -> bool:
        """Leave nothing of what was erased in ``journal.db`` or its log; False when that could not be done."""
        return self._ledger.write_afresh()

    def begin(self) -> None:
        """Open both files and post what they know."""
        with self._watch.at_work():
            self._ledger.open()
            self._show()
            self._do([])

    def seconds_to_work(self) -> float | None:
        """How long until :meth:`turn` has something to do; None while there is nothing."""
        return 0.0 if self._jobs or self._snapshot_jobs else self._ledger.seconds_to_retry()

    def look_after_disk(self) -> None:
        """What the watch does every second."""
        self._watch.look()

    def _run(self) -> None:
        try:
            self.begin()
            while self.turn():
                self._post(Ticked(Part.STORE))
        finally:
            self.end()

    def _show(self) -> None:
        """Post what is known as the pages of one full round, as if the server had sent them, then what it lacks."""
        self._read_overlay(at_start=True)
        for page in self._mirror.pages():
            if page.capabilities is not None:
                self.heed(page.capabilities)
                self._read_overlay(at_start=True)
            self._post(self.overlay.over(page, first=self._as_of is None))
            self._as_of = page.fetched_at
        self._recall(self._as_of, at_start=True)

    def _recall(self, as_of: datetime | None, *, at_start: bool = False) -> None:
        """Post, once, the facts that a snapshot of that age may not speak for, and the bookings made here."""
        recalled = self._look_up(
            lambda precious: (precious.journal.unspoken(as_of), precious.journal.bookings()), at_start=at_start
        )
        self._has_recalled = recalled is not None
        found, bookings = recalled or ([], ())
        if found or bookings:
            self._post(FactsRecalled(tuple(fact for fact, _ in found), bookings))
        if found:
            # What has arrived lies over the server's last word until its next one.
            self._post(Delivered(tuple(fact.id for fact, arrived in found if arrived)))

    def turn(self) -> bool:
        """Wait for work and do it; False when there will never be any more."""
        jobs, snapshot_job, stopping = self._take()
        with self._watch.at_work():
            if self._ledger.seconds_to_retry() == 0.0 and self._ledger.open():
                self._catch_up()
            jobs += self._anchor()
            if any(job.lays_over for job in jobs):
                self._do_and_show(jobs)
            elif jobs:
                self._do(jobs)
            if snapshot_job is not None:
                self._mirror.do(*snapshot_job)
        return bool(jobs) or snapshot_job is not None or not stopping

    def _catch_up(self) -> None:
        """The file opens (again): say what could not be read from it before."""
        self._show_changes(self.overlay, self._read_overlay())
        if not self._has_recalled:
            self._recall(self._as_of)
        self._do([])

    def _take(self) -> tuple[list[Job], _SnapshotJob | None, bool]:
        until_retry = self._ledger.seconds_to_retry()
        deadline = self._clock.monotonic() + min(TICK_SECONDS, TICK_SECONDS if until_retry is None else until_retry)
        with self._wake:
            while not (self._jobs or self._snapshot_jobs or self._stopping):
                left = deadline - self._clock.monotonic()
                if left <= 0:
                    break
                self._clock.wait(self._wake, left)
            jobs = [self._jobs.popleft() for _ in range(min(JOBS_AT_ONCE, len(self._jobs)))]
            return jobs, self._snapshot_jobs.popleft() if self._snapshot_jobs else None, self._stopping

    def _anchor(self) -> list[Job]:
        """As soon as the clock is set, tie this boot's monotonic seconds to it."""
        if not self._ledger.anchor_missing() or self._clock.trust() is not ClockTrust.SYNCED:
            return []
        anchor = Anchor(boot_id=self._clock.boot_id, monotonic=self._clock.monotonic(), wall=self._clock.now())
        return [Job(work=lambda precious: precious.cast(anchor), lays_over=True)]

    def _read_overlay(self, *, at_start: bool = False) -> Overlay:
        """Read again what lies over the server's pages; without a disk it stays as it was."""

        def read(precious: Precious) -> Overlay:
            return precious.overlay(
                server_links=self.server_links, server_roles=self.server_roles, server_jars=self.server_jars
            )

        self.overlay = self._look_up(read, at_start=at_start) or self.overlay
        return self.overlay

    def _show_changes(self, before: Overlay, after: Overlay) -> None:
        """Tell the reactor at once what now lies over the server's word."""
        changes = after.since(before, self._clock.now())
        changed = after.changed_since(before)
        if changed:
            # Without a snapshot the members come with the server's next page.
            with contextlib.suppress(StoreFaultError):
                changes = replace(changes, members=self._mirror.ask(lambda snapshot: snapshot.members(changed)))
        if changes.cards or changes.jars or changes.members:
            self._post(after.over(changes, first=False))

    def _do_and_show(self, jobs: list[Job]) -> None:
        """Whoever asked is answered once the reactor has been told: what they look at next is as they left it."""
        done: list[Future[Any]] = [Future() for _ in jobs]
        self._do([replace(job, answer=answer) for job, answer in zip(jobs, done, strict=True)])
        self._show_changes(self.overlay, self._read_overlay())
        for job, found in zip(jobs, done, strict=True):
            give(job.answer, found.exception() or found.result())

    def _do(self, jobs: list[Job]) -> None:
        """Do them, and tell what waits now: counted in the same transaction."""
        told = self._backlog
        self._ledger.do([*jobs, Job(work=self._count)])
        if self._backlog != told:
            self._post(QueueChanged(waiting=self._backlog.waiting, refused=self._backlog.refused))

    def _count(self, precious: Precious) -> None:
        counted = precious, precious.db.conn.total_changes
        if counted != self._counted:
            self._counted = counted
            self._backlog = precious.outbox.backlog()

    def _look_up(self, work: Callable[[Precious], _R], *, at_start: bool = False) -> _R | None:
        """Ask the journal for the store's own use; None while the disk fails.

        What is known here alone must be known ``at_start`` all the same: then a disk that cannot be written is read.
        """
        answer: Future[_R] = Future()
        self._ledger.do([Job(work=work, answer=answer)])
        if answer.exception() is None:
            return answer.result()
        return self._ledger.glance(work) if at_start else None

    def end(self) -> None:
        """Write what has gathered and close both files."""
        with self._wake:
            self._closed = True
            jobs, snapshot_jobs = tuple(self._jobs), tuple(self._snapshot_jobs)
        if jobs:
            self._ledger.do(jobs)
        for _, answer in snapshot_jobs:
            answer.set_exception(StoreFaultError(StoreFault.CLOSED))
        self._ledger.close()
        self._mirror.close()
        self._lock.release()
