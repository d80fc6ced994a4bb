"""Taps until their frame, each as a process of its own. The answer to a tap is the first view that is not idle.

``busy URL FOLDER TAPS``: every round of the sync is a full one, and the next begins when it ends: worse than any day.
``hour URL FOLDER SECONDS``: a day's visits within one hour, at the pace of that hour and with as much chance in it as
people have, for so many seconds of it; the sync runs as in a shop.
"""

import json
import resource
import sys
import threading
import time
from datetime import UTC
from pathlib import Path
from random import Random

from assembled import Assembled, Line
from frames import Frames
from limits import fsyncs
from measuring import VISITS_A_YEAR, Figures, middle, resident_mb, spread, wait_until
from sizes_server import TOKEN

from kiosk.actions import Action
from kiosk.events import Event, Touched
from kiosk.screens.face import Face
from kiosk.views import IdleView

IDLE_SECONDS = 0.05
"""What the idle screen gets to be drawn before the next tap: three frames."""


def main() -> None:
    """Measure, and print the figures."""
    kind, url, folder, amount = sys.argv[1], sys.argv[2], Path(sys.argv[3]), float(sys.argv[4])
    posts: list = []

    def post(event: Event) -> None:
        posts[0](event)

    face = Face("rpi7", post, time.monotonic, UTC)
    frames = Frames(face, lambda before, view: isinstance(before, IdleView) and not isinstance(view, IdleView))
    line = Line(url, TOKEN, interval_seconds=0.0, full_every_seconds=0.0) if kind == "busy" else Line(url, TOKEN)
    terminal = Assembled(folder, line, present=frames.present, play=face.play)
    posts.append(terminal.reactor.post)
    figures: Figures = {}

    def work() -> None:
        try:
            wait_until(lambda: terminal.reactor.knowledge.as_of is not None)
            figures.update({"busy": tapped, "hour": an_hour}[kind](terminal, frames, amount))
        finally:
            face.stop()

    hands = threading.Thread(target=work)
    terminal.start()
    hands.start()
    face.run()
    hands.join()
    terminal.close()
    print(json.dumps(figures))


def tapped(terminal: Assembled, frames: Frames, many: float) -> Figures:
    """One tap after the other, each once the one before is on the disk and its frame shown."""
    cards, random = terminal.welcome_cards(), Random(1)
    relays, disks, shown, bare = [], [], [], []
    for _ in range(int(many)):
        terminal.reactor.post(Touched(Action.DONE))
        time.sleep(IDLE_SECONDS)
        terminal.wait_for_relay(is_up=False)
        frames.await_next()
        began = time.perf_counter()
        relay, disk = terminal.tap(random.choice(cards))
        relays.append(relay)
        disks.append(disk)
        shown.append(frames.wait() - began)
        bare.extend(fsyncs(1))
    figures = {"memory": resident_mb(), "tap → frame": middle(shown)}
    for name, seconds in (
        ("tap → relay", relays),
        ("tap → on the disk", disks),
        ("tap → frame", shown),
        ("bare fsync", bare),
    ):
        figures |= spread(name, seconds)
    return figures


def an_hour(terminal: Assembled, frames: Frames, seconds: float) -> Figures:
    """Visits at the pace of a day's in one hour."""
    cards, random = terminal.welcome_cards(), Random(2)
    pace = len(terminal.reactor.knowledge.members) * VISITS_A_YEAR / 365 / 3600
    shown, late, worked, memory = [], 0, processor_seconds(), resident_mb()
    next_at = began = time.perf_counter()
    while next_at < began + seconds:
        time.sleep(max(0.0, next_at - time.perf_counter()))
        frames.await_next()
        at = time.perf_counter()
        terminal.lay(random.choice(cards))
        next_at += random.expovariate(pace)
        shown.append(frames.wait() - at)
        late += time.perf_counter() > next_at
    passed = time.perf_counter() - began
    terminal.disk.wait()
    figures = {
        "visits a day": pace * 3600,
        "visits played": len(shown),
        "came before the one before was answered, %": 100 * late / len(shown),
        "% of a core": 100 * (processor_seconds() - worked) / passed,
        "memory grown by, MB": max(0.0, resident_mb() - memory),
    }
    return figures | spread("tap → frame", shown)


def processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
