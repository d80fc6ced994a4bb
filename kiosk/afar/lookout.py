"""Looks at the machine every so often, and passes on how the terminal is.

The reactor hands over a status when one is due, which takes no time; the disk is touched here, on a thread of its own.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from kiosk.afar.readings import Readings
from kiosk.afar.webhook import Webhook
from kiosk.clock import Clock
from kiosk.own_thread import OwnThread

log = logging.getLogger(__name__)


class Lookout(OwnThread):
    """The way from the reactor to whoever looks from afar.

    Args:
        clock: for the pace.
        every_seconds: the pace.
        read: looks at the machine; may take its time.
        publish: takes each status, and may take its time; None: nobody wants it.
        webhook: takes each status too, and the door's alarms at once.
    """

    def __init__(
        self,
        clock: Clock,
        every_seconds: float,
        read: Callable[[], Readings],
        publish: Callable[[Mapping[str, Any]], None] | None = None,
        webhook: Webhook | None = None,
    ) -> None:
        super().__init__("lookout")
        self.readings = Readings()
        """The latest; replaced whole."""
        self.webhook = webhook
        self._clock = clock
        self._every = every_seconds
        self._read = read
        self._publish = publish
        self._due = clock.monotonic()
        self._status: Mapping[str, Any] | None = None
        self._failing = False

    # ── the reactor's thread; each returns at once ────────────────────────────────────────────────────────────────

    def is_due(self) -> bool:
        """Whether a status is wanted now."""
        return self._clock.monotonic() >= self._due

    def take(self, status: Mapping[str, Any]) -> None:
        """Take one, not changed by anyone from here on."""
        self._due = self._clock.monotonic() + self._every
        if self.webhook is not None:
            self.webhook.see(status)
        with self._wake:
            self._status = status
            self._wake.notify_all()

    # ── for whoever starts and stops it ───────────────────────────────────────────────────────────────────────────

    def start(self) -> None:
        super().start()
        if self.webhook is not None:
            self.webhook.start()

    def request_stop(self) -> None:
        super().request_stop()
        if self.webhook is not None:
            self.webhook.request_stop()

    def join(self, timeout_seconds: float = 2.0) -> bool:
        """Wait for the end; False if a thread still hangs in the disk or waits for an answer."""
        told = self.webhook is None or self.webhook.join(timeout_seconds)
        return super().join(timeout_seconds) and told

    # ── its own thread ────────────────────────────────────────────────────────────────────────────────────────────

    def _run(self) -> None:
        self._look()
        while (status := self._next()) is not None:
            if self._publish is not None:
                self._pass_on(self._publish, status)
            self._look()

    def _next(self) -> Mapping[str, Any] | None:
        with self._wake:
            while self._status is None and not self._stopping:
                self._clock.wait(self._wake, None)
            status, self._status = self._status, None
            return None if self._stopping else status

    def _look(self) -> None:
        try:
            self.readings = self._read()
        except Exception:
            # What the machine says of itself is worth less than that somebody looks at it.
            log.exception("could not look at the machine")

    def _pass_on(self, publish: Callable[[Mapping[str, Any]], None], status: Mapping[str, Any]) -> None:
        try:
            publish(status)
        except OSError as fault:
            if not self._failing:
                log.warning("the figures cannot be written: %s", fault)
            self._failing = True
        else:
            if self._failing:
                log.info("the figures are written again")
            self._failing = False
