"""The face in a process of its own, used from another thread as the reactor and the tour use it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.pictures

SCRIPT = """
import json, sys, threading, time
from pathlib import Path
from kiosk.events import Action, Touched, UiAlive
from kiosk.screens.face import Face
from kiosk.types import Sound
from tests.screens.samples import PARIS, samples

events, beats = [], threading.Semaphore(0)

def post(event):
    beats.release() if isinstance(event, UiAlive) else events.append([event.action, event.target])

face = Face("rpi7", post, time.monotonic, PARIS)
told = {}

def play():
    try:
        views = samples()
        face.present(views["idle"])
        told["idle"] = face.visible_texts()
        for action in (Action.WEIGH, Action.LANGUAGE, Action.HELP):
            face.touch(action)
        face.present(views["welcome"])
        face.present(views["keypad"])
        for digit in "704":
            face.touch(Action.KEY, digit)
        try:
            face.touch(Action.DONE)
        except LookupError as error:
            told["missing"] = str(error)
        face.play(Sound.OPEN)
        face.capture(Path(sys.argv[1]))
        told["beats"] = sum(beats.acquire(timeout=10) for _ in range(2))
    finally:
        face.stop()
        face.stop()

thread = threading.Thread(target=play)
thread.start()
face.run()
thread.join()
print(json.dumps(told | {"events": events}))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    picture = tmp_path_factory.mktemp("face") / "keypad.png"
    environment = {name: value for name, value in os.environ.items() if name != "KIVY_GL_BACKEND"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(picture)],
        check=False,
        env=environment | {"SDL_VIDEODRIVER": "offscreen"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=90,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1]) | {"picture": picture}


def test_texts_are_those_of_the_newest_view(told):
    assert "Pose ta carte sur le lecteur" in told["idle"]


def test_each_touch_is_posted_once(told):
    asked = [["weigh", ""], ["language", ""], ["help", ""], *[["key", digit] for digit in "704"]]
    assert told["events"] == asked


def test_a_button_that_is_not_there_is_a_lookup_error(told):
    assert "done" in told["missing"]


def test_a_still_screen_keeps_telling_that_it_lives(told):
    assert told["beats"] == 2


def test_a_capture_is_a_png_when_it_returns(told):
    assert told["picture"].read_bytes().startswith(b"\x89PNG")
