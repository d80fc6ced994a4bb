"""A network cable on the loopback: a TCP forwarder that can be cut, mended, slowed and hung, with real sockets.

What is at the near end sees what it would see of a network that goes: refused connections, resets, silence, a trickle.
"""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable
from functools import partial

LOOPBACK = "127.0.0.1"
CHUNK = 16384
CONNECT_SECONDS = 5.0


class Cable:
    """Forwards ``port`` to ``target_port``; the port stays the same through every cut.

    Args:
        target_port: where the server listens, on the loopback.
    """

    def __init__(self, target_port: int) -> None:
        self._target_port = target_port
        # Bound, never listening: keeps the port ours while the cable is cut.
        self._holder = _bound_socket(0)
        self.port: int = self._holder.getsockname()[1]
        self._guard = threading.Lock()
        self._listener: socket.socket | None = None
        self._live: set[socket.socket] = set()
        self._threads: set[threading.Thread] = set()
        self._bytes_per_second: float | None = None
        self._answer_bytes_left: int | None = None
        self._hanging = False
        self._released = threading.Event()
        self._closed = threading.Event()
        self.mend()

    @property
    def url(self) -> str:
        """The near end, for HTTP."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def is_cut(self) -> bool:
        return self._listener is None

    def cut(self) -> None:
        """Refuse new connections and reset those that live. Twice does no harm."""
        with self._guard:
            listener, self._listener = self._listener, None
            live, self._live = self._live, set()
        if listener is not None:
            _close(listener)
        for end in live:
            _reset(end)

    def mend(self) -> None:
        """Take connections again, on the same port, with no speed limit and no hanging."""
        self._bytes_per_second = None
        self._answer_bytes_left = None
        self._hanging = False
        self._released.set()
        self._released = threading.Event()
        with self._guard:
            if self._listener is not None or self._closed.is_set():
                return
            self._listener = listener = _bound_socket(self.port)
            listener.listen(64)
        self._start(partial(self._accept, listener), "cable")

    def slow(self, bytes_per_second: float | None) -> None:
        """Let answers through at this rate only; None lifts the limit."""
        self._bytes_per_second = bytes_per_second

    def hang(self) -> None:
        """Accept everything and forward nothing, until mended or cut."""
        self._hanging = True

    def break_answer_after(self, count: int) -> None:
        """Cut the connection once, after ``count`` more bytes of answers."""
        self._answer_bytes_left = count

    def close(self) -> None:
        """Cut for good and give the port back. Twice does no harm."""
        self._closed.set()
        self._released.set()
        self.cut()
        self._holder.close()
        for thread in tuple(self._threads):
            thread.join(CONNECT_SECONDS)

    # ── threads ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _start(self, run: Callable[[], None], name: str) -> None:
        def body() -> None:
            try:
                run()
            finally:
                self._threads.discard(threading.current_thread())

        thread = threading.Thread(target=body, name=name, daemon=True)
        self._threads.add(thread)
        thread.start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            if self._keep(near):
                self._start(partial(self._connect, near), "cable-connection")

    def _keep(self, end: socket.socket) -> bool:
        """Count a socket among the living; False, and closed, if the cable was cut meanwhile."""
        with self._guard:
            is_alive = self._listener is not None
            if is_alive:
                self._live.add(end)
        if not is_alive:
            _reset(end)
        return is_alive

    def _drop(self, *ends: socket.socket) -> None:
        """Close the ends that a cut has not reset already."""
        with self._guard:
            mine = self._live.intersection(ends)
            self._live -= mine
        for end in mine:
            _close(end)

    def _connect(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection((LOOPBACK, self._target_port), CONNECT_SECONDS)
        except OSError:
            self._drop(near)
            return
        far.settimeout(None)
        if not self._keep(far):
            self._drop(near)
            return
        self._start(partial(self._pump, near, far, is_answer=False), "cable-there")
        self._pump(far, near, is_answer=True)
        self._drop(near, far)

    def _pump(self, source: socket.socket, sink: socket.socket, *, is_answer: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(CHUNK):
                if self._hanging:
                    self._released.wait()
                if is_answer:
                    self._send_answer(sink, data)
                else:
                    sink.sendall(data)
            with self._guard:
                is_whole = sink in self._live
            if is_whole:
                # Handed on as it came; a cut is no orderly end.
                sink.shutdown(socket.SHUT_WR)

    def _send_answer(self, sink: socket.socket, data: bytes) -> None:
        left = self._answer_bytes_left
        if left is not None:
            self._answer_bytes_left = left - len(data) if len(data) < left else None
            if len(data) >= left:
                sink.sendall(data[:left])
                raise OSError("broken off")
        while data:
            rate = self._bytes_per_second
            count = len(data) if rate is None else max(1, int(rate / 10))
            sink.sendall(data[:count])
            data = data[count:]
            if rate is not None:
                self._closed.wait(count / rate)


def _bound_socket(port: int) -> socket.socket:
    end = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    end.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        end.bind((LOOPBACK, port))
    except OSError:
        end.close()
        raise
    return end


def _close(end: socket.socket) -> None:
    # Shutting down first wakes a thread that waits in accept or recv.
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()


def _reset(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    # The reset goes out when nobody holds the socket any more; what waits in recv is woken by the shutdown.
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RD)
    end.close()
