"""What can only be judged with the whole configuration in view: pins used twice, limits that contradict each other."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from kiosk.config_sections import Config

Complain = Callable[[str, str, str], None]
"""Takes section, key, and what is wrong with it."""

SPI_PINS = {0: frozenset({7, 8, 9, 10, 11}), 1: frozenset({16, 17, 18, 19, 20, 21})}
"""BCM lines that the kernel takes for each SPI bus with its chip selects."""
UART_PINS = frozenset({14, 15})
UART_PORTS = frozenset({"/dev/serial0", "/dev/ttyAMA0", "/dev/ttyS0"})
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def check_whole(config: Config, complain: Complain) -> None:
    """Call ``complain`` for everything that does not fit together."""
    _check_languages(config, complain)
    _check_needs(config, complain)
    _check_key(config, complain)
    _check_server(config, complain)
    _check_times(config, complain)
    _check_pins(config, complain)


def _check_languages(config: Config, complain: Complain) -> None:
    languages = config.terminal.languages
    if len(set(languages)) < len(languages):
        complain("terminal", "languages", "names a language twice")
    if config.terminal.language not in languages:
        complain("terminal", "language", f'is "{config.terminal.language}", which languages does not offer')


def _check_needs(config: Config, complain: Complain) -> None:
    """A part that is switched on has all that it needs."""
    scale, scanner, door, bell = config.scale, config.scanner, config.door, config.bell
    if scanner.enabled and scanner.device is None and scanner.usb_id is None:
        complain("scanner", "enabled", "is true: then device or usb_id has to say which one it is")
    if scale.enabled and scale.port is None:
        complain("scale", "enabled", "is true: then port has to say where the scale is")
    if door.enabled and door.relay_pin is None:
        complain("door", "enabled", "is true: then relay_pin has to say which line opens it")
    if bell.kind == "gpio" and bell.pin is None:
        complain("bell", "kind", 'is "gpio": then pin has to say which line rings it')
    if bell.kind == "webhook" and bell.url is None:
        complain("bell", "kind", 'is "webhook": then url has to say what rings it')
    if config.backend.kind == "rest" and config.backend.url is None:
        complain("backend", "kind", 'is "rest": then url has to say where the server is')


def _check_key(config: Config, complain: Complain) -> None:
    key = config.cards.key
    if key is None:
        if config.reader.enabled or config.scanner.enabled:
            complain("cards", "key_file", "has to say where the coop's card key is, because a reader is switched on")
    elif not re.fullmatch("[0-9a-fA-F]{64}", key.reveal()):
        complain("cards", "key_file", "must lead to 64 hexadecimal digits and nothing else")


def _check_server(config: Config, complain: Complain) -> None:
    backend = config.backend
    if backend.url is not None and not backend.plain_http:
        parts = urlsplit(backend.url)
        if parts.scheme == "http" and parts.hostname not in LOOPBACK:
            complain("backend", "url", "would send members' data in clear; use https://, or see plain_http")


def _check_times(config: Config, complain: Complain) -> None:
    door, policy = config.door, config.policy
    for key, seconds in (("pulse_seconds", door.pulse_seconds), ("longer_pulse_seconds", door.longer_pulse_seconds)):
        if seconds > door.bound_seconds:
            complain("door", key, f"is {seconds}, more than bound_seconds ({door.bound_seconds}) allows")
    if door.longer_pulse_seconds < door.pulse_seconds:
        complain("door", "longer_pulse_seconds", f"is shorter than pulse_seconds ({door.pulse_seconds})")
    if door.held_alarm_seconds <= door.held_warning_seconds:
        complain("door", "held_alarm_seconds", f"must be more than held_warning_seconds ({door.held_warning_seconds})")
    if policy.fresh_seconds >= policy.expired_days * 86_400:
        complain("policy", "fresh_seconds", f"is longer than expired_days ({policy.expired_days})")


def _pins(config: Config) -> Iterator[tuple[str, str, int]]:
    """Section, key and BCM number of each line in use."""
    if config.reader.enabled and config.reader.bus != "simulated":
        yield "reader", "reset_pin", config.reader.reset_pin
    if config.door.enabled:
        if config.door.relay_pin is not None:
            yield "door", "relay_pin", config.door.relay_pin
        if config.door.contact_pin is not None:
            yield "door", "contact_pin", config.door.contact_pin
    if config.bell.kind == "gpio" and config.bell.pin is not None:
        yield "bell", "pin", config.bell.pin


def _check_pins(config: Config, complain: Complain) -> None:
    taken: dict[int, str] = {}
    if config.scale.enabled and config.scale.port in UART_PORTS:
        taken |= dict.fromkeys(UART_PINS, f"the serial port {config.scale.port} of the scale")
    if config.reader.enabled and config.reader.bus.startswith("spi:"):
        taken |= dict.fromkeys(SPI_PINS[int(config.reader.bus[4])], f"the reader's bus {config.reader.bus}")
    for section, key, pin in _pins(config):
        if pin in taken:
            complain(section, key, f"is {pin}, a line that belongs to {taken[pin]}")
        else:
            taken[pin] = f"[{section}] {key}"
