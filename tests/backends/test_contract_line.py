"""What a bad line and a mad server can do to every backend that has a server: nothing that stays, no door opened."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress

import pytest

from kiosk.backends.base import Accepted, Refused, Retry
from kiosk.demo.cast import STRANGER_CARD, Kind
from kiosk.devices.simulated.network import Cable
from kiosk.errors import BackendUnavailable, NotAuthorised
from kiosk.events import BookingOutcome
from kiosk.types import FactKind
from tests.backends.rigs import (
    CLEANING_AT_19,
    DELIVERY_NOW,
    HASHER,
    Rig,
    Terminal,
    fact,
    member_id,
)
from tests.backends.scripted import ScriptedServer, http

SECONDS = 0.5
MAD = {
    "a portal": http(b"<html><title>Bienvenue sur le wifi</title></html>"),
    "nothing": http(b""),
    "a list": http(b"[]"),
    "deep JSON": http(b"[" * 50_000),
    "half a JSON": http(b'{"jsonrpc": "2.0", "result": {"full": true, "last'),
    "no text": http(b'{"result": "\xff\xfe"}'),
    "everyone": http(b'{"member": {"first_name": "X", "status": "ok"}, "full": "yes", "last": true}'),
    "an empty result": http(b'{"jsonrpc": "2.0", "id": 1, "result": []}'),
    "elsewhere": http(b"", "302 Found", "Location: http://127.0.0.1:9/"),
    "unchanged": http(b"", "304 Not Modified"),
    "401": http(b"", "401 Unauthorized"),
    "403": http(b"<h1>Forbidden</h1>", "403 Forbidden"),
    "404": http(b"<h1>Not Found</h1>", "404 Not Found"),
    "500": http(b"<h1>Oops</h1>", "500 Internal Server Error"),
    "503": http(b"", "503 Service Unavailable", "Retry-After: 99999999999"),
    "a negative length": b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n{}",
    "half an answer": b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{}",
    "no chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "no gzip": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
    "headers without end": b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500,
    "another protocol": b"SSH-2.0-OpenSSH_9.2\r\n",
    "a closed line": b"",
}


@contextmanager
def leading_to(cable: Cable, port: int) -> Iterator[None]:
    """The cable is plugged into another socket meanwhile."""
    there = cable._target_port
    cable.cut()
    cable._target_port = port
    cable.mend()
    try:
        yield
    finally:
        cable.cut()
        cable._target_port = there
        cable.mend()


def no_answer() -> AbstractContextManager[None]:
    """What a backend says when it got none; anything else that it raises would be taken for a fault of ours."""
    return suppress(BackendUnavailable, NotAuthorised)


def arrival(rig: Rig):
    return fact(FactKind.CHECK_IN, rig.clock, member_id=member_id(Kind.SHIFT_NOW), shift_id=DELIVERY_NOW)


def must_do_nothing(rig: Rig, terminal: Terminal, arrived) -> None:
    """Whatever is asked now, nobody is let in, nothing is taken for delivered, and nothing known is forgotten."""
    known = dict(terminal.knowledge.members), dict(terminal.knowledge.cards)
    with no_answer():
        # That nothing has changed is all that it can make a terminal believe.
        assert not terminal.pull()
    with no_answer():
        assert not isinstance(rig.backend.deliver(arrived), Accepted | Refused)
    must_know_no_stranger(rig)
    with no_answer():
        wish = fact(FactKind.BOOKING, rig.clock).id
        assert rig.backend.book(wish, member_id(Kind.BLOCKED), CLEANING_AT_19, SECONDS) is BookingOutcome.UNAVAILABLE
    assert (terminal.knowledge.members, terminal.knowledge.cards) == known


def must_know_no_stranger(rig: Rig) -> None:
    with no_answer():
        stranger = rig.backend.identify(HASHER.hash_canonical(STRANGER_CARD), SECONDS)
        assert (stranger.member, stranger.account, stranger.available) == (None, None, False)


def must_go_on(rig: Rig, terminal: Terminal, arrived) -> None:
    """All is as it was, and what waited arrives once."""
    terminal.pull()
    while isinstance(outcome := rig.backend.deliver(arrived), Retry):
        rig.pass_time(outcome.after_seconds or 1.0)
    assert outcome == Accepted()
    terminal.pull()
    assert rig.kept_ids().count(arrived.id) == 1
    assert terminal.present(DELIVERY_NOW, member_id(Kind.SHIFT_NOW)) is True


@pytest.mark.parametrize("name", MAD)
def test_a_mad_server_is_no_server(served: Rig, name: str) -> None:
    terminal = Terminal(served.backend)
    terminal.pull()
    arrived = arrival(served)
    with ScriptedServer(MAD[name]).serving() as mad, leading_to(served.cable, int(mad.url.rpartition(":")[2])):
        must_do_nothing(served, terminal, arrived)
    must_go_on(served, terminal, arrived)


def test_a_cut_line_is_no_server(served: Rig) -> None:
    terminal = Terminal(served.backend)
    terminal.pull()
    arrived = arrival(served)
    served.cable.cut()
    must_do_nothing(served, terminal, arrived)
    served.cable.mend()
    must_go_on(served, terminal, arrived)


@pytest.mark.parametrize("fault", ["hang", "drip"])
def test_whoever_waits_is_not_kept_waiting(served: Rig, fault: str) -> None:
    terminal = Terminal(served.backend)
    terminal.pull()
    if fault == "hang":
        served.cable.hang()
    else:
        served.cable.slow(20)
    must_know_no_stranger(served)
    with no_answer():
        wish = fact(FactKind.BOOKING, served.clock).id
        booked = served.backend.book(wish, member_id(Kind.BLOCKED), CLEANING_AT_19, SECONDS)
        assert booked is BookingOutcome.UNAVAILABLE
    served.cable.cut()
    served.cable.mend()
    must_go_on(served, terminal, arrival(served))


def test_an_answer_that_breaks_off_anywhere_is_delivered_once(served: Rig) -> None:
    """Some of these breaks come after the server has acted: what is sent again is known there."""
    terminal = Terminal(served.backend)
    terminal.pull()
    arrived = arrival(served)
    breaks = 0
    while True:
        served.cable.break_answer_after(breaks * 120)
        with no_answer():
            outcome = served.backend.deliver(arrived)
            if outcome == Accepted():
                break
            assert isinstance(outcome, Retry)
        breaks += 1
        # The next round comes a while later.
        served.pass_time(5)
        with no_answer():
            terminal.pull()
    served.cable.mend()
    assert breaks > 0
    must_go_on(served, terminal, arrived)
