"""The fake over HTTP: ``/jsonrpc`` as Odoo answers there, with every failure as HTTP 200."""

import json
import threading
from typing import Any, Final

from flask import Flask, Response, request

from kiosk.backends.reference_faults import Faults
from kiosk.backends.reference_serving import Serving
from kiosk.clock import Clock
from kiosk.demo.fake_odoo.faults import OdooException, access_denied
from kiosk.demo.fake_odoo.records import Database, Values

LARGEST_REQUEST: Final = 1024 * 1024


class FakeOdoo:
    """One server with one database, on a thread of its own.

    Args:
        database: what it serves.
        name: of the database; another name in a request is a database that does not exist.
        clock: the server's own.
        port: 0 takes a free one, and keeps it over stop and start.
    """

    def __init__(self, database: Database, name: str, clock: Clock, port: int = 0) -> None:
        self.database = database
        self._name = name
        self._lock = threading.Lock()
        app = Flask("coop-kiosk-fake-odoo")
        app.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST
        app.add_url_rule("/jsonrpc", view_func=self._jsonrpc, methods=["POST"])
        self.faults = Faults(app.wsgi_app)
        self._serving = Serving(self.faults, clock, port=port, name="fake-odoo")
        self.calls: list[tuple[str, str]] = []
        """Model and method of every call, in order."""

    @property
    def port(self) -> int:
        return self._serving.port

    @property
    def url(self) -> str:
        return self._serving.url

    def start(self) -> None:
        self._serving.start()

    def stop(self) -> None:
        """Close all connections; the data stay. Twice does no harm."""
        self.faults.release()
        self._serving.stop()

    def answer(self, question: Values) -> Values:
        """The answer to one JSON-RPC request: a method that returns nothing has no ``result``."""
        envelope = {"jsonrpc": "2.0", "id": question.get("id")}
        params = question["params"]
        try:
            with self._lock:
                result = self._dispatch(params["service"], params["method"], params["args"])
        except OdooException as fault:
            return {**envelope, "error": fault.payload(self.database.major)}
        return envelope if result is None else {**envelope, "result": result}

    def _jsonrpc(self) -> Response:
        return Response(json.dumps(self.answer(request.get_json())), content_type="application/json")

    def _dispatch(self, service: str, method: str, args: list[Any]) -> Any:
        serie = self.database.serie
        match service, method:
            case "common", "version":
                numbers = [int(part) for part in serie.split(".")]
                info = [*numbers, 0, "final", 0, ""]
                return {
                    "server_version": serie,
                    "server_version_info": info,
                    "server_serie": serie,
                    "protocol_version": 1,
                }
            case "common", "authenticate":
                self._must_exist(args[0])
                found = [
                    user for user in self.database.users.values() if (user.login, user.secret) == (args[1], args[2])
                ]
                return found[0].id if found else False
            case "object", "execute_kw":
                self._must_exist(args[0])
                user = self.database.users.get(args[1])
                if user is None or user.secret != args[2]:
                    raise access_denied()
                self.calls.append((args[3], args[4]))
                named = dict(args[6]) if len(args) > 6 else {}
                return self.database.execute(user, args[3], args[4], list(args[5]), named)
        raise OdooException("builtins.AttributeError", f"no method {method} of {service}")

    def _must_exist(self, name: str) -> None:
        if name != self._name:
            raise OdooException("psycopg2.OperationalError", f'FATAL:  database "{name}" does not exist\n')
