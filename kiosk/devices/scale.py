"""A scale on a serial line: asks, listens, and hands over readings with their time.

The port is a device path (best one of ``/dev/serial/by-id``, which outlives a change of socket) or any other URL of
pySerial: ``socket://host:port`` for a serial server that passes bytes on, ``rfc2217://host:port`` for one that takes
line settings too. Silence is a loss like any other: a scale that is switched off keeps its port.
"""

from collections.abc import Iterable
from dataclasses import replace

from kiosk.clock import Clock
from kiosk.devices.framing import Garbage
from kiosk.devices.scale_line import FAULTS, READ_SECONDS, Dialect, ScaleLine
from kiosk.errors import DeviceError
from kiosk.events import WeightRead
from kiosk.types import Part

FIRST_ANSWER_SECONDS = 1.0
SILENCE_SECONDS = 3.0


class SerialScale:
    """A scale that speaks one of the dialogues of :mod:`kiosk.devices.scales`.

    Args:
        port: device path or URL of pySerial.
        dialect: how it speaks; the name of a protocol where it does as usual.
        clock: stamps the readings and paces the requests.
        silence_seconds: without a reading for that long the scale counts as lost; 0: it may be silent.
    """

    part = Part.SCALE
    faults = FAULTS

    def __init__(
        self, port: str, dialect: Dialect | str, clock: Clock, *, silence_seconds: float = SILENCE_SECONDS
    ) -> None:
        dialect = Dialect(protocol=dialect) if isinstance(dialect, str) else dialect
        self._line = ScaleLine(port, dialect, clock)
        self._clock = clock
        self._silence_seconds = silence_seconds
        self._first: list[WeightRead] = []
        self._last_turn = 0.0
        self._quiet_seconds = 0.0
        self._heard_garbage = False

    def open(self) -> None:
        """Take the port for this process alone, and wait for a first reading where the scale may not be silent.

        Raises:
            DeviceError: the scale does not answer, or the port's URL makes no sense.
            OSError: the port is missing or taken.
            termios.error: the port does not accept its settings.
        """
        self._line.open()
        self._last_turn = self._clock.monotonic()
        self._quiet_seconds = 0.0
        self._heard_garbage = False
        self._first = []
        while not self._first and self._silence_seconds:
            self._first = self._take_turn(FIRST_ANSWER_SECONDS)

    def read(self) -> Iterable[WeightRead]:
        """What the scale said within the next tenth of a second.

        Raises:
            DeviceError: no reading for too long.
            OSError: the port is gone.
        """
        first, self._first = self._first, []
        return first or self._take_turn(self._silence_seconds)

    def close(self) -> None:
        """Give the port back. Twice does no harm."""
        self._line.close()

    def _take_turn(self, patience_seconds: float) -> list[WeightRead]:
        now = self._clock.monotonic()
        # A clock that was moved ahead must not look like a silent scale: a turn never takes much longer than its read.
        self._quiet_seconds += min(now - self._last_turn, 2 * READ_SECONDS)
        self._last_turn = now
        if 0 < patience_seconds < self._quiet_seconds:
            trouble = "answers, but not in" if self._heard_garbage else "does not answer to"
            raise DeviceError(f"the scale at {self._line.url} {trouble} {self._line}")
        _, events = self._line.take_turn()
        readings = [replace(event, at=self._clock.monotonic()) for event in events if isinstance(event, WeightRead)]
        self._heard_garbage |= any(isinstance(event, Garbage) for event in events)
        if readings:
            self._quiet_seconds = 0.0
            self._heard_garbage = False
        return readings
