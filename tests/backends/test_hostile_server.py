"""A whole terminal on a server that has gone mad: it stays up, opens to nobody it does not know, and goes on after."""

import json
from pathlib import Path

from werkzeug.wrappers import Response

from kiosk.app import Terminal
from kiosk.demo.cast import Kind, character
from kiosk.demo.room import Room, Wish, demo_clock
from kiosk.views import IdleView
from tests.backends.broken import break_with
from tests.demo.onlooker import Onlooker, wait_until

OUTSIDE = {"unknown.title", "closed.title"}
FROZEN = {"id": character(Kind.FROZEN).id, "first_name": "X", "status": "frozen"}
MAD = {
    "nothing": b"",
    "a portal": b"<html><title>Bienvenue sur le wifi</title></html>",
    "no JSON": b'{"member": ',
    "deep JSON": b"[" * 50_000,
    "a list": b"[]",
    "no UTF-8": b'{"member": "\xff\xfe"}',
    "a text for a member": b'{"member": "everyone", "full": true, "last": true, "version": 1}',
    "a member without a standing": json.dumps({"member": {"id": "1", "first_name": "X"}}).encode(),
    "a standing of its own": json.dumps({"member": FROZEN | {"status": "king"}}).encode(),
    "a member who may not enter": json.dumps({"member": FROZEN}).encode(),
    "a member on nobody's account": json.dumps(
        {"member": FROZEN | {"status": "attached", "attached_to": "no-one"}}
    ).encode(),
    "a name that breaks the screen": json.dumps({"member": FROZEN | {"first_name": "\x1b[2J\u202e"}}).encode(),
    "a number beyond all": json.dumps({"member": FROZEN | {"balance_minutes": 10**400}}).encode(),
    "a round of nonsense": json.dumps(
        {"full": True, "last": False, "cursor": "again", "members": [7, {}, None], "cards": [{"hash": "x"}]}
    ).encode(),
}


def test_strangers_stay_outside_whatever_the_server_says_and_members_come_in_after(tmp_path: Path) -> None:
    room = Room(Wish(members=60), tmp_path, demo_clock())
    with room.running():
        terminal = Terminal(room.config(), room.clock, room)
        screen = Onlooker()
        with terminal.running(screen):
            screen.wait_for(lambda view: bool(getattr(view, "board", ())))
            for number, name in enumerate(MAD):
                let_a_stranger_try(room, screen, f"7:04C0FFEE0000{number:02X}", MAD[name])
            assert not any(room.door.relay_levels)
            room.lay_card(character(Kind.OK).card)
            screen.wait_for_title("open.title")
            wait_until(lambda: room.door.is_unlocked)
            assert room.door.relay_levels.count(True) == 1


def let_a_stranger_try(room: Room, screen: Onlooker, card: str, answer: bytes) -> None:
    assert room.server is not None
    sane = room.server._faults._application
    break_with(room.server, lambda _asked, _answer: Response(answer, content_type="application/json"))
    # A look at the server is due as well.
    room.clock.advance(6)
    room.lay_card(card)
    screen.wait_for(lambda view: getattr(view, "title", None) is not None and view.title.key in OUTSIDE)
    room.lift_cards()
    room.server._faults._application = sane
    wait_until(lambda: isinstance(screen.view, IdleView), lambda: room.clock.advance(5))
