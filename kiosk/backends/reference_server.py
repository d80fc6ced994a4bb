"""A whole server of the REST contract (docs/rest.md): for the demo, the tour, the tests, and as an example to build on.

It serves the coop of a folder (docs/folder.md), keeps events and bookings, and can be told to misbehave.
"""

import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Collection
from datetime import tzinfo
from pathlib import Path
from typing import Any, Final

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from kiosk.backends.folder_reader import HashCard
from kiosk.backends.reference_coop import CARRIED, ReferenceCoop, problem
from kiosk.backends.reference_faults import Faults
from kiosk.backends.reference_serving import Serving
from kiosk.backends.reference_store import Answer, CursorGone, ReferenceStore
from kiosk.backends.rest_json import capabilities_to_json, fact_from, hash_from, read_object, read_text, to_json
from kiosk.clock import Clock
from kiosk.types import DELIVERED, JAR_KINDS, Fact, FactKind, MemberId

FIRST_TERMINAL: Final = "terminal"
PAGE_ROWS: Final = 400
LARGEST_REQUEST: Final = 64 * 1024


class ReferenceServer:
    """The server on a thread of its own.

    Args:
        folder: the coop's CSV files; changed files are picked up.
        hash_card: from a canonical card id to its hash; the database holds hashes only.
        zone: the coop's time zone.
        token: what the first terminal must present; :meth:`admit` lets in others.
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
        self._terminals = _Terminals()
        self._terminals.admit(FIRST_TERMINAL, token)
        self._endpoints = _Endpoints(
            coop=self._coop,
            store=self._store,
            lock=self._lock,
            terminals=self._terminals,
            clock=clock,
            page_rows=page_rows,
        )
        self._faults = Faults(self._endpoints.application().wsgi_app)
        self._serving = Serving(self._faults, clock, host=host, port=port, name="reference-server")

    @property
    def port(self) -> int:
        return self._serving.port

    @property
    def url(self) -> str:
        return self._serving.url

    def start(self) -> None:
        """Serve; returns when connections are accepted."""
        self._serving.start()

    def stop(self) -> None:
        """Close all connections; what was kept stays. Twice does no harm."""
        self._faults.release()
        self._serving.stop()

    def close(self) -> None:
        """Stop for good."""
        self.stop()
        with self._lock:
            self._store.close()

    def admit(self, terminal: str, token: str) -> None:
        """Let a terminal of that name in; a token it had before is void."""
        self._terminals.admit(terminal, token)

    def revoke(self, terminal: str) -> None:
        """Let a terminal in no more, as when it was stolen."""
        self._terminals.revoke(terminal)

    def events(self) -> list[dict[str, Any]]:
        """Every event that was kept, in the order in which they came, each once, with its ``terminal``."""
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


class _Terminals:
    """Who may ask, by token. Only digests are kept, and all are compared, so that the time taken tells nothing."""

    def __init__(self) -> None:
        self._digests: dict[str, bytes] = {}

    def admit(self, terminal: str, token: str) -> None:
        self._digests = {**self._digests, terminal: _digest(token)}

    def revoke(self, terminal: str) -> None:
        self._digests = {name: digest for name, digest in self._digests.items() if name != terminal}

    def find(self, token: str) -> str | None:
        """Whose token that is."""
        given = _digest(token)
        found = [name for name, digest in self._digests.items() if hmac.compare_digest(digest, given)]
        return found[0] if found else None


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()


class _Endpoints:
    """The paths of the contract, each a few lines over the coop."""

    def __init__(
        self,
        *,
        coop: ReferenceCoop,
        store: ReferenceStore,
        lock: threading.Lock,
        terminals: _Terminals,
        clock: Clock,
        page_rows: int,
    ) -> None:
        self._coop = coop
        self._store = store
        self._lock = lock
        self._terminals = terminals
        self._clock = clock
        self._page_rows = page_rows
        self._in_flight: set[str] = set()
        self._flight_lock = threading.Lock()

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
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        terminal = self._terminals.find(token) if scheme.lower() == "bearer" else None
        if terminal is None:
            refusal = _respond(problem(401, "not_authorised", "This terminal is not known here, or not any more."))
            refusal.headers["WWW-Authenticate"] = "Bearer"
            return refusal
        g.terminal = terminal
        return None

    def _stamp(self, response: Response) -> Response:
        response.headers["Cache-Control"] = "no-store"
        return response

    def capabilities(self) -> Response:
        return _respond(Answer(200, {"version": 1, "terminal": g.terminal, **capabilities_to_json(CARRIED)}))

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
        with self._lock:
            if not self._coop.knows_key(key_id):
                return _respond(problem(422, "other_key", "Cards are hashed under another key here."))
            return _respond(Answer(200, self._coop.identify(card)))

    def events(self) -> Response:
        return self._once(self._coop.record, DELIVERED | JAR_KINDS)

    def bookings(self) -> Response:
        now = to_json(self._clock.now())
        return self._once(self._coop.book, {FactKind.BOOKING}, kind=FactKind.BOOKING.value, happened_at=now)

    def _once(self, act: Callable[[Fact, str], Answer], kinds: Collection[FactKind], **given: str) -> Response:
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
        with self._flight_lock:
            is_busy = key in self._in_flight
            self._in_flight.add(key)
        if is_busy:
            busy = _respond(problem(409, "in_flight", "The same is being worked on; try again."))
            busy.headers["Retry-After"] = "1"
            return busy
        try:
            return _respond(self._answer_to(key, payload, fact.member_id, lambda: act(fact, g.terminal)))
        finally:
            with self._flight_lock:
                self._in_flight.discard(key)

    def _answer_to(self, key: str, payload: str, member: MemberId | None, act: Callable[[], Answer]) -> Answer:
        with self._lock:
            known = self._store.recall(key)
            if known is None:
                with self._store.atomic():
                    answer = act()
                    self._store.keep(key, "" if self._coop.is_forgotten(member) else payload, answer)
                if self._store.has_erased:
                    self._store.write_afresh()
                return answer
        if known[0] not in {"", payload}:
            return problem(422, "key_reused", "The same key came with another fact before.")
        return known[1]


def _respond(answer: Answer) -> Response:
    kind = "application/json" if answer.status < 400 else "application/problem+json"
    return Response(json.dumps(answer.body, ensure_ascii=False), answer.status, content_type=kind)


def _as_problem(fault: HTTPException) -> Response:
    answer = _respond(problem(fault.code or 500, fault.name.lower().replace(" ", "_"), ""))
    # Some errors have a header of their own: which methods there are, which type is wanted.
    answer.headers.extend((name, value) for name, value in fault.get_headers() if name != "Content-Type")
    return answer
