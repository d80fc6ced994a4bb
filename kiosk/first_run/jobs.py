"""What the guide has done for it, one job after the other on a thread of its own; each answers by events."""

import logging
import queue
import re
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Final

import segno

from kiosk.app_parts import make_backend, make_hasher
from kiosk.backends.base import Backend
from kiosk.card_key import CardKey, CardKeyError, new_key, read_sheet, sheet_text
from kiosk.clock import Clock
from kiosk.devices.scale_finding import detect, record
from kiosk.devices.scale_line import Dialect
from kiosk.devices.scales.registry import SCALES
from kiosk.errors import BackendUnavailable, ConfigError, KioskError, NotAuthorised
from kiosk.events import Event, KnowledgePage
from kiosk.first_run.folder import RECORDING, GuideFolder, settings_of
from kiosk.first_run.machine import Machine
from kiosk.first_run.trial import Trial
from kiosk.install.settings import bring, bring_text
from kiosk.install.setup_code import SetupCodeError, decode
from kiosk.keeping import card_key_of
from kiosk.own_thread import OwnThread
from kiosk.rules import guide_events as told
from kiosk.rules.guide_keys import NO_CODE
from kiosk.rules.guide_states import PASSPHRASE_DIGITS, Progress
from kiosk.rules.guide_turn import GuideEvent
from kiosk.sealing import SealError
from kiosk.selftest import examine
from kiosk.store.staff import make_pin
from kiosk.store.thread import Store
from kiosk.types import Part

log = logging.getLogger(__name__)

RECORD_SECONDS: Final = 20.0
PIN_SECONDS: Final = 10.0
CHECK_SECONDS: Final = 40.0
KEY_ID: Final = "1"
SHEET: Final = re.compile(r"COOPKEY1(?P<mark>[^A-Z0-9])(?P<key_id>.{1,20})(?P=mark)(?P<sealed>[A-Z2-7]+)")
"""What a scanner makes of the colons depends on the keyboard it believes to be."""

PLACE: Final = re.compile(r"^/\S+?\.toml(, line \d+)?(, column \d+)?: ")

Order = told.GuideOrder


class Jobs(OwnThread):
    """Carries out what takes a while.

    Args:
        folder: what is kept.
        machine: what is plugged in.
        post: takes the answers.
        clock: the time of the drivers.
    """

    def __init__(
        self, folder: GuideFolder, machine: Machine, post: Callable[[Event | GuideEvent], None], clock: Clock
    ) -> None:
        super().__init__("guide-jobs")
        self._folder = folder
        self._machine = machine
        self._post = post
        self._clock = clock
        self._seen_usb: tuple[str, int] | None = None
        self._waiting: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self.trial = Trial(post, clock, machine.wiring)

    def take_on(self, order: Order, progress: Progress) -> None:
        """Returns at once. ``progress`` is what has been entered up to now."""
        self._waiting.put(partial(self._do, order, progress))

    def request_stop(self) -> None:
        """End after what is being done; returns at once."""
        self._waiting.put(None)

    def _run(self) -> None:
        while (job := self._waiting.get()) is not None:
            try:
                job()
            except Exception:
                # One job that the program does not understand must not end the guide.
                log.exception("something that the guide asked for could not be done")
        self.trial.give_back()

    def _do(self, order: Order, progress: Progress) -> None:
        match order:
            case told.LookAtNetwork():
                clock = self._clock
                self._post(told.NetworkSeen(address=self._machine.address(), trust=clock.trust(), at=clock.now()))
            case told.ReadSetup(readings):
                self._post(self._read_code(readings))
            case told.LookForUsb():
                self._seen_usb = None
            case told.TryServer():
                self._post(self._ask_server(progress))
            case told.KeepPin(pin):
                self._post(told.PinKept(self._keep_pin(pin, progress)))
            case told.MakeCheck():
                self._post(told.CheckMade(self._check(progress)))
            case told.Finish():
                self._post(told.Finished(self._finish(progress)))
            case told.FindPrinter():
                self.trial.give_back()
                self._post(told.PrinterFound(self._machine.printer_port()))
            case told.MakeKey() | told.OpenSheet() | told.MakeSheet() | told.CheckSheet():
                self._keep_key(order, progress)
            case _:
                self._try(order, progress)

    # ── set-up ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _read_code(self, readings: tuple[str, ...]) -> told.SetupRead | told.SetupFailed:
        try:
            brought = bring_text(*decode(readings[0]))
            has_key = self._folder.take(brought)
            return told.SetupRead(settings=settings_of(brought), has_key=has_key)
        except SetupCodeError:
            return told.SetupFailed(NO_CODE)
        except (KioskError, OSError) as fault:
            return told.SetupFailed(_why(fault))

    def look_for_usb(self) -> None:
        """Called again and again while a USB key is waited for; the same file is read once until it is asked for."""
        self._waiting.put(self._read_usb)

    def _read_usb(self) -> None:
        file = self._machine.maybe_usb()
        if file is None:
            self._seen_usb = None
            return
        try:
            seen = (str(file), file.stat().st_mtime_ns)
            if seen == self._seen_usb:
                return
            self._seen_usb = seen
            brought = bring(file)
            has_key = self._folder.take(brought)
            self._post(told.SetupRead(settings=settings_of(brought), has_key=has_key))
        except (KioskError, OSError, UnicodeDecodeError) as fault:
            self._post(told.SetupFailed(_why(fault)))

    # ── key and sheet ─────────────────────────────────────────────────────────────────────────────────────────────

    def _keep_key(self, order: Order, progress: Progress) -> None:
        try:
            self._post(self._key_answer(order, progress))
        except SealError:
            self._post(told.KeyFailed("passphrase"))
        except CardKeyError:
            self._post(told.KeyFailed("sheet"))
        except (KioskError, OSError) as fault:
            log.warning("the card key: %s", fault)
            self._post(told.KeyFailed("disk"))

    def _key_answer(self, order: Order, progress: Progress) -> GuideEvent:
        match order:
            case told.OpenSheet(readings, passphrase):
                card_key = open_sheet(readings, passphrase)
                self._folder.put_key(card_key)
                return told.KeyKept(card_key.key_id)
            case told.CheckSheet(readings, passphrase):
                try:
                    right = open_sheet(readings, passphrase).key == self._card_key(progress).key
                except (SealError, CardKeyError):
                    right = False
                return told.SheetChecked(right)
            case told.MakeSheet():
                passphrase = "".join(str(secrets.randbelow(10)) for _ in range(PASSPHRASE_DIGITS))
                text = sheet_text(self._card_key(progress), passphrase)
                matrix = segno.make(text, error="m", micro=False).matrix
                rows = tuple("".join("1" if dark else "0" for dark in row) for row in matrix)
                return told.SheetMade(text=text, rows=rows, passphrase=passphrase)
            case _:
                key_id = str(progress.settings.get(("cards", "key_id"), KEY_ID))
                # One that is there was made before the plug was pulled.
                if not self._folder.has_key():
                    self._folder.put_key(new_key(key_id))
                return told.KeyKept(key_id)

    def _card_key(self, progress: Progress) -> CardKey:
        return card_key_of(self._folder.config(progress))

    # ── server, PIN, check, end ───────────────────────────────────────────────────────────────────────────────────

    def _ask_server(self, progress: Progress) -> told.ServerTried:
        try:
            config = self._folder.config(progress)
            return _first_page(make_backend(config, make_hasher(config), self._clock))
        except (KioskError, OSError) as fault:
            return told.ServerTried(fault=_why(fault))

    def _keep_pin(self, pin: str, progress: Progress) -> str:
        """The fault, if there is one."""
        try:
            store = Store(self._folder.config(progress).terminal.data_dir, lambda _event: None, self._clock)
            store.start()
        except (KioskError, OSError) as fault:
            return _why(fault)
        try:
            store.keep_pin(make_pin(pin)).result(PIN_SECONDS)
        except (KioskError, OSError, TimeoutError) as fault:
            return _why(fault)
        finally:
            store.request_stop()
            store.join()
        return ""

    def _check(self, progress: Progress) -> tuple[told.CheckLine, ...]:
        """What the self-test finds within its time: a driver that hangs must not keep the guide from its end."""
        self.trial.give_back()
        try:
            config = self._folder.config(progress)
        except ConfigError as fault:
            log.warning("the self-test cannot begin: %s", fault)
            return ()
        wiring = None if self._machine.is_real else self._machine.wiring
        lines: list[told.CheckLine] = []

        def look() -> None:
            for finding in examine(config, self._clock, wiring):
                line = told.CheckLine(part=finding.part, light=finding.light, said=finding.said, do=finding.do)
                lines.append(line)

        looking = threading.Thread(target=look, name="guide-check", daemon=True)
        looking.start()
        looking.join(CHECK_SECONDS)
        if looking.is_alive():
            log.error("the self-test hangs after %d findings; the guide goes on", len(lines))
        return tuple(lines)

    def _finish(self, progress: Progress) -> tuple[str, ...]:
        try:
            self._folder.finish(progress)
        except ConfigError as fault:
            return tuple(map(_placeless, fault.faults))
        except OSError as fault:
            return (str(fault),)
        return ()

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _try(self, order: Order, progress: Progress) -> None:
        match order:
            case told.TryPart(part):
                self._take(part, progress)
            case told.TryRelay():
                self._take(Part.DOOR, progress, relay_alone=True)
            case told.EndTrial():
                self.trial.give_back()
            case told.PrintTest():
                self.trial.print_test()
            case told.PrintSheet(text):
                self.trial.print_code(text)
            case told.FindScale():
                self._post(self._find_scale())
            case told.RecordScale():
                self._post(told.ScaleRecorded(self._record_scale(progress)))

    def _take(self, part: Part, progress: Progress, *, relay_alone: bool = False) -> None:
        try:
            config = self._folder.config(progress)
            if relay_alone:
                config = replace(config, door=replace(config.door, lock="fail_secure"))
            self.trial.take(part, config)
        except (KioskError, OSError) as fault:
            self._post(told.TrialFailed(part, _why(fault)))

    def _find_scale(self) -> told.ScaleFound | told.ScaleNotFound:
        ports = tuple(self._machine.serial_ports())
        for port in ports:
            for finding in detect(port, self._clock):
                if finding.understood and finding.dialect is not None:
                    grams = (finding.sample or {}).get("grams")
                    return told.ScaleFound(
                        settings={"port": port, **_settings(finding.dialect)},
                        protocol=finding.dialect.protocol,
                        grams=grams if isinstance(grams, int) else None,
                    )
        return told.ScaleNotFound(ports)

    def _record_scale(self, progress: Progress) -> int:
        """How many bytes are in the file; what came before a fault is kept too."""
        port = next(iter(self._machine.serial_ports()), "")
        protocol = str(progress.settings.get(("scale", "protocol"), next(iter(SCALES))))
        written = 0
        with (self._folder.path / RECORDING).open("wb") as out:
            try:
                for count in record(port, Dialect(protocol=protocol), self._clock, out, RECORD_SECONDS):
                    written += count
            except OSError as fault:
                log.warning("the scale could not be recorded: %s", fault)
        return written


def _first_page(backend: Backend) -> told.ServerTried:
    try:
        page = backend.fetch("", 1)
    except NotAuthorised as fault:
        return told.ServerTried(refused=True, fault=str(fault))
    except BackendUnavailable as fault:
        return told.ServerTried(fault=str(fault) or "no answer")
    finally:
        backend.close()
    return told.ServerTried(members=len(page.members) if isinstance(page, KnowledgePage) else 0)


def open_sheet(readings: tuple[str, ...], passphrase: str) -> CardKey:
    """The key of a scanned sheet, whichever keyboard the scanner believes to be.

    Raises:
        CardKeyError: it is none.
        SealError: the passphrase is another one.
    """
    fault: KioskError = CardKeyError("this is not the text of a key sheet")
    for reading in readings:
        found = SHEET.fullmatch(reading.upper())
        if found is None:
            continue
        try:
            return read_sheet(f"COOPKEY1:{found['key_id']}:{found['sealed']}", passphrase)
        except SealError as wrong:
            fault = wrong
        except CardKeyError as wrong:
            fault = fault if isinstance(fault, SealError) else wrong
    raise fault


def _settings(dialect: Dialect) -> Mapping[str, str | int]:
    """The keys of ``[scale]`` that make the terminal speak like this."""
    keys: dict[str, str | int] = {"protocol": dialect.protocol}
    if dialect.request is not None and dialect.request != SCALES[dialect.protocol]().REQUEST:
        keys["request"] = dialect.request.decode("latin-1")
    if dialect.baud is not None:
        keys["baud"] = dialect.baud
    if dialect.line is not None:
        keys["line"] = dialect.line
    return keys


def _why(fault: Exception) -> str:
    """The first thing that is wrong, in the program's words."""
    faults = fault.faults if isinstance(fault, ConfigError) else [str(fault)]
    return _placeless(faults[0] if faults else "") or type(fault).__name__


def _placeless(fault: str) -> str:
    """Without the file, which the guide has made itself, or which lies on a key."""
    return PLACE.sub("", fault)
