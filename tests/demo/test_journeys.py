"""What the people of :mod:`tests.demo.journeys` came to see."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.pictures, pytest.mark.timeout(420)]


@pytest.fixture(scope="module")
def told():
    environment = {name: value for name, value in os.environ.items() if name != "KIVY_GL_BACKEND"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.demo.journeys"],
        check=False,
        env=environment | {"SDL_VIDEODRIVER": "offscreen", "SDL_AUDIODRIVER": "dummy"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=390,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize(
    ("journey", "moments"),
    [
        ("member", 4),
        ("worker", 4),
        ("blocked", 5),
        ("customer", 8),
        ("english_with_large_text", 5),
        ("stand_in", 4),
        ("coordinator", 10),
        ("linker", 7),
        ("technician", 12),
        ("restarter", 4),
    ],
)
def test_every_moment_of_the_journey_is_reached(told, journey, moments):
    assert told[journey] == [True] * moments
