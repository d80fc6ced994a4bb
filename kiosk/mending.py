"""A configuration with faults: the screen says so, and the file is watched until the terminal can start.

Nothing is driven meanwhile: the door stays as ``kiosk door rest`` has left it.
"""

import logging
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from kiosk.app import LIVE_SECONDS, Screen
from kiosk.clock import Clock, SystemClock
from kiosk.events import Event, Touched, UiAlive
from kiosk.first_run.playing import play
from kiosk.own_thread import OwnThread
from kiosk.rules.amiss import Amiss, touched, view_of
from kiosk.types import Part
from kiosk.watchdog import REACTOR, Notifier, Watchdog

log = logging.getLogger(__name__)

LOOK_SECONDS: Final = 1.0


class Mending(OwnThread):
    """Shows the faults of a configuration until there are none.

    Args:
        file: the configuration.
        faults: those that it has; at least one.
        judge: says which it has now; asked whenever the file has changed.
        mended: called from its thread once there are none.
        clock: the time of everything.
    """

    def __init__(
        self,
        file: Path,
        faults: Sequence[str],
        judge: Callable[[], Sequence[str]],
        mended: Callable[[], None],
        clock: Clock,
    ) -> None:
        super().__init__("mending")
        self._file = file
        self._judge = judge
        self._mended = mended
        self._clock = clock
        self._inbox: deque[Event] = deque()
        self._screen: Screen | None = None
        self._amiss = Amiss(file=str(file), faults=tuple(faults))
        # Judged at once: it may have changed since it was read.
        self._seen: tuple[int, ...] | None = ()
        self._notify = Notifier()
        self._watchdog = Watchdog(SystemClock(), self._notify)

    def post(self, event: Event) -> None:
        """Hand in an event, from any thread; returns at once."""
        with self._wake:
            self._inbox.append(event)
            self._wake.notify_all()

    def show_on(self, screen: Screen) -> None:
        """Begin."""
        self._screen = screen
        self._watchdog.watch(REACTOR, LIVE_SECONDS)
        self._watchdog.watch(Part.SCREEN.value, LIVE_SECONDS)
        self._tell()
        self.start()
        self._notify("READY=1")

    def _run(self) -> None:
        while not self._stopping:
            for event in self._take():
                if isinstance(event, UiAlive):
                    self._watchdog.tick(Part.SCREEN.value)
                elif isinstance(event, Touched):
                    self._become(touched(self._amiss, event))
            self._watchdog.tick(REACTOR)
            if self._is_mended():
                self._mended()
                return

    def _take(self) -> list[Event]:
        with self._wake:
            if not self._inbox and not self._stopping:
                self._clock.wait(self._wake, LOOK_SECONDS)
            taken = list(self._inbox)
            self._inbox.clear()
            return taken

    def _is_mended(self) -> bool:
        mark = _mark_of(self._file)
        if mark == self._seen:
            return False
        self._seen = mark
        faults = tuple(self._judge())
        if not faults:
            log.info("%s: has no faults any more; the terminal starts", self._file)
            return True
        if faults != self._amiss.faults:
            self._amiss = Amiss(file=str(self._file), faults=faults, language=self._amiss.language)
            self._tell()
        return False

    def _become(self, amiss: Amiss) -> None:
        if amiss != self._amiss:
            self._amiss = amiss
            self._show()

    def _tell(self) -> None:
        """On the screen, in the journal, and in ``systemctl status``."""
        faults = self._amiss.faults
        for fault in faults:
            log.error("%s", fault)
        self._notify(f"STATUS=does not start: {len(faults)} faults in the configuration; {faults[0]}")
        self._show()

    def _show(self) -> None:
        if self._screen is not None:
            self._screen.present(view_of(self._amiss))


def _mark_of(file: Path) -> tuple[int, ...] | None:
    """Another one whenever the file is another; None while it is not there."""
    try:
        stat = file.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size, stat.st_ino


def show_faults(file: Path, faults: Sequence[str], judge: Callable[[], Sequence[str]], input_provider: str) -> None:
    """Show the faults of ``file`` in the window of a real terminal, until they are mended or the process shall end."""
    play(lambda clock, end: Mending(file, faults, judge, end, clock), input_provider)
