"""A server that says what it is told, byte for byte: for answers that no decent server gives."""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.errors import BackendUnavailable

CERTIFICATE = Path(__file__).with_name("tls") / "certificate.pem"
"""For 127.0.0.1, signed by itself; its key lies beside it and protects nothing."""


class ScriptedServer:
    """Answers each connection, one after the other.

    Args:
        answer: the bytes, or what makes them of the request.
        bytes_at_once: so many are sent, then nothing for ``pause_seconds``.
        tls: speaks TLS with the certificate of the tests.
    """

    def __init__(
        self,
        answer: bytes | Callable[[bytes], bytes],
        bytes_at_once: int = 65536,
        pause_seconds: float = 0.0,
        *,
        tls: bool = False,
    ) -> None:
        self._answer = answer
        self._step = bytes_at_once
        self._pause = pause_seconds
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._stopped = threading.Event()
        self.requests: list[bytes] = []
        self._tls = None
        if tls:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(CERTIFICATE, CERTIFICATE.with_name("key.pem"))
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def _serve(self) -> None:
        while not self._stopped.is_set():
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            with contextlib.ExitStack() as stack:
                stack.enter_context(contextlib.suppress(OSError))
                stack.enter_context(near)
                if self._tls is not None:
                    near = stack.enter_context(self._tls.wrap_socket(near, server_side=True))
                self.requests.append(near.recv(65536))
                answer = self._answer if isinstance(self._answer, bytes) else self._answer(self.requests[-1])
                for start in range(0, len(answer), self._step):
                    near.sendall(answer[start : start + self._step])
                    if self._stopped.wait(self._pause):
                        return

    @contextlib.contextmanager
    def serving(self) -> Iterator["ScriptedServer"]:
        self._thread.start()
        try:
            yield self
        finally:
            self._stopped.set()
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._thread.join(5)
            assert not self._thread.is_alive()


def http(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    lines = [
        f"HTTP/1.1 {status}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "Connection: close",
        *headers,
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def seconds_of(ask: Callable[[], object]) -> float:
    """How long it takes until this gets no answer."""
    begun = time.monotonic()
    with pytest.raises(BackendUnavailable):
        ask()
    return time.monotonic() - begun
