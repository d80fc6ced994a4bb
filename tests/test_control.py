import json
import os
import queue
import socket
import stat
import threading

import pytest

from kiosk import control
from kiosk.clock import AdjustableClock
from kiosk.control import AlreadyRunning, CommandRefused, ControlError, ControlServer, NoAnswer, NotRunning, ask


def close(server):
    server.request_stop()
    assert server.join()


class Terminal:
    """A server, its inbox, and somebody who carries commands out."""

    def __init__(self, path):
        self.path = path
        self.clock = AdjustableClock()
        self.inbox = queue.Queue()
        self.server = ControlServer(path, self.inbox.put, self.clock)
        self.server.start()
        self._thread = threading.Thread(target=self._work)
        self._thread.start()

    def _work(self):
        while (command := self.inbox.get()) is not None:
            match command.name:
                case "echo":
                    self.server.answer(command.reply, command.arguments)
                case "deny":
                    self.server.refuse(command.reply, "the door is held")
                case "large":
                    self.server.answer(command.reply, {"text": "x" * 3_000_000})
                case "strange":
                    self.server.answer(command.reply, {"set": {1}})

    def close(self):
        close(self.server)
        self.inbox.put(None)
        self._thread.join()


@pytest.fixture
def terminal(tmp_path):
    running = Terminal(tmp_path / "control.sock")
    yield running
    running.close()


@pytest.fixture
def caller(terminal):
    """Opens raw connections, for the callers that do not behave."""
    opened = []

    def connect(data=b""):
        connection = socket.socket(socket.AF_UNIX)
        opened.append(connection)
        connection.settimeout(5)
        connection.connect(str(terminal.path))
        connection.sendall(data)
        return connection

    yield connect
    for connection in opened:
        connection.close()


def line_of(connection):
    with connection.makefile("rb") as file:
        return json.loads(file.readline())


def test_a_command_is_carried_out_and_its_answer_comes_back(terminal):
    assert ask(terminal.path, "echo", {"days": 3, "words": ["é", None]}) == {"days": 3, "words": ["é", None]}
    assert ask(terminal.path, "echo") == {}


def test_a_refused_command_says_why(terminal):
    with pytest.raises(CommandRefused, match="the door is held"):
        ask(terminal.path, "deny")


def test_a_large_answer_arrives_whole(terminal):
    assert len(ask(terminal.path, "large")["text"]) == 3_000_000


def test_many_callers_at_once_each_get_their_own_answer(terminal):
    seen = {}

    def call(number):
        seen[number] = ask(terminal.path, "echo", {"number": number})

    threads = [threading.Thread(target=call, args=(number,)) for number in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {number: {"number": number} for number in range(30)}


def test_an_answer_that_is_no_plain_value_is_our_fault_and_said(terminal, caplog):
    with pytest.raises(CommandRefused, match="could not be written down"):
        ask(terminal.path, "strange")
    assert "not made of plain values" in caplog.text


@pytest.mark.parametrize(
    "line",
    [
        b"\n",
        b"hello\n",
        b"[]\n",
        b'"echo"\n',
        b"{}\n",
        b'{"command": 3}\n',
        b'{"command": "echo", "arguments": []}\n',
        b'{"command": "echo", "arguments": null}\n',
        b'\xff\xfe{"command": "echo"}\n',
        b"[" * 60_000 + b"\n",
        b'{"command": "echo", "arguments": {"n": ' + b"9" * 5000 + b"}}\n",
    ],
)
def test_nonsense_is_answered_and_does_no_harm(terminal, caller, line):
    answer = line_of(caller(line))
    assert answer["ok"] is False
    assert "a request is" in answer["error"]
    assert ask(terminal.path, "echo", {"n": 1}) == {"n": 1}


def test_a_request_without_end_is_cut_short(terminal, caller):
    answer = line_of(caller(b"x" * (control.LONGEST_REQUEST_BYTES + 1)))
    assert answer == {"ok": False, "error": "the request is too long"}


def test_asking_with_too_long_a_request_says_so(terminal):
    with pytest.raises(CommandRefused, match="too long"):
        ask(terminal.path, "echo", {"x": "x" * 5_000_000})


def test_a_request_may_come_byte_by_byte(terminal, caller):
    connection = caller()
    for byte in b'{"command": "echo", "arguments": {"a": 1}}':
        connection.sendall(bytes([byte]))
    connection.sendall(b"\nleft over")
    assert line_of(connection) == {"ok": True, "result": {"a": 1}}


def test_a_silent_caller_is_let_go(terminal, caller):
    connection = caller(b'{"command"')
    assert ask(terminal.path, "echo") == {}  # it has been let in by now
    terminal.clock.advance(control.CLIENT_SECONDS)
    assert connection.recv(1) == b""


def test_silent_callers_cannot_keep_others_out(terminal, caller):
    for _ in range(control.MOST_CLIENTS):
        caller()
    late = caller(b'{"command": "echo", "arguments": {"late": true}}\n')
    answered = threading.Event()

    def let_time_pass() -> None:
        # Again and again: the silent ones are only counted from when they were let in.
        while not answered.wait(0.05):
            terminal.clock.advance(control.CLIENT_SECONDS)

    ticker = threading.Thread(target=let_time_pass)
    ticker.start()
    try:
        answer = line_of(late)
    finally:
        answered.set()
        ticker.join()
    assert answer == {"ok": True, "result": {"late": True}}


def test_a_caller_that_leaves_before_its_answer_does_no_harm(terminal, caller):
    caller(b'{"command": "large"}\n').close()
    assert ask(terminal.path, "echo") == {}


def test_a_caller_that_does_not_fetch_its_answer_is_let_go(terminal, caller):
    connection = caller(b'{"command": "large"}\n')
    assert connection.recv(1, socket.MSG_PEEK) == b"{"  # the answer has begun
    terminal.clock.advance(control.CLIENT_SECONDS)
    assert ask(terminal.path, "echo") == {}
    close(terminal.server)
    received = sum(iter(lambda: len(connection.recv(1_000_000)), 0))
    assert received < 3_000_000


def test_a_command_that_nobody_answers_is_told_so(terminal, caller):
    connection = caller(b'{"command": "mute"}\n')
    assert ask(terminal.path, "echo") == {}
    terminal.clock.advance(control.ANSWER_SECONDS)
    assert line_of(connection) == {"ok": False, "error": "the terminal gave no answer in time"}


def test_an_answer_to_nobody_does_no_harm(terminal):
    terminal.server.answer(4711, {})
    assert ask(terminal.path, "echo") == {}


def test_a_stopping_terminal_lets_its_callers_go(terminal):
    failed = []

    def call():
        try:
            ask(terminal.path, "mute")
        except NoAnswer as error:
            failed.append(str(error))

    thread = threading.Thread(target=call)
    commands = queue.Queue()
    terminal.server._post = commands.put
    thread.start()
    assert commands.get(timeout=5).name == "mute"
    close(terminal.server)
    thread.join()
    assert failed == [f"{terminal.path}: the terminal's answer cannot be understood"]


# ── the path ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_only_owner_and_group_may_speak_to_it(terminal):
    assert stat.S_IMODE(terminal.path.stat().st_mode) == 0o660


def test_a_strict_umask_does_not_keep_the_group_out(tmp_path):
    before = os.umask(0o077)
    try:
        server = ControlServer(tmp_path / "c.sock", lambda command: None, AdjustableClock())
        server.start()
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "c.sock").stat().st_mode) == 0o660
    close(server)


def test_closing_removes_the_socket_and_twice_does_no_harm(terminal):
    close(terminal.server)
    assert not terminal.path.exists()
    close(terminal.server)
    terminal.server.answer(1, {})


def test_a_socket_left_behind_is_replaced(tmp_path):
    path = tmp_path / "control.sock"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    with pytest.raises(NotRunning):
        ask(path, "echo")
    running = Terminal(path)
    assert ask(path, "echo", {"a": 1}) == {"a": 1}
    running.close()


def test_a_live_socket_is_refused_and_goes_on(terminal):
    second = ControlServer(terminal.path, lambda command: None, terminal.clock)
    with pytest.raises(AlreadyRunning, match="a terminal is running there already"):
        second.start()
    close(second)
    assert ask(terminal.path, "echo") == {}


def test_a_file_that_is_no_socket_is_never_removed(tmp_path):
    path = tmp_path / "control.sock"
    path.write_text("precious", encoding="utf-8")
    with pytest.raises(ControlError, match="is not a socket"):
        ControlServer(path, lambda command: None, AdjustableClock()).start()
    assert path.read_text(encoding="utf-8") == "precious"


def test_a_path_too_long_for_a_socket_is_told(tmp_path):
    path = tmp_path / ("x" * 120)
    with pytest.raises(ControlError, match="path too long"):
        ControlServer(path, lambda command: None, AdjustableClock()).start()


# ── who asks ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_without_a_terminal_it_says_so(tmp_path):
    with pytest.raises(NotRunning, match="no terminal is running there"):
        ask(tmp_path / "none.sock", "status")


@pytest.mark.parametrize(
    "answer", [b"", b"what?\n", b"{}\n", b'{"ok": true, "result": 3}\n', b'{"ok": true', b"[" * 9999]
)
def test_an_answer_that_makes_no_sense_is_no_answer(tmp_path, answer):
    path = tmp_path / "c.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()

        def speak():
            connection, _ = listener.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(answer)

        thread = threading.Thread(target=speak)
        thread.start()
        with pytest.raises(NoAnswer):
            ask(path, "status", timeout_seconds=5)
        thread.join()


def test_a_terminal_that_hangs_is_no_answer(tmp_path):
    path = tmp_path / "c.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        with pytest.raises(NoAnswer, match="timed out"):
            ask(path, "status", timeout_seconds=0.05)
