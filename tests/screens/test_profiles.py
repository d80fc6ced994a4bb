"""Panels, and what Kivy is told before it starts."""

import subprocess
import sys

import pytest

from kiosk.screens.profiles import PROFILES, prepare


def test_canvases_are_480_high_or_wide():
    for profile in PROFILES.values():
        assert min(profile.canvas) == pytest.approx(480)


def test_millimetres_on_the_glass():
    assert PROFILES["rpi7"].millimetres(0, 112)[1] == pytest.approx(20.0, abs=0.1)
    assert PROFILES["td2-portrait"].portrait


def test_a_window_that_is_there_cannot_be_prepared(window):
    with pytest.raises(RuntimeError, match="before Kivy"):
        prepare(PROFILES["rpi7"])


@pytest.mark.parametrize("provider", ["", "mtdev,/dev/input/event0"])
def test_exactly_one_touch_provider(provider):
    script = (
        "from kiosk.screens.profiles import PROFILES, prepare\n"
        f"prepare(PROFILES['hd7'], input_provider={provider!r})\n"
        "from kivy.config import Config\n"
        "print(Config.items('input'), Config.get('kivy', 'exit_on_escape'), Config.get('graphics', 'maxfps'))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    name, value = ("panel", provider) if provider else ("mouse", "mouse,disable_multitouch")
    assert done.stdout.strip() == f"[('{name}', '{value}')] 0 20"
