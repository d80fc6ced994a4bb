"""The bell on mock pins and on a web server of its own, under its supervisor."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue

import pytest
from gpiozero import GPIOZeroError
from gpiozero.pins.mock import MockFactory

from kiosk.clock import AdjustableClock
from kiosk.devices.bell import (
    CHECK_SECONDS,
    LONGEST_SECONDS,
    OFF_SECONDS,
    ON_SECONDS,
    Bell,
    GpioRinger,
    WebhookRinger,
    needs_internet,
)
from kiosk.devices.pins import Pins
from kiosk.devices.simulated.door import DrivenPin
from kiosk.devices.supervisor import Supervisor
from kiosk.errors import DeviceError
from kiosk.events import DeviceFound, DeviceLost, Event
from kiosk.types import Part

PIN = 22


class PromptClock(AdjustableClock):
    """Nobody waits on it: whoever has waited long enough looks again at once."""

    def wait(self, condition: threading.Condition, seconds: float | None) -> None:
        del condition, seconds


@pytest.fixture
def clock() -> AdjustableClock:
    return PromptClock()


# ── a sounder on a line ───────────────────────────────────────────────────────────────────────────────────────────


class Sounder:
    """A line of mock pins with something loud on it."""

    def __init__(self, *, active_high: bool = True) -> None:
        self.factory = MockFactory(revision="a02082", pin_class=DrivenPin)
        self.pin = self.factory.pin(PIN)
        self.active_high = active_high

    def make_pins(self) -> Pins:
        return Pins(factory=self.factory, faults=(GPIOZeroError,), close=lambda: None)

    @property
    def is_heard(self) -> bool:
        return self.pin.function == "output" and bool(self.pin.state) == self.active_high


@pytest.fixture(params=[True, False], ids=["active high", "active low"])
def sounder(request: pytest.FixtureRequest) -> Sounder:
    return Sounder(active_high=request.param)


@pytest.fixture
def bell(sounder: Sounder, clock: AdjustableClock) -> Iterator[Bell]:
    bell = Bell(GpioRinger(sounder.make_pins, PIN, active_high=sounder.active_high), clock)
    bell.open()
    yield bell
    bell.close()


def look(bell: Bell, sounder: Sounder) -> bool:
    """Whether it is heard, once its thread has had a moment."""
    bell.read()
    return sounder.is_heard


def test_bell_is_silent_until_it_is_rung(bell: Bell, sounder: Sounder) -> None:
    assert not look(bell, sounder)
    assert sounder.active_high not in sounder.pin.shown


def test_bell_rings_in_strokes_until_it_is_stopped(bell: Bell, sounder: Sounder, clock: AdjustableClock) -> None:
    bell.ring()
    for _ in range(3):
        assert look(bell, sounder)
        clock.advance(ON_SECONDS)
        assert not look(bell, sounder)
        clock.advance(OFF_SECONDS)
    assert look(bell, sounder)
    bell.stop_ringing()
    assert not look(bell, sounder)
    clock.advance(ON_SECONDS + OFF_SECONDS)
    assert not look(bell, sounder)


def test_no_bell_rings_longer_than_a_minute(bell: Bell, sounder: Sounder, clock: AdjustableClock) -> None:
    bell.ring()
    assert look(bell, sounder)
    clock.advance(LONGEST_SECONDS)
    assert not look(bell, sounder)
    clock.advance(ON_SECONDS + OFF_SECONDS)
    assert not look(bell, sounder)


def test_closing_silences_and_closing_twice_does_no_harm(bell: Bell, sounder: Sounder) -> None:
    bell.ring()
    assert look(bell, sounder)
    bell.close()
    bell.close()
    assert not sounder.is_heard


@pytest.mark.parametrize("active_high", [True, False], ids=["active high", "active low"])
def test_line_never_sounds_at_start_and_stop(active_high: bool, clock: AdjustableClock) -> None:
    sounder = Sounder(active_high=active_high)
    bell = Bell(GpioRinger(sounder.make_pins, PIN, active_high=active_high), clock)
    for _ in range(2):
        bell.open()
        look(bell, sounder)
        bell.close()
    assert set(sounder.pin.shown) == {not active_high}


def test_ring_that_came_while_it_was_lost_is_not_heard_later(clock: AdjustableClock) -> None:
    sounder = Sounder()
    bell = Bell(GpioRinger(sounder.make_pins, PIN), clock)
    bell.ring()
    bell.open()
    assert not look(bell, sounder)
    bell.close()


@pytest.mark.parametrize("fault", [ImportError("no lgpio"), RuntimeError("no Raspberry Pi")])
def test_machine_without_lines_has_a_lost_bell(fault: Exception, clock: AdjustableClock) -> None:
    def make_pins() -> Pins:
        raise fault

    bell = Bell(GpioRinger(make_pins, PIN), clock)
    with pytest.raises(bell.faults, match=str(fault)):
        bell.open()
    bell.close()


def test_line_that_is_taken_is_a_lost_bell(bell: Bell, sounder: Sounder, clock: AdjustableClock) -> None:
    second = Bell(GpioRinger(sounder.make_pins, PIN), clock)
    with pytest.raises(DeviceError, match="22"):
        second.open()
    second.close()


# ── a web hook ────────────────────────────────────────────────────────────────────────────────────────────────────


class Desk:
    """A web server at the desk: what it was asked, and what it answers."""

    def __init__(self) -> None:
        self.asked: list[dict] = []
        self.status = 204
        desk = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                desk.asked.append(json.loads(body))
                self.send_response(desk.status)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/ring?token=secret"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk()
    yield desk
    desk.close()


@pytest.fixture
def hook(desk: Desk, clock: AdjustableClock) -> Iterator[Bell]:
    bell = Bell(WebhookRinger(desk.url, "accueil"), clock)
    bell.open()
    yield bell
    bell.close()


def pass_time(bell: Bell, clock: AdjustableClock, seconds: float) -> None:
    for _ in range(int(seconds / ON_SECONDS)):
        bell.read()
        clock.advance(ON_SECONDS)


def test_one_ringing_is_one_request(hook: Bell, desk: Desk, clock: AdjustableClock) -> None:
    hook.ring()
    pass_time(hook, clock, 20)
    hook.ring()
    pass_time(hook, clock, 5)
    assert desk.asked == [{"event": "bell", "terminal": "accueil"}]
    hook.stop_ringing()
    hook.ring()
    pass_time(hook, clock, 5)
    assert len(desk.asked) == 2


def test_nothing_is_asked_while_nobody_rings(hook: Bell, desk: Desk, clock: AdjustableClock) -> None:
    pass_time(hook, clock, 3 * CHECK_SECONDS)
    assert desk.asked == []


@pytest.mark.parametrize("status", [301, 404, 500])
def test_web_address_that_does_not_ring_is_a_fault_that_tells_no_secret(status: int, hook: Bell, desk: Desk) -> None:
    desk.status = status
    hook.ring()
    with pytest.raises(DeviceError, match=str(status)) as caught:
        hook.read()
    assert "secret" not in str(caught.value)
    assert len(desk.asked) == 1


def test_web_server_that_is_gone_is_a_fault_that_tells_no_secret(
    hook: Bell, desk: Desk, clock: AdjustableClock
) -> None:
    desk.close()
    hook.ring()
    with pytest.raises(OSError) as caught:
        hook.read()
    assert "secret" not in str(caught.value)


def test_web_server_that_goes_while_nobody_rings_is_noticed(hook: Bell, desk: Desk, clock: AdjustableClock) -> None:
    desk.close()
    clock.advance(CHECK_SECONDS)
    with pytest.raises(OSError):
        hook.read()


@contextmanager
def endless(answer: bytes, more: bytes) -> Iterator[str]:
    """A web address that begins so, and goes on so until the caller leaves."""
    let_go = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def talk() -> None:
            caller, _ = server.accept()
            with caller, suppress(OSError):
                caller.recv(65_536)
                caller.sendall(answer)
                while not let_go.wait(0.01):
                    caller.sendall(more)

        talking = threading.Thread(target=talk)
        talking.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/ring"
        let_go.set()
        talking.join()


def test_answer_without_an_end_rings_at_once() -> None:
    with endless(b"HTTP/1.1 200 OK\r\n\r\n", bytes(65_536)) as url:
        WebhookRinger(url, "accueil").begin()


def test_web_server_that_answers_byte_by_byte_does_not_hold_the_bell(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bell that gives no sign of life would have the watchdog end the terminal."""
    monkeypatch.setattr("kiosk.devices.bell.LONGEST_WEB_SECONDS", 0.2)
    with endless(b"HTTP/1.1 200 OK\r\nX-Slow: ", b".") as url:
        ringer = WebhookRinger(url, "accueil")
        with pytest.raises(DeviceError, match="not answer in time"):
            ringer.begin()
        with pytest.raises(DeviceError, match="has not answered yet"):
            ringer.check()


def test_bell_is_lost_and_found_by_its_supervisor(desk: Desk) -> None:
    clock = AdjustableClock()
    events: Queue[Event] = Queue()
    bell = Bell(WebhookRinger(desk.url, "accueil"), clock)
    supervisor = Supervisor(bell, events.put, clock)
    supervisor.start()
    assert next_of(events, DeviceFound).part is Part.BELL
    desk.status = 500
    bell.ring()
    assert next_of(events, DeviceLost).part is Part.BELL
    desk.status = 204
    clock.advance(11)
    next_of(events, DeviceFound)
    asked = len(desk.asked)
    bell.ring()
    wait_for(lambda: len(desk.asked) > asked)
    supervisor.request_stop()
    assert supervisor.join()


def next_of(events: "Queue[Event]", kind: type) -> Event:
    while not isinstance(event := events.get(timeout=5), kind):
        pass
    return event


def wait_for(condition) -> None:
    pause = threading.Event()
    for _ in range(500):
        if condition():
            return
        pause.wait(0.01)
    pytest.fail("it did not come to that")


@pytest.mark.parametrize(
    ("url", "outside"),
    [
        ("https://coop.example/ring", True),
        ("https://93.184.215.14/ring", True),
        ("http://192.168.1.20:8123/ring", False),
        ("http://127.0.0.1:80/", False),
        ("http://[fe80::1]/", False),
        ("http://homeassistant.local/api", False),
        ("http://sonnette/ring", False),
        ("http://box.lan/ring", False),
        ("http://sonnette.home/ring", False),
    ],
)
def test_only_an_address_outside_of_the_shop_needs_the_internet(url: str, outside: bool) -> None:
    assert needs_internet(url) is outside
