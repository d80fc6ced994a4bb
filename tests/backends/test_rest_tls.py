"""What TLS adds: whom the terminal trusts, and how long it waits for a handshake."""

import socket

import pytest

from kiosk.backends.rest import RestBackend
from kiosk.errors import BackendUnavailable
from tests.backends.rigs import demo_clock
from tests.backends.scripted import CERTIFICATE, ScriptedServer, http, seconds_of

CAPABILITIES = http(b'{"version": 1, "roster": true}')


def test_trusted_certificate_is_taken() -> None:
    with ScriptedServer(CAPABILITIES, tls=True).serving() as server:
        backend = RestBackend(server.url, "token", demo_clock(), timeout_seconds=2.0, ca_file=str(CERTIFICATE))
        assert backend.capabilities().roster
        backend.close()


def test_unknown_certificate_hears_no_token() -> None:
    with ScriptedServer(CAPABILITIES, tls=True).serving() as server:
        backend = RestBackend(server.url, "token", demo_clock(), timeout_seconds=2.0)
        with pytest.raises(BackendUnavailable, match="certificate is not trusted"):
            backend.capabilities()
        backend.close()
    assert server.requests == []


def test_handshake_that_never_ends_is_cut_off() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}"
        backend = RestBackend(url, "token", demo_clock(), timeout_seconds=0.3)
        assert seconds_of(backend.capabilities) < 1.5
        backend.close()


def test_drip_under_tls_is_cut_off() -> None:
    drip = ScriptedServer(http(b" " * 4000), bytes_at_once=20, pause_seconds=0.02, tls=True)
    with drip.serving() as server:
        backend = RestBackend(server.url, "token", demo_clock(), timeout_seconds=0.3, ca_file=str(CERTIFICATE))
        assert seconds_of(backend.capabilities) < 1.5
        backend.close()
