"""How bytes reach a printer, whatever language it speaks: TCP, the kernel's USB printer device, CUPS, or a file.

A port is opened for each label and closed again: a printer that is switched off in between costs nothing. What it
writes is written whole, or that is a failure.
"""

import errno
import fcntl
import os
import select
import socket
import stat
import struct
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, Protocol

from kiosk.devices.labels.language import PrinterStatus
from kiosk.errors import DeviceError
from kiosk.events import PrintTrouble

RAW_PORT: Final = 9100
OPEN_SECONDS: Final = 2.0
WRITE_SECONDS: Final = 5.0
COMMAND_SECONDS: Final = 5.0
EMPTY_SECONDS: Final = 0.02
"""From one empty packet of a printer to the next."""
LPGETSTATUS: Final = 0x060B
"""Of linux/lp.h; also answered by usblp."""
_PAPER_OUT, _SELECTED, _NO_ERROR = 0x20, 0x10, 0x08
_WAITS: Final = "Waiting for printer to become available"
"""What the backends of CUPS say while the cable is out; the queue itself runs on."""


class PartialWrite(DeviceError):
    """Error raised when a printer took a part of a label and no more."""


class Connection(Protocol):
    """An open way to a printer."""

    def write(self, data: bytes) -> None:
        """Hand everything over.

        Raises:
            PartialWrite: only a part was taken.
            OSError: nothing was.
        """

    def ask(self, question: bytes, is_whole: Callable[[bytes], bool], seconds: float) -> bytes:
        """The answer to a question about the printer; what has come after ``seconds``, be it nothing.

        Raises:
            OSError: the printer is gone.
        """

    def hint(self) -> PrinterStatus | None:
        """What the way itself knows of the printer; None: nothing."""

    def discard(self, cancel: bytes) -> None:
        """Throw away what waits, so that no stale label comes out later. Never raises."""

    def close(self) -> None: ...


class PrinterPort(Protocol):
    """Where a printer is."""

    def open(self) -> Connection:
        """Raises OSError: it is not there, or another program holds it."""


def write_whole(data: bytes, send: Callable[[bytes], int]) -> None:
    """Send all of ``data`` in as many pieces as ``send`` takes.

    Args:
        data: a whole label.
        send: takes the rest, returns how many bytes of it went; raises OSError when no more will.

    Raises:
        PartialWrite: some went.
        OSError: none did.
    """
    sent = 0
    while sent < len(data):
        try:
            sent += send(data[sent:])
        except OSError as fault:
            if sent:
                raise PartialWrite(f"{sent} of {len(data)} bytes were taken ({fault})") from fault
            raise


# ── TCP ───────────────────────────────────────────────────────────────────────────────────────────────────────────


class TcpPort:
    """A printer in the network, on its raw port."""

    def __init__(self, host: str, port: int = RAW_PORT) -> None:
        self._address = (host, port)

    def __str__(self) -> str:
        return f"{self._address[0]}:{self._address[1]}"

    def open(self) -> "_TcpConnection":
        try:
            return _TcpConnection(socket.create_connection(self._address, OPEN_SECONDS))
        except (UnicodeError, OverflowError) as fault:
            # What a name or a port can never be, no OSError says.
            raise DeviceError(f"{self} is no address: {fault}") from fault


class _TcpConnection:
    def __init__(self, peer: socket.socket) -> None:
        self._peer = peer
        peer.settimeout(WRITE_SECONDS)

    def write(self, data: bytes) -> None:
        write_whole(data, self._peer.send)

    def ask(self, question: bytes, is_whole: Callable[[bytes], bool], seconds: float) -> bytes:
        self._peer.sendall(question)
        return _gather(self._receive, self._peer.fileno(), is_whole, seconds)

    def _receive(self) -> bytes:
        data = self._peer.recv(256)
        if not data:
            raise DeviceError("the printer hung up")
        return data

    def hint(self) -> PrinterStatus | None:
        return None

    def discard(self, cancel: bytes) -> None:
        _quietly(lambda: self._peer.sendall(cancel))

    def close(self) -> None:
        self._peer.close()


def _gather(receive: Callable[[], bytes], file: int, is_whole: Callable[[bytes], bool], seconds: float) -> bytes:
    """Bytes until they are a whole answer, or ``seconds`` have passed."""
    answer = b""
    ends_at = time.monotonic() + seconds
    while (left := ends_at - time.monotonic()) > 0 and not is_whole(answer):
        if not select.select([file], [], [], left)[0]:
            break
        answer += receive()
    return answer


def _quietly(call: Callable[[], object]) -> None:
    try:
        call()
    except OSError:
        # The printer is gone, and with it whatever waited in it.
        return


# ── the kernel's printer device, and files ────────────────────────────────────────────────────────────────────────


class FilePort:
    """A device of the kernel (``/dev/usb/lp0``), a FIFO, or a file that each label replaces."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __str__(self) -> str:
        return str(self._path)

    def open(self) -> "_FileConnection":
        is_device = self._path.exists() and stat.S_ISCHR(self._path.stat().st_mode)
        flags = os.O_RDWR if is_device else os.O_WRONLY | os.O_CREAT
        return _FileConnection(os.open(self._path, flags | os.O_NONBLOCK | os.O_CLOEXEC, 0o640))


class _FileConnection:
    def __init__(self, file: int) -> None:
        self._file = file
        mode = os.fstat(file).st_mode
        self._is_device = stat.S_ISCHR(mode)
        self._is_regular = stat.S_ISREG(mode)

    def write(self, data: bytes) -> None:
        if self._is_regular:
            os.ftruncate(self._file, 0)
        write_whole(data, self._send)
        if self._is_device and not self._takes_more():
            raise PartialWrite("the last bytes were not taken")

    def _takes_more(self) -> bool:
        """Whether all that was written has been taken; closing usblp throws away what is on its way by then."""
        return bool(select.select([], [self._file], [], WRITE_SECONDS)[1])

    def _send(self, rest: bytes) -> int:
        if not self._takes_more():
            raise TimeoutError(errno.ETIMEDOUT, "the printer takes nothing more")
        try:
            return os.write(self._file, rest)
        except BlockingIOError:
            return 0

    def ask(self, question: bytes, is_whole: Callable[[bytes], bool], seconds: float) -> bytes:
        if not self._is_device:
            return b""
        # Not waited for: a printer without paper may take no question, and its paper is told by the hint.
        write_whole(question, self._send)
        return _gather(self._receive, self._file, is_whole, seconds)

    def _receive(self) -> bytes:
        """What there is. Many printers send empty packets while they have nothing to say."""
        with suppress(BlockingIOError):
            if data := os.read(self._file, 256):
                return data
        time.sleep(EMPTY_SECONDS)
        return b""

    def hint(self) -> PrinterStatus | None:
        """What the USB printer class knows: paper, selected, error."""
        if not self._is_device:
            return None
        try:
            (lines,) = struct.unpack("i", fcntl.ioctl(self._file, LPGETSTATUS, struct.pack("i", 0)))
        except OSError:
            return None
        if lines & _PAPER_OUT:
            return PrinterStatus(trouble=PrintTrouble.PAPER)
        return PrinterStatus(trouble=PrintTrouble.FAULT) if not lines & _NO_ERROR else None

    def discard(self, cancel: bytes) -> None:
        if self._is_device:
            _quietly(lambda: self.write(cancel))

    def close(self) -> None:
        file, self._file = self._file, -1
        if file >= 0:
            os.close(file)


# ── CUPS ──────────────────────────────────────────────────────────────────────────────────────────────────────────


class CupsPort:
    """A raw queue of CUPS that nobody else prints on.

    Args:
        queue: its name.
        run: runs a command with its input; by default the real one.
    """

    def __init__(self, queue: str, run: Callable[[tuple[str, ...], bytes], str] | None = None) -> None:
        self._queue = queue
        self._run = run or _run

    def __str__(self) -> str:
        return f"CUPS queue {self._queue}"

    def open(self) -> "_CupsConnection":
        return _CupsConnection(self._queue, self._run)


class _CupsConnection:
    def __init__(self, queue: str, run: Callable[[tuple[str, ...], bytes], str]) -> None:
        self._queue = queue
        self._run = run

    def write(self, data: bytes) -> None:
        self._run(("lp", "-d", self._queue, "-o", "raw", "-s"), data)

    def ask(self, question: bytes, is_whole: Callable[[bytes], bool], seconds: float) -> bytes:  # noqa: ARG002 - no way back
        return b""

    def hint(self) -> PrinterStatus | None:
        """What ``lpstat`` says: someone paused the queue, the printer was not reached, or a label waits for it."""
        told = self._run(("lpstat", "-p", self._queue), b"")
        away = " disabled " in told or (" now printing " in told and _WAITS in told)
        return PrinterStatus(trouble=PrintTrouble.OFFLINE) if away else None

    def discard(self, cancel: bytes) -> None:  # noqa: ARG002 - what waits, waits in the queue
        _quietly(lambda: self._run(("cancel", "-a", self._queue), b""))

    def close(self) -> None:
        pass


def _run(command: tuple[str, ...], given: bytes) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - a fixed program, and a queue whose name the configuration has checked
            command,
            input=given,
            capture_output=True,
            timeout=COMMAND_SECONDS,
            check=True,
            env=os.environ | {"LC_ALL": "C"},
        )
    except subprocess.SubprocessError as fault:
        raise DeviceError(f"{command[0]}: {fault}") from fault
    return done.stdout.decode(errors="replace")
