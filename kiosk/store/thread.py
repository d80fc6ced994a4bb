"""The store, as everyone else sees it: hand it work, go on at once."""

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from kiosk.clock import Clock
from kiosk.events import CommitFailed, Event, KnowledgePage
from kiosk.store.backup import JOURNAL, copy_unchecked
from kiosk.store.cards import Preference
from kiosk.store.erasure import Dossier, Erasure, Erasures, Outcome, dossier_of, page_of_forgetting
from kiosk.store.faults import StoreFault
from kiosk.store.journal import JournalRow
from kiosk.store.ledger import Job
from kiosk.store.outbox import Arrived, Due, OutboxRow, Parked, Settlement
from kiosk.store.precious import Precious
from kiosk.store.purge import Purge
from kiosk.store.retention import Purged, Retention
from kiosk.store.snapshot import Cursor, Snapshot
from kiosk.store.staff import Pin
from kiosk.store.worker import Worker
from kiosk.types import ClockTrust, Fact, FactId, FactKind, Jar, MemberId

log = logging.getLogger(__name__)

MOST_LISTED = 1000
"""Rows of the outbox in one listing: after a month without a server a tap is not kept waiting for thousands."""
CONFIRM_EVERY_SECONDS = 300.0
"""The age of the knowledge is written down this often; it is judged in hours."""

_LAID_OVER = frozenset(
    {
        FactKind.TARE,
        FactKind.JAR_TAGGED,
        FactKind.CARD_LINKED,
        FactKind.CARD_BLOCKED,
        FactKind.CARD_UNLINKED,
        FactKind.ROLE_GRANTED,
    }
)


class Store:
    """What the terminal remembers, in ``journal.db`` and ``snapshot.db``.

    Every method returns at once. Those that ask return a :class:`~concurrent.futures.Future`; it fails with
    :class:`~kiosk.errors.StoreError` while the disk does.

    Args:
        directory: where the files live; made if it is not there. One process at a time.
        post: the way into the reactor.
        clock: the source of time.
        zone: of the shop: a jar was weighed on a day there.
    """

    def __init__(self, directory: Path, post: Callable[[Event], None], clock: Clock, zone: tzinfo = UTC) -> None:
        self._post = post
        self._clock = clock
        self._journal = directory / JOURNAL
        self._worker = Worker(directory, post, clock, zone)
        self._erasures = Erasures(self._worker, post, clock)
        self._confirmed_at: datetime | None = None

    # ── life ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def start(self) -> None:
        """Begin; what is known is posted as the pages of one full round.

        Raises:
            StoreLockedError: another process uses the directory.
        """
        self._worker.start()

    def request_stop(self) -> None:
        """Ask the thread to write what has gathered and to end."""
        self._erasures.stop()
        self._worker.request_stop()

    def join(self, timeout_seconds: float = 5.0) -> bool:
        """Wait for the end; False if the thread still hangs in the disk."""
        return self._worker.join(timeout_seconds)

    @property
    def fault(self) -> StoreFault | None:
        """What is wrong with the disk; None when all is well."""
        return self._worker.fault

    def unjournalled(self) -> int:
        """How many facts are not on the disk, with those given up for want of room."""
        return len(self._worker.pending) + self._worker.pending.dropped

    # ── facts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def record(self, fact: Fact, hold_seconds: float = 0.0) -> None:
        """Keep a fact; ``Committed`` says when. It leaves no earlier than ``hold_seconds`` from now."""
        boot_id, not_before = self._clock.boot_id, self._clock.monotonic() + hold_seconds
        self._keep(
            fact,
            lambda precious: precious.record(fact, boot_id, not_before, server_jars=self._worker.server_jars),
        )

    def withdraw(self, fact_id: FactId, undo: Fact) -> None:
        """Keep ``undo``. If ``fact_id`` has certainly not left yet, neither leaves; else the undo follows it."""
        boot_id, now = self._clock.boot_id, self._clock.monotonic()
        self._keep(undo, lambda precious: precious.withdraw(fact_id, undo, boot_id, now))

    def _keep(self, fact: Fact, work: Callable[[Precious], bool]) -> None:
        def keep(precious: Precious) -> None:
            if work(precious) and fact.member_id is not None:
                # It was noted as theirs before it came here, and nothing would ever take that back.
                self._post(page_of_forgetting(fact.member_id, self._clock.now()))

        job = Job(work=keep, facts=(fact.id,), stands_in=True, repeat=True, lays_over=fact.kind in _LAID_OVER)
        pending = self._worker.pending
        if not pending.add(fact):
            self._post(CommitFailed(ids=(fact.id,), fault=self.fault or StoreFault.HUNG))
        elif not self._worker.put(job):
            pending.give_up((fact.id,))
            self._post(CommitFailed(ids=(fact.id,), fault=StoreFault.CLOSED))

    def prefer(self, preference: Preference) -> Future[None]:
        """Remember what a person asked this terminal for."""
        return self._worker.ask(
            lambda precious: precious.prefer(preference), stands_in=True, repeat=True, lays_over=True
        )

    # ── for staff ─────────────────────────────────────────────────────────────────────────────────────────────────

    def given_to(self) -> Future[frozenset[MemberId]]:
        """Who was given a card at this terminal."""
        return self._worker.ask(lambda precious: precious.cards.given_to())

    def pin(self) -> Future[Pin | None]:
        """The technician's PIN, as far as it is kept; None before the first one is chosen."""
        return self._worker.ask(lambda precious: precious.staff.pin())

    def keep_pin(self, pin: Pin) -> Future[None]:
        """Keep the technician's PIN, and how often it was guessed wrong."""
        return self._worker.ask(lambda precious: precious.staff.keep_pin(pin), stands_in=True, repeat=True)

    # ── knowledge ─────────────────────────────────────────────────────────────────────────────────────────────────

    def apply(self, page: KnowledgePage) -> Future[None]:
        """Keep a page of the server. Whoever downloads waits for the answer, so that pages never pile up."""
        has_changed = page.capabilities is not None and self._worker.heed(page.capabilities)
        # Another terminal, or the server, has said so.
        self._erasures.add(page.forgotten_members)
        moved = self._worker.overlay.moved(page)
        if moved:
            self._worker.ask(lambda precious: precious.jars.bare(moved), lays_over=True)
        kept = self._worker.ask_snapshot(lambda snapshot: self._apply(page, snapshot))
        if has_changed:
            # Once the page is kept: what changes is shown with what the server says of it now.
            kept.add_done_callback(lambda _: self._worker.look_again())
        renamed = [(old, new) for old, new in page.renamed_members if self._worker.overlay.names(old)]
        if renamed:
            kept.add_done_callback(lambda _: self._worker.ask(lambda held: held.rename(renamed), lays_over=True))
        return kept

    def _apply(self, page: KnowledgePage, snapshot: Snapshot) -> None:
        snapshot.apply(self._worker.overlay.forgotten.kept_out_of(page))
        if page.last:
            self._erasures.end_round(snapshot)

    def confirm(self, at: datetime) -> None:
        """The server said that nothing changed."""
        if self._confirmed_at is None or abs((at - self._confirmed_at).total_seconds()) >= CONFIRM_EVERY_SECONDS:
            self._confirmed_at = at
            self._worker.ask_snapshot(lambda snapshot: snapshot.confirm(at))

    def laid_over(self, page: KnowledgePage, *, first: bool = False) -> KnowledgePage:
        """A page of the server with what only this terminal knows. ``first``: the first page of a full round."""
        return self._worker.overlay.over(page, first=first)

    def without_forgotten(self, answer: Event) -> Event:
        """What a server that was not told of a forgetting answers, as one that was told would."""
        return self._worker.overlay.forgotten.kept_out_of_answer(answer)

    # ── for the sync thread ───────────────────────────────────────────────────────────────────────────────────────

    def cursor(self) -> Future[Cursor]:
        """Where the next round continues."""
        return self._worker.ask_snapshot(Snapshot.cursor)

    def due(self, limit: int, *, uncorrected: bool = True) -> Future[Due]:
        """Facts that may leave now, oldest first.

        What was handed out before and has not been settled is handed out again: there is one reader.

        Args:
            limit: at most so many.
            uncorrected: also facts of this boot from before its clock was set. False gives the clock some time.
        """
        return self._worker.ask(
            lambda precious: precious.due(limit, self._clock.boot_id, self._clock.monotonic(), uncorrected=uncorrected),
            stands_in=True,
        )

    def settle(self, outcomes: Mapping[FactId, Settlement]) -> Future[None]:
        """Keep what became of facts that were handed out."""
        boot_id, now, at = self._clock.boot_id, self._clock.monotonic(), self._clock.now()
        arrived = any(isinstance(outcome, Arrived) for outcome in outcomes.values())
        return self._worker.ask(
            lambda precious: precious.settle(outcomes, boot_id, now, at),
            stands_in=True,
            repeat=arrived or any(isinstance(outcome, Parked) for outcome in outcomes.values()),
            lays_over=arrived and self._worker.overlay.waits_for_delivery,
        )

    def oldest_waiting(self) -> Future[datetime | None]:
        """When the fact happened that has waited longest for the server."""
        return self._worker.ask(Precious.oldest_waiting)

    def jars(self) -> Future[tuple[Jar, ...]]:
        """The jars weighed or tagged here, by code."""
        return self._worker.ask(lambda precious: precious.jars.all(), stands_in=True)

    # ── for commands ──────────────────────────────────────────────────────────────────────────────────────────────

    def outbox_list(self, limit: int = MOST_LISTED) -> Future[list[OutboxRow]]:
        """What has not left, the refused ones first."""
        return self._worker.ask(lambda precious: precious.outbox.rows(limit))

    def outbox_retry(self, fact_id: FactId | None = None) -> Future[int]:
        """Let a refused or postponed row (or all of them) leave at once; returns how many."""
        return self._worker.ask(lambda precious: precious.outbox.retry(fact_id))

    def outbox_discard(self, fact_id: FactId) -> Future[bool]:
        """A person has dealt with this row; False when there is no such row."""
        at = self._clock.now()
        return self._worker.ask(lambda precious: precious.discard(fact_id, at))

    def journal_list(self, after_seq: int = 0, limit: int = 500) -> Future[list[JournalRow]]:
        """Facts in the order of recording behind ``after_seq``; the last row's ``seq`` asks for the next page."""
        return self._worker.ask(lambda precious: precious.listed(after_seq, limit))

    def dossier(self, member_id: MemberId) -> Future[Dossier]:
        """All that this terminal knows of one person."""
        return dossier_of(self._worker, member_id)

    def forget(self, member_id: MemberId, *, anyway: bool = False) -> Future[Outcome]:
        """Forget one person, here and (through the server) everywhere; a second time does no harm.

        Args:
            member_id: whom.
            anyway: give up what the server has not taken yet; else nothing is done while there is any.
        """
        erasure = Erasure(self._worker, self._post, self._clock, member_id)
        erasure.begin(anyway=anyway)
        return erasure.answer

    def copy_to(self, target: Path) -> Future[None]:
        """Copy the journal to ``target`` for a backup: all that was said to be on the disk is in it.

        The answer fails with :class:`~kiosk.store.backup.BackupError` where the copy cannot be written.
        """
        # A disk that cannot be written any more is when a backup is needed most: what lies on it can be read.
        return self._worker.ask(lambda _: copy_unchecked(self._journal, target), stands_in=True)

    def purge(self, retention: Retention | None = None) -> Future[Purged]:
        """Let go of what has been kept long enough, in small steps, and prove it in the log.

        While the clock is not set nothing goes, because nobody knows how old anything is.
        """
        purge = Purge(self._worker, retention or Retention(), self._clock.now(), self._clock.boot_id)
        if self._clock.trust() is ClockTrust.NEVER:
            purge.put_off()
        else:
            purge.step()
        return purge.answer
