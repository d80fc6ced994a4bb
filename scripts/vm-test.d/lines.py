"""In the guest, as root: the promises of the door on the kernel's own lines.

Every level that is set on a line is read from the kernel's trace, so no edge is too short to be seen. A line that its
process lets go of falls to its pull here; a Raspberry Pi's may keep its level, which no guest can show.
"""

import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CHIP = Path("/sys/kernel/config/gpio-sim/pi")
TRACE = Path("/sys/kernel/tracing")
WORK = Path("/run/kiosk-vm")
HERE = Path(__file__).parent
RELAY, CONTACT, FIRE = 17, 27, 6
PATIENCE_SECONDS = 30.0
"""Nothing here takes so long, but the guest is slow."""

Check = Callable[[], None]
CHECKS: list[Check] = []


def check(test: Check) -> Check:
    """Register a check; its docstring is what it proves."""
    CHECKS.append(test)
    return test


def say(words: str) -> None:
    print(f"kiosk-vm: {words}", flush=True)


# ── the lines ─────────────────────────────────────────────────────────────────────────────────────────────────────


def make_lines() -> None:
    """A chip of 54 lines, and a machine that passes for a Raspberry Pi 4."""
    subprocess.run(["modprobe", "kiosk-lines"], check=True)
    bank = CHIP / "bank0"
    bank.mkdir(parents=True)
    (bank / "num_lines").write_text("54")
    (bank / "label").write_text("pinctrl-bcm2711")
    for line in range(28):
        (bank / f"line{line}").mkdir()
        (bank / f"line{line}" / "name").write_text(f"GPIO{line}")
    (CHIP / "live").write_text("1")
    cpuinfo = Path("/run/cpuinfo")
    cpuinfo.write_text(f"{Path('/proc/cpuinfo').read_text()}\nRevision\t: c03112\nModel\t\t: Raspberry Pi 4 Model B\n")
    subprocess.run(["mount", "--bind", str(cpuinfo), "/proc/cpuinfo"], check=True)


def line_folder(line: int) -> Path:
    device = (CHIP / "dev_name").read_text().strip()
    chip = (CHIP / "bank0" / "chip_name").read_text().strip()
    return Path(f"/sys/devices/platform/{device}/{chip}/sim_gpio{line}")


def level(line: int) -> int:
    return int((line_folder(line) / "value").read_text())


def pull(line: int, *, up: bool) -> None:
    """What is wired to an input does with it what it likes: a closed circuit is down."""
    (line_folder(line) / "pull").write_text("pull-up" if up else "pull-down")


def base() -> int:
    """The number of the chip's first line in the kernel's trace."""
    for chip in Path("/sys/class/gpio").glob("gpiochip*"):
        if (chip / "label").read_text().strip() == "pinctrl-bcm2711":
            return int((chip / "base").read_text())
    raise AssertionError("the chip has no base")


@dataclass
class Level:
    at: float
    value: int


@contextmanager
def traced() -> Iterator[Callable[[], list[Level]]]:
    """Every level that the relay's line is set to."""
    (TRACE / "trace_clock").write_text("mono")
    (TRACE / "trace").write_text("")
    (TRACE / "events/gpio/enable").write_text("1")
    (TRACE / "tracing_on").write_text("1")
    wanted = re.compile(rf"\s(\d+\.\d+): gpio_value: {base() + RELAY} set (\d)")

    def levels() -> list[Level]:
        found = wanted.finditer((TRACE / "trace").read_text())
        return [Level(float(match[1]), int(match[2])) for match in found]

    try:
        yield levels
    finally:
        (TRACE / "events/gpio/enable").write_text("0")


# ── the driver ────────────────────────────────────────────────────────────────────────────────────────────────────


class Driver:
    """A process with the door's lines."""

    def __init__(self, *, active_high: bool = True) -> None:
        self.config = write_config(active_high=active_high)
        self._process = subprocess.Popen(
            [sys.executable, str(HERE / "drive.py"), str(self.config)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.pid = self._process.pid
        self.told: list[dict] = []
        self._events: queue.Queue[dict | None] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self._process.stdout or ():
            self._events.put(json.loads(line))
        self._events.put(None)

    def order(self, words: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{words}\n")
        self._process.stdin.flush()

    def wait_for(self, event: str, **fields: object) -> dict:
        """The next event of that kind with these fields."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            found = self._events.get(timeout=PATIENCE_SECONDS)
            assert found is not None, f"the driver ended before {event} {fields}"
            self.told.append(found)
            if found["event"] == event and all(found[name] == value for name, value in fields.items()):
                return found
        raise AssertionError(f"no {event} {fields}, only {self.told}")

    def drain(self, seconds: float) -> list[dict]:
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

    def end(self, number: int = signal.SIGTERM) -> None:
        os.kill(self.pid, number)
        self._process.wait(PATIENCE_SECONDS)


def write_config(*, active_high: bool = True) -> Path:
    WORK.mkdir(parents=True, exist_ok=True)
    file = WORK / "kiosk.toml"
    file.write_text(
        f'[terminal]\ndata_dir = "{WORK}/data"\nruntime_dir = "{WORK}"\n'
        f"[door]\nenabled = true\nrelay_pin = {RELAY}\nrelay_active_high = {str(active_high).lower()}\n"
        f"contact_pin = {CONTACT}\nfire_pin = {FIRE}\npulse_seconds = 2\nlonger_pulse_seconds = 4\nbound_seconds = 6\n"
    )
    return file


@contextmanager
def driver(*, active_high: bool = True) -> Iterator[Driver]:
    """A driver that has found its door; calm wires before it."""
    pull(CONTACT, up=False)
    pull(FIRE, up=False)
    (WORK / "data" / "door.json").unlink(missing_ok=True)
    running = Driver(active_high=active_high)
    try:
        running.wait_for("DoorModeChanged", mode="locked")
        yield running
    finally:
        if running._process.poll() is None:  # noqa: SLF001 - the same module
            running.end()


def put_at_rest(config: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kiosk", "door", "rest", "--config", str(config)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def await_level(value: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while level(RELAY) != value:
        assert time.monotonic() < deadline, f"the relay's line did not come to {value}"
        time.sleep(0.02)


def pulses(levels: list[Level], *, active: int) -> list[float]:
    """How long each stretch at the active level was, in seconds; one that goes on counts as endless."""
    found, began = [], None
    for one in levels:
        if one.value == active and began is None:
            began = one.at
        elif one.value != active and began is not None:
            found.append(one.at - began)
            began = None
    return found if began is None else [*found, float("inf")]


# ── the promises ──────────────────────────────────────────────────────────────────────────────────────────────────


def idle_and_stop(*, active_high: bool) -> None:
    with traced() as levels:
        for _ in range(2):
            with driver(active_high=active_high) as running:
                running.drain(0.5)
    seen = [one.value for one in levels()]
    assert seen, "nothing was traced"
    assert set(seen) == {int(not active_high)}, seen


@check
def start_and_stop_active_high() -> None:
    """Start and stop never show the active level, active-high."""
    idle_and_stop(active_high=True)


@check
def start_and_stop_active_low() -> None:
    """Start and stop never show the active level, active-low."""
    idle_and_stop(active_high=False)


@check
def plain_gpiozero_shows_it() -> None:
    """Plain gpiozero does show the active level of an active-low relay at its start: the trace would see it."""
    program = (
        "from gpiozero import OutputDevice; from gpiozero.pins.lgpio import LGPIOFactory;"
        f"OutputDevice({RELAY}, active_high=False, initial_value=False, pin_factory=LGPIOFactory()).close()"
    )
    with traced() as levels:
        subprocess.run([sys.executable, "-c", program], check=True)
    assert 0 in [one.value for one in levels()]


@check
def one_pulse() -> None:
    """One grant is one pulse of its length."""
    with traced() as levels, driver() as running:
        running.order("open 2")
        running.wait_for("RelayChanged", active=True)
        running.wait_for("RelayChanged", active=False)
    [seconds] = pulses(levels(), active=1)
    assert 1.9 <= seconds <= 2.6, seconds


@check
def overlapping_pulses() -> None:
    """Two grants that overlap are one pulse with one edge at its end, and no row of them passes the bound."""
    with traced() as levels, driver() as running:
        for _ in range(8):
            running.order("open 2")
            running.drain(1.0)
        running.wait_for("DoorModeChanged", mode="locked")
        running.drain(3.0)
    first, *_ = pulses(levels(), active=1)
    assert 5.5 <= first <= 6.6, pulses(levels(), active=1)


@check
def wall_clock_jumps() -> None:
    """A wall clock that jumps by a year in mid-pulse changes nothing."""
    with traced() as levels, driver() as running:
        running.order("open 2")
        running.wait_for("RelayChanged", active=True)
        subprocess.run(["date", "-s", "+1 year"], check=True, capture_output=True)
        running.wait_for("RelayChanged", active=False)
        subprocess.run(["date", "-s", "-1 year"], check=True, capture_output=True)
    [seconds] = pulses(levels(), active=1)
    assert 1.9 <= seconds <= 2.6, seconds


@check
def sigterm_in_a_pulse() -> None:
    """SIGTERM in mid-pulse puts the line at rest at once."""
    with traced() as levels, driver() as running:
        running.order("open 6")
        running.wait_for("RelayChanged", active=True)
        running.end()
    [seconds] = pulses(levels(), active=1)
    assert seconds < 2.0, seconds


@check
def kill_in_a_pulse() -> None:
    """After kill -9 in mid-pulse `kiosk door rest` finds the line free and puts it at rest."""
    for active_high in (True, False):
        with driver(active_high=active_high) as running:
            running.order("open 6")
            running.wait_for("RelayChanged", active=True)
            running.end(signal.SIGKILL)
            with traced() as levels:
                done = put_at_rest(running.config)
            assert done.returncode == 0, done.stderr
            assert {one.value for one in levels()} == {int(not active_high)}
            assert level(RELAY) == int(not active_high)


@check
def rest_of_a_living_driver() -> None:
    """`kiosk door rest` takes no line from a driver that lives."""
    with driver() as running:
        running.order("open 6")
        running.wait_for("RelayChanged", active=True)
        assert put_at_rest(running.config).returncode == 1
        assert level(RELAY) == 1


@check
def second_driver() -> None:
    """A line that another process holds is a lost door, not a shared one."""
    with driver():
        second = Driver()
        assert "busy" in second.wait_for("DeviceLost")["fault"].lower()
        second.end()


@check
def forced() -> None:
    """A door opened with nobody let in is an alarm within a second, and ends when it is shut."""
    with driver() as running:
        running.drain(1.5)
        began = time.monotonic()
        pull(CONTACT, up=True)
        running.wait_for("DoorAlarm", kind="forced")
        assert time.monotonic() - began < 1.0
        pull(CONTACT, up=False)
        running.wait_for("DoorAlarmCleared", kind="forced")


@check
def bouncing() -> None:
    """A contact that bounces moves the door once."""
    with driver() as running:
        running.order("open 6")
        running.wait_for("RelayChanged", active=True)
        for _ in range(20):
            pull(CONTACT, up=True)
            pull(CONTACT, up=False)
        pull(CONTACT, up=True)
        told = [event for event in running.drain(1.0) if event["event"] == "DoorMoved"]
        assert [event["is_open"] for event in told] == [True], told


@check
def green_box() -> None:
    """The green box opens, over a kill -9 and a restart, until a person resets it."""
    with driver() as running:
        pull(FIRE, up=True)
        running.wait_for("DoorModeChanged", mode="released")
        assert level(RELAY) == 1
        pull(FIRE, up=False)
        running.drain(1.0)
        running.end(signal.SIGKILL)
        again = Driver()
        again.wait_for("DoorModeChanged", mode="released")
        assert level(RELAY) == 1
        again.order("reset")
        again.wait_for("DoorModeChanged", mode="locked")
        assert level(RELAY) == 0
        again.end()


UNIT = """[Service]
Environment=PYTHONPATH={path} PYTHONDONTWRITEBYTECODE=1
ExecStart={python} {here}/drive.py {config}
ExecStopPost={python} -m kiosk door rest --config {config}
StandardInput=file:{pipe}
StandardOutput=append:{out}
Restart=always
RestartSec=1
"""


@check
def under_systemd() -> None:
    """Under systemd a killed driver's line is put at rest by ExecStopPost, and the driver comes back."""
    pull(CONTACT, up=False)
    pull(FIRE, up=False)
    config, pipe, out = write_config(), WORK / "orders", WORK / "events.jsonl"
    pipe.unlink(missing_ok=True)
    out.unlink(missing_ok=True)
    os.mkfifo(pipe)
    # Both ends are held here, so that the driver's standard input never ends.
    orders = os.open(pipe, os.O_RDWR)
    text = UNIT.format(
        path=os.environ["PYTHONPATH"], python=sys.executable, here=HERE, config=config, pipe=pipe, out=out
    )
    Path("/run/systemd/system/kiosk-door.service").write_text(text)
    subprocess.run(["systemctl", "daemon-reload"], check=True)
    try:
        subprocess.run(["systemctl", "start", "kiosk-door"], check=True)
        await_lines(out, "DoorModeChanged", 1)
        os.write(orders, b"open 6\n")
        await_level(1)
        with traced() as levels:
            subprocess.run(["systemctl", "kill", "--signal=KILL", "--kill-whom=main", "kiosk-door"], check=True)
            await_lines(out, "DoorModeChanged", 3)
        assert {one.value for one in levels()} == {0}, levels()
        assert level(RELAY) == 0
    finally:
        subprocess.run(["systemctl", "stop", "kiosk-door"], check=False)
        os.close(orders)


def await_lines(file: Path, word: str, count: int) -> None:
    deadline = time.monotonic() + 2 * PATIENCE_SECONDS
    while not file.exists() or file.read_text().count(word) < count:
        assert time.monotonic() < deadline, f"{word} came fewer than {count} times"
        time.sleep(0.1)


def main() -> int:
    """Run them all; one that fails keeps no other from its turn."""
    make_lines()
    failed = 0
    for test in CHECKS:
        promise = (test.__doc__ or test.__name__).strip()
        try:
            test()
        except Exception as fault:  # noqa: BLE001 - whatever it is, it is told
            failed += 1
            say(f"NOT OK {promise} ({type(fault).__name__}: {fault})")
        else:
            say(f"ok {promise}")
    say(f"done {failed}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
