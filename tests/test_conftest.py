import os
import socket

import pytest
import requests

from tests.conftest import NetworkForbidden


def test_no_test_can_reach_another_machine():
    with socket.socket() as connection, pytest.raises(NetworkForbidden, match=r"192\.0\.2\.1"):
        connection.connect(("192.0.2.1", 80))
    with socket.socket() as connection, pytest.raises(NetworkForbidden):
        connection.connect_ex(("coop.example", 80))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as connection, pytest.raises(NetworkForbidden):
        connection.sendto(b"x", ("192.0.2.1", 53))
    with pytest.raises(NetworkForbidden, match=r"coop\.example"):
        requests.get("https://coop.example/", timeout=1)


def test_this_machine_can_be_reached():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        socket.create_connection(("127.0.0.1", listener.getsockname()[1]), timeout=5).close()


def test_pins_are_never_real():
    assert os.environ["GPIOZERO_PIN_FACTORY"] == "mock"
