"""The Unix socket over which commands speak to a running terminal.

One request a connection, one line of JSON each way::

    {"command": "status", "arguments": {}}
    {"ok": true, "result": {…}}    or    {"ok": false, "error": "in plain words"}

The server has a thread of its own. A command becomes :class:`~kiosk.events.CommandReceived` in the inbox; whoever
carries it out calls :meth:`ControlServer.answer`, from any thread, and never waits. Whoever may write to the socket is
trusted with commands, not with the terminal's life: connections, sizes and times are bounded.
"""

import contextlib
import fcntl
import itertools
import json
import logging
import os
import selectors
import socket
import stat
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from kiosk.clock import Clock
from kiosk.errors import KioskError
from kiosk.events import CommandReceived

log = logging.getLogger(__name__)

SOCKET: Final = "control.sock"
"""Its name in the terminal's runtime directory."""
MOST_CLIENTS: Final = 8
"""More wait in the kernel's queue until one of these is done or has run out of time."""
LONGEST_REQUEST_BYTES: Final = 65_536
LONGEST_ANSWER_BYTES: Final = 64 * 1024 * 1024
CLIENT_SECONDS: Final = 5.0
"""For a client to bring its request, and again to fetch its answer."""
ANSWER_SECONDS: Final = 60.0
"""For the terminal to answer."""
_LOOK_SECONDS: Final = 0.2


class ControlError(KioskError):
    """Error raised when the control socket cannot be opened or spoken to."""


class AlreadyRunning(ControlError):
    """Error raised when another terminal holds the socket."""


class NotRunning(ControlError):
    """Error raised when no terminal listens."""


class NoAnswer(ControlError):
    """Error raised when the terminal is there but gave no usable answer in time."""


class CommandRefused(ControlError):
    """Error raised when the terminal answered that it will not; its text is the terminal's."""


@dataclass(slots=True, eq=False)
class _Client:
    connection: socket.socket
    deadline: float
    received: bytearray = field(default_factory=bytearray)
    reply: int | None = None
    """Set once the whole request is there."""
    unsent: bytes | None = None
    """Set once there is an answer."""


class ControlServer:
    """Takes commands and gives back answers.

    Args:
        path: of the socket; readable and writable for owner and group.
        post: the inbox.
        clock: for the time-outs.
    """

    def __init__(self, path: Path, post: Callable[[CommandReceived], None], clock: Clock) -> None:
        self._path = path
        self._post = post
        self._clock = clock
        self._numbers = itertools.count(1)
        self._answers: deque[tuple[int, Mapping[str, object]]] = deque()
        self._clients: set[_Client] = set()
        self._selector = selectors.DefaultSelector()
        self._woken, self._wake = socket.socketpair()
        self._woken.setblocking(False)
        self._wake.setblocking(False)
        self._listener: socket.socket | None = None
        self._lock: int | None = None
        self._deaf_until = 0.0
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="control", daemon=True)

    def start(self) -> None:
        """Listen.

        Raises:
            AlreadyRunning: another terminal does.
            ControlError: the path cannot be used.
        """
        try:
            self._take_lock()
            self._listener = self._bind()
        except ControlError:
            self._clean_up()
            raise
        except OSError as error:
            self._clean_up()
            raise ControlError(f"{self._path}: {error.strerror or error}") from None
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._thread.start()

    def answer(self, reply: int, result: Mapping[str, object]) -> None:
        """Answer the command with that number. If its caller has left, nothing happens.

        Args:
            reply: of the :class:`~kiosk.events.CommandReceived`.
            result: plain JSON values, not changed by anyone from here on.
        """
        self._hand_over(reply, {"ok": True, "result": result})

    def refuse(self, reply: int, why: str) -> None:
        """Answer the command with that number by a no, in plain words."""
        self._hand_over(reply, {"ok": False, "error": why})

    def request_stop(self) -> None:
        """Ask the thread to let all callers go and end; returns at once."""
        self._stopping = True
        self._nudge()

    def join(self, timeout_seconds: float = 2.0) -> bool:
        """Wait for the end, then remove the socket; False if the thread hangs. Twice does no harm."""
        if self._thread.is_alive():
            self._thread.join(timeout_seconds)
            if self._thread.is_alive():
                return False
        self._clean_up()
        return True

    def _clean_up(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None
            self._path.unlink(missing_ok=True)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
        self._selector.close()
        self._woken.close()
        self._wake.close()

    def _take_lock(self) -> None:
        """Hold a lock beside the socket for life, so that whatever lies at the path is known to be stale."""
        self._path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        lock = os.open(self._path.with_name(f"{self._path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise AlreadyRunning(f"{self._path}: a terminal is running there already") from None
        self._lock = lock

    def _bind(self) -> socket.socket:
        with contextlib.suppress(FileNotFoundError):
            if not stat.S_ISSOCK(self._path.lstat().st_mode):
                raise ControlError(f"{self._path}: is there, and is not a socket")
            self._path.unlink()
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            os.fchmod(listener.fileno(), 0o660)  # before it has a name: at no moment may others write to it
            listener.bind(str(self._path))
            self._path.chmod(0o660)  # whatever the umask was
            listener.listen()
            listener.setblocking(False)
        except BaseException:
            listener.close()
            raise
        return listener

    def _hand_over(self, reply: int, answer: Mapping[str, object]) -> None:
        self._answers.append((reply, answer))
        self._nudge()

    def _nudge(self) -> None:
        # A full pipe means that the thread has yet to wake up; a closed one, that nobody is left to answer.
        with contextlib.suppress(OSError):
            self._wake.send(b"!")

    def _run(self) -> None:
        while not self._stopping:
            listens = self._listen_if_there_is_room()
            for ready, _ in self._selector.select(_LOOK_SECONDS if self._clients or not listens else None):
                if isinstance(ready.data, _Client):
                    self._serve(ready.data)
                elif ready.fileobj is self._woken:
                    with contextlib.suppress(BlockingIOError):
                        self._woken.recv(4096)
                else:
                    self._accept()
            self._pass_answers_on()
            self._let_the_late_go()
        for client in tuple(self._clients):
            self._drop(client)

    def _listen_if_there_is_room(self) -> bool:
        assert self._listener is not None
        wants = len(self._clients) < MOST_CLIENTS and self._clock.monotonic() >= self._deaf_until
        self._watch(self._listener, selectors.EVENT_READ if wants else 0)
        return wants

    def _watch(self, connection: socket.socket, events: int, client: _Client | None = None) -> None:
        watched = connection in self._selector.get_map()
        if watched and events:
            self._selector.modify(connection, events, client)
        elif watched:
            self._selector.unregister(connection)
        elif events:
            self._selector.register(connection, events, client)

    def _accept(self) -> None:
        assert self._listener is not None
        try:
            connection, _ = self._listener.accept()
        except OSError as error:
            log.warning("a caller could not be let in (%s)", error)
            self._deaf_until = self._clock.monotonic() + CLIENT_SECONDS
            return
        connection.setblocking(False)
        client = _Client(connection, self._clock.monotonic() + CLIENT_SECONDS)
        self._clients.add(client)
        self._watch(connection, selectors.EVENT_READ, client)

    def _serve(self, client: _Client) -> None:
        try:
            if client.unsent is not None:
                client.unsent = client.unsent[client.connection.send(client.unsent) :]
                if not client.unsent:
                    self._drop(client)
            elif data := client.connection.recv(LONGEST_REQUEST_BYTES):
                self._take(client, data)
            else:
                self._drop(client)
        except BlockingIOError:
            pass
        except OSError:
            self._drop(client)

    def _take(self, client: _Client, data: bytes) -> None:
        client.received += data
        line, newline, _ = client.received.partition(b"\n")
        if len(line) > LONGEST_REQUEST_BYTES:
            self._send(client, {"ok": False, "error": "the request is too long"})
        elif newline:
            self._understand(client, bytes(line))

    def _understand(self, client: _Client, line: bytes) -> None:
        try:
            request = json.loads(line)
            name, arguments = request["command"], request.get("arguments", {})
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            name = arguments = None
        if not isinstance(name, str) or not isinstance(arguments, dict):
            self._send(client, {"ok": False, "error": 'a request is {"command": "…", "arguments": {…}}'})
            return
        client.reply = next(self._numbers)
        client.deadline = self._clock.monotonic() + ANSWER_SECONDS
        self._watch(client.connection, 0)  # one request a connection: what follows is never read
        self._post(CommandReceived(name=name, arguments=arguments, reply=client.reply))

    def _pass_answers_on(self) -> None:
        while self._answers:
            reply, answer = self._answers.popleft()
            for client in tuple(self._clients):
                if client.reply == reply and client.unsent is None:
                    self._send(client, answer)

    def _send(self, client: _Client, answer: Mapping[str, object]) -> None:
        try:
            line = json.dumps(answer)
        except (TypeError, ValueError):
            log.exception("an answer is not made of plain values")
            line = json.dumps({"ok": False, "error": "the terminal's answer could not be written down"})
        client.unsent = line.encode() + b"\n"
        client.deadline = self._clock.monotonic() + CLIENT_SECONDS
        self._watch(client.connection, selectors.EVENT_WRITE, client)

    def _let_the_late_go(self) -> None:
        now = self._clock.monotonic()
        for client in tuple(self._clients):
            if now < client.deadline:
                continue
            if client.reply is not None and client.unsent is None:
                self._send(client, {"ok": False, "error": "the terminal gave no answer in time"})
            else:
                self._drop(client)

    def _drop(self, client: _Client) -> None:
        self._clients.discard(client)
        self._watch(client.connection, 0)
        client.connection.close()


def ask(
    path: Path, name: str, arguments: Mapping[str, object] | None = None, timeout_seconds: float = 10.0
) -> dict[str, Any]:
    """Have the running terminal carry out a command.

    Args:
        path: of its socket.
        name: of the command.
        arguments: plain JSON values.
        timeout_seconds: for all of it.

    Raises:
        NotRunning: no terminal listens there.
        NoAnswer: it did not answer in time, or not in words that can be understood.
        CommandRefused: it said no.
        ControlError: this user may not speak to it.
    """
    deadline = time.monotonic() + timeout_seconds
    request = json.dumps({"command": name, "arguments": dict(arguments or {})}).encode() + b"\n"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(timeout_seconds)
        try:
            connection.connect(str(path))
            # A request that is too long is answered before all of it is sent.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                connection.sendall(request)
            line = _read_line(connection, deadline)
        except (FileNotFoundError, ConnectionRefusedError):
            raise NotRunning(f"{path}: no terminal is running there") from None
        except PermissionError:
            raise ControlError(f"{path}: only root and the terminal's own group may give it commands") from None
        except OSError as error:
            raise NoAnswer(f"{path}: the terminal gave no answer ({error.strerror or error})") from None
    return _result(path, line)


def _read_line(connection: socket.socket, deadline: float) -> bytes:
    received = bytearray()
    while not received.endswith(b"\n"):
        connection.settimeout(max(deadline - time.monotonic(), 0.001))
        data = connection.recv(65_536)
        received += data
        if not data or len(received) > LONGEST_ANSWER_BYTES:
            break
    return bytes(received)


def _result(path: Path, line: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(line)
        if answer["ok"] is True:
            return dict(answer["result"])
        error = str(answer["error"])
    except (ValueError, TypeError, KeyError, RecursionError):
        raise NoAnswer(f"{path}: the terminal's answer cannot be understood") from None
    raise CommandRefused(error)
