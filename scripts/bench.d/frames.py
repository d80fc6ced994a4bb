"""The window as the bench sees it: when a frame with a certain view on it was flipped. Kivy's own order of a frame.

Kivy calls what was scheduled, draws, and flips. A mark that is scheduled behind the drawing of a view is called in the
same turn, or in a later one: the flip after it is the first that surely shows the view.
"""

import threading
import time
from collections.abc import Callable
from typing import Any

from kiosk.screens.face import Face
from kiosk.views import View

PATIENCE_SECONDS = 60.0


class Frames:
    """Between a terminal and its face.

    Args:
        face: the window, made already.
        answers: told the view before and a new one: whether the new one is what somebody waits for.
    """

    def __init__(self, face: Face, answers: Callable[[View | None, View], bool]) -> None:
        # Only a face prepares Kivy as the terminal does.
        from kivy.clock import Clock
        from kivy.core.window import Window

        self._face, self._answers = face, answers
        self._before: View | None = None
        self._schedule = Clock.schedule_once
        self._drawn = False
        self._changed = threading.Condition()
        self._awaits = True
        self.flipped_at = 0.0
        Window.bind(on_flip=self._flip)

    def present(self, view: View) -> None:
        """Hand a view to the face, and watch for its frame where it is an answer."""
        self._face.present(view)
        before, self._before = self._before, view
        if self._answers(before, view):
            self._schedule(self._mark, 0)

    def _mark(self, _seconds: float) -> None:
        self._drawn = True

    def _flip(self, *_: Any) -> None:
        if self._drawn:
            with self._changed:
                self._drawn = False
                if self._awaits:
                    self._awaits = False
                    self.flipped_at = time.perf_counter()
                    self._changed.notify_all()

    def await_next(self) -> None:
        """From now on the next frame of an answer is the one that is waited for."""
        with self._changed:
            self._awaits = True

    def wait(self) -> float:
        """When the frame was flipped."""
        with self._changed:
            assert self._changed.wait_for(lambda: not self._awaits, PATIENCE_SECONDS), "the frame never came"
            return self.flipped_at
