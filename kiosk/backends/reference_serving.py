"""A WSGI application on a thread of its own, on the loopback, that can be stopped at once and started again."""

import contextlib
import threading
from email.utils import format_datetime
from socket import SHUT_RDWR, socket
from typing import TYPE_CHECKING, Final

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from kiosk.clock import Clock

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

JOIN_SECONDS: Final = 5.0


class Serving:
    """Serves from ``start`` to ``stop``, as often as one likes.

    Args:
        application: what answers.
        clock: the server's own, told in the Date header.
        host: where it listens.
        port: 0 takes a free one, and keeps it over stop and start.
        name: of the thread.
    """

    def __init__(
        self, application: "WSGIApplication", clock: Clock, *, host: str = "127.0.0.1", port: int = 0, name: str
    ) -> None:
        self._application = application
        self._host = host
        self._name = name
        self.port = port
        self._server: BaseWSGIServer | None = None
        self._thread: threading.Thread | None = None
        self._live: set[socket] = set()
        self._handler = type("Handler", (_Handler,), {"live": self._live, "server_clock": clock})

    @property
    def url(self) -> str:
        return f"http://{self._host}:{self.port}"

    def start(self) -> None:
        """Serve; returns when connections are accepted."""
        self._server = make_server(
            self._host, self.port, self._application, threaded=True, request_handler=self._handler
        )
        self.port = self._server.port
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, name=self._name, daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Close all connections. Twice does no harm."""
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join(JOIN_SECONDS)
            for end in tuple(self._live):
                with contextlib.suppress(OSError):
                    end.shutdown(SHUT_RDWR)
        self._server = self._thread = None


class _Handler(WSGIRequestHandler):
    """Werkzeug's, silent, and known to the server so that it can be closed."""

    live: set[socket]
    server_clock: Clock

    def setup(self) -> None:
        super().setup()
        self.live.add(self.connection)

    def finish(self) -> None:
        self.live.discard(self.connection)
        super().finish()

    def date_time_string(self, timestamp: float | None = None) -> str:  # noqa: ARG002  http.server's own signature
        """The Date header, by the server's own clock."""
        return format_datetime(self.server_clock.now(), usegmt=True)

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002  werkzeug's own name
        """Nothing: paths and queries stay out of logs."""
