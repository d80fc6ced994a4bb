"""The whole terminal on simulated hardware: real drivers, real store, real sockets, no window."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from kiosk.actions import Action
from kiosk.app import Terminal
from kiosk.demo.cast import CAST, STRANGER_CARD, Kind, character
from kiosk.demo.room import Room, Wish, demo_clock
from kiosk.devices.backlight import Backlight
from kiosk.events import Touched
from kiosk.member_data import forget
from kiosk.rules.tare import Empty
from kiosk.types import FactKind
from kiosk.views import GesturesView, QuestionView, ResultView, WeightView
from tests.demo.onlooker import Onlooker

NEW_CARD = "7:04C0FFEE123480"


@contextmanager
def terminal_in(folder: Path, **wish) -> Iterator[tuple[Room, Terminal, Onlooker]]:
    room = Room(Wish(members=60, **wish), folder, demo_clock())
    with room.running():
        terminal = Terminal(room.config(), room.clock, room)
        screen = Onlooker()
        with terminal.running(screen):
            screen.wait_for(lambda view: bool(getattr(view, "board", ())))
            yield room, terminal, screen


@pytest.mark.parametrize("backend", ["rest", "folder", "gestion-compte"])
def test_a_card_opens_the_door_and_the_screen_says_so(tmp_path, backend):
    with terminal_in(tmp_path, backend=backend) as (room, _, screen):
        room.lay_card(character(Kind.OK).card)
        screen.wait_for_title("open.title")
        wait_until(lambda: room.door.is_unlocked)
        room.clock.advance(9)
        wait_until(lambda: not room.door.is_unlocked)


def wait_until(condition, seconds: float = 10.0, each=lambda: None) -> None:
    """Look again and again, until it has come to that."""
    pause = threading.Event()
    for _ in range(int(seconds / 0.02)):
        if condition():
            return
        each()
        pause.wait(0.02)
    pytest.fail("it did not come to that")


def test_a_stranger_stays_outside(tmp_path):
    with terminal_in(tmp_path) as (room, _, screen):
        room.lay_card(STRANGER_CARD)
        screen.wait_for_title("unknown.title")
        assert room.door.relay_levels.count(True) == 0


def test_a_check_in_reaches_the_server_once_through_a_cut_network(tmp_path):
    with terminal_in(tmp_path) as (room, terminal, screen):
        room.cut_network()
        room.clock.advance(6)
        screen.wait_for(lambda view: view.frame.header.second is not None)
        room.lay_card(character(Kind.SHIFT_NOW).card)
        screen.wait_for(lambda view: isinstance(view, QuestionView))
        terminal.reactor.post(Touched(Action.START_SHIFT))
        screen.wait_for(lambda view: isinstance(view, ResultView) and "shift.queued" in {s.key for s in view.body})
        room.mend_network()
        room.clock.advance(40)
        wait_until(lambda: "check_in" in kinds_at(room), each=lambda: room.clock.advance(1))
        assert kinds_at(room).count("check_in") == 1


def kinds_at(room: Room) -> list[str]:
    """What the server has, in the order in which it came."""
    return [event["kind"] for event in room.server.events()]


def weigh_a_jar(room: Room, terminal: Terminal, screen: Onlooker, grams: int = 352) -> None:
    terminal.reactor.post(Touched(Action.WEIGH))
    screen.wait_for_title("tare.wait")
    wait_until(lambda: isinstance(terminal.reactor.session.weighing.pan, Empty))
    room.scale.place(grams, settle_seconds=0.2)
    screen.wait_for(lambda view: isinstance(view, WeightView) and view.steady)
    terminal.reactor.post(Touched(Action.KEEP_TARE))


@pytest.mark.parametrize(
    "wish", [{}, {"scale": "stgs", "network_scale": True, "printer": "zpl"}], ids=["serial", "network"]
)
def test_a_jar_is_weighed_and_its_label_can_be_read(tmp_path, wish):
    with terminal_in(tmp_path, **wish) as (room, terminal, screen):
        weigh_a_jar(room, terminal, screen)
        view = screen.wait_for_title("tare.done")
        assert dict(view.panel.text.values)["grams"] == 352
        [label] = room.printer.labels
        image = Image.frombytes("1", (label.width, label.height), label.inverted())
        assert {code.text for code in zxingcpp.read_barcodes(image.convert("L"))} == {"0700000003529", view.panel.code}
        kinds = [row.fact.kind for row in terminal.store.journal_list().result(5)]
        assert kinds.count(FactKind.TARE) == kinds.count(FactKind.LABEL) == 1


def test_without_paper_the_screen_says_what_to_write_and_the_tare_is_kept(tmp_path):
    with terminal_in(tmp_path) as (room, terminal, screen):
        room.printer.take_paper_out()
        weigh_a_jar(room, terminal, screen)
        view = screen.wait_for_title("broken.printer")
        assert dict(view.body[0].values) == {"grams": 352}
        assert [jar.grams for jar in terminal.store.jars().result(5)] == [352]
        assert room.printer.labels == []


def test_a_lost_reader_is_shown_and_comes_back(tmp_path):
    with terminal_in(tmp_path) as (room, _, screen):
        room.unplug_reader()
        room.clock.advance(6)
        screen.wait_for_title("broken.reader")
        room.plug_reader()
        room.clock.advance(11)
        screen.wait_for_title("idle.title")


def test_a_lost_scanner_is_shown_where_every_card_is_read_by_it(tmp_path):
    room = Room(Wish(members=60), tmp_path, demo_clock())
    with room.running():
        config = room.config()
        terminal = Terminal(replace(config, reader=replace(config.reader, enabled=False)), room.clock, room)
        screen = Onlooker()
        with terminal.running(screen):
            screen.wait_for(lambda view: bool(getattr(view, "board", ())))
            usb, gun = room.make_input_devices(), room._scanner
            usb.unplug(gun)
            screen.wait_for_title("broken.reader")
            usb.plug(gun)
            room.clock.advance(11)
            screen.wait_for_title("idle.title")


def test_the_light_is_left_on_by_a_terminal_that_ends(tmp_path):
    """The faults of a configuration, or the guide, may be shown next: neither knows of the light."""
    panel = tmp_path / "backlight" / "10-0045"
    panel.mkdir(parents=True)
    (panel / "max_brightness").write_text("31")
    room = Room(Wish(members=60), tmp_path, demo_clock())
    with room.running():
        terminal = Terminal(room.config(), room.clock, room)
        terminal.backlight = Backlight(room.clock.monotonic, panel.parent)
        with terminal.running(Onlooker()):
            wait_until((panel / "brightness").exists)
            (panel / "brightness").write_text("0")
            terminal.backlight._share = 0.0
    assert (panel / "brightness").read_text() == "31"


def test_the_bell_is_heard_and_stops(tmp_path):
    with terminal_in(tmp_path) as (room, terminal, screen):
        terminal.reactor.post(Touched(Action.NO_CARD))
        terminal.reactor.post(Touched(Action.DELIVERY))
        screen.wait_for_title("bell.title")
        wait_until(lambda: room.bell_sounds)
        terminal.reactor.post(Touched(Action.STOP_BELL))
        wait_until(lambda: not room.bell_sounds)


def test_what_was_confirmed_before_a_restart_is_there_after_it(tmp_path):
    with terminal_in(tmp_path) as (room, terminal, screen):
        room.cut_network()
        room.lay_card(character(Kind.SHIFT_NOW).card)
        screen.wait_for(lambda view: isinstance(view, QuestionView))
        terminal.reactor.post(Touched(Action.START_SHIFT))
        screen.wait_for(lambda view: isinstance(view, ResultView) and "shift.noted" in {s.key for s in view.body})
    with terminal_in(tmp_path) as (_, terminal, screen):
        screen.wait_for(lambda view: bool(getattr(view, "board", ())) and view.board[0].here == 6)
        rows = terminal.store.journal_list().result(5)
        assert [row.fact.kind for row in rows].count(FactKind.CHECK_IN) == 1


def link_a_card(room: Room, terminal: Terminal, screen: Onlooker, badge: str, new_card: str) -> None:
    """As a coordinator does: the old badge tells whose the new card is."""
    room.lay_card(character(Kind.COORDINATOR).card)
    screen.wait_for(lambda view: Action.COORDINATION in {button.action for button in getattr(view, "buttons", ())})
    room.lift_cards()
    room.wait_until_unseen()
    for touch in (Action.COORDINATION, Action.LINK_CARDS):
        terminal.reactor.post(Touched(touch))
    screen.wait_for_title("coord.link")
    room.scan(badge)
    screen.wait_for(lambda view: isinstance(view, GesturesView) and view.gestures[1].now)
    room.lay_card(new_card)
    wait_until(lambda: "card_linked" in kinds_at(room), each=lambda: room.clock.advance(1))
    room.lift_cards()
    room.wait_until_unseen()
    terminal.reactor.post(Touched(Action.BACK))
    terminal.reactor.post(Touched(Action.DONE))


def test_no_name_no_card_and_no_token_is_ever_logged(tmp_path, caplog):
    """Over a day on which somebody comes, is refused, gets another card, and is forgotten."""
    caplog.set_level("DEBUG")
    linked = character(Kind.BADGE)
    with terminal_in(tmp_path) as (room, terminal, screen):
        for kind in (Kind.OK, Kind.FROZEN, Kind.SHIFT_NOW):
            card = character(kind).card
            room.lay_card(card)
            screen.wait_for(lambda view, kind=kind: character(kind).first_name in repr(view) or kind is Kind.FROZEN)
            room.lift_card(card)
            room.wait_until_unseen()
        room.lay_card(STRANGER_CARD)
        screen.wait_for_title("unknown.title")
        room.lift_cards()
        room.wait_until_unseen()
        link_a_card(room, terminal, screen, linked.card, NEW_CARD)
        said, well = forget(room.config(), linked.id, anyway=False)
        assert well, said
        assert linked.id not in terminal.reactor.knowledge.members
        assert "member_forgotten" in kinds_at(room)
        room.lay_card(NEW_CARD)
        screen.wait_for_title("unknown.title")
        token, hasher = room.config().backend.token.reveal(), room.hasher
    secrets = {token, hasher.key.hex()}
    for card in (STRANGER_CARD, NEW_CARD, *(person.card for person in CAST)):
        secrets |= {card.partition(":")[2], hasher.hash_canonical(card)}
    for person in CAST:
        secrets |= {person.name, f" {person.first_name} "}
    assert "a member was forgotten" in caplog.text
    assert [secret for secret in secrets if secret in caplog.text] == []


PLAYER = """
import json, sys, threading
from pathlib import Path
from tests.demo.onlooker import Onlooker
from kiosk.app import Terminal
from kiosk.demo.cast import Kind, character
from kiosk.demo.room import Room, Wish, demo_clock
from kiosk.events import Action, Touched
from kiosk.rules.states import Thanking

room = Room(Wish(members=60, backend="folder"), Path(sys.argv[1]), demo_clock())

class Teller(Onlooker):
    '''Says on stdout which check-ins the screen has confirmed, at the very moment it does.'''
    def present(self, view):
        state = terminal.reactor.session.state
        if isinstance(state, Thanking) and state.committed:
            print(json.dumps(state.fact), flush=True)
        super().present(view)

with room.running():
    terminal = Terminal(room.config(), room.clock, room)
    screen = Teller()
    if len(sys.argv) > 2:
        threading.Timer(0.2, print, ("ready",), {"flush": True}).start()
        terminal.run(screen)
        print("unlocked" if room.door.is_unlocked else "locked", flush=True)
        raise SystemExit
    with terminal.running(screen):
        screen.wait_for(lambda view: bool(getattr(view, "board", ())))
        while True:
            card = character(Kind.SHIFT_NOW).card
            room.lay_card(card)
            screen.wait_for_title("shift.ask")
            terminal.reactor.post(Touched(Action.START_SHIFT))
            screen.wait_for(lambda view: "shift.noted" in {s.key for s in getattr(view, "body", ())})
            room.lift_card(card)
            room.wait_until_unseen()
            room.lay_card(card)
            screen.wait_for(lambda view: Action.UNDO in {b.action for b in getattr(view, "buttons", ())})
            terminal.reactor.post(Touched(Action.UNDO))
            screen.wait_for_title("shift.undone")
            room.lift_card(card)
            room.clock.advance(40)
            screen.wait_for_title("idle.title")
"""


def play(folder: Path, *more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PLAYER, str(folder), *more],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        env=os.environ | {"PYTHONWARNINGS": "ignore"},
    )


@pytest.mark.parametrize("confirmed", [1, 2])
def test_nothing_confirmed_is_lost_by_kill_9(tmp_path, confirmed):
    process = play(tmp_path)
    told = [json.loads(process.stdout.readline()) for _ in range(confirmed)]
    process.kill()
    process.wait()
    process.stdout.close()
    with terminal_in(tmp_path, backend="folder") as (_, terminal, _screen):
        rows = terminal.store.journal_list().result(5)
        kept = [row.fact.id for row in rows]
    assert [fact for fact in told if fact not in kept] == []
    assert len(kept) == len(set(kept))


def test_sigterm_ends_it_within_a_second_with_the_relay_off(tmp_path):
    process = play(tmp_path, "stay")
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=5) == 0
    assert process.stdout.read() == "locked\n"
    process.stdout.close()
