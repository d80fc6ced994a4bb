"""A picture of what a compositor draws on its first output, by wlr-screencopy.

cage 0.1.4 hands a window that fills the output straight to it, and draws nothing itself. Whoever then asks for a
picture has one drawn, but only where something has changed since cage last drew: it is cut, or as black as before the
window came. So two are asked for at once. Until the second is taken nothing is handed on, and it is taken only after
the window has changed and cage has drawn all of it.
"""

import mmap
import os
import socket
import struct
from dataclasses import dataclass
from itertools import count
from pathlib import Path

DISPLAY, REGISTRY = 1, 2
# By their place in the protocols: what is asked of an object, and what it tells.
SYNC, GET_REGISTRY, BIND, CREATE_POOL, CREATE_BUFFER, CAPTURE_OUTPUT, COPY_WITH_DAMAGE = 0, 1, 0, 0, 0, 0, 2
ERROR, GLOBAL, DONE, BUFFER, READY, FAILED = 0, 0, 0, 0, 2, 3
XRGB8888 = 1
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Picture:
    """Three bytes a pixel, row by row from above."""

    width: int
    height: int
    pixels: bytes

    def write(self, path: Path) -> None:
        path.write_bytes(b"P6\n%d %d\n255\n" % (self.width, self.height) + self.pixels)


class Client:
    """Speaks the wire protocol of Wayland.

    Raises:
        OSError: nobody listens, nothing is heard for a minute, or the compositor has ended.
        RuntimeError: what the compositor finds wrong.
    """

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(PATIENCE_SECONDS)
        self._socket.connect(str(path))
        self._heard = self._socket.makefile("rb")
        self._ids = count(REGISTRY)
        self._globals = self._look()

    def new(self) -> int:
        return next(self._ids)

    def ask(self, of: int, request: int, body: bytes, *files: int) -> None:
        message = struct.pack("=IHH", of, request, 8 + len(body)) + body
        socket.send_fds(self._socket, [message], files)

    def hear(self) -> tuple[int, int, bytes]:
        """The next event: whose, which, and what belongs to it."""
        head = self._heard.read(8)
        if len(head) < 8:
            raise ConnectionError("the compositor has ended")
        whose, event, length = struct.unpack("=IHH", head)
        body = self._heard.read(length - 8)
        if (whose, event) == (DISPLAY, ERROR):
            raise RuntimeError(body.decode(errors="replace"))
        return whose, event, body

    def wait(self, of: int, *events: int) -> tuple[int, bytes]:
        """The first of these events; all others are passed over."""
        while True:
            whose, event, body = self.hear()
            if whose == of and event in events:
                return event, body

    def bind(self, interface: str, version: int) -> int:
        made = self.new()
        name = interface.encode() + b"\0"
        padded = struct.pack("=I", len(name)) + name + bytes(-len(name) % 4)
        number = struct.pack("=I", self._globals[interface])
        self.ask(REGISTRY, BIND, number + padded + struct.pack("=II", version, made))
        return made

    def _look(self) -> dict[str, int]:
        """The number of each interface that there is; of several outputs, the first."""
        self.ask(DISPLAY, GET_REGISTRY, struct.pack("=I", self.new()))
        over = self.new()
        self.ask(DISPLAY, SYNC, struct.pack("=I", over))
        found: dict[str, int] = {}
        while (heard := self.hear())[:2] != (over, DONE):
            whose, event, body = heard
            if (whose, event) == (REGISTRY, GLOBAL):
                number, length = struct.unpack_from("=II", body)
                found.setdefault(body[8 : 8 + length - 1].decode(), number)
        return found


class Frame:
    """A picture that the compositor is to lay into memory of ours."""

    def __init__(self, client: Client, memory: int, manager: int, output: int) -> None:
        self._client, self._id = client, client.new()
        client.ask(manager, CAPTURE_OUTPUT, struct.pack("=IiI", self._id, 0, output))
        layout, self._width, self._height, stride = struct.unpack("=4I", client.wait(self._id, BUFFER)[1])
        assert (layout, stride) == (XRGB8888, self._width * 4), (layout, stride)
        size = stride * self._height
        shape = (self._width, self._height, stride, layout)
        file = os.memfd_create("picture")
        os.ftruncate(file, size)
        self._memory = mmap.mmap(file, size)
        pool, self._buffer = client.new(), client.new()
        client.ask(memory, CREATE_POOL, struct.pack("=Ii", pool, size), file)
        os.close(file)
        client.ask(pool, CREATE_BUFFER, struct.pack("=I4iI", self._buffer, 0, *shape))

    def begin(self) -> None:
        self._client.ask(self._id, COPY_WITH_DAMAGE, struct.pack("=I", self._buffer))

    def taken(self) -> Picture:
        event, _ = self._client.wait(self._id, READY, FAILED)
        assert event == READY, "the compositor takes no picture"
        pixels = bytearray(self._width * self._height * 3)
        for channel in range(3):
            # They lie as blue, green, red, nothing.
            pixels[channel::3] = self._memory[2 - channel :: 4]
        return Picture(self._width, self._height, bytes(pixels))


def take_picture(path: Path) -> Picture:
    """A picture of the output of the compositor that listens at ``path``, taken after the next change on it."""
    client = Client(path)
    memory, output = client.bind("wl_shm", 1), client.bind("wl_output", 1)
    manager = client.bind("zwlr_screencopy_manager_v1", 2)
    first, second = (Frame(client, memory, manager, output) for _ in range(2))
    first.begin()
    second.begin()
    return second.taken()
