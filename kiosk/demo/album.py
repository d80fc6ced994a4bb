"""What a tour is made of: a watched window, fingers that wait for their button, a picture a step, and a report."""

import json
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Protocol

from kiosk.actions import Action
from kiosk.demo.room import Room
from kiosk.types import Sound
from kiosk.views import View

log = logging.getLogger(__name__)

Seen = Callable[[View], bool]

STEP_SECONDS: Final = 25.0
"""Real seconds after which a step has failed; a scale that comes back takes the longest."""


class Window(Protocol):
    """The screen, as far as the tour uses it."""

    def present(self, view: View) -> None: ...
    def play(self, sound: Sound) -> None: ...
    def run(self) -> None: ...
    def stop(self) -> None: ...
    def touch(self, action: Action, target: str = "") -> None: ...
    def capture(self, path: Path) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one step; ``ms`` from the act to the view."""

    step: str
    expected: str
    seen: str
    ms: int
    picture: str
    well: bool


class Watched:
    """A window that remembers what was last presented to it, and lets others wait for it."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._presented = threading.Condition()
        self.view: View | None = None
        self.run = window.run
        self.stop = window.stop
        self.play = window.play

    def present(self, view: View) -> None:
        with self._presented:
            self.view = view
            self._presented.notify_all()
        self._window.present(view)

    def wait_for(self, seen: Callable[[View], bool], seconds: float) -> bool:
        """Whether the view came to be one that is ``seen``."""
        with self._presented:
            return self._presented.wait_for(lambda: self.view is not None and seen(self.view), seconds)


class Fingers:
    """On the glass of a window, by someone who stands in a room."""

    def __init__(self, room: Room, window: Window) -> None:
        self.room = room
        self._window = window
        self._pause = threading.Event()

    def touch(self, action: Action, target: str = "") -> None:
        """Touch a button, once it is there."""
        deadline = time.monotonic() + STEP_SECONDS
        while True:
            try:
                self._window.touch(action, target)
            except LookupError:
                if time.monotonic() > deadline:
                    raise
                self._rest(0.05)
            else:
                # A person lets go before the next touch; so does the screen ignore a second one for 300 ms.
                self._rest(0.35)
                return

    def _rest(self, seconds: float) -> None:
        self._pause.wait(seconds)


class Album:
    """The pictures of a tour, and what became of each of its steps.

    Args:
        window: where it is shown.
        folder: for the pictures and ``report.json``.
        steps: how many there are.
        tell: called with a line a step.
    """

    def __init__(self, window: Window, folder: Path, steps: int, tell: Callable[[str], None]) -> None:
        self.watched = Watched(window)
        self._window = window
        self._folder = folder
        self._steps = steps
        self._tell = tell
        self._outcomes: list[Outcome] = []

    def fill(self, name: str, play: Callable[[], None]) -> None:
        """Run the window here and ``play`` in a thread of this name, until one of them has ended."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for earlier in self._folder.glob("[0-9][0-9]-*.png"):
            earlier.unlink()

        def play_and_close() -> None:
            try:
                play()
            except Exception:
                log.exception("the %s broke off", name)
            finally:
                self._window.stop()

        hands = threading.Thread(target=play_and_close, name=name, daemon=True)
        hands.start()
        self._window.run()
        hands.join(STEP_SECONDS)

    def take(
        self, name: str, expected: str, act: Callable[[], object], seen: Seen, also: Callable[[], bool] = lambda: True
    ) -> None:
        """Play one step and take its picture.

        Args:
            name: of the step and of the picture.
            expected: what should be seen, in words.
            act: what hands do.
            seen: whether a view is the one.
            also: looked at once that view is there.
        """
        number, began, trouble = len(self._outcomes) + 1, time.monotonic(), ""
        try:
            act()
        except LookupError as missing:
            trouble = f"nothing to touch: {missing}"
        reached = not trouble and self.watched.wait_for(seen, STEP_SECONDS)
        ms = round((time.monotonic() - began) * 1000)
        well = reached and also()
        picture = self._folder / f"{number:02d}-{name}.png"
        self._window.capture(picture)
        what = trouble or _name(self.watched.view)
        self._outcomes.append(Outcome(step=name, expected=expected, seen=what, ms=ms, picture=picture.name, well=well))
        self._tell(f"{number:2d}/{self._steps} {'ok' if well else 'NOT SEEN':8} {name}: {expected or what}")

    def report(self) -> bool:
        """Write ``report.json``; whether every step was played and seen."""
        rows = [asdict(outcome) for outcome in self._outcomes]
        (self._folder / "report.json").write_text(
            json.dumps({"steps": rows}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )
        return len(rows) == self._steps and all(outcome.well for outcome in self._outcomes)


def _name(view: View | None) -> str:
    title = getattr(view, "title", None)
    return f"{type(view).__name__} {'' if title is None else title.key}".strip()
