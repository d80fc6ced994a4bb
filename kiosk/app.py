"""The composition root: builds every part from the configuration, starts them in order, stops them in reverse.

Holds no logic. It alone knows which drivers and which backend are in use.
"""

import logging
import secrets
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from types import FrameType
from typing import Protocol

from kiosk.backends.base import Backend
from kiosk.backends.folder import FolderBackend
from kiosk.backends.rest import RestBackend
from kiosk.clock import Clock, SystemClock
from kiosk.commands import answer
from kiosk.config import Config
from kiosk.control import ControlServer
from kiosk.devices import cards
from kiosk.devices.bell import Bell, GpioRinger, WebhookRinger
from kiosk.devices.cards import CardHasher
from kiosk.devices.door import Door
from kiosk.devices.keys import Layout
from kiosk.devices.pins import Pins, lgpio_pins
from kiosk.devices.rc522 import Rc522Reader
from kiosk.devices.scale import SerialScale
from kiosk.devices.scanner import EvdevDevices, InputDevices, InputIdentity, Scanner
from kiosk.devices.supervisor import Source, Supervisor
from kiosk.errors import ConfigError
from kiosk.events import CommandReceived, StopRequested
from kiosk.ids import FactIds
from kiosk.questions import Questions
from kiosk.reactor import Hands, Reactor, Settings
from kiosk.rules.door import DoorRules
from kiosk.rules.policy import DoorTimes
from kiosk.rules.tare import TareLimits
from kiosk.store.thread import Store
from kiosk.sync import Sync
from kiosk.types import FactId, JarCode, Part, Sound
from kiosk.views import View
from kiosk.watchdog import REACTOR, Notifier, Watchdog

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


class Wiring(Protocol):
    """What lies below the drivers where the hardware is simulated."""

    def make_door_pins(self) -> Pins: ...
    def make_bell_pins(self) -> Pins: ...
    def make_input_devices(self) -> InputDevices: ...


class _RealWiring:
    """The lines and inputs of a real machine."""

    make_door_pins = staticmethod(lgpio_pins)
    make_bell_pins = staticmethod(lgpio_pins)
    make_input_devices = EvdevDevices


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
        self._wiring: Wiring = wiring or _RealWiring()
        self._fact_ids = FactIds()
        self._notify = Notifier()
        self.hasher = make_hasher(config)
        self.reactor = Reactor(make_settings(config), clock, self._new_id, _new_jar_code, self._answer)
        self.store = Store(config.terminal.data_dir, self.reactor.post, clock)
        self.backend: Backend = make_backend(config, self.hasher, clock)
        self.door: Door | None = make_door(config, clock, self._wiring)
        self.control = ControlServer(control_path(config), self.reactor.post, clock)
        # Real time: in the demo the clock can be moved, and that makes nobody late.
        self.watchdog = Watchdog(SystemClock())

    def _new_id(self) -> FactId:
        return self._fact_ids(self._clock.now())

    def _answer(self, command: CommandReceived, reactor: Reactor) -> None:
        answer(command, reactor, self.store, self.control)

    @contextmanager
    def running(self, screen: Screen) -> Iterator[None]:
        """Everything but the screen's own loop, started in order and stopped in reverse.

        Raises:
            StoreLockedError: another terminal uses the same data.
        """
        config, clock, post = self._config, self._clock, self.reactor.post
        self.store.start()
        bell = make_bell(config, clock, self._wiring)
        sync = Sync(self.backend, self.store, post, clock, interval_seconds=config.backend.sync_seconds)
        questions = Questions(self.backend, post, clock)
        sources = [Supervisor(source, post, clock) for source in self._sources()]
        parts: list[Worker] = [*sources, *([] if bell is None else [bell]), questions, sync, self.control]
        try:
            self._watch(sources)
            self.reactor.start(self._hands(screen, bell, sync, questions))
            for part in parts:
                part.start()
            self._notify("READY=1")
            yield
        finally:
            self._notify("STOPPING=1")
            self._stop(parts)

    def _watch(self, sources: list[Supervisor]) -> None:
        """Whoever hangs keeps the watchdog from being patted."""
        self.watchdog.watch(REACTOR, LIVE_SECONDS)
        self.watchdog.watch(Part.SCREEN.value, LIVE_SECONDS)
        self.watchdog.watch(Part.STORE.value, SLOW_SECONDS)
        self.watchdog.watch(Part.SERVER.value, self._config.backend.sync_seconds + SLOW_SECONDS)
        for source in sources:
            self.watchdog.watch(source.part.value, LIVE_SECONDS)

    def _sources(self) -> Iterator[Source]:
        if self.door is not None:
            yield self.door
        yield from make_sources(self._config, self.hasher, self._clock, self._wiring)

    def _hands(self, screen: Screen, bell: Bell | None, sync: Sync, questions: Questions) -> Hands:
        return Hands(
            open_door=_no_door if self.door is None else self.door.open_for,
            ring=None if bell is None else bell.ring,
            stop_ringing=_nothing if bell is None else bell.stop_ringing,
            present=screen.present,
            play=screen.play,
            record=self.store,
            ask=questions,
            deliver=sync.wake,
            tick=self.watchdog.tick,
        )

    def _stop(self, parts: list[Worker]) -> None:
        """All are told before any is waited for; the store goes last, after what the reactor still had to write."""
        for part in parts:
            part.request_stop()
        self.reactor.post(StopRequested("the terminal stops"))
        stuck = [] if self.reactor.join() else ["Reactor"]
        self.store.request_stop()
        stuck += [type(part).__name__ for part in (*parts, self.store) if not part.join(STOP_SECONDS)]
        self.backend.close()
        if stuck:
            log.error("did not stop in time: %s", ", ".join(stuck))

    def run(self, screen: Screen) -> None:
        """Run until someone stops the screen or the process is asked to end."""
        with self.running(screen), _ends_with_signals(screen.stop):
            screen.run()


def _no_door(_seconds: float) -> None:
    """A terminal without a door opens none."""


def _nothing() -> None:
    """A terminal without a bell has nothing to silence."""


@contextmanager
def _ends_with_signals(stop: Callable[[], None]) -> Iterator[None]:
    """SIGTERM and SIGINT stop the screen; what runs below it is stopped in order by whoever started it."""

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop()

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


# ── parts from the configuration ──────────────────────────────────────────────────────────────────────────────────


def _new_jar_code() -> JarCode:
    return cards.jar_code(secrets.randbelow(100_000))


def control_path(config: Config) -> Path:
    """Where the running terminal listens for commands."""
    return config.terminal.runtime_dir / "control.sock"


def make_hasher(config: Config) -> CardHasher:
    """The coop's card key.

    Raises:
        ConfigError: there is none.
    """
    if config.cards.key is None:
        raise ConfigError(["[cards] key_file is not set: without the coop's card key no card can be told from another"])
    return CardHasher(bytes.fromhex(config.cards.key.reveal()), config.cards.key_id)


def make_settings(config: Config) -> Settings:
    """What the rules need of the configuration."""
    return Settings(
        policy=config.policy,
        times=config.times,
        door=config.door,
        limits=TareLimits(
            division=config.scale.division_grams,
            maximum=config.scale.maximum_grams,
            till_division=config.scale.till_division_grams,
        ),
        station=config.terminal.station,
        zone=config.terminal.timezone,
        language=config.terminal.language,
        phone=config.coop.phone,
    )


def make_door(config: Config, clock: Clock, wiring: Wiring) -> Door | None:
    """The door, where there is one."""
    door = config.door
    if not door.enabled or door.relay_pin is None:
        return None
    return Door(
        wiring.make_door_pins,
        clock,
        door.relay_pin,
        relay_active_high=door.relay_active_high,
        contact_pin=door.contact_pin,
        contact_when_shut=door.contact_when_shut,
        rules=DoorRules(**{field.name: getattr(door, field.name) for field in fields(DoorTimes)}),
    )


def make_bell(config: Config, clock: Clock, wiring: Wiring) -> Bell | None:
    """The bell, where there is one."""
    bell = config.bell
    if bell.kind == "gpio" and bell.pin is not None:
        return Bell(GpioRinger(wiring.make_bell_pins, bell.pin), clock)
    if bell.kind == "webhook" and bell.url is not None:
        return Bell(WebhookRinger(bell.url), clock)
    return None


def make_sources(config: Config, hasher: CardHasher, clock: Clock, wiring: Wiring) -> Iterator[Source]:
    """The readers and the scale that are configured; the others are off, not out of order."""
    if config.reader.enabled:
        # A simulated bus has its chip where a Pi's first one is; the driver knows no difference.
        bus, device = (0, 0) if config.reader.bus == "simulated" else map(int, config.reader.bus[4:].split("."))
        yield Rc522Reader(
            bus=bus,
            device=device,
            reset_pin=config.reader.reset_pin,
            hasher=hasher,
            clock=clock,
            poll_seconds=config.reader.poll_milliseconds / 1000,
        )
    scanner = config.scanner
    if scanner.enabled:
        yield Scanner(
            str(scanner.device) if scanner.usb_id is None else InputIdentity.of_usb(scanner.usb_id),
            hasher,
            layout=Layout(scanner.layout),
            uid_format=scanner.uid_format,
            badge_prefixes=("",),
            pause_seconds=scanner.pause_milliseconds / 1000,
            devices=wiring.make_input_devices(),
        )
    scale = config.scale
    if scale.enabled and scale.port is not None:
        yield SerialScale(
            scale.port, scale.protocol, clock, baud=scale.baud, line=scale.line, lines_low=scale.lines_low
        )


def make_backend(config: Config, hasher: CardHasher, clock: Clock) -> Backend:
    """Who knows the members."""
    backend = config.backend
    if backend.kind == "folder":
        return FolderBackend(backend.folder, hasher.hash_canonical, config.terminal.timezone, clock)
    token = "" if backend.token is None else backend.token.reveal()
    return RestBackend(
        backend.url or "",
        token,
        clock,
        key_id=config.cards.key_id,
        timeout_seconds=backend.timeout_seconds,
    )
