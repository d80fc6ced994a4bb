"""The reference server against the text of the contract, asked as any client would."""

import json
import re
import shutil
import threading
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
import requests

from kiosk.backends.reference_server import ReferenceServer
from kiosk.backends.rest_json import NOT_IN_THE_CONTRACT
from kiosk.demo.cast import STRANGER_CARD, ZONE, Kind
from kiosk.types import (
    DELIVERED,
    JAR_KINDS,
    Assignment,
    Capabilities,
    Card,
    ClockTrust,
    Coop,
    Jar,
    Member,
    OpeningHours,
    Presence,
    Role,
    Shift,
    Status,
)
from tests.backends.contract import SCHEMAS, SPEC, answer_schema, faults, resolve
from tests.backends.rigs import CLEANING_AT_19, DELIVERY_NOW, HASHER, TOKEN, card, demo_clock, member_id, write_coop


class Client:
    """Asks, and holds every answer against the contract."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {TOKEN}"

    def ask(self, method: str, path: str, **request: object) -> requests.Response:
        answer = self.session.request(method, self.url + path, timeout=5, **request)
        if answer.status_code != 304:
            schema = answer_schema(path.partition("?")[0], method, answer.status_code, answer.headers["Content-Type"])
            assert list(faults(answer.json(), schema)) == []
        assert "Date" in answer.headers
        return answer

    def post(self, path: str, body: dict, key: str | None = None) -> requests.Response:
        headers = {} if key is None else {"Idempotency-Key": f'"{key}"'}
        return self.ask("post", path, json=body, headers=headers)


@pytest.fixture(scope="module")
def coop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_coop(tmp_path_factory.mktemp("coop"))


@pytest.fixture
def server(coop: Path, tmp_path: Path) -> Iterator[ReferenceServer]:
    folder = Path(shutil.copytree(coop, tmp_path / "coop"))
    server = ReferenceServer(
        folder, HASHER.hash_canonical, ZONE, TOKEN, demo_clock(), key_id=HASHER.key_id, page_rows=100
    )
    server.start()
    yield server
    server.close()


@pytest.fixture
def client(server: ReferenceServer) -> Iterator[Client]:
    client = Client(server.url)
    yield client
    client.session.close()


def read_all(client: Client) -> tuple[list[dict], str, str]:
    pages, cursor = [], ""
    while True:
        answer = client.ask("get", f"/v1/snapshot?cursor={cursor}")
        page = answer.json()
        pages.append(page)
        cursor = page["cursor"]
        if page["last"]:
            return pages, cursor, answer.headers["ETag"]


def arrival(id_: str = "f-1") -> dict:
    return {
        "id": id_,
        "kind": "check_in",
        "member_id": member_id(Kind.SHIFT_NOW),
        "shift_id": DELIVERY_NOW,
        "happened_at": "2026-11-24T15:04:00Z",
    }


# ── the text ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", [Capabilities, OpeningHours, Coop, Member, Card, Shift, Assignment, Jar])
def test_contract_has_the_fields_of_the_vocabulary(kind: type) -> None:
    more = {Capabilities: {"version", "terminal"}, Card: {"key_id"}}.get(kind, set())
    named = {field.name for field in fields(kind)} - NOT_IN_THE_CONTRACT
    assert SCHEMAS[kind.__name__]["properties"].keys() == named | more


def test_contract_has_the_words_of_the_vocabulary() -> None:
    member, event = SCHEMAS["Member"]["properties"], SCHEMAS["Event"]["properties"]
    assert member["status"]["enum"] == list(Status)
    assert member["role"]["enum"] == list(Role)
    assert set(event["kind"]["enum"]) == DELIVERED | JAR_KINDS
    assert event["clock"]["enum"] == list(ClockTrust)
    assert SCHEMAS["Capabilities"]["properties"]["presence"]["enum"] == list(Presence)


def examples() -> Iterator[tuple[str, dict, object]]:
    """Every example in the text, with the schema that it is one of."""
    for path, methods in SPEC["paths"].items():
        for method, operation in methods.items():
            told = [operation.get("requestBody", {}), *map(resolve, operation["responses"].values())]
            for content in (kind for each in told for kind in each.get("content", {}).values()):
                for name, example in content.get("examples", {}).items():
                    yield f"{method} {path} {name}", content["schema"], example["value"]


@pytest.mark.parametrize(("schema", "example"), [one[1:] for one in examples()], ids=[one[0] for one in examples()])
def test_examples_of_the_contract_keep_to_it(schema: dict, example: object) -> None:
    assert list(faults(example, schema)) == []


def test_every_request_of_the_contract_has_an_example() -> None:
    named = {name.rpartition(" ")[0] for name, _, _ in examples()}
    assert named == {f"{method} {path}" for path, methods in SPEC["paths"].items() for method in methods}


def test_server_has_every_path_of_the_contract_and_no_other(server: ReferenceServer) -> None:
    rules = server._endpoints.application().url_map.iter_rules()
    assert {rule.rule for rule in rules if rule.endpoint != "static"} == SPEC["paths"].keys()


# ── the answers ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_capabilities_are_told(client: Client) -> None:
    assert client.ask("get", "/v1/capabilities").json()["version"] == 1


def test_snapshot_comes_in_pages_and_then_unchanged(client: Client) -> None:
    pages, cursor, tag = read_all(client)
    assert len(pages) > 2
    assert "coop" in pages[0]
    assert client.ask("get", f"/v1/snapshot?cursor={cursor}", headers={"If-None-Match": tag}).status_code == 304
    empty = client.ask("get", f"/v1/snapshot?cursor={cursor}").json()
    assert (empty["full"], empty["last"], empty["cursor"], empty["members"]) == (False, True, cursor, [])


def test_many_changes_come_in_pages_too(server: ReferenceServer, client: Client) -> None:
    _, cursor, _ = read_all(client)
    server._endpoints._page_rows = 3
    for number in range(7):
        booked = {"id": f"b-{number}", "member_id": member_id(Kind.BLOCKED), "shift_id": CLEANING_AT_19}
        undone = arrival(f"u-{number}") | {"kind": "booking_undone", "about": f"b-{number}", "shift_id": CLEANING_AT_19}
        client.post("/v1/bookings", booked, key=f"b-{number}")
        client.post("/v1/events", undone, key=f"u-{number}")
    client.post("/v1/events", arrival(), key="f-1")
    seen = []
    while True:
        page = client.ask("get", f"/v1/snapshot?cursor={cursor}").json()
        seen += page["assignments"] + page["removed"]["assignments"]
        cursor = page["cursor"]
        if page["last"]:
            break
    # The newest change of a row is told, once.
    assert [place["member_id"] for place in seen] == [member_id(Kind.SHIFT_NOW), member_id(Kind.BLOCKED)]


@pytest.mark.parametrize("cursor", ["x", "x.changes.1", "....", "a.pages.1.2.3", "%00"])
def test_unknown_cursor_is_gone(client: Client, cursor: str) -> None:
    answer = client.ask("get", f"/v1/snapshot?cursor={cursor}")
    assert (answer.status_code, answer.json()["code"]) == (410, "cursor_gone")


def test_cursor_from_the_future_is_gone(client: Client) -> None:
    _, cursor, _ = read_all(client)
    assert client.ask("get", f"/v1/snapshot?cursor={cursor}9").status_code == 410


def test_nothing_is_told_without_the_token(client: Client) -> None:
    for header in ({"Authorization": "Bearer guess"}, {"Authorization": ""}, {"Authorization": TOKEN}):
        for path in SPEC["paths"]:
            method = next(iter(SPEC["paths"][path]))
            assert client.ask(method, path, headers=header).status_code == 401


def test_same_request_twice_gets_the_same_answer(server: ReferenceServer, client: Client) -> None:
    answers = [client.post("/v1/events", arrival(), key="f-1") for _ in range(2)]
    assert answers[0].json() == answers[1].json() == {"id": "f-1", "outcome": "accepted"}
    assert len(server.events()) == 1


def test_same_request_at_the_same_time_is_one_fact(server: ReferenceServer) -> None:
    statuses = []

    def send() -> None:
        client = Client(server.url)
        statuses.append(client.post("/v1/events", arrival(), key="f-1").status_code)
        client.session.close()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(statuses) <= {200, 409}
    assert 200 in statuses
    assert len(server.events()) == 1


def test_request_that_is_still_worked_on_is_told_so(server: ReferenceServer, client: Client) -> None:
    first = threading.Thread(target=lambda: Client(server.url).post("/v1/events", arrival(), key="f-1"))
    with server._lock:
        first.start()
        while not server._endpoints._in_flight:
            client.ask("get", "/v1/capabilities")
        busy = client.post("/v1/events", arrival(), key="f-1")
    first.join()
    assert (busy.status_code, busy.json()["code"], busy.headers["Retry-After"]) == (409, "in_flight", "1")
    assert client.post("/v1/events", arrival(), key="f-1").json()["outcome"] == "accepted"
    assert len(server.events()) == 1


def test_each_terminal_is_known_by_its_token(server: ReferenceServer, client: Client) -> None:
    server.admit("bulk", "another secret")
    bulk = Client(server.url)
    bulk.session.headers["Authorization"] = "Bearer another secret"
    names = [each.ask("get", "/v1/capabilities").json()["terminal"] for each in (client, bulk)]
    assert names == ["terminal", "bulk"]
    bulk.post("/v1/events", arrival(), key="f-1")
    bulk.session.close()
    assert [event["terminal"] for event in server.events()] == ["bulk"]


def test_revoked_terminal_is_told_nothing_while_the_other_goes_on(server: ReferenceServer, client: Client) -> None:
    server.admit("bulk", "another secret")
    server.revoke("terminal")
    assert client.ask("get", "/v1/snapshot").status_code == 401
    assert client.post("/v1/events", arrival(), key="f-1").status_code == 401
    client.session.headers["Authorization"] = "Bearer another secret"
    assert client.ask("get", "/v1/snapshot").ok
    assert server.events() == []


def test_refusal_is_remembered_as_well(client: Client) -> None:
    stranger = arrival() | {"member_id": "9999"}
    answers = [client.post("/v1/events", stranger, key="f-1") for _ in range(2)]
    assert [answer.json()["code"] for answer in answers] == ["unknown_member"] * 2


def test_same_key_with_another_fact_is_refused(client: Client) -> None:
    client.post("/v1/events", arrival(), key="f-1")
    answer = client.post("/v1/events", arrival() | {"offline": True}, key="f-1")
    assert (answer.status_code, answer.json()["code"]) == (422, "key_reused")


@pytest.mark.parametrize(
    ("body", "key", "code"),
    [
        (arrival(), None, "key_missing"),
        (arrival(), "f-2", "key_missing"),
        (arrival() | {"happened_at": "yesterday"}, "f-1", "not_understood"),
        (arrival() | {"kind": "toggle"}, "f-1", "not_understood"),
        (arrival() | {"kind": "tare"}, "f-1", "not_understood"),
        ([], "f-1", "not_understood"),
        ("f-1", "f-1", "not_understood"),
    ],
)
def test_what_is_no_fact_is_not_understood(client: Client, body: object, key: str | None, code: str) -> None:
    answer = client.post("/v1/events", body, key=key)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_what_is_no_json_is_not_understood(client: Client) -> None:
    for data, kind in ((b"{", "application/json"), (b"x=1", "application/x-www-form-urlencoded")):
        answer = client.ask("post", "/v1/identify", data=data, headers={"Content-Type": kind})
        assert 400 <= answer.status_code < 500


def test_huge_request_is_refused(client: Client) -> None:
    body = json.dumps(arrival() | {"details": {"x": "y" * 100_000}})
    answer = client.ask("post", "/v1/events", data=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


def test_cards_are_identified_by_hash(client: Client) -> None:
    for hash_, name in ((card(Kind.OK), "Camille"), (HASHER.hash_canonical(STRANGER_CARD), None)):
        member = client.post("/v1/identify", {"card": hash_, "key_id": HASHER.key_id}).json()["member"]
        assert (member and member["first_name"]) == name


def test_database_holds_no_card(server: ReferenceServer, client: Client) -> None:
    text = json.dumps(read_all(client)[0])
    assert "04A3C6CAE26180" not in text
    assert "0420000001188" not in text
    assert card(Kind.OK) in text


def test_events_and_roster_outlive_the_server(coop: Path, tmp_path: Path) -> None:
    def start() -> ReferenceServer:
        server = ReferenceServer(
            coop, HASHER.hash_canonical, ZONE, TOKEN, demo_clock(), key_id="k1", database=tmp_path / "s.db"
        )
        server.start()
        return server

    server = start()
    client = Client(server.url)
    _, cursor, _ = read_all(client)
    client.post("/v1/events", arrival(), key="f-1")
    client.session.close()
    server.close()
    server = start()
    client = Client(server.url)
    changed = client.ask("get", f"/v1/snapshot?cursor={cursor}").json()
    assert [place["present"] for place in changed["assignments"]] == [True]
    assert client.post("/v1/events", arrival(), key="f-1").json()["outcome"] == "accepted"
    assert len(server.events()) == 1
    client.session.close()
    server.close()


def test_server_keeps_its_port_over_a_stop(server: ReferenceServer, client: Client) -> None:
    url = server.url
    server.stop()
    server.stop()
    with pytest.raises(requests.ConnectionError):
        client.ask("get", "/v1/capabilities")
    server.start()
    assert server.url == url
    assert client.ask("get", "/v1/capabilities").ok


def test_new_day_moves_the_roster(coop: Path) -> None:
    clock = demo_clock()
    server = ReferenceServer(coop, HASHER.hash_canonical, ZONE, TOKEN, clock, key_id="k1", page_rows=100)
    server.start()
    client = Client(server.url)
    _, cursor, _ = read_all(client)
    clock.advance(86_400)
    gone = client.ask("get", f"/v1/snapshot?cursor={cursor}").json()
    assert DELIVERY_NOW in gone["removed"]["shifts"]
    client.session.close()
    server.close()


# ── the page ──────────────────────────────────────────────────────────────────────────────────────────────────────

PAGE = (Path(__file__).parents[2] / "docs" / "rest.md").read_text(encoding="utf-8")


def exchanges() -> Iterator[tuple[str, dict, object]]:
    """Every body on the page, with its request and the schema that it is one of."""
    for block in re.findall(r"```http\n(.*?)```", PAGE, re.DOTALL):
        method = path = status = ""
        for part in re.split(r"^(?=GET |POST |HTTP/|\{)", block, flags=re.MULTILINE):
            if part.startswith("HTTP/"):
                status = part.split()[1]
            elif part.startswith("{"):
                kind = "application/json" if not status or status < "400" else "application/problem+json"
                schema = answer_schema(path, method, int(status), kind) if status else request_schema(path, method)
                yield f"{method} {path} {status}".strip(), schema, json.loads(part)
            elif part:
                method, path, status = part.split()[0].lower(), part.split()[1].partition("?")[0], ""


def request_schema(path: str, method: str) -> dict:
    return SPEC["paths"][path][method]["requestBody"]["content"]["application/json"]["schema"]


@pytest.mark.parametrize(
    ("name", "schema", "body"), list(exchanges()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_exchanges_on_the_page_keep_to_the_contract(name: str, schema: dict, body: object) -> None:
    assert list(faults(body, schema)) == [], name


def test_page_shows_every_request_and_every_kind_of_fact() -> None:
    shown = {name.rpartition(" ")[0] for name, _, _ in exchanges() if name[-1].isdecimal()}
    assert shown == {f"{method} {path}" for path, methods in SPEC["paths"].items() for method in methods}
    assert {kind for kind in DELIVERED | JAR_KINDS if f"`{kind}`" not in PAGE} == set()
