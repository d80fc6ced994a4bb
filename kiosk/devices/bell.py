"""The bell at the welcome desk: a sounder on a GPIO line, or a web hook; rung from its own thread, stopped at once."""

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from kiosk.clock import Clock
from kiosk.devices.pins import Pins

if TYPE_CHECKING:
    from gpiozero import OutputDevice

log = logging.getLogger(__name__)

ON_SECONDS = 1.0
OFF_SECONDS = 1.5
LONGEST_SECONDS = 60.0
"""No bell rings for longer, whatever becomes of whoever started it."""


class Ringer(Protocol):
    """What makes the sound."""

    def open(self) -> None:
        """Take what is needed. Raises OSError or ImportError."""

    def sound(self, *, on: bool) -> None:
        """Begin or end one stroke. Raises OSError."""

    def close(self) -> None:
        """Give it back, silent."""


class GpioRinger:
    """A sounder or a wireless bell's button on a line."""

    def __init__(self, make_pins: Callable[[], Pins], pin: int) -> None:
        self._make_pins = make_pins
        self._pin = pin
        self._pins: Pins | None = None
        self._line: OutputDevice | None = None

    def open(self) -> None:
        from gpiozero import GPIOZeroError, OutputDevice

        self._pins = self._make_pins()
        try:
            self._line = OutputDevice(self._pin, initial_value=False, pin_factory=self._pins.factory)
        except GPIOZeroError as fault:
            raise OSError(f"GPIO line {self._pin}: {fault}") from fault

    def sound(self, *, on: bool) -> None:
        assert self._line is not None
        self._line.value = on

    def close(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None
        if self._pins is not None:
            self._pins.close()
            self._pins = None


class WebhookRinger:
    """Asks a web address to ring; one request a ringing, not one a stroke."""

    def __init__(self, url: str, timeout_seconds: float = 5.0) -> None:
        self._url = url
        self._timeout_seconds = timeout_seconds
        self._asked = False

    def open(self) -> None:
        self._asked = False

    def sound(self, *, on: bool) -> None:
        if not on or self._asked:
            return
        import requests

        self._asked = True
        requests.post(self._url, json={"event": "bell"}, timeout=self._timeout_seconds).raise_for_status()

    def close(self) -> None:
        pass


class Bell:
    """Rings until it is stopped, and never for more than a minute."""

    def __init__(self, ringer: Ringer, clock: Clock) -> None:
        self._ringer = ringer
        self._clock = clock
        self._changed = threading.Condition()
        self._until: float | None = None
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="bell", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def ring(self) -> None:
        """Ring; returns at once."""
        with self._changed:
            self._until = self._clock.monotonic() + LONGEST_SECONDS
            self._changed.notify_all()

    def stop_ringing(self) -> None:
        """Be silent; returns at once."""
        with self._changed:
            self._until = None
            self._changed.notify_all()

    def request_stop(self) -> None:
        """Ask the thread to end; returns at once."""
        with self._changed:
            self._until = None
            self._stopping = True
            self._changed.notify_all()

    def join(self, timeout_seconds: float = 2.0) -> bool:
        """Wait for the end; False if it still hangs."""
        if self._thread.is_alive():
            self._thread.join(timeout_seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while self._waits_for_a_ring():
            try:
                self._ringer.open()
                self._ring_on()
            except (OSError, ImportError) as fault:
                # requests' errors are OSErrors. The screen goes on: it names the telephone after a while.
                log.warning("bell: cannot ring (%s)", type(fault).__name__)
                self.stop_ringing()
            finally:
                self._ringer.close()

    def _waits_for_a_ring(self) -> bool:
        with self._changed:
            while self._until is None and not self._stopping:
                self._clock.wait(self._changed, None)
            return not self._stopping

    def _ring_on(self) -> None:
        while self._rings_for(0.0):
            self._ringer.sound(on=True)
            self._rings_for(ON_SECONDS)
            self._ringer.sound(on=False)
            self._rings_for(OFF_SECONDS)

    def _rings_for(self, seconds: float) -> bool:
        """Let ``seconds`` pass, or less if it is stopped; whether it still rings."""
        ends = self._clock.monotonic() + seconds
        with self._changed:
            while self._until is not None:
                now = self._clock.monotonic()
                if now >= self._until:
                    self._until = None
                elif now >= ends:
                    return True
                else:
                    self._clock.wait(self._changed, min(ends, self._until) - now)
            return False
