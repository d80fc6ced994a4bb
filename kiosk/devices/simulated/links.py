"""The cable of a simulated serial device: a pseudo terminal, or a port of the network as a serial server has one."""

import contextlib
import os
import socket
import tty
from pathlib import Path
from typing import Protocol

READ_BYTES = 256


class Link(Protocol):
    """A cable that can be pulled. Used by one thread, but for :meth:`plug` and :meth:`unplug` while none runs."""

    @property
    def url(self) -> str:
        """What pySerial opens."""

    def plug(self) -> None: ...
    def unplug(self) -> None: ...
    def readable(self) -> list[int]:
        """The file descriptors to wait for."""

    def read(self) -> bytes:
        """What has come; nothing where a descriptor was ready for another reason."""

    def write(self, data: bytes) -> None:
        """Say something; nobody may be there to hear it."""


class PtyLink:
    """A pseudo terminal behind a path: a new one each time, as an adapter gets a new device behind its name."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._master = -1
        self._slave = -1

    @property
    def url(self) -> str:
        return str(self.path)

    def plug(self) -> None:
        self._master, self._slave = os.openpty()
        # Until it is raw, the terminal would echo the device's own answers back to it.
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        fresh = self.path.with_name(self.path.name + ".new")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(os.ttyname(self._slave))
        fresh.replace(self.path)

    def unplug(self) -> None:
        self.path.unlink(missing_ok=True)
        for descriptor in (self._master, self._slave):
            os.close(descriptor)

    def readable(self) -> list[int]:
        return [self._master]

    def read(self) -> bytes:
        return os.read(self._master, READ_BYTES)

    def write(self, data: bytes) -> None:
        # Nobody reads. A device does not wait for anyone either.
        with contextlib.suppress(BlockingIOError):
            os.write(self._master, data)


class TcpLink:
    """A port of this machine; one caller at a time, the newest one."""

    def __init__(self, port: int = 0) -> None:
        self._port = port
        self._listener: socket.socket | None = None
        self._caller: socket.socket | None = None

    @property
    def url(self) -> str:
        return f"socket://127.0.0.1:{self._port}"

    def plug(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self._port))
        self._listener.setblocking(False)
        # The same after it was pulled: a serial server keeps its address.
        self._port = self._listener.getsockname()[1]

    def unplug(self) -> None:
        self._hang_up()
        if self._listener is not None:
            self._listener.close()

    def readable(self) -> list[int]:
        return [end.fileno() for end in (self._listener, self._caller) if end is not None]

    def read(self) -> bytes:
        self._accept()
        if self._caller is None:
            return b""
        try:
            data = self._caller.recv(READ_BYTES)
        except BlockingIOError:
            return b""
        except OSError:
            data = b""
        if not data:
            self._hang_up()
        return data

    def write(self, data: bytes) -> None:
        if self._caller is not None:
            with contextlib.suppress(OSError):
                self._caller.send(data)

    def _accept(self) -> None:
        assert self._listener is not None
        with contextlib.suppress(BlockingIOError):
            caller, _ = self._listener.accept()
            self._hang_up()
            caller.setblocking(False)
            self._caller = caller

    def _hang_up(self) -> None:
        caller, self._caller = self._caller, None
        if caller is not None:
            caller.close()
