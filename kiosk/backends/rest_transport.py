"""HTTP that always comes back: every exchange is bounded in time, in size and to one host.

requests bounds the wait for each piece of an answer, not the answer: a server that sends a byte a second holds it for
ever, in the headers already. Here one deadline bounds every read from the socket.
"""

import io
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import Any, Final, Protocol

import requests
from requests.adapters import HTTPAdapter
from requests.cookies import RequestsCookieJar
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from kiosk.backends.base import SIGN_OF_LIFE
from kiosk.errors import BackendUnavailable

LARGEST_ANSWER: Final = 16 * 1024 * 1024
"""Bytes, unpacked."""
PIECE: Final = 16 * 1024
NOT_MODIFIED: Final = 304
CONNECT_SECONDS: Final = 4.0


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """A whole answer. Header names are matched without regard to case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Exchanger(Protocol):
    """Whoever carries a request to a server and a whole answer back."""

    def exchange(
        self,
        method: str,
        path: str,
        seconds: float,
        *,
        query: Mapping[str, str] | None = None,
        json: object = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> HttpAnswer:
        """One request and its whole answer, within ``seconds``; raises BackendUnavailable where there is none."""

    def close(self) -> None:
        """Let go of all connections. Twice does no harm."""


class Deadline:
    """The moment, in monotonic seconds of this machine, after which nothing is read any more.

    Not the injected clock: sockets wait in the machine's own time.
    """

    def __init__(self) -> None:
        self._at = 0.0

    def start(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds left.

        Raises:
            TimeoutError: none are.
        """
        left = self._at - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer took too long")
        return left


class _BoundedReader(io.RawIOBase):
    """The receiving half of a socket, up to a deadline."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock = sock
        self._deadline = deadline
        self._raw = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._deadline.left())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


def _bounded_pools(deadline: Deadline) -> dict[str, type[HTTPConnectionPool]]:
    """urllib3's pools, whose connections read their answers up to ``deadline``."""

    class Response(HTTPResponse):
        def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
            super().__init__(sock, *args, **kwargs)
            self.fp.close()
            self.fp = io.BufferedReader(_BoundedReader(sock, deadline))

    class Plain(HTTPConnection):
        response_class = Response

    class Secure(HTTPSConnection):
        response_class = Response

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


class _BoundedAdapter(HTTPAdapter):
    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        super().__init__(pool_maxsize=1)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **kwargs: Any) -> None:
        self.poolmanager = PoolManager(num_pools=connections, maxsize=maxsize, block=block, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _bounded_pools(self._deadline)


class _Line:
    """One thread's session and its deadline."""

    def __init__(self, headers: Mapping[str, str], ca_file: str | None, cookies: RequestsCookieJar | None) -> None:
        self.deadline = Deadline()
        self.session = requests.Session()
        if cookies is not None:
            self.session.cookies = cookies
        # No proxy and no .netrc of whoever runs this: the first would see members' names, the second replace the token.
        self.session.trust_env = False
        self.session.verify = ca_file or True
        self.session.headers.update(headers)
        for scheme in ("http://", "https://"):
            self.session.mount(scheme, _BoundedAdapter(self.deadline))


class Transport:
    """Exchanges with one server, from any thread; each thread has its own connection.

    Args:
        url: scheme, host and perhaps a path in front of ``/v1``.
        token: the bearer token (RFC 6750); None where the server is told otherwise who asks.
        ca_file: certificates to trust instead of the machine's.
        cookies: where all threads keep them, for a server with sessions; None: each thread has its own.
    """

    def __init__(
        self, url: str, token: str | None, ca_file: str | None = None, cookies: RequestsCookieJar | None = None
    ) -> None:
        self._url = url.rstrip("/")
        self._headers = {"Accept": "application/json, application/problem+json", "User-Agent": "coop-kiosk"}
        if token is not None:
            self._headers["Authorization"] = f"Bearer {token}"
        self._ca_file = ca_file
        self._cookies = cookies
        self._lines = threading.local()
        self._all: list[_Line] = []
        self._guard = threading.Lock()

    def exchange(
        self,
        method: str,
        path: str,
        seconds: float,
        *,
        query: Mapping[str, str] | None = None,
        json: object = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> HttpAnswer:
        """One request and its whole answer, within ``seconds``. The body is ``json`` or the fields of ``form``.

        Raises:
            BackendUnavailable: no whole answer came in time and of a bearable size.
        """
        SIGN_OF_LIFE.get()()
        line = self._line()
        line.deadline.start(seconds)
        try:
            with line.session.request(
                method,
                self._url + path,
                params=query,
                json=json,
                data=form,
                headers=headers,
                timeout=(min(CONNECT_SECONDS, seconds), seconds),
                allow_redirects=False,
                stream=True,
            ) as response:
                return HttpAnswer(response.status_code, response.headers, _read(response))
        except (requests.RequestException, HTTPError, HTTPException, OSError, ValueError) as fault:
            # ValueError: what urllib3 and http.client say of some malformed headers and chunks.
            raise BackendUnavailable(_in_words(fault)) from fault

    def close(self) -> None:
        """Close every thread's connection. Twice does no harm."""
        with self._guard:
            lines, self._all = self._all, []
        self._lines = threading.local()
        for line in lines:
            line.session.close()

    def _line(self) -> _Line:
        line: _Line | None = getattr(self._lines, "line", None)
        if line is None:
            line = self._lines.line = _Line(self._headers, self._ca_file, self._cookies)
            with self._guard:
                self._all.append(line)
        return line


def _read(response: requests.Response) -> bytes:
    pieces = []
    size = 0
    for piece in response.iter_content(PIECE):
        size += len(piece)
        if size > LARGEST_ANSWER:
            raise BackendUnavailable("the answer is too large")
        pieces.append(piece)
    # Of what has not changed it may say how long that is, and send nothing (RFC 9110, 8.6).
    length = None if response.status_code == NOT_MODIFIED else response.headers.get("Content-Length")
    if length is not None and "Content-Encoding" not in response.headers and length != str(size):
        raise BackendUnavailable("the answer broke off")
    return b"".join(pieces)


def _in_words(fault: BaseException) -> str:
    """What went wrong, without the address: it stands in the log line once, and may carry a name."""
    if isinstance(fault, BackendUnavailable):
        return str(fault)
    if isinstance(fault, requests.exceptions.SSLError):
        return "the server's certificate is not trusted"
    if isinstance(fault, requests.exceptions.ConnectTimeout):
        return "the server cannot be reached in time"
    if isinstance(fault, TimeoutError | requests.exceptions.Timeout) or "timed out" in str(fault):
        return "the answer took too long"
    if isinstance(fault, requests.exceptions.ConnectionError):
        return "the server cannot be reached"
    return f"the answer cannot be read ({type(fault).__name__})"
