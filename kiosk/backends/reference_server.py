"""A whole server of the REST contract (docs/rest.md): for the demo, the tour, the tests, and as an example to build on.

It serves the coop of a folder (docs/folder.md), keeps events and bookings, and can be told to misbehave.
"""

import contextlib
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Collection
from datetime import tzinfo
from email.utils import format_datetime
from pathlib import Path
from socket import SHUT_RDWR, socket
from typing import Any, Final

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from kiosk.backends.folder_reader import HashCard
from kiosk.backends.folder_tables import CAPABILITIES
from kiosk.backends.reference_coop import ReferenceCoop, problem
from kiosk.backends.reference_faults import Faults
from kiosk.backends.reference_store import Answer, CursorGone, ReferenceStore
from kiosk.backends.rest_json import fact_from, hash_from, read_object, read_text, to_json
from kiosk.clock import Clock
from kiosk.types import DELIVERED, Fact, FactKind

PAGE_ROWS: Final = 400
LARGEST_REQUEST: Final = 64 * 1024
JOIN_SECONDS: Final = 5.0


class ReferenceServer:
    """The server on a thread of its own.

    Args:
        folder: the coop's CSV files; changed files are picked up.
        hash_card: from a canonical card id to its hash; the database holds hashes only.
        zone: the coop's time zone.
        token: what a terminal must present.
        clock: the server's own, which may differ from the terminal's.
        key_id: names the key of ``hash_card``.
        database: a file, to survive a restart; None keeps all in memory.
        port: 0 takes a free one, and keeps it over stop and start.
        page_rows: rows a page.
    """

    def __init__(
        self,
        folder: Path,
        hash_card: HashCard,
        zone: tzinfo,
        token: str,
        clock: Clock,
        *,
        key_id: str = "",
        database: Path | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        page_rows: int = PAGE_ROWS,
    ) -> None:
        self._store = ReferenceStore(database)
        self._coop = ReferenceCoop(folder, hash_card, zone, clock, key_id=key_id, store=self._store)
        self._lock = threading.Lock()
        self._endpoints = _Endpoints(
            coop=self._coop, store=self._store, lock=self._lock, token=token, clock=clock, page_rows=page_rows
        )
        self._faults = Faults(self._endpoints.application().wsgi_app)
        self._host = host
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
        self._server = make_server(self._host, self.port, self._faults, threaded=True, request_handler=self._handler)
        self.port = self._server.port
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="reference-server", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Close all connections; what was kept stays. Twice does no harm."""
        self._faults.release()
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join(JOIN_SECONDS)
            for end in tuple(self._live):
                with contextlib.suppress(OSError):
                    end.shutdown(SHUT_RDWR)
        self._server = self._thread = None

    def close(self) -> None:
        """Stop for good."""
        self.stop()
        with self._lock:
            self._store.close()

    def events(self) -> list[dict[str, Any]]:
        """Every event that was kept, in the order in which they came, each once."""
        with self._lock:
            return list(self._store.events())

    def forget_changes(self) -> None:
        """Make every cursor given out so far too old."""
        with self._lock:
            self._store.forget_changes()

    def fail_next(self, count: int, status: int, **headers: str) -> None:
        """Answer ``count`` requests with ``status``. Header names take _ for -: ``Retry_After="7"``."""
        for _ in range(count):
            body = json.dumps(problem(status, "trouble", "As asked.").body).encode()
            self._faults.answer_next(body, status, "application/problem+json", **headers)

    def answer_next(self, body: bytes, status: int = 200, content_type: str = "application/json") -> None:
        """Answer one request with these bytes."""
        self._faults.answer_next(body, status, content_type)

    def lose_next_answer(self) -> None:
        """Do what the next request asks, then close the connection without a word."""
        self._faults.lose_next_answer()

    def delay(self, seconds: float) -> None:
        """Let every answer wait so long from now on."""
        self._faults.delay(seconds)


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


class _Endpoints:
    """The paths of the contract, each a few lines over the coop."""

    def __init__(
        self,
        *,
        coop: ReferenceCoop,
        store: ReferenceStore,
        lock: threading.Lock,
        token: str,
        clock: Clock,
        page_rows: int,
    ) -> None:
        self._coop = coop
        self._store = store
        self._lock = lock
        self._expected = f"Bearer {token}".encode()
        self._clock = clock
        self._page_rows = page_rows

    def application(self) -> Flask:
        app = Flask("coop-kiosk-reference")
        app.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST
        app.before_request(self._authorise)
        app.after_request(self._stamp)
        app.register_error_handler(HTTPException, _as_problem)
        app.add_url_rule("/v1/capabilities", view_func=self.capabilities, methods=["GET"])
        app.add_url_rule("/v1/snapshot", view_func=self.snapshot, methods=["GET"])
        app.add_url_rule("/v1/events", view_func=self.events, methods=["POST"])
        app.add_url_rule("/v1/identify", view_func=self.identify, methods=["POST"])
        app.add_url_rule("/v1/bookings", view_func=self.bookings, methods=["POST"])
        return app

    def _authorise(self) -> Response | None:
        given = request.headers.get("Authorization", "").encode()
        if hmac.compare_digest(given, self._expected):
            return None
        return _respond(problem(401, "not_authorised", "This terminal is not known here."))

    def _stamp(self, response: Response) -> Response:
        response.headers["Cache-Control"] = "no-store"
        return response

    def capabilities(self) -> Response:
        return _respond(Answer(200, {"version": 1, **to_json(CAPABILITIES)}))

    def snapshot(self) -> Response:
        known = request.headers.get("If-None-Match", "").strip('"')
        with self._lock:
            self._coop.refresh()
            if self._store.is_present(known):
                response, tag = Response(status=304), known
            else:
                try:
                    page, tag = self._store.page(request.args.get("cursor", ""), self._page_rows)
                except CursorGone:
                    return _respond(problem(410, "cursor_gone", "Start again without a cursor."))
                response = _respond(Answer(200, page))
        response.headers["ETag"] = f'"{tag}"'
        return response

    def identify(self) -> Response:
        try:
            body = read_object(request.get_json())
            card = hash_from(body.get("card"))
            key_id = read_text(body, "key_id", default="")
        except ValueError as fault:
            return _respond(problem(400, "not_understood", str(fault)))
        if key_id != self._coop.key_id:
            return _respond(problem(422, "other_key", "Cards are hashed under another key here."))
        with self._lock:
            return _respond(Answer(200, self._coop.identify(card)))

    def events(self) -> Response:
        return self._once(self._coop.record, DELIVERED)

    def bookings(self) -> Response:
        now = to_json(self._clock.now())
        return self._once(self._coop.book, {FactKind.BOOKING}, kind=FactKind.BOOKING.value, happened_at=now)

    def _once(self, act: Callable[[Fact], Answer], kinds: Collection[FactKind], **given: str) -> Response:
        """Act on a fact, once for each idempotency key; a repeated request gets the first answer again."""
        payload = hashlib.sha256(request.get_data()).hexdigest()
        try:
            fact = fact_from({**read_object(request.get_json()), **given})
        except ValueError as fault:
            return _respond(problem(400, "not_understood", str(fault)))
        if fact.kind not in kinds:
            return _respond(problem(400, "not_understood", f"An event is never of the kind {fact.kind}."))
        if request.headers.get("Idempotency-Key", "").strip('"') != fact.id:
            return _respond(problem(400, "key_missing", "The Idempotency-Key is the id of the fact."))
        key = f"{request.path} {fact.id}"
        with self._lock:
            known = self._store.recall(key)
            if known is None:
                with self._store.atomic():
                    answer = act(fact)
                    self._store.keep(key, payload, answer)
            elif known[0] != payload:
                answer = problem(422, "key_reused", "The same key came with another fact before.")
            else:
                answer = known[1]
        return _respond(answer)


def _respond(answer: Answer) -> Response:
    kind = "application/json" if answer.status < 400 else "application/problem+json"
    return Response(json.dumps(answer.body, ensure_ascii=False), answer.status, content_type=kind)


def _as_problem(fault: HTTPException) -> Response:
    return _respond(problem(fault.code or 500, (fault.name or "error").lower().replace(" ", "_"), ""))
