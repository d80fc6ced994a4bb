"""One thread that carries facts to the server and knowledge back: push before pull, so that no page overtakes a fact.

What a fact's journey can end in, and why none of it loses or doubles anything:

* The server took it and said so: closed.
* The server took it and the answer was lost: sent again under the same id, which the server knows. Closed.
* The server was not reached: the row stays as it is, and the server as a whole is given a pause.
* The server answers others and fails on this one: the row alone is put back, a little longer each time, and parked for
  a person in the end. It never stands in the way of the rows behind it.
* The server refuses it: parked with the reason.
* The power goes at any point: the row is still there, and the first two cases apply.
"""

import logging
import random
from collections.abc import Callable
from datetime import timedelta

from kiosk.backends.base import SIGN_OF_LIFE, Accepted, Backend, Outcome, Refused, Retry, Unchanged
from kiosk.clock import Clock
from kiosk.errors import BackendUnavailable, BackendUnreadable, NotAuthorised, StoreError
from kiosk.events import (
    Delivered,
    DeliveryRefused,
    Event,
    KnowledgeConfirmed,
    KnowledgePage,
    ServerLost,
    ServerReached,
    ServerUnreadable,
    Ticked,
)
from kiosk.own_thread import OwnThread
from kiosk.store.outbox import Arrived, Later, OutboxRow, Parked, Settlement
from kiosk.store.snapshot import Cursor
from kiosk.store.thread import Store
from kiosk.types import FactId, Part

log = logging.getLogger(__name__)

BATCH_ROWS = 50
TICK_SECONDS = 5.0
STORE_PATIENCE_SECONDS = 5.0
CLOCK_GRACE_SECONDS = 60.0
"""With the server in reach, a clock that was never set gets this long before facts leave with the time they have."""
DOUBTS_AT_ONCE = 3
PARK_AFTER_ATTEMPTS = 12
FIRST_ROW_PAUSE_SECONDS, LONGEST_ROW_PAUSE_SECONDS = 5.0, 3600.0
FIRST_SERVER_PAUSE_SECONDS, LONGEST_SERVER_PAUSE_SECONDS = 2.0, 60.0
MOST_PAGES = 20_000

Uniform = Callable[[float, float], float]


def decorrelated(uniform: Uniform, first: float, before: float, longest: float) -> float:
    """The next pause in seconds: somewhere between ``first`` and three times the one before, at most ``longest``.

    Terminals that lost the same server do not come back to it at the same moment ("Exponential Backoff And Jitter",
    AWS Architecture Blog, 2015).
    """
    return min(longest, uniform(first, max(first, before * 3)))


class Sync(OwnThread):
    """Delivers, then fetches, for as long as the program lives.

    Args:
        backend: asked from this thread only (``fetch`` and ``deliver``).
        store: where facts come from and pages go to.
        post: the way into the reactor.
        clock: the source of time.
        interval_seconds: how often to ask for changes.
        full_every_seconds: how often to fetch everything afresh.
        uniform: a random number between two; replaced in tests.
    """

    def __init__(
        self,
        backend: Backend,
        store: Store,
        post: Callable[[Event], None],
        clock: Clock,
        *,
        interval_seconds: float = 60.0,
        full_every_seconds: float = 86_400.0,
        uniform: Uniform = random.uniform,
    ) -> None:
        super().__init__("sync")
        self._backend = backend
        self._store = store
        self._post = post
        self._clock = clock
        self._interval = interval_seconds
        self._full_every = timedelta(seconds=full_every_seconds)
        self._uniform = uniform
        self._known = Cursor("", 0, None)
        self._pull_at = clock.monotonic()
        self._reached_at: float | None = None
        self._lost: ServerLost | None = None
        self._server_pause = 0.0
        self._shown: set[tuple[str, type[BaseException]]] = set()
        self._woken = False

    # ── for any thread ────────────────────────────────────────────────────────────────────────────────────────────

    def wake(self, *, fetch: bool = False) -> None:
        """There may be something to deliver. ``fetch``: look at the server now, even if it was lost a moment ago."""
        with self._wake:
            if fetch:
                self._pull_at = self._clock.monotonic()
                self._server_pause = 0.0
            self._woken = self._woken or fetch or self._lost is None
            self._wake.notify_all()

    # ── the thread ────────────────────────────────────────────────────────────────────────────────────────────────

    def _run(self) -> None:
        SIGN_OF_LIFE.set(self._show_life)
        while not self._stopping:
            self._rest(self.turn())

    def turn(self) -> float:
        """One round, whatever becomes of it; returns until when to rest (monotonic seconds)."""
        self._woken = False
        try:
            return self._round()
        except (BackendUnavailable, NotAuthorised) as error:
            return self._lose(error)
        except Exception as error:
            # A backend that breaks its word may not end this thread.
            if self._is_new("round", error):
                log.exception("sync: unexpected failure")
            return self._lose(error)

    def _round(self) -> float:
        """Push, then pull if it is time; returns until when to rest."""
        doubts, next_at = self._push()
        if doubts or self._clock.monotonic() >= self._pull_at:
            # Where only the rows were answered badly, this tells whether it is them or the server.
            self._pull_at = self._clock.monotonic() + self._interval
            self._pull()
        if doubts:
            self._settle({row.fact.id: self._put_back(row, why) for row, why in doubts})
            next_at = self._clock.monotonic()
        return self._pull_at if next_at is None else min(next_at, self._pull_at)

    def _show_life(self) -> None:
        self._post(Ticked(Part.SERVER))

    def _rest(self, until: float) -> None:
        while not self._stopping:
            self._show_life()
            with self._wake:
                left = until - self._clock.monotonic()
                if left <= 0 or self._woken or self._stopping:
                    return
                self._clock.wait(self._wake, min(left, TICK_SECONDS))

    # ── push ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _push(self) -> tuple[list[tuple[OutboxRow, str]], float | None]:
        """Deliver what is due.

        Returns:
            The last rows that failed with no good answer since, and when another row may leave.
        """
        patience = DOUBTS_AT_ONCE if self._lost is None else 1
        while True:
            try:
                due = self._store.due(BATCH_ROWS, uncorrected=self._clock_had_its_time()).result(STORE_PATIENCE_SECONDS)
            except (StoreError, TimeoutError) as error:
                self._note_store("due", error)
                return [], None
            if not due.rows:
                return [], due.next_at
            doubts, settled = self._deliver_rows(due.rows, patience)
            if doubts or self._stopping or not settled:
                return doubts, None

    def _deliver_rows(self, rows: tuple[OutboxRow, ...], patience: int) -> tuple[list[tuple[OutboxRow, str]], bool]:
        """Deliver rows one by one until ``patience`` of them in a row have failed; False: the store is not there."""
        outcomes: dict[FactId, Settlement] = {}
        doubts: list[tuple[OutboxRow, str]] = []
        try:
            for row in rows:
                self._show_life()
                if self._stopping or len(doubts) >= patience:
                    break
                outcome = self._deliver(row)
                if isinstance(outcome, str):
                    doubts.append((row, outcome))
                    continue
                self._reach()
                patience = DOUBTS_AT_ONCE
                outcomes.update((late.fact.id, self._put_back(late, why)) for late, why in doubts)
                doubts.clear()
                outcomes[row.fact.id] = self._settlement(row, outcome)
        finally:
            settled = self._settle(outcomes)
        return doubts, settled

    def _deliver(self, row: OutboxRow) -> Outcome | str:
        """The server's outcome, or why there is none."""
        try:
            outcome = self._backend.deliver(row.fact)
        except NotAuthorised:
            raise
        except BackendUnavailable as error:
            self._tell_unreadable(error)
            return str(error) or "no answer"
        except Exception as error:
            if self._is_new("deliver", error):
                log.exception("sync: unexpected failure in a delivery")
            return type(error).__name__
        return outcome if isinstance(outcome, Accepted | Retry | Refused) else "no outcome"

    def _settlement(self, row: OutboxRow, outcome: Outcome) -> Settlement:
        match outcome:
            case Accepted():
                return Arrived()
            case Refused(reason):
                return Parked(reason)
            case Retry(seconds, why):
                if seconds is None:
                    return self._put_back(row, why)
                return Later(pause_seconds=min(max(seconds, 1.0), LONGEST_ROW_PAUSE_SECONDS), counts=False, why=why)

    def _put_back(self, row: OutboxRow, why: str) -> Settlement:
        if row.attempts + 1 >= PARK_AFTER_ATTEMPTS:
            return Parked(f"{why} ({row.attempts + 1}×)")
        pause = decorrelated(self._uniform, FIRST_ROW_PAUSE_SECONDS, row.pause_seconds, LONGEST_ROW_PAUSE_SECONDS)
        return Later(pause_seconds=pause, why=why)

    def _settle(self, outcomes: dict[FactId, Settlement]) -> bool:
        """Keep the outcomes and tell the reactor; False when they could not be kept: the rows will come again."""
        if not outcomes:
            return True
        try:
            self._store.settle(outcomes).result(STORE_PATIENCE_SECONDS)
        except (StoreError, TimeoutError) as error:
            self._note_store("settle", error)
            return False
        arrived = tuple(id_ for id_, outcome in outcomes.items() if isinstance(outcome, Arrived))
        if arrived:
            self._post(Delivered(arrived))
        for id_, outcome in outcomes.items():
            if isinstance(outcome, Parked):
                self._post(DeliveryRefused(id=id_, reason=outcome.reason))
        return True

    def _clock_had_its_time(self) -> bool:
        return self._reached_at is not None and self._clock.monotonic() - self._reached_at >= CLOCK_GRACE_SECONDS

    # ── pull ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _pull(self) -> None:
        """Fetch what changed, or everything once a day.

        While the store cannot keep pages the reactor gets them all the same, and the next round that the store can
        keep begins where the store's own knowledge ends.
        """
        known, kept = self._where_to_begin()
        now = self._clock.now()
        is_full = not known.cursor or known.full_at is None or abs(now - known.full_at) >= self._full_every
        cursor, generation = "" if is_full else known.cursor, known.generation + 1
        full_at, first = known.full_at, True
        for _ in range(MOST_PAGES):
            answer = self._backend.fetch(cursor, generation)
            self._reach()
            self._show_life()
            if isinstance(answer, Unchanged):
                self._store.confirm(self._clock.now())
                self._post(KnowledgeConfirmed(at=self._clock.now()))
                return
            if not isinstance(answer, KnowledgePage) or (not answer.last and answer.cursor == cursor):
                raise BackendUnavailable("the server's pages do not lead on")
            self._post(self._store.laid_over(answer, first=first and answer.full))
            kept = kept and self._keep(answer)
            first, cursor = first and not answer.full, answer.cursor
            if answer.last:
                full_at = answer.fetched_at if answer.full else full_at
                self._known = Cursor(cursor, generation, full_at)
                return
            if self._stopping:
                return
        raise BackendUnavailable("the server's pages do not end")

    def _where_to_begin(self) -> tuple[Cursor, bool]:
        try:
            stored = self._store.cursor().result(STORE_PATIENCE_SECONDS)
        except (StoreError, TimeoutError) as error:
            self._note_store("cursor", error)
            return self._known, False
        return stored._replace(generation=max(stored.generation, self._known.generation)), True

    def _keep(self, page: KnowledgePage) -> bool:
        try:
            self._store.apply(page).result(STORE_PATIENCE_SECONDS)
        except (StoreError, TimeoutError) as error:
            self._note_store("apply", error)
            return False
        except Exception as error:
            # A page that no file can hold is one server's oddity, and no reason to call the server lost.
            if self._is_new("apply", error):
                log.exception("sync: a page cannot be kept")
            return False
        return True

    # ── how the server is ─────────────────────────────────────────────────────────────────────────────────────────

    def _reach(self) -> None:
        self._server_pause = 0.0
        if self._reached_at is None:
            self._reached_at = self._clock.monotonic()
            self._post(ServerReached())
            if self._lost is not None:
                log.info("server: back")
                self._lost = None

    def _lose(self, error: Exception) -> float:
        """The server is not there; returns until when to leave it alone."""
        self._tell_unreadable(error)
        refused = isinstance(error, NotAuthorised)
        if self._lost is None or self._lost.not_authorised != refused:
            since = self._clock.now() if self._lost is None else self._lost.since
            log.warning("server: lost (%s)", error)
            self._lost = ServerLost(since=since, fault=str(error), not_authorised=refused)
            self._post(self._lost)
        self._reached_at = None
        self._server_pause = decorrelated(
            self._uniform, FIRST_SERVER_PAUSE_SECONDS, self._server_pause, LONGEST_SERVER_PAUSE_SECONDS
        )
        self._pull_at = self._clock.monotonic() + self._server_pause
        return self._pull_at

    def _tell_unreadable(self, error: Exception) -> None:
        if isinstance(error, BackendUnreadable):
            self._post(ServerUnreadable(str(error)))

    def _note_store(self, question: str, error: BaseException) -> None:
        if self._is_new(question, error):
            log.warning("sync: the store does not answer (%s: %s)", question, error)

    def _is_new(self, where: str, error: BaseException) -> bool:
        """Whether this kind of error is here for the first time: the log says it once."""
        kind = (where, type(error))
        known = kind in self._shown
        self._shown.add(kind)
        return not known
