"""A screen that only looks: what a terminal shows, without a window."""

import contextlib
import threading
from collections.abc import Callable

import pytest

from kiosk.types import Sound
from kiosk.views import View


class Onlooker:
    """Stands in for the face; ``wait_for`` a view with a real-time limit."""

    def __init__(self) -> None:
        self.view: View | None = None
        self.sounds: list[Sound] = []
        self._changed = threading.Condition()
        self._stopped = threading.Event()

    def present(self, view: View) -> None:
        with self._changed:
            self.view = view
            self._changed.notify_all()

    def play(self, sound: Sound) -> None:
        self.sounds.append(sound)

    def run(self) -> None:
        self._stopped.wait()

    def stop(self) -> None:
        self._stopped.set()

    def wait_for(self, seen: Callable[[View], bool], seconds: float = 10.0) -> View:
        with self._changed:
            assert self._changed.wait_for(lambda: self.view is not None and seen(self.view), seconds), self.view
            assert self.view is not None
            return self.view

    def wait_for_title(self, key: str, seconds: float = 10.0) -> View:
        return self.wait_for(lambda view: getattr(view, "title", None) is not None and view.title.key == key, seconds)


def wait_until(condition: Callable[[], bool], each: Callable[[], object] = bool, seconds: float = 15.0) -> None:
    """Look again and again, doing ``each`` in between, until it has come to that."""
    pause = threading.Event()
    for _ in range(int(seconds / 0.02)):
        # What is looked at belongs to another thread, and may change while it is copied.
        with contextlib.suppress(RuntimeError):
            if condition():
                return
        each()
        pause.wait(0.02)
    pytest.fail("it did not come to that")
