"""In the guest, as root: GPIO lines that pass for a Raspberry Pi 4's, what is wired to them, and a trace of them.

Run as a program it makes the lines, once a boot. A line that its process lets go of falls to its pull: what is wired to
it, or else the pull that a program has asked for last. A contact that is wired is stronger than any such pull.
"""

import re
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CHIP = Path("/sys/kernel/config/gpio-sim/pi")
LABEL = "pinctrl-bcm2711"
TRACE = Path("/sys/kernel/tracing")
LINES = 54
BOUNCES = 10
WIRED = (5, 6, 22, 27)
"""Lines with contacts; they have names, which is how the kernel's module knows (scripts/vm-test builds it)."""


@dataclass(frozen=True, slots=True)
class Level:
    """A line was set to ``value`` at ``at`` (monotonic seconds)."""

    at: float
    value: int


def make_lines() -> None:
    """A chip of such lines, and a /proc/cpuinfo of such a machine. Raises if they are there already."""
    subprocess.run(["modprobe", "kiosk-lines"], check=True)
    bank = CHIP / "bank0"
    bank.mkdir(parents=True)
    (bank / "num_lines").write_text(str(LINES))
    (bank / "label").write_text(LABEL)
    for line in WIRED:
        (bank / f"line{line}").mkdir()
        (bank / f"line{line}" / "name").write_text(f"GPIO{line}")
    (CHIP / "live").write_text("1")
    cpuinfo = Path("/run/cpuinfo")
    cpuinfo.write_text(f"{Path('/proc/cpuinfo').read_text()}\nRevision\t: c03112\nModel\t\t: Raspberry Pi 4 Model B\n")
    subprocess.run(["mount", "--bind", str(cpuinfo), "/proc/cpuinfo"], check=True)


def level(line: int) -> int:
    """How a line stands, whoever drives it."""
    return int((_folder(line) / "value").read_text())


def pull(line: int, *, up: bool) -> None:
    """What is wired to a line: a resistor at an output, a contact at an input (shut to ground is down)."""
    (_folder(line) / "pull").write_text("pull-up" if up else "pull-down")


def bounce(line: int, *, up: bool) -> float:
    """A contact that bounces as a real one does, and comes to rest up or down; how many seconds it took."""
    pulled = _folder(line) / "pull"
    here, there = ("pull-up", "pull-down") if up else ("pull-down", "pull-up")
    began = time.monotonic()
    for _ in range(BOUNCES):
        pulled.write_text(here)
        pulled.write_text(there)
    pulled.write_text(here)
    return time.monotonic() - began


@contextmanager
def traced(line: int) -> Iterator[Callable[[], list[Level]]]:
    """Every level that a line is set to meanwhile, however short; still told afterwards."""
    (TRACE / "trace_clock").write_text("mono")
    (TRACE / "trace").write_text("")
    (TRACE / "events/gpio/enable").write_text("1")
    (TRACE / "tracing_on").write_text("1")
    wanted = re.compile(rf"\s(\d+\.\d+): gpio_value: {_base() + line} set (\d)")

    def levels() -> list[Level]:
        return [Level(float(one[1]), int(one[2])) for one in wanted.finditer((TRACE / "trace").read_text())]

    try:
        yield levels
    finally:
        (TRACE / "events/gpio/enable").write_text("0")


def stretches(levels: list[Level], value: int) -> list[float]:
    """How many seconds each stretch at a value lasted; one that goes on counts as endless."""
    found, began = [], None
    for one in levels:
        if one.value == value and began is None:
            began = one.at
        elif one.value != value and began is not None:
            found.append(one.at - began)
            began = None
    return found if began is None else [*found, float("inf")]


def _folder(line: int) -> Path:
    device = (CHIP / "dev_name").read_text().strip()
    chip = (CHIP / "bank0" / "chip_name").read_text().strip()
    return Path(f"/sys/devices/platform/{device}/{chip}/sim_gpio{line}")


def _base() -> int:
    """The number of the chip's first line in the trace."""
    for chip in Path("/sys/class/gpio").glob("gpiochip*"):
        if (chip / "label").read_text().strip() == LABEL:
            return int((chip / "base").read_text())
    raise AssertionError("the chip has no base")


if __name__ == "__main__":
    make_lines()
