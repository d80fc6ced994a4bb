"""From a reading of the scale to the frame that shows it, ``TIMES`` times, as a process of its own.

The reading is posted as the scale's thread posts it; its figure is one that no reading had before, still moving.
"""

import json
import sys
import tempfile
import threading
import time
from datetime import UTC
from pathlib import Path

from assembled import Assembled
from frames import Frames
from measuring import wait_until

from kiosk.actions import Action
from kiosk.events import Event, Touched, WeightRead
from kiosk.rules.policy import Station
from kiosk.rules.states import Taring
from kiosk.screens.face import Face
from kiosk.types import Grams
from kiosk.views import View, WeightView


def main() -> None:
    """Measure, and print the seconds of each."""
    posts: list = []

    def post(event: Event) -> None:
        posts[0](event)

    face = Face("rpi7", post, time.monotonic, UTC)
    watch = Watch(face)
    with tempfile.TemporaryDirectory() as folder:
        terminal = Assembled(Path(folder), present=watch.present, play=face.play, station=Station.BULK)
        posts.append(terminal.reactor.post)
        found = {"view": [], "frame": []}

        def work() -> None:
            try:
                weigh(terminal, watch, int(sys.argv[1]), found)
            finally:
                face.stop()

        hands = threading.Thread(target=work)
        terminal.start()
        hands.start()
        face.run()
        hands.join()
        terminal.close()
    print(json.dumps(found))


class Watch:
    """Waits for the view of a figure, and for its frame."""

    def __init__(self, face: Face) -> None:
        self.wanted: int | None = None
        self.presented_at = 0.0
        self.frames = Frames(face, lambda _before, view: self._is_wanted(view))

    def _is_wanted(self, view: View) -> bool:
        return isinstance(view, WeightView) and view.grams is not None and view.grams == self.wanted

    def present(self, view: View) -> None:
        if self._is_wanted(view):
            self.presented_at = time.perf_counter()
        self.frames.present(view)


def weigh(terminal: Assembled, watch: Watch, times: int, found: dict[str, list[float]]) -> None:
    """A jar that does not come to rest."""

    def read(grams: int, *, stable: bool) -> None:
        terminal.reactor.post(WeightRead(grams=Grams(grams), stable=stable, raw=b"S", at=terminal.clock.monotonic()))

    read(0, stable=True)
    terminal.reactor.post(Touched(Action.WEIGH))
    wait_until(lambda: isinstance(terminal.reactor.session.state, Taring))
    for number in range(times):
        time.sleep(0.05)
        watch.wanted = 300 + number
        watch.frames.await_next()
        began = time.perf_counter()
        read(watch.wanted, stable=False)
        found["frame"].append(watch.frames.wait() - began)
        found["view"].append(watch.presented_at - began)


if __name__ == "__main__":
    main()
