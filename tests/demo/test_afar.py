"""A terminal seen from elsewhere: all that somebody needs who is not there, and nothing about anybody."""

import csv
import json
import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from kiosk.actions import Action
from kiosk.app import Terminal
from kiosk.app_parts import control_path
from kiosk.config import parse
from kiosk.control import ask
from kiosk.demo.cast import CAST, STRANGER_CARD, Kind, character
from kiosk.demo.room import DEMO_KEY, Room, Wish, demo_clock
from kiosk.events import Touched, UiAlive
from kiosk.types import Part
from kiosk.views import QuestionView
from tests.afar.test_prometheus import SAMPLE
from tests.afar.test_webhook import listening
from tests.demo.onlooker import Onlooker, wait_until


@contextmanager
def seen_from_afar(folder: Path):
    """A terminal with both ways out, told its address by a file as in a shop."""
    room = Room(Wish(members=60), folder / "room", demo_clock())
    with listening() as listener, room.running():
        (room.directory / "webhook").write_text(listener.url)
        text = f'{room._toml()}\n[afar]\ntextfile = "kiosk.prom"\nwebhook_file = "webhook"\nevery_seconds = 5\n'
        config = parse(text, folder=room.directory)
        terminal = Terminal(config, room.clock, room)
        screen = Onlooker()
        with terminal.running(screen):
            screen.wait_for(lambda view: bool(getattr(view, "board", ())))
            yield room, terminal, screen, listener


def told(listener) -> list[tuple[str, str]]:
    return [(body["alarm"], body["state"]) for body in listener.bodies if body["event"] == "alarm"]


def status_of(terminal):
    return ask(control_path(terminal._config), "status", {})


def test_a_status_has_all_that_somebody_needs_who_is_not_there(tmp_path):
    with seen_from_afar(tmp_path) as (room, terminal, _, _):
        wait_until(lambda: status_of(terminal)["machine"]["disk_free_bytes"] is not None)
        status = status_of(terminal)
        assert status["parts"] == dict.fromkeys(map(str, Part), "ok") | {"contact": "off"}
        assert status["door"] == {"mode": "locked", "alarms": [], "held_for": None, "held_minutes_left": None}
        assert status["opening"] == {"known": True, "open": True, "opens_at": status["opening"]["opens_at"]}
        assert status["clock"] == "synced"
        assert status["queue_age_seconds"] == 0
        assert 0 <= status["knowledge_age_seconds"] < 60
        room.unplug_reader()
        wait_until(lambda: status_of(terminal)["parts"]["reader"] == "lost", lambda: room.clock.advance(0.5))


def test_a_status_names_what_gives_no_sign_of_life(tmp_path):
    with seen_from_afar(tmp_path) as (_, terminal, _, _):
        # Nobody draws here.
        wait_until(lambda: status_of(terminal)["silent"] == ["screen"])
        terminal.reactor.post(UiAlive())
        wait_until(lambda: status_of(terminal)["silent"] == [])


def test_the_door_and_lost_parts_are_told_and_their_end_too(tmp_path):
    with seen_from_afar(tmp_path) as (room, _, _, listener):
        listener.wait_for(1)
        assert listener.bodies[0]["event"] == "start"
        room.door.force_open()
        wait_until(lambda: ("door_forced", "raised") in told(listener))
        room.door.pull_shut()
        wait_until(lambda: ("door_forced", "cleared") in told(listener), lambda: room.clock.advance(0.5))
        room.unplug_reader()
        wait_until(lambda: ("reader_lost", "raised") in told(listener), lambda: room.clock.advance(5))
        room.plug_reader()
        wait_until(lambda: ("reader_lost", "cleared") in told(listener), lambda: room.clock.advance(5))
        texts = [body["text"] for body in listener.bodies]
    assert texts[:3] == ["La borne a démarré.", "La porte a été ouverte de force.", "La porte forcée est refermée."]


def test_a_fact_that_waits_too_long_is_told(tmp_path):
    with seen_from_afar(tmp_path) as (room, terminal, screen, listener):
        room.cut_network()
        room.lay_card(character(Kind.OK).card)
        screen.wait_for_title("open.title")
        wait_until(lambda: ("server_lost", "raised") in told(listener), lambda: room.clock.advance(5))
        wait_until(lambda: ("queue_old", "raised") in told(listener), lambda: room.clock.advance(60))
        status = status_of(terminal)
        assert status["queue_age_seconds"] >= 3600
        room.mend_network()
        wait_until(lambda: ("queue_old", "cleared") in told(listener), lambda: room.clock.advance(5))


def a_day(room: Room, terminal: Terminal, screen: Onlooker, listener) -> None:
    """People come, are refused, check in; things break."""
    room.lay_card(character(Kind.SHIFT_NOW).card)
    screen.wait_for(lambda view: isinstance(view, QuestionView))
    terminal.reactor.post(Touched(Action.START_SHIFT))
    room.lift_cards()
    for one in CAST[:6]:
        room.lay_card(one.card)
        room.wait_until_seen()
        room.lift_cards()
        room.wait_until_unseen()
        terminal.reactor.post(Touched(Action.DONE))
    room.lay_card(STRANGER_CARD)
    screen.wait_for_title("unknown.title")
    room.lift_cards()
    terminal.reactor.post(Touched(Action.DONE))
    room.wait_until_unseen()
    room.cut_network()
    room.door.force_open()
    room.unplug_reader()
    wait_until(
        lambda: {("server_lost", "raised"), ("reader_lost", "raised")} <= set(told(listener)),
        lambda: room.clock.advance(5),
    )


def words_about_people(room: Room, terminal: Terminal) -> set[str]:
    """Whatever could point at somebody: names, numbers, cards, hashes, secrets."""
    with (room.directory / "members/members.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    knowledge = terminal.reactor.knowledge
    people = {word for member in knowledge.members.values() for word in (member.first_name, member.name)}
    cards = {one.card for one in CAST} | {one.card.partition(":")[2] for one in CAST} | set(knowledge.cards)
    assert len(rows) == 60
    assert len(people) > 60
    return people | cards | {STRANGER_CARD, DEMO_KEY, room._token, "01 40 00 04 00"}


@pytest.fixture
def outputs(tmp_path):
    """All that leaves the terminal in such a day, by its name, and what must be in none of it."""
    with seen_from_afar(tmp_path) as (room, terminal, screen, listener):
        a_day(room, terminal, screen, listener)
        file = room.directory / "kiosk.prom"
        status = status_of(terminal)
        (room.directory / "kiosk.toml").write_text('[terminal]\nruntime_dir = "run"\n')
        words = subprocess.run(
            [sys.executable, "-m", "kiosk", "status", "--config", room.directory / "kiosk.toml"],
            capture_output=True,
            text=True,
            check=True,
        )
        texts = {
            "status": json.dumps(status, ensure_ascii=False),
            "status in words": words.stdout,
            "figures": file.read_text(),
            "alarms": "\n".join(json.dumps(body, ensure_ascii=False) for body in listener.bodies),
        }
        yield texts, words_about_people(room, terminal), set(map(str, terminal.reactor.knowledge.members))


def test_nothing_that_leaves_says_anything_about_anybody(outputs):
    texts, secrets, numbers = outputs
    for name, text in texts.items():
        assert len(text) > 500, name
        found = [word for word in secrets if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE)]
        assert found == [], name
        # A member's number may look like a count: it must not stand anywhere as a word of its own.
        assert [number for number in numbers if f'"{number}"' in text] == [], name
    assert all(SAMPLE.fullmatch(line) for line in texts["figures"].splitlines() if not line.startswith("#"))
