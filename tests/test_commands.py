"""What a running terminal says to commands whose arguments mean nothing."""

import pytest

from kiosk.app import Terminal
from kiosk.app_parts import control_path
from kiosk.control import MOST_CLIENTS, CommandRefused, ask
from kiosk.demo.room import Room, Wish, demo_clock
from tests.demo.onlooker import Onlooker, wait_until

ODD = [
    ("journal purge", {"passage_days": "soon"}),
    ("journal purge", {"all_days": 1}),
    ("journal purge", {"passage_days": float("inf")}),
    ("journal purge", {"passage_days": 10**9}),
    ("journal purge", {"presence_days": 0}),
    ("journal list", {"after": []}),
    ("journal list", {"after": "x"}),
    ("journal list", {"after": 10**30}),
    ("decide", {"who": "312", "at": "2026-01-01T00:00:00"}),
    ("decide", {"who": "312", "at": "today"}),
]


def test_every_one_is_refused_and_none_keeps_its_place_at_the_socket(tmp_path):
    room = Room(Wish(backend="folder", members=40), tmp_path, demo_clock())
    with room.running():
        path = control_path(room.config())
        terminal = Terminal(room.config(), room.clock, room)
        with terminal.running(Onlooker()):
            wait_until(lambda: "312" in terminal.reactor.knowledge.members)
            for name, arguments in ODD * (1 + MOST_CLIENTS // len(ODD)):
                with pytest.raises(CommandRefused):
                    ask(path, name, arguments)
            assert ask(path, "status")["store_fault"] is None
