"""One thread a source: open, read, and when it is gone say so once, back off, open again.

A :class:`Source` may do two things: block for a short while, and hand over events. It has no thread and never retries.
"""

import logging
from collections.abc import Callable, Iterable
from typing import Protocol

from kiosk.clock import Clock
from kiosk.events import DeviceFound, DeviceLost, Event, Ticked
from kiosk.own_thread import OwnThread
from kiosk.types import Part

log = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 10.0


class Source(Protocol):
    """Something that can be opened, read in short bites, and lost."""

    part: Part
    faults: tuple[type[BaseException], ...]
    """What ``open`` and ``read`` raise when the device is not there; anything else is a bug in the driver."""

    def open(self) -> None:
        """Take the device. Raises one of ``faults``."""

    def read(self) -> Iterable[Event]:
        """Block for at most some 300 ms and return what happened meanwhile."""

    def close(self) -> None:
        """Give the device back. Twice does no harm."""


class Supervisor(OwnThread):
    """Runs one source on a thread of its own, for as long as the program lives."""

    def __init__(self, source: Source, post: Callable[[Event], None], clock: Clock) -> None:
        super().__init__(f"source-{source.part}")
        self.part = source.part
        self._source = source
        self._post = post
        self._clock = clock
        self._known_lost: bool | None = None
        self._is_open = False
        self._pause = FIRST_PAUSE_SECONDS
        self._shown: set[tuple[str, type[BaseException]]] = set()

    def _run(self) -> None:
        try:
            while not self._stopping:
                pause = self.turn()
                if pause is not None and not self._stopping:
                    self._rest(pause)
        finally:
            self._give_back()

    def turn(self) -> float | None:
        """Open the source if it is not open, and read it once: what opens and cannot be read is not there.

        Returns:
            None while it is there; else for how many seconds to leave it alone.
        """
        try:
            if not self._is_open:
                self._source.open()
                self._is_open = True
            events = self._source.read()
            self._found()
            self._pause = FIRST_PAUSE_SECONDS
            for event in events:
                self._post(event)
            self._post(Ticked(self._source.part))
            return None
        except self._source.faults as fault:
            self._lost(fault)
        except Exception as fault:
            # A bug in a driver must not take the door down with it: it is shown as a lost part, with its traceback.
            if self._is_new("driver", fault):
                log.exception("%s: unexpected failure in the driver", self._source.part)
            self._lost(fault)
        self._give_back()
        pause, self._pause = self._pause, min(self._pause * 2, LONGEST_PAUSE_SECONDS)
        return pause

    def _give_back(self) -> None:
        self._is_open = False
        try:
            self._source.close()
        except Exception as fault:
            # Whatever is left of it: without this thread the device would never be looked for again.
            if self._is_new("close", fault):
                log.exception("%s: could not be given back", self._source.part)

    def _is_new(self, where: str, fault: BaseException) -> bool:
        """Whether this kind of failure is here for the first time: it comes at every try, the log says it once."""
        kind = (where, type(fault))
        known = kind in self._shown
        self._shown.add(kind)
        return not known

    def _rest(self, seconds: float) -> None:
        # Before the rest and after it: a try that takes its time and the pause must not add up to a thread that hangs.
        self._post(Ticked(self._source.part))
        deadline = self._clock.monotonic() + seconds
        with self._wake:
            while not self._stopping and (left := deadline - self._clock.monotonic()) > 0:
                self._clock.wait(self._wake, left)
        self._post(Ticked(self._source.part))

    def _found(self) -> None:
        if self._known_lost is not False:
            if self._known_lost:
                log.info("%s: back", self._source.part)
            self._known_lost = False
            self._post(DeviceFound(part=self._source.part))

    def _lost(self, fault: BaseException) -> None:
        if self._known_lost is not True:
            self._known_lost = True
            log.warning("%s: lost (%s)", self._source.part, fault)
            self._post(DeviceLost(part=self._source.part, fault=str(fault)))
