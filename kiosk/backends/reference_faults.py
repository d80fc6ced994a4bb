"""Ways in which a server can misbehave, on demand: a layer between the socket and the reference server."""

import threading
from collections.abc import Callable, Iterable
from http import HTTPStatus
from socket import SHUT_RDWR
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

Body: TypeAlias = "Iterable[bytes]"


class Faults:
    """A WSGI application around another one. All methods may be called while it serves."""

    def __init__(self, application: "WSGIApplication") -> None:
        self._application = application
        self._guard = threading.Lock()
        self._answers: list[tuple[int, bytes, list[tuple[str, str]]]] = []
        self._lost = 0
        self._spared = 0
        self._seconds = 0.0
        self._hurry = threading.Event()

    def answer_next(
        self, body: bytes, status: int = 200, content_type: str = "application/json", **headers: str
    ) -> None:
        """Answer one request with this, whatever it asks, and do nothing else. Header names take _ for -."""
        extra = [(name.replace("_", "-"), value) for name, value in headers.items()]
        with self._guard:
            self._answers.append((status, body, [("Content-Type", content_type), *extra]))

    def lose_next_answer(self, after: int = 0) -> None:
        """Do what the next request asks, or the next ``after`` so many, then close the connection without a word."""
        with self._guard:
            self._spared = after
            self._lost += 1

    def delay(self, seconds: float) -> None:
        """Let every answer wait so long from now on."""
        self._hurry.clear()
        self._seconds = seconds

    def release(self) -> None:
        """Let go at once of whatever waits."""
        self._hurry.set()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Body:
        if self._seconds:
            self._hurry.wait(self._seconds)
        with self._guard:
            planned = self._answers.pop(0) if self._answers else None
            is_lost = planned is None and self._lost > 0 and self._spared == 0
            self._spared = max(0, self._spared - 1)
            self._lost -= is_lost
        if planned is not None:
            status, body, headers = planned
            # What was sent is read, so that closing is no reset.
            environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            start_response(f"{status} {HTTPStatus(status).phrase}", [*headers, ("Content-Length", str(len(body)))])
            return [body]
        if is_lost:
            self._swallow(environ)
        return self._application(environ, start_response)

    def _swallow(self, environ: "WSGIEnvironment") -> None:
        def nowhere(*_: Any) -> Callable[[bytes], object]:
            return len

        for _ in self._application(environ, nowhere):
            pass
        environ["werkzeug.socket"].shutdown(SHUT_RDWR)
        raise ConnectionAbortedError("the answer is lost on purpose")
