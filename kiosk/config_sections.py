"""The sections of the configuration, one frozen class each; what each key is for stands in ``kiosk/defaults.toml``.

A field is a key. Its annotation says what it may be (:mod:`kiosk.config_kinds`), its default is that of
``defaults.toml``, and ``| None`` says that it may be left out.
"""

import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from kiosk.config_kinds import Choice, ScaleLines, Secret, Text, Url, Wire
from kiosk.devices.keys import Layout
from kiosk.devices.labels.stock import Stock
from kiosk.devices.labels.tare_code import PRESETS, TareFormat
from kiosk.devices.scales.registry import SCALES
from kiosk.devices.uid_formats import UidFormat
from kiosk.rules.door_states import DoorRules
from kiosk.rules.policy import Between, Policy, RetentionDays, Station, Times
from kiosk.rules.weekly import LIKE, OPENING_HOURS, PATTERN

Pin = Annotated[int, Between(2, 27)]
"""A GPIO line by its BCM number. 0 and 1 are kept for the memory of hats."""
Language = Literal["fr", "en"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalSettings:
    name: Annotated[str, Text(most=40, pattern=r"[\w.-]+", like="letters, digits, dots and hyphens")]
    station: Station
    language: Language
    languages: tuple[Language, ...]
    tutoiement: bool
    inclusive_sign: Literal["·", "."]
    screen: Literal["rpi7", "td2", "td2-portrait", "hd7"]
    reader_is: Literal["below", "left", "right", "above"]
    volume: Annotated[int, Between(0, 100)]
    speech: bool
    less_motion: bool
    backlight: bool
    hat_pins: tuple[Pin, ...]
    timezone: ZoneInfo
    data_dir: Path
    runtime_dir: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class CoopSettings:
    name: Annotated[str, Text(least=0, most=60)]
    phone: Annotated[str, Text(least=0, most=30)]
    brand_colour: Annotated[str, Text(pattern=r"#[0-9a-fA-F]{6}", like='a colour like "#1f6b3a"')] | None
    logo: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardSettings:
    """``key`` is what ``key_file`` holds, or the credential ``card-key``: 64 hexadecimal digits."""

    key: Secret | None
    key_file: Path | None
    key_id: Annotated[str, Text(most=20, pattern=r"[\w.-]+", like="letters, digits, dots and hyphens")]
    previous_key: Secret | None
    previous_key_file: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderSettings:
    enabled: bool
    driver: Literal["rc522"]
    bus: Annotated[str, Text(pattern=r"spi:[01]\.[0-2]|simulated", like='"spi:0.0", "spi:0.1" … or "simulated"')]
    reset_pin: Pin
    poll_milliseconds: Annotated[int, Between(20, 1000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannerSettings:
    enabled: bool
    device: Path | None
    usb_id: Annotated[str, Text(pattern=r"[0-9a-fA-F]{4}:[0-9a-fA-F]{4}", like='two numbers like "05f9:2204"')] | None
    layout: Layout
    uid_format: UidFormat | None
    badge_prefixes: tuple[Annotated[str, Text(pattern=r"\d{1,12}", like="the first digits of a badge")], ...]
    pause_milliseconds: Annotated[int, Between(100, 5000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleSettings:
    enabled: bool
    protocol: Annotated[str, Choice(tuple(SCALES), str)]
    port: str | None
    baud: Literal[1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200] | None
    line: Annotated[str, Text(pattern="[78][NEO][12]", like='data bits, parity and stop bits like "8N1"')] | None
    lines_low: bool
    request: Annotated[str, Wire()] | None
    poll_milliseconds: Annotated[int, Between(100, 10_000)] | None
    silence_seconds: Annotated[int, Between(0, 600)]
    regex: Annotated[str, ScaleLines()] | None
    regex_unit: Literal["kg", "g", "lb"]
    division_grams: Annotated[int, Between(1, 100)]
    maximum_grams: Annotated[int, Between(100, 300_000)]
    till_division_grams: Annotated[int, Between(1, 100)]
    jar_digits: tuple[Annotated[int, Between(0, 9)], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterSettings:
    kind: Literal["none", "tcp", "usb", "cups", "file"]
    address: Annotated[str, Text(pattern=r"[\w.-]+(:\d{1,5})?", like='an address like "192.168.1.40:9100"')] | None
    path: Path | None
    queue: Annotated[str, Text(most=60, pattern=r"[\w.-]+", like="the name of a queue of CUPS")] | None
    language: Literal["tspl", "zpl", "escpos", "png"]
    width_mm: Annotated[int, Between(20, 120)]
    height_mm: Annotated[int, Between(15, 200)]
    gap_mm: Annotated[int, Between(0, 10)]
    dpi: Literal[203, 300, 600]
    tare_format: Annotated[str, Choice(tuple(PRESETS), str)]
    tare_prefix: Annotated[str, Text(pattern="[0-9]{4,9}", like="the first four to nine digits of a tare code")] | None
    tare_decimals: Literal[2, 3]

    def stock(self) -> Stock:
        """The labels in it."""
        return Stock(width_mm=self.width_mm, height_mm=self.height_mm, gap_mm=self.gap_mm, dpi=self.dpi)

    def tares(self) -> TareFormat:
        """How the till reads the tare."""
        return TareFormat(self.tare_prefix or PRESETS[self.tare_format].prefix, self.tare_decimals)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorSettings(DoorRules):
    enabled: bool
    pins: Literal["lgpio", "mock"]
    relay_pin: Pin | None
    relay_active_high: bool
    lock: Literal["fail_secure", "fail_safe"]
    contact_pin: Pin | None
    contact_when_shut: Literal["closed", "open"]
    exit_pin: Pin | None
    exit_when_pressed: Literal["closed", "open"]
    fire_pin: Pin | None
    fire_when_calm: Literal["closed", "open"]
    tamper_pin: Pin | None
    tamper_when_shut: Literal["closed", "open"]
    lamp_pin: Pin | None
    lamp_active_high: bool
    buzzer_pin: Pin | None
    buzzer_active_high: bool
    hold_open: tuple[Annotated[str, Text(pattern=f"{PATTERN}|{OPENING_HOURS}", like=LIKE)], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BellSettings:
    kind: Literal["none", "gpio", "webhook"]
    pin: Pin | None
    active_high: bool
    url: Annotated[str, Url()] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendSettings:
    """``token`` is what ``token_file`` holds, or the credential ``backend-token``."""

    kind: Literal["folder", "rest", "gestion-compte", "odoo"]
    folder: Path
    url: Annotated[str, Url()] | None
    plain_http: bool
    token: Secret | None
    token_file: Path | None
    timeout_seconds: Annotated[int, Between(1, 120)]
    sync_seconds: Annotated[int, Between(5, 86_400)]


@dataclass(frozen=True, slots=True, kw_only=True)
class GestionCompteSettings:
    """For a server of the kind "gestion-compte".

    ``password`` is what ``password_file`` holds, or the credential ``gestion-compte-password``; ``number_key`` what
    ``number_key_file`` holds, or ``gestion-compte-number-key``.
    """

    tier: Literal["reader", "shift-manager"]
    user: str | None
    password: Secret | None
    password_file: Path | None
    presence: Literal["by_identifying", "at_booking"]
    allowed_days: Annotated[int, Between(1, 400)]
    forget_days: Annotated[int, Between(1, 1000)]
    unknown_cards: Literal["desk", "ask"]
    nfc_prefix: Annotated[str, Text(pattern=r"\d\d", like='two digits like "04"')]
    number_key: Secret | None
    number_key_file: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OdooSettings:
    """For a server of the kind "odoo". The password or API key is ``token`` of the backend."""

    database: Annotated[str, Text(most=63)] | None
    login: Annotated[str, Text(most=100)] | None
    protocol: Literal["jsonrpc", "json2"]
    family: Literal["auto", "foodcoop", "obeesdoo", "plain"]
    name_order: Literal["first-last", "last-first"]
    shift_word: Annotated[str, Text(most=40)]
    point_minutes: Annotated[int, Between(15, 600)]
    leaders_are_coordinators: bool
    entrance_log: bool
    member_cards: bool
    grace: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AfarSettings:
    """``webhook`` is what ``webhook_file`` holds, or the credential ``alarm-webhook``: an address."""

    textfile: Path | None
    webhook: Secret | None
    webhook_file: Path | None
    every_seconds: Annotated[int, Between(5, 3600)]
    lost_seconds: Annotated[int, Between(0, 86_400)]
    queue_minutes: Annotated[int, Between(1, 10_000)]
    knowledge_hours: Annotated[int, Between(1, 10_000)]
    hot_celsius: Annotated[int, Between(40, 110)]
    free_megabytes: Annotated[int, Between(10, 100_000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateSettings:
    source: (
        Annotated[str, Text(most=1000, pattern="(/|https?://).*", like='a folder like "/srv/updates", or an address')]
        | None
    )
    public_keys: tuple[Annotated[str, Text(pattern="RW[A-Za-z0-9+/]{54}", like="a key of minisign, RW…")], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSettings:
    level: Literal["debug", "info", "warning", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """All that a terminal is told; whole and checked, or not there at all."""

    terminal: TerminalSettings
    coop: CoopSettings
    cards: CardSettings
    reader: ReaderSettings
    scanner: ScannerSettings
    scale: ScaleSettings
    printer: PrinterSettings
    door: DoorSettings
    bell: BellSettings
    backend: BackendSettings
    gestion_compte: GestionCompteSettings
    odoo: OdooSettings
    policy: Policy
    times: Times
    retention: RetentionDays
    afar: AfarSettings
    update: UpdateSettings
    log: LogSettings

    def masked(self) -> str:
        """What is in force, as TOML. Secrets, and keys that are not set, are comments."""
        lines: list[str] = []
        for section in fields(self):
            settings = getattr(self, section.name)
            lines.append(f"[{section.name}]")
            lines += [_line(key.name, getattr(settings, key.name)) for key in fields(settings)]
            lines.append("")
        return "\n".join(lines)


def _line(key: str, value: object) -> str:
    if value is None:
        return f"# {key} ="
    if isinstance(value, Secret):
        return f'# {key} = "{value}"'
    return f"{key} = {_toml(value)}"


def _toml(value: object) -> str:
    match value:
        case bool() | int():
            return json.dumps(value)
        case frozenset():
            return _toml(tuple(sorted(value)))
        case tuple():
            return f"[{', '.join(_toml(item) for item in value)}]"
    return json.dumps(str(value), ensure_ascii=False)
