"""A gestion-compte server over HTTP: the routes, redirects, cookies and tokens of 1.47.2 and of master of July 2026."""

import threading
from collections.abc import Callable
from datetime import datetime

from kiosk.backends.gestion_compte.fake.coop import FakeCoop
from kiosk.backends.gestion_compte.fake.routes import Routes, Setup
from kiosk.backends.gestion_compte.fake.sessions import FakeSessions
from kiosk.backends.reference_faults import Faults
from kiosk.backends.reference_serving import Serving
from kiosk.clock import Clock


class FakeServer:
    """The server on a thread of its own.

    Args:
        coop: what it serves.
        clock: the server's own, which may differ from the terminal's.
        setup: how it is set up.
        refresh: called with the coop and the time before each request.
        port: 0 takes a free one, and keeps it over stop and start.
    """

    def __init__(
        self,
        coop: FakeCoop,
        clock: Clock,
        setup: Setup | None = None,
        *,
        refresh: Callable[[FakeCoop, datetime], None] | None = None,
        port: int = 0,
    ) -> None:
        self.coop = coop
        self.clock = clock
        self.setup = setup or Setup()
        self.lock = threading.Lock()
        self.sessions = FakeSessions()
        self.requests: list[tuple[str, str]] = []
        """Method and path of each request, in the order in which they came."""
        self._refresh = refresh
        self.faults = Faults(Routes(self).application().wsgi_app)
        self._serving = Serving(self.faults, clock, port=port, name="fake-gestion-compte")

    @property
    def port(self) -> int:
        return self._serving.port

    @property
    def url(self) -> str:
        return self._serving.url

    def refresh(self) -> None:
        """Take in what changed at the coop's source; called before each request."""
        if self._refresh is not None:
            self._refresh(self.coop, self.clock.now())

    def start(self) -> None:
        self._serving.start()

    def stop(self) -> None:
        """Close all connections; what happened stays. Twice does no harm."""
        self.faults.release()
        self._serving.stop()

    def answer_next(self, body: str, status: int = 200, **headers: str) -> None:
        """Answer one request with this, whatever it asks. Header names take _ for -."""
        self.faults.answer_next(body.encode(), status, "text/html; charset=UTF-8", **headers)
