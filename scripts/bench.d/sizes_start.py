"""From the start of the process to the first frame, and to the first card that opens: ``FOLDER``, its own process.

The whole terminal as ``kiosk run`` builds it, over a folder that knows a coop; its server is away, as after a power cut
that took the router too.
"""

import json
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kiosk.devices.simulated.door import SimulatedDoor
    from kiosk.reactor import Reactor

BEGAN = time.perf_counter() - time.process_time()
"""The process was there before it could look at a clock; until here it did nothing but work."""


CONFIGURATION = """
[terminal]
station = "entrance"
data_dir = "."
runtime_dir = "run"
[cards]
key = "{key}"
key_id = "demo"
[door]
enabled = true
relay_pin = 17
[backend]
kind = "rest"
url = "http://127.0.0.1:1"
token = "nobody listens"
[policy]
needs_opening_hours = false
unstaffed = "members"
"""
TRY_AGAIN_SECONDS = 0.25
"""A card on a door that is not there yet opens nothing: the person lays it once more."""


def main() -> None:
    """Measure, and print the figures."""
    folder = Path(sys.argv[1])
    from frames import Frames

    from kiosk.app import Terminal
    from kiosk.app_looks import make_looks
    from kiosk.clock import SystemClock
    from kiosk.config import parse
    from kiosk.demo.room import DEMO_KEY
    from kiosk.devices.simulated.door import SimulatedDoor
    from kiosk.screens.face import Face

    config = parse(CONFIGURATION.format(key=DEMO_KEY), source="the bench's configuration", folder=folder)
    door, clock = SimulatedDoor(), SystemClock()
    wiring = SimpleNamespace(make_door_pins=door.make_pins, make_bell_pins=None, make_input_devices=lambda: None)
    terminal = Terminal(config, clock, wiring)
    face = Face(
        config.terminal.screen,
        terminal.reactor.post,
        clock.monotonic,
        config.terminal.timezone,
        looks=make_looks(config),
        now=clock.now,
    )
    frames = Frames(face, lambda before, _view: before is None)
    figures = {}

    def work() -> None:
        try:
            figures["start → a card opens"] = opens(terminal.reactor, door) - BEGAN
            figures["start → first frame"] = frames.wait() - BEGAN
        finally:
            face.stop()

    hands = threading.Thread(target=work)
    screen = SimpleNamespace(present=frames.present, play=face.play, run=face.run, stop=face.stop)
    with terminal.running(screen):
        hands.start()
        face.run()
    hands.join()
    print(json.dumps(figures))


def opens(reactor: "Reactor", door: "SimulatedDoor") -> float:
    """When the first card of the coop moved the relay."""
    from measuring import wait_until

    from kiosk.events import CardTapped
    from kiosk.types import Status

    knowledge = reactor.knowledge
    wait_until(lambda: knowledge.as_of is not None, 0.002)
    card = next(card.hash for card in knowledge.cards.values() if knowledge.members[card.member_id].status is Status.OK)
    while not door.is_unlocked:
        reactor.post(CardTapped(hash=card, tail="0000"))
        deadline = time.perf_counter() + TRY_AGAIN_SECONDS
        while not door.is_unlocked and time.perf_counter() < deadline:
            time.sleep(0.001)
    return time.perf_counter()


if __name__ == "__main__":
    main()
