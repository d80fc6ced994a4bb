"""``kiosk door`` and what a decision says of the door."""

import json
from datetime import date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from kiosk import config
from kiosk.app import Terminal
from kiosk.cli_door import door
from kiosk.control import NotRunning
from kiosk.demo.data import make_coop
from kiosk.demo.room import Room, Wish, demo_clock
from kiosk.door_commands import order_of
from kiosk.events_door import DoorMode
from kiosk.looking import explain
from kiosk.rules.doorkeeping import Order, Word
from kiosk.types import DeskReason
from tests.demo.onlooker import Onlooker, wait_until

KEY = "0" * 64


@pytest.mark.parametrize(
    ("given", "order"),
    [
        ({"word": "open"}, Order(word=Word.OPEN)),
        ({"word": "open", "why": "visit", "by": "12"}, Order(word=Word.OPEN, why=DeskReason.VISIT, by="12")),
        ({"word": "hold", "minutes": 240}, Order(word=Word.HOLD, minutes=240)),
        ({"word": "lock-down", "minutes": 5}, Order(word=Word.LOCK_DOWN)),
        ({"word": "normal", "by": None}, Order(word=Word.NORMAL)),
        ({"word": "reset"}, Order(word=Word.RESET)),
    ],
)
def test_order_is_read_from_what_a_command_carries(given, order):
    assert order_of(given) == order


@pytest.mark.parametrize(
    "given",
    [{}, {"word": "OPEN"}, {"word": "hold"}, {"word": "hold", "minutes": 241}, {"word": "hold", "minutes": "5"},
     {"word": "hold", "minutes": -1}, {"word": "open", "why": "why not"}, {"word": ["open"]}],
)  # fmt: skip
def test_order_that_means_nothing_is_refused(given):
    with pytest.raises(ValueError):
        order_of(given)


def test_commands_need_a_running_terminal(tmp_path):
    file = tmp_path / "kiosk.toml"
    file.write_text(f'[terminal]\nruntime_dir = "{tmp_path}"\n', encoding="utf-8")
    for command in (["status"], ["open"], ["hold"], ["lock-down"], ["normal"], ["reset"]):
        result = CliRunner().invoke(door, [*command, "--config", str(file)])
        assert isinstance(result.exception, NotRunning)


def test_commands_reach_the_running_terminal(tmp_path):
    room = Room(Wish(backend="folder", members=40), tmp_path / "room", demo_clock())
    with room.running():
        file = tmp_path / "kiosk.toml"
        file.write_text(f'[terminal]\nruntime_dir = "{room.config().terminal.runtime_dir}"\n', encoding="utf-8")
        screen, terminal = Onlooker(), Terminal(room.config(), room.clock, room)

        def run(*arguments: str) -> str:
            result = CliRunner().invoke(door, [*arguments, "--config", str(file)], catch_exceptions=False)
            assert result.exit_code == 0
            return result.stdout

        with terminal.running(screen):
            screen.wait_for(lambda _view: terminal.reactor.keeping.mode is not None)
            run("lock-down", "--by", "12")
            screen.wait_for(lambda view: view.frame.header.text.key == "door.locked_down.short")
            assert json.loads(run("status", "--json"))["mode"] == "locked_down"
            assert "locked_down" in run("status")
            run("normal", "--by", "12")
            room.door.raise_fire()
            wait_until(lambda: terminal.reactor.keeping.mode is DoorMode.RELEASED)
            assert "as long as one of them still calls" in run("reset", "--by", "12")
            assert json.loads(run("status", "--json"))["mode"] == "released"


def test_decision_in_a_lock_down_says_so(tmp_path: Path):
    make_coop(tmp_path / "members", 60, 400, today=date(2026, 11, 24))
    text = (
        f'[terminal]\ndata_dir = "data"\n[cards]\nkey = "{KEY}"\n[backend]\nfolder = "members"\n'
        "[door]\nenabled = true\nrelay_pin = 17\n"
    )
    settings = config.parse(text, folder=tmp_path, environ={})
    at = datetime.fromisoformat("2026-11-24T14:30")
    assert explain(settings, "312", at)["allowed"]
    (tmp_path / "data").mkdir(exist_ok=True)
    (tmp_path / "data" / "door.json").write_text('{"released": false, "locked_down": true}', encoding="ascii")
    answer = explain(settings, "312", at)
    assert (answer["allowed"], answer["rule"]) == (False, "lock_down")
