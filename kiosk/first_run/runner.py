"""The guide's own thread: takes touches and what the hands have found, asks the rules, keeps how far it has come."""

import logging
from collections import deque
from collections.abc import Callable
from typing import Final

from kiosk.app import LIVE_SECONDS, STOP_SECONDS, Screen, Worker
from kiosk.clock import Clock, SystemClock
from kiosk.events import Event, UiAlive
from kiosk.first_run.codes import CodeListener
from kiosk.first_run.folder import GuideFolder
from kiosk.first_run.jobs import Jobs
from kiosk.first_run.machine import Machine
from kiosk.own_thread import OwnThread
from kiosk.rules import guide as guides
from kiosk.rules.guide_events import GuideOrder, KeepProgress, MomentPassed, PulseRelay, StartTerminal, WaitMoment
from kiosk.rules.guide_states import Fetching, Guide
from kiosk.rules.guide_turn import GuideEvent
from kiosk.rules.show_guide import view_of
from kiosk.types import Part
from kiosk.views import View
from kiosk.watchdog import REACTOR, Notifier, Watchdog

log = logging.getLogger(__name__)

TICK_SECONDS: Final = 1.0


class FirstRun(OwnThread):
    """The guide, from where it was to the end.

    Args:
        folder: what is kept.
        machine: what is plugged in.
        clock: the time of everything.
        ended: called from its thread when the terminal is to start.
    """

    def __init__(self, folder: GuideFolder, machine: Machine, clock: Clock, ended: Callable[[], None]) -> None:
        super().__init__("guide")
        self._folder = folder
        self._clock = clock
        self._ended = ended
        self._inbox: deque[Event | GuideEvent] = deque()
        self._moment_at: float | None = None
        self._view: View | None = None
        self._screen: Screen | None = None
        self._guide = Guide()
        self._jobs = Jobs(folder, machine, self.post, clock)
        self._codes = CodeListener(machine.wiring.make_input_devices(), self.post, clock)
        self._notify = Notifier()
        # Real time: in the demo the clock can be moved, and that makes nobody late.
        self._watchdog = Watchdog(SystemClock(), self._notify)

    @property
    def is_revived(self) -> bool:
        """Someone starts the program again when it ends."""
        return self._notify.is_heard

    def post(self, event: Event | GuideEvent) -> None:
        """Hand in an event, from any thread; returns at once."""
        with self._wake:
            self._inbox.append(event)
            self._wake.notify()

    def show_on(self, screen: Screen) -> None:
        """Begin on this screen, or go on from where it was."""
        self._screen = screen
        self._watchdog.watch(REACTOR, LIVE_SECONDS)
        self._watchdog.watch(Part.SCREEN.value, LIVE_SECONDS)
        self._jobs.start()
        self._codes.start()
        self.start()
        self._notify("READY=1")

    def join(self, timeout_seconds: float = STOP_SECONDS) -> bool:
        """Wait for the end of all its threads; False if one hangs."""
        ended = super().join(timeout_seconds)
        parts: tuple[Worker, ...] = (self._jobs, self._codes)
        for part in parts:
            part.request_stop()
        stuck = [type(part).__name__ for part in parts if not part.join(timeout_seconds)]
        if stuck:
            log.error("did not stop in time: %s", ", ".join(stuck))
        return ended and not stuck

    # ── its thread ────────────────────────────────────────────────────────────────────────────────────────────────

    def _run(self) -> None:
        self._become(*guides.begin(self._folder.progress()))
        while (event := self._next()) is not None:
            if isinstance(event, UiAlive):
                self._watchdog.tick(Part.SCREEN.value)
            else:
                self._become(*guides.step(self._guide, event))

    def _next(self) -> Event | GuideEvent | None:
        """The next event; None: the end. Once a second nothing has to happen for the watchdog to be patted."""
        with self._wake:
            while not self._stopping:
                now = self._clock.monotonic()
                if self._moment_at is not None and now >= self._moment_at:
                    self._moment_at = None
                    return MomentPassed()
                if self._inbox:
                    return self._inbox.popleft()
                left = TICK_SECONDS if self._moment_at is None else min(self._moment_at - now, TICK_SECONDS)
                self._clock.wait(self._wake, max(left, 0.0))
                self._tick()
            return None

    def _tick(self) -> None:
        self._watchdog.tick(REACTOR)
        if isinstance(self._guide.state, Fetching) and not self._guide.state.reading:
            self._jobs.look_for_usb()

    def _become(self, guide: Guide, orders: tuple[GuideOrder, ...]) -> None:
        """What is to be kept is on the disk before the next screen says so."""
        self._guide = guide
        if any(isinstance(order, KeepProgress) for order in orders):
            self._keep()
        for order in orders:
            self._carry_out(order)
        view = view_of(guide)
        if view != self._view and self._screen is not None:
            self._view = view
            self._screen.present(view)

    def _keep(self) -> None:
        try:
            self._folder.keep(self._guide.progress)
        except OSError as fault:
            # It goes on all the same; the end will say that the configuration cannot be written.
            log.warning("how far the guide has come cannot be kept: %s", fault)

    def _carry_out(self, order: GuideOrder) -> None:
        match order:
            case KeepProgress():
                pass
            case WaitMoment(seconds):
                self._moment_at = self._clock.monotonic() + seconds
            case PulseRelay(seconds):
                self._jobs.trial.pulse(seconds)
            case StartTerminal():
                self._ended()
            case _:
                self._jobs.take_on(order, self._guide.progress)
