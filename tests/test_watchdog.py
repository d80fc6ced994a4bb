import logging
import socket

import pytest

from kiosk.clock import AdjustableClock
from kiosk.types import Part
from kiosk.watchdog import REACTOR, START_SECONDS, Notifier, Watchdog


class Systemd:
    """A real datagram socket that systemd could listen on."""

    def __init__(self, path):
        self.environ = {"NOTIFY_SOCKET": str(path)}
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        self.socket.setblocking(False)

    def heard(self):
        """What came since the last time."""
        messages = []
        while True:
            try:
                messages.append(self.socket.recv(4096).decode())
            except BlockingIOError:
                return messages


@pytest.fixture
def systemd(tmp_path):
    listening = Systemd(tmp_path / "notify")
    yield listening
    listening.socket.close()


@pytest.fixture
def clock():
    return AdjustableClock()


@pytest.fixture
def watchdog(systemd, clock):
    """A terminal in good health: the screen may hang for 50 s, the reader for 20."""
    started = Watchdog(clock, Notifier(systemd.environ))
    started.watch(Part.SCREEN, 50.0)
    started.watch(Part.READER, 20.0)
    for part in (Part.SCREEN, Part.READER, REACTOR):
        started.tick(part)
    assert systemd.heard() == ["WATCHDOG=1"]
    return started


@pytest.fixture
def lines(caplog):
    caplog.set_level(logging.INFO)
    return lambda: [record.getMessage() for record in caplog.records]


def test_systemd_is_patted_at_each_tick_of_the_reactor_while_all_tick(watchdog, systemd, clock):
    clock.advance(15)
    watchdog.tick(Part.READER)
    assert systemd.heard() == []
    watchdog.tick(REACTOR)
    clock.advance(15)
    watchdog.tick(REACTOR)
    assert systemd.heard() == ["WATCHDOG=1", "WATCHDOG=1"]


def test_one_part_that_hangs_is_enough_to_stop_patting(watchdog, systemd, clock, lines):
    clock.advance(21)
    watchdog.tick(REACTOR)
    watchdog.tick(REACTOR)
    assert watchdog.late() == {"reader"}
    assert systemd.heard() == ["STATUS=waiting for reader"]
    assert lines() == ["reader: has not ticked for more than 20 s"]


def test_parts_that_tick_again_bring_the_patting_back(watchdog, systemd, clock, lines):
    clock.advance(51)
    for part in (REACTOR, Part.READER, REACTOR, Part.SCREEN, REACTOR):
        watchdog.tick(part)
    assert systemd.heard() == [
        "STATUS=waiting for reader, screen",
        "STATUS=waiting for screen",
        "STATUS=running",
        "WATCHDOG=1",
    ]
    assert lines() == [
        "reader: has not ticked for more than 20 s",
        "screen: has not ticked for more than 50 s",
        "reader: ticks again",
        "screen: ticks again",
    ]


def test_a_part_may_take_its_time_at_the_start(systemd, clock):
    watchdog = Watchdog(clock, Notifier(systemd.environ))
    watchdog.watch(Part.SCREEN, 5.0)
    clock.advance(START_SECONDS - 1)
    watchdog.tick(REACTOR)
    assert systemd.heard() == ["WATCHDOG=1"]
    clock.advance(2)
    assert watchdog.late() == {"screen"}


def test_silent_is_who_has_never_ticked_and_who_is_late(clock):
    watchdog = Watchdog(clock)
    for part in (Part.SCREEN, Part.READER, REACTOR):
        watchdog.watch(part, 20.0)
    watchdog.tick(REACTOR)
    assert watchdog.silent() == {"screen", "reader"}
    watchdog.tick(Part.READER)
    watchdog.tick(Part.SCREEN)
    assert watchdog.silent() == frozenset()
    # A first tick may be late, the others not.
    clock.advance(21)
    watchdog.tick(REACTOR)
    assert watchdog.silent() == {"screen", "reader"}


def test_a_part_that_is_switched_off_is_not_waited_for(watchdog, clock):
    watchdog.tick(Part.SCALE)
    clock.advance(19)
    assert watchdog.late() == frozenset()


def test_states_go_out_in_one_message(systemd):
    Notifier(systemd.environ)("READY=1", "STATUS=running")
    assert systemd.heard() == ["READY=1\nSTATUS=running"]


def test_an_abstract_socket_is_reached(tmp_path):
    name = f"coop-kiosk-{tmp_path}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind("\0" + name)
        Notifier({"NOTIFY_SOCKET": "@" + name})("STOPPING=1")
        receiver.setblocking(False)
        assert receiver.recv(100) == b"STOPPING=1"


def test_without_systemd_nothing_happens(tmp_path):
    Notifier({})("READY=1")
    Notifier({"NOTIFY_SOCKET": str(tmp_path / "gone")})("READY=1")


def test_a_deaf_systemd_never_blocks(systemd):
    notify = Notifier(systemd.environ)
    for _ in range(2000):  # more than a datagram socket holds
        notify("WATCHDOG=1")
    assert 0 < len(systemd.heard()) < 2000
