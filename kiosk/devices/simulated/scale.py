"""A shop scale of 6 kg that speaks any protocol over a pseudo terminal or the network, for the demo and for tests.

The real driver opens it as it opens a serial port. What can go wrong with a scale and its cable can be had from it.
"""

import os
import random
import select
import threading
from collections import deque
from dataclasses import dataclass
from math import inf
from pathlib import Path

from kiosk.clock import Clock
from kiosk.devices.simulated.links import Link, PtyLink, TcpLink
from kiosk.devices.simulated.scale_voices import VOICES, Shown

LONGEST_COMMAND_BYTES = 64
LOOK, STOP = b"!", b"x"
"""To its thread."""
PIECE_SECONDS = 0.003
"""Between the pieces of an answer that is cut up."""


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
        port: where it appears: a path (a symbolic link to a pseudo terminal), or a TCP port of this machine (0: any).
        clock: the time in which jars settle.
        protocol: a key of :data:`~kiosk.devices.scales.registry.SCALES`.
        seed: of the noise while jars settle.
        division: e, in grams; figures are multiples of it.
        maximum: Max, in grams.
    """

    def __init__(
        self,
        port: Path | int,
        clock: Clock,
        *,
        protocol: str = "mt_sics",
        seed: int = 0,
        division: int = 1,
        maximum: int = 6000,
    ) -> None:
        self._link: Link = PtyLink(port) if isinstance(port, Path) else TcpLink(port)
        self._clock = clock
        self._voice = VOICES[protocol]
        self._random = random.Random(seed)  # noqa: S311 - noise that must be the same at each run, no secret
        self._division = division
        self._maximum = maximum
        self._guard = threading.Lock()
        self._load = Load()
        self._drift_grams = 0.0
        self._mute_until = -inf
        self._restless = False
        self._piece_bytes = 0
        self._glued_frames = 1
        self._late_seconds = 0.0
        self._held: list[bytes] = []
        self._pieces: deque[bytes] = deque()
        self._parity = False
        self._wake_read = -1
        self._wake_write = -1
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """What the driver opens, once the scale was plugged in."""
        return self._link.url

    @property
    def is_plugged(self) -> bool:
        return self._thread is not None

    def plug(self) -> None:
        """Plug the cable in. Twice does no harm."""
        if self.is_plugged:
            return
        self._link.plug()
        self._wake_read, self._wake_write = os.pipe()
        self._thread = threading.Thread(target=self._serve, name="simulated-scale", daemon=True)
        self._thread.start()

    def unplug(self) -> None:
        """Pull the cable out. Twice does no harm."""
        if self._thread is None:
            return
        os.write(self._wake_write, STOP)
        self._thread.join()
        with self._guard:
            self._thread = None
            self._link.unplug()
            for descriptor in (self._wake_read, self._wake_write):
                os.close(descriptor)

    close = unplug

    # ── the pan ───────────────────────────────────────────────────────────────────────────────────────────────────

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

    def tremble(self, *, on: bool = True) -> None:
        """The table shakes: nothing comes to rest, so some protocols tell their status only."""
        self._restless = on

    # ── the line ──────────────────────────────────────────────────────────────────────────────────────────────────

    def mute(self, seconds: float = inf) -> None:
        """Say nothing for ``seconds`` from now; zero ends it."""
        with self._guard:
            self._mute_until = self._clock.monotonic() + seconds

    def garbage(self, data: bytes = b"\x00\xff\xfeS S  1#6.00 g\r\n") -> None:
        """Say something senseless on the line, unasked."""
        self._say(data)

    def split(self, piece_bytes: int = 1) -> None:
        """Let every answer arrive in pieces of so many bytes; 0 ends it."""
        self._piece_bytes = piece_bytes

    def glue(self, frames: int = 2) -> None:
        """Let so many answers arrive at once; 1 ends it."""
        self._glued_frames = frames

    def jitter(self, seconds: float) -> None:
        """Send what it sends unasked up to so much late, never twice the same; 0 ends it."""
        self._late_seconds = seconds

    def set_parity(self, *, on: bool = True) -> None:
        """Send an even parity bit as the eighth one: a port set to eight bits leaves it on."""
        self._parity = on

    def answer(self, command: bytes) -> bytes:
        """The scale's answer to one command."""
        return self._voice.answer(command, self._shown())

    def _shown(self) -> Shown:
        with self._guard:
            load = self._load
            elapsed = self._clock.monotonic() - load.since
            moving = self._restless or elapsed < load.settle_seconds
            grams = load.grams + self._drift_grams
            if moving:
                # A hand lets go within the first third; the rest is the jar trembling.
                still_held = max(0.0, 1 - 3 * elapsed / (load.settle_seconds or inf)) if not self._restless else 0.0
                grams += (load.before - load.grams) * still_held
                grams += self._random.uniform(-load.noise_grams, load.noise_grams)
        shown = round(grams / self._division) * self._division
        return Shown(
            grams=shown,
            moving=moving,
            over=shown > self._maximum + 9 * self._division,
            under=shown < -(self._maximum // 10),
        )

    # ── its thread ────────────────────────────────────────────────────────────────────────────────────────────────

    def _serve(self) -> None:
        waiting = b""
        stream_at = self._clock.monotonic()
        while True:
            ready, _, _ = select.select([*self._link.readable(), self._wake_read], [], [], self._patience())
            if self._wake_read in ready and STOP in os.read(self._wake_read, 64):
                return
            if self._pieces:
                self._link.write(self._pieces.popleft())
            elif ready:
                waiting = self._listen(waiting)
            if self._voice.stream_seconds is not None and self._clock.monotonic() >= stream_at:
                late = self._random.uniform(0, self._late_seconds)
                stream_at = self._clock.monotonic() + self._voice.stream_seconds + late
                self._reply(b"")

    def _patience(self) -> float | None:
        return PIECE_SECONDS if self._pieces else self._voice.stream_seconds

    def _listen(self, waiting: bytes) -> bytes:
        waiting = (waiting + self._link.read())[-LONGEST_COMMAND_BYTES:]
        while (command := self._voice.command.match(waiting)) is not None:
            waiting = waiting[command.end() :]
            if self._voice.stream_seconds is None:
                self._reply(command[0])
        return waiting

    def _reply(self, command: bytes) -> None:
        if self._clock.monotonic() < self._mute_until:
            return
        self._held.append(self.answer(command))
        if len(self._held) >= self._glued_frames:
            self._say(b"".join(self._held))
            self._held.clear()

    def _say(self, data: bytes) -> None:
        if self._parity:
            data = bytes(byte | 0x80 if byte.bit_count() % 2 else byte for byte in data)
        size = self._piece_bytes or len(data) or 1
        self._pieces.extend(data[start : start + size] for start in range(0, len(data), size))
        with self._guard:
            if self.is_plugged:
                os.write(self._wake_write, LOOK)
