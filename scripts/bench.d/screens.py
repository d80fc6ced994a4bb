"""The screen: processor time at rest, first frame, a touch until its frame, memory; beside a bare window of that size.

Each window has a process of its own, drawn by the same OpenGL on the same machine in the same run.
"""

import json
import os
import resource
import subprocess
import sys
import threading
import time
from datetime import UTC
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]


def resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def processor_share(seconds: float) -> float:
    """Percent of one core that this process takes while nothing happens."""
    before, began = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    time.sleep(seconds)
    after, passed = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter() - began
    return 100 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / passed


def bare(seconds: float) -> dict[str, float]:
    """A window of 800 × 480 with nothing in it, set up as the kiosk's."""
    began = time.perf_counter()
    from kiosk.screens.profiles import PROFILES, prepare

    prepare(PROFILES["rpi7"])
    from kivy.base import runTouchApp, stopTouchApp
    from kivy.clock import Clock
    from kivy.core.window import Window
    from kivy.uix.widget import Widget

    shown = threading.Event()
    Window.bind(on_flip=lambda *_: shown.set())
    found: dict[str, float] = {}

    def look() -> None:
        shown.wait(30)
        found["first frame, ms"] = (time.perf_counter() - began) * 1000
        time.sleep(1)
        found["at rest, % of a core"] = processor_share(seconds)
        found["memory, MB"] = resident_mb()
        Clock.schedule_once(lambda _: stopTouchApp(), 0)

    threading.Thread(target=look).start()
    runTouchApp(Widget())
    return found


def kiosk(seconds: float) -> dict[str, float]:
    """The face with its idle screen, and touches that bring another screen."""
    began = time.perf_counter()
    sys.path[:0] = [str(TOP)]
    from kiosk.events import Action, UiAlive
    from kiosk.screens.face import Face
    from tests.screens.samples import samples

    views = samples()
    shown = threading.Event()
    touched: list[float] = []

    def post(event) -> None:
        if not isinstance(event, UiAlive):
            touched.append(time.perf_counter())
            face.present(views["roll-call"])

    face = Face("rpi7", post, time.monotonic, UTC)
    from kivy.core.window import Window

    flips: list[float] = []
    there: list[str] = []

    def flipped(*_) -> None:
        shown.set()
        if there and list(face.visible_texts()) == there:
            flips.append(time.perf_counter())

    Window.bind(on_flip=flipped)
    found: dict[str, float] = {}

    def look() -> None:
        face.present(views["idle"])
        shown.wait(30)
        found["first frame, ms"] = (time.perf_counter() - began) * 1000
        time.sleep(1)
        found["at rest, % of a core"] = processor_share(seconds)
        waits: list[float] = []
        face.present(views["roll-call"])
        there.extend(face.visible_texts())
        for _ in range(10):
            face.present(views["idle"])
            time.sleep(0.5)
            face.touch(Action.ROLL_CALL)
            time.sleep(0.5)
            waits.append(next(at for at in flips if at > touched[-1]) - touched[-1])
        found["touch → frame, median ms"] = sorted(waits)[len(waits) // 2] * 1000
        found["memory, MB"] = resident_mb()
        face.stop()

    threading.Thread(target=look).start()
    face.run()
    return found


def measured(kind: str, seconds: float) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, __file__, kind, str(seconds)],
        cwd=TOP,
        env={"SDL_VIDEODRIVER": "offscreen", "SDL_AUDIODRIVER": "dummy", "PYTHONPATH": str(TOP)} | os.environ,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def measure(quick: bool = False) -> dict[str, float]:
    """All figures of this room."""
    seconds = 4.0 if quick else 20.0
    return {f"{kind}: {name}": value for kind in ("bare", "kiosk") for name, value in measured(kind, seconds).items()}


if __name__ == "__main__":
    print(json.dumps({"bare": bare, "kiosk": kiosk}[sys.argv[1]](float(sys.argv[2]))))
