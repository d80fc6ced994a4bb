"""The bell at the welcome desk: a sounder on a GPIO line, or a web hook.

Run by a :class:`~kiosk.devices.supervisor.Supervisor`. A bell that cannot be rung is a lost part: the screen then says
at once what helps instead.
"""

import ipaddress
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, wait
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from kiosk.clock import Clock
from kiosk.devices.pins import Pins
from kiosk.errors import DeviceError
from kiosk.events import Event
from kiosk.types import Part

if TYPE_CHECKING:
    from gpiozero import OutputDevice

READ_SECONDS = 0.3
ON_SECONDS = 1.0
OFF_SECONDS = 1.5
LONGEST_SECONDS = 60.0
"""No bell rings for longer, whatever becomes of whoever started it."""
CHECK_SECONDS = 30.0
"""So often it is looked whether a bell that nobody rings could be rung."""
WEB_SECONDS = 3.0
LONGEST_WEB_SECONDS = 8.0
"""For a whole question to a web address, the search for its name and all."""
IN_THE_SHOP = (".local", ".lan", ".home", ".home.arpa", ".internal")
"""How the names end that a router gives in its own network; ".home" is that of a Livebox."""


class Ringer(Protocol):
    """What makes the sound. Every method raises OSError where it cannot."""

    def open(self) -> None:
        """Take what is needed, in silence. Raises ImportError too."""

    def check(self) -> None:
        """Could it be rung?"""

    def begin(self) -> None:
        """A ringing begins."""

    def strike(self, *, on: bool) -> None:
        """Begin or end one stroke of it."""

    def close(self) -> None:
        """Give everything back, silent. Twice does no harm, and nothing is raised."""


class GpioRinger:
    """A sounder or a wireless bell's button on a line, by its BCM number."""

    def __init__(self, make_pins: Callable[[], Pins], pin: int, *, active_high: bool = True) -> None:
        self._make_pins = make_pins
        self._pin = pin
        self._active_high = active_high
        self._pins: Pins | None = None
        self._line: OutputDevice | None = None

    def open(self) -> None:
        from gpiozero import OutputDevice

        try:
            self._pins = pins = self._make_pins()
        except ImportError:
            raise
        except Exception as fault:
            # As with the door: off a Raspberry Pi the libraries raise whatever they like.
            raise DeviceError(f"no GPIO lines: {fault}") from fault
        try:
            self._line = OutputDevice(
                self._pin, active_high=self._active_high, initial_value=False, pin_factory=pins.factory
            )
        except pins.faults as fault:
            raise DeviceError(f"GPIO line {self._pin}: {fault}") from fault

    def check(self) -> None:
        pass

    def begin(self) -> None:
        pass

    def strike(self, *, on: bool) -> None:
        assert self._pins is not None
        assert self._line is not None
        try:
            self._line.value = on
        except self._pins.faults as fault:
            raise DeviceError(f"GPIO line {self._pin}: {fault}") from fault

    def close(self) -> None:
        line, pins = self._line, self._pins
        self._line = self._pins = None
        if pins is None:
            return
        for put_away in (*([line.off, line.close] if line is not None else []), pins.close):
            try:
                put_away()
            except pins.faults:
                # What does not obey cannot be silenced either.
                continue


class WebhookRinger:
    """Asks a web address to ring: one request a ringing, whatever the strokes are.

    Args:
        url: asked with ``POST`` and ``{"event": "bell", "terminal": …}``; any 2xx means that it rings.
        terminal: its name, for a coop with two doors.
    """

    def __init__(self, url: str, terminal: str) -> None:
        self._url = url
        self._terminal = terminal
        self._asking: Future[None] | None = None

    def open(self) -> None:
        self.check()

    def check(self) -> None:
        self._in_time(self._connect)

    def begin(self) -> None:
        self._in_time(self._post)

    def _in_time(self, ask: Callable[[], None]) -> None:
        """Ask on a thread of its own, and wait for it no longer than the watchdog bears.

        The time-outs of sockets bound neither the search for a name nor an answer that comes byte by byte.

        Raises:
            OSError: as ``ask`` does, or it takes too long.
        """
        if self._asking is not None and not self._asking.done():
            raise DeviceError("the web address has not answered yet")
        asking = self._asking = Future()

        def run() -> None:
            try:
                ask()
            except Exception as fault:  # noqa: BLE001  it is raised again in the thread that waits
                asking.set_exception(fault)
            else:
                asking.set_result(None)

        threading.Thread(target=run, name="bell-web", daemon=True).start()
        if not wait((asking,), LONGEST_WEB_SECONDS).done:
            raise DeviceError("the web address does not answer in time")
        asking.result()

    def _connect(self) -> None:
        import socket

        parts = urlsplit(self._url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        socket.create_connection((parts.hostname or "", port), WEB_SECONDS).close()

    def _post(self) -> None:
        import requests

        words = {"event": "bell", "terminal": self._terminal}
        try:
            # stream: the answer's body is left unread, however long it is.
            with requests.post(
                self._url, json=words, timeout=WEB_SECONDS, allow_redirects=False, stream=True
            ) as answer:
                status = answer.status_code
        except requests.RequestException as fault:
            # Its own words hold the address, and that may hold a secret.
            raise DeviceError(f"the web address does not answer ({type(fault).__name__})") from None
        if not 200 <= status < 300:
            raise DeviceError(f"the web address answered {status}")

    def strike(self, *, on: bool) -> None:
        pass

    def close(self) -> None:
        pass


def needs_internet(url: str) -> bool:
    """Whether the way to ``url`` leads out of the shop."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith(IN_THE_SHOP)


class Bell:
    """Rings until it is stopped, and never for more than a minute."""

    part = Part.BELL
    faults: tuple[type[BaseException], ...] = (OSError, ImportError)

    def __init__(self, ringer: Ringer, clock: Clock) -> None:
        self._ringer = ringer
        self._clock = clock
        self._changed = threading.Condition()
        self._stirred = False
        self._began: float | None = None
        self._number = 0
        self._begun = 0
        self._is_on = False
        self._check_at = 0.0

    # ── from any thread ───────────────────────────────────────────────────────────────────────────────────────────

    def ring(self) -> None:
        """Ring; returns at once. A bell that is lost does not ring later, when nobody waits any more."""
        with self._changed:
            if self._began is None:
                self._number += 1
            self._began = self._clock.monotonic()
            self._stir()

    def stop_ringing(self) -> None:
        """Be silent; returns at once."""
        with self._changed:
            self._began = None
            self._stir()

    def _stir(self) -> None:
        self._stirred = True
        self._changed.notify_all()

    # ── for its own thread ────────────────────────────────────────────────────────────────────────────────────────

    def open(self) -> None:
        """Take the ringer, silent.

        Raises:
            OSError: it cannot be rung.
            ImportError: a library is missing.
        """
        self._ringer.open()
        with self._changed:
            self._began = None
            self._begun = self._number
        self._is_on = False
        self._check_at = self._clock.monotonic() + CHECK_SECONDS

    def read(self) -> Iterable[Event]:
        """Do what is due, then wait for the next stroke, an order, or a moment.

        Raises:
            OSError: it cannot be rung.
        """
        now = self._clock.monotonic()
        with self._changed:
            self._stirred = False
            if self._began is not None and now - self._began >= LONGEST_SECONDS:
                self._began = None
            began, number = self._began, self._number
        change = self._sound(began, number, now)
        with self._changed:
            if not self._stirred:
                self._clock.wait(self._changed, max(0.0, min(change, now + READ_SECONDS) - now))
        return ()

    def close(self) -> None:
        """Be silent and give the ringer back. Twice does no harm."""
        self._is_on = False
        self._ringer.close()

    def _sound(self, began: float | None, number: int, now: float) -> float:
        """Strike or pause as the time demands; when that next changes."""
        if began is None:
            self._strike(on=False)
            if now >= self._check_at:
                self._check_at = now + CHECK_SECONDS
                self._ringer.check()
            return self._check_at
        if number != self._begun:
            self._begun = number
            self._ringer.begin()
        whole = ON_SECONDS + OFF_SECONDS
        into = (now - began) % whole
        self._strike(on=into < ON_SECONDS)
        return now - into + (ON_SECONDS if into < ON_SECONDS else whole)

    def _strike(self, *, on: bool) -> None:
        if on != self._is_on:
            self._ringer.strike(on=on)
            self._is_on = on
