"""The conformance suite: the reference server keeps every promise, and each way of breaking one is caught by name."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from kiosk.backends.conformance import CHECKS, Finding, Result, findings, name_of
from kiosk.backends.conformance_probe import Target
from kiosk.backends.conformance_reading import READING
from kiosk.backends.reference_server import ReferenceServer
from kiosk.cli_backend import backend
from kiosk.demo.cast import ZONE, Kind
from kiosk.devices.cards import jar_code
from tests.backends.broken import BROKEN, break_with, said
from tests.backends.rigs import CLEANING_AT_19, HASHER, TOKEN, demo_clock, member_id, write_coop
from tests.backends.scripted import ScriptedServer, http

JAR = jar_code(12_345)
PAGE_ROWS = 150


@pytest.fixture(scope="module")
def coop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_coop(tmp_path_factory.mktemp("coop"))


@pytest.fixture
def server(coop: Path) -> Iterator[ReferenceServer]:
    server = ReferenceServer(
        coop, HASHER.hash_canonical, ZONE, TOKEN, demo_clock(), key_id=HASHER.key_id, page_rows=150
    )
    server.start()
    yield server
    server.close()


def visit(server: ReferenceServer, **more: object) -> dict[str, Finding]:
    target = Target(url=server.url, token=TOKEN, **more)
    return {finding.check: finding for finding in findings(target, demo_clock())}


def visit_and_write(server: ReferenceServer) -> dict[str, Finding]:
    return visit(
        server, member=member_id(Kind.BLOCKED), shift=CLEANING_AT_19, jar=JAR, disposable=member_id(Kind.AHEAD)
    )


def broken(found: dict[str, Finding]) -> set[str]:
    return {name for name, finding in found.items() if finding.result is Result.BROKEN}


def test_the_reference_server_keeps_every_promise(server: ReferenceServer) -> None:
    found = visit_and_write(server)
    assert {name: finding.what for name, finding in found.items() if finding.result is not Result.KEPT} == {}
    assert found.keys() == {name_of(check) for check in CHECKS}


@pytest.mark.parametrize("name", BROKEN)
def test_each_way_of_breaking_it_is_caught_by_name(server: ReferenceServer, name: str) -> None:
    layer, checks = BROKEN[name]
    break_with(server, layer)
    found = visit_and_write(server)
    # Whether two requests really meet at the server is chance: where they do, the same lack shows there as well.
    by_chance = {"same-fact-at-once"} - checks if name == "refuses_without_a_word" else set()
    assert broken(found) - by_chance == checks, {name: found[name].what for name in broken(found)}
    assert all(finding.what and finding.todo for finding in found.values() if finding.result is Result.BROKEN)


def test_every_check_is_able_to_fail() -> None:
    assert set().union(*(checks for _, checks in BROKEN.values())) == {name_of(check) for check in CHECKS}


def test_without_a_test_member_nothing_is_written(server: ReferenceServer) -> None:
    found = visit(server)
    assert {finding.result for finding in found.values()} == {Result.KEPT, Result.SKIPPED}
    assert {name for name in found if found[name].result is Result.KEPT} == {name_of(check) for check in READING}
    assert server.events() == []


def test_all_that_is_written_is_about_what_may_be_used(server: ReferenceServer) -> None:
    visit_and_write(server)
    hugo = member_id(Kind.BLOCKED)
    assert {event.get("member_id") for event in server.events()} == {hugo, None}
    assert {event["shift_id"] for event in server.events() if "shift_id" in event} == {CLEANING_AT_19}
    assert {event["details"].get("jar") for event in server.events()} == {JAR, None}


def test_the_member_is_left_as_they_were(server: ReferenceServer) -> None:
    places = server._coop._tables.places
    visit(server, member=member_id(Kind.BLOCKED), shift=CLEANING_AT_19, jar=JAR)
    assert server._coop._tables.places == places


def test_a_shift_without_a_place_is_no_fault_of_the_server(server: ReferenceServer) -> None:
    found = visit(server, member=member_id(Kind.SHIFT_NEXT), shift=CLEANING_AT_19)
    assert broken(found) == set()
    assert "name another" in found["booking-once"].what


def test_what_is_not_carried_is_not_asked_for(server: ReferenceServer) -> None:
    def carries_nothing(asked, answer):
        response = answer()
        is_told = asked.path == "/v1/capabilities" and response.status_code == 200
        return said(200, {"version": 1}) if is_told else response

    break_with(server, carries_nothing)
    found = visit_and_write(server)
    assert broken(found) == set()
    assert "does not carry jars" in found["last-weighing-counts"].what


def test_no_token_is_sent_in_the_open() -> None:
    target = Target(url="http://coop.example", token=TOKEN)
    assert [finding.check for finding in findings(target, demo_clock())] == ["encrypted"]


def test_a_server_that_is_not_there_is_asked_once() -> None:
    target = Target(url="http://127.0.0.1:9", token=TOKEN)
    assert [finding.result for finding in findings(target, demo_clock())] == [Result.BROKEN]


@pytest.mark.parametrize(
    "page",
    [
        {},
        {"full": True, "last": True, "cursor": [], "members": [None, 7, [], {"id": []}], "cards": ["x", {}]},
        {"full": True, "last": True, "members": {"a": 1}},
        {"full": True, "last": True, "cursor": "c", "coop": 7, "cards": [{"member_id": {}}]},
        {"full": 1, "last": "no", "cursor": {}},
    ],
)
def test_no_answer_is_too_strange_to_be_judged(page: object) -> None:
    def answer(request: bytes) -> bytes:
        return http(json.dumps({"version": 1, "identify": True} if b"capabilities" in request else page).encode())

    with ScriptedServer(answer).serving() as server:
        target = Target(url=server.url, token=TOKEN, member=member_id(Kind.BLOCKED), shift=CLEANING_AT_19, jar=JAR)
        found = {finding.check: finding for finding in findings(target, demo_clock())}
    assert found.keys() == {name_of(check) for check in CHECKS}
    assert "token-needed" in broken(found)


# ── the command ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def token_file(tmp_path: Path) -> str:
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n", encoding="utf-8")
    return str(file)


def test_the_command_tells_each_promise_and_what_to_do(server: ReferenceServer, token_file: str) -> None:
    break_with(server, BROKEN["keeps_the_coop_to_itself"][0])
    done = CliRunner().invoke(backend, ["test", server.url, "--token-file", token_file])
    assert done.exit_code == 1
    assert "broken   coop-told: The snapshot tells of the coop itself.\n         No page has 'coop'." in done.output
    assert "kept     pages: " in done.output
    assert TOKEN not in done.output


def test_the_command_tells_objects_to_a_script(server: ReferenceServer, token_file: str) -> None:
    done = CliRunner().invoke(backend, ["test", server.url, "--token-file", token_file, "--json"])
    rows = [json.loads(line) for line in done.output.splitlines()]
    assert [row["check"] for row in rows] == [name_of(check) for check in CHECKS]


def test_the_command_takes_no_code_that_is_no_jar_s(token_file: str) -> None:
    done = CliRunner().invoke(backend, ["test", "http://127.0.0.1:9", "--token-file", token_file, "--jar", "123456"])
    assert done.exit_code == 2
    assert "six digits" in done.output


def test_the_token_is_taken_from_the_environment(server: ReferenceServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIOSK_TOKEN", "a wrong one")
    done = CliRunner().invoke(backend, ["test", server.url])
    assert done.exit_code == 1
    assert "The answer has the status 401" in done.output
