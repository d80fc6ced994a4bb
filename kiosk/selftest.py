"""``kiosk check``: is every part of the terminal there, and if not, what is to be done? A finding a line.

With a terminal running its own word is taken; without one each part is taken in hand, asked and given back.
"""

import json
import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from kiosk.app_door import make_bell, make_door
from kiosk.app_parts import RealWiring, Wiring, control_path, make_backend, make_hasher, make_printer_port, make_sources
from kiosk.backends.base import Examinable
from kiosk.clock import Clock
from kiosk.config import Config
from kiosk.control import NotRunning, ask
from kiosk.devices.mounts import is_forgotten
from kiosk.devices.supervisor import Source
from kiosk.errors import BackendUnavailable, ConfigError, NotAuthorised, StoreError, StoreLockedError
from kiosk.events import Event, KnowledgePage
from kiosk.events_door import DoorAlarm, DoorMode, DoorModeChanged, DoorMoved
from kiosk.store.backup import JOURNAL
from kiosk.store.thread import Store
from kiosk.types import ClockTrust, FactKind, Part
from kiosk.views import Light
from kiosk.wiring import make_wiring

ANSWER_SECONDS: Final = 10.0
LITTLE_ROOM, NO_ROOM = 500_000_000, 50_000_000
"""Bytes left on the disk: worth a look, and too few."""
LAST_PULLED_UP = 8
"""GPIO 0 to 8 are pulled up from power-on until someone claims them, the others down (BCM2711 peripherals, GPIO)."""
FIRMLY_PULLED_UP = frozenset({2, 3})
"""By 1.8 kΩ on the board itself, for I²C (Raspberry Pi reduced schematics): no resistor wins against that."""
COMMISSIONED_FOR = timedelta(days=400)
"""The door is put to the test once a year, give or take."""

READS: Final = {Part.SCALE: 10}
"""How often a part is listened to until it says something; the others once."""
DO: Final = {
    Part.READER: "check its wires and that SPI is on (dtparam=spi=on in config.txt)",
    Part.SCANNER: "plug it in; how those that are there are named: ls /dev/input/by-id",
    Part.SCALE: "check cable and plug, and what the scale is set to: kiosk scale detect, the terminal stopped",
    Part.DOOR: "check that lgpio is installed and that nothing else holds the line",
    Part.BELL: "check its line, or that the web address answers from here",
    Part.PRINTER: "switch it on, put paper in, shut the lid",
    Part.STORE: "check the disk and who may write to data_dir",
    Part.SERVER: "check cable, router and the address; the door works on without it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the self-test.

    Attributes:
        said: how the part is.
        do: what to do about it; empty where there is nothing to do.
    """

    part: str
    light: Light
    said: str
    do: str = ""

    def as_row(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self) | {"light": self.light.value}


def examine(
    config: Config,
    clock: Clock,
    wiring: Wiring | None = None,
    *,
    environ: Mapping[str, str] = os.environ,
    system: Path = Path("/"),
) -> Iterator[Finding]:
    """All findings, one by one as they are made.

    Args:
        config: the terminal's.
        clock: the time, and how far it is trusted.
        wiring: simulated hardware; without it the real one.
        environ: looked at for a display.
        system: where ``/sys`` and ``/proc`` are.
    """
    try:
        status = ask(control_path(config), "status", {})
    except NotRunning:
        yield from _examine_parts(config, clock, wiring or RealWiring())
    else:
        yield from _examine_running(config, status, clock.now())
    yield _examine_clock(clock)
    yield _examine_disk(config.terminal.data_dir)
    if wiring is None:
        yield from _examine_lasting(config.terminal.data_dir, system)
        yield _examine_screen(environ, system)
        yield from _examine_header(config, system)
    else:
        yield Finding(part=Part.SCREEN, light=Light.LOOK, said="simulated: nobody has looked at it")


# ── a terminal that runs ──────────────────────────────────────────────────────────────────────────────────────────


def _examine_running(config: Config, status: dict[str, Any], now: datetime) -> Iterator[Finding]:
    lost = set(status["lost"])
    for part, there in _configured(config):
        if not there:
            yield _off(part)
        elif part in lost:
            yield Finding(part=part, light=Light.BAD, said="does not answer", do=DO[part])
        elif status["parts"][part] == "off":
            # It was configured while the terminal was running.
            do = "restart the terminal: systemctl restart kiosk"
            yield Finding(part=part, light=Light.LOOK, said="the running terminal does not use it yet", do=do)
        elif part is Part.DOOR:
            door = status["door"]
            yield _door_that(
                ["answers the running terminal"], door["alarms"], released=door["mode"] == DoorMode.RELEASED
            )
        else:
            yield Finding(part=part, light=Light.GOOD, said="answers the running terminal")
    if status["store_fault"]:
        yield Finding(part=Part.STORE, light=Light.BAD, said=f"fails: {status['store_fault']}", do=DO[Part.STORE])
    else:
        yield Finding(part=Part.STORE, light=Light.GOOD, said=f"{status['unjournalled']} facts not on the disk yet")
    if config.door.enabled:
        yield _examine_commissioning(config, now)
    yield from _examine_pin(config.terminal.data_dir)
    yield _server_told(config, status)


def _server_told(config: Config, status: dict[str, Any]) -> Finding:
    if status["online"]:
        return Finding(part=Part.SERVER, light=Light.GOOD, said=f"answers; {status['members']} members known")
    if status["offline_since"] is None and not status["server_fault"]:
        # The terminal has just been started, as at the end of an installation.
        do = "look again in a minute"
        return Finding(part=Part.SERVER, light=Light.LOOK, said="was asked and has not answered yet", do=do)
    said = f"has not answered since {status['offline_since'] or 'the start'}"
    if status["server_fault"]:
        said = f"{said}: {status['server_fault']}"
    do = _how_to_be_accepted(config) if status["not_authorised"] else DO[Part.SERVER]
    return Finding(part=Part.SERVER, light=Light.BAD, said=said, do=do)


def _configured(config: Config) -> Iterator[tuple[Part, bool]]:
    yield Part.READER, config.reader.enabled
    yield Part.SCANNER, config.scanner.enabled
    yield Part.DOOR, config.door.enabled
    yield Part.BELL, config.bell.kind != "none"
    yield Part.SCALE, config.scale.enabled
    yield Part.PRINTER, config.printer.kind != "none"


def _off(part: Part) -> Finding:
    return Finding(part=part, light=Light.OFF, said="not configured")


# ── parts taken in hand ───────────────────────────────────────────────────────────────────────────────────────────


def _examine_parts(config: Config, clock: Clock, wiring: Wiring) -> Iterator[Finding]:
    door = make_door(config, clock, wiring.make_door_pins, None)
    bell = make_bell(config, clock, wiring.make_bell_pins)
    try:
        made = list(make_sources(config, make_hasher(config), clock, wiring))
    except ConfigError:
        # Without the card key there are no readers; the configuration's own check says why.
        made = []
    sources = {source.part: source for source in (door, bell, *made) if source is not None}
    for part, there in _configured(config):
        if part is Part.PRINTER and there:
            yield _examine_printer(config)
        elif not there or part not in sources:
            yield _off(part)
        elif part is Part.DOOR:
            yield from _examine_door(config, sources[part])
        else:
            yield _examine_source(sources[part])
    yield from _examine_store(config, clock)
    yield _examine_server(config, clock)


def _take(source: Source) -> tuple[list[Event], str]:
    """What a part tells in its first moments, and what is wrong with it."""
    told: list[Event] = []
    try:
        source.open()
        for _ in range(READS.get(source.part, 1)):
            told += source.read()
            if told:
                break
    except source.faults as fault:
        return told, str(fault) or type(fault).__name__
    except Exception as fault:  # noqa: BLE001 - a bug in one driver must not hide what the others have to say
        return told, f"the driver fails ({type(fault).__name__}: {fault})"
    finally:
        source.close()
    return told, ""


def _examine_source(source: Source) -> Finding:
    _, fault = _take(source)
    if fault:
        return Finding(part=source.part, light=Light.BAD, said=fault, do=DO[source.part])
    return Finding(part=source.part, light=Light.GOOD, said="answers")


def _examine_door(config: Config, door: Source) -> Iterator[Finding]:
    told, fault = _take(door)
    if fault:
        yield Finding(part=Part.DOOR, light=Light.BAD, said=fault, do=DO[Part.DOOR])
        return
    said = ["answers", "opens without current" if config.door.lock == "fail_safe" else "stays locked without current"]
    moved = [event for event in told if isinstance(event, DoorMoved)]
    if moved:
        said.append("stands open" if moved[-1].is_open else "is shut")
    alarms = [event.kind.value for event in told if isinstance(event, DoorAlarm)]
    yield _door_that(said, alarms, released=DoorModeChanged(mode=DoorMode.RELEASED) in told)


def _door_that(said: list[str], alarms: Iterable[str], *, released: bool) -> Finding:
    """A door that answers, and perhaps calls."""
    calls = [*sorted(alarms), *(["the fire alarm or the green box calls"] if released else [])]
    do = "see to it at the door" if calls else ""
    return Finding(part=Part.DOOR, light=Light.LOOK if calls else Light.GOOD, said="; ".join([*said, *calls]), do=do)


def _examine_printer(config: Config) -> Finding:
    try:
        connection = make_printer_port(config.printer).open()
        try:
            hint = connection.hint()
        finally:
            connection.close()
    except OSError as fault:
        return Finding(part=Part.PRINTER, light=Light.BAD, said=str(fault), do=DO[Part.PRINTER])
    if hint is not None and hint.trouble is not None:
        return Finding(part=Part.PRINTER, light=Light.BAD, said=str(hint.trouble), do=DO[Part.PRINTER])
    return Finding(part=Part.PRINTER, light=Light.GOOD, said="answers")


def _examine_store(config: Config, clock: Clock) -> Iterator[Finding]:
    store = Store(config.terminal.data_dir, lambda _event: None, clock)
    try:
        store.start()
    except StoreLockedError as fault:
        yield Finding(part=Part.STORE, light=Light.BAD, said=str(fault), do="stop the other program that uses it")
        return
    try:
        count = len(store.outbox_list().result(ANSWER_SECONDS))
        proof = [_examine_commissioning(config, clock.now())] if config.door.enabled else []
        proof += _examine_pin(config.terminal.data_dir)
    except (StoreError, TimeoutError) as fault:
        yield Finding(part=Part.STORE, light=Light.BAD, said=str(fault) or "too slow", do=DO[Part.STORE])
        return
    finally:
        store.request_stop()
        store.join()
    yield Finding(part=Part.STORE, light=Light.GOOD, said=f"well; {count} rows wait for the server")
    yield from proof


def _examine_pin(data_dir: Path) -> Iterator[Finding]:
    """Told only while there is none. A journal that cannot be read is told by others."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(f"file:{data_dir / JOURNAL}?mode=ro", uri=True)) as db:
        if db.execute("SELECT 1 FROM pin").fetchone() is None:
            do = "hold the clock of the idle screen for three seconds, and choose it; a technician's card opens it too"
            yield Finding(part="PIN", light=Light.LOOK, said="the technician's menu has none yet", do=do)


def _last_commissioning(data_dir: Path) -> tuple[datetime, bool] | None:
    """When the door was last put to the test, and whether it passed.

    Asked of the file itself, which somebody has open: a year of facts is too long a way for one of them.

    Raises:
        sqlite3.Error: it cannot be read.
    """
    with closing(sqlite3.connect(f"file:{data_dir / JOURNAL}?mode=ro", uri=True)) as db:
        found = db.execute(
            "SELECT wall, details FROM journal WHERE kind = ? ORDER BY seq DESC LIMIT 1", (FactKind.COMMISSIONING,)
        ).fetchone()
    if found is None:
        return None
    wall, details = found
    return datetime.fromisoformat(wall), json.loads(details).get("passed") is True


def _examine_commissioning(config: Config, now: datetime) -> Finding:
    """Amber until a person has seen the door do what it must."""
    do = "test it at its screen (Autotest), or stop the terminal: kiosk check --door"
    try:
        last = _last_commissioning(config.terminal.data_dir)
    except sqlite3.Error as fault:
        said = f"what the journal says of it cannot be read ({fault})"
        return Finding(part="door test", light=Light.LOOK, said=said, do=DO[Part.STORE])
    if last is None:
        return Finding(part="door test", light=Light.LOOK, said="the door was never put to the test", do=do)
    when, passed = last
    day = when.date().isoformat()
    if not passed:
        return Finding(part="door test", light=Light.BAD, said=f"the door did not pass on {day}", do=do)
    if now - when > COMMISSIONED_FOR:
        return Finding(part="door test", light=Light.LOOK, said=f"the door passed on {day}, long ago", do=do)
    return Finding(part="door test", light=Light.GOOD, said=f"the door passed on {day}")


def _examine_server(config: Config, clock: Clock) -> Finding:
    try:
        backend = make_backend(config, make_hasher(config), clock)
    except ConfigError as fault:
        return Finding(part=Part.SERVER, light=Light.BAD, said=str(fault), do="kiosk config check")
    try:
        page = backend.fetch("", 1)
        problems = backend.examine() if isinstance(backend, Examinable) else ()
    except NotAuthorised as fault:
        said, do = str(fault) or "it does not accept this terminal", _how_to_be_accepted(config)
    except BackendUnavailable as fault:
        said, do = str(fault) or "no answer", DO[Part.SERVER]
    else:
        members = len(page.members) if isinstance(page, KnowledgePage) else 0
        more = "" if isinstance(page, KnowledgePage) and page.last else " on the first page"
        said = "; ".join((f"answers; {members} members{more}", *problems))
        do = f"docs/{config.backend.kind}.md" if problems else ""
        return Finding(part=Part.SERVER, light=Light.LOOK if problems else Light.GOOD, said=said, do=do)
    finally:
        backend.close()
    return Finding(part=Part.SERVER, light=Light.BAD, said=said, do=do)


def _how_to_be_accepted(config: Config) -> str:
    if config.backend.kind in {"gestion-compte", "odoo"}:
        return f"docs/{config.backend.kind}.md says what to set on the server"
    return "give the terminal its token: [backend] token_file"


# ── the machine ───────────────────────────────────────────────────────────────────────────────────────────────────


def _examine_clock(clock: Clock) -> Finding:
    now = f"{clock.now().isoformat(timespec='seconds')}"
    match clock.trust():
        case ClockTrust.SYNCED:
            return Finding(part="clock", light=Light.GOOD, said=f"{now}, set by the network")
        case ClockTrust.SINCE:
            do = "check the network, or that systemd-timesyncd runs"
            return Finding(part="clock", light=Light.LOOK, said=f"{now}, not set since this boot", do=do)
        case ClockTrust.NEVER:
            do = "let it reach a time server, or fit a clock module; until then nothing is refused for a clock's sake"
            return Finding(part="clock", light=Light.BAD, said=f"{now}, which cannot be", do=do)


def _examine_disk(directory: Path) -> Finding:
    probe = directory / ".check"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        handle = os.open(probe, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.write(handle, b"\0" * 4096)
            os.fsync(handle)
        finally:
            os.close(handle)
            probe.unlink()
        free = shutil.disk_usage(directory).free
    except OSError as fault:
        return Finding(part="disk", light=Light.BAD, said=f"{directory}: {fault.strerror}", do=DO[Part.STORE])
    said = f"{free // 1_000_000} MB free"
    if free >= LITTLE_ROOM:
        return Finding(part="disk", light=Light.GOOD, said=said)
    do = "make room: apt-get clean, kiosk journal purge"
    return Finding(part="disk", light=Light.BAD if free < NO_ROOM else Light.LOOK, said=said, do=do)


def _examine_lasting(directory: Path, system: Path) -> Iterator[Finding]:
    if is_forgotten(directory.absolute(), system):
        do = "give it a partition of its own: scripts/install --data-partition DEVICE"
        yield Finding(part="disk", light=Light.BAD, said=f"{directory} is forgotten at the next boot", do=do)


def _examine_screen(environ: Mapping[str, str], system: Path) -> Finding:
    """That a panel is connected can be known; what it shows, only a person can tell."""
    connected = [path for path in sorted(system.glob("sys/class/drm/*/status")) if _text(path) == "connected"]
    display = environ.get("WAYLAND_DISPLAY") or environ.get("DISPLAY")
    if not connected and not display:
        do = "check the panel's cable and its overlay in config.txt"
        return Finding(part=Part.SCREEN, light=Light.BAD, said="no panel is connected", do=do)
    named = ", ".join(path.parent.name for path in connected) or f"display {display}"
    do = "look at it: it shows the idle screen, and answers a touch"
    return Finding(part=Part.SCREEN, light=Light.LOOK, said=named, do=do)


def _examine_header(config: Config, system: Path) -> Iterator[Finding]:
    """What the lines do before the program starts, and who else may want them."""
    product = _text(system / "proc/device-tree/hat/product")
    if product and not config.terminal.hat_pins:
        do = "write the lines it uses into [terminal] hat_pins"
        yield Finding(part="hat", light=Light.LOOK, said=f"{product} is on the header", do=do)
    wiring = make_wiring(config.door)
    if wiring is None or wiring.fail_safe or config.door.pins == "mock":
        return
    pin, pulled_up = wiring.relay.pin, wiring.relay.pin <= LAST_PULLED_UP
    if pulled_up == wiring.relay.active_high:
        rest = "ground" if wiring.relay.active_high else "3.3 V"
        resistor = f"fit a resistor ({'2.2' if pulled_up else '10'} kΩ) from GPIO {pin} to {rest}: docs/door.md"
        do = "wire the relay to another line: docs/door.md" if pin in FIRMLY_PULLED_UP else resistor
        said = f"GPIO {pin} is pulled towards unlocking from power-on until the terminal starts"
        yield Finding(part="relay line", light=Light.LOOK, said=said, do=do)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip().strip("\0")
    except OSError:
        return ""


def is_well(findings: Iterable[Finding]) -> bool:
    """Nothing is out of order. What a person has to look at is not out of order."""
    return all(finding.light is not Light.BAD for finding in findings)


SIGNS: Final = {Light.GOOD: "ok", Light.LOOK: "look", Light.BAD: "WRONG", Light.OFF: "off"}


def in_words(finding: Finding) -> str:
    """One line for people."""
    line = f"{SIGNS[finding.light]:6} {finding.part:11} {finding.said}"
    return f"{line}\n{'':19}→ {finding.do}" if finding.do else line
