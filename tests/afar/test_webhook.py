"""Alarms reach an address in their order, once it takes them, and hold nothing up until then."""

import itertools
import json
import socket
import threading
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from kiosk.afar.alarms import Limits
from kiosk.afar.webhook import KEYS, MOST_WAITING, NotTaken, Post, Webhook, sentence_key
from kiosk.clock import AdjustableClock
from kiosk.events_door import DoorAlarm, DoorAlarmCleared, DoorAlarmKind
from kiosk.messages import MESSAGES
from kiosk.messages_afar import AFAR
from tests.afar.statuses import status
from tests.fakes import PATIENCE_SECONDS

FORCED, SHUT = DoorAlarm(kind=DoorAlarmKind.FORCED), DoorAlarmCleared(kind=DoorAlarmKind.FORCED)


class Listener:
    """An address on this machine. ``answers`` are given one after the other, then 204."""

    def __init__(self):
        self.bodies = []
        self.answers = []
        self.changed = threading.Condition()

    def take(self, body):
        with self.changed:
            self.bodies.append(body)
            self.changed.notify_all()
            return self.answers.pop(0) if self.answers else 204

    def wait_for(self, count):
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.bodies) >= count, PATIENCE_SECONDS), self.bodies
            return self.bodies


@contextmanager
def listening():
    listener = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            assert self.headers["Content-Type"] == "application/json"
            status = listener.take(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            listener.url = f"http://127.0.0.1:{server.server_port}/alarms"
            yield listener
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def make():
    made = []

    def build(send, clock=None):
        common = {"terminal": "accueil", "version": "0.2.0"}
        webhook = Webhook(send, clock or AdjustableClock(), Limits(lost_seconds=0), common, sentence_key)
        made.append(webhook)
        return webhook

    yield build
    for webhook in made:
        webhook.request_stop()
        assert webhook.join(PATIENCE_SECONDS)


def test_an_alarm_and_its_end_are_told_in_order(make):
    with listening() as listener:
        webhook = make(Post(listener.url))
        webhook.start()
        webhook.hear(FORCED)
        webhook.see(status(refused=2))
        webhook.hear(SHUT)
        start, forced, refused, shut = listener.wait_for(4)
    assert (start["event"], start["terminal"], start["version"]) == ("start", "accueil", "0.2.0")
    assert (forced["event"], forced["alarm"], forced["state"]) == ("alarm", "door_forced", "raised")
    assert (refused["alarm"], refused["state"]) == ("refused", "raised")
    assert (shut["alarm"], shut["state"], shut["text"]) == ("door_forced", "cleared", "alarm.door_forced.over")
    assert len({body["id"] for body in (start, forced, refused, shut)}) == 4
    assert forced.keys() == {"event", "id", "terminal", "version", "alarm", "state", "at", "text"}


def test_what_is_not_taken_is_told_again_until_it_is(make, caplog):
    clock = AdjustableClock()
    with listening() as listener:
        listener.answers = [503, 404]
        webhook = make(Post(listener.url), clock)
        webhook.start()
        webhook.hear(FORCED)
        until(lambda: len(listener.bodies) == 4, lambda: clock.advance(1))
        bodies = listener.bodies
    assert [body["event"] for body in bodies] == ["start", "start", "start", "alarm"]
    assert len({body["id"] for body in bodies[:3]}) == 1
    assert [record.message for record in caplog.records if record.levelname == "WARNING"] == [
        "alarms cannot be told (it answered 503); they wait"
    ]


def test_the_pauses_between_tries_grow_up_to_a_quarter_of_an_hour(make):
    clock = AdjustableClock()
    tries = []

    def refuse(_body):
        tries.append(clock.monotonic())
        raise NotTaken("no")

    make(refuse, clock).start()
    until(lambda: len(tries) == 12, lambda: clock.advance(5))
    pauses = [later - sooner for sooner, later in itertools.pairwise(tries)]
    due = [5, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900]
    assert all(pause >= least for pause, least in zip(pauses, due, strict=True))


def until(condition, each):
    pause = threading.Event()
    for _ in range(int(PATIENCE_SECONDS / 0.005)):
        if condition():
            return
        each()
        pause.wait(0.005)
    pytest.fail("it did not come to that")


def test_a_redirection_is_no_yes(make):
    with listening() as listener:
        listener.answers = [302]
        with pytest.raises(NotTaken, match="it answered 302"):
            Post(listener.url)({"event": "start"})
        assert len(listener.bodies) == 1


@contextmanager
def talking_for_ever():
    """An address that says yes, and then never ends."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def talk():
            with suppress(OSError):
                while True:
                    caller, _ = server.accept()
                    with caller, suppress(OSError):
                        caller.recv(65_536)
                        caller.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                        while True:
                            caller.sendall(bytes(65_536))

        thread = threading.Thread(target=talk, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/alarms"
        server.shutdown(socket.SHUT_RDWR)
    thread.join(PATIENCE_SECONDS)


def test_an_endless_answer_does_not_fill_the_memory():
    with talking_for_ever() as url:
        sending = threading.Thread(target=Post(url), args=({"event": "start"},), daemon=True)
        sending.start()
        sending.join(PATIENCE_SECONDS)
        assert not sending.is_alive()


def test_the_address_is_in_no_message():
    with pytest.raises(NotTaken) as caught:
        Post("http://127.0.0.1:9/secret-of-the-coop")({"event": "start"})
    assert "secret" not in str(caught.value)


def test_an_address_that_hangs_holds_nobody_up_and_the_queue_stays_small(make):
    asked, let_go = threading.Event(), threading.Event()
    sent = []

    def hang(body):
        asked.set()
        assert let_go.wait(PATIENCE_SECONDS)
        sent.append(body)

    webhook = make(hang)
    webhook.start()
    assert asked.wait(PATIENCE_SECONDS)
    for _ in range(MOST_WAITING):
        webhook.hear(FORCED)
        webhook.hear(SHUT)
    let_go.set()
    until(lambda: len(sent) == MOST_WAITING + 1, lambda: None)
    # The start, which was on its way, and the latest of what came meanwhile; the next one says how many are missing.
    assert sent[0]["event"] == "start"
    assert [body.get("dropped") for body in sent[:3]] == [None, MOST_WAITING + 1, None]
    assert sent[-1]["state"] == "cleared"


def test_a_bug_in_one_message_does_not_keep_the_next_back(make, caplog):
    sent = []

    def send(body):
        if body["event"] == "start":
            raise RuntimeError("a bug")
        sent.append(body)

    webhook = make(send)
    webhook.start()
    webhook.hear(FORCED)
    until(lambda: sent, lambda: None)
    assert sent[0]["alarm"] == "door_forced"
    assert "an alarm could not be told" in caplog.text


def test_every_alarm_has_its_two_sentences_and_no_sentence_is_left_over():
    assert set(KEYS) == set(AFAR) <= set(MESSAGES)
