"""The purge of a night, as small jobs between which taps are written."""

import logging
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime, timedelta

from kiosk.store.retention import Purged, Retention, Step
from kiosk.store.worker import Worker

log = logging.getLogger(__name__)


class Purge:
    """One run. Its steps follow each other on the store thread; ``answer`` has the sum."""

    def __init__(self, worker: Worker, retention: Retention, now: datetime, boot_id: str) -> None:
        self._worker = worker
        self._retention = retention
        self._now = now
        self._boot_id = boot_id
        self._sum = Purged()
        self.answer: Future[Purged] = Future()

    def put_off(self) -> None:
        log.warning("purge: put off, the clock is not set")
        self.answer.set_result(self._sum)

    def step(self, after_seq: int = 0) -> None:
        """Look at some rows, then at some more, up to the end of the journal."""
        step = self._worker.ask(lambda precious: precious.purge(self._retention, self._now, self._boot_id, after_seq))
        step.add_done_callback(self._stepped)

    def _stepped(self, done: Future[Step]) -> None:
        error = done.exception()
        if error is not None:
            self.answer.set_exception(error)
            return
        step = done.result()
        self._sum += step.purged
        if step.next_seq is not None:
            self.step(step.next_seq)
            return
        self._worker.tidy()
        self._worker.let_go_of_copies(self._now - timedelta(days=self._retention.passage_days))
        before = self._now - timedelta(days=self._retention.shift_days)
        self._worker.ask_snapshot(lambda snapshot: snapshot.purge(before)).add_done_callback(self._ended)

    def _ended(self, step: Future[int]) -> None:
        self._sum = replace(self._sum, shifts=step.result() if step.exception() is None else 0)
        log.info(
            "purge: %d passages over %d days, %d presences over %d days, %d unknown cards over %d days, "
            "%d shifts over %d days; %d overdue rows left",
            self._sum.passages,
            self._retention.passage_days,
            self._sum.presences,
            self._retention.presence_days,
            self._sum.unknown_cards,
            self._retention.unknown_card_days,
            self._sum.shifts,
            self._retention.shift_days,
            self._sum.overdue,
        )
        self.answer.set_result(self._sum)
