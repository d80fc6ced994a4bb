"""In the guest: the driver as a service of systemd, and the helper that puts its lines at rest."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from checking import Checks, wait_until
from driver import HERE, RELAY, WORK, calm_room
from pi import level, pull, traced

UNIT = Path("/run/systemd/system/kiosk-door.service")
TEXT = """[Unit]
StartLimitIntervalSec=0
[Service]
Environment=PYTHONPATH={path}
ExecStart={python} {here}/drive.py {config}
ExecStopPost={python} -m kiosk door rest --config {config}
StandardInput=file:{pipe}
StandardOutput=append:{out}
Restart=always
RestartSec=1
"""

checks = Checks()


class Service:
    """The driver under systemd."""

    def __init__(self, config: Path, orders: int, out: Path) -> None:
        self.config = config
        self._orders = orders
        self._out = out

    def order(self, words: str) -> None:
        os.write(self._orders, f"{words}\n".encode())

    def locked(self) -> int:
        """How often it has told that the door is locked: at every start, after every pulse."""
        return self._out.read_text().count('"mode": "locked"') if self._out.exists() else 0

    def kill(self) -> None:
        self.control("kill", "--signal=KILL", "--kill-whom=main")

    @staticmethod
    def control(*words: str) -> None:
        subprocess.run(["systemctl", *words, UNIT.name], check=True)

    @staticmethod
    def result_of_the_helper() -> str:
        """What systemd has noted of ExecStopPost=."""
        show = ["systemctl", "show", "--property=ExecStopPost", "--value", UNIT.name]
        return subprocess.run(show, check=True, capture_output=True, text=True).stdout


@contextmanager
def service(*, active_high: bool) -> Iterator[Service]:
    """One that runs, and has found its door."""
    config, pipe, out = calm_room(active_high=active_high), WORK / "orders", WORK / "events.jsonl"
    pipe.unlink(missing_ok=True)
    out.unlink(missing_ok=True)
    os.mkfifo(pipe)
    # Both ends are held here, so that the driver's standard input never ends.
    orders = os.open(pipe, os.O_RDWR)
    UNIT.write_text(
        TEXT.format(path=os.environ["PYTHONPATH"], python=sys.executable, here=HERE, config=config, pipe=pipe, out=out)
    )
    subprocess.run(["systemctl", "daemon-reload"], check=True)
    running = Service(config, orders, out)
    try:
        running.control("start")
        wait_until(lambda: running.locked() == 1, "the service never found its door")
        yield running
    finally:
        running.control("stop")
        os.close(orders)


def killed_in_a_pulse(running: Service, *, active_high: bool) -> float:
    """Kill it while the line is active and would stay so; how many seconds until it was at rest."""
    running.order("open 6")
    wait_until(lambda: level(RELAY) == int(active_high), "the relay's line never became active")
    # As on a Raspberry Pi that keeps the level of a line whose process is gone.
    pull(RELAY, up=active_high)
    began = time.monotonic()
    running.kill()
    wait_until(lambda: level(RELAY) == int(not active_high), "the line stayed active")
    return time.monotonic() - began


@checks.add
def helper() -> str:
    """A service killed in mid-pulse: ExecStopPost= ends a line that stays active, of either polarity; it comes back."""
    seen = []
    for active_high in (True, False):
        with service(active_high=active_high) as running:
            with traced(RELAY) as levels:
                seconds = killed_in_a_pulse(running, active_high=active_high)
                wait_until(lambda running=running: running.locked() == 2, "the service did not come back")
            edges = [one.value for one in levels()]
            # One edge to the active level was the pulse.
            assert edges.count(int(active_high)) == 1, edges
            assert level(RELAY) == int(not active_high)
            seen.append(seconds)
    return ", ".join(f"at rest after {seconds:.1f} s" for seconds in seen)


@checks.add
def helper_with_a_broken_configuration() -> str:
    """The same with a configuration that was broken meanwhile, by which the service cannot start again."""
    with service(active_high=False) as running:
        running.config.write_text(running.config.read_text() + '\n[nonsense]\nkey = "value"\n')
        seconds = killed_in_a_pulse(running, active_high=False)
        assert "status=0" in running.result_of_the_helper(), running.result_of_the_helper()
        assert running.locked() == 1
    return f"at rest after {seconds:.1f} s"


@checks.add
def restarts() -> str:
    """Five restarts by systemd never show the active level, active-low."""
    with service(active_high=False) as running, traced(RELAY) as levels:
        for count in range(2, 7):
            running.control("restart")
            wait_until(lambda count=count: running.locked() == count, "the service did not come back")
    seen = [one.value for one in levels()]
    assert set(seen) == {1}, seen
    return f"set {len(seen)} times, always to 1"


if __name__ == "__main__":
    checks.run()
