"""A scale on a serial line: asks, listens, and hands over readings with their time.

The port is a device path (best one of ``/dev/serial/by-id``, which outlives a change of socket) or any other URL of
pySerial, such as ``socket://host:port``. Silence is a loss like any other: a scale that is switched off keeps its port.
"""

import termios
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from kiosk.clock import Clock
from kiosk.devices.framing import Garbage
from kiosk.devices.scales.base import Send
from kiosk.devices.scales.registry import SCALES
from kiosk.errors import DeviceError
from kiosk.events import WeightRead
from kiosk.types import Part

if TYPE_CHECKING:
    import serial

READ_SECONDS = 0.1
"""Longest wait of one read. Set once: pySerial changes it with termios calls that fail on some adapters."""
WRITE_SECONDS = 1.0
FIRST_ANSWER_SECONDS = 1.0
SILENCE_SECONDS = 3.0


class SerialScale:
    """A scale that speaks one of the dialogues of :mod:`kiosk.devices.scales`.

    Args:
        port: device path or URL of pySerial.
        protocol: a key of :data:`~kiosk.devices.scales.registry.SCALES`.
        clock: stamps the readings and paces the requests.
        baud: bits a second, where the shop's scale is not set as usual.
        line: data bits, parity and stop bits as ``8N1`` or ``7E1``, where the shop's scale is not set as usual.
        lines_low: keep DTR and RTS low: some scales stay mute while a USB adapter raises them.
        silence_seconds: without a reading for that long the scale counts as lost.
    """

    part = Part.SCALE
    # SerialException is an OSError; a vanished adapter also raises termios.error, which is not.
    faults: tuple[type[BaseException], ...] = (OSError, termios.error)

    def __init__(
        self,
        port: str,
        protocol: str,
        clock: Clock,
        *,
        baud: int | None = None,
        line: str | None = None,
        lines_low: bool = False,
        silence_seconds: float = SILENCE_SECONDS,
    ) -> None:
        self._url = port
        self._protocol = protocol
        self._clock = clock
        self._decoder = SCALES[protocol]()
        self._baud = baud or self._decoder.BAUD
        self._line = line or f"{self._decoder.BYTESIZE}{self._decoder.PARITY}{self._decoder.STOPBITS}"
        self._lines_low = lines_low
        self._silence_seconds = silence_seconds
        self._port: serial.Serial | None = None
        self._first: list[WeightRead] = []
        self._last_turn = 0.0
        self._ask_at = 0.0
        self._quiet_seconds = 0.0
        self._heard_garbage = False

    def open(self) -> None:
        """Take the port for this process alone, and wait for a first reading.

        Raises:
            DeviceError: the scale does not answer, or the port's URL makes no sense.
            OSError: the port is missing or taken.
            termios.error: the port does not accept its settings.
        """
        self._port = self._open_port()
        # What was begun before the line broke must not be finished by what comes after it.
        self._decoder = SCALES[self._protocol]()
        self._last_turn = self._ask_at = self._clock.monotonic()
        self._quiet_seconds = 0.0
        self._heard_garbage = False
        self._first = []
        while not self._first:
            self._first = self._take_turn(self._port, FIRST_ANSWER_SECONDS)

    def read(self) -> Iterable[WeightRead]:
        """What the scale said within the next tenth of a second.

        Raises:
            DeviceError: no reading for too long.
            OSError: the port is gone.
        """
        if self._port is None:
            raise DeviceError(f"{self._url} is not open")
        first, self._first = self._first, []
        return first or self._take_turn(self._port, self._silence_seconds)

    def close(self) -> None:
        """Give the port back. Twice does no harm."""
        port, self._port = self._port, None
        if port is not None:
            port.close()

    def _open_port(self) -> "serial.Serial":
        import serial

        try:
            port = serial.serial_for_url(
                self._url,
                do_not_open=True,
                baudrate=self._baud,
                bytesize=int(self._line[0]),
                parity=self._line[1],
                stopbits=int(self._line[2]),
                timeout=READ_SECONDS,
                write_timeout=WRITE_SECONDS,
                exclusive=True,
            )
        except ValueError as fault:
            raise DeviceError(f"{self._url}: {fault}") from fault
        if self._lines_low:
            # Before opening, so that they are never raised; pySerial passes over ports that have no such lines.
            port.dtr = False
            port.rts = False
        port.open()
        return port

    def _take_turn(self, port: "serial.Serial", patience_seconds: float) -> list[WeightRead]:
        """Ask if it is time to, listen once, decode."""
        now = self._clock.monotonic()
        # A clock that was moved ahead must not look like a silent scale: a turn never takes much longer than its read.
        self._quiet_seconds += min(now - self._last_turn, 2 * READ_SECONDS)
        self._last_turn = now
        if self._quiet_seconds > patience_seconds:
            trouble = "answers, but not in" if self._heard_garbage else "does not answer to"
            raise DeviceError(f"the scale at {self._url} {trouble} {self._protocol} ({self._baud} baud, {self._line})")
        if self._decoder.REQUEST and now >= self._ask_at:
            port.write(self._decoder.REQUEST)
            self._ask_at = now + self._decoder.POLL_SECONDS
        self._decoder.receive_data(port.read(port.in_waiting or 1))
        readings: list[WeightRead] = []
        while (event := self._decoder.next_event()) is not None:
            match event:
                case WeightRead():
                    readings.append(replace(event, at=self._clock.monotonic()))
                case Send(data):
                    port.write(data)
                case Garbage():
                    self._heard_garbage = True
        if readings:
            self._quiet_seconds = 0.0
            self._heard_garbage = False
        return readings
