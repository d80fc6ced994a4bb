"""What can only be judged with the whole configuration in view: pins used twice, limits that contradict each other."""

import re
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from urllib.parse import urlsplit

from kiosk.colour import LEAST_BRAND_CONTRAST, contrast
from kiosk.config_kinds import Url, WrongValue
from kiosk.config_sections import Config
from kiosk.rules.policy import ALL_CLOSED
from kiosk.rules.weekly import schedule_of

Complain = Callable[[str, str, str], None]
"""Takes section, key, and what is wrong with it."""
Apart = AbstractSet[tuple[str, str]]
"""Section and key of the secrets that are kept from who asks: that they are not seen is no fault."""

SPI_PINS = {0: frozenset({7, 8, 9, 10, 11}), 1: frozenset({16, 17, 18, 19, 20, 21})}
"""BCM lines that the kernel takes for each SPI bus with its chip selects."""
UART_PINS = frozenset({14, 15})
UART_PORTS = frozenset({"/dev/serial0", "/dev/ttyAMA0", "/dev/ttyS0"})
DOOR_PINS = ("relay_pin", "contact_pin", "exit_pin", "fire_pin", "tamper_pin", "lamp_pin", "buzzer_pin")
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def check_whole(config: Config, complain: Complain, apart: Apart) -> None:
    """Call ``complain`` for everything that does not fit together, but for secrets of ``apart`` that are not there."""
    _check_languages(config, complain)
    _check_looks(config, complain)
    _check_needs(config, complain)
    _check_account(config, complain, apart)
    _check_odoo(config, complain, apart)
    _check_key(config, complain, apart)
    _check_server(config, complain)
    _check_afar(config, complain)
    _check_printer(config, complain)
    _check_times(config, complain)
    _check_pins(config, complain)


def _check_languages(config: Config, complain: Complain) -> None:
    languages = config.terminal.languages
    if len(set(languages)) < len(languages):
        complain("terminal", "languages", "names a language twice")
    if config.terminal.language not in languages:
        complain("terminal", "language", f'is "{config.terminal.language}", which languages does not offer')


def _check_looks(config: Config, complain: Complain) -> None:
    colour, logo = config.coop.brand_colour, config.coop.logo
    if colour is not None and (ratio := contrast(colour, "#FFFFFF")) < LEAST_BRAND_CONTRAST:
        told = f"white text on it has a contrast of {ratio:.1f}:1 and needs {LEAST_BRAND_CONTRAST}:1; take a darker one"
        complain("coop", "brand_colour", f"is too pale: {told}")
    if logo is not None and not logo.is_file():
        complain("coop", "logo", f"leads to {logo}, where no file is")


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
    if config.backend.kind in {"rest", "gestion-compte", "odoo"} and config.backend.url is None:
        complain("backend", "kind", f'is "{config.backend.kind}": then url has to say where the server is')


def _check_odoo(config: Config, complain: Complain, apart: Apart) -> None:
    """An Odoo has to be told who asks, and its verdict may not be overruled by settings that take their reason away."""
    odoo, policy = config.odoo, config.policy
    if config.backend.kind != "odoo":
        return
    if config.backend.token is None and ("backend", "token") not in apart:
        complain("backend", "kind", 'is "odoo": then token_file has to hold the password or the API key')
    if odoo.protocol == "jsonrpc":
        for key, value in (("database", odoo.database), ("login", odoo.login)):
            if value is None:
                complain("odoo", key, "has to be written: without it nobody can log in")
    for key, blocks in (("hours_late_block", policy.hours_late_block), ("leave_blocks", policy.leave_blocks)):
        if not blocks:
            complain("policy", key, "must be true with an Odoo: it lets in people whom Odoo does not let shop")
    if policy.blocking != ALL_CLOSED:
        complain("policy", "blocking", "must name all four with an Odoo: each is a no of Odoo's")


def _check_account(config: Config, complain: Complain, apart: Apart) -> None:
    """The shift manager's tier of gestion-compte needs whose it is."""
    account = config.gestion_compte
    if config.backend.kind != "gestion-compte" or account.tier != "shift-manager":
        return
    nameless = account.user is None
    wordless = account.password is None and ("gestion_compte", "password") not in apart
    for key, is_missing in (("user", nameless), ("password_file", wordless)):
        if is_missing:
            complain("gestion_compte", "tier", f'is "shift-manager": then {key} has to say which account that is')


def _check_key(config: Config, complain: Complain, apart: Apart) -> None:
    key = config.cards.key
    if key is None:
        if (config.reader.enabled or config.scanner.enabled) and ("cards", "key") not in apart:
            complain("cards", "key_file", "has to say where the coop's card key is, because a reader is switched on")
    elif not re.fullmatch("[0-9a-fA-F]{64}", key.reveal()):
        complain("cards", "key_file", "must lead to 64 hexadecimal digits and nothing else")
    for section, name, other in (
        ("cards", "previous_key_file", config.cards.previous_key),
        ("gestion_compte", "number_key_file", config.gestion_compte.number_key),
    ):
        if other is not None and not re.fullmatch("[0-9a-fA-F]{64}", other.reveal()):
            complain(section, name, "must lead to 64 hexadecimal digits and nothing else")


def _check_afar(config: Config, complain: Complain) -> None:
    webhook = config.afar.webhook
    if webhook is not None:
        try:
            Url().read(webhook.reveal())
        except WrongValue as wrong:
            complain("afar", "webhook_file", str(wrong))


def _check_server(config: Config, complain: Complain) -> None:
    backend = config.backend
    if backend.url is not None and not backend.plain_http:
        parts = urlsplit(backend.url)
        if parts.scheme == "http" and parts.hostname not in LOOPBACK:
            complain("backend", "url", "would send members' data in clear; use https://, or see plain_http")


def _check_printer(config: Config, complain: Complain) -> None:
    printer, scale = config.printer, config.scale
    if printer.kind == "none":
        return
    key = {"tcp": "address", "cups": "queue"}.get(printer.kind, "path")
    if getattr(printer, key) is None:
        complain("printer", "kind", f'is "{printer.kind}": then {key} has to say where the printer is')
    if printer.language == "png" and printer.kind != "file":
        complain("printer", "language", 'is "png", which no printer understands; it goes with kind = "file"')
    for side, fault in printer.stock().faults():
        complain("printer", side, fault)
    tares = printer.tares()
    if tares.most < scale.maximum_grams:
        complain("printer", "tare_prefix", f"leaves room for {tares.most} g only, less than the scale's maximum_grams")
    if scale.till_division_grams % tares.step:
        complain("printer", "tare_decimals", "is 2: then [scale] till_division_grams must be a multiple of 10")


def _check_times(config: Config, complain: Complain) -> None:
    door, policy = config.door, config.policy
    for key, seconds in (("pulse_seconds", door.pulse_seconds), ("longer_pulse_seconds", door.longer_pulse_seconds)):
        if seconds > door.bound_seconds:
            complain("door", key, f"is {seconds}, more than bound_seconds ({door.bound_seconds}) allows")
    if door.longer_pulse_seconds < door.pulse_seconds:
        complain("door", "longer_pulse_seconds", f"is shorter than pulse_seconds ({door.pulse_seconds})")
    if door.held_alarm_seconds <= door.held_warning_seconds:
        complain("door", "held_alarm_seconds", f"must be more than held_warning_seconds ({door.held_warning_seconds})")
    for text in door.hold_open:
        try:
            schedule_of([text])
        except ValueError as fault:
            complain("door", "hold_open", f'has "{text}", which {fault}')
    if policy.fresh_seconds >= policy.expired_days * 86_400:
        complain("policy", "fresh_seconds", f"is longer than expired_days ({policy.expired_days})")


def _pins(config: Config) -> Iterator[tuple[str, str, int]]:
    """Section, key and BCM number of each line in use."""
    if config.reader.enabled and config.reader.bus != "simulated":
        yield "reader", "reset_pin", config.reader.reset_pin
    if config.door.enabled:
        for key in DOOR_PINS:
            pin = getattr(config.door, key)
            if pin is not None:
                yield "door", key, pin
    if config.bell.kind == "gpio" and config.bell.pin is not None:
        yield "bell", "pin", config.bell.pin


def _check_pins(config: Config, complain: Complain) -> None:
    taken: dict[int, str] = dict.fromkeys(config.terminal.hat_pins, "a hat: [terminal] hat_pins")
    if config.scale.enabled and config.scale.port in UART_PORTS:
        taken |= dict.fromkeys(UART_PINS, f"the serial port {config.scale.port} of the scale")
    if config.reader.enabled and config.reader.bus.startswith("spi:"):
        taken |= dict.fromkeys(SPI_PINS[int(config.reader.bus[4])], f"the reader's bus {config.reader.bus}")
    for section, key, pin in _pins(config):
        if pin in taken:
            complain(section, key, f"is {pin}, a line that belongs to {taken[pin]}")
        else:
            taken[pin] = f"[{section}] {key}"
