"""Kivy without a display. Set before anything imports it; other tests never import Kivy, so nothing else is touched."""

import os

os.environ.update(
    KIVY_NO_ARGS="1",
    KIVY_NO_CONFIG="1",
    KIVY_NO_FILELOG="1",
    KIVY_LOG_MODE="PYTHON",
    KIVY_METRICS_DENSITY="1",
    SDL_VIDEODRIVER="offscreen",
    KIVY_GL_BACKEND="mock",
)
