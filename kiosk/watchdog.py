"""Who is alive. The systemd watchdog is patted only while every part has ticked within its limit.

Bookkeeping without a thread: the reactor passes on every tick, and by its own shows that it lives itself.
"""

import logging
import os
import socket
from collections.abc import Callable, Mapping
from typing import Final

from kiosk.clock import Clock

log = logging.getLogger(__name__)

REACTOR: Final = "reactor"
START_SECONDS: Final = 60.0
"""A part may take so long to tick for the first time: a cold start from a slow card."""


class Notifier:
    """Speaks to systemd (sd_notify(3)); does nothing where nobody asked for it.

    Args:
        environ: ``NOTIFY_SOCKET`` in it is the path of a datagram socket, or its abstract name after an ``@``.
    """

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        address = environ.get("NOTIFY_SOCKET", "")
        self._address = "\0" + address[1:] if address.startswith("@") else address

    @property
    def is_heard(self) -> bool:
        """Someone looks after the program: systemd starts it again when it ends."""
        return bool(self._address)

    def __call__(self, *states: str) -> None:
        """Send ``READY=1``, ``STATUS=…``, ``WATCHDOG=1`` or ``STOPPING=1``; never waits, never raises."""
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as sender:
                sender.sendto("\n".join(states).encode(), self._address)
        except OSError as error:
            log.debug("systemd did not hear %s (%s)", states[0], error)


class Watchdog:
    """Knows when each part last ticked. Belongs to the reactor's thread.

    Args:
        clock: for the limits.
        notify: tells systemd; by default as the environment says.
    """

    def __init__(self, clock: Clock, notify: Callable[..., None] | None = None) -> None:
        self._clock = clock
        self._notify = notify or Notifier()
        self._limits: dict[str, float] = {}
        self._due: dict[str, float] = {}
        self._late: frozenset[str] = frozenset()
        self._unheard: set[str] = set()

    def watch(self, part: str, limit_seconds: float) -> None:
        """From now on this part has to tick, with no more than ``limit_seconds`` between two ticks."""
        self._limits[part] = limit_seconds
        self._due[part] = self._clock.monotonic() + max(limit_seconds, START_SECONDS)
        self._unheard.add(part)

    def tick(self, part: str) -> None:
        """The part is alive. One that is not watched is welcome to tick; the reactor's tick makes us look at all."""
        if part in self._limits:
            self._due[part] = self._clock.monotonic() + self._limits[part]
            self._unheard.discard(part)
        if part == REACTOR:
            self._look()

    def late(self) -> frozenset[str]:
        """The watched parts that are late. While there is one, systemd hears nothing and in the end starts us anew."""
        now = self._clock.monotonic()
        return frozenset(part for part, due in self._due.items() if now > due)

    def silent(self) -> frozenset[str]:
        """The watched parts that are late, or have yet to tick for the first time."""
        return self.late() | self._unheard

    def _look(self) -> None:
        late = self.late()
        for part in sorted(late - self._late):
            log.error("%s: has not ticked for more than %.0f s", part, self._limits[part])
        for part in sorted(self._late - late):
            log.info("%s: ticks again", part)
        if late != self._late:
            self._late = late
            self._notify(f"STATUS=waiting for {', '.join(sorted(late))}" if late else "STATUS=running")
        if not late:
            self._notify("WATCHDOG=1")
