import json
from datetime import timedelta

import pytest

from kiosk.backends.odoo.faults import Busy, Declined, Forbidden, Gone, Misfit
from kiosk.backends.odoo.rpc import Json2, JsonRpc
from kiosk.backends.reference_serving import Serving
from kiosk.demo.fake_odoo.faults import OdooException
from kiosk.errors import BackendUnavailable, NotAuthorised
from tests.backends.odoo.coops import NAME, SECRET, OdooCoop
from tests.backends.scripted import ScriptedServer, http
from tests.fakes import ManualClock

LOGIN = "borne"


def rpc_to(coop: OdooCoop, secret: str = SECRET, name: str = NAME) -> JsonRpc:
    return JsonRpc(coop.server.url, name, LOGIN, secret)


def failing(coop: OdooCoop, name: str, text: str = "") -> None:
    """Let every call of one method end in an exception."""

    def fail(*_: object, **__: object) -> None:
        raise OdooException(name, text)

    coop.database.methods["res.partner", "log_move"] = fail


def call(rpc: JsonRpc | Json2, method: str = "log_move") -> object:
    return rpc.call("res.partner", method, ([312], "in"), {}, 5.0)


def test_server_tells_its_version_and_time_without_credentials(louve: OdooCoop) -> None:
    greeting = rpc_to(louve, secret="wrong").greet(5.0)
    assert greeting.serie == "12.0"
    assert greeting.at is not None
    assert abs(greeting.at - louve.clock.now()) < timedelta(seconds=2)


def test_method_that_returns_nothing_is_a_success(louve: OdooCoop) -> None:
    before = len(louve.database.tables["res.partner.move"].rows)
    assert call(rpc_to(louve)) is None
    assert len(louve.database.tables["res.partner.move"].rows) == before + 1


def test_wrong_password_is_told_apart_from_no_answer(louve: OdooCoop) -> None:
    with pytest.raises(NotAuthorised):
        rpc_to(louve, secret="wrong").user_id(5.0)


def test_password_changed_meanwhile_is_noticed(louve: OdooCoop) -> None:
    rpc = rpc_to(louve)
    rpc.user_id(5.0)
    louve.database.users.clear()
    with pytest.raises(NotAuthorised):
        call(rpc)
    with pytest.raises(NotAuthorised):
        rpc.user_id(5.0)


def test_unknown_database_is_named_as_such(louve: OdooCoop) -> None:
    with pytest.raises(BackendUnavailable, match="database"):
        rpc_to(louve, name="coup").user_id(5.0)


def test_login_is_asked_once(louve: OdooCoop) -> None:
    rpc = rpc_to(louve)
    assert rpc.user_id(5.0) == 8
    louve.server.stop()
    assert rpc.user_id(5.0) == 8


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("odoo.exceptions.UserError", Declined),
        ("openerp.exceptions.UserError", Declined),
        ("odoo.exceptions.ValidationError", Declined),
        ("odoo.exceptions.AccessError", Forbidden),
        ("odoo.exceptions.MissingError", Gone),
        ("odoo.exceptions.AccessDenied", NotAuthorised),
        ("builtins.ValueError", Misfit),
        ("builtins.AttributeError", Misfit),
        ("psycopg2.errors.SerializationFailure", Busy),
        ("psycopg2.extensions.TransactionRollbackError", Busy),
        ("psycopg2.OperationalError", BackendUnavailable),
        ("odoo.exceptions.CacheMiss", BackendUnavailable),
        ("", BackendUnavailable),
    ],
)
def test_each_exception_of_odoo_has_its_meaning(louve: OdooCoop, name: str, kind: type[Exception]) -> None:
    failing(louve, name, "in words")
    with pytest.raises(kind):
        call(rpc_to(louve))


def test_words_of_a_refusal_are_one_line_without_the_frame(louve: OdooCoop) -> None:
    failing(louve, "odoo.exceptions.ValidationError", "Error while validating constraint\n\nNot twice.\n")
    with pytest.raises(Declined, match=r"^Not twice\.$"):
        call(rpc_to(louve))


@pytest.mark.parametrize(
    "answer",
    [
        http(b"<html>500</html>", "500 Internal Server Error"),
        http(b"<html>hello</html>"),
        http(b"[]"),
        http(b'"text"'),
        http(json.dumps({"jsonrpc": "2.0", "id": 999, "result": {"server_serie": "12.0"}}).encode()),
        http(json.dumps({"jsonrpc": "2.0", "id": 1, "result": {}}).encode()),
        http(json.dumps({"jsonrpc": "2.0", "id": 1, "error": "no"}).encode()),
        http(json.dumps({"jsonrpc": "2.0", "id": 1, "result": {"server_serie": "12.0"}}).encode(), "502 Bad Gateway"),
        b"nonsense\r\n\r\n",
    ],
)
def test_what_is_not_odoo_s_answer_is_no_answer(answer: bytes) -> None:
    with ScriptedServer(answer).serving() as server, pytest.raises(BackendUnavailable):
        JsonRpc(server.url, NAME, LOGIN, SECRET).greet(5.0)


def test_gate_before_the_server_is_told_as_a_refusal() -> None:
    with ScriptedServer(http(b"go away", "403 Forbidden")).serving() as server, pytest.raises(NotAuthorised):
        JsonRpc(server.url, NAME, LOGIN, SECRET).greet(5.0)


def test_slow_answer_ends_in_time() -> None:
    body = http(json.dumps({"jsonrpc": "2.0", "id": 1, "result": {"server_serie": "12.0"}}).encode())
    slow = ScriptedServer(body, bytes_at_once=1, pause_seconds=0.05)
    with slow.serving() as server, pytest.raises(BackendUnavailable):
        JsonRpc(server.url, NAME, LOGIN, SECRET).greet(0.3)


def test_nothing_secret_is_in_a_message(louve: OdooCoop, caplog: pytest.LogCaptureFixture) -> None:
    failing(louve, "builtins.ValueError", "nothing")
    for rpc in (rpc_to(louve, secret="s3cr3t"), rpc_to(louve)):
        with pytest.raises((NotAuthorised, Misfit)) as caught:
            call(rpc)
        assert "s3cr3t" not in str(caught.value)
        assert SECRET not in str(caught.value)
    assert SECRET not in caplog.text


# ── /json/2, from Odoo's documentation alone ──────────────────────────────────────────────────────────────────────────


def test_json2_calls_by_name_with_a_bearer_key() -> None:
    asked: dict[str, object] = {}

    def answer(environ, start_response):
        asked["path"] = environ["PATH_INFO"]
        asked["key"], asked["database"] = environ["HTTP_AUTHORIZATION"], environ["HTTP_X_ODOO_DATABASE"]
        asked["body"] = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
        start_response("200 OK", [("Content-Type", "application/json")])
        return [b'[{"id": 312}]']

    server = Serving(answer, ManualClock(), name="json2")
    server.start()
    try:
        rpc = Json2(server.url, "coop", "the-key")
        found = rpc.call("res.partner", "search_read", ([["id", "=", 312]],), {"fields": ["name"]}, 5.0)
        rpc.close()
    finally:
        server.stop()
    assert found == [{"id": 312}]
    assert asked == {
        "path": "/json/2/res.partner/search_read",
        "key": "Bearer the-key",
        "database": "coop",
        "body": {"domain": [["id", "=", 312]], "fields": ["name"]},
    }


@pytest.mark.parametrize(
    ("status", "name", "kind"),
    [
        ("401 Unauthorized", "werkzeug.exceptions.Unauthorized", NotAuthorised),
        ("403 Forbidden", "odoo.exceptions.AccessError", Forbidden),
        ("422 Unprocessable Content", "odoo.exceptions.UserError", Declined),
        ("404 Not Found", "werkzeug.exceptions.NotFound", Misfit),
        ("500 Internal Server Error", "builtins.RuntimeError", BackendUnavailable),
    ],
)
def test_json2_failures_have_the_same_meanings(status: str, name: str, kind: type[Exception]) -> None:
    body = json.dumps({"name": name, "message": "words", "arguments": ["words"], "context": {}, "debug": ""}).encode()
    with ScriptedServer(http(body, status)).serving() as server, pytest.raises(kind):
        call(Json2(server.url, "", "the-key"), "write")


def test_json2_greets_over_the_public_page() -> None:
    body = http(json.dumps({"version": "19.0", "version_info": [19, 0, 0, "final", 0, ""]}).encode())
    with ScriptedServer(body).serving() as server:
        assert Json2(server.url, "", "key").greet(5.0).serie == "19.0"
