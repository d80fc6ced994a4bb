"""What holds for every test: no network beyond this machine, no real pins, no time limit on a slow machine."""

import ipaddress
import os
import socket

import pytest
from hypothesis import settings

os.environ["GPIOZERO_PIN_FACTORY"] = "mock"

settings.register_profile("kiosk", deadline=None)
settings.load_profile("kiosk")


class NetworkForbidden(AssertionError):
    """A test tried to reach another machine."""


def _must_be_near(host: object) -> None:
    name = host.decode() if isinstance(host, bytes) else str(host or "localhost").partition("%")[0]
    if name == "localhost":
        return
    try:
        near = ipaddress.ip_address(name).is_loopback
    except ValueError:
        near = False
    if not near:
        raise NetworkForbidden(f"a test tried to reach {name}")


@pytest.fixture(autouse=True, scope="session")
def _no_network():
    connect, connect_ex, sendto = socket.socket.connect, socket.socket.connect_ex, socket.socket.sendto
    getaddrinfo = socket.getaddrinfo

    def check(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6):
            _must_be_near(address[0])

    def near_connect(self, address):
        check(self, address)
        return connect(self, address)

    def near_connect_ex(self, address):
        check(self, address)
        return connect_ex(self, address)

    def near_sendto(self, data, *rest):
        check(self, rest[-1])
        return sendto(self, data, *rest)

    def near_getaddrinfo(host, *args, **kwargs):
        _must_be_near(host)
        return getaddrinfo(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", near_connect)
        patch.setattr(socket.socket, "connect_ex", near_connect_ex)
        patch.setattr(socket.socket, "sendto", near_sendto)
        patch.setattr(socket, "getaddrinfo", near_getaddrinfo)
        yield


@pytest.fixture
def passphrase(monkeypatch):
    """One for whatever is sealed, at a cost at which tests do not wait."""
    monkeypatch.setattr("kiosk.sealing.COST_LOG2", 4)
    monkeypatch.setenv("KIOSK_PASSPHRASE", "quatre-cents coops")
