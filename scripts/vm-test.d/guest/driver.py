"""In the guest: the door's driver as a process of its own (drive.py), and the room around its lines."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from checking import PATIENCE_SECONDS
from pi import WIRED, pull

WORK = Path("/run/kiosk-vm")
HERE = Path(__file__).parent
NOBODY_MAY_WRITE = "/proc"
"""As a service's working directory may be."""
RELAY, LAMP, BUZZER = 17, 23, 24
TAMPER, FIRE, EXIT, CONTACT = WIRED
CALM_WHEN_CLOSED = (CONTACT, FIRE, TAMPER)
PULSE_SECONDS, BOUND_SECONDS = 2, 6
HELD_WARNING_SECONDS, HELD_ALARM_SECONDS, STUCK_SECONDS = 3, 5, 10


class Driver:
    """A process that has the door's lines."""

    def __init__(self, config: Path) -> None:
        self.config = config
        self._process = subprocess.Popen(
            [sys.executable, str(HERE / "drive.py"), str(config)],
            cwd=NOBODY_MAY_WRITE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._events: queue.Queue[dict[str, Any] | None] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self._process.stdout or ():
            self._events.put(json.loads(line))
        self._events.put(None)

    def order(self, words: str) -> None:
        """What drive.py understands."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{words}\n")
        self._process.stdin.flush()

    def wait_for(self, event: str, **fields: object) -> dict[str, Any]:
        """The next event of that kind with these fields; those before it are gone."""
        deadline, others = time.monotonic() + PATIENCE_SECONDS, []
        while (left := deadline - time.monotonic()) > 0:
            try:
                found = self._events.get(timeout=left)
            except queue.Empty:
                break
            assert found is not None, f"the driver ended before {event} {fields}, after {others}"
            if found["event"] == event and all(found[name] == value for name, value in fields.items()):
                return found
            others.append(found)
        raise AssertionError(f"no {event} {fields}, only {others}")

    def drain(self, seconds: float) -> list[dict[str, Any]]:
        """What is told within so long."""
        found, deadline = [], time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            try:
                event = self._events.get(timeout=left)
            except queue.Empty:
                break
            if event is not None:
                found.append(event)
        return found

    def unlock(self, seconds: float) -> None:
        """Order it, and see it done."""
        self.order(f"open {seconds}")
        self.wait_for("RelayChanged", active=True)

    def end(self, number: int = signal.SIGTERM) -> None:
        """Send it a signal and see it gone."""
        if self._process.poll() is None:
            os.kill(self._process.pid, number)
        self._process.wait(PATIENCE_SECONDS)


def write_config(*, active_high: bool = True, lock: str = "fail_secure") -> Path:
    """A door with all its parts, with times that can be waited for."""
    WORK.mkdir(parents=True, exist_ok=True)
    file = WORK / "kiosk.toml"
    file.write_text(f"""
[terminal]
data_dir = "{WORK}/data"
runtime_dir = "{WORK}"
[door]
enabled = true
relay_pin = {RELAY}
relay_active_high = {str(active_high).lower()}
lock = "{lock}"
contact_pin = {CONTACT}
exit_pin = {EXIT}
fire_pin = {FIRE}
tamper_pin = {TAMPER}
lamp_pin = {LAMP}
buzzer_pin = {BUZZER}
pulse_seconds = {PULSE_SECONDS}
longer_pulse_seconds = 4
bound_seconds = {BOUND_SECONDS}
held_warning_seconds = {HELD_WARNING_SECONDS}
held_alarm_seconds = {HELD_ALARM_SECONDS}
stuck_seconds = {STUCK_SECONDS}
""")
    return file


def calm_room(*, active_high: bool = True, lock: str = "fail_secure") -> Path:
    """A shut door, a calm green box, a resistor at the relay, nothing remembered; the configuration for it."""
    for line in CALM_WHEN_CLOSED:
        pull(line, up=False)
    pull(EXIT, up=True)
    pull(RELAY, up=not active_high)
    (WORK / "data" / "door.json").unlink(missing_ok=True)
    return write_config(active_high=active_high, lock=lock)


@contextmanager
def driver(*, active_high: bool = True, lock: str = "fail_secure") -> Iterator[Driver]:
    """A driver that has found its door, in a calm room."""
    running = Driver(calm_room(active_high=active_high, lock=lock))
    try:
        running.wait_for("DoorModeChanged", mode="locked")
        yield running
    finally:
        running.end()


def put_at_rest(config: Path) -> subprocess.CompletedProcess[str]:
    """What ExecStopPost= runs."""
    command = [sys.executable, "-m", "kiosk", "door", "rest", "--config", str(config)]
    return subprocess.run(command, cwd=NOBODY_MAY_WRITE, capture_output=True, text=True, check=False)
