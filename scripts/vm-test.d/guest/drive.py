"""In the guest: the door of a configuration on the machine's real lines, for as long as standard input stays open.

Reads a line an order (``open SECONDS``, ``lock-down``, ``reset``, ``crash``), writes a JSON object an event.
"""

import json
import signal
import sys
import threading
from dataclasses import asdict
from pathlib import Path

from kiosk.app_door import make_door, make_door_memory
from kiosk.clock import SystemClock
from kiosk.config import load
from kiosk.devices.pins import lgpio_pins
from kiosk.devices.supervisor import Supervisor
from kiosk.effects import LockDown, ResetDoor
from kiosk.events import Event, Ticked

CONFIG = Path(sys.argv[1])


def tell(event: Event) -> None:
    """Say what happened, at once."""
    if not isinstance(event, Ticked):
        print(json.dumps({"event": type(event).__name__, **asdict(event)}), flush=True)


def main() -> None:
    """Run until told to stop."""
    config, clock = load(CONFIG), SystemClock()
    memory = make_door_memory(config, clock)
    door = make_door(config, clock, lgpio_pins, memory)
    assert memory is not None
    assert door is not None
    supervisor = Supervisor(door, tell, clock)
    over, crash = threading.Event(), threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: over.set())
    memory.start()
    supervisor.start()

    def listen() -> None:
        for line in sys.stdin:
            match line.split():
                case ["open", seconds]:
                    door.open_for(float(seconds))
                case ["reset"]:
                    door.obey(ResetDoor())
                case ["lock-down"]:
                    door.obey(LockDown())
                case ["crash"]:
                    crash.set()
                    break
        over.set()

    threading.Thread(target=listen, daemon=True).start()
    over.wait()
    if crash.is_set():
        raise RuntimeError("a bug that nobody catches")
    for part in (supervisor, memory):
        part.request_stop()
        assert part.join()


if __name__ == "__main__":
    main()
