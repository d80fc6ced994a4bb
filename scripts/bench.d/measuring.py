"""What the rooms share: sizes, spreads, memory, growth, and processes of their own."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from math import ceil, log
from pathlib import Path
from typing import Any

TOP = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
SIZES = (800, 10_000, 100_000)
QUICK_SIZES = (800, 10_000)
VISITS_A_YEAR = 100
"""Of one member, so that 800 of them make some 80,000 visits."""
Figures = dict[str, float]


def sizes(*, quick: bool) -> tuple[int, ...]:
    return QUICK_SIZES if quick else SIZES


def middle(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]


def spread(name: str, seconds: Sequence[float]) -> Figures:
    """The middle one, the 99th of a hundred and the longest, in milliseconds."""
    ordered = sorted(seconds)
    return {
        f"{name}, p50 ms": middle(ordered) * 1000,
        f"{name}, p99 ms": ordered[ceil(len(ordered) * 0.99) - 1] * 1000,
        f"{name}, max ms": ordered[-1] * 1000,
    }


def growth(points: Mapping[int, float]) -> float:
    """The slope of the straight line through the points on two logarithmic scales: 0 stays, 1 grows with the size."""
    pairs = [(log(size), log(max(value, 1e-9))) for size, value in points.items()]
    mean_x, mean_y = (sum(axis) / len(pairs) for axis in zip(*pairs, strict=True))
    return sum((x - mean_x) * (y - mean_y) for x, y in pairs) / sum((x - mean_x) ** 2 for x, _ in pairs)


def resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def peak_mb() -> float:
    """The most that was resident at once. Unlike ``ru_maxrss`` it knows nothing of the parent before ``exec``."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024 / 1e6


def wait_until(condition: Callable[[], Any], pause: float = 0.005, seconds: float = 120.0) -> None:
    """Return once it holds.

    Raises:
        TimeoutError: it never came to that.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("the bench waits in vain")
        time.sleep(pause)


def surroundings(**more: str) -> dict[str, str]:
    """The environment of a child: without a display SDL draws into memory."""
    return {"SDL_VIDEODRIVER": "offscreen", "SDL_AUDIODRIVER": "dummy"} | os.environ | {"PYTHONPATH": str(TOP)} | more


def in_child(script: str, *words: object, **environ: str) -> Any:
    """What a script of this folder prints as its last line of JSON, run as a process of its own.

    Raises:
        RuntimeError: it failed; with what it said.
    """
    done = subprocess.run(
        [sys.executable, HERE / script, *map(str, words)],
        cwd=TOP,
        env=surroundings(**environ),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{script}: {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def hour_name(part: str, size: int) -> str:
    """How a figure of the busy hour is called in ``bench.json``."""
    what, comma, unit = part.rpartition(", ")
    return f"a day in an hour: {what}, {size} members, {unit}" if comma else f"a day in an hour, {size} members, {part}"
