"""People before the real terminal: cards on the reader's chip, fingers on the glass, and what they then can read.

A process can have one window only, so that the journeys share one, in a process of its own; each has its own room.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.pictures, pytest.mark.timeout(240)]

SCRIPT = """
import json, tempfile, threading, time
from pathlib import Path
from kiosk.app import Terminal
from kiosk.demo.cast import ZONE, Kind, character
from kiosk.demo.room import Room, Wish, demo_clock
from kiosk.demo.tour import Player, Watched
from kiosk.events import Action
from kiosk.screens.face import Face

told, here = {}, {}
face = Face("rpi7", lambda event: here["terminal"].reactor.post(event), lambda: here["room"].clock.monotonic(), ZONE)
pause = threading.Event()


def text():
    return " | ".join(face.visible_texts()).replace("\\u00a0", " ")


def reads(*words):
    deadline = time.monotonic() + 12
    while time.monotonic() < deadline:
        if all(word in text() for word in words):
            return True
        pause.wait(0.05)
    return text()


def member(hands):
    hands.lay(character(Kind.OK).card)
    yield reads("C’est ouvert !", "Bonnes courses")
    yield hands.sees_door(unlocked=True)
    hands.touch(Action.MY_SHIFTS)
    yield reads("Mon compteur")
    hands.touch(Action.DONE)
    yield reads("Pose ta carte")


def worker(hands):
    hands.lay(character(Kind.SHIFT_NOW).card)
    yield reads("Tu viens faire ton créneau ?")
    yield hands.sees_door(unlocked=True)
    hands.touch(Action.START_SHIFT)
    yield reads("Merci")
    hands.lay(character(Kind.SHIFT_NOW).card)
    hands.touch(Action.UNDO)
    yield reads("C’est annulé")


def blocked(hands):
    hands.lay(character(Kind.BLOCKED).card)
    yield reads("On fait le point ?")
    yield hands.sees_door(unlocked=False)
    hands.touch(Action.WHY)
    yield reads("Il te manque des heures")
    hands.touch(Action.SIGN_UP)
    yield reads("On a besoin de toi")
    hands.touch(Action.PICK)
    yield hands.sees_door(unlocked=True)


def customer(hands):
    hands.touch(Action.WEIGH)
    yield reads("Pose ton bocal vide")
    for grams in (352, 520):
        hands.room.scale.place(grams, settle_seconds=0.2)
        yield reads(f"{grams} g", "Poids stable")
        hands.touch(Action.KEEP_TARE)
        yield reads(f"TARE {grams} g")
        hands.room.scale.remove()
        hands.pass_time(5)
        yield reads("Pose ton bocal vide")
    hands.touch(Action.DONE)
    yield reads("Pose ta carte")


def english_with_large_text(hands):
    hands.touch(Action.LANGUAGE)
    yield reads("Hold your card to the reader")
    hands.touch(Action.NO_CARD)
    yield reads("No card?")
    hands.touch(Action.HELP)
    hands.touch(Action.LARGE_TEXT)
    hands.touch(Action.FORGOT_CARD)
    yield reads("ing")
    first = text()
    yield "Next" in first or first
    hands.touch(Action.TURN_PAGE)
    yield text() != first


def play(journey):
    with tempfile.TemporaryDirectory() as folder:
        room = here["room"] = Room(Wish(members=60), Path(folder), demo_clock())
        with room.running():
            terminal = here["terminal"] = Terminal(room.config(), room.clock, room)
            watched = Watched(face)
            with terminal.running(watched):
                watched.wait_for(lambda view: bool(getattr(view, "board", ())), 12)
                moments = told[journey.__name__] = []
                try:
                    moments.extend(journey(Player(room, terminal, face, watched)))
                except LookupError as missing:
                    moments.append(f"{missing}: {text()}")


def play_all():
    try:
        for journey in (member, worker, blocked, customer, english_with_large_text):
            play(journey)
    finally:
        face.stop()


thread = threading.Thread(target=play_all)
thread.start()
face.run()
thread.join()
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def told():
    environment = {name: value for name, value in os.environ.items() if name != "KIVY_GL_BACKEND"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        check=False,
        env=environment | {"SDL_VIDEODRIVER": "offscreen", "SDL_AUDIODRIVER": "dummy"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize(
    ("journey", "moments"),
    [("member", 4), ("worker", 4), ("blocked", 5), ("customer", 8), ("english_with_large_text", 5)],
)
def test_every_moment_of_the_journey_is_reached(told, journey, moments):
    assert told[journey] == [True] * moments
