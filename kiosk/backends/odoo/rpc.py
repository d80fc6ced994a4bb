"""The two ways into an Odoo server, both over the bounded transport: ``/jsonrpc`` and, from version 19, ``/json/2``.

Never XML-RPC: a method that returns nothing answers a fault there although its change is committed.
"""

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import count
from typing import Any, Final, Protocol

from kiosk.backends.odoo.faults import fault_of
from kiosk.backends.rest_transport import HttpAnswer, Transport
from kiosk.errors import BackendUnavailable, NotAuthorised


@dataclass(frozen=True, slots=True)
class Greeting:
    """What a server says without credentials.

    Attributes:
        serie: ``12.0``, ``saas~17.4``.
        at: the server's own time, to the second; None where it does not tell.
    """

    serie: str
    at: datetime | None


class Rpc(Protocol):
    """One way of calling a method of a model. Any thread may call; ``seconds`` bound the whole exchange."""

    def greet(self, seconds: float) -> Greeting: ...

    def user_id(self, seconds: float) -> int:
        """The id of the technical user."""

    def call(
        self, model: str, method: str, args: Sequence[object], named: Mapping[str, object], seconds: float
    ) -> object:
        """The result of a method; None where it has none.

        Raises:
            OdooFault: Odoo's own exception.
            BackendUnavailable: no usable answer.
            NotAuthorised: wrong credentials.
        """

    def close(self) -> None: ...


class JsonRpc:
    """``POST /jsonrpc`` with ``execute_kw``: Odoo 9 to 21. Stateless: no session that could expire.

    Args:
        url: the server, without ``/jsonrpc``.
        database: its name.
        login: of the technical user.
        secret: the password; from version 14 better an API key in its place.
        ca_file: certificates to trust instead of the machine's.
    """

    def __init__(self, url: str, database: str, login: str, secret: str, ca_file: str | None = None) -> None:
        self._transport = Transport(url, None, ca_file)
        self._database = database
        self._login = login
        self._secret = secret
        self._numbers = count(1)
        self._guard = threading.Lock()
        self._user_id: int | None = None

    def greet(self, seconds: float) -> Greeting:
        result, at = self._ask("common", "version", [], "", seconds)
        serie = result.get("server_serie") if isinstance(result, dict) else None
        if not isinstance(serie, str):
            raise BackendUnavailable("the answer names no version of Odoo")
        return Greeting(serie, at)

    def user_id(self, seconds: float) -> int:
        known = self._user_id
        if known is not None:
            return known
        found, _ = self._ask("common", "authenticate", [self._database, self._login, self._secret, {}], "", seconds)
        if found is False or found is None:
            raise NotAuthorised("Odoo does not accept the login or the password of this terminal")
        if not isinstance(found, int) or isinstance(found, bool):
            raise BackendUnavailable("the answer to the login is no user")
        with self._guard:
            self._user_id = found
        return found

    def call(
        self, model: str, method: str, args: Sequence[object], named: Mapping[str, object], seconds: float
    ) -> object:
        user = self.user_id(seconds)
        try:
            result, _ = self._ask(
                "object",
                "execute_kw",
                [self._database, user, self._secret, model, method, list(args), dict(named)],
                model,
                seconds,
            )
        except NotAuthorised:
            with self._guard:
                self._user_id = None
            raise
        return result

    def close(self) -> None:
        self._transport.close()

    def _ask(
        self, service: str, method: str, args: list[object], model: str, seconds: float
    ) -> tuple[object, datetime | None]:
        number = next(self._numbers)
        question = {
            "jsonrpc": "2.0",
            "method": "call",
            "id": number,
            "params": {"service": service, "method": method, "args": args},
        }
        answer = self._transport.exchange("POST", "/jsonrpc", seconds, json=question)
        body = _json_of(answer)
        if answer.status != 200 or not isinstance(body, dict) or body.get("id") != number:
            raise BackendUnavailable(f"the server answers {answer.status}, and not as Odoo does")
        error = body.get("error")
        if error is not None:
            data = error.get("data") if isinstance(error, dict) else None
            raise fault_of(data if isinstance(data, dict) else {}, model)
        # A method that returns nothing has no "result" at all.
        return body.get("result"), _maybe_time(answer)


NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "search_read": ("domain",),
    "search_count": ("domain",),
    "read": ("ids", "fields"),
    "write": ("ids", "vals"),
    "create": ("vals_list",),
    "fields_get": ("allfields",),
    "check_access_rights": ("operation", "raise_exception"),
    "action_grace_partner": ("ids",),
    "auto_ext": ("ids",),
}
"""The parameters of the methods in use, by place: ``/json/2`` takes them by name only."""


class Json2:
    """``POST /json/2/<model>/<method>`` with a bearer key: Odoo 19 and later. UNPROVED.

    Written from Odoo's documentation ("External JSON-2 API", version 19) and never run against a server.

    Args:
        url: the server, without ``/json/2``.
        database: its name; empty where the address alone tells.
        key: an API key of the technical user. Odoo lets it live three months at most.
        ca_file: certificates to trust instead of the machine's.
    """

    def __init__(self, url: str, database: str, key: str, ca_file: str | None = None) -> None:
        self._transport = Transport(url, key, ca_file)
        self._headers = {"X-Odoo-Database": database} if database else {}

    def greet(self, seconds: float) -> Greeting:
        answer = self._transport.exchange("GET", "/web/version", seconds, headers=self._headers)
        body = _json_of(answer)
        version = body.get("version") if isinstance(body, dict) else None
        if answer.status != 200 or not isinstance(version, str):
            raise BackendUnavailable(f"the server answers {answer.status}, and names no version of Odoo")
        return Greeting(version, _maybe_time(answer))

    def user_id(self, seconds: float) -> int:
        context = self.call("res.users", "context_get", (), {}, seconds)
        uid = context.get("uid") if isinstance(context, dict) else None
        if not isinstance(uid, int):
            raise BackendUnavailable("the answer names no user")
        return uid

    def call(
        self, model: str, method: str, args: Sequence[object], named: Mapping[str, object], seconds: float
    ) -> object:
        names = NAMES.get(method, ())[: len(args)]
        body = {**dict(zip(names, args, strict=True)), **named}
        answer = self._transport.exchange(
            "POST", f"/json/2/{model}/{method}", seconds, json=body, headers=self._headers
        )
        result = _json_of(answer)
        if answer.status == 200:
            return result
        if not isinstance(result, dict):
            raise BackendUnavailable(f"the server answers {answer.status}")
        raise fault_of(result, model)

    def close(self) -> None:
        self._transport.close()


def _json_of(answer: HttpAnswer) -> Any:
    if answer.status in {401, 403} and not answer.body.lstrip().startswith(b"{"):
        raise NotAuthorised("the server does not let this terminal through")
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError) as fault:
        raise BackendUnavailable(f"the server answers {answer.status}, and not in JSON") from fault


def _maybe_time(answer: HttpAnswer) -> datetime | None:
    try:
        return parsedate_to_datetime(answer.headers.get("Date", "")).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
