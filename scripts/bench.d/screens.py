"""The screen: processor time at rest, first frame, a touch until its frame, memory; beside a bare window of that size.

Each window has a process of its own, drawn by the same OpenGL on the same machine in the same run.
"""

import json
import resource
import sys
import threading
import time
from datetime import UTC
from itertools import pairwise

from frames import Frames
from measuring import TOP, Figures, in_child, middle, resident_mb, spread, wait_until

FRAMES_TIMED = 120


def processor_share(seconds: float) -> float:
    """Percent of one core that this process takes while nothing happens."""
    before, began = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    time.sleep(seconds)
    after, passed = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter() - began
    return 100 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / passed


def bare(seconds: float, _many: int) -> Figures:
    """A window of 800 × 480 with nothing in it, set up as the kiosk's."""
    began = time.perf_counter()
    from kiosk.screens.profiles import PROFILES, prepare

    prepare(PROFILES["rpi7"])
    from kivy.base import runTouchApp, stopTouchApp
    from kivy.clock import Clock
    from kivy.core.window import Window
    from kivy.uix.widget import Widget

    flips: list[float] = []
    Window.bind(on_flip=lambda *_: flips.append(time.perf_counter()))
    found: Figures = {}

    def look() -> None:
        wait_until(lambda: flips)
        found["first frame, ms"] = (flips[0] - began) * 1000
        time.sleep(1)
        found["at rest, % of a core"] = processor_share(seconds)
        found["memory, MB"] = resident_mb()
        flips.clear()
        # Whoever draws all the time gets this many frames a second and no more.
        asked = Clock.schedule_interval(lambda _: Window.canvas.ask_update(), 0)
        wait_until(lambda: len(flips) > FRAMES_TIMED)
        asked.cancel()
        found["from frame to frame, ms"] = middle([(after - flip) * 1000 for flip, after in pairwise(flips)])
        Clock.schedule_once(lambda _: stopTouchApp(), 0)

    threading.Thread(target=look).start()
    runTouchApp(Widget())
    return found


def kiosk(seconds: float, many: int) -> Figures:
    """The face with its idle screen, and touches that bring another screen."""
    began = time.perf_counter()
    sys.path[:0] = [str(TOP)]
    from kiosk.actions import Action
    from kiosk.events import UiAlive
    from kiosk.screens.face import Face
    from kiosk.views import IdleView
    from tests.screens.samples import samples

    views = samples()
    touched: list[float] = []
    watch: list[Frames] = []

    def post(event) -> None:
        if not isinstance(event, UiAlive):
            touched.append(time.perf_counter())
            watch[0].present(views["roll-call"])

    face = Face("rpi7", post, time.monotonic, UTC)
    frames = Frames(face, lambda before, view: before is None or not isinstance(view, IdleView))
    found: Figures = {}

    def look() -> None:
        frames.present(views["idle"])
        found["first frame, ms"] = (frames.wait() - began) * 1000
        watch.append(frames)
        time.sleep(1)
        found["at rest, % of a core"] = processor_share(seconds)
        found["memory, MB"] = resident_mb()
        waits: list[float] = []
        for _ in range(many):
            frames.present(views["idle"])
            time.sleep(0.5)
            frames.await_next()
            face.touch(Action.ROLL_CALL)
            waits.append(frames.wait() - touched[-1])
        found.update(spread("touch → frame", waits))
        for view in (*views.values(), *views.values()):
            frames.present(view)
            time.sleep(0.05)
        found["memory once every screen was shown twice, MB"] = resident_mb()
        face.stop()

    threading.Thread(target=look).start()
    face.run()
    return found


def measure(*, quick: bool = False) -> Figures:
    """All figures of this room."""
    seconds, many = (4.0, 10) if quick else (20.0, 60)
    found = {}
    for kind in ("bare", "kiosk"):
        for name, value in in_child("screens.py", kind, seconds, many).items():
            found[f"{kind} window: {name}"] = value
    return found


if __name__ == "__main__":
    print(json.dumps({"bare": bare, "kiosk": kiosk}[sys.argv[1]](float(sys.argv[2]), int(sys.argv[3]))))
