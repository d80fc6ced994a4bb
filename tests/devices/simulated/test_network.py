import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from kiosk.devices.simulated.network import Cable

PATIENCE = 5.0


class Echo:
    """Sends back what it gets."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._live: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                self._live.append(near)
                threading.Thread(target=self._echo, args=(near,), daemon=True).start()

    @staticmethod
    def _echo(near: socket.socket) -> None:
        with near, contextlib.suppress(OSError):
            while data := near.recv(65536):
                near.sendall(data)

    def close(self) -> None:
        for end in (self._listener, *self._live):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@pytest.fixture
def echo() -> Iterator[Echo]:
    echo = Echo()
    yield echo
    echo.close()


@pytest.fixture
def cable(echo: Echo) -> Iterator[Cable]:
    cable = Cable(echo.port)
    yield cable
    cable.close()


@contextlib.contextmanager
def plugged(cable: Cable) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", cable.port), PATIENCE) as near:
        yield near


def answer(near: socket.socket, sent: bytes) -> bytes:
    near.sendall(sent)
    got = b""
    while len(got) < len(sent) and (data := near.recv(65536)):
        got += data
    return got


def test_bytes_go_through_unchanged(cable: Cable) -> None:
    sent = bytes(range(256)) * 1000
    with plugged(cable) as near:
        assert answer(near, sent) == sent


def test_several_connections_live_side_by_side(cable: Cable) -> None:
    with plugged(cable) as one, plugged(cable) as other:
        assert answer(one, b"one") == b"one"
        assert answer(other, b"other") == b"other"


def test_cut_resets_what_lives_and_refuses_what_comes(cable: Cable) -> None:
    with plugged(cable) as near:
        assert answer(near, b"hello") == b"hello"
        cable.cut()
        with pytest.raises(ConnectionResetError):
            near.recv(1)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", cable.port), PATIENCE)
    assert cable.is_cut


def test_address_is_the_same_after_every_mending(cable: Cable) -> None:
    url = cable.url
    for _ in range(20):
        cable.cut()
        cable.cut()
        cable.mend()
        cable.mend()
        with plugged(cable) as near:
            assert answer(near, b"again") == b"again"
    assert cable.url == url


def test_port_of_a_cut_cable_is_not_given_to_others(cable: Cable) -> None:
    cable.cut()
    with socket.socket() as stranger, pytest.raises(OSError, match="in use"):
        stranger.bind(("127.0.0.1", cable.port))


def test_slow_cable_takes_its_time(cable: Cable) -> None:
    cable.slow(2000)
    with plugged(cable) as near:
        begun = time.monotonic()
        assert answer(near, b"x" * 400) == b"x" * 400
        assert time.monotonic() - begun > 0.1
        cable.slow(None)
        assert answer(near, b"x" * 100_000) == b"x" * 100_000


def test_hanging_cable_is_silent_until_mended(cable: Cable) -> None:
    with plugged(cable) as near:
        cable.hang()
        near.settimeout(0.1)
        with pytest.raises(TimeoutError):
            answer(near, b"anyone?")
        cable.mend()
        near.settimeout(PATIENCE)
        assert near.recv(100) == b"anyone?"


def test_answer_breaks_off_where_it_is_told_to_and_once(cable: Cable) -> None:
    cable.break_answer_after(5)
    with plugged(cable) as near:
        assert answer(near, b"abc") == b"abc"
        near.sendall(b"defgh")
        assert near.recv(100) == b"de"
        assert near.recv(100) == b""
    with plugged(cable) as near:
        assert answer(near, b"abcdefgh") == b"abcdefgh"


def test_server_that_is_gone_closes_the_connection(echo: Echo, cable: Cable) -> None:
    echo.close()
    with plugged(cable) as near:
        assert near.recv(100) == b""


def test_closing_ends_all_threads(echo: Echo) -> None:
    cable = Cable(echo.port)
    with plugged(cable) as near:
        answer(near, b"hello")
        cable.hang()
        near.sendall(b"anyone?")
        cable.close()
        cable.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("cable")]
