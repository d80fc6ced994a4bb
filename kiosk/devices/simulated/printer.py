"""A label printer on a TCP port that understands its language: what comes out of it are the dots of the labels.

It runs out of paper, is opened, paused, pulled and struck dumb, as real ones are.
"""

import re
import select
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from kiosk.devices.labels.raster import Raster

READ_BYTES: Final = 65_536
LOOK_SECONDS: Final = 0.02


@dataclass(frozen=True, slots=True)
class Question:
    """The status is asked for; ``number`` says which, where there are several."""

    number: int = 0


@dataclass(frozen=True, slots=True)
class Cancel:
    """What waits is thrown away."""


Heard = Raster | Question | Cancel | None
"""None: a command without a consequence here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """How the printer is."""

    paper: bool
    cover_open: bool
    paused: bool
    busy: bool


@dataclass(frozen=True, slots=True)
class Tongue:
    """One printer language, from the printer's side.

    Attributes:
        hear: the first thing in the bytes received, and how many they are; None while it is not whole.
        tell: the answer to a question about the status.
    """

    hear: Callable[[bytes], tuple[int, Heard] | None]
    tell: Callable[[Question, Condition], bytes]


# ── ZPL ───────────────────────────────────────────────────────────────────────────────────────────────────────────

_ZPL_GRAPHIC = re.compile(rb"\^GFA,(\d+),(\d+),(\d+),([0-9A-F]+)")
_ZPL_WIDTH = re.compile(rb"\^PW(\d+)")


def _hear_zpl(data: bytes) -> tuple[int, Heard] | None:
    end = data.find(b"\n")
    if end < 0:
        return None
    line = data[:end]
    if line == b"~HS":
        return end + 1, Question()
    if line == b"~JA":
        return end + 1, Cancel()
    graphic, width = _ZPL_GRAPHIC.search(line), _ZPL_WIDTH.search(line)
    if not (line.startswith(b"^XA") and line.endswith(b"^XZ") and graphic and width):
        return end + 1, None
    size, row_bytes = int(graphic[1]), int(graphic[3])
    return end + 1, Raster(int(width[1]), size // row_bytes, bytes.fromhex(graphic[4].decode()))


def _tell_zpl(_question: Question, now: Condition) -> bytes:
    first = b"030,%d,%d,0240,%03d,0,0,0,000,0,0,0" % (not now.paper, now.paused, now.busy)
    second = b"001,0,%d,0,0,2,4,0,%08d,1,000" % (now.cover_open, now.busy)
    return b"".join(b"\x02%s\x03\r\n" % line for line in (first, second, b"1234,0"))


# ── TSPL ──────────────────────────────────────────────────────────────────────────────────────────────────────────

_TSPL_BITMAP = re.compile(rb"BITMAP 0,0,(\d+),(\d+),0,")


def _hear_tspl(data: bytes) -> tuple[int, Heard] | None:
    if data.startswith(b"\x1b"):
        urgent: dict[bytes, Heard] = {b"\x1b!?": Question(), b"\x1b!.": Cancel()}
        return None if len(data) < 3 else (3, urgent.get(data[:3]))
    bitmap = _TSPL_BITMAP.match(data)
    if bitmap is not None:
        row_bytes, height = int(bitmap[1]), int(bitmap[2])
        end = bitmap.end() + row_bytes * height
        if not data[end:].startswith(b"\r\nPRINT 1,1\r\n"):
            return None
        dots = bytes(byte ^ 0xFF for byte in data[bitmap.end() : end])
        return end + len(b"\r\nPRINT 1,1\r\n"), Raster(row_bytes * 8, height, dots)
    if data.startswith(b"BITMAP"):
        return None
    end = data.find(b"\r\n")
    return None if end < 0 else (end + 2, None)


def _tell_tspl(_question: Question, now: Condition) -> bytes:
    return bytes([now.cover_open << 6 | now.busy << 5 | now.paused << 4 | (not now.paper) << 2])


# ── ESC/POS ───────────────────────────────────────────────────────────────────────────────────────────────────────


_ESCPOS_CLEAR = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"


def _hear_escpos(data: bytes) -> tuple[int, Heard] | None:
    if data.startswith(b"\x10\x04") and len(data) >= 3:
        return 3, Question(data[2])
    if data.startswith(_ESCPOS_CLEAR):
        return len(_ESCPOS_CLEAR), Cancel()
    # DLE ENQ ends an error; a printer without paper has none.
    for head, length in ((b"\x10\x05", 3), (b"\x1b@", 2), (b"\x1dVB", 4)):
        if data.startswith(head) and len(data) >= length:
            return length, None
    if data.startswith(b"\x1dv0") and len(data) >= 8:
        row_bytes, height = int.from_bytes(data[4:6], "little"), int.from_bytes(data[6:8], "little")
        end = 8 + row_bytes * height
        return None if len(data) < end else (end, Raster(row_bytes * 8, height, data[8:end]))
    return None


def _tell_escpos(question: Question, now: Condition) -> bytes:
    offline = now.cover_open or now.paused or not now.paper
    states = {1: offline << 3, 2: now.cover_open << 2 | (not now.paper) << 5, 4: 0 if now.paper else 0x60}
    return bytes([0x12 | states.get(question.number, 0)])


TONGUES: Final[Mapping[str, Tongue]] = MappingProxyType(
    {
        "zpl": Tongue(_hear_zpl, _tell_zpl),
        "tspl": Tongue(_hear_tspl, _tell_tspl),
        "escpos": Tongue(_hear_escpos, _tell_escpos),
    }
)


def labels_in(language: str, data: bytes) -> list[Raster]:
    """The labels in what a driver wrote, as their dots."""
    tongue, found = TONGUES[language], []
    while data and (heard := tongue.hear(data)) is not None:
        data = data[heard[0] :]
        if isinstance(heard[1], Raster):
            found.append(heard[1])
    return found


class SimulatedPrinter:
    """The printer and the hands on it. Every method may be called from any thread.

    Args:
        language: a key of :data:`TONGUES`.
        on_label: called with each label that comes out, in the printer's thread.
    """

    def __init__(self, language: str = "tspl", on_label: Callable[[Raster], None] | None = None) -> None:
        self.language = language
        self._tongue = TONGUES[language]
        self._on_label = on_label
        self._guard = threading.Condition()
        self.labels: list[Raster] = []
        self._waiting: list[Raster] = []
        self._paper_left = 10_000
        self._cover_open = self._paused = self._dumb = False
        self._swallows: int | None = None
        self.port = 0
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def is_plugged(self) -> bool:
        return self._thread is not None

    def plug(self) -> None:
        """Switch it on, at the same port as before. Twice does no harm."""
        if self._thread is not None:
            return
        listener = socket.create_server(("127.0.0.1", self.port))
        self.port = listener.getsockname()[1]
        self._stopping.clear()
        self._thread = threading.Thread(target=self._serve, args=(listener,), name="simulated-printer", daemon=True)
        self._thread.start()

    def unplug(self) -> None:
        """Switch it off; what waited in it is gone. Twice does no harm."""
        if self._thread is None:
            return
        self._stopping.set()
        self._thread.join()
        self._thread = None
        with self._guard:
            self._waiting.clear()

    close = unplug

    # ── the hands ─────────────────────────────────────────────────────────────────────────────────────────────────

    def load_paper(self, labels: int = 10_000) -> None:
        """Put a roll in; what waited for it comes out."""
        with self._guard:
            self._paper_left = labels
        self._print_what_waits()

    def take_paper_out(self) -> None:
        with self._guard:
            self._paper_left = 0

    def open_cover(self) -> None:
        with self._guard:
            self._cover_open = True

    def close_cover(self) -> None:
        with self._guard:
            self._cover_open = False
        self._print_what_waits()

    def pause(self, *, on: bool = True) -> None:
        """Its own key is pressed."""
        with self._guard:
            self._paused = on
        self._print_what_waits()

    def strike_dumb(self, *, on: bool = True) -> None:
        """It answers no question any more, as many network adapters pass none on."""
        with self._guard:
            self._dumb = on

    def swallow(self, most: int | None) -> None:
        """Take so many bytes of the next label and no more; None ends it."""
        with self._guard:
            self._swallows = most

    def wait_for_label(self, count: int = 1, seconds: float = 5.0) -> bool:
        """Whether so many labels have come out."""
        with self._guard:
            return self._guard.wait_for(lambda: len(self.labels) >= count, seconds)

    # ── its thread ────────────────────────────────────────────────────────────────────────────────────────────────

    def _serve(self, listener: socket.socket) -> None:
        with listener:
            while not self._stopping.is_set():
                if select.select([listener], [], [], LOOK_SECONDS)[0]:
                    caller, _ = listener.accept()
                    with caller:
                        self._serve_caller(caller)

    def _serve_caller(self, caller: socket.socket) -> None:
        received, taken = b"", 0
        caller.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        while not self._stopping.is_set():
            if not select.select([caller], [], [], LOOK_SECONDS)[0]:
                continue
            try:
                data = caller.recv(READ_BYTES)
                if not data:
                    return
                taken += len(data)
                if self._swallows is not None and taken > self._swallows:
                    # Closing with bytes unread is a reset: the driver learns that not all was taken.
                    caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
                    return
                received = self._listen(received + data, caller)
            except OSError:
                return

    def _listen(self, received: bytes, caller: socket.socket) -> bytes:
        while received and (heard := self._tongue.hear(received)) is not None:
            received = received[heard[0] :]
            match heard[1]:
                case Raster() as label:
                    with self._guard:
                        self._waiting.append(label)
                    self._print_what_waits()
                case Question() as question:
                    if not self._dumb:
                        caller.sendall(self._tongue.tell(question, self._condition()))
                case Cancel():
                    with self._guard:
                        self._waiting.clear()
        return received

    def _condition(self) -> Condition:
        with self._guard:
            return Condition(
                paper=self._paper_left > 0,
                cover_open=self._cover_open,
                paused=self._paused,
                busy=bool(self._waiting),
            )

    def _print_what_waits(self) -> None:
        printed = []
        with self._guard:
            while self._waiting and self._paper_left and not (self._cover_open or self._paused):
                printed.append(self._waiting.pop(0))
                self._paper_left -= 1
            self.labels.extend(printed)
            self._guard.notify_all()
        for label in printed:
            if self._on_label is not None:
                self._on_label(label)
