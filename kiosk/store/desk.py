"""What staff ask of the store while they stand at the screen. Nothing waits here: every answer is an event.

A PIN is compared on a thread of its own, because that takes a moment on purpose.
"""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from kiosk.effects import (
    AskPin,
    CheckPin,
    ChoosePin,
    CountLinked,
    ListUnsettled,
    Prefer,
    RetryDelivery,
    SettleByHand,
    StaffOrder,
)
from kiosk.events import Event, LinkedCounted, PinChecked, PinKnown, Unsettled, UnsettledListed
from kiosk.store.cards import Preference
from kiosk.store.outbox import OutboxRow
from kiosk.store.staff import Pin, make_pin
from kiosk.store.thread import Store

log = logging.getLogger(__name__)

MOST_UNSETTLED = 200


class StaffDesk:
    """Carries out the orders of staff.

    Args:
        store: started.
        post: the way into the reactor.
        wake: tells the sync thread that something may leave.
    """

    def __init__(self, store: Store, post: Callable[[Event], None], wake: Callable[[], None]) -> None:
        self._store = store
        self._post = post
        self._wake = wake
        self._guard = threading.Lock()
        self._pin: Pin | None = None
        self._knows_pin = False

    def carry_out(self, order: StaffOrder) -> None:
        """Take on an order, from the reactor's thread; returns at once."""
        match order:
            case AskPin():
                self._store.pin().add_done_callback(self._learn_pin)
            case CheckPin(pin):
                threading.Thread(target=self._check, args=(pin,), name="pin", daemon=True).start()
            case ChoosePin(pin):
                threading.Thread(target=self._choose, args=(pin,), name="pin", daemon=True).start()
            case Prefer():
                self._prefer(order)
            case ListUnsettled():
                self._store.outbox_list(MOST_UNSETTLED).add_done_callback(self._tell_unsettled)
            case RetryDelivery(fact_id):
                self._store.outbox_retry(fact_id).add_done_callback(lambda _: self._wake())
            case SettleByHand(fact_id):
                self._store.outbox_discard(fact_id)
            case CountLinked():
                self._store.given_to().add_done_callback(self._tell_linked)

    def _prefer(self, order: Prefer) -> None:
        wish = Preference(
            member_id=order.member_id,
            language=order.language,
            large_text=order.large_text,
            long_pulse=order.long_pulse,
        )
        self._store.prefer(wish).add_done_callback(_tell_loss)

    # ── answers, from the store's thread ──────────────────────────────────────────────────────────────────────────

    def _tell_unsettled(self, done: "Future[list[OutboxRow]]") -> None:
        rows = None if done.exception() is not None else done.result()
        self._post(
            UnsettledListed(
                None
                if rows is None
                else tuple(Unsettled(fact=row.fact, refused=row.refused, reason=row.reason) for row in rows)
            )
        )

    def _tell_linked(self, done: "Future[Any]") -> None:
        if done.exception() is None:
            self._post(LinkedCounted(done.result()))

    # ── the PIN ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _learn_pin(self, done: "Future[Pin | None]") -> None:
        if done.exception() is not None:
            return
        with self._guard:
            # What was chosen or tried since is newer than what the file holds.
            if not self._knows_pin:
                self._pin, self._knows_pin = done.result(), True
            self._tell_pin()

    def _check(self, pin: str) -> None:
        with self._guard:
            kept = self._pin
            if kept is None:
                return
            # Counted before it is looked at: pulling the plug saves nobody a try.
            self._keep(kept.tried(kept.tries + 1))
            right = kept.matches(pin)
            if right:
                self._keep(kept.tried(0))
            self._tell_pin()
            self._post(PinChecked(right))

    def _choose(self, pin: str) -> None:
        chosen = make_pin(pin)
        with self._guard:
            self._knows_pin = True
            self._keep(chosen)
            self._tell_pin()

    def _keep(self, pin: Pin) -> None:
        self._pin = pin
        self._store.keep_pin(pin).add_done_callback(_tell_loss)

    def _tell_pin(self) -> None:
        kept = self._pin
        self._post(PinKnown(chosen=kept is not None, tries=0 if kept is None else kept.tries))


def _tell_loss(done: "Future[None]") -> None:
    if done.exception() is not None:
        log.warning("what staff have set could not be kept: %s", done.exception())
