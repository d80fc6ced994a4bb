"""What only a network and a server can do to a terminal."""

import gzip
import json
import logging
import shutil
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.backends.base import Accepted, Refused, Unchanged
from kiosk.backends.rest import RestBackend
from kiosk.backends.rest_transport import LARGEST_ANSWER, HttpAnswer
from kiosk.demo.cast import Kind
from kiosk.errors import BackendUnavailable, ConfigError, NotAuthorised
from kiosk.events import BookingOutcome
from kiosk.types import Fact, FactId, FactKind
from tests.backends.rigs import (
    CLEANING_AT_19,
    DELIVERY_NOW,
    HASHER,
    MEMBERS,
    RestRig,
    Terminal,
    card,
    demo_clock,
    edit,
    fact,
    member_id,
    opened,
    write_coop,
)
from tests.backends.scripted import ScriptedServer, http, seconds_of


@pytest.fixture(scope="module")
def coop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_coop(tmp_path_factory.mktemp("coop"))


@pytest.fixture
def rig(coop: Path, tmp_path: Path) -> Iterator[RestRig]:
    with opened(RestRig(Path(shutil.copytree(coop, tmp_path / "coop")))) as rig:
        yield rig


@pytest.fixture
def impatient(rig: RestRig) -> Iterator[RestBackend]:
    backend = RestBackend(rig.cable.url, "a terminal's secret", rig.clock, key_id=HASHER.key_id, timeout_seconds=0.3)
    yield backend
    backend.close()


def arrival(rig: RestRig) -> Fact:
    return fact(FactKind.CHECK_IN, rig.clock, member_id=member_id(Kind.SHIFT_NOW), shift_id=DELIVERY_NOW)


# ── the wire ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_answer_lost_after_the_server_acted_is_no_second_fact(rig: RestRig) -> None:
    arrived = arrival(rig)
    rig.server.lose_next_answer()
    with pytest.raises(BackendUnavailable):
        rig.backend.deliver(arrived)
    assert rig.kept_ids() == [arrived.id]
    assert rig.backend.deliver(arrived) == Accepted()
    assert rig.kept_ids() == [arrived.id]


def test_booking_whose_answer_was_lost_is_booked_once(rig: RestRig) -> None:
    hugo = member_id(Kind.BLOCKED)
    rig.server.lose_next_answer()
    with pytest.raises(BackendUnavailable):
        rig.backend.book(FactId("b-1"), hugo, CLEANING_AT_19, 5.0)
    assert rig.backend.book(FactId("b-1"), hugo, CLEANING_AT_19, 5.0) is BookingOutcome.BOOKED
    assert rig.kept_ids() == ["b-1"]


def test_cut_network_is_unavailable_and_comes_back(rig: RestRig) -> None:
    terminal = Terminal(rig.backend)
    terminal.pull()
    rig.cable.cut()
    with pytest.raises(BackendUnavailable, match="cannot be reached"):
        terminal.pull()
    assert not rig.backend.identify(card(Kind.OK), 5.0).available
    rig.cable.mend()
    assert rig.backend.deliver(arrival(rig)) == Accepted()
    assert terminal.pull()


def test_server_killed_between_two_pages_is_unavailable(rig: RestRig) -> None:
    with pytest.raises(BackendUnavailable):
        Terminal(rig.backend).pull(between_pages=rig.server.stop)
    rig.server.start()
    again = Terminal(rig.backend)
    again.pull()
    assert len(again.knowledge.members) == MEMBERS


def test_hanging_server_holds_nobody_longer_than_asked(rig: RestRig, impatient: RestBackend) -> None:
    rig.cable.hang()
    assert seconds_of(lambda: impatient.fetch("", 1)) < 2.0
    assert seconds_of(lambda: impatient.deliver(arrival(rig))) < 1.5
    begun = time.monotonic()
    assert not impatient.identify(card(Kind.OK), 0.2).available
    assert time.monotonic() - begun < 1.2


def test_slow_server_is_cut_off_although_it_keeps_talking(rig: RestRig, impatient: RestBackend) -> None:
    rig.cable.slow(500)
    assert seconds_of(lambda: impatient.fetch("", 1)) < 2.0


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Type: " + b"x" * 4000, id="in the headers"),
        pytest.param(http(b'{"cursor":"' + b"x" * 4000), id="in the body"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 1000, id="in chunks"),
    ],
)
def test_server_that_drips_is_cut_off(answer: bytes) -> None:
    with ScriptedServer(answer, bytes_at_once=20, pause_seconds=0.02).serving() as server:
        backend = RestBackend(server.url, "token", demo_clock(), timeout_seconds=0.3)
        assert seconds_of(lambda: backend.fetch("", 1)) < 2.0
        backend.close()


@pytest.mark.parametrize("count", [0, 1, 12, 80, 700])
def test_answer_that_breaks_off_is_none(rig: RestRig, count: int) -> None:
    rig.cable.break_answer_after(count)
    with pytest.raises(BackendUnavailable):
        rig.backend.fetch("", 1)
    assert rig.backend.fetch("", 1).full


def test_broken_answers_are_not_patched_together(rig: RestRig) -> None:
    terminal = Terminal(rig.backend)
    with pytest.raises(BackendUnavailable):
        terminal.pull(between_pages=lambda: rig.cable.break_answer_after(300))
    terminal.pull()
    assert len(terminal.knowledge.members) == MEMBERS


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(http(b"<html><title>Bienvenue sur le wifi</title></html>"), id="portal"),
        pytest.param(http(b""), id="nothing"),
        pytest.param(http(b"[]"), id="another kind of JSON"),
        pytest.param(http(b"[" * 100_000), id="deep JSON"),
        pytest.param(http(b'{"last": false, "full": true}'), id="no cursor"),
        pytest.param(http(b'{"last": "yes"}'), id="wrong kind"),
        pytest.param(http(b'{"last": true, "members": {}}'), id="no list"),
        pytest.param(http(b'{"last": true, "coop": {"hours": [{"weekday": 9}]}}'), id="no weekday"),
        pytest.param(http(b"{}\xff"), id="no text"),
        pytest.param(http(b"{}", "302 Found", "Location: http://127.0.0.1:9/"), id="elsewhere"),
        pytest.param(http(b"{}", "304 Not Modified"), id="unchanged since nothing"),
        pytest.param(http(b"{}", "500 Oops"), id="500"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n{}", id="negative length"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", id="no chunk"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}", id="no gzip"),
        pytest.param(b"SSH-2.0-OpenSSH_9.2\r\n", id="another protocol"),
        pytest.param(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500 + b"\r\n{}", id="too many headers"),
        pytest.param(b"", id="closed at once"),
    ],
)
def test_nonsense_is_unavailable(answer: bytes) -> None:
    with ScriptedServer(answer).serving() as server:
        backend = RestBackend(server.url, "token", demo_clock(), timeout_seconds=1.0)
        with pytest.raises(BackendUnavailable):
            backend.fetch("", 1)
        with pytest.raises(BackendUnavailable):
            backend.deliver(fact(FactKind.PASSAGE, demo_clock()))
        assert not backend.identify(card(Kind.OK), 1.0).available
        backend.close()


def test_length_of_what_has_not_changed_is_no_length_of_the_answer() -> None:
    """RFC 9110, 8.6: a 304 may say how long the list is that it does not send."""
    answer = b'HTTP/1.1 304 Not Modified\r\nETag: "s41"\r\nContent-Length: 48213\r\nConnection: close\r\n\r\n'
    with ScriptedServer(answer).serving() as server:
        backend = RestBackend(server.url, "token", demo_clock(), timeout_seconds=1.0)
        assert isinstance(backend.fetch('["c41", "\\"s41\\"", true]', 1), Unchanged)
        backend.close()


def test_answer_about_another_fact_accepts_nothing() -> None:
    with ScriptedServer(http(b'{"id": "another", "outcome": "accepted"}')).serving() as server:
        backend = RestBackend(server.url, "token", demo_clock(), timeout_seconds=1.0)
        with pytest.raises(BackendUnavailable):
            backend.deliver(fact(FactKind.PASSAGE, demo_clock()))
        backend.close()


def test_answer_that_swells_is_cut_off() -> None:
    bomb = gzip.compress(b" " * (LARGEST_ANSWER + 1_000_000))
    assert len(bomb) < 100_000
    with ScriptedServer(http(bomb, "200 OK", "Content-Encoding: gzip")).serving() as server:
        backend = RestBackend(server.url, "token", demo_clock(), timeout_seconds=5.0)
        with pytest.raises(BackendUnavailable, match="too large"):
            backend.fetch("", 1)
        backend.close()


def test_token_goes_nowhere_else() -> None:
    with ScriptedServer(http(b"{}")).serving() as elsewhere:
        sends_on = http(b"", "307 Temporary Redirect", f"Location: {elsewhere.url}/v1/events")
        with ScriptedServer(sends_on).serving() as server:
            backend = RestBackend(server.url, "s3cret", demo_clock(), timeout_seconds=1.0)
            with pytest.raises(BackendUnavailable):
                backend.deliver(fact(FactKind.PASSAGE, demo_clock()))
            backend.close()
        assert b"Authorization: Bearer s3cret" in server.requests[0]
        assert elsewhere.requests == []


def test_environment_changes_neither_way_nor_token(
    rig: RestRig, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n", encoding="utf-8")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert rig.backend.capabilities().booking


@pytest.mark.parametrize("url", ["http://coop.example", "ftp://coop.example", "coop.example", ""])
def test_names_of_members_do_not_travel_in_the_open(url: str) -> None:
    with pytest.raises(ConfigError, match="https"):
        RestBackend(url, "token", demo_clock())


def test_no_secret_is_in_any_message(rig: RestRig, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="kiosk"):
        rig.cable.cut()
        for ask in (lambda: rig.backend.fetch("", 1), lambda: rig.backend.deliver(arrival(rig))):
            with pytest.raises(BackendUnavailable) as caught:
                ask()
            assert "secret" not in str(caught.value)
            assert "127.0.0.1" not in str(caught.value)
    assert "secret" not in caplog.text


# ── the server ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("status", [401, 403])
def test_server_that_does_not_know_the_terminal_says_so(rig: RestRig, status: int) -> None:
    rig.server.fail_next(3, status)
    with pytest.raises(NotAuthorised):
        rig.backend.fetch("", 1)
    with pytest.raises(NotAuthorised):
        rig.backend.deliver(arrival(rig))
    with pytest.raises(NotAuthorised):
        rig.backend.identify(card(Kind.OK), 1.0)


def test_wrong_token_is_not_authorised(rig: RestRig) -> None:
    backend = RestBackend(rig.cable.url, "another secret", rig.clock, key_id=HASHER.key_id)
    with pytest.raises(NotAuthorised):
        backend.fetch("", 1)
    backend.close()


def test_revoked_terminal_is_not_authorised_from_then_on(rig: RestRig) -> None:
    terminal = Terminal(rig.backend)
    terminal.pull()
    rig.server.revoke("terminal")
    for ask in (
        terminal.pull,
        lambda: rig.backend.deliver(arrival(rig)),
        lambda: rig.backend.identify(card(Kind.OK), 1.0),
    ):
        with pytest.raises(NotAuthorised):
            ask()
    assert rig.kept_ids() == []


def test_card_is_told_with_the_name_of_its_key(rig: RestRig) -> None:
    linked = fact(FactKind.CARD_LINKED, rig.clock, member_id=member_id(Kind.OK), details={"card": card(Kind.OK)})
    assert rig.backend.deliver(linked) == Accepted()
    assert rig.server.events()[0]["details"] == {"card": card(Kind.OK), "key_id": "k1"}


def test_shift_on_which_asking_was_enough_is_learned() -> None:
    member = {"id": "1", "first_name": "Zoé", "status": "ok"}
    answer = http(json.dumps({"member": member, "present": ["s", 7, ""]}).encode())
    with ScriptedServer(answer).serving() as server:
        backend = RestBackend(server.url, "token", demo_clock(), timeout_seconds=1.0)
        assert backend.identify(card(Kind.OK), 1.0).present == ("s",)
        backend.close()


def test_forgotten_changes_lead_to_a_full_round(rig: RestRig) -> None:
    terminal = Terminal(rig.backend)
    terminal.pull()
    gone = member_id(Kind.SHIFT_NOW)
    edit(rig.folder, "members.csv", lambda rows: [row for row in rows if row["id"] != gone])
    rig.backend.fetch("", 1)
    rig.server.forget_changes()
    terminal.pull()
    assert gone not in terminal.knowledge.members
    assert len(terminal.knowledge.members) == MEMBERS - 1


def page_or_gone(request: bytes) -> bytes:
    if b"cursor=" in request:
        return http(b'{"code": "cursor_gone"}', "410 Gone")
    if b"/v1/capabilities" in request:
        return http(b'{"version": 1}')
    return http(b'{"full": true, "last": true, "cursor": "c"}', "200 OK", 'ETag: no tag\xe9 "at all')


def test_cursor_can_go_on_a_server_without_proper_tags() -> None:
    with ScriptedServer(page_or_gone).serving() as server:
        backend = RestBackend(server.url, "token", demo_clock(), timeout_seconds=1.0)
        page = backend.fetch("", 1)
        assert backend.fetch(page.cursor, 2).full
        backend.close()
    assert not any(b"If-None-Match" in request for request in server.requests)


@pytest.mark.parametrize("cursor", ["9f86d081884c7d65", "[]", "{}", "7", "null", '["c"]'])
def test_cursor_of_another_backend_starts_from_nothing(rig: RestRig, cursor: str) -> None:
    assert rig.backend.fetch(cursor, 1).full


def test_server_that_begins_anew_in_the_middle_ends_the_round(rig: RestRig) -> None:
    def begin_anew() -> None:
        edit(rig.folder, "members.csv", lambda rows: rows[:-1])
        RestBackend(rig.cable.url, "a terminal's secret", rig.clock).fetch("", 1)
        rig.server.forget_changes()

    with pytest.raises(BackendUnavailable, match="began anew"):
        Terminal(rig.backend).pull(between_pages=begin_anew)


def test_cards_of_another_key_are_left_out(rig: RestRig) -> None:
    stranger = RestBackend(rig.cable.url, "a terminal's secret", rig.clock, key_id="another")
    terminal = Terminal(stranger)
    terminal.pull()
    assert terminal.knowledge.cards == {}
    assert len(terminal.knowledge.members) == MEMBERS
    assert not stranger.identify(card(Kind.OK), 5.0).available
    stranger.close()


def test_while_the_coop_changes_its_key_the_cards_of_the_one_before_stay(rig: RestRig) -> None:
    """Until each was laid once: a full round in between takes nobody's card."""
    changing = RestBackend(rig.cable.url, "a terminal's secret", rig.clock, key_id="another", changing=True)
    terminal = Terminal(changing)
    terminal.pull()
    assert card(Kind.OK) in terminal.knowledge.cards
    changing.close()


def test_clock_of_the_server_is_compared(rig: RestRig) -> None:
    rig.backend.fetch("", 1)
    assert rig.backend.server_ahead is not None
    assert abs(rig.backend.server_ahead) < timedelta(seconds=3)
    rig.server_clock.advance(7200)
    rig.backend.fetch("", 1)
    assert abs(rig.backend.server_ahead - timedelta(hours=2)) < timedelta(seconds=3)


def test_bad_rows_are_left_out_and_counted(caplog: pytest.LogCaptureFixture) -> None:
    good = {"id": "1", "first_name": "Zoé", "status": "ok"}
    page = {
        "full": True,
        "last": True,
        "cursor": "c",
        "members": [
            good,
            good | {"status": "president"},
            good | {"first_name": "x" * 10_000},
            good | {"first_name": "Zo\x1b[31m"},
            good | {"id": 7},
            good | {"balance_minutes": 10**30},
            good | {"until": "31/12/2026"},
            good | {"language": "../../etc"},
            good | {"attached_to": "9"},
            "Zoé",
            None,
        ],
        "cards": [{"hash": "0" * 63, "member_id": "1"}, {"hash": "0" * 64, "member_id": "1"}],
        "shifts": [{"id": "s", "job": "j", "starts_at": "2026-11-24T16:00:00Z", "ends_at": "2026-11-24T16:00:00Z"}],
        "assignments": [{"shift_id": "s"}],
        "jars": [{"code": "123456", "grams": -1, "weighed_on": "2026-11-24"}],
        "removed": {"members": ["2", 3, None, "\ud800"], "assignments": [{"shift_id": "s"}]},
    }

    def answer(request: bytes) -> bytes:
        return http(json.dumps(page if b"/v1/snapshot" in request else {"version": 1}).encode())

    with ScriptedServer(answer).serving() as server:
        backend = RestBackend(server.url, "token", demo_clock(), timeout_seconds=1.0)
        with caplog.at_level(logging.WARNING):
            got = backend.fetch("", 1)
            backend.fetch("", 2)
        backend.close()
    assert [member.first_name for member in got.members] == ["Zoé"]
    assert len(got.cards) == 1
    assert got.removed_members == ("2",)
    assert backend.skipped_rows == 15
    assert len(caplog.records) == 1
    assert "Zo" not in caplog.text


def test_unknown_member_is_refused_in_words(rig: RestRig) -> None:
    stranger = fact(FactKind.CHECK_IN, rig.clock, member_id="9999", shift_id=DELIVERY_NOW)
    assert rig.backend.deliver(stranger) == Refused("This member is not known.")


def test_same_id_with_another_fact_is_refused(rig: RestRig) -> None:
    arrived = arrival(rig)
    rig.backend.deliver(arrived)
    other = Fact(id=arrived.id, kind=FactKind.PASSAGE, happened=arrived.happened, member_id=arrived.member_id)
    assert rig.backend.deliver(other) == Refused("The same key came with another fact before.")
    assert rig.kept_ids() == [arrived.id]


def test_busy_server_leaves_a_booking_open(rig: RestRig) -> None:
    rig.server.fail_next(1, 503, Retry_After="5")
    outcome = rig.backend.book(FactId("b-1"), member_id(Kind.BLOCKED), CLEANING_AT_19, 1.0)
    assert outcome is BookingOutcome.UNAVAILABLE


def test_unchanged_costs_the_server_one_line(rig: RestRig) -> None:
    terminal = Terminal(rig.backend)
    terminal.pull()
    rig.cable.break_answer_after(1500)
    assert rig.backend.fetch(terminal.cursor, 2) == Unchanged()


class Hourglass:
    """Notes how long each exchange may take, and answers none."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def exchange(self, _method: str, _path: str, seconds: float, **_request: object) -> HttpAnswer:
        self.seconds.append(seconds)
        raise BackendUnavailable("the answer took too long")

    def close(self) -> None:
        pass


@pytest.mark.parametrize(("timeout", "page"), [(10, 30), (120, 120)])
def test_page_may_take_longer_but_never_as_long_as_the_watchdog_waits(timeout: int, page: int) -> None:
    hourglass = Hourglass()
    backend = RestBackend("http://localhost", "t", demo_clock(), timeout_seconds=timeout, transport=hourglass)
    with pytest.raises(BackendUnavailable):
        backend.fetch("", 1)
    assert hourglass.seconds == [page]
