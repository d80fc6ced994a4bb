"""A shop scale of 6 kg that speaks MT-SICS over a pseudo terminal, for the demo and for tests.

The real driver opens it as it opens a serial port. Each time it is plugged in it gets a new pseudo terminal behind the
same path, as an adapter gets a new device behind its name in ``/dev/serial/by-id``.
"""

import os
import random
import select
import threading
import tty
from dataclasses import dataclass
from math import inf
from pathlib import Path

from kiosk.clock import Clock

READ_BYTES = 256
LONGEST_COMMAND_BYTES = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What lies on the pan, and how it came there."""

    grams: float = 0.0
    before: float = 0.0
    since: float = -inf
    settle_seconds: float = 0.0
    noise_grams: float = 0.0


class SimulatedScale:
    """The scale and the hand that puts jars on it. Every method may be called from any thread.

    Args:
        path: where the port appears (a symbolic link).
        clock: the time in which jars settle.
        seed: of the noise while they do.
        division: e, in grams; figures are multiples of it.
        maximum: Max, in grams.
    """

    def __init__(self, path: Path, clock: Clock, *, seed: int = 0, division: int = 1, maximum: int = 6000) -> None:
        self.path = path
        self._clock = clock
        self._random = random.Random(seed)  # noqa: S311 - noise that must be the same at each run, no secret
        self._division = division
        self._maximum = maximum
        self._guard = threading.Lock()
        self._load = Load()
        self._drift_grams = 0.0
        self._mute_until = -inf
        self._master = -1
        self._slave = -1
        self._wake_read = -1
        self._wake_write = -1
        self._thread: threading.Thread | None = None

    @property
    def is_plugged(self) -> bool:
        return self._thread is not None

    def plug(self) -> None:
        """Plug the cable in. Twice does no harm."""
        if self.is_plugged:
            return
        self._master, self._slave = os.openpty()
        # Until it is raw, the terminal would echo the scale's own answers back to it.
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self._wake_read, self._wake_write = os.pipe()
        fresh = self.path.with_name(self.path.name + ".new")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(os.ttyname(self._slave))
        fresh.replace(self.path)
        self._thread = threading.Thread(target=self._serve, name="simulated-scale", daemon=True)
        self._thread.start()

    def unplug(self) -> None:
        """Pull the cable out. Twice does no harm."""
        if self._thread is None:
            return
        os.write(self._wake_write, b"x")
        self._thread.join()
        self._thread = None
        self.path.unlink(missing_ok=True)
        with self._guard:
            for descriptor in (self._master, self._slave, self._wake_read, self._wake_write):
                os.close(descriptor)
            self._master = -1

    close = unplug

    def place(self, grams: float, settle_seconds: float = 1.2, noise_grams: float = 2.0) -> None:
        """Put something on the pan instead of what is there; it moves for ``settle_seconds``."""
        with self._guard:
            now = self._clock.monotonic()
            self._load = Load(
                grams=grams,
                before=self._load.grams,
                since=now,
                settle_seconds=settle_seconds,
                noise_grams=noise_grams,
            )

    def remove(self, settle_seconds: float = 0.5) -> None:
        """Take everything off the pan."""
        self.place(0.0, settle_seconds=settle_seconds)

    def overload(self) -> None:
        """Put more on the pan than the scale carries."""
        self.place(self._maximum + 100.0 * self._division)

    def drift(self, grams: float) -> None:
        """Put the zero off by ``grams``; negative as when the tray was taken off after zeroing. Zero puts it right."""
        with self._guard:
            self._drift_grams = grams

    def mute(self, seconds: float = inf) -> None:
        """Leave every request unanswered for ``seconds`` from now; zero ends it."""
        with self._guard:
            self._mute_until = self._clock.monotonic() + seconds

    def garbage(self, data: bytes = b"\x00\xff\xfeS S  1#6.00 g\r\n") -> None:
        """Say something senseless on the line, unasked."""
        self._write(data)

    def answer(self, command: bytes) -> bytes:
        """The scale's answer to one command without its CR LF."""
        match command:
            case b"S" | b"SI":
                return self._weigh() + b"\r\n"
            case b"@" | b"I4":
                return b'I4 A "0123456789"\r\n'
            case _:
                return b"ES\r\n"

    def _weigh(self) -> bytes:
        with self._guard:
            load = self._load
            elapsed = self._clock.monotonic() - load.since
            moving = elapsed < load.settle_seconds
            grams = load.grams + self._drift_grams
            if moving:
                # A hand lets go within the first third; the rest is the jar trembling.
                still_held = max(0.0, 1 - 3 * elapsed / load.settle_seconds)
                grams += (load.before - load.grams) * still_held
                grams += self._random.uniform(-load.noise_grams, load.noise_grams)
        shown = round(grams / self._division) * self._division
        if shown > self._maximum + 9 * self._division:
            return b"S +"
        if shown < -(self._maximum // 10):
            return b"S -"
        return b"S %s %10.2f g" % (b"D" if moving else b"S", shown)

    def _serve(self) -> None:
        waiting = b""
        while True:
            ready, _, _ = select.select([self._master, self._wake_read], [], [])
            if self._wake_read in ready:
                return
            waiting = (waiting + os.read(self._master, READ_BYTES))[-LONGEST_COMMAND_BYTES:]
            *commands, waiting = waiting.split(b"\r\n")
            for command in commands:
                if self._clock.monotonic() >= self._mute_until:
                    self._write(self.answer(command))

    def _write(self, data: bytes) -> None:
        with self._guard:
            if self._master < 0:
                return
            try:
                os.write(self._master, data)
            except BlockingIOError:
                # Nobody reads. A scale does not wait for anyone either.
                return
