"""The composition root: builds every part from the configuration, starts them in order, stops them in reverse.

Holds no logic. What a part is made of is known to :mod:`kiosk.app_parts`.
"""

import logging
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING, Protocol

from kiosk.app_afar import make_lookout, overheard
from kiosk.app_door import bell_needs_internet, make_bell, make_door, make_door_memory
from kiosk.app_looks import list_printer, lit
from kiosk.app_parts import (
    RealWiring,
    Wiring,
    control_path,
    is_far,
    make_backend,
    make_hasher,
    make_older_hash,
    make_printer,
    make_settings,
    make_sources,
    new_jar_code,
    told_as_reader,
)
from kiosk.backends.base import Backend
from kiosk.clock import Clock, SystemClock
from kiosk.commands import answer, status
from kiosk.config import Config
from kiosk.control import ControlServer
from kiosk.devices.backlight import Backlight
from kiosk.devices.supervisor import Source, Supervisor
from kiosk.effects import AskPin
from kiosk.events import CommandReceived, StopRequested
from kiosk.hands import Hands
from kiosk.ids import FactIds
from kiosk.logs import TroubleLog
from kiosk.questions import Questions
from kiosk.reactor import Reactor
from kiosk.screen_proof import ScreenProof
from kiosk.store.desk import StaffDesk
from kiosk.store.thread import Store
from kiosk.sync import Sync
from kiosk.types import FactId, Part, Sound
from kiosk.views import View
from kiosk.watchdog import REACTOR, Notifier, Watchdog

if TYPE_CHECKING:
    from kiosk.devices.printer import Printer

log = logging.getLogger(__name__)


STOP_SECONDS = 1.0
LIVE_SECONDS = 15.0
"""A part that has not ticked for so long hangs."""
SLOW_SECONDS = 120.0
"""A disk and a network may take longer, and the door works without them."""


class Screen(Protocol):
    """Where views are seen: the window, or whatever stands in for it."""

    def present(self, view: View) -> None: ...
    def play(self, sound: Sound) -> None: ...
    def run(self) -> None: ...
    def stop(self) -> None: ...


class Worker(Protocol):
    """Something with a thread of its own."""

    def start(self) -> None: ...
    def request_stop(self) -> None: ...
    def join(self, timeout_seconds: float = ...) -> bool: ...


class Terminal:
    """One terminal, from its configuration.

    Args:
        config: whole and checked.
        clock: the time of everything.
        wiring: the simulated hardware; without it the real one.
    """

    def __init__(self, config: Config, clock: Clock, wiring: Wiring | None = None) -> None:
        self._config = config
        self._clock = clock
        self._wiring: Wiring = wiring or RealWiring()
        self._fact_ids = FactIds()
        self._notify = Notifier()
        self._troubles = TroubleLog()
        self.hasher = make_hasher(config)
        self.reactor = Reactor(
            make_settings(config),
            clock,
            self._new_id,
            partial(new_jar_code, config.scale.jar_digits),
            self._answer,
            older_hash=make_older_hash(config),
        )
        self.store = Store(config.terminal.data_dir, self.reactor.post, clock, config.terminal.timezone)
        self.backend: Backend = make_backend(config, self.hasher, clock)
        self._sync = Sync(
            self.backend, self.store, self.reactor.post, clock, interval_seconds=config.backend.sync_seconds
        )
        self.staff = StaffDesk(self.store, self.reactor.post, self._sync.wake)
        self._door_memory = make_door_memory(config, clock)
        self.door = make_door(config, clock, self._wiring.make_door_pins, self._door_memory)
        self._door_proof = ScreenProof(config.door, self.reactor.post, clock) if config.door.enabled else None
        self._bell = make_bell(config, clock, self._wiring.make_bell_pins)
        self.control = ControlServer(control_path(config), self.reactor.post, clock)
        # A simulated terminal stands in somebody's window: that panel is not ours.
        self.backlight = Backlight(clock.monotonic) if wiring is None and config.terminal.backlight else None
        self._lookout = make_lookout(config, clock, self.store)
        # Real time: in the demo the clock can be moved, and that makes nobody late.
        self.watchdog = Watchdog(SystemClock())

    def _new_id(self) -> FactId:
        return self._fact_ids(self._clock.now())

    def _answer(self, command: CommandReceived, reactor: Reactor) -> None:
        answer(
            command,
            reactor,
            self.store,
            self.control,
            self._sync,
            runtime_dir=self._config.terminal.runtime_dir,
            seen=self._lookout.readings,
            silent=self.watchdog.silent(),
        )

    def _tick(self, part: str) -> None:
        self.watchdog.tick(part)
        if part == REACTOR and self._lookout.is_due():
            self._lookout.take(status(self.reactor, self.store, self._lookout.readings, self.watchdog.silent()))

    @contextmanager
    def running(self, screen: Screen) -> Iterator[None]:
        """Everything but the screen's own loop, started in order and stopped in reverse.

        Raises:
            StoreLockedError: another terminal uses the same data.
        """
        with self._troubles.listening(), self._working(screen):
            yield

    @contextmanager
    def _working(self, screen: Screen) -> Iterator[None]:
        config, clock, post = self._config, self._clock, overheard(self._lookout, self.reactor.post)
        self.store.start()
        self.staff.carry_out(AskPin())
        printer = make_printer(config, post, clock)
        questions = Questions(self.backend, post, clock, self.store.without_forgotten)
        tell = told_as_reader(config, post)
        sources = [Supervisor(source, tell, clock) for source in self._sources()]
        rest = [part for part in (self._door_memory, self._door_proof, printer) if part is not None]
        parts: list[Worker] = [*sources, *rest, questions, self._sync, self.control, self._lookout]
        try:
            self._watch(sources, printer)
            self.reactor.start(self._hands(screen, printer, questions))
            for part in parts:
                part.start()
            self._notify("READY=1")
            yield
        finally:
            self._notify("STOPPING=1")
            self._stop(parts)

    def _watch(self, sources: list[Supervisor], printer: "Printer | None") -> None:
        """Whoever hangs keeps the watchdog from being patted."""
        self.watchdog.watch(REACTOR, LIVE_SECONDS)
        self.watchdog.watch(Part.SCREEN.value, LIVE_SECONDS)
        self.watchdog.watch(Part.STORE.value, SLOW_SECONDS)
        self.watchdog.watch(Part.SERVER.value, self._config.backend.sync_seconds + SLOW_SECONDS)
        for source in sources:
            limit = SLOW_SECONDS if is_far(self._config, source.part) else LIVE_SECONDS
            self.watchdog.watch(source.part.value, limit)
        if printer is not None:
            self.watchdog.watch(Part.PRINTER.value, SLOW_SECONDS)

    def _sources(self) -> Iterator[Source]:
        if self.door is not None:
            yield self.door
        if self._bell is not None:
            yield self._bell
        yield from make_sources(self._config, self.hasher, self._clock, self._wiring)

    def _hands(self, screen: Screen, printer: "Printer | None", questions: Questions) -> Hands:
        door, bell = self.door, self._bell
        return Hands(
            open_door=_no_door if door is None else door.open_for,
            order_door=None if door is None else door.obey,
            bell_needs_internet=bell_needs_internet(self._config),
            ring=None if bell is None else bell.ring,
            stop_ringing=_nothing if bell is None else bell.stop_ringing,
            present=lit(screen.present, self.backlight),
            play=screen.play,
            record=self.store,
            ask=questions,
            deliver=self._sync.wake,
            tick=self._tick,
            print_label=None if printer is None else printer.print_label,
            print_list=None if printer is None else list_printer(printer, self._config),
            staff=self.staff.carry_out,
            log=self._troubles,
            proof=self._door_proof,
            restart=screen.stop if self._notify.is_heard else None,
        )

    def _stop(self, parts: list[Worker]) -> None:
        """All are told before any is waited for; the store goes last, after what the reactor still had to write."""
        for part in parts:
            part.request_stop()
        self.reactor.post(StopRequested("the terminal stops"))
        stuck = [] if self.reactor.join() else ["Reactor"]
        if self.backlight is not None:
            self.backlight.close()
        self.store.request_stop()
        stuck += [type(part).__name__ for part in (*parts, self.store) if not part.join(STOP_SECONDS)]
        self.backend.close()
        if stuck:
            log.error("did not stop in time: %s", ", ".join(stuck))

    def run(self, screen: Screen) -> None:
        """Run until someone stops the screen or the process is asked to end."""
        with self.running(screen), ends_with_signals(screen.stop):
            screen.run()


def _no_door(_seconds: float) -> None:
    """A terminal without a door opens none."""


def _nothing() -> None:
    """A terminal without a bell has nothing to silence."""


@contextmanager
def ends_with_signals(stop: Callable[[], None]) -> Iterator[None]:
    """SIGTERM and SIGINT stop the screen; what runs below it is stopped in order by whoever started it."""

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop()

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
