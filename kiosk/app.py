"""The composition root: builds every part from the configuration, starts them in order, stops them in reverse.

Holds no logic. It alone knows which drivers and which backend are in use.
"""

import logging
import secrets
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Protocol

from kiosk.app_afar import make_lookout, overheard
from kiosk.app_door import bell_needs_internet, make_bell, make_door, make_door_memory
from kiosk.app_looks import list_printer, lit
from kiosk.backends.base import Backend
from kiosk.backends.folder import FolderBackend
from kiosk.backends.rest import RestBackend
from kiosk.clock import Clock, SystemClock
from kiosk.commands import answer, status
from kiosk.config import Config
from kiosk.config_sections import PrinterSettings, ScaleSettings
from kiosk.control import SOCKET, ControlServer
from kiosk.devices import cards
from kiosk.devices.backlight import Backlight
from kiosk.devices.cards import CardHasher
from kiosk.devices.keys import Layout
from kiosk.devices.pins import Pins, lgpio_pins
from kiosk.devices.printer_ports import RAW_PORT, CupsPort, FilePort, PrinterPort, TcpPort
from kiosk.devices.rc522 import Rc522Reader
from kiosk.devices.scale import SerialScale
from kiosk.devices.scale_line import Dialect
from kiosk.devices.scales.regex import ANY_WEIGHT, Regex
from kiosk.devices.scanner import EvdevDevices, InputDevices, InputIdentity, Scanner
from kiosk.devices.supervisor import Source, Supervisor
from kiosk.effects import AskPin
from kiosk.errors import ConfigError
from kiosk.events import CommandReceived, Event, StopRequested
from kiosk.ids import FactIds
from kiosk.logs import TroubleLog
from kiosk.questions import Questions
from kiosk.reactor import Hands, Reactor, Settings
from kiosk.rules.tare import TareLimits
from kiosk.rules.weekly import schedule_of
from kiosk.screen_proof import ScreenProof
from kiosk.store.desk import StaffDesk
from kiosk.store.thread import Store
from kiosk.sync import Sync
from kiosk.types import CardHash, FactId, JarCode, Part, Sound
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


class Wiring(Protocol):
    """What lies below the drivers where the hardware is simulated."""

    def make_door_pins(self) -> Pins: ...
    def make_bell_pins(self) -> Pins: ...
    def make_input_devices(self) -> InputDevices: ...


class RealWiring:
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
        self._wiring: Wiring = wiring or RealWiring()
        self._fact_ids = FactIds()
        self._notify = Notifier()
        self._troubles = TroubleLog()
        self.hasher = make_hasher(config)
        self.reactor = Reactor(
            make_settings(config), clock, self._new_id, _new_jar_code, self._answer, older_hash=make_older_hash(config)
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
        answer(command, reactor, self.store, self.control, self._sync, seen=self._lookout.readings)

    def _tick(self, part: str) -> None:
        self.watchdog.tick(part)
        if part == REACTOR and self._lookout.is_due():
            self._lookout.take(status(self.reactor, self.store, self._lookout.readings))

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
        questions = Questions(self.backend, post, clock)
        sources = [Supervisor(source, post, clock) for source in self._sources()]
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
            self.watchdog.watch(source.part.value, LIVE_SECONDS)
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


# ── parts from the configuration ──────────────────────────────────────────────────────────────────────────────────


def _new_jar_code() -> JarCode:
    return cards.jar_code(secrets.randbelow(100_000))


def control_path(config: Config) -> Path:
    """Where the running terminal listens for commands."""
    return config.terminal.runtime_dir / SOCKET


def make_hasher(config: Config) -> CardHasher:
    """The coop's card key.

    Raises:
        ConfigError: there is none.
    """
    if config.cards.key is None:
        raise ConfigError(["[cards] key_file is not set: without the coop's card key no card can be told from another"])
    return CardHasher(bytes.fromhex(config.cards.key.reveal()), config.cards.key_id)


def make_older_hash(config: Config) -> Callable[[str], CardHash] | None:
    """What knows cards by the key before, while the coop changes from one to the other."""
    previous = config.cards.previous_key
    return None if previous is None else CardHasher(bytes.fromhex(previous.reveal()), "previous").hash_canonical


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
        hold_open=schedule_of(config.door.hold_open),
        parts=frozenset(_parts(config)),
    )


def _parts(config: Config) -> Iterator[Part]:
    """What the terminal has; what it has not is off, not out of order."""
    yield from (Part.STORE, Part.SERVER, Part.SCREEN)
    for part, there in (
        (Part.READER, config.reader.enabled),
        (Part.SCANNER, config.scanner.enabled),
        (Part.SCALE, config.scale.enabled),
        (Part.DOOR, config.door.enabled),
        (Part.BELL, config.bell.kind != "none"),
        (Part.PRINTER, config.printer.kind != "none"),
    ):
        if there:
            yield part


def make_printer(config: Config, post: Callable[[Event], None], clock: Clock) -> "Printer | None":
    """The label printer, where there is one."""
    printer = config.printer
    if printer.kind == "none":
        return None
    # Pillow is loaded only where labels are drawn.
    from kiosk.devices.labels.layout import WORDS
    from kiosk.devices.labels.registry import LANGUAGES
    from kiosk.devices.printer import Printer

    return Printer(
        make_printer_port(printer),
        LANGUAGES[printer.language],
        stock=printer.stock(),
        tare_format=printer.tares(),
        words=WORDS[config.terminal.language],
        post=post,
        clock=clock,
    )


def make_printer_port(printer: PrinterSettings) -> PrinterPort:
    """Where the printer is."""
    if printer.kind == "tcp":
        host, _, port = (printer.address or "").partition(":")
        return TcpPort(host, int(port or RAW_PORT))
    return CupsPort(printer.queue or "") if printer.kind == "cups" else FilePort(printer.path or Path())


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
            badge_prefixes=scanner.badge_prefixes or ("",),
            tares=config.printer.tares(),
            pause_seconds=scanner.pause_milliseconds / 1000,
            devices=wiring.make_input_devices(),
        )
    scale = config.scale
    if scale.enabled and scale.port is not None:
        yield SerialScale(scale.port, make_dialect(scale), clock, silence_seconds=scale.silence_seconds)


def make_dialect(scale: ScaleSettings) -> Dialect:
    """How the shop's scale speaks."""
    return Dialect(
        protocol=scale.protocol,
        decoder=partial(Regex, scale.regex or ANY_WEIGHT, scale.regex_unit) if scale.protocol == "regex" else None,
        request=None if scale.request is None else scale.request.encode("latin-1"),
        poll_seconds=None if scale.poll_milliseconds is None else scale.poll_milliseconds / 1000,
        baud=scale.baud,
        line=scale.line,
        lines_low=scale.lines_low,
    )


def make_backend(config: Config, hasher: CardHasher, clock: Clock) -> Backend:
    """Who knows the members."""
    backend = config.backend
    if backend.kind == "folder":
        return FolderBackend(backend.folder, hasher.hash_canonical, config.terminal.timezone, clock)
    if backend.kind == "gestion-compte":
        # Only where it is used: its pages need a parser that other coops do without.
        from kiosk.app_gestion_compte import backend_of

        return backend_of(config, hasher, clock)
    if backend.kind == "odoo":
        from kiosk.app_odoo import backend_of as odoo_of

        return odoo_of(config, hasher, clock)
    token = "" if backend.token is None else backend.token.reveal()
    return RestBackend(
        backend.url or "",
        token,
        clock,
        key_id=config.cards.key_id,
        timeout_seconds=backend.timeout_seconds,
    )
