"""The parts of a terminal, each made from the configuration: here alone it is known which drivers and which backend."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from kiosk.backends.base import Backend
from kiosk.backends.folder import FolderBackend
from kiosk.backends.rest import RestBackend
from kiosk.clock import Clock
from kiosk.config import Config
from kiosk.config_sections import PrinterSettings, ScaleSettings
from kiosk.control import SOCKET
from kiosk.devices import cards
from kiosk.devices.cards import CardHasher
from kiosk.devices.keys import Layout
from kiosk.devices.pins import Pins, lgpio_pins
from kiosk.devices.printer_ports import RAW_PORT, CupsPort, FilePort, PrinterPort, TcpPort
from kiosk.devices.rc522 import Rc522Reader
from kiosk.devices.scale import SerialScale
from kiosk.devices.scale_line import Dialect
from kiosk.devices.scales.regex import ANY_WEIGHT, Regex
from kiosk.devices.scanner import EvdevDevices, InputDevices, InputIdentity, Scanner
from kiosk.devices.supervisor import Source
from kiosk.errors import ConfigError
from kiosk.events import DeviceFound, DeviceLost, Event
from kiosk.reactor import Settings
from kiosk.rules.policy import Station
from kiosk.rules.tare import TareLimits
from kiosk.rules.weekly import schedule_of
from kiosk.types import CardHash, JarCode, Part

if TYPE_CHECKING:
    from kiosk.devices.printer import Printer


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
            slow_seconds=config.times.tare_moving_seconds,
        ),
        station=config.terminal.station,
        zone=config.terminal.timezone,
        language=config.terminal.language,
        phone=config.coop.phone,
        hold_open=schedule_of(config.door.hold_open),
        parts=frozenset(_parts(config)),
        retention=config.retention,
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


def is_far(config: Config, part: Part) -> bool:
    """Whether a source is reached through the network, where the search for a name alone may take a minute."""
    return part is Part.SCALE and "://" in (config.scale.port or "")


def told_as_reader(config: Config, post: Callable[[Event], None]) -> Callable[[Event], None]:
    """``post`` for the sources: where every card is read by the scanner, the reader is lost and found with it."""
    if config.reader.enabled or not config.scanner.enabled or config.terminal.station is Station.BULK:
        return post

    def post_for_both(event: Event) -> None:
        post(event)
        if isinstance(event, DeviceLost | DeviceFound) and event.part is Part.SCANNER:
            post(replace(event, part=Part.READER))

    return post_for_both


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
        return FolderBackend(
            backend.folder,
            hasher.hash_canonical,
            config.terminal.timezone,
            clock,
            roster_days=config.policy.roster_days,
        )
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
        changing=config.cards.previous_key is not None,
        timeout_seconds=backend.timeout_seconds,
    )


def new_jar_code(digits: tuple[int, ...]) -> JarCode:
    """By chance, with one of ``digits`` first; any where there are none."""
    return cards.jar_code(secrets.choice(digits or range(10)) * 10_000 + secrets.randbelow(10_000))
