"""A scale's end of a serial line: opened, asked at its pace, and listened to, without a judgement on what it says."""

import socket
import termios
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kiosk.clock import Clock
from kiosk.devices.scales.base import Decoder, ScaleEvent, Send
from kiosk.devices.scales.registry import SCALES
from kiosk.errors import DeviceError

if TYPE_CHECKING:
    import serial

READ_SECONDS = 0.1
"""Longest wait of one read. Set once: pySerial changes it with termios calls that fail on some adapters."""
WRITE_SECONDS = 1.0
KEEPALIVE: Final = {socket.TCP_KEEPIDLE: 60, socket.TCP_KEEPINTVL: 10, socket.TCP_KEEPCNT: 3}
"""A serial server that lost its power hangs up on nobody: after a minute of silence it is asked whether it is there."""
FAULTS: tuple[type[BaseException], ...] = (OSError, termios.error)
"""SerialException is an OSError; a vanished adapter also raises termios.error, which is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How one shop's scale speaks; None: as scales of its protocol usually do.

    Attributes:
        protocol: a key of :data:`~kiosk.devices.scales.registry.SCALES`.
        decoder: makes the decoder, where the protocol alone does not say all of it (``regex``).
        request: what asks for a reading; empty for a scale that streams.
        poll_seconds: from one request to the next.
        baud: bits a second.
        line: data bits, parity and stop bits as ``8N1`` or ``7E1``.
        lines_low: keep DTR and RTS low: some scales stay mute while a USB adapter raises them.
    """

    protocol: str
    decoder: Callable[[], Decoder] | None = None
    request: bytes | None = None
    poll_seconds: float | None = None
    baud: int | None = None
    line: str | None = None
    lines_low: bool = False

    def make_decoder(self) -> Decoder:
        """A fresh one."""
        return (self.decoder or SCALES[self.protocol])()


class ScaleLine:
    """The line of one scale.

    Args:
        url: device path or URL of pySerial.
        dialect: how the scale speaks.
        clock: paces the requests.
    """

    def __init__(self, url: str, dialect: Dialect, clock: Clock) -> None:
        self.url = url
        self._dialect = dialect
        self._clock = clock
        self._decoder = decoder = dialect.make_decoder()
        self._request = decoder.REQUEST if dialect.request is None else dialect.request
        self._poll_seconds = dialect.poll_seconds or decoder.POLL_SECONDS
        self._baud = dialect.baud or decoder.BAUD
        self._line = dialect.line or f"{decoder.BYTESIZE}{decoder.PARITY}{decoder.STOPBITS}"
        self._port: serial.Serial | None = None
        self._ask_at = 0.0

    def __str__(self) -> str:
        return f"{self._dialect.protocol} ({self._baud} baud, {self._line})"

    def open(self) -> None:
        """Take the port for this process alone.

        Raises:
            DeviceError: the port's URL makes no sense.
            OSError: the port is missing or taken.
            termios.error: the port does not accept its settings.
        """
        self._port = self._open_port()
        # What was begun before the line broke must not be finished by what comes after it.
        self._decoder = self._dialect.make_decoder()
        self._ask_at = self._clock.monotonic()

    def take_turn(self) -> tuple[bytes, list[ScaleEvent]]:
        """Ask if it is time to, listen once, go on with the dialogue: what came, and what it says.

        Raises:
            DeviceError: the line is not open.
            OSError: the port is gone.
        """
        port = self._port
        if port is None:
            raise DeviceError(f"{self.url} is not open")
        now = self._clock.monotonic()
        if self._request and now >= self._ask_at:
            port.write(self._request)
            self._ask_at = now + self._poll_seconds
        data = port.read(port.in_waiting or 1)
        self._decoder.receive_data(data)
        events: list[ScaleEvent] = []
        while (event := self._decoder.next_event()) is not None:
            if isinstance(event, Send):
                port.write(event.data)
            else:
                events.append(event)
        return data, events

    def close(self) -> None:
        """Give the port back. Twice does no harm."""
        port, self._port = self._port, None
        if port is not None:
            port.close()

    def _open_port(self) -> "serial.Serial":
        import serial

        try:
            port = serial.serial_for_url(
                self.url,
                do_not_open=True,
                baudrate=self._baud,
                bytesize=int(self._line[0]),
                parity=self._line[1],
                stopbits=int(self._line[2]),
                timeout=READ_SECONDS,
                # Its client for serial servers knows none.
                write_timeout=None if self.url.startswith("rfc2217:") else WRITE_SECONDS,
                exclusive=True,
            )
        except ValueError as fault:
            raise DeviceError(f"{self.url}: {fault}") from fault
        if self._dialect.lines_low:
            # Before opening: the kernel raises them as it opens a port, pySerial lowers them in the same breath. A port
            # that has no such lines it passes over.
            port.dtr = False
            port.rts = False
        port.open()
        _keep_alive(port)
        return port


def _keep_alive(port: "serial.Serial") -> None:
    """Have the kernel miss a peer that is gone: a scale that may be silent would be waited for until the next start."""
    peer = getattr(port, "_socket", None)
    if isinstance(peer, socket.socket):
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in KEEPALIVE.items():
            peer.setsockopt(socket.IPPROTO_TCP, option, value)
