"""Kivy with a window but without a display: SDL draws nowhere, and OpenGL is a stand-in.

What the environment needs for that is taken back once Kivy has read it, so that other tests and the processes they
start know nothing of it.
"""

import os

import pytest

from kiosk.screens.profiles import PROFILES, prepare

_HEADLESS = {"SDL_VIDEODRIVER": "offscreen", "KIVY_GL_BACKEND": "mock", "SDL_AUDIODRIVER": "dummy"}
_before = {name: os.environ.get(name) for name in _HEADLESS}
os.environ.update(_HEADLESS)
prepare(PROFILES["rpi7"])

from kivy.core.window import Window  # noqa: E402  only once the environment is set

for _name, _value in _before.items():
    if _value is None:
        del os.environ[_name]
    else:
        os.environ[_name] = _value


@pytest.fixture
def window():
    """The one window of this process, with nothing in it."""
    assert Window is not None
    for child in list(Window.children):
        Window.remove_widget(child)
    return Window
